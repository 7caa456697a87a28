//! The enum types.

use sea_orm::entity::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "ItemSize")]
pub enum ItemSize {
    #[sea_orm(string_value = "small")]
    Small,
    #[sea_orm(string_value = "large")]
    Large,
}

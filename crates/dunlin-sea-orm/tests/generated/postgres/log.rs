//! The table `log`.

use sea_orm::entity::prelude::*;

// The table has no primary key, and SeaORM needs one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Timestamp")]
    pub at: DateTime,
    #[sea_orm(column_type = "Text")]
    pub line: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

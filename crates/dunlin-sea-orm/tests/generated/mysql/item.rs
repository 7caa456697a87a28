//! The table `item`.

use super::sea_orm_active_enums::ItemSize;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "item")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: u32,
    pub size: ItemSize,
    pub tiny: i8,
    pub medium: Option<i32>,
    pub big: Option<u64>,
    pub small: Option<u16>,
    pub ratio: Option<f32>,
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    #[sea_orm(column_type = "String(StringLen::N(40))", unique)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Blob")]
    pub picture: Option<Vec<u8>>,
    #[sea_orm(column_type = "Binary(16)")]
    pub digest: Option<Vec<u8>>,
    #[sea_orm(column_type = "VarBinary(StringLen::N(40))")]
    pub bytes: Option<Vec<u8>>,
    #[sea_orm(column_type = "Year")]
    pub year: Option<i16>,
    #[sea_orm(column_type = "Text")]
    pub tags: Option<String>,
    #[sea_orm(column_type = "Timestamp")]
    pub changed: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Timestamp")]
    pub made: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

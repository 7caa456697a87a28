//! The table `booking`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "booking")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub room: i32,
    pub begins: Option<DateTime>,
    pub ends: Option<DateTime>,
    pub day: Option<Date>,
    pub hour: Option<Time>,
    #[sea_orm(column_type = "Bit(Some(3))")]
    pub flags: Option<Vec<u8>>,
    #[sea_orm(column_type = "VarBit(9)")]
    pub bits: Option<Vec<u8>>,
    pub weight: f32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

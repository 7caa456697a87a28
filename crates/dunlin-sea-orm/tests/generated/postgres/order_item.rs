//! The table `Order Item`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "Order Item")]
pub struct Model {
    #[sea_orm(primary_key, column_name = "self")]
    pub self_: i32,
    #[sea_orm(column_name = "OrderNo")]
    pub order_no: i32,
    #[sea_orm(column_name = "2nd")]
    pub column_2nd: Option<i32>,
    pub a1: Option<i32>,
    #[sea_orm(column_name = "a_1")]
    pub a12: Option<i32>,
    #[sea_orm(column_name = "crate", column_type = "Text")]
    pub crate_: Option<String>,
    #[sea_orm(column_name = "übrig", column_type = "Text")]
    pub brig: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub r#match: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

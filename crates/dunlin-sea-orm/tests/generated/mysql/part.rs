//! The table `part`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: u32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part_id: u32,
    #[sea_orm(default_value = 1)]
    pub count: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::item::Entity",
        from = "Column::ItemId",
        to = "super::item::Column::Id",
        fk_name = "fk_part_item_id"
    )]
    ItemByItemId,
    #[sea_orm(
        belongs_to = "super::item::Entity",
        from = "Column::PartId",
        to = "super::item::Column::Id",
        fk_name = "fk_part_part_id"
    )]
    ItemByPartId,
}

impl ActiveModelBehavior for ActiveModel {}

//! The table `chicken`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chicken")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub egg_id: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::egg::Entity",
        from = "Column::EggId",
        to = "super::egg::Column::Id",
        fk_name = "chicken_fk"
    )]
    Egg,
}

impl Related<super::egg::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Egg.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

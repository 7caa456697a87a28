//! The table `egg`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "egg")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub chicken_id: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::chicken::Entity",
        from = "Column::ChickenId",
        to = "super::chicken::Column::Id",
        fk_name = "egg_fk"
    )]
    Chicken,
}

impl Related<super::chicken::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Chicken.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

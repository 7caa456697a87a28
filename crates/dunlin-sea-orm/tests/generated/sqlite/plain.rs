//! The table `plain`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plain")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(column_type = "String(StringLen::N(20))", unique)]
    pub code: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::unnamed::Entity")]
    Unnamed,
}

impl Related<super::unnamed::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Unnamed.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

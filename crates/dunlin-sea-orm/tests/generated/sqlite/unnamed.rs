//! The table `unnamed`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unnamed")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(column_type = "String(StringLen::N(20))", unique)]
    pub code: String,
    pub plain_id: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::plain::Entity",
        from = "Column::PlainId",
        to = "super::plain::Column::Id"
    )]
    Plain,
}

impl Related<super::plain::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Plain.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

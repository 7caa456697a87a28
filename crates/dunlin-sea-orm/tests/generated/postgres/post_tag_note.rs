//! The table `post_tag_note`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_tag_note")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub post: i32,
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub tag: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::post_tag::Entity",
        from = "(Column::Post, Column::Tag)",
        to = "(super::post_tag::Column::PostId, super::post_tag::Column::Tag)",
        fk_name = "post_tag_note_fkey"
    )]
    PostTag,
}

impl Related<super::post_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PostTag.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

//! The table `post_tag`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_tag")]
pub struct Model {
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(50))"
    )]
    pub tag: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::post::Entity",
        from = "Column::PostId",
        to = "super::post::Column::Id",
        on_update = "Restrict",
        on_delete = "Cascade",
        fk_name = "post_tag_post_id_fkey"
    )]
    Post,
    #[sea_orm(
        belongs_to = "super::tag::Entity",
        from = "Column::Tag",
        to = "super::tag::Column::Name",
        fk_name = "post_tag_tag_fkey"
    )]
    Tag,
    #[sea_orm(has_many = "super::post_tag_note::Entity")]
    PostTagNote,
}

impl Related<super::post::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Post.def()
    }
}

impl Related<super::tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Tag.def()
    }
}

impl Related<super::post_tag_note::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PostTagNote.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

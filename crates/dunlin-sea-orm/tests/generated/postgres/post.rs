//! The table `post`.

use super::sea_orm_active_enums::Status;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub author_id: i64,
    pub editor_id: Option<i64>,
    #[sea_orm(default_value = "open")]
    pub status: Status,
    pub states: Option<Status>,
    #[sea_orm(column_type = "String(StringLen::Max)")]
    pub title: String,
    pub words: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub odd: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::AuthorId",
        to = "super::user::Column::Id",
        on_delete = "Cascade",
        fk_name = "post_author_id_fkey"
    )]
    UserByAuthorId,
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::EditorId",
        to = "super::user::Column::Id",
        on_delete = "SetNull",
        fk_name = "post_editor_id_fkey"
    )]
    UserByEditorId,
    #[sea_orm(has_many = "super::post_tag::Entity")]
    PostTag,
}

impl Related<super::post_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PostTag.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

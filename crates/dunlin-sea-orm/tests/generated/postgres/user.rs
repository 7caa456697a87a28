//! The table `user`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user", comment = "Who may come in.")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_type = "String(StringLen::N(320))", unique)]
    pub email: String,
    #[sea_orm(column_type = "Text")]
    pub name: Option<String>,
    #[sea_orm(default_value = true)]
    pub active: bool,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub joined: DateTimeWithTimeZone,
    #[sea_orm(default_value = "it's \"new\"", comment = "what \"kind\"\nof user")]
    pub r#type: Option<String>,
    #[sea_orm(default_expr = "Expr::cust(\"0.5\")")]
    pub rating: Option<f64>,
    #[sea_orm(default_expr = "Expr::val(-1i64)")]
    pub debt: i32,
    #[sea_orm(default_value = 5000000000i64)]
    pub score: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::event::Entity")]
    Event,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

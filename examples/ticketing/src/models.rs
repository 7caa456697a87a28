//! The ticket table.

use dunlin_core::prelude::*;
use dunlin_sea_orm::{EntityError, table_of};

/// A ticket that was made for a dag run. Times are UTC.
pub mod dag_run_ticket {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dag_run_ticket")]
    pub struct Model {
        /// Counted up.
        #[sea_orm(primary_key)]
        pub id: i32,
        /// The dag.
        #[sea_orm(column_type = "String(StringLen::N(250))")]
        pub dag_id: String,
        /// The run.
        #[sea_orm(column_type = "String(StringLen::N(250))")]
        pub run_id: String,
        /// The ticket system.
        #[sea_orm(column_type = "String(StringLen::N(50))")]
        pub system: String,
        /// The ticket's key there.
        #[sea_orm(column_type = "String(StringLen::N(250))")]
        pub key: String,
        /// The ticket's state.
        #[sea_orm(column_type = "String(StringLen::N(50))")]
        pub status: Option<String>,
        /// Where it can be read.
        #[sea_orm(column_type = "Text")]
        pub url: Option<String>,
        /// When it was made.
        pub created_at: DateTime,
        /// When it last changed.
        pub updated_at: Option<DateTime>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The tables, before a host says its schema and naming convention.
///
/// # Errors
/// If an entity says what a dunlin table cannot say.
pub fn tables() -> Result<Vec<Table>, EntityError> {
    let mut ticket = table_of::<dag_run_ticket::Entity>()?;
    ticket.indexes.push(Index::new("idx_drt_dag_run", ["dag_id", "run_id"]));
    Ok(vec![ticket])
}

/// The tables in a host's database.
pub fn metadata(host: &HostContext, tables: &[Table]) -> Metadata {
    let mut metadata = Metadata::new(host.schema(), host.naming_convention());
    for table in tables {
        metadata.insert(table.clone());
    }
    metadata
}

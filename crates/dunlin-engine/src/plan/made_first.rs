//! Tables that may not be there when a plan begins.

use dunlin_core::schema::TableName;

use super::RenderedStep;
use crate::dialect::Dialect;
use crate::sql::statement::{OnTables, on_tables};

/// The tables that rendered steps make and that nothing before can have taken away: where one of them is there
/// already, the steps fail for sure. It is looked no further than to the first statement, function or table of which
/// nobody knows what it does.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::dialect::dialect;
/// use dunlin_engine::owner::Owner;
/// use dunlin_engine::plan::{Intent, State, tables_made_first};
///
/// let create = |op: &mut Operations| op.create_table("ticket", |t| { t.column("id", DataType::Integer); });
/// let migration = Migration::new(Revision::new("a1"), create, |_| {});
/// let owner = Owner::new(DbManager::new("app", "app_version").migrations([migration]), &HostContext::default())?;
/// let postgres = dialect(DialectName::Postgres);
///
/// let plan = owner.plan(&State::default(), &Intent::Upgrade { target: None, use_migration_files: true })?;
/// let steps = plan.render(&owner, postgres)?;
/// assert_eq!(tables_made_first(&steps, postgres), ["app_version".into(), "ticket".into()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tables_made_first(steps: &[RenderedStep], dialect: &dyn Dialect) -> Vec<TableName> {
    let mut made = Vec::new();
    for step in steps {
        for stage in &step.stages {
            for statement in &stage.statements {
                match on_tables(dialect.name(), statement) {
                    OnTables::Makes(table) => made.push(table),
                    OnTables::Spares => {}
                    OnTables::Unknown => return made,
                }
            }
            if !stage.functions.is_empty() {
                return made;
            }
        }
        if !step.opaque.is_empty() {
            return made;
        }
    }
    made
}

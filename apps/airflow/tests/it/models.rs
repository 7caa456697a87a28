//! The models against what the history leaves, and against what the real Airflow's own models make.

use airflow::core::db_manager;
use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::dunlin::core::manager::HostContext;
use dunlin_testkit::dunlin::core::schema::{Metadata, Table};
use dunlin_testkit::dunlin::engine::dialect::dialect;
use dunlin_testkit::dunlin::engine::owner::Owner;

use crate::history::{DIFFERENCES, Known, differences, host};

#[test]
fn the_history_leads_to_the_models() {
    let owner = Owner::new(db_manager(), &host()).unwrap();
    for name in DialectName::ALL {
        let dialect = dialect(name);
        let heads = owner.history().effective_heads();
        let mut left = owner.replay_on(dialect, &heads).unwrap();
        for table in owner.given_away(&heads).unwrap() {
            assert!(left.remove(&table).is_some(), "{table} is not left");
        }
        let found = differences(dialect, models(), left, &mut Known::on(name, DIFFERENCES));
        assert!(found.is_empty(), "{name}: {} differences\n{}", found.len(), found.join("\n"));
    }
}

fn models() -> Metadata {
    db_manager().metadata(&host())
}

#[test]
fn a_schema_is_no_part_of_a_name() {
    let in_schema = HostContext::new(Some("af".to_owned()), airflow_plugin::naming_convention());
    let there = db_manager().metadata(&in_schema);
    let here = models();
    assert_eq!(there.tables().len(), here.tables().len());
    for (mut there, here) in there.tables().iter().cloned().zip(here.tables().iter().cloned()) {
        assert_eq!(there.name.schema.as_deref(), Some("af"));
        let names =
            |table: &mut Table| -> Vec<String> { table.names_mut().map(|name| name.to_string()).collect() };
        assert_eq!(names(&mut there), names(&mut here.clone()), "{}", here.name);
        assert!(there.foreign_keys.iter().all(|key| key.referred_table.schema.as_deref() == Some("af")));
    }
}

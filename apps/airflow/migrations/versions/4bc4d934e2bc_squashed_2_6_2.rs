//! The schema of Airflow 2.6.2, the base of the history.

use dunlin_core::prelude::*;

#[path = "_squashed_2_6_2/columns.rs"]
mod columns;
#[path = "_squashed_2_6_2/dag.rs"]
mod dag;
#[path = "_squashed_2_6_2/dag_run.rs"]
mod dag_run;
#[path = "_squashed_2_6_2/dataset.rs"]
mod dataset;
#[path = "_squashed_2_6_2/job.rs"]
mod job;
#[path = "_squashed_2_6_2/security.rs"]
mod security;
#[path = "_squashed_2_6_2/settings.rs"]
mod settings;
#[path = "_squashed_2_6_2/task_instance.rs"]
mod task_instance;

pub(crate) fn revision() -> Revision {
    Revision::new("4bc4d934e2bc").message("create the tables of 2.6.2")
}

pub(crate) fn upgrade(op: &mut Operations) {
    security::create(op);
    settings::create(op);
    job::create(op);
    dag::create(op);
    dag_run::create(op);
    dataset::create(op);
    task_instance::create(op);
    insert_rows(op);
}

/// The real downgrade fails on an index that its upgrade does not make; this one works.
pub(crate) fn downgrade(op: &mut Operations) {
    task_instance::drop(op);
    dataset::drop(op);
    dag_run::drop(op);
    dag::drop(op);
    job::drop(op);
    settings::drop(op);
    security::drop(op);
}

/// The rows every database starts with. The ids are left to the server: the real revision writes the
/// pool's, and on PostgreSQL the next pool then collides with it, because the sequence was not asked.
fn insert_rows(op: &mut Operations) {
    // The templates before 2.3, which runs of that time keep, and those from 2.3 on: the newest row counts.
    let now = || SqlValue::expression("CURRENT_TIMESTAMP");
    op.bulk_insert(
        "log_template",
        ["filename", "elasticsearch_id", "created_at"],
        [
            [
                SqlValue::text("{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log"),
                SqlValue::text("{dag_id}-{task_id}-{execution_date}-{try_number}"),
                now(),
            ],
            [
                SqlValue::text(
                    "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
                     {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}\
                     attempt={{ try_number }}.log",
                ),
                SqlValue::text("{dag_id}-{task_id}-{run_id}-{map_index}-{try_number}"),
                now(),
            ],
        ],
    );
    op.bulk_insert(
        "slot_pool",
        ["pool", "slots", "description"],
        [[SqlValue::text("default_pool"), SqlValue::Integer(128), SqlValue::text("Default pool")]],
    );
}

//! The rows that a database created from the models starts with: those that the revisions would have
//! left.

use dunlin_core::operation::Operations;
use dunlin_core::schema::SqlValue;

pub(crate) fn rows(op: &mut Operations) {
    op.bulk_insert(
        "log_template",
        ["filename", "elasticsearch_id", "created_at"],
        TEMPLATES.map(|(filename, elasticsearch_id)| {
            [
                SqlValue::text(filename),
                SqlValue::text(elasticsearch_id),
                SqlValue::expression("CURRENT_TIMESTAMP"),
            ]
        }),
    );
    op.bulk_insert(
        "slot_pool",
        ["pool", "slots", "description", "include_deferred"],
        [[
            SqlValue::text("default_pool"),
            SqlValue::Integer(128),
            SqlValue::text("Default pool"),
            SqlValue::Boolean(false),
        ]],
    );
}

/// The templates before 2.3, which runs of that time keep, and those from 2.3 on: the newest row counts.
const TEMPLATES: [(&str, &str); 2] = [
    (
        "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log",
        "{dag_id}-{task_id}-{execution_date}-{try_number}",
    ),
    (
        "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
         {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}attempt={{ try_number }}.log",
        "{dag_id}-{task_id}-{run_id}-{map_index}-{try_number}",
    ),
];

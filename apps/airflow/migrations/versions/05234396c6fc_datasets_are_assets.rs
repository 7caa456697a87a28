//! Airflow 3.0.0: datasets are called assets.
//!
//! Ten tables, their columns and indexes get the new word; their primary keys and foreign keys are made anew, as Airflow
//! has given them other names where it made the tables from its models. What was PRIMARY KEY (dag_run_id, event_id) is
//! in the order in which it is asked for, and stays so on the way back.
//!
//! The way back gives every key the name that it had. The real downgrade keeps some of the new ones, and on SQLite
//! three tables lose the foreign key to `dataset`.

use dunlin_core::operation::AlterTable;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("05234396c6fc").down_revision("3a8972ecb8f9").message("rename datasets to assets")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in TABLES {
        op.rename_table(table.dataset, table.asset);
    }
    for table in TABLES {
        if table.has_id_column {
            op.rename_column(table.asset, "dataset_id", "asset_id");
        }
        for (dataset, asset) in table.indexes {
            op.rename_index(table.asset, *dataset, *asset);
        }
        op.alter_table(table.asset, |t| {
            for key in table.keys {
                key.before.iter().for_each(|name| drop_foreign_key(t, name));
                t.create_foreign_key(key.to_asset());
            }
            if let Some(key) = table.primary_key {
                key.exchange(t, key.asset, key.columns.iter().map(|column| (*column).to_owned()));
            }
        });
    }
    op.rename_column("dag", "dataset_expression", "asset_expression");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.rename_column("dag", "asset_expression", "dataset_expression");
    for table in TABLES {
        op.rename_table(table.asset, table.dataset);
    }
    for table in TABLES {
        if table.has_id_column {
            op.rename_column(table.dataset, "asset_id", "dataset_id");
        }
        for (dataset, asset) in table.indexes {
            op.rename_index(table.dataset, *asset, *dataset);
        }
        op.alter_table(table.dataset, |t| {
            for key in table.keys {
                drop_foreign_key(t, key.after);
                t.create_foreign_key(key.to_dataset());
            }
            if let Some(key) = table.primary_key {
                key.exchange(t, key.dataset[0], key.columns.iter().map(|column| dataset_word(column)));
            }
        });
    }
}

/// A table under both names.
struct Table {
    dataset: &'static str,
    asset: &'static str,
    /// Whether it has the column `dataset_id`.
    has_id_column: bool,
    primary_key: Option<&'static PrimaryKeyNames>,
    keys: &'static [Key],
    indexes: &'static [(&'static str, &'static str)],
}

struct PrimaryKeyNames {
    /// Those that it may have had; the first is that of the revisions.
    dataset: &'static [&'static str],
    asset: &'static str,
    columns: &'static [&'static str],
}

/// A foreign key, which deletes the rows that refer to what is deleted.
struct Key {
    /// The names that it may have had; the first is that of the revisions.
    before: &'static [&'static str],
    after: &'static str,
    column: &'static str,
    referred: &'static str,
    referred_column: &'static str,
}

const TABLES: &[Table] = &[
    Table {
        dataset: "dataset",
        asset: "asset",
        has_id_column: false,
        primary_key: None,
        keys: &[],
        indexes: &[("idx_dataset_name_uri_unique", "idx_asset_name_uri_unique")],
    },
    Table {
        dataset: "dataset_alias",
        asset: "asset_alias",
        has_id_column: false,
        primary_key: None,
        keys: &[],
        indexes: &[("idx_dataset_alias_name_unique", "idx_asset_alias_name_unique")],
    },
    Table {
        dataset: "dataset_event",
        asset: "asset_event",
        has_id_column: true,
        primary_key: None,
        keys: &[],
        indexes: &[("idx_dataset_id_timestamp", "idx_asset_id_timestamp")],
    },
    Table {
        dataset: "dataset_alias_dataset",
        asset: "asset_alias_asset",
        has_id_column: true,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["dataset_alias_dataset_pkey"],
            asset: "asset_alias_asset_pkey",
            columns: &["alias_id", "asset_id"],
        }),
        keys: &[
            Key {
                before: &["dataset_alias_dataset_alias_id_fkey", "ds_dsa_alias_id"],
                after: "asset_alias_asset_alias_id_fkey",
                column: "alias_id",
                referred: "asset_alias",
                referred_column: "id",
            },
            Key {
                before: &["dataset_alias_dataset_dataset_id_fkey", "ds_dsa_dataset_id"],
                after: "asset_alias_asset_asset_id_fkey",
                column: "asset_id",
                referred: "asset",
                referred_column: "id",
            },
        ],
        indexes: &[
            ("idx_dataset_alias_dataset_alias_id", "idx_asset_alias_asset_alias_id"),
            ("idx_dataset_alias_dataset_alias_dataset_id", "idx_asset_alias_asset_asset_id"),
        ],
    },
    Table {
        dataset: "dataset_alias_dataset_event",
        asset: "asset_alias_asset_event",
        has_id_column: false,
        primary_key: None,
        keys: &[
            Key {
                before: &["dataset_alias_dataset_event_alias_id_fkey", "dss_de_alias_id"],
                after: "asset_alias_asset_event_alias_id_fkey",
                column: "alias_id",
                referred: "asset_alias",
                referred_column: "id",
            },
            Key {
                before: &["dataset_alias_dataset_event_event_id_fkey", "dss_de_event_id"],
                after: "asset_alias_asset_event_event_id_fkey",
                column: "event_id",
                referred: "asset_event",
                referred_column: "id",
            },
        ],
        indexes: &[
            ("idx_dataset_alias_dataset_event_alias_id", "idx_asset_alias_asset_event_alias_id"),
            ("idx_dataset_alias_dataset_event_event_id", "idx_asset_alias_asset_event_event_id"),
        ],
    },
    Table {
        dataset: "dag_schedule_dataset_alias_reference",
        asset: "dag_schedule_asset_alias_reference",
        has_id_column: false,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["dsdar_pkey"],
            asset: "dsaar_pkey",
            columns: &["alias_id", "dag_id"],
        }),
        keys: &[
            Key {
                before: &["dsdar_dataset_alias_fkey"],
                after: "dsaar_asset_alias_fkey",
                column: "alias_id",
                referred: "asset_alias",
                referred_column: "id",
            },
            Key {
                before: &["dsdar_dag_id_fkey"],
                after: "dsaar_dag_id_fkey",
                column: "dag_id",
                referred: "dag",
                referred_column: "dag_id",
            },
        ],
        indexes: &[(
            "idx_dag_schedule_dataset_alias_reference_dag_id",
            "idx_dag_schedule_asset_alias_reference_dag_id",
        )],
    },
    Table {
        dataset: "dag_schedule_dataset_reference",
        asset: "dag_schedule_asset_reference",
        has_id_column: true,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["dsdr_pkey", "dag_schedule_dataset_reference_pkey"],
            asset: "dsar_pkey",
            columns: &["asset_id", "dag_id"],
        }),
        keys: &[
            Key {
                before: &["dsdr_dag_id_fkey"],
                after: "dsar_dag_id_fkey",
                column: "dag_id",
                referred: "dag",
                referred_column: "dag_id",
            },
            Key {
                before: &["dsdr_dataset_fkey"],
                after: "dsar_asset_fkey",
                column: "asset_id",
                referred: "asset",
                referred_column: "id",
            },
        ],
        indexes: &[("idx_dag_schedule_dataset_reference_dag_id", "idx_dag_schedule_asset_reference_dag_id")],
    },
    Table {
        dataset: "task_outlet_dataset_reference",
        asset: "task_outlet_asset_reference",
        has_id_column: true,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["todr_pkey", "task_outlet_dataset_reference_pkey"],
            asset: "toar_pkey",
            columns: &["asset_id", "dag_id", "task_id"],
        }),
        keys: &[
            Key {
                before: &["todr_dag_id_fkey"],
                after: "toar_dag_id_fkey",
                column: "dag_id",
                referred: "dag",
                referred_column: "dag_id",
            },
            Key {
                before: &["todr_dataset_fkey"],
                after: "toar_asset_fkey",
                column: "asset_id",
                referred: "asset",
                referred_column: "id",
            },
        ],
        indexes: &[("idx_task_outlet_dataset_reference_dag_id", "idx_task_outlet_asset_reference_dag_id")],
    },
    Table {
        dataset: "dataset_dag_run_queue",
        asset: "asset_dag_run_queue",
        has_id_column: true,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["datasetdagrunqueue_pkey", "dataset_dag_run_queue_pkey"],
            asset: "assetdagrunqueue_pkey",
            columns: &["asset_id", "target_dag_id"],
        }),
        keys: &[
            Key {
                before: &["ddrq_dag_fkey"],
                after: "adrq_dag_fkey",
                column: "target_dag_id",
                referred: "dag",
                referred_column: "dag_id",
            },
            Key {
                before: &["ddrq_dataset_fkey"],
                after: "adrq_asset_fkey",
                column: "asset_id",
                referred: "asset",
                referred_column: "id",
            },
        ],
        indexes: &[("idx_dataset_dag_run_queue_target_dag_id", "idx_asset_dag_run_queue_target_dag_id")],
    },
    Table {
        dataset: "dagrun_dataset_event",
        asset: "dagrun_asset_event",
        has_id_column: false,
        primary_key: Some(&PrimaryKeyNames {
            dataset: &["dagrun_dataset_event_pkey", "dagrun_dataset_events_pkey"],
            asset: "dagrun_asset_event_pkey",
            columns: &["event_id", "dag_run_id"],
        }),
        keys: &[
            Key {
                before: &["dagrun_dataset_event_dag_run_id_fkey", "dagrun_dataset_events_dag_run_id_fkey"],
                after: "dagrun_asset_event_dag_run_id_fkey",
                column: "dag_run_id",
                referred: "dag_run",
                referred_column: "id",
            },
            Key {
                before: &["dagrun_dataset_event_event_id_fkey", "dagrun_dataset_events_event_id_fkey"],
                after: "dagrun_asset_event_event_id_fkey",
                column: "event_id",
                referred: "asset_event",
                referred_column: "id",
            },
        ],
        indexes: &[
            ("idx_dagrun_dataset_events_dag_run_id", "idx_dagrun_asset_events_dag_run_id"),
            ("idx_dagrun_dataset_events_event_id", "idx_dagrun_asset_events_event_id"),
        ],
    },
];

impl PrimaryKeyNames {
    fn exchange(&self, t: &mut AlterTable, name: &'static str, columns: impl Iterator<Item = String>) {
        for before in self.dataset.iter().chain([&self.asset]) {
            t.drop_constraint_if_exists(ConstraintKind::PrimaryKey, *before);
        }
        t.create_primary_key(name, columns);
    }
}

impl Key {
    fn to_asset(&self) -> ForeignKey {
        cascade(self.column, self.referred, self.referred_column).named(self.after)
    }

    fn to_dataset(&self) -> ForeignKey {
        let referred = TABLES.iter().find(|table| table.asset == self.referred);
        let referred = referred.map_or(self.referred, |table| table.dataset);
        cascade(&dataset_word(self.column), referred, self.referred_column).named(self.before[0])
    }
}

fn cascade(column: &str, referred: &str, referred_column: &str) -> ForeignKey {
    ForeignKey::new([column], referred, [referred_column]).on_delete(ReferentialAction::Cascade)
}

fn drop_foreign_key(t: &mut AlterTable, name: &'static str) {
    t.drop_constraint_if_exists(ConstraintKind::ForeignKey, name);
}

/// A column as it was called.
fn dataset_word(column: &str) -> String {
    column.replace("asset", "dataset")
}

//! Airflow 3.1.0: bundles, connections, pools and variables may be those of a team.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a3c7f2b18d4e")
        .down_revision("7582ea3f3dd5")
        .message("create the tables team and dag_bundle_team, and add team_id to what may be a team's")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("team", |t| {
        t.column("id", uuid());
        t.column("name", DataType::string(50)).not_null();
        t.primary_key("team_pkey", ["id"]);
        t.unique("team_name_uq", ["name"]);
    });
    op.create_table("dag_bundle_team", |t| {
        t.column("dag_bundle_name", string_id());
        t.column("team_id", uuid());
        t.primary_key("dag_bundle_team_pkey", ["dag_bundle_name", "team_id"]);
        t.foreign_key(
            ForeignKey::new(["dag_bundle_name"], "dag_bundle", ["name"])
                .named("dag_bundle_team_dag_bundle_name_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
        t.foreign_key(team().named("dag_bundle_team_team_id_fkey").on_delete(ReferentialAction::Cascade));
        t.add_index(Index::new("idx_dag_bundle_team_dag_bundle_name", ["dag_bundle_name"]).unique());
        t.index("idx_dag_bundle_team_team_id", ["team_id"]);
    });
    for table in OF_A_TEAM {
        op.alter_table(table, |t| {
            t.add_column(Column::new("team_id", uuid()));
            t.create_foreign_key(team().named(format!("{table}_team_id_fkey")));
        });
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in OF_A_TEAM {
        op.alter_table(table, |t| {
            t.drop_constraint(ConstraintKind::ForeignKey, format!("{table}_team_id_fkey"));
            t.drop_column("team_id");
        });
    }
    op.drop_table("dag_bundle_team");
    op.drop_table("team");
}

const OF_A_TEAM: [&str; 3] = ["connection", "variable", "slot_pool"];

fn team() -> ForeignKey {
    ForeignKey::new(["team_id"], "team", ["id"])
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}

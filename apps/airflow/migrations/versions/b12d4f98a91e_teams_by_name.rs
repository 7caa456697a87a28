//! Airflow 3.2.0: a team is known by its name.
//!
//! What refers to a team by its id refers to it by its name then; the real upgrade leaves the id in the column of the
//! name, and fails on the first row that has one. The way back gives each team a new id, in a text of 36 characters on
//! each database, as Airflow's does.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("b12d4f98a91e").down_revision("665854ef0536").message("make name the primary key of team")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in OF_A_TEAM {
        op.add_column(table, Column::new("team_name", DataType::string(50)));
        op.execute(format!(
            "UPDATE {table} SET team_name = (SELECT team.name FROM team WHERE team.id = {table}.team_id)"
        ));
        op.alter_table(table, |t| {
            t.drop_constraint(ConstraintKind::ForeignKey, format!("{table}_team_id_fkey"));
            t.drop_column("team_id");
        });
    }
    op.add_column(BUNDLES, Column::new("team_name", DataType::string(50)));
    op.execute(
        "UPDATE dag_bundle_team \
         SET team_name = (SELECT team.name FROM team WHERE team.id = dag_bundle_team.team_id)",
    );
    op.drop_constraint(ConstraintKind::ForeignKey, "dag_bundle_team_team_id_fkey", BUNDLES);
    op.drop_index("idx_dag_bundle_team_team_id", BUNDLES);
    op.alter_table(BUNDLES, |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "dag_bundle_team_pkey");
        t.drop_column("team_id");
        t.alter_column("team_name").nullable(false);
        t.create_primary_key("dag_bundle_team_pkey", ["dag_bundle_name", "team_name"]);
    });
    op.alter_table("team", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "team_pkey");
        t.drop_constraint(ConstraintKind::Unique, "team_name_uq");
        t.drop_column("id");
        t.create_primary_key("team_pkey", ["name"]);
    });
    let team = |table: &str| {
        ForeignKey::new(["team_name"], "team", ["name"]).named(format!("{table}_team_name_fkey"))
    };
    for table in OF_A_TEAM {
        op.create_foreign_key(table, team(table).on_delete(ReferentialAction::SetNull));
    }
    op.create_index("idx_dag_bundle_team_team_name", BUNDLES, ["team_name"]);
    op.create_foreign_key(BUNDLES, team(BUNDLES).on_delete(ReferentialAction::Cascade));
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in OF_A_TEAM.into_iter().chain([BUNDLES]) {
        op.drop_constraint(ConstraintKind::ForeignKey, format!("{table}_team_name_fkey"), table);
    }
    op.add_column("team", Column::new("id", id()));
    let fill = |uuid: &str| format!("UPDATE team SET id = {uuid}");
    op.execute(
        PerDialect::only(DialectName::Postgres, fill("gen_random_uuid()::text"))
            .on(DialectName::MySql, fill(UUID_ON_MYSQL))
            .on(DialectName::Sqlite, fill(UUID_ON_SQLITE)),
    );
    op.alter_table("team", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "team_pkey");
        t.alter_column("id").nullable(false);
        t.create_primary_key("team_pkey", ["id"]);
        t.create_unique_constraint("team_name_uq", ["name"]);
    });
    let team =
        |table: &str| ForeignKey::new(["team_id"], "team", ["id"]).named(format!("{table}_team_id_fkey"));
    for table in OF_A_TEAM {
        add_team_id(op, table);
        op.drop_column(table, "team_name");
        op.create_foreign_key(table, team(table));
    }
    add_team_id(op, BUNDLES);
    op.drop_index("idx_dag_bundle_team_team_name", BUNDLES);
    op.alter_table(BUNDLES, |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "dag_bundle_team_pkey");
        t.drop_column("team_name");
        t.alter_column("team_id").nullable(false);
        t.create_primary_key("dag_bundle_team_pkey", ["dag_bundle_name", "team_id"]);
    });
    op.create_index("idx_dag_bundle_team_team_id", BUNDLES, ["team_id"]);
    op.create_foreign_key(BUNDLES, team(BUNDLES).on_delete(ReferentialAction::Cascade));
}

const OF_A_TEAM: [&str; 3] = ["connection", "variable", "slot_pool"];
const BUNDLES: &str = "dag_bundle_team";

fn add_team_id(op: &mut Operations, table: &str) {
    op.add_column(table, Column::new("team_id", id()));
    op.execute(format!(
        "UPDATE {table} SET team_id = (SELECT team.id FROM team WHERE team.name = {table}.team_name)"
    ));
}

fn id() -> DataType {
    DataType::string(36)
}

/// Random, but for the version and the variant (RFC 9562, version 4).
const UUID_ON_MYSQL: &str = "lower(concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', \
    left(hex(random_bytes(2)), 3), '-', elt(1 + floor(rand() * 4), '8', '9', 'a', 'b'), \
    left(hex(random_bytes(2)), 3), '-', hex(random_bytes(6))))";
const UUID_ON_SQLITE: &str = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' \
    || substr(hex(randomblob(2)), 1, 3) || '-' || substr('89ab', 1 + abs(random() % 4), 1) \
    || substr(hex(randomblob(2)), 1, 3) || '-' || hex(randomblob(6)))";

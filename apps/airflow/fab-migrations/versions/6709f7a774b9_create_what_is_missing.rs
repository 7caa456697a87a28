//! FAB 1.4.0: its tables, as far as they are not there.
//!
//! Up to Airflow 2.10 most of them are the core's, which made them with keys that delete nothing along, and the web
//! server made `session`: those stay as they are, with their rows. The real one makes `session` only where it creates
//! everything from its models, and where the core's tables are there it passes over this revision, so that the three
//! tables of groups are never made. The way back leaves all tables, as they may have been there before.

use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Boolean, Integer};

pub(crate) fn revision() -> Revision {
    Revision::new("6709f7a774b9").message("create the tables of FAB that are missing")
}

pub(crate) fn downgrade(_: &mut Operations) {}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table_if_not_exists("ab_group", |t| {
        t.column("id", Integer);
        t.column("name", DataType::string(100)).not_null();
        t.column("label", DataType::string(150));
        t.column("description", DataType::string(512));
        t.primary_key("ab_group_pkey", ["id"]);
        t.unique("ab_group_name_uq", ["name"]);
    });
    named(op, "ab_permission", 100);
    named(op, "ab_role", 64);
    named(op, "ab_view_menu", 250);

    op.create_table_if_not_exists("ab_register_user", |t| {
        t.column("id", Integer);
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null();
        t.column("password", DataType::string(256));
        t.column("email", DataType::string(512)).not_null();
        t.column("registration_date", DataType::datetime());
        t.column("registration_hash", DataType::string(256));
        t.primary_key("ab_register_user_pkey", ["id"]);
        t.unique("ab_register_user_username_uq", ["username"]);
    });
    op.create_table_if_not_exists("ab_user", |t| {
        t.column("id", Integer);
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null();
        t.column("password", DataType::string(256));
        t.column("active", Boolean);
        t.column("email", DataType::string(512)).not_null();
        t.column("last_login", DataType::datetime());
        t.column("login_count", Integer);
        t.column("fail_login_count", Integer);
        t.column("created_on", DataType::datetime());
        t.column("changed_on", DataType::datetime());
        t.column("created_by_fk", Integer);
        t.column("changed_by_fk", Integer);
        t.primary_key("ab_user_pkey", ["id"]);
        t.unique("ab_user_email_uq", ["email"]);
        t.unique("ab_user_username_uq", ["username"]);
        for column in ["changed_by_fk", "created_by_fk"] {
            let key = ForeignKey::new([column], "ab_user", ["id"]);
            t.foreign_key(key.named(format!("ab_user_{column}_fkey")));
        }
    });

    op.create_table_if_not_exists("ab_permission_view", |t| {
        t.column("id", Integer);
        t.column("permission_id", Integer);
        t.column("view_menu_id", Integer);
        t.primary_key("ab_permission_view_pkey", ["id"]);
        t.unique("ab_permission_view_permission_id_view_menu_id_uq", ["permission_id", "view_menu_id"]);
        for (column, table) in [("permission_id", "ab_permission"), ("view_menu_id", "ab_view_menu")] {
            let key = ForeignKey::new([column], table, ["id"]);
            t.foreign_key(key.named(format!("ab_permission_view_{column}_fkey")));
        }
    });
    pairs(
        op,
        "ab_permission_view_role",
        ("permission_view_id", "ab_permission_view"),
        ("role_id", "ab_role"),
    );
    pairs(op, "ab_user_role", ("user_id", "ab_user"), ("role_id", "ab_role"));
    pairs(op, "ab_group_role", ("group_id", "ab_group"), ("role_id", "ab_role"));
    pairs(op, "ab_user_group", ("user_id", "ab_user"), ("group_id", "ab_group"));
    for (name, table, column) in [
        ("idx_group_id", "ab_group_role", "group_id"),
        ("idx_group_role_id", "ab_group_role", "role_id"),
        ("idx_user_group_id", "ab_user_group", "group_id"),
        ("idx_user_id", "ab_user_group", "user_id"),
    ] {
        op.add_index_if_not_exists(table, Index::new(name, [column]));
    }

    op.create_table_if_not_exists("session", |t| {
        t.column("id", Integer);
        t.column("session_id", DataType::string(255));
        t.column("data", Binary);
        t.column("expiry", DataType::datetime());
        t.primary_key("session_pkey", ["id"]);
        t.unique("session_session_id_key", ["session_id"]);
    });
}

fn named(op: &mut Operations, table: &str, length: u32) {
    op.create_table_if_not_exists(table, |t| {
        t.column("id", Integer);
        t.column("name", DataType::string(length)).not_null();
        t.primary_key(format!("{table}_pkey"), ["id"]);
        t.unique(format!("{table}_name_uq"), ["name"]);
    });
}

fn pairs(op: &mut Operations, table: &str, one: (&str, &str), other: (&str, &str)) {
    op.create_table_if_not_exists(table, |t| {
        t.column("id", Integer);
        t.column(one.0, Integer);
        t.column(other.0, Integer);
        t.primary_key(format!("{table}_pkey"), ["id"]);
        t.unique(format!("{table}_{}_{}_uq", one.0, other.0), [one.0, other.0]);
        for (column, referred) in [one, other] {
            let key = ForeignKey::new([column], referred, ["id"]).on_delete(ReferentialAction::Cascade);
            t.foreign_key(key.named(format!("{table}_{column}_fkey")));
        }
    });
}

fn username() -> ColumnType {
    let plain = DataType::string(512);
    ColumnType::from(plain.clone()).on(DialectName::Sqlite, plain.collate("NOCASE"))
}

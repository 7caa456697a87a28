//! The models: FAB's tables at release 3.5.0.
//!
//! Keys and constraints without a name get the host's naming convention's. On SQLite a login name is the same in
//! capitals and small letters by its collation, on PostgreSQL by an index.

use dunlin_core::manager::HostContext;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Boolean, Integer};
use dunlin_core::schema::TableBuilder;

/// Those with ids that are counted up: all but `session` are in the provider's own metadata.
pub(super) const COUNTED: [&str; 11] = [
    "ab_group",
    "ab_group_role",
    "ab_permission",
    "ab_permission_view",
    "ab_permission_view_role",
    "ab_register_user",
    "ab_role",
    "ab_user",
    "ab_user_group",
    "ab_user_role",
    "ab_view_menu",
];

/// All of them may be there before the first revision: the core made most up to 2.10, and the web server `session`.
pub(super) const TABLES: [&str; 12] = {
    let mut tables = ["session"; 12];
    let mut at = 0;
    while at < COUNTED.len() {
        tables[at] = COUNTED[at];
        at += 1;
    }
    tables
};

/// All tables, for a host.
pub(super) fn metadata(host: &HostContext) -> Metadata {
    let mut metadata = Metadata::new(host.schema(), host.naming_convention());
    names(&mut metadata);
    users(&mut metadata);
    permissions(&mut metadata);
    of_users_and_roles(&mut metadata);
    session(&mut metadata);
    metadata
}

/// What can be done, to what, and by whom.
fn names(metadata: &mut Metadata) {
    for (table, length) in [("ab_permission", 100), ("ab_view_menu", 250), ("ab_role", 64)] {
        metadata.table(table, |t| {
            t.column("id", Integer).primary_key();
            t.column("name", DataType::string(length)).not_null().unique();
        });
    }
    metadata.table("ab_group", |t| {
        t.column("id", Integer).primary_key();
        t.column("name", DataType::string(100)).not_null().unique();
        t.column("label", DataType::string(150));
        t.column("description", DataType::string(512));
    });
}

/// Users, and people who asked for an account.
fn users(metadata: &mut Metadata) {
    metadata.table("ab_user", |t| {
        t.column("id", Integer).primary_key();
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null().unique();
        t.column("password", DataType::string(256));
        t.column("active", Boolean);
        t.column("email", DataType::string(512)).not_null().unique();
        t.column("last_login", DataType::datetime());
        t.column("login_count", Integer);
        t.column("fail_login_count", Integer);
        t.column("created_on", DataType::datetime());
        t.column("changed_on", DataType::datetime());
        t.column("created_by_fk", Integer).references("ab_user", "id");
        t.column("changed_by_fk", Integer).references("ab_user", "id");
        t.add_index(in_small_letters("idx_ab_user_username"));
    });
    metadata.table("ab_register_user", |t| {
        t.column("id", Integer).primary_key();
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null().unique();
        t.column("password", DataType::string(256));
        t.column("email", DataType::string(512)).not_null().unique();
        t.column("registration_date", DataType::datetime());
        t.column("registration_hash", DataType::string(256));
        t.add_index(in_small_letters("idx_ab_register_user_username"));
    });
}

fn username() -> ColumnType {
    let plain = DataType::string(512);
    ColumnType::from(plain.clone()).on(DialectName::Sqlite, plain.collate("NOCASE"))
}

fn in_small_letters(name: &str) -> Index {
    Index::new(Name::exact(name), [IndexElement::expression("lower(username::text)".to_owned())])
        .unique()
        .only_on([DialectName::Postgres])
}

/// A thing that can be done to something, and the roles that may do it.
fn permissions(metadata: &mut Metadata) {
    metadata.table("ab_permission_view", |t| {
        t.column("id", Integer).primary_key();
        t.column("permission_id", Integer).not_null().references("ab_permission", "id");
        t.column("view_menu_id", Integer).not_null().references("ab_view_menu", "id");
        t.add_unique(Unique::new(["permission_id", "view_menu_id"]));
    });
    metadata.table("ab_permission_view_role", |t| {
        pair(t, ("permission_view_id", "ab_permission_view"), ("role_id", "ab_role"));
        t.index(Name::exact("idx_permission_view_id"), ["permission_view_id"]);
        t.index(Name::exact("idx_role_id"), ["role_id"]);
    });
}

/// The roles of users and groups, and the groups of users.
fn of_users_and_roles(metadata: &mut Metadata) {
    metadata.table("ab_user_role", |t| pair(t, ("user_id", "ab_user"), ("role_id", "ab_role")));
    metadata.table("ab_user_group", |t| {
        pair(t, ("user_id", "ab_user"), ("group_id", "ab_group"));
        t.index(Name::exact("idx_user_group_id"), ["group_id"]);
        t.index(Name::exact("idx_user_id"), ["user_id"]);
    });
    metadata.table("ab_group_role", |t| {
        pair(t, ("group_id", "ab_group"), ("role_id", "ab_role"));
        t.index(Name::exact("idx_group_id"), ["group_id"]);
        t.index(Name::exact("idx_group_role_id"), ["role_id"]);
    });
}

/// Columns that refer to the ids of two tables; the row is deleted with either.
fn pair(t: &mut TableBuilder, one: (&str, &str), other: (&str, &str)) {
    t.column("id", Integer).primary_key();
    for (column, table) in [one, other] {
        t.column(column, Integer);
        t.foreign_key(ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade));
    }
    t.add_unique(Unique::new([one.0, other.0]));
}

/// What the web server remembers of a browser. Its names are Flask's, which no naming convention touches.
fn session(metadata: &mut Metadata) {
    metadata.table("session", |t| {
        t.column("id", Integer);
        t.column("session_id", DataType::string(255));
        t.column("data", Binary);
        t.column("expiry", DataType::datetime());
        t.primary_key(Name::exact("session_pkey"), ["id"]);
        t.unique(Name::exact("session_session_id_key"), ["session_id"]);
    });
}

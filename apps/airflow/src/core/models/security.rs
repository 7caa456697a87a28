//! Users and what they may do: the tables of Flask-AppBuilder.

use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer};

use super::columns::username;

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    ab_permission(metadata);
    ab_view_menu(metadata);
    ab_role(metadata);
    ab_user(metadata);
    ab_register_user(metadata);
    ab_permission_view(metadata);
    ab_permission_view_role(metadata);
    ab_user_role(metadata);
}

/// What can be done: `can_read`, `can_edit`, …
fn ab_permission(metadata: &mut Metadata) {
    metadata.table("ab_permission", |t| {
        t.column("id", Integer).primary_key();
        t.column("name", DataType::string(100)).not_null().unique();
    });
}

/// What it can be done to: a resource, a view, an entry of the menu.
fn ab_view_menu(metadata: &mut Metadata) {
    metadata.table("ab_view_menu", |t| {
        t.column("id", Integer).primary_key();
        t.column("name", DataType::string(250)).not_null().unique();
    });
}

/// Roles.
fn ab_role(metadata: &mut Metadata) {
    metadata.table("ab_role", |t| {
        t.column("id", Integer).primary_key();
        t.column("name", DataType::string(64)).not_null().unique();
    });
}

/// Users.
fn ab_user(metadata: &mut Metadata) {
    metadata.table("ab_user", |t| {
        t.column("id", Integer).primary_key();
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null().unique();
        t.column("email", DataType::string(512)).not_null().unique();
        t.column("password", DataType::string(256));
        t.column("active", Boolean);
        t.column("last_login", DataType::datetime());
        t.column("login_count", Integer);
        t.column("fail_login_count", Integer);
        t.column("created_on", DataType::datetime());
        t.column("changed_on", DataType::datetime());
        t.column("created_by_fk", Integer).references("ab_user", "id");
        t.column("changed_by_fk", Integer).references("ab_user", "id");
    });
}

/// People who asked for an account.
fn ab_register_user(metadata: &mut Metadata) {
    metadata.table("ab_register_user", |t| {
        t.column("id", Integer).primary_key();
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null().unique();
        t.column("email", DataType::string(512)).not_null();
        t.column("password", DataType::string(256));
        t.column("registration_date", DataType::datetime());
        t.column("registration_hash", DataType::string(256));
    });
}

/// A thing that can be done to something.
fn ab_permission_view(metadata: &mut Metadata) {
    metadata.table("ab_permission_view", |t| {
        t.column("id", Integer).primary_key();
        t.column("permission_id", Integer).references("ab_permission", "id");
        t.column("view_menu_id", Integer).references("ab_view_menu", "id");
        t.unique("ab_permission_view_permission_id_view_menu_id_uq", ["permission_id", "view_menu_id"]);
    });
}

/// What a role may do.
fn ab_permission_view_role(metadata: &mut Metadata) {
    metadata.table("ab_permission_view_role", |t| {
        t.column("id", Integer).primary_key();
        t.column("permission_view_id", Integer).references("ab_permission_view", "id");
        t.column("role_id", Integer).references("ab_role", "id");
        t.unique("ab_permission_view_role_permission_view_id_role_id_uq", ["permission_view_id", "role_id"]);
    });
}

/// The roles of a user.
fn ab_user_role(metadata: &mut Metadata) {
    metadata.table("ab_user_role", |t| {
        t.column("id", Integer).primary_key();
        t.column("user_id", Integer).references("ab_user", "id");
        t.column("role_id", Integer).references("ab_role", "id");
        t.unique("ab_user_role_user_id_role_id_uq", ["user_id", "role_id"]);
    });
}

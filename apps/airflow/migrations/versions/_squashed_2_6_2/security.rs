//! Users and what they may do: the tables of Flask-AppBuilder. From 3.0 on they are no longer the core's, and may be
//! there before it is: after a reset, or made by FAB's manager.

use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer};

use super::columns::username;

pub(super) fn create(op: &mut Operations) {
    op.create_table_if_not_exists("ab_permission", |t| {
        t.column("id", Integer);
        t.column("name", DataType::string(100)).not_null();
        t.primary_key("ab_permission_pkey", ["id"]);
        t.unique("ab_permission_name_uq", ["name"]);
    });

    op.create_table_if_not_exists("ab_view_menu", |t| {
        t.column("id", Integer);
        t.column("name", DataType::string(250)).not_null();
        t.primary_key("ab_view_menu_pkey", ["id"]);
        t.unique("ab_view_menu_name_uq", ["name"]);
    });

    op.create_table_if_not_exists("ab_role", |t| {
        t.column("id", Integer);
        t.column("name", DataType::string(64)).not_null();
        t.primary_key("ab_role_pkey", ["id"]);
        t.unique("ab_role_name_uq", ["name"]);
    });

    op.create_table_if_not_exists("ab_user", |t| {
        t.column("id", Integer);
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null();
        t.column("email", DataType::string(512)).not_null();
        t.column("password", DataType::string(256));
        t.column("active", Boolean);
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
        t.foreign_key(
            ForeignKey::new(["changed_by_fk"], "ab_user", ["id"]).named("ab_user_changed_by_fk_fkey"),
        );
        t.foreign_key(
            ForeignKey::new(["created_by_fk"], "ab_user", ["id"]).named("ab_user_created_by_fk_fkey"),
        );
    });

    op.create_table_if_not_exists("ab_register_user", |t| {
        t.column("id", Integer);
        t.column("first_name", DataType::string(256)).not_null();
        t.column("last_name", DataType::string(256)).not_null();
        t.column("username", username()).not_null();
        t.column("email", DataType::string(512)).not_null();
        t.column("password", DataType::string(256));
        t.column("registration_date", DataType::datetime());
        t.column("registration_hash", DataType::string(256));
        t.primary_key("ab_register_user_pkey", ["id"]);
        t.unique("ab_register_user_username_uq", ["username"]);
    });

    op.create_table_if_not_exists("ab_permission_view", |t| {
        t.column("id", Integer);
        t.column("permission_id", Integer);
        t.column("view_menu_id", Integer);
        t.primary_key("ab_permission_view_pkey", ["id"]);
        t.unique("ab_permission_view_permission_id_view_menu_id_uq", ["permission_id", "view_menu_id"]);
        t.foreign_key(
            ForeignKey::new(["permission_id"], "ab_permission", ["id"])
                .named("ab_permission_view_permission_id_fkey"),
        );
        t.foreign_key(
            ForeignKey::new(["view_menu_id"], "ab_view_menu", ["id"])
                .named("ab_permission_view_view_menu_id_fkey"),
        );
    });

    op.create_table_if_not_exists("ab_permission_view_role", |t| {
        t.column("id", Integer);
        t.column("permission_view_id", Integer);
        t.column("role_id", Integer);
        t.primary_key("ab_permission_view_role_pkey", ["id"]);
        t.unique("ab_permission_view_role_permission_view_id_role_id_uq", ["permission_view_id", "role_id"]);
        t.foreign_key(
            ForeignKey::new(["permission_view_id"], "ab_permission_view", ["id"])
                .named("ab_permission_view_role_permission_view_id_fkey"),
        );
        t.foreign_key(
            ForeignKey::new(["role_id"], "ab_role", ["id"]).named("ab_permission_view_role_role_id_fkey"),
        );
    });

    op.create_table_if_not_exists("ab_user_role", |t| {
        t.column("id", Integer);
        t.column("user_id", Integer);
        t.column("role_id", Integer);
        t.primary_key("ab_user_role_pkey", ["id"]);
        t.unique("ab_user_role_user_id_role_id_uq", ["user_id", "role_id"]);
        t.foreign_key(ForeignKey::new(["role_id"], "ab_role", ["id"]).named("ab_user_role_role_id_fkey"));
        t.foreign_key(ForeignKey::new(["user_id"], "ab_user", ["id"]).named("ab_user_role_user_id_fkey"));
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("ab_user_role");
    op.drop_table("ab_permission_view_role");
    op.drop_table("ab_permission_view");
    op.drop_table("ab_register_user");
    op.drop_table("ab_user");
    op.drop_table("ab_role");
    op.drop_table("ab_view_menu");
    op.drop_table("ab_permission");
}

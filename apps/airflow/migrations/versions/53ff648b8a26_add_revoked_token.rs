//! Airflow 3.2.0: tokens of users who have logged out, until they expire.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("53ff648b8a26").down_revision("a5a3e5eb9b8d").message("create the table revoked_token")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("revoked_token", |t| {
        t.column("jti", DataType::string(32));
        t.column("exp", timestamp()).not_null();
        t.primary_key("revoked_token_pkey", ["jti"]);
        t.index("idx_revoked_token_exp", ["exp"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("revoked_token");
}

//! Airflow 3.1.8: how the link to a bundle's version is made may be said at any length.
//!
//! On the way back what is longer than 200 characters is left out, as Airflow writes it anew when it reads its bundles;
//! SQLite, which has no limit, keeps it. The real downgrade fails on it.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("509b94a1042d")
        .down_revision("82dbd68e6171")
        .message("make signed_url_template of dag_bundle a text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_column("dag_bundle", "signed_url_template", |c| c.column_type(DataType::Text));
}

pub(crate) fn downgrade(op: &mut Operations) {
    let too_long =
        "UPDATE dag_bundle SET signed_url_template = NULL WHERE char_length(signed_url_template) > 200"
            .to_owned();
    op.execute(PerDialect::only(DialectName::Postgres, too_long.clone()).on(DialectName::MySql, too_long));
    op.alter_column("dag_bundle", "signed_url_template", |c| c.column_type(DataType::string(200)));
}

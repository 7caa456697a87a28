//! FAB 3.5.0: the tables become what the models say, whoever made them: Airflow's core up to 2.10, this history, or an
//! older provider from its models. What is to be added may be there already.
//!
//! - Keys of the tables between two others delete along.
//! - Rows that cannot stay are said before anything is changed. The real one fails on them with what the database says.
//! - On SQLite the real one forgets that the login names of `ab_register_user` are the same in capitals and small
//!   letters. Here they stay so.

use dunlin_core::prelude::*;
use dunlin_core::session::{BoxError, Session};

pub(crate) fn revision() -> Revision {
    Revision::new("02ca36b0235b")
        .down_revision("6709f7a774b9")
        .message("make the tables of FAB what the models say")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.run("look for rows that cannot stay", ["ab_permission_view", "ab_register_user"], |session| {
        Box::pin(refuse_rows(session))
    });
    for (name, table) in IN_SMALL_LETTERS {
        let index = Index::new(name, [IndexElement::expression("lower(username::text)".to_owned())]);
        op.add_index_if_not_exists(table, index.unique().only_on([DialectName::Postgres]));
    }
    for (name, column) in OF_PERMISSIONS {
        op.add_index_if_not_exists("ab_permission_view_role", Index::new(name, [column]));
    }
    for (table, keys) in BETWEEN {
        drop_keys_of_other_names(op, table, keys);
        op.alter_table(table, |t| {
            for (column, _) in keys {
                t.drop_constraint_if_exists(ConstraintKind::ForeignKey, format!("{table}_{column}_fkey"));
            }
        });
        op.alter_table(table, |t| {
            for (column, referred) in keys {
                let key = ForeignKey::new([column], referred, ["id"]).on_delete(ReferentialAction::Cascade);
                t.create_foreign_key(key.named(format!("{table}_{column}_fkey")));
            }
        });
    }
    op.alter_table("ab_register_user", |t| {
        for name in [EMAIL, "ab_register_user_email_key", "email"] {
            t.drop_constraint_if_exists(ConstraintKind::Unique, name);
        }
    });
    op.alter_table("ab_register_user", |t| t.create_unique_constraint(EMAIL, ["email"]));
    op.alter_table("ab_permission_view", |t| {
        t.alter_column("permission_id").nullable(false);
        t.alter_column("view_menu_id").nullable(false);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("ab_permission_view", |t| {
        t.alter_column("permission_id").nullable(true);
        t.alter_column("view_menu_id").nullable(true);
    });
    op.alter_table("ab_register_user", |t| t.drop_constraint_if_exists(ConstraintKind::Unique, EMAIL));
    for (name, _) in OF_PERMISSIONS {
        op.drop_index_if_exists(name, "ab_permission_view_role");
    }
    for (name, table) in IN_SMALL_LETTERS {
        op.drop_index_if_exists(name, table);
    }
}

const EMAIL: &str = "ab_register_user_email_uq";

const IN_SMALL_LETTERS: [(&str, &str); 2] =
    [("idx_ab_user_username", "ab_user"), ("idx_ab_register_user_username", "ab_register_user")];

const OF_PERMISSIONS: [(&str, &str); 2] =
    [("idx_permission_view_id", "permission_view_id"), ("idx_role_id", "role_id")];

/// Tables between two others: their columns, and what these refer to.
const BETWEEN: [(&str, [(&str, &str); 2]); 2] = [
    ("ab_permission_view_role", [("permission_view_id", "ab_permission_view"), ("role_id", "ab_role")]),
    ("ab_user_role", [("user_id", "ab_user"), ("role_id", "ab_role")]),
];

/// Before Airflow named its keys, the server did: MySQL and MariaDB in their own way.
fn drop_keys_of_other_names(op: &mut Operations, table: &str, keys: [(&str, &str); 2]) {
    let columns = keys.map(|(column, _)| format!("'{column}'")).join(", ");
    let names = keys.map(|(column, _)| format!("'{table}_{column}_fkey'")).join(", ");
    let find = format!(
        "SET @statement = (SELECT CONCAT('ALTER TABLE {table} ', \
         GROUP_CONCAT(CONCAT('DROP FOREIGN KEY `', CONSTRAINT_NAME, '`'))) \
         FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' \
         AND REFERENCED_TABLE_NAME IS NOT NULL AND COLUMN_NAME IN ({columns}) AND CONSTRAINT_NAME NOT IN ({names}))"
    );
    for part in [
        find.as_str(),
        "SET @statement = COALESCE(@statement, 'DO 0')",
        "PREPARE statement FROM @statement",
        "EXECUTE statement",
        "DEALLOCATE PREPARE statement",
    ] {
        op.execute_ddl(PerDialect::only(DialectName::MySql, part.to_owned()), Vec::<String>::new());
    }
}

async fn refuse_rows(session: &mut dyn Session) -> Result<(), BoxError> {
    let permissions = session.table(&"ab_permission_view".into());
    let requests = session.table(&"ab_register_user".into());
    let without = format!("FROM {permissions} WHERE permission_id IS NULL OR view_menu_id IS NULL");
    if let Some(count) = counted(session, &without).await? {
        return Err(format!(
            "{count} rows of ab_permission_view name no permission or no view (see: SELECT * {without}); \
             delete or complete them"
        )
        .into());
    }
    let twice = format!(
        "FROM {requests} WHERE email IN (SELECT email FROM {requests} GROUP BY email HAVING count(*) > 1)"
    );
    if let Some(count) = counted(session, &twice).await? {
        return Err(format!(
            "{count} rows of ab_register_user have an email that another of them has (see: SELECT * {twice}); \
             delete all but one of each"
        )
        .into());
    }
    if session.dialect() != DialectName::Postgres {
        return Ok(());
    }
    for (_, table) in IN_SMALL_LETTERS {
        let quoted = session.table(&table.into());
        let alike = format!(
            "FROM {quoted} WHERE lower(username) IN (SELECT lower(username) FROM {quoted} GROUP BY 1 HAVING count(*) > 1)"
        );
        if let Some(count) = counted(session, &alike).await? {
            return Err(format!(
                "{count} rows of {table} have a username that differs from another's in capitals only (see: SELECT * \
                 {alike}); rename all but one of each"
            )
            .into());
        }
    }
    Ok(())
}

/// How many rows there are, if there are any.
async fn counted(session: &mut dyn Session, rows: &str) -> Result<Option<u64>, BoxError> {
    let found = session.query(&format!("SELECT count(*) {rows}")).await?;
    let count = found.first().map(|row| row.parse::<u64>(0)).transpose()?.flatten();
    Ok(count.filter(|count| *count > 0))
}

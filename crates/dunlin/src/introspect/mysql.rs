//! MySQL and MariaDB: six queries over `information_schema`.
//!
//! `key_column_usage` and `referential_constraints` are read apart and put together here: joined on the
//! server they take seconds where each alone takes milliseconds.

use std::collections::HashMap;

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Check, Column, DataType, ForeignKey, Index, Metadata, PrimaryKey, ServerDefault, TableName, Unique,
};

use super::{Scope, action, optional, text};
use crate::database::Database;
use crate::error::Error;

const COLUMNS: &str = "\
SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra,
       CASE WHEN c.collation_name <> t.table_collation THEN c.collation_name END, c.column_comment
FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.ordinal_position";

const INDEXES: &str = "\
SELECT c.table_name, c.index_name, c.non_unique, c.column_name
FROM information_schema.statistics AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.index_name, c.seq_in_index";

const KEY_COLUMNS: &str = "\
SELECT c.table_name, c.constraint_name, c.column_name,
       CASE WHEN c.referenced_table_schema <> c.table_schema THEN c.referenced_table_schema END,
       c.referenced_table_name, c.referenced_column_name
FROM information_schema.key_column_usage AS c
WHERE c.referenced_table_name IS NOT NULL AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name, c.ordinal_position";

const REFERENCES: &str = "\
SELECT c.table_name, c.constraint_name, c.delete_rule, c.update_rule
FROM information_schema.referential_constraints AS c
WHERE c.constraint_schema = {schema} AND {names}";

/// MariaDB tells the table of a check in the view itself; MySQL only in `table_constraints`.
const CHECKS_MARIADB: &str = "\
SELECT c.table_name, c.constraint_name, c.check_clause
FROM information_schema.check_constraints AS c
WHERE c.constraint_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

const CHECKS_MYSQL: &str = "\
SELECT c.table_name, c.constraint_name, k.check_clause
FROM information_schema.table_constraints AS c
JOIN information_schema.check_constraints AS k
  ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name
WHERE c.constraint_type = 'CHECK' AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    metadata: &mut Metadata,
) -> Result<(), Error> {
    let schema = match scope.schema {
        Some(schema) => database.dialect().literal(schema),
        None => "DATABASE()".to_owned(),
    };
    let condition = scope.names_condition(database, "c.table_name");
    let query = |sql: &str| sql.replace("{schema}", &schema).replace("{names}", &condition);
    let dialect = database.dialect();
    let mariadb = dialect.name() == DialectName::MariaDb;

    for row in database.rows(&query(COLUMNS)).await? {
        let mut data_type = dialect.parse_type(text(&row, 2));
        if let Some(collation) = optional(&row, 6) {
            data_type = collated(data_type, &collation);
        }
        let extra = text(&row, 5).to_lowercase();
        let column = Column {
            name: text(&row, 1).to_owned(),
            column_type: PerDialect::from(data_type),
            nullable: text(&row, 3) == "YES",
            server_default: optional(&row, 4).and_then(|default| server_default(default, &extra, mariadb)),
            autoincrement: extra.contains("auto_increment"),
            comment: optional(&row, 7).filter(|comment| !comment.is_empty()),
        };
        metadata.entry(scope.table(text(&row, 0))).columns.push(column);
    }

    let mut indexes: Vec<(TableName, Index)> = Vec::new();
    for row in database.rows(&query(INDEXES)).await? {
        let (table, name) = (scope.table(text(&row, 0)), text(&row, 1));
        let column = text(&row, 3).to_owned();
        match indexes.last_mut() {
            Some((last, index)) if *last == table && index.name.as_deref() == Some(name) => {
                index.columns.push(column);
            }
            _ => {
                let index = Index::new(name, [column]);
                let index = if text(&row, 2) == "0" { index.unique() } else { index };
                indexes.push((table, index));
            }
        }
    }
    for (table, index) in indexes {
        let Some(table) = metadata.get_mut(&table) else { continue };
        let Index { name, columns, unique, .. } = &index;
        match name.as_deref() {
            Some("PRIMARY") => table.primary_key = Some(PrimaryKey { name: None, columns: columns.clone() }),
            _ if *unique => table.uniques.push(Unique { name: name.clone(), columns: columns.clone() }),
            _ => table.indexes.push(index),
        }
    }

    let mut rules = HashMap::new();
    for row in database.rows(&query(REFERENCES)).await? {
        let key = (text(&row, 0).to_owned(), text(&row, 1).to_owned());
        rules.insert(key, (action(text(&row, 2)), action(text(&row, 3))));
    }
    for row in database.rows(&query(KEY_COLUMNS)).await? {
        let key = (text(&row, 0).to_owned(), text(&row, 1).to_owned());
        let Some(table) = metadata.get_mut(&scope.table(&key.0)) else { continue };
        let (column, referred_column) = (text(&row, 2).to_owned(), text(&row, 5).to_owned());
        match table.foreign_keys.last_mut() {
            Some(last) if last.name.as_ref() == Some(&key.1) => {
                last.columns.push(column);
                last.referred_columns.push(referred_column);
            }
            _ => {
                let schema = optional(&row, 3).or_else(|| scope.schema.map(str::to_owned));
                let referred = TableName { schema, name: text(&row, 4).to_owned() };
                let (on_delete, on_update) = rules.get(&key).copied().unwrap_or_default();
                table.foreign_keys.push(
                    ForeignKey::new([column], referred, [referred_column])
                        .named(key.1)
                        .on_delete(on_delete)
                        .on_update(on_update),
                );
            }
        }
    }

    let checks = if mariadb { CHECKS_MARIADB } else { CHECKS_MYSQL };
    for row in database.rows(&query(checks)).await? {
        if let Some(table) = metadata.get_mut(&scope.table(text(&row, 0))) {
            table.checks.push(Check { name: optional(&row, 1), expression: text(&row, 2).to_owned() });
        }
    }
    Ok(())
}

/// A text type with a collation that is not its table's must say so when it is restated.
fn collated(data_type: DataType, collation: &str) -> DataType {
    match data_type {
        DataType::String { .. } => data_type.collate(collation),
        DataType::Text => DataType::native(format!("TEXT COLLATE {collation}")),
        DataType::Native(text) => DataType::native(format!("{text} COLLATE {collation}")),
        other => other,
    }
}

/// MySQL prints a literal bare and marks an expression in `extra`; MariaDB prints SQL for both, and NULL
/// as a word.
fn server_default(default: String, extra: &str, mariadb: bool) -> Option<ServerDefault> {
    if mariadb {
        let quoted = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        return match quoted {
            Some(text) => Some(ServerDefault::Text(text.replace("''", "'").replace("\\\\", "\\"))),
            None if default == "NULL" => None,
            None => Some(ServerDefault::Expression(default)),
        };
    }
    let now = default.to_uppercase().starts_with("CURRENT_TIMESTAMP");
    if now {
        Some(ServerDefault::Expression(default))
    } else if extra.contains("default_generated") {
        Some(ServerDefault::Expression(format!("({default})")))
    } else {
        Some(ServerDefault::Text(default))
    }
}

//! MySQL and MariaDB: six queries over `information_schema`.
//!
//! `key_column_usage` and `referential_constraints` are read apart and put together here: joined on the
//! server they take seconds where each alone takes milliseconds.

use std::collections::HashMap;

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Check, Column, DataType, ForeignKey, Index, PrimaryKey, SqlValue, TableName, Unique,
};

use super::{Introspected, Scope, Unsaid, action, optional, text};
use crate::database::Database;
use crate::error::Error;

const COLUMNS: &str = "\
SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra,
       CASE WHEN c.collation_name <> t.table_collation THEN c.collation_name END, c.column_comment
FROM information_schema.columns AS c
JOIN information_schema.tables AS t
  ON t.table_schema = c.table_schema AND t.table_name = c.table_name COLLATE utf8mb3_bin
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

/// MariaDB tells the table of a check in the view itself, and has checks that belong to a column and bear
/// its name; MySQL tells the table only in `table_constraints`.
const CHECKS_MARIADB: &str = "\
SELECT c.table_name, c.constraint_name, c.check_clause, c.level
FROM information_schema.check_constraints AS c
WHERE c.constraint_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

const CHECKS_MYSQL: &str = "\
SELECT c.table_name, c.constraint_name, k.check_clause, 'Table'
FROM information_schema.table_constraints AS c
JOIN information_schema.check_constraints AS k
  ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name
WHERE c.constraint_type = 'CHECK' AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let Introspected { metadata, unsaid } = found;
    let schema = match scope.schema {
        Some(schema) => database.dialect().literal(schema),
        None => "DATABASE()".to_owned(),
    };
    let condition = scope.names_condition(database, "c.table_name");
    let query = |sql: &str| sql.replace("{schema}", &schema).replace("{names}", &condition);
    let dialect = database.dialect();
    let mariadb = dialect.name() == DialectName::MariaDb;

    for row in database.rows(&query(COLUMNS)).await? {
        // MariaDB compares with a list of names in any case.
        if !scope.wants(text(&row, 0)) {
            continue;
        }
        let mut data_type = dialect.parse_type(text(&row, 2));
        if let Some(collation) = optional(&row, 6) {
            data_type = data_type.collate(collation);
        }
        let table = scope.table(text(&row, 0));
        let mut extra = Extra::read(text(&row, 5));
        let default = optional(&row, 4).and_then(|default| match mariadb {
            true => default_of_mariadb(default),
            false => Some(default_of_mysql(default, &data_type, extra.default_is_expression)),
        });
        let nullable = text(&row, 3) == "YES";
        let server_default = match extra.on_update.take() {
            None => default,
            Some(on_update) => match default {
                Some(SqlValue::Text(text)) => {
                    Some(SqlValue::Expression(format!("{} {on_update}", dialect.literal(&text))))
                }
                Some(SqlValue::Expression(sql)) => Some(SqlValue::Expression(format!("{sql} {on_update}"))),
                other => {
                    extra.unknown.push(on_update);
                    other
                }
            },
        };
        let mut column = Column::new(text(&row, 1), data_type);
        column.nullable = nullable;
        column.server_default = server_default.map(PerDialect::from);
        column.autoincrement = extra.autoincrement;
        column.comment = optional(&row, 7).filter(|comment| !comment.is_empty());
        if !extra.unknown.is_empty() {
            let what = format!("{} of column {}", extra.unknown.join(" "), column.name);
            unsaid.push(Unsaid { table: table.clone(), column: Some(column.name.clone()), what });
        }
        metadata.entry(table).columns.push(column);
    }

    let mut indexes: Vec<(TableName, Index)> = Vec::new();
    for row in database.rows(&query(INDEXES)).await? {
        let (table, name) = (scope.table(text(&row, 0)), text(&row, 1));
        let column = text(&row, 3).to_owned();
        match indexes.last_mut() {
            Some((last, index)) if *last == table && index.name.as_deref() == Some(name) => {
                index.elements.push(column.into());
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
        match index.name.as_deref() {
            Some("PRIMARY") => table.primary_key = Some(PrimaryKey::new(index.columns())),
            Some(name) if index.unique => table.uniques.push(Unique::new(index.columns()).named(name)),
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
            Some(last) if last.name.as_deref() == Some(&key.1) => {
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
        let name = scope.table(text(&row, 0));
        let Some(table) = metadata.get_mut(&name) else { continue };
        let expression = match mariadb {
            true => text(&row, 2).to_owned(),
            false => without_escapes(text(&row, 2)),
        };
        // The check that makes LONGTEXT a JSON is restated with its column.
        let json = expression == format!("json_valid({})", dialect.quote(text(&row, 1)));
        if text(&row, 3) == "Column" && !json {
            let column = text(&row, 1).to_owned();
            let what = format!("CHECK ({expression}) of column {column}");
            unsaid.push(Unsaid { table: name, column: Some(column), what });
        }
        table.checks.push(Check::new(expression).named(text(&row, 1)));
    }
    Ok(())
}

/// What the catalog's column `extra` says.
#[derive(Default)]
struct Extra {
    autoincrement: bool,
    default_is_expression: bool,
    /// `ON UPDATE CURRENT_TIMESTAMP`: part of the default, as it is written behind it.
    on_update: Option<String>,
    /// Anything else, such as `VIRTUAL GENERATED` or `INVISIBLE`.
    unknown: Vec<String>,
}

impl Extra {
    fn read(text: &str) -> Self {
        let mut extra = Self::default();
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word.to_lowercase().as_str() {
                "auto_increment" => extra.autoincrement = true,
                "default_generated" => extra.default_is_expression = true,
                "on" => extra.on_update = words.nth(1).map(|now| format!("ON UPDATE {now}")),
                _ => extra.unknown.push(word.to_owned()),
            }
        }
        extra
    }
}

/// MySQL prints a literal bare, an expression with its quotes and backslashes escaped.
fn default_of_mysql(default: String, data_type: &DataType, is_expression: bool) -> SqlValue {
    let time = matches!(data_type, DataType::DateTime { .. } | DataType::Timestamp { .. });
    let bits = match data_type {
        DataType::Native(text) => ["bit", "binary", "varbinary"].iter().any(|bits| text.starts_with(bits)),
        _ => false,
    };
    if (time && default.to_uppercase().starts_with("CURRENT_TIMESTAMP")) || bits {
        SqlValue::Expression(default)
    } else if is_expression {
        SqlValue::Expression(format!("({})", without_escapes(&default)))
    } else {
        SqlValue::Text(default)
    }
}

/// MariaDB prints SQL, and NULL as a word.
fn default_of_mariadb(default: String) -> Option<SqlValue> {
    match literal(&default) {
        Some(text) => Some(SqlValue::Text(text)),
        None if default == "NULL" => None,
        None => Some(SqlValue::Expression(default)),
    }
}

/// The value of a text that is one literal, in quotes.
fn literal(sql: &str) -> Option<String> {
    let inside = sql.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut value = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        value.push(match character {
            '\\' => match characters.next()? {
                '0' => '\0',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'Z' => '\u{1a}',
                other => other,
            },
            // Doubled, or the literal ends here and another begins later.
            '\'' => characters.next().filter(|next| *next == '\'')?,
            other => other,
        });
    }
    Some(value)
}

/// `\'` becomes `'`, and `\\` a backslash.
fn without_escapes(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut characters = sql.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next().unwrap_or(character) } else { character });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_one_literal_only() {
        for (sql, value) in [
            ("''", Some("")),
            ("'it''s'", Some("it's")),
            (r"'it\'s \\ a\nb'", Some("it's \\ a\nb")),
            ("'a' or 'b'", None),
            ("concat('a','b')", None),
            ("1", None),
            ("'", None),
        ] {
            assert_eq!(literal(sql).as_deref(), value, "{sql}");
        }
    }

    #[test]
    fn what_the_catalog_adds_is_told_apart() {
        let read = Extra::read("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE");
        assert!(read.default_is_expression && !read.autoincrement);
        assert_eq!(read.on_update.as_deref(), Some("ON UPDATE CURRENT_TIMESTAMP(3)"));
        assert_eq!(read.unknown, ["INVISIBLE"]);
        assert_eq!(Extra::read("VIRTUAL GENERATED").unknown, ["VIRTUAL", "GENERATED"]);
        assert!(Extra::read("auto_increment").autoincrement);
    }
}

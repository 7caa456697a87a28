//! The one form of a table on SQLite.
//!
//! SQLite keeps what was written, and goes by less: names in any case, types by their declared names,
//! options that it does not have by nothing at all. What it takes for the same is written alike here.

use dunlin_core::dialect::PerDialect;
use dunlin_core::schema::{
    Column, DataType, Deferrable, Index, IndexKey, OnConflict, SqlValue, Table, TableOptions,
};

use super::{Sqlite, column, types};
use crate::dialect::Dialect;
use crate::sql::expression::normal;
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::rename::{expressions_mut, is_keyword};

/// Puts a table without variants into its one form.
pub(super) fn normalize(dialect: &Sqlite, table: &mut Table) {
    // Some rules go by the declared types of the whole table: they are read before anything changes.
    let declared: Vec<Option<DataType>> =
        table.columns.iter().map(|column| declared(dialect, column, table)).collect();
    let row_id = column::row_id(dialect, table).map(|column| column.name.clone());
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    let whole_key_is_null_free = table.options.strict || table.options.without_rowid;
    for (column, data_type) in table.columns.iter_mut().zip(declared) {
        let is_key = key.contains(&column.name);
        if is_key && (whole_key_is_null_free || row_id.as_ref() == Some(&column.name)) {
            column.nullable = false;
        }
        // What counts up is the row id, which the type and the key say.
        if key == [column.name.as_str()] {
            column.autoincrement = false;
            column.identity = None;
        }
        if let Some(data_type) = data_type {
            column.column_type = data_type.into();
        }
        column.comment = None;
        column.not_null_on_conflict = column.not_null_on_conflict.filter(|_| !column.nullable);
        unless_abort(&mut column.not_null_on_conflict);
        default(column);
    }
    constraints(table);
    let mut indexes = std::mem::take(&mut table.indexes);
    // Most tables have no expressions.
    let names = match indexes.iter().any(has_expressions) || expressions_mut(table).next().is_some() {
        true => Names::of(table),
        false => Names { columns: Vec::new() },
    };
    indexes.iter_mut().for_each(|index| normal_index(&names, table, index));
    table.indexes = indexes;
    expressions_mut(table).for_each(|sql| *sql = names.expression(sql));
    table.comment = None;
    options(&mut table.options);
}

/// The type that SQLite sees, where it is another one: a declared name, and a collation other than BINARY.
fn declared(dialect: &Sqlite, column: &Column, table: &Table) -> Option<DataType> {
    let said = column.column_type.get(dialect.name())?;
    if !table.options.strict && column.identity.is_none() && is_declared_so(said) {
        return None;
    }
    let collation = said.collation().map(str::to_ascii_uppercase).filter(|name| name != "BINARY");
    let read = match types::read(&column::declared(dialect, column, table).ok()?) {
        DataType::Native(text) => DataType::Native(normal(&text)),
        known => known,
    };
    Some(match collation {
        Some(collation) => read.collate(collation),
        None => read,
    })
}

/// Whether a type is read again as itself: most are.
fn is_declared_so(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Boolean
            | DataType::SmallInteger
            | DataType::Integer
            | DataType::BigInteger
            | DataType::Float
            | DataType::Real
            | DataType::Double
            | DataType::Numeric { precision: Some(_), .. }
            | DataType::String { .. }
            | DataType::Char { .. }
            | DataType::Text
            | DataType::Binary
            | DataType::Date
            | DataType::DateTime { precision: None, timezone: false }
            | DataType::Json
    )
}

/// ABORT is what happens when nothing is said.
fn unless_abort(action: &mut Option<OnConflict>) {
    action.take_if(|action| *action == OnConflict::Abort);
}

fn constraints(table: &mut Table) {
    if let Some(key) = &mut table.primary_key {
        key.include.clear();
        key.prefixes.clear();
        key.using = None;
        unless_abort(&mut key.on_conflict);
    }
    for unique in &mut table.uniques {
        unique.include.clear();
        unless_abort(&mut unique.on_conflict);
    }
    for key in &mut table.foreign_keys {
        // It reads MATCH and does nothing about it.
        key.match_type = None;
        key.deferrable.take_if(|deferrable| *deferrable == Deferrable::InitiallyImmediate);
    }
}

fn options(options: &mut TableOptions) {
    let mut kept = TableOptions::default();
    kept.temporary = options.temporary;
    kept.unlogged = options.unlogged;
    kept.inherits = std::mem::take(&mut options.inherits);
    kept.strict = options.strict;
    kept.without_rowid = options.without_rowid;
    kept.never_reuse_ids = options.never_reuse_ids;
    *options = kept;
}

fn has_expressions(index: &Index) -> bool {
    index.predicate.is_some() || index.elements.iter().any(|element| element.column().is_none())
}

fn normal_index(names: &Names, table: &Table, index: &mut Index) {
    index.using = None;
    index.parser = None;
    index.include.clear();
    index.nulls_not_distinct &= index.unique;
    index.storage_parameters.clear();
    index.tablespace = None;
    index.concurrently = false;
    index.comment = None;
    for element in &mut index.elements {
        element.operator_class = None;
        element.length = None;
        if let IndexKey::Expression(sql) = &element.key
            && let Some(column) = sql.default_value().and_then(|sql| names.column_alone(sql))
        {
            element.key = IndexKey::Column(column);
        }
        let own = element.column().and_then(|name| table.column(name));
        let own = own.and_then(|column| column.column_type.default_value()).and_then(DataType::collation);
        element.collation = element.collation.take().map(|name| name.to_ascii_uppercase());
        // Of an expression, which collation it has without one is not asked.
        if element.column().is_some() {
            element.collation.take_if(|name| name == own.unwrap_or("BINARY"));
        }
    }
}

/// A default as an INSERT puts it in: a number where the column makes one of a text, a text where it makes
/// one of a number.
fn default(column: &mut Column) {
    let Some(said) = column.server_default.take() else { return };
    let Some(value) = said.default_value().cloned() else { return };
    let affinity = column.column_type.default_value().map(Affinity::of);
    let value = match value {
        SqlValue::Boolean(value) => SqlValue::Integer(i64::from(value)),
        SqlValue::Expression(sql) => constant(&sql),
        SqlValue::Bytes(bytes) => SqlValue::Expression(normal(&crate::dialect::ddl::hexadecimal(&bytes))),
        other => other,
    };
    let value = match (value, affinity) {
        (SqlValue::Null, _) => return,
        (SqlValue::Integer(number), Some(Affinity::Text)) => SqlValue::Text(number.to_string()),
        (SqlValue::Text(text), Some(Affinity::Number)) => match whole_number(&text) {
            Some(number) => SqlValue::Integer(number),
            None => SqlValue::Text(text),
        },
        (other, _) => other,
    };
    column.server_default = Some(PerDialect::all(value));
}

/// An expression that is a constant, as a value.
fn constant(sql: &str) -> SqlValue {
    let form = normal(sql);
    let Ok(tokens) = tokens(&form) else { return SqlValue::Expression(form) };
    match tokens.as_slice() {
        [only] if only.kind == TokenKind::String => SqlValue::Text(only.value().into_owned()),
        [only] if only.kind == TokenKind::Number => number(only, "").unwrap_or(SqlValue::Expression(form)),
        [sign, only] if only.kind == TokenKind::Number && sign.is_symbol("-") => {
            number(only, "-").unwrap_or(SqlValue::Expression(form))
        }
        [sign, only] if only.kind == TokenKind::Number && sign.is_symbol("+") => {
            number(only, "").unwrap_or_else(|| SqlValue::Expression(only.text.to_owned()))
        }
        [only] if only.is_word("TRUE") => SqlValue::Integer(1),
        [only] if only.is_word("FALSE") => SqlValue::Integer(0),
        [only] if only.is_word("NULL") => SqlValue::Null,
        [only] if only.kind == TokenKind::Word && is_moment(only) => SqlValue::Expression(form),
        // A word or a name that is none is a text, in its own letters.
        [only] if matches!(only.kind, TokenKind::Word | TokenKind::QuotedIdentifier) => word(sql, form),
        _ => SqlValue::Expression(form),
    }
}

fn word(sql: &str, form: String) -> SqlValue {
    let said = tokens(sql).unwrap_or_default().into_iter();
    let said = said.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier));
    match said.map(|token| token.value().into_owned()).next() {
        Some(text) => SqlValue::Text(text),
        None => SqlValue::Expression(form),
    }
}

fn is_moment(token: &Token<'_>) -> bool {
    ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].iter().any(|word| token.is_word(word))
}

fn number(token: &Token<'_>, sign: &str) -> Option<SqlValue> {
    whole_number(&format!("{sign}{}", token.text)).map(SqlValue::Integer)
}

/// A number that is written as its text is.
fn whole_number(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

/// What a column makes of values. Source: "Determination Of Column Affinity" of SQLite's manual.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Affinity {
    /// Texts that are numbers become numbers.
    Number,
    /// Numbers become texts.
    Text,
    /// Values stay as they are.
    None,
}

impl Affinity {
    fn of(data_type: &DataType) -> Self {
        let name = types::declared(&Sqlite, data_type, false).unwrap_or_default().to_ascii_uppercase();
        let has = |word: &str| name.contains(word);
        if has("INT") {
            Self::Number
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") || name.is_empty() || name == "ANY" {
            Self::None
        } else {
            Self::Number
        }
    }
}

/// The names that the expressions of a table know.
struct Names {
    columns: Vec<String>,
}

impl Names {
    fn of(table: &Table) -> Self {
        Self { columns: table.columns.iter().map(|column| column.name.clone()).collect() }
    }

    fn column(&self, name: &str) -> Option<&String> {
        self.columns.iter().find(|known| known.eq_ignore_ascii_case(name))
    }

    /// The column that an expression is, and nothing else.
    fn column_alone(&self, sql: &str) -> Option<String> {
        let form = self.expression(sql);
        match tokens(&form).ok()?.as_slice() {
            [only] if matches!(only.kind, TokenKind::Word | TokenKind::QuotedIdentifier) => {
                self.column(&only.value()).cloned()
            }
            _ => None,
        }
    }

    /// An expression over the table: its columns in small letters and without the table's name, texts in
    /// the quotes of texts, TRUE and FALSE as the numbers that they are.
    fn expression(&self, sql: &str) -> String {
        let Ok(mut all) = tokens(sql) else { return normal(sql) };
        all.retain(|token| token.kind != TokenKind::Comment);
        if all.iter().any(|token| token.is_word("SELECT")) {
            return normal(sql);
        }
        let mut text = String::with_capacity(sql.len());
        let mut copied = 0;
        for (at, token) in all.iter().enumerate() {
            let next = all.get(at + 1);
            let previous = at.checked_sub(1).map(|before| &all[before]);
            let Some(written) = self.written(previous, token, next) else { continue };
            text.push_str(&sql[copied..token.start]);
            text.push_str(&written);
            let dot = next.filter(|next| written.is_empty() && next.is_symbol("."));
            copied = dot.unwrap_or(token).span().end;
        }
        text.push_str(&sql[copied..]);
        normal(&text)
    }

    /// What stands for a token; `None` is itself, and nothing goes with the dot behind it.
    fn written(
        &self,
        previous: Option<&Token<'_>>,
        token: &Token<'_>,
        next: Option<&Token<'_>>,
    ) -> Option<String> {
        let quoted = token.kind == TokenKind::QuotedIdentifier;
        if !quoted && (token.kind != TokenKind::Word || is_keyword(token.text)) {
            return None;
        }
        let follows = |word: &str| previous.is_some_and(|previous| previous.is_word(word));
        if next.is_some_and(|next| next.is_symbol(".")) {
            return Some(String::new());
        }
        if next.is_some_and(|next| next.is_symbol("(")) || follows("AS") || follows("COLLATE") {
            return None;
        }
        let value = token.value();
        if self.column(&value).is_some() {
            return Some(format!("\"{}\"", value.to_ascii_lowercase().replace('"', "\"\"")));
        }
        let is_row_id = ["rowid", "_rowid_", "oid"].iter().any(|name| value.eq_ignore_ascii_case(name));
        if quoted {
            // SQLite takes it as a text.
            let is_text = token.text.starts_with('"') && !is_row_id;
            return is_text.then(|| format!("'{}'", value.replace('\'', "''")));
        }
        // `a IS TRUE` asks for more than `a IS 1`.
        if follows("IS") || follows("NOT") {
            return None;
        }
        ["FALSE", "TRUE"].iter().position(|word| token.is_word(word)).map(|number| number.to_string())
    }
}

#[cfg(test)]
mod tests;

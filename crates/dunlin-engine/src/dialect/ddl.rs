//! The parts of DDL that the databases write alike.

use dunlin_core::dialect::PerDialect;
use dunlin_core::operation::{Backfill, Operation, TableChange};
use dunlin_core::schema::{ColumnType, DataType, Index, SqlValue, TableName};

use super::{Dialect, RenderError};

/// A table's name in quotes, with its schema: `"schema"."name"`.
pub fn table_name(dialect: &dyn Dialect, name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&name.name)),
        None => dialect.quote(&name.name),
    }
}

/// `"a", "b"`.
pub(super) fn columns(dialect: &dyn Dialect, names: &[String]) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

/// `'text'` with quotes doubled, as the SQL standard has it.
pub(super) fn standard_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value; `booleans` are the words for false and true.
pub(super) fn value(dialect: &dyn Dialect, value: &SqlValue, booleans: [&str; 2]) -> String {
    match value {
        SqlValue::Text(text) => dialect.literal(text),
        SqlValue::Expression(sql) => sql.clone(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Boolean(value) => booleans[usize::from(*value)].to_owned(),
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Bytes(bytes) => hexadecimal(bytes),
        _ => "NULL".to_owned(),
    }
}

/// `INSERT INTO table (…) VALUES (…), (…)`; nothing where there are no rows.
pub(super) fn bulk_insert(
    dialect: &dyn Dialect,
    table: &TableName,
    names: &[String],
    rows: &[Vec<SqlValue>],
    booleans: [&str; 2],
) -> Vec<String> {
    insert_rows(dialect, table, names, rows, |given| value(dialect, given, booleans))
}

/// The same with values as `shown` writes them.
pub(super) fn insert_rows(
    dialect: &dyn Dialect,
    table: &TableName,
    names: &[String],
    rows: &[Vec<SqlValue>],
    shown: impl Fn(&SqlValue) -> String,
) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let row = |row: &Vec<SqlValue>| format!("({})", row.iter().map(&shown).collect::<Vec<_>>().join(", "));
    let rows = rows.iter().map(row).collect::<Vec<_>>().join(",\n    ");
    let (table, names) = (table_name(dialect, table), columns(dialect, names));
    vec![format!("INSERT INTO {table} ({names}) VALUES\n    {rows}")]
}

/// The type of a column on this dialect.
///
/// # Errors
/// A column whose type says nothing for this dialect.
pub(super) fn type_of(
    dialect: &dyn Dialect,
    column: &str,
    column_type: &ColumnType,
) -> Result<String, RenderError> {
    let data_type = column_type.get(dialect.name()).ok_or_else(|| super::no_variant(dialect, column))?;
    dialect.column_type(data_type)
}

/// `DROP TABLE [IF EXISTS] …`
pub(super) fn drop_table(dialect: &dyn Dialect, table: &TableName, if_exists: bool) -> String {
    let if_exists = if if_exists { "IF EXISTS " } else { "" };
    format!("DROP TABLE {if_exists}{}", table_name(dialect, table))
}

/// `DROP INDEX [IF EXISTS] …`, where an index's name stands in its table's schema.
pub(super) fn drop_index(dialect: &dyn Dialect, table: &TableName, name: &str, if_exists: bool) -> String {
    let if_exists = if if_exists { "IF EXISTS " } else { "" };
    let index = TableName { schema: table.schema.clone(), name: name.to_owned() };
    format!("DROP INDEX {if_exists}{}", table_name(dialect, &index))
}

/// A backfill as one UPDATE of all rows, as a script has it.
///
/// # Errors
/// An expression without a variant for this dialect.
pub(super) fn backfill(dialect: &dyn Dialect, backfill: &Backfill) -> Result<String, RenderError> {
    let set = backfill.set.iter().map(|(column, sql)| {
        Ok(format!("{} = {}", dialect.quote(column), expression(dialect, sql, "a backfill")?))
    });
    let set = set.collect::<Result<Vec<_>, RenderError>>()?.join(", ");
    let filter = match &backfill.only_where {
        Some(sql) => format!(" WHERE {}", expression(dialect, sql, "a backfill")?),
        None => String::new(),
    };
    Ok(format!("UPDATE {} SET {set}{filter}", table_name(dialect, &backfill.table)))
}

/// An expression's text for this dialect.
///
/// # Errors
/// It has no variant for this dialect.
pub(super) fn expression<'e>(
    dialect: &dyn Dialect,
    sql: &'e PerDialect<String>,
    whose: &str,
) -> Result<&'e str, RenderError> {
    sql.get(dialect.name()).map(String::as_str).ok_or_else(|| RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have {whose} whose expression has no variant for it"),
        hint: "give the expression a default or a variant for this dialect, or leave it out there by `only_on`",
    })
}

/// `X'0aff'`.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("X'{digits}'")
}

/// An index's name; an index that neither author nor naming convention named has none.
///
/// # Errors
/// There is no name.
pub(super) fn index_name<'i>(dialect: &dyn Dialect, index: &'i Index) -> Result<&'i str, RenderError> {
    index.name.as_deref().ok_or_else(|| RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!(
            "create an index on ({}) without a name",
            index.columns().collect::<Vec<_>>().join(", ")
        ),
        hint: "name the index, or give the naming convention a pattern `ix`",
    })
}

/// Refuses names that the database would cut, or would refuse half-way.
///
/// # Errors
/// [`RenderError::NameTooLong`].
pub(super) fn check_names(dialect: &dyn Dialect, operation: &Operation) -> Result<(), RenderError> {
    let Some(limit) = dialect.capabilities().max_identifier else { return Ok(()) };
    match new_names(operation).into_iter().find(|name| !limit.allows(name)) {
        Some(name) => Err(RenderError::NameTooLong { dialect: dialect.name(), name: name.to_owned(), limit }),
        None => Ok(()),
    }
}

/// The names that an operation brings into the database.
fn new_names(operation: &Operation) -> Vec<&str> {
    match operation {
        Operation::CreateTable { table, .. } => {
            let columns = table.columns.iter().map(|column| column.name.as_str());
            let indexes = table.indexes.iter().filter_map(|index| index.name.as_deref());
            let key = table.primary_key.iter().filter_map(|key| key.name.as_deref());
            let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_deref());
            let checks = table.checks.iter().filter_map(|check| check.name.as_deref());
            let excludes = table.excludes.iter().filter_map(|exclude| exclude.name.as_deref());
            let foreign = table.foreign_keys.iter().filter_map(|key| key.name.as_deref());
            let constraints = key.chain(uniques).chain(checks).chain(excludes).chain(foreign);
            std::iter::once(table.name.name.as_str())
                .chain(columns)
                .chain(indexes)
                .chain(constraints)
                .collect()
        }
        Operation::CreateSchema { name, .. } => vec![name],
        Operation::CreateEnum { enum_type } => enum_type.name.iter().map(|name| name.name.as_str()).collect(),
        Operation::CreateView { view, .. } => vec![&view.name.name],
        Operation::RenameTable { to, .. } => vec![to],
        Operation::RenameIndex { to, .. } => vec![to],
        Operation::AlterTable { changes, .. } => changes.iter().filter_map(new_name).collect(),
        Operation::CreateIndex { index, .. } => index.name.as_deref().into_iter().collect(),
        _ => Vec::new(),
    }
}

fn new_name(change: &TableChange) -> Option<&str> {
    match change {
        TableChange::AddColumn { column, .. } => Some(&column.name),
        TableChange::AlterColumn(alter) => alter.rename.as_deref(),
        TableChange::AddConstraint { constraint } => constraint.name().map(|name| name.as_str()),
        TableChange::RenameConstraint { to, .. } => Some(to),
        _ => None,
    }
}

/// The operation is of a kind that this engine does not know: `dunlin-core` is newer.
pub(super) fn newer_operation(dialect: &dyn Dialect) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: "do an operation that this build does not know".to_owned(),
        hint: "build the host with a newer dunlin",
    }
}

/// A type that all databases write alike.
///
/// # Errors
/// The database does not have it.
pub(super) fn write_common_type(dialect: &dyn Dialect, data_type: &DataType) -> Result<String, RenderError> {
    Ok(match data_type {
        DataType::SmallInteger => "SMALLINT".to_owned(),
        DataType::Integer => "INTEGER".to_owned(),
        DataType::BigInteger => "BIGINT".to_owned(),
        DataType::Float => "FLOAT".to_owned(),
        DataType::Numeric { precision: Some(precision), scale } => format!("NUMERIC({precision}, {scale})"),
        DataType::Numeric { precision: None, .. } => "NUMERIC".to_owned(),
        DataType::String { length: Some(length) } => format!("VARCHAR({length})"),
        DataType::String { length: None } => "VARCHAR".to_owned(),
        DataType::Char { length } => format!("CHAR({length})"),
        DataType::Text => "TEXT".to_owned(),
        DataType::Date => "DATE".to_owned(),
        DataType::Time { .. } => "TIME".to_owned(),
        DataType::Json => "JSON".to_owned(),
        DataType::Native(text) => text.clone(),
        other => return Err(no_such_type(dialect, other)),
    })
}

/// The database does not have a type.
pub(super) fn no_such_type(dialect: &dyn Dialect, data_type: &DataType) -> RenderError {
    let what = match data_type {
        DataType::TinyInteger => "8-bit integers",
        DataType::MediumInteger => "24-bit integers",
        DataType::Unsigned(_) => "unsigned numbers",
        DataType::String { length: None } => "VARCHAR without a length",
        DataType::TinyText | DataType::MediumText | DataType::LongText => "sizes of text",
        DataType::TinyBlob | DataType::MediumBlob | DataType::LongBlob => "sizes of BLOB",
        DataType::FixedBinary { .. } | DataType::VarBinary { .. } => "bytes of a given length",
        DataType::Collated { character_set: Some(_), .. } => "a character set of a column",
        DataType::Bit { .. } => "this type of bits",
        DataType::Interval { .. } => "intervals",
        DataType::Year => "years",
        DataType::Jsonb => "JSONB",
        DataType::Enum(_) => "enum types without a name",
        DataType::Set { .. } => "sets",
        DataType::Array { .. } => "arrays",
        _ => "a type that this build does not know",
    };
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have {what}"),
        hint: "give the column's type a variant for this dialect",
    }
}

/// A server's type text, taken apart: `timestamp(6) with time zone` is ("timestamp", [6], "with time
/// zone").
pub(super) struct TypeText {
    text: String,
    head: String,
    arguments: Vec<u32>,
    tail: String,
}

impl TypeText {
    pub(super) fn parts(&self) -> (&str, &[u32], &str) {
        (&self.head, &self.arguments, &self.tail)
    }

    /// The digits of a second's fraction.
    pub(super) fn precision(&self) -> Option<u8> {
        self.arguments.first().and_then(|digits| u8::try_from(*digits).ok())
    }

    /// A type that all servers describe alike; what is not known is native.
    pub(super) fn read_common(&self) -> DataType {
        match self.parts() {
            ("smallint", [], "") => DataType::SmallInteger,
            ("bigint", [], "") => DataType::BigInteger,
            ("numeric", &[precision, scale], "") => self.numeric(precision, scale),
            ("varchar", &[length], "") => DataType::string(length),
            ("char", &[length], "") => DataType::char(length),
            ("text", [], "") => DataType::Text,
            ("date", [], "") => DataType::Date,
            ("time", [], "") => DataType::time(),
            ("json", [], "") => DataType::Json,
            _ => DataType::native(&self.text),
        }
    }

    pub(super) fn numeric(&self, precision: u32, scale: u32) -> DataType {
        match (u16::try_from(precision), u16::try_from(scale)) {
            (Ok(precision), Ok(scale)) => DataType::numeric(precision, scale),
            _ => DataType::native(&self.text),
        }
    }
}

/// Takes a server's type text apart.
pub(super) fn type_text(text: &str) -> TypeText {
    let lower = text.trim().to_lowercase();
    let (head, arguments, tail) = match lower.split_once('(') {
        None => (lower.as_str(), "", ""),
        Some((head, rest)) => {
            let (arguments, tail) = rest.split_once(')').unwrap_or((rest, ""));
            (head.trim(), arguments, tail.trim())
        }
    };
    let arguments = arguments.split(',').filter_map(|argument| argument.trim().parse().ok()).collect();
    TypeText { text: text.to_owned(), head: head.to_owned(), arguments, tail: tail.to_owned() }
}

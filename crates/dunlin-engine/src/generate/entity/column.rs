//! Columns as fields.

use dunlin_core::dialect::DialectName::{self, MySql, Postgres, Sqlite};
use dunlin_core::dialect::PerDialect;
use dunlin_core::schema::{Column, ColumnType, DataType, Index, Name, SqlValue, Table, Unique};

use super::attribute::attribute;
use super::enums::Enums;
use super::names::{field_name, is_plain};

/// A column as a field of a model.
pub(super) struct Field {
    /// The field's name, without `r#`.
    pub(super) name: String,
    /// Its type, without `Option`.
    rust: String,
    arguments: Vec<String>,
    pub(super) in_key: bool,
    /// The enum that it is of.
    pub(super) uses: Option<String>,
    /// What `table_of` finds.
    pub(super) said: Column,
    pub(super) said_unique: Option<Unique>,
    pub(super) said_index: Option<Index>,
}

impl Field {
    pub(super) fn new(
        column: &Column,
        table: &Table,
        name: String,
        key: &[String],
        dialect: DialectName,
        enums: &Enums,
    ) -> Self {
        let in_key = key.contains(&column.name);
        let of_type = column.column_type.get(dialect);
        let typed = of_type.map_or_else(text, |of_type| typed(of_type, dialect, enums, in_key));
        let mut said = Column::new(column.name.clone(), typed.said);
        said.nullable = column.nullable && !in_key;
        let mut arguments = Vec::new();
        if in_key {
            let counts_up = key.len() == 1 && column.counts_up();
            said.autoincrement = counts_up;
            arguments.push("primary_key".to_owned());
            if !counts_up {
                arguments.push("auto_increment = false".to_owned());
            }
        }
        if !is_plain(&column.name, &name) {
            arguments.push(format!("column_name = {:?}", column.name));
        }
        arguments.extend(typed.argument.map(|it| format!("column_type = {it:?}")));
        let is_it = |unique: &&Unique| unique.columns.as_slice() == [column.name.as_str()];
        let said_unique = table.uniques.iter().find(is_it).map(|_| Unique::new([column.name.as_str()]));
        if said_unique.is_some() {
            arguments.push("unique".to_owned());
        }
        let of_sea_orm = format!("idx-{}-{}", table.name.name, column.name);
        let plain = Index::new(Name::exact(of_sea_orm), [column.name.as_str()]);
        let said_index = table.indexes.contains(&plain).then_some(plain);
        if said_index.is_some() {
            arguments.push("indexed".to_owned());
        }
        if let Some((argument, value)) = default(column) {
            arguments.push(argument);
            said.server_default = Some(value.into());
        }
        // SeaORM writes there what `renamed_from` says, which is no comment.
        if let Some(comment) = column.comment.as_ref().filter(|text| !text.contains("renamed_from \"")) {
            arguments.push(format!("comment = {comment:?}"));
            said.comment = Some(comment.clone());
        }
        Self { name, rust: typed.rust, arguments, in_key, uses: typed.uses, said, said_unique, said_index }
    }

    pub(super) fn source(&self) -> String {
        let rust = if self.said.nullable { format!("Option<{}>", self.rust) } else { self.rust.clone() };
        format!("{}    pub {}: {rust},\n", attribute(4, &self.arguments), field_name(&self.name))
    }

    pub(super) fn is_float(&self) -> bool {
        ["f32", "f64"].iter().any(|float| self.rust == *float || self.rust == format!("Vec<{float}>"))
    }
}

/// A default that an entity can say, and the value that is found in it.
fn default(column: &Column) -> Option<(String, SqlValue)> {
    let given = column.server_default.as_ref()?;
    let value = given.default_value().filter(|value| *given == PerDialect::all((*value).clone()))?;
    let argument = match value {
        SqlValue::Text(text) => format!("default_value = {text:?}"),
        SqlValue::Boolean(value) => format!("default_value = {value}"),
        SqlValue::Integer(number) if (0..=i64::from(i32::MAX)).contains(number) => {
            format!("default_value = {number}")
        }
        SqlValue::Integer(number) if *number > 0 => format!("default_value = {number}i64"),
        SqlValue::Integer(number) if *number > i64::MIN => {
            format!("default_expr = \"Expr::val({number}i64)\"")
        }
        SqlValue::Expression(sql) if sql == "CURRENT_TIMESTAMP" => {
            "default_expr = \"Expr::current_timestamp()\"".to_owned()
        }
        SqlValue::Expression(sql) => format!("default_expr = {:?}", format!("Expr::cust({sql:?})")),
        _ => return None,
    };
    Some((argument, value.clone()))
}

/// A type in Rust.
struct Typed {
    rust: String,
    /// `column_type`, where the Rust type does not say it.
    argument: Option<String>,
    /// What it is found to be.
    said: ColumnType,
    uses: Option<String>,
}

impl Typed {
    fn new(rust: &str, argument: Option<&str>, said: impl Into<ColumnType>) -> Self {
        Self { rust: rust.to_owned(), argument: argument.map(str::to_owned), said: said.into(), uses: None }
    }
}

fn text() -> Typed {
    Typed::new("String", Some("Text"), DataType::Text)
}

/// What SeaORM has for a type: the same, or what comes nearest. `dunlin-sea-orm` reads it back, and its first
/// page has the table.
fn typed(of: &DataType, dialect: DialectName, enums: &Enums, in_key: bool) -> Typed {
    let unsigned = |rust, of: DataType, on_postgres| {
        let said = ColumnType::all(of.clone().unsigned()).on(Postgres, on_postgres).on(Sqlite, of);
        Typed::new(rust, None, said)
    };
    let bytes = |argument: &str, on_mysql| {
        Typed::new("Vec<u8>", Some(argument), ColumnType::all(DataType::Binary).on(MySql, on_mysql))
    };
    match of {
        DataType::Boolean => Typed::new("bool", None, DataType::Boolean),
        DataType::TinyInteger => {
            let said = ColumnType::all(DataType::TinyInteger).on(Postgres, DataType::SmallInteger);
            Typed::new("i8", None, said)
        }
        DataType::SmallInteger => Typed::new("i16", None, DataType::SmallInteger),
        DataType::MediumInteger | DataType::Integer => Typed::new("i32", None, DataType::Integer),
        DataType::BigInteger => Typed::new("i64", None, DataType::BigInteger),
        DataType::Unsigned(of) => match **of {
            DataType::TinyInteger => unsigned("u8", DataType::TinyInteger, DataType::SmallInteger),
            DataType::SmallInteger => unsigned("u16", DataType::SmallInteger, DataType::Integer),
            DataType::MediumInteger | DataType::Integer => {
                unsigned("u32", DataType::Integer, DataType::BigInteger)
            }
            DataType::BigInteger => unsigned("u64", DataType::BigInteger, DataType::BigInteger),
            ref other => typed(other, dialect, enums, in_key),
        },
        DataType::Float if matches!(dialect, DialectName::MySql | DialectName::MariaDb) => {
            Typed::new("f32", None, ColumnType::all(DataType::Float).on(Postgres, DataType::Real))
        }
        DataType::Real if dialect == Postgres => {
            Typed::new("f32", None, ColumnType::all(DataType::Float).on(Postgres, DataType::Real))
        }
        DataType::Real | DataType::Float | DataType::Double => Typed::new("f64", None, DataType::Double),
        DataType::Numeric { precision, scale } => {
            let argument = precision.map(|precision| format!("Decimal(Some(({precision}, {scale})))"));
            let said = DataType::Numeric { precision: *precision, scale: precision.map_or(0, |_| *scale) };
            Typed::new("Decimal", argument.as_deref(), said)
        }
        DataType::String { length: Some(255) } => Typed::new("String", None, DataType::string(255)),
        DataType::String { length: Some(length) } => {
            Typed::new("String", Some(&format!("String(StringLen::N({length}))")), DataType::string(*length))
        }
        DataType::String { length: None } => {
            let said = ColumnType::all(DataType::String { length: None }).on(MySql, DataType::Text);
            Typed::new("String", Some("String(StringLen::Max)"), said)
        }
        DataType::Char { length } => {
            Typed::new("String", Some(&format!("Char(Some({length}))")), DataType::char(*length))
        }
        DataType::Collated { text, .. } => typed(text, dialect, enums, in_key),
        DataType::Binary | DataType::TinyBlob | DataType::MediumBlob | DataType::LongBlob => {
            Typed::new("Vec<u8>", Some("Blob"), DataType::Binary)
        }
        DataType::FixedBinary { length } => {
            bytes(&format!("Binary({length})"), DataType::FixedBinary { length: *length })
        }
        DataType::VarBinary { length } => {
            bytes(&format!("VarBinary(StringLen::N({length}))"), DataType::VarBinary { length: *length })
        }
        DataType::Bit { length: Some(length), varying: true } => {
            let bits = |varying| DataType::Bit { length: Some(*length), varying };
            let said = ColumnType::all(bits(true)).on(MySql, bits(false));
            Typed::new("Vec<u8>", Some(&format!("VarBit({length})")), said)
        }
        DataType::Bit { length, .. } => {
            let said = DataType::Bit { length: *length, varying: false };
            Typed::new("Vec<u8>", Some(&format!("Bit({length:?})")), said)
        }
        DataType::Date => Typed::new("Date", None, DataType::Date),
        DataType::Time { .. } => Typed::new("Time", None, DataType::time()),
        DataType::DateTime { timezone: true, .. } | DataType::Timestamp { timezone: true, .. } => {
            Typed::new("DateTimeWithTimeZone", None, DataType::timestamptz())
        }
        DataType::DateTime { .. } => Typed::new("DateTime", None, DataType::datetime()),
        DataType::Timestamp { .. } => {
            // MySQL keeps them in UTC, and the driver gives them so.
            let in_utc = matches!(dialect, DialectName::MySql | DialectName::MariaDb);
            let rust = if in_utc { "DateTimeUtc" } else { "DateTime" };
            Typed::new(rust, Some("Timestamp"), DataType::timestamp())
        }
        DataType::Interval { .. } => Typed::new("String", Some("Interval(None, None)"), DataType::interval()),
        DataType::Year => Typed::new("i16", Some("Year"), DataType::Year),
        DataType::Json => Typed::new("Json", None, DataType::Json),
        DataType::Jsonb => {
            let said = ColumnType::all(DataType::Json).on(Postgres, DataType::Jsonb);
            Typed::new("Json", Some("JsonBinary"), said)
        }
        DataType::Uuid => {
            let said = ColumnType::all(DataType::Uuid).on(MySql, DataType::FixedBinary { length: 16 });
            Typed::new("Uuid", None, said)
        }
        // No active enum can be a key.
        DataType::Enum(of) => match enums.get(of).filter(|_| !in_key) {
            Some((rust, said)) => {
                Typed { uses: Some(rust.clone()), ..Typed::new(&rust, None, DataType::Enum(said)) }
            }
            None => text(),
        },
        DataType::Array { of, dimensions: 1 } => array(typed(of, dialect, enums, in_key)),
        DataType::Native(name) => native(name),
        _ => text(),
    }
}

/// Several of what one is.
fn array(of: Typed) -> Typed {
    let inner = match (&of.argument, of.rust.as_str()) {
        (Some(argument), _) => Some(argument.clone()),
        (None, _) if of.uses.is_some() => {
            return Typed { rust: format!("Vec<{}>", of.rust), said: of.said.map(DataType::array), ..of };
        }
        (None, _) => None,
    };
    let argument = inner.map(|inner| format!("Array(RcOrArc::new(ColumnType::{inner}))"));
    Typed::new(&format!("Vec<{}>", of.rust), argument.as_deref(), of.said.map(DataType::array))
}

/// What SeaORM has names for; else a type by its own name.
fn native(name: &str) -> Typed {
    let known = match name.to_ascii_uppercase().as_str() {
        "INET" => Some("Inet"),
        "CIDR" => Some("Cidr"),
        "MACADDR" => Some("MacAddr"),
        "LTREE" => Some("LTree"),
        _ => None,
    };
    match known {
        Some(argument) => {
            let said = PerDialect::only(Postgres, DataType::native(name.to_ascii_uppercase()));
            Typed::new("String", Some(argument), said)
        }
        None => Typed::new("String", Some(&format!("custom({name:?})")), DataType::native(name)),
    }
}

//! The one form of a table: what its catalog would say of it.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Column, Constraint, ConstraintKind, DataType, ForeignKey, Index, IndexElement, IndexKey, IndexKind,
    MatchType, Name, OnConflict, PrimaryKey, ReferentialAction, SqlValue, Table, TableOptions, Unique,
};

use super::{MySql, collation, column, default, expression, implicit_index, own_table, partition, types};
use crate::sql::rename::expressions_mut;

/// Puts a table without variants into the form in which two can be compared.
pub(super) fn normalize(dialect: &MySql, table: &mut Table) {
    let mariadb = dialect.name == DialectName::MariaDb;
    none_if_empty(&mut table.comment);
    options(mariadb, &mut table.options);
    let key: Vec<String> = table.primary_key.iter().flat_map(|key| key.columns.iter().cloned()).collect();
    let of_table = table.options.collation.clone();
    for column in &mut table.columns {
        self::column(dialect, column, of_table.as_deref());
        column.nullable &= !key.contains(&column.name);
    }
    let hashes = table.options.engine.as_deref() == Some("MEMORY");
    if let Some(key) = &mut table.primary_key {
        primary_key(key, &table.columns, hashes);
    }
    table.uniques.iter_mut().for_each(unique);
    table.foreign_keys.iter_mut().for_each(foreign_key);
    for check in &mut table.checks {
        check.name.take_if(|name| name.as_str().is_empty());
    }
    let name = table.name.name.clone();
    for sql in expressions_mut(table) {
        if let Some(bare) = own_table::without(sql, &name) {
            *sql = bare;
        }
    }
    let columns = &table.columns;
    table.indexes.iter_mut().for_each(|index| self::index(index, columns, hashes));
    let (uniques, indexes): (Vec<Index>, Vec<Index>) =
        std::mem::take(&mut table.indexes).into_iter().partition(is_unique_constraint);
    table.indexes = indexes;
    table.uniques.extend(uniques.into_iter().map(unique_constraint));
    implicit_index::leave_out_any(table);
    table.uniques.sort_by(|one, other| one.name.as_deref().cmp(&other.name.as_deref()));
    table.foreign_keys.sort_by(|one, other| one.name.as_deref().cmp(&other.name.as_deref()));
    table.indexes.sort_by(|one, other| one.name.as_deref().cmp(&other.name.as_deref()));
}

/// The constraint of a table that a description without a name means: the first that is the same here,
/// whatever its name, if there is one that has none. A check in other words than the server's is the only
/// one to which the server has given a name.
pub(super) fn unnamed(dialect: &MySql, table: &Table, described: &Constraint) -> Option<Constraint> {
    if let Some(found) = table.unnamed(described) {
        return Some(found);
    }
    let meant = alone(dialect, described);
    let alike =
        table.constraints().find(|known| known.kind() == described.kind() && alone(dialect, known) == meant);
    let given = |known: &Constraint| {
        let name = known.name().map(Name::as_str).unwrap_or_default();
        let checks = [format!("{}_chk_", table.name.name), "CONSTRAINT_".to_owned()];
        let number = checks.iter().find_map(|prefix| name.strip_prefix(prefix.as_str()));
        known.kind() == ConstraintKind::Check && number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let mut named_by_server = table.constraints().filter(given);
    alike.or_else(|| {
        let only = named_by_server.next().filter(|_| described.kind() == ConstraintKind::Check);
        only.filter(|_| named_by_server.next().is_none())
    })
}

/// A constraint without its name, in the form in which two can be compared.
fn alone(dialect: &MySql, constraint: &Constraint) -> Option<Constraint> {
    let mut table = Table::new("t");
    match constraint.clone() {
        Constraint::PrimaryKey(key) => table.primary_key = Some(key),
        Constraint::Unique(mut unique) => {
            unique.only_on.clear();
            table.uniques.push(unique);
        }
        Constraint::ForeignKey(mut key) => {
            key.only_on.clear();
            table.foreign_keys.push(key);
        }
        Constraint::Check(mut check) => {
            check.expression = check.expression.get(dialect.name).map(|sql| expression::normal(sql))?.into();
            check.only_on.clear();
            table.checks.push(check);
        }
        other => return Some(other),
    }
    normalize(dialect, &mut table);
    let mut alone = table.constraints().next()?;
    *alone.name_mut() = None;
    Some(alone)
}

fn none_if_empty(text: &mut Option<String>) {
    text.take_if(|text| text.is_empty());
}

/// What another database has is passed over; so is what is so where nothing is said.
pub(super) fn options(mariadb: bool, options: &mut TableOptions) {
    options.collation =
        collation::effective(mariadb, options.character_set.as_deref(), options.collation.as_deref());
    options.character_set = None;
    let upper = |text: &mut String| *text = text.trim_matches('\'').to_ascii_uppercase();
    options.engine.iter_mut().chain(&mut options.row_format).for_each(upper);
    options.engine.take_if(|engine| engine == "INNODB");
    let innodb = options.engine.is_none();
    options.row_format.take_if(|format| format == "DEFAULT" || (innodb && format == "DYNAMIC"));
    let other = std::mem::take(&mut options.other).into_iter();
    let spelled = other.map(|(name, value)| {
        (name.trim_matches('`').to_ascii_uppercase(), value.trim_matches(['\'', '"']).to_ascii_uppercase())
    });
    options.other = spelled.filter(|(_, value)| value != "DEFAULT").collect();
    options.auto_increment = None;
    options.access_method = None;
    options.storage_parameters.clear();
    options.tablespace = None;
    options.strict = false;
    options.without_rowid = false;
    options.never_reuse_ids = false;
    if let Some(by) = options.partition_by.take() {
        options.partition_by = by.default_value().map(|by| partition::normal(by).into());
    }
}

fn column(dialect: &MySql, column: &mut Column, of_table: Option<&str>) {
    let mariadb = dialect.name == DialectName::MariaDb;
    none_if_empty(&mut column.comment);
    if let Some(data_type) = column.column_type.default_value() {
        column.column_type = data_type_of(mariadb, data_type.clone(), of_table).into();
    }
    if column.counts_up() && column::counts_up(dialect, column).is_ok() {
        let data_type = column.column_type.default_value();
        let native = |text: &str| text.to_ascii_lowercase().contains("int");
        column.autoincrement = data_type.is_some_and(|data_type| match data_type {
            DataType::Native(text) => native(text),
            other => other.is_integer(),
        });
        column.identity = None;
        column.nullable = false;
    }
    column.not_null_on_conflict.take_if(|action| *action == OnConflict::Abort);
    if let Some(sql) = column.on_update.as_ref().and_then(PerDialect::default_value) {
        column.on_update = Some(default::moment(sql).unwrap_or_else(|| expression::normal(sql)).into());
    }
    let value = column.server_default.take().and_then(|value| value.default_value().cloned());
    let value = value.map(|value| match &value {
        SqlValue::Expression(sql) => match default::on_update_in(sql) {
            Some((default, on_update)) => {
                column.on_update = Some(on_update.into());
                SqlValue::Expression(default)
            }
            None => value,
        },
        _ => value,
    });
    if column.computed.is_none() {
        let data_type = column.column_type.default_value();
        let value = value.and_then(|value| default::normal(data_type?, value));
        column.server_default = value.map(PerDialect::all);
    }
}

/// The type as the catalog has it.
fn data_type_of(mariadb: bool, data_type: DataType, of_table: Option<&str>) -> DataType {
    match data_type {
        DataType::Real => DataType::Float,
        DataType::Numeric { precision, scale } => {
            DataType::Numeric { precision: Some(precision.unwrap_or(10)), scale }
        }
        DataType::Uuid => DataType::char(32),
        DataType::Bit { length: None, varying } => DataType::Bit { length: Some(1), varying },
        DataType::Time { precision, .. } => {
            DataType::Time { precision: precision.filter(|digits| *digits > 0), timezone: false }
        }
        DataType::DateTime { precision, .. } => {
            DataType::DateTime { precision: precision.filter(|digits| *digits > 0), timezone: false }
        }
        DataType::Timestamp { precision, .. } => {
            DataType::Timestamp { precision: precision.filter(|digits| *digits > 0), timezone: false }
        }
        DataType::Enum(mut words) => {
            words.name = None;
            words.values.iter_mut().for_each(trim_end);
            DataType::Enum(words)
        }
        DataType::Set { mut values } => {
            values.iter_mut().for_each(trim_end);
            DataType::Set { values }
        }
        DataType::Unsigned(of) => data_type_of(mariadb, *of, of_table).unsigned(),
        DataType::Collated { text, character_set, collation } => {
            let text = data_type_of(mariadb, *text, of_table);
            let own = collation::effective(mariadb, character_set.as_deref(), collation.as_deref());
            match own {
                // Its texts are in one collation, whatever is said.
                _ if text == DataType::Json => text,
                Some(own) if Some(own.as_str()) != of_table => text.collate(own),
                _ => text,
            }
        }
        DataType::Native(text) => match types::read(&types::catalog_text(&text)) {
            DataType::Native(text) => DataType::Native(text),
            known => data_type_of(mariadb, known, of_table),
        },
        other => other,
    }
}

/// The server cuts blanks off the end of a word.
fn trim_end(word: &mut String) {
    word.truncate(word.trim_end_matches(' ').len());
}

/// The method of an index of an engine that has one only is not told.
fn method(using: Option<&str>, hashes: bool) -> Option<String> {
    let using = using.map(str::to_ascii_uppercase);
    using.filter(|method| hashes && method == "BTREE")
}

fn primary_key(key: &mut PrimaryKey, columns: &[Column], hashes: bool) {
    key.name = None;
    let listed = &key.columns;
    key.prefixes.retain(|column, length| {
        listed.contains(column) && !is_whole(columns, &IndexKey::Column(column.clone()), *length)
    });
    key.include.clear();
    key.using = method(key.using.as_deref(), hashes);
    key.on_conflict.take_if(|action| *action == OnConflict::Abort);
}

fn unique(unique: &mut Unique) {
    unique.include.clear();
    unique.on_conflict.take_if(|action| *action == OnConflict::Abort);
}

/// InnoDB refuses at once, whatever is said.
fn foreign_key(key: &mut ForeignKey) {
    for action in [&mut key.on_delete, &mut key.on_update] {
        if *action == ReferentialAction::Restrict {
            *action = ReferentialAction::NoAction;
        }
    }
    key.match_type.take_if(|match_type| *match_type == MatchType::Simple);
}

fn index(index: &mut Index, columns: &[Column], hashes: bool) {
    let plain = index.kind.is_plain();
    let using = index.using.take().and_then(|using| using.default_value().cloned());
    index.using = method(using.as_deref(), hashes && plain).map(PerDialect::all);
    index.include.clear();
    index.nulls_not_distinct &= index.unique;
    index.storage_parameters.clear();
    index.tablespace = None;
    index.concurrently = false;
    if index.kind != IndexKind::FullText {
        index.parser = None;
    }
    none_if_empty(&mut index.comment);
    for element in &mut index.elements {
        element.operator_class = None;
        element.descending &= plain;
        element.length.take_if(|length| !plain || is_whole(columns, &element.key, *length));
    }
}

/// Whether a prefix is all that a column holds.
fn is_whole(columns: &[Column], key: &IndexKey, prefix: u32) -> bool {
    let IndexKey::Column(name) = key else { return true };
    let column = columns.iter().find(|column| column.name == *name);
    let mut data_type = column.and_then(|column| column.column_type.default_value());
    if let Some(DataType::Collated { text, .. }) = data_type {
        data_type = Some(text);
    }
    match data_type {
        Some(DataType::String { length: Some(length) }) => prefix >= *length,
        Some(
            DataType::Char { length } | DataType::VarBinary { length } | DataType::FixedBinary { length },
        ) => prefix >= *length,
        _ => false,
    }
}

/// A unique index over columns alone is a unique constraint: the catalog does not tell.
fn is_unique_constraint(index: &Index) -> bool {
    let bare = |element: &IndexElement| element.column().is_some_and(|column| *element == column.into());
    index.unique
        && index.kind.is_plain()
        && index.comment.is_none()
        && index.using.is_none()
        && index.predicate.is_none()
        && !index.nulls_not_distinct
        && index.elements.iter().all(bare)
}

fn unique_constraint(index: Index) -> Unique {
    let mut unique = Unique::new(index.columns());
    unique.name = index.name;
    unique
}

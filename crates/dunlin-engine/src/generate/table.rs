//! Tables as the calls that build them.

use std::collections::BTreeMap;

use dunlin_core::schema::{Check, Column, ForeignKey, Index, PrimaryKey, Table, TableOptions, Unique};

use super::expr::{Expr, Statement};
use super::schema::{
    Call, check, column_calls, exclude, foreign_key, index, index_elements, new_column, primary_key, unique,
    with_calls,
};
use super::types::column_type;
use super::value::{
    Result, name, number, some, sql, sql_value, table_name, table_name_value, texts, variant,
};

/// `|t| { … }`: the calls of a `TableBuilder` that make exactly the table.
pub(super) fn definition(table: &Table) -> Result<Expr> {
    Ok(Expr::block("t", statements(table)?))
}

fn on_builder(method: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::word("t").then(method, arguments)
}

fn statements(table: &Table) -> Result<Vec<Statement>> {
    let inline = Inline::of(table);
    let counts_up = counts_up(table);
    let mut calls = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let expr = match column.not_null_on_conflict {
            Some(action) => {
                let full = new_column(column)?.then("not_null_on_conflict", [variant("OnConflict", action)]);
                on_builder("add_column", [full])
            }
            None => on_builder("column", [Expr::text(&column.name), column_type(&column.column_type)?]),
        };
        calls.push(with_calls(expr, said_of_column(table, at, column, &inline, counts_up[at])?));
    }
    if let Some(key) = table.primary_key.as_ref().filter(|_| !inline.key) {
        calls.push(match &key.name {
            Some(of) if *key == PrimaryKey::new(&key.columns).named(of.clone()) => {
                on_builder("primary_key", [name(of), texts(&key.columns)])
            }
            _ => on_builder("add_primary_key", [primary_key(key)]),
        });
    }
    for of in &table.uniques[inline.uniques.len()..] {
        calls.push(match &of.name {
            Some(known) if *of == Unique::new(&of.columns).named(known.clone()) => {
                on_builder("unique", [name(known), texts(&of.columns)])
            }
            _ => on_builder("add_unique", [unique(of)]),
        });
    }
    let keys = &table.foreign_keys[inline.foreign_keys.len()..];
    calls.extend(keys.iter().map(|key| on_builder("foreign_key", [foreign_key(key)])));
    for of in &table.checks {
        calls.push(match &of.name {
            Some(known) if *of == Check::new(of.expression.clone()).named(known.clone()) => {
                on_builder("check", [name(known), sql(&of.expression)?])
            }
            _ => on_builder("add_check", [check(of)?]),
        });
    }
    calls.extend(table.excludes.iter().map(|of| on_builder("exclude", [exclude(of)])));
    for of in &table.indexes[inline.indexes.len()..] {
        calls.push(match &of.name {
            Some(known) if *of == Index::new(known.clone(), of.elements.clone()) => {
                on_builder("index", [name(known), index_elements(&of.elements)?])
            }
            _ => on_builder("add_index", [index(of)?]),
        });
    }
    calls.extend(table.comment.iter().map(|comment| on_builder("comment", [Expr::text(comment)])));
    if !table.options.is_default() {
        calls.push(on_builder("options", [options(&table.options)?]));
    }
    Ok(calls.into_iter().map(Statement::Run).collect())
}

/// The constraints and indexes that are said with their column: of each kind the first ones, as they come in
/// the order of the columns.
struct Inline {
    key: bool,
    /// The column of each.
    uniques: Vec<usize>,
    foreign_keys: Vec<usize>,
    indexes: Vec<usize>,
}

impl Inline {
    fn of(table: &Table) -> Self {
        let first = |columns: &mut dyn Iterator<Item = Option<&str>>| {
            let mut places: Vec<usize> = Vec::new();
            for column in columns {
                let Some(at) = column.and_then(|name| place(table, name)) else { break };
                if places.last().is_some_and(|last| *last >= at) {
                    break;
                }
                places.push(at);
            }
            places
        };
        let key = table.primary_key.as_ref().is_some_and(|key| {
            let mut columns = key.columns.iter().map(|name| Some(name.as_str()));
            !key.columns.is_empty()
                && *key == PrimaryKey::new(&key.columns)
                && first(&mut columns).len() == key.columns.len()
        });
        let uniques = |of: &Unique| match of.columns.as_slice() {
            [_] => *of == Unique::new(&of.columns),
            _ => false,
        };
        let keys = |key: &ForeignKey| match (key.columns.as_slice(), key.referred_columns.as_slice()) {
            ([_], [_]) => {
                *key == ForeignKey::new(&key.columns, key.referred_table.clone(), &key.referred_columns)
            }
            _ => false,
        };
        let indexes = |of: &Index| match of.elements.as_slice() {
            [only] => only.column().is_some_and(|column| *of == Index::unnamed([column])),
            _ => false,
        };
        Self {
            key,
            uniques: first(
                &mut table
                    .uniques
                    .iter()
                    .map(|of| uniques(of).then(|| of.columns.first().map(String::as_str)).flatten()),
            ),
            foreign_keys: first(
                &mut table
                    .foreign_keys
                    .iter()
                    .map(|of| keys(of).then(|| of.columns.first().map(String::as_str)).flatten()),
            ),
            indexes: first(
                &mut table.indexes.iter().map(|of| indexes(of).then(|| of.columns().next()).flatten()),
            ),
        }
    }
}

fn place(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|known| known.name == column)
}

/// For each column, whether the builder makes it count up without being asked to.
fn counts_up(table: &Table) -> Vec<bool> {
    let built = Table::build("", |t| {
        for column in &table.columns {
            let mut column = column.clone();
            column.autoincrement = false;
            t.add_column(column);
        }
        table.primary_key.iter().for_each(|key| t.add_primary_key(key.clone()));
        table.foreign_keys.iter().for_each(|key| t.foreign_key(key.clone()));
    });
    built.columns.iter().map(|column| column.autoincrement).collect()
}

fn said_of_column(
    table: &Table,
    at: usize,
    column: &Column,
    inline: &Inline,
    counts_up: bool,
) -> Result<Vec<Call>> {
    let in_key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
    let mut calls: Vec<Call> = Vec::new();
    if inline.key && in_key && place(table, &column.name) == Some(at) {
        calls.push(("primary_key", vec![]));
    }
    if counts_up && !column.autoincrement {
        calls.push(("without_autoincrement", vec![]));
    }
    let mut said = column.clone();
    said.autoincrement &= !counts_up;
    calls.extend(column_calls(&said, in_key)?);
    if inline.uniques.contains(&at) {
        calls.push(("unique", vec![]));
    }
    if let Some(which) = inline.foreign_keys.iter().position(|known| *known == at) {
        let key = &table.foreign_keys[which];
        let columns = key.referred_columns.iter().map(|column| Expr::text(column));
        calls.push(("references", [table_name(&key.referred_table)].into_iter().chain(columns).collect()));
    }
    if inline.indexes.contains(&at) {
        calls.push(("indexed", vec![]));
    }
    let not_null = in_key || column.identity.is_some() || column.not_null_on_conflict.is_some();
    if column.nullable && not_null {
        calls.push(("nullable", vec![]));
    }
    Ok(calls)
}

/// `|o| { … }`: options of a table.
pub(super) fn options(options: &TableOptions) -> Result<Expr> {
    let set = |field: &str, value: Expr| Statement::Assign(format!("o.{field}"), value);
    let flag = |field: &str, is: bool| is.then(|| set(field, Expr::word("true")));
    let text = |field: &str, value: &Option<String>| {
        value.as_ref().map(|value| set(field, some(Expr::text(value).owned())))
    };
    let map = |field: &str, of: &BTreeMap<String, String>| {
        let pair = |(key, value): (&String, &String)| {
            Expr::Tuple(vec![Expr::text(key).owned(), Expr::text(value).owned()])
        };
        let pairs = Expr::Array(of.iter().map(pair).collect());
        (!of.is_empty()).then(|| set(field, Expr::call("BTreeMap::from", [pairs])))
    };
    let mut said = Vec::new();
    said.extend(flag("temporary", options.temporary));
    if let Some(partition) = &options.partition_by {
        said.push(set("partition_by", some(sql_value(partition)?)));
    }
    said.extend(text("engine", &options.engine));
    said.extend(text("character_set", &options.character_set));
    said.extend(text("collation", &options.collation));
    said.extend(text("row_format", &options.row_format));
    said.extend(options.auto_increment.map(|value| set("auto_increment", some(number(value)))));
    said.extend(map("other", &options.other));
    said.extend(flag("unlogged", options.unlogged));
    if !options.inherits.is_empty() {
        let tables = options.inherits.iter().map(table_name_value).collect();
        said.push(set("inherits", Expr::Vec(tables)));
    }
    said.extend(text("access_method", &options.access_method));
    said.extend(map("storage_parameters", &options.storage_parameters));
    said.extend(text("tablespace", &options.tablespace));
    said.extend(flag("strict", options.strict));
    said.extend(flag("without_rowid", options.without_rowid));
    said.extend(flag("never_reuse_ids", options.never_reuse_ids));
    Ok(Expr::block("o", said))
}

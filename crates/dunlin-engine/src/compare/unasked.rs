//! Expressions that the database could not be asked about.
//!
//! Whether they differ nobody knows: they are taken for the same as what is there, and named.

use dunlin_core::schema::{Check, Column, DataType, Exclude, Index, SqlValue, Table, View};

use super::normal::{Schema, resolved};
use super::unsettled::place;
use crate::dialect::{Dialect, RenderError};

impl Schema {
    /// Takes expressions for the same as in `from` where the database could not be asked: `asked` is a table of
    /// [`unsettled`](super::unsettled), with what of it is not answered. What was so taken is named; what
    /// differs in any words is not among it.
    ///
    /// # Errors
    /// The table has no form on this database.
    pub fn assume(
        &mut self,
        dialect: &dyn Dialect,
        from: &Self,
        asked: &Table,
    ) -> Result<Vec<String>, RenderError> {
        let Some(said) = self.said_table(&asked.name) else { return Ok(Vec::new()) };
        let said = resolved(dialect, said)?;
        let (Some(before), Some(table)) = (from.table(&asked.name), self.table_mut(&asked.name)) else {
            return Ok(Vec::new());
        };
        let mut assumed = Vec::new();
        for column in &mut table.columns {
            if let (Some(asked), Some(before)) = (asked.column(&column.name), before.column(&column.name)) {
                assumed.extend(assume_column(column, before, asked));
            }
        }
        for at in 0..table.checks.len() {
            if asked.checks.iter().any(|asked| asked.name == Some(place(at)))
                && let Some(before) = check_before(before, &table.checks, at)
            {
                table.checks[at].expression.clone_from(&before.expression);
                assumed.push(format!("check {}", before.name.as_deref().unwrap_or("without a name")));
            }
        }
        for at in 0..table.excludes.len() {
            if asked.excludes.iter().any(|asked| asked.name == Some(place(at)))
                && let Some(before) = exclude_before(before, &table.excludes[at])
            {
                table.excludes[at].elements.clone_from(&before.elements);
                table.excludes[at].predicate.clone_from(&before.predicate);
                assumed.push(format!("exclude {}", before.name.as_deref().unwrap_or("without a name")));
            }
        }
        for (at, said) in said.indexes.iter().enumerate() {
            if asked.indexes.iter().any(|asked| asked.name == Some(place(at)))
                && let Some(index) = table.indexes.iter_mut().find(|index| index.name == said.name)
                && let Some(before) = index_before(before, index)
            {
                index.elements.clone_from(&before.elements);
                index.predicate.clone_from(&before.predicate);
                assumed.push(format!("index {}", before.name.as_deref().unwrap_or_default()));
            }
        }
        Ok(assumed.into_iter().map(|what| format!("{what} of table {}", asked.name)).collect())
    }

    /// Takes a view for the same as in `from` where the database could not be asked about its query.
    pub fn assume_view(&mut self, from: &Self, asked: &View) -> Option<String> {
        let before = from.here().views.iter().find(|before| before.name == asked.name)?;
        let query = before.query.default_value()?.clone();
        self.say_view(&asked.name, query);
        Some(format!("view {}", asked.name))
    }
}

/// What is not answered of a table that was asked about, where `described` is what the database made of it.
pub fn unanswered(asked: &Table, described: Option<&Table>) -> Table {
    let mut asked = asked.clone();
    let Some(described) = described else { return asked };
    for column in &mut asked.columns {
        let Some(known) = described.column(&column.name) else { continue };
        column.server_default.take_if(|_| known.server_default.is_some());
        column.computed.take_if(|_| known.computed.is_some());
    }
    asked.checks.retain(|check| !described.checks.iter().any(|known| known.name == check.name));
    asked.excludes.retain(|exclude| !described.excludes.iter().any(|known| known.name == exclude.name));
    asked.indexes.retain(|index| !described.indexes.iter().any(|known| known.name == index.name));
    asked
}

fn assume_column(column: &mut Column, before: &Column, asked: &Column) -> Option<String> {
    if column.column_type != before.column_type {
        return None;
    }
    let name = &column.name;
    if let (Some(computed), Some(before), Some(_)) = (&mut column.computed, &before.computed, &asked.computed)
    {
        let differs = computed.expression != before.expression;
        computed.expression.clone_from(&before.expression);
        return differs.then(|| format!("expression of column {name}"));
    }
    let (to, from) = (column.server_default.as_ref()?.default_value()?, before.server_default.as_ref()?);
    asked.server_default.as_ref()?;
    let from = from.default_value()?;
    if from == to || column.column_type.default_value().is_some_and(|of| surely_differ(of, from, to)) {
        return None;
    }
    column.server_default.clone_from(&before.server_default);
    Some(format!("default of column {name}"))
}

/// Whether two values that are not the same are different ones to any server: of other types it may print a
/// value in many ways.
fn surely_differ(of: &DataType, from: &SqlValue, to: &SqlValue) -> bool {
    let is_text = matches!(of, DataType::String { .. } | DataType::Text | DataType::Enum(_));
    let is_plain = |value: &SqlValue| match value {
        SqlValue::Integer(_) => of.is_integer(),
        SqlValue::Boolean(_) => *of == DataType::Boolean,
        SqlValue::Text(_) => is_text,
        _ => false,
    };
    is_plain(from) && is_plain(to)
}

/// The check before that the check in a place is now: the one of its name, or, where it has none, one that is
/// no other's.
fn check_before<'t>(before: &'t Table, checks: &[Check], at: usize) -> Option<&'t Check> {
    let check = &checks[at];
    if check.name.is_some() {
        return before.checks.iter().find(|before| before.name == check.name);
    }
    let is_other = |before: &Check| {
        let same = |check: &Check| {
            check.expression == before.expression || check.name.is_some() && check.name == before.name
        };
        checks.iter().any(same)
    };
    before.checks.iter().find(|before| !is_other(before))
}

fn exclude_before<'t>(before: &'t Table, exclude: &Exclude) -> Option<&'t Exclude> {
    let alike = |before: &&Exclude| {
        before.name.is_some()
            && before.name == exclude.name
            && before.elements.len() == exclude.elements.len()
            && before.predicate.is_some() == exclude.predicate.is_some()
    };
    before.excludes.iter().find(alike)
}

fn index_before<'t>(before: &'t Table, index: &Index) -> Option<&'t Index> {
    let alike = |before: &&Index| {
        let mut elements = before.elements.iter().zip(&index.elements);
        before.name == index.name
            && before.elements.len() == index.elements.len()
            && before.predicate.is_some() == index.predicate.is_some()
            && elements.all(|(before, now)| before.column() == now.column())
    };
    before.indexes.iter().find(alike)
}

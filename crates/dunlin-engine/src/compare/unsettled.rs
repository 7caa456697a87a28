//! Expressions that only the database can compare.

use dunlin_core::schema::{Column, IndexElement, IndexKey, Name, Table, View};

use super::normal::{Schema, normal_table, resolved};
use crate::dialect::{Dialect, RenderError};

/// Tables that have nothing but what must be asked of the database: the columns of a table of `to`, and
/// those of its checks, exclude constraints, indexes, computed columns and defaults that are written in
/// other words than in `from`. They refer to no table, and have no variants. A database that creates such
/// a table, somewhere apart, and describes it has said it in its own words.
pub fn unsettled(dialect: &dyn Dialect, from: &Schema, to: &Schema) -> Vec<Table> {
    let ask = |table: &Table| {
        let before = from.table(&table.name)?;
        if before == table {
            return None;
        }
        let said = resolved(dialect, to.said_table(&table.name)?).ok()?;
        questions(before, table, said)
    };
    to.here().tables().iter().filter_map(ask).collect()
}

/// What of `said` must be asked, where `to` is its form.
fn questions(from: &Table, to: &Table, said: Table) -> Option<Table> {
    let mut asked = Table::new(to.name.clone());
    // Some servers print a text with its character set where it is not the table's.
    asked.options.character_set = said.options.character_set;
    asked.options.collation = said.options.collation;
    let mut differs = false;
    for mut column in said.columns {
        let (before, after) = (from.column(&column.name), to.column(&column.name));
        let says = |column: &Column| column.computed.is_some() || column.server_default.is_some();
        let words = |column: &Column| {
            let computed = column.computed.clone().map(|computed| computed.expression);
            (column.server_default.clone(), computed)
        };
        let known = before.is_some() && before.map(words) == after.map(words);
        // A server may print a value otherwise, too: a day as a time, a number with more digits.
        let is_asked = !known && says(&column) && before.is_some_and(says);
        differs |= is_asked;
        column.autoincrement = false;
        column.identity = None;
        column.comment = None;
        if !is_asked {
            column.server_default = None;
        }
        asked.columns.push(column);
    }
    for (at, check) in said.checks.into_iter().enumerate() {
        let form = to.checks.get(at);
        if form.is_some_and(|form| !from.checks.iter().any(|known| known.expression == form.expression)) {
            asked.checks.push(check.named(place(at)));
        }
    }
    for (at, exclude) in said.excludes.into_iter().enumerate() {
        let form = to.excludes.get(at);
        if form.is_some_and(|form| {
            !from
                .excludes
                .iter()
                .any(|known| known.elements == form.elements && known.predicate == form.predicate)
        }) {
            asked.excludes.push(exclude.named(place(at)));
        }
    }
    for (at, mut index) in said.indexes.into_iter().enumerate() {
        let has_expressions =
            index.predicate.is_some() || index.elements.iter().any(|element| element.column().is_none());
        let known = to.indexes.iter().find(|form| form.name.is_some() && form.name == index.name);
        let known = known.is_some_and(|form| {
            from.indexes
                .iter()
                .any(|known| known.elements == form.elements && known.predicate == form.predicate)
        });
        if has_expressions && !known {
            index.unique = false;
            index.include.clear();
            index.name = Some(place(at));
            asked.indexes.push(index);
        }
    }
    let any = differs || !asked.checks.is_empty() || !asked.excludes.is_empty() || !asked.indexes.is_empty();
    any.then_some(asked)
}

/// The name under which the thing in a place is asked for.
pub(super) fn place(at: usize) -> Name {
    Name::exact(format!("dunlin_{at}"))
}

impl Schema {
    /// Takes the words that the database has for expressions of its tables: `described` is what it made of
    /// tables that [`unsettled`] asked for.
    ///
    /// # Errors
    /// A table that was described has no form on this database.
    pub fn settle(&mut self, dialect: &dyn Dialect, described: &[Table]) -> Result<(), RenderError> {
        for described in described {
            let words = normal_table(dialect, described)?;
            let said = match self.said_table(&described.name) {
                Some(said) => resolved(dialect, said)?,
                None => continue,
            };
            let Some(table) = self.table_mut(&described.name) else { continue };
            take_words(table, &said, &words);
        }
        Ok(())
    }
}

fn take_words(table: &mut Table, said: &Table, words: &Table) {
    for column in &mut table.columns {
        let Some(described) = words.column(&column.name) else { continue };
        if described.server_default.is_some() {
            column.server_default.clone_from(&described.server_default);
        }
        if let (Some(computed), Some(described)) = (&mut column.computed, &described.computed) {
            computed.expression.clone_from(&described.expression);
        }
    }
    for (at, check) in table.checks.iter_mut().enumerate() {
        if let Some(described) = words.checks.iter().find(|known| known.name == Some(place(at))) {
            check.expression.clone_from(&described.expression);
        }
    }
    for (at, exclude) in table.excludes.iter_mut().enumerate() {
        if let Some(described) = words.excludes.iter().find(|known| known.name == Some(place(at))) {
            exclude.elements.clone_from(&described.elements);
            exclude.predicate.clone_from(&described.predicate);
        }
    }
    for (at, asked) in said.indexes.iter().enumerate() {
        let described = words.index(&place(at));
        let index = table.indexes.iter_mut().find(|index| index.name.is_some() && index.name == asked.name);
        if let (Some(described), Some(index)) = (described, index) {
            index.predicate.clone_from(&described.predicate);
            for (element, described) in index.elements.iter_mut().zip(&described.elements) {
                take_key(element, described);
            }
        }
    }
}

fn take_key(element: &mut IndexElement, described: &IndexElement) {
    if let (IndexKey::Expression(_), IndexKey::Expression(_)) = (&element.key, &described.key) {
        element.key = described.key.clone();
    }
}

/// The views of `to` whose query is written in other words than in `from`, without variants.
pub fn unsettled_views(dialect: &dyn Dialect, from: &Schema, to: &Schema) -> Vec<View> {
    let differs = |view: &&View| {
        let before = from.here().views.iter().find(|before| before.name == view.name);
        before.is_some_and(|before| before != *view)
    };
    let said = |view: &View| {
        let said = to.said().views.iter().find(|said| said.name == view.name)?;
        let mut said = said.clone();
        said.query = said.query.get(dialect.name())?.clone().into();
        Some(said)
    };
    to.here().views.iter().filter(differs).filter_map(said).collect()
}

impl Schema {
    /// Takes the words that the database has for the queries of views.
    pub fn settle_views(&mut self, dialect: &dyn Dialect, described: &[View]) {
        for described in described {
            for query in described.query.values() {
                self.say_view(&described.name, dialect.normal_expression(query));
            }
        }
    }
}

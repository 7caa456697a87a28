//! What stands on what, and how it was said.

use std::collections::{HashMap, HashSet};

use dunlin_core::schema::{Constraint, ConstraintKind, Index, IndexKey, Name, Table, TableName};

use super::normal::nameless;
use crate::sql::rename::{names_column, names_in};

/// What foreign keys and conditions stand on, and is not there for a while.
#[derive(Debug, Default)]
pub(super) struct Footing {
    /// Columns that get another type, or are made anew.
    pub(super) columns: HashSet<(TableName, String)>,
    /// Keys that are dropped, by table: their columns.
    pub(super) keys: HashMap<TableName, Vec<Vec<String>>>,
    /// Columns of an enum type that is made anew: conditions that name them speak of the old type.
    pub(super) recast: HashMap<TableName, Vec<String>>,
    /// Columns that are computed from those, and go and come with them.
    pub(super) recomputed: HashSet<(TableName, String)>,
    /// Functions that are made anew, in small letters: nothing may call them meanwhile.
    pub(super) functions: HashSet<String>,
}

impl Footing {
    /// Whether everything stays where it is.
    pub(super) fn is_empty(&self) -> bool {
        let Self { columns, keys, recast, recomputed, functions } = self;
        columns.is_empty()
            && keys.is_empty()
            && recast.is_empty()
            && recomputed.is_empty()
            && functions.is_empty()
    }

    /// Whether a constraint must be dropped before, and added again behind.
    pub(super) fn moves(&self, table: &TableName, constraint: &Constraint) -> bool {
        match constraint {
            Constraint::ForeignKey(key) => {
                let listed = |of: &TableName, columns: &[String]| {
                    columns.iter().any(|column| self.columns.contains(&(of.clone(), column.clone())))
                };
                let dropped = self.keys.get(&key.referred_table).into_iter().flatten();
                listed(table, &key.columns)
                    || listed(&key.referred_table, &key.referred_columns)
                    || dropped.clone().any(|columns| same_columns(columns, &key.referred_columns))
            }
            Constraint::Unique(_) | Constraint::PrimaryKey(_) => {
                let mut columns = constraint.columns().iter().chain(constraint.include());
                columns.any(|column| self.is_recomputed(table, column))
            }
            Constraint::Check(check) => check.expression.values().any(|sql| self.moves_condition(table, sql)),
            Constraint::Exclude(exclude) => {
                let elements = exclude.elements.iter().map(|element| &element.expression);
                elements.chain(&exclude.predicate).any(|sql| self.moves_condition(table, sql))
            }
            _ => false,
        }
    }

    /// Whether an index must be dropped before, and created again behind.
    pub(super) fn moves_index(&self, table: &TableName, index: &Index) -> bool {
        let expressions = index.elements.iter().filter_map(|element| match &element.key {
            IndexKey::Column(_) => None,
            IndexKey::Expression(sql) => Some(sql),
        });
        let mut columns = index.columns().chain(index.include.iter().map(String::as_str));
        if columns.any(|column| self.is_recomputed(table, column)) {
            return true;
        }
        expressions
            .chain(&index.predicate)
            .flat_map(|sql| sql.values())
            .any(|sql| self.moves_condition(table, sql))
    }

    fn is_recomputed(&self, table: &TableName, column: &str) -> bool {
        !self.recomputed.is_empty() && self.recomputed.contains(&(table.clone(), column.to_owned()))
    }

    /// Whether an expression calls a function that is made anew.
    pub(super) fn calls(&self, sql: &str) -> bool {
        !self.functions.is_empty() && names_in(sql).iter().any(|name| self.functions.contains(name))
    }

    fn moves_condition(&self, table: &TableName, sql: &str) -> bool {
        self.is_recast(table, sql) || self.calls(sql)
    }

    fn is_recast(&self, table: &TableName, sql: &str) -> bool {
        let columns = self.recast.get(table).into_iter().flatten();
        columns.clone().any(|column| names_column(sql, column))
    }
}

/// Whether a foreign key to `referred` stands on a key of `columns`, in any order.
fn same_columns(columns: &[String], referred: &[String]) -> bool {
    columns.len() == referred.len() && columns.iter().all(|column| referred.contains(column))
}

/// A constraint as it was said: the same name, or no name and the same columns. A unique index that is a
/// unique constraint to the database has none.
pub(super) fn said_constraint(said: &Table, here: &Constraint) -> Option<Constraint> {
    let of_kind = || said.constraints().filter(|constraint| constraint.kind() == here.kind());
    if here.kind() == ConstraintKind::PrimaryKey {
        return of_kind().next();
    }
    let same = |known: &Name, name: &Name| known == name || is_cut(known, name);
    if let Some(name) = here.name() {
        let found = of_kind().find(|constraint| constraint.name().is_some_and(|known| same(known, name)));
        if found.is_some() {
            return found;
        }
    }
    let exact =
        of_kind().find(|constraint| constraint.name().is_none() && nameless(constraint) == nameless(here));
    exact.or_else(|| {
        let mut alike = of_kind().filter(|constraint| {
            constraint.name().is_none()
                && (here.columns().is_empty() || constraint.columns() == here.columns())
        });
        // Of several without columns nobody knows which one it is.
        let found = alike.next();
        found.filter(|_| !here.columns().is_empty() || alike.next().is_none())
    })
}

/// A condition without a name as it was said: the one in its place, as nothing else tells which of several
/// it is.
pub(super) fn said_in_place(said: &Table, table: &Table, here: &Constraint) -> Option<Constraint> {
    match here {
        Constraint::Check(check) if check.name.is_none() && said.checks.len() == table.checks.len() => {
            let at = table.checks.iter().position(|known| known == check)?;
            Some(Constraint::Check(said.checks[at].clone()))
        }
        Constraint::Exclude(exclude)
            if exclude.name.is_none() && said.excludes.len() == table.excludes.len() =>
        {
            let at = table.excludes.iter().position(|known| known == exclude)?;
            Some(Constraint::Exclude(said.excludes[at].clone()))
        }
        _ => None,
    }
}

/// Whether a database cut one name to the other.
fn is_cut(said: &Name, here: &str) -> bool {
    [63, 64].iter().any(|limit| said.truncated(*limit) == here)
}

/// An index as it was said.
pub(super) fn said_index<'t>(said: &'t Table, name: Option<&Name>) -> Option<&'t Index> {
    let name = name?;
    let same = |known: &Name| known == name || is_cut(known, name);
    said.indexes.iter().find(|index| index.name.as_ref().is_some_and(same))
}

//! Naming conventions: names for constraints and indexes that nobody named.

use serde::{Deserialize, Serialize};

use super::constraint::{Constraint, ConstraintKind};
use super::index::Index;
use super::name::Name;
use super::table::{Table, TableName};

/// Patterns for names, in the tokens of SQLAlchemy's `naming_convention`: the same patterns give the same
/// names. Source of the rules: SQLAlchemy, "Configuring Constraint Naming Conventions", and what it does.
///
/// | token | stands for |
/// |---|---|
/// | `%(table_name)s` | the table, without its schema |
/// | `%(constraint_name)s` | the name that is written down |
/// | `%(column_0_name)s` | the first column; any other number the one in that place |
/// | `%(column_0_label)s` | the same behind the table: `table_column`, `schema_table_column` |
/// | `%(column_0_key)s` | the same as `name` |
/// | `%(column_0_N_name)s`, `%(column_0N_name)s` | all columns, joined by `_` or by nothing; so for `label` and `key` |
/// | `%(referred_table_name)s` | the table a foreign key refers to, without its schema |
/// | `%(referred_column_0_name)s`, … | the columns it refers to: `name` only |
/// | `%%` | `%` |
///
/// A column that is not there is nothing, and an unknown token stays as it is written. An entry of an index
/// that is an expression, and the condition of a check, have no columns.
///
/// A pattern without `%(constraint_name)s` names what has no name. One with that token names what has a name
/// that is not [`exact`](Name::exact); what has none stays without one (SQLAlchemy refuses it), and the
/// database names it.
///
/// A convention without patterns names nothing, not even indexes, which SQLAlchemy names
/// `ix_%(column_0_label)s` where no convention is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NamingConvention {
    /// Indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ix: Option<String>,
    /// Unique constraints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uq: Option<String>,
    /// Checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ck: Option<String>,
    /// Foreign keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fk: Option<String>,
    /// Primary keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pk: Option<String>,
}

impl NamingConvention {
    /// Names everything in `table` that has no name, or none that is final, and for which there is a
    /// pattern.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let convention = NamingConvention { pk: Some("%(table_name)s_pkey".into()), ..Default::default() };
    /// let mut table = Table::build("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
    /// convention.apply(&mut table);
    /// assert_eq!(table.primary_key.unwrap().name.as_deref(), Some("ticket_pkey"));
    /// ```
    pub fn apply(&self, table: &mut Table) {
        let known: Vec<Constraint> = table.constraints().collect();
        let of = table.name.clone();
        for (constraint, (kind, name)) in known.iter().zip(table.constraint_names_mut()) {
            fill(name, self.pattern(kind), &Tokens::of_constraint(&of, constraint));
        }
        for index in &mut table.indexes {
            self.name_index(&of, index);
        }
    }

    /// Names a constraint of a table.
    pub(crate) fn name_constraint(&self, table: &TableName, constraint: &mut Constraint) {
        let known = constraint.clone();
        let tokens = Tokens::of_constraint(table, &known);
        fill(constraint.name_mut(), self.pattern(known.kind()), &tokens);
    }

    /// Names an index of a table.
    pub(crate) fn name_index(&self, table: &TableName, index: &mut Index) {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        let tokens = Tokens { columns: &columns, ..Tokens::of(table) };
        fill(&mut index.name, self.ix.as_deref(), &tokens);
    }

    /// The name of a constraint that is written down as `name`, its columns not known.
    pub(crate) fn constraint_name(&self, table: &TableName, kind: ConstraintKind, name: &Name) -> Name {
        written_down(name, self.pattern(kind), table)
    }

    /// The name of an index that is written down as `name`, its columns not known.
    pub(crate) fn index_name(&self, table: &TableName, name: &Name) -> Name {
        written_down(name, self.ix.as_deref(), table)
    }

    fn pattern(&self, kind: ConstraintKind) -> Option<&str> {
        match kind {
            ConstraintKind::PrimaryKey => self.pk.as_deref(),
            ConstraintKind::Unique => self.uq.as_deref(),
            ConstraintKind::ForeignKey => self.fk.as_deref(),
            ConstraintKind::Check => self.ck.as_deref(),
            ConstraintKind::Exclude => None,
        }
    }
}

fn written_down(name: &Name, pattern: Option<&str>, table: &TableName) -> Name {
    let mut named = Some(name.clone());
    fill(&mut named, pattern, &Tokens::of(table));
    named.unwrap_or_else(|| name.clone())
}

/// Gives the pattern's name to what the pattern is for.
fn fill(name: &mut Option<Name>, pattern: Option<&str>, tokens: &Tokens<'_>) {
    let Some(pattern) = pattern else { return };
    let takes_name = pattern.contains("constraint_name");
    let constraint = match name {
        Some(given) if takes_name && !given.is_exact() => given.as_str(),
        None if !takes_name => "",
        _ => return,
    };
    let expanded = expand(pattern, &Tokens { constraint, ..*tokens });
    if !expanded.is_empty() {
        *name = Some(Name::exact(expanded));
    }
}

/// What tokens stand for.
#[derive(Clone, Copy)]
struct Tokens<'a> {
    table: &'a TableName,
    columns: &'a [String],
    referred: Option<(&'a TableName, &'a [String])>,
    constraint: &'a str,
}

impl<'a> Tokens<'a> {
    fn of(table: &'a TableName) -> Self {
        Self { table, columns: &[], referred: None, constraint: "" }
    }

    fn of_constraint(table: &'a TableName, constraint: &'a Constraint) -> Self {
        let referred = match constraint {
            Constraint::ForeignKey(key) => Some((&key.referred_table, key.referred_columns.as_slice())),
            _ => None,
        };
        Self { columns: constraint.columns(), referred, ..Self::of(table) }
    }

    /// What a token stands for; `None` if there is no such token.
    fn get(&self, token: &str) -> Option<String> {
        match (token, self.referred) {
            ("table_name", _) => Some(self.table.name.clone()),
            ("constraint_name", _) => Some(self.constraint.to_owned()),
            ("referred_table_name", Some((table, _))) => Some(table.name.clone()),
            (_, Some((_, columns))) if token.starts_with("referred_column_") => {
                let (which, "name") = which_columns(token.strip_prefix("referred_column_")?)? else {
                    return None;
                };
                Some(which.of(columns, String::clone))
            }
            _ => {
                let (which, style) = which_columns(token.strip_prefix("column_")?)?;
                match style {
                    "name" | "key" => Some(which.of(self.columns, String::clone)),
                    "label" => Some(which.of(self.columns, |column| self.label(column))),
                    _ => None,
                }
            }
        }
    }

    fn label(&self, column: &str) -> String {
        let TableName { schema, name } = self.table;
        match schema {
            Some(schema) => format!("{}_{name}_{column}", schema.replace('.', "_")),
            None => format!("{name}_{column}"),
        }
    }
}

/// Which columns a token stands for.
enum Which<'a> {
    One(usize),
    All { joined_by: &'a str },
}

impl Which<'_> {
    fn of(&self, columns: &[String], text: impl Fn(&String) -> String) -> String {
        match self {
            Self::One(at) => columns.get(*at).map(text).unwrap_or_default(),
            Self::All { joined_by } => columns.iter().map(text).collect::<Vec<_>>().join(joined_by),
        }
    }
}

/// Reads what stands behind `column_`: `0_name`, `1_label`, `0_N_name`, `0N_key`.
fn which_columns(spec: &str) -> Option<(Which<'static>, &str)> {
    if let Some(style) = spec.strip_prefix("0_N_") {
        return Some((Which::All { joined_by: "_" }, style));
    }
    if let Some(style) = spec.strip_prefix("0N_") {
        return Some((Which::All { joined_by: "" }, style));
    }
    let (at, style) = spec.split_once('_')?;
    Some((Which::One(at.parse().ok()?), style))
}

fn expand(pattern: &str, tokens: &Tokens<'_>) -> String {
    let mut name = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        name.push_str(&rest[..at]);
        rest = &rest[at..];
        let token = rest.strip_prefix("%(").and_then(|token| token.split_once(")s"));
        let expanded = token.and_then(|(token, behind)| Some((tokens.get(token)?, behind)));
        (rest, name) = match (expanded, rest.strip_prefix("%%")) {
            (Some((text, behind)), _) => (behind, name + &text),
            (None, Some(behind)) => (behind, name + "%"),
            (None, None) => (&rest[1..], name + "%"),
        };
    }
    name + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_expand_as_sqlalchemy_expands_them() {
        let columns = ["dag_id".to_owned(), "run_id".to_owned()];
        let referred_columns = ["id".to_owned()];
        let (table, dag) = ("dag_run".into(), TableName::new(Some("a"), "dag"));
        let referred = Some((&dag, referred_columns.as_slice()));
        let tokens = Tokens { columns: &columns, referred, ..Tokens::of(&table) };
        for (pattern, name) in [
            ("idx_%(column_0_N_label)s", "idx_dag_run_dag_id_dag_run_run_id"),
            ("%(table_name)s_%(column_0_N_name)s_uq", "dag_run_dag_id_run_id_uq"),
            ("%(table_name)s_%(column_0_name)s_fkey", "dag_run_dag_id_fkey"),
            ("%(column_1_name)s%(column_2_name)s", "run_id"),
            ("%(column_0N_name)s", "dag_idrun_id"),
            ("fk_%(table_name)s_%(referred_table_name)s_%(referred_column_0_name)s", "fk_dag_run_dag_id"),
            ("100%%_%(nothing)s_%(column_0_colour)s_%", "100%_%(nothing)s_%(column_0_colour)s_%"),
        ] {
            assert_eq!(expand(pattern, &tokens), name, "{pattern}");
        }
    }
}

//! Naming conventions: names for constraints and indexes that nobody named.

use serde::{Deserialize, Serialize};

use super::constraint::{Constraint, ConstraintKind};
use super::index::Index;
use super::name::Name;
use super::table::Table;

/// Patterns for names, in the tokens of SQLAlchemy's `naming_convention`.
///
/// Known tokens: `%(table_name)s`, `%(constraint_name)s`, `%(column_0_name)s`, `%(column_0_N_name)s`
/// (all columns joined by `_`), `%(column_0N_name)s` (joined by nothing), the same with `label`
/// (`table_column`) and `key` for `name`, `%(referred_table_name)s`, `%(referred_column_0_name)s`.
/// Any column number may stand for 0. Source of the rule: SQLAlchemy, "Configuring Constraint Naming
/// Conventions".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamingConvention {
    /// Indexes.
    pub ix: Option<String>,
    /// Unique constraints.
    pub uq: Option<String>,
    /// Checks.
    pub ck: Option<String>,
    /// Foreign keys.
    pub fk: Option<String>,
    /// Primary keys.
    pub pk: Option<String>,
}

impl NamingConvention {
    /// Names everything in `table` that has no name and for which there is a pattern.
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
        let known = table.clone();
        let constraints = known.constraints().zip(table.constraint_names_mut());
        for (constraint, (_, name)) in constraints {
            self.name_one(&known.name.name, &constraint, name);
        }
        for index in &mut table.indexes {
            self.name_index(&known.name.name, index);
        }
    }

    /// Names a constraint of a table.
    pub(crate) fn name_constraint(&self, table: &str, constraint: &mut Constraint) {
        let unnamed = constraint.clone();
        self.name_one(table, &unnamed, constraint.name_mut());
    }

    /// Names an index of a table.
    pub(crate) fn name_index(&self, table: &str, index: &mut Index) {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        fill(&mut index.name, self.ix.as_deref(), Tokens::of(table, &columns));
    }

    /// The name that a constraint has which is written down as `name`.
    pub(crate) fn named(&self, table: &str, kind: ConstraintKind, name: Name) -> Name {
        let mut named = Some(name);
        fill(&mut named, self.pattern(kind), Tokens::of(table, &[]));
        named.unwrap_or_else(|| Name::from(""))
    }

    fn name_one(&self, table: &str, constraint: &Constraint, name: &mut Option<Name>) {
        let mut tokens = Tokens::of(table, constraint.columns());
        if let Constraint::ForeignKey(key) = constraint {
            tokens.referred = Some((key.referred_table.name.as_str(), key.referred_columns.as_slice()));
        }
        fill(name, self.pattern(constraint.kind()), tokens);
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

/// A pattern names what has no name; one with `%(constraint_name)s` names what has one that is not exact.
fn fill(name: &mut Option<Name>, pattern: Option<&str>, tokens: Tokens<'_>) {
    let Some(pattern) = pattern else { return };
    let takes_name = pattern.contains("%(constraint_name)s");
    let constraint = match name {
        Some(given) if takes_name && !given.is_exact() => given.as_str(),
        None if !takes_name => "",
        _ => return,
    };
    let expanded = expand(pattern, &Tokens { constraint, ..tokens });
    *name = Some(Name::exact(expanded));
}

struct Tokens<'a> {
    table: &'a str,
    columns: &'a [String],
    referred: Option<(&'a str, &'a [String])>,
    constraint: &'a str,
}

impl<'a> Tokens<'a> {
    fn of(table: &'a str, columns: &'a [String]) -> Self {
        Self { table, columns, referred: None, constraint: "" }
    }
}

fn expand(pattern: &str, tokens: &Tokens<'_>) -> String {
    let mut name = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(start) = rest.find("%(") {
        let Some(length) = rest[start..].find(")s") else { break };
        name.push_str(&rest[..start]);
        name.push_str(&token(&rest[start + 2..start + length], tokens));
        rest = &rest[start + length + 2..];
    }
    name.push_str(rest);
    name
}

fn token(token: &str, tokens: &Tokens<'_>) -> String {
    let column = |columns: &[String], spec: &str, table: &str| {
        let (digits, style) = spec.split_once('_').unwrap_or((spec, "name"));
        let text = |column: &String| match style.trim_start_matches("N_") {
            "label" => format!("{table}_{column}"),
            _ => column.clone(),
        };
        if style.starts_with("N_") {
            return columns.iter().map(text).collect::<Vec<_>>().join("_");
        }
        match digits.strip_suffix('N') {
            Some(_) => columns.iter().map(text).collect(),
            None => digits.parse().ok().and_then(|at: usize| columns.get(at)).map(text).unwrap_or_default(),
        }
    };
    match (token, tokens.referred) {
        ("table_name", _) => tokens.table.to_owned(),
        ("constraint_name", _) => tokens.constraint.to_owned(),
        ("referred_table_name", Some((table, _))) => table.to_owned(),
        (other, Some((table, columns))) if other.starts_with("referred_column_") => {
            column(columns, &other["referred_column_".len()..], table)
        }
        (other, _) => match other.strip_prefix("column_") {
            Some(spec) => column(tokens.columns, spec, tokens.table),
            None => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_expand_as_sqlalchemy_expands_them() {
        let columns = ["dag_id".to_owned(), "run_id".to_owned()];
        let referred_columns = ["id".to_owned()];
        let tokens = Tokens { referred: Some(("dag", &referred_columns)), ..Tokens::of("dag_run", &columns) };
        for (pattern, name) in [
            ("idx_%(column_0_N_label)s", "idx_dag_run_dag_id_dag_run_run_id"),
            ("%(table_name)s_%(column_0_N_name)s_uq", "dag_run_dag_id_run_id_uq"),
            ("%(table_name)s_%(column_0_name)s_fkey", "dag_run_dag_id_fkey"),
            ("%(column_1_name)s", "run_id"),
            ("%(column_0N_name)s", "dag_idrun_id"),
            ("fk_%(table_name)s_%(referred_table_name)s_%(referred_column_0_name)s", "fk_dag_run_dag_id"),
        ] {
            assert_eq!(expand(pattern, &tokens), name, "{pattern}");
        }
    }
}

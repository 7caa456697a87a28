//! Constraints.

use dunlin_core::schema::{Constraint, Exclude, ExcludeElement, ForeignKey, MatchType};

use super::column::refuse_on_conflict;
use super::{Postgres, unsupported};
use crate::dialect::{Dialect, RenderError, ddl};

/// `CONSTRAINT "name" UNIQUE ("a", "b")` and its like.
pub(super) fn clause(dialect: &Postgres, constraint: &Constraint) -> Result<String, RenderError> {
    let mut clause = match constraint {
        Constraint::PrimaryKey(key) => {
            refuse_on_conflict(key.on_conflict)?;
            format!("PRIMARY KEY ({})", ddl::columns(dialect, &key.columns))
        }
        Constraint::Unique(unique) => {
            refuse_on_conflict(unique.on_conflict)?;
            let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            format!("UNIQUE{nulls} ({})", ddl::columns(dialect, &unique.columns))
        }
        Constraint::Check(check) => {
            if check.not_enforced {
                return Err(unsupported(
                    "have a check that is written down only",
                    "leave it out there by `only_on`, or let it be enforced",
                ));
            }
            let expression = ddl::expression(dialect, &check.expression, "a check")?;
            let no_inherit = if check.no_inherit { " NO INHERIT" } else { "" };
            format!("CHECK ({expression}){no_inherit}")
        }
        Constraint::ForeignKey(key) => foreign_key(dialect, key)?,
        Constraint::Exclude(exclude) => excluding(exclude),
        _ => return Err(ddl::newer_operation(dialect)),
    };
    if !constraint.include().is_empty() {
        clause.push_str(&format!(" INCLUDE ({})", ddl::columns(dialect, constraint.include())));
    }
    let deferrable = match constraint {
        Constraint::PrimaryKey(key) => key.deferrable,
        Constraint::Unique(unique) => unique.deferrable,
        Constraint::ForeignKey(key) => key.deferrable,
        Constraint::Exclude(exclude) => exclude.deferrable,
        _ => None,
    };
    if let Some(deferrable) = deferrable {
        clause.push_str(&format!(" {}", deferrable.as_sql()));
    }
    if is_not_valid(constraint) {
        clause.push_str(" NOT VALID");
    }
    Ok(match constraint.name() {
        Some(name) => format!("CONSTRAINT {} {clause}", dialect.quote(name)),
        None => clause,
    })
}

/// Whether it is not asked of the rows that are there. In CREATE TABLE the words are read and passed over.
pub(super) fn is_not_valid(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Check(check) => check.not_valid,
        Constraint::ForeignKey(key) => key.not_valid,
        _ => false,
    }
}

fn foreign_key(dialect: &Postgres, key: &ForeignKey) -> Result<String, RenderError> {
    let (columns, table) =
        (ddl::columns(dialect, &key.columns), ddl::table_name(dialect, &key.referred_table));
    let mut clause = format!("FOREIGN KEY ({columns}) REFERENCES {table}");
    if !key.referred_columns.is_empty() {
        clause.push_str(&format!(" ({})", ddl::columns(dialect, &key.referred_columns)));
    }
    match key.match_type {
        None | Some(MatchType::Simple) => {}
        Some(MatchType::Full) => clause.push_str(" MATCH FULL"),
        Some(MatchType::Partial) => {
            return Err(unsupported(
                "have a foreign key with MATCH PARTIAL",
                "say MATCH FULL, or leave it out",
            ));
        }
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if !action.is_no_action() {
            clause.push_str(&format!(" ON {event} {}", action.as_sql()));
        }
    }
    Ok(clause)
}

fn excluding(exclude: &Exclude) -> String {
    let element = |element: &ExcludeElement| {
        format!("{} WITH {}", index_expression(&element.expression), element.operator)
    };
    let elements = exclude.elements.iter().map(element).collect::<Vec<_>>().join(", ");
    let method = exclude.using.as_deref().unwrap_or("gist");
    let predicate = exclude.predicate.as_ref().map(|condition| format!(" WHERE ({condition})"));
    format!("EXCLUDE USING {method} ({elements}){}", predicate.unwrap_or_default())
}

/// An expression of an index in the brackets that it needs; a column in brackets is still a column. Bare
/// words are left alone, as an operator class may stand behind a column.
fn index_expression(sql: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '_' | '$' | '.' | '"');
    let behind_brackets = closing_bracket(sql).map(|at| &sql[at + 1..]);
    match sql.chars().all(word) || behind_brackets.is_some_and(|rest| rest.chars().all(word)) {
        true => sql.to_owned(),
        false => format!("({sql})"),
    }
}

/// Where the bracket closes that an expression begins with.
fn closing_bracket(sql: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in sql.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (c == ')').then_some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::index_expression;

    #[test]
    fn brackets_stand_where_they_are_needed() {
        for bare in ["room", "\"Room\"", "room gist_int4_ops", "(a + b)", "(a + b) range_ops"] {
            assert_eq!(index_expression(bare), bare);
        }
        for (bare, bracketed) in [
            ("a + b", "(a + b)"),
            ("(a) + (b)", "((a) + (b))"),
            ("x::text", "(x::text)"),
            ("tsrange(a, b, '[)')", "(tsrange(a, b, '[)'))"),
        ] {
            assert_eq!(index_expression(bare), bracketed);
        }
    }
}

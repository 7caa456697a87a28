//! Finding a constraint that has no name by what it says, in whatever words the database says it.

use dunlin_core::schema::{Column, Constraint, Table};

use super::Dialect;

/// The constraint of a table that
/// [`DropUnnamedConstraint`](dunlin_core::operation::TableChange::DropUnnamedConstraint) means, as it is
/// there: [`Table::unnamed`], or else the first that the database takes for the same.
pub(crate) fn unnamed(dialect: &dyn Dialect, table: &Table, described: &Constraint) -> Option<Constraint> {
    table.unnamed(described).or_else(|| {
        let meant = form(dialect, table, described)?;
        let is_it = |known: &Constraint| {
            known.kind() == described.kind()
                && form(dialect, table, known).is_some_and(|form| same(&form, &meant))
        };
        let alike: Vec<Constraint> = table.constraints().filter(is_it).collect();
        let unnamed = alike.iter().find(|constraint| constraint.name().is_none());
        unnamed.or(alike.first()).cloned()
    })
}

/// Whether two forms are the same; a foreign key that names no columns may refer to any.
fn same(one: &Constraint, other: &Constraint) -> bool {
    let (mut one, mut other) = (one.clone(), other.clone());
    if let (Constraint::ForeignKey(one), Constraint::ForeignKey(other)) = (&mut one, &mut other)
        && (one.referred_columns.is_empty() || other.referred_columns.is_empty())
    {
        one.referred_columns.clear();
        other.referred_columns.clear();
    }
    one == other
}

/// A constraint without its name, in the form that the database gives it; none if it has no variant there.
fn form(dialect: &dyn Dialect, table: &Table, constraint: &Constraint) -> Option<Constraint> {
    let mut alone = Table::new(table.name.clone());
    let of_type = |column: &Column| {
        let data_type = column.column_type.get(dialect.name())?;
        let mut known = Column::new(column.name.clone(), data_type.clone());
        known.nullable = column.nullable;
        Some(known)
    };
    alone.columns = table.columns.iter().filter_map(of_type).collect();
    let mut constraint = constraint.clone();
    *constraint.name_mut() = None;
    match constraint {
        Constraint::PrimaryKey(key) => alone.primary_key = Some(key),
        Constraint::Unique(mut unique) => {
            unique.only_on.clear();
            alone.uniques.push(unique);
        }
        Constraint::ForeignKey(mut key) => {
            key.only_on.clear();
            // SQLite has a table in the letters in which somebody wrote it.
            let names = std::iter::once(&mut key.referred_table.name).chain(&mut key.referred_columns);
            names.for_each(|name| name.make_ascii_lowercase());
            alone.foreign_keys.push(key);
        }
        Constraint::Check(mut check) => {
            check.expression = check.expression.get(dialect.name())?.clone().into();
            check.only_on.clear();
            alone.checks.push(check);
        }
        Constraint::Exclude(mut exclude) => {
            exclude.only_on.clear();
            alone.excludes.push(exclude);
        }
        _ => return None,
    }
    dialect.normalize(&mut alone);
    for check in &mut alone.checks {
        check.expression.values_mut().for_each(|sql| *sql = dialect.normal_expression(sql));
    }
    for exclude in &mut alone.excludes {
        let elements = exclude.elements.iter_mut().map(|element| &mut element.expression);
        elements.chain(&mut exclude.predicate).for_each(|sql| *sql = dialect.normal_expression(sql));
    }
    alone.constraints().next()
}

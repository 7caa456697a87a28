//! Changes that may lose something of the rows that are there.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use dunlin_core::operation::{AlterColumn, Change, Operation, TableChange};
use dunlin_core::schema::{Constraint, ConstraintKind, DataType, Index, Metadata, Name, Table, TableName};

use crate::dialect::narrows::narrows;

/// A change that may fail on the rows that are there, or lose something of them. It is shown with the
/// plan; it stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hazard {
    /// A column's new type holds less than its old one.
    Narrows {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type before, as the dialect writes it.
        from: String,
        /// The type after.
        to: String,
    },
    /// A table is dropped with its rows.
    DropsTable {
        /// The table.
        table: TableName,
    },
    /// A column is dropped with its values.
    DropsColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A column is computed from now on: its values go.
    ReplacesValues {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A schema is dropped. dunlin knows what the history put into it, and nothing else.
    DropsSchema {
        /// Its name.
        name: String,
    },
    /// A column may be NULL no more.
    RefusesNull {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A new rule that the rows which are there may not keep.
    RefusesRows {
        /// The table.
        table: TableName,
        /// `check`, `unique index`, …
        kind: String,
        /// Its name.
        name: String,
        /// Whether it is two rows that are alike which break it.
        alike: bool,
    },
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Narrows { table, column, from, to } => {
                write!(f, "column {column} of table {table} gets a narrower type: {from} becomes {to}")
            }
            Self::DropsTable { table } => write!(f, "table {table} is dropped with its rows"),
            Self::DropsColumn { table, column } => {
                write!(f, "column {column} of table {table} is dropped with its values")
            }
            Self::ReplacesValues { table, column } => {
                write!(f, "column {column} of table {table} is computed from now on: its values are lost")
            }
            Self::DropsSchema { name } => {
                write!(f, "schema {name} is dropped; what is in it that is not of the history may go with it")
            }
            Self::RefusesNull { table, column } => write!(
                f,
                "column {column} of table {table} must not be NULL from now on: rows that have NULL there stop this"
            ),
            Self::RefusesRows { table, kind, name, alike } => {
                let rows = if *alike { "are alike" } else { "break it" };
                write!(f, "{kind} {name} of table {table}: rows that {rows} stop this")
            }
        }
    }
}

/// Finds the hazards of the operations of a plan, one after the other.
#[derive(Debug, Default)]
pub(super) struct Hazards {
    /// Tables that the plan created: nobody's rows are in them.
    new_tables: HashSet<TableName>,
    /// Columns that the step added.
    new_columns: HashSet<(TableName, String)>,
    /// Rules that the step dropped: the rows keep them.
    kept: Vec<(TableName, Rule)>,
}

/// What rows are held to by a constraint or unique index, whatever it is called.
#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Unique(BTreeSet<String>),
    Other(Constraint),
}

impl Rule {
    fn of(mut constraint: Constraint) -> Self {
        match &constraint {
            Constraint::PrimaryKey(_) | Constraint::Unique(_) => {
                Self::Unique(constraint.columns().iter().cloned().collect())
            }
            _ => {
                *constraint.name_mut() = None;
                Self::Other(constraint)
            }
        }
    }

    /// That of an index whose rows may not be alike in its columns.
    fn of_index(index: &Index) -> Option<Self> {
        let plain = index.predicate.is_none() && index.elements.iter().all(|it| it.column().is_some());
        (index.unique && plain).then(|| Self::Unique(index.columns().map(str::to_owned).collect()))
    }
}

impl Hazards {
    /// Begins with a step.
    pub(super) fn next_step(&mut self) {
        self.new_columns.clear();
        self.kept.clear();
    }

    /// The hazards of an operation of a step on a schema.
    pub(super) fn of(
        &mut self,
        dialect: &dyn crate::dialect::Dialect,
        operation: &Operation,
        schema: &Metadata,
    ) -> Vec<Hazard> {
        let mut found = Vec::new();
        match operation {
            Operation::AlterTable { table, changes } => {
                let Some(known) = schema.get(table) else { return found };
                found.extend(changes.iter().filter_map(|change| narrowing(dialect, known, change)));
                if dialect.capabilities().rebuilds_tables && !self.new_tables.contains(table) {
                    found.extend(changes.iter().filter_map(|change| becomes_strict(known, change)));
                }
                for change in changes {
                    found.extend(self.change(known, change));
                }
            }
            Operation::CreateTable { table, .. } if schema.get(&table.name).is_none() => {
                self.new_tables.insert(table.name.clone());
            }
            Operation::RenameTable { table, to } if self.new_tables.remove(table) => {
                self.new_tables.insert(TableName { schema: table.schema.clone(), name: to.clone() });
            }
            Operation::DropTable { table, .. } if self.new_tables.remove(table) => {}
            Operation::DropTable { table, .. } if schema.get(table).is_some() => {
                found.push(Hazard::DropsTable { table: table.clone() });
            }
            Operation::DropSchema { name, .. } => found.push(Hazard::DropsSchema { name: name.clone() }),
            Operation::CreateIndex { table, index, .. } if index.unique => {
                let kept = Rule::of_index(index).is_some_and(|rule| self.is_kept(table, &rule));
                let new = index.columns().any(|column| self.is_new(table, column));
                if !kept && !new && !self.new_tables.contains(table) {
                    found.push(refuses_rows(table, "unique index", index.name.as_deref(), true));
                }
            }
            Operation::DropIndex { table, name, .. } => {
                let index = schema.get(table).and_then(|table| table.index(name));
                self.kept.extend(index.and_then(Rule::of_index).map(|rule| (table.clone(), rule)));
            }
            _ => {}
        }
        found
    }

    fn change(&mut self, table: &Table, change: &TableChange) -> Option<Hazard> {
        let name = &table.name;
        match change {
            _ if self.new_tables.contains(name) => None,
            TableChange::AddColumn { column, .. } => {
                self.new_columns.insert((name.clone(), column.name.clone()));
                None
            }
            TableChange::DropColumn { name: column, .. } => {
                let values = table.column(column).is_some_and(|column| column.computed.is_none());
                (values && !self.is_new(name, column))
                    .then(|| Hazard::DropsColumn { table: name.clone(), column: column.clone() })
            }
            TableChange::AlterColumn(AlterColumn { name: column, nullable: Some(false), .. }) => {
                let nullable = table.column(column).is_some_and(|column| column.nullable);
                (nullable && !self.is_new(name, column))
                    .then(|| Hazard::RefusesNull { table: name.clone(), column: column.clone() })
            }
            TableChange::AlterColumn(AlterColumn {
                name: column, computed: Some(Change::Set(_)), ..
            }) => {
                let values = table.column(column).is_some_and(|column| column.computed.is_none());
                (values && !self.is_new(name, column))
                    .then(|| Hazard::ReplacesValues { table: name.clone(), column: column.clone() })
            }
            TableChange::AddConstraint { constraint } => {
                let later = is_asked_later(constraint);
                let new = constraint.columns().iter().any(|column| self.is_new(name, column));
                let kept = self.is_kept(name, &Rule::of(constraint.clone()));
                let kind = constraint.kind();
                let alike = matches!(kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
                let called = constraint.name().map(Name::as_str);
                (!later && !new && !kept).then(|| refuses_rows(name, &kind.to_string(), called, alike))
            }
            TableChange::ValidateConstraint { kind, name: called } => {
                let waits = table.constraint(*kind, called).as_ref().is_some_and(is_asked_later);
                waits.then(|| refuses_rows(name, &kind.to_string(), Some(called), false))
            }
            TableChange::DropConstraint { kind, name: called, .. } => {
                let dropped = table.constraint(*kind, called);
                self.kept.extend(dropped.map(|constraint| (name.clone(), Rule::of(constraint))));
                None
            }
            TableChange::DropUnnamedConstraint { constraint } => {
                self.kept.push((name.clone(), Rule::of(constraint.clone())));
                None
            }
            _ => None,
        }
    }

    fn is_new(&self, table: &TableName, column: &str) -> bool {
        self.new_columns.iter().any(|(of, name)| of == table && name == column)
    }

    fn is_kept(&self, table: &TableName, rule: &Rule) -> bool {
        self.kept.iter().any(|(of, kept)| of == table && kept == rule)
    }
}

/// Values that are not of their column's type stand in a table that is not strict.
fn becomes_strict(table: &Table, change: &TableChange) -> Option<Hazard> {
    let TableChange::SetOptions { options } = change else { return None };
    let becomes = options.strict && !table.options.strict;
    becomes.then(|| refuses_rows(&table.name, "option", Some("STRICT"), false))
}

/// Whether the rows that are there need not keep a new constraint.
fn is_asked_later(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::ForeignKey(key) => key.not_valid,
        Constraint::Check(check) => check.not_valid || check.not_enforced,
        _ => false,
    }
}

fn refuses_rows(table: &TableName, kind: &str, name: Option<&str>, alike: bool) -> Hazard {
    let name = name.unwrap_or("(unnamed)").to_owned();
    Hazard::RefusesRows { table: table.clone(), kind: kind.to_owned(), name, alike }
}

fn narrowing(dialect: &dyn crate::dialect::Dialect, table: &Table, change: &TableChange) -> Option<Hazard> {
    let TableChange::AlterColumn(AlterColumn { name, column_type: Some(to), .. }) = change else {
        return None;
    };
    let from = table.column(name)?.column_type.get(dialect.name())?;
    let to = to.get(dialect.name())?;
    narrows(dialect.name(), from, to).then(|| {
        let written = |data_type: &DataType| dialect.column_type(data_type).unwrap_or_default();
        Hazard::Narrows {
            table: table.name.clone(),
            column: name.clone(),
            from: written(from),
            to: written(to),
        }
    })
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName;
    use dunlin_core::operation::Operations;
    use dunlin_core::prelude::{ForeignKey, Index};

    use super::*;
    use crate::dialect::dialect;

    fn told(hazards: &mut Hazards, schema: &mut Metadata, record: fn(&mut Operations)) -> Vec<String> {
        let mut op = Operations::default();
        record(&mut op);
        let mut told = Vec::new();
        hazards.next_step();
        for operation in op.finish() {
            told.extend(hazards.of(dialect(DialectName::Postgres), &operation, schema));
            schema.apply(&operation).unwrap();
        }
        told.iter().map(Hazard::to_string).collect()
    }

    fn item() -> Metadata {
        let mut schema = Metadata::default();
        schema.table("item", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer).not_null();
            t.unique("item_uq", ["a", "b"]);
            t.check("item_ck", "a > 0");
        });
        schema.table("other", |t| {
            t.column("id", DataType::Integer).primary_key();
        });
        schema
    }

    #[test]
    fn what_becomes_computed_or_strict_is_told_and_what_is_put_back_is_not() {
        let mut op = Operations::default();
        op.alter_column("item", "a", |c| c.computed(dunlin_core::schema::Computed::stored("id * 2")));
        op.alter_column("item", "a", |c| c.drop_computed());
        op.alter_table("item", |t| t.options(|o| o.strict = true));
        op.alter_table("item", |t| t.options(|o| o.without_rowid = true));
        let check = Constraint::Check(dunlin_core::schema::Check::new("b > 0"));
        op.alter_table("item", |t| t.drop_unnamed_constraint(check.clone()));
        op.alter_table("item", |t| t.add_constraint(check.clone()));
        let mut schema = item();
        if let Some(table) = schema.get_mut(&"item".into()) {
            table.checks.push(dunlin_core::schema::Check::new("b > 0"));
        }
        let mut hazards = Hazards::default();
        hazards.next_step();
        let mut told = Vec::new();
        for operation in op.finish() {
            let found = hazards.of(dialect(DialectName::Sqlite), &operation, &schema);
            told.extend(found.iter().map(Hazard::to_string));
            schema.apply(&operation).unwrap();
        }
        assert_eq!(
            told,
            [
                "column a of table item is computed from now on: its values are lost",
                "option STRICT of table item: rows that break it stop this",
            ]
        );
    }

    #[test]
    fn what_rows_may_lose_or_break_is_told_of_tables_that_were_there() {
        let mut schema = item();
        let record = |op: &mut Operations| {
            op.alter_column("item", "a", |c| c.nullable(false));
            op.alter_column("item", "b", |c| c.nullable(false));
            op.create_unique_constraint("item_a", "item", ["a"]);
            op.add_index("item", Index::new("item_b", ["b"]).unique());
            op.create_index("item_plain", "item", ["b"]);
            op.create_check_constraint("item_small", "item", "a < 9");
            op.create_foreign_key("item", ForeignKey::new(["a"], "other", ["id"]).named("item_fk"));
            op.drop_constraint(ConstraintKind::Unique, "item_uq", "item");
            op.drop_column("item", "b");
            op.drop_constraint(ConstraintKind::ForeignKey, "item_fk", "item");
            op.drop_table("other");
        };
        assert_eq!(
            told(&mut Hazards::default(), &mut schema, record),
            [
                "column a of table item must not be NULL from now on: rows that have NULL there stop this",
                "unique constraint item_a of table item: rows that are alike stop this",
                "unique index item_b of table item: rows that are alike stop this",
                "check item_small of table item: rows that break it stop this",
                "foreign key item_fk of table item: rows that break it stop this",
                "column b of table item is dropped with its values",
                "table other is dropped with its rows",
            ]
        );
    }

    #[test]
    fn new_tables_and_columns_and_rules_under_a_new_name_are_no_hazard() {
        let mut schema = item();
        let mut hazards = Hazards::default();
        let create = |op: &mut Operations| {
            op.create_table("new", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("a", DataType::Integer);
            });
            op.rename_table("new", "newer");
            op.alter_column("newer", "a", |c| c.nullable(false));
            op.add_column("item", dunlin_core::schema::Column::new("c", DataType::Integer));
            op.alter_column("item", "c", |c| c.nullable(false));
            op.create_unique_constraint("item_c", "item", ["c"]);
            op.drop_constraint(ConstraintKind::Unique, "item_uq", "item");
            op.create_unique_constraint("item_uq2", "item", ["b", "a"]);
            op.drop_constraint(ConstraintKind::Check, "item_ck", "item");
            op.create_check_constraint("item_ck2", "item", "a > 0");
        };
        assert_eq!(told(&mut hazards, &mut schema, create), [""; 0]);
        let next = |op: &mut Operations| {
            op.drop_table("newer");
            op.drop_column("item", "c");
        };
        assert_eq!(
            told(&mut hazards, &mut schema, next),
            ["column c of table item is dropped with its values"]
        );
    }
}

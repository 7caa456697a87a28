//! Changes of a table: as few ALTER TABLE statements as can be, mostly one, which MySQL does as a whole
//! or not at all.
//!
//! The clauses of one statement speak of the table as it was before it. A change that needs an earlier
//! one done ends the statement, and begins another.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::operation::{AlterColumn, ColumnPosition, TableChange};
use dunlin_core::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, IndexKey, Metadata, Name, SchemaError, Table, TableName,
    TableOptions,
};

use super::{MySql, column, constraint, implicit_index, index, normal, options, table as tables};
use crate::dialect::{Dialect, RenderError, Rendered, ddl};
use crate::sql::rename::rename_column;

/// Whether a change can be written only by whoever sees the table.
pub(super) fn needs_current_table(dialect: &MySql, change: &TableChange) -> bool {
    let mysql = dialect.name == DialectName::MySql;
    match change {
        // MySQL does not follow a new name into what speaks of the column.
        TableChange::AlterColumn(alter) => alter.changes_definition() || mysql,
        // The index that the server made for a foreign key goes and is renamed with it, and one that
        // serves it is not dropped without another. MySQL has no IF EXISTS.
        TableChange::DropConstraint { .. } | TableChange::DropUnnamedConstraint { .. } => true,
        // The texts that say no collation of their own follow the table.
        TableChange::SetOptions { .. } => true,
        // MariaDB keeps a check that bears a column's name with the column.
        TableChange::AddConstraint { constraint } => constraint.kind() == ConstraintKind::Check && !mysql,
        TableChange::RenameConstraint { kind, .. } => {
            matches!(kind, ConstraintKind::ForeignKey | ConstraintKind::Check)
        }
        TableChange::AddColumn { if_not_exists, .. } => *if_not_exists && mysql,
        TableChange::DropColumn { if_exists, .. } => *if_exists && mysql,
        _ => false,
    }
}

/// The statements for changes of the table `name`.
///
/// # Errors
/// The database cannot do a change, or the table in `current` rules it out.
pub(super) fn alter(
    dialect: &MySql,
    name: &TableName,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    let mut alter = Alter {
        dialect,
        name,
        table: current.get(name).cloned(),
        before: current.get(name).cloned(),
        clauses: Vec::new(),
        renamed: Vec::new(),
        rendered: Rendered::default(),
    };
    for change in changes {
        alter.change(change)?;
    }
    alter.end_statement()?;
    Ok(alter.rendered)
}

struct Alter<'a> {
    dialect: &'a MySql,
    name: &'a TableName,
    /// The table with all changes so far, if it is known.
    table: Option<Table>,
    /// The table before the statement that is being put together.
    before: Option<Table>,
    /// The clauses of that statement.
    clauses: Vec<Clause>,
    /// Columns that earlier statements renamed: before, after.
    renamed: Vec<(String, String)>,
    rendered: Rendered,
}

/// One clause, and what it speaks of.
enum Clause {
    /// Changes a column that was there before the statement.
    Column { before: String, after: String, redefined: Redefined },
    /// Anything else.
    Text {
        sql: String,
        /// Columns that it speaks of.
        columns: Vec<String>,
        /// The constraint that it adds or drops.
        constraint: Option<Name>,
    },
}

/// What of a column is new besides its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Redefined {
    Nothing,
    /// Its default, which can be changed without restating the column.
    Default,
    Anything,
}

impl Alter<'_> {
    fn change(&mut self, change: &TableChange) -> Result<(), RenderError> {
        match change {
            TableChange::AddColumn { column, position, if_not_exists } => {
                self.add_column(column, position, *if_not_exists)?;
            }
            TableChange::DropColumn { name, if_exists } => self.drop_column(name, *if_exists)?,
            TableChange::AlterColumn(alter) => return self.alter_column(alter, change),
            TableChange::AddConstraint { constraint } => self.add_constraint(constraint)?,
            TableChange::DropConstraint { kind, name, if_exists } => {
                self.drop_constraint(*kind, name, *if_exists)?;
            }
            TableChange::DropUnnamedConstraint { constraint } => {
                return self.drop_unnamed(constraint, change);
            }
            TableChange::SetOptions { options } => self.set_options(options)?,
            TableChange::RenameConstraint { kind, from, to } => self.rename_constraint(*kind, from, to)?,
            // Every constraint is asked of all rows when it is added.
            TableChange::ValidateConstraint { .. } => {}
            TableChange::SetComment { comment } => {
                let comment = self.dialect.literal(comment.as_deref().unwrap_or_default());
                self.push(format!("COMMENT={comment}"), [], None);
            }
            _ => return Err(ddl::newer_operation(self.dialect)),
        }
        self.apply(change)
    }

    fn apply(&mut self, change: &TableChange) -> Result<(), RenderError> {
        match &mut self.table {
            Some(table) => Ok(table.apply(change)?),
            None => Ok(()),
        }
    }

    fn add_column(
        &mut self,
        column: &Column,
        position: &ColumnPosition,
        if_not_exists: bool,
    ) -> Result<(), RenderError> {
        let there = self.table.as_ref().is_some_and(|table| table.column(&column.name).is_some());
        let mariadb = self.dialect.name == DialectName::MariaDb;
        if there && if_not_exists && !mariadb {
            return Ok(());
        }
        // A column of that name may just have been dropped or renamed, and its neighbour renamed.
        let neighbour = match position {
            ColumnPosition::After(other) => Some(other),
            _ => None,
        };
        if self.speaks_of(&column.name) || neighbour.is_some_and(|other| self.is_renamed(other)) {
            self.end_statement()?;
        }
        let if_not_exists = if if_not_exists && mariadb { "IF NOT EXISTS " } else { "" };
        let position = match position {
            ColumnPosition::Last => String::new(),
            ColumnPosition::First => " FIRST".to_owned(),
            ColumnPosition::After(other) => format!(" AFTER {}", self.dialect.quote(other)),
        };
        let definition = column::definition(self.dialect, column)?;
        let sql = format!("ADD COLUMN {if_not_exists}{definition}{position}");
        self.push(sql, [column.name.clone()].into_iter().chain(neighbour.cloned()), None);
        if let Some(start) = column.identity.as_ref().and_then(|identity| identity.start) {
            self.push(format!("AUTO_INCREMENT={start}"), [], None);
        }
        Ok(())
    }

    fn drop_column(&mut self, name: &str, if_exists: bool) -> Result<(), RenderError> {
        let there = self.table.as_ref().is_none_or(|table| table.column(name).is_some());
        let mariadb = self.dialect.name == DialectName::MariaDb;
        if !there && if_exists && !mariadb {
            return Ok(());
        }
        if self.speaks_of(name) {
            self.end_statement()?;
        }
        let if_exists = if if_exists && mariadb { "IF EXISTS " } else { "" };
        self.push(format!("DROP COLUMN {if_exists}{}", self.dialect.quote(name)), [name.to_owned()], None);
        Ok(())
    }

    /// All changes of a column in one statement are one clause.
    fn alter_column(&mut self, alter: &AlterColumn, change: &TableChange) -> Result<(), RenderError> {
        self.refuse_alter(alter)?;
        let after = alter.rename.clone().unwrap_or_else(|| alter.name.clone());
        let mut only_default = AlterColumn::new(alter.name.clone());
        only_default.rename.clone_from(&alter.rename);
        only_default.server_default.clone_from(&alter.server_default);
        let redefined = match alter {
            _ if !alter.changes_definition() => Redefined::Nothing,
            _ if *alter == only_default => Redefined::Default,
            _ => Redefined::Anything,
        };
        let other_speaks = |clause: &Clause| match clause {
            Clause::Text { columns, .. } => {
                let spoken = |name: &String| columns.contains(name);
                (alter.rename.is_some() && spoken(&alter.name)) || (spoken(&after) && after != alter.name)
            }
            Clause::Column { before, after: known, .. } => {
                known != &alter.name && (*before == after || *known == after || *before == alter.name)
            }
        };
        if self.is_new(&alter.name) || self.clauses.iter().any(other_speaks) {
            self.end_statement()?;
        }
        if self.table.is_none() && redefined != Redefined::Nothing {
            return Err(SchemaError::NoTable { table: self.name.clone() }.into());
        }
        self.apply(change)?;
        let known = self.clauses.iter_mut().find_map(|clause| match clause {
            Clause::Column { after, redefined, .. } if *after == alter.name => Some((after, redefined)),
            _ => None,
        });
        match known {
            Some((known, known_redefined)) => {
                *known = after;
                *known_redefined = redefined.max(*known_redefined);
            }
            None => {
                let before = alter.name.clone();
                self.clauses.push(Clause::Column { before, after, redefined });
            }
        }
        Ok(())
    }

    fn refuse_alter(&self, alter: &AlterColumn) -> Result<(), RenderError> {
        if alter.using.as_ref().is_some_and(|using| using.get(self.dialect.name).is_some()) {
            return Err(self.dialect.unsupported(
                format!("convert the column {} by an expression", alter.name),
                "give the expression to the other dialects only; update the rows in a step of its own",
            ));
        }
        let kept = self.table.as_ref().and_then(|table| table.column(&alter.name));
        let kept = kept.map(|column| column.computed.as_ref().map(|computed| computed.stored));
        let computed = alter.computed.as_ref().map(|change| change.value().map(|computed| computed.stored));
        if let (Some(to), Some(from)) = (computed, kept)
            && [to, from].contains(&Some(false))
            && to != from
        {
            return Err(self.dialect.unsupported(
                format!("change whether the column {} is computed at each read", alter.name),
                "drop the column, and add it anew",
            ));
        }
        if alter.identity.is_some() {
            return Err(self.dialect.unsupported(
                format!("change how the column {} counts as an identity column", alter.name),
                "use `autoincrement`",
            ));
        }
        Ok(())
    }

    fn add_constraint(&mut self, added: &Constraint) -> Result<(), RenderError> {
        if let Some(table) = &self.table
            && let Some(name) =
                added.name().filter(|_| tables::is_check_of_column(self.dialect, table, added))
        {
            // It is restated with the column, when the table has it.
            let (before, after) = (name.to_string(), name.to_string());
            if self.speaks_of(name) {
                self.end_statement()?;
            }
            self.clauses.push(Clause::Column { before, after, redefined: Redefined::Anything });
            return Ok(());
        }
        let again = added.kind() == ConstraintKind::ForeignKey && self.names(added.name());
        let renames =
            |clause: &Clause| matches!(clause, Clause::Column { before, after, .. } if before != after);
        if again || self.clauses.iter().any(renames) {
            self.end_statement()?;
        }
        let sql = format!("ADD {}", constraint::clause(self.dialect, added)?);
        self.push(sql, added.columns().to_vec(), added.name().cloned());
        Ok(())
    }

    fn drop_constraint(
        &mut self,
        kind: ConstraintKind,
        name: &Name,
        if_exists: bool,
    ) -> Result<(), RenderError> {
        let there = self.table.as_ref().is_none_or(|table| table.has_constraint(kind, name));
        let mariadb = self.dialect.name == DialectName::MariaDb;
        if !there && if_exists && (!mariadb || kind == ConstraintKind::PrimaryKey) {
            return Ok(());
        }
        if self.names(Some(name)) {
            self.end_statement()?;
        }
        if self.is_check_of_column(kind, name) {
            // It goes when the column is restated without it.
            if self.speaks_of(name) {
                self.end_statement()?;
            }
            let (before, after) = (name.to_string(), name.to_string());
            self.clauses.push(Clause::Column { before, after, redefined: Redefined::Anything });
            return Ok(());
        }
        let quoted = self.dialect.quote(name);
        let if_exists = if if_exists && mariadb { "IF EXISTS " } else { "" };
        let sql = match kind {
            ConstraintKind::PrimaryKey => "DROP PRIMARY KEY".to_owned(),
            ConstraintKind::Unique => format!("DROP INDEX {if_exists}{quoted}"),
            ConstraintKind::ForeignKey => format!("DROP FOREIGN KEY {if_exists}{quoted}"),
            ConstraintKind::Check | ConstraintKind::Exclude if mariadb => {
                format!("DROP CONSTRAINT {if_exists}{quoted}")
            }
            ConstraintKind::Check | ConstraintKind::Exclude => format!("DROP CHECK {quoted}"),
        };
        self.push(sql, [], Some(name.clone()));
        let Some(key) = self.foreign_key(kind, name) else { return Ok(()) };
        if let Some(index) = self.implicit_index(&key) {
            self.push(format!("DROP INDEX {if_exists}{}", self.dialect.quote(&index)), [], None);
        } else if let Some(table) = &self.table
            && let Some(heir) = implicit_index::heir(table, &key)
        {
            let index = self.dialect.quote(&implicit_index::name(table, &key));
            let (add, name) = (format!("ADD {}", index_of(self.dialect, heir)), heir.name.clone());
            self.push(format!("DROP INDEX {if_exists}{index}"), [], None);
            self.push(add, [], name);
        }
        Ok(())
    }

    /// The server has given it a name. Where the table at hand was only written down, it is the name that
    /// the server would have given.
    fn drop_unnamed(&mut self, described: &Constraint, change: &TableChange) -> Result<(), RenderError> {
        let no_table = || SchemaError::NoTable { table: self.name.clone() };
        let table = self.table.as_ref().ok_or_else(no_table)?;
        let kind = described.kind();
        let found = match normal::unnamed(self.dialect, table, described) {
            Some(found) => found,
            // It has no such constraint.
            None => return self.apply(change),
        };
        let (name, change) = match found.name() {
            Some(name) => {
                let name = name.clone();
                let change = TableChange::DropConstraint { kind, name: name.clone(), if_exists: false };
                (name, change)
            }
            None => {
                let implicit = match &found {
                    Constraint::ForeignKey(key) => self.implicit_index(key),
                    _ => None,
                };
                let name = constraint::server_name(self.dialect, table, &found);
                let change = TableChange::DropUnnamedConstraint { constraint: found };
                self.drop_constraint(kind, &name, false)?;
                if let Some(index) = implicit {
                    self.push(format!("DROP INDEX {}", self.dialect.quote(&index)), [], None);
                }
                return self.apply(&change);
            }
        };
        self.drop_constraint(kind, &name, false)?;
        self.apply(&change)
    }

    /// The texts without a collation of their own are restated, as they follow the table's. Back to the
    /// collation of the database, which is not known here, only all texts can be converted; those with a
    /// collation of their own, and those whose type that may have changed, are restated behind it.
    fn set_options(&mut self, to: &TableOptions) -> Result<(), RenderError> {
        let no_table = || SchemaError::NoTable { table: self.name.clone() };
        let table = self.table.as_ref().ok_or_else(no_table)?;
        let clauses = options::changes(self.dialect, table, to)?;
        let texts = options::texts(self.dialect, table, to);
        if matches!(texts, options::Texts::Stay) {
            clauses.into_iter().for_each(|sql| self.push(sql, [], None));
            return Ok(());
        }
        if !self.clauses.is_empty() {
            self.end_statement()?;
        }
        clauses.into_iter().for_each(|sql| self.push(sql, [], None));
        match texts {
            options::Texts::Stay => {}
            options::Texts::Follow(columns) => columns.into_iter().for_each(|column| self.restate(column)),
            options::Texts::Converted { restated } => {
                self.end_statement()?;
                self.rendered.statements.push(options::convert(self.dialect, self.name));
                restated.into_iter().for_each(|column| self.restate(column));
            }
        }
        Ok(())
    }

    /// Whether MariaDB keeps a check with the column whose name it bears.
    fn is_check_of_column(&self, kind: ConstraintKind, name: &Name) -> bool {
        let of_column = |table: &Table| table.has_constraint(kind, name) && table.column(name).is_some();
        kind == ConstraintKind::Check
            && self.dialect.name == DialectName::MariaDb
            && self.table.as_ref().is_some_and(of_column)
    }

    /// A unique constraint is an index; a foreign key or a check is dropped, and added under its new name;
    /// a primary key has no name of its own.
    fn rename_constraint(&mut self, kind: ConstraintKind, from: &Name, to: &Name) -> Result<(), RenderError> {
        if self.names(Some(from)) || self.names(Some(to)) {
            self.end_statement()?;
        }
        let (old, new) = (self.dialect.quote(from), self.dialect.quote(to));
        match kind {
            ConstraintKind::PrimaryKey => {}
            ConstraintKind::Unique => {
                self.push(format!("RENAME INDEX {old} TO {new}"), [], Some(to.clone()));
            }
            _ => {
                let no_table = || SchemaError::NoTable { table: self.name.clone() };
                let table = self.table.as_ref().ok_or_else(no_table)?;
                let mut renamed = table.constraint(kind, from).ok_or_else(|| SchemaError::NoSuchName {
                    table: self.name.clone(),
                    kind: kind.to_string(),
                    name: from.to_string(),
                })?;
                let bears = |key: &ForeignKey| implicit_index::bears(table, key);
                let implicit = self.foreign_key(kind, from).filter(bears);
                let implicit = implicit.map(|key| implicit_index::name(table, &key));
                *renamed.name_mut() = Some(to.clone());
                if self.is_check_of_column(kind, from) {
                    return Err(self.dialect.unsupported(
                        format!("rename the check {from}, which belongs to the column of that name"),
                        "drop it, and add it to the table under another name",
                    ));
                }
                let drop = match kind {
                    ConstraintKind::ForeignKey => "DROP FOREIGN KEY",
                    _ if self.dialect.name == DialectName::MariaDb => "DROP CONSTRAINT",
                    _ => "DROP CHECK",
                };
                self.push(format!("{drop} {old}"), [], Some(from.clone()));
                if let Some(index) = implicit {
                    let index = self.dialect.quote(&index);
                    self.push(format!("RENAME INDEX {index} TO {new}"), [], None);
                }
                self.add_constraint(&renamed)?;
            }
        }
        Ok(())
    }

    fn foreign_key(&self, kind: ConstraintKind, name: &Name) -> Option<ForeignKey> {
        match self.table.as_ref()?.constraint(kind, name)? {
            Constraint::ForeignKey(key) => Some(key),
            _ => None,
        }
    }

    /// The name of the index that the server has made for a foreign key.
    fn implicit_index(&self, key: &ForeignKey) -> Option<String> {
        let table = self.table.as_ref().filter(|table| implicit_index::is_made_for(table, key))?;
        Some(implicit_index::name(table, key))
    }

    fn push(&mut self, sql: String, columns: impl IntoIterator<Item = String>, constraint: Option<Name>) {
        self.clauses.push(Clause::Text { sql, columns: columns.into_iter().collect(), constraint });
    }

    /// Whether a clause speaks of a column, under its name before or after it.
    fn speaks_of(&self, column: &str) -> bool {
        self.clauses.iter().any(|clause| match clause {
            Clause::Column { before, after, .. } => before == column || after == column,
            Clause::Text { columns, .. } => columns.iter().any(|name| name == column),
        })
    }

    /// Whether a clause adds or drops the column.
    fn is_new(&self, column: &str) -> bool {
        self.clauses.iter().any(|clause| match clause {
            Clause::Text { sql, columns, .. } => {
                sql.contains(" COLUMN ") && columns.iter().any(|name| name == column)
            }
            Clause::Column { .. } => false,
        })
    }

    fn is_renamed(&self, column: &str) -> bool {
        self.clauses.iter().any(|clause| match clause {
            Clause::Column { before, after, .. } => before != after && after == column,
            Clause::Text { .. } => false,
        })
    }

    /// Whether a clause adds or drops a constraint of that name.
    fn names(&self, name: Option<&Name>) -> bool {
        name.is_some_and(|name| {
            self.clauses.iter().any(|clause| match clause {
                Clause::Text { constraint, .. } => constraint.as_ref() == Some(name),
                Clause::Column { .. } => false,
            })
        })
    }

    fn end_statement(&mut self) -> Result<(), RenderError> {
        self.follow_new_names()?;
        let clauses = std::mem::take(&mut self.clauses);
        let mut written = Vec::new();
        for clause in clauses {
            written.push(match clause {
                Clause::Text { sql, .. } => sql,
                Clause::Column { before, after, redefined } => {
                    self.column_clause(before, after, redefined)?
                }
            });
        }
        if let (Some(before), Some(after)) = (&self.before, &self.table) {
            let wanted = implicit_index::wanted(before, after).into_iter();
            written.extend(wanted.map(|key| format!("ADD {}", index_of(self.dialect, key))));
            let unneeded = implicit_index::unneeded(before, after).into_iter();
            written.extend(unneeded.map(|name| format!("DROP INDEX {}", self.dialect.quote(&name))));
        }
        self.before.clone_from(&self.table);
        if !written.is_empty() {
            let (table, clauses) = (ddl::table_name(self.dialect, self.name), written.join(",\n    "));
            let gap = if written.len() == 1 { " " } else { "\n    " };
            self.rendered.statements.push(format!("ALTER TABLE {table}{gap}{clauses}"));
        }
        Ok(())
    }

    /// Puts new names of columns into the expressions of the table. MySQL refuses to rename a column that
    /// a check, a computed column or an index over an expression speaks of, unless these are made anew in
    /// the same statement; MariaDB renames there by itself.
    fn follow_new_names(&mut self) -> Result<(), RenderError> {
        let renamed = self.clauses.iter().filter_map(|clause| match clause {
            Clause::Column { before, after, .. } if before != after => Some((before.clone(), after.clone())),
            _ => None,
        });
        let renamed: Vec<_> = renamed.collect();
        let (dialect, mysql) = (self.dialect, self.dialect.name == DialectName::MySql);
        let follow = |expression: &PerDialect<String>| {
            let follow = |sql, (before, after): &(String, String)| follow_name(dialect, sql, before, after);
            let followed = expression.clone().map(|sql| renamed.iter().fold(sql, follow));
            Some(followed).filter(|followed| followed.get(dialect.name) != expression.get(dialect.name))
        };
        let (Some(table), Some(before)) = (&mut self.table, &self.before) else { return Ok(()) };
        let mut anew = Vec::new();
        for check in &mut table.checks {
            let Some(followed) = follow(&check.expression) else { continue };
            let known = before.checks.contains(check);
            check.expression = followed;
            if !(known && mysql) {
                continue;
            }
            let Some(name) = &check.name else {
                return Err(dialect.unsupported(
                    format!("rename a column of {} that a check without a name speaks of", self.name),
                    "drop the check before by the name that the server gave it, and add it again",
                ));
            };
            let added = constraint::clause(dialect, &Constraint::Check(check.clone()))?;
            anew.extend([format!("DROP CHECK {}", dialect.quote(name)), format!("ADD {added}")]);
        }
        for index in &mut table.indexes {
            let known = before.indexes.contains(index);
            let mut followed = false;
            for element in &mut index.elements {
                if let IndexKey::Expression(sql) = &mut element.key
                    && let Some(new) = follow(sql)
                {
                    *sql = new;
                    followed = true;
                }
            }
            if followed && known && mysql {
                let name = dialect.quote(ddl::index_name(dialect, index)?);
                anew.extend([
                    format!("DROP INDEX {name}"),
                    format!("ADD {}", index::clause(dialect, index)?),
                ]);
            }
        }
        let mut restated = Vec::new();
        for column in &mut table.columns {
            if let Some(computed) = &mut column.computed
                && let Some(followed) = follow(&computed.expression)
            {
                computed.expression = followed;
                restated.push(column.name.clone());
            }
        }
        if mysql {
            restated.into_iter().for_each(|column| self.restate(column));
            anew.into_iter().for_each(|sql| self.push(sql, [], None));
        }
        Ok(())
    }

    /// Has a column restated that was there before the statement.
    fn restate(&mut self, column: String) {
        let known = self.clauses.iter_mut().find_map(|clause| match clause {
            Clause::Column { after, redefined, .. } if *after == column => Some(redefined),
            _ => None,
        });
        if let Some(redefined) = known {
            *redefined = Redefined::Anything;
        } else if self.before.as_ref().is_some_and(|before| before.column(&column).is_some()) {
            let (before, after) = (column.clone(), column);
            self.clauses.push(Clause::Column { before, after, redefined: Redefined::Anything });
        }
    }

    fn column_clause(
        &mut self,
        before: String,
        after: String,
        redefined: Redefined,
    ) -> Result<String, RenderError> {
        let (old, new) = (self.dialect.quote(&before), self.dialect.quote(&after));
        let renames = before != after;
        if redefined == Redefined::Nothing {
            self.renamed.push((before, after));
            return Ok(format!("RENAME COLUMN {old} TO {new}"));
        }
        let no_table = || SchemaError::NoTable { table: self.name.clone() };
        let table = self.table.as_ref().ok_or_else(no_table)?;
        let no_column = || SchemaError::NoColumn { table: self.name.clone(), column: after.clone() };
        let column = table.column(&after).ok_or_else(no_column)?;
        if redefined == Redefined::Default && !renames && column::default_is_plain(self.dialect, column) {
            // Without any default, not even NULL, a column that may be NULL must be given.
            return Ok(match column::default(self.dialect, column) {
                Some(default) => format!("ALTER COLUMN {old} SET DEFAULT {default}"),
                None if column.nullable => format!("ALTER COLUMN {old} SET DEFAULT NULL"),
                None => format!("ALTER COLUMN {old} DROP DEFAULT"),
            });
        }
        let mut definition = column::definition(self.dialect, &tables::in_table(table, column))?;
        if let Some(check) = check_of_column(self.dialect, table, &before, &after)? {
            definition.push_str(&format!(" {check}"));
        }
        let original = self.renamed.iter().rev().fold(before.clone(), |name, (earlier, later)| {
            if *later == name { earlier.clone() } else { name }
        });
        self.rendered.restates.push(original);
        if renames {
            self.renamed.push((before, after));
            return Ok(format!("CHANGE COLUMN {old} {definition}"));
        }
        Ok(format!("MODIFY COLUMN {definition}"))
    }
}

/// The index that the server makes for a foreign key.
pub(super) fn index_of(dialect: &MySql, key: &ForeignKey) -> String {
    let name = dialect.quote(key.name.as_deref().unwrap_or_default());
    format!("INDEX {name} ({})", ddl::columns(dialect, &key.columns))
}

/// The check that MariaDB keeps with a column, under the column's name.
fn check_of_column(
    dialect: &MySql,
    table: &Table,
    before: &str,
    after: &str,
) -> Result<Option<String>, RenderError> {
    let mut check = match tables::check_of_column(dialect, table, before)? {
        Some(check) => check.clone(),
        None => return Ok(None),
    };
    check.expression = check.expression.map(|sql| follow_name(dialect, sql, before, after));
    constraint::check(dialect, &check).map(Some)
}

/// An expression in which a column has a new name.
fn follow_name(dialect: &MySql, sql: String, before: &str, after: &str) -> String {
    // A word that needs no quotes, to be put in MySQL's own.
    const PLACE: &str = "column_under_its_new_name";
    match before == after {
        true => sql,
        false => rename_column(&sql, before, PLACE).replace(PLACE, &dialect.quote(after)),
    }
}

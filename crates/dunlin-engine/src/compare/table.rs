//! What differs between two states of one table.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::operation::{AlterColumn, Change, ColumnPosition, TableChange};
use dunlin_core::schema::{Column, Constraint, ConstraintKind, Index, IndexKey, Name, SqlValue, Table};

use super::keys::{Footing, said_constraint, said_in_place, said_index};
use super::normal::nameless;
use crate::dialect::dialect;
use crate::sql::rename::names_column;

/// The changes of one table, by when they are made.
#[derive(Debug, Default)]
pub(super) struct TableChanges {
    pub(super) drop_foreign_keys: Vec<TableChange>,
    pub(super) drop_indexes: Vec<Name>,
    pub(super) rename_indexes: Vec<(Name, Name)>,
    /// Everything but foreign keys.
    pub(super) changes: Vec<TableChange>,
    pub(super) create_indexes: Vec<Index>,
    pub(super) add_foreign_keys: Vec<TableChange>,
}

/// One table before and after, as it was said and as the database has it.
#[derive(Clone, Copy)]
pub(super) struct Pair<'s> {
    pub(super) from: &'s Table,
    pub(super) to: &'s Table,
    pub(super) said_from: &'s Table,
    pub(super) said_to: &'s Table,
    /// Whether it is not the same before and after: most tables are.
    pub(super) differs: bool,
    pub(super) way: Way,
}

/// Which way a comparison goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To what is wanted, which may leave out names that are there.
    There,
    /// To what was there.
    Back,
}

impl Pair<'_> {
    /// The columns that are not changed but made anew, as what they are computed from cannot be changed.
    pub(super) fn recreated(&self, footing: &Footing) -> Vec<String> {
        let columns = self.to.columns.iter().filter_map(|to| Some((self.from.column(&to.name)?, to)));
        let mut recreated = Vec::new();
        let mut retyped = Vec::new();
        for (from, to) in columns.clone() {
            let mut expressions = from.computed.iter().flat_map(|computed| computed.expression.values());
            let computed_anew = from.computed != to.computed || expressions.any(|sql| footing.calls(sql));
            if to.computed.is_some() && computed_anew {
                recreated.push(to.name.clone());
            } else if from.column_type != to.column_type {
                retyped.push(to.name.clone());
            }
        }
        // What a column is computed from keeps its type while the column is there.
        for (from, to) in columns {
            let mut expressions = from.computed.iter().flat_map(|computed| computed.expression.values());
            let needs = |sql: &String| retyped.iter().chain(&recreated).any(|name| names_column(sql, name));
            if to.computed.is_some() && !recreated.contains(&to.name) && expressions.any(needs) {
                recreated.push(to.name.clone());
            }
        }
        recreated
    }

    /// The columns whose type changes.
    pub(super) fn retyped(&self) -> Vec<String> {
        let retypes =
            |to: &&Column| self.from.column(&to.name).is_some_and(|from| from.column_type != to.column_type);
        self.to.columns.iter().filter(retypes).map(|column| column.name.clone()).collect()
    }

    /// What the columns of the table before call, dropped: their default values.
    pub(super) fn without_calls(&self, footing: &Footing) -> Vec<TableChange> {
        let drop =
            |column: &&Column| self.to.column(&column.name).is_some() && calls_by_default(footing, column);
        let columns = self.from.columns.iter().filter(drop).map(|column| {
            let mut alter = AlterColumn::new(column.name.clone());
            alter.server_default = Some(Change::Drop);
            alter.into()
        });
        columns.collect()
    }

    /// What differs. What stands on `footing` is made anew even if it is the same.
    pub(super) fn changes(&self, footing: &Footing) -> TableChanges {
        let mut changes = TableChanges::default();
        let recreated = self.recreated(footing);
        self.indexes(footing, &recreated, &mut changes);
        let (mut drop, mut rename, mut add) = (Vec::new(), Vec::new(), Vec::new());
        self.constraints(footing, &recreated, &mut drop, &mut rename, &mut add);
        let is_foreign_key = |change: &TableChange| match change {
            TableChange::DropConstraint { kind, .. } => *kind == ConstraintKind::ForeignKey,
            TableChange::AddConstraint { constraint } | TableChange::DropUnnamedConstraint { constraint } => {
                constraint.kind() == ConstraintKind::ForeignKey
            }
            _ => false,
        };
        (changes.drop_foreign_keys, drop) = drop.into_iter().partition(is_foreign_key);
        (changes.add_foreign_keys, add) = add.into_iter().partition(is_foreign_key);
        changes.changes = drop;
        changes.changes.extend(rename);
        self.columns(footing, &recreated, &mut changes.changes);
        let nullable_keys = self.nullable_keys(&add);
        changes.changes.extend(add);
        changes.changes.extend(nullable_keys);
        if self.from.comment != self.to.comment {
            changes.changes.push(TableChange::SetComment { comment: self.said_to.comment.clone() });
        }
        if self.from.options != self.to.options {
            changes.changes.push(TableChange::SetOptions { options: self.said_to.options.clone() });
        }
        self.said_as_indexes(&mut changes);
        changes
    }

    fn columns(&self, footing: &Footing, recreated: &[String], changes: &mut Vec<TableChange>) {
        let is_kept = |name: &str| !recreated.iter().any(|known| known == name);
        let drop = |column: &Column| TableChange::DropColumn { name: column.name.clone(), if_exists: false };
        // A computed column goes before those that it is computed from.
        let gone: Vec<&Column> = self
            .from
            .columns
            .iter()
            .filter(|from| self.to.column(&from.name).is_none() || !is_kept(&from.name))
            .collect();
        let (computed, plain): (Vec<&Column>, Vec<&Column>) =
            gone.into_iter().partition(|column| column.computed.is_some());
        changes.extend(computed.into_iter().map(drop));
        let mut new = Vec::new();
        for to in &self.to.columns {
            let said = self.said_to.column(&to.name).unwrap_or(to);
            match self.from.column(&to.name).filter(|_| is_kept(&to.name)) {
                Some(from) => {
                    let said_from = self.said_from.column(&to.name).unwrap_or(from);
                    let altered = altered(footing, from, to, said).map(|alter| told_how(alter, said_from));
                    changes.extend(altered.map(TableChange::from));
                }
                None => new.push(said),
            }
        }
        changes.extend(plain.into_iter().map(drop));
        new.sort_by_key(|column| column.computed.is_some());
        changes.extend(new.into_iter().map(|column| TableChange::AddColumn {
            column: column.clone(),
            position: ColumnPosition::Last,
            if_not_exists: false,
        }));
    }

    fn constraints(
        &self,
        footing: &Footing,
        recreated: &[String],
        drop: &mut Vec<TableChange>,
        rename: &mut Vec<TableChange>,
        add: &mut Vec<TableChange>,
    ) {
        let mut gone: Vec<Constraint> = self.from.constraints().collect();
        let mut new = Vec::new();
        for to in self.to.constraints() {
            let same_name = |from: &Constraint| {
                let alone = from.kind() == ConstraintKind::PrimaryKey;
                from.kind() == to.kind() && (alone || (from.name().is_some() && from.name() == to.name()))
            };
            let at = gone.iter().position(same_name);
            match at.filter(|at| nameless(&gone[*at]) == nameless(&to)) {
                Some(at) => {
                    let from = gone.remove(at);
                    self.keep(footing, recreated, &from, &to, drop, rename, add);
                }
                None if at.and_then(|at| validated(&gone[at], &to)).is_some() => {
                    let validated = at.map(|at| gone.remove(at)).and_then(|from| validated(&from, &to));
                    rename.extend(validated);
                }
                None => new.push(to),
            }
        }
        // What has another name, or none, and is the same is kept.
        new.retain(|to| {
            let same = |from: &Constraint| nameless(from) == nameless(to);
            let taken = |from: &Constraint| {
                from.name().is_some()
                    && self
                        .to
                        .constraints()
                        .any(|known| known.kind() == from.kind() && known.name() == from.name())
            };
            match gone.iter().position(|from| same(from) && !taken(from)) {
                Some(at) => {
                    let from = gone.remove(at);
                    self.keep(footing, recreated, &from, to, drop, rename, add);
                    false
                }
                None => true,
            }
        });
        drop.extend(gone.iter().map(|constraint| self.dropped(constraint)));
        add.extend(new.iter().map(|constraint| self.added(constraint)));
    }

    /// A constraint that is the same, but for its name.
    #[expect(clippy::too_many_arguments, reason = "the three lists are one result")]
    fn keep(
        &self,
        footing: &Footing,
        recreated: &[String],
        from: &Constraint,
        to: &Constraint,
        drop: &mut Vec<TableChange>,
        rename: &mut Vec<TableChange>,
        add: &mut Vec<TableChange>,
    ) {
        let stands_on_new = from.columns().iter().chain(from.include()).any(|name| recreated.contains(name))
            || expressions_of(from).iter().any(|sql| recreated.iter().any(|name| names_column(sql, name)));
        if stands_on_new || footing.moves(&self.from.name, from) {
            drop.push(self.dropped(from));
            add.push(self.added(to));
            return;
        }
        match (from.name(), to.name()) {
            (Some(from_name), Some(to_name)) if from_name != to_name && self.is_unnamed(from) => {
                drop.push(self.dropped(from));
                add.push(self.added(to));
            }
            (from_name, to_name) if self.gains_or_loses_name(from.kind(), from_name, to_name) => {
                drop.push(self.dropped(from));
                add.push(self.added(to));
            }
            (Some(from), Some(to_name)) if from != to_name => {
                let kind = to.kind();
                let (from, to) = (Name::exact(from.as_str()), Name::exact(to_name.as_str()));
                rename.push(TableChange::RenameConstraint { kind, from, to });
            }
            _ => {}
        }
    }

    /// Whether a database that gives no names itself has none yet, or is to have none again. A primary key
    /// answers to any: that it has none is no difference.
    fn gains_or_loses_name(&self, kind: ConstraintKind, from: Option<&Name>, to: Option<&Name>) -> bool {
        let differs = match self.way {
            Way::There => from.is_none() && to.is_some(),
            Way::Back => from.is_some() && to.is_none(),
        };
        differs && kind != ConstraintKind::PrimaryKey
    }

    /// Whether the history does not name a constraint: it has no name in the replay, whatever the server
    /// calls it. A primary key answers to any.
    fn is_unnamed(&self, constraint: &Constraint) -> bool {
        constraint.kind() != ConstraintKind::PrimaryKey
            && self.said(constraint).is_some_and(|said| said.name().is_none())
    }

    /// A constraint of the table before, as it was said.
    fn said(&self, constraint: &Constraint) -> Option<Constraint> {
        let in_place = said_in_place(self.said_from, self.from, constraint);
        in_place.or_else(|| said_constraint(self.said_from, constraint))
    }

    /// A key that is added makes its columns NOT NULL; where the database lets a key be NULL, they may be
    /// meant to be.
    fn nullable_keys(&self, added: &[TableChange]) -> Vec<TableChange> {
        let is_key = |change: &&TableChange| {
            matches!(change, TableChange::AddConstraint { constraint: Constraint::PrimaryKey(_) })
        };
        let key = self.to.primary_key.iter().filter(|_| added.iter().any(|change| is_key(&change)));
        let columns = key.flat_map(|key| &key.columns).filter_map(|name| self.to.column(name));
        let nullable = columns.filter(|column| column.nullable).map(|column| {
            let mut alter = AlterColumn::new(column.name.clone());
            alter.nullable = Some(true);
            alter.into()
        });
        nullable.collect()
    }

    pub(super) fn dropped(&self, constraint: &Constraint) -> TableChange {
        let said = self.said(constraint);
        let is_unnamed = self.is_unnamed(constraint);
        let kind = constraint.kind();
        match constraint.name().filter(|_| !is_unnamed) {
            Some(name) => {
                let name = said.as_ref().and_then(Constraint::name).unwrap_or(name);
                TableChange::DropConstraint { kind, name: Name::exact(name.as_str()), if_exists: false }
            }
            None if kind == ConstraintKind::PrimaryKey => {
                let known = said.as_ref().and_then(Constraint::name).map(|name| name.as_str().to_owned());
                let name = Name::exact(known.unwrap_or_else(|| format!("{}_pkey", self.from.name.name)));
                TableChange::DropConstraint { kind, name, if_exists: false }
            }
            None => {
                let constraint = said.unwrap_or_else(|| constraint.clone());
                TableChange::DropUnnamedConstraint { constraint }
            }
        }
    }

    fn added(&self, constraint: &Constraint) -> TableChange {
        let said = said_in_place(self.said_to, self.to, constraint);
        let said = said.or_else(|| said_constraint(self.said_to, constraint));
        let constraint = said.unwrap_or_else(|| constraint.clone());
        TableChange::AddConstraint { constraint: finally_named(constraint) }
    }

    fn indexes(&self, footing: &Footing, recreated: &[String], changes: &mut TableChanges) {
        let mut gone: Vec<&Index> = self.from.indexes.iter().collect();
        let mut new: Vec<&Index> = Vec::new();
        let kept =
            |from: &Index| !index_stands_on(from, recreated) && !footing.moves_index(&self.from.name, from);
        for to in &self.to.indexes {
            let at = gone.iter().position(|from| from.name.is_some() && from.name == to.name);
            match at {
                Some(at) if *gone[at] == *to && kept(gone[at]) => drop(gone.remove(at)),
                _ => new.push(to),
            }
        }
        new.retain(|to| {
            let same = |from: &&Index| nameless_index(from) == nameless_index(to);
            let taken = |from: &&Index| self.to.indexes.iter().any(|known| known.name == from.name);
            let at = gone.iter().position(|from| same(from) && kept(from) && !taken(from));
            let Some(at) = at else { return true };
            let from = gone.remove(at);
            if let (Some(from), Some(to)) = (&from.name, &to.name) {
                changes.rename_indexes.push((Name::exact(from.as_str()), Name::exact(to.as_str())));
            }
            false
        });
        for index in gone {
            let said = said_index(self.said_from, index.name.as_ref()).unwrap_or(index);
            if let Some(name) = said.name.as_ref().or(index.name.as_ref()) {
                changes.drop_indexes.push(Name::exact(name.as_str()));
            }
        }
        for index in new {
            let said = said_index(self.said_to, index.name.as_ref()).unwrap_or(index);
            changes.create_indexes.push(finally_named_index(said));
        }
    }

    /// A unique index can be a unique constraint to the database; it is dropped and created as it was said.
    fn said_as_indexes(&self, changes: &mut TableChanges) {
        let mut kept = Vec::with_capacity(changes.changes.len());
        for change in std::mem::take(&mut changes.changes) {
            match &change {
                TableChange::DropConstraint { kind: ConstraintKind::Unique, name, .. } => {
                    match said_index(self.said_from, Some(name)) {
                        Some(_) => changes.drop_indexes.push(name.clone()),
                        None => kept.push(change),
                    }
                }
                TableChange::RenameConstraint { kind: ConstraintKind::Unique, from, to } => {
                    match said_index(self.said_from, Some(from)) {
                        Some(_) => changes.rename_indexes.push((from.clone(), to.clone())),
                        None => kept.push(change),
                    }
                }
                TableChange::AddConstraint { constraint: Constraint::Unique(unique) } => {
                    match said_index(self.said_to, unique.name.as_ref()) {
                        Some(index) => changes.create_indexes.push(finally_named_index(index)),
                        None => kept.push(change),
                    }
                }
                _ => kept.push(change),
            }
        }
        changes.changes = kept;
    }
}

fn nameless_index(index: &Index) -> Index {
    let mut index = index.clone();
    index.name = None;
    index
}

fn finally_named_index(index: &Index) -> Index {
    let mut index = index.clone();
    index.name = index.name.map(|name| Name::exact(name.as_str()));
    index
}

/// A constraint under a name that no naming convention touches.
pub(super) fn finally_named(mut constraint: Constraint) -> Constraint {
    if let Some(name) = constraint.name_mut() {
        *name = Name::exact(name.as_str());
    }
    constraint
}

/// What makes a constraint that was not asked of all rows one that was.
fn validated(from: &Constraint, to: &Constraint) -> Option<TableChange> {
    let mut asked = from.clone();
    match &mut asked {
        Constraint::ForeignKey(key) => key.not_valid = false,
        Constraint::Check(check) => check.not_valid = false,
        _ => return None,
    }
    let name = from.name()?.as_str();
    (asked == *to).then(|| TableChange::ValidateConstraint { kind: to.kind(), name: Name::exact(name) })
}

fn calls_by_default(footing: &Footing, column: &Column) -> bool {
    let mut values = column.server_default.iter().flat_map(|default| default.values());
    values.any(|value| matches!(value, SqlValue::Expression(sql) if footing.calls(sql)))
}

/// What changes about a column.
fn altered(footing: &Footing, from: &Column, to: &Column, said: &Column) -> Option<AlterColumn> {
    let mut alter = AlterColumn::new(to.name.clone());
    if from.column_type != to.column_type {
        alter.column_type = Some(said.column_type.clone());
    }
    if from.nullable != to.nullable {
        alter.nullable = Some(to.nullable);
    }
    let of_enum = |column: &Column| column.column_type.values().any(|of| of.enum_type().is_some());
    // A default is a value of the old type until it is said again.
    let leaves_enum = from.column_type != to.column_type && (of_enum(from) || of_enum(to));
    let is_said_again = leaves_enum || calls_by_default(footing, from);
    if from.server_default != to.server_default || (is_said_again && to.server_default.is_some()) {
        alter.server_default =
            Some(Change::from(to.server_default.as_ref().and(said.server_default.clone())));
    }
    if from.on_update != to.on_update {
        alter.on_update = Some(Change::from(to.on_update.as_ref().and(said.on_update.clone())));
    }
    if from.comment != to.comment {
        alter.comment = Some(Change::from(said.comment.clone()));
    }
    if from.autoincrement != to.autoincrement {
        alter.autoincrement = Some(to.autoincrement);
    }
    if from.identity != to.identity {
        alter.identity = Some(Change::from(to.identity.clone()));
    }
    if from.computed.is_some() && to.computed.is_none() {
        alter.computed = Some(Change::Drop);
    }
    if from.not_null_on_conflict != to.not_null_on_conflict {
        alter.not_null_on_conflict = Some(Change::from(to.not_null_on_conflict));
    }
    (alter != AlterColumn::new(to.name.clone())).then_some(alter)
}

/// The same with the expressions that make the new values of the old, for each database that must be told.
fn told_how(mut alter: AlterColumn, from: &Column) -> AlterColumn {
    let Some(to) = &alter.column_type else { return alter };
    for name in DialectName::ALL {
        let types = from.column_type.get(name).zip(to.get(name)).filter(|(from, to)| from != to);
        let using = types.and_then(|(from, to)| dialect(name).using(&alter.name, from, to));
        if let Some(using) = using {
            alter.using = Some(match alter.using.take() {
                Some(others) => others.on(name, using),
                None => PerDialect::only(name, using),
            });
        }
    }
    alter
}

/// The conditions and expressions of a constraint.
fn expressions_of(constraint: &Constraint) -> Vec<&String> {
    match constraint {
        Constraint::Check(check) => check.expression.values().collect(),
        Constraint::Exclude(exclude) => {
            let elements = exclude.elements.iter().map(|element| &element.expression);
            elements.chain(&exclude.predicate).collect()
        }
        _ => Vec::new(),
    }
}

fn index_stands_on(index: &Index, columns: &[String]) -> bool {
    let expressions = index.elements.iter().filter_map(|element| match &element.key {
        IndexKey::Column(_) => None,
        IndexKey::Expression(sql) => Some(sql),
    });
    let mut expressions = expressions.chain(&index.predicate).flat_map(|sql| sql.values());
    let listed = |name: &String| index.columns().any(|column| column == name) || index.include.contains(name);
    columns.iter().any(listed) || expressions.any(|sql| columns.iter().any(|name| names_column(sql, name)))
}

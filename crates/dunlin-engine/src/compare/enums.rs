//! Enum types that come, change and go.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use dunlin_core::operation::{AlterColumn, Change, Operation, TableChange};
use dunlin_core::schema::{Column, DataType, EnumChange, EnumPosition, EnumType, Metadata, Table, TableName};

use super::CompareError;
use super::normal::{Schema, normal_table};
use crate::dialect::Dialect;
use crate::sql::rename::names_column;

/// What becomes of the enum types.
pub(super) struct EnumChanges<'s> {
    /// The first schema behind these changes: what is left differs otherwise.
    pub(super) from: Cow<'s, Schema>,
    /// Before the tables change.
    pub(super) before: Vec<Operation>,
    /// Before the tables change, where a type is made anew: its columns are texts meanwhile.
    pub(super) between: Vec<Operation>,
    /// Behind everything else.
    pub(super) behind: Vec<Operation>,
    /// The columns of the types that are made anew.
    pub(super) recast: HashMap<TableName, Vec<String>>,
    /// The columns that are computed from those: they are dropped, and come again as columns that are new.
    pub(super) recomputed: HashSet<(TableName, String)>,
}

/// A type that gets more values is altered. One that loses some, or whose order changes, is made anew.
pub(super) fn changes<'s>(
    dialect: &dyn Dialect,
    from: &'s Schema,
    to: &Schema,
) -> Result<EnumChanges<'s>, CompareError> {
    let mut changes = EnumChanges {
        from: Cow::Borrowed(from),
        before: Vec::new(),
        between: Vec::new(),
        behind: Vec::new(),
        recast: HashMap::new(),
        recomputed: HashSet::new(),
    };
    for new in &to.said().enum_types {
        let Some(name) = &new.name else { continue };
        let known = from.said().enum_types.iter().find(|known| known.name == new.name);
        match known {
            None if dialect.capabilities().enum_types || !is_in_use(from, to, name) => {
                changes.before.push(Operation::CreateEnum { enum_type: new.clone() });
            }
            None => {}
            Some(known) if known.values == new.values => {}
            Some(known) => changes.alter(dialect, name, known, new, to)?,
        }
    }
    for known in &from.said().enum_types {
        let Some(name) = &known.name else { continue };
        let stays = to.said().enum_types.iter().any(|new| new.name == known.name);
        if !stays && (dialect.capabilities().enum_types || !is_in_use(to, from, name)) {
            changes.behind.push(Operation::DropEnum { name: name.clone(), if_exists: false });
        }
    }
    Ok(changes)
}

/// Whether a column of a type of `to` has the same words in both schemas, where these stand in each column: it
/// does not change, and what is said of it stays.
fn is_in_use(from: &Schema, to: &Schema, name: &TableName) -> bool {
    to.said().tables().iter().any(|table| {
        let type_in = |schema: &Schema, column: &Column| {
            let here = schema.table(&table.name).and_then(|table| table.column(&column.name));
            here.map(|column| column.column_type.clone())
        };
        let mut of_it = table.columns.iter().filter(|column| is_of(column, name));
        of_it.any(|column| type_in(from, column).is_some_and(|known| Some(known) == type_in(to, column)))
    })
}

fn is_of(column: &Column, name: &TableName) -> bool {
    column.column_type.values().filter_map(DataType::enum_type).any(|used| used.name.as_ref() == Some(name))
}

impl EnumChanges<'_> {
    fn alter(
        &mut self,
        dialect: &dyn Dialect,
        name: &TableName,
        known: &EnumType,
        new: &EnumType,
        to: &Schema,
    ) -> Result<(), CompareError> {
        match added(&known.values, &new.values) {
            Some(changes) => {
                let alter = Operation::AlterEnum { name: name.clone(), changes };
                self.play(dialect, name, |said| said.apply(&alter).map(drop))?;
                self.before.push(alter);
                Ok(())
            }
            None => self.make_anew(dialect, name, new, to),
        }
    }

    /// Plays a change of a type on the schema as it was said, and gives its columns the form that the
    /// database has for them.
    fn play(
        &mut self,
        dialect: &dyn Dialect,
        name: &TableName,
        play: impl FnOnce(&mut Metadata) -> Result<(), dunlin_core::schema::SchemaError>,
    ) -> Result<(), CompareError> {
        let mut said = self.from.said().clone();
        play(&mut said).map_err(crate::dialect::RenderError::from)?;
        let mut tables = Vec::new();
        for table in said.tables().iter().filter(|table| table.columns.iter().any(|c| is_of(c, name))) {
            tables.push((table.name.clone(), normal_table(dialect, table)?));
        }
        self.from.to_mut().say(said);
        for (table, normal) in tables {
            let Some(here) = self.from.to_mut().table_mut(&table) else { continue };
            for column in here.columns.iter_mut() {
                if let Some(normal) = normal.column(&column.name) {
                    column.column_type.clone_from(&normal.column_type);
                }
            }
        }
        Ok(())
    }

    fn make_anew(
        &mut self,
        dialect: &dyn Dialect,
        name: &TableName,
        new: &EnumType,
        to: &Schema,
    ) -> Result<(), CompareError> {
        let (mut as_texts, mut as_enums) = (Vec::new(), Vec::new());
        let known = self.from.said().enum_types.iter().find(|known| known.name.as_ref() == Some(name));
        let known = known.map(|known| known.values.clone()).unwrap_or_default();
        let longest = known.iter().chain(&new.values).map(|value| value.chars().count()).max().unwrap_or(1);
        let length = u32::try_from(longest).unwrap_or(u32::MAX);
        let as_text = |data_type| as_text(data_type, length);
        let mut said = self.from.said().clone();
        for table in self.from.said().tables() {
            let Some(stays) = to.said_table(&table.name) else { continue };
            let (mut texts, mut enums) = (Vec::new(), Vec::new());
            for column in table.columns.iter().filter(|column| is_of(column, name)) {
                let wanted = stays.column(&column.name).filter(|wanted| is_of(wanted, name));
                let mut text = AlterColumn::new(column.name.clone());
                text.column_type = Some(column.column_type.clone().map(as_text));
                if column.server_default.is_some() {
                    text.server_default = Some(Change::Drop);
                }
                texts.push(text.into());
                let Some(left) = said.get_mut(&table.name).and_then(|table| table.column_mut(&column.name))
                else {
                    continue;
                };
                match wanted {
                    Some(wanted) => {
                        let mut back = AlterColumn::new(column.name.clone());
                        back.column_type = Some(wanted.column_type.clone());
                        back.server_default = wanted.server_default.clone().map(Change::Set);
                        enums.push(back.into());
                        left.column_type.clone_from(&wanted.column_type);
                        left.server_default.clone_from(&wanted.server_default);
                    }
                    None => {
                        left.column_type = column.column_type.clone().map(as_text);
                        left.server_default = None;
                    }
                }
                self.recast.entry(table.name.clone()).or_default().push(column.name.clone());
            }
            // PostgreSQL changes no type that a column is computed from.
            let recast = self.recast.get(&table.name).map(Vec::as_slice).unwrap_or_default();
            let recomputed = computed_from(table, recast);
            for column in &recomputed {
                texts.insert(0, TableChange::DropColumn { name: column.clone(), if_exists: false });
            }
            if let Some(left) = said.get_mut(&table.name) {
                left.columns.retain(|column| !recomputed.contains(&column.name));
            }
            self.recomputed.extend(recomputed.into_iter().map(|column| (table.name.clone(), column)));
            let alter = |changes| Operation::AlterTable { table: table.name.clone(), changes };
            as_texts.extend((!texts.is_empty()).then(|| alter(texts)));
            as_enums.extend((!enums.is_empty()).then(|| alter(enums)));
        }
        self.between.extend(as_texts);
        self.between.push(Operation::DropEnum { name: name.clone(), if_exists: false });
        self.between.push(Operation::CreateEnum { enum_type: new.clone() });
        self.between.extend(as_enums);
        if let Some(known) = said.enum_types.iter_mut().find(|known| known.name.as_ref() == Some(name)) {
            known.clone_from(new);
        }
        let changed: Vec<TableName> = self.recast.keys().cloned().collect();
        let mut tables = Vec::new();
        for table in changed.iter().filter_map(|table| said.get(table)) {
            tables.push(normal_table(dialect, table)?);
        }
        self.from.to_mut().say(said);
        for normal in tables {
            let recast = self.recast.get(&normal.name).cloned().unwrap_or_default();
            let Some(here) = self.from.to_mut().table_mut(&normal.name) else { continue };
            here.columns.retain(|column| normal.column(&column.name).is_some());
            for name in recast {
                if let (Some(column), Some(normal)) = (here.column_mut(&name), normal.column(&name)) {
                    column.column_type.clone_from(&normal.column_type);
                    column.server_default.clone_from(&normal.server_default);
                }
            }
        }
        Ok(())
    }
}

/// The type that a column of an enum type, or of an array of one, has meanwhile: one that an index can stand on.
fn as_text(data_type: DataType, length: u32) -> DataType {
    match data_type {
        DataType::Array { of, dimensions } => {
            DataType::Array { of: Box::new(as_text(*of, length)), dimensions }
        }
        DataType::Enum(_) | DataType::Collated { .. } => DataType::string(length),
        other => other,
    }
}

/// The columns of a table that are computed from some columns, or from such: each behind what it is computed
/// from.
fn computed_from(table: &Table, columns: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let needs = |column: &&Column| {
            let mut expressions = column.computed.iter().flat_map(|computed| computed.expression.values());
            !found.contains(&column.name)
                && expressions.any(|sql| columns.iter().chain(&found).any(|name| names_column(sql, name)))
        };
        match table.columns.iter().find(needs) {
            Some(column) => found.push(column.name.clone()),
            None => return found,
        }
    }
}

/// The values that `new` has besides those that were known; `None` if one is gone, or their order changes.
fn added(known: &[String], new: &[String]) -> Option<Vec<EnumChange>> {
    let mut rest = known.iter().peekable();
    let mut changes = Vec::new();
    let mut previous: Option<&String> = None;
    for value in new {
        if rest.peek() == Some(&value) {
            rest.next();
        } else {
            let position = match (rest.peek(), previous) {
                (None, _) => EnumPosition::Last,
                (Some(_), Some(previous)) => EnumPosition::After(previous.clone()),
                (Some(next), None) => EnumPosition::Before((*next).clone()),
            };
            changes.push(EnumChange::AddValue { value: value.clone(), position });
        }
        previous = Some(value);
    }
    rest.next().is_none().then_some(changes)
}

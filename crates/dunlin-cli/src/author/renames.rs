//! Renames, asked for.

use dunlin::engine::compare::Rename;
use dunlin::{Database, Drift};

use super::{Against, Author, drift};
use crate::command_error::CommandError;

/// What differs, with those of the possible renames that the author says yes to. Where nobody can be asked,
/// nothing is renamed, and how to say it is shown.
pub(super) async fn asked(
    author: &Author<'_>,
    against: &Against,
    mut database: Option<&mut Database>,
) -> Result<Drift, CommandError> {
    let (mut renames, mut denied): (Vec<String>, Vec<Rename>) = (Vec::new(), Vec::new());
    loop {
        let found = drift(author, against, database.as_deref_mut(), &renames).await;
        let found = found.map_err(author.failed)?;
        let open: Vec<&Rename> =
            found.comparison.possible_renames.iter().filter(|rename| !denied.contains(rename)).collect();
        let Some(rename) = open.first() else { return Ok(found) };
        if !author.ui.can_ask() {
            for rename in open {
                author.ui.note(&format!("{}; if it is a rename, say --rename {rename}", described(rename)));
            }
            return Ok(found);
        }
        match author.ui.confirm(&question(rename)) {
            true => renames.push(rename.to_string()),
            false => denied.push((*rename).clone()),
        }
    }
}

fn question(rename: &Rename) -> String {
    match rename {
        Rename::Table { from, to } => format!("Is table {to} the table {from} under a new name?"),
        Rename::Column { table, from, to } => {
            format!("Is column {to} of table {table} the column {from} under a new name?")
        }
        Rename::EnumValue { enum_type, from, to } => {
            format!("Is {to} of enum type {enum_type} the value {from} under a new name?")
        }
        other => format!("Is {other} a rename?"),
    }
}

fn described(rename: &Rename) -> String {
    match rename {
        Rename::Table { from, to } => format!("table {from} is dropped and table {to} created"),
        Rename::Column { table, from, to } => {
            format!("column {from} of table {table} is dropped and column {to} added")
        }
        Rename::EnumValue { enum_type, from, to } => {
            format!("value {from} of enum type {enum_type} goes and {to} comes")
        }
        other => format!("{other} is no rename"),
    }
}

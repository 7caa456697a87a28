//! What `data_compare.py` finds.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::database::Database;
use super::super::program::{Who, environment};
use super::super::venv::Venv;
use super::known::Leg;
use crate::Result;
use crate::machine::output;

/// The rows of two databases beside each other, by table.
#[derive(Deserialize)]
pub(super) struct Comparison {
    pub(super) tables: BTreeMap<String, Table>,
}

/// The rows of a table on both sides.
#[derive(Deserialize)]
pub(super) struct Table {
    /// How many there are; nothing where there is no such table.
    pub(super) left: Option<u64>,
    pub(super) right: Option<u64>,
    /// How many have a key that the other side does not have.
    pub(super) only_left: u64,
    pub(super) only_right: u64,
    /// The columns that differ between rows of one key.
    pub(super) columns: BTreeMap<String, Column>,
    /// The columns with ids that were made up.
    pub(super) generated: Vec<String>,
    /// A key that only each side has.
    pub(super) example: Option<[String; 2]>,
}

/// A column that differs, and how, in the first row where it does.
#[derive(Deserialize)]
pub(super) struct Column {
    pub(super) count: u64,
    pub(super) left: serde_json::Value,
    pub(super) right: serde_json::Value,
}

impl Comparison {
    /// Compares; times from `since` on, in seconds, are those of the migration.
    ///
    /// What the real one left is on the left, unless it is what was there at first.
    pub(super) fn of(
        venv: &Venv,
        leg: Leg,
        left: &Database<'_>,
        right: &Database<'_>,
        since: u64,
    ) -> Result<Self> {
        let mut compare = venv.run_script("data_compare.py");
        compare.env("LEFT_URL", &left.url).env("RIGHT_URL", &right.url).env("SINCE", since.to_string());
        compare.envs(environment(Who::Real, left));
        if leg != Leg::Round {
            compare.env("IN_ANY_ORDER", "1");
        }
        Ok(serde_json::from_str(&output(&mut compare)?)?)
    }
}

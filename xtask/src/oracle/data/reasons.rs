//! The list of what may differ, with reasons.

use super::known::Difference;
use super::known::Leg::{Back, Round, Up};
use super::known::What::{Ids, OursHasLess, OursHasMore, Values};
use crate::oracle::database::Kind::{self, Mariadb, Mysql, Postgres, Sqlite};

pub(super) const DIFFERENCES: &[Difference] = &[];

//! What the checks on real servers may find, and why.

use dunlin_core::dialect::DialectName::{self, MariaDb, MySql, Postgres};

use super::case::Case;

/// What is looked at when a case runs on a real server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// It runs, and its reverse leads back to the schema and the rows that were there.
    Run,
    /// The script through the database's own client makes the same schema and rows.
    Offline,
    /// The schema that introspection finds, created anew, is the same.
    Introspection,
    /// The schema that is replayed, created at once, is the same.
    AsCreated,
}

/// Something that a check finds, and that is no defect of dunlin's.
#[derive(Debug)]
pub struct Exception {
    /// The beginning of the cases' names.
    pub cases: &'static str,
    /// What finds it.
    pub check: Check,
    /// Where.
    pub on: &'static [DialectName],
    /// Why it is so.
    pub why: &'static str,
}

/// The exception for a check of a case.
pub fn exception(case: &Case, on: DialectName, check: Check) -> Option<&'static Exception> {
    let is_of = |known: &&Exception| case.name.starts_with(known.cases) && known.check == check;
    EXCEPTIONS.iter().chain(DEFECTS).find(|known| is_of(known) && known.on.contains(&on))
}

const fn except(
    cases: &'static str,
    check: Check,
    on: &'static [DialectName],
    why: &'static str,
) -> Exception {
    Exception { cases, check, on, why }
}

const BTREE: &str = "the catalog does not tell BTREE that was asked for";

const ALL: &[DialectName] = &DialectName::ALL;

/// All exceptions: a test fails when one is not needed.
pub static EXCEPTIONS: &[Exception] = &[
    except("add column / first", Check::AsCreated, &[Postgres], "a column is added behind the others"),
    except("add column / after", Check::AsCreated, &[Postgres], "a column is added behind the others"),
    except("drop column / not the last", Check::Run, &[Postgres], "a column comes back behind the others"),
    except(
        "alter column / type / text",
        Check::Introspection,
        &[Postgres],
        "a default keeps the type that the column had",
    ),
    except(
        "alter column / type / text",
        Check::AsCreated,
        &[Postgres],
        "a default keeps the type that the column had",
    ),
    except(
        "create index / collation of SQLite",
        Check::Run,
        &[Postgres],
        "there is no collation of that name",
    ),
    except(
        "create table / index / collation of SQLite",
        Check::Run,
        &[Postgres],
        "there is no collation of that name",
    ),
    except("create index / parser", Check::Run, &[MariaDb], "there is no parser of that name"),
    except("create table / index / parser", Check::Run, &[MariaDb], "there is no parser of that name"),
    except("rename table", Check::AsCreated, &[Postgres], "an unnamed key keeps its name"),
    except("create table / option / temporary", Check::Run, ALL, "it goes with the client that made it"),
    except("add constraint / primary key / using", Check::Introspection, &[MySql, MariaDb], BTREE),
    except("create table / primary key / using", Check::Introspection, &[MySql, MariaDb], BTREE),
    except("create index / using", Check::Introspection, &[MySql, MariaDb], BTREE),
    except("create table / index / using", Check::Introspection, &[MySql, MariaDb], BTREE),
    except("execute / ddl", Check::AsCreated, ALL, "what a statement does is not known"),
    except("run", Check::Offline, ALL, "a script cannot run a function"),
];

/// What dunlin does not get right yet: defects, each to be mended and then taken out.
pub static DEFECTS: &[Exception] = &[];

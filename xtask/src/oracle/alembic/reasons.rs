//! Why some results differ on purpose.

use super::Run;
use super::verdict::Verdict;
use crate::oracle::Kind;

/// Why what we do differs from what Alembic does.
pub(super) struct Reason {
    cases: &'static [&'static str],
    on: &'static [Kind],
    why: &'static str,
}

use Kind::{Mariadb, Mysql, Postgres, Sqlite};

/// All reasons.
const REASONS: &[Reason] = &[
    Reason {
        cases: &[
            "alter column: type, nothing else said",
            "alter column: not null, nothing else said",
            "alter column: rename, nothing else said",
            "alter column: comment, nothing else said",
            "alter column: datetime default, nothing else said",
            "modify: type, collation and default not said again",
            "modify: on update not said again",
            "modify: computed column not said again",
        ],
        on: &[Mysql, Mariadb],
        why: "MySQL's MODIFY and CHANGE drop what they do not say again: NOT NULL, defaults, comments, collations, ON \
              UPDATE, and that a column is computed. Alembic says only what the revision does; we say the column as it is in the database.",
    },
    Reason {
        cases: &["alter column: type of a key, nothing else said", "modify: counting not said again"],
        on: &[Mariadb],
        why: "Alembic drops AUTO_INCREMENT where the revision does not say it again; we keep it.",
    },
    Reason {
        cases: &["alter column: type of a key", "alter column: type of a key, nothing else said"],
        on: &[Postgres],
        why: "The sequence of a SERIAL that becomes a BIGINT stays an integer's with Alembic, and ends at 2^31. Ours \
              becomes as wide as its column.",
    },
    Reason {
        cases: &["drop foreign key", "drop foreign key: to the same table"],
        on: &[Mysql, Mariadb],
        why: "The server makes an index for a foreign key that has none, and leaves it when the key is dropped. Ours \
              takes it along, so that adding a key and dropping it gives the schema there was before.",
    },
    Reason {
        cases: &["alter column: drop a default"],
        on: &[Mysql],
        why: "Alembic's DROP DEFAULT leaves a nullable column into which a row without a value cannot be inserted. \
              With ours it becomes NULL, as on every other database.",
    },
    Reason {
        cases: &["column default: decimal", "column default: negative number"],
        on: &[Mysql],
        why: "SQLAlchemy puts brackets around a number with a point or a sign, which makes an expression of it. \
              The value is the same.",
    },
    Reason {
        cases: &["column type: real"],
        on: &[Mysql, Mariadb],
        why: "MySQL's REAL is DOUBLE. `DataType::Real` is 32 bits wide on each database that has that: FLOAT here.",
    },
    Reason {
        cases: &["column type: uuid", "add column: uuid"],
        on: &[Mariadb],
        why: "MariaDB is a variant of MySQL, so `DataType::Uuid` is CHAR(32) on both, also where a database moves \
              from one to the other. MariaDB's own type is `DataType::native(\"UUID\")`, as a variant.",
    },
    Reason {
        cases: &["column type: decimal with precision"],
        on: &[Sqlite],
        why: "The scale is always written: NUMERIC(8, 0) is NUMERIC(8).",
    },
    Reason {
        cases: &["create table: identity always"],
        on: &[Mysql, Mariadb, Sqlite],
        why: "GENERATED ALWAYS refuses a value that is given. These databases cannot; SQLAlchemy leaves the words out, \
              we say so while planning.",
    },
    Reason {
        cases: &["add column: with a foreign key inline"],
        on: &[Postgres, Mysql, Mariadb, Sqlite],
        why: "Alembic leaves out the name of a foreign key that stands at its column; we keep it.",
    },
    Reason {
        cases: &["drop table: that another refers to"],
        on: &[Sqlite],
        why: "SQLite drops it and leaves keys that refer to nothing; then no row can be inserted into the referring \
              table. We refuse, as the other databases do.",
    },
    Reason {
        cases: &["alter column: rename one that is referred to"],
        on: &[Sqlite],
        why: "A rebuild by Alembic leaves the keys of other tables at the old name of the column; ours follow it.",
    },
    Reason {
        cases: &[
            "rebuild: change a type",
            "rebuild: drop a column",
            "rebuild: add a column, change another",
            "rebuild: drop a named check",
            "rebuild: drop a named unique constraint",
            "rebuild: type of a column with a default",
            "rebuild: a table with a trigger",
            "rebuild: a table with an index of an expression",
            "rebuild: constraints with ON CONFLICT",
        ],
        on: &[Sqlite],
        why: "A rebuild by Alembic loses what SQLAlchemy does not reflect: collations, checks without names, ON \
              CONFLICT, AUTOINCREMENT and its counter, descending entries and expressions of indexes, triggers. Ours \
              keeps them.",
    },
];

/// The reason for a difference, if there is one.
pub(super) fn of(case: &str, kind: Kind) -> Option<&'static str> {
    let reason = |reason: &&Reason| reason.cases.contains(&case) && reason.on.contains(&kind);
    REASONS.iter().find(reason).map(|reason| reason.why)
}

/// Reasons that explain nothing: there is no such difference.
pub(super) fn unused(runs: &[Run]) -> Vec<String> {
    let mut unused = Vec::new();
    for reason in REASONS {
        for (case, kind) in
            reason.cases.iter().flat_map(|case| reason.on.iter().map(move |kind| (*case, *kind)))
        {
            let verdicts = runs.iter().filter(|run| run.kind == kind).flat_map(|run| &run.verdicts);
            let explained = |(name, verdict): &(String, Verdict)| {
                name == case && matches!(verdict, Verdict::OnPurpose { .. } | Verdict::WeCannot { .. })
            };
            if !verdicts.into_iter().any(explained) {
                unused.push(format!("{}: {case}: there is a reason for a difference, but none", kind.name()));
            }
        }
    }
    unused
}

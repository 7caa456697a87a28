//! What the databases say of themselves, and where two of them differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What `dump.py` prints.
#[derive(Deserialize)]
pub(super) struct Dump {
    /// The server's version.
    pub(super) server: String,
    pub(super) objects: Vec<Object>,
}

/// An object of a database: its kind, its name, and what the database says of it.
#[derive(Deserialize)]
pub(super) struct Object(pub(super) String, pub(super) String, pub(super) String);

/// The kinds of what stands in no table, and that a table can need: they are there before the tables are created.
const BEFORE: &[&str] = &[
    "EXTENSION",
    "DOMAIN",
    "TYPE that is no enum",
    "FUNCTION",
    "PROCEDURE",
    "AGGREGATE",
    "SEQUENCE of no column",
];

/// The kinds that models cannot say.
const BEYOND: &[&str] = &[
    "DOMAIN",
    "EXTENSION",
    "FUNCTION",
    "PROCEDURE",
    "AGGREGATE",
    "TRIGGER",
    "RULE",
    "STATISTICS",
    "STATISTICS of a column",
    "NO ACTION that is said",
    "BTREE that is said",
    "WIDTH of an integer",
    "ROUTINE",
    "EVENT",
    "SEQUENCE of no column",
    "TYPE that is no enum",
    "TABLE in partitions",
    "TABLE that inherits",
    "TABLE ATTACH",
    "INDEX ATTACH",
    "VIRTUAL TABLE",
    "TABLE of a virtual table",
    "VIEW",
    "MATERIALIZED VIEW",
];

impl Dump {
    /// The statements that make what tables can need.
    pub(super) fn before(&self) -> Vec<String> {
        let needed = self.objects.iter().filter(|object| BEFORE.contains(&object.0.as_str()));
        let mut statements = vec!["SET check_function_bodies = off".to_owned()];
        statements.extend(needed.map(|object| object.2.clone()));
        if statements.len() > 1 { statements } else { Vec::new() }
    }

    fn by_name(&self) -> BTreeMap<(&str, &str), &str> {
        self.objects
            .iter()
            .map(|Object(kind, name, text)| ((kind.as_str(), name.as_str()), text.as_str()))
            .collect()
    }
}

/// What differs in a copy.
#[derive(Default)]
pub(super) struct Differences {
    /// How many objects of each kind models cannot say, in the original.
    pub(super) beyond: BTreeMap<String, usize>,
    /// Objects that the database does not say in the same words after its own dump was restored: the copy is as the
    /// restored one is.
    pub(super) as_restored: Vec<String>,
    /// The rest.
    pub(super) lines: Vec<String>,
}

/// Compares a copy with its original, and with the original after a restore where there is one.
pub(super) fn compare(original: &Dump, copy: &Dump, restored: Option<&Dump>) -> Differences {
    let restored = restored.map(Dump::by_name).unwrap_or_default();
    let mut found = Differences::default();
    let (mut was, mut is) = (original.by_name(), copy.by_name());
    was.retain(|(kind, name), text| {
        let beyond = BEYOND.contains(kind) || is_comment_beyond(kind);
        if beyond {
            *found.beyond.entry((*kind).to_owned()).or_default() += 1;
            // What was there before is in both.
            if is.get(&(*kind, *name)).is_none_or(|other| other == text) {
                is.remove(&(*kind, *name));
                return false;
            }
        }
        true
    });
    let keys: BTreeSet<_> = was.keys().chain(is.keys()).copied().collect();
    for (kind, name) in keys {
        match (was.get(&(kind, name)), is.get(&(kind, name))) {
            (Some(was), Some(is)) if was == is => {}
            (Some(_), Some(is)) if restored.get(&(kind, name)) == Some(is) => {
                found.as_restored.push(format!("{kind} {name}"));
            }
            (Some(was), Some(is)) => {
                let before = found.lines.len();
                for (these, those, side) in [(was, is, "was"), (is, was, "is")] {
                    let only = these.lines().filter(|line| !those.lines().any(|other| other == *line));
                    found.lines.extend(only.map(|line| format!("{kind} {name}: {side} {}", line.trim())));
                }
                if found.lines.len() == before {
                    found.lines.push(format!("{kind} {name}: in another order"));
                }
            }
            (Some(was), None) => found.lines.push(format!("{kind} {name}: missing: {}", one_line(was))),
            (None, Some(is)) => found.lines.push(format!("{kind} {name}: more: {}", one_line(is))),
            (None, None) => {}
        }
    }
    found
}

fn is_comment_beyond(kind: &str) -> bool {
    kind.strip_prefix("COMMENT on ").is_some_and(|what| !["table", "column"].contains(&what))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Dump {
    /// All of it, to be read.
    pub(super) fn text(&self) -> String {
        let object = |Object(kind, name, text): &Object| format!("-- {kind} {name}\n{text}\n");
        self.objects.iter().map(object).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(objects: &[(&str, &str, &str)]) -> Dump {
        let object = |&(kind, name, text): &(&str, &str, &str)| {
            Object(kind.to_owned(), name.to_owned(), text.to_owned())
        };
        Dump { server: String::new(), objects: objects.iter().map(object).collect() }
    }

    #[test]
    fn what_models_cannot_say_is_counted_and_not_missed() {
        let original = dump(&[("TABLE", "t", "CREATE TABLE t"), ("TRIGGER", "r", "CREATE TRIGGER r")]);
        let copy = dump(&[("TABLE", "t", "CREATE TABLE t")]);
        let found = compare(&original, &copy, None);
        assert!(found.lines.is_empty());
        assert_eq!(found.beyond, BTreeMap::from([("TRIGGER".to_owned(), 1)]));
    }

    #[test]
    fn whatever_else_is_missing_or_more_or_changed_is_said() {
        let original =
            dump(&[("TABLE", "a", "CREATE TABLE a (\n  n int\n)"), ("INDEX", "i", "CREATE INDEX i")]);
        let copy = dump(&[("TABLE", "a", "CREATE TABLE a (\n  n text\n)"), ("INDEX", "j", "CREATE INDEX j")]);
        let found = compare(&original, &copy, None);
        let expected = [
            "INDEX i: missing: CREATE INDEX i",
            "INDEX j: more: CREATE INDEX j",
            "TABLE a: was n int",
            "TABLE a: is n text",
        ];
        assert_eq!(found.lines, expected);
    }

    #[test]
    fn a_view_that_is_copied_is_compared() {
        let (original, copy) = (dump(&[("VIEW", "v", "SELECT 1")]), dump(&[("VIEW", "v", "SELECT 2")]));
        assert_eq!(compare(&original, &copy, None).lines, ["VIEW v: was SELECT 1", "VIEW v: is SELECT 2"]);
    }

    #[test]
    fn what_a_restore_changes_counts_as_equal() {
        let (original, copy) = (dump(&[("INDEX", "i", "a IN (1)")]), dump(&[("INDEX", "i", "a = ANY (1)")]));
        assert_eq!(compare(&original, &copy, Some(&copy)).as_restored, ["INDEX i"]);
        assert!(compare(&original, &copy, Some(&copy)).lines.is_empty());
        assert_eq!(compare(&original, &copy, Some(&original)).lines.len(), 2);
    }
}

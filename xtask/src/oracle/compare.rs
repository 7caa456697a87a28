//! Where two databases differ, in words.

use serde_json::Value;

use super::database::Snapshot;

/// The names of the two sides, as they stand in a difference.
#[derive(Clone, Copy)]
pub(super) struct Sides {
    pub(super) left: &'static str,
    pub(super) right: &'static str,
}

/// The differences of two databases: facts, then the database's own words, then rows.
pub(super) fn snapshots(sides: Sides, left: &Snapshot, right: &Snapshot) -> Vec<String> {
    let mut found = facts(sides, &left.facts["tables"], &right.facts["tables"]);
    for part in ["schema", "rows"] {
        lines(sides, part, &left.dump[part], &right.dump[part], &mut found);
    }
    found
}

/// The differences of two JSON values, with the path to each.
pub(super) fn facts(sides: Sides, left: &Value, right: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(sides, "", left, right, &mut found);
    found
}

fn walk(sides: Sides, path: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    if left == right {
        return;
    }
    let (Some(lefts), Some(rights)) = (members(left), members(right)) else {
        found.push(format!("{path}: {left} ({}), {right} ({})", sides.left, sides.right));
        return;
    };
    for (name, value) in &lefts {
        let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
        match rights.iter().find(|(other, _)| other == name) {
            Some((_, other)) => walk(sides, &path, value, other, found),
            None => found.push(format!("{path}: only {}", sides.left)),
        }
    }
    for (name, _) in rights.iter().filter(|(name, _)| !lefts.iter().any(|(other, _)| other == name)) {
        let dot = if path.is_empty() { "" } else { "." };
        found.push(format!("{path}{dot}{name}: only {}", sides.right));
    }
    let common = |these: &[(&str, &Value)], those: &[(&str, &Value)]| -> Vec<String> {
        let both = these.iter().filter(|(name, _)| those.iter().any(|(other, _)| other == name));
        both.map(|(name, _)| (*name).to_owned()).collect()
    };
    if left.is_array() && common(&lefts, &rights) != common(&rights, &lefts) {
        found.push(format!("{path}: in another order"));
    }
}

/// The members of an object, or of a list of objects that have names.
fn members(value: &Value) -> Option<Vec<(&str, &Value)>> {
    match value {
        Value::Object(map) => Some(map.iter().map(|(name, value)| (name.as_str(), value)).collect()),
        Value::Array(items) => items.iter().map(|item| Some((item.get("name")?.as_str()?, item))).collect(),
        _ => None,
    }
}

/// Statements or rows that one side has and the other has not.
fn lines(sides: Sides, part: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (lefts, rights) = (list(left), list(right));
    for (these, those, side) in [(&lefts, &rights, sides.left), (&rights, &lefts, sides.right)] {
        for item in these.iter().filter(|item| !those.contains(item)) {
            let text: Vec<_> = item.as_str().unwrap_or_default().split_whitespace().collect();
            found.push(format!("{part}, only {side}: {}", text.join(" ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SIDES: Sides = Sides { left: "real", right: "ours" };

    #[test]
    fn equal_is_no_difference() {
        let schema = json!({"dag": {"columns": [{"name": "dag_id", "type": "text"}]}});
        assert!(facts(SIDES, &schema, &schema).is_empty());
    }

    #[test]
    fn every_difference_has_its_path() {
        let left = json!({"dag": {"columns": [{"name": "a", "type": "int"}, {"name": "b"}, {"name": "c"}]}, "job": 1});
        let right = json!({"dag": {"columns": [{"name": "b"}, {"name": "a", "type": "text"}]}, "log": 1});
        let expected = [
            "dag.columns.a.type: \"int\" (real), \"text\" (ours)",
            "dag.columns.c: only real",
            "dag.columns: in another order",
            "job: only real",
            "log: only ours",
        ];
        assert_eq!(facts(SIDES, &left, &right), expected);
    }

    #[test]
    fn statements_and_rows_are_compared_as_sets() {
        let snapshot = |dump| Snapshot { facts: json!({"tables": {}}), dump };
        let left = snapshot(json!({"schema": ["CREATE TABLE a (\n x INT)"], "rows": ["a: 1"]}));
        let right = snapshot(json!({"schema": [], "rows": ["a: 1", "a: 2"]}));
        assert_eq!(
            snapshots(SIDES, &left, &right),
            ["schema, only real: CREATE TABLE a ( x INT)", "rows, only ours: a: 2"]
        );
    }
}

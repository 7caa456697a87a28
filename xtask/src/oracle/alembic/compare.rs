//! Where two dumps differ, line by line.

use serde_json::Value;

/// The differences of two dumps: statements, then rows.
pub(super) fn dumps(alembic: &Value, ours: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["schema", "rows"] {
        let (theirs, mine) = (texts(&alembic[part]), texts(&ours[part]));
        if theirs == mine {
            continue;
        }
        let before = found.len();
        let (theirs, mine) = (lines(&theirs), lines(&mine));
        for (these, those, side) in [(&theirs, &mine, "Alembic"), (&mine, &theirs, "ours")] {
            let only = these.iter().filter(|line| !those.contains(line));
            found.extend(only.map(|line| format!("{side}: {line}")));
        }
        if found.len() == before {
            found.push(format!("{part}: in another order"));
        }
    }
    found
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The lines of all statements, each behind its statement's first.
fn lines(statements: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for statement in statements {
        let mut lines = statement.lines().map(|line| line.trim().trim_end_matches(','));
        let first = lines.next().unwrap_or_default();
        all.push(first.to_owned());
        all.extend(lines.map(|line| format!("{first} … {line}")));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_dumps_do_not_differ() {
        let dump = json!({"schema": ["CREATE TABLE t (\n  a int\n)"], "rows": ["t: a=1"]});
        assert!(dumps(&dump, &dump).is_empty());
    }

    #[test]
    fn differing_lines_and_rows_are_named() {
        let alembic = json!({"schema": ["CREATE TABLE t (\n  a int,\n  b int\n)"], "rows": ["t: a=1"]});
        let ours = json!({"schema": ["CREATE TABLE t (\n  a int,\n  b text\n)"], "rows": []});
        let expected =
            ["Alembic: CREATE TABLE t ( … b int", "ours: CREATE TABLE t ( … b text", "Alembic: t: a=1"];
        assert_eq!(dumps(&alembic, &ours), expected);
    }

    #[test]
    fn another_order_is_a_difference() {
        let dump = |schema: &str| json!({"schema": [schema], "rows": []});
        let (left, right) =
            (dump("CREATE TABLE t (\n  a int,\n  b int\n)"), dump("CREATE TABLE t (\n  b int,\n  a int\n)"));
        assert_eq!(dumps(&left, &right), ["schema: in another order"]);
    }
}

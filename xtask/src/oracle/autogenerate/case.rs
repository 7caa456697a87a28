//! One case, on one database.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::ok;
use super::verdict::{Found, Verdict, Word};
use crate::Result;
use crate::oracle::Kind;
use crate::oracle::process::Process;

/// A pair of models, as our program describes it.
pub(super) struct Case {
    /// Its group and its name.
    pub(super) id: String,
    pub(super) group: String,
    pub(super) name: String,
    /// The databases it is for.
    pub(super) on: Vec<String>,
    /// Whether the models are the same.
    pub(super) unchanged: bool,
    /// Whether something only has a new name.
    renamed: bool,
    from: Value,
    to: Value,
}

impl Case {
    pub(super) fn read(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: text(&value["case"]),
            group: text(&value["group"]),
            name: text(&value["name"]),
            on: value["on"].as_array().into_iter().flatten().map(text).collect(),
            unchanged: value["unchanged"] == json!(true),
            renamed: value["renamed"] == json!(true),
            from: value["from"].clone(),
            to: value["to"].clone(),
        }
    }
}

/// One database, and the two who work on it.
pub(super) struct Bench {
    pub(super) kind: Kind,
    pub(super) url: String,
    pub(super) alembic: Process,
    pub(super) ours: Process,
    /// What the server calls itself.
    pub(super) server: String,
    /// The models that are in the database, if nothing was done to it since.
    is_made: Option<Value>,
    /// The dumps of models.
    dumps: HashMap<String, Value>,
}

impl Bench {
    pub(super) fn new(kind: Kind, url: String, alembic: Process, ours: Process) -> Self {
        Self { kind, url, alembic, ours, server: String::new(), is_made: None, dumps: HashMap::new() }
    }

    /// What comes of a case: with Alembic, and with ours.
    pub(super) fn outcome(&mut self, case: &Case) -> Result<(Verdict, Verdict)> {
        let to = if case.unchanged { Value::Null } else { self.dump_of(case, "to")? };
        let from = self.dump_of(case, "from")?;
        self.make(case, "from")?;
        let request = json!({
            "do": "autogenerate", "url": self.url, "database": self.kind.name(), "from": case.from, "to": case.to,
            "checks": !case.unchanged,
        });
        let alembic = Found::read(&ok(&mut self.alembic, &request)?);
        if !alembic.found.is_empty() {
            self.is_made = None;
        }
        let alembic = match (case.unchanged, alembic.may_converge()) {
            (true, _) => alembic.of_unchanged(),
            (false, true) => {
                let dump = self.dump()?;
                alembic.of_change(differences(&to, &dump))
            }
            (false, false) => alembic.of_change(Vec::new()),
        };
        self.make(case, "from")?;
        let answer = ok(&mut self.ours, &json!({"do": "upgrade", "url": self.url, "case": case.id}))?;
        let ours = Found::read(&answer);
        if !ours.found.is_empty() {
            self.is_made = None;
        }
        let ours = match (case.unchanged, ours.may_converge()) {
            (true, _) => ours.of_unchanged(),
            (false, true) => {
                let dump = self.dump()?;
                let verdict = ours.of_change(differences(&to, &dump));
                if verdict.word.is_complete() {
                    self.downgraded(case, &answer, &from, verdict)?
                } else {
                    verdict
                }
            }
            (false, false) => ours.of_change(Vec::new()),
        };
        Ok(match case.renamed {
            true => (alembic.renamed(Word::DropAndAdd), ours.renamed(Word::Renamed)),
            false => (alembic, ours),
        })
    }

    /// Makes the models of one side in the emptied database.
    fn make(&mut self, case: &Case, side: &str) -> Result<()> {
        let model = if side == "from" { &case.from } else { &case.to };
        if self.is_made.as_ref() == Some(model) {
            return Ok(());
        }
        ok(&mut self.alembic, &json!({"do": "empty", "url": self.url}))?;
        ok(&mut self.ours, &json!({"do": "create", "url": self.url, "case": case.id, "side": side}))?;
        self.is_made = Some(model.clone());
        Ok(())
    }

    /// The dump of a database that is made of the models of one side. Many cases have the same.
    fn dump_of(&mut self, case: &Case, side: &str) -> Result<Value> {
        let model = if side == "from" { case.from.to_string() } else { case.to.to_string() };
        if let Some(dump) = self.dumps.get(&model) {
            return Ok(dump.clone());
        }
        self.make(case, side)?;
        let dump = self.dump()?;
        self.dumps.insert(model, dump.clone());
        Ok(dump)
    }

    fn dump(&mut self) -> Result<Value> {
        let mut dump = ok(&mut self.alembic, &json!({"do": "dump", "url": self.url}))?;
        dump["server"].as_str().unwrap_or_default().clone_into(&mut self.server);
        Ok(dump["schema"].take())
    }

    /// The verdict when the change was also taken back.
    fn downgraded(&mut self, case: &Case, made: &Value, from: &Value, verdict: Verdict) -> Result<Verdict> {
        let request = json!({"do": "downgrade", "url": self.url, "case": case.id, "made": made});
        let left = match self.ours.ask(&request)? {
            Err(refusal) => return Ok(verdict.but(Word::NotUndone, vec![refusal.error])),
            Ok(left) => left,
        };
        let alarm = |text: &String| !verdict.alarms.contains(text);
        let mut left: Vec<String> =
            serde_json::from_value::<Vec<String>>(left)?.into_iter().filter(alarm).collect();
        let dump = self.dump()?;
        left.extend(differences(from, &dump));
        Ok(if left.is_empty() { verdict } else { verdict.but(Word::NotUndone, left) })
    }
}

/// Where a dump differs from the one that is wanted, line by line.
fn differences(wanted: &Value, dump: &Value) -> Vec<String> {
    if wanted == dump {
        return Vec::new();
    }
    let lines = |value: &Value| -> Vec<String> {
        let statements = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        statements.flat_map(str::lines).map(|line| line.trim().trim_end_matches(',').to_owned()).collect()
    };
    let (wanted, dump) = (lines(wanted), lines(dump));
    let missing = wanted.iter().filter(|line| !dump.contains(line)).map(|line| format!("missing: {line}"));
    let excess = dump.iter().filter(|line| !wanted.contains(line)).map(|line| format!("too much: {line}"));
    let found: Vec<_> = missing.chain(excess).collect();
    if found.is_empty() { vec!["in another order".to_owned()] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_lines_or_their_order() {
        let dump = |text: &str| json!([text]);
        assert!(differences(&dump("CREATE (\n  a,\n  b\n)"), &dump("CREATE (\n  a,\n  b\n)")).is_empty());
        assert_eq!(
            differences(&dump("CREATE (\n  a,\n  b\n)"), &dump("CREATE (\n  a,\n  c\n)")),
            ["missing: b", "too much: c"]
        );
        assert_eq!(differences(&dump("(\n  a,\n  b\n)"), &dump("(\n  b,\n  a\n)")), ["in another order"]);
    }
}

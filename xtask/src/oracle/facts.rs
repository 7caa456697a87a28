//! `oracle facts`: the real schema, written down.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::compare::{self, Sides};
use super::database::{Kind, Place};
use super::program::{Programs, Who};
use super::venv::Venv;
use super::{on_each, repository};
use crate::Result;

/// The releases that ours knows.
const RELEASES: [&str; 2] = ["2.6.2", "2.7.0"];

/// Writes the facts of each kind and release, or compares them with what is written.
pub(super) fn run(venv: &Venv, kinds: &[Kind], check: bool) -> Result<()> {
    let programs = Programs { real: venv.airflow(), ours: PathBuf::new() };
    let places = Place::for_each(kinds, venv)?;
    let results = on_each(&places, |place| -> Result<Vec<String>> {
        let mut differences = Vec::new();
        for release in RELEASES {
            let database = place.fresh(venv, &format!("facts_{}", release.replace('.', "_")))?;
            programs.run(Who::Real, &database, &format!("db migrate -m -n {release}"))?;
            let (name, facts) = (format!("{}-{release}.json", place.kind.name()), database.facts()?);
            let path = repository().join("apps/airflow/facts").join(&name);
            if !check {
                fs::write(path, pretty(&facts)?)?;
                continue;
            }
            let committed =
                fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            let committed: Value = serde_json::from_str(&committed)?;
            let sides = Sides { left: "committed", right: "real" };
            let found = compare::facts(sides, &committed["tables"], &facts["tables"]);
            differences.extend(found.into_iter().map(|difference| format!("{name}: {difference}")));
            if committed["made_by"] != facts["made_by"] {
                println!("{name}: made by {}, compared with {}", committed["made_by"], facts["made_by"]);
            }
        }
        Ok(differences)
    })?;
    let mut differences = Vec::new();
    for result in results {
        differences.extend(result?);
    }
    match (check, differences.is_empty()) {
        (false, _) => {
            println!("facts written: {} files in apps/airflow/facts", places.len() * RELEASES.len())
        }
        (true, true) => println!("facts checked: the committed facts are the real ones"),
        (true, false) => return Err(differences.join("\n").into()),
    }
    Ok(())
}

/// As the committed files are laid out.
fn pretty(facts: &Value) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    facts.serialize(&mut Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b" ")))?;
    text.push(b'\n');
    Ok(text)
}

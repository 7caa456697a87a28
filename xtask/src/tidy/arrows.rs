//! Rule: arrows between our crates point down only.

use serde_json::Value;

use super::rules::ARROWS;
use super::tree::Finding;
use crate::Result;
use crate::cargo::cargo;
use crate::machine::output;

/// A crate of the workspace and what it depends on.
pub(super) struct Package {
    name: String,
    manifest: String,
    /// Normal dependencies, ours and others.
    dependencies: Vec<String>,
}

impl Package {
    /// The workspace's crates, as cargo sees them.
    pub(super) fn all() -> Result<Vec<Self>> {
        let text = output(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"])?)?;
        read(&serde_json::from_str(&text)?)
            .ok_or_else(|| "cargo metadata has another form than expected".into())
    }
}

fn read(metadata: &Value) -> Option<Vec<Package>> {
    let root = metadata["workspace_root"].as_str()?;
    let package = |package: &Value| {
        let manifest = package["manifest_path"].as_str()?;
        let normal =
            package["dependencies"].as_array()?.iter().filter(|dependency| dependency["kind"].is_null());
        Some(Package {
            name: package["name"].as_str()?.to_owned(),
            manifest: manifest.strip_prefix(root).unwrap_or(manifest).trim_start_matches('/').to_owned(),
            dependencies: normal
                .filter_map(|dependency| Some(dependency["name"].as_str()?.to_owned()))
                .collect(),
        })
    };
    metadata["packages"].as_array()?.iter().map(package).collect()
}

pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            let why =
                format!("crate {} is not in the table of arrows (xtask/src/tidy/rules.rs)", package.name);
            findings.push(Finding::new(&package.manifest, 1, why));
            continue;
        };
        let ours = |name: &&String| packages.iter().any(|package| package.name == **name);
        for dependency in package.dependencies.iter().filter(ours) {
            if !allowed.contains(&dependency.as_str()) {
                let may =
                    if allowed.is_empty() { "none of our crates".to_owned() } else { allowed.join(", ") };
                let why = format!("{} may not depend on {dependency}; it may use {may}", package.name);
                findings.push(Finding::new(&package.manifest, 1, why));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(packages: Value) -> Vec<String> {
        let packages = read(&json!({ "workspace_root": "/w", "packages": packages })).unwrap();
        check(&packages).iter().map(ToString::to_string).collect()
    }

    fn package(name: &str, dependencies: Value) -> Value {
        json!({ "name": name, "manifest_path": format!("/w/x/{name}/Cargo.toml"), "dependencies": dependencies })
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let found = found(json!([
            package(
                "dunlin-core",
                json!([{ "name": "dunlin", "kind": null }, { "name": "serde", "kind": null }])
            ),
            package("dunlin", json!([{ "name": "dunlin-core", "kind": null }])),
        ]));
        assert_eq!(
            found,
            [
                "x/dunlin-core/Cargo.toml:1: dunlin-core may not depend on dunlin; it may use none of our crates"
            ]
        );
    }

    #[test]
    fn a_plugin_may_not_know_the_machinery_but_its_tests_may() {
        let ticketing = |kind: Value| {
            found(json!([
                package("ticketing", json!([{ "name": "dunlin", "kind": kind }])),
                package("dunlin", json!([])),
            ]))
        };
        assert_eq!(ticketing(json!(null)).len(), 1);
        assert_eq!(ticketing(json!("dev")), Vec::<String>::new());
    }

    #[test]
    fn a_crate_that_the_table_does_not_know_is_found() {
        assert_eq!(found(json!([package("newcomer", json!([]))])).len(), 1);
    }
}

//! Generated source is laid out as rustfmt does it, compiles, and says what went in.
//!
//! Every case of the catalogue, up and down, and generated scenarios become revisions; schemas become
//! models. They are modules of one crate, which is built once and compares what they record with the
//! operations in a file.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{Operation, reverse};
use dunlin::core::prelude::*;
use dunlin::engine::generate::models::builder;
use dunlin::engine::generate::revision::{RevisionSource, rust};
use dunlin_testkit::catalogue::cases;
use dunlin_testkit::generate::{numbers, scenario};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;

/// Generated scenarios on each database.
const SCENARIOS: usize = 30;

fn full_convention() -> NamingConvention {
    NamingConvention {
        ix: Some("ix_%(column_0_label)s".to_owned()),
        uq: Some("uq_%(table_name)s_%(column_0_name)s".to_owned()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".to_owned()),
        fk: Some("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".to_owned()),
        pk: Some("pk_%(table_name)s".to_owned()),
    }
}

/// Revisions: those of the catalogue for a host with a naming convention, scenarios for one without.
fn revisions() -> Vec<RevisionSource> {
    let mut revisions = Vec::new();
    let mut add = |name: &str, upgrade: &[Operation], downgrade: Vec<Operation>, convention| {
        let id = format!("{:012x}", revisions.len());
        let mut source = RevisionSource::new(Revision::new(id).down_revision("base").message(name));
        source.upgrade = upgrade.to_vec();
        source.downgrade = downgrade;
        source.naming_convention = convention;
        revisions.push(source);
    };
    for case in cases() {
        let mut before = Metadata::default();
        case.before.iter().for_each(|operation| before.apply(operation).unwrap());
        let back = reverse(&case.operations, &before).unwrap_or_default();
        add(&case.name, &case.operations, back, full_convention());
    }
    for (on, number, case) in scenarios() {
        let mut before = Metadata::default();
        case.before.iter().for_each(|operation| before.apply(operation).unwrap());
        let back = reverse(&case.operations, &before).unwrap();
        let upgrade = [case.before, case.rows, case.operations].concat();
        let convention = if number % 2 == 0 { NamingConvention::default() } else { full_convention() };
        add(&format!("scenario {number} on {on}"), &upgrade, back, convention);
    }
    revisions
}

/// Models: the schemas behind scenarios, and one of everything that the catalogue creates.
fn models() -> Vec<Metadata> {
    let mut models = Vec::new();
    let mut everything = Metadata::new(Some("app"), full_convention());
    for (at, case) in cases().into_iter().enumerate() {
        let mut schema = Metadata::new(Some("app"), full_convention());
        let mut operations: Vec<Operation> = [case.before, case.operations].concat();
        operations.iter_mut().for_each(|operation| operation.qualify(Some("app")));
        if operations.iter().any(|operation| schema.apply(operation).is_err()) {
            continue;
        }
        for mut table in schema.take_tables() {
            table.name.name = format!("{} {at}", table.name.name);
            everything.insert(table);
        }
        for view in schema.views {
            everything.view(view);
        }
        for object in schema.objects {
            everything.object(object);
        }
        for enum_type in schema.enum_types {
            everything.enum_type(enum_type);
        }
        everything.schemas.extend(schema.schemas);
    }
    models.push(everything);
    for (_, number, case) in scenarios() {
        let schema = (number % 2 == 0).then_some("app");
        let mut metadata = Metadata::new(schema, NamingConvention::default());
        for mut operation in [case.before, case.operations].concat() {
            operation.qualify(schema);
            metadata.apply(&operation).unwrap();
        }
        models.push(metadata);
    }
    models
}

fn scenarios() -> Vec<(DialectName, usize, dunlin_testkit::catalogue::Case)> {
    let seed = RngSeed::Fixed(20_261_123);
    let mut runner =
        TestRunner::new(Config { rng_seed: seed, failure_persistence: None, ..Config::default() });
    let mut scenarios = Vec::new();
    for on in DialectName::ALL {
        for number in 0..SCENARIOS {
            let numbers = numbers().new_tree(&mut runner).unwrap().current();
            scenarios.push((on, number, scenario(on, &numbers)));
        }
    }
    scenarios
}

/// A crate whose modules are generated.
struct Crate {
    directory: PathBuf,
    modules: Vec<String>,
}

impl Crate {
    fn new(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if directory.join("src").exists() {
            fs::remove_dir_all(directory.join("src")).unwrap();
        }
        fs::create_dir_all(directory.join("src")).unwrap();
        Self { directory, modules: Vec::new() }
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.directory.join(path), text).unwrap();
    }

    fn module(&mut self, name: &str, text: &str) {
        self.write(&format!("src/{name}.rs"), text);
        self.modules.push(name.to_owned());
    }

    /// What rustfmt would change about the modules.
    fn changes(&self) -> String {
        self.write("rustfmt.toml", "");
        let modules = self.modules.iter().map(|name| self.directory.join(format!("src/{name}.rs")));
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&self.directory).args(modules);
        let output = rustfmt.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.success(), said.is_empty(), "{said}");
        said
    }

    /// Builds it with this workspace's own `dunlin-core`, and runs it.
    fn run(&self) -> String {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let core = workspace.join("crates/dunlin-core");
        self.write("Cargo.toml", &MANIFEST.replace("{core}", &core.display().to_string()));
        fs::copy(workspace.join("Cargo.lock"), self.directory.join("Cargo.lock")).unwrap();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut cargo = Command::new(cargo);
        cargo.args(["run", "--quiet", "--offline", "--target-dir"]).arg(self.directory.join("target"));
        let output = cargo.current_dir(&self.directory).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{errors}");
        assert!(errors.is_empty(), "{errors}");
        said
    }
}

const MANIFEST: &str = r#"[package]
name = "generated-source"
edition = "2024"

[dependencies]
dunlin-core = { path = "{core}" }
serde_json = "1"

[profile.dev]
debug = 0

[workspace]
"#;

const MAIN: &str = r#"use dunlin_core::operation::Operation;
use dunlin_core::prelude::*;

type Record = fn(&mut Operations);

fn recorded(record: Record, convention: &NamingConvention) -> Vec<Operation> {
    let mut op = Operations::new(convention.clone());
    record(&mut op);
    op.finish()
}

fn main() {
    let text = std::fs::read_to_string("expected.json").unwrap();
    let mut expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut different = 0;
    let mut differs = |what: String, is: String, was: String| {
        println!("{what}:\n{is}\ninstead of\n{was}");
        different += 1;
    };
    for (at, (revision, upgrade, downgrade)) in REVISIONS.iter().enumerate() {
        let mut said = expected["revisions"][at].take();
        let was: Revision = serde_json::from_value(said["revision"].take()).unwrap();
        if revision() != was {
            differs(format!("revision {at}"), format!("{:?}", revision()), format!("{was:?}"));
        }
        let convention: NamingConvention = serde_json::from_value(said["convention"].take()).unwrap();
        let same = convention == NamingConvention::default();
        for (direction, record) in [("upgrade", upgrade), ("downgrade", downgrade)] {
            let was: Vec<Operation> = serde_json::from_value(said[direction].clone()).unwrap();
            for convention in [&NamingConvention::default(), &convention] {
                let is = recorded(*record, convention);
                let exactly = !same || serde_json::to_value(&is).unwrap() == said[direction];
                if is != was || !exactly {
                    differs(format!("{direction} of {at}"), format!("{is:#?}"), format!("{was:#?}"));
                }
            }
        }
    }
    for (at, metadata) in MODELS.iter().enumerate() {
        let was: Metadata = serde_json::from_value(expected["models"][at].take()).unwrap();
        let is = metadata(was.schema(), was.naming_convention().clone());
        if is != was {
            differs(format!("models {at}"), format!("{is:#?}"), format!("{was:#?}"));
        }
    }
    println!("{} revisions, {} models, {different} different", REVISIONS.len(), MODELS.len());
    std::process::exit(i32::from(different > 0));
}
"#;

#[test]
fn it_is_laid_out_compiles_and_says_what_went_in() {
    let mut generated = Crate::new("generated-source");
    let (mut revision_list, mut model_list) = (String::new(), String::new());
    let (mut expected_revisions, mut expected_models) = (Vec::new(), Vec::new());
    let mut functions = 0;
    for (at, source) in revisions().into_iter().enumerate() {
        let text = match rust(&source) {
            Ok(text) => text,
            Err(error) => {
                let runs = |operation: &Operation| matches!(operation, Operation::Run { .. });
                assert!(source.upgrade.iter().any(runs), "{}: {error}", source.revision.message);
                functions += 1;
                continue;
            }
        };
        let name = format!("revision_{at}");
        generated.module(&name, &text);
        writeln!(revision_list, "    ({name}::revision, {name}::upgrade, {name}::downgrade),").unwrap();
        expected_revisions.push(json!({
            "revision": source.revision,
            "upgrade": source.upgrade,
            "downgrade": source.downgrade,
            "convention": source.naming_convention,
        }));
    }
    for (at, metadata) in models().into_iter().enumerate() {
        let name = format!("models_{at}");
        generated.module(&name, &builder(&metadata).unwrap());
        writeln!(model_list, "    {name}::metadata,").unwrap();
        expected_models.push(json!(metadata));
    }
    assert_eq!(functions, 1, "one case of the catalogue has a function");
    assert!(expected_revisions.len() >= 200, "{}", expected_revisions.len());
    let changes = generated.changes();
    assert!(changes.is_empty(), "{changes}");

    let modules: String = generated.modules.iter().map(|name| format!("mod {name};\n")).collect();
    let lists = format!(
        "const REVISIONS: &[(fn() -> Revision, Record, Record)] = &[\n{revision_list}];\n\n\
         const MODELS: &[fn(Option<&str>, NamingConvention) -> Metadata] = &[\n{model_list}];\n"
    );
    generated.write("src/main.rs", &format!("{modules}\n{MAIN}\n{lists}"));
    let expected = json!({ "revisions": expected_revisions, "models": expected_models });
    generated.write("expected.json", &expected.to_string());
    let said = generated.run();
    assert!(said.ends_with(" 0 different\n"), "{said}");
    println!("{said}");
}

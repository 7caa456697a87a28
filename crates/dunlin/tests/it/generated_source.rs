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
use dunlin::core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange, reverse};
use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, OnConflict, TableOptions};
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
    add("what no recorder makes", &unusual(), Vec::new(), NamingConvention::default());
    add("what no recorder makes, where names are given", &unusual(), Vec::new(), full_convention());
    add(TEXTS.concat().as_str(), &texts(), Vec::new(), NamingConvention::default());
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

/// Operations that are no case of the catalogue, as no database needs them.
fn unusual() -> Vec<Operation> {
    let (ck, fk) = (ConstraintKind::Check, ConstraintKind::ForeignKey);
    let table = || TableName::new(Some("s"), "t");
    let mut created = Table::build(table(), |t| {
        t.column("a", DataType::Integer).primary_key();
        t.column("b", DataType::Integer).identity(Identity::always().cycle().min(-5));
        t.column("c", DataType::Numeric { precision: None, scale: 2 }).unique().indexed();
        t.column("d", DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: Some(3) });
        t.column("e", DataType::Array { of: Box::new(DataType::Text.array()), dimensions: 0 });
        t.column("f", DataType::Text.array().array());
        t.column("g", DataType::Array { of: Box::new(DataType::Text.array()), dimensions: 1 });
        t.column("h", DataType::Enum(EnumType::unnamed(["x"; 0])));
        t.column("i", DataType::Text).references("other", "id").unique();
        t.column(
            "j",
            DataType::Collated { text: Box::new(DataType::Text), character_set: None, collation: None },
        );
        t.add_column(Column::new("k", DataType::Text).not_null_on_conflict(OnConflict::Ignore));
    });
    created.columns.iter_mut().for_each(|column| column.nullable = true);
    created.columns[0].autoincrement = false;
    let mut key_of_nothing = Table::build("key of nothing", |t| {
        t.column("a", DataType::Integer).unique();
        t.column("b", DataType::Integer).unique();
        t.add_primary_key(PrimaryKey::new(["b", "a", "absent"]));
        t.options(|o| o.other = [("K".to_owned(), "V".to_owned()), ("L".to_owned(), String::new())].into());
    });
    key_of_nothing.uniques.reverse();
    let mut renamed = AlterColumn::new("a");
    renamed.rename = Some("b".to_owned());
    renamed.nullable = Some(true);
    renamed.identity = Some(Change::Drop);
    renamed.computed = Some(Change::Drop);
    renamed.not_null_on_conflict = Some(Change::Drop);
    renamed.on_update = Some(Change::Drop);
    let mut options = TableOptions::default();
    options.inherits = vec!["t".into(), table()];
    options.auto_increment = Some(u64::MAX);
    let constraint = Constraint::ForeignKey(ForeignKey::new(["a"; 0], table(), ["b"; 0]));
    let exact = |text: &str| Name::exact(text);
    let changes = vec![
        renamed.into(),
        AlterColumn::new("nothing").into(),
        TableChange::DropUnnamedConstraint { constraint: constraint.clone() },
        TableChange::AddConstraint { constraint },
        TableChange::SetOptions { options },
        TableChange::SetOptions { options: TableOptions::default() },
        TableChange::SetComment { comment: None },
        TableChange::DropConstraint { kind: ck, name: "given".into(), if_exists: true },
        TableChange::RenameConstraint { kind: fk, from: "given".into(), to: exact("exact") },
        TableChange::ValidateConstraint { kind: ck, name: exact("exact") },
        TableChange::AddColumn {
            column: Column::new("new", DataType::Text),
            position: ColumnPosition::First,
            if_not_exists: true,
        },
    ];
    let alone = changes.iter().cloned().map(|change| vec![change]).chain([changes.clone(), Vec::new()]);
    let altered = alone.map(|changes| Operation::AlterTable { table: table(), changes });
    let index = || Index::unnamed([IndexElement::from("a"), IndexElement::expression("b").length(3)]);
    let both = |if_exists| Operation::DropIndex {
        table: table(),
        name: "given".into(),
        if_exists,
        concurrently: if_exists,
    };
    let mut operations = vec![
        Operation::CreateTable { table: created, if_not_exists: true },
        Operation::CreateTable { table: key_of_nothing, if_not_exists: false },
        Operation::CreateTable { table: Table::new("empty"), if_not_exists: false },
        Operation::CreateIndex { table: table(), index: index(), if_not_exists: true },
        Operation::CreateIndex { table: table(), index: Index::new("x", ["a"; 0]), if_not_exists: false },
        both(true),
        both(false),
        Operation::RenameIndex { table: table(), from: "given".into(), to: exact("exact") },
        Operation::CreateEnum { enum_type: EnumType::unnamed(["a"]) },
        Operation::AlterEnum { name: table(), changes: Vec::new() },
        Operation::DropView { name: table(), materialized: true, if_exists: true },
        Operation::Execute { sql: "a".into(), ddl: false, touches: Some(vec!["t".into(), table()]) },
        Operation::BulkInsert { table: table(), columns: Vec::new(), rows: vec![Vec::new(); 2] },
        Operation::BulkInsert {
            table: table(),
            columns: vec!["a".to_owned()],
            rows: vec![vec![SqlValue::Integer(i64::MIN)], Vec::new(), vec![SqlValue::Bytes(Vec::new())]],
        },
    ];
    operations.extend(altered);
    operations
}

/// Texts that a literal must be careful with.
const TEXTS: &[&str] = &[
    "",
    " ",
    "  two\n  lines, each behind two spaces  ",
    "ends in a line feed\n",
    "a \"quote\", a \\ backslash, it's\na \"# hash, and \"## two",
    "tab\tcarriage return\r\nzero \0 byte order \u{feff} bell \u{7}",
    "ünï 🐦 名前 e\u{301} \u{202e}left",
    "{braces} \\n %s :a ? -- /* */ // $$",
];

/// The texts, short and long, wherever SQL or words stand.
fn texts() -> Vec<Operation> {
    let mut op = Operations::default();
    let longer = TEXTS.iter().flat_map(|text| [1, 3, 9, 40].map(|times| text.repeat(times)));
    let spaced = TEXTS.iter().flat_map(|text| [2, 20].map(|times| format!("{text} ").repeat(times)));
    let indented = TEXTS.iter().map(|text| format!("SELECT 1,\n    {text}\n   FROM t").repeat(2));
    let solid = [70, 90, 200].map(|length| "x".repeat(length));
    for text in longer.chain(spaced).chain(indented).chain(solid) {
        op.execute(&*text);
        op.create_view("v", PerDialect::all(text.clone()).on(DialectName::MySql, text.clone()));
        op.bulk_insert("t", ["a"], [[SqlValue::text(&*text)]]);
        op.add_column(
            "t",
            Column::new(&*text, DataType::native(&*text)).server_default(&*text).comment(&*text),
        );
    }
    op.finish()
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
    assert_eq!(functions, 3, "so many cases of the catalogue have a function");
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

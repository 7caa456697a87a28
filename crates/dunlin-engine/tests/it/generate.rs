//! Generated source: rustfmt leaves it as it is.

use std::fs;
use std::path::Path;
use std::process::Command;

use dunlin_core::operation::{Operation, reverse};
use dunlin_core::prelude::*;
use dunlin_engine::generate::GenerateError;
use dunlin_engine::generate::models::builder;
use dunlin_engine::generate::revision::{RevisionSource, rust};
use dunlin_testkit::catalogue::{Case, cases};

/// The catalogue's case as a revision: what makes its schema, then what it is about, and the way back.
fn source(case: &Case, naming_convention: NamingConvention) -> Result<String, GenerateError> {
    let mut schema = Metadata::default();
    case.before.iter().for_each(|operation| schema.apply(operation).unwrap());
    let mut source = RevisionSource::new(Revision::new("a").down_revision("b").message(&*case.name));
    source.upgrade = [&case.before[..], &case.rows, &case.operations].concat();
    source.downgrade = reverse(&case.operations, &schema).unwrap_or_default();
    source.naming_convention = naming_convention;
    rust(&source)
}

/// What rustfmt with its default settings would change.
fn changes(directory: &str, files: &[(String, String)]) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(directory);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("rustfmt.toml"), "").unwrap();
    let paths = files.iter().map(|(name, text)| {
        let path = directory.join(format!("{name}.rs"));
        fs::write(&path, text).unwrap();
        path
    });
    let paths: Vec<_> = paths.collect();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&directory).args(paths);
    let output = rustfmt.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

#[test]
fn rustfmt_leaves_the_catalogue_as_it_is() {
    let convention = NamingConvention {
        ix: Some("ix_%(column_0_label)s".to_owned()),
        uq: Some("uq_%(table_name)s_%(column_0_name)s".to_owned()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".to_owned()),
        fk: Some("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".to_owned()),
        pk: Some("pk_%(table_name)s".to_owned()),
    };
    let mut files = Vec::new();
    for (at, case) in cases().iter().enumerate() {
        let runs = |operation: &Operation| matches!(operation, Operation::Run { .. });
        for (kind, convention) in [("plain", NamingConvention::default()), ("named", convention.clone())] {
            match source(case, convention) {
                Ok(text) => files.push((format!("{kind}_{at}"), text)),
                Err(error) => assert!(case.operations.iter().any(runs), "{}: {error}", case.name),
            }
        }
        let mut schema = Metadata::new(Some("app"), convention.clone());
        for mut operation in case.before.iter().chain(&case.operations).cloned() {
            operation.qualify(Some("app"));
            if schema.apply(&operation).is_err() {
                break;
            }
        }
        files.push((format!("models_{at}"), builder(&schema).unwrap()));
    }
    let changes = changes("catalogue", &files);
    assert!(changes.is_empty(), "{} files\n{changes}", files.len());
}

//! The guides in `docs/`: every command is run, and prints what stands there.

use std::path::Path;

use dunlin_testkit::guide::{Guide, repository};

/// Runs a guide in an empty directory.
fn run(guide: &Guide, variables: &[(&str, &str)]) {
    let directory = tempfile::tempdir().unwrap();
    guide.run(directory.path(), Path::new(env!("CARGO_BIN_EXE_dunlin")), variables);
}

#[test]
fn the_readme() {
    run(&Guide::at("README.md", "dunlin"), &[]);
}

#[test]
fn first_steps() {
    run(&Guide::read("FIRST-STEPS.md", "dunlin"), &[]);
}

#[test]
fn from_alembic() {
    run(&Guide::read("FROM-ALEMBIC.md", "dunlin"), &[]);
}

#[test]
fn from_sqlx() {
    run(&Guide::read("FROM-SQLX.md", "dunlin"), &[]);
}

#[test]
fn from_diesel() {
    run(&Guide::read("FROM-DIESEL.md", "dunlin"), &[]);
}

#[test]
fn from_refinery() {
    run(&Guide::read("FROM-REFINERY.md", "dunlin"), &[]);
}

/// The plugin is built with what this workspace has built, and without the network.
#[test]
fn plugins() {
    let repository = repository();
    let target = Path::new(env!("CARGO_BIN_EXE_dunlin")).parent().unwrap().parent().unwrap().join("init");
    let variables = [
        ("CARGO_TARGET_DIR", &*target.display().to_string()),
        ("CARGO_NET_OFFLINE", "true"),
        ("CARGO_TERM_QUIET", "true"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let guide = Guide::read("PLUGINS.md", "dunlin").before(
        "cd dag_log",
        &format!("cp '{}/Cargo.lock' dag_log/; export DUNLIN={}", repository.display(), repository.display()),
    );
    run(&guide, &variables);
}

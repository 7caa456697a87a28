//! The README and the guide for plugin authors: the commands of `airflow` in them, and what they print.

use std::path::Path;

use dunlin_testkit::guide::Guide;

#[test]
fn plugins() {
    let directory = tempfile::tempdir().unwrap();
    Guide::read("PLUGINS.md", "airflow").run(directory.path(), Path::new(env!("CARGO_BIN_EXE_airflow")), &[]);
}

/// What `cargo` would build and run, it has built before this test.
#[test]
fn the_readme() {
    let directory = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_airflow"));
    let example = program.with_file_name("examples").join("failed_run");
    let cargo = format!(
        "cargo() {{ case $1 in airflow) shift; airflow \"$@\";; \
         run) while [ \"$1\" != -- ]; do shift; done; shift; '{}' \"$@\";; esac; }}",
        example.display()
    );
    let home = directory.path().display().to_string();
    let guide = Guide::at("README.md", "airflow").before("cargo airflow db migrate", &cargo);
    guide.run(directory.path(), program, &[("AIRFLOW_HOME", &home)]);
}

//! The guide for plugin authors: the commands of `airflow` in it, and what they print.

use std::path::Path;

use dunlin_testkit::guide::Guide;

#[test]
fn plugins() {
    let directory = tempfile::tempdir().unwrap();
    Guide::read("PLUGINS.md", "airflow").run(directory.path(), Path::new(env!("CARGO_BIN_EXE_airflow")), &[]);
}

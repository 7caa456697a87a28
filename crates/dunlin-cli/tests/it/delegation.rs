//! Projects whose revisions are Rust: what the files say is shown at once, for the rest the project's program is
//! run.

use insta::assert_snapshot;

use crate::support::Place;

/// A Cargo project with a program that says how it was called, and ends with 3.
fn project() -> Place {
    let place = Place::empty();
    place.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
    );
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\nowner = \"shop\"\n");
    place.write(
        "migrations/versions/a1b2_first.rs",
        "//! first\n\npub(crate) fn revision() -> Revision {\n    Revision::new(\"a1b2\").message(\"first\")\n}\n",
    );
    place
}

const PROGRAM: &str = "fn main() {\n    let words: Vec<String> = std::env::args().skip(1).collect();\n    \
     let config = std::env::var(\"DUNLIN_CONFIG\").unwrap_or_default();\n    \
     println!(\"{words:?} {config}\");\n    std::process::exit(3)\n}\n";

#[test]
fn without_a_program_it_is_said_what_is_missing() {
    let mut place = project();
    place.shows("upgrade");
    place.shows("heads");
    assert_snapshot!(place.transcript());
}

#[test]
fn the_program_gets_the_arguments_and_gives_its_exit_code() {
    let mut place = project();
    place.write("src/lib.rs", "");
    place.write("src/bin/migrate.rs", PROGRAM);
    place.set("CARGO_TARGET_DIR", &place.path("target").display().to_string());
    let second = "migrations/versions/b1_second.rs";
    let head =
        "pub(crate) fn revision() -> Revision {\n    Revision::new(\"b1\").down_revision(\"a1b2\")\n}\n";
    place.write(second, head);
    let lines =
        ["upgrade +1 --json", "current", "history -i", "revision -m x --autogenerate", "squash a1b2 b1"];
    for line in lines {
        place.shows(line);
    }
    std::fs::remove_file(place.path(second)).unwrap();
    // Nothing of this needs the compiler.
    place.write("src/bin/migrate.rs", "no Rust");
    for line in [
        "heads",
        "history",
        "show a1b2",
        "revision -m 'in rust' --rev-id b2",
        "revision -m 'in sql' --rev-id c3 --sql",
        "squash b2 c3",
        "heads --json",
        "upgrade",
    ] {
        place.shows(line);
    }
    assert!(place.read("migrations/versions/b2_in_rust.rs").contains("Revision::new(\"b2\")"));
    assert!(place.read("migrations/versions/c3_in_sql.sql").contains("-- down_revision: b2\n"));
    let transcript = place.transcript();
    let (before, rest) = transcript.split_once("error: expected").unwrap_or((transcript, ""));
    let behind =
        rest.split_once("! error: `cargo").map(|(_, behind)| format!("[…]\n! error: `cargo{behind}"));
    assert_snapshot!(format!("{before}{}", behind.unwrap_or_default()));
}

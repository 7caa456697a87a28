//! `init` and `templates`.

use insta::assert_snapshot;

use crate::support::Place;

/// The names of all files and what they hold.
fn tree(place: &Place) -> String {
    let root = place.path("");
    let mut text = String::new();
    for (path, bytes) in place.files().into_iter().filter(|(path, _)| path.is_file()) {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        text.push_str(&format!("== {name}\n{}", String::from_utf8(bytes).unwrap()));
    }
    text
}

#[test]
fn a_project_of_sql_begins_and_works() {
    let mut place = Place::empty();
    std::fs::create_dir(place.path("shop")).unwrap();
    let begun = place.run_in("shop", &["init"]);
    assert_eq!(begun.code, 0, "{begun:?}");
    let shown = format!("{}{}\n{}", begun.stdout, begun.stderr, tree(&place));
    assert_snapshot!(shown);

    place.set("DATABASE_URL", "sqlite:///shop.db");
    for arguments in
        [&["heads"][..], &["revision", "-m", "one"], &["upgrade"], &["current", "-c"], &["downgrade", "base"]]
    {
        let outcome = place.run_in("shop", arguments);
        assert_eq!(outcome.code, 0, "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let mut place = Place::empty();
    place.write("migrations/README.md", "mine");
    place.write("dunlin.toml", "");
    let before = place.files();
    place.shows("init");
    place.shows("init --template rust");
    place.shows("init --template cobol");
    place.shows("init --plugin ../x");
    place.shows("init --plugin Ticketing");
    assert_eq!(place.files(), before);
    assert_snapshot!(place.transcript());
}

#[test]
fn a_cargo_project_gets_its_program() {
    let mut place = Place::empty();
    place.write("Cargo.toml", "[package]\nname = \"my-shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    place.write("src/lib.rs", "//! Mine.\n");
    place.write("build.rs", "fn main() {}\n");
    let before = place.files();
    place.shows("init");
    assert_eq!(place.files(), before);
    place
        .write("build.rs", "fn main() {\n    println!(\"cargo:rerun-if-changed=migrations/versions\");\n}\n");
    place.shows("init --json");
    std::fs::remove_file(place.path("dunlin.toml")).unwrap();
    place.shows("init --template sql");
    place.shows("templates");
    place.shows("templates --json");
    assert_snapshot!(format!("{}{}", place.transcript(), tree(&place)));
}

#[test]
fn a_plugin_is_the_tree_of_the_talk() {
    let mut place = Place::empty();
    let made = place.run(&["init", "--plugin", "dag_log"]);
    assert_eq!(made.code, 0, "{made:?}");
    let names: Vec<String> = made.stdout.lines().map(str::to_owned).collect();
    let revision = names.iter().find(|name| name.contains("versions/")).unwrap();
    let id = revision.split("versions/").nth(1).unwrap().split('_').next().unwrap().to_owned();
    let shown = format!("{}{}\n{}", made.stdout, made.stderr, tree(&place)).replace(&id, "[id]");
    assert!(!shown.contains("{{n") && !shown.contains("{{o"), "something was not filled in");
    place.shows("init --plugin dag_log");
    assert_snapshot!(shown + &place.transcript().replace(&id, "[id]"));
}

/// The lines of a Cargo.toml whose crates of ours are those of this workspace.
fn with_paths(manifest: &str) -> String {
    let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let line = |line: &str| match line.strip_suffix(" = \"0.1\"") {
        Some(name) => {
            let directory = if name == "airflow-plugin" { "apps" } else { "crates" };
            format!("{name} = {{ path = \"{}\" }}\n", workspace.join(directory).join(name).display())
        }
        None => format!("{line}\n"),
    };
    // The profile of this workspace, so that what it has built need not be built again.
    let profile = "\n[workspace]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n";
    manifest.lines().map(line).collect::<String>() + profile
}

/// Builds a project with what this workspace has built, and without the network.
fn build(place: &mut Place, name: &str) {
    let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::copy(workspace.join("Cargo.lock"), place.path(&format!("{name}/Cargo.lock"))).unwrap();
    let target = std::path::Path::new(env!("CARGO_BIN_EXE_dunlin")).parent().unwrap().parent().unwrap();
    place.set("CARGO_TARGET_DIR", &target.display().to_string());
    place.set("CARGO_NET_OFFLINE", "true");
    place.set("DATABASE_URL", "sqlite:///app.db");
}

/// Whether there is time to build a project: what this workspace is made of is built a second time.
fn is_full() -> bool {
    std::env::var_os("DUNLIN_TEST_FULL").is_some()
}

/// Whether files are Rust, and formatted.
fn is_formatted(place: &Place, directory: &str) {
    let files = place.files().into_iter().map(|(path, _)| path);
    let rust: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "rs")).collect();
    assert!(rust.len() > 3, "{rust:?}");
    let mut command = std::process::Command::new("rustfmt");
    let output = command
        .args(["--edition", "2024", "--check"])
        .args(&rust)
        .current_dir(place.path(directory))
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
}

#[test]
fn a_cargo_project_builds_and_works() {
    let mut place = Place::empty();
    let manifest = "[package]\nname = \"my-shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                    dunlin-cli = \"0.1\"\ndunlin-core = \"0.1\"\ndunlin-macros = \"0.1\"\n";
    place.write("shop/Cargo.toml", &with_paths(manifest));
    place.write("shop/src/main.rs", "fn main() {}\n");
    assert_eq!(place.run_in("shop", &["init"]).code, 0);
    is_formatted(&place, "shop");
    if !is_full() {
        return;
    }
    build(&mut place, "shop");
    for (arguments, code) in [
        // There is no revision yet.
        (&["current", "--check-heads"][..], 0),
        (&["upgrade"], 1),
        (&["revision", "-m", "first", "--rev-id", "a1"], 0),
        (&["current", "--check-heads"], 3),
        (&["upgrade"], 0),
        (&["current", "--check-heads"], 0),
        (&["check"], 0),
        (&["revision", "-m", "second", "--rev-id", "b2"], 0),
        (&["current", "--check-heads"], 3),
        (&["upgrade"], 0),
        (&["downgrade", "base"], 0),
    ] {
        let outcome = place.run_in("shop", arguments);
        assert_eq!(outcome.code, code, "{arguments:?}: {outcome:?}");
    }
    squashes(&place);
}

/// Squashes revisions of a project that is built.
fn squashes(place: &Place) {
    let succeeds = |line: &str| {
        let outcome = place.run_in("shop", &line.split(' ').collect::<Vec<_>>());
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        outcome.stdout
    };
    let versions = "shop/migrations/versions";
    let revision = |name: &str, head: &str, up: &str, down: &str| {
        let text = format!(
            "use dunlin_core::prelude::*;\n\npub(crate) fn revision() -> Revision {{\n    Revision::new({head})\n}}\n\n\
             pub(crate) fn upgrade(op: &mut Operations) {{\n    {up}\n}}\n\n\
             pub(crate) fn downgrade(op: &mut Operations) {{\n    {down}\n}}\n"
        );
        place.write(&format!("{versions}/{name}"), &text);
    };
    let table = "op.create_table(\"ticket\", |t| { t.column(\"id\", DataType::Integer).primary_key(); });";
    revision("a1_first.rs", "\"a1\"", table, "op.drop_table(\"ticket\");");
    let (add, drop) = (
        "op.add_column(\"ticket\", Column::new(\"title\", DataType::string(50)));",
        "op.drop_column(\"ticket\", \"title\");",
    );
    revision("b2_second.rs", "\"b2\").down_revision(\"a1\"", add, drop);
    let statements = || {
        let plan = succeeds("plan head --from base --json");
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        let steps = plan["steps"].as_array().unwrap().clone();
        let of = |step: &serde_json::Value| step["statements"].as_array().unwrap().clone();
        (steps.len(), steps.iter().flat_map(of).filter(|sql| sql.to_string().contains("ticket")).count())
    };
    assert_eq!(statements(), (2, 2));
    succeeds("upgrade a1");
    succeeds("squash a1 b2");
    let written = place.read(&format!("{versions}/b2_second.rs"));
    assert!(written.contains("op.create_table(\"ticket\"") && written.contains("op.add_column(\"ticket\""));
    assert!(place.path("shop/migrations/squashed/versions/b2_second.rs").is_file());
    assert_eq!(statements(), (1, 2));
    succeeds("upgrade");
    succeeds("downgrade a1");
    succeeds("upgrade");
    succeeds("current --check-heads");

    // The new file cannot be built: the old ones cannot be read from where they lie then.
    place.write(&format!("{versions}/comment.txt"), "UPDATE ticket SET title = ''");
    revision(
        "c3_third.rs",
        "\"c3\").down_revision(\"b2\"",
        "op.execute(include_str!(\"comment.txt\"));",
        "let _ = op;",
    );
    let sources = || {
        let is_source = |path: &std::path::PathBuf| path.to_string_lossy().contains("/migrations/");
        place.files().into_iter().filter(|(path, _)| is_source(path)).collect::<Vec<_>>()
    };
    let before = sources();
    let outcome = place.run_in("shop", &["squash", "b2", "c3"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("nothing was changed"), "{outcome:?}");
    assert_eq!(sources(), before);
    succeeds("upgrade");
    succeeds("downgrade base");
}

#[test]
fn a_plugin_builds_and_works() {
    let mut place = Place::empty();
    place.succeed(&["init", "--plugin", "dag_log"]);
    place.write("dag_log/Cargo.toml", &with_paths(&place.read("dag_log/Cargo.toml")));
    is_formatted(&place, "dag_log");
    if !is_full() {
        return;
    }
    build(&mut place, "dag_log");
    for (arguments, code) in [
        (&["check", "--offline"][..], 0),
        (&["upgrade"], 0),
        (&["check"], 0),
        (&["revision", "-m", "nothing", "--autogenerate"], 0),
        (&["downgrade", "base"], 0),
        (&["current", "--check-heads"], 3),
    ] {
        let outcome = place.run_in("dag_log", arguments);
        assert_eq!(outcome.code, code, "{arguments:?}: {outcome:?}");
    }
}

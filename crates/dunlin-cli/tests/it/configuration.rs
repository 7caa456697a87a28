//! dunlin.toml: found, read, and refused.

use insta::assert_snapshot;

use crate::support::{LINE, Place};

/// The configuration that a text makes `heads` complain about.
fn complaint(text: &str) -> String {
    let mut place = Place::with(&LINE);
    place.write("dunlin.toml", text);
    place.shows("heads");
    place.transcript().to_owned()
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_key() {
    let all: String = [
        "url = \"sqlite:///a.db\"\nscript_locaton = \"x\"\n",
        "\n\nslug_length = \"many\"\n",
        "slug_length = 0\n",
        "url = 5\n",
        "url = \"\"\n",
        "url = \"sqlite:///a.db\"\nurl_env = \"X\"\n",
        "version_locations = \"one\"\n",
        "version_locations = [\n  \"one\",\n  2,\n]\n",
        "version_locations = []\n",
        "recursive_version_locations = 1\n",
        "file_template = \"{slug}\"\n",
        "file_template = \"{rev}_{slugg}\"\n",
        "file_template = \"../{rev}\"\n",
        "\nfile_template = \"_{rev}\"\n",
        "recursive_version_locations = true\nfile_template = \"{year}/.{rev}\"\n",
        "file_template = \"{year}/{rev}_{slug}\"\nrecursive_version_locations = false\n",
        "url_env = \"postgres://u:secret@h/d\"\n",
        "url_env = \"sqlite:app.db\"\n",
        "timezone = \"Europe/Nowhere\"\n",
        "[[post_write_hooks]]\nname = \"x\"\n",
        "[[post_write_hooks]]\nname = \"x\"\ncommand = \"y\"\n",
        "owner = \"a\"\nowner = \"b\"\n",
        "url = \"postgresql://u:secret@h/d\n",
        "version_locations = [\n  \"one\",\n  two,\n]\n",
        "url = \"sqlite:///a.db\"\n\nslug_length 40\n",
        "[database]\nurl = \"sqlite:///a.db\"\n",
        "colour = \"red\"\n",
        "models = \"schema.yml\"\n",
        "\nmodels = \"schema\"\n",
        "scratch_url = \"sqlite://\"\nscratch_url_env = \"X\"\n",
        "scratch_url_env = \"postgres://u:secret@h/d\"\n",
    ]
    .into_iter()
    .map(|text| {
        let complaint = complaint(text);
        assert!(complaint.contains("dunlin.toml, line ") && !complaint.contains("secret"), "{complaint}");
        format!("{text}---\n{complaint}")
    })
    .collect();
    assert_snapshot!(all);
}

#[test]
fn what_is_no_text_is_said_with_its_line() {
    let mut place = Place::with(&LINE);
    std::fs::write(place.path("dunlin.toml"), b"url = \"sqlite:///a.db\"\nowner = \"caf\xe9\"\n").unwrap();
    place.shows("heads");
    assert_eq!(
        place.transcript(),
        "$ dunlin heads\n! error: dunlin.toml, line 2: this is not UTF-8\n! hint: save the file as UTF-8\n[2]\n\n"
    );
}

#[test]
fn it_is_found_above_and_by_name() {
    let mut place = Place::with(&LINE);
    place.write("deep/er/file", "");
    let outcome = place.run_in("deep/er", &["upgrade"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(place.path("app.db").is_file(), "the path of a SQLite file is the project's");
    assert_eq!(place.run_in("deep/er", &["current"]).stdout, "e5f6  create note (head)\n");
    place.write("other.toml", "url = \"sqlite:///other.db\"\n");
    assert_eq!(place.succeed(&["--config", "other.toml", "current"]), "no revision\n");
    assert_eq!(place.succeed(&["current", "--config", "other.toml"]), "no revision\n");
    place.set("DUNLIN_CONFIG", "other.toml");
    assert_eq!(place.succeed(&["current"]), "no revision\n");
    place.set("DUNLIN_CONFIG", "gone.toml");
    place.shows("current");
    place.set("DUNLIN_CONFIG", "");
    assert_eq!(place.succeed(&["current"]), "e5f6  create note (head)\n");
    assert_snapshot!(place.transcript());
}

#[test]
fn the_url_may_stand_in_a_variable() {
    let mut place = Place::with(&LINE);
    place.write("dunlin.toml", "url_env = \"SHOP_DATABASE\"\n");
    place.shows("current");
    place.shows("heads");
    place.set("SHOP_DATABASE", "postgresql://u:secret@localhost:1/d?connect_timeout=1&colour=red");
    place.shows("current");
    place.set("SHOP_DATABASE", "u:secret@localhost/d");
    place.shows("current");
    for server in ["mysql://u:secret@localhost", "mariadb://u:secret@localhost/"] {
        place.set("SHOP_DATABASE", server);
        place.shows("current");
        place.shows("wait");
    }
    place.set("SHOP_DATABASE", "sqlite:///app.db");
    place.shows("current");
    place.write("dunlin.toml", "");
    place.shows("current");
    place.shows("upgrade --sql");
    assert!(!place.transcript().contains("secret"), "{}", place.transcript());
    assert_snapshot!(place.transcript());
}

#[test]
fn waiting_for_a_silent_server_ends_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    for (kind, timeout) in [("postgresql", "1"), ("mysql", "0")] {
        let place = Place::on(&format!("{kind}://u:secret@127.0.0.1:{port}/d"), &LINE);
        let started = std::time::Instant::now();
        let outcome = place.run(&["wait", "-t", timeout]);
        assert!(outcome.code == 1 && outcome.stderr.contains("did not answer within 2 s"), "{outcome:?}");
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }
}

#[test]
fn without_one_every_command_says_so() {
    let mut place = Place::empty();
    place.shows("heads");
    place.shows("upgrade");
    assert_snapshot!(place.transcript());
}

#[test]
fn statements_are_told_where_that_is_wanted() {
    let mut place = Place::with(&crate::support::LINE);
    let quiet = place.run(&["upgrade", "a1b2"]);
    assert!(!quiet.stderr.contains("CREATE TABLE"), "{}", quiet.stderr);
    place.set("DUNLIN_LOG", "debug");
    let told = place.run(&["upgrade", "c3d4"]);
    assert!(told.stderr.contains("ALTER TABLE ticket ADD COLUMN title"), "{}", told.stderr);
    assert!(!told.stdout.contains("ALTER TABLE"), "{}", told.stdout);
    place.set("DUNLIN_LOG", "dunlin=loud");
    let wrong = place.run(&["upgrade"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.starts_with("error: DUNLIN_LOG: ") && wrong.stderr.contains("hint: "),
        "{}",
        wrong.stderr
    );
}

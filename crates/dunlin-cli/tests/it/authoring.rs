//! Commands that write revision files.

use std::path::PathBuf;

use insta::assert_snapshot;

use crate::support::{BRANCHES, LINE, Place};

const VERSIONS: &str = "migrations/versions";

/// The names of the revision files.
fn names(place: &Place) -> Vec<String> {
    let versions = place.path(VERSIONS);
    let relative = |path: PathBuf| path.strip_prefix(&versions).ok().map(|path| path.display().to_string());
    place.files().into_iter().filter_map(|(path, _)| relative(path)).filter(|name| !name.is_empty()).collect()
}

/// A file without the time it was made at.
fn text(place: &Place, name: &str) -> String {
    let text = place.read(&format!("{VERSIONS}/{name}"));
    let line = |line: &str| match line.strip_prefix("-- created: ") {
        Some(time) => {
            assert!(time.ends_with(" UTC") && time.len() == "2026-11-23 01:02:03 UTC".len(), "{time}");
            "-- created: …\n".to_owned()
        }
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn revisions_are_written_one_behind_the_other() {
    let mut place = Place::with(&[]);
    for line in [
        "revision -m 'Create the ticket table!' --rev-id a1",
        "revision -m 'add a title' --rev-id b2 --json",
        "revision -m again --rev-id b2",
        "revision -m bad --rev-id ../b2",
        "revision",
        "revision -m 'on the side' --rev-id c3 --head a1",
        "revision -m 'on the side' --rev-id c3 --head a1 --splice --branch-label side",
        "revision -m behind --rev-id d4",
        "revision -m behind --rev-id d4 --head side@head --depends-on b2",
        "revision -m label --rev-id e5 --head b2 --branch-label side",
        "revision -m 'another line' --rev-id f6 --head base",
        "revision -m 'in the dark' --head f6 --depends-on nope",
        "heads",
        "merge d4 -m alone",
        "merge b2 a1",
        "merge b2 d4 --rev-id aa11",
        "merge --rev-id bb22 -m 'all of it' --json",
        "merge",
        "history",
        "upgrade",
    ] {
        place.shows(line);
    }
    let mut shown = place.transcript().to_owned();
    for name in names(&place) {
        shown.push_str(&format!("== {name}\n{}", text(&place, &name)));
    }
    assert_snapshot!(shown);
}

#[test]
fn a_message_of_any_script_names_its_file() {
    let place = Place::with(&[]);
    let file = place.succeed(&["revision", "-m", "Créer la table été 日本語", "--rev-id", "a1"]);
    assert_eq!(file, "migrations/versions/a1_créer_la_table_été_日本語.sql\n");
    assert_eq!(place.succeed(&["heads"]), "a1  Créer la table été 日本語 (head)\n");
}

#[test]
fn an_id_is_made_where_none_is_given() {
    let place = Place::with(&[]);
    place.succeed(&["revision", "-m", "one"]);
    place.succeed(&["revision", "-m", "two"]);
    let ids: Vec<String> =
        names(&place).iter().map(|name| name.split('_').next().unwrap().to_owned()).collect();
    assert!(ids.iter().all(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_hexdigit())), "{ids:?}");
    assert_eq!(place.succeed(&["history"]).lines().count(), 2);
}

#[test]
fn files_are_named_and_framed_as_the_project_wants() {
    let mut place = Place::with(&[]);
    place.write(
        "dunlin.toml",
        "url = \"sqlite:///app.db\"\nrecursive_version_locations = true\nslug_length = 8\ntimezone = \"Europe/Berlin\"\n\
         file_template = \"{year}/{rev}-{slug}\"\n",
    );
    place.write(
        "migrations/revision.sql.template",
        "-- Nobody's but ours.\n\n{{revision}}\n\n-- Written for {{id}}: {{message}}\n",
    );
    place.shows("revision -m 'create the ticket table' --rev-id a1");
    let year = names(&place).remove(0);
    assert!(year.len() == 4 && year.starts_with("20"), "{year}");
    let file = place.read(&format!("{VERSIONS}/{year}/a1-create.sql"));
    assert!(file.starts_with("-- Nobody's but ours.\n\n-- revision: a1\n"), "{file}");
    assert!(file.contains(" CET\n") || file.contains(" CEST\n"), "{file}");
    assert!(file.ends_with("-- Written for a1: create the ticket table\n"), "{file}");
    place.shows("heads");
    for (template, line) in [
        ("nothing\n", "revision -m next"),
        ("-- revision: other\n{{revision}}\n", "revision -m next"),
        ("DROP TABLE x;\n{{revision}}\n", "revision -m next"),
    ] {
        place.write("migrations/revision.sql.template", template);
        let before = place.files();
        place.shows(line);
        assert_eq!(place.files(), before, "{template}");
    }
    assert_snapshot!(place.transcript().replace(&year, "[year]"));
}

#[test]
fn a_hook_is_run_on_a_new_file_and_its_failure_is_reported() {
    let mut place = Place::with(&[]);
    let config = |hooks: &str| format!("url = \"sqlite:///app.db\"\n{hooks}");
    let hook = |run: &str| format!("[[post_write_hooks]]\nname = \"mark\"\nrun = {run}\n");
    place.write("dunlin.toml", &config(&hook("[\"sh\", \"-c\", \"echo '-- marked' >> {file}\"]")));
    place.shows("revision -m one --rev-id a1");
    assert!(place.read("migrations/versions/a1_one.sql").ends_with("-- marked\n"));
    place.write("dunlin.toml", &config(&(hook("[\"false\"]") + &hook("[\"touch\", \"never\"]"))));
    place.shows("revision -m two --rev-id b2");
    place.write("dunlin.toml", &config(&hook("[\"no-such-program\", \"-x\"]")));
    place.shows("revision -m three --rev-id c3");
    assert!(!place.path("never").exists());
    assert_eq!(names(&place), ["a1_one.sql", "b2_two.sql", "c3_three.sql"]);
    assert_snapshot!(place.transcript());
}

#[test]
fn a_file_goes_to_the_location_of_the_revision_that_it_follows() {
    let mut place = Place::with(&[]);
    let locations = "version_locations = [\"one\", \"two\"]\n";
    place.write("dunlin.toml", &format!("url = \"sqlite:///app.db\"\n{locations}"));
    place.write("one/.gitkeep", "");
    place.write("two/.gitkeep", "");
    for line in [
        "revision -m first --rev-id a1",
        "revision -m first --rev-id a1 --version-path elsewhere",
        "revision -m first --rev-id a1 --version-path two",
        "revision -m second --rev-id b2",
        "revision -m side --rev-id c3 --head base --version-path one",
        "history",
    ] {
        place.shows(line);
    }
    assert!(place.path("two/b2_second.sql").is_file());
    assert_snapshot!(place.transcript());
}

#[test]
fn models_as_json_are_compared_and_written_as_revisions() {
    let mut place = Place::with(&[]);
    place.shows("check");
    place.shows("revision -m tables --autogenerate --rev-id a1");
    // What another project's database has becomes the models of this one.
    let other = Place::with(&LINE);
    other.succeed(&["upgrade"]);
    let models = other.succeed(&["generate-models", "--json"]);
    place.write("models.json", &models);
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\nowner = \"shop\"\nmodels = \"models.json\"\n");
    for line in [
        "check",
        "check --offline --dialect sqlite",
        "revision -m tables --autogenerate --rev-id a1",
        "check",
        "upgrade",
        "check",
        "check --json",
        "revision -m more --autogenerate",
    ] {
        place.shows(line);
    }
    // What is behind such a revision is seen in the database.
    let more = models.replace("\"title\"", "\"headline\"").replace("\"note\"", "\"remark\"");
    assert_ne!(more, models);
    place.write("models.json", &more);
    for line in [
        "check --offline",
        "check",
        "revision -m 'by hand' --rev-id b2",
        "revision -m more --autogenerate --rev-id c3",
        "upgrade",
        "revision -m more --autogenerate --rev-id c3 --rename ticket.title=headline",
        "upgrade",
        "check",
        "downgrade -1",
        "check --rename ticket.title=headline",
    ] {
        place.shows(line);
    }
    let mut shown = place.transcript().to_owned();
    for name in ["a1_tables.sql", "c3_more.sql"] {
        shown.push_str(&format!("== {name}\n{}", text(&place, name)));
    }
    assert_snapshot!(shown);
}

#[test]
fn models_are_read_by_what_compares_them_only() {
    let mut place = Place::with(&LINE);
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\nowner = \"shop\"\nmodels = \"models.json\"\n");
    for line in [
        "heads",
        "upgrade",
        "revision -m more --autogenerate",
        "check",
        "check --offline",
        "revision -m more --rev-id f7",
        "upgrade",
        "generate-models --json -o models.json",
        "generate-models --json -o models.json",
        "check",
    ] {
        place.shows(line);
    }
    place.write("models.json", "{");
    for line in ["current", "check"] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_file_that_no_command_would_read_is_not_written() {
    let mut place = Place::with(&LINE);
    let before = place.files();
    for line in [
        "revision -m 'in rust' --rust",
        "revision -m 'in rust' --rust --autogenerate",
        "merge a1b2 e5f6 --rust",
        "revision -m hidden --rev-id _f7",
        "heads",
    ] {
        place.shows(line);
        assert_eq!(place.files(), before, "{line}");
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn an_editor_opens_the_file() {
    let mut place = Place::with(&BRANCHES);
    place.shows("edit a1b2");
    place.set("EDITOR", "sh -c 'echo edited >> \"$0\"'");
    place.shows("edit a1b2");
    assert!(place.read("migrations/versions/a1b2.sql").ends_with("edited\n"));
    place.shows("edit heads");
    place.shows("edit nope");
    place.set("VISUAL", "false");
    place.shows("edit left");
    assert_snapshot!(place.transcript());
}

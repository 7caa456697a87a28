//! Running the program as a user does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A directory with a project in it, and what was run there.
pub(crate) struct Place {
    directory: TempDir,
    variables: Vec<(String, String)>,
    transcript: String,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Three revisions in a line.
pub(crate) const LINE: [(&str, &str); 3] = [
    (
        "a1b2_create_ticket.sql",
        "-- revision: a1b2\n-- message: create ticket\n-- message:\n-- message: The first table.\n\n-- upgrade\n\n\
         CREATE TABLE ticket (id INTEGER NOT NULL, PRIMARY KEY (id));\n\n-- downgrade\n\nDROP TABLE ticket;\n",
    ),
    (
        "c3d4_add_title.sql",
        "-- revision: c3d4\n-- down_revision: a1b2\n-- message: add title\n\n-- upgrade\n\n\
         ALTER TABLE ticket ADD COLUMN title VARCHAR(50);\n\n-- downgrade\n\n\
         ALTER TABLE ticket DROP COLUMN title;\n",
    ),
    (
        "e5f6_create_note.sql",
        "-- revision: e5f6\n-- down_revision: c3d4\n-- message: create note\n\n-- upgrade\n\n\
         CREATE TABLE note (id INTEGER NOT NULL, PRIMARY KEY (id));\n\n-- downgrade\n\nDROP TABLE note;\n",
    ),
];

/// Two branches of `a1b2`, and a base of its own that depends on one of them.
pub(crate) const BRANCHES: [(&str, &str); 4] = [
    ("a1b2.sql", "-- revision: a1b2\n-- message: first\n\n-- upgrade\n\n-- downgrade\n"),
    (
        "b1b1.sql",
        "-- revision: b1b1\n-- down_revision: a1b2\n-- branch_labels: left\n-- message: on the left\n\n\
         -- upgrade\n\n-- downgrade\n",
    ),
    (
        "b2b2.sql",
        "-- revision: b2b2\n-- down_revision: a1b2\n-- branch_labels: right\n-- message: on the right\n\n\
         -- upgrade\n\n-- downgrade\n",
    ),
    (
        "d1d1.sql",
        "-- revision: d1d1\n-- depends_on: b1b1\n-- branch_labels: other\n-- message: elsewhere\n\n\
         -- upgrade\n\n-- downgrade\n",
    ),
];

impl Place {
    /// An empty directory.
    pub(crate) fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), variables: Vec::new(), transcript: String::new() }
    }

    /// A project of SQL revisions with a SQLite database beside it.
    pub(crate) fn with(revisions: &[(&str, &str)]) -> Self {
        Self::on("sqlite:///app.db", revisions)
    }

    /// A project of SQL revisions with a database elsewhere.
    pub(crate) fn on(url: &str, revisions: &[(&str, &str)]) -> Self {
        let place = Self::empty();
        place.write("dunlin.toml", &format!("url = \"{url}\"\nowner = \"shop\"\n"));
        std::fs::create_dir_all(place.path("migrations/versions")).unwrap();
        for (name, text) in revisions {
            place.write(&format!("migrations/versions/{name}"), text);
        }
        place
    }

    /// A path in it.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// Writes a file.
    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path(relative)).unwrap()
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The files in it, sorted, with what they hold: to see that nothing was changed.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.directory.path(), &mut files);
        files.sort();
        files
    }

    /// Runs a command in a directory of it.
    pub(crate) fn run_in(&self, directory: &str, arguments: &[&str]) -> Outcome {
        let inherited = std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            !["DUNLIN_CONFIG", "EDITOR", "VISUAL"].contains(&&*name) && !name.starts_with("PG")
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_dunlin"));
        command
            .env_clear()
            .envs(inherited.collect::<Vec<_>>())
            .env("USER", "tester")
            .envs(self.variables.iter().cloned());
        command.args(arguments).current_dir(self.path(directory)).stdin(Stdio::null());
        let output = command.output().unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: self.redact(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.redact(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Runs a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_in("", arguments)
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "dunlin {}: {outcome:?}", arguments.join(" "));
        outcome.stdout
    }

    /// Runs a command, and writes down what it says.
    pub(crate) fn shows(&mut self, line: &str) {
        let arguments: Vec<String> = words(line);
        let outcome = self.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        self.transcript.push_str(&format!("$ dunlin {line}\n{}", outcome.stdout));
        for line in outcome.stderr.lines() {
            self.transcript.push_str(&format!("! {line}\n"));
        }
        self.transcript.push_str(&format!("[{}]\n\n", outcome.code));
    }

    /// What was written down.
    pub(crate) fn transcript(&self) -> &str {
        &self.transcript
    }

    /// What differs from run to run is taken out.
    fn redact(&self, text: &str) -> String {
        let directory = std::fs::canonicalize(self.directory.path()).unwrap();
        let mut text = text.replace(&directory.display().to_string(), "[place]");
        text = text.replace(&self.directory.path().display().to_string(), "[place]");
        for (before, behind) in [("(", " ms)"), ("\"milliseconds\":", "}"), ("\"elapsed_ms\":", ",")] {
            text = without_number(&text, before, behind);
        }
        without_times(&without_host(&text))
    }
}

/// Whoever runs the tests, and wherever.
fn without_host(text: &str) -> String {
    let mut pieces = text.split("tester@");
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = |piece: &str| piece.trim_start_matches(|c: char| !c.is_whitespace() && c != '"').to_owned();
    pieces.fold(first, |text, piece| text + "tester@[host]" + &rest(piece))
}

/// Times such as 2026-11-23 01:50:00 become a word.
fn without_times(text: &str) -> String {
    const LIKE: &[u8] = b"0000-00-00 00:00:00";
    let is_time = |window: &[u8]| {
        window.iter().zip(LIKE).all(|(is, like)| if *like == b'0' { is.is_ascii_digit() } else { is == like })
    };
    match text.as_bytes().windows(LIKE.len()).position(is_time) {
        Some(at) => format!("{}[time]{}", &text[..at], without_times(&text[at + LIKE.len()..])),
        None => text.to_owned(),
    }
}

/// Numbers between two texts become N.
fn without_number(text: &str, before: &str, behind: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(before) {
        let (head, tail) = rest.split_at(at + before.len());
        result.push_str(head);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        rest = tail;
        if digits > 0 && tail[digits..].starts_with(behind) {
            result.push('N');
            rest = &tail[digits..];
        }
    }
    result + rest
}

/// A command line's words; single quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    words
}

fn collect(directory: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.push((path.clone(), Vec::new()));
            collect(&path, files);
        } else {
            files.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
}

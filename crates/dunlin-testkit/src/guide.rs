//! Guides (`docs/*.md`, and `README.md`) whose commands are run.
//!
//! What a guide holds, and what is seen of it:
//!
//! - ```` ```console ```` has commands: `$ command`, lines `> …` that belong to it, and all that it prints, on
//!   standard output and standard error. The commands of a guide run one behind the other in one shell, which begins
//!   in an empty directory. A command succeeds, unless a line that it prints begins with `error: `. In what it
//!   prints `…` stands for any text, and alone in a line for any lines.
//!   ```` ```console airflow ```` has those of another program, run by that program's tests.
//! - ```` ```sql file=migrations/versions/a1_one.sql ```` is a file, which is written where the commands are
//!   then; with `airflow` behind it, for that program's.
//! - ```` ```rust from=examples/ticketing/src/db_manager.rs ```` stands in that file of the repository; `…` alone in a
//!   line leaves lines out.
//! - Any other block of a shell or of Rust says `not-run`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Stands between what two commands print, with the exit code of the first.
const MARK: &str = "--- end of a command of the guide:";

/// A guide, and what is done with it.
#[derive(Debug)]
pub struct Guide {
    path: String,
    steps: Vec<Step>,
    before: Vec<(String, String)>,
}

#[derive(Debug)]
enum Step {
    Command { line: usize, text: String, prints: Vec<String> },
    File { path: String, text: String },
}

/// A block between fences.
struct Block<'a> {
    line: usize,
    language: &'a str,
    attributes: Vec<&'a str>,
    lines: Vec<&'a str>,
}

impl Guide {
    /// Reads `docs/NAME`, with the commands of the blocks ```` ```console PROGRAM ````; the blocks of `dunlin` name
    /// no program. What stands in files of the repository is compared with them.
    pub fn read(name: &str, program: &str) -> Self {
        Self::at(&format!("docs/{name}"), program)
    }

    /// The same with a page that lies anywhere in the repository.
    pub fn at(path: &str, program: &str) -> Self {
        let repository = repository();
        let text = std::fs::read_to_string(repository.join(path)).unwrap();
        let mut steps = Vec::new();
        for block in blocks(&text) {
            let place = format!("{path}:{}", block.line);
            let of = |key: &str| block.attributes.iter().find_map(|attribute| attribute.strip_prefix(key));
            if block.language == "console" {
                if block.attributes.first().copied().unwrap_or("dunlin") == program {
                    steps.extend(commands(&block));
                }
            } else if let Some(path) = of("file=") {
                if block.attributes.get(1).copied().unwrap_or("dunlin") == program {
                    let text = block.lines.join("\n") + "\n";
                    steps.push(Step::File { path: path.to_owned(), text });
                }
            } else if let Some(source) = of("from=") {
                let file = std::fs::read_to_string(repository.join(source)).unwrap();
                assert!(stands_in(&block.lines, &file), "{place}: this does not stand in {source}");
            } else if ["sh", "bash", "rust"].iter().any(|language| block.language.starts_with(language)) {
                assert_eq!(block.attributes, ["not-run"], "{place}: nobody runs this block");
            }
        }
        assert!(!steps.is_empty(), "{path} has no command of {program}");
        Self { path: path.to_owned(), steps, before: Vec::new() }
    }

    /// Runs something before a command, of which the guide says nothing.
    #[must_use]
    pub fn before(mut self, command: &str, script: &str) -> Self {
        let known = |step: &Step| matches!(step, Step::Command { text, .. } if text == command);
        assert!(self.steps.iter().any(known), "{} has no command {command}", self.path);
        self.before.push((command.to_owned(), script.to_owned()));
        self
    }

    /// Runs the commands in a directory, with the program on the `PATH` and these variables.
    pub fn run(&self, directory: &Path, program: &Path, variables: &[(&str, &str)]) {
        let printed = self.print(directory, program, variables);
        let mut rest = printed.as_str();
        for step in &self.steps {
            let Step::Command { line, text, prints } = step else { continue };
            let place = format!("{}:{line}: $ {text}", self.path);
            let (output, after) = rest.split_once(MARK).unwrap_or_else(|| panic!("{place}\n{rest}"));
            let (code, after) = after.split_once('\n').unwrap_or((after, ""));
            let found: Vec<&str> = output.trim_end_matches('\n').lines().map(str::trim_end).collect();
            let expected: Vec<&str> = prints.iter().map(|line| line.trim_end()).collect();
            assert!(
                lines_match(&expected, &found),
                "{place}\n--- the guide\n{}\n--- what it prints\n{}",
                expected.join("\n"),
                found.join("\n")
            );
            let fails = found.iter().any(|line| line.starts_with("error: "));
            assert_eq!(code.trim() != "0", fails, "{place}\nthe exit code is{code}");
            rest = after;
        }
    }

    fn print(&self, directory: &Path, program: &Path, variables: &[(&str, &str)]) -> String {
        let programs = program.parent().unwrap().display();
        let path = std::env::var("PATH").unwrap();
        let inherited = std::env::vars().filter(|(name, _)| {
            !["DATABASE_URL", "EDITOR", "VISUAL"].contains(&&**name)
                && !["DUNLIN", "AIRFLOW", "PG"].iter().any(|start| name.starts_with(start))
        });
        let output = Command::new("sh")
            .args(["-c", &self.script()])
            .current_dir(directory)
            .env_clear()
            .envs(inherited.collect::<Vec<_>>())
            .env("PATH", format!("{programs}:{path}"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn script(&self) -> String {
        let mut script = String::from("exec 2>&1\n");
        for step in &self.steps {
            match step {
                Step::File { path, text } => script.push_str(&format!(
                    "mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'END OF THE FILE'\n{text}END OF THE FILE\n"
                )),
                Step::Command { text, .. } => {
                    let before = self.before.iter().filter(|(command, _)| command == text);
                    before.for_each(|(_, first)| script.push_str(&format!("{first}\n")));
                    script.push_str(&format!("{text}\nprintf '\\n{MARK} %s\\n' $?\n"));
                }
            }
        }
        script
    }
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else { continue };
        let mut words = fence.split_whitespace();
        let language = words.next().unwrap_or_default();
        let attributes = words.collect();
        let lines = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        blocks.push(Block { line: at + 1, language, attributes, lines });
    }
    blocks
}

fn commands(block: &Block<'_>) -> Vec<Step> {
    let mut commands: Vec<Step> = Vec::new();
    for (at, line) in block.lines.iter().enumerate() {
        if let Some(command) = line.strip_prefix("$ ") {
            let text = command.to_owned();
            commands.push(Step::Command { line: block.line + 1 + at, text, prints: Vec::new() });
            continue;
        }
        let Some(Step::Command { text, prints, .. }) = commands.last_mut() else {
            panic!("a block of commands begins with one: {line}");
        };
        match line.strip_prefix("> ") {
            Some(more) if prints.is_empty() => *text = format!("{text}\n{more}"),
            _ => prints.push((*line).to_owned()),
        }
    }
    for command in &mut commands {
        let Step::Command { prints, .. } = command else { continue };
        // An empty line stands before the next command.
        while prints.last().is_some_and(String::is_empty) {
            prints.pop();
        }
    }
    commands
}

/// Whether the lines are those that are expected.
fn lines_match(expected: &[&str], found: &[&str]) -> bool {
    match expected {
        [] => found.is_empty(),
        ["…", rest @ ..] => (0..=found.len()).any(|skipped| lines_match(rest, &found[skipped..])),
        [first, rest @ ..] => {
            found.first().is_some_and(|line| line_matches(first, line)) && lines_match(rest, &found[1..])
        }
    }
}

fn line_matches(expected: &str, found: &str) -> bool {
    match expected.split_once('…') {
        None => expected == found,
        Some((start, rest)) => found.strip_prefix(start).is_some_and(|behind| {
            behind
                .char_indices()
                .map(|(at, _)| at)
                .chain([behind.len()])
                .any(|at| line_matches(rest, &behind[at..]))
        }),
    }
}

/// Whether the lines stand in a file; `…` leaves some out.
fn stands_in(lines: &[&str], file: &str) -> bool {
    let mut rest = file;
    lines.split(|line| line.trim() == "…").filter(|piece| !piece.is_empty()).all(|piece| {
        let text = piece.join("\n") + "\n";
        let found = rest.find(&text);
        rest = found.map_or(rest, |at| &rest[at + text.len()..]);
        found.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_text_and_for_lines() {
        assert!(line_matches("a (… ms) …", "a (12 ms) b"));
        assert!(!line_matches("a (… ms)", "a (12 s)"));
        assert!(!line_matches("a", "a b"));
        assert!(lines_match(&["a", "…", "c"], &["a", "b", "b", "c"]));
        assert!(!lines_match(&["a", "…", "c"], &["a", "b"]));
        assert!(!lines_match(&["a"], &["a", "b"]));
    }

    #[test]
    fn a_piece_of_a_file_is_found() {
        let file = "one\ntwo\nthree\nfour\n";
        assert!(stands_in(&["one", "…", "three", "four"], file));
        assert!(!stands_in(&["three", "…", "one"], file));
        assert!(!stands_in(&["one", "three"], file));
    }

    #[test]
    #[should_panic(expected = "docs/none.md:1: $ echo b")]
    fn another_output_is_seen() {
        let block = Block { line: 0, language: "console", attributes: vec![], lines: vec!["$ echo b", "a"] };
        let guide = Guide { path: "docs/none.md".to_owned(), steps: commands(&block), before: Vec::new() };
        guide.run(Path::new("/"), Path::new("/bin/sh"), &[]);
    }

    #[test]
    #[should_panic(expected = "the exit code is")]
    fn a_command_that_fails_is_seen() {
        let block = Block { line: 0, language: "console", attributes: vec![], lines: vec!["$ false"] };
        let guide = Guide { path: "docs/none.md".to_owned(), steps: commands(&block), before: Vec::new() };
        guide.run(Path::new("/"), Path::new("/bin/sh"), &[]);
    }
}

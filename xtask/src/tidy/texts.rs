//! Rules about the text of single files.

use super::code::{is_word, without_tests, words};
use super::rules::{
    Forbidden, GENERATED, HOSTS, MANY_LINES, MOST_LINES, PLACES, PROGRAMS_ONLY, WRITTEN_BY_TOOLS,
};
use super::tree::{File, Finding, Tree, line_of};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        findings.extend(opening(file));
        findings.extend(length(file));
        findings.extend(PROGRAMS_ONLY.iter().flat_map(|rule| forbidden(file, rule)));
    }
    let by_hand = tree.files.iter().filter(|file| !WRITTEN_BY_TOOLS.contains(&file.path.as_str()));
    findings.extend(by_hand.flat_map(machine_words));
    findings
}

/// A Rust file says first what it is.
fn opening(file: &File) -> Option<Finding> {
    let first = file.text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    let documented = first.is_some_and(|line| line.starts_with("//!"));
    (!documented).then(|| Finding::new(&file.path, 1, "a file begins with `//!`, which says what it is"))
}

/// A file is read in one sitting.
fn length(file: &File) -> Option<Finding> {
    let lines = file.text.lines().count();
    if lines <= MANY_LINES || file.text.lines().take(5).any(|line| line.contains(GENERATED)) {
        return None;
    }
    let why = format!(
        "{lines} lines: a file is read in one sitting (about {MANY_LINES} lines, at most {MOST_LINES})"
    );
    Some(Finding { warning: lines <= MOST_LINES, ..Finding::new(&file.path, lines, why) })
}

/// What only programs may do.
fn forbidden(file: &File, rule: &Forbidden) -> Vec<Finding> {
    let path = file.path.as_str();
    let program =
        path.starts_with("examples/") && (path.ends_with("/src/main.rs") || path.contains("/src/bin/"));
    let test = path.contains("/tests/") || path.contains("/benches/") || path.ends_with("/tests.rs");
    if program || test || path.ends_with("build.rs") || rule.free.iter().any(|free| path.starts_with(free)) {
        return Vec::new();
    }
    let code = without_tests(&file.text);
    let mut lines = Vec::new();
    for word in rule.words {
        for at in words(&code, word) {
            lines.push((line_of(&code, at), *word));
        }
    }
    // `std::env::var` is one finding, not two.
    lines.sort_unstable();
    lines.dedup_by_key(|(line, _)| *line);
    lines
        .into_iter()
        .map(|(line, word)| Finding::new(path, line, format!("`{word}`: {}", rule.why)))
        .collect()
}

/// Words that are true on one machine only.
fn machine_words(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sample = file.path.contains("/tests/data/");
    for (number, line) in file.text.lines().enumerate() {
        let mut add = |why: String| findings.push(Finding::new(&file.path, number + 1, why));
        if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
            add(format!("`{host}`: no file names a registry's host; use the registry's client"));
        }
        if let Some(place) = PLACES.iter().find(|place| !sample && has_place(line, place)) {
            add(format!("`{place}`: a directory of one machine"));
        }
    }
    findings
}

/// Whether an absolute path begins with `place`.
fn has_place(line: &str, place: &str) -> bool {
    let bytes = line.as_bytes();
    line.match_indices(place).any(|(at, _)| {
        let outside = |byte: u8| !is_word(byte) && !b"/.-~}$)".contains(&byte);
        let before = at.checked_sub(1).is_none_or(|i| outside(bytes[i]));
        let after = bytes.get(at + place.len()).is_none_or(|byte| place.ends_with('/') || !is_word(*byte));
        before && after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::sample(&[(path, text)])).iter().map(ToString::to_string).collect()
    }

    fn reasons(path: &str, text: &str) -> usize {
        found(path, text).len()
    }

    const LIB: &str = "crates/dunlin/src/lib.rs";

    #[test]
    fn a_file_says_first_what_it_is() {
        assert_eq!(reasons(LIB, "//! The runtime.\n"), 0);
        assert_eq!(reasons(LIB, "#![allow(x)]\n\n//! The runtime.\n"), 0);
        assert_eq!(
            found(LIB, "use x;\n//! Late.\n"),
            ["crates/dunlin/src/lib.rs:1: a file begins with `//!`, which says what it is"]
        );
        assert_eq!(reasons(LIB, ""), 1);
    }

    #[test]
    fn long_files_are_found() {
        let text = |lines: usize| format!("//! x\n{}", "\n".repeat(lines - 1));
        let check = |lines| length(&File { path: LIB.to_owned(), text: text(lines) });
        assert_eq!(check(600), None);
        assert!(check(601).unwrap().warning);
        assert!(!check(701).unwrap().warning);
        assert_eq!(reasons(LIB, &format!("//! {GENERATED} by a program\n{}", text(900))), 0);
    }

    #[test]
    fn only_programs_print_read_the_environment_and_exit() {
        let text = "//! x\nfn f() { println!(\"\"); }\nfn g() { std::env::var(\"A\"); }\nfn h() { std::process::exit(1) }";
        assert_eq!(
            found(LIB, text),
            [
                "crates/dunlin/src/lib.rs:2: `println!`: only dunlin-cli, apps and xtask print",
                "crates/dunlin/src/lib.rs:3: `env::var`: only dunlin-cli, apps and xtask (and the test kit) read the environment",
                "crates/dunlin/src/lib.rs:4: `process::exit`: only dunlin-cli, apps and xtask end the process",
            ]
        );
        assert_eq!(reasons("crates/dunlin-testkit/src/lib.rs", text), 2);
        for path in [
            "crates/dunlin-cli/src/report.rs",
            "crates/dunlin/tests/lock.rs",
            "crates/dunlin/build.rs",
            "examples/ticketing/src/main.rs",
        ] {
            assert_eq!(reasons(path, text), 0, "{path}");
        }
        assert_eq!(reasons("examples/ticketing/src/service.rs", text), 3);
        assert_eq!(reasons(LIB, "//! x\n// println!(\n#[cfg(test)]\nmod tests { fn f() { println!() } }"), 0);
        assert_eq!(reasons(LIB, "//! x\nconst A: &str = env!(\"CARGO_PKG_NAME\");"), 0);
    }

    #[test]
    fn words_of_one_machine_are_found() {
        for place in PLACES {
            assert_eq!(
                reasons("README.md", &format!("see {place}x/y")),
                usize::from(place.ends_with('/')),
                "{place}"
            );
            assert_eq!(reasons("README.md", &format!("see `{place}/x`")), 1, "{place}");
            assert_eq!(reasons("crates/dunlin/tests/data/a.json", &format!("see `{place}/x`")), 0, "{place}");
            let others = format!("see src{place}/x, $HOME{place}/x, mysql:/{place}/x");
            assert_eq!(reasons("README.md", &others), 0, "{place}");
        }
        for host in HOSTS {
            assert_eq!(reasons("docs/a.md", &format!("from {host}")), 1, "{host}");
            assert_eq!(reasons("Cargo.lock", &format!("from {host}")), 0, "{host}");
        }
    }
}

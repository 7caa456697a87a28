//! Rules: modules of the engine use only lower ones; every dialect has the same files.

use std::collections::BTreeSet;

use super::code::{is_word, without_tests, words};
use super::rules::{DIALECTS, ENGINE, LAYERS, OWN_FILES};
use super::tree::{Finding, Tree, line_of};

/// A module of the engine must not use one that stands higher in its row of [`LAYERS`]; its tests may.
pub(super) fn modules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(inside) = file.path.strip_prefix(ENGINE) else { continue };
        if inside.ends_with("/tests.rs") {
            continue;
        }
        let own = inside.trim_end_matches(".rs").split('/').next().unwrap_or_default();
        let higher: Vec<_> = LAYERS
            .iter()
            .filter_map(|row| Some(&row[row.iter().position(|name| *name == own)? + 1..]))
            .flatten()
            .collect();
        if higher.is_empty() {
            continue;
        }
        // From `crate` or, by as many `super`s as the file is deep, from the top.
        let depth = inside.matches('/').count() + usize::from(!inside.ends_with("/mod.rs"));
        let top = ["crate::".to_owned(), "super::".repeat(depth)];
        let code = without_tests(&file.text);
        for prefix in &top {
            for (at, name) in uses(&code, prefix) {
                if higher.contains(&&name) {
                    let why = format!("engine module `{own}` uses `{name}`, which stands above it");
                    findings.push(Finding::new(&file.path, line_of(&code, at), why));
                }
            }
        }
    }
    findings
}

/// The names that follow `prefix` in paths, groups in braces included.
fn uses<'a>(code: &'a str, prefix: &str) -> Vec<(usize, &'a str)> {
    let word = prefix.trim_end_matches("::");
    let mut found = Vec::new();
    for start in words(code, word) {
        // The middle of a longer chain of `super`s is not its beginning.
        if code[..start].ends_with("::") || !code[start..].starts_with(prefix) {
            continue;
        }
        let after = start + prefix.len();
        match code[after..].strip_prefix('{') {
            Some(_) => found.extend(group(code, after + 1)),
            None => found.push((after, name_at(code, after))),
        }
    }
    found
}

/// The first names of the paths in `{a::b, c::{d, e}}`; `start` is behind the opening brace.
fn group(code: &str, start: usize) -> Vec<(usize, &str)> {
    let (mut found, mut depth, mut expected) = (Vec::new(), 0, true);
    for (offset, byte) in code[start..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => break,
            b'}' => depth -= 1,
            b',' if depth == 0 => expected = true,
            _ if expected && is_word(byte) => {
                found.push((start + offset, name_at(code, start + offset)));
                expected = false;
            }
            _ => {}
        }
    }
    found
}

fn name_at(code: &str, start: usize) -> &str {
    let rest = &code[start..];
    &rest[..rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len())]
}

/// The directories of the dialects hold the same file names, but for what one of them alone has.
pub(super) fn dialects(tree: &Tree) -> Vec<Finding> {
    let names = |dialect: &str| -> BTreeSet<String> {
        let dir = format!("{ENGINE}{dialect}/");
        let files = tree.rust().filter_map(|file| Some(file.path.strip_prefix(&dir)?.to_owned()));
        files.filter(|file| !OWN_FILES.contains(&format!("{dialect}/{file}").as_str())).collect()
    };
    let all: BTreeSet<_> = DIALECTS.iter().flat_map(|dialect| names(dialect)).collect();
    let mut findings = Vec::new();
    for dialect in DIALECTS {
        for missing in all.difference(&names(dialect)) {
            let why = "another dialect has this file: all dialects have the same file names";
            findings.push(Finding::new(&format!("{ENGINE}{dialect}/{missing}"), 1, why));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        modules(&Tree::sample(&[(path, text)])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_lower_module_that_uses_a_higher_one_is_found() {
        let path = "crates/dunlin-engine/src/graph.rs";
        let all = format!("{path}:2: engine module `graph` uses `history`, which stands above it");
        for text in [
            "//! Graph.\nuse crate::history::RevisionMap;",
            "//! Graph.\nuse crate::{plan, history::{RevisionMap, Target}};",
            "//! Graph.\nfn f(map: &super::history::RevisionMap) {}",
        ] {
            assert_eq!(found(path, text), [all.as_str()], "{text}");
        }
        let path = "crates/dunlin-engine/src/dialect/mysql/ddl.rs";
        assert_eq!(found(path, "use super::super::super::compare::Options;").len(), 1);
        assert_eq!(found("crates/dunlin-engine/src/dialect/mysql/mod.rs", "use crate::generate;").len(), 1);
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        let none = Vec::<String>::new();
        let path = "crates/dunlin-engine/src/history/mod.rs";
        assert_eq!(found(path, "use crate::graph::walk;\nuse crate::compare;"), none);
        let path = "crates/dunlin-engine/src/graph.rs";
        assert_eq!(found(path, "//! See [`crate::history`].\nuse crate::{plan::{history}};"), none);
        assert_eq!(found(path, "let text = \"crate::history\"; use crate::history_of_art;"), none);
        assert_eq!(found(path, "#[cfg(test)]\nmod tests { use crate::history; }"), none);
        assert_eq!(found("crates/dunlin/src/graph.rs", "use crate::history;"), none);
    }

    #[test]
    fn a_file_that_one_dialect_lacks_is_found() {
        let dir = "crates/dunlin-engine/src/dialect";
        let files: Vec<_> = ["postgres/mod.rs", "mysql/mod.rs", "sqlite/mod.rs", "sqlite/index.rs"]
            .map(|name| (format!("{dir}/{name}"), "//! x"))
            .into();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let paths: Vec<_> = dialects(&Tree::sample(&files)).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, [format!("{dir}/postgres/index.rs"), format!("{dir}/mysql/index.rs")]);
        assert_eq!(dialects(&Tree::sample(&files[..3])), []);
        let own = format!("{dir}/sqlite/rebuild.rs");
        let with_own: Vec<_> = files[..3].iter().copied().chain([(own.as_str(), "//! x")]).collect();
        assert_eq!(dialects(&Tree::sample(&with_own)), []);
    }
}

//! Python's `ConfigParser` as Airflow sets it up, the part of it that reads: its defaults, except that keys
//! keep their letter case.

use std::collections::BTreeMap;

use thiserror::Error;

/// A parsed file.
#[derive(Default)]
pub(super) struct Ini {
    sections: BTreeMap<String, Section>,
}

type Section = BTreeMap<String, Entry>;

/// A value before interpolation and the line it begins on.
#[derive(Clone)]
struct Entry {
    value: String,
    line: usize,
}

/// Its values are found in every other section.
const DEFAULT_SECTION: &str = "DEFAULT";
const MAX_DEPTH: usize = 10;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("there is no [section] line before it")]
    NoSection,
    #[error("the section [{0}] is there already")]
    SectionTwice(String),
    #[error("`{0}` is there already in this section")]
    KeyTwice(String),
    #[error("it is neither a [section] nor `key = value`")]
    NotAnOption,
    #[error("there is no key before the `=` or `:`")]
    NoKey,
}

/// What is wrong with a `%` in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum PercentProblem {
    #[error("a `%` that is followed by neither `%` nor `(name)s`")]
    Single,
    #[error("a `%(name)s` that names no key of its section")]
    Unknown,
    #[error("`%(name)s` references that do not end")]
    TooDeep,
}

impl Ini {
    /// Reads a file's text; an error says which line.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, Problem)> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
        let mut ini = Self::default();
        let mut section: Option<String> = None;
        let mut key: Option<String> = None;
        let mut indent = 0;
        for (line, number) in text.split('\n').zip(1..) {
            let content = line.trim();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let open = match (&section, &key) {
                (Some(section), Some(key)) => ini.entry(section, key),
                _ => None,
            };
            if content.is_empty() {
                if let Some(entry) = open {
                    entry.value.push('\n');
                }
                continue;
            }
            let line_indent = line.chars().take_while(|c| c.is_whitespace()).count();
            if let Some(entry) = open.filter(|_| line_indent > indent) {
                entry.value.push('\n');
                entry.value += content;
                continue;
            }
            indent = line_indent;
            if let Some(name) = section_name(content) {
                if name != DEFAULT_SECTION && ini.sections.contains_key(name) {
                    return Err((number, Problem::SectionTwice(name.to_owned())));
                }
                ini.sections.entry(name.to_owned()).or_default();
                section = Some(name.to_owned());
                key = None;
                continue;
            }
            let current = section.as_ref().ok_or((number, Problem::NoSection))?;
            let (name, value) = content.split_once(['=', ':']).ok_or((number, Problem::NotAnOption))?;
            let name = name.trim();
            if name.is_empty() {
                return Err((number, Problem::NoKey));
            }
            let entry = Entry { value: value.trim().to_owned(), line: number };
            let entries = ini.sections.entry(current.clone()).or_default();
            if entries.insert(name.to_owned(), entry).is_some() {
                return Err((number, Problem::KeyTwice(name.to_owned())));
            }
            key = Some(name.to_owned());
        }
        for entry in ini.sections.values_mut().flat_map(Section::values_mut) {
            entry.value.truncate(entry.value.trim_end().len());
        }
        Ok(ini)
    }

    fn entry(&mut self, section: &str, key: &str) -> Option<&mut Entry> {
        self.sections.get_mut(section)?.get_mut(key)
    }

    /// The value of a key, interpolated, and its line. The defaults hold in a section that exists.
    pub(super) fn get(&self, section: &str, key: &str) -> Option<(usize, Result<String, PercentProblem>)> {
        self.sections.get(section)?;
        let entry = self.raw(section, key)?;
        let mut value = String::new();
        Some((entry.line, self.interpolate(section, &entry.value, 1, &mut value).map(|()| value)))
    }

    fn raw(&self, section: &str, key: &str) -> Option<&Entry> {
        [section, DEFAULT_SECTION].iter().find_map(|section| self.sections.get(*section)?.get(key))
    }

    fn interpolate(
        &self,
        section: &str,
        raw: &str,
        depth: usize,
        value: &mut String,
    ) -> Result<(), PercentProblem> {
        if depth > MAX_DEPTH {
            return Err(PercentProblem::TooDeep);
        }
        let mut rest = raw;
        while let Some(percent) = rest.find('%') {
            value.push_str(&rest[..percent]);
            let after = &rest[percent + 1..];
            if let Some(after) = after.strip_prefix('%') {
                value.push('%');
                rest = after;
                continue;
            }
            let (name, after) = after
                .strip_prefix('(')
                .and_then(|name| name.split_once(')'))
                .ok_or(PercentProblem::Single)?;
            rest = after.strip_prefix('s').filter(|_| !name.is_empty()).ok_or(PercentProblem::Single)?;
            let entry = self.raw(section, name).ok_or(PercentProblem::Unknown)?;
            self.interpolate(section, &entry.value, depth + 1, value)?;
        }
        value.push_str(rest);
        Ok(())
    }
}

/// The text between `[` and the line's last `]`; what follows is ignored.
fn section_name(content: &str) -> Option<&str> {
    let inner = content.strip_prefix('[')?;
    inner.rfind(']').map(|end| &inner[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, section: &str, key: &str) -> Option<Result<String, PercentProblem>> {
        Ini::parse(text)
            .unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
            .get(section, key)
            .map(|(_, v)| v)
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("[s]\nk=v", "v"),
            ("[s]\r\n k : v \r\n", "v"),
            ("[s] # x\nk = a=b:c\nK = other", "a=b:c"),
            ("[s]\nk = v # not a comment ; nor this", "v # not a comment ; nor this"),
            ("[s]\nk = a\n  b\n\tc\nj = x", "a\nb\nc"),
            ("[s]\nk = a\n  # comment\n  b\n; other\n  c", "a\nb\nc"),
            ("[s]\nk = a\n\n  b\n\n\nj = x", "a\n\nb"),
            ("[s]\nk =\n  a,\n  b\n", "\na,\nb"),
            ("[s]\n  k = a\n  j = b\n", "a"),
            ("[s]\nk = \"a\"", "\"a\""),
            ("[s]\nk =", ""),
            ("[DEFAULT]\nk = d\n[s]\nj = x", "d"),
            ("[s]\nk = %(j)s-%(j)s%%\nj = %(i)s\n[DEFAULT]\ni=x", "x-x%"),
            ("\u{feff}[s]\nk = v", "v"),
            ("[t]\nk = a\n[s]\n[u]\n[DEFAULT]\nk = v\n[DEFAULT]\nl = w", "v"),
        ] {
            assert_eq!(get(text, "s", "k"), Some(Ok(expected.to_owned())), "{text:?}");
        }
        assert_eq!(get("[S]\nk = v", "s", "k"), None);
        assert_eq!(get("[DEFAULT]\nk = v", "s", "k"), None);
    }

    #[test]
    fn percent_signs() {
        for (text, problem) in [
            ("[s]\nk = 5%", PercentProblem::Single),
            ("[s]\nk = %x", PercentProblem::Single),
            ("[s]\nk = %(k", PercentProblem::Single),
            ("[s]\nk = %()s", PercentProblem::Single),
            ("[s]\nk = %(j)d\nj = 1", PercentProblem::Single),
            ("[s]\nk = %(j)s\nJ = 1", PercentProblem::Unknown),
            ("[s]\nk = %(k)s", PercentProblem::TooDeep),
        ] {
            assert_eq!(get(text, "s", "k"), Some(Err(problem)), "{text:?}");
        }
    }

    #[test]
    fn broken_lines() {
        for (text, line, problem) in [
            ("k = v", 1, Problem::NoSection),
            ("# x\n\nk\n[s]", 3, Problem::NoSection),
            ("[s]\nk", 2, Problem::NotAnOption),
            ("[s\nk = v", 1, Problem::NoSection),
            ("[s]\n[t\nk = v", 2, Problem::NotAnOption),
            ("[s]\n= v", 2, Problem::NoKey),
            ("[s]\nk = v\n[s]", 3, Problem::SectionTwice("s".to_owned())),
            ("[s]\nk = v\nk: w", 3, Problem::KeyTwice("k".to_owned())),
            ("[DEFAULT]\nk = v\n[DEFAULT]\nk = w", 4, Problem::KeyTwice("k".to_owned())),
        ] {
            assert_eq!(Ini::parse(text).err(), Some((line, problem)), "{text:?}");
        }
    }
}

//! Names in Rust for names in the database.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use dunlin_core::schema::Table;

/// Words that are no names in Rust without `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "use", "virtual", "where",
];

/// Names of modules that would stand before something else.
const MODULES: [&str; 7] =
    ["prelude", super::enums::MODULE, "dunlin_core", "dunlin_sea_orm", "sea_orm", "core", "std"];

/// Names that are used once.
#[derive(Default)]
pub(super) struct Names {
    used: BTreeSet<String>,
}

impl Names {
    /// The first of a name and numbered ones that is not used yet.
    pub(super) fn take(&mut self, name: String) -> String {
        let free = match self.used.contains(&name) {
            false => name,
            true => (2..).map(|n| format!("{name}{n}")).find(|it| !self.used.contains(it)).unwrap_or(name),
        };
        self.used.insert(free.clone());
        free
    }

    /// The module of a table.
    pub(super) fn module(&mut self, table: &str) -> String {
        let mut name = snake(table, "table");
        let is_taken = |name: &str| MODULES.contains(&name) || KEYWORDS.contains(&name);
        if is_taken(&name) || matches!(name.as_str(), "unsized" | "while" | "yield" | "metadata") {
            name.push('_');
        }
        self.take(name)
    }

    /// The fields of a table's columns: those whose columns have other names, by the names of these.
    pub(super) fn fields(table: &Table) -> Vec<String> {
        let (mut names, mut variants) = (Self::default(), Self::default());
        let mut field = |name: &str| {
            let name = snake(name, "column");
            // `a_1` and `a1` are one variant.
            let variant = variants.take(camel(&name));
            let name = if variant == camel(&name) { name } else { snake(&variant, "column") };
            names.take(name)
        };
        table.columns.iter().map(|column| field(&column.name)).collect()
    }
}

/// A field as it is written.
pub(super) fn field_name(name: &str) -> String {
    match name {
        "crate" | "self" | "super" => format!("{name}_"),
        _ if KEYWORDS.contains(&name) || matches!(name, "unsized" | "while" | "yield") => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// Whether SeaORM makes of a field just the column's name.
pub(super) fn is_plain(column: &str, field: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    column == field && column.split('_').all(part) && !matches!(column, "crate" | "self" | "super")
}

/// Small letters, digits and single underscores; `otherwise` before what would begin with a digit.
fn snake(name: &str, otherwise: &str) -> String {
    let mut text = String::new();
    let mut before = '_';
    for c in name.chars() {
        match c {
            _ if c.is_ascii_uppercase() && before.is_ascii_lowercase() => {
                text.push('_');
                text.push(c.to_ascii_lowercase());
            }
            _ if c.is_ascii_alphanumeric() => text.push(c.to_ascii_lowercase()),
            _ if text.is_empty() || text.ends_with('_') => {}
            _ => text.push('_'),
        }
        before = c;
    }
    let text = text.trim_matches('_');
    match text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        true => format!("{otherwise}_{text}").trim_matches('_').to_owned(),
        false => text.to_owned(),
    }
}

/// `dag_run` as `DagRun`.
pub(super) fn camel(name: &str) -> String {
    let mut text = String::new();
    for part in name.split('_') {
        let mut characters = part.chars();
        text.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        text.extend(characters);
    }
    text
}

/// The same for any text, if it makes a name: `so-so` as `SoSo`.
pub(super) fn variant(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let name = camel(&snake(text, ""));
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(fits);
    (is_name && name != "Self").then_some(name)
}

/// As rustfmt sorts: digits by what they count.
pub(super) fn in_version_order(names: &mut [&str]) {
    names.sort_by(|a, b| version_order(a, b));
}

fn version_order(a: &str, b: &str) -> Ordering {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let (mut a, mut b) = (a, b);
    loop {
        let (in_a, in_b) = (digits(a), digits(b));
        if in_a > 0 && in_b > 0 {
            let count = |text: &str| text.trim_start_matches('0').to_owned();
            let (one, other) = (count(&a[..in_a]), count(&b[..in_b]));
            match one.len().cmp(&other.len()).then(one.cmp(&other)) {
                Ordering::Equal => (a, b) = (&a[in_a..], &b[in_b..]),
                order => return order,
            }
            continue;
        }
        let (first, second) = (a.chars().next(), b.chars().next());
        match (first, second) {
            (Some(one), Some(other)) if one == other => {
                (a, b) = (&a[one.len_utf8()..], &b[one.len_utf8()..]);
            }
            // An underscore stands before everything else.
            (Some('_'), Some(_)) => return Ordering::Less,
            (Some(_), Some('_')) => return Ordering::Greater,
            _ => return first.cmp(&second),
        }
    }
}

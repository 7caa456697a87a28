//! Rust expressions as a tree.

use std::collections::BTreeSet;

/// The expressions that generated source is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// A path or a number.
    Word(String),
    /// A text.
    Text(Text),
    /// `path(…)`.
    Call(String, Vec<Expr>),
    /// `root.method(…).method(…)`.
    Chain(Box<Expr>, Vec<(String, Vec<Expr>)>),
    /// `[…]`.
    Array(Vec<Expr>),
    /// `vec![…]`.
    Vec(Vec<Expr>),
    /// `(…, …)`.
    Tuple(Vec<Expr>),
    /// `path { field: … }`.
    Struct(String, Vec<(&'static str, Expr)>),
    /// `|parameter| …`.
    Closure(&'static str, Body),
}

/// What a closure does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// It is an expression.
    Value(Box<Expr>),
    /// It runs statements.
    Block(Vec<Statement>),
}

/// A statement of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    /// `….method();`
    Run(Expr),
    /// `place = …;`
    Assign(String, Expr),
    /// The block's value.
    Value(Expr),
}

/// A text, and whether it may stand in the source as it is, in several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) in_lines: bool,
}

impl Expr {
    pub(super) fn word(text: impl Into<String>) -> Self {
        Self::Word(text.into())
    }

    /// A text in one literal, its line feeds escaped.
    pub(super) fn text(value: &str) -> Self {
        Self::Text(Text { value: value.to_owned(), in_lines: false })
    }

    /// SQL: several lines of it stand in several lines.
    pub(super) fn sql(value: &str) -> Self {
        Self::Text(Text { value: value.to_owned(), in_lines: true })
    }

    pub(super) fn call(function: &str, arguments: impl IntoIterator<Item = Expr>) -> Self {
        Self::Call(function.to_owned(), arguments.into_iter().collect())
    }

    /// The same expression with one more method called on it.
    pub(super) fn then(self, method: &str, arguments: impl IntoIterator<Item = Expr>) -> Self {
        let call = (method.to_owned(), arguments.into_iter().collect());
        match self {
            Self::Chain(root, mut calls) => {
                calls.push(call);
                Self::Chain(root, calls)
            }
            root => Self::Chain(Box::new(root), vec![call]),
        }
    }

    /// `….to_owned()`.
    pub(super) fn owned(self) -> Self {
        self.then("to_owned", [])
    }

    /// A closure that runs statements.
    pub(super) fn block(parameter: &'static str, statements: Vec<Statement>) -> Self {
        let parameter = if statements.is_empty() { "_" } else { parameter };
        Self::Closure(parameter, Body::Block(statements))
    }

    /// A closure that is an expression.
    pub(super) fn closure(parameter: &'static str, value: Expr) -> Self {
        Self::Closure(parameter, Body::Value(Box::new(value)))
    }

    /// Collects the first segments of all paths.
    fn paths(&self, into: &mut BTreeSet<String>) {
        let mut path = |path: &str| {
            let first = path.split(['<', ':', ' ']).next().unwrap_or_default();
            into.insert(first.to_owned());
        };
        match self {
            Self::Word(word) => path(word),
            Self::Text(_) => {}
            Self::Call(function, arguments) => {
                path(function);
                arguments.iter().for_each(|argument| argument.paths(into));
            }
            Self::Chain(root, calls) => {
                root.paths(into);
                calls.iter().flat_map(|(_, arguments)| arguments).for_each(|it| it.paths(into));
            }
            Self::Array(items) | Self::Vec(items) | Self::Tuple(items) => {
                items.iter().for_each(|item| item.paths(into));
            }
            Self::Struct(name, fields) => {
                path(name);
                fields.iter().for_each(|(_, value)| value.paths(into));
            }
            Self::Closure(_, Body::Value(value)) => value.paths(into),
            Self::Closure(_, Body::Block(statements)) => {
                statements.iter().for_each(|statement| statement.paths(into));
            }
        }
    }
}

impl Statement {
    fn paths(&self, into: &mut BTreeSet<String>) {
        match self {
            Self::Run(value) | Self::Assign(_, value) | Self::Value(value) => value.paths(into),
        }
    }
}

/// What generated source uses besides the prelude, and where it is.
const IMPORTS: &[(&str, &str)] = &[
    ("Backfill", "dunlin_core::operation"),
    ("ColumnPosition", "dunlin_core::operation"),
    ("Operation", "dunlin_core::operation"),
    ("TableChange", "dunlin_core::operation"),
    ("Constraint", "dunlin_core::schema"),
    ("Deferrable", "dunlin_core::schema"),
    ("Exclude", "dunlin_core::schema"),
    ("IndexKind", "dunlin_core::schema"),
    ("MatchType", "dunlin_core::schema"),
    ("NullsOrder", "dunlin_core::schema"),
    ("Object", "dunlin_core::schema"),
    ("OnConflict", "dunlin_core::schema"),
    ("BTreeMap", "std::collections"),
    ("Duration", "std::time"),
];

/// The `use` declarations that statements need, one below the other.
pub(super) fn imports<'s>(statements: impl IntoIterator<Item = &'s Statement>) -> String {
    let mut paths = BTreeSet::new();
    statements.into_iter().for_each(|statement| statement.paths(&mut paths));
    let of = |module: &str| -> Vec<&str> {
        let known = IMPORTS.iter().filter(|(name, of)| *of == module && paths.contains(*name));
        known.map(|(name, _)| *name).collect()
    };
    let mut text = String::new();
    text.push_str(&import("std::collections", &of("std::collections")));
    text.push_str(&import("std::time", &of("std::time")));
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&import("dunlin_core::operation", &of("dunlin_core::operation")));
    text.push_str("use dunlin_core::prelude::*;\n");
    text.push_str(&import("dunlin_core::schema", &of("dunlin_core::schema")));
    text
}

fn import(module: &str, names: &[&str]) -> String {
    let names = match names {
        [] => return String::new(),
        [one] => (*one).to_owned(),
        several => {
            let line = several.join(", ");
            // `use `, `::{`, `};`
            if module.len() + line.len() + 9 <= super::layout::MAX_WIDTH {
                format!("{{{line}}}")
            } else {
                format!("{{\n    {line},\n}}")
            }
        }
    };
    format!("use {module}::{names};\n")
}

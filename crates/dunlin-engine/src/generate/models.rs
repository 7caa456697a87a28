//! Models in Rust, for the builder.

use std::collections::BTreeSet;

use dunlin_core::schema::{Metadata, Name, Table};

use super::expr::{Expr, Statement, imports};
use super::layout;
use super::operation::built;
use super::schema::{object, view};
use super::table;
use super::types::enum_type;
use super::unqualify::{unqualify_name, unqualify_table};
use super::value::Result;

/// Model code for the builder: a function `metadata` that makes just this metadata under its schema and its
/// naming convention, with a function for each table, so that no function is large.
///
/// Names that the naming convention gives are left to it.
///
/// # Errors
/// [`GenerateError`](super::GenerateError), for values that no call makes.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::generate::models::builder;
///
/// let mut metadata = Metadata::default();
/// metadata.table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// let file = builder(&metadata)?;
/// assert!(file.contains("fn ticket(metadata: &mut Metadata) {"));
/// # Ok::<(), dunlin_engine::generate::GenerateError>(())
/// ```
pub fn builder(metadata: &Metadata) -> Result<String> {
    let mut functions = FunctionNames::default();
    let mut body = Vec::new();
    if !metadata.schemas.is_empty() {
        let schemas = metadata.schemas.iter().map(|schema| Expr::text(schema).owned()).collect();
        body.push(Statement::Assign("metadata.schemas".to_owned(), Expr::Vec(schemas)));
    }
    body.extend(enum_types(metadata));
    let mut tables = Vec::new();
    for of in metadata.tables() {
        let function = functions.of(&of.name.name);
        body.push(Statement::Run(Expr::call(&function, [Expr::word("&mut metadata")])));
        tables.push((function, definition(of, metadata)?));
    }
    body.extend(views(metadata)?);
    body.extend(objects(metadata)?);

    let definitions = tables.iter().map(|(_, definition)| definition);
    let mut file = format!("//! The models.\n\n{}", imports(body.iter().chain(definitions)));
    file.push_str(
        "\n/// All tables, and what belongs to them.\n\
         pub fn metadata(schema: Option<&str>, naming_convention: NamingConvention) -> Metadata {\n",
    );
    if body.is_empty() {
        file.push_str("    Metadata::new(schema, naming_convention)\n}\n");
    } else {
        file.push_str("    let mut metadata = Metadata::new(schema, naming_convention);\n");
        file.push_str(&layout::statements(&body, 4));
        file.push_str("    metadata\n}\n");
    }
    for (function, definition) in &tables {
        file.push_str(&format!("\nfn {function}(metadata: &mut Metadata) {{\n"));
        file.push_str(&layout::statements(std::slice::from_ref(definition), 4));
        file.push_str("}\n");
    }
    Ok(file)
}

fn on_metadata(method: &str, arguments: impl IntoIterator<Item = Expr>) -> Statement {
    Statement::Run(Expr::word("metadata").then(method, arguments))
}

/// Metadata of the same schema and naming convention, still empty.
pub(super) fn empty(metadata: &Metadata) -> Metadata {
    Metadata::new(metadata.schema(), metadata.naming_convention().clone())
}

/// The statement that adds a table.
fn definition(of: &Table, metadata: &Metadata) -> Result<Statement> {
    let is_made_by = |table: &Table| empty(metadata).insert(table.clone()) == of;
    let mut short = unnamed(of, metadata);
    if let Some(schema) = metadata.schema() {
        unqualify_table(&mut short, schema);
    }
    if !is_made_by(&short) {
        short.names_mut().for_each(|name| *name = Name::exact(name.as_str()));
    }
    if !is_made_by(&short) {
        return Ok(on_metadata("extend", [Expr::Array(vec![built(of)?])]));
    }
    Ok(match short.name.schema {
        None => on_metadata("table", [Expr::text(&short.name.name), table::definition(&short)?]),
        Some(_) => on_metadata("insert", [built(&short)?]),
    })
}

/// A table without the names that the naming convention gives.
pub(super) fn unnamed(of: &Table, metadata: &Metadata) -> Table {
    let mut table = of.clone();
    names(&mut table).into_iter().for_each(|name| *name = None);
    let mut named = table.clone();
    metadata.naming_convention().apply(&mut named);
    let given = names(&mut named).into_iter().map(|name| name.take()).collect::<Vec<_>>();
    let mut known = of.clone();
    for ((name, known), given) in names(&mut table).into_iter().zip(names(&mut known)).zip(given) {
        if !(given == *known && known.as_ref().is_some_and(Name::is_exact)) {
            *name = known.take();
        }
    }
    table
}

fn names(table: &mut Table) -> Vec<&mut Option<Name>> {
    let key = table.primary_key.iter_mut().map(|key| &mut key.name);
    let uniques = table.uniques.iter_mut().map(|unique| &mut unique.name);
    let checks = table.checks.iter_mut().map(|check| &mut check.name);
    let excludes = table.excludes.iter_mut().map(|exclude| &mut exclude.name);
    let keys = table.foreign_keys.iter_mut().map(|key| &mut key.name);
    let indexes = table.indexes.iter_mut().map(|index| &mut index.name);
    key.chain(uniques).chain(checks).chain(excludes).chain(keys).chain(indexes).collect()
}

pub(super) fn enum_types(metadata: &Metadata) -> Vec<Statement> {
    let mut short = metadata.enum_types.clone();
    let mut made = empty(metadata);
    for of in &mut short {
        if let (Some(name), Some(schema)) = (&mut of.name, metadata.schema()) {
            unqualify_name(name, schema);
        }
        made.enum_type(of.clone());
    }
    if made.enum_types == metadata.enum_types {
        return short.iter().map(|of| on_metadata("enum_type", [enum_type(of)])).collect();
    }
    let all = metadata.enum_types.iter().map(enum_type).collect();
    vec![Statement::Assign("metadata.enum_types".to_owned(), Expr::Vec(all))]
}

pub(super) fn views(metadata: &Metadata) -> Result<Vec<Statement>> {
    let mut short = metadata.views.clone();
    let mut made = empty(metadata);
    for view in &mut short {
        metadata.schema().into_iter().for_each(|schema| unqualify_name(&mut view.name, schema));
        made.view(view.clone());
    }
    if made.views == metadata.views {
        return short.iter().map(|of| Ok(on_metadata("view", [view(of)?]))).collect();
    }
    let all = metadata.views.iter().map(view).collect::<Result<_>>()?;
    Ok(vec![Statement::Assign("metadata.views".to_owned(), Expr::Vec(all))])
}

pub(super) fn objects(metadata: &Metadata) -> Result<Vec<Statement>> {
    let mut short = metadata.objects.clone();
    let mut made = empty(metadata);
    for object in &mut short {
        for table in &mut object.touches {
            metadata.schema().into_iter().for_each(|schema| unqualify_name(table, schema));
        }
        made.object(object.clone());
    }
    if made.objects == metadata.objects {
        return short.iter().map(|of| Ok(on_metadata("object", [object(of)?]))).collect();
    }
    let all = metadata.objects.iter().map(object).collect::<Result<_>>()?;
    Ok(vec![Statement::Assign("metadata.objects".to_owned(), Expr::Vec(all))])
}

/// Names of functions, each used once.
#[derive(Default)]
struct FunctionNames {
    used: BTreeSet<String>,
}

/// Words that are no names in Rust, and `metadata` itself.
const TAKEN: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "metadata", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// A longer name is cut, so that a function's head stands in one line.
const LONGEST: usize = 60;

impl FunctionNames {
    /// The function of a table: its name in small letters, or its beginning, with a number where another
    /// has that name.
    fn of(&mut self, table: &str) -> String {
        let mut name = String::new();
        for c in table.chars() {
            match c {
                c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
                _ if name.ends_with('_') => {}
                _ => name.push('_'),
            }
        }
        let mut name = name.trim_matches('_').to_owned();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert_str(0, "table_");
        }
        name.truncate(LONGEST);
        let mut name = name.trim_end_matches('_').to_owned();
        if TAKEN.contains(&name.as_str()) {
            name.push_str("_table");
        }
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.used.contains(name));
        let free = free.unwrap_or(name);
        self.used.insert(free.clone());
        free
    }
}

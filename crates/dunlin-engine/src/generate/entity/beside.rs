//! `mod.rs`: the modules, and what the entities cannot say.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Column, ColumnType, Metadata, Name, Table};

use super::super::expr::{Body, Expr, Statement, imports};
use super::super::layout;
use super::super::models::{empty, enum_types, objects, unnamed, views};
use super::super::schema::{check, column, exclude, foreign_key, index, primary_key, unique};
use super::super::table::options;
use super::super::unqualify::unqualify_table;
use super::super::value::{Result, option};
use super::names::in_version_order;
use super::{Entity, enums};

/// The source of `mod.rs`.
pub(super) fn module(
    metadata: &Metadata,
    all: &[Entity<'_>],
    dialect: DialectName,
    has_enums: bool,
) -> Result<String> {
    let mut modules: Vec<&str> = all.iter().map(|entity| entity.module.as_str()).collect();
    modules.push("prelude");
    modules.extend(has_enums.then_some(enums::MODULE));
    in_version_order(&mut modules);

    let mut body = Vec::new();
    if !metadata.schemas.is_empty() {
        let schemas = metadata.schemas.iter().map(|schema| Expr::text(schema).owned()).collect();
        body.push(Statement::Assign("metadata.schemas".to_owned(), Expr::Vec(schemas)));
    }
    body.extend(enum_types(metadata));
    let mut beside: Vec<(&Entity<'_>, Vec<Statement>)> = Vec::new();
    for entity in all {
        let statements = statements(entity, metadata, dialect)?;
        if statements.is_empty() {
            let table = format!("table_of::<{}::Entity>()?", entity.module);
            body.push(run("metadata", "insert", [Expr::word(table)]));
        } else {
            // `ticket(&mut metadata)?`
            let call = format!("{}(&mut metadata)?", entity.module);
            body.push(Statement::Run(Expr::word(call)));
            beside.push((entity, statements));
        }
    }
    body.extend(views(metadata)?);
    body.extend(objects(metadata)?);

    let mut text = "//! The tables as entities, and what entities cannot say.\n\n".to_owned();
    modules.iter().for_each(|module| text.push_str(&format!("pub mod {module};\n")));
    text.push('\n');
    text.push_str(&imports(body.iter().chain(beside.iter().flat_map(|(_, statements)| statements))));
    let says_columns = beside.iter().flat_map(|(_, statements)| statements).any(is_of_column);
    let mut used = vec!["EntityError"];
    used.extend(says_columns.then_some("column_of"));
    used.extend((!all.is_empty()).then_some("table_of"));
    match used.as_slice() {
        [only] => text.push_str(&format!("use dunlin_sea_orm::{only};\n")),
        several => text.push_str(&format!("use dunlin_sea_orm::{{{}}};\n", several.join(", "))),
    }
    text.push_str(
        "\n/// All tables, and what belongs to them.\n\
         ///\n\
         /// # Errors\n\
         /// An entity says something that no table can have.\n\
         pub fn metadata(\n    schema: Option<&str>,\n    naming_convention: NamingConvention,\n\
         ) -> Result<Metadata, EntityError> {\n",
    );
    if body.is_empty() {
        text.push_str("    Ok(Metadata::new(schema, naming_convention))\n}\n");
    } else {
        text.push_str("    let mut metadata = Metadata::new(schema, naming_convention);\n");
        text.push_str(&layout::statements(&body, 4));
        text.push_str("    Ok(metadata)\n}\n");
    }
    for (entity, statements) in &beside {
        let module = &entity.module;
        text.push_str(&format!("\nfn {module}(metadata: &mut Metadata) -> Result<(), EntityError> {{\n"));
        text.push_str(&format!("    let mut table = table_of::<{module}::Entity>()?;\n"));
        text.push_str(&layout::statements(statements, 4));
        text.push_str("    Ok(())\n}\n");
    }
    Ok(text)
}

fn run<const N: usize>(on: &str, method: &str, arguments: [Expr; N]) -> Statement {
    Statement::Run(Expr::word(on).then(method, arguments))
}

const COLUMN_OF: &str = "*column_of(";

fn is_of_column(statement: &Statement) -> bool {
    matches!(statement, Statement::Assign(place, _) if place.starts_with(COLUMN_OF))
}

/// What must be said of the table that an entity makes, and the statement that adds it; nothing where the
/// entity says it all.
fn statements(entity: &Entity<'_>, metadata: &Metadata, dialect: DialectName) -> Result<Vec<Statement>> {
    let is_made_by = |table: &Table| empty(metadata).insert(table.clone()) == entity.table;

    // What is to be inserted: without the names that the naming convention gives, if they come out as they are.
    let mut wanted = unnamed(entity.table, metadata);
    metadata.schema().into_iter().for_each(|schema| unqualify_table(&mut wanted, schema));
    if !is_made_by(&wanted) {
        wanted.names_mut().for_each(|name| *name = Name::exact(name.as_str()));
    }
    let is_inserted = is_made_by(&wanted);
    let mut said = entity.said.clone();
    if !is_inserted {
        wanted = entity.table.clone();
        said.qualify(metadata.schema());
    }
    // Each part is left to the entity if the same comes out.
    let same = |part: &dyn Fn(&mut Table, &Table)| {
        let mut table = wanted.clone();
        part(&mut table, &said);
        match is_inserted {
            true => is_made_by(&table),
            false => table == wanted,
        }
    };

    let mut statements = Vec::new();
    let mut set = |field: &str, value: Expr| {
        statements.push(Statement::Assign(format!("table.{field}"), value));
    };
    if !same(&|table, said| table.primary_key.clone_from(&said.primary_key)) {
        set("primary_key", option(wanted.primary_key.as_ref().map(primary_key)));
    }
    if !same(&|table, said| table.uniques.clone_from(&said.uniques)) {
        set("uniques", Expr::Vec(wanted.uniques.iter().map(unique).collect()));
    }
    if !same(&|table, said| table.foreign_keys.clone_from(&said.foreign_keys)) {
        set("foreign_keys", Expr::Vec(wanted.foreign_keys.iter().map(foreign_key).collect()));
    }
    if !wanted.checks.is_empty() {
        set("checks", Expr::Vec(wanted.checks.iter().map(check).collect::<Result<_>>()?));
    }
    if !wanted.excludes.is_empty() {
        set("excludes", Expr::Vec(wanted.excludes.iter().map(exclude).collect()));
    }
    if !same(&|table, said| table.indexes.clone_from(&said.indexes)) {
        set("indexes", Expr::Vec(wanted.indexes.iter().map(index).collect::<Result<_>>()?));
    }
    if let Expr::Closure(_, Body::Block(said)) = options(&wanted.options)? {
        for statement in said {
            if let Statement::Assign(place, value) = statement {
                set(&format!("options{}", place.strip_prefix('o').unwrap_or(&place)), value);
            }
        }
    }
    let mut columns = Vec::new();
    for (known, wanted) in said.columns.iter().zip(&wanted.columns) {
        if !says(known, wanted, dialect) {
            let place = format!("{COLUMN_OF}&mut table, {:?})?", wanted.name);
            columns.push(Statement::Assign(place, column(wanted)?));
        }
    }
    if columns.is_empty() && statements.is_empty() && is_inserted {
        return Ok(Vec::new());
    }
    columns.extend(statements);
    match is_inserted {
        true => columns.push(run("metadata", "insert", [Expr::word("table")])),
        false => {
            columns.insert(0, run("table", "qualify", [Expr::word("metadata.schema()")]));
            columns.push(run("metadata", "extend", [Expr::Array(vec![Expr::word("table")])]));
        }
    }
    Ok(columns)
}

/// Whether an entity's column is the one that is wanted. A type that is one for all databases need be the same
/// on the one that is looked at: on others, SeaORM's types differ by themselves.
fn says(known: &Column, wanted: &Column, dialect: DialectName) -> bool {
    let mut known = known.clone();
    let is_one = |of: &ColumnType| of.default_value().is_some_and(|one| *of == ColumnType::all(one.clone()));
    if is_one(&wanted.column_type) && known.column_type.get(dialect) == wanted.column_type.get(dialect) {
        known.column_type.clone_from(&wanted.column_type);
    }
    known == *wanted
}

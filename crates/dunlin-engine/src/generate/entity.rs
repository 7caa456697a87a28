//! SeaORM 2 entities for tables that are there.
//!
//! One file for each table, one for the enum types, a prelude, and `mod.rs`, whose function `metadata` reads the
//! tables from the entities and says what an entity cannot say: checks, most indexes, names of constraints,
//! computed columns, options, views, … So nothing is lost, and an entity that is changed changes the metadata.
//!
//! A column's Rust type is that of SeaORM for its type on one database. `Decimal`, `Uuid`, `Json` and `Vec`s of
//! other things than bytes need SeaORM's features `with-rust_decimal`, `with-uuid`, `with-json` and
//! `postgres-array`; days and times are chrono's (`with-chrono`).

mod attribute;
mod beside;
mod column;
mod enums;
mod names;
mod relation;

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Metadata, PrimaryKey, Table, TableName};

use self::attribute::attribute;
use self::enums::Enums;
use self::names::{Names, in_version_order};
use super::unqualify::unqualify_table;
use super::value::Result;

/// A file of Rust source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityFile {
    /// Its name: `ticket.rs`.
    pub name: String,
    /// Its text, as `rustfmt` with its default settings leaves it.
    pub source: String,
}

/// Entities for tables, on a database whose types they are read with: `mod.rs` first.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::generate::entity::entities;
///
/// let mut metadata = Metadata::default();
/// metadata.table("ticket", |t| {
///     t.column("id", DataType::Integer).primary_key();
///     t.column("title", DataType::Text).not_null();
/// });
/// let files = entities(&metadata, DialectName::Postgres)?;
/// let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
/// assert_eq!(names, ["mod.rs", "prelude.rs", "ticket.rs"]);
/// assert!(files[2].source.contains("    #[sea_orm(column_type = \"Text\")]\n    pub title: String,\n"));
/// # Ok::<(), dunlin_engine::generate::GenerateError>(())
/// ```
///
/// # Errors
/// [`GenerateError`](super::GenerateError): something that no source can say.
pub fn entities(metadata: &Metadata, dialect: DialectName) -> Result<Vec<EntityFile>> {
    let enums = Enums::of(metadata, dialect);
    let mut names = Names::default();
    let mut all: Vec<Entity<'_>> = metadata
        .tables()
        .iter()
        .map(|table| Entity::new(table, metadata, names.module(&table.name.name), dialect, &enums))
        .collect();
    for at in 0..all.len() {
        let relations = relation::relations(at, &all);
        all[at].said.foreign_keys = relations.said;
        all[at].relations = relations.source;
    }
    let mut files = vec![EntityFile {
        name: "mod.rs".to_owned(),
        source: beside::module(metadata, &all, dialect, !enums.is_empty())?,
    }];
    files.push(EntityFile { name: "prelude.rs".to_owned(), source: prelude(&all) });
    files.extend(
        all.iter()
            .map(|entity| EntityFile { name: format!("{}.rs", entity.module), source: entity.source() }),
    );
    if !enums.is_empty() {
        files.push(EntityFile { name: format!("{}.rs", enums::MODULE), source: enums.source() });
    }
    Ok(files)
}

/// A table as an entity.
struct Entity<'m> {
    /// The table as it is.
    table: &'m Table,
    /// The same without the metadata's schema.
    short: Table,
    module: String,
    columns: Vec<column::Field>,
    /// What `table_of` finds in the entity.
    said: Table,
    /// Whether the key is one that SeaORM needs, and the table does not have.
    invented_key: bool,
    relations: String,
}

impl<'m> Entity<'m> {
    fn new(
        table: &'m Table,
        metadata: &Metadata,
        module: String,
        dialect: DialectName,
        enums: &Enums,
    ) -> Self {
        let mut short = table.clone();
        metadata.schema().into_iter().for_each(|schema| unqualify_table(&mut short, schema));
        let key = table.primary_key.as_ref().map(|key| key.columns.clone());
        let invented_key = key.is_none();
        let key = key.unwrap_or_else(|| some_key(table));
        let mut said = Table::new(short.name.clone());
        said.comment = short.comment.clone();
        let fields = Names::fields(table);
        let columns: Vec<column::Field> = short
            .columns
            .iter()
            .zip(fields)
            .map(|(column, field)| column::Field::new(column, &short, field, &key, dialect, enums))
            .collect();
        for field in &columns {
            said.columns.push(field.said.clone());
            said.uniques.extend(field.said_unique.clone());
            said.indexes.extend(field.said_index.clone());
        }
        let in_order = columns.iter().filter(|field| field.in_key);
        said.primary_key = Some(PrimaryKey::new(in_order.map(|field| field.said.name.clone())));
        Self { table, short, module, columns, said, invented_key, relations: String::new() }
    }

    fn source(&self) -> String {
        let TableName { schema, name } = &self.short.name;
        let mut text = format!("//! The table `{}`.\n\n", name.replace(['\n', '\r', '`'], " "));
        let mut enums: Vec<&str> = self.columns.iter().filter_map(|field| field.uses.as_deref()).collect();
        enums.sort_unstable();
        enums.dedup();
        text.push_str(&use_enums(&enums));
        text.push_str("use sea_orm::entity::prelude::*;\n\n");
        if self.invented_key {
            text.push_str("// The table has no primary key, and SeaORM needs one.\n");
        }
        let eq = if self.columns.iter().any(|field| field.is_float()) { "" } else { " Eq," };
        text.push_str(&format!("#[derive(Clone, Debug, PartialEq,{eq} DeriveEntityModel)]\n"));
        let mut said = Vec::new();
        said.extend(schema.as_ref().map(|schema| format!("schema_name = {schema:?}")));
        said.push(format!("table_name = {name:?}"));
        said.extend(self.said.comment.as_ref().map(|comment| format!("comment = {comment:?}")));
        text.push_str(&attribute(0, &said));
        text.push_str("pub struct Model {\n");
        self.columns.iter().for_each(|field| text.push_str(&field.source()));
        text.push_str("}\n\n");
        text.push_str(&self.relations);
        text.push_str("impl ActiveModelBehavior for ActiveModel {}\n");
        text
    }
}

/// Columns that are good for a key: unique and never NULL, or never NULL, or just the first.
fn some_key(table: &Table) -> Vec<String> {
    let not_null = |name: &String| table.column(name).is_some_and(|column| !column.nullable);
    let constraints = table.uniques.iter().map(|unique| unique.columns.clone());
    let indexes = table.indexes.iter().filter(|index| {
        index.unique && index.predicate.is_none() && index.columns().count() == index.elements.len()
    });
    let indexes = indexes.map(|index| index.columns().map(str::to_owned).collect::<Vec<_>>());
    let unique = constraints.chain(indexes).find(|columns| columns.iter().all(not_null));
    let names = || table.columns.iter().map(|column| column.name.clone());
    unique
        .or_else(|| names().find(not_null).map(|name| vec![name]))
        .unwrap_or_else(|| names().take(1).collect())
}

fn use_enums(enums: &[&str]) -> String {
    let path = format!("super::{}", enums::MODULE);
    match enums {
        [] => String::new(),
        [one] => format!("use {path}::{one};\n"),
        several => {
            let line = format!("use {path}::{{{}}};\n", several.join(", "));
            match line.len() <= 101 {
                true => line,
                false => format!("use {path}::{{\n    {},\n}};\n", several.join(", ")),
            }
        }
    }
}

fn prelude(all: &[Entity<'_>]) -> String {
    let mut modules: Vec<&str> = all.iter().map(|entity| entity.module.as_str()).collect();
    in_version_order(&mut modules);
    let mut text = "//! The entities by the names of their tables.\n\n".to_owned();
    for module in modules {
        text.push_str(&format!("pub use super::{module}::Entity as {};\n", names::camel(module)));
    }
    text
}

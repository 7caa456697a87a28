//! Foreign keys as relations.

use dunlin_core::schema::{ForeignKey, Name, ReferentialAction, TableName};

use super::Entity;
use super::attribute::attribute;
use super::names::{Names, camel};

/// SeaORM's `Identity` has no more columns.
const MOST_COLUMNS: usize = 12;

pub(super) struct Relations {
    /// The foreign keys that `table_of` finds.
    pub(super) said: Vec<ForeignKey>,
    pub(super) source: String,
}

/// The relations of one of the entities.
pub(super) fn relations(at: usize, all: &[Entity<'_>]) -> Relations {
    let entity = &all[at];
    let mut names = Names::default();
    let mut said: Vec<ForeignKey> = Vec::new();
    let mut variants = String::new();
    let mut related: Vec<(String, &str)> = Vec::new();
    for key in &entity.short.foreign_keys {
        let Some((to, referred)) = target(key, all) else { continue };
        let is_self = to == at;
        let alone = keys_between(entity, to, all) == 1 && !is_self;
        let variant = match alone {
            true => camel(&all[to].module),
            false => format!("{}By{}", camel(&all[to].module), fields(entity, &key.columns).concat()),
        };
        let variant = names.take(variant);
        let mut arguments = vec![
            format!("belongs_to = \"{}\"", path(is_self, &all[to].module, "Entity")),
            format!("from = \"{}\"", several(fields(entity, &key.columns), "Column")),
            format!(
                "to = \"{}\"",
                several(fields(&all[to], &referred), &path(is_self, &all[to].module, "Column"))
            ),
        ];
        let action = |of: ReferentialAction| (!of.is_no_action()).then(|| format!("{of:?}"));
        arguments.extend(action(key.on_update).map(|action| format!("on_update = \"{action}\"")));
        arguments.extend(action(key.on_delete).map(|action| format!("on_delete = \"{action}\"")));
        arguments.extend(key.name.as_ref().map(|name| format!("fk_name = {:?}", name.as_str())));
        variants.push_str(&attribute(4, &arguments));
        variants.push_str(&format!("    {variant},\n"));
        let mut found = ForeignKey::new(&key.columns, key.referred_table.clone(), referred)
            .on_delete(key.on_delete)
            .on_update(key.on_update);
        found.name = key.name.as_ref().map(|name| Name::from(name.as_str()));
        if !said.contains(&found) {
            said.push(found);
        }
        if alone {
            related.push((variant, &all[to].module));
        }
    }
    for (from, other) in all.iter().enumerate() {
        let back = keys_between(entity, from, all);
        if from == at || back > 0 || keys_between(other, at, all) != 1 {
            continue;
        }
        let variant = names.take(camel(&other.module));
        variants.push_str(&attribute(4, &[format!("has_many = \"super::{}::Entity\"", other.module)]));
        variants.push_str(&format!("    {variant},\n"));
        related.push((variant, &other.module));
    }
    let body = if variants.is_empty() { "{}\n".to_owned() } else { format!("{{\n{variants}}}\n") };
    let mut source =
        format!("#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\npub enum Relation {body}\n");
    for (variant, module) in related {
        let head = format!("impl Related<super::{module}::Entity>");
        let head = match head.len() + " for Entity {".len() <= 100 {
            true => format!("{head} for Entity {{"),
            false => format!("{head}\n    for Entity\n{{"),
        };
        source.push_str(&format!(
            "{head}\n    fn to() -> RelationDef {{\n        Relation::{variant}.def()\n    }}\n}}\n\n"
        ));
    }
    Relations { said, source }
}

/// The entity that a key refers to, and the columns there; none where a relation cannot say it.
fn target(key: &ForeignKey, all: &[Entity<'_>]) -> Option<(usize, Vec<String>)> {
    let to = position(&key.referred_table, all)?;
    let table = &all[to].short;
    let referred = match key.referred_columns.is_empty() {
        true => table.primary_key.as_ref()?.columns.clone(),
        false => key.referred_columns.clone(),
    };
    let known = referred.iter().all(|column| table.column(column).is_some());
    let fits = referred.len() == key.columns.len() && (1..=MOST_COLUMNS).contains(&referred.len());
    (known && fits).then_some((to, referred))
}

fn position(table: &TableName, all: &[Entity<'_>]) -> Option<usize> {
    all.iter().position(|entity| entity.short.name == *table)
}

/// How many relations lead from an entity to another.
fn keys_between(entity: &Entity<'_>, to: usize, all: &[Entity<'_>]) -> usize {
    let keys = entity.short.foreign_keys.iter();
    keys.filter(|key| target(key, all).is_some_and(|(found, _)| found == to)).count()
}

/// The variants of columns.
fn fields(entity: &Entity<'_>, columns: &[String]) -> Vec<String> {
    let field = |name: &String| {
        let field = entity.columns.iter().find(|field| field.said.name == *name);
        camel(field.map_or(name, |field| &field.name))
    };
    columns.iter().map(field).collect()
}

fn path(is_self: bool, module: &str, name: &str) -> String {
    if is_self { name.to_owned() } else { format!("super::{module}::{name}") }
}

/// `Column::Id`, or `(Column::A, Column::B)`.
fn several(variants: Vec<String>, of: &str) -> String {
    let paths: Vec<String> = variants.iter().map(|variant| format!("{of}::{variant}")).collect();
    match paths.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

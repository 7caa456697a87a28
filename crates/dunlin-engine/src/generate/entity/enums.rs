//! Enum types as active enums.

use std::collections::BTreeSet;

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{DataType, EnumType, Metadata};

use super::attribute::attribute;
use super::names::{Names, camel, variant};

/// The module of all of them, called as SeaORM's own generator calls it.
pub(super) const MODULE: &str = "sea_orm_active_enums";

/// The enum types of a schema's columns that are active enums.
pub(super) struct Enums {
    /// The Rust name, the name in the database and the values with their variants.
    known: Vec<(String, EnumType, Vec<String>)>,
}

impl Enums {
    pub(super) fn of(metadata: &Metadata, dialect: DialectName) -> Self {
        let mut names = Names::default();
        let mut known: Vec<(String, EnumType, Vec<String>)> = Vec::new();
        for table in metadata.tables() {
            for column in &table.columns {
                let of_type = column.column_type.get(dialect).and_then(DataType::enum_type);
                let is_new = |it: &&EnumType| !known.iter().any(|(_, known, _)| is_alike(known, it));
                let Some(of_type) = of_type.filter(is_new) else { continue };
                let Some(variants) = variants(&of_type.values) else { continue };
                let name = match &of_type.name {
                    Some(name) => name.name.clone(),
                    None => format!("{}_{}", table.name.name, column.name),
                };
                let Some(of_rust) = variant(&name) else { continue };
                known.push((names.take(of_rust), of_type.clone(), variants));
            }
        }
        Self { known }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The Rust name of an enum type, and the type that SeaORM has then.
    pub(super) fn get(&self, of: &EnumType) -> Option<(String, EnumType)> {
        let (name, _, _) = self.known.iter().find(|(_, known, _)| is_alike(known, of))?;
        Some((name.clone(), EnumType::new(database_name(name, of), of.values.clone())))
    }

    pub(super) fn source(&self) -> String {
        let mut text = "//! The enum types.\n\nuse sea_orm::entity::prelude::*;\n".to_owned();
        for (name, of, variants) in &self.known {
            text.push_str("\n#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n");
            let enum_name = format!("enum_name = {:?}", database_name(name, of));
            text.push_str(&attribute(
                0,
                &["rs_type = \"String\"".into(), "db_type = \"Enum\"".into(), enum_name],
            ));
            text.push_str(&format!("pub enum {name} {{\n"));
            for (value, variant) in of.values.iter().zip(variants) {
                text.push_str(&attribute(4, &[format!("string_value = {value:?}")]));
                text.push_str(&format!("    {variant},\n"));
            }
            text.push_str("}\n");
        }
        text
    }
}

/// Whether two enum types have the same values and name, whatever their schemas.
fn is_alike(one: &EnumType, other: &EnumType) -> bool {
    let bare = |it: &EnumType| it.name.as_ref().map(|name| name.name.clone());
    one.values == other.values && bare(one) == bare(other)
}

/// An enum of MySQL has no name, and is called as in Rust.
fn database_name(rust: &str, of: &EnumType) -> String {
    of.name.as_ref().map_or_else(|| rust.to_owned(), |name| name.name.clone())
}

/// Variants for all values, if there is a good one for each.
fn variants(values: &[String]) -> Option<Vec<String>> {
    let variants: Vec<String> = values.iter().map(|value| variant(value)).collect::<Option<_>>()?;
    let different: BTreeSet<String> = variants.iter().map(|name| camel(name)).collect();
    (different.len() == variants.len() && !variants.is_empty()).then_some(variants)
}

//! A whole entity.

use dunlin_core::schema::{
    Column, ForeignKey, Index, Metadata, Name, PrimaryKey, ReferentialAction, Table, TableName, Unique,
};
use sea_orm::sea_query::{self, ForeignKeyAction, TableRef};
use sea_orm::{
    DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, RelationDef, RelationTrait, Schema,
};

use crate::column::column;
use crate::error::EntityError;

/// Of the databases that SeaORM writes for, the one that leaves an entity's types as they are.
const NEUTRAL: DbBackend = DbBackend::Sqlite;

/// The table that an entity stands for: its columns in order, primary key, unique columns, indexes, and
/// a foreign key for every `belongs_to` without `skip_fk`.
///
/// A key that SeaORM counts up is an autoincrement column. The enum types of its columns are not the
/// table's, but the schema's: [`insert`] adds both.
///
/// # Errors
/// [`EntityError`] for a column type, a default, extra SQL or a relation that a dunlin table cannot have.
pub fn table_of<E: EntityTrait>() -> Result<Table, EntityError> {
    let entity = E::default();
    let schema = Schema::new(NEUTRAL);
    let mut table = Table::new(TableName::new(entity.schema_name(), entity.table_name()));
    table.comment = entity.comment().map(str::to_owned);
    for variant in E::Column::iter() {
        let definition = schema.get_column_def::<E>(variant);
        let column = column(&definition, &table.name)?;
        if definition.get_column_spec().unique {
            table.uniques.push(Unique::new([column.name.as_str()]));
        }
        table.columns.push(column);
    }
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned());
    table.primary_key = Some(PrimaryKey::new(key));
    for relation in E::Relation::iter() {
        let definition = relation.def();
        if definition.is_owner || definition.skip_fk {
            continue;
        }
        let key = foreign_key(definition).ok_or_else(|| EntityError::UnsupportedRelation {
            table: table.name.clone(),
            relation: relation.name(),
        })?;
        if !table.foreign_keys.contains(&key) {
            table.foreign_keys.push(key);
        }
    }
    table.indexes = schema.create_index_from_entity(entity).iter().map(index).collect();
    Ok(table)
}

/// A column of a table, to say more about it.
///
/// # Errors
/// [`EntityError::NoColumn`].
pub fn column_of<'t>(table: &'t mut Table, column: &str) -> Result<&'t mut Column, EntityError> {
    let of = table.name.clone();
    let no_column = || EntityError::NoColumn { table: of, column: column.to_owned() };
    table.column_mut(column).ok_or_else(no_column)
}

/// Adds the table that an entity stands for, and the enum types of its columns, to a schema.
///
/// # Errors
/// Those of [`table_of`].
pub fn insert<E: EntityTrait>(metadata: &mut Metadata) -> Result<&mut Table, EntityError> {
    insert_with::<E>(metadata, |_| {})
}

/// The same, with what the entity cannot say, before the naming convention names what is left unnamed.
///
/// # Errors
/// Those of [`table_of`].
pub fn insert_with<E: EntityTrait>(
    metadata: &mut Metadata,
    say: impl FnOnce(&mut Table),
) -> Result<&mut Table, EntityError> {
    let mut table = table_of::<E>()?;
    say(&mut table);
    for data_type in table.columns.iter().flat_map(|column| column.column_type.values()) {
        if let Some(enum_type) = data_type.enum_type() {
            metadata.enum_type(enum_type.clone());
        }
    }
    Ok(metadata.insert(table))
}

fn foreign_key(relation: RelationDef) -> Option<ForeignKey> {
    let TableRef::Table(sea_query::TableName(schema, table), _) = relation.to_tbl else { return None };
    let schema = schema.map(|sea_query::SchemaName(_, name)| name.to_string());
    let columns = relation.from_col.into_iter().map(|column| column.to_string());
    let referred = relation.to_col.into_iter().map(|column| column.to_string());
    let mut key = ForeignKey::new(columns, TableName { schema, name: table.to_string() }, referred)
        .on_delete(action(relation.on_delete)?)
        .on_update(action(relation.on_update)?);
    key.name = relation.fk_name.map(Name::from);
    Some(key)
}

fn action(of: Option<ForeignKeyAction>) -> Option<ReferentialAction> {
    match of {
        None | Some(ForeignKeyAction::NoAction) => Some(ReferentialAction::NoAction),
        Some(ForeignKeyAction::Restrict) => Some(ReferentialAction::Restrict),
        Some(ForeignKeyAction::Cascade) => Some(ReferentialAction::Cascade),
        Some(ForeignKeyAction::SetNull) => Some(ReferentialAction::SetNull),
        Some(ForeignKeyAction::SetDefault) => Some(ReferentialAction::SetDefault),
        Some(_) => None,
    }
}

fn index(statement: &sea_query::IndexCreateStatement) -> Index {
    let spec = statement.get_index_spec();
    let mut index = Index::unnamed(spec.get_column_names());
    index.name = spec.get_name().map(Name::exact);
    index.unique = statement.is_unique_key();
    index
}

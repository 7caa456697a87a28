//! The tables as entities, and what entities cannot say.

pub mod plain;
pub mod prelude;
pub mod unnamed;

use dunlin_core::prelude::*;
use dunlin_sea_orm::{EntityError, table_of};

/// All tables, and what belongs to them.
///
/// # Errors
/// An entity says something that no table can have.
pub fn metadata(
    schema: Option<&str>,
    naming_convention: NamingConvention,
) -> Result<Metadata, EntityError> {
    let mut metadata = Metadata::new(schema, naming_convention);
    metadata.insert(table_of::<plain::Entity>()?);
    unnamed(&mut metadata)?;
    Ok(metadata)
}

fn unnamed(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<unnamed::Entity>()?;
    table.qualify(metadata.schema());
    metadata.extend([table]);
    Ok(())
}

//! The tables as entities, and what entities cannot say.

pub mod item;
pub mod part;
pub mod prelude;
pub mod sea_orm_active_enums;

use dunlin_core::prelude::*;
use dunlin_core::schema::IndexKind;
use dunlin_sea_orm::{EntityError, column_of, table_of};

/// All tables, and what belongs to them.
///
/// # Errors
/// An entity says something that no table can have.
pub fn metadata(
    schema: Option<&str>,
    naming_convention: NamingConvention,
) -> Result<Metadata, EntityError> {
    let mut metadata = Metadata::new(schema, naming_convention);
    item(&mut metadata)?;
    part(&mut metadata)?;
    Ok(metadata)
}

fn item(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<item::Entity>()?;
    *column_of(&mut table, "size")? = Column::new(
        "size",
        DataType::Enum(EnumType::unnamed(["small", "large"])),
    )
    .not_null();
    *column_of(&mut table, "medium")? = Column::new("medium", DataType::MediumInteger);
    *column_of(&mut table, "text")? = Column::new("text", DataType::MediumText);
    *column_of(&mut table, "name")? =
        Column::new("name", DataType::string(40).collate("utf8mb4_bin"));
    *column_of(&mut table, "picture")? = Column::new("picture", DataType::LongBlob);
    *column_of(&mut table, "tags")? = Column::new(
        "tags",
        DataType::Set {
            values: vec!["a".to_owned(), "b".to_owned()],
        },
    );
    *column_of(&mut table, "changed")? = Column::new("changed", DataType::timestamp().precision(6))
        .on_update("CURRENT_TIMESTAMP(6)");
    table.checks = vec![Check::new("tiny > 0").named(Name::exact("ck_item_size"))];
    table.indexes = vec![Index::new("ft", ["text"]).kind(IndexKind::FullText)];
    table.options.engine = Some("InnoDB".to_owned());
    table.options.collation = Some("utf8mb4_unicode_ci".to_owned());
    metadata.insert(table);
    Ok(())
}

fn part(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<part::Entity>()?;
    table.indexes = vec![Index::unnamed(["part_id"])];
    metadata.insert(table);
    Ok(())
}

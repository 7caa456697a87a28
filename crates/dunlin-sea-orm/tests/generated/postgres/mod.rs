//! The tables as entities, and what entities cannot say.

pub mod booking;
pub mod chicken;
pub mod egg;
pub mod elsewhere;
pub mod event;
pub mod log;
pub mod order_item;
pub mod post;
pub mod post_tag;
pub mod post_tag_note;
pub mod prelude;
pub mod sea_orm_active_enums;
pub mod setting;
pub mod tag;
pub mod type_;
pub mod user;

use std::collections::BTreeMap;

use dunlin_core::prelude::*;
use dunlin_core::schema::{Deferrable, Exclude, Object};
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
    metadata.schemas = vec!["audit".to_owned()];
    metadata.enum_type(EnumType::new("status", ["open", "in progress", "so-so"]));
    metadata.enum_type(EnumType::new("odd", ["", "1st"]));
    user(&mut metadata)?;
    post(&mut metadata)?;
    tag(&mut metadata)?;
    post_tag(&mut metadata)?;
    post_tag_note(&mut metadata)?;
    log(&mut metadata)?;
    setting(&mut metadata)?;
    event(&mut metadata)?;
    booking(&mut metadata)?;
    order_item(&mut metadata)?;
    type_(&mut metadata)?;
    chicken(&mut metadata)?;
    egg(&mut metadata)?;
    elsewhere(&mut metadata)?;
    metadata.view(View::new(
        "open_post",
        "SELECT * FROM post WHERE status = 'open'",
    ));
    metadata.object(
        Object::new("extension btree_gist")
            .create("CREATE EXTENSION btree_gist")
            .drop("DROP EXTENSION btree_gist"),
    );
    Ok(metadata)
}

fn user(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<user::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("user_pkey")));
    table.uniques = vec![Unique::new(["email"]).named(Name::exact("user_email_key"))];
    table.indexes = vec![Index::new(
        Name::exact("ix_user_lower"),
        [IndexElement::expression("lower(name)")],
    )];
    metadata.insert(table);
    Ok(())
}

fn post(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<post::Entity>()?;
    *column_of(&mut table, "id")? =
        Column::new("id", DataType::Integer).identity(Identity::always().start(100));
    *column_of(&mut table, "words")? =
        Column::new("words", DataType::Integer).computed(Computed::stored("length(title)"));
    *column_of(&mut table, "odd")? = Column::new("odd", DataType::enumeration("odd", ["", "1st"]));
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("post_pkey")));
    table.foreign_keys = vec![
        ForeignKey::new(["author_id"], "user", ["id"])
            .named(Name::exact("post_author_id_fkey"))
            .on_delete(ReferentialAction::Cascade),
        ForeignKey::new(["editor_id"], "user", ["id"])
            .named(Name::exact("post_editor_id_fkey"))
            .on_delete(ReferentialAction::SetNull)
            .deferrable(Deferrable::InitiallyDeferred),
    ];
    table.checks = vec![Check::new("length(title) > 0").named(Name::exact("post_title_check"))];
    table.indexes =
        vec![Index::new(Name::exact("ix_post_open"), ["author_id"]).predicate("status = 'open'")];
    metadata.insert(table);
    Ok(())
}

fn tag(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<tag::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["name"]).named(Name::exact("tag_pkey")));
    metadata.insert(table);
    Ok(())
}

fn post_tag(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<post_tag::Entity>()?;
    table.primary_key =
        Some(PrimaryKey::new(["post_id", "tag"]).named(Name::exact("post_tag_pkey")));
    metadata.insert(table);
    Ok(())
}

fn post_tag_note(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<post_tag_note::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("post_tag_note_pkey")));
    metadata.insert(table);
    Ok(())
}

fn log(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<log::Entity>()?;
    table.primary_key = None;
    metadata.insert(table);
    Ok(())
}

fn setting(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<setting::Entity>()?;
    table.primary_key = None;
    table.uniques = vec![
        Unique::new(["section", "key"])
            .named(Name::exact("setting_key"))
            .nulls_not_distinct(),
    ];
    metadata.insert(table);
    Ok(())
}

fn event(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<event::Entity>()?;
    *column_of(&mut table, "took")? = Column::new(
        "took",
        DataType::Interval {
            fields: Some("DAY TO SECOND".to_owned()),
            precision: None,
        },
    );
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("event_pkey")));
    metadata.insert(table);
    Ok(())
}

fn booking(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<booking::Entity>()?;
    *column_of(&mut table, "begins")? = Column::new("begins", DataType::datetime().precision(3));
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("booking_pkey")));
    table.excludes = vec![
        Exclude::new([("room", "="), ("tsrange(begins, ends)", "&&")])
            .named(Name::exact("no_overlap"))
            .using("gist"),
    ];
    table.options.unlogged = true;
    table.options.storage_parameters = BTreeMap::from([("fillfactor".to_owned(), "70".to_owned())]);
    metadata.insert(table);
    Ok(())
}

fn order_item(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<order_item::Entity>()?;
    *column_of(&mut table, "match")? =
        Column::new("match", DataType::Text).comment("was; renamed_from \"x\"");
    table.primary_key = Some(PrimaryKey::new(["self"]).named(Name::exact("Order Item_pkey")));
    metadata.insert(table);
    Ok(())
}

fn type_(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<type_::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("type_pkey")));
    metadata.insert(table);
    Ok(())
}

fn chicken(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<chicken::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("chicken_pkey")));
    metadata.insert(table);
    Ok(())
}

fn egg(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<egg::Entity>()?;
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("egg_pkey")));
    metadata.insert(table);
    Ok(())
}

fn elsewhere(metadata: &mut Metadata) -> Result<(), EntityError> {
    let mut table = table_of::<elsewhere::Entity>()?;
    *column_of(&mut table, "id")? = Column::new(
        "id",
        DataType::enumeration("status", ["open", "in progress", "so-so"]),
    )
    .not_null();
    *column_of(&mut table, "far")? =
        Column::new("far", DataType::Integer).server_default(SqlValue::Null);
    *column_of(&mut table, "any")? = Column::new(
        "any",
        ColumnType::all(DataType::Text).on(DialectName::MySql, DataType::LongText),
    );
    table.primary_key = Some(PrimaryKey::new(["id"]).named(Name::exact("elsewhere_pkey")));
    table.foreign_keys =
        vec![ForeignKey::new(["far"], "not_here", ["id"]).named(Name::exact("elsewhere_far_fkey"))];
    metadata.insert(table);
    Ok(())
}

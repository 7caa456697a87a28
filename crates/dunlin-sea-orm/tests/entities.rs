//! Entities as users write them, and the tables they become.

#![expect(unreachable_pub, reason = "entities are public, as SeaORM's documentation writes them")]

use dunlin_core::operation::create_all;
use dunlin_core::prelude::*;
use dunlin_core::schema::{EnumType, TableName};
use dunlin_sea_orm::{EntityError, insert, insert_with, table_of};

mod author {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "author")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub email: String,
        #[sea_orm(column_type = "Text", comment = "shown on the cover")]
        pub pen_name: Option<String>,
        #[sea_orm(default_value = true)]
        pub active: bool,
        #[sea_orm(default_expr = "Expr::current_timestamp()")]
        pub joined_at: DateTimeUtc,
        pub left_at: Option<DateTime>,
        pub rating: f32,
        #[sea_orm(has_many)]
        pub books: HasMany<super::book::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod book {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "book")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub isbn: i32,
        pub author_id: i64,
        #[sea_orm(indexed)]
        pub title: String,
        #[sea_orm(unique_key = "place")]
        pub shelf: i16,
        #[sea_orm(unique_key = "place")]
        pub position: i16,
        #[sea_orm(belongs_to, from = "author_id", to = "id", on_delete = "Cascade", on_update = "Restrict")]
        pub author: BelongsTo<super::author::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The format of SeaORM 1, with a key of two columns and a reference of two columns.
mod loan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan", schema_name = "library")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reader_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub isbn: i32,
        pub shelf: i16,
        pub position: i16,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::book::Entity",
            from = "(Column::Shelf, Column::Position)",
            to = "(super::book::Column::Shelf, super::book::Column::Position)",
            fk_name = "loan_place"
        )]
        Place,
        #[sea_orm(
            belongs_to = "super::book::Entity",
            from = "Column::Isbn",
            to = "super::book::Column::Isbn",
            skip_fk
        )]
        Book,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod reading {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
    pub enum Mood {
        #[sea_orm(string_value = "glad")]
        Glad,
        #[sea_orm(string_value = "so-so")]
        SoSo,
    }

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reading", comment = "what was read")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u32,
        #[sea_orm(default_value = 7)]
        pub counter: u64,
        pub sort: i8,
        pub mood: Mood,
        pub mood_before: Option<Mood>,
        #[sea_orm(column_type = "Money(Some((19, 4)))")]
        pub price: String,
        #[sea_orm(column_type = "Inet", nullable)]
        pub address: Option<String>,
        #[sea_orm(column_type = "JsonBinary")]
        pub notes: String,
        #[sea_orm(renamed_from = "cover")]
        pub picture: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod precise {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "precise")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(column_type = "Decimal(Some((70000, 2)))")]
        pub number: f64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[test]
fn columns_keep_their_order_types_nullability_defaults_and_comments() {
    let timestamp = DataType::Timestamp { precision: None, timezone: true };
    let expected = Table::build("author", |t| {
        t.column("id", DataType::BigInteger).primary_key();
        t.column("email", DataType::string(255)).not_null().unique();
        t.column("pen_name", DataType::Text).comment("shown on the cover");
        t.column("active", DataType::Boolean).not_null().server_default(SqlValue::Boolean(true));
        t.column("joined_at", timestamp).not_null().server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("left_at", DataType::datetime());
        let rating = ColumnType::all(DataType::Float).on(DialectName::Postgres, DataType::Real);
        t.column("rating", rating).not_null();
    });
    assert_eq!(table_of::<author::Entity>(), Ok(expected));
}

#[test]
fn belongs_to_is_a_foreign_key_and_indexes_keep_seaorms_names() {
    let mut expected = Table::build("book", |t| {
        t.column("isbn", DataType::Integer).primary_key();
        t.column("author_id", DataType::BigInteger).not_null();
        t.column("title", DataType::string(255)).not_null();
        t.column("shelf", DataType::SmallInteger).not_null();
        t.column("position", DataType::SmallInteger).not_null();
        t.foreign_key(
            ForeignKey::new(["author_id"], "author", ["id"])
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Restrict),
        );
        t.index("idx-book-title", ["title"]);
        t.add_index(Index::new("idx-book-place", ["shelf", "position"]).unique());
    });
    expected.columns[0].autoincrement = false;
    assert_eq!(table_of::<book::Entity>(), Ok(expected));
}

#[test]
fn keys_of_two_columns_schemas_and_names_are_carried_over() {
    let expected = Table::build(TableName::new(Some("library"), "loan"), |t| {
        t.column("reader_id", DataType::Integer).primary_key();
        t.column("isbn", DataType::Integer).primary_key();
        t.column("shelf", DataType::SmallInteger).not_null();
        t.column("position", DataType::SmallInteger).not_null();
        let place = ["shelf", "position"];
        t.foreign_key(ForeignKey::new(place, "book", place).named("loan_place"));
    });
    assert_eq!(table_of::<loan::Entity>(), Ok(expected));
}

#[test]
fn a_type_that_dunlin_does_not_have_names_its_column() {
    let error = table_of::<precise::Entity>().unwrap_err();
    assert!(matches!(&error, EntityError::UnsupportedType { column, .. } if column == "number"));
    assert_eq!(
        error.to_string(),
        "column number of table precise has the type Decimal(Some((70000, 2))), which is not supported"
    );
}

#[test]
fn numbers_without_a_sign_enums_and_types_of_one_database_are_carried_over() {
    use DialectName::{MySql, Postgres, Sqlite};
    let mood = || DataType::enumeration("mood", ["glad", "so-so"]);
    let unsigned = |of: DataType| ColumnType::all(of.clone().unsigned()).on(Sqlite, of);
    let expected = Table::build("reading", |t| {
        t.column("id", unsigned(DataType::Integer).on(Postgres, DataType::BigInteger)).primary_key();
        t.column("counter", unsigned(DataType::BigInteger).on(Postgres, DataType::BigInteger))
            .not_null()
            .server_default(SqlValue::Integer(7));
        let tiny = ColumnType::all(DataType::TinyInteger).on(Postgres, DataType::SmallInteger);
        t.column("sort", tiny).not_null();
        t.column("mood", mood()).not_null();
        t.column("mood_before", mood());
        let money = ColumnType::all(DataType::numeric(19, 4)).on(Postgres, DataType::native("MONEY"));
        t.column("price", money).not_null();
        t.column("address", ColumnType::only(Postgres, DataType::native("INET")));
        t.column("notes", ColumnType::all(DataType::Json).on(Postgres, DataType::Jsonb)).not_null();
        let bytes = ColumnType::all(DataType::Binary).on(MySql, DataType::VarBinary { length: 255 });
        t.column("picture", bytes).not_null();
        t.comment("what was read");
    });
    assert_eq!(table_of::<reading::Entity>(), Ok(expected));
}

#[test]
fn enum_types_are_added_to_the_schema_once() {
    let mut metadata = Metadata::new(Some("host"), NamingConvention::default());
    insert::<author::Entity>(&mut metadata).unwrap();
    insert::<reading::Entity>(&mut metadata).unwrap();
    let mood = EnumType::new(TableName::new(Some("host"), "mood"), ["glad", "so-so"]);
    assert_eq!(metadata.enum_types.as_slice(), std::slice::from_ref(&mood));
    let reading = metadata.get(&TableName::new(Some("host"), "reading")).unwrap();
    assert_eq!(reading.column("mood").unwrap().column_type, DataType::Enum(mood).into());

    let mut played = Metadata::default();
    for operation in create_all(&metadata) {
        played.apply(&operation).unwrap();
    }
    assert_eq!(played.tables(), metadata.tables());
}

#[test]
fn what_an_entity_cannot_say_is_named_too() {
    let convention =
        NamingConvention { ck: Some("ck_%(table_name)s_%(constraint_name)s".into()), ..Default::default() };
    let mut metadata = Metadata::new(None, convention);
    let book = insert_with::<book::Entity>(&mut metadata, |book| {
        book.checks.push(Check::new("shelf > 0").named("shelf"));
    });
    let book = book.unwrap();
    assert_eq!(book.checks[0].name.as_deref(), Some("ck_book_shelf"));
    assert!(book.indexes.iter().all(|index| index.name.as_ref().is_some_and(Name::is_exact)));
}

#[test]
fn metadata_gives_the_hosts_schema_and_names() {
    let convention = NamingConvention {
        pk: Some("%(table_name)s_pkey".into()),
        uq: Some("%(table_name)s_%(column_0_N_name)s_uq".into()),
        fk: Some("%(table_name)s_%(column_0_name)s_fkey".into()),
        ..Default::default()
    };
    let mut metadata = Metadata::new(Some("host"), convention);
    let author = metadata.insert(table_of::<author::Entity>().unwrap());
    assert_eq!(author.name.to_string(), "host.author");
    assert_eq!(author.primary_key.as_ref().unwrap().name.as_deref(), Some("author_pkey"));
    assert_eq!(author.uniques[0].name.as_deref(), Some("author_email_uq"));
    let book = metadata.insert(table_of::<book::Entity>().unwrap());
    assert_eq!(book.foreign_keys[0].referred_table.to_string(), "host.author");
    assert_eq!(book.foreign_keys[0].name.as_deref(), Some("book_author_id_fkey"));
}

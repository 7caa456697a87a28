//! Entities that the engine generates for tables that are there: they compile, and give back the tables.
//!
//! They stand in `tests/generated`, by database; `UPDATE_ENTITIES=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use dunlin_core::prelude::*;
use dunlin_core::schema::{Deferrable, Exclude, IndexElement, IndexKind, Object, TableName, View};
use dunlin_engine::generate::entity::{EntityFile, entities};
use dunlin_sea_orm::EntityError;

#[rustfmt::skip]
#[allow(unreachable_pub, dead_code, unused_imports, reason = "entities as they are generated")]
mod generated {
    pub mod postgres;
    pub mod mysql;
    pub mod sqlite;
}

/// The tables of an application that was there before, as PostgreSQL has them.
fn postgres() -> Metadata {
    let named = |text: &str| Name::exact(text);
    let mut metadata = Metadata::default();
    metadata.schemas.push("audit".to_owned());
    let status = metadata.enum_type(EnumType::new("status", ["open", "in progress", "so-so"]));
    let odd = metadata.enum_type(EnumType::new("odd", ["", "1st"]));
    metadata.table("user", |t| {
        t.column("id", DataType::BigInteger);
        t.column("email", DataType::string(320)).not_null();
        t.column("name", DataType::Text);
        t.column("active", DataType::Boolean).not_null().server_default(SqlValue::Boolean(true));
        t.column("joined", DataType::timestamptz())
            .not_null()
            .server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("type", DataType::string(255))
            .server_default("it's \"new\"")
            .comment("what \"kind\"\nof user");
        t.column("rating", DataType::Double).server_default(SqlValue::expression("0.5"));
        t.column("debt", DataType::Integer).not_null().server_default(-1);
        t.column("score", DataType::BigInteger).server_default(5_000_000_000);
        t.primary_key(named("user_pkey"), ["id"]);
        t.unique(named("user_email_key"), ["email"]);
        t.index(named("ix_user_lower"), [IndexElement::expression("lower(name)")]);
        t.comment("Who may come in.");
    });
    metadata.get_mut(&"user".into()).unwrap().columns[0].autoincrement = true;
    metadata.table("post", |t| {
        t.column("id", DataType::Integer).identity(Identity::always().start(100));
        t.column("author_id", DataType::BigInteger).not_null();
        t.column("editor_id", DataType::BigInteger);
        t.column("status", status.clone()).not_null().server_default("open");
        t.column("states", status.clone());
        t.column("title", DataType::String { length: None }).not_null();
        t.column("words", DataType::Integer).computed(Computed::stored("length(title)"));
        t.column("odd", odd.clone());
        t.primary_key(named("post_pkey"), ["id"]);
        let key = |column: &str| {
            ForeignKey::new([column], "user", ["id"]).named(named(&format!("post_{column}_fkey")))
        };
        t.foreign_key(key("author_id").on_delete(ReferentialAction::Cascade));
        t.foreign_key(
            key("editor_id").on_delete(ReferentialAction::SetNull).deferrable(Deferrable::InitiallyDeferred),
        );
        t.add_check(Check::new("length(title) > 0").named(named("post_title_check")));
        t.add_index(Index::new(named("ix_post_open"), ["author_id"]).predicate("status = 'open'"));
    });
    metadata.table("tag", |t| {
        t.column("name", DataType::string(50)).not_null();
        t.column("parent", DataType::string(50));
        t.column("rank", DataType::SmallInteger).not_null();
        t.primary_key(named("tag_pkey"), ["name"]);
        t.foreign_key(ForeignKey::new(["parent"], "tag", ["name"]).named(named("tag_parent_fkey")));
        t.index(named("idx-tag-rank"), ["rank"]);
    });
    metadata.table("post_tag", |t| {
        t.column("tag", DataType::string(50)).not_null();
        t.column("post_id", DataType::Integer).not_null();
        t.primary_key(named("post_tag_pkey"), ["post_id", "tag"]);
        t.foreign_key(
            ForeignKey::new(["post_id"], "post", ["id"])
                .named(named("post_tag_post_id_fkey"))
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Restrict),
        );
        t.foreign_key(ForeignKey::new(["tag"], "tag", ["name"]).named(named("post_tag_tag_fkey")));
    });
    metadata.table("post_tag_note", |t| {
        t.column("id", DataType::Integer).not_null();
        t.column("post", DataType::Integer).not_null();
        t.column("tag", DataType::string(50)).not_null();
        t.column("note", DataType::Text).not_null();
        t.primary_key(named("post_tag_note_pkey"), ["id"]);
        t.foreign_key(
            ForeignKey::new(["post", "tag"], "post_tag", ["post_id", "tag"])
                .named(named("post_tag_note_fkey")),
        );
    });
    // Without a key.
    metadata.table("log", |t| {
        t.column("at", DataType::timestamp()).not_null();
        t.column("line", DataType::Text);
    });
    metadata.table("setting", |t| {
        t.column("section", DataType::Char { length: 8 }).not_null();
        t.column("key", DataType::string(100)).not_null();
        t.column("value", DataType::Binary);
        t.add_unique(Unique::new(["section", "key"]).named(named("setting_key")).nulls_not_distinct());
    });
    metadata.insert(Table::build(TableName::new(Some("audit"), "event"), |t| {
        t.column("id", DataType::BigInteger);
        t.column("user_id", DataType::BigInteger);
        t.column("address", DataType::native("INET"));
        t.column("word", DataType::native("TSVECTOR"));
        t.column("took", DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: None });
        t.column("pause", DataType::interval());
        t.primary_key(named("event_pkey"), ["id"]);
        t.foreign_key(ForeignKey::new(["user_id"], "user", ["id"]).named(named("event_user_id_fkey")));
    }));
    metadata.table("booking", |t| {
        t.column("id", DataType::Integer);
        t.column("room", DataType::Integer).not_null();
        t.column("begins", DataType::DateTime { precision: Some(3), timezone: false });
        t.column("ends", DataType::datetime());
        t.column("day", DataType::Date);
        t.column("hour", DataType::time());
        t.column("flags", DataType::Bit { length: Some(3), varying: false });
        t.column("bits", DataType::Bit { length: Some(9), varying: true });
        t.column("weight", DataType::Real).not_null();
        t.primary_key(named("booking_pkey"), ["id"]);
        t.exclude(
            Exclude::new([("room", "="), ("tsrange(begins, ends)", "&&")])
                .named(named("no_overlap"))
                .using("gist"),
        );
        t.options(|o| {
            o.unlogged = true;
            o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned());
        });
    });
    // Names that are none in Rust, or not the same.
    metadata.table("Order Item", |t| {
        t.column("self", DataType::Integer).not_null();
        t.column("OrderNo", DataType::Integer).not_null();
        t.column("2nd", DataType::Integer);
        t.column("a1", DataType::Integer);
        t.column("a_1", DataType::Integer);
        t.column("crate", DataType::Text);
        t.column("übrig", DataType::Text);
        t.column("match", DataType::Text).comment("was; renamed_from \"x\"");
        t.primary_key(named("Order Item_pkey"), ["self"]);
    });
    metadata.table("type", |t| {
        t.column("id", DataType::Integer);
        t.primary_key(named("type_pkey"), ["id"]);
    });
    // Two tables that refer to each other.
    for (table, other) in [("chicken", "egg"), ("egg", "chicken")] {
        metadata.table(table, |t| {
            t.column("id", DataType::Integer);
            t.column(format!("{other}_id"), DataType::Integer);
            t.primary_key(named(&format!("{table}_pkey")), ["id"]);
            t.foreign_key(
                ForeignKey::new([format!("{other}_id")], other, ["id"]).named(named(&format!("{table}_fk"))),
            );
        });
    }
    metadata.table("elsewhere", |t| {
        t.column("id", status);
        t.column("far", DataType::Integer).server_default(SqlValue::Null);
        t.column("any", PerDialect::all(DataType::Text).on(DialectName::MySql, DataType::LongText));
        t.primary_key(named("elsewhere_pkey"), ["id"]);
        t.foreign_key(ForeignKey::new(["far"], "not_here", ["id"]).named(named("elsewhere_far_fkey")));
    });
    metadata.view(View::new("open_post", "SELECT * FROM post WHERE status = 'open'"));
    metadata.object(
        Object::new("extension btree_gist")
            .create("CREATE EXTENSION btree_gist")
            .drop("DROP EXTENSION btree_gist"),
    );
    metadata
}

/// Tables of MySQL, under a schema and a naming convention.
fn mysql() -> Metadata {
    let convention = NamingConvention {
        ix: Some("ix_%(column_0_label)s".into()),
        uq: Some("uq_%(table_name)s_%(column_0_name)s".into()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".into()),
        fk: Some("fk_%(table_name)s_%(column_0_name)s".into()),
        ..Default::default()
    };
    let mut metadata = Metadata::new(Some("shop"), convention);
    metadata.table("item", |t| {
        t.column("id", DataType::Integer.unsigned()).primary_key();
        t.column("size", DataType::Enum(EnumType::unnamed(["small", "large"]))).not_null();
        t.column("tiny", DataType::TinyInteger).not_null();
        t.column("medium", DataType::MediumInteger);
        t.column("big", DataType::BigInteger.unsigned());
        t.column("small", DataType::SmallInteger.unsigned());
        t.column("ratio", DataType::Float);
        t.column("text", DataType::MediumText);
        t.column("name", DataType::string(40).collate("utf8mb4_bin")).unique();
        t.column("picture", DataType::LongBlob);
        t.column("digest", DataType::FixedBinary { length: 16 });
        t.column("bytes", DataType::VarBinary { length: 40 });
        t.column("year", DataType::Year);
        t.column("tags", DataType::Set { values: vec!["a".into(), "b".into()] });
        t.column("changed", DataType::Timestamp { precision: Some(6), timezone: false })
            .on_update("CURRENT_TIMESTAMP(6)");
        t.column("made", DataType::timestamp());
        t.check("size", "tiny > 0");
        t.add_index(Index::new("ft", ["text"]).kind(IndexKind::FullText));
        t.options(|o| {
            o.engine = Some("InnoDB".to_owned());
            o.collation = Some("utf8mb4_unicode_ci".to_owned());
        });
    });
    metadata.table("part", |t| {
        t.column("item_id", DataType::Integer.unsigned()).primary_key().references("item", "id");
        t.column("part_id", DataType::Integer.unsigned()).primary_key().references("item", "id").indexed();
        t.column("count", DataType::Integer).not_null().server_default(1);
    });
    metadata
}

/// Tables of SQLite, which names nothing, under a convention that would.
fn sqlite() -> Metadata {
    let convention =
        NamingConvention { uq: Some("uq_%(table_name)s_%(column_0_name)s".into()), ..Default::default() };
    let mut metadata = Metadata::new(None, convention);
    metadata.table("plain", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::string(20)).not_null().unique();
    });
    let unnamed = Table::build("unnamed", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::string(20)).not_null().unique();
        t.column("plain_id", DataType::Integer).references("plain", "id");
    });
    metadata.extend([unnamed]);
    metadata
}

type Generated = fn(Option<&str>, NamingConvention) -> Result<Metadata, EntityError>;

/// The three of them, and the functions that were generated for them.
fn all() -> [(DialectName, Metadata, Generated); 3] {
    [
        (DialectName::Postgres, postgres(), generated::postgres::metadata),
        (DialectName::MySql, mysql(), generated::mysql::metadata),
        (DialectName::Sqlite, sqlite(), generated::sqlite::metadata),
    ]
}

/// Types as one database has them, where they are one for all.
fn on(dialect: DialectName, mut metadata: Metadata) -> Metadata {
    let names: Vec<TableName> = metadata.tables().iter().map(|table| table.name.clone()).collect();
    for name in names {
        for column in &mut metadata.get_mut(&name).unwrap().columns {
            if let Some(of) = column.column_type.get(dialect) {
                column.column_type = of.clone().into();
            }
        }
    }
    metadata
}

fn write(directory: &Path, files: &[EntityFile]) {
    std::fs::create_dir_all(directory).unwrap();
    files.iter().for_each(|file| std::fs::write(directory.join(&file.name), &file.source).unwrap());
}

#[test]
fn they_are_the_files_that_are_compiled() {
    for (dialect, metadata, _) in all() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated").join(dialect.as_str());
        let files = entities(&metadata, dialect).unwrap();
        if std::env::var_os("UPDATE_ENTITIES").is_some() {
            if directory.exists() {
                std::fs::remove_dir_all(&directory).unwrap();
            }
            write(&directory, &files);
        }
        for file in &files {
            let known = std::fs::read_to_string(directory.join(&file.name)).unwrap_or_default();
            assert!(known == file.source, "{dialect}/{}: run with UPDATE_ENTITIES=1", file.name);
        }
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), files.len(), "{dialect}");
    }
}

#[test]
fn they_give_back_the_metadata() {
    for (dialect, metadata, generated) in all() {
        let found = generated(metadata.schema(), metadata.naming_convention().clone()).unwrap();
        let (found, expected) = (on(dialect, found), on(dialect, metadata));
        for (found, expected) in found.tables().iter().zip(expected.tables()) {
            assert_eq!(found, expected);
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn a_type_with_variants_keeps_them() {
    let found = generated::postgres::metadata(None, NamingConvention::default()).unwrap();
    let expected = postgres();
    let column =
        |metadata: &Metadata| metadata.get(&"elsewhere".into()).unwrap().column("any").unwrap().clone();
    assert_eq!(column(&found), column(&expected));
}

#[test]
fn rustfmt_leaves_them_as_they_are() {
    let mut all: Vec<(DialectName, Metadata)> =
        all().into_iter().map(|(on, metadata, _)| (on, metadata)).collect();
    // What needs features of SeaORM that are not built here.
    let mut more = Metadata::default();
    more.table("more", |t| {
        t.column("id", DataType::Uuid).primary_key();
        t.column("price", DataType::numeric(10, 2));
        t.column("any_price", DataType::Numeric { precision: None, scale: 0 }).not_null();
        t.column("json", DataType::Json).not_null();
        t.column("jsonb", DataType::Jsonb);
        t.column("names", DataType::string(20).array());
        t.column("counts", DataType::Integer.array());
        t.column("matrix", DataType::Array { of: Box::new(DataType::Integer), dimensions: 2 });
        t.column("moods", DataType::enumeration("mood", ["glad"]).array()).comment("long ".repeat(30));
    });
    all.push((DialectName::Postgres, more));
    for (dialect, metadata) in all {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), &entities(&metadata, dialect).unwrap());
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", "2024"]).arg(directory.path().join("mod.rs"));
        let output = rustfmt.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

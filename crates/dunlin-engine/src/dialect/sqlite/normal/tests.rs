//! Two tables of one form, and two of different ones.

use dunlin_core::prelude::*;
use dunlin_core::schema::{Computed, Constraint, IndexElement, MatchType, PrimaryKey, TableBuilder};

use super::*;
use crate::compare::Schema;
use crate::sql::create_table::read_sqlite;

fn form(table: Table) -> Table {
    let mut metadata = Metadata::default();
    metadata.extend([table]);
    let schema = Schema::new(&Sqlite, metadata).unwrap();
    let form = schema.here().tables()[0].clone();
    let mut again = form.clone();
    Sqlite.normalize(&mut again);
    assert_eq!(again, form, "the form of a form is another one");
    form
}

/// A table of SQLite's own text.
fn read(columns: &str) -> Table {
    form(read_sqlite(&format!("CREATE TABLE t ({columns})"), |text| Sqlite.parse_type(text)).unwrap().table)
}

fn said(define: impl FnOnce(&mut TableBuilder)) -> Table {
    form(Table::build("t", define))
}

fn same(columns: &str, define: impl FnOnce(&mut TableBuilder)) {
    assert_eq!(read(columns), said(define), "{columns}");
}

#[test]
fn defaults_are_what_an_insert_puts_in() {
    let default = |data_type: &str, text: &str| {
        read(&format!("a {data_type} DEFAULT {text}")).columns.remove(0).server_default
    };
    for (data_type, one, other) in [
        ("INTEGER", "(0)", "0"),
        ("INTEGER", "+1", "1"),
        ("INTEGER", "'1'", "1"),
        ("INTEGER", "(-1)", "-1"),
        ("BOOLEAN", "TRUE", "1"),
        ("BOOLEAN", "false", "'0'"),
        ("TEXT", "'x'", "\"x\""),
        ("TEXT", "('x')", "x"),
        ("TEXT", "1", "'1'"),
        ("VARCHAR(9)", "('1')", "1"),
        ("DATETIME", "CURRENT_TIMESTAMP", "(current_timestamp /* now */)"),
        ("BLOB", "X'0AFF'", "x'0aff'"),
        ("TEXT", "(lower( 'X' ))", "(LOWER('X'))"),
    ] {
        assert_eq!(default(data_type, one), default(data_type, other), "{data_type} {one} {other}");
    }
    for (data_type, one, other) in [
        ("TEXT", "'01'", "1"),
        ("INTEGER", "'01'", "1"),
        ("BLOB", "'1'", "1"),
        ("TEXT", "x", "X"),
        ("TEXT", "'CURRENT_DATE'", "CURRENT_DATE"),
        ("TEXT", "\"CURRENT_DATE\"", "CURRENT_DATE"),
        ("TEXT", "'null'", "NULL"),
        ("REAL", "1.5", "1.50"),
    ] {
        assert_ne!(default(data_type, one), default(data_type, other), "{data_type} {one} {other}");
    }
    assert_eq!(default("TEXT", "NULL"), None);
    assert_eq!(default("TEXT", "(null)"), None);
    same("a BOOLEAN DEFAULT 0", |t| _ = t.column("a", DataType::Boolean).server_default(false));
    same("a BLOB DEFAULT x'00ff'", |t| {
        t.column("a", DataType::Binary).server_default(SqlValue::Bytes(vec![0, 255]));
    });
    same("a CHAR(32) DEFAULT 'x'", |t| _ = t.column("a", DataType::Uuid).server_default("x"));
}

#[test]
fn types_are_declared_names() {
    same("a VARCHAR (5)", |t| {
        t.column("a", DataType::enumeration("e", ["short", "to"]));
    });
    same("a char(32)", |t| _ = t.column("a", DataType::Uuid));
    same("a DATETIME", |t| _ = t.column("a", DataType::datetime().precision(6).with_timezone()));
    same("a Double  Precision", |t| _ = t.column("a", DataType::native("DOUBLE PRECISION")));
    same("a TEXT COLLATE binary", |t| _ = t.column("a", DataType::Text));
    same("a TEXT COLLATE nocase", |t| _ = t.column("a", DataType::Text.collate("NOCASE")));
    let data_type = |text: &str| read(&format!("a {text}")).columns.remove(0).column_type;
    for (one, other) in [
        ("INT", "INTEGER"),
        ("VARCHAR(max)", "VARCHAR"),
        ("NUMERIC(10, -2)", "NUMERIC(10)"),
        ("DECIMAL(8,2)", "NUMERIC(8,2)"),
        ("TEXT", "TEXT COLLATE NOCASE"),
    ] {
        assert_ne!(data_type(one), data_type(other), "{one} {other}");
    }
}

#[test]
fn what_is_taken_for_declared_so_is_read_again() {
    let types = [
        DataType::Boolean,
        DataType::SmallInteger,
        DataType::Integer,
        DataType::BigInteger,
        DataType::Float,
        DataType::Real,
        DataType::Double,
        DataType::numeric(10, 2),
        DataType::string(9),
        DataType::String { length: None },
        DataType::char(9),
        DataType::Text,
        DataType::Binary,
        DataType::Date,
        DataType::datetime(),
        DataType::Json,
    ];
    for data_type in types {
        assert!(is_declared_so(&data_type), "{data_type:?}");
        assert_eq!(types::read(&types::declared(&Sqlite, &data_type, false).unwrap()), data_type);
    }
}

#[test]
fn keys_are_as_the_table_makes_them() {
    same("id INTEGER PRIMARY KEY", |t| _ = t.column("id", DataType::Integer).primary_key());
    same("id INTEGER NOT NULL, PRIMARY KEY (id)", |t| {
        t.column("id", DataType::Integer).identity(dunlin_core::schema::Identity::by_default()).primary_key();
    });
    same("id BIGINT NOT NULL, PRIMARY KEY (id ASC)", |t| {
        t.column("id", DataType::BigInteger).primary_key();
    });
    assert_ne!(read("id TEXT PRIMARY KEY"), read("id TEXT NOT NULL PRIMARY KEY"));
    assert_ne!(read("id INTEGER PRIMARY KEY AUTOINCREMENT"), read("id INTEGER PRIMARY KEY"));
    assert_ne!(read("id INTEGER PRIMARY KEY"), read("id INT PRIMARY KEY"));
    let strict = |columns| {
        let sql = format!("CREATE TABLE t ({columns}) STRICT, WITHOUT ROWID");
        form(read_sqlite(&sql, |text| Sqlite.parse_type(text)).unwrap().table)
    };
    assert_eq!(strict("id TEXT PRIMARY KEY, a INTEGER"), {
        said(|t| {
            t.column("id", DataType::string(9)).primary_key();
            t.column("a", DataType::Boolean);
            t.options(|o| {
                o.strict = true;
                o.without_rowid = true;
            });
        })
    });
}

#[test]
fn expressions_are_the_same_in_other_quotes_and_letters() {
    let check = |sql: &str| {
        let table = read(&format!("a INTEGER, \"the B\" TEXT, größe REAL, \"user\" TEXT, CHECK ({sql})"));
        table.checks[0].expression.default_value().unwrap().clone()
    };
    for (one, other) in [
        ("a > 0", "(\"A\" > 0)"),
        ("a > 0", "[a]>0 -- positive\n"),
        ("a == 1", "t.a = 1"),
        ("a <> 1", "\"main\".\"t\".a != 1"),
        ("\"the b\" = 'x'", "`THE B` = \"x\""),
        ("größe > 1", "\"größe\" > 1"),
        ("user = 'x'", "\"USER\" = 'x'"),
        ("a = TRUE", "a = 1"),
        ("a IN (1, 2)", "A in(1,2)"),
        ("a BETWEEN 1 AND 2", "a between 1 and\n2"),
    ] {
        assert_eq!(check(one), check(other), "{one}");
    }
    for (one, other) in [
        ("\"user\" = \"X\"", "\"user\" = \"x\""),
        ("a = 'x'", "a = 'X'"),
        ("a IS TRUE", "a IS 1"),
        ("a IS NOT TRUE", "a IS NOT 1"),
        ("a - (1 - 2) > 0", "a - 1 - 2 > 0"),
        ("a = 'a'", "a = a"),
    ] {
        assert_ne!(check(one), check(other), "{one}");
    }
}

#[test]
fn what_sqlite_passes_over_is_no_difference() {
    same("a INTEGER, b TEXT, UNIQUE (a) ON CONFLICT ABORT, FOREIGN KEY (a) REFERENCES p (id)", |t| {
        t.column("a", DataType::Integer).comment("a comment");
        t.column("b", DataType::Text);
        t.comment("another");
        t.add_unique(Unique::new(["a"]).include(["b"]));
        let key = ForeignKey::new(["a"], "p", ["id"]).match_type(MatchType::Simple);
        t.foreign_key(key.deferrable(Deferrable::InitiallyImmediate));
        t.options(|o| {
            o.engine = Some("InnoDB".to_owned());
            o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned());
        });
    });
    let key = |key: ForeignKey| {
        said(|t| {
            t.column("a", DataType::Integer);
            t.foreign_key(key);
        })
    };
    let plain = || ForeignKey::new(["a"], "p", ["id"]);
    assert_ne!(key(plain()), key(plain().deferrable(Deferrable::InitiallyDeferred)));
    assert_ne!(key(plain()), key(plain().on_delete(ReferentialAction::Restrict)));
}

#[test]
fn indexes_are_what_they_hold() {
    let index = |index: Index| {
        said(|t| {
            t.column("a", DataType::Integer);
            t.column("b", DataType::Text.collate("NOCASE"));
            t.add_index(index);
        })
    };
    let on = |element: IndexElement| index(Index::new("ix", [element]));
    let column = IndexElement::column_named;
    assert_eq!(on(column("a")), on(IndexElement::expression("(\"A\")")));
    assert_eq!(on(column("a")), on(column("a").collate("binary")));
    assert_eq!(on(column("b")), on(column("b").collate("nocase")));
    assert_eq!(on(column("a")), on(column("a").operator_class("int4_ops")));
    assert_ne!(on(column("b")), on(column("b").collate("BINARY")));
    assert_ne!(on(column("a")), on(column("a").descending()));
    let plain = || Index::new("ix", ["a"]);
    assert_eq!(
        index(plain()),
        index(plain().using("gin").include(["b"]).comment("x").tablespace("y").nulls_not_distinct())
    );
    assert_eq!(index(plain().predicate("a > 0")), index(plain().predicate("((\"a\">0))")));
    assert_ne!(index(plain()), index(plain().unique()));
    assert_ne!(index(plain()), index(plain().predicate("a > 0")));
}

#[test]
fn a_constraint_without_a_name_is_found_in_other_words() {
    let table = read_sqlite(
        "CREATE TABLE t (a INTEGER CHECK (\"A\" > 0) CHECK (a<9), b INT REFERENCES p, UNIQUE (a) ON CONFLICT ABORT)",
        |text| Sqlite.parse_type(text),
    );
    let table = table.unwrap().table;
    let found = |described: Constraint| crate::dialect::unnamed::unnamed(&Sqlite, &table, &described);
    let check =
        Check::new(PerDialect::all("a ~ 'x'".to_owned()).on(DialectName::Sqlite, "(a > 0)".to_owned()));
    assert_eq!(found(Constraint::Check(check)), Some(Constraint::Check(table.checks[0].clone())));
    let key = ForeignKey::new(["b"], "p", ["id"]).match_type(MatchType::Simple);
    assert_eq!(
        found(Constraint::ForeignKey(key)),
        Some(Constraint::ForeignKey(table.foreign_keys[0].clone()))
    );
    let unique = Constraint::Unique(table.uniques[0].clone());
    assert_eq!(found(Constraint::Unique(Unique::new(["a"]))), Some(unique));
    assert_eq!(found(Constraint::Check(Check::new("a > 1"))), None);
    assert_eq!(found(Constraint::PrimaryKey(PrimaryKey::new(["a"]))), None);
}

#[test]
fn what_is_computed_is_in_one_writing() {
    same("a INTEGER, b INTEGER AS (\"A\"*2) STORED", |t| {
        t.column("a", DataType::Integer);
        t.column("b", DataType::Integer).computed(Computed::stored("a * 2"));
    });
}

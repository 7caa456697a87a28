//! Whole tables.

use dunlin::core::operation::Operation;
use dunlin::core::prelude::*;
use dunlin::core::schema::{
    Computed, Deferrable, Exclude, Identity, MatchType, OnConflict, PrimaryKey, TableBuilder, TableName,
};

use super::starts::{EMPTY, LINKED, PERSON, PLAIN, TREE};
use super::{ALL, Case, MYSQL, NOT_MYSQL, NOT_POSTGRES, NOT_SQLITE, POSTGRES, SQLITE, case};

/// A table `t` with a key that is counted up.
fn create(op: &mut Operations, define: impl FnOnce(&mut TableBuilder)) {
    op.create_table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        define(t);
    });
}

/// A table with nothing but a key.
fn only_a_key(op: &mut Operations, name: impl Into<TableName>) {
    op.create_table(name, |t| {
        t.column("id", DataType::Integer).primary_key();
    });
}

fn referring(op: &mut Operations, say: impl FnOnce(ForeignKey) -> ForeignKey) {
    only_a_key(op, "p");
    create(op, |t| {
        t.column("v", DataType::Integer);
        t.foreign_key(say(ForeignKey::new(["v"], "p", ["id"]).named("fk_v")));
    });
}

pub(super) fn cases() -> Vec<Case> {
    [keys(), columns(), constraints(), foreign_keys(), names(), options(), whole_tables()]
        .into_iter()
        .flatten()
        .collect()
}

fn keys() -> Vec<Case> {
    vec![
        case("create table: key of a small integer", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::SmallInteger).primary_key();
            });
        }),
        case("create table: key of a big integer", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::BigInteger).primary_key();
            });
        }),
        case("create table: key that is not counted up", ALL, EMPTY, |op| {
            let mut table = Table::build("t", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            table.columns[0].autoincrement = false;
            op.push(Operation::CreateTable { table, if_not_exists: false });
        }),
        case("create table: key of two columns", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("b", DataType::Integer).primary_key();
                t.column("a", DataType::Integer).primary_key();
            });
        }),
        case("create table: key of a text", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("code", DataType::string(20)).primary_key();
                t.column("v", DataType::Integer);
            });
        }),
        case("create table: key under a name", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("code", DataType::string(20));
                t.column("n", DataType::Integer);
                t.primary_key("pk_t", ["n", "code"]);
            });
        }),
        case("create table: no key", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer).not_null();
            });
        }),
        case("create table: identity by default", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).identity(Identity::by_default()).primary_key();
            });
        }),
        case("create table: identity always", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::BigInteger).identity(Identity::always()).primary_key();
            });
        }),
        case("create table: identity with options", POSTGRES, EMPTY, |op| {
            let counted = Identity::by_default().start(100).increment(10).min(50).max(5000).cycle().cache(20);
            let mut table = Table::build("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer).identity(counted);
            });
            table.columns[0].autoincrement = false;
            op.push(Operation::CreateTable { table, if_not_exists: false });
            op.execute("INSERT INTO t (id) VALUES (1), (2)");
        }),
        case("create table: key with included columns", POSTGRES, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("v", DataType::Integer).autoincrement();
                t.column("w", DataType::Integer);
                t.add_primary_key(PrimaryKey::new(["v"]).named("pk_t").include(["w"]));
            });
        }),
        case("create table: key by an index method", MYSQL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("v", DataType::Integer);
                t.add_primary_key(PrimaryKey::new(["v"]).using("BTREE"));
            });
        }),
    ]
}

fn columns() -> Vec<Case> {
    vec![
        case("create table: stored computed column", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer).computed(Computed::stored("v * 2"));
            });
            op.execute("INSERT INTO t (id, v) VALUES (1, 21)");
        }),
        case("create table: computed column, not stored", NOT_POSTGRES, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer).computed(Computed::on_read("v * 2"));
            });
            op.execute("INSERT INTO t (id, v) VALUES (1, 21)");
        }),
        case("create table: computed text", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::string(20));
                t.column("w", DataType::string(20)).not_null().computed(Computed::stored("upper(v)"));
            });
        }),
        case("create table: comments", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer).comment("a column");
                t.comment("a table");
            });
        }),
        case("create table: comments with quotes", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer).comment("it's \"so\" \\ 100%");
                t.comment("it's; -- so");
            });
        }),
        case("create table: index", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer);
                t.index("ix_v_w", ["v", "w"]);
            });
        }),
        case("create table: unique index", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.add_index(Index::new("ix_v", ["v"]).unique());
            });
        }),
        case("create table: several indexes", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::string(10));
                t.index("ix_v", ["v"]);
                t.index("ix_w", ["w"]);
            });
        }),
    ]
}

fn constraints() -> Vec<Case> {
    vec![
        case("create table: unique constraint", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.unique("uq_v", ["v"]);
            });
        }),
        case("create table: unique constraint of two columns", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer);
                t.unique("uq_w_v", ["w", "v"]);
            });
        }),
        case("create table: unique constraint without a name", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer).unique();
                t.column("w", DataType::Integer);
            });
        }),
        case("create table: unique constraint, deferred", POSTGRES, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.add_unique(Unique::new(["v"]).named("uq_v").deferrable(Deferrable::InitiallyDeferred));
            });
        }),
        case(
            "create table: unique constraint with included columns, nulls not distinct",
            POSTGRES,
            EMPTY,
            |op| {
                create(op, |t| {
                    t.column("v", DataType::Integer);
                    t.column("w", DataType::Integer);
                    t.add_unique(Unique::new(["v"]).named("uq_v").include(["w"]).nulls_not_distinct());
                });
            },
        ),
        case("create table: check", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.check("ck_v", "v > 0 AND v <> 5");
            });
        }),
        case("create table: checks without names", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.add_check(Check::new("v > 0"));
                t.add_check(Check::new("v < 100"));
            });
        }),
        case("create table: check with texts", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::string(10));
                t.check("ck_v", "v IN ('it''s', 'b')");
            });
        }),
        case("create table: exclude constraint", POSTGRES, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::native("INT4RANGE"));
                t.exclude(Exclude::new([("v", "&&")]).named("ex_v"));
            });
        }),
        case("create table: constraints with ON CONFLICT", SQLITE, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).not_null();
                t.add_column(Column::new("v", DataType::Integer).not_null_on_conflict(OnConflict::Ignore));
                t.add_primary_key(PrimaryKey::new(["id"]).named("pk_t").on_conflict(OnConflict::Replace));
                t.add_unique(Unique::new(["v"]).named("uq_v").on_conflict(OnConflict::Rollback));
            });
        }),
    ]
}

fn foreign_keys() -> Vec<Case> {
    use ReferentialAction::{Cascade, Restrict, SetDefault, SetNull};
    vec![
        case("create table: foreign key", ALL, EMPTY, |op| referring(op, |key| key)),
        case("create table: foreign key without a name", ALL, EMPTY, |op| {
            only_a_key(op, "p");
            create(op, |t| {
                t.column("v", DataType::Integer).references("p", "id");
            });
        }),
        case("create table: foreign key, on delete cascade", ALL, EMPTY, |op| {
            referring(op, |key| key.on_delete(Cascade));
        }),
        case("create table: foreign key, on delete set null", ALL, EMPTY, |op| {
            referring(op, |key| key.on_delete(SetNull));
        }),
        case("create table: foreign key, on delete restrict", ALL, EMPTY, |op| {
            referring(op, |key| key.on_delete(Restrict));
        }),
        case("create table: foreign key, on delete set default", NOT_MYSQL, EMPTY, |op| {
            referring(op, |key| key.on_delete(SetDefault));
        }),
        case("create table: foreign key, on update cascade", ALL, EMPTY, |op| {
            referring(op, |key| key.on_update(Cascade));
        }),
        case("create table: foreign key, both actions", ALL, EMPTY, |op| {
            referring(op, |key| key.on_update(Cascade).on_delete(SetNull));
        }),
        case("create table: foreign key, deferred", NOT_MYSQL, EMPTY, |op| {
            referring(op, |key| key.deferrable(Deferrable::InitiallyDeferred));
        }),
        case("create table: foreign key, deferrable", NOT_MYSQL, EMPTY, |op| {
            referring(op, |key| key.deferrable(Deferrable::InitiallyImmediate));
        }),
        case("create table: foreign key, match full", POSTGRES, EMPTY, |op| {
            referring(op, |key| key.match_type(MatchType::Full));
        }),
        case("create table: foreign key of two columns", ALL, EMPTY, |op| {
            op.create_table("p", |t| {
                t.column("a", DataType::Integer).primary_key();
                t.column("b", DataType::Integer).primary_key();
            });
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.column("w", DataType::Integer);
                t.foreign_key(ForeignKey::new(["v", "w"], "p", ["a", "b"]).named("fk_v_w"));
            });
        }),
        case("create table: foreign key to itself", ALL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.foreign_key(ForeignKey::new(["v"], "t", ["id"]).named("fk_v").on_delete(Cascade));
            });
        }),
        case("create table: key that is a foreign key", ALL, EMPTY, |op| {
            only_a_key(op, "p");
            create(op, |t| t.foreign_key(ForeignKey::new(["id"], "p", ["id"]).named("fk_id")));
        }),
    ]
}

fn names() -> Vec<Case> {
    vec![
        case("create table: reserved words as names", ALL, EMPTY, |op| {
            let check = PerDialect::from("\"select\" > 0");
            op.create_table("order", |t| {
                t.column("group", DataType::Integer).primary_key();
                t.column("select", DataType::Integer);
                t.check("check", check.on(DialectName::MySql, "`select` > 0".to_owned()));
                t.index("index", ["select"]);
            });
        }),
        case("create table: names in mixed case", ALL, EMPTY, |op| {
            op.create_table("OrderLine", |t| {
                t.column("lineId", DataType::Integer).primary_key();
                t.column("Qty", DataType::Integer);
                t.unique("uqQty", ["Qty"]);
            });
        }),
        case("create table: names with spaces and quotes", ALL, EMPTY, |op| {
            op.create_table("my table", |t| {
                t.column("a \"b\" `c`", DataType::Integer).primary_key();
                t.column("100%", DataType::Integer);
            });
        }),
        case("create table: names that are not ASCII", ALL, EMPTY, |op| {
            op.create_table("tůň", |t| {
                t.column("č", DataType::Integer).primary_key();
                t.column("größe", DataType::Integer);
                t.index("ix_größe", ["größe"]);
            });
        }),
        case("create table: if it does not exist, and it does", ALL, PERSON, |op| {
            op.create_table_if_not_exists("person", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
        }),
        case("create table: if it does not exist, and it does not", ALL, EMPTY, |op| {
            op.create_table_if_not_exists("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::Integer);
            });
        }),
        case("create table: in another schema", POSTGRES, EMPTY, |op| {
            op.create_schema("other");
            op.create_table(TableName::new(Some("other"), "t"), |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::Integer);
                t.index("ix_v", ["v"]);
                t.comment("elsewhere");
            });
        }),
        case("create table: foreign key into another schema", POSTGRES, EMPTY, |op| {
            op.create_schema("other");
            let referred = TableName::new(Some("other"), "p");
            only_a_key(op, referred.clone());
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.foreign_key(ForeignKey::new(["v"], referred, ["id"]).named("fk_v"));
            });
        }),
    ]
}

fn options() -> Vec<Case> {
    vec![
        case("create table: partitioned", POSTGRES, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("day", DataType::Date).not_null();
                t.column("v", DataType::Integer);
                t.options(|o| o.partition_by = Some("RANGE (day)".into()));
            });
        }),
        case("create table: inherits", POSTGRES, PERSON, |op| {
            op.create_table("t", |t| {
                t.column("extra", DataType::Integer);
                t.options(|o| o.inherits = vec!["person".into()]);
            });
        }),
        case("create table: unlogged, with storage parameters", POSTGRES, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| {
                    o.unlogged = true;
                    o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned());
                    o.storage_parameters.insert("autovacuum_enabled".to_owned(), "false".to_owned());
                });
            });
        }),
        case("create table: access method and tablespace", POSTGRES, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| {
                    o.access_method = Some("heap".to_owned());
                    o.tablespace = Some("pg_default".to_owned());
                });
            });
        }),
        case("create table: engine, character set and collation", MYSQL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::string(20));
                t.options(|o| {
                    o.engine = Some("InnoDB".to_owned());
                    o.character_set = Some("latin1".to_owned());
                    o.collation = Some("latin1_bin".to_owned());
                });
            });
        }),
        case("create table: row format and first number", MYSQL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| {
                    o.row_format = Some("COMPRESSED".to_owned());
                    o.auto_increment = Some(1000);
                });
            });
            op.execute("INSERT INTO t (v) VALUES (1)");
        }),
        case("create table: partitioned by hash", MYSQL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| o.partition_by = Some("HASH (id) PARTITIONS 4".into()));
            });
        }),
        case("create table: other options", MYSQL, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| {
                    o.other.insert("STATS_PERSISTENT".to_owned(), "1".to_owned());
                    o.other.insert("AVG_ROW_LENGTH".to_owned(), "100".to_owned());
                });
            });
        }),
        case("create table: ids never come again", SQLITE, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Integer);
                t.options(|o| o.never_reuse_ids = true);
            });
            op.execute("INSERT INTO t (v) VALUES (1), (2)");
        }),
        case("create table: strict", SQLITE, EMPTY, |op| {
            create(op, |t| {
                t.column("v", DataType::Text);
                t.options(|o| o.strict = true);
            });
        }),
        case("create table: without row ids", SQLITE, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("code", DataType::string(10)).primary_key();
                t.column("v", DataType::Integer);
                t.options(|o| o.without_rowid = true);
            });
        }),
    ]
}

fn whole_tables() -> Vec<Case> {
    vec![
        case("create tables: as Airflow's log_template, slot_pool and variable", ALL, EMPTY, |op| {
            op.create_table("log_template", |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("filename", DataType::Text).not_null();
                t.column("elasticsearch_id", DataType::Text).not_null();
                t.column("created_at", DataType::timestamptz()).not_null();
                t.primary_key("log_template_pkey", ["id"]);
            });
            op.create_table("slot_pool", |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("pool", DataType::string(256));
                t.column("slots", DataType::Integer);
                t.column("include_deferred", DataType::Boolean).not_null();
                t.primary_key("slot_pool_pkey", ["id"]);
                t.unique("slot_pool_pool_uq", ["pool"]);
            });
            let key = ColumnType::from(DataType::string(250))
                .on(DialectName::MySql, DataType::string(250).collate("utf8mb3_bin"));
            op.create_table("variable", |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("key", key);
                t.column(
                    "val",
                    ColumnType::from(DataType::Text).on(DialectName::MySql, DataType::MediumText),
                );
                t.column("is_encrypted", DataType::Boolean);
                t.primary_key("variable_pkey", ["id"]);
                t.unique("variable_key_uq", ["key"]);
            });
        }),
        case("drop table", ALL, PERSON, |op| op.drop_table("person")),
        case("drop table: if it exists, and it does", ALL, PERSON, |op| op.drop_table_if_exists("person")),
        case("drop table: if it exists, and it does not", ALL, PERSON, |op| {
            op.drop_table_if_exists("absent")
        }),
        case("drop table: with an enum type", NOT_SQLITE, EMPTY, |op| {
            let letter = op.create_enum("letter", ["a", "b"]);
            op.create_table("t", |t| {
                t.column("v", letter);
            });
            op.drop_table("t");
        }),
        case("drop table: the referring one, then the one referred to", ALL, LINKED, |op| {
            op.drop_table("child");
            op.drop_table("parent");
        }),
        case("drop table: that another refers to", ALL, LINKED, |op| op.drop_table("parent")),
        case("drop table: that refers to itself", ALL, TREE, |op| op.drop_table("node")),
        case("rename table", ALL, PERSON, |op| op.rename_table("person", "people")),
        case("rename table: that another refers to", ALL, LINKED, |op| op.rename_table("parent", "ancestor")),
        case("rename table: that refers to another", ALL, LINKED, |op| op.rename_table("child", "offspring")),
        case("rename table: that refers to itself", ALL, TREE, |op| op.rename_table("node", "twig")),
        case("rename table: and use the old name again", ALL, PLAIN, |op| {
            op.rename_table("item", "old_item");
            op.create_table("item", |t| {
                t.column("a", DataType::Integer).not_null();
            });
            op.execute("INSERT INTO item (a) SELECT a FROM old_item");
            op.drop_table("old_item");
        }),
    ]
}

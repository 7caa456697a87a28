//! Schemas that stay as they are, and in which a comparison may see a change that is none: of single databases.

use dunlin::core::prelude::*;
use dunlin::core::schema::{
    Computed, Deferrable, EnumType, Exclude, Identity, IndexElement, IndexKind, OnConflict,
};

use super::unchanged::same;
use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = postgres();
    cases.extend(mysql());
    cases.extend(sqlite());
    cases
}

fn expression(sql: &str) -> SqlValue {
    SqlValue::expression(sql)
}

fn postgres() -> Vec<Case> {
    vec![
        same(
            POSTGRES,
            "serial and identity",
            item(|t| {
                t.column("a", DataType::Integer).identity(Identity::always());
                t.column("b", DataType::BigInteger)
                    .identity(Identity::by_default().start(10).increment(5).cache(3));
            }),
        ),
        same(
            POSTGRES,
            "serial, no key",
            item(|t| {
                t.column("a", DataType::SmallInteger).not_null().autoincrement();
            }),
        ),
        same(
            POSTGRES,
            "defaults: casts, arrays, functions, intervals",
            item(|t| {
                t.column("a", DataType::Text.array()).server_default(expression("'{}'"));
                t.column("b", DataType::Integer.array()).server_default(expression("ARRAY[1, 2]"));
                t.column("c", DataType::Uuid).server_default(expression("gen_random_uuid()"));
                t.column("d", DataType::interval()).server_default("1 day");
                t.column("e", DataType::Jsonb).not_null().server_default("{}");
                t.column("f", DataType::string(20)).server_default(expression("'x'::character varying"));
                t.column("g", DataType::timestamptz()).server_default(expression("timezone('utc', now())"));
                t.column("h", DataType::native("INET")).server_default("127.0.0.1");
                t.column("i", DataType::Date).server_default(expression("CURRENT_DATE"));
                t.column("j", DataType::Bit { length: Some(4), varying: false })
                    .server_default(expression("B'0101'"));
            }),
        ),
        same(
            POSTGRES,
            "types of PostgreSQL",
            item(|t| {
                let all = [
                    DataType::Jsonb,
                    DataType::interval(),
                    DataType::native("INET"),
                    DataType::native("CIDR"),
                    DataType::native("MACADDR"),
                    DataType::native("TSVECTOR"),
                    DataType::native("INT4RANGE"),
                    DataType::native("MONEY"),
                    DataType::native("XML"),
                    DataType::native("POINT"),
                    DataType::Text.array(),
                    DataType::string(10).array(),
                    DataType::numeric(8, 2).array(),
                    DataType::Bit { length: Some(8), varying: true },
                    DataType::String { length: None },
                    DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: Some(3) },
                    DataType::Time { precision: Some(3), timezone: true },
                    DataType::string(20).collate("C"),
                ];
                for (at, data_type) in all.into_iter().enumerate() {
                    t.column(format!("c{at}"), data_type);
                }
            }),
        ),
        same(POSTGRES, "constraints of PostgreSQL", |m| {
            item(|t| {
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer);
                t.column("span", DataType::native("INT4RANGE"));
                t.add_unique(Unique::new(["a"]).named("uq_1").include(["b"]));
                t.add_unique(Unique::new(["b"]).named("uq_2").deferrable(Deferrable::InitiallyDeferred));
                t.add_unique(Unique::new(["a", "b"]).named("uq_3").nulls_not_distinct());
                t.add_check(Check::new("a > 0").named("ck_1").no_inherit());
                t.add_check(Check::new("b > 0").named("ck_2").not_valid());
                t.exclude(
                    Exclude::new([("span", "&&"), ("int4range(a, b)", "&&")])
                        .named("ex_1")
                        .predicate("a < b"),
                );
                let key = ForeignKey::new(["a"], "item", ["id"]).named("fk_1");
                t.foreign_key(key.deferrable(Deferrable::InitiallyImmediate));
            })(m);
        }),
        same(POSTGRES, "enum arrays, and a type that no column has", |m| {
            m.enum_type(EnumType::new("unused", ["x"]));
            let mark = m.enum_type(EnumType::new("Mark", ["a", "b"]));
            item(move |t| {
                t.column("a", mark.clone().array()).server_default(expression("'{}'"));
                t.column("b", mark.clone()).server_default("a");
            })(m);
        }),
        same(POSTGRES, "another schema", |m| {
            *m = Metadata::new(Some("elsewhere"), NamingConvention::default());
            m.schemas.push("elsewhere".to_owned());
            let status = m.enum_type(EnumType::new("status", ["open", "closed"]));
            m.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("status", status).server_default("open");
                t.column("parent_id", DataType::Integer).references("parent", "id");
                t.column("word", DataType::string(20)).server_default("x").unique();
                t.index("ix_child", ["word", "parent_id"]);
            });
        }),
        same(POSTGRES, "table options of PostgreSQL", |m| {
            item(|t| {
                t.options(|o| {
                    o.unlogged = true;
                    o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned());
                });
            })(m);
            m.table("event", |t| {
                t.column("day", DataType::Date).not_null();
                t.options(|o| o.partition_by = Some("RANGE (day)".into()));
            });
        }),
    ]
}

fn mysql() -> Vec<Case> {
    vec![
        same(MYSQL, "indexes that foreign keys make", |m| {
            m.table("parent", |t| {
                t.column("a", DataType::Integer).not_null();
                t.column("b", DataType::Integer).not_null();
                t.primary_key("pk", ["a", "b"]);
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer);
                t.column("own", DataType::Integer);
                t.foreign_key(ForeignKey::new(["a", "b"], "parent", ["a", "b"]));
                t.foreign_key(ForeignKey::new(["own"], "child", ["id"]).named("fk_own"));
            });
        }),
        same(
            MYSQL,
            "types of MySQL",
            item(|t| {
                use DataType::{
                    BigInteger, Integer, LongBlob, LongText, MediumBlob, MediumInteger, MediumText, TinyBlob,
                    TinyInteger, TinyText, Year,
                };
                let all = [
                    TinyInteger,
                    MediumInteger,
                    Integer.unsigned(),
                    BigInteger.unsigned(),
                    TinyText,
                    MediumText,
                    LongText,
                    TinyBlob,
                    MediumBlob,
                    LongBlob,
                    Year,
                    DataType::FixedBinary { length: 16 },
                    DataType::VarBinary { length: 64 },
                    DataType::Bit { length: Some(8), varying: false },
                    DataType::Set { values: vec!["a".to_owned(), "it's".to_owned()] },
                    DataType::Enum(EnumType::unnamed(["x", "y"])),
                    DataType::numeric(8, 2).unsigned(),
                    DataType::string(20).character_set("latin1"),
                    DataType::string(20).collate("utf8mb4_bin"),
                    DataType::native("GEOMETRY"),
                    DataType::native("POINT"),
                    DataType::Boolean,
                ];
                for (at, data_type) in all.into_iter().enumerate() {
                    t.column(format!("c{at}"), data_type);
                }
            }),
        ),
        same(
            MYSQL,
            "ON UPDATE",
            item(|t| {
                let now = || expression("CURRENT_TIMESTAMP");
                t.column("a", DataType::datetime()).server_default(now()).on_update("CURRENT_TIMESTAMP");
                t.column("b", DataType::timestamp())
                    .not_null()
                    .server_default(now())
                    .on_update("CURRENT_TIMESTAMP");
                let six = DataType::DateTime { precision: Some(6), timezone: false };
                t.column("c", six.clone()).on_update("CURRENT_TIMESTAMP(6)");
                t.column("d", six).not_null().server_default(expression("CURRENT_TIMESTAMP(6)"));
            }),
        ),
        same(MYSQL, "table options of MySQL", |m| {
            m.table("item", |t| {
                t.column("id", DataType::BigInteger.unsigned()).primary_key().autoincrement();
                t.column("word", DataType::string(20)).not_null();
                t.column("own", DataType::string(20).collate("utf8mb4_bin"));
                t.options(|o| {
                    o.engine = Some("InnoDB".to_owned());
                    o.character_set = Some("utf8mb4".to_owned());
                    o.collation = Some("utf8mb4_general_ci".to_owned());
                    o.row_format = Some("DYNAMIC".to_owned());
                    o.auto_increment = Some(1000);
                });
            });
        }),
        same(
            MYSQL,
            "indexes of MySQL",
            item(|t| {
                t.column("word", DataType::string(200));
                t.column("body", DataType::Text);
                t.column("place", DataType::native("POINT")).not_null();
                t.add_index(Index::new("ix_1", [IndexElement::column_named("word").length(10)]));
                t.add_index(Index::new("ix_2", [IndexElement::column_named("body").length(50), "id".into()]));
                t.add_index(Index::new("ix_3", ["body"]).kind(IndexKind::FullText));
                t.add_index(Index::new("ix_4", ["place"]).kind(IndexKind::Spatial));
                t.add_index(Index::new("ix_5", ["word"]).comment("it's for the list"));
                t.add_index(Index::new("ix_6", ["word", "id"]).using("BTREE".to_owned()));
            }),
        ),
        same(
            MYSQL,
            "computed on read",
            item(|t| {
                t.column("a", DataType::Integer).not_null();
                t.column("word", DataType::string(20));
                t.column("r", DataType::Integer).computed(Computed::on_read("a + 1"));
                t.column("w", DataType::string(60)).computed(Computed::on_read("concat(word, ' ', 'it''s')"));
            }),
        ),
        same(
            MARIADB,
            "JSON and UUID of MariaDB",
            item(|t| {
                t.column("a", DataType::Json);
                t.column("b", DataType::Json).not_null();
                t.column("c", DataType::native("UUID")).not_null();
                t.column("d", DataType::Uuid);
                t.column("e", DataType::native("INET6"));
            }),
        ),
        same(
            MYSQL_ITSELF,
            "checks that are not enforced",
            item(|t| {
                t.column("a", DataType::Integer);
                t.add_check(Check::new("a > 0").named("ck_1").not_enforced());
                t.add_check(Check::new("a < 100").named("ck_2"));
            }),
        ),
        same(
            MYSQL_ITSELF,
            "defaults: functions of MySQL",
            item(|t| {
                t.column("a", DataType::string(36)).server_default(expression("(uuid())"));
                t.column("b", DataType::Text).server_default(expression("('some text')"));
                t.column("c", DataType::Date).server_default(expression("(curdate() + interval 1 day)"));
                t.column("d", DataType::Json).server_default(expression("(json_array())"));
            }),
        ),
    ]
}

fn sqlite() -> Vec<Case> {
    vec![
        same(SQLITE, "INTEGER PRIMARY KEY", |m| {
            m.table("a", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("word", DataType::string(20)).not_null();
            });
            m.table("b", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.options(|o| o.never_reuse_ids = true);
            });
            m.table("c", |t| {
                t.column("id", DataType::string(20)).primary_key();
                t.column("n", DataType::Integer);
                t.options(|o| {
                    o.without_rowid = true;
                    o.strict = false;
                });
            });
            m.table("d", |t| {
                t.column("id", DataType::native("INT")).not_null();
                t.column("n", DataType::Integer);
                t.primary_key("pk_d", ["id"]);
            });
        }),
        same(
            SQLITE,
            "types and collations of SQLite",
            item(|t| {
                t.column("a", DataType::string(20).collate("NOCASE"));
                t.column("b", DataType::Text.collate("RTRIM"));
                t.column("c", DataType::TinyInteger);
                t.column("d", DataType::BigInteger.unsigned());
                t.column("e", DataType::native("ANYTHING"));
                t.column("f", DataType::native("DECIMAL(10,5)"));
            }),
        ),
        same(
            SQLITE,
            "constraints of SQLite",
            item(|t| {
                t.add_column(Column::new("a", DataType::Integer).not_null_on_conflict(OnConflict::Ignore));
                t.column("b", DataType::Integer);
                t.add_unique(Unique::new(["a"]).on_conflict(OnConflict::Replace));
                t.add_unique(Unique::new(["b", "a"]).named("uq_2"));
                let key = ForeignKey::new(["b"], "item", ["id"]);
                t.foreign_key(key.deferrable(Deferrable::InitiallyDeferred));
            }),
        ),
        same(
            SQLITE,
            "indexes and defaults of SQLite",
            item(|t| {
                t.column("word", DataType::string(20)).server_default(expression("'x'"));
                t.column("n", DataType::Integer).server_default(expression("(1 + 1)"));
                t.column("r", DataType::Real).server_default(expression("1e3"));
                t.column("b", DataType::Binary).server_default(expression("x'00ff'"));
                t.column("on_read", DataType::Integer).computed(Computed::on_read("n * 2"));
                t.add_index(Index::new("ix_1", [IndexElement::column_named("word").collate("NOCASE")]));
                t.add_index(Index::new(
                    "ix_2",
                    [IndexElement::expression("substr(word, 1, 3)").descending()],
                ));
                t.add_index(Index::new("ix_3", ["n"]).predicate("word LIKE 'a%' AND n IN (1, 2)"));
            }),
        ),
    ]
}

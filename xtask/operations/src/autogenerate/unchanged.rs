//! Schemas that stay as they are, and in which a comparison may see a change that is none: on every database.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, EnumType, IndexElement, View};

use super::*;

/// A model that does not change.
pub(super) fn same(on: &'static [DialectName], name: &str, define: impl Fn(&mut Metadata)) -> Case {
    case(on, name, &define, &define)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = defaults();
    cases.extend(checks());
    cases.extend(indexes());
    cases.extend(names());
    cases.extend(others());
    cases
}

fn expression(sql: &str) -> SqlValue {
    SqlValue::expression(sql)
}

fn defaults() -> Vec<Case> {
    vec![
        same(
            ALL,
            "defaults: texts",
            item(|t| {
                let values =
                    ["", "x", "it's", "two words", "\"quoted\"", "back\\slash", "100%", "NULL", "0", "true"];
                for (at, value) in values.into_iter().enumerate() {
                    t.column(format!("c{at}"), DataType::string(50)).server_default(value);
                }
                t.column("marks", DataType::string(50)).not_null().server_default("a:b, {c} [d] (e) ; -- f");
            }),
        ),
        same(
            ALL,
            "defaults: whole numbers",
            item(|t| {
                for (name, data_type) in [
                    ("small", DataType::SmallInteger),
                    ("plain", DataType::Integer),
                    ("big", DataType::BigInteger),
                ] {
                    t.column(name, data_type.clone()).server_default(0);
                    t.column(format!("{name}_not_null"), data_type.clone()).not_null().server_default(7);
                    t.column(format!("{name}_negative"), data_type.clone()).server_default(-1);
                    t.column(format!("{name}_text"), data_type).server_default(expression("'3'"));
                }
            }),
        ),
        same(
            ALL,
            "defaults: decimals and floats",
            item(|t| {
                t.column("a", DataType::numeric(10, 2)).server_default(expression("0"));
                t.column("b", DataType::numeric(10, 2)).server_default(expression("0.00"));
                t.column("c", DataType::numeric(10, 2)).server_default(expression("-1.5"));
                t.column("d", DataType::numeric(10, 2)).server_default(expression("1.50"));
                t.column("e", DataType::Double).server_default(expression("0.1"));
                t.column("f", DataType::Double).server_default(expression("1"));
                t.column("g", DataType::Double).server_default(expression("-2.5"));
                t.column("h", DataType::Real).server_default(expression("0.5"));
            }),
        ),
        same(
            ALL,
            "defaults: booleans",
            item(|t| {
                t.column("a", DataType::Boolean).server_default(true);
                t.column("b", DataType::Boolean).server_default(false);
                t.column("c", DataType::Boolean).not_null().server_default(true);
                t.column("d", DataType::Boolean).not_null().server_default(false);
            }),
        ),
        same(
            ALL,
            "defaults: moments",
            item(|t| {
                t.column("a", DataType::datetime()).server_default(expression("CURRENT_TIMESTAMP"));
                t.column("b", DataType::timestamp())
                    .not_null()
                    .server_default(expression("CURRENT_TIMESTAMP"));
                t.column("c", DataType::datetime()).server_default("2020-01-01 00:00:00");
                t.column("d", DataType::Date).server_default("2020-01-01");
                t.column("e", DataType::time()).server_default("12:30:00");
            }),
        ),
        same(
            ALL,
            "defaults: now, in other words",
            item(|t| {
                let now = PerDialect::all(expression("now()"))
                    .on(DialectName::Sqlite, expression("(datetime('now'))"));
                t.column("a", DataType::datetime()).server_default(now);
                let current = PerDialect::all(expression("current_timestamp"));
                t.column("b", DataType::datetime()).not_null().server_default(current);
            }),
        ),
        same(
            NOT_SQLITE,
            "defaults: moments with digits",
            item(|t| {
                let six = DataType::DateTime { precision: Some(6), timezone: false };
                t.column("a", six.clone()).not_null().server_default(expression("CURRENT_TIMESTAMP(6)"));
                t.column("b", six).server_default("2020-01-01 00:00:00.5");
                let three = DataType::Timestamp { precision: Some(3), timezone: true };
                t.column("c", three).not_null().server_default(expression("CURRENT_TIMESTAMP(3)"));
            }),
        ),
        same(
            ALL,
            "defaults: NULL and none",
            item(|t| {
                t.column("a", DataType::Integer).server_default(SqlValue::Null);
                t.column("b", DataType::string(20)).server_default(SqlValue::Null);
                t.column("c", DataType::string(20));
                t.column("d", DataType::Text);
            }),
        ),
        same(
            ALL,
            "defaults: expressions",
            item(|t| {
                let of = |plain: &str| {
                    let brackets = || expression(&format!("({plain})"));
                    PerDialect::all(expression(plain))
                        .on(DialectName::MySql, brackets())
                        .on(DialectName::Sqlite, brackets())
                };
                t.column("a", DataType::Integer).server_default(of("1 + 2 * 3"));
                t.column("b", DataType::string(20)).server_default(of("lower('ABC')"));
                t.column("c", DataType::Integer).server_default(of("abs(-4)"));
                t.column("d", DataType::string(20))
                    .server_default(of("CASE WHEN 1 > 0 THEN 'x' ELSE 'y' END"));
            }),
        ),
        same(
            NOT_SQLITE,
            "defaults: JSON",
            item(|t| {
                let of = |text: &str| {
                    PerDialect::all(expression(text)).on(DialectName::MySql, expression(&format!("({text})")))
                };
                t.column("a", DataType::Json).server_default(of("'{}'"));
                t.column("b", DataType::Json).server_default(of("'[1, 2]'"));
                t.column("c", DataType::Json).not_null().server_default(of("'{\"k\": \"it''s\"}'"));
            }),
        ),
    ]
}

fn checks() -> Vec<Case> {
    let checked = |checks: &'static [&'static str]| {
        move |m: &mut Metadata| {
            m.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer).not_null();
                t.column("word", DataType::string(20));
                t.column("amount", DataType::numeric(10, 2));
                t.column("day", DataType::Date);
                t.column("active", DataType::Boolean).not_null();
                for (at, check) in checks.iter().enumerate() {
                    t.check(format!("ck_item_{at}"), *check);
                }
            });
        }
    };
    vec![
        same(
            ALL,
            "checks: IN, NOT IN",
            checked(&[
                "word IN ('x', 'y', 'it''s')",
                "word NOT IN ('p', 'q')",
                "a IN (1, 2, 3)",
                "word IN ('one')",
            ]),
        ),
        same(
            ALL,
            "checks: BETWEEN, LIKE",
            checked(&[
                "a BETWEEN 1 AND 10",
                "a NOT BETWEEN 100 AND 200",
                "word LIKE 'a%'",
                "word NOT LIKE '%z'",
            ]),
        ),
        same(
            ALL,
            "checks: AND, OR, NOT, brackets",
            checked(&[
                "a > 0 AND b > 0",
                "a > 0 OR b > 0 AND a < 9",
                "(a > 0 OR b > 0) AND a < 9",
                "NOT (a = 1)",
                "((a) > ((0)))",
                "a IS NULL OR a <> 5",
                "a IS NOT NULL",
            ]),
        ),
        same(
            ALL,
            "checks: operators and functions",
            checked(&[
                "a + b * 2 - 1 > 0",
                "a % 2 = 0",
                "a != 3",
                "length(word) > 2",
                "lower(word) = word",
                "coalesce(a, 0) >= -1",
                "CASE WHEN a > 0 THEN b ELSE 5 END > 2",
                "amount >= 0.5",
                "active = true",
            ]),
        ),
        same(
            ALL,
            "checks: casts and days",
            checked(&["CAST(amount AS DECIMAL(10, 2)) > 1", "day > '2020-01-01'"]),
        ),
        same(
            ALL,
            "checks: without names",
            item(|t| {
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer);
                t.add_check(Check::new("a > 0"));
                t.add_check(Check::new("b > a"));
            }),
        ),
        same(
            POSTGRES,
            "checks: PostgreSQL's operators",
            checked(&[
                "word ~ '^[a-z]+$'",
                "word ILIKE 'a%'",
                "a::numeric > 1.5",
                "word = ANY (ARRAY['x', 'y'])",
                "a = ANY ('{1,2}'::int[])",
                "(word || 'x') <> 'yx'",
                "extract(year FROM day) > 2000",
                "day > now()::date - interval '1 day' OR active",
                "word IS DISTINCT FROM 'x'",
                "position('x' in word) = 0",
            ]),
        ),
        same(
            MYSQL,
            "checks: MySQL's operators",
            checked(&[
                "word REGEXP '^[a-z]+$'",
                "a DIV 2 > 1",
                "char_length(word) > 1",
                "a <=> b",
                "a XOR b",
                "year(day) > 2000",
                "a & 1 = 0",
                "word <> _utf8mb4'x'",
            ]),
        ),
    ]
}

fn indexes() -> Vec<Case> {
    let table = |m: &mut Metadata, indexes: Vec<Index>| {
        m.table("item", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer);
            t.column("word", DataType::string(50));
            t.column("data", DataType::Jsonb.on_others());
            t.column("active", DataType::Boolean).not_null();
            indexes.into_iter().for_each(|index| t.add_index(index));
        });
    };
    let of = |name: &str, sql: &str| {
        let brackets = format!("({sql})");
        Index::new(name, [IndexElement::expression(PerDialect::from(sql).on(DialectName::MySql, brackets))])
    };
    vec![
        same(ALL, "indexes: columns up and down", move |m| {
            table(
                m,
                vec![
                    Index::new("ix_1", ["a"]),
                    Index::new("ix_2", [IndexElement::column_named("a").descending(), "b".into()]),
                    Index::new("ix_3", ["b", "a"]).unique(),
                ],
            );
        }),
        same(NOT_MARIADB, "indexes: expressions", move |m| {
            table(
                m,
                vec![
                    of("ix_1", "lower(word)"),
                    of("ix_2", "a + b"),
                    of("ix_3", "coalesce(word, 'x')"),
                    of("ix_4", "abs(a) * 2").unique(),
                ],
            );
        }),
        same(NOT_MYSQL, "indexes: with conditions", move |m| {
            table(
                m,
                vec![
                    Index::new("ix_1", ["a"]).predicate("b > 0"),
                    Index::new("ix_2", ["a"]).predicate("word = 'x'"),
                    Index::new("ix_3", ["a"]).predicate("word IN ('x', 'y') AND b IS NOT NULL").unique(),
                    Index::new("ix_4", ["a"]).predicate("active"),
                    Index::new("ix_5", ["a"]).predicate("a BETWEEN 1 AND 9 OR NOT active"),
                ],
            );
        }),
        same(POSTGRES, "indexes: casts, collations, classes, methods", move |m| {
            table(
                m,
                vec![
                    of("ix_1", "(a)::text"),
                    of("ix_2", "data ->> 'key'"),
                    of("ix_3", "(data -> 'x' ->> 'y')::integer"),
                    of("ix_4", "word COLLATE \"C\""),
                    of("ix_5", "to_tsvector('english', word)").using("gin".to_owned()),
                    of("ix_6", "date_trunc('day', timestamp '2020-01-01')"),
                    Index::new("ix_7", ["data"]).using("gin".to_owned()),
                    Index::new("ix_8", ["a"]).using("brin".to_owned()),
                    Index::new("ix_9", ["a"]).include(["b"]).storage_parameter("fillfactor", "80"),
                    Index::new(
                        "ix_10",
                        [IndexElement::column_named("word").operator_class("varchar_pattern_ops")],
                    ),
                ],
            );
        }),
        same(ALL, "indexes: of the columns of constraints", |m| {
            m.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::string(20)).not_null().unique();
                t.index("ix_parent_code", ["code"]);
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer).references("parent", "id");
                t.index("ix_child_parent", ["parent_id"]);
            });
        }),
    ]
}

trait OnOthers {
    fn on_others(self) -> ColumnType;
}

impl OnOthers for DataType {
    /// This type on PostgreSQL, TEXT elsewhere.
    fn on_others(self) -> ColumnType {
        ColumnType::from(DataType::Text).on(DialectName::Postgres, self)
    }
}

fn names() -> Vec<Case> {
    let long = "a_name_that_is_much_longer_than_any_of_the_databases_allows_for_a_constraint_or_an_index";
    vec![
        same(ALL, "names: none given", |m| {
            m.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::string(20)).not_null();
                t.add_unique(Unique::new(["code"]));
                t.add_unique(Unique::new(["code", "id"]));
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer).not_null().references("parent", "id");
                t.column("other_id", DataType::Integer).references("parent", "id");
            });
        }),
        same(ALL, "names: of a convention", |m| {
            let pattern = |text: &str| Some(text.to_owned());
            let convention = NamingConvention {
                ix: pattern("ix_%(column_0_label)s"),
                uq: pattern("uq_%(table_name)s_%(column_0_name)s"),
                ck: pattern("ck_%(table_name)s_%(constraint_name)s"),
                fk: pattern("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"),
                pk: pattern("pk_%(table_name)s"),
            };
            *m = Metadata::new(None, convention);
            m.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::string(20)).not_null().unique();
                t.column("word", DataType::string(20)).indexed();
                t.check("short", "length(word) < 9");
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer).not_null().references("parent", "id");
            });
        }),
        same(ALL, "names: too long, and cut", move |m| {
            m.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer);
                t.unique(Name::exact(format!("uq_{long}")), ["a"]);
                t.index(Name::exact(format!("ix_{long}")), ["b"]);
                t.check(Name::exact(format!("ck_{long}")), "a > 0");
                let key = ForeignKey::new(["b"], "item", ["id"]);
                t.foreign_key(key.named(Name::exact(format!("fk_{long}"))));
            });
        }),
        same(ALL, "names: capitals, words of SQL, spaces", |m| {
            m.table("Order", |t| {
                t.column("Id", DataType::Integer).primary_key();
                t.column("group", DataType::Integer).not_null();
                t.column("userName", DataType::string(20)).server_default("x");
                t.column("two words", DataType::Integer);
                t.unique("UQ_Order", ["group", "userName"]);
                t.index("IX Order", ["two words"]);
            });
            m.table("select", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("Order", DataType::Integer).references("Order", "Id");
            });
        }),
    ]
}

fn others() -> Vec<Case> {
    vec![
        same(
            ALL,
            "types: one of each",
            item(|t| {
                use DataType::{
                    BigInteger, Binary, Boolean, Date, Double, Float, Integer, Json, Real, SmallInteger,
                    Text, Uuid,
                };
                let all = [
                    Boolean,
                    SmallInteger,
                    Integer,
                    BigInteger,
                    Real,
                    Float,
                    Double,
                    Text,
                    Binary,
                    Date,
                    Json,
                    Uuid,
                    DataType::numeric(10, 2),
                    DataType::numeric(8, 0),
                    DataType::string(1),
                    DataType::string(255),
                    DataType::char(3),
                    DataType::time(),
                    DataType::datetime(),
                    DataType::timestamp(),
                    DataType::timestamptz(),
                    DataType::DateTime { precision: Some(3), timezone: false },
                    DataType::Numeric { precision: None, scale: 0 },
                ];
                for (at, data_type) in all.into_iter().enumerate() {
                    t.column(format!("c{at}"), data_type);
                }
            }),
        ),
        same(ALL, "enum columns, with and without a default", |m| {
            let status = m.enum_type(EnumType::new("status", ["open", "it's", "two words", "OPENED"]));
            m.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("a", status.clone());
                t.column("b", status.clone()).not_null().server_default("open");
                t.column("c", status).server_default("it's");
            });
        }),
        same(
            ALL,
            "computed columns",
            item(|t| {
                t.column("a", DataType::Integer).not_null();
                t.column("word", DataType::string(20));
                t.column("s", DataType::Integer).computed(Computed::stored("a * 2 + 1"));
                t.column("low", DataType::string(40)).computed(Computed::stored("lower(word)"));
                t.column("c", DataType::Integer)
                    .computed(Computed::stored("CASE WHEN a > 0 THEN a ELSE -a END"));
            }),
        ),
        same(ALL, "foreign keys: every action", |m| {
            use ReferentialAction::{Cascade, NoAction, Restrict, SetNull};
            m.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                for (at, action) in [NoAction, Restrict, Cascade, SetNull].into_iter().enumerate() {
                    let column = format!("p{at}");
                    t.column(column.clone(), DataType::Integer);
                    let key =
                        ForeignKey::new([column.clone()], "parent", ["id"]).named(format!("fk_{column}"));
                    t.foreign_key(key.on_delete(action).on_update(action));
                }
            });
        }),
        same(ALL, "foreign keys: in a circle and to the same table", |m| {
            for (name, other) in [("one", "two"), ("two", "one")] {
                m.table(name, |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("other_id", DataType::Integer).references(other, "id");
                    t.column("own_id", DataType::Integer).references(name, "id");
                });
            }
        }),
        same(ALL, "keys of two columns, in another order than the columns", |m| {
            m.table("item", |t| {
                t.column("a", DataType::Integer).not_null();
                t.column("b", DataType::string(20)).not_null();
                t.add_primary_key(dunlin::core::schema::PrimaryKey::new(["b", "a"]));
                t.column("c", DataType::Integer).not_null();
                t.add_unique(Unique::new(["c", "a"]).named("uq_item"));
            });
        }),
        same(ALL, "views", |m| {
            m.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("word", DataType::string(20));
            });
            m.view(View::new(
                "item_view",
                "SELECT id, upper(word) AS word FROM item WHERE id > 0 OR word IN ('x', 'y')",
            ));
            m.view(View::new(
                "top_view",
                "SELECT count(*) AS n FROM item_view AS v JOIN item ON item.id = v.id",
            ));
        }),
        same(
            NOT_SQLITE,
            "comments",
            item(|t| {
                t.comment("It's \"quoted\", 100% \\ and more");
                t.column("a", DataType::Integer).comment("it's a");
                t.column("b", DataType::string(20)).not_null().server_default("x").comment("two\nlines");
                t.column("c", DataType::Text).comment("");
            }),
        ),
    ]
}

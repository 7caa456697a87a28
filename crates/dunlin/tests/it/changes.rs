//! Changes of tables, as data.

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;

use crate::support::Record;

/// A change of the tables that `alter.rs` makes, and the way back.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) there: Record,
    pub(crate) back: Record,
}

const fn case(name: &'static str, there: Record, back: Record) -> Case {
    Case { name, there, back }
}

pub(crate) const CASES: &[Case] = &[
    case(
        "add a column",
        |op| op.alter_table("subject", |t| t.add_column(Column::new("extra", DataType::string(5)))),
        |op| op.alter_table("subject", |t| t.drop_column("extra")),
    ),
    case(
        "add a column with a default",
        |op| {
            op.alter_table("subject", |t| {
                t.add_column(
                    Column::new("extra", DataType::Integer).not_null().server_default(SqlValue::Integer(7)),
                );
            });
        },
        |op| op.alter_table("subject", |t| t.drop_column("extra")),
    ),
    case(
        "add a column whose default is computed",
        |op| {
            op.alter_table("subject", |t| {
                t.add_column(
                    Column::new("extra", DataType::datetime())
                        .not_null()
                        .server_default(SqlValue::expression("CURRENT_TIMESTAMP")),
                );
            });
        },
        |op| op.alter_table("subject", |t| t.drop_column("extra")),
    ),
    case(
        "drop a column",
        |op| op.alter_table("subject", |t| t.drop_column("last")),
        |op| {
            op.alter_table("subject", |t| {
                t.add_column(
                    Column::new("last", DataType::string(10)).server_default(SqlValue::text("it's")),
                );
            });
        },
    ),
    case(
        "drop a column of another table",
        |op| op.alter_table("child", |t| t.drop_column("text")),
        |op| op.alter_table("child", |t| t.add_column(Column::new("text", DataType::string(20)))),
    ),
    case(
        "lengthen a text",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("note").column_type(DataType::string(200));
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("note").column_type(DataType::string(50));
            });
        },
    ),
    case(
        "another type",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").column_type(DataType::BigInteger);
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").column_type(DataType::Integer);
            });
        },
    ),
    case(
        "may be null",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("code").nullable(true);
                t.alter_column("flag").nullable(true);
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("code").nullable(false);
                t.alter_column("flag").nullable(false);
            });
        },
    ),
    case(
        "must not be null",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").nullable(false);
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").nullable(true);
            });
        },
    ),
    case(
        "another default",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").server_default(SqlValue::Integer(9));
                t.alter_column("last").server_default(SqlValue::text("\\ 'x'"));
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("amount").server_default(SqlValue::Integer(5));
                t.alter_column("last").server_default(SqlValue::text("it's"));
            });
        },
    ),
    case(
        "no default",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("flag").drop_server_default();
                t.alter_column("at").drop_server_default();
                t.alter_column("last").drop_server_default();
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("flag").server_default(SqlValue::Boolean(true));
                t.alter_column("at").server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
                t.alter_column("last").server_default(SqlValue::text("it's"));
            });
        },
    ),
    case(
        "restate the key and the JSON",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("id").nullable(false);
                t.alter_column("data").nullable(true);
                t.alter_column("other_id").nullable(true);
            });
        },
        |_| {},
    ),
    case(
        "rename a column",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("note").rename("remark");
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("remark").rename("note");
            });
        },
    ),
    case(
        "rename a column and change it",
        |op| {
            op.alter_table("subject", |t| {
                t.alter_column("last").rename("final").column_type(DataType::Text).drop_server_default();
                t.add_column(Column::new("extra", DataType::Integer));
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.drop_column("extra");
                t.alter_column("final")
                    .rename("last")
                    .column_type(DataType::string(10))
                    .server_default(SqlValue::text("it's"));
            });
        },
    ),
    case(
        "add a unique constraint",
        |op| {
            op.alter_table("subject", |t| t.create_unique_constraint("subject_two_uq", ["last", "code"]));
        },
        |op| {
            op.alter_table("subject", |t| t.drop_constraint(ConstraintKind::Unique, "subject_two_uq"));
        },
    ),
    case(
        "drop a unique constraint",
        |op| {
            op.alter_table("subject", |t| t.drop_constraint(ConstraintKind::Unique, "subject_code_uq"));
        },
        |op| {
            op.alter_table("subject", |t| t.create_unique_constraint("subject_code_uq", ["code"]));
        },
    ),
    case(
        "add a check",
        |op| {
            op.alter_table("subject", |t| t.create_check_constraint("subject_two_ck", "code <> 'z'"));
        },
        |op| {
            op.alter_table("subject", |t| t.drop_constraint(ConstraintKind::Check, "subject_two_ck"));
        },
    ),
    case(
        "drop a check",
        |op| {
            op.alter_table("subject", |t| t.drop_constraint(ConstraintKind::Check, "subject_amount_ck"));
        },
        |op| {
            op.alter_table("subject", |t| t.create_check_constraint("subject_amount_ck", "amount >= 0"));
        },
    ),
    case(
        "add a column and its key to the table itself",
        |op| {
            op.alter_table("subject", |t| {
                t.add_column(Column::new("peer_id", DataType::Integer));
                t.create_foreign_key(
                    ForeignKey::new(["peer_id"], "subject", ["id"])
                        .named("subject_peer_fk")
                        .on_delete(ReferentialAction::Cascade),
                );
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "subject_peer_fk");
                t.drop_column("peer_id");
            });
        },
    ),
    case(
        "drop a foreign key",
        |op| {
            op.alter_table("subject", |t| t.drop_constraint(ConstraintKind::ForeignKey, "subject_other_fk"));
        },
        |op| {
            op.alter_table("subject", |t| {
                let key = ForeignKey::new(["other_id"], "other", ["id"]).named("subject_other_fk");
                t.create_foreign_key(key.on_delete(ReferentialAction::SetNull));
            });
        },
    ),
    case(
        "another primary key",
        |op| {
            op.alter_table("plain", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "plain_pkey");
                t.create_primary_key("plain_pkey", ["b", "a"]);
            });
        },
        |op| {
            op.alter_table("plain", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "plain_pkey");
                t.create_primary_key("plain_pkey", ["a", "b"]);
            });
        },
    ),
    case(
        "indexes",
        |op| {
            op.create_index("subject_at_ix", "subject", ["at", "last"]);
            op.add_index("subject", Index::new("subject_more_ix", ["last", "id"]).unique());
            op.add_index(
                "subject",
                Index::new("subject_less_ix", ["last"])
                    .predicate_on(DialectName::Postgres, "flag")
                    .predicate_on(DialectName::Sqlite, "flag"),
            );
            op.drop_index("subject_note_ix", "subject");
            op.drop_index_if_exists("subject_unique_ix", "subject");
            op.drop_index_if_exists("subject_absent_ix", "subject");
        },
        |op| {
            op.add_index("subject", Index::new("subject_unique_ix", ["amount", "code"]).unique());
            op.create_index("subject_note_ix", "subject", ["note", "amount"]);
            op.drop_index("subject_less_ix", "subject");
            op.drop_index_if_exists("subject_more_ix", "subject");
            op.drop_index("subject_at_ix", "subject");
        },
    ),
    case(
        "much together",
        |op| {
            op.alter_table("subject", |t| {
                t.drop_constraint(ConstraintKind::Check, "subject_amount_ck");
                t.drop_column("last");
                t.alter_column("amount").column_type(DataType::BigInteger).nullable(false);
                t.add_column(Column::new("mark", DataType::string(9)).server_default(SqlValue::text("m")));
                t.create_unique_constraint("subject_mark_uq", ["mark", "id"]);
                t.create_check_constraint("subject_mark_ck", "mark <> 'z'");
            });
        },
        |op| {
            op.alter_table("subject", |t| {
                t.drop_constraint(ConstraintKind::Check, "subject_mark_ck");
                t.drop_constraint(ConstraintKind::Unique, "subject_mark_uq");
                t.drop_column("mark");
                t.alter_column("amount").column_type(DataType::Integer).nullable(true);
                t.add_column(
                    Column::new("last", DataType::string(10)).server_default(SqlValue::text("it's")),
                );
                t.create_check_constraint("subject_amount_ck", "amount >= 0");
            });
        },
    ),
];

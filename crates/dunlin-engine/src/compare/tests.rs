//! Schemas compared, what was found played on them, and back.

use dunlin_core::prelude::*;

use dunlin_core::schema::Index;

use super::*;
use crate::dialect::dialect;
use crate::replay::play;
use crate::sql::lexer::CUT;

fn metadata(define: impl FnOnce(&mut Metadata)) -> Metadata {
    let mut metadata = Metadata::default();
    define(&mut metadata);
    metadata
}

/// Compares on every database, and sees that playing what was found leads there and back.
fn compared(from: &Metadata, to: &Metadata, renames: &[Rename]) -> Comparison {
    let mut last = Comparison::default();
    for name in DialectName::ALL {
        let dialect = dialect(name);
        let schema = |metadata: &Metadata| Schema::new(dialect, metadata.clone()).unwrap();
        last = compare(dialect, &schema(from), &schema(to), renames).unwrap();
        let mut played = from.clone();
        last.upgrade.iter().for_each(|operation| play(&mut played, operation).unwrap());
        let again = compare(dialect, &schema(&played), &schema(to), &[]).unwrap();
        assert_eq!(again.upgrade, [], "{name}: {:#?}", last.upgrade);
        last.downgrade.iter().for_each(|operation| play(&mut played, operation).unwrap());
        let back = compare(dialect, &schema(&played), &schema(from), &[]).unwrap();
        assert_eq!(back.upgrade, [], "{name}: {:#?}", last.downgrade);
    }
    last
}

fn ticket(t: &mut dunlin_core::schema::TableBuilder) {
    t.column("id", DataType::Integer).primary_key();
    t.column("key", DataType::string(20)).not_null();
}

#[test]
fn nothing_differs_between_equal_schemas() {
    let schema = metadata(|m| _ = m.table("ticket", ticket));
    assert!(compared(&schema, &schema, &[]).is_empty());
}

#[test]
fn what_only_another_database_has_is_found_for_it() {
    let from = metadata(|m| _ = m.table("ticket", ticket));
    let to = metadata(|m| {
        m.table("ticket", |t| {
            ticket(t);
            t.column("note", DataType::Text);
            let only = Index::new("ix_key", ["key"]).only_on([DialectName::MySql]);
            t.add_index(only);
        });
    });
    let on = dialect(DialectName::Sqlite);
    let schema = |metadata: &Metadata| Schema::new(on, metadata.clone()).unwrap();
    let found = compare(on, &schema(&from), &schema(&to), &[]).unwrap();
    assert_eq!(found.upgrade.len(), 1);
    let others = [dialect(DialectName::Postgres), dialect(DialectName::MySql)];
    let completed = complete(found, on, &others, &from, &to);
    assert!(matches!(completed.upgrade.as_slice(), [_, Operation::CreateIndex { .. }]));
    assert!(matches!(completed.downgrade.as_slice(), [Operation::DropIndex { .. }, _]));
}

#[test]
fn what_the_history_does_not_know_is_no_part_of_a_revision() {
    let history = metadata(|m| _ = m.table("ticket", ticket));
    let by_hand = metadata(|m| {
        m.table("ticket", |t| {
            ticket(t);
            t.column("extra", DataType::Text);
        });
    });
    let to = metadata(|m| {
        m.table("ticket", |t| {
            ticket(t);
            t.column("note", DataType::Text);
        });
    });
    let on = dialect(DialectName::Sqlite);
    let schema = |metadata: &Metadata| Schema::new(on, metadata.clone()).unwrap();
    let found = compare(on, &schema(&by_hand), &schema(&to), &[]).unwrap();
    let completed = complete(found, on, &[], &history, &to);
    assert!(matches!(completed.left_out.as_slice(), [Operation::AlterTable { .. }]));
    let mut played = history.clone();
    completed.upgrade.iter().for_each(|operation| play(&mut played, operation).unwrap());
    assert!(compare(on, &schema(&played), &schema(&to), &[]).unwrap().is_empty());
    completed.downgrade.iter().for_each(|operation| play(&mut played, operation).unwrap());
    assert!(compare(on, &schema(&played), &schema(&history), &[]).unwrap().is_empty());
}

#[test]
fn columns_come_change_and_go() {
    let from = metadata(|m| _ = m.table("ticket", ticket));
    let to = metadata(|m| {
        m.table("ticket", |t| {
            t.column("id", DataType::BigInteger).primary_key();
            t.column("note", DataType::Text);
        });
    });
    let comparison = compared(&from, &to, &[]);
    assert_eq!(comparison.upgrade.len(), 1, "{:#?}", comparison.upgrade);
}

#[test]
fn a_column_of_the_same_type_could_be_renamed_and_is_if_that_is_said() {
    let from = metadata(|m| _ = m.table("ticket", ticket));
    let to = metadata(|m| {
        m.table("ticket", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("number", DataType::string(20)).not_null();
        });
    });
    let comparison = compared(&from, &to, &[]);
    let [rename] = comparison.possible_renames.as_slice() else { panic!("{comparison:?}") };
    assert_eq!(rename.to_string(), "ticket.key=number");
    let renamed = compared(&from, &to, std::slice::from_ref(rename));
    assert_eq!(renamed.upgrade.len(), 1);
    assert_eq!(renamed.possible_renames, []);
}

// The key that a foreign key stands on is another one: the foreign key goes, and comes back as it was.
#[test]
fn what_is_made_anew_as_it_was_is_part_of_a_revision() {
    let schema = |key: &[&str]| {
        metadata(|m| {
            m.table("item", |t| {
                for column in ["a", "b", "c"] {
                    t.column(column, DataType::Integer).not_null();
                }
                t.add_primary_key(PrimaryKey::new(key.iter().copied()));
                t.unique("uq_item_c", ["c"]);
            });
            m.table("note", |t| {
                t.column("c", DataType::Integer);
                t.foreign_key(ForeignKey::new(["c"], "item", ["c"]).named("fk_note"));
            });
        })
    };
    let (from, to) = (schema(&["c"]), schema(&["a", "b"]));
    for name in DialectName::ALL {
        let on = dialect(name);
        let form = |metadata: &Metadata| Schema::new(on, metadata.clone()).unwrap();
        let found = compare(on, &form(&from), &form(&to), &[]).unwrap();
        let completed = complete(found.clone(), on, &[], &from, &to);
        assert_eq!(completed.left_out, [], "{name}");
        let one_by_one = found.upgrade.iter().flat_map(everywhere::taken_apart).collect::<Vec<_>>();
        assert_eq!(
            completed.upgrade.iter().flat_map(everywhere::taken_apart).collect::<Vec<_>>(),
            one_by_one
        );
    }
}

#[test]
fn tables_that_refer_to_each_other_come_and_go_together() {
    let to = metadata(|m| {
        for (table, other) in [("a", "b"), ("b", "a")] {
            m.table(table, |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("other", DataType::Integer);
                t.foreign_key(
                    dunlin_core::schema::ForeignKey::new(["other"], other, ["id"])
                        .named(format!("{table}_fk")),
                );
            });
        }
    });
    compared(&Metadata::default(), &to, &[]);
}

#[test]
fn an_enum_type_gets_values_and_is_made_anew_without_them() {
    let schema = |values: &[&str]| {
        metadata(|m| {
            let status = m.enum_type(dunlin_core::schema::EnumType::new("status", values.iter().copied()));
            m.table("ticket", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("status", status).server_default("open");
                t.check("ck", "status <> 'x'");
            });
        })
    };
    let comparison = compared(&schema(&["open", "closed"]), &schema(&["new", "open", "closed"]), &[]);
    assert!(matches!(comparison.upgrade.as_slice(), [Operation::AlterEnum { .. }]), "{comparison:#?}");
    assert!(comparison.downgrade.len() > 3);
}

/// How many texts are cut into tokens meanwhile.
fn cut(work: impl FnOnce()) -> usize {
    let before = CUT.get();
    work();
    CUT.get() - before
}

/// So many tables with a condition each.
fn many(count: usize, prefix: &str) -> Metadata {
    metadata(|m| {
        for at in 0..count {
            m.table(&format!("{prefix}{at}"), |t| {
                ticket(t);
                t.check(format!("ck_{at}"), "id > 0 AND key <> 'a'");
            });
        }
    })
}

#[test]
fn twice_as_many_views_are_twice_the_work() {
    let work = |count: usize| {
        let with_views = |id: DataType| {
            let mut schema = many(count, "t");
            schema.get_mut(&"t0".into()).unwrap().column_mut("id").unwrap().column_type = id.into();
            for at in 0..count {
                let query = format!("SELECT id, key FROM t{at} WHERE id > 0 ORDER BY id");
                schema.view(dunlin_core::schema::View::new(format!("v{at}"), query));
            }
            Schema::new(dialect(DialectName::Postgres), schema).unwrap()
        };
        let (from, to) = (with_views(DataType::Integer), with_views(DataType::BigInteger));
        cut(|| {
            let found = compare(dialect(DialectName::Postgres), &from, &to, &[]).unwrap();
            assert_eq!(found.upgrade.len(), 3, "{:#?}", found.upgrade);
        })
    };
    let (some, twice) = (work(200), work(400));
    assert!(some >= 200 && twice <= 2 * some, "{some} texts, then {twice}");
}

#[test]
fn twice_as_many_renames_are_twice_the_work() {
    let on = dialect(DialectName::Postgres);
    let work = |count: usize| {
        let (from, to) =
            (Schema::new(on, many(count, "old_")).unwrap(), Schema::new(on, many(count, "new_")).unwrap());
        let renames: Vec<Rename> =
            (0..count).map(|at| Rename::parse(&format!("old_{at}=new_{at}"), &from, &to).unwrap()).collect();
        cut(|| {
            let found = compare(on, &from, &to, &renames).unwrap();
            assert_eq!((found.upgrade.len(), found.downgrade.len()), (count, count));
            assert_eq!(found.possible_renames, []);
        })
    };
    let (some, twice) = (work(150), work(300));
    assert!(some >= 150 && twice <= 2 * some, "{some} texts, then {twice}");
}

#[test]
fn nobody_is_asked_about_every_pair_of_a_thousand_tables() {
    let on = dialect(DialectName::Postgres);
    let (from, to) =
        (Schema::new(on, many(1_000, "old_")).unwrap(), Schema::new(on, many(1_000, "new_")).unwrap());
    let found = compare(on, &from, &to, &[]).unwrap();
    let asked = found.possible_renames.len();
    assert!((1..=600).contains(&asked), "{asked}");
}

#[test]
fn an_enum_value_is_renamed_only_to_one_that_the_models_have() {
    let schema = |values: &[&str]| {
        let said = metadata(|m| {
            let mood = m.enum_type(dunlin_core::schema::EnumType::new("mood", values.iter().copied()));
            m.table("t", |t| {
                t.column("m", mood);
            });
        });
        Schema::new(dialect(DialectName::Postgres), said).unwrap()
    };
    let (from, to) = (schema(&["a", "b"]), schema(&["a", "c"]));
    let compared = |rename: &str| {
        let rename = Rename::parse(rename, &from, &to).unwrap();
        compare(dialect(DialectName::Postgres), &from, &to, &[rename])
    };
    assert_eq!(compared("mood.b=c").unwrap().upgrade.len(), 1);
    let error = compared("mood.b=typo").unwrap_err().to_string();
    assert_eq!(error, "mood.b=typo is no rename: the models have no value of the new name");
}

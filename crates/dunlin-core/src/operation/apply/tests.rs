//! What operations do to a schema in memory, and what they refuse.

use super::*;
use crate::operation::{AlterColumn, ColumnPosition, Operations, create_all};
use crate::prelude::*;
use crate::schema::{Check, Constraint, Object, PrimaryKey, TableBuilder, Unique};

fn name(table: &str) -> TableName {
    TableName::from(table)
}

/// `author`, and `book`, which refers to it, has one of everything, and whose first edition is a book too.
fn library() -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("author", |t| {
        t.column("id", DataType::Integer);
        t.column("born", DataType::Date);
        t.primary_key("author_pkey", ["id"]);
    });
    metadata.table("book", |t| {
        t.column("id", DataType::Integer);
        t.column("author_id", DataType::Integer).not_null();
        t.column("first_id", DataType::Integer);
        t.column("title", DataType::string(50)).not_null();
        t.column("pages", DataType::Integer);
        t.primary_key("book_pkey", ["id"]);
        t.unique("book_title_uq", ["author_id", "title"]);
        t.foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk"));
        t.foreign_key(ForeignKey::new(["first_id"], "book", ["id"]).named("book_first_fk"));
        t.check("book_pages_ck", "pages > 0");
        t.index("book_title_ix", ["title", "pages"]);
    });
    metadata
}

fn book(metadata: &Metadata) -> &Table {
    metadata.get(&name("book")).unwrap()
}

/// Plays what a revision records, without a naming convention.
fn play(metadata: &mut Metadata, revision: impl FnOnce(&mut Operations)) -> Result<(), SchemaError> {
    let mut op = Operations::default();
    revision(&mut op);
    op.finish().iter().try_for_each(|operation| metadata.apply(operation))
}

fn change_book(changes: impl IntoIterator<Item = TableChange>) -> Operation {
    Operation::AlterTable { table: name("book"), changes: changes.into_iter().collect() }
}

fn alter_column(column: &str) -> TableChange {
    AlterColumn::new(column).into()
}

fn drop_constraint(kind: ConstraintKind, name: &str) -> TableChange {
    TableChange::DropConstraint { kind, name: name.into(), if_exists: false }
}

#[test]
fn tables_come_and_go() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.create_table("shelf", |t| {
            t.column("id", DataType::Integer).primary_key();
        });
        op.drop_table("book");
    })
    .unwrap();
    let names: Vec<_> = metadata.tables().iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["author", "shelf"]);
}

#[test]
fn a_table_that_may_be_absent_is_dropped_or_not() {
    let mut metadata = library();
    for _ in 0..2 {
        metadata.apply(&Operation::DropTable { table: name("book"), if_exists: true }).unwrap();
        assert!(metadata.get(&name("book")).is_none());
    }
}

#[test]
fn a_renamed_table_is_followed_by_the_keys_to_it() {
    let mut metadata = library();
    play(&mut metadata, |op| op.rename_table("author", "writer")).unwrap();
    let keys = &book(&metadata).foreign_keys;
    assert_eq!(
        (keys[0].referred_table.clone(), keys[1].referred_table.clone()),
        (name("writer"), name("book"))
    );
    play(&mut metadata, |op| op.rename_table("book", "volume")).unwrap();
    let volume = metadata.get(&name("volume")).unwrap();
    assert_eq!(volume.foreign_keys[1].referred_table, name("volume"));
}

#[test]
fn a_renamed_table_is_followed_by_those_that_inherit_from_it() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.create_table("novel", |t| t.options(|o| o.inherits = vec![name("book")]));
        op.rename_table("book", "volume");
    })
    .unwrap();
    assert_eq!(metadata.get(&name("novel")).unwrap().options.inherits, [name("volume")]);
}

#[test]
fn a_schema_is_dropped_when_nothing_is_in_it() {
    let within = |define: fn(&mut Operations)| {
        let mut metadata = library();
        play(&mut metadata, |op| op.create_schema("s")).unwrap();
        play(&mut metadata, define).unwrap();
        let before = metadata.clone();
        let result = play(&mut metadata, |op| op.drop_schema("s"));
        assert_eq!(metadata.schemas.is_empty(), result.is_ok());
        assert_eq!(metadata == before, result.is_err());
        result.map_err(|error| error.to_string())
    };
    let refused = |what: &str| Err(format!("the schema s cannot be dropped: s.{what} is in it"));
    assert_eq!(within(|_| {}), Ok(()));
    assert_eq!(
        within(|op| op.create_table(TableName::new(Some("s"), "t"), |t| t.comment("in a schema"))),
        refused("t")
    );
    assert_eq!(within(|op| drop(op.create_enum(TableName::new(Some("s"), "e"), ["a"]))), refused("e"));
    assert_eq!(within(|op| op.create_view(TableName::new(Some("s"), "v"), "SELECT 1")), refused("v"));
}

#[test]
fn a_rename_stays_in_its_schema() {
    let mut metadata = Metadata::new(Some("airflow"), NamingConvention::default());
    metadata.table("author", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    let table = TableName::new(Some("airflow"), "author");
    metadata.apply(&Operation::RenameTable { table, to: "writer".to_owned() }).unwrap();
    assert!(metadata.get(&TableName::new(Some("airflow"), "writer")).is_some());
}

#[test]
fn a_renamed_column_is_followed_by_whatever_stands_on_it() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.alter_table("book", |t| {
            t.alter_column("title").rename("name");
            t.alter_column("author_id").rename("by");
            t.alter_column("id").rename("number");
        });
        op.alter_table("author", |t| {
            t.alter_column("id").rename("number");
        });
    })
    .unwrap();
    let book = book(&metadata);
    assert_eq!(book.primary_key.as_ref().unwrap().columns, ["number"]);
    assert_eq!(book.uniques[0].columns, ["by", "name"]);
    assert_eq!(book.indexes[0].columns().collect::<Vec<_>>(), ["name", "pages"]);
    assert_eq!(
        (&book.foreign_keys[0].columns, &book.foreign_keys[0].referred_columns),
        (&vec!["by".to_owned()], &vec!["number".to_owned()])
    );
    assert_eq!(book.foreign_keys[1].referred_columns, ["number"], "the key of the table to itself");
}

#[test]
fn a_dropped_column_takes_along_what_stands_on_it_alone() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.create_unique_constraint("book_first_uq", "book", ["first_id"]);
        op.create_index("book_first_ix", "book", ["first_id"]);
        op.alter_table("book", |t| {
            t.drop_column("first_id");
            t.drop_column("id");
            t.drop_column_if_exists("id");
        });
    })
    .unwrap();
    let mut expected = book(&library()).clone();
    expected.columns.retain(|column| !["first_id", "id"].contains(&column.name.as_str()));
    expected.primary_key = None;
    expected.foreign_keys.remove(1);
    assert_eq!(book(&metadata), &expected, "what a check says is not read");
}

#[test]
fn a_column_that_something_else_needs_too_is_not_dropped() {
    let in_use = |column: &str, kind: &str, by: &str| SchemaError::ColumnInUse {
        table: name(if column == "born" { "author" } else { "book" }),
        column: column.to_owned(),
        kind: kind.to_owned(),
        name: by.to_owned(),
    };
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.add_index("book", Index::new("book_first_ix", ["first_id"]).include(["pages"]));
        op.create_unique_constraint("author_born_uq", "author", ["born"]);
        op.create_foreign_key("book", ForeignKey::new(["pages"], "author", ["born"]).named("book_born_fk"));
        op.drop_index("book_title_ix", "book");
    })
    .unwrap();
    let before = metadata.clone();
    for (table, column, error) in [
        ("book", "title", in_use("title", "unique constraint", "book_title_uq")),
        ("book", "first_id", in_use("first_id", "index", "book_first_ix")),
        ("book", "pages", in_use("pages", "index", "book_first_ix")),
        ("author", "born", in_use("born", "foreign key", "book_born_fk of table book")),
        ("book", "id", in_use("id", "foreign key", "book_first_fk")),
    ] {
        assert_eq!(play(&mut metadata, |op| op.drop_column(table, column)), Err(error));
        assert_eq!(metadata, before);
    }
}

#[test]
fn an_altered_column_changes_in_what_is_said_and_in_nothing_else() {
    let mut metadata = library();
    let before = book(&metadata).column("title").unwrap().clone();
    play(&mut metadata, |op| {
        op.alter_table("book", |t| {
            t.alter_column("title").column_type(DataType::Text);
        });
    })
    .unwrap();
    let text = Column { column_type: DataType::Text.into(), ..before };
    assert_eq!(book(&metadata).column("title"), Some(&text));
    play(&mut metadata, |op| {
        op.alter_table("book", |t| {
            t.alter_column("title").nullable(true).server_default(SqlValue::text("?"));
        });
    })
    .unwrap();
    let nullable = Column { nullable: true, server_default: Some(SqlValue::text("?").into()), ..text };
    assert_eq!(book(&metadata).column("title"), Some(&nullable));
    play(&mut metadata, |op| {
        op.alter_table("book", |t| {
            t.alter_column("title").drop_server_default().rename("name").nullable(false);
        });
    })
    .unwrap();
    let renamed = Column { name: "name".to_owned(), nullable: false, server_default: None, ..nullable };
    assert_eq!(book(&metadata).column("name"), Some(&renamed));
    assert_eq!(book(&metadata).columns[3], renamed, "it stays where it was");
}

#[test]
fn constraints_come_and_go() {
    let mut metadata = library();
    let before = book(&metadata).clone();
    let all = [
        drop_constraint(ConstraintKind::PrimaryKey, "book_pkey"),
        drop_constraint(ConstraintKind::Unique, "book_title_uq"),
        drop_constraint(ConstraintKind::ForeignKey, "book_first_fk"),
        drop_constraint(ConstraintKind::Check, "book_pages_ck"),
    ];
    metadata.apply(&change_book(all)).unwrap();
    let bare = book(&metadata);
    assert!(bare.primary_key.is_none() && bare.uniques.is_empty() && bare.checks.is_empty());
    assert_eq!(bare.foreign_keys, before.foreign_keys[..1]);

    let mut back = vec![Constraint::PrimaryKey(before.primary_key.clone().unwrap())];
    back.push(Constraint::Unique(before.uniques[0].clone()));
    back.push(Constraint::ForeignKey(before.foreign_keys[1].clone()));
    back.push(Constraint::Check(before.checks[0].clone()));
    let back = back.into_iter().map(|constraint| TableChange::AddConstraint { constraint });
    metadata.apply(&change_book(back)).unwrap();
    assert_eq!(book(&metadata), &before);
}

#[test]
fn a_column_that_becomes_part_of_the_key_is_not_null() {
    let mut metadata = library();
    let key = PrimaryKey::new(["pages"]);
    let changes = [
        drop_constraint(ConstraintKind::PrimaryKey, "book_pkey"),
        TableChange::AddConstraint { constraint: Constraint::PrimaryKey(key) },
    ];
    metadata.apply(&change_book(changes)).unwrap();
    assert!(!book(&metadata).column("pages").unwrap().nullable);
}

#[test]
fn a_key_without_a_name_answers_to_any() {
    let mut metadata = library();
    metadata.get_mut(&name("book")).unwrap().primary_key.as_mut().unwrap().name = None;
    let drop = || change_book([drop_constraint(ConstraintKind::PrimaryKey, "whatever")]);
    metadata.apply(&drop()).unwrap();
    assert!(metadata.apply(&drop()).is_err(), "there is no key any more");
}

#[test]
fn indexes_come_and_go() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.drop_index("book_title_ix", "book");
        op.drop_index_if_exists("book_title_ix", "book");
        op.create_index("book_pages_ix", "book", ["pages"]);
    })
    .unwrap();
    assert_eq!(book(&metadata).indexes, [Index::new("book_pages_ix", ["pages"])]);
}

#[test]
fn sql_and_rows_change_no_schema() {
    let mut metadata = library();
    play(&mut metadata, |op| {
        op.execute("DROP TABLE book");
        op.bulk_insert("author", ["id"], [[SqlValue::Integer(1)]]);
    })
    .unwrap();
    assert_eq!(metadata, library());
}

/// Everything that cannot be: the operation, and what is said of it.
#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let (table, column) = (name("book"), "no".to_owned());
    let no_table = || SchemaError::NoTable { table: name("no") };
    let no_column = || SchemaError::NoColumn { table: table.clone(), column: column.clone() };
    let taken = |kind: &str, name: &str| SchemaError::NameTaken {
        table: table.clone(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    };
    let unknown = |kind: &str| SchemaError::NoSuchName {
        table: table.clone(),
        kind: kind.to_owned(),
        name: "no".to_owned(),
    };
    let add = |constraint| TableChange::AddConstraint { constraint };
    let twice = |constraint: fn(&Table) -> Constraint| change_book([add(constraint(book(&library())))]);
    let no_column_for = |kind: &str, name: &str| SchemaError::NoColumnFor {
        table: table.clone(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        column: column.clone(),
    };
    let rename = |to: &str| {
        let mut alter = AlterColumn::new("pages");
        alter.rename = Some(to.to_owned());
        TableChange::from(alter)
    };
    let add_column = |name: &str, position: ColumnPosition| TableChange::AddColumn {
        column: Column::new(name, DataType::Text),
        position,
        if_not_exists: false,
    };
    let drop_column = |name: &str| TableChange::DropColumn { name: name.to_owned(), if_exists: false };
    let create_index = |table: &str, index: Index| Operation::CreateIndex {
        table: name(table),
        index,
        if_not_exists: false,
    };
    let new_table = |define: fn(&mut TableBuilder)| Operation::CreateTable {
        table: Table::build("new", define),
        if_not_exists: false,
    };
    let drop_index = |table: &str| Operation::DropIndex {
        table: name(table),
        name: "no".into(),
        if_exists: false,
        concurrently: false,
    };
    let insert = |table: &str| Operation::BulkInsert {
        table: name(table),
        columns: vec!["no".to_owned()],
        rows: Vec::new(),
    };

    let cases = [
        (
            Operation::CreateTable { table: Table::new("book"), if_not_exists: false },
            SchemaError::TableExists { table: table.clone() },
        ),
        (Operation::DropTable { table: name("no"), if_exists: false }, no_table()),
        (Operation::RenameTable { table: name("no"), to: "yes".to_owned() }, no_table()),
        (
            Operation::RenameTable { table: name("author"), to: "book".to_owned() },
            SchemaError::TableExists { table: table.clone() },
        ),
        (Operation::AlterTable { table: name("no"), changes: Vec::new() }, no_table()),
        (create_index("no", Index::new("ix", ["id"])), no_table()),
        (create_index("book", Index::new("ix", ["id", "no"])), no_column_for("index", "ix")),
        (create_index("book", Index::new("ix", ["id"]).include(["no"])), no_column_for("index", "ix")),
        (create_index("book", Index::new("book_title_ix", ["id"])), taken("index", "book_title_ix")),
        (drop_index("no"), no_table()),
        (drop_index("book"), unknown("index")),
        (insert("no"), no_table()),
        (insert("book"), no_column()),
        (
            Operation::BulkInsert {
                table: table.clone(),
                columns: vec!["id".to_owned(), "title".to_owned()],
                rows: vec![vec![SqlValue::Integer(1), SqlValue::text("one")], vec![SqlValue::Integer(2)]],
            },
            SchemaError::RowWidth { table: table.clone(), values: 1, columns: 2 },
        ),
        // The first change is sound: it, too, must be undone.
        (
            change_book([
                add_column("new", ColumnPosition::First),
                add_column("pages", ColumnPosition::Last),
            ]),
            SchemaError::ColumnExists { table: table.clone(), column: "pages".to_owned() },
        ),
        (change_book([drop_column("no")]), no_column()),
        (change_book([add_column("new", ColumnPosition::After(column.clone()))]), no_column()),
        (change_book([alter_column("no")]), no_column()),
        (
            change_book([rename("title")]),
            SchemaError::ColumnExists { table: table.clone(), column: "title".to_owned() },
        ),
        (
            twice(|book| Constraint::PrimaryKey(book.primary_key.clone().unwrap())),
            taken("primary key", "book_pkey"),
        ),
        (
            twice(|book| Constraint::Unique(book.uniques[0].clone())),
            taken("unique constraint", "book_title_uq"),
        ),
        (
            twice(|book| Constraint::ForeignKey(book.foreign_keys[0].clone())),
            taken("foreign key", "book_author_fk"),
        ),
        (twice(|book| Constraint::Check(book.checks[0].clone())), taken("check", "book_pages_ck")),
        (
            change_book([
                drop_constraint(ConstraintKind::PrimaryKey, "book_pkey"),
                add(Constraint::PrimaryKey(PrimaryKey::new(["pages", "no"]))),
            ]),
            no_column_for("primary key", "(unnamed)"),
        ),
        (
            change_book([add(Constraint::Unique(Unique::new(["pages", "no"]).named("uq")))]),
            no_column_for("unique constraint", "uq"),
        ),
        (
            change_book([add(Constraint::ForeignKey(ForeignKey::new(["no"], "author", ["id"])))]),
            no_column_for("foreign key", "(unnamed)"),
        ),
        (
            change_book([add(Constraint::ForeignKey(ForeignKey::new(["pages"], "author", ["no"])))]),
            SchemaError::NoReferredColumn {
                table: table.clone(),
                key: "(pages)".to_owned(),
                referred_table: name("author"),
                column: column.clone(),
            },
        ),
        // The column is there when the other changes are made: too late.
        (
            change_book([
                add(Constraint::ForeignKey(ForeignKey::new(["pages"], "book", ["no"]))),
                add_column("no", ColumnPosition::Last),
            ]),
            SchemaError::NoReferredColumn {
                table: table.clone(),
                key: "(pages)".to_owned(),
                referred_table: table.clone(),
                column: column.clone(),
            },
        ),
        (
            change_book([add(Constraint::ForeignKey(
                ForeignKey::new(["pages"], "author", ["id", "born"]).named("wide"),
            ))]),
            SchemaError::ReferenceWidth {
                table: table.clone(),
                key: "wide".to_owned(),
                columns: 1,
                referred_columns: 2,
            },
        ),
        (
            Operation::DropTable { table: name("author"), if_exists: true },
            SchemaError::TableReferredTo {
                table: name("author"),
                by: table.clone(),
                key: "book_author_fk".to_owned(),
            },
        ),
        (
            new_table(|t| {
                t.column("id", DataType::Integer);
                t.column("id", DataType::Text);
            }),
            SchemaError::ColumnExists { table: name("new"), column: "id".to_owned() },
        ),
        (
            new_table(|t| {
                t.column("id", DataType::Integer).primary_key();
                t.index("ix", ["nope"]);
            }),
            SchemaError::NoColumnFor {
                table: name("new"),
                kind: "index".to_owned(),
                name: "ix".to_owned(),
                column: "nope".to_owned(),
            },
        ),
        (
            new_table(|t| {
                t.column("id", DataType::Integer);
                t.check("same", "id > 0");
                t.check("same", "id < 9");
            }),
            SchemaError::NameTaken { table: name("new"), kind: "check".to_owned(), name: "same".to_owned() },
        ),
        (
            new_table(|t| {
                t.column("book", DataType::Integer).references("book", "number");
            }),
            SchemaError::NoReferredColumn {
                table: name("new"),
                key: "(book)".to_owned(),
                referred_table: table.clone(),
                column: "number".to_owned(),
            },
        ),
        (change_book([drop_constraint(ConstraintKind::PrimaryKey, "no")]), unknown("primary key")),
        (change_book([drop_constraint(ConstraintKind::Unique, "no")]), unknown("unique constraint")),
        (change_book([drop_constraint(ConstraintKind::ForeignKey, "no")]), unknown("foreign key")),
        (change_book([drop_constraint(ConstraintKind::Check, "no")]), unknown("check")),
        // A kind must be the right one.
        (
            change_book([drop_constraint(ConstraintKind::Check, "book_title_uq")]),
            taken_as("check", "book_title_uq"),
        ),
    ];
    for (operation, error) in cases {
        let mut metadata = library();
        assert_eq!(metadata.apply(&operation), Err(error), "{operation:?}");
        assert_eq!(metadata, library(), "{operation:?}");
    }
}

fn taken_as(kind: &str, constraint: &str) -> SchemaError {
    SchemaError::NoSuchName { table: name("book"), kind: kind.to_owned(), name: constraint.to_owned() }
}

#[test]
fn constraints_without_names_do_not_clash() {
    let mut metadata = library();
    let check = || Constraint::Check(Check::new("pages < 9999"));
    let add = || TableChange::AddConstraint { constraint: check() };
    metadata.apply(&change_book([add(), add()])).unwrap();
    assert_eq!(book(&metadata).checks.len(), 3);
}

#[test]
fn what_creates_the_tables_plays_to_the_tables() {
    let mut circle = library();
    // author -> book closes the circle author <- book.
    play(&mut circle, |op| {
        op.alter_table("author", |t| {
            t.add_column(Column::new("best_id", DataType::Integer));
            t.create_foreign_key(ForeignKey::new(["best_id"], "book", ["id"]).named("author_best_fk"));
        });
    })
    .unwrap();
    for wanted in [Metadata::default(), library(), circle] {
        let mut played = Metadata::default();
        for operation in create_all(&wanted) {
            if let Operation::CreateTable { table, .. } = &operation {
                for key in &table.foreign_keys {
                    let known = played.get(&key.referred_table).is_some() || key.referred_table == table.name;
                    assert!(known, "{} refers to {}", table.name, key.referred_table);
                }
            }
            played.apply(&operation).unwrap();
        }
        let sorted = |metadata: &Metadata| {
            let mut tables = metadata.tables().to_vec();
            tables.sort_by(|a, b| a.name.cmp(&b.name));
            tables
                .iter_mut()
                .for_each(|table| table.foreign_keys.sort_by_key(|key| key.name.clone().map(String::from)));
            tables
        };
        assert_eq!(sorted(&played), sorted(&wanted));
    }
}

#[test]
fn objects_of_a_table_alone_go_with_it_and_come_back_with_it() {
    let object = |name: &str, touches: &[&str]| {
        let object = Object::new(name).create(format!("CREATE {name}")).drop(format!("DROP {name}"));
        object.touches(touches.iter().copied())
    };
    let mut before = Metadata::default();
    play(&mut before, |op| {
        for table in ["book", "author"] {
            op.create_table(table, |t| {
                t.column("id", DataType::Integer).primary_key();
            });
        }
        op.create_object(object("trigger on book", &["book"]));
        op.create_object(object("trigger on author", &["author"]));
        op.create_object(object("function of both", &["book", "author"]));
        op.create_object(object("extension", &[]));
    })
    .unwrap();
    let names = |metadata: &Metadata| -> Vec<String> {
        metadata.objects.iter().map(|object| object.name.clone()).collect()
    };
    let drop = [Operation::DropTable { table: name("book"), if_exists: false }];
    let mut after = before.clone();
    after.apply(&drop[0]).unwrap();
    assert_eq!(names(&after), ["trigger on author", "function of both", "extension"]);
    for operation in crate::operation::reverse(&drop, &before).unwrap() {
        after.apply(&operation).unwrap();
    }
    assert_eq!(names(&after), ["trigger on author", "function of both", "extension", "trigger on book"]);
    assert!(after.get(&name("book")).is_some());
}

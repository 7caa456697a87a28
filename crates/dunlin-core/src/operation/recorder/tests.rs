//! What is recorded, and under which names.

use super::*;
use crate::operation::{Change, ColumnPosition};
use crate::schema::{Check, Constraint, DataType, EnumChange, EnumPosition, Identity, PrimaryKey, Unique};

fn recorded(convention: NamingConvention, record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
    let mut op = Operations::new(convention);
    record(&mut op);
    op.finish()
}

#[test]
fn a_new_name_is_an_operation_of_its_own_and_holds_from_then_on() {
    let both = recorded(NamingConvention::default(), |op| {
        op.alter_table("book", |t| {
            t.drop_column("isbn");
            t.alter_column("title").column_type(DataType::Text).rename("name").nullable(false);
            t.alter_column("pages");
            t.alter_column("by").rename("author");
        });
    });
    let apart = recorded(NamingConvention::default(), |op| {
        op.alter_table("book", |t| t.drop_column("isbn"));
        op.alter_table("book", |t| {
            t.alter_column("title").rename("name");
        });
        op.alter_table("book", |t| {
            t.alter_column("name").column_type(DataType::Text).nullable(false);
        });
        op.alter_table("book", |t| {
            t.alter_column("by").rename("author");
        });
    });
    assert_eq!(both, apart);
    assert_eq!(both.len(), 4);
}

#[test]
fn the_naming_convention_names_what_is_added_later_too() {
    let convention = NamingConvention {
        ix: Some("ix_%(column_0_label)s".to_owned()),
        fk: Some("fk_%(table_name)s_%(referred_table_name)s".to_owned()),
        ..NamingConvention::default()
    };
    let operations = recorded(convention, |op| {
        op.alter_table("book", |t| t.create_foreign_key(ForeignKey::new(["by"], "author", ["id"])));
        op.add_index("book", Index::unnamed(["by"]));
    });
    let [Operation::AlterTable { changes, .. }, Operation::CreateIndex { index, .. }] = operations.as_slice()
    else {
        panic!("{operations:?}");
    };
    let [TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(key.name.as_deref(), Some("fk_book_author"));
    assert_eq!(index.name.as_deref(), Some("ix_book_by"));
}

#[test]
fn the_naming_convention_completes_what_is_dropped_and_renamed() {
    let convention = NamingConvention {
        ix: Some("ix_%(constraint_name)s".to_owned()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".to_owned()),
        ..NamingConvention::default()
    };
    let by_name = recorded(convention, |op| {
        op.drop_index("a", "book");
        op.drop_index(Name::exact("a"), "book");
        op.rename_index("book", "a", "b");
        op.drop_constraint(ConstraintKind::Check, "a", "book");
        op.rename_constraint(ConstraintKind::Check, "book", "a", Name::exact("b"));
        op.alter_table("book", |t| t.validate_constraint(ConstraintKind::Check, "a"));
    });
    let in_full = recorded(NamingConvention::default(), |op| {
        op.drop_index("ix_a", "book");
        op.drop_index("a", "book");
        op.rename_index("book", "ix_a", "ix_b");
        op.drop_constraint(ConstraintKind::Check, "ck_book_a", "book");
        op.rename_constraint(ConstraintKind::Check, "book", "ck_book_a", "b");
        op.alter_table("book", |t| t.validate_constraint(ConstraintKind::Check, "ck_book_a"));
    });
    assert_eq!(by_name, in_full);
}

#[test]
fn what_is_pushed_is_recorded_as_it_is() {
    let convention = NamingConvention { ix: Some("ix".to_owned()), ..NamingConvention::default() };
    let create =
        Operation::CreateIndex { table: "book".into(), index: Index::unnamed(["by"]), if_not_exists: false };
    let pushed = create.clone();
    assert_eq!(recorded(convention, |op| op.push(pushed)), [create]);
}

/// One change of the table `book`.
fn changed(record: impl FnOnce(&mut AlterTable)) -> TableChange {
    let mut operations = recorded(NamingConvention::default(), |op| op.alter_table("book", record));
    let Some(Operation::AlterTable { table, mut changes }) = operations.pop() else {
        panic!("{operations:?}");
    };
    assert_eq!((table, operations.len(), changes.len()), ("book".into(), 0, 1));
    changes.remove(0)
}

#[test]
fn every_change_of_a_table_is_recorded() {
    let column = || Column::new("a", DataType::Text);
    let add = |position, if_not_exists| TableChange::AddColumn { column: column(), position, if_not_exists };
    let constraint = |constraint| TableChange::AddConstraint { constraint };
    let (kind, name) = (ConstraintKind::Check, || Name::from("ck"));
    let key = || ForeignKey::new(["a"], "author", ["id"]);
    let exclude = || Exclude::new([("a", "=")]);
    for (recorded, expected) in [
        (changed(|t| t.add_column(column())), add(ColumnPosition::Last, false)),
        (changed(|t| t.add_column_if_not_exists(column())), add(ColumnPosition::Last, true)),
        (changed(|t| t.add_column_at(column(), ColumnPosition::First)), add(ColumnPosition::First, false)),
        (changed(|t| t.drop_column("a")), TableChange::DropColumn { name: "a".to_owned(), if_exists: false }),
        (
            changed(|t| t.drop_column_if_exists("a")),
            TableChange::DropColumn { name: "a".to_owned(), if_exists: true },
        ),
        (
            changed(|t| t.create_primary_key("pk", ["a"])),
            constraint(Constraint::PrimaryKey(PrimaryKey::new(["a"]).named("pk"))),
        ),
        (
            changed(|t| t.create_unique_constraint("uq", ["a"])),
            constraint(Constraint::Unique(Unique::new(["a"]).named("uq"))),
        ),
        (changed(|t| t.create_foreign_key(key())), constraint(Constraint::ForeignKey(key()))),
        (
            changed(|t| t.create_check_constraint("ck", "a > 0")),
            constraint(Constraint::Check(Check::new("a > 0").named("ck"))),
        ),
        (changed(|t| t.create_exclude_constraint(exclude())), constraint(Constraint::Exclude(exclude()))),
        (
            changed(|t| t.drop_constraint(kind, "ck")),
            TableChange::DropConstraint { kind, name: name(), if_exists: false },
        ),
        (
            changed(|t| t.drop_constraint_if_exists(kind, "ck")),
            TableChange::DropConstraint { kind, name: name(), if_exists: true },
        ),
        (
            changed(|t| t.rename_constraint(kind, "ck", "to")),
            TableChange::RenameConstraint { kind, from: name(), to: "to".into() },
        ),
        (
            changed(|t| t.validate_constraint(kind, "ck")),
            TableChange::ValidateConstraint { kind, name: name() },
        ),
        (changed(|t| t.set_comment(None)), TableChange::SetComment { comment: None }),
    ] {
        assert_eq!(recorded, expected);
    }
}

#[test]
fn what_is_said_of_a_column_is_recorded_and_nothing_else() {
    let altered = |say: fn(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>| {
        changed(|t| {
            say(t.alter_column("a"));
        })
    };
    let expected = |say: fn(&mut AlterColumn)| {
        let mut alter = AlterColumn::new("a");
        say(&mut alter);
        TableChange::AlterColumn(alter)
    };
    for (recorded, expected) in [
        (altered(|c| c.rename("b")), expected(|a| a.rename = Some("b".to_owned()))),
        (
            altered(|c| c.column_type(DataType::Text).using("a::text")),
            expected(|a| {
                a.column_type = Some(DataType::Text.into());
                a.using = Some("a::text".into());
            }),
        ),
        (altered(|c| c.nullable(false)), expected(|a| a.nullable = Some(false))),
        (
            altered(|c| c.server_default("x")),
            expected(|a| a.server_default = Some(Change::Set(SqlValue::text("x").into()))),
        ),
        (altered(|c| c.drop_server_default()), expected(|a| a.server_default = Some(Change::Drop))),
        (altered(|c| c.on_update("now()")), expected(|a| a.on_update = Some(Change::Set("now()".into())))),
        (altered(|c| c.comment("x")), expected(|a| a.comment = Some(Change::Set("x".to_owned())))),
        (altered(|c| c.drop_comment()), expected(|a| a.comment = Some(Change::Drop))),
        (altered(|c| c.autoincrement(true)), expected(|a| a.autoincrement = Some(true))),
        (
            altered(|c| c.identity(Identity::always().start(5))),
            expected(|a| a.identity = Some(Change::Set(Identity::always().start(5)))),
        ),
        (altered(|c| c.drop_identity()), expected(|a| a.identity = Some(Change::Drop))),
    ] {
        assert_eq!(recorded, expected);
    }
}

#[test]
fn every_operation_is_recorded() {
    let (table, if_exists) = (|| TableName::from("book"), false);
    let index = || Index::new("ix", ["a"]);
    let drop_index = |if_exists, concurrently| Operation::DropIndex {
        table: table(),
        name: "ix".into(),
        if_exists,
        concurrently,
    };
    let (view, object) = (|| View::new("v", "SELECT 1"), || Object::new("function f()"));
    let execute = |ddl, touches| Operation::Execute { sql: "VACUUM".into(), ddl, touches };
    let columns = |t: &mut TableBuilder| {
        t.column("a", DataType::Text);
    };
    let built = || Table::build("book", columns);
    let operations = recorded(NamingConvention::default(), |op| {
        op.create_schema("s");
        op.drop_schema("s");
        op.create_enum("e", ["a"]);
        op.alter_enum("e", |e| {
            e.add_value("b");
            e.rename_value("a", "c");
        });
        op.drop_enum("e");
        op.create_table("book", columns);
        op.create_table_if_not_exists("book", columns);
        op.drop_table("book");
        op.drop_table_if_exists("book");
        op.rename_table("book", "volume");
        op.create_index("ix", "book", ["a"]);
        op.add_index_if_not_exists("book", index());
        op.drop_index("ix", "book");
        op.drop_index_if_exists("ix", "book");
        op.drop_index_concurrently("ix", "book");
        op.rename_index("book", "ix", "to");
        op.create_view("v", "SELECT 1");
        op.replace_view(view());
        op.drop_view("v");
        op.drop_materialized_view("v");
        op.create_object(object());
        op.drop_object(object());
        op.bulk_insert("book", ["a"], [[SqlValue::Null]]);
        op.execute("VACUUM");
        op.execute_ddl("VACUUM", ["book"]);
        op.backfill(Backfill::new("book"));
    });
    let changes = vec![
        EnumChange::AddValue { value: "b".to_owned(), position: EnumPosition::Last },
        EnumChange::RenameValue { from: "a".to_owned(), to: "c".to_owned() },
    ];
    let drop_view = |materialized| Operation::DropView { name: "v".into(), materialized, if_exists };
    let expected = [
        Operation::CreateSchema { name: "s".to_owned(), if_not_exists: false },
        Operation::DropSchema { name: "s".to_owned(), if_exists },
        Operation::CreateEnum { enum_type: EnumType::new("e", ["a"]) },
        Operation::AlterEnum { name: "e".into(), changes },
        Operation::DropEnum { name: "e".into(), if_exists },
        Operation::CreateTable { table: built(), if_not_exists: false },
        Operation::CreateTable { table: built(), if_not_exists: true },
        Operation::DropTable { table: table(), if_exists: false },
        Operation::DropTable { table: table(), if_exists: true },
        Operation::RenameTable { table: table(), to: "volume".to_owned() },
        Operation::CreateIndex { table: table(), index: index(), if_not_exists: false },
        Operation::CreateIndex { table: table(), index: index(), if_not_exists: true },
        drop_index(false, false),
        drop_index(true, false),
        drop_index(false, true),
        Operation::RenameIndex { table: table(), from: "ix".into(), to: "to".into() },
        Operation::CreateView { view: view(), or_replace: false },
        Operation::CreateView { view: view(), or_replace: true },
        drop_view(false),
        drop_view(true),
        Operation::CreateObject { object: object() },
        Operation::DropObject { object: object() },
        Operation::BulkInsert {
            table: table(),
            columns: vec!["a".to_owned()],
            rows: vec![vec![SqlValue::Null]],
        },
        execute(false, None),
        execute(true, Some(vec![table()])),
        Operation::Backfill { backfill: Backfill::new("book") },
    ];
    assert_eq!(operations, expected);
}

use super::*;
use crate::schema::DataType;

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

//! tickets; owners; notes

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c3")
        .depends_on("z9")
        .branch_label("tickets")
        .message("tickets; owners; notes")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::string(50)).not_null().unique();
        t.column("parent", DataType::Integer);
    });
    op.create_index("ix_ticket_parent", "ticket", ["parent"]);
    op.add_column("ticket", Column::new("owner", DataType::string(20)));
    op.execute(
        PerDialect::all("UPDATE ticket SET owner = 'nobody'".to_owned()).on(
            DialectName::Sqlite,
            "UPDATE ticket SET owner = 'no one'".to_owned(),
        ),
    );
    op.alter_column("ticket", "owner", |c| c.nullable(false));
    op.create_table("note", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("ticket_id", DataType::Integer)
            .references("ticket", "id");
    });
    op.bulk_insert(
        "ticket",
        ["id", "title", "owner"],
        [[1.into(), "first".into(), "me".into()]],
    );
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute("DELETE FROM ticket");
    op.drop_table("note");
    op.drop_column("ticket", "owner");
    op.drop_table("ticket");
}

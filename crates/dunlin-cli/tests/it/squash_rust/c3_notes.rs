//! notes

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c3").down_revision("b2").depends_on("tickets").message("notes")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("note", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("ticket_id", DataType::Integer).references("ticket", "id");
    });
    op.bulk_insert("ticket", ["id", "title", "owner"], [[1.into(), "first".into(), "me".into()]]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute("DELETE FROM ticket");
    op.drop_table("note");
}

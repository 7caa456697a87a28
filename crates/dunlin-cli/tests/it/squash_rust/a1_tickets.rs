//! tickets

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a1").depends_on("z9").branch_label("tickets").message("tickets\n\nThe first table.")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::string(50)).not_null().unique();
        t.column("parent", DataType::Integer);
    });
    op.create_index("ix_ticket_parent", "ticket", ["parent"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("ticket");
}

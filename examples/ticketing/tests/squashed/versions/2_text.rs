//! create note; add text

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("2").message("create note; add text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("note", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    op.add_column("note", Column::new("text", DataType::Text));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("note", "text");
    op.drop_table("note");
}

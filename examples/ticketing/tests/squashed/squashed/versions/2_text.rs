//! add text

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("2").down_revision("1").message("add text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("note", Column::new("text", DataType::Text));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("note", "text");
}

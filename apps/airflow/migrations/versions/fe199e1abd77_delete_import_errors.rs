//! Airflow 3.0.3: errors of files are noted anew when the files are read again, so that those of files which are in no
//! bundle do not stay for ever. The way back does nothing.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("fe199e1abd77").down_revision("29ce7909c52b").message("delete the rows of import_error")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.execute("DELETE FROM import_error");
}

pub(crate) fn downgrade(_: &mut Operations) {}

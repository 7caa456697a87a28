//! owners

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("b2").down_revision("a1").message("owners")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("ticket", Column::new("owner", DataType::string(20)));
    let nobody = PerDialect::all("UPDATE ticket SET owner = 'nobody'".to_owned())
        .on(DialectName::Sqlite, "UPDATE ticket SET owner = 'no one'".to_owned());
    op.execute(nobody);
    op.alter_column("ticket", "owner", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("ticket", "owner");
}

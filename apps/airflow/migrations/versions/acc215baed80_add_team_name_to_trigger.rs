//! Airflow 3.3.0: whose trigger it is.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("acc215baed80").down_revision("a1b2c3d4e5f6").message("add the column team_name to trigger")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("trigger", |t| {
        t.add_column(Column::new("team_name", DataType::string(50)));
        t.create_foreign_key(
            ForeignKey::new(["team_name"], "team", ["name"])
                .named("trigger_team_name_fkey")
                .on_delete(ReferentialAction::SetNull),
        );
    });
    op.create_index("idx_trigger_team_name", "trigger", ["team_name"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_constraint(ConstraintKind::ForeignKey, "trigger_team_name_fkey", "trigger");
    op.drop_index("idx_trigger_team_name", "trigger");
    op.drop_column("trigger", "team_name");
}

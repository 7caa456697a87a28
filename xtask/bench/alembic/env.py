"""The models that `cargo xtask bench compare` compares with the database, as Alembic's environment."""

import os

import sqlalchemy as sa
from alembic import context

metadata = sa.MetaData()
for at in range(int(os.environ["BENCH_TABLES"])):
    sa.Table(
        f"table_{at}",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("amount", sa.Numeric(10, 2), nullable=False, server_default=sa.text("0")),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column(
            "parent_id",
            sa.BigInteger,
            sa.ForeignKey(f"table_{max(at - 1, 0)}.id", name=f"table_{at}_parent_fk"),
        ),
        sa.Index(f"ix_table_{at}_name", "name"),
        sa.Index(f"ix_table_{at}_code", "code", "created_at"),
    )

with sa.create_engine(os.environ["BENCH_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()

"""Cases: what only one database has, and SQLite's rebuilds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from alembic_cases import case

# PostgreSQL


@case("create enum type: used by two tables")
def _():
    mood = postgresql.ENUM("sad", "glad", name="mood")
    mood.create(op.get_bind())
    column = postgresql.ENUM("sad", "glad", name="mood", create_type=False)
    op.create_table("t", sa.Column("v", column, nullable=False, server_default="glad"))
    op.create_table("u", sa.Column("v", column))


@case("alter enum type: add a value")
def _():
    op.create_table("t", sa.Column("v", sa.Enum("sad", "glad", name="mood")))
    op.execute("ALTER TYPE mood ADD VALUE 'so so' AFTER 'sad'")


@case("alter enum type: rename a value")
def _():
    op.create_table("t", sa.Column("v", sa.Enum("sad", "glad", name="mood")))
    op.execute("INSERT INTO t VALUES ('sad')")
    op.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy'")


@case("drop enum type")
def _():
    mood = postgresql.ENUM("sad", "glad", name="mood")
    mood.create(op.get_bind())
    mood.drop(op.get_bind())


@case("alter column: boolean to integer, by a using expression")
def _():
    op.alter_column("person", "active", server_default=None)
    op.alter_column("person", "active", type_=sa.Integer(), postgresql_using="active::integer")


@case("alter column: text to json, by a using expression")
def _():
    op.alter_column("person", "note", type_=postgresql.JSONB(), postgresql_using="to_jsonb(note)")


@case("alter column: text to array, by a using expression")
def _():
    op.alter_column("person", "note", type_=postgresql.ARRAY(sa.Text), postgresql_using="ARRAY[note]")


@case("alter column: datetime to timestamp with zone")
def _():
    op.alter_column("stock", "changed", type_=sa.TIMESTAMP(timezone=True), postgresql_using="changed AT TIME ZONE 'UTC'")


@case("alter column: set another identity")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, sa.Identity(start=5), nullable=False), sa.Column("v", sa.Integer))
    op.alter_column("t", "id", server_default=sa.Identity(always=True, start=5, increment=3),
                    existing_server_default=sa.Identity(start=5))


@case("alter column: make it an identity")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, nullable=False), sa.Column("v", sa.Integer))
    op.alter_column("t", "id", server_default=sa.Identity(start=7))


@case("alter column: no identity any more")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, sa.Identity(), nullable=False), sa.Column("v", sa.Integer))
    op.alter_column("t", "id", server_default=None, existing_server_default=sa.Identity())


@case("alter table: in another schema")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), schema="other")
    op.add_column("t", sa.Column("w", sa.String(10), comment="new"), schema="other")
    op.alter_column("t", "v", nullable=False, schema="other")
    op.create_unique_constraint("uq_v", "t", ["v"], schema="other")
    op.create_index("ix_w", "t", ["w"], schema="other")


@case("rename table: in another schema")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), schema="other")
    op.rename_table("t", "u", schema="other")


@case("drop table and schema")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), schema="other")
    op.drop_table("t", schema="other")
    op.execute("DROP SCHEMA other")


@case("create index: in another schema, then drop it")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), schema="other")
    op.create_index("ix_v", "t", ["v"], schema="other")
    op.drop_index("ix_v", table_name="t", schema="other")


@case("create materialized view")
def _():
    op.execute("CREATE MATERIALIZED VIEW adult AS SELECT id, name FROM person WHERE age >= 18")


# MySQL and MariaDB: everything is said again


EXACT = sa.String(30, collation="utf8mb4_bin")


@case("modify: everything said again")
def _():
    op.alter_column("counted", "code", existing_type=EXACT, type_=sa.String(60, collation="utf8mb4_bin"),
                    existing_nullable=False, existing_server_default="x", existing_comment="exact")


@case("modify: rename, everything said again")
def _():
    op.alter_column("counted", "code", existing_type=EXACT, new_column_name="mark", existing_nullable=False,
                    existing_server_default="x", existing_comment="exact")


@case("modify: type of a counted key, everything said again")
def _():
    op.alter_column("counted", "id", existing_type=mysql.BIGINT(unsigned=True), type_=mysql.INTEGER(unsigned=True),
                    existing_nullable=False, existing_autoincrement=True, existing_comment="the number")


@case("modify: stop counting")
def _():
    op.alter_column("counted", "id", existing_type=mysql.BIGINT(unsigned=True), existing_nullable=False,
                    existing_autoincrement=True, autoincrement=False, existing_comment="the number")


@case("modify: start counting")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    op.alter_column("t", "id", existing_type=sa.Integer(), existing_nullable=False, autoincrement=True)


@case("modify: more values of an enum")
def _():
    op.alter_column("counted", "mood", existing_type=mysql.ENUM("sad", "glad"), type_=mysql.ENUM("sad", "glad", "so so"),
                    existing_nullable=False, existing_server_default="glad")


@case("modify: on update now")
def _():
    now = sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    op.alter_column("stock", "changed", existing_type=sa.DateTime(), existing_nullable=False, server_default=now)


@case("modify: fraction of a datetime, everything said again")
def _():
    op.alter_column("stock", "changed", existing_type=sa.DateTime(), type_=mysql.DATETIME(fsp=6), existing_nullable=False,
                    server_default=sa.text("CURRENT_TIMESTAMP(6)"))


@case("modify: another character set")
def _():
    op.alter_column("stock", "label", existing_type=sa.String(40), existing_nullable=False, existing_comment="shown",
                    type_=mysql.VARCHAR(40, charset="latin1", collation="latin1_bin"), existing_server_default="none")


@case("modify: type, collation and default not said again")
def _():
    op.alter_column("counted", "code", existing_type=sa.String(30), nullable=True)


@case("modify: on update not said again")
def _():
    op.execute("DELETE FROM counted")
    op.alter_column("counted", "changed", existing_type=sa.DateTime(), nullable=False, server_default=sa.text("'2000-01-01'"))


@case("modify: counting not said again")
def _():
    op.alter_column("counted", "id", existing_type=mysql.BIGINT(unsigned=True), comment="which")


@case("modify: computed column not said again")
def _():
    op.alter_column("box", "area", existing_type=sa.Integer(), comment="in square metres")


@case("add column: enum")
def _():
    op.add_column("person", sa.Column("v", mysql.ENUM("a", "b"), nullable=False, server_default="a"))


@case("add column: on update now")
def _():
    now = sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    op.add_column("person", sa.Column("v", sa.DateTime, server_default=now))


@case("drop index: that a foreign key uses")
def _():
    op.drop_index("fk_child_parent", table_name="child")


# SQLite's rebuilds


def rebuild(name, table="rich"):
    """A case that changes a table in a batch."""
    def register(change):
        @case(f"rebuild: {name}")
        def _():
            with op.batch_alter_table(table) as batch:
                change(batch)
    return register


@rebuild("change a type")
def _(table):
    table.alter_column("extra", existing_type=sa.Text(), type_=sa.String(80))


@rebuild("drop a column")
def _(table):
    table.drop_column("extra")


@rebuild("add a column, change another")
def _(table):
    op.execute("UPDATE rich SET extra = ''")
    table.add_column(sa.Column("v", sa.Integer, nullable=False, server_default=sa.text("1")))
    table.alter_column("extra", existing_type=sa.Text(), nullable=False, server_default="")


@rebuild("drop a named check")
def _(table):
    table.drop_constraint("ck_rich_price", type_="check")


@rebuild("drop a named unique constraint")
def _(table):
    table.drop_constraint("uq_rich_name", type_="unique")


@rebuild("rename a column of a partial index")
def _(table):
    table.alter_column("price", new_column_name="cost")


@rebuild("type of a column with a default")
def _(table):
    table.alter_column("kind", existing_type=sa.String(10), type_=sa.String(20), existing_server_default="a'b")


@rebuild("table that others refer to", table="hub")
def _(table):
    table.alter_column("label", existing_type=sa.String(20), type_=sa.Text(), nullable=False)


@rebuild("table that refers", table="spoke")
def _(table):
    table.add_column(sa.Column("v", sa.Integer))
    table.alter_column("hub_id", existing_type=sa.Integer(), nullable=True)


@rebuild("drop an unnamed key to itself by its column", table="hub")
def _(table):
    table.drop_column("above")


@rebuild("computed column stays", table="box")
def _(table):
    op.execute("UPDATE box SET label = ''")
    table.alter_column("label", existing_type=sa.String(20), nullable=False, server_default="")


@case("rebuild: twice in one revision")
def _():
    with op.batch_alter_table("person") as table:
        table.alter_column("email", existing_type=sa.String(100), type_=sa.Text())
    op.execute("UPDATE person SET email = 'x' WHERE email IS NULL")
    with op.batch_alter_table("person") as table:
        table.alter_column("email", existing_type=sa.Text(), nullable=False)


@case("rebuild: a table with a trigger")
def _():
    op.execute("CREATE TRIGGER touched AFTER UPDATE ON person BEGIN SELECT 1; END")
    with op.batch_alter_table("person") as table:
        table.alter_column("email", existing_type=sa.String(100), type_=sa.Text())


@case("rebuild: a table with a view")
def _():
    op.execute("CREATE VIEW adult AS SELECT id, name FROM person WHERE age >= 18")
    with op.batch_alter_table("person") as table:
        table.alter_column("email", existing_type=sa.String(100), type_=sa.Text())


@case("rebuild: a table with an index of an expression")
def _():
    op.create_index("ix_person_lower", "person", [sa.text("lower(name)")])
    with op.batch_alter_table("person") as table:
        table.alter_column("email", existing_type=sa.String(100), type_=sa.Text())


@case("rebuild: a strict table")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Text), sqlite_strict=True)
    with op.batch_alter_table("t") as table:
        table.alter_column("v", existing_type=sa.Text(), nullable=False)


@case("rebuild: a table without row ids")
def _():
    op.create_table("t", sa.Column("code", sa.Text, primary_key=True), sa.Column("v", sa.Text), sqlite_with_rowid=False)
    op.execute("INSERT INTO t VALUES ('b', '1'), ('a', '2')")
    with op.batch_alter_table("t") as table:
        table.alter_column("v", existing_type=sa.Text(), nullable=False)


@case("rebuild: constraints with ON CONFLICT")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), sa.Column("w", sa.Text),
                    sa.UniqueConstraint("v", name="uq_v", sqlite_on_conflict="REPLACE"))
    with op.batch_alter_table("t") as table:
        table.alter_column("w", existing_type=sa.Text(), nullable=False)


@case("rebuild: a deferred foreign key")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer), sa.Column("w", sa.Text),
                    sa.ForeignKeyConstraint(["v"], ["person.id"], name="fk_v", deferrable=True, initially="DEFERRED",
                                            onupdate="CASCADE"))
    op.execute("INSERT INTO t (id, v) VALUES (1, 2)")
    with op.batch_alter_table("t") as table:
        table.alter_column("w", existing_type=sa.Text(), type_=sa.String(10))


@rebuild("a check without a name is added", table="person")
def _(table):
    table.create_check_constraint(None, "score >= 0")

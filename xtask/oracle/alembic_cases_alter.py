"""Cases: changes of columns and constraints, in batch mode as Airflow's migrations do them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from alembic_cases import case, on


def batch(table, **options):
    return op.batch_alter_table(table, **options)


# Adding columns


def add(name, column, **options):
    """A case that adds a column to `person`."""
    @case(f"add column: {name}")
    def _():
        with batch("person") as table:
            table.add_column(column(), **options)


add("nullable", lambda: sa.Column("v", sa.Integer))
add("not null with a default", lambda: sa.Column("v", sa.Integer, nullable=False, server_default=sa.text("3")))
add("text with a default", lambda: sa.Column("v", sa.String(20), nullable=False, server_default="it's"))
add("boolean with a default", lambda: sa.Column("v", sa.Boolean, nullable=False, server_default=sa.false()))
add("decimal", lambda: sa.Column("v", sa.Numeric(12, 4)))
add("text", lambda: sa.Column("v", sa.Text))
add("datetime", lambda: sa.Column("v", sa.DateTime))
add("binary", lambda: sa.Column("v", sa.LargeBinary))
add("json", lambda: sa.Column("v", sa.JSON))
add("uuid", lambda: sa.Column("v", sa.Uuid))
add("default now", lambda: sa.Column("v", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP")))
add("default expression", lambda: sa.Column("v", sa.Integer, server_default=sa.text("(1 + 2)")))
add("comment", lambda: sa.Column("v", sa.Integer, comment="it's new"))
add("stored computed", lambda: sa.Column("v", sa.Integer, sa.Computed("age * 2", persisted=True)))
add("computed, not stored", lambda: sa.Column("v", sa.Integer, sa.Computed("age * 2", persisted=False)))
add("reserved word as a name", lambda: sa.Column("order", sa.Integer))
add("identity", lambda: sa.Column("v", sa.Integer, sa.Identity(start=10)))
add("array with a default", lambda: sa.Column("v", postgresql.ARRAY(sa.Integer), server_default="{}"))


@case("add column: if it does not exist, and it does")
def _():
    op.add_column("person", sa.Column("age", sa.Integer), if_not_exists=True)


@case("add column: if it does not exist, and it does not")
def _():
    op.add_column("person", sa.Column("v", sa.Integer), if_not_exists=True)


@case("add column: behind another")
def _():
    with batch("person", recreate="always") as table:
        table.add_column(sa.Column("v", sa.Integer), insert_after="name")


@case("add column: before all others")
def _():
    with batch("person", recreate="always") as table:
        table.add_column(sa.Column("v", sa.Integer), insert_before="id")


@case("add column: three at once")
def _():
    with batch("person") as table:
        table.add_column(sa.Column("v", sa.Integer))
        table.add_column(sa.Column("w", sa.String(10), nullable=False, server_default="x"))
        table.add_column(sa.Column("z", sa.Boolean))


@case("add column: with a unique constraint")
def _():
    with batch("person") as table:
        table.add_column(sa.Column("v", sa.Integer))
        table.create_unique_constraint("uq_person_v", ["v"])


@case("add column: with an index")
def _():
    with batch("person") as table:
        table.add_column(sa.Column("v", sa.Integer))
        table.create_index("ix_person_v", ["v"])


@case("add column: with a check")
def _():
    with batch("person") as table:
        table.add_column(sa.Column("v", sa.Integer))
        table.create_check_constraint("ck_person_v", "v > 0")


@case("add column: with a foreign key")
def _():
    with batch("child") as table:
        table.add_column(sa.Column("v", sa.Integer))
        table.create_foreign_key("fk_child_v", "parent", ["v"], ["id"])


@case("add column: with a foreign key inline")
def _():
    op.add_column("child", sa.Column("v", sa.Integer, sa.ForeignKey("parent.id", name="fk_child_v")), inline_references=True)


@case("add column: to a table that refers to itself")
def _():
    with batch("node") as table:
        table.add_column(sa.Column("v", sa.Integer, nullable=False, server_default=sa.text("0")))


@case("add column: fill it, then not null")
def _():
    with batch("person") as table:
        table.add_column(sa.Column("v", sa.String(80)))
    op.execute("UPDATE person SET v = name")
    with batch("person") as table:
        table.alter_column("v", existing_type=sa.String(80), nullable=False)


@case("add column: that is the primary key")
def _():
    op.add_column("item", sa.Column("id", sa.Integer, primary_key=True), inline_primary_key=True)


@case("add column: of an enum type that is made with it")
def _():
    letter = sa.Enum("a", "b", name="letter")
    if on(False, postgresql=True):
        letter.create(op.get_bind())
    with batch("person") as table:
        table.add_column(sa.Column("v", letter, nullable=False, server_default="a"))


# Dropping columns


@case("drop column")
def _():
    with batch("person") as table:
        table.drop_column("note")


@case("drop column: two at once")
def _():
    with batch("person") as table:
        table.drop_column("note")
        table.drop_column("score")


@case("drop column: with its index")
def _():
    with batch("person") as table:
        table.drop_index("ix_person_email")
        table.drop_column("email")


@case("drop column: that an index is on")
def _():
    with batch("person") as table:
        table.drop_column("email")


@case("drop column: with its unique constraint")
def _():
    with batch("person") as table:
        table.drop_constraint("uq_person_name", type_="unique")
        table.drop_column("name")


@case("drop column: with its check")
def _():
    with batch("person") as table:
        table.drop_constraint("ck_person_age", type_="check")
        table.drop_column("age")


@case("drop column: with its foreign key")
def _():
    with batch("child") as table:
        table.drop_constraint("fk_child_parent", type_="foreignkey")
        table.drop_column("parent_id")


@case("drop column: if it exists, and it does")
def _():
    op.drop_column("person", "note", if_exists=True)


@case("drop column: if it exists, and it does not")
def _():
    op.drop_column("person", "absent", if_exists=True)


@case("drop column: computed")
def _():
    with batch("box") as table:
        table.drop_column("area")


@case("drop column: beside a computed one")
def _():
    with batch("box") as table:
        table.drop_column("label")


@case("drop column: of a table that refers to itself")
def _():
    with batch("node") as table:
        table.drop_column("label")


@case("drop column: add another, change a third")
def _():
    with batch("person") as table:
        table.drop_column("note")
        table.add_column(sa.Column("remark", sa.String(40)))
        table.alter_column("email", existing_type=sa.String(100), type_=sa.String(320))


# Changing columns


def alter(name, column, table="person", **options):
    """A case that changes a column in batch mode."""
    @case(f"alter column: {name}")
    def _():
        with batch(table) as change:
            change.alter_column(column, **options)


alter("wider string", "email", existing_type=sa.String(100), type_=sa.String(320))
alter("string to text", "code", table="item", existing_type=sa.String(20), type_=sa.Text())
alter("integer to big integer", "age", existing_type=sa.Integer(), type_=sa.BigInteger())
alter("integer to string", "a", table="item", existing_type=sa.Integer(), type_=sa.String(20), existing_nullable=False)
alter("more digits", "score", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(14, 4),
      existing_server_default=sa.text("0"))
alter("type of a not null column", "name", existing_type=sa.String(50), type_=sa.String(200), existing_nullable=False)
alter("type of a key", "id", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False,
      autoincrement=True)
alter("text to string", "note", existing_type=sa.Text(), type_=sa.String(500))
alter("not null", "active", existing_type=sa.Boolean(), nullable=False, existing_server_default=sa.true())
alter("nullable", "name", existing_type=sa.String(50), nullable=True)
alter("set a text default", "email", existing_type=sa.String(100), server_default="no'ne")
alter("set a number default", "age", existing_type=sa.Integer(), server_default=sa.text("18"))
alter("set an empty default", "email", existing_type=sa.String(100), server_default="")
alter("set an expression default", "age", existing_type=sa.Integer(), server_default=sa.text("(1 + 2)"))
alter("change a default", "score", existing_type=sa.Numeric(10, 2), existing_server_default=sa.text("0"),
      server_default=sa.text("9.99"))
alter("change a boolean default", "active", existing_type=sa.Boolean(), existing_nullable=False,
      existing_server_default=sa.true(), server_default=sa.false())
alter("drop a default", "score", existing_type=sa.Numeric(10, 2), existing_server_default=sa.text("0"),
      server_default=None)
alter("drop the default of a not null column", "active", existing_type=sa.Boolean(), existing_nullable=False,
      existing_server_default=sa.true(), server_default=None)
alter("rename", "note", existing_type=sa.Text(), new_column_name="remark")
alter("rename one with an index", "email", existing_type=sa.String(100), new_column_name="mail")
alter("rename one with a unique constraint", "name", existing_type=sa.String(50), existing_nullable=False,
      new_column_name="full_name")
alter("rename one with a check", "age", existing_type=sa.Integer(), new_column_name="years")
alter("rename a key", "id", existing_type=sa.Integer(), existing_nullable=False, autoincrement=True,
      new_column_name="person_id")
alter("rename one that refers", "parent_id", table="child", existing_type=sa.Integer(), new_column_name="ancestor_id")
alter("rename one that is referred to", "id", table="parent", existing_type=sa.Integer(), existing_nullable=False,
      autoincrement=True, new_column_name="parent_id")
alter("rename to a reserved word", "note", existing_type=sa.Text(), new_column_name="order")
alter("rename in a table that refers to itself", "parent_id", table="node", existing_type=sa.Integer(),
      new_column_name="above")
alter("rename a source of a computed one", "width", table="box", existing_type=sa.Integer(), existing_nullable=False,
      new_column_name="wide")
alter("set a comment", "email", existing_type=sa.String(100), comment="it's the address")
alter("change a comment", "price", table="stock", existing_type=sa.Numeric(10, 2), existing_comment="in euro",
      existing_server_default=sa.text("2"), comment="in crowns")
alter("drop a comment", "price", table="stock", existing_type=sa.Numeric(10, 2), existing_comment="in euro",
      existing_server_default=sa.text("2"), comment=None)
alter("type and not null", "name", existing_type=sa.String(50), type_=sa.String(320), nullable=True)
alter("type and default", "age", existing_type=sa.Integer(), type_=sa.BigInteger(), server_default=sa.text("18"))
alter("not null and default", "label", table="stock", existing_type=sa.String(40), nullable=True,
      existing_comment="shown", existing_server_default="none", server_default="some")
alter("everything at once", "label", table="stock", existing_type=sa.String(40), type_=sa.String(80), nullable=True,
      existing_comment="shown", comment="visible", existing_server_default="none", server_default="some",
      new_column_name="title")
alter("type of a column beside a computed one", "label", table="box", existing_type=sa.String(20),
      type_=sa.String(40))


@case("alter column: not null of a column that refers")
def _():
    op.execute("DELETE FROM child WHERE parent_id IS NULL")
    with batch("child") as table:
        table.alter_column("parent_id", existing_type=sa.Integer(), nullable=False)



@case("alter column: string to integer, by an expression")
def _():
    op.execute("UPDATE item SET code = '42'")
    with batch("item") as table:
        table.alter_column("code", existing_type=sa.String(20), type_=sa.Integer(),
                           **on({}, postgresql={"postgresql_using": "code::integer"}))


@case("alter column: two columns at once")
def _():
    with batch("person") as table:
        table.alter_column("email", existing_type=sa.String(100), type_=sa.String(200), nullable=True)
        table.alter_column("age", existing_type=sa.Integer(), server_default=sa.text("1"))


@case("alter column: swap two names")
def _():
    with batch("item") as table:
        table.alter_column("a", new_column_name="c", existing_type=sa.Integer(), existing_nullable=False)
    with batch("item") as table:
        table.alter_column("b", new_column_name="a", existing_type=sa.Integer(), existing_nullable=False)
    with batch("item") as table:
        table.alter_column("c", new_column_name="b", existing_type=sa.Integer(), existing_nullable=False)


@case("alter column: fill, then not null")
def _():
    op.execute("UPDATE person SET email = '' WHERE email IS NULL")
    with batch("person") as table:
        table.alter_column("email", existing_type=sa.String(100), nullable=False)


# What is not said again: Alembic on MySQL loses it, and nobody else does


alter("type, nothing else said", "label", table="stock", existing_type=sa.String(40), type_=sa.String(80))
alter("not null, nothing else said", "label", table="stock", existing_type=sa.String(40), nullable=True)
alter("rename, nothing else said", "quantity", table="stock", existing_type=sa.Integer(), new_column_name="pieces")
alter("comment, nothing else said", "quantity", table="stock", existing_type=sa.Integer(), comment="how many")
alter("default, nothing else said", "label", table="stock", existing_type=sa.String(40), server_default="some")
alter("datetime default, nothing else said", "changed", table="stock", existing_type=sa.DateTime(),
      server_default=sa.text("'2000-01-01 00:00:00'"))
alter("type of a key, nothing else said", "id", table="stock", existing_type=sa.Integer(), type_=sa.BigInteger())


# Constraints


@case("create primary key")
def _():
    with batch("item") as table:
        table.create_primary_key("pk_item", ["a"])


@case("create primary key: of two columns")
def _():
    with batch("item") as table:
        table.create_primary_key("pk_item", ["b", "a"])


@case("drop primary key")
def _():
    with batch("item") as table:
        table.drop_constraint(on("pk_item", mysql="PRIMARY"), type_="primary")


@case("replace primary key")
def _():
    with batch("item") as table:
        table.drop_constraint(on("pk_item", mysql="PRIMARY"), type_="primary")
        table.create_primary_key("pk_item_a", ["a", "code"])


@case("create unique constraint")
def _():
    with batch("person") as table:
        table.create_unique_constraint("uq_person_email", ["email"])


@case("create unique constraint: of two columns")
def _():
    with batch("person") as table:
        table.create_unique_constraint("uq_person_age_name", ["age", "name"])


@case("drop unique constraint")
def _():
    with batch("person") as table:
        table.drop_constraint("uq_person_name", type_="unique")


@case("replace unique constraint")
def _():
    with batch("person") as table:
        table.drop_constraint("uq_person_name", type_="unique")
        table.create_unique_constraint("uq_person_name", ["name", "email"])


@case("create check constraint")
def _():
    with batch("person") as table:
        table.create_check_constraint("ck_person_score", "score >= 0 OR note = 'it''s'")


@case("drop check constraint")
def _():
    with batch("person") as table:
        table.drop_constraint("ck_person_age", type_="check")


@case("replace check constraint")
def _():
    with batch("person") as table:
        table.drop_constraint("ck_person_age", type_="check")
        table.create_check_constraint("ck_person_age", "age >= 0 AND age < 150")


def refer(name, **options):
    @case(f"create foreign key{name}")
    def _():
        with batch("child") as table:
            table.create_foreign_key("fk_child_parent", "parent", ["parent_id"], ["id"], **options)


refer("")
refer(": on delete cascade", ondelete="CASCADE")
refer(": on delete set null", ondelete="SET NULL")
refer(": on delete restrict", ondelete="RESTRICT")
refer(": on delete set default", ondelete="SET DEFAULT")
refer(": on update cascade", onupdate="CASCADE")
refer(": on update set null", onupdate="SET NULL")
refer(": both actions", onupdate="RESTRICT", ondelete="CASCADE")
refer(": deferred", deferrable=True, initially="DEFERRED")
refer(": match full", match="FULL")
refer(": not valid", postgresql_not_valid=True)


@case("create foreign key: of two columns")
def _():
    with batch("child") as table:
        table.create_foreign_key(
            "fk_child_code", "parent", ["parent_code", "parent_region"], ["code", "region"], ondelete="SET NULL")


@case("create foreign key: to the same table")
def _():
    with batch("child") as table:
        table.create_foreign_key("fk_child_child", "child", ["parent_id"], ["id"])


@case("create foreign key: two of one column's tables")
def _():
    op.execute("DELETE FROM child")
    with batch("child") as table:
        table.create_foreign_key("fk_child_parent", "parent", ["parent_id"], ["id"])
        table.create_foreign_key("fk_child_region", "parent", ["parent_region"], ["id"])


@case("drop foreign key")
def _():
    with batch("child") as table:
        table.drop_constraint("fk_child_parent", type_="foreignkey")


@case("drop foreign key: to the same table")
def _():
    with batch("node") as table:
        table.drop_constraint("fk_node_parent", type_="foreignkey")


@case("replace foreign key: with another action")
def _():
    with batch("child") as table:
        table.drop_constraint("fk_child_parent", type_="foreignkey")
        table.create_foreign_key("fk_child_parent", "parent", ["parent_id"], ["id"], ondelete="SET NULL")


@case("drop constraint: if it exists, and it does not")
def _():
    op.drop_constraint("ck_nothing", "person", type_="check", if_exists=True)


@case("drop constraint: if it exists, and it does")
def _():
    op.drop_constraint("ck_person_age", "person", type_="check", if_exists=True)


# Comments of tables


@case("create table comment")
def _():
    op.create_table_comment("person", "it's a person")


@case("change table comment")
def _():
    op.create_table_comment("stock", "what there was", existing_comment="what there is")


@case("drop table comment")
def _():
    op.drop_table_comment("stock", existing_comment="what there is")


# PostgreSQL's constraints


@case("create check constraint: not valid")
def _():
    op.create_check_constraint("ck_person_adult", "person", "age > 50", postgresql_not_valid=True)


@case("create unique constraint: deferred")
def _():
    op.create_unique_constraint("uq_person_email", "person", ["email"], deferrable=True, initially="DEFERRED")


@case("create unique constraint: with included columns")
def _():
    op.create_unique_constraint("uq_person_email", "person", ["email"], postgresql_include=["note"])


@case("create unique constraint: nulls not distinct")
def _():
    op.create_unique_constraint("uq_person_email", "person", ["email"], postgresql_nulls_not_distinct=True)


@case("create exclude constraint")
def _():
    op.create_exclude_constraint("ex_booking", "booking", ("room", "&&"), ("during", "&&"), using="gist")


@case("create exclude constraint: for some rows, deferred")
def _():
    op.create_exclude_constraint(
        "ex_booking", "booking", ("room", "="), ("during", "&&"), using="gist", where=sa.text("NOT cancelled"),
        deferrable=True, initially="DEFERRED")


@case("drop exclude constraint")
def _():
    op.create_exclude_constraint("ex_booking", "booking", ("during", "&&"), using="gist")
    op.drop_constraint("ex_booking", "booking")

"""The cases of `cargo xtask oracle operations`, as Alembic does them: starting schemas and changes by name.

Each has a twin of the same name in xtask/operations/src/cases, which also says on which databases it is for.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

STARTS = {}
CASES = {}


def start(function):
    """Registers a starting schema under the function's name."""
    STARTS[function.__name__] = function
    return function


def case(name):
    """Registers a change under a name."""
    def register(function):
        if name in CASES:
            raise ValueError(f"two cases are named {name!r}")
        CASES[name] = function
        return function
    return register


def on(default, **variants):
    """The value for the database at hand: `postgresql`, `mysql` (and MariaDB), `sqlite`."""
    return variants.get(op.get_context().dialect.name, default)


def per_dialect(default, **variants):
    """A type with variants."""
    for name, variant in variants.items():
        default = default.with_variant(variant, name)
    return default


@start
def empty():
    pass


@start
def person():
    table = op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("email", sa.String(100)),
        sa.Column("age", sa.Integer),
        sa.Column("score", sa.Numeric(10, 2), server_default=sa.text("0")),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("note", sa.Text),
        sa.UniqueConstraint("name", name="uq_person_name"),
        sa.CheckConstraint("age >= 0", name="ck_person_age"),
        sa.Index("ix_person_email", "email"),
    )
    op.bulk_insert(table, [
        {"id": 1, "name": "Ada", "email": "ada@example.org", "age": 36, "note": "it's \"quoted\" \\ 100%"},
        {"id": 2, "name": "Grace", "email": None, "age": 85, "note": ""},
        {"id": 3, "name": "Žofie", "email": "z@example.org", "age": None, "note": None},
    ], multiinsert=False)


@start
def plain():
    """No key, no constraint, no index."""
    table = op.create_table(
        "item",
        sa.Column("a", sa.Integer, nullable=False),
        sa.Column("b", sa.Integer, nullable=False),
        sa.Column("code", sa.String(20)),
    )
    op.bulk_insert(table, [{"a": 1, "b": 2, "code": "x"}, {"a": 2, "b": 2, "code": "y"}], multiinsert=False)


@start
def keyed():
    """A key under a name, of a column that is not counted up."""
    table = op.create_table(
        "item",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("a", sa.Integer, nullable=False),
        sa.Column("b", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_item"),
    )
    op.bulk_insert(table, [{"code": "x", "a": 1, "b": 2}, {"code": "y", "a": 2, "b": 2}], multiinsert=False)


def parent_and_child(*keys):
    parent = op.create_table(
        "parent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("region", sa.Integer, nullable=False),
        sa.UniqueConstraint("code", "region", name="uq_parent_code_region"),
    )
    child = op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer),
        sa.Column("parent_code", sa.String(20)),
        sa.Column("parent_region", sa.Integer),
        *keys,
    )
    op.bulk_insert(parent, [{"id": 1, "code": "a", "region": 7}, {"id": 2, "code": "b", "region": 7}], multiinsert=False)
    op.bulk_insert(child, [
        {"id": 1, "parent_id": 1, "parent_code": "a", "parent_region": 7},
        {"id": 2, "parent_id": None, "parent_code": None, "parent_region": 7},
    ], multiinsert=False)


@start
def pair():
    """Two tables without a key between them."""
    parent_and_child()


@start
def linked():
    """Two tables, one referring to the other."""
    parent_and_child(sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name="fk_child_parent", ondelete="CASCADE"))


@start
def tree():
    table = op.create_table(
        "node",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer),
        sa.Column("label", sa.String(30), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["node.id"], name="fk_node_parent", ondelete="CASCADE"),
    )
    op.bulk_insert(table, [
        {"id": 1, "parent_id": None, "label": "root"},
        {"id": 2, "parent_id": 1, "label": "leaf"},
        {"id": 3, "parent_id": 1, "label": "leaf"},
    ], multiinsert=False)


@start
def stock():
    """What a MODIFY of MySQL loses unless it is said again."""
    op.create_table(
        "stock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("label", sa.String(40), nullable=False, server_default="none", comment="shown"),
        sa.Column("quantity", sa.Integer, nullable=False, server_default=sa.text("5"), comment="pieces"),
        sa.Column("price", sa.Numeric(10, 2), server_default=sa.text("2"), comment="in euro"),
        sa.Column("changed", sa.DateTime, nullable=False, server_default=sa.text("CURRENT_TIMESTAMP")),
        comment="what there is",
    )
    op.execute("INSERT INTO stock (id, label, quantity, price, changed) VALUES "
               "(1, 'nail', 100, 0.10, '2024-02-29 12:00:00'), (2, 'saw', 2, NULL, '2024-03-01 00:00:01')")


@start
def box():
    op.create_table(
        "box",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("area", sa.Integer, sa.Computed("width * height", persisted=True)),
        sa.Column("label", sa.String(20)),
    )
    op.execute("INSERT INTO box (id, width, height, label) VALUES (1, 2, 3, 'a'), (2, 4, 5, NULL)")


@start
def booked():
    """Rows that an exclude constraint is asked of."""
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("room", postgresql.INT4RANGE, nullable=False),
        sa.Column("during", postgresql.TSRANGE, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.execute("INSERT INTO booking (id, room, during) VALUES (1, '[1,2)', '[2024-01-01,2024-01-02)')")


@start
def document():
    """What PostgreSQL's index methods are for."""
    op.create_table(
        "document",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("body", postgresql.JSONB),
        sa.Column("tags", postgresql.ARRAY(sa.Text)),
        sa.Column("day", sa.Date),
    )
    op.execute("INSERT INTO document (id, title, body) VALUES (1, 'One', '{\"a\": 1}')")


@start
def article():
    """What MySQL's kinds of index are for."""
    op.create_table(
        "article",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("place", POINT(), nullable=False),
    )


class POINT(sa.types.UserDefinedType):
    """MySQL's."""

    def get_col_spec(self):
        return "POINT"


@start
def counted():
    """MySQL columns with everything that is lost easily."""
    op.create_table(
        "counted",
        sa.Column("id", mysql.BIGINT(unsigned=True), primary_key=True, comment="the number"),
        sa.Column("code", sa.String(30, collation="utf8mb4_bin"), nullable=False, server_default="x", comment="exact"),
        sa.Column("changed", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")),
        sa.Column("mood", mysql.ENUM("sad", "glad"), server_default="glad", nullable=False),
    )
    op.execute("INSERT INTO counted (code, changed) VALUES ('a', '2024-01-01'), ('b', NULL)")


@start
def rich():
    """SQLite: what a rebuild may lose."""
    op.create_table(
        "rich",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(30, collation="NOCASE"), nullable=False),
        sa.Column("kind", sa.String(10), server_default="a'b"),
        sa.Column("price", sa.Integer),
        sa.Column("made", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.Column("extra", sa.Text),
        sa.CheckConstraint("price >= 0", name="ck_rich_price"),
        sa.CheckConstraint("price < 1000"),
        sa.UniqueConstraint("name", name="uq_rich_name"),
        sa.UniqueConstraint("kind", "price"),
        sa.Index("ix_rich_price", "price", sqlite_where=sa.text("price > 10")),
        sa.Index("ix_rich_made", sa.text("made DESC")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO rich (id, name, kind, price, made) VALUES (5, 'x', 'k', 10, '2024-01-01'), "
               "(9, 'y', 'k', 20, '2024-01-02')")
    op.execute("DELETE FROM rich WHERE id = 9")


@start
def graph():
    """SQLite: a table that others and itself refer to, with rows."""
    op.create_table(
        "hub",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("above", sa.Integer, sa.ForeignKey("hub.id", ondelete="CASCADE")),
        sa.Column("label", sa.String(20)),
    )
    op.create_table(
        "spoke",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hub_id", sa.Integer, sa.ForeignKey("hub.id", ondelete="CASCADE", name="fk_spoke_hub"), nullable=False),
    )
    op.execute("INSERT INTO hub (id, above, label) VALUES (1, NULL, 'top'), (2, 1, 'low')")
    op.execute("INSERT INTO spoke (id, hub_id) VALUES (1, 1), (2, 2)")

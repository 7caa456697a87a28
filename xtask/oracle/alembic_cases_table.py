"""Cases: types, defaults, whole tables, rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from alembic_cases import POINT, case, on, per_dialect

TYPES = {
    "boolean": sa.Boolean(),
    "small integer": sa.SmallInteger(),
    "integer": sa.Integer(),
    "big integer": sa.BigInteger(),
    "real": sa.REAL(),
    "float": sa.Float(),
    "double": sa.Double(),
    "decimal": sa.Numeric(),
    "decimal with precision and scale": sa.Numeric(12, 3),
    "decimal with precision": sa.Numeric(8),
    "string": sa.String(50),
    "string without length": sa.String(),
    "char": sa.CHAR(10),
    "text": sa.Text(),
    "collated string": per_dialect(
        sa.String(50, collation="utf8mb4_bin"),
        postgresql=sa.String(50, collation="C"), sqlite=sa.String(50, collation="NOCASE")),
    "collated text": per_dialect(
        sa.Text(collation="utf8mb4_bin"), postgresql=sa.Text(collation="C"), sqlite=sa.Text(collation="NOCASE")),
    "binary": sa.LargeBinary(),
    "date": sa.Date(),
    "time": sa.Time(),
    "time with zone": sa.Time(timezone=True),
    "datetime": sa.DateTime(),
    "datetime with zone": sa.DateTime(timezone=True),
    "timestamp": sa.TIMESTAMP(),
    "timestamp with zone": sa.TIMESTAMP(timezone=True),
    "json": sa.JSON(),
    "uuid": sa.Uuid(),
    "enum": sa.Enum("sad", "glad", "so so", name="mood"),
    # PostgreSQL
    "interval": sa.Interval(),
    "interval with precision": postgresql.INTERVAL(precision=3),
    "interval with fields": postgresql.INTERVAL(fields="DAY TO SECOND", precision=2),
    "timestamp with precision": postgresql.TIMESTAMP(precision=3, timezone=True),
    "time with precision": postgresql.TIME(precision=2),
    "jsonb": postgresql.JSONB(),
    "array": postgresql.ARRAY(sa.Integer),
    "array of two dimensions": postgresql.ARRAY(sa.String(10), dimensions=2),
    "bits": postgresql.BIT(5),
    "bits, varying": postgresql.BIT(8, varying=True),
    "inet": postgresql.INET(),
    "macaddr": postgresql.MACADDR(),
    "money": postgresql.MONEY(),
    "tsvector": postgresql.TSVECTOR(),
    "range": postgresql.INT8RANGE(),
    "multirange": postgresql.TSMULTIRANGE(),
    # MySQL and MariaDB
    "tiny integer": mysql.TINYINT(),
    "medium integer": mysql.MEDIUMINT(),
    "unsigned integer": mysql.INTEGER(unsigned=True),
    "unsigned big integer": mysql.BIGINT(unsigned=True),
    "unsigned decimal": mysql.DECIMAL(9, 2, unsigned=True),
    "tiny text": mysql.TINYTEXT(),
    "medium text": mysql.MEDIUMTEXT(),
    "long text": mysql.LONGTEXT(),
    "tiny blob": mysql.TINYBLOB(),
    "medium blob": mysql.MEDIUMBLOB(),
    "long blob": mysql.LONGBLOB(),
    "fixed binary": sa.BINARY(16),
    "varying binary": sa.VARBINARY(64),
    "year": mysql.YEAR(),
    "set": mysql.SET("a", "b"),
    "bit": mysql.BIT(4),
    "datetime with precision": mysql.DATETIME(fsp=6),
    "timestamp with fraction": mysql.TIMESTAMP(fsp=3),
    "time with fraction": mysql.TIME(fsp=2),
    "string in a character set": mysql.VARCHAR(50, charset="latin1", collation="latin1_bin"),
    "point": POINT(),
}


def declare_types():
    def declare(name, of):
        @case(f"column type: {name}")
        def create():
            op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", of))
    for name, of in TYPES.items():
        declare(name, of)


declare_types()

DEFAULTS = {
    "text": (sa.String(20), "none"),
    "empty text": (sa.String(20), ""),
    "text with quotes": (sa.String(40), "it's \"so\" 100%"),
    "text with a backslash": (sa.String(40), "a\\b"),
    "text of digits": (sa.String(20), "007"),
    "non-ASCII text": (sa.String(20), "žluť"),
    "number": (sa.Integer, sa.text("7")),
    "negative number": (sa.Integer, sa.text("-1")),
    "decimal": (sa.Numeric(10, 2), sa.text("1.50")),
    "true": (sa.Boolean, sa.true()),
    "false": (sa.Boolean, sa.false()),
    "null": (sa.Integer, sa.null()),
    "date": (sa.Date, "2024-02-29"),
    "datetime": (sa.DateTime, "2024-02-29 12:34:56"),
    "current timestamp": (sa.DateTime, sa.text("CURRENT_TIMESTAMP")),
    "expression": (sa.Integer, sa.text("(1 + 2)")),
    "function": (sa.String(20), sa.text("(lower('ABC'))")),
    "text in text": (sa.Text, sa.text("('long')")),
    "json": (sa.JSON, sa.text("('{}')")),
    "cast": (sa.String(20), sa.text("'x'::character varying")),
    "array": (postgresql.ARRAY(sa.Integer), sa.text("'{}'::integer[]")),
    "on update": (sa.DateTime, sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")),
}


def declare_defaults():
    def declare(name, of, default):
        @case(f"column default: {name}")
        def create():
            op.create_table(
                "t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", of, server_default=default))
            op.execute("INSERT INTO t (id) VALUES (1)")
    for name, (of, default) in DEFAULTS.items():
        declare(name, of, default)


declare_defaults()


def create(*items, name="t", **options):
    return op.create_table(name, sa.Column("id", sa.Integer, primary_key=True), *items, **options)


@case("create table: key of a small integer")
def _():
    op.create_table("t", sa.Column("id", sa.SmallInteger, primary_key=True))


@case("create table: key of a big integer")
def _():
    op.create_table("t", sa.Column("id", sa.BigInteger, primary_key=True))


@case("create table: key that is not counted up")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))


@case("create table: key of two columns")
def _():
    op.create_table("t", sa.Column("b", sa.Integer, primary_key=True), sa.Column("a", sa.Integer, primary_key=True))


@case("create table: key of a text")
def _():
    op.create_table("t", sa.Column("code", sa.String(20), primary_key=True), sa.Column("v", sa.Integer))


@case("create table: key under a name")
def _():
    op.create_table(
        "t", sa.Column("code", sa.String(20)), sa.Column("n", sa.Integer), sa.PrimaryKeyConstraint("n", "code", name="pk_t"))


@case("create table: no key")
def _():
    op.create_table("t", sa.Column("v", sa.Integer), sa.Column("w", sa.Integer, nullable=False))


@case("create table: identity by default")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, sa.Identity(), primary_key=True))


@case("create table: identity always")
def _():
    op.create_table("t", sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True))


@case("create table: identity with options")
def _():
    counted = sa.Identity(start=100, increment=10, minvalue=50, maxvalue=5000, cycle=True, cache=20)
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("n", sa.Integer, counted))
    op.execute("INSERT INTO t (id) VALUES (1), (2)")


@case("create table: stored computed column")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer, sa.Computed("v * 2", persisted=True)))
    op.execute("INSERT INTO t (id, v) VALUES (1, 21)")


@case("create table: computed column, not stored")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer, sa.Computed("v * 2", persisted=False)))
    op.execute("INSERT INTO t (id, v) VALUES (1, 21)")


@case("create table: computed text")
def _():
    create(sa.Column("v", sa.String(20)), sa.Column("w", sa.String(20), sa.Computed("upper(v)", persisted=True), nullable=False))


@case("create table: comments")
def _():
    create(sa.Column("v", sa.Integer, comment="a column"), comment="a table")


@case("create table: comments with quotes")
def _():
    create(sa.Column("v", sa.Integer, comment="it's \"so\" \\ 100%"), comment="it's; -- so")


@case("create table: unique constraint")
def _():
    create(sa.Column("v", sa.Integer), sa.UniqueConstraint("v", name="uq_v"))


@case("create table: unique constraint of two columns")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer), sa.UniqueConstraint("w", "v", name="uq_w_v"))


@case("create table: unique constraint without a name")
def _():
    create(sa.Column("v", sa.Integer, unique=True), sa.Column("w", sa.Integer))


@case("create table: check")
def _():
    create(sa.Column("v", sa.Integer), sa.CheckConstraint("v > 0 AND v <> 5", name="ck_v"))


@case("create table: checks without names")
def _():
    create(sa.Column("v", sa.Integer), sa.CheckConstraint("v > 0"), sa.CheckConstraint("v < 100"))


@case("create table: check with texts")
def _():
    create(sa.Column("v", sa.String(10)), sa.CheckConstraint("v IN ('it''s', 'b')", name="ck_v"))


def referring(**options):
    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
    create(sa.Column("v", sa.Integer), sa.ForeignKeyConstraint(["v"], ["p.id"], name="fk_v", **options))


@case("create table: foreign key")
def _():
    referring()


@case("create table: foreign key without a name")
def _():
    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
    create(sa.Column("v", sa.Integer, sa.ForeignKey("p.id")))


@case("create table: foreign key, on delete cascade")
def _():
    referring(ondelete="CASCADE")


@case("create table: foreign key, on delete set null")
def _():
    referring(ondelete="SET NULL")


@case("create table: foreign key, on delete restrict")
def _():
    referring(ondelete="RESTRICT")


@case("create table: foreign key, on delete set default")
def _():
    referring(ondelete="SET DEFAULT")


@case("create table: foreign key, on update cascade")
def _():
    referring(onupdate="CASCADE")


@case("create table: foreign key, both actions")
def _():
    referring(onupdate="CASCADE", ondelete="SET NULL")


@case("create table: foreign key, deferred")
def _():
    referring(deferrable=True, initially="DEFERRED")


@case("create table: foreign key, deferrable")
def _():
    referring(deferrable=True, initially="IMMEDIATE")


@case("create table: foreign key, match full")
def _():
    referring(match="FULL")


@case("create table: foreign key of two columns")
def _():
    op.create_table("p", sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True))
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer),
           sa.ForeignKeyConstraint(["v", "w"], ["p.a", "p.b"], name="fk_v_w"))


@case("create table: foreign key to itself")
def _():
    create(sa.Column("v", sa.Integer), sa.ForeignKeyConstraint(["v"], ["t.id"], name="fk_v", ondelete="CASCADE"))


@case("create table: key that is a foreign key")
def _():
    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("t", sa.Column("id", sa.Integer, sa.ForeignKey("p.id", name="fk_id"), primary_key=True))


@case("create table: unique constraint, deferred")
def _():
    create(sa.Column("v", sa.Integer), sa.UniqueConstraint("v", name="uq_v", deferrable=True, initially="DEFERRED"))


@case("create table: exclude constraint")
def _():
    create(sa.Column("v", postgresql.INT4RANGE), postgresql.ExcludeConstraint(("v", "&&"), name="ex_v"))


@case("create table: index")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer), sa.Index("ix_v_w", "v", "w"))


@case("create table: unique index")
def _():
    create(sa.Column("v", sa.Integer), sa.Index("ix_v", "v", unique=True))


@case("create table: several indexes")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.String(10)), sa.Index("ix_v", "v"), sa.Index("ix_w", "w"))


@case("create table: reserved words as names")
def _():
    op.create_table(
        "order", sa.Column("group", sa.Integer, primary_key=True), sa.Column("select", sa.Integer),
        sa.CheckConstraint(on('"select" > 0', mysql="`select` > 0"), name="check"),
        sa.Index("index", "select"))


@case("create table: names in mixed case")
def _():
    op.create_table(
        "OrderLine", sa.Column("lineId", sa.Integer, primary_key=True), sa.Column("Qty", sa.Integer),
        sa.UniqueConstraint("Qty", name="uqQty"))


@case("create table: names with spaces and quotes")
def _():
    op.create_table("my table", sa.Column("a \"b\" `c`", sa.Integer, primary_key=True), sa.Column("100%", sa.Integer))


@case("create table: names that are not ASCII")
def _():
    op.create_table("tůň", sa.Column("č", sa.Integer, primary_key=True), sa.Column("größe", sa.Integer),
                    sa.Index("ix_größe", "größe"))


@case("create table: if it does not exist, and it does")
def _():
    op.create_table("person", sa.Column("id", sa.Integer, primary_key=True), if_not_exists=True)


@case("create table: if it does not exist, and it does not")
def _():
    create(sa.Column("v", sa.Integer), if_not_exists=True)


@case("create table: in another schema")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer),
                    sa.Index("ix_v", "v"), schema="other", comment="elsewhere")


@case("create table: foreign key into another schema")
def _():
    op.execute("CREATE SCHEMA other")
    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), schema="other")
    create(sa.Column("v", sa.Integer), sa.ForeignKeyConstraint(["v"], ["other.p.id"], name="fk_v"))


@case("create tables: as Airflow's log_template, slot_pool and variable")
def _():
    op.create_table(
        "log_template", sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("filename", sa.Text, nullable=False), sa.Column("elasticsearch_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="log_template_pkey"))
    op.create_table(
        "slot_pool", sa.Column("id", sa.Integer, nullable=False), sa.Column("pool", sa.String(256)),
        sa.Column("slots", sa.Integer), sa.Column("include_deferred", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="slot_pool_pkey"), sa.UniqueConstraint("pool", name="slot_pool_pool_uq"))
    op.create_table(
        "variable", sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(250).with_variant(mysql.VARCHAR(250, collation="utf8mb3_bin"), "mysql")),
        sa.Column("val", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")), sa.Column("is_encrypted", sa.Boolean),
        sa.PrimaryKeyConstraint("id", name="variable_pkey"), sa.UniqueConstraint("key", name="variable_key_uq"))


@case("drop table")
def _():
    op.drop_table("person")


@case("drop table: if it exists, and it does")
def _():
    op.drop_table("person", if_exists=True)


@case("drop table: if it exists, and it does not")
def _():
    op.drop_table("absent", if_exists=True)


@case("drop table: with an enum type")
def _():
    op.create_table("t", sa.Column("v", sa.Enum("a", "b", name="letter")))
    op.drop_table("t")


@case("drop table: the referring one, then the one referred to")
def _():
    op.drop_table("child")
    op.drop_table("parent")


@case("drop table: that another refers to")
def _():
    op.drop_table("parent")


@case("drop table: that refers to itself")
def _():
    op.drop_table("node")


@case("rename table")
def _():
    op.rename_table("person", "people")


@case("rename table: that another refers to")
def _():
    op.rename_table("parent", "ancestor")


@case("rename table: that refers to another")
def _():
    op.rename_table("child", "offspring")


@case("rename table: that refers to itself")
def _():
    op.rename_table("node", "twig")


@case("rename table: and use the old name again")
def _():
    op.rename_table("item", "old_item")
    op.create_table("item", sa.Column("a", sa.Integer, nullable=False))
    op.execute("INSERT INTO item (a) SELECT a FROM old_item")
    op.drop_table("old_item")


def letters(*columns):
    return op.create_table("t", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), *columns)


@case("insert rows: texts")
def _():
    op.bulk_insert(letters(sa.Column("v", sa.Text)), [
        {"id": 1, "v": "plain"}, {"id": 2, "v": "it's \"so\""}, {"id": 3, "v": "back\\slash"}, {"id": 4, "v": "100% :name ?"},
        {"id": 5, "v": "two\nlines\ttab"}, {"id": 6, "v": "žluťoučký 🐎"}, {"id": 7, "v": ""}], multiinsert=False)


@case("insert rows: numbers, truths and nulls")
def _():
    columns = [sa.Column("n", sa.BigInteger), sa.Column("b", sa.Boolean), sa.Column("s", sa.String(10))]
    op.bulk_insert(letters(*columns), [
        {"id": 1, "n": 2**62, "b": True, "s": None}, {"id": 2, "n": -5, "b": False, "s": "x"},
        {"id": 3, "n": None, "b": None, "s": "NULL"}])


@case("insert rows: bytes")
def _():
    op.bulk_insert(letters(sa.Column("v", sa.LargeBinary)), [{"id": 1, "v": bytes(range(256))}, {"id": 2, "v": b""}])


@case("insert rows: many")
def _():
    op.bulk_insert(letters(sa.Column("v", sa.String(20))), [{"id": n, "v": f"row {n}"} for n in range(1, 501)])


@case("insert rows: defaults fill what is not given")
def _():
    table = sa.table("person", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.bulk_insert(table, [{"id": 7, "name": "Emmy"}])


@case("insert rows: the server counts")
def _():
    op.bulk_insert(create(sa.Column("v", sa.String(10))), [{"v": "a"}, {"v": "b"}], multiinsert=False)


@case("execute: update")
def _():
    op.execute("UPDATE person SET email = 'none: ' || 'x', age = age + 1 WHERE age > 40"
               if on(True, mysql=False) else "UPDATE person SET email = concat('none: ', 'x'), age = age + 1 WHERE age > 40")


@case("execute: delete")
def _():
    op.execute("DELETE FROM person WHERE name LIKE 'A%'")


@case("execute: insert from another table")
def _():
    op.execute("INSERT INTO child (id, parent_id, parent_code) SELECT id + 10, id, code FROM parent")


@case("execute: a view")
def _():
    op.execute("CREATE VIEW adult AS SELECT id, name FROM person WHERE age >= 18")


# PostgreSQL


@case("create table: partitioned")
def _():
    op.create_table("t", sa.Column("day", sa.Date, nullable=False), sa.Column("v", sa.Integer),
                    postgresql_partition_by="RANGE (day)")


@case("create table: inherits")
def _():
    op.create_table("t", sa.Column("extra", sa.Integer), postgresql_inherits="person")


@case("create table: unlogged, with storage parameters")
def _():
    create(sa.Column("v", sa.Integer), prefixes=["UNLOGGED"],
           postgresql_with={"autovacuum_enabled": False, "fillfactor": 70})


@case("create table: access method and tablespace")
def _():
    create(sa.Column("v", sa.Integer), postgresql_using="heap", postgresql_tablespace="pg_default")


@case("create table: unique constraint with included columns, nulls not distinct")
def _():
    create(sa.Column("v", sa.Integer), sa.Column("w", sa.Integer),
           sa.UniqueConstraint("v", name="uq_v", postgresql_include=["w"], postgresql_nulls_not_distinct=True))


@case("create table: key with included columns")
def _():
    op.create_table("t", sa.Column("v", sa.Integer), sa.Column("w", sa.Integer),
                    sa.PrimaryKeyConstraint("v", name="pk_t", postgresql_include=["w"]))


# MySQL and MariaDB


@case("create table: engine, character set and collation")
def _():
    create(sa.Column("v", sa.String(20)), mysql_engine="InnoDB", mysql_charset="latin1", mysql_collate="latin1_bin")


@case("create table: row format and first number")
def _():
    create(sa.Column("v", sa.Integer), mysql_row_format="COMPRESSED", mysql_auto_increment="1000")
    op.execute("INSERT INTO t (v) VALUES (1)")


@case("create table: partitioned by hash")
def _():
    create(sa.Column("v", sa.Integer), mysql_partition_by="HASH (id)", mysql_partitions="4")


@case("create table: other options")
def _():
    create(sa.Column("v", sa.Integer), mysql_stats_persistent="1", mysql_avg_row_length="100")


@case("create table: key by an index method")
def _():
    op.create_table("t", sa.Column("v", sa.Integer), sa.PrimaryKeyConstraint("v", mysql_using="BTREE"))


# SQLite


@case("create table: ids never come again")
def _():
    create(sa.Column("v", sa.Integer), sqlite_autoincrement=True)
    op.execute("INSERT INTO t (v) VALUES (1), (2)")


@case("create table: strict")
def _():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Text), sqlite_strict=True)


@case("create table: without row ids")
def _():
    op.create_table("t", sa.Column("code", sa.String(10), primary_key=True), sa.Column("v", sa.Integer),
                    sqlite_with_rowid=False)


@case("create table: constraints with ON CONFLICT")
def _():
    op.create_table(
        "t", sa.Column("id", sa.Integer, nullable=False), sa.Column("v", sa.Integer, nullable=False,
                                                                    sqlite_on_conflict_not_null="IGNORE"),
        sa.PrimaryKeyConstraint("id", name="pk_t", sqlite_on_conflict="REPLACE"),
        sa.UniqueConstraint("v", name="uq_v", sqlite_on_conflict="ROLLBACK"))

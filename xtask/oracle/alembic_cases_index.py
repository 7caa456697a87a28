"""Cases: indexes."""

import sqlalchemy as sa
from alembic import op

from alembic_cases import case


def index(name, table, columns, **options):
    """A case that creates an index named `ix_new`."""
    @case(f"create index{name}")
    def _():
        op.create_index("ix_new", table, columns, **options)


index("", "person", ["name"])
index(": of two columns", "person", ["name", "age"])
index(": unique", "person", ["email"], unique=True)
index(": descending", "person", [sa.text("age DESC")])
index(": of two columns, one descending", "person", ["name", sa.text("age DESC")])
index(": of an expression", "person", [sa.text("(lower(name))")])
index(": of an expression and a column", "person", ["age", sa.text("(age + 1)")])
index(": unique, of an expression", "person", [sa.text("(lower(name))")], unique=True)
index(": if it does not exist, and it does not", "person", ["name"], if_not_exists=True)
index(": for some rows", "person", ["name"], postgresql_where=sa.text("age > 18"), sqlite_where=sa.text("age > 18"))
index(": unique, for some rows", "person", ["email"], unique=True,
      postgresql_where=sa.text("note IS NOT NULL"), sqlite_where=sa.text("note IS NOT NULL"))
index(": with a collation", "person", [sa.text('name COLLATE NOCASE')])
# PostgreSQL
index(": by hash", "person", ["name"], postgresql_using="hash")
index(": by gin", "document", ["body"], postgresql_using="gin")
index(": by gin, with an operator class", "document", ["body"], postgresql_using="gin",
      postgresql_ops={"body": "jsonb_path_ops"})
index(": by gin, of an array", "document", ["tags"], postgresql_using="gin")
index(": by gist, of an expression", "document", [sa.text("to_tsvector('english', title)")], postgresql_using="gist")
index(": by brin", "document", ["day"], postgresql_using="brin")
index(": with an operator class", "document", ["title"], postgresql_ops={"title": "varchar_pattern_ops"})
index(": with included columns", "document", ["title"], postgresql_include=["day"])
index(": unique, nulls not distinct", "document", ["title", "day"], unique=True, postgresql_nulls_not_distinct=True)
index(": with a storage parameter", "document", ["title"], postgresql_with={"fillfactor": 50})
index(": in a tablespace", "document", ["title"], postgresql_tablespace="pg_default")
index(": descending, nulls last", "document", [sa.text("day DESC NULLS LAST")])
index(": nulls first", "document", [sa.text("day NULLS FIRST")])
index(": collated, with an operator class", "document", [sa.text('title COLLATE "C" text_pattern_ops')])
# MySQL and MariaDB
index(": with a prefix length", "article", ["title"], mysql_length=20)
index(": with prefix lengths", "article", ["title", "body"], mysql_length={"title": 10, "body": 30})
index(": by btree", "article", ["title"], mysql_using="BTREE")
index(": full text", "article", ["title", "body"], mysql_prefix="FULLTEXT")
index(": full text, with a parser", "article", ["body"], mysql_prefix="FULLTEXT", mysql_with_parser="ngram")
index(": spatial", "article", ["place"], mysql_prefix="SPATIAL")


@case("create index: concurrently")
def _():
    with op.get_context().autocommit_block():
        op.create_index("ix_new", "person", ["age"], postgresql_concurrently=True)


@case("create index: if it does not exist, and it does")
def _():
    op.create_index("ix_person_email", "person", ["email"], if_not_exists=True)


@case("create index: in a batch")
def _():
    with op.batch_alter_table("person") as table:
        table.create_index("ix_person_age", ["age"])
        table.create_index("ix_person_name_age", ["name", "age"], unique=True)


@case("drop index")
def _():
    op.drop_index("ix_person_email", table_name="person")


@case("drop index: in a batch")
def _():
    with op.batch_alter_table("person") as table:
        table.drop_index("ix_person_email")


@case("drop index: if it exists, and it does not")
def _():
    op.drop_index("ix_nothing", table_name="person", if_exists=True)


@case("drop index: if it exists, and it does")
def _():
    op.drop_index("ix_person_email", table_name="person", if_exists=True)


@case("drop index: concurrently")
def _():
    with op.get_context().autocommit_block():
        op.drop_index("ix_person_email", table_name="person", postgresql_concurrently=True)


@case("replace index")
def _():
    op.drop_index("ix_person_email", table_name="person")
    op.create_index("ix_person_email", "person", ["email", "name"], unique=True)


@case("replace index: in a batch with a change of its column")
def _():
    with op.batch_alter_table("person") as table:
        table.drop_index("ix_person_email")
        table.alter_column("email", existing_type=sa.String(100), type_=sa.String(250))
        table.create_index("ix_person_email", ["email"], unique=True)

"""Names that SQLAlchemy and Alembic give to constraints and indexes, as JSON lines.

Each line is a naming convention, a table, and what stands in it: how it is written down, the name it has then, and
that name as PostgreSQL and as MySQL are sent it (null: SQLAlchemy refuses it as too long; absent: the name as it is;
SQLite is always sent that). `dropped` is the name that Alembic sends to PostgreSQL when the same is dropped by what was
written down. The cases are drawn from a seed: the same versions give the same lines.
"""

import io
import json
import random

import alembic
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IdentifierError, InvalidRequestError
from sqlalchemy.sql.elements import conv

TABLES = 1100
DIALECTS = [module.dialect(paramstyle="named") for module in (postgresql, mysql, sqlite)]
TYPES = {"pk": "primary", "uq": "unique", "ck": "check", "fk": "foreignkey"}
WORDS = [
    "id", "dag_id", "run_id", "a", "B", "Mixed Case", "order", "naïve", "größe", "日付", "имя", "🦀", "100%", 'qu"ote',
    "ba`ck", "it's", "with(brackets)s", "%(table_name)s", "column_0_name", "x" * 31, "long_column_name_" * 4, "é" * 40,
]
LITERALS = ["_", "_", "_", "", "ix", "Uq-", "%%", "straße_", "p" * 30, "100%%_"]
COLUMN_TOKENS = [
    f"column_{which}{style}"
    for which in ("0_", "0_", "1_", "2_", "0_N_", "0_N_", "0N_")
    for style in ("name", "label", "key")
]
REFERRED_TOKENS = ["referred_table_name", "referred_table_name"] + [
    f"referred_column_{which}name" for which in ("0_", "0_N_", "0N_")
]
EVERYDAY = [
    {"ix": "ix_%(column_0_label)s"},
    {
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
    {
        "ix": "idx_%(column_0_N_label)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    },
    {},
]


def pattern(draw, kind):
    tokens = ["table_name", "table_name", "constraint_name"] + COLUMN_TOKENS
    if kind == "fk":
        tokens += REFERRED_TOKENS * 3
    parts = []
    for _ in range(draw.randint(1, 4)):
        parts += [draw.choice(LITERALS), f"%({draw.choice(tokens)})s"]
    return "".join(parts + [draw.choice(LITERALS)])


def convention(draw):
    if draw.random() < 0.25:
        return draw.choice(EVERYDAY)
    return {kind: pattern(draw, kind) for kind in ("ix", "uq", "ck", "fk", "pk") if draw.random() < 0.85}


def word(draw):
    return draw.choice(WORDS) if draw.random() < 0.7 else "w" * draw.choice([1, 5, 17, 62, 63, 64, 65]) + draw.choice(WORDS)


def words(draw, count):
    return list(dict.fromkeys(word(draw) for _ in range(count)))


def subset(draw, columns):
    return draw.sample(columns, draw.randint(1, min(3, len(columns))))


def written_name(draw):
    """None, a name, or a name that is final."""
    return draw.choice([None, None, {"given": word(draw)}, {"given": word(draw)}, {"exact": word(draw)}])


def as_argument(name):
    return name and (conv(name["exact"]) if "exact" in name else name["given"])


def things(draw, columns, referred):
    kinds = ["pk", "uq", "uq", "ck", "ck", "fk", "fk", "ix", "ix"]
    for kind in draw.sample(kinds, draw.randint(3, 5)):
        thing = {"kind": kind, "written": written_name(draw), "columns": []}
        if kind == "ix" and draw.random() < 0.25:
            thing["expression_at"] = draw.randint(0, 1)
        only_expression = "expression_at" in thing and draw.random() < 0.3
        if kind != "ck" and not only_expression:
            thing["columns"] = subset(draw, columns)
        if kind == "fk":
            table = draw.choice(referred)
            thing["referred"] = [table.schema, table.name, draw.sample(table.columns.keys(), len(thing["columns"]))]
        yield {key: value for key, value in thing.items() if value not in (None, [])}


def build(thing, table, referred):
    """Puts it into the table; the statement that creates it."""
    name, columns = as_argument(thing.get("written")), [table.c[name] for name in thing.get("columns", [])]
    match thing["kind"]:
        case "ix":
            elements = list(columns)
            if "expression_at" in thing:
                elements.insert(thing["expression_at"], sa.text("1 + 1"))
            made = sa.Index(name, *elements)
            if made.table is None:
                # Nothing but an expression: it does not know its table, which takes it as an argument.
                table._init_items(made)
            return made, sa.schema.CreateIndex(made)
        case "pk":
            made = sa.PrimaryKeyConstraint(*columns, name=name)
        case "uq":
            made = sa.UniqueConstraint(*columns, name=name)
        case "ck":
            made = sa.CheckConstraint("1 = 1", name=name)
        case "fk":
            _, of, to = thing["referred"]
            other = next(other for other in referred if [other.schema, other.name] == thing["referred"][:2])
            made = sa.ForeignKeyConstraint(columns, [other.c[column] for column in to], name=name)
    table.append_constraint(made)
    return made, sa.schema.AddConstraint(made)


def identifier(statement, behind):
    """The identifier behind some words of a statement."""
    text = statement[statement.index(behind) + len(behind):]
    quote = text[0]
    if quote not in "\"`":
        return text.split()[0].rstrip(";")
    end = 1
    while text[end] != quote or text[end + 1 : end + 2] == quote:
        end += 2 if text[end] == quote else 1
    return text[1:end].replace(quote * 2, quote)


def rendered(made, statement, dialect):
    try:
        text = str(statement.compile(dialect=dialect))
    except IdentifierError:
        return None
    if isinstance(made, sa.Index):
        # SQLite has the schema before the index.
        schema = made.table.schema if dialect.name == "sqlite" else None
        return identifier(text, "INDEX " + prefix(dialect, schema))
    if "ADD CONSTRAINT " in text:
        return identifier(text, "ADD CONSTRAINT ")
    # SQLite: a key to another schema is left out of the statement.
    return identifier(f"{dialect.identifier_preparer.format_constraint(made)} ", "")


def dropped(thing, table, patterns):
    buffer, metadata = io.StringIO(), sa.MetaData()
    metadata.naming_convention = {kind: text for kind, text in patterns.items() if kind == thing["kind"]}
    context = MigrationContext.configure(
        dialect=DIALECTS[0], opts={"as_sql": True, "output_buffer": buffer, "target_metadata": metadata}
    )
    op, name = Operations(context), as_argument(thing["written"])
    if thing["kind"] == "ix":
        op.drop_index(name, table.name, schema=table.schema)
        return identifier(buffer.getvalue(), "DROP INDEX " + prefix(DIALECTS[0], table.schema))
    op.drop_constraint(name, table.name, type_=TYPES[thing["kind"]], schema=table.schema)
    return identifier(buffer.getvalue(), "DROP CONSTRAINT ")


def prefix(dialect, schema):
    return f"{dialect.identifier_preparer.quote_schema(schema)}." if schema else ""


def case(draw):
    patterns = convention(draw)
    metadata = sa.MetaData()
    schema = draw.choice([None, None, None, "airflow", "a.b", "S"])
    names = [name for name in words(draw, 6) if "." not in name]
    columns = [sa.Column(column, sa.Integer) for column in words(draw, 4)]
    table = sa.Table(names[0], metadata, *columns, schema=schema)
    referred = [
        sa.Table(name, metadata, *[sa.Column(column, sa.Integer) for column in ("id", "größe", "other")],
                 schema=draw.choice([schema, schema, "other"]))
        for name in names[1:3]
    ]
    # Not before: a table begins with a primary key without a name, which a pattern may refuse.
    metadata.naming_convention = patterns
    found = []
    for thing in things(draw, [column.name for column in columns], referred or [table]):
        if thing["kind"] == "fk" and not referred:
            continue
        try:
            made, statement = build(thing, table, referred)
        except InvalidRequestError:
            # An unnamed thing under a pattern with %(constraint_name)s: SQLAlchemy refuses it.
            found.append({**thing, "refused": True})
            continue
        if made.name is not None:
            name = str(made.name)
            thing["name"] = name
            sent = [rendered(made, statement, dialect) for dialect in DIALECTS]
            assert sent.pop() == name, "SQLite takes every name"
            if sent != [name] * 2:
                thing["rendered"] = sent
            # Alembic drops by a name alone: it knows neither the columns nor the table referred to, and it fails
            # on a primary key whose pattern takes a name.
            unknown = ["column_", "referred_"] + ["constraint_name"] * (thing["kind"] == "pk")
            knows = not any(token in patterns.get(thing["kind"], "") for token in unknown)
            if "written" in thing and knows and None not in sent:
                thing["dropped"] = dropped(thing, table, patterns)
        found.append(thing)
    line = {"convention": patterns, "schema": schema, "table": table.name}
    return {**line, "columns": [column.name for column in columns], "things": found}


def main():
    print(json.dumps({"made_by": {"sqlalchemy": sa.__version__, "alembic": alembic.__version__}}))
    draw = random.Random("dunlin")
    for _ in range(TABLES):
        print(json.dumps(case(draw), ensure_ascii=False, separators=(",", ":")))


main()

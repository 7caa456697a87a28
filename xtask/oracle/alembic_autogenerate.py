"""Compares databases with models by Alembic's autogenerate, for `cargo xtask oracle autogenerate`.

A line of JSON is read for each request, and one is written for its answer:

- {"do": "versions"}.
- {"do": "create" | "empty" | "drop", "url"}: makes a database anew, takes everything out of it, or removes it.
- {"do": "autogenerate", "url", "database", "from", "to", "checks"}: compares a database that was made of the models
  `from` with them, then with the models `to`; makes the revision, runs it, and compares again.
- {"do": "dump", "url"}: the statements of which the schema consists.

Answers are as alembic_requests.py has them.
"""

import re
import textwrap

import alembic
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import mysql, postgresql, sqlite

import alembic_dump_sqlite
import dump as words
from alembic_requests import VERSION_TABLE, answer_all, engine_of
from autogenerate_models import Model

CHECKS = "alembic.ext.checkconstraint_byname"


def compare(url, database, checks, **models):
    engine = engine_of(url)
    # SQLAlchemy's names of types are those of the connected dialect.
    with engine.connect() as connection:
        names = connection.dialect.ischema_names
    before = Model(models["from"], database, names)
    after = Model(models["to"], database, names)
    answer = {"unsaid": sorted(before.unsaid ^ after.unsaid), "never_said": sorted(before.unsaid),
              "alarms": [], "found": [], "left": [],
              "not_compared": None, "not_applied": None, "code": ""}
    try:
        known = found(engine, before.metadata, checks)[1]
        answer["alarms"] = list(known.values())
        script, all_found = found(engine, after.metadata, checks)
        answer["found"] = [text for key, text in all_found.items() if key not in known]
    except Exception as error:
        answer["not_compared"] = first_line(error)
        return answer
    if not answer["found"]:
        return answer
    try:
        answer["code"] = run(engine, script)
    except Exception as error:
        answer["not_applied"] = first_line(error)
        return answer
    try:
        left = found(engine, after.metadata, checks)[1]
        answer["left"] = [text for key, text in left.items() if key not in known]
    except Exception as error:
        answer["left"] = [first_line(error)]
    return answer


def configured(connection, metadata, checks):
    options = {
        "target_metadata": metadata,
        "compare_type": True,
        "compare_server_default": True,
        "version_table": VERSION_TABLE,
        "include_schemas": any(table.schema for table in metadata.tables.values()),
        "transaction_per_migration": True,
        "autogenerate_plugins": ["alembic.autogenerate.*", *([CHECKS] if checks else [])],
    }
    return MigrationContext.configure(connection, opts=options)


def found(engine, metadata, checks):
    """The revision, and what it consists of: in short, by its whole text."""
    with engine.connect() as connection:
        script = produce_migrations(configured(connection, metadata, checks), metadata)
        differences = []
        for difference in script.upgrade_ops.as_diffs():
            differences += difference if isinstance(difference, list) else [difference]
        return script, {re.sub(r" at 0x\w+", "", repr(item)): short(item) for item in differences}


def short(difference):
    """`add_column item.v`, `modify_type item.v`."""
    kind, what = difference[0], difference[1]
    if kind.startswith("modify_"):
        _, schema, table, column, _, before, after = difference
        return f"{kind} {table}.{column}: {plain(before)} to {plain(after)}"
    if isinstance(what, (sa.Table, sa.Index, sa.Constraint)):
        table = "" if isinstance(what, sa.Table) else f" of {what.table.name}"
        return f"{kind} {what.name}{table}"
    if kind in ("add_column", "remove_column"):
        return f"{kind} {difference[2]}.{difference[3].name}"
    return kind


def plain(value):
    argument = getattr(value, "arg", value)
    return repr(getattr(argument, "text", argument))


def run(engine, script):
    """Runs the revision as it is written to a file; the result is its code."""
    batch = engine.dialect.name == "sqlite"
    script.upgrade_ops.upgrade_token = "upgrades"
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        imports = set()
        code = render_python_code(
            script.upgrade_ops, render_as_batch=batch, imports=imports, migration_context=context)
        body = "def upgrade():\n" + textwrap.indent(textwrap.dedent(code.lstrip("\n")), "    ")
        space = {"op": op, "sa": sa, "postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}
        for line in imports:
            exec(line, space)
        exec(body, space)
        # As MigrationContext.run_migrations does it for each revision.
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            space["upgrade"]()
        return code


def dump(url):
    """The schema without the version table."""
    engine = engine_of(url)
    with engine.connect() as connection:
        kind = connection.dialect.name
        statements = list({"postgresql": words.postgres, "mysql": mysql_words, "sqlite": words.sqlite}[kind](connection))
        if kind == "sqlite":
            statements = map(alembic_dump_sqlite.form, statements)
        version = {"postgresql": "SHOW server_version", "mysql": "SELECT version()", "sqlite": "SELECT sqlite_version()"}
        server = connection.exec_driver_sql(version[kind]).scalar()
        # A default of NULL is none; and SQLite keeps the table in which it counts.
        noise = re.compile(r" DEFAULT NULL(::[\w ]+(\(\d+\))?)?(?=,?$)", re.MULTILINE)
        statements = [noise.sub("", statement) if kind != "mysql" else statement for statement in statements]
        not_ours = (VERSION_TABLE, "CREATE TABLE sqlite_sequence")
        schema = sorted(text for text in statements if not any(word in text for word in not_ours))
        return {"schema": schema, "rows": [], "server": server}


def mysql_words(connection):
    for statement in words.mysql(connection):
        # What MODIFY says although it is the table's, and follows from the collation.
        yield re.sub(r" CHARACTER SET (\w+) COLLATE \1_", r" COLLATE \1_", statement)
    for view in sa.inspect(connection).get_view_names():
        yield re.sub(r"DEFINER=\S+ ", "", connection.execute(sa.text(f"SHOW CREATE VIEW `{view}`")).one()[1])


def first_line(error):
    return f"{type(error).__name__}: {error}".splitlines()[0]


def versions():
    return {"alembic": alembic.__version__, "sqlalchemy": sa.__version__}


answer_all({"versions": versions, "autogenerate": compare, "dump": dump})

"""A database in its own words, with all of its rows."""

import datetime
import re

import sqlalchemy as sa

import alembic_dump_sqlite
import dump as words


def dump(connection):
    schema = {"postgresql": words.postgres, "mysql": words.mysql, "sqlite": words.sqlite}[connection.dialect.name]
    version = {"postgresql": "SHOW server_version", "mysql": "SELECT version()", "sqlite": "SELECT sqlite_version()"}
    server = connection.exec_driver_sql(version[connection.dialect.name]).scalar()
    statements = schema(connection)
    if connection.dialect.name == "sqlite":
        statements = map(alembic_dump_sqlite.form, statements)
    return {"schema": sorted(statements), "rows": sorted(rows(connection)), "server": server}


def rows(connection):
    inspector = sa.inspect(connection)
    names = inspector.get_table_names()
    if connection.dialect.name == "sqlite":
        master = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'"))
        names += master.scalars().all()
    quote = connection.dialect.identifier_preparer.quote
    for table in names:
        for row in connection.exec_driver_sql(f"SELECT * FROM {quote(table)}").mappings():
            yield f"{table}: " + ", ".join(f"{name}={value(item)}" for name, item in row.items())


def value(item):
    """A value's text; the time at which the case ran is evened out."""
    moment = item
    if isinstance(item, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", item):
        moment = datetime.datetime.fromisoformat(item)
    if isinstance(moment, datetime.datetime):
        passed = datetime.datetime.now(moment.tzinfo) - moment
        if abs(passed) < datetime.timedelta(days=1):
            return "now"
    return repr(bytes(item) if isinstance(item, memoryview) else item)

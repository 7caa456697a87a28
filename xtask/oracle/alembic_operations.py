"""Does the cases of `cargo xtask oracle operations` with Alembic, and dumps databases.

A line of JSON is read for each request, and one is written for its answer:

- {"do": "names"}: the names of the cases.
- {"do": "create" | "empty" | "drop", "url"}: makes a database anew, takes everything out of it, or removes it.
- {"do": "change", "url", "start", "case"}: the starting schema, then the change, each in a transaction.
- {"do": "dump", "url"}: {"schema": [statement], "rows": [row]}.

An answer is {"ok": value}, or {"error": text} with the "phase" that failed.
"""

import json
import sys
import warnings

import alembic
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.pool import NullPool

import alembic_cases
import alembic_cases_alter
import alembic_cases_databases
import alembic_cases_index
import alembic_cases_table
import alembic_dump
import database

# The version table that ours keeps; Alembic is driven without one.
VERSION_TABLE = "version_cases"


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": DO[request.pop("do")](**request)}
        except Failed as failed:
            answer = {"error": str(failed.__cause__), "phase": failed.phase}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "phase": "request"}
        print(json.dumps(answer), flush=True)


class Failed(Exception):
    def __init__(self, phase):
        self.phase = phase


def empty(url):
    """DROP DATABASE takes PostgreSQL long, as it writes everything out first."""
    if sa.make_url(url).get_backend_name() != "postgresql":
        return database.make(url, create=True)
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        for schema in sa.inspect(connection).get_schema_names():
            if schema != "information_schema":
                connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))


def change(url, start, case):
    engine = sa.create_engine(url, poolclass=NullPool)
    for phase, function in (("start", alembic_cases.STARTS[start]), ("change", alembic_cases.CASES[case])):
        try:
            with engine.connect() as connection:
                context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
                # As MigrationContext.run_migrations does it for each revision.
                with context.begin_transaction(_per_migration=True), Operations.context(context):
                    function()
        except Exception as error:
            raise Failed(phase) from error


def dump(url):
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote(VERSION_TABLE)
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {quoted}"))
    with engine.connect() as connection:
        return alembic_dump.dump(connection)


def names():
    version = {"alembic": alembic.__version__, "sqlalchemy": sa.__version__}
    return {"names": sorted(alembic_cases.CASES), "starts": sorted(alembic_cases.STARTS), "made_by": version}


DO = {
    "names": names,
    "create": lambda url: database.make(url, create=True),
    "empty": empty,
    "drop": lambda url: database.make(url, create=False),
    "change": change,
    "dump": dump,
}

main()

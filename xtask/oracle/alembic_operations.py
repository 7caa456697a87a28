"""Does the cases of `cargo xtask oracle operations` with Alembic, and dumps databases.

A line of JSON is read for each request, and one is written for its answer:

- {"do": "names"}: the names of the cases.
- {"do": "create" | "empty" | "drop", "url"}: makes a database anew, takes everything out of it, or removes it.
- {"do": "change", "url", "start", "case"}: the starting schema, then the change, each in a transaction.
- {"do": "dump", "url"}: {"schema": [statement], "rows": [row]}.

Answers are as alembic_requests.py has them.
"""

import alembic
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

import alembic_cases
import alembic_cases_alter
import alembic_cases_databases
import alembic_cases_index
import alembic_cases_table
import alembic_dump
from alembic_requests import VERSION_TABLE, Failed, answer_all, engine_of


def change(url, start, case):
    engine = engine_of(url)
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
    engine = engine_of(url)
    with engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote(VERSION_TABLE)
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {quoted}"))
    with engine.connect() as connection:
        return alembic_dump.dump(connection)


def names():
    version = {"alembic": alembic.__version__, "sqlalchemy": sa.__version__}
    return {"names": sorted(alembic_cases.CASES), "starts": sorted(alembic_cases.STARTS), "made_by": version}


answer_all({"names": names, "change": change, "dump": dump})

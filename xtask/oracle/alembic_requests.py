"""Requests as lines of JSON, and what all who answer them do.

An answer is {"ok": value}, or {"error": text} with the "phase" that failed.
"""

import functools
import json
import sys
import warnings

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

import database

# The version table that ours keeps; Alembic is driven without one.
VERSION_TABLE = "version_cases"


class Failed(Exception):
    def __init__(self, phase):
        self.phase = phase


def answer_all(do):
    """Answers each line of the input with what the function of its name returns."""
    warnings.simplefilter("ignore")
    do = {"create": create, "empty": empty, "drop": drop} | do
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": do[request.pop("do")](**request)}
        except Failed as failed:
            answer = {"error": str(failed.__cause__), "phase": failed.phase}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "phase": "request"}
        print(json.dumps(answer), flush=True)


@functools.cache
def engine_of(url):
    """One engine for each database, as SQLAlchemy keeps in it what it has compiled."""
    return sa.create_engine(url, poolclass=NullPool)


def create(url):
    database.make(url, create=True)


def drop(url):
    database.make(url, create=False)


def empty(url):
    """DROP DATABASE takes PostgreSQL long, as it writes everything out first."""
    if sa.make_url(url).get_backend_name() != "postgresql":
        return database.make(url, create=True)
    with engine_of(url).begin() as connection:
        names = sa.text("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        for schema in connection.execute(names).scalars().all():
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))

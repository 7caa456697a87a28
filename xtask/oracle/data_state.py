"""What is in a database, as a line of JSON.

- `data_state.py counts` reads a URL from each line, and says for it the rows of each table, and where the database is.
- `data_state.py models`: how Alembic would change the database of DATABASE_URL to be what Airflow's models say, as
  `airflow db` compares them.
"""

import json
import logging
import os
import re
import sys

import sqlalchemy as sa


def counts(url):
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        tables = sa.inspect(connection).get_table_names()
        rows = {table: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(table)}").scalar() for table in tables}
        revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
        return {"rows": rows, "revisions": revisions}


def models():
    from airflow import settings
    from airflow.models import import_all_models
    from airflow.models.base import Base
    from airflow.utils.db import compare_server_default, compare_type
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    logging.disable(logging.CRITICAL)
    import_all_models()
    known = set(Base.metadata.tables)
    options = {
        "compare_type": compare_type,
        "compare_server_default": compare_server_default,
        "include_object": lambda thing, name, kind, *_: kind != "table" or name in known,
    }
    with settings.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Base.metadata)
        # Where Python keeps something says nothing.
        return [re.sub(r" object at 0x[0-9a-f]+", "", " ".join(repr(difference).split())) for difference in found]


if sys.argv[1] == "models":
    print(json.dumps(models()))
else:
    for line in sys.stdin:
        print(json.dumps({"ok": counts(json.loads(line))}), flush=True)

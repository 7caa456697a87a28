"""What is in the database of DATABASE_URL, as a line of JSON: `data_state.py counts|models`.

- `counts`: the rows of each table, and the revision that the database is at.
- `models`: how Alembic would change the database to be what Airflow's models say, as `airflow db` compares them.
"""

import json
import logging
import os
import sys

import sqlalchemy as sa


def counts():
    with sa.create_engine(os.environ["DATABASE_URL"], poolclass=sa.NullPool).connect() as connection:
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
        return [" ".join(repr(difference).split()) for difference in compare_metadata(context, Base.metadata)]


print(json.dumps({"counts": counts, "models": models}[sys.argv[1]]()))

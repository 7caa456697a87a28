"""Make the database of DATABASE_URL anew, empty (`create`), or remove it (`drop`)."""

import os
import sys
from pathlib import Path

import sqlalchemy as sa

# As Airflow's documentation tells its MySQL users.
CHARACTER_SET = " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"


def make(url, create):
    url = sa.make_url(url)
    postgres = url.get_backend_name() == "postgresql"
    if url.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(url.database + suffix).unlink(missing_ok=True)
        return
    engine = sa.create_engine(url.set(database="postgres" if postgres else ""), isolation_level="AUTOCOMMIT")
    name = engine.dialect.identifier_preparer.quote(url.database)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}" + (" WITH (FORCE)" if postgres else "")))
        if create:
            connection.execute(sa.text(f"CREATE DATABASE {name}" + ("" if postgres else CHARACTER_SET)))


if __name__ == "__main__":
    make(os.environ["DATABASE_URL"], create=sys.argv[1] == "create")

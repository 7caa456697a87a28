"""Keep a database as it is, and make it again as it was kept."""

import shutil

import sqlalchemy as sa

from database import make


def keep(url):
    """What `restore` is to be told. Nobody may be connected to the database."""
    url = sa.make_url(url)
    match url.get_backend_name():
        case "sqlite":
            shutil.copy(url.database, kept_beside(url))
        case "postgresql":
            copy(url, url.database, kept_beside(url))
        case _:
            return statements(url)


def restore(url, kept):
    """The database as it was when it was kept."""
    url = sa.make_url(url)
    match url.get_backend_name():
        case "sqlite":
            make(url, create=False)
            shutil.copy(kept_beside(url), url.database)
        case "postgresql":
            copy(url, kept_beside(url), url.database)
        case _:
            fill(url, kept)


def fill(url, kept):
    """A new database with the tables and rows that `statements` found."""
    make(url, create=True)
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
        for statement, rows in kept:
            connection.exec_driver_sql(statement, rows)


def forget(url):
    """Removes what was kept."""
    url = sa.make_url(url)
    if url.get_backend_name() in ("sqlite", "postgresql"):
        make(url.set(database=kept_beside(url)), create=False)


def kept_beside(url):
    return url.database + "_kept"


def copy(url, source, target):
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def statements(url):
    """What makes the tables and their rows again, where no copy can be had."""
    found = []
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        tables = connection.scalars(sa.text("SHOW TABLES")).all()
        for table in tables:
            created = connection.execute(sa.text(f"SHOW CREATE TABLE `{table}`")).one()[1]
            found.append((created.replace("%", "%%"), ()))
        for table in tables:
            rows = [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM `{table}`"))]
            if rows:
                places = ", ".join(["%s"] * len(rows[0]))
                found.append((f"INSERT INTO `{table}` VALUES ({places})", rows))
    return found

"""Runs the manager's revisions with the manager's own version table."""

from airflow import settings
from alembic import context

from ticketing.db_manager import DRTDBManager

options = {
    "target_metadata": DRTDBManager.metadata,
    "version_table": DRTDBManager.version_table_name,
    "include_object": lambda _object, name, kind, *_: kind != "table" or name in DRTDBManager.metadata.tables,
}

if context.is_offline_mode():
    context.configure(url=settings.SQL_ALCHEMY_CONN, literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with settings.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()

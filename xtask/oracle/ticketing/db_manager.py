"""The DB manager of the ticket table."""

from pathlib import Path

from airflow.utils.db_manager import BaseDBManager

from ticketing.models import Base

HERE = Path(__file__).parent


class DRTDBManager(BaseDBManager):
    """Named in [database] external_db_managers."""

    metadata = Base.metadata
    version_table_name = "alembic_version_drt"
    migration_dir = str(HERE / "migrations")
    alembic_file = str(HERE / "alembic.ini")
    supports_table_dropping = True
    revision_heads_map = {"0.1.0": "d759c6d30f5a"}

    def downgrade(self, to_revision, from_revision=None, show_sql_only=False):
        """Go back to a revision; the placeholder below changes nothing."""
        from alembic import command

        command.downgrade(self.get_alembic_config(), to_revision, sql=show_sql_only)

"""placeholder: the table comes from the models

Revision ID: d759c6d30f5a
Revises:
"""

revision = "d759c6d30f5a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    """Nothing to do."""


def downgrade():
    """Nothing to do."""

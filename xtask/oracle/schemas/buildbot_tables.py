"""Create the tables of Buildbot, from the tables of its newest version."""

import os

import sqlalchemy as sa
from buildbot.db.model import Model

Model.metadata.create_all(sa.create_engine(os.environ["DATABASE_URL"]))

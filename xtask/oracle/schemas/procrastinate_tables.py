"""Create the tables, types, functions and triggers of Procrastinate."""

import os
from importlib.resources import files

import sqlalchemy as sa

engine = sa.create_engine(os.environ["DATABASE_URL"])
connection = engine.raw_connection()
connection.cursor().execute(files("procrastinate.sql").joinpath("schema.sql").read_text())
connection.commit()

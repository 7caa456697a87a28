"""Restore what pg_dump says of the database of DATABASE_URL in the one of TO_URL."""

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from sql import client

sys.path.insert(0, str(Path(__file__).parent.parent))
import dump as words  # noqa: E402

if __name__ == "__main__":
    with sa.create_engine(os.environ["DATABASE_URL"]).connect() as connection:
        text = words.pg_dump(connection)
    command, variables = client(sa.make_url(os.environ["TO_URL"]))
    # The schema public is there.
    text = text.replace("CREATE SCHEMA public;", "")
    done = subprocess.run(command, input=text.encode(), env=os.environ | variables, capture_output=True)
    if done.returncode:
        sys.exit(done.stderr.decode(errors="replace")[-2000:])

"""Make the database of DATABASE_URL what that of SOURCE_URL is. Nobody may be connected to either."""

import os
import sqlite3

import sqlalchemy as sa

from database import make
from keep import copy, fill, statements

source, target = (sa.make_url(os.environ[name]) for name in ("SOURCE_URL", "DATABASE_URL"))
match source.get_backend_name():
    case "sqlite":
        make(target, create=False)
        one, other = sqlite3.connect(source.database), sqlite3.connect(target.database)
        one.backup(other)
        one.close()
        other.close()
    case "postgresql":
        copy(source, source.database, target.database)
    case _:
        fill(target, statements(source))

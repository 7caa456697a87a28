"""Create the tables of Prefect's server, from its models."""

import asyncio
import os

import sqlalchemy as sa

url = sa.make_url(os.environ["DATABASE_URL"])
driver = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}[url.get_backend_name()]
url = url.set(drivername=driver).render_as_string(hide_password=False)
os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = url

from prefect.server.database import provide_database_interface  # noqa: E402

asyncio.run(provide_database_interface().create_db())

"""Create the tables of JupyterHub."""

import os

from jupyterhub.orm import new_session_factory

new_session_factory(os.environ["DATABASE_URL"])

"""Create the tables of Optuna's storage."""

import os

from optuna.storages import RDBStorage

RDBStorage(os.environ["DATABASE_URL"])

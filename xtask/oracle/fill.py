"""Fill the database of DATABASE_URL, whose tables some release of Airflow has made: `fill.py RUNS`. `fill.py CASE`
adds the rows of a case to one that is filled.

Every table gets rows, with references that hold. Each column that may be NULL is NULL in some rows and has a value in
others; a column or a table that stays without fails. The same number of runs makes the same rows every time.

`data_rows.py` says what the rows are, and `data_hard.py` which rows the real Airflow fails on.
"""

import os
import sys

import sqlalchemy as sa

import data_hard
import data_rows
from data_filler import Filler


def main():
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
        filler = Filler(connection)
        if sys.argv[1] in data_hard.CASES:
            data_hard.CASES[sys.argv[1]](filler)
        else:
            data_rows.fill(filler, int(sys.argv[1]))
            filler.expect_all_filled()
        filler.set_sequences()
    engine.dispose()


main()

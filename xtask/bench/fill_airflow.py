"""Fills the database of DATABASE_URL, which is at Airflow 2.10.3, with so many task instances.

Every hundred of them are a run, of one of a hundred DAGs; a tenth have an xcom and rendered fields, a fiftieth was
rescheduled, a fiftieth failed once, and each has a line in the log.
"""

import os
import sys

import sqlalchemy as sa

PER_RUN = 100
DAGS = 100
ROWS_PER_STATEMENT = 100_000

url = sa.make_url(os.environ["DATABASE_URL"])
kind = url.get_backend_name()
count = int(sys.argv[1])
engine = sa.create_engine(url)


def concatenated(*parts):
    return f"concat({', '.join(parts)})" if kind == "mysql" else f"({' || '.join(parts)})"


def text(number):
    return f"CAST({number} AS {'CHAR' if kind == 'mysql' else 'VARCHAR'})"


NOW = "'2024-11-01 12:00:00.123456" + ("+00:00'" if kind == "postgresql" else "'")
DAG = concatenated("'dag_'", text(f"run % {DAGS}"))
RUN = concatenated("'scheduled__'", text("run"))
TASK = concatenated("'task_'", text("task"))
BYTES = "convert_to('{\"a\": [1, null]}', 'UTF8')" if kind == "postgresql" else "'{\"a\": [1, null]}'"
DATE = {
    "postgresql": f"CAST({NOW} AS timestamptz) + run * interval '1 minute'",
    "mysql": f"CAST({NOW} AS datetime(6)) + INTERVAL run MINUTE",
    "sqlite": f"datetime('2024-11-01 12:00:00', '+' || run || ' minutes')",
}[kind]

#: Each with the table it fills, its columns, what it selects, and which tasks it is of.
FILLED = [
    ("task_instance", "dag_id, run_id, task_id, pool, pool_slots, try_number, state, start_date, end_date, duration",
     f"{DAG}, {RUN}, {TASK}, 'default_pool', 1, 1 + task % 3, 'success', {NOW}, {NOW}, 1.5", "1 = 1"),
    ("xcom", "dag_run_id, task_id, {key}, dag_id, run_id, {timestamp}, value",
     f"run + 1, {TASK}, 'return_value', {DAG}, {RUN}, {NOW}, {BYTES}", "task % 10 = 0"),
    ("rendered_task_instance_fields", "dag_id, run_id, task_id, rendered_fields",
     f"{DAG}, {RUN}, {TASK}, '{{\"command\": \"true\"}}'", "task % 10 = 0"),
    ("task_reschedule", "dag_id, run_id, task_id, map_index, try_number, start_date, end_date, duration, reschedule_date",
     f"{DAG}, {RUN}, {TASK}, -1, 1, {NOW}, {NOW}, 1, {NOW}", "task % 50 = 0"),
    ("task_fail", "dag_id, run_id, task_id, map_index, start_date, end_date, duration",
     f"{DAG}, {RUN}, {TASK}, -1, {NOW}, {NOW}, 1", "task % 50 = 0"),
    ("log", "dttm, dag_id, run_id, task_id, map_index, event, execution_date, owner",
     f"{NOW}, {DAG}, {RUN}, {TASK}, -1, 'success', {NOW}, 'airflow'", "1 = 1"),
]


def numbers(name, first, end):
    if kind == "postgresql":
        return f"(SELECT generate_series({first}, {end - 1}) AS {name}) AS the_{name}"
    return (f"(WITH RECURSIVE up AS (SELECT {first} AS n UNION ALL SELECT n + 1 FROM up WHERE n < {end - 1}) "
            f"SELECT n AS {name} FROM up) AS the_{name}")


with engine.begin() as connection:
    if kind == "mysql":
        connection.execute(sa.text("SET SESSION cte_max_recursion_depth = 10000000"))
    runs = max(count // PER_RUN, 1)
    connection.execute(sa.text(
        "INSERT INTO dag (dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs) "
        f"SELECT {concatenated(chr(39) + 'dag_' + chr(39), text('run'))}, 16, {'0' if kind != 'postgresql' else 'false'}, 0 "
        f"FROM {numbers('run', 0, DAGS)}"))
    connection.execute(sa.text(
        "INSERT INTO dag_run (id, dag_id, run_id, execution_date, run_type, state, conf) "
        f"SELECT run + 1, {DAG}, {RUN}, {DATE}, 'scheduled', 'success', NULL FROM {numbers('run', 0, runs)}"))
    if kind == "postgresql":
        connection.execute(sa.text(f"SELECT setval('dag_run_id_seq', {runs})"))

quoted = {name: engine.dialect.identifier_preparer.quote(name) for name in ("key", "timestamp")}
if kind == "mysql":
    quoted = {name: f"`{name}`" for name in quoted}
for table, columns, selected, which in FILLED:
    step = ROWS_PER_STATEMENT // PER_RUN
    for first in range(0, runs, step):
        with engine.begin() as connection:
            if kind == "mysql":
                connection.execute(sa.text("SET SESSION cte_max_recursion_depth = 10000000"))
            connection.execute(sa.text(
                f"INSERT INTO {table} ({columns.format(**quoted)}) SELECT {selected} "
                f"FROM {numbers('run', first, min(first + step, runs))} "
                f"CROSS JOIN {numbers('task', 0, PER_RUN)} WHERE {which}"))
with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
    if kind != "mysql":
        connection.execute(sa.text("ANALYZE"))

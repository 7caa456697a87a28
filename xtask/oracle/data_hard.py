"""Rows that the real Airflow fails on, or loses: each case adds some to a small database, or changes some.

A name says what the rows have. `xtask/src/oracle/data/hard.rs` says what has to come of each.
"""

import pickle
import zlib

from data_filler import Raw, some_uuid


class Thing:
    """What only Python can read."""


def run(filler):
    """The values of the table that task instances refer to, of some run."""
    quote = filler.connection.dialect.identifier_preparer.quote
    names = ("dag_id", "task_id", "run_id", "map_index")
    found = filler.connection.exec_driver_sql(
        f"SELECT {', '.join(map(quote, names))} FROM task_instance ORDER BY {', '.join(map(quote, names))}").first()
    dag_run = filler.connection.exec_driver_sql(
        "SELECT id FROM dag_run WHERE dag_id = {0} AND run_id = {0}".format("?" if filler.dialect == "sqlite" else "%s"),
        (found.dag_id, found.run_id)).scalar()
    return dict(zip(names, found)) | {"dag_run_id": dag_run}


def xcom(*values):
    def case(filler):
        key = run(filler)
        filler.put("xcom", [key | {"key": f"hard {at}", "value": Raw(value)} for at, value in enumerate(values)])

    return case


def confs(*values):
    def case(filler):
        for at, value in enumerate(values):
            change(filler, "dag_run", "conf", value, at + 1)

    return case


def change(filler, table, column, value, id):
    place = "?" if filler.dialect == "sqlite" else "%s"
    statement = f"UPDATE {table} SET {column} = {place} WHERE id = {place}"
    filler.connection.exec_driver_sql(statement, (value, id))


def dataset_uri(filler):
    filler.put("dataset", [{"id": 900, "uri": "s3://" + "u" * 2000, "extra": {}, "is_orphaned": False}])


def alias_name(filler):
    filler.put("dataset_alias", [{"id": 900, "name": "n" * 2000}])


def teams(filler):
    filler.put("dag_bundle_team", [{"dag_bundle_name": "dags-folder", "team_id": some_uuid("team 0")}])
    filler.put("connection", [{"id": 900, "conn_id": "of a team", "conn_type": "http", "team_id": some_uuid("team 0")}])
    filler.put("variable", [{"id": 900, "key": "of a team", "val": "v", "team_id": some_uuid("team 1")}])
    filler.put("slot_pool", [{"id": 900, "pool": "of a team", "slots": 1, "team_id": some_uuid("team 2")}])


def serialized(data, compressed):
    def case(filler):
        version = some_uuid("version of its own")
        filler.put("dag_version", [{"id": version, "dag_id": "example", "version_number": 900}])
        filler.put("serialized_dag", [{
            "id": some_uuid("serialized of its own"), "dag_id": "example", "dag_version_id": version, "dag_hash": "0" * 32,
            "data": None if data is None else Raw(data), "data_compressed": None if compressed is None else Raw(compressed)}])

    return case


def deadline(callback):
    def case(filler):
        filler.put("deadline", [{
            "id": some_uuid("deadline of its own"), "dagrun_id": 1, "callback": Raw(callback), "callback_state": None}])

    return case


CASES = {
    "xcom that is empty": xcom(b""),
    "xcom that is no JSON": xcom(b"plain text", b'{"cut": "off', b"[1, 2,]", b"undefined"),
    "xcom with half a surrogate pair": xcom(b'"\\ud83e"', b'{"\\udd86": 1}'),
    "xcom with 1e400": xcom(b"1e400", b'{"n": -1e400}'),
    "xcom that is no UTF-8": xcom(b'"\xff\xfe"', b"\xc3"),
    "xcom with NaN beside something broken": xcom(b'["NaN", NaN, "\\ud83e"]', b'{"NaN": NaN'),
    "xcom pickled by old protocols": xcom(pickle.dumps({"a": 1}, protocol=0), pickle.dumps([1.5], protocol=1)),
    "xcom nested 300 deep": xcom(b"[" * 300 + b"]" * 300),
    "conf that is no plain data": confs(pickle.dumps(Thing()), pickle.dumps({1, 2}), pickle.dumps({"b": b"\xff"}), b"junk", b""),
    "conf with NaN, NUL and keys that are no texts": confs(
        pickle.dumps({"n": float("nan"), "i": -float("inf")}), pickle.dumps({"a\0b": "\0"}), pickle.dumps({1: 2, None: 3, True: 4})),
    "dataset URI of 2,000 characters": dataset_uri,
    "dataset alias of 2,000 characters": alias_name,
    "bundle, connection, variable and pool of a team": teams,
    "serialized DAG with a NUL": serialized('{"__version": 2, "dag": {"doc_md": "a \\u0000 b"}}', None),
    "serialized DAG that is not compressed so": serialized(None, b"not zlib"),
    "serialized DAG whose compressed text is no JSON": serialized(None, zlib.compress(b"{")),
    "serialized DAG without anything": serialized(None, None),
    "serialized DAG with odd deadlines": serialized(
        '{"__version": 2, "dag": {"deadline": [1, "text", {"__var": {}}, {"reference": {}, "interval": "x", "callback": 1}]}}', None),
    "deadline with a callback that is no mapping": deadline('"text"'),
    "deadline with a callback without a path": deadline('{"__data__": {"kwargs": null}}'),
}

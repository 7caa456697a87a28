"""Compare the rows of two databases of Airflow: LEFT_URL, made by the real one, and RIGHT_URL, made by ours.

A line of JSON says for each table how many rows each side has, how many of them only one side has, and in which columns
rows of the same key differ: `{"tables": {name: {"left", "right", "only_left", "only_right", "columns", "generated"}}}`.

- JSON is compared by value, a compressed or a pickled one, too; times by the moment.
- Ids that a migration made up (`MADE_UP`) are replaced by what they stand for, wherever they are referred to. Two rows
  with what should be one id differ then, and so do two ids of one row.
- Times that lie after SINCE (seconds) are those of the migration, and equal.
- With IN_ANY_ORDER the deadlines of a DAG have no order: the real downgrade gives them none.
- A hash of a serialized DAG that is that of its data is equal to another that is that of its data.
"""

import copy
import datetime
import functools
import importlib.util
import io
import json
import os
import pickle
import re
import zlib
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from data_filler import texts_of_json

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
TRY = ("dag_id", "task_id", "run_id", "map_index", "try_number")
WHILE_MIGRATING = "while migrating"
# Ids, and by what of its row each is known. A later one may be known by an earlier one.
MADE_UP = (
    ("team", "id", ("name",)),
    ("task_instance", "id", TRY[:4]),
    ("task_instance_history", "task_instance_id", TRY),
    ("task_instance_history", "try_id", TRY),
    ("task_instance_history", "id", TRY),
    ("dag_version", "id", ("dag_id", "version_number")),
    ("serialized_dag", "id", ("dag_version_id",)),
    ("dag_code", "id", ("dag_version_id",)),
    ("deadline_alert", "id", ("serialized_dag_id", "reference", "interval", "callback_def")),
)
# Where ids stand that have another name there.
REFERENCES = {
    "ti_id": "task_instance", "dag_version_id": "dag_version", "created_dag_version_id": "dag_version",
    "serialized_dag_id": "serialized_dag", "deadline_alert_id": "deadline_alert", "team_id": "team",
    "ti_history_id": "task_instance_history",
}


def main():
    since = datetime.datetime.fromtimestamp(float(os.environ["SINCE"]), datetime.timezone.utc)
    left, right = (Side(os.environ[name], since) for name in ("LEFT_URL", "RIGHT_URL"))
    names = sorted({*left.tables, *right.tables})
    print(json.dumps({"tables": {name: compared(name, left, right) for name in names}}))


class Table:
    def __init__(self, columns, key, rows):
        self.columns, self.key, self.rows = columns, key, rows


class Side:
    """The rows of a database, in a form in which those of two can be compared."""

    def __init__(self, url, since):
        self.since, self.tables, self.ids = since, {}, {}
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            if engine.dialect.name == "mysql":
                connection.exec_driver_sql("SET time_zone = '+00:00'")
            inspector = sa.inspect(connection)
            self.json_texts = texts_of_json(connection)
            for name in inspector.get_table_names():
                if name not in ("alembic_version", "sqlite_sequence") and not name.startswith("_dunlin"):
                    self.tables[name] = self.read(connection, inspector, name)
        if "log" in self.tables:
            # The real one notes what it was told to do.
            log = self.tables["log"]
            log.rows = [row for row in log.rows if row["dttm"] != WHILE_MIGRATING]
        self.know_callbacks()
        for table, column, by in MADE_UP:
            self.know(table, column, by)
        for name, table in self.tables.items():
            for row in table.rows:
                self.replace(name, row)
                if name == "serialized_dag":
                    self.serialized(row)

    def read(self, connection, inspector, name):
        columns = {column["name"]: column["type"] for column in inspector.get_columns(name)}
        quote = connection.dialect.identifier_preparer.quote
        json_as_text = connection.dialect.name == "postgresql"
        wanted = ", ".join(
            quote(column) + ("::text" if json_as_text and kind_of(type) == "json" else "")
            for column, type in columns.items())
        found = connection.exec_driver_sql(f"SELECT {wanted} FROM {quote(name)}").fetchall()
        kinds = [
            (column, "json" if (name, column) in self.json_texts else kind_of(type), getattr(type, "length", None))
            for column, type in columns.items()]
        rows = [
            {column: self.value(kind, length, value) for (column, kind, length), value in zip(kinds, row)}
            for row in found]
        if name == "serialized_dag":
            for row, values in zip(rows, found):
                row["__data"] = serialized_data(dict(zip(columns, values)))
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        return Table(list(columns), key, rows)

    def value(self, kind, length, value):
        if value is None:
            return None
        match kind:
            case "json":
                return json_value(value)
            case "bytes":
                return bytes_value(bytes(value))
            case "time":
                return self.time(value)
            case "bool":
                return int(value)
            case "float":
                return float(value)
        if length in (32, 36) or kind == "uuid":
            text = str(value)
            if UUID.fullmatch(text):
                return Id(text.replace("-", ""), "dashes" if "-" in text and kind != "uuid" else "")
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def time(self, value):
        if not isinstance(value, datetime.datetime):
            try:
                value = datetime.datetime.fromisoformat(str(value))
            except ValueError:
                return f"no time: {value}"
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        value = value.astimezone(datetime.timezone.utc)
        return WHILE_MIGRATING if value >= self.since else value.isoformat(" ", "microseconds")

    def know_callbacks(self):
        """A callback is that of the deadline that refers to it."""
        if "callback" in self.tables and "deadline" in self.tables:
            self.ids["callback"] = {
                row["callback_id"].id: f"callback of deadline {row['id'].id}" for row in self.tables["deadline"].rows}

    def know(self, table, column, by):
        if table not in self.tables or column not in self.tables[table].columns:
            return
        if not all(name in self.tables[table].columns for name in by):
            return
        known = self.ids.setdefault(table, {})
        for row in self.tables[table].rows:
            known[plain(row[column])] = f"{table} {[self.named(name, row[name]) for name in by]}"

    def named(self, column, value):
        known = self.ids.get(REFERENCES.get(column, ""), {})
        return known.get(plain(value), value if not isinstance(value, Id) else value.id)

    def replace(self, table, row):
        own = {name: table for of, name, _ in MADE_UP if of == table}
        if table == "callback":
            own = {"id": "callback"}
        if table == "deadline":
            own = {"callback_id": "callback"}
        row["__raw"] = {}
        for column, value in list(row.items()):
            refers = own.get(column) or REFERENCES.get(column)
            if refers and value is not None and refers in self.ids:
                form = value.form if isinstance(value, Id) else ""
                row["__raw"][column] = plain(value)
                row[column] = f"{self.ids[refers].get(plain(value), f'nothing: {value}')} {form}".strip()
            elif isinstance(value, Id):
                row[column] = f"{value.id} {value.form}".strip()

    def serialized(self, row):
        data = row.pop("__data")
        if data is None:
            return
        if row["dag_hash"] == hash_of(data):
            row["dag_hash"] = "that of its data"
        known = self.ids.get("deadline_alert", {})
        deadlines = data.get("dag", {}).get("deadline")
        if isinstance(deadlines, list):
            deadlines = [known.get(item.replace("-", ""), item) if isinstance(item, str) else item for item in deadlines]
            if "IN_ANY_ORDER" in os.environ:
                deadlines.sort(key=canonical)
            data["dag"]["deadline"] = deadlines
            column = "data" if row.get("data") else "data_compressed"
            row[column] = f"{row[column].split(' ', 1)[0]} {canonical(data)}"


class Id:
    """A UUID, and how it is written."""

    def __init__(self, id, form):
        self.id, self.form = id, form

    def __repr__(self):
        return self.id


def plain(value):
    return value.id if isinstance(value, Id) else value


def kind_of(type):
    name = type.__class__.__name__.upper()
    kinds = {
        "json": ("JSON",), "bool": ("BOOL", "TINYINT"), "float": ("DOUBLE", "FLOAT", "REAL"), "uuid": ("UUID",),
        "time": ("TIMESTAMP", "DATETIME"), "bytes": ("BLOB", "BYTEA", "BINARY")}
    return next((kind for kind, words in kinds.items() if any(word in name for word in words)), "other")


def json_value(value):
    # A number as JSON is a number to SQLite.
    value = json.dumps(value) if isinstance(value, int | float) else value
    try:
        return f"json {canonical(json.loads(value))}"
    except ValueError:
        return f"not json {value!r}"


def bytes_value(value):
    if value[:1] == b"\x80":
        try:
            return f"pickle {pickled(PlainUnpickler(io.BytesIO(value)).load())}"
        except Exception as error:
            return f"bytes {value.hex()} {type(error).__name__}"
    try:
        return f"zlib {canonical(json.loads(zlib.decompress(value)))}"
    except (zlib.error, ValueError):
        pass
    try:
        return f"json {canonical(json.loads(value))}"
    except ValueError:
        return f"bytes {value.hex()}"


class PlainUnpickler(pickle.Unpickler):
    """Of plain data, which names no class."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name}")


def pickled(value):
    """A text that is the same for equal values; a dict's keys have no order."""
    match value:
        case dict():
            return "{" + ", ".join(sorted(f"{pickled(key)}: {pickled(item)}" for key, item in value.items())) + "}"
        case list() | tuple():
            return f"{type(value).__name__}({', '.join(map(pickled, value))})"
        case bool() | None | str() | bytes():
            return repr(value)
        case int() | float():
            return repr(number(value))
    return f"{type(value).__name__} {value!r}"


def number(value):
    """Whole numbers alike, whether they are floating point or not."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def canonical(value):
    def even(value):
        match value:
            case dict():
                return {key: even(item) for key, item in value.items()}
            case list():
                return [even(item) for item in value]
            case bool():
                return value
            case int() | float():
                return number(value)
        return value

    return json.dumps(even(value), sort_keys=True)


def serialized_data(row):
    """A serialized DAG, if it can be read."""
    try:
        return json.loads(row["data"] if row["data_compressed"] is None else zlib.decompress(row["data_compressed"]))
    except (TypeError, ValueError, zlib.error):
        return None


@functools.cache
def airflows_hash():
    import airflow.migrations

    [path] = (Path(airflow.migrations.__file__).parent / "versions").glob("0101_*.py")
    spec = importlib.util.spec_from_file_location("revision_0101", path)
    revision = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(revision)
    return revision.hash_dag


def hash_of(data):
    """As Airflow's own revision makes it."""
    return airflows_hash()(copy.deepcopy(data))


def compared(name, left, right):
    left, right = left.tables.get(name), right.tables.get(name)
    result = {"left": None if left is None else len(left.rows), "right": None if right is None else len(right.rows),
              "only_left": 0, "only_right": 0, "columns": {}, "generated": [], "example": None}
    if left is None or right is None:
        return result
    key = left.key or left.columns
    lefts, left_twice = by_key(left.rows, key)
    rights, right_twice = by_key(right.rows, key)
    if left_twice or right_twice:
        result["columns"]["(key)"] = {"count": left_twice + right_twice, "left": left_twice, "right": right_twice}
    result["only_left"] = sum(key not in rights for key in lefts)
    result["only_right"] = sum(key not in lefts for key in rights)
    if result["only_left"] and result["only_right"]:
        result["example"] = [shown(next(key for key in one if key not in other)) for one, other in ((lefts, rights), (rights, lefts))]
    generated = Counter()
    for key, one in lefts.items():
        other = rights.get(key)
        if other is None:
            continue
        for column in {*left.columns, *right.columns}:
            values = one.get(column), other.get(column)
            if values[0] != values[1]:
                found = result["columns"].setdefault(
                    column, {"count": 0, "left": shown(values[0]), "right": shown(values[1])})
                found["count"] += 1
        generated.update(
            column for column, value in one["__raw"].items() if other["__raw"].get(column) != value)
    result["generated"] = sorted(generated)
    return result


def by_key(rows, key):
    found = {}
    for row in rows:
        found[tuple(repr(row[column]) for column in key)] = row
    return found, len(rows) - len(found)


def shown(value):
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)})"


main()

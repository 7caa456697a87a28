"""What fills the tables of a database: see `fill.py`."""

import datetime
import json
import pickle
import sys
import uuid
import zlib

import sqlalchemy as sa

NOT_FILLED = ("alembic_version", "sqlite_sequence")
# Which team owns something: the real one does not come to 3.2 and back with rows that say so (see `data_hard.py`).
LEFT_NULL = ("team_id",)
LEFT_EMPTY = ("dag_bundle_team",)
START = datetime.datetime(2024, 2, 28, 22, 59, 58, 1, tzinfo=datetime.timezone.utc)
ZONES = [datetime.timezone(datetime.timedelta(minutes=minutes)) for minutes in (0, 60, -480, 345, 840)]

# What people write into fields that take any text.
TEXTS = (
    "plain",
    "an emoji 🦆, 名前, Ünïcode",
    "a quote's \"double\" and `back`",
    "back\\slash \\n \\u0041 %s {x} :name ?",
    "trailing space ",
    "\ttabs\nand lines\r\n",
    "",
    "null",
    "100% _like_ -- /* no comment */ ;",
    "x" * 190,
)
JSONS = (
    {},
    [],
    {"a": 1, "b": [1.5, None, True, "x"], "ü": {"deep": [[[{"er": "🦆"}]]]}},
    "a text",
    0,
    -17.25,
    True,
    ["trailing ", "quote's", "double\"", "back\\slash", "\ttab\nline"],
    {"": "empty key", "key with space ": 2**53 + 1, "small": 1e-7, "large": 1.5e300},
)


def moment(number):
    """A time with microseconds in some zone; a later one for a greater number."""
    step = datetime.timedelta(minutes=7, seconds=number % 50, microseconds=(number * 7919) % 1_000_000)
    return (START + number * datetime.timedelta(minutes=8) + step).astimezone(ZONES[number % len(ZONES)])


class Column:
    """What kind of values a column takes."""

    def __init__(self, reflected):
        self.name, self.nullable = reflected["name"], reflected["nullable"]
        kind = reflected["type"]
        self.length = getattr(kind, "length", None)
        self.character_set = (getattr(kind, "collation", None) or "utf8mb4").split("_")[0]
        name = type(kind).__name__.upper()
        self.kind = next(
            kind for kind, words in {
                "json": ("JSON",),
                "bool": ("BOOL", "TINYINT"),
                "int": ("INT",),
                "float": ("DOUBLE", "FLOAT", "REAL", "NUMERIC"),
                "time": ("TIMESTAMP", "DATETIME"),
                "bytes": ("BLOB", "BYTEA", "BINARY"),
                "uuid": ("UUID",),
                "text": ("",),
            }.items() if any(word in name for word in words)
        )


def texts_of_json(connection):
    """MariaDB keeps JSON as text with a check: tables and columns that have it."""
    if connection.dialect.name != "mysql" or not connection.dialect.is_mariadb:
        return set()
    found = connection.exec_driver_sql(
        "SELECT table_name, constraint_name FROM information_schema.check_constraints"
        " WHERE constraint_schema = database() AND check_clause LIKE 'json_valid(%%'")
    return {tuple(row) for row in found}


class Filler:
    def __init__(self, connection):
        self.connection, self.dialect = connection, connection.dialect.name
        inspector = sa.inspect(connection)
        json_texts = texts_of_json(connection)
        self.tables = {}
        for table in sorted(inspector.get_table_names()):
            if table not in NOT_FILLED:
                columns = [Column(reflected) for reflected in inspector.get_columns(table)]
                self.tables[table] = {column.name: column for column in columns}
                for column in columns:
                    if (table, column.name) in json_texts:
                        column.kind = "json"
        self.count, self.seen = 0, {}

    def has(self, table, column=None):
        return table in self.tables and (column is None or column in self.tables[table])

    def put(self, table, rows):
        """Inserts rows: what they say of columns that the table has, and something for the columns they leave out."""
        if table not in self.tables or not rows:
            return
        columns = self.tables[table]
        values = []
        for row in rows:
            self.count += 1
            values.append([
                self.encode(column, row[name] if name in row else self.anything(column))
                for name, column in columns.items()
            ])
        seen = self.seen.setdefault(table, {name: set() for name in columns})
        for at, name in enumerate(columns):
            seen[name].update(row[at] is None for row in values)
        quote = self.connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in columns)
        places = ", ".join(["?" if self.dialect == "sqlite" else "%s"] * len(columns))
        # Rows of one statement must not be too many for the server.
        for at in range(0, len(values), 500):
            self.connection.exec_driver_sql(
                f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", [tuple(row) for row in values[at:at + 500]])

    def clear(self, table):
        if table in self.tables:
            self.connection.exec_driver_sql(f"DELETE FROM {table}")

    def encode(self, column, value):
        if value is None:
            return None
        if column.kind == "json" and not isinstance(value, Raw):
            return json.dumps(value, ensure_ascii=self.count % 2 == 0)
        match value:
            case Raw():
                return value.value
            case datetime.datetime():
                if self.dialect == "postgresql":
                    return value
                value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
                return value.isoformat(" ", "microseconds") if self.dialect == "sqlite" else value
            case uuid.UUID():
                return value.hex if column.length == 32 else str(value)
            case dict() | list():
                return json.dumps(value)
            case str():
                return self.text(column, value)
        return value

    def text(self, column, value):
        """What the column takes of a text."""
        if self.dialect == "mysql" and column.character_set in ("latin1", "utf8mb3", "utf8"):
            known = 0x7F if column.character_set == "latin1" else 0xFFFF
            value = "".join(letter if ord(letter) <= known else "?" for letter in value)
        return value[:column.length] if column.length else value

    def anything(self, column):
        number = self.count
        # A hash, so that it does not go in step with what the rows say.
        if column.nullable and zlib.crc32(f"{column.name} {number}".encode()) % 3 == 0:
            return None
        match column.kind:
            case "json":
                return JSONS[number % len(JSONS)]
            case "bool":
                return number % 2 == 0
            case "int":
                return number % 1000
            case "float":
                return number * 0.37
            case "time":
                return moment(number)
            case "bytes":
                return pickle.dumps(JSONS[number % len(JSONS)], protocol=2 + number % 4)
            case "uuid":
                return some_uuid(f"{column.name} {number}")
        return TEXTS[number % len(TEXTS)]

    def expect_all_filled(self):
        wrong = [f"{table} has no rows" for table in self.tables if table not in self.seen and table not in LEFT_EMPTY]
        for table, columns in self.seen.items():
            for name, nulls in columns.items():
                if nulls == {True} and name not in LEFT_NULL:
                    wrong.append(f"{table}.{name} is always NULL")
                elif True not in nulls and self.tables[table][name].nullable:
                    wrong.append(f"{table}.{name} is never NULL")
        if wrong:
            sys.exit("\n".join(wrong))

    def set_sequences(self):
        """The next numbers come behind those that were given."""
        if self.dialect != "postgresql":
            return
        for table, columns in self.tables.items():
            if "id" in columns and columns["id"].kind == "int":
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0")


class Raw:
    """A value that stands in the database as it is."""

    def __init__(self, value):
        self.value = value


def some_uuid(name):
    """The same id for the same name, as version 7 has it."""
    number = uuid.uuid5(uuid.NAMESPACE_OID, name).int
    number &= ~(0xF << 76)
    return uuid.UUID(int=number | 7 << 76)

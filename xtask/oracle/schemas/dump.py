"""Print the objects of DATABASE_URL in the database's own words, as JSON: {"server", "objects": [[kind, name, text]]}.

What pg_dump, SHOW CREATE and sqlite_master say. Only what two equal databases may differ in is evened out: the order
of objects and of the constraints and keys of a table, the next AUTO_INCREMENT value, the database's name, and for
SQLite, which keeps the text as it was typed, everything that is only typing (see sqlite_text.py).
"""

import json
import os
import re
import sys
from pathlib import Path

import sqlalchemy as sa

import sqlite_text

sys.path.insert(0, str(Path(__file__).parent.parent))
import dump as words  # noqa: E402

VERSION = {"postgresql": "SHOW server_version", "mysql": "SELECT version()", "sqlite": "SELECT sqlite_version()"}


def main():
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    name = engine.dialect.name
    with engine.connect() as connection:
        server = connection.exec_driver_sql(VERSION[name]).scalar()
        objects = {"postgresql": postgres, "mysql": mysql, "sqlite": sqlite}[name](connection)
        print(json.dumps({"server": server, "objects": list(objects)}))


# PostgreSQL ----------------------------------------------------------------------------------------------

HEAD = re.compile(r"^--\n-- Name: (.*?); Type: (.*?); Schema: (.*?); Owner:.*\n--\n", re.M)


def postgres(connection):
    parts = HEAD.split(words.pg_dump(connection))
    settings = ("SET ", "\\", "SELECT pg_catalog.set_config(", "--")
    blocks = []
    for name, kind, schema, text in zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4]):
        lines = [line for line in text.strip().splitlines() if line and not line.startswith(settings)]
        blocks.append([kind, name if schema in ("public", "-") else f"{schema}.{name}", "\n".join(lines)])
    owned = {name for kind, name, _ in blocks if kind == "SEQUENCE OWNED BY"}
    for kind, name, text in blocks:
        if kind == "SEQUENCE" and text.startswith("CREATE SEQUENCE") and name not in owned:
            kind = "SEQUENCE of no column"
        elif kind == "TYPE" and " AS ENUM " not in text:
            kind = "TYPE that is no enum"
        elif kind == "COMMENT":
            kind = f"COMMENT on {name.split(' ')[0].lower()}"
        elif kind == "TABLE":
            text = table(text)
            if "\nPARTITION BY" in text:
                kind = "TABLE in partitions"
            elif "\nINHERITS (" in text:
                kind = "TABLE that inherits"
            text, *targets = text.split("\nALTER TABLE ")
            for target in targets:
                yield ["STATISTICS of a column", target, ""]
        yield [kind, name, text]


def table(text):
    """The constraints of a table have no order."""
    first, *items, last = text.splitlines()
    if first.endswith(";"):
        return text
    end = [last]
    while items and not items[-1].startswith("    "):
        end.insert(0, items.pop())
    items = [item.rstrip(",") for item in items]
    constraints = sorted(item for item in items if item.startswith("    CONSTRAINT "))
    return "\n".join([first, *(item for item in items if item not in constraints), *constraints, *end])


# MySQL and MariaDB ---------------------------------------------------------------------------------------


# What is printed where it was said, and means what is meant where it was not.
MEANS_NOTHING = {
    "NO ACTION that is said": r" ON (?:DELETE|UPDATE) NO ACTION",
    "BTREE that is said": r" USING BTREE",
}
INTEGER = re.compile(r"(`[^`]+`) ((?:tiny|small|medium|big)?int)\((\d+)\)( unsigned)?(?! zerofill)")
WIDTHS = {"tinyint": (4, 3), "smallint": (6, 5), "mediumint": (9, 8), "int": (11, 10), "bigint": (20, 20)}


def mysql(connection):
    database = connection.engine.url.database
    show = lambda sql, at: connection.exec_driver_sql(sql).one()[at].replace(f"`{database}`.", "")  # noqa: E731
    names = connection.exec_driver_sql("SHOW FULL TABLES").all()
    for name, kind in names:
        quoted = "`" + name.replace("`", "``").replace("%", "%%") + "`"
        if kind == "VIEW":
            text = show(f"SHOW CREATE VIEW {quoted}", 1)
            yield ["VIEW", name, re.sub(r" DEFINER=\S+", "", text)]
        elif kind == "SEQUENCE":
            yield ["SEQUENCE", name, show(f"SHOW CREATE TABLE {quoted}", 1)]
        else:
            text = show(f"SHOW CREATE TABLE {quoted}", 1)
            text, *partitions = re.split(r"(?=\n/\*!\d+ PARTITION BY|\n PARTITION BY)", text)
            text = words.mysql_table(text) + "".join(partitions)
            for nothing, what in MEANS_NOTHING.items():
                text, found = re.subn(what, "", text)
                yield from ([nothing, f"{name} {number}", ""] for number in range(found))
            for column, type_, width, unsigned in INTEGER.findall(text):
                # MariaDB shows integers so wide; tinyint(1) is what it has for BOOLEAN.
                if int(width) != WIDTHS[type_][bool(unsigned)] and (type_, width) != ("tinyint", "1"):
                    yield ["WIDTH of an integer", f"{name} {column}", ""]
            text = INTEGER.sub(without_width, text)
            yield ["TABLE in partitions" if partitions else "TABLE", name, text]
    for kind, table_, columns in (
        ("TRIGGER", "triggers", "trigger_schema, trigger_name"),
        ("ROUTINE", "routines", "routine_schema, routine_name"),
        ("EVENT", "events", "event_schema, event_name"),
    ):
        query = f"SELECT {columns} FROM information_schema.{table_}"
        for schema, name in connection.exec_driver_sql(query):
            if schema == database:
                yield [kind, name, ""]


def without_width(found):
    column, type_, width, unsigned = found.groups(default="")
    return found[0] if (type_, width) == ("tinyint", "1") else f"{column} {type_}{unsigned}"


# SQLite --------------------------------------------------------------------------------------------------


def sqlite(connection):
    listed = connection.exec_driver_sql("PRAGMA main.table_list").mappings().all()
    shadows = {row["name"] for row in listed if row["type"] == "shadow"}
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%%' ESCAPE '\\'"
    for kind, name, table_, sql in connection.exec_driver_sql(query).all():
        if table_ in shadows:
            yield ["TABLE of a virtual table", name, sql or ""]
        elif kind == "table" and re.match(r"CREATE\s+VIRTUAL\b", sql, re.I):
            yield ["VIRTUAL TABLE", name, sql]
        elif kind == "table":
            yield ["TABLE", name, "\n".join([sqlite_text.table(sql), *understood(connection, name)])]
        elif kind == "index":
            yield ["INDEX", name, sqlite_text.index(sql)]
        else:
            yield [kind.upper(), name, sqlite_text.plain(sql)]


def understood(connection, name):
    """What SQLite made of a table's text."""
    query = "SELECT count(*) FROM pragma_table_info(?) WHERE pk"
    one = connection.exec_driver_sql(query, (name,)).scalar() == 1
    for pragma in ("table_xinfo", "foreign_key_list", "table_list"):
        lines = []
        for row in connection.exec_driver_sql(f"SELECT * FROM pragma_{pragma}(?)", (name,)).mappings():
            row = {key: value for key, value in row.items() if key not in ("id", "schema")}
            if pragma == "table_xinfo":
                row["type"] = row["type"].upper()
                row["notnull"] = row["notnull"] == 1 and not (one and row["pk"] and row["type"] == "INTEGER")
                row["dflt_value"] = sqlite_text.default(row["dflt_value"])
            lines.append(f"  {pragma} " + " ".join(f"{key}={value}" for key, value in row.items()))
        yield from sorted(lines)


if __name__ == "__main__":
    main()

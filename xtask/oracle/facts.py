"""Print what is in the database of DATABASE_URL as JSON: the facts a schema is tested against.

Everything comes from the server's own catalogs, and every text is the server's own (types, defaults,
conditions). Tables are sorted by name, columns stand as in the database, the rest is sorted by name.
Whatever implements a constraint is not listed again as an index. MySQL and MariaDB do not tell a unique
constraint from a unique index: both stand under "uniques" there.
"""

import json
import os
import re
from importlib.metadata import version

import sqlalchemy as sa


def main():
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    with engine.connect() as connection:
        reader = READERS[engine.dialect.name]
        server, tables = reader(connection)
    facts = {
        "made_by": {"airflow": version("apache-airflow-core"), "alembic": version("alembic"), "server": server},
        "tables": {name: tables[name] for name in sorted(tables)},
    }
    for table in facts["tables"].values():
        for part in ("uniques", "foreign_keys", "checks", "indexes"):
            table[part].sort(key=lambda item: (item["name"] or "", item.get("columns") or []))
    print(json.dumps(facts, indent=1))


def empty_table():
    return {"columns": [], "primary_key": None, "uniques": [], "foreign_keys": [], "checks": [], "indexes": []}


def rows(connection, query, **parameters):
    return connection.execute(sa.text(query), parameters).mappings().all()


# PostgreSQL ----------------------------------------------------------------------------------------------

ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def postgres(connection):
    tables = {row["relname"]: empty_table() for row in rows(connection, """
        SELECT relname FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace""")}
    for row in rows(connection, """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid) AS "default", a.attidentity <> '' AS identity,
               CASE WHEN a.attcollation <> t.typcollation THEN co.collname END AS collation,
               pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence,
               col_description(c.oid, a.attnum) AS comment
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation co ON co.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
          AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum"""):
        tables[row["relname"]]["columns"].append({
            "name": row["attname"],
            "type": row["type"],
            "nullable": not row["attnotnull"],
            "default": row["default"],
            "collation": row["collation"],
            "autoincrement": row["identity"] or row["sequence"] is not None,
            "comment": row["comment"],
        })
    for row in rows(connection, """
        SELECT c.relname, con.conname, con.contype, r.relname AS referred, con.confdeltype, con.confupdtype,
               pg_get_expr(con.conbin, con.conrelid) AS expression,
               ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY k(n, i)
                     JOIN pg_attribute ON attrelid = con.conrelid AND attnum = k.n ORDER BY k.i) AS columns,
               ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY k(n, i)
                     JOIN pg_attribute ON attrelid = con.confrelid AND attnum = k.n ORDER BY k.i) AS referred_columns
        FROM pg_constraint con
        JOIN pg_class c ON c.oid = con.conrelid
        LEFT JOIN pg_class r ON r.oid = con.confrelid
        WHERE con.connamespace = current_schema()::regnamespace"""):
        table, named = tables[row["relname"]], {"name": row["conname"], "columns": row["columns"]}
        match row["contype"]:
            case "p":
                table["primary_key"] = named
            case "u":
                table["uniques"].append(named)
            case "c":
                table["checks"].append({"name": row["conname"], "expression": row["expression"]})
            case "f":
                table["foreign_keys"].append(named | {
                    "referred_table": row["referred"],
                    "referred_columns": row["referred_columns"],
                    "on_delete": ACTIONS[row["confdeltype"]],
                    "on_update": ACTIONS[row["confupdtype"]],
                })
    for row in rows(connection, """
        SELECT c.relname, i.relname AS name, x.indisunique,
               pg_get_expr(x.indpred, x.indrelid) AS "where",
               ARRAY(SELECT pg_get_indexdef(x.indexrelid, n, false)
                     FROM generate_series(1, x.indnkeyatts) n ORDER BY n) AS columns
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indrelid
        JOIN pg_class i ON i.oid = x.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.indexrelid AND contype IN ('p', 'u', 'x'))"""):
        tables[row["relname"]]["indexes"].append({
            "name": row["name"],
            "columns": [column.strip('"') for column in row["columns"]],
            "unique": row["indisunique"],
            "where": row["where"],
        })
    return "PostgreSQL " + connection.scalar(sa.text("SHOW server_version")), tables


# MySQL and MariaDB ---------------------------------------------------------------------------------------


def mysql(connection):
    server = connection.scalar(sa.text("SELECT version()"))
    mariadb = "MariaDB" in server
    tables = {row["name"]: empty_table() for row in rows(connection, """
        SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = database() AND table_type = 'BASE TABLE'""")}
    for row in rows(connection, """
        SELECT c.table_name AS "table", c.column_name AS name, c.column_type AS type, c.is_nullable AS nullable,
               c.column_default AS "default", c.extra AS extra, c.column_comment AS comment,
               NULLIF(c.collation_name, t.table_collation) AS collation
        FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
        WHERE c.table_schema = database() ORDER BY c.table_name, c.ordinal_position""".replace('"', "`")):
        tables[row["table"]]["columns"].append({
            "name": row["name"],
            "type": text(row["type"]),
            "nullable": row["nullable"] == "YES",
            "default": mysql_default(row, mariadb),
            "collation": row["collation"],
            "autoincrement": "auto_increment" in row["extra"].lower(),
            "comment": text(row["comment"]) or None,
        })
    indexes = {}
    for row in rows(connection, """
        SELECT table_name AS tab, index_name AS name, non_unique AS many, column_name AS col, sub_part AS prefix
        FROM information_schema.statistics
        WHERE table_schema = database() ORDER BY table_name, index_name, seq_in_index"""):
        prefix = "" if row["prefix"] is None else f"({row['prefix']})"
        index = indexes.setdefault((row["tab"], row["name"]), {"unique": not row["many"], "columns": []})
        index["columns"].append(row["col"] + prefix)
    for (table, name), index in indexes.items():
        if name == "PRIMARY":
            tables[table]["primary_key"] = {"name": None, "columns": index["columns"]}
        elif index["unique"]:
            tables[table]["uniques"].append({"name": name, "columns": index["columns"]})
        else:
            tables[table]["indexes"].append(
                {"name": name, "columns": index["columns"], "unique": False, "where": None})
    keys = {}
    for row in rows(connection, """
        SELECT k.table_name AS tab, k.constraint_name AS name, k.column_name AS col,
               k.referenced_table_name AS ref, k.referenced_column_name AS ref_col,
               r.delete_rule AS on_delete, r.update_rule AS on_update
        FROM information_schema.key_column_usage k
        JOIN information_schema.referential_constraints r
          ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
         AND r.table_name = k.table_name
        WHERE k.table_schema = database() ORDER BY k.table_name, k.constraint_name, k.ordinal_position"""):
        key = keys.setdefault((row["tab"], row["name"]), {
            "name": row["name"], "columns": [], "referred_table": row["ref"], "referred_columns": [],
            "on_delete": row["on_delete"], "on_update": row["on_update"]})
        key["columns"].append(row["col"])
        key["referred_columns"].append(row["ref_col"])
    for (table, _), key in keys.items():
        tables[table]["foreign_keys"].append(key)
    # MariaDB names a check within its table, MySQL within its database.
    same_table = "AND c.table_name = t.table_name" if mariadb else ""
    for row in rows(connection, f"""
        SELECT t.table_name AS tab, t.constraint_name AS name, c.check_clause AS expression
        FROM information_schema.table_constraints t
        JOIN information_schema.check_constraints c
          ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name {same_table}
        WHERE t.table_schema = database() AND t.constraint_type = 'CHECK'"""):
        tables[row["tab"]]["checks"].append({"name": row["name"], "expression": text(row["expression"])})
    return f"{'MariaDB' if mariadb else 'MySQL'} {server}", tables


def mysql_default(row, mariadb):
    """MariaDB says NULL where there is no default; MySQL marks an expression, which is put in brackets here."""
    default = text(row["default"])
    if mariadb:
        return None if default == "NULL" else default
    if default is not None and "DEFAULT_GENERATED" in row["extra"] and not default.startswith("CURRENT_TIMESTAMP"):
        return f"({default})"
    return default


def text(value):
    return value.decode() if isinstance(value, bytes) else value


# SQLite --------------------------------------------------------------------------------------------------


def sqlite(connection):
    """The pragmas do not know constraint names, so SQLAlchemy's inspector reads these from the table's SQL."""
    inspector, tables = sa.inspect(connection), {}
    for created in rows(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        name = created["name"]
        table = tables[name] = empty_table()
        for row in rows(connection, "SELECT * FROM pragma_table_info(:name) ORDER BY cid", name=name):
            line = re.search(rf'^[\s,(]*["`\[]?{re.escape(row["name"])}["`\]]?\s.*$', created["sql"] or "", re.M)
            line = line.group(0) if line else ""
            collate = re.search(r'COLLATE\s+"?(\w+)', line, re.I)
            table["columns"].append({
                "name": row["name"],
                "type": row["type"],
                "nullable": not row["notnull"],
                "default": row["dflt_value"],
                "collation": collate and collate.group(1),
                "autoincrement": "AUTOINCREMENT" in line.upper(),
                "comment": None,
            })
        primary = inspector.get_pk_constraint(name)
        if primary["constrained_columns"]:
            table["primary_key"] = {"name": primary["name"], "columns": primary["constrained_columns"]}
        table["uniques"] = [{"name": unique["name"], "columns": unique["column_names"]}
                            for unique in inspector.get_unique_constraints(name)]
        table["checks"] = [{"name": check["name"], "expression": check["sqltext"]}
                           for check in inspector.get_check_constraints(name)]
        for key in inspector.get_foreign_keys(name):
            options = key["options"]
            table["foreign_keys"].append({
                "name": key["name"],
                "columns": key["constrained_columns"],
                "referred_table": key["referred_table"],
                "referred_columns": key["referred_columns"],
                "on_delete": options.get("ondelete", "NO ACTION"),
                "on_update": options.get("onupdate", "NO ACTION"),
            })
        for index in rows(connection, """
            SELECT l.name, l."unique", m.sql FROM pragma_index_list(:name) l
            JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name WHERE l.origin = 'c'""", name=name):
            where = re.search(r"\bWHERE\s+(.*)$", index["sql"], re.I | re.S)
            columns = rows(connection, "SELECT name FROM pragma_index_info(:name) ORDER BY seqno", name=index["name"])
            table["indexes"].append({
                "name": index["name"],
                "columns": [column["name"] for column in columns],
                "unique": bool(index["unique"]),
                "where": where and where.group(1),
            })
    return "SQLite " + connection.scalar(sa.text("SELECT sqlite_version()")), tables


READERS = {"postgresql": postgres, "mysql": mysql, "mariadb": mysql, "sqlite": sqlite}

main()

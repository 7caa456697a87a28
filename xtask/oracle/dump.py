"""Print the database of DATABASE_URL in its own words, as JSON: {"schema": [statement], "rows": [row]}.

The schema is what pg_dump, SHOW CREATE TABLE or sqlite_master say. Only what two equal databases may differ in
is evened out: the order of statements and of the constraints and keys in a statement, the next AUTO_INCREMENT
value, and for SQLite, which keeps the text as it was typed, spaces and quotes. The rows are those that a
migration puts there.
"""

import functools
import json
import os
import re
import subprocess

import sqlalchemy as sa

SEEDED = ("alembic_version", "alembic_version_drt", "slot_pool", "log_template")
NOT_A_COLUMN = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "KEY", "FULLTEXT")


def main():
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    with engine.connect() as connection:
        schema = {"postgresql": postgres, "mysql": mysql, "sqlite": sqlite}[engine.dialect.name](connection)
        print(json.dumps({"schema": sorted(schema), "rows": sorted(rows(connection))}))


def rows(connection):
    present = set(sa.inspect(connection).get_table_names())
    for table in SEEDED:
        if table in present:
            for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings():
                values = {name: value for name, value in row.items() if name != "created_at"}
                yield f"{table}: " + ", ".join(f"{name}={value!r}" for name, value in values.items())


@functools.cache
def bindir():
    return subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()


def pg_dump(connection):
    url = connection.engine.url
    return subprocess.run(
        [f"{bindir()}/pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--no-password",
         f"--host={url.host}", f"--port={url.port or 5432}", f"--username={url.username}", url.database],
        env=os.environ | {"PGPASSWORD": url.password or ""}, capture_output=True, text=True, check=True,
    ).stdout


def postgres(connection):
    noise = ("--", "\\", "SET ", "SELECT pg_catalog.set_config(")
    lines = (line for line in pg_dump(connection).splitlines() if not line.startswith(noise))
    return [statement.strip() for statement in "\n".join(lines).split(";\n") if statement.strip()]


def mysql(connection):
    for table in sa.inspect(connection).get_table_names():
        yield mysql_table(connection.execute(sa.text(f"SHOW CREATE TABLE `{table}`")).one()[1])
    for kind, name in connection.execute(sa.text(
            "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = database()")):
        yield f"{kind} {name}"


def mysql_table(text):
    first, *items, last = text.splitlines()
    items = columns_first([item.strip().rstrip(",") for item in items])
    last = re.sub(r" AUTO_INCREMENT=\d+", "", last)
    return "\n".join([first, *(f"  {item}" for item in items), last])


def sqlite(connection):
    for kind, sql in connection.execute(sa.text("SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL")):
        tokens = re.findall(r"""'(?:[^']|'')*'|"[^"]*"|`[^`]*`|\[[^]]*\]|\w+|[^\s\w]""", sql)
        tokens = [token[1:-1] if token[0] in '"`[' else token for token in tokens]
        if kind != "table":
            yield " ".join(tokens)
            continue
        start, items, depth, end = tokens.index("("), [[]], 0, len(tokens)
        for at, token in enumerate(tokens[start + 1:], start + 1):
            depth += (token == "(") - (token == ")")
            if depth < 0:
                end = at
                break
            if depth == 0 and token == ",":
                items.append([])
            else:
                items[-1].append(token)
        items = columns_first([" ".join(item) for item in items])
        yield "\n".join([" ".join(tokens[:start + 1]), *(f"  {item}" for item in items), " ".join(tokens[end:])])


def columns_first(items):
    """Columns in their order, then everything else sorted."""
    others = [item for item in items if item.startswith(NOT_A_COLUMN)]
    return [item for item in items if item not in others] + sorted(others)


if __name__ == "__main__":
    main()

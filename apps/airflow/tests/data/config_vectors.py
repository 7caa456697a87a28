"""Asks the real Airflow what it reads from each environment and airflow.cfg, and writes config_vectors.json.

Run it with a Python that has apache-airflow-core:
    python config_vectors.py
Each case runs in a directory of its own, written {T} in the JSON; HOME is {T}, AIRFLOW_HOME is {T}/af unless the
case says otherwise (None = not set). DIFFERENT lists, with its reason, what this program does otherwise on
purpose: the values it reads, or None for "refused".
"""

import concurrent.futures
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ASK = r"""
import json, os, warnings
warnings.simplefilter("ignore")
try:
    from airflow.configuration import AIRFLOW_CONFIG, conf
    # The command line refuses this; the library does not look.
    assert not os.path.isdir(AIRFLOW_CONFIG)
    managers = []
    for name in (conf.get("database", "external_db_managers", fallback=None) or "").split(","):
        if name.strip() and name.strip() not in managers:
            managers.append(name.strip())
    schema = conf.get("database", "sql_alchemy_schema")
    answer = {
        "conn": conf.get("database", "sql_alchemy_conn"),
        "managers": managers,
        "schema": None if not schema or schema.isspace() else schema,
    }
except BaseException as error:
    answer = None
print("@@" + json.dumps(answer))
"""

CONN = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
OLD = "AIRFLOW__CORE__SQL_ALCHEMY_CONN"
MANAGERS = "AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS"
SCHEMA = "AIRFLOW__DATABASE__SQL_ALCHEMY_SCHEMA"
A, B = "postgresql://a@h/db", "postgresql://b@h/db"


def db(*lines):
    return "\n".join(["[database]", *lines, ""])


# name: (environment, text of airflow.cfg or None)
CASES = {
    "nothing at all": ({}, None),
    "empty file": ({}, ""),
    "AIRFLOW_HOME not set": ({"AIRFLOW_HOME": None}, None),
    "AIRFLOW_HOME with ~": ({"AIRFLOW_HOME": "~/x"}, None),
    "AIRFLOW_HOME with variable": ({"AIRFLOW_HOME": "${HOME}/$SUB", "SUB": "y"}, None),
    "AIRFLOW_HOME with nested variables": ({"AIRFLOW_HOME": "$ONE", "ONE": "$TWO/z", "TWO": "~"}, None),
    "AIRFLOW_HOME with space": ({"AIRFLOW_HOME": "{T}/a b"}, None),
    "AIRFLOW_HOME with percent": ({"AIRFLOW_HOME": "{T}/a%41"}, None),
    "AIRFLOW_HOME empty": ({"AIRFLOW_HOME": ""}, None),
    "AIRFLOW_HOME relative": ({"AIRFLOW_HOME": "rel"}, None),
    "AIRFLOW_CONFIG elsewhere": ({"AIRFLOW_CONFIG": "~/other.cfg"}, db(f"sql_alchemy_conn = {A}")),
    "AIRFLOW_CONFIG missing": ({"AIRFLOW_CONFIG": "{T}/missing.cfg"}, db(f"sql_alchemy_conn = {A}")),
    "AIRFLOW_CONFIG is a directory": ({"AIRFLOW_CONFIG": "{T}"}, None),
    "environment": ({CONN: A}, None),
    "environment before file": ({CONN: A}, db(f"sql_alchemy_conn = {B}")),
    "environment expanded": ({CONN: "postgresql://$WHO:${PW}@h/$NO", "WHO": "me", "PW": "p%40w"}, None),
    "environment percent is plain": ({CONN: "postgresql://u:p%%40%@h/db"}, None),
    "environment empty": ({CONN: ""}, db(f"sql_alchemy_conn = {B}")),
    "environment command": ({f"{CONN}_CMD": f"printf '{A}'"}, db(f"sql_alchemy_conn = {B}")),
    "environment command with line break": ({f"{CONN}_CMD": f"echo {A}"}, None),
    "environment command is not expanded": ({f"{CONN}_CMD": "printf '%s' '$HOME' ~"}, None),
    "environment command fails": ({f"{CONN}_CMD": "false"}, None),
    "environment command missing": ({f"{CONN}_CMD": "no-such-program-here"}, None),
    "environment command open quote": ({f"{CONN}_CMD": "echo 'x"}, None),
    "environment command prints nothing": ({f"{CONN}_CMD": "true"}, None),
    "environment value before command": ({CONN: A, f"{CONN}_CMD": "false"}, None),
    "environment command before secret": ({f"{CONN}_CMD": f"printf {A}", f"{CONN}_SECRET": "x"}, None),
    "environment secret": ({f"{CONN}_SECRET": "path"}, db(f"sql_alchemy_conn = {B}")),
    "environment value before secret": ({CONN: A, f"{CONN}_SECRET": "x"}, None),
    "environment command of a plain key": ({f"{SCHEMA}_CMD": "echo s"}, None),
    "environment secret of a plain key": ({f"{MANAGERS}_SECRET": "s"}, None),
    "old environment": ({OLD: A}, db(f"sql_alchemy_conn = {B}")),
    "old environment command": ({f"{OLD}_CMD": f"printf {A}"}, None),
    "new environment before old": ({CONN: A, OLD: B}, None),
    "old file": ({}, f"[core]\nsql_alchemy_conn = {A}\n"),
    "new file before old": ({}, f"[core]\nsql_alchemy_conn = {B}\n" + db(f"sql_alchemy_conn = {A}")),
    "old file command": ({}, f"[core]\nsql_alchemy_conn_cmd = printf {A}\n"),
    "lower-case variable": ({CONN.lower(): B}, None),
    "file": ({}, db(f"sql_alchemy_conn = {A}")),
    "file with colon": ({}, db(f"sql_alchemy_conn: {A}")),
    "file without spaces": ({}, db(f"sql_alchemy_conn={A}")),
    "file upper-case key": ({}, db(f"SQL_Alchemy_Conn = {A}")),
    "file upper-case section": ({}, f"[Database]\nsql_alchemy_conn = {A}\n"),
    "file CRLF": ({}, f"[database]\r\nsql_alchemy_conn = {A}\r\nexternal_db_managers = a.B,\r\n  c.D\r\n"),
    "file comments": ({}, f"# c\n; d\n[database]\n  # e\nsql_alchemy_conn = {A}\n#sql_alchemy_conn = {B}\n"),
    "file inline comment is value": ({}, db(f"sql_alchemy_conn = {A} # main")),
    "file value quoted": ({}, db(f'sql_alchemy_conn = "{A}"')),
    "file value on next line": ({}, db("sql_alchemy_conn =", f"    {A}")),
    "file expanded": ({"PW": "secret"}, db("sql_alchemy_conn = postgresql://u:${PW}@h/$PW.db")),
    "file starts with ~": ({}, db("sql_alchemy_conn = ~/x")),
    "file double percent": ({}, db("sql_alchemy_conn = postgresql://u:p%%40w@h/db")),
    "file single percent": ({}, db("sql_alchemy_conn = postgresql://u:p%40w@h/db")),
    "file reference": ({}, db("host = h.example", "sql_alchemy_conn = postgresql://u@%(host)s/%(name)s")
                       + "[DEFAULT]\nname = n\n"),
    "file reference in other letter case": ({}, db("host = h", "sql_alchemy_conn = postgresql://u@%(HOST)s/n")),
    "file reference to nothing": ({}, db("sql_alchemy_conn = postgresql://u@%(nothing)s/db")),
    "file reference to itself": ({}, db("sql_alchemy_conn = %(sql_alchemy_conn)s")),
    "file wrong percent elsewhere": ({}, db(f"sql_alchemy_conn = {A}", "sql_alchemy_connect_args_async = 5%")),
    "file command": ({}, db(f"sql_alchemy_conn_cmd = printf '{A}'")),
    "file command with line break": ({}, db(f"sql_alchemy_conn_cmd = echo {A}")),
    "file command with percent": ({}, db("sql_alchemy_conn_cmd = printf %%s postgresql://u:%%40@h/db")),
    "file command fails": ({}, db("sql_alchemy_conn_cmd = false")),
    "file command prints nothing": ({}, db("sql_alchemy_conn_cmd = true")),
    "file value before command": ({}, db("sql_alchemy_conn_cmd = false", f"sql_alchemy_conn = {A}")),
    "file secret": ({}, db("sql_alchemy_conn_secret = path")),
    "file command before secret": ({}, db(f"sql_alchemy_conn_cmd = printf {A}", "sql_alchemy_conn_secret = x")),
    "file DEFAULT section": ({}, f"[DEFAULT]\nsql_alchemy_conn = {A}\n[database]\n"),
    "file DEFAULT section alone": ({}, f"[DEFAULT]\nsql_alchemy_conn = {A}\n"),
    "file duplicate key": ({}, db(f"sql_alchemy_conn = {A}", f"sql_alchemy_conn: {B}")),
    "file duplicate key in other letter case": ({}, db(f"sql_alchemy_conn = {A}", f"SQL_ALCHEMY_CONN = {B}")),
    "file duplicate section": ({}, db(f"sql_alchemy_conn = {A}") + db("x = y")),
    "file key before section": ({}, f"sql_alchemy_conn = {A}\n[database]\n"),
    "file line without delimiter": ({}, db(f"sql_alchemy_conn = {A}", "nonsense")),
    "file key without name": ({}, db(f"sql_alchemy_conn = {A}", "= x")),
    "file section not closed": ({}, f"[database\nsql_alchemy_conn = {A}\n"),
    "file text after section": ({}, f"[database] text\nsql_alchemy_conn = {A}\n"),
    "managers none": ({}, db("external_db_managers =")),
    "managers one": ({}, db("external_db_managers = ticketing.db_manager.DRTDBManager")),
    "managers two": ({}, db("external_db_managers = a.B, c.D")),
    "managers lines": ({}, db("external_db_managers =", "    a.B,", "    c.D,", "", "    e.F")),
    "managers order and duplicates": ({MANAGERS: "c.D,a.B, c.D ,,a.B,"}, None),
    "managers comment inside": ({}, db("external_db_managers = a.B,", "  # no", "  c.D")),
    "managers of the talk": ({}, db(
        'external_db_managers = "ticketing.db_manager.DRTDBManager, path.to.another.dbmanager"')),
    "managers in single quotes": ({}, db("external_db_managers = 'a.B, c.D'")),
    "managers each in quotes": ({}, db("""external_db_managers = "a.B", 'c.D'""")),
    "managers without commas": ({}, db("external_db_managers = a.B c.D")),
    "managers empty quotes": ({}, db('external_db_managers = ""')),
    "managers environment": ({MANAGERS: "a.B"}, db("external_db_managers = c.D")),
    "managers environment empty": ({MANAGERS: ""}, db("external_db_managers = c.D")),
    "managers expanded": ({"MOD": "a"}, db("external_db_managers = $MOD.B")),
    "schema": ({}, db("sql_alchemy_schema = airflow")),
    "schema blank": ({SCHEMA: "   "}, db("sql_alchemy_schema = airflow")),
    "schema environment": ({SCHEMA: "x"}, None),
    "schema empty": ({}, db("sql_alchemy_schema =")),
    "sqlite relative": ({CONN: "sqlite:///airflow.db"}, None),
    "sqlite relative with dot": ({CONN: "sqlite:///./airflow.db"}, None),
    "sqlite absolute": ({CONN: "sqlite:////tmp/x.db"}, None),
    "sqlite absolute with driver": ({CONN: "sqlite+pysqlite:////tmp/x.db"}, None),
    "sqlite in memory": ({CONN: "sqlite://"}, None),
    "sqlite in memory by name": ({CONN: "sqlite:///:memory:"}, None),
    "sqlite absolute from home": ({CONN: "sqlite:///$AIRFLOW_HOME/x.db"}, None),
}


def values(conn, managers=(), schema=None):
    return {"conn": conn, "managers": list(managers), "schema": schema}


DEFAULT = "sqlite:///{T}/af/airflow.db"
DIFFERENT = {
    "AIRFLOW_HOME with percent": ("the path is a path, not a URL", values("sqlite:///{T}/a%2541/airflow.db")),
    "AIRFLOW_HOME empty": ("would be the root directory", None),
    "environment command with line break": ("the line break is no part of the value", values(A)),
    "environment command prints nothing": ("nothing is no connection", None),
    "environment empty": ("nothing is no connection", None),
    "environment secret": ("no secrets backends", None),
    "file value quoted": ("fails in SQLAlchemy later", None),
    "file starts with ~": ("fails in SQLAlchemy later", None),
    "environment command is not expanded": ("fails in SQLAlchemy later", None),
    "file command with line break": ("the line break is no part of the value", values(A)),
    "file command prints nothing": ("a silent command must not mean the default database", None),
    "file secret": ("no secrets backends", None),
    "managers of the talk": (
        "quotes do not count",
        values(DEFAULT, ["ticketing.db_manager.DRTDBManager", "path.to.another.dbmanager"]),
    ),
    "managers in single quotes": ("quotes do not count", values(DEFAULT, ["a.B", "c.D"])),
    "managers each in quotes": ("quotes do not count", values(DEFAULT, ["a.B", "c.D"])),
    "managers empty quotes": ("quotes do not count", values(DEFAULT)),
    "managers without commas": ("fails at import later", None),
    "sqlite absolute with driver": ("the path is absolute", values("sqlite+pysqlite:////tmp/x.db")),
}


def run(name):
    changes, file = CASES[name]
    with tempfile.TemporaryDirectory() as directory:
        home = pathlib.Path(directory) / "af"
        home.mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": directory, "AIRFLOW_HOME": str(home)}
        for key, value in changes.items():
            env.pop(key, None)
            if value is not None:
                env[key] = value.replace("{T}", directory)
        if file is not None:
            other = env.get("AIRFLOW_CONFIG", "") == "~/other.cfg"
            path = pathlib.Path(directory) / "other.cfg" if other else home / "airflow.cfg"
            path.write_text(file, newline="")
        # As a library: the values are read, no engine is made.
        done = subprocess.run([sys.executable, "-c", ASK], env={**env, "_AIRFLOW__AS_LIBRARY": "1"}, cwd=directory,
                              capture_output=True, text=True)
        lines = [line for line in done.stdout.splitlines() if line.startswith("@@")]
        answer = json.loads(lines[0][2:].replace(directory, "{T}")) if lines else None
        if answer is not None and answer["conn"].startswith("sqlite"):
            # What Airflow refuses when it makes the engine.
            conn = answer["conn"]
            absolute = conn.startswith("sqlite:////") or conn.startswith("sqlite:///{T}")
            if conn != "sqlite://" and not absolute:
                answer = None
    vector = {"name": name, "env": changes, "file": file, "airflow": answer}
    if name in DIFFERENT:
        vector["because"], vector["dunlin"] = DIFFERENT[name]
    return vector


assert not set(DIFFERENT) - set(CASES), set(DIFFERENT) - set(CASES)
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    vectors = list(pool.map(run, CASES))
path = pathlib.Path(__file__).with_name("config_vectors.json")
lines = ",\n".join("    " + json.dumps(v, ensure_ascii=False) for v in vectors)
version = importlib.metadata.version("apache-airflow-core")
head = f'"python": "{sys.version.split()[0]}", "airflow": "{version}"'
path.write_text("{\n  " + head + ',\n  "vectors": [\n' + lines + "\n  ]\n}\n")
print(len(vectors), "vectors,", len(DIFFERENT), "different on purpose")

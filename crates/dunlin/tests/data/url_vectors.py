"""Asks SQLAlchemy what it reads in each URL, and writes url_vectors.json.

Run it with a Python that has SQLAlchemy, psycopg2, asyncpg, mysqlclient, PyMySQL, aiomysql and aiosqlite:
    python url_vectors.py
Only this file holds choices; the JSON file holds SQLAlchemy's answers. DIFFERENT lists, with its reason, each
URL that dunlin reads differently on purpose: either the fields that it reads, or None for "refused".
"""

import json
import pathlib
import sys

import sqlalchemy
from sqlalchemy import make_url

URLS = r"""
postgresql://scott:tiger@localhost/test
postgresql://scott:tiger@localhost:6543/test
postgresql+psycopg2://airflow:airflow@postgres/airflow
postgresql+psycopg://airflow:airflow@postgres/airflow
postgresql+asyncpg://airflow:airflow@postgres:5433/airflow
postgresql+pg8000://airflow:airflow@postgres/airflow
postgres://airflow:airflow@postgres/airflow
postgres+psycopg2://airflow:airflow@postgres/airflow
postgresql://
postgresql:///airflow
postgresql:///airflow?host=/var/run/postgresql
postgresql://u:p@/airflow?host=/var/run/postgresql&port=6000
postgresql://u@/airflow?host=%2Ftmp%2Fmy%20socket
postgresql://h
postgresql://h/
postgresql://h?sslmode=require
postgresql://h/?sslmode=require
postgresql://:secret@h/db
postgresql://u:@h/db
postgresql://@h/db
postgresql://u:p%40ss@h/db
postgresql://u:p%3Aq%2Fr%3Fs%23t%25u@h/db
postgresql://u%40corp%3Ax:p@h/db
postgresql://u:p:q@h/db
postgresql://u:p/w@h/db
postgresql://u:p?w@h/db
postgresql://u:p#w@h/db
postgresql://u:a+b@h/db
postgresql://u+x:p@h/db
postgresql://u:p%zz%4@h/db
postgresql://u:100%@h/db
postgresql://u:p%C3%A4ss@h/db
postgresql://u:päss@h/db
postgresql://admin@server:pw@server.example/db
postgresql://u@x@h/db
postgresql://u:p@ss@h/db
postgresql://u:p@s:s@h:5432/db
postgresql://u:p@h/d%2Fb%3Fc
postgresql://u:p@h/d b
postgresql://u:p@h/a/b
postgresql://u:p@h/db#frag
postgresql://h:5432/db@x
postgresql://[::1]/db
postgresql://u:p@[2001:db8::1234]:5433/db
postgresql://[fe80::1%25eth0]/db
postgresql://[::1]x/db
postgresql://u:p@h:/db
postgresql://u:p@h:99999/db
postgresql://u:p@h:port/db
postgresql://u:p@h:5432:1/db
postgresql://h1,h2/db
postgresql://h1:1,h2:2/db
postgresql:///db?host=h1&host=h2
postgresql:///db?host=h1:6432
postgresql:///db?host=h1:6432&port=5
postgresql:///db?host=h1,h2
postgresql://u:p@h/db?user=other&password=secret
postgresql://u:p@h/db?dbname=other
postgresql://h/db?sslmode=disable
postgresql://h/db?sslmode=prefer
postgresql://h/db?sslmode=verify-ca&sslrootcert=/etc/ssl/ca.pem
postgresql://h/db?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem&sslcert=/c.pem&sslkey=/k.pem
postgresql+asyncpg://h/db?ssl=verify-full
postgresql://h/db?application_name=my+app%20one
postgresql://h/db?options=-csearch_path%3Da%2Cb
postgresql://h/db?options=-c%20search_path=a,public%20-c%20lock_timeout=5s
postgresql://h/db?connect_timeout=10
postgresql://h/db?connect_timeout=soon
postgresql://h/db?sslmode=&application_name=
postgresql://h/db?flag&keepalives_idle=30&target_session_attrs=read-write
postgresql://h/db?a=1;b=2
postgresql://h/db?sslmode=require#frag
POSTGRESQL://h/db
 postgresql://h/db
postgresql://h/db
mysql://root@localhost/airflow
mysql+mysqldb://u:p@h:3307/airflow?charset=utf8mb4
mysql+mysqlclient://u:p@h/airflow
mysql+pymysql://u:p%40@h/airflow?charset=utf8
mysql+mysqlconnector://u:p@h/airflow
mysql+aiomysql://u:p@h/airflow
mysql+asyncmy://u:p@h/airflow
mariadb://u:p@h/airflow
mariadb+pymysql://u:p@h/airflow
mysql+mysqldb://u:p@/airflow?unix_socket=/run/mysqld/mysqld.sock
mysql+pymysql://u:p@localhost/airflow?unix_socket=/run/my%20sql.sock
mysql+mysqldb://u:p@h/airflow?ssl_ca=/ca.pem&ssl_cert=/c.pem&ssl_key=/k.pem
mysql+mysqldb://u:p@h/airflow?ssl_mode=VERIFY_IDENTITY&ssl_ca=/ca.pem
mysql+pymysql://u:p@h/airflow?ssl_ca=/ca.pem&ssl_check_hostname=false
mysql+mysqlconnector://u:p@h/airflow?ssl_disabled=true
mysql+mysqldb://u:p@h/airflow?connect_timeout=7&read_timeout=8&local_infile=1
mysql+mysqldb://u:p@h/airflow?collation=utf8mb4_bin&charset=utf8mb4
mysql://u:p@[::1]:3306/airflow
sqlite://
sqlite:///
sqlite:///:memory:
sqlite:///airflow.db
sqlite:///./a/airflow.db
sqlite:////tmp/airflow.db
sqlite+pysqlite:////tmp/airflow.db
sqlite+aiosqlite:////tmp/airflow.db
sqlite:////tmp/with%20space/a%3Fb%23c.db
sqlite:////tmp/with space/ä.db
sqlite:////tmp/a@b:c.db
sqlite:////tmp/airflow.db?timeout=2.5&check_same_thread=false
sqlite://airflow.db
sqlite://u:p@h/airflow.db
sqlite:airflow.db
sqlite:/tmp/airflow.db
sqlite::memory:
sqlite://:memory:
mssql+pyodbc://u:p@dsn
mysql+pyodbc://u:p@dsn
oracle://u:p@h/db
postgresql+nosuch://u:p@h/db
post-gres://h/db
postgresql:/h/db
postgresql//h/db
//h/db
localhost
""".strip("\n").split("\n") + [
    "",
    "   ",
    "postgresql://u:p@h/db\n",
    "postgresql://u:p@h/d\nb",
    "postgresql://u:p%0A@h/db",
    "postgresql://u:%ff%fe@h/db",
    "postgresql://u:p@h\u00e4/db",
    "postgresql://%2Fvar%2Frun/db",
]


def server(dialect, **fields):
    names = ("user", "password", "host", "port", "socket", "database")
    return {"dialect": dialect, **{n: fields.get(n) for n in names}, "options": fields.get("options", {})}


def sqlite(path, **options):
    return server("sqlite", database=path, options=options)


DIFFERENT = {
    "postgresql://u:p@ss@h/db": (
        "an @ in the password is lenient: no host contains one",
        server("postgresql", user="u", password="p@ss", host="h", database="db"),
    ),
    "postgresql://u:p@s:s@h:5432/db": (
        "an @ in the password is lenient: no host contains one",
        server("postgresql", user="u", password="p@s:s", host="h", port=5432, database="db"),
    ),
    "postgresql://%2Fvar%2Frun/db": (
        "libpq's and sqlx's way to name a socket directory",
        server("postgresql", socket="/var/run", database="db"),
    ),
    "POSTGRESQL://h/db": ("letter case", server("postgresql", host="h", database="db")),
    " postgresql://h/db": ("space around the URL is cut", server("postgresql", host="h", database="db")),
    "postgresql://u:p@h/db\n": (
        "space around the URL is cut",
        server("postgresql", user="u", password="p", host="h", database="db"),
    ),
    "mysql+mysqlclient://u:p@h/airflow": (
        "the driver's package name is a usual slip",
        server("mysql", user="u", password="p", host="h", database="airflow"),
    ),
    "postgresql://h/db?connect_timeout=soon": ("libpq refuses it later", None),
    "postgresql://[fe80::1%25eth0]/db": ("zone ids are not supported", None),
    "postgresql://[::1]x/db": ("text after the address is refused, not dropped", None),
    "postgresql://u:p@h:99999/db": ("no such port", None),
    "postgresql://h1,h2/db": ("several hosts", None),
    "postgresql:///db?host=h1&host=h2": ("several hosts", None),
    "postgresql:///db?host=h1,h2": ("several hosts", None),
    "postgresql:///db?host=h1:6432&port=5": (
        "the last port wins",
        server("postgresql", host="h1", port=5, database="db"),
    ),
    "postgresql://h/db?sslmode=require#frag": ("no such TLS mode", None),
    "postgresql://u:p@h\u00e4/db": ("a host is ASCII: it may be a piece of a password", None),
    "postgresql://u:p@h/d\nb": ("control characters are refused", None),
    "postgresql://u:%ff%fe@h/db": ("broken UTF-8 is refused, not replaced", None),
    "mysql+pyodbc://u:p@dsn": ("a DSN is no host", None),
    "mssql+pyodbc://u:p@dsn": ("not served", None),
    "oracle://u:p@h/db": ("not served", None),
    "sqlite://airflow.db": ("sqlx's relative path", sqlite("airflow.db")),
    "sqlite:airflow.db": ("sqlx's relative path", sqlite("airflow.db")),
    "sqlite:/tmp/airflow.db": ("sqlx's absolute path", sqlite("/tmp/airflow.db")),
    "sqlite::memory:": ("sqlx's way", sqlite(":memory:")),
    "sqlite://:memory:": ("sqlx's way", sqlite(":memory:")),
}


def ask(text):
    """What the driver would be given, in common names; None if SQLAlchemy refuses."""
    # Airflow rewrites this old scheme before SQLAlchemy sees it.
    for old in ("postgres://", "postgres+psycopg2://"):
        if text.startswith(old):
            text = "postgresql://" + text[len(old):]
    # asyncmy's dialect cannot be loaded without its package; PyMySQL's reads the same fields.
    text = text.replace("mysql+asyncmy://", "mysql+pymysql://")
    try:
        url = make_url(text)
        dialect = url.get_dialect()()
        args, options = dialect.create_connect_args(url)
    except Exception:
        return None
    name = {"mariadb": "mysql"}.get(url.get_backend_name(), url.get_backend_name())
    if name == "sqlite":
        query = {k: v for k, v in url.query.items()}
        return {**sqlite(url.database or None), "options": query}
    options = dict(options)

    def take(*names):
        found = [options.pop(n) for n in names if n in options]
        return (found[0] if found else None) or None

    fields = {
        "user": take("user", "username"),
        "password": take("password", "passwd"),
        "host": take("host"),
        "port": take("port"),
        "database": take("database", "dbname", "db"),
        "socket": take("unix_socket"),
    }
    if fields["port"] is not None and not isinstance(fields["port"], list):
        fields["port"] = int(fields["port"]) if str(fields["port"]).isdigit() else fields["port"]
    if name == "postgresql" and str(fields["host"]).startswith("/"):
        fields["socket"], fields["host"] = fields["host"], None
    # Set by the dialect, not by the URL.
    for added in ("client_flag", "client_flags", "buffered"):
        options.pop(added, None)
    return {**server(name, **fields), "options": {k: v for k, v in options.items()}}


vectors = []
for url in URLS:
    vector = {"url": url, "sqlalchemy": ask(url)}
    if url in DIFFERENT:
        vector["because"], vector["dunlin"] = DIFFERENT[url]
    vectors.append(vector)
unused = set(DIFFERENT) - set(URLS)
assert not unused, unused
result = {"python": sys.version.split()[0], "sqlalchemy": sqlalchemy.__version__, "vectors": vectors}
path = pathlib.Path(__file__).with_name("url_vectors.json")
lines = ",\n".join("    " + json.dumps(v, ensure_ascii=False) for v in vectors)
head = f'"python": {json.dumps(result["python"])}, "sqlalchemy": {json.dumps(result["sqlalchemy"])}'
path.write_text("{\n  " + head + ',\n  "vectors": [\n' + lines + "\n  ]\n}\n")
print(len(vectors), "vectors,", len(DIFFERENT), "different on purpose")

"""Run files of SQL in the database of DATABASE_URL, by its own client; it stops at the first error.

A file may be packed with gzip. The client finds errors, so that none is passed over.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa


def client(url):
    if url.get_backend_name() == "postgresql":
        return ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--host={url.host}", f"--port={url.port}",
                f"--username={url.username}", url.database], {"PGPASSWORD": url.password or ""}
    if url.get_backend_name() == "mysql":
        return ["mysql", f"--host={url.host}", f"--port={url.port}", f"--user={url.username}", "--protocol=tcp",
                url.database], {"MYSQL_PWD": url.password or ""}
    return ["sqlite3", "-bail", url.database], {}


def main():
    command, variables = client(sa.make_url(os.environ["DATABASE_URL"]))
    for name in sys.argv[1:]:
        text = Path(name).read_bytes()
        text = gzip.decompress(text) if name.endswith(".gz") else text
        done = subprocess.run(command, input=text, env=os.environ | variables, capture_output=True)
        if done.returncode:
            sys.exit(f"{Path(name).name}: " + done.stderr.decode(errors="replace")[-2000:])


if __name__ == "__main__":
    main()

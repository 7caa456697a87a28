"""Let the real Airflow walk its own history (`core`), or FAB's manager its own (`fab`), on the database of
DATABASE_URL, a step at each request.

A line of JSON is read for each request and one is written for its answer, `{"ok": value}` or `{"error": text}`:

- `{"do": "history"}`: every revision from the base on, its file's name, and the release it ends.
- `{"do": "anew"}`: empties the database.
- `{"do": "keep"}`, `{"do": "restore"}`: the database as it is, and as it was kept.
- `{"do": "upgrade", "to": id}`, `{"do": "downgrade", "to": id or "base"}`: runs Airflow's own revisions.
- `{"do": "create"}`: what `airflow db migrate` does to an empty database.
- `{"do": "migrate"}`, of FAB's manager: what `airflow db migrate` does to a database without its version row.
- `{"do": "core", "to": release}`: runs the core's revisions up to a release.
"""

import json
import logging
import os
import sys
from pathlib import Path

import sqlalchemy as sa

from database import make
from keep import forget, keep, restore


def main():
    # Whatever else is printed must not be read as an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    walker = {"core": Walker, "fab": FabWalker}[sys.argv[1]](os.environ["DATABASE_URL"])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": walker.answer(request)}
        except (Exception, SystemExit) as error:
            answer = {"error": first_line(error), "phase": request["do"]}
        print(json.dumps(answer), file=answers, flush=True)
    forget(walker.url)


class Walker:
    def __init__(self, url):
        from airflow import settings
        from airflow.utils import db
        from alembic.script import ScriptDirectory

        logging.disable(logging.CRITICAL)
        if url.startswith("sqlite"):
            sa.event.listen(settings.engine, "connect", without_waiting)
        self.url, self.settings, self.db = url, settings, db
        self.config, self.releases = self.owner()
        self.script = ScriptDirectory.from_config(self.config)

    def owner(self):
        return self.db._get_alembic_config(), self.db._REVISION_HEADS_MAP

    def create(self):
        self.db.initdb()

    def answer(self, request):
        match request["do"]:
            case "history":
                return self.history()
            case "anew":
                self.settings.engine.dispose()
                make(self.url, create=True)
            case "keep":
                self.settings.engine.dispose()
                self.kept = keep(self.url)
            case "restore":
                self.settings.engine.dispose()
                restore(self.url, self.kept)
            case "create":
                self.create()
            case "upgrade":
                self.run(lambda rows, _: self.script._upgrade_revs(request["to"], rows), request["to"])
            case "downgrade":
                self.run(lambda rows, _: self.script._downgrade_revs(request["to"], rows), request["to"])

    def history(self):
        releases = {revision: release for release, revision in self.releases.items()}
        revisions = reversed(list(self.script.walk_revisions()))
        return [
            {
                "revision": revision.revision,
                "down_revision": revision.down_revision,
                "file": Path(revision.path).stem,
                "release": releases.get(revision.revision),
            }
            for revision in revisions
        ]

    def run(self, steps, target):
        """As Alembic's commands do it, but without reading all files again for each step."""
        from alembic.runtime.environment import EnvironmentContext

        with EnvironmentContext(self.config, self.script, fn=steps, as_sql=False, destination_rev=target):
            self.script.run_env()


class FabWalker(Walker):
    def owner(self):
        from airflow.providers.fab.auth_manager.models.db import FABDBManager

        self.manager = FABDBManager
        with self.settings.Session() as session:
            return FABDBManager(session).get_alembic_config(), FABDBManager.revision_heads_map

    def create(self):
        with self.settings.Session() as session:
            self.manager(session).create_db_from_orm()

    def answer(self, request):
        match request["do"]:
            case "migrate":
                with self.settings.Session() as session:
                    self.manager(session).upgradedb()
            case "core":
                core = Walker(self.url)
                target = core.releases[request["to"]]
                core.run(lambda rows, _: core.script._upgrade_revs(target, rows), target)
            case _:
                return super().answer(request)


def without_waiting(connection, _):
    """Nothing of this need survive a loss of power."""
    connection.execute("PRAGMA synchronous = OFF")


def first_line(error):
    """What the driver said, without the statement and what stands around it."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {' '.join(str(cause).split())}"[:300]


main()

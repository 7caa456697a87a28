"""The real Alembic's commands over revisions that are held in memory, on a database in memory."""

import io
import signal
import tempfile
import types
import warnings

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.ddl.impl import DefaultImpl
from alembic.script import Script, ScriptDirectory

MESSAGE = 90
NOWHERE = tempfile.mkdtemp(prefix="graph-")
ENGINE = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
CONNECTION = ENGINE.connect()
DATABASE = CONNECTION.connection.dbapi_connection
# One for all runs, so that statements are compiled once; without a primary key, so that rows are read in the order in
# which they were written.
VERSION_TABLE = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), nullable=False))
DefaultImpl.version_table_impl = lambda impl, **options: VERSION_TABLE
VERSION_TABLE.create(CONNECTION)
CONNECTION.commit()


def listed(texts):
    """As a template writes it into a file."""
    return None if not texts else texts[0] if len(texts) == 1 else tuple(texts)


class Revision(Script):
    """A script that notes when it is shown.

    Scripts hash by where they lie in memory, so the order of a set of them is not the same in each run. Here they
    hash by their id: it is the same for one PYTHONHASHSEED, and another for another.
    """

    shown = None

    def __hash__(self):
        return hash(self.revision)

    def cmd_format(self, *args, **kwargs):
        self.shown.append(self.revision)
        return super().cmd_format(*args, **kwargs)

    @property
    def log_entry(self):
        self.shown.append(self.revision)
        return super().log_entry


class Directory(ScriptDirectory):
    """A script directory without files."""

    def __init__(self, revisions):
        super().__init__(NOWHERE)
        self.drawn = revisions
        self.shown = []
        self.steps = []
        self.start = None

    def _load_revisions(self):
        for one in self.drawn:
            module = types.ModuleType("revision")
            module.upgrade = module.downgrade = lambda: None
            module.down_revision = listed(one["down"])
            module.depends_on = listed(one["deps"])
            module.branch_labels = listed(one["labels"])
            script = Revision(module, one["id"], "file.py")
            script.shown = self.shown
            yield script

    def run_env(self):
        """What a script directory's env.py does."""
        if context.is_offline_mode():
            context.configure(dialect_name="sqlite", output_buffer=io.StringIO(), on_version_apply=self.applied)
            self.start = context.get_context().get_current_heads()
        else:
            context.configure(connection=CONNECTION, on_version_apply=self.applied)
        with context.begin_transaction():
            context.run_migrations()

    def applied(self, ctx, step, heads, run_args):
        after = sorted(heads if ctx.as_sql else rows())
        if step.is_stamp:
            ways = {"from": step.source_revision_ids, "to": step.destination_revision_ids, "up": step.is_upgrade}
            self.steps.append({**ways, "rows": after})
        else:
            self.steps.append([step.up_revision_id, after])


def rows():
    """The database's rows in the order in which they are read."""
    return [row for row, in DATABASE.execute("SELECT version_num FROM alembic_version")]


def set_rows(wanted):
    CONNECTION.rollback()
    DATABASE.execute("DELETE FROM alembic_version")
    DATABASE.executemany("INSERT INTO alembic_version VALUES (?)", [(row,) for row in wanted])
    DATABASE.commit()


class Endless(Exception):
    """It has not ended after seconds of work; the others take milliseconds."""


def give_up(*_):
    raise Endless


signal.signal(signal.SIGVTALRM, give_up)


def attempt(work):
    """What came of it: what Alembic warned of and what it failed with."""
    result = {}
    signal.setitimer(signal.ITIMER_VIRTUAL, 3)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result["value"] = work()
        except Exception as error:
            result["exception"] = type(error).__name__
            result["error"] = (str(error).splitlines() or [""])[0][:MESSAGE]
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            CONNECTION.rollback()
    if warned:
        result["warning"] = str(warned[0].message).splitlines()[0][:MESSAGE]
    return result


def run(directory, case):
    """Does what a case asks of the database that it begins with; the case with what came of it."""
    config = Config(stdout=io.StringIO())
    do, target = case["do"], case.get("target")
    directory.shown.clear()
    directory.steps.clear()
    directory.start = None
    command.ScriptDirectory = types.SimpleNamespace(from_config=lambda config: directory)
    set_rows(case.get("rows", []))

    def work():
        name, _, option = do.partition(" --")
        if name in ("upgrade", "downgrade"):
            getattr(command, name)(config, target, sql=option == "sql")
        elif name == "stamp":
            command.stamp(config, case["targets"], purge=option == "purge", sql=option == "sql")
        elif name == "history":
            command.history(config, target)
        elif name == "current":
            command.current(config, check_heads=option == "check-heads")
        elif name == "show":
            command.show(config, target)
        elif name == "get":
            one = directory.get_revision(target)
            return [one.revision] if one is not None else []

    result = attempt(work)
    value = result.pop("value", None)
    if directory.start is not None:
        result["start"] = list(directory.start)
    if directory.steps:
        result["steps"] = list(directory.steps)
    if value is not None:
        result["shown"] = value
    elif do in ("history", "show") and "exception" not in result:
        result["shown"] = list(directory.shown)
    elif do == "current" and "exception" not in result:
        result["shown"] = sorted(directory.shown)
    if do == "stamp --purge" and not directory.steps:
        result["after"] = rows()
    return {**case, **result}


def facts(directory):
    """What Alembic makes of the graph itself."""
    found = attempt(lambda: directory.revision_map._revision_map)
    found.pop("value", None)
    if "exception" in found:
        return found
    by_id = directory.revision_map
    scripts = [by_id._revision_map[one["id"]] for one in directory.drawn]
    found["heads"] = directory.get_heads()
    if list(by_id._real_heads) != found["heads"]:
        found["real_heads"] = list(by_id._real_heads)
    found["bases"] = directory.get_bases()
    labels = sorted({label for script in scripts for label in script.branch_labels})
    found["labels"] = {label: [s.revision for s in scripts if label in s.branch_labels] for label in labels}
    found["parents"] = [[s.revision, sorted(s._normalized_down_revisions)] for s in scripts if s.dependencies]
    for key, work in {
        "branches": lambda: [s.revision for s in directory.walk_revisions() if s.is_branch_point],
        "history": lambda: [s.revision for s in directory.walk_revisions()],
    }.items():
        found[key] = attempt(work).get("value")
    return {key: value for key, value in found.items() if value}

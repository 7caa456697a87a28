"""The rows that `fill.py` puts into a database of Airflow 2.6 to 3.1.

A row names the columns of all these releases: those that the table does not have are left out, and what a row does not
name gets something of the column's kind. Where a table has got another name since, it is found by the old one, too.
"""

import hashlib
import json
import pickle
import zlib

from data_filler import JSONS, TEXTS, Raw, moment, some_uuid

DAGS = ["example", "Example", "dag.with-dots_and~dashes", "名前の_dag", "übergröße", "d" * 250, "it's \"quoted\" \\d"]
TASKS = ["extract", "Extract", "group.load", "任務", "t" * 250]
STATES = ["success", "failed", "running", "queued", "scheduled", "deferred", "up_for_retry", "up_for_reschedule", None]
RUN_STATES = ["success", "failed", "running", "queued", None]
KEYS = ["return_value", "Return_Value", "key with spaces", "ключ", "k" * 512, "quote's"]
POOLS = ["default_pool", "a pool's \"name\"", "große 池"]

# As Python's json writes them: what no database takes as JSON is what Airflow changes.
XCOM_TEXTS = [
    '"a text"', "1", "-0.5", "null", "true", "[]", "{}", '""', "NaN", "-Infinity", '{"a": NaN, "b": [Infinity, -Infinity, NaN]}',
    '"NaN"', '["it is NaN", "Infinity and beyond"]', '"a NUL \\u0000 within"', '"a backslash \\\\u0000 before"',
    '{"NaN": "key", "n": NaN}', '"\\ud83e\\udd86 and 🦆"', '{"ü": "名前"}', "123456789012345678901234567890", "1e300", "0.1",
    '{"b": 1, "a": 2}', '" leading and trailing "', '"\\"{\\\\\\"json\\\\\\": \\\\\\"in json\\\\\\"}\\""', '[[[[[[[[1]]]]]]]]',
    '{"__classname__": "pandas.DataFrame", "__version__": 1, "__data__": [1, 2]}', json.dumps("x" * 50_000),
]
PICKLED = [{"a": [1, 2.5, None, True], "ü": "🦆"}, "text", [], 0, {"nested": {"list": [1, [2, [3]]]}}, b"bytes", (1, 2)]


def fill(filler, runs):
    world = World(filler, runs)
    for part in (
        users, teams, bundles, dags, versions, triggers, backfills, dag_runs, task_instances, belongings, xcoms, assets,
        settings, events,
    ):
        part(filler, world)


class World:
    """What the rows of one table need to know of those of others."""

    def __init__(self, filler, runs):
        self.asset = "asset" if filler.has("asset") else "dataset"
        self.three = filler.has("dag_version")
        self.date = "logical_date" if filler.has("dag_run", "logical_date") else "execution_date"
        self.dags = DAGS + [f"dag_{number}" for number in range(max(5, runs // 40))]
        self.runs_wanted = runs
        self.runs, self.tasks, self.triggers = [], [], list(range(1, 25))
        self.users = list(range(1, 9))

    def version(self, dag, number):
        return some_uuid(f"version {dag} {number}") if self.three else None

    def versions(self, dag):
        return range(1, 2 + self.dags.index(dag) % 3)


def users(filler, world):
    """FAB's tables, which the core's history has at 2.6."""
    for table in ("ab_permission", "ab_view_menu", "ab_role"):
        filler.put(table, [{"id": id, "name": f"{table} {TEXTS[id]}"[:60]} for id in range(1, 9)])
    pairs = [(one, other) for one in range(1, 9) for other in range(1, 9) if (one + other) % 2]
    filler.put("ab_permission_view", [
        {"id": id, "permission_id": one, "view_menu_id": other} for id, (one, other) in enumerate([*pairs, (None, None)], 1)])
    filler.put("ab_permission_view_role", [
        {"id": id, "permission_view_id": one, "role_id": other} for id, (one, other) in enumerate([*pairs, (None, None)], 1)])
    filler.put("ab_user", [
        {"id": id, "username": f"{id} {TEXTS[id]}", "email": f"{id}@example.org", "created_by_fk": None if id == 1 else 1,
         "changed_by_fk": None if id < 3 else id - 1}
        for id in world.users])
    filler.put("ab_user_role", [
        {"id": id, "user_id": one, "role_id": other} for id, (one, other) in enumerate([*pairs, (None, None)], 1)])
    filler.put("ab_register_user", [{"id": id, "username": f"new {id}", "email": "e"} for id in range(1, 5)])


def teams(filler, world):
    world.teams = [some_uuid(f"team {number}") for number in range(3)]
    filler.put("team", [{"id": id, "name": f"team {number} ü"} for number, id in enumerate(world.teams)])


def bundles(filler, world):
    world.bundles = ["dags-folder", "git bundle ü", "example_dags"]
    # A revision put some there.
    filler.clear("dag_bundle")
    filler.put("dag_bundle", [{"name": name} for name in [*world.bundles, "unused"]])


def dags(filler, world):
    folders = ["/opt/airflow/dags", "/opt/airflow/example_dags", "/a folder/with ü"]
    filler.put("dag", [
        {"dag_id": dag, "fileloc": f"{folders[at % 3]}/{at}.py" if at % 11 else None, "root_dag_id": None if at % 4 else world.dags[0],
         "schedule_interval": ['"@daily"', "null", '{"type": "timedelta", "attrs": {"days": 1}}', None][at % 4],
         "pickle_id": None if at % 2 else at, "bundle_name": world.bundles[at % 3], "has_task_concurrency_limits": at % 3 == 0,
         "max_active_tasks": at, "max_consecutive_failed_dag_runs": at % 5}
        for at, dag in enumerate(world.dags)])
    filler.put("dag_tag", [
        {"dag_id": dag, "name": name} for dag in world.dags[::2] for name in ("tag", "Tag", "étiquette", "n" * 100)])
    filler.put("dag_owner_attributes", [
        {"dag_id": dag, "owner": owner, "link": "mailto:o"} for dag in world.dags[::3] for owner in ("me", "söm'one")])
    filler.put("dag_warning", [
        {"dag_id": dag, "warning_type": kind} for dag in world.dags[::3] for kind in ("non-existent pool", "asset conflict")])
    filler.put("dag_favorite", [{"dag_id": dag, "user_id": user} for dag in world.dags[::3] for user in ("1", "名")])
    filler.put("dag_pickle", [{"id": id} for id in range(1, 12)])
    filler.put("dag_priority_parsing_request", [
        {"id": hashlib.md5(str(id).encode()).hexdigest(), "fileloc": f"/f{id}", "relative_fileloc": f"f{id}",
         "bundle_name": world.bundles[id % 3]} for id in range(9)])
    if not world.three:
        filler.put("dag_code", [{"fileloc_hash": 2**40 + at} for at, _ in enumerate(world.dags)])
        filler.put("serialized_dag", [
            {"dag_id": dag, "fileloc_hash": 2**40 + at, **serialized(dag, at, version=1)} for at, dag in enumerate(world.dags)])


def versions(filler, world):
    if not world.three:
        return
    every = [(at, dag, number) for at, dag in enumerate(world.dags) for number in world.versions(dag)]
    filler.put("dag_version", [
        {"id": world.version(dag, number), "dag_id": dag, "version_number": number} for _, dag, number in every])
    filler.put("dag_code", [
        {"id": some_uuid(f"code {dag} {number}"), "dag_id": dag, "dag_version_id": world.version(dag, number),
         "source_code_hash": "0" * 32} for _, dag, number in every])
    filler.put("serialized_dag", [
        {"id": some_uuid(f"serialized {dag} {number}"), "dag_id": dag, "dag_version_id": world.version(dag, number),
         **serialized(dag, at + number, version=1 + (at + number) % 3)} for at, dag, number in every])


def serialized(dag, at, version):
    """A DAG as Airflow writes it, compressed or not; some have deadlines, as objects, as they were before 3.2."""
    data = {
        "__version": version,
        "dag": {
            "dag_id": dag, "fileloc": f"/opt/airflow/dags/{at}.py", "timezone": "UTC", "doc_md": TEXTS[at % len(TEXTS)],
            "default_args": {"__var": {"retries": 1, "retry_delay": 300.0}, "__type": "dict"},
            "tasks": [{"__var": {"task_id": task, "params": JSONS[at % 7]}, "__type": "operator"} for task in sorted(TASKS)],
        },
    }
    if version == 3:
        data["client_defaults"] = {"tasks": {"retry_delay": 300.0}}
    if version > 1 and at % 2:
        data["dag"]["deadline"] = [deadline_of_dag(number) for number in range(1 + at % 3)]
    elif at % 3 == 0:
        data["dag"]["deadline"] = None
    text = json.dumps(data, sort_keys=True)
    compressed = at % 5 < 2
    return {
        "data": None if compressed else data,
        "data_compressed": Raw(zlib.compress(text.encode())) if compressed else None,
        "dag_hash": airflows_hash(data),
    }


def airflows_hash(data):
    """That of the JSON, in some order, without the file; lists of tasks and of words are in order here."""
    dag = {name: value for name, value in data["dag"].items() if name != "fileloc"}
    return hashlib.md5(json.dumps(data | {"dag": dag}, sort_keys=True).encode()).hexdigest()


def deadline_of_dag(number):
    reference = [
        {"reference_type": "DagRunQueuedAtDeadline"},
        {"reference_type": "FixedDatetimeDeadline", "datetime": 1750000000.5},
    ][number % 2]
    return {"__type": "deadline_alert", "__var": {
        "reference": reference, "interval": [3600.0, 0.25, -90.0][number % 3], "callback": callback(number)}}


def callback(number):
    kwargs = [{}, {"text": "ü 🦆 'quoted' \"too\"", "n": 1.5, "none": None}][number % 2]
    return {"__data__": {"path": f"module.path_{number % 7}", "kwargs": kwargs}, "__version__": 0,
            "__classname__": "airflow.sdk.definitions.deadline.AsyncCallback"}


def triggers(filler, world):
    plain = [{}, {"moment": "2024-01-01T00:00:00+00:00"}, {"a": ["ü", 1.5, None]}]
    encrypted = "gAAAAABl" + "Zm9v" * 40
    is_text = filler.has("trigger", "kwargs") and filler.tables["trigger"]["kwargs"].kind == "text"
    filler.put("trigger", [
        {"id": id, "classpath": "airflow.triggers.temporal.DateTimeTrigger",
         "kwargs": Raw(encrypted if id % 2 else json.dumps(plain[id % 3])) if is_text else plain[id % 3]}
        for id in world.triggers])


def backfills(filler, world):
    filler.put("backfill", [
        {"id": id, "dag_id": world.dags[id % len(world.dags)], "dag_run_conf": JSONS[id % 3],
         "reprocess_behavior": ["none", "completed", "failed"][id % 3]} for id in range(1, 10)])


def dag_runs(filler, world):
    kinds = ["scheduled", "manual", "backfill", f"{world.asset}_triggered"]
    filler_has_json = filler.has("dag_run", "conf") and filler.tables["dag_run"]["conf"].kind == "json"
    rows = []
    for id in range(1, world.runs_wanted + 1):
        dag, kind = world.dags[id % len(world.dags)], kinds[id % len(kinds)]
        date = moment(id)
        run = f"{kind}__{date.isoformat()}" if id % 5 else f"run's \"{id}\" \\ ü 名"
        number = 1 + id % len(world.versions(dag))
        backfill = 1 + id % 9 if kind == "backfill" else None
        interval = None if id % 7 == 0 else moment(id + 1)
        world.runs.append({"id": id, "dag_id": dag, "run_id": run, "date": date, "version": world.version(dag, number),
                           "backfill": backfill})
        rows.append({
            "id": id, "dag_id": dag, "run_id": run, "run_type": kind, "state": RUN_STATES[id % len(RUN_STATES)],
            "execution_date": date, "logical_date": None if kind == "asset_triggered" else date, "data_interval_end": interval,
            "run_after": interval or date, "log_template_id": [None, 1, 2][id % 3], "backfill_id": backfill,
            "created_dag_version_id": None if id % 6 == 0 else world.version(dag, number), "span_status": "not_started",
            "clear_number": id % 3, "conf": conf(id, filler_has_json),
            "triggered_by": [None, "cli", "rest_api", "timetable", "asset"][id % 5]})
    filler.put("dag_run", rows)
    filler.put("backfill_dag_run", [
        {"id": at, "backfill_id": run["backfill"], "dag_run_id": run["id"] if at % 5 else None, "sort_ordinal": at,
         "logical_date": run["date"]}
        for at, run in enumerate((run for run in world.runs if run["backfill"]), 1)])
    filler.put("dag_run_note", [
        {"dag_run_id": run["id"], "user_id": user(world, filler, "dag_run_note", run["id"])} for run in world.runs[::3]])


def conf(id, is_json):
    value = JSONS[id % 3] if id % 3 != 1 else {"list": [1, 2.5, None, "ü🦆"], "text": TEXTS[id % len(TEXTS)], "n": id}
    if id % 11 == 0:
        return None
    return value if is_json else Raw(pickle.dumps(value, protocol=2 + id % 4))


def user(world, filler, table, number):
    """Who wrote a note: a number at 2, a text at 3."""
    if filler.has(table, "user_id") and filler.tables[table]["user_id"].kind == "int":
        return [None, *world.users][number // 3 % 9]
    return [None, "admin", "1", "ü", "007", "", "42"][number % 7]


def task_instances(filler, world):
    rows, tries = [], []
    for run in world.runs:
        for at in range(1 + run["id"] % 3):
            task = TASKS[(run["id"] + at) % len(TASKS)]
            for index in range(2) if (run["id"] + at) % 6 == 0 else (-1,):
                world.tasks.append({"dag_id": run["dag_id"], "task_id": task, "run_id": run["run_id"], "map_index": index})
                number = len(rows)
                state = STATES[number % len(STATES)]
                key = world.tasks[-1]
                tried = number % 4 if number % 10 else None
                rows.append(key | {
                    "id": some_uuid(f"task instance {number}"), "state": state, "try_number": tried,
                    "max_tries": [-1, 3, 0, None][number % 4], "pool": POOLS[number % len(POOLS)], "pool_slots": 1,
                    "executor_config": Raw(pickle.dumps([{}, {"KubernetesExecutor": {"image": "ü:1"}}][number % 2])) if number % 9 else None,
                    "trigger_id": world.triggers[number % len(world.triggers)] if state == "deferred" else None,
                    "next_kwargs": JSONS[number % 3] if state == "deferred" else None, "span_status": "ended",
                    "dag_version_id": None if number % 8 == 0 else run["version"], "queued_by_job_id": None})
                key["id"], key["run"] = rows[-1]["id"], run
                tries.extend((number, key, past, run) for past in range(1, tried or 0))
    for row in rows:
        row.pop("queued_by_job_id")
    filler.put("task_instance", rows)
    filler.put("task_instance_history", [
        key_of(key) | {
            "id": id, "task_instance_id": some_uuid(f"try {id}"), "try_number": past, "pool": POOLS[number % len(POOLS)],
            "pool_slots": 1, "span_status": "ended", "dag_version_id": run["version"] if id % 3 else None,
            "trigger_id": None if id % 2 else 7777,
            "executor_config": Raw(pickle.dumps([{}, {"KubernetesExecutor": {"image": "x"}}][number % 2])) if id % 9 else None}
        for id, (number, key, past, run) in enumerate(tries, 1)])


def key_of(task):
    return {name: task[name] for name in ("dag_id", "task_id", "run_id", "map_index")}


def belongings(filler, world):
    """What belongs to a task instance; at 3 some of it refers to its id."""
    def rows(table, each, more=lambda id, task: {}):
        filler.put(table, [
            {"id": id, **key_of(task), "ti_id": task["id"], **more(id, task)}
            for id, task in enumerate(world.tasks[::each], 1)])

    rows("task_instance_note", 3, lambda id, _: {"user_id": user(world, filler, "task_instance_note", id)})
    rows("task_reschedule", 4, lambda id, _: {"try_number": 1 + id % 3})
    rows("task_fail", 4)
    rows("task_map", 3, lambda id, _: {"length": id % 100, "keys": [None, ["a", "ü"], Raw("null")][id % 3]})
    rows("rendered_task_instance_fields", 2, lambda id, _: {
        "rendered_fields": {"bash_command": TEXTS[id % len(TEXTS)], "env": JSONS[id % len(JSONS)]},
        "k8s_pod_yaml": [None, Raw("null"), {"kind": "Pod"}][id % 3]})
    rows("hitl_detail", 5, lambda id, _: {
        "options": ["Approve", "Reject ü"], "params": {}, "params_input": {}, "defaults": [None, ["Approve"]][id % 2],
        "multiple": [None, True, False][id % 3], "assignees": [None, [{"id": "1", "name": "n"}]][id % 2],
        "responded_by": [None, {"id": "admin", "name": "ü"}][id % 2], "chosen_options": [None, ["Approve"]][id % 2]})
    filler.put("deadline", [
        {"id": some_uuid(f"deadline {id}"), "dagrun_id": run["id"] if id % 9 else None, "callback": callback(id),
         "callback_state": [None, "queued", "success", "failed"][id % 4], "deadline_time": moment(id),
         "trigger_id": world.triggers[id % len(world.triggers)] if id % 4 == 1 else None}
        for id, run in enumerate(world.runs[::2], 1)])


def xcoms(filler, world):
    is_json = filler.has("xcom", "value") and filler.tables["xcom"]["value"].kind == "json"
    rows, archived = [], []
    for number, task in enumerate(world.tasks):
        for at in range(number % 4):
            key = KEYS[(number + at) % len(KEYS)]
            row = key_of(task) | {"dag_run_id": task["run"]["id"], "key": key}
            pick = number * 3 + at
            if pick % 13 == 0:
                row["value"] = None
            elif is_json:
                row["value"] = JSONS[pick % len(JSONS)] if pick % 5 else Raw("null")
            elif pick % 7 == 0:
                row["value"] = Raw(pickle.dumps(PICKLED[pick % len(PICKLED)], protocol=2 + pick % 4))
            else:
                row["value"] = Raw(XCOM_TEXTS[pick % len(XCOM_TEXTS)].encode())
            rows.append(row)
            if pick % 6 == 0:
                archived.append(row | {"key": f"old {key}"[:500], "value": Raw(pickle.dumps(PICKLED[pick % 5]))})
    if archived:
        archived[0]["value"] = None
    filler.put("xcom", rows)
    filler.put("_xcom_archive", archived)


def assets(filler, world):
    word = world.asset
    ids = range(1, 16)
    uris = [f"s3://bucket/{id}/path%20with?query={id}" for id in ids[:-1]] + ["s3://" + "u" * 1495]
    names = [f"asset {id}" if id % 3 else uri for id, uri in zip(ids, uris)]
    filler.put(word, [
        {"id": id, "uri": uri, "name": name, "group": "asset", "extra": JSONS[id % 3], "is_orphaned": id % 3 == 0}
        for id, uri, name in zip(ids, uris, names)])
    filler.put("asset_active", [{"name": name, "uri": uri} for id, uri, name in zip(ids, uris, names) if id % 3])
    filler.put(f"{word}_alias", [{"id": id, "name": f"alias {id}" + "a" * (id * 100), "group": "asset"} for id in ids[:8]])
    filler.put("asset_trigger", [{"asset_id": id, "trigger_id": trigger} for id in ids[::2] for trigger in (1, 2)])
    waits = [(id, dag) for id in ids for dag in world.dags[id % 3::4]]
    filler.put(f"dag_schedule_{word}_reference", [{f"{word}_id": id, "dag_id": dag} for id, dag in waits])
    filler.put(f"dag_schedule_{word}_alias_reference", [{"alias_id": id, "dag_id": dag} for id, dag in waits if id < 9])
    filler.put("dag_schedule_asset_name_reference", [{"name": names[id - 1], "dag_id": dag} for id, dag in waits])
    filler.put("dag_schedule_asset_uri_reference", [{"uri": uris[id - 1], "dag_id": dag} for id, dag in waits])
    for way in ("inlet", "outlet"):
        filler.put(f"task_{way}_{word}_reference", [
            {f"{word}_id": id, "dag_id": dag, "task_id": TASKS[id % len(TASKS)]} for id, dag in waits])
    filler.put(f"{word}_dag_run_queue", [{f"{word}_id": id, "target_dag_id": dag} for id, dag in waits[::2]])
    events = range(1, 1 + max(30, world.runs_wanted // 3))
    filler.put(f"{word}_event", [
        {"id": id, f"{word}_id": 1 + id % len(ids), "extra": JSONS[id % 3],
         **({f"source_{part}": None for part in ("dag_id", "task_id", "run_id", "map_index")} if id % 4 == 0 else {
             "source_dag_id": (task := world.tasks[id % len(world.tasks)])["dag_id"], "source_task_id": task["task_id"],
             "source_run_id": task["run_id"], "source_map_index": task["map_index"]})}
        for id in events])
    filler.put(f"dagrun_{word}_event", [
        {"dag_run_id": world.runs[(id * 7) % len(world.runs)]["id"], "event_id": id} for id in events])
    filler.put(f"{word}_alias_{word}", [{"alias_id": id, f"{word}_id": other} for id in ids[:8] for other in ids[id % 3::3]])
    filler.put(f"{word}_alias_{word}_event", [{"alias_id": 1 + id % 8, "event_id": id} for id in events])


def settings(filler, world):
    encrypted = "gAAAAABl" + "Zm9v" * 30
    filler.put("connection", [
        {"id": id, "conn_id": f"conn {id} ü", "conn_type": ["postgres", "http", "aws"][id % 3], "port": [None, 5432, 0][id % 3],
         "password": [None, encrypted, "p'a\"s\\s", ""][id % 4], "extra": [None, encrypted, '{"a": "ü"}'][id % 3],
         "schema": [None, "s", "public"][id % 3], "login": [None, "l" * 400, "me"][id % 3], "team_id": None}
        for id in range(1, 40)])
    filler.put("variable", [
        {"id": id, "key": f"key {id} {'K' * (id % 3)}ü" if id % 9 else None, "val": [None, encrypted, '{"j": 1}', "", "ü🦆"][id % 5],
         "team_id": None}
        for id in range(1, 40)])
    filler.put("slot_pool", [
        {"id": 100 + id, "pool": [*POOLS[1:], None, *(f"pool {n}" for n in range(9))][id], "team_id": None} for id in range(12)])
    filler.put("log_template", [{"id": 100 + id, "filename": "{{ ti.dag_id }}/ü.log"} for id in range(3)])


def events(filler, world):
    count = max(30, world.runs_wanted)
    names = ["cli_task_run", "grid", "running", "success", None, "connection.create", "e" * 30]
    filler.put("log", [
        {"id": id, "event": names[id % len(names)], **({} if id % 3 == 0 else key_of(world.tasks[id % len(world.tasks)]))}
        for id in range(1, count)])
    filler.put("job", [
        {"id": id, "job_type": ["SchedulerJob", "TriggererJob", "LocalTaskJob", None][id % 4], "state": ["success", "running", None][id % 3]}
        for id in range(1, 60)])
    filler.put("import_error", [{"id": id, "filename": f"/dags/{id} ü.py" if id % 5 else None} for id in range(1, 15)])
    filler.put("callback_request", [
        {"id": id, "callback_type": "TaskCallbackRequest", "priority_weight": id,
         "callback_data": {"full_filepath": "/f", "msg": TEXTS[id % len(TEXTS)]}} for id in range(1, 15)])

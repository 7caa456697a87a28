"""The real Alembic's answers to revision graphs, as JSON lines.

`draw COUNT SEED` draws graphs, lets Alembic lead a database of each through states, and writes what is to be asked of
each. `suite SEED` does so with the graphs of Alembic's own tests, and asks what these ask, too. `answer` reads what is
to be asked and writes Alembic's answers. Where a set's order decides, they are others under another PYTHONHASHSEED.
"""

import json
import pathlib
import random
import sys

import drawn
import real

BAD = 0.04
# The keys under which there are revisions.
OF_REVISIONS = {
    *("down", "deps", "heads", "real_heads", "bases", "parents", "branches", "history"),
    *("rows", "start", "from", "to", "shown", "after"),
}
SUITE = pathlib.Path(__file__).with_name("suite.jsonl")


def main():
    if sys.argv[1] == "draw":
        for number in range(int(sys.argv[2])):
            print(json.dumps(request(random.Random(f"{sys.argv[3]} {number}")), ensure_ascii=False))
    elif sys.argv[1] == "suite":
        for line in SUITE.read_text().splitlines():
            for asked in of_suite(random.Random(f"{sys.argv[2]} {line}"), json.loads(line)):
                print(json.dumps(asked, ensure_ascii=False))
    else:
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line)), ensure_ascii=False, separators=(",", ":")))


def request(rng):
    kind = rng.choices(list(drawn.KINDS), [weight[0] for weight in drawn.KINDS.values()])[0]
    revisions = drawn.graph(rng, kind)
    if drawn.some(rng, BAD):
        kind, cases = "bad: " + drawn.bad(rng, revisions), [{"do": "upgrade", "target": "heads"}]
        cases.append({"do": "upgrade", "target": rng.choice(revisions)["id"]})
    else:
        cases = ask(rng, revisions)
    for one in revisions:
        one.pop("on")
    return {"kind": kind, "revisions": revisions, "cases": cases}


def of_suite(rng, asked):
    """A graph with its files in the order in which it is written, and, where that is another, sorted by id."""
    revisions = [{"down": [], "deps": [], "labels": [], **one} for one in asked["revisions"]]
    holders = {label: one["id"] for one in revisions for label in one["labels"]}
    orders = [revisions, sorted(revisions, key=lambda one: one["id"])]
    for order in orders[: 1 + (orders[0] != orders[1])]:
        cases = [*asked.get("cases", [])]
        if "exception" in real.facts(real.Directory(order)):
            cases.append({"do": "upgrade", "target": "heads"})
        else:
            linked = [{**one, "on": one["down"] + [holders.get(text, text) for text in one["deps"]]} for one in order]
            cases += [case for case in ask(rng, linked, 40) if case not in cases]
        yield {"kind": "suite: " + asked["kind"], "revisions": order, "cases": cases}


def states(rng, directory, revisions):
    """Rows that Alembic itself leaves after some commands, in a mixed order."""
    reached, rows = [[]], []
    for _ in range(rng.randint(3, 7)):
        do = drawn.weighted(rng, [("upgrade", 6), ("downgrade", 3), ("stamp", 2)])
        if do == "stamp":
            case = {"do": do, "rows": rows, "targets": drawn.stamp_targets(rng, revisions, rows)}
        else:
            case = {"do": do, "rows": rows, "target": drawn.target(rng, do, revisions, rows)}
        real.run(directory, case)
        rows = real.rows()
        if rows not in reached:
            reached.append(rows)
    if drawn.some(rng, 0.7):
        real.run(directory, {"do": "upgrade", "rows": [], "target": "heads"})
        reached.append(real.rows())
    return reached


def ask(rng, revisions, count=None):
    directory = real.Directory(revisions)
    reached = states(rng, directory, revisions)
    cases = []
    for _ in range(count or rng.randint(8, 12)):
        do = drawn.weighted(
            rng,
            [("upgrade", 34), ("downgrade", 34), ("stamp", 14), ("stamp --purge", 2), ("stamp --sql", 1),
             ("upgrade --sql", 4), ("downgrade --sql", 4), ("history", 5), ("show", 3), ("get", 3),
             ("current --check-heads", 1.5), ("current", 1)],
        )  # fmt: skip
        rows = rng.choice(reached)
        if do.startswith(("upgrade", "downgrade", "stamp")) and drawn.some(rng, 0.6):
            two = [rows, rng.choice(reached)]
            rows = sorted(two, key=lambda rows: len(drawn.below(revisions, rows)))[0 if do.startswith("upgrade") else 1]
        if do == "downgrade" and not rows and drawn.some(rng, 0.75):
            rows = rng.choice([rows for rows in reached if rows] or [[]])
        rows = rng.sample(rows, len(rows))
        if do in ("upgrade", "downgrade"):
            case = {"do": do, "rows": rows, "target": drawn.target(rng, do, revisions, rows)}
        elif do in ("stamp", "stamp --purge"):
            case = {"do": do, "rows": rows, "targets": drawn.stamp_targets(rng, revisions, rows)}
        elif do == "stamp --sql":
            start = rng.choice(revisions)["id"]
            targets = [f"{start}:{target}" for target in drawn.stamp_targets(rng, revisions, [start])]
            case = {"do": do, "targets": targets}
        elif do in ("upgrade --sql", "downgrade --sql"):
            case = {"do": do, "target": drawn.span(rng, do, revisions, rows)}
        elif do == "history":
            case = {"do": do, "target": drawn.span(rng, do, revisions, rows)}
            if "current" in case["target"]:
                case["rows"] = rows
        elif do in ("show", "get"):
            direction = drawn.weighted(rng, [("upgrade", 1), ("downgrade", 1)])
            case = {"do": do, "target": drawn.target(rng, direction, revisions, rows)}
        else:
            case = {"do": do, "rows": rows}
        if "rows" in case and drawn.some(rng, 0.01):
            case["rows"] = case["rows"] + ["feedfacecafe"]
        if case not in cases:
            cases.append(case)
    return cases


def answer(asked):
    """What was asked, and Alembic's answers; a known revision is written as its place in `revisions`."""
    directory = real.Directory(asked["revisions"])
    facts = real.facts(directory)
    readable = "exception" not in facts
    cases = [real.run(directory if readable else real.Directory(asked["revisions"]), case) for case in asked["cases"]]
    ids = [one["id"] for one in asked["revisions"]]
    places = {one: place for place, one in enumerate(ids)} if len(set(ids)) == len(ids) else {}

    def place(value):
        if isinstance(value, (list, tuple)):
            return [place(one) for one in value]
        return places.get(value, value) if isinstance(value, str) else value

    def compact(entry):
        made = {}
        for key, value in entry.items():
            if key in OF_REVISIONS:
                value = place(value)
            elif key == "steps":
                value = [compact(step) if isinstance(step, dict) else place(step) for step in value]
            elif key == "labels" and isinstance(value, dict):
                value = {label: place(holders) for label, holders in value.items()}
            if value not in ([], {}, None):
                made[key] = value
        return made

    revisions = [compact(one) for one in asked["revisions"]]
    return {"kind": asked["kind"], "revisions": revisions, **compact(facts), "cases": [compact(case) for case in cases]}


if __name__ == "__main__":
    main()

"""Revision graphs, database states and targets, drawn from a seed."""

import string

WORDS = [
    *("users", "user", "lib", "billing", "core", "feature", "ab", "release_1", "my-branch", "données", "shop", "facts"),
]
NONSENSE = [
    "", " ", "nothing", "zz", "zzzz", "@", "@head", "x@", "a@b@c", "+", "-", "--1", "+-1", "++1", "Head", "HEADS",
    "base@head", "head@base", "current", "current-1", "base@base", "@+1", "@-1", "0", "1", "-", "None", "heads@head",
    "nothing@head", "nothing@+1", "nothing@-1", "nothing+1", "nothing-1", "nothing@base", "nothing@heads", "head@head",
    "*", "%",
]  # fmt: skip

# kind: how many of a thousand, how likely are a new base, a branch, a merge, a dependency and a label
KINDS = {
    "linear": (90, 0.0, 0.0, 0.0, 0.0, 0.0),
    "branchy": (130, 0.03, 0.35, 0.04, 0.0, 0.0),
    "merge-heavy": (160, 0.04, 0.3, 0.35, 0.0, 0.0),
    "bases": (80, 0.3, 0.1, 0.1, 0.0, 0.0),
    "labelled": (170, 0.12, 0.2, 0.12, 0.0, 0.35),
    "dependent": (170, 0.2, 0.15, 0.08, 0.35, 0.0),
    "mixed": (170, 0.15, 0.2, 0.15, 0.25, 0.25),
    "large": (15, 0.05, 0.15, 0.12, 0.08, 0.08),
}


# How many revisions, and how likely that is.
SIZES = list(zip(range(1, 15), [1, 2, 4, 7, 9, 10, 10, 9, 8, 6, 4, 3, 2, 2]))


def some(rng, chance):
    return rng.random() < chance


def weighted(rng, choices):
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


def identifiers(rng, count):
    """As many ids, all of one shape."""
    shape = weighted(
        rng, [("hex", 30), ("prefixed", 22), ("short", 20), ("number", 8), ("nested", 6), ("word", 6), ("odd", 3)]
    )
    made = []
    common = hexadecimal(rng, rng.randint(3, 11))
    while len(made) < count:
        number = len(made)
        if shape == "hex":
            one = hexadecimal(rng, 12)
        elif shape == "prefixed":
            one = (common + hexadecimal(rng, 12))[:12] if some(rng, 0.7) else hexadecimal(rng, 12)
        elif shape == "short":
            one = rng.choice("abcdx") + str(rng.randint(1, 9) if count < 15 else rng.randint(1, 99))
        elif shape == "number":
            one = f"{number + 1:04}" if some(rng, 0.8) else str(rng.randint(1, 99999))
        elif shape == "nested":
            alone = not made or some(rng, 0.4)
            one = hexadecimal(rng, rng.randint(1, 8)) if alone else rng.choice(made) + rng.choice("0af")
        elif shape == "word":
            parts = ["add", "drop", "alter", "user"], ["", "_"], ["one", "two", "x", str(number)]
            one = "".join(rng.choice(part) for part in parts)
        else:
            one = rng.choice(["1.0.", "é", "v ", "a/", "A", "head", "base_"]) + str(rng.randint(1, 99))
        if one not in made:
            made.append(one)
    return made


def hexadecimal(rng, length):
    return "".join(rng.choice("0123456789abcdef") for _ in range(length))


def ancestors(graph, start):
    """All that a revision stands on, by place, itself among them."""
    todo, seen = [start], set()
    while todo:
        place = todo.pop()
        if place not in seen:
            seen.add(place)
            todo.extend(graph[place]["on"])
    return seen


def graph(rng, kind):
    """Revisions in the order in which their files are read."""
    _, base, branch, merge, depend, label = KINDS[kind]
    count = rng.randint(18, 40) if kind == "large" else weighted(rng, SIZES)
    ids = identifiers(rng, count)
    words = [word for word in rng.sample(WORDS, len(WORDS)) if word not in ids]
    revisions = []
    for place in range(count):
        heads = [p for p in range(place) if not any(p in other["down"] for other in revisions)]
        one = {"id": ids[place], "down": [], "deps": [], "labels": [], "on": []}
        if place and not some(rng, base):
            if place > 1 and some(rng, merge):
                pool = heads if len(heads) > 1 and some(rng, 0.85) else list(range(place))
                one["down"] = rng.sample(pool, min(len(pool), weighted(rng, [(2, 8), (3, 2)])))
            else:
                one["down"] = [rng.randrange(place) if some(rng, branch) else rng.choice(heads[-2:])]
        one["on"] = list(one["down"])
        revisions.append(one)
        if place and some(rng, depend):
            for _ in range(weighted(rng, [(1, 7), (2, 2), (3, 1)])):
                own = ancestors(revisions, place)
                others = [p for p in range(place) if p not in own]
                on = rng.choice(others) if others and some(rng, 0.75) else rng.randrange(place)
                named = revisions[on]["labels"]
                text = rng.choice(named) if named and some(rng, 0.6) else ids[on]
                if text not in one["deps"] and (on not in one["down"] or some(rng, 0.2)):
                    one["deps"].append(text)
                    one["on"].append(on)
        if words and some(rng, label if one["down"] else label * 1.8):
            one["labels"] = [words.pop() for _ in range(min(len(words), weighted(rng, [(1, 8), (2, 2)])))]
    for one in revisions:
        one["down"] = [ids[place] for place in one["down"]]
        one["on"] = [ids[place] for place in one["on"]]
    order = weighted(rng, [("sorted", 3), ("shuffled", 5), ("as made", 1), ("backwards", 1)])
    if order == "sorted":
        revisions.sort(key=lambda one: one["id"])
    elif order == "shuffled":
        rng.shuffle(revisions)
    elif order == "backwards":
        revisions.reverse()
    return revisions


def below(revisions, ids):
    """The ids of all that these stand on, themselves among them."""
    on = {one["id"]: one["on"] for one in revisions}
    todo, seen = list(ids), set()
    while todo:
        one = todo.pop()
        if one in on and one not in seen:
            seen.add(one)
            todo.extend(on[one])
    return [one["id"] for one in revisions if one["id"] in seen]


def target(rng, do, revisions, rows):
    """A target for a direction, more often than not one that can be reached from the rows."""
    ids = [one["id"] for one in revisions]
    labels = [label for one in revisions for label in one["labels"]]
    reached = below(revisions, rows)
    likely = reached if do == "downgrade" else [one for one in ids if one not in reached]
    one = rng.choice(likely if likely and some(rng, 0.85) else ids)
    number = weighted(rng, [(1, 50), (2, 30), (3, 12), (4, 4), (0, 2), (7, 2)])
    sign = "-" if (do == "downgrade") != some(rng, 0.08) else "+"
    no_label = weighted(rng, [(rng.choice(ids), 8), ("nothing", 1), (one[:-1], 1)])
    label = rng.choice(labels) if labels and some(rng, 0.9) else no_label
    if labels and some(rng, 0.7):
        near = below(revisions, [one])
        label = rng.choice([text for other in revisions if other["id"] in near for text in other["labels"]] or [label])
    prefix = one[: rng.randint(4 if len(one) > 5 and some(rng, 0.7) else 1, max(1, len(one) - 1))]
    up = do != "downgrade"
    forms = [
        (one, 22), (prefix, 9), ("head", 5), ("heads", 12 if up else 3), ("base", 1 if up else 5),
        (f"{one}@head", 2), (f"{one}@heads", 1), (f"{one}@base", 1), (f"{prefix}@head", 1),
        (f"{one}@{rng.choice(ids)}", 1), (f"{sign}{number}", 12), (f"{one}@{sign}{number}", 2),
        (f"{one}+{number}", 5 if up else 3), (f"{one}-{number}", 4 if up else 5), (f"{prefix}{sign}{number}", 2),
        (f"head{sign}{number}", 1), (f"heads{sign}{number}", 1), (f"base+{number}", 1), (f"head-{number}", 1.5),
        (f"base-{number}", 0.5), (f"{sign}{number}x", 0.4), (f"{one}{sign}{number}+1", 0.4), (one.upper(), 0.4),
        (f"{one}x", 0.5), (f" {one}", 0.2), (f"{rng.choice(ids)}:{one}", 0.5), (rng.choice(NONSENSE), 3),
    ]  # fmt: skip
    of_label = [
        (f"{label}@head", 3), (f"{label}@heads", 1.5), (f"{label}@base", 2), (label, 1.5), (f"{label}@{one}", 1.5),
        (f"{label}@{prefix}", 1), (f"{label}@{sign}{number}", 4), (f"{label}{sign}{number}", 1),
        (f"{label}@{one}{sign}{number}", 1.5), (f"{label}@{one}{rng.choice('+-')}{number}", 1),
        (f"{label}@head-{number}", 1), (f"{label}@base+{number}", 0.7), (f"{label}@heads-{number}", 0.5),
    ]  # fmt: skip
    forms += [(form, weight * (3 if labels else 1)) for form, weight in of_label]
    if do == "stamp":
        forms = [(form, weight * (0.25 if "+" in form or "-" in form else 1)) for form, weight in forms]
    if do == "downgrade":
        forms = [(form, weight * (0.4 if "head" in form else 1)) for form, weight in forms]
    return weighted(rng, forms)


def stamp_targets(rng, revisions, rows):
    ids = [one["id"] for one in revisions]
    if some(rng, 0.55):
        return [target(rng, "stamp", revisions, rows)]
    if some(rng, 0.75):
        return rng.sample(ids, min(len(ids), weighted(rng, [(2, 7), (3, 3)])))
    return [target(rng, "stamp", revisions, rows) for _ in range(rng.randint(2, 3))]


def span(rng, do, revisions, rows):
    """From and to, for what takes two."""
    ids = [one["id"] for one in revisions]

    def side(low):
        one = rng.choice(ids)
        labels = [label for one in revisions for label in one["labels"]] or [rng.choice(ids)]
        label = rng.choice(labels)
        common = [(one, 10), (one[: max(1, len(one) - 1)], 2), (f"{one}-1", 1), (f"{label}@{one}", 1), (label, 1)]
        common += [("nothing", 0.5)]
        if do == "history":
            common += [("current", 2), ("", 3), (f"{label}@base", 0.7), ("-1", 0.5), ("-2", 0.5), ("+1", 0.5)]
            common += [(f"{label}@-1", 0.3), (f"{one}+1", 1)]
        if low:
            return common + [("base", 4), (f"{label}@base", 1), ("heads", 0.5), ("head", 0.5)]
        common += [("head", 3), ("heads", 3), (f"{label}@head", 2), (f"{label}@heads", 1), ("base", 0.5)]
        return common + [("+1", 1), ("+2", 1), (f"{label}@+1", 1), (f"{one}+1", 1)]

    low, high = weighted(rng, side(True)), weighted(rng, side(False))
    first, last = rng.choice(ids), rng.choice(ids)
    if some(rng, 0.5):
        lower = [one for one in below(revisions, [last])]
        low, high = rng.choice(lower), last
    if do == "downgrade --sql":
        if some(rng, 0.25):
            low = weighted(rng, [("-1", 3), ("-2", 2), ("base", 3), (f"{first}-1", 1), (f"{first}@-1", 1)])
        low, high = high, low
    return f"{low}:{high}"


def bad(rng, revisions):
    """The same with something wrong in it, and what that is."""
    ids = [one["id"] for one in revisions]
    one, other = rng.choice(revisions), rng.choice(revisions)
    wrong = rng.choice(
        ["duplicate id", "unknown parent", "unknown dependency", "cycle", "self-loop", "dependency cycle",
         "dependency self-loop", "duplicate label", "label like an id", "forbidden in an id", "forbidden in a label",
         "partial parent", "partial dependency", "repeated parent", "no base"]
    )  # fmt: skip
    if wrong == "duplicate id":
        copy = {**other, "id": one["id"]} if some(rng, 0.5) else dict(one)
        revisions.insert(rng.randint(0, len(revisions)), copy)
    elif wrong == "unknown parent":
        one["down"] = one["down"] + ["ffffffffffff"] if some(rng, 0.4) else ["ffffffffffff"]
    elif wrong == "unknown dependency":
        one["deps"] = ["ffffffffffff"]
    elif wrong in ("cycle", "dependency cycle"):
        low = rng.choice(below(revisions, [one["id"]]))
        key = "down" if wrong == "cycle" else "deps"
        next(r for r in revisions if r["id"] == low)[key] = [one["id"]]
    elif wrong == "self-loop":
        one["down"] = [one["id"]]
    elif wrong == "dependency self-loop":
        one["deps"] = [one["id"]]
    elif wrong == "duplicate label":
        one["labels"] = ["twice"]
        other["labels"] = ["twice", "twice"] if one is other else ["twice"]
    elif wrong == "label like an id":
        one["labels"] = [rng.choice(ids)]
    elif wrong == "forbidden in an id":
        revisions.append({"id": rng.choice("@-+:").join(["ab", "cd"]), "down": [], "deps": [], "labels": [], "on": []})
    elif wrong == "forbidden in a label":
        one["labels"] = [rng.choice("@-+:").join(["ab", "cd"])]
    elif wrong == "partial parent":
        one["down"] = [other["id"][:-1] or "x"]
    elif wrong == "partial dependency":
        one["deps"] = [other["id"][:-1] or "x"]
    elif wrong == "repeated parent":
        one["down"] = [other["id"], other["id"]] if one is not other else ["eeee", "eeee"]
    else:
        for r in revisions:
            if not r["down"]:
                r["down"] = [one["id"]]
    return wrong

"""One form for SQLite's CREATE TABLE, which is kept as it was typed.

A constraint that stands at its column is put behind the columns, the clauses of a column into one order, and a default
out of brackets that mean nothing.
"""

import re

TOKEN = re.compile(r"'(?:[^']|'')*'|\S+")
STARTS = ("CONSTRAINT", "NOT", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "COLLATE", "REFERENCES", "GENERATED")
TABLE = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


def form(statement):
    """A statement as dump.py writes it: each item on a line of its own."""
    if not statement.startswith("CREATE TABLE"):
        return statement
    first, *items, last = statement.splitlines()
    columns, constraints = [], []
    for item in items:
        tokens = TOKEN.findall(item)
        if tokens[0] in TABLE:
            constraints.append(" ".join(tokens))
        else:
            column, own = taken_apart(tokens)
            columns.append(column)
            constraints += own
    return "\n".join([first, *(f"  {item}" for item in columns + sorted(constraints)), last])


def taken_apart(tokens):
    """A column without its constraints, and those."""
    definition, clauses, depth = [], [], 0
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        begins = depth == 0 and at > 0 and token in STARTS and tokens[at - 1] != "SET"
        if begins and (token != "NOT" or following == "NULL"):
            if not (clauses and clauses[-1][0] == "CONSTRAINT" and len(clauses[-1]) == 2):
                clauses.append([])
        depth += (token == "(") - (token == ")")
        (clauses[-1] if clauses else definition).append(token)
    kept, constraints = [], []
    for clause in clauses:
        named = clause[:2] if clause[0] == "CONSTRAINT" else []
        rest = clause[len(named):]
        of = ["(", tokens[0], ")"]
        if rest[0] in ("PRIMARY", "UNIQUE"):
            length = 2 if rest[0] == "PRIMARY" else 1
            constraints.append(named + rest[:length] + of + rest[length:])
        elif rest[0] == "REFERENCES":
            constraints.append(named + ["FOREIGN", "KEY"] + of + rest)
        elif rest[0] == "CHECK":
            constraints.append(clause)
        elif rest[0] == "DEFAULT" and rest[1] == "(":
            kept.append(["DEFAULT"] + rest[2:-1])
        else:
            kept.append(clause)
    column = definition + [token for clause in sorted(kept) for token in clause]
    return " ".join(column), [" ".join(constraint) for constraint in constraints]

"""One form for the texts that SQLite keeps as they were typed.

Evened out is what means nothing: comments, spaces, quotes, the case of keywords and types, whether a constraint stands
at its column or behind the columns, the order of a column's clauses and of constraints, a default of NULL, brackets
around a default, NULL, the actions and times that a foreign key has without saying them, and NOT NULL of the column
that is the row's id.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import alembic_dump_sqlite  # noqa: E402

TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^]]*\]"""
    r"""|\w+|<=|>=|<>|!=|\|\||->>|->|==|[^\s\w]""",
    re.S,
)
KEYWORDS = set("""
ABORT ACTION ALWAYS AND AS ASC AUTOINCREMENT BETWEEN BINARY CASCADE CASE CHECK COLLATE CONFLICT CONSTRAINT CREATE
CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DEFERRABLE DEFERRED DELETE DESC ELSE END EXISTS FAIL FOREIGN
GENERATED GLOB IF IGNORE IMMEDIATE IN INDEX INITIALLY IS ISNULL KEY LIKE MATCH NO NOCASE NOT NOTNULL NULL ON OR PRIMARY
REFERENCES REPLACE RESTRICT ROLLBACK ROWID RTRIM SET STORED STRICT TABLE THEN UNIQUE UPDATE VIRTUAL WHEN WHERE WITHOUT
TRUE FALSE
""".split())
MEANS_NOTHING = [
    (" ON DELETE NO ACTION", ""), (" ON UPDATE NO ACTION", ""), (" NOT DEFERRABLE", ""), (" INITIALLY IMMEDIATE", ""),
    (" MATCH SIMPLE", ""),
]
COLUMN_ENDS = ("CONSTRAINT", "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "COLLATE", "REFERENCES",
               "GENERATED", "AS")
CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


def tokens(sql):
    """The tokens, without comments and quotes; keywords in capitals, quoted or not."""
    for token in TOKEN.findall(sql):
        if token.startswith(("--", "/*")):
            continue
        if token[0] in '"`[':
            inner = token[1:-1].replace('""', '"')
            yield inner.upper() if inner.upper() in KEYWORDS else inner
        else:
            yield token.upper() if token.upper() in KEYWORDS else token


def plain(sql):
    """A view or a trigger."""
    return " ".join(tokens(sql))


def index(sql):
    """Brackets around a function in the list of an index mean nothing."""
    found = list(tokens(sql))
    start, depth, outer = found.index("("), 0, []
    kept = found[:start + 1]
    for at, token in enumerate(found[start + 1:], start + 1):
        calls = re.match(r"\w+$", found[at + 1]) and found[at + 2] == "(" if at + 2 < len(found) else False
        if token == "(" and depth == 0 and found[at - 1] in ("(", ",") and calls:
            outer.append(depth)
            depth += 1
            continue
        depth += (token == "(") - (token == ")")
        if token == ")" and outer and depth == outer[-1]:
            outer.pop()
            continue
        kept.append(token)
        if depth < 0:
            kept += found[at + 1:]
            break
    return re.sub(r" ASC\b", "", " ".join(kept))


def default(text):
    if text is None or text.upper() == "NULL":
        return None
    text = " ".join(tokens(text))
    while text.startswith("( ") and closes_at_end(text):
        text = text[2:-2]
    return text


def closes_at_end(text):
    depth = 0
    for at, token in enumerate(parts := text.split(" ")):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return at == len(parts) - 1
    return False


def table(sql):
    found = list(tokens(sql))
    start, items, depth, end = found.index("("), [[]], 0, len(found)
    for at, token in enumerate(found[start + 1:], start + 1):
        depth += (token == "(") - (token == ")")
        if depth < 0:
            end = at
            break
        if depth == 0 and token == ",":
            items.append([])
        else:
            items[-1].append(token)
    items = [item for listed in items for item in split(listed)]
    columns = [" ".join(column(item)) for item in items if item[0] not in CONSTRAINTS]
    others = [" ".join(item) for item in items if item[0] in CONSTRAINTS]
    statement = "\n".join([" ".join(found[:start + 1]), *columns, *sorted(others), " ".join(found[end:])])
    first, *lines, last = alembic_dump_sqlite.form(statement).splitlines()
    lines = [settled(line.strip()) for line in lines]
    row_id = None if "WITHOUT ROWID" in last else row_id_of(lines)
    lines = [re.sub(" NOT NULL", "", line) if line.startswith(f"{row_id} INTEGER") else line for line in lines]
    columns = [line for line in lines if not line.startswith(CONSTRAINTS)]
    others = sorted(line for line in lines if line.startswith(CONSTRAINTS))
    return "\n".join([first, *(f"  {line}" for line in columns + others), last])


def row_id_of(lines):
    """The column that is the row's id: the only one of the key, and of this type."""
    for line in lines:
        if key := re.match(r"(?:CONSTRAINT \S+ )?PRIMARY KEY \( (\S+) \)(?! DESC)", line):
            name = key[1]
            return name if any(re.match(rf"{re.escape(name)} INTEGER\b(?! \()", other) for other in lines) else None
    return None


def split(item):
    """Constraints may follow each other without a comma."""
    if item[0] not in CONSTRAINTS:
        return [item]
    found, depth = [[]], 0
    for at, token in enumerate(item):
        begins = depth == 0 and token in CONSTRAINTS and at > 0 and not (item[at - 2:at - 1] == ["CONSTRAINT"])
        if begins:
            found.append([])
        depth += (token == "(") - (token == ")")
        found[-1].append(token)
    return found


def column(item):
    """A column with its type in capitals, without the clauses that mean nothing."""
    ends = next((at for at, token in enumerate(item) if at and token in COLUMN_ENDS), len(item))
    item = item[:1] + [token.upper() for token in item[1:ends]] + item[ends:]
    kept = []
    for at, token in enumerate(item):
        if token == "NULL" and at and item[at - 1] not in ("NOT", "DEFAULT", "SET", "IS", "THEN", "ELSE", ","):
            if item[at - 1:at + 2] != ["(", "NULL", ")"]:
                continue
        if token == "ASC":
            continue
        kept.append(token)
    text = " ".join(kept).replace(" DEFAULT NULL", "").replace(" DEFAULT ( NULL )", "")
    return text.split(" ")


def settled(line):
    for nothing, instead in MEANS_NOTHING:
        line = line.replace(nothing, instead)
    return line

"""What Alembic takes to load a directory of revisions and to plan an upgrade and a downgrade of all of them.

Argument: the directory above `versions`.
"""

import sys
import time

from alembic.script import ScriptDirectory

begun = time.perf_counter()


def lap(what):
    global begun
    print(what, round((time.perf_counter() - begun) * 1000, 1))
    begun = time.perf_counter()


script = ScriptDirectory(sys.argv[1])
script.revision_map.heads
lap("load")
up = script._upgrade_revs("heads", ())
lap("upgrade")
down = script._downgrade_revs("base", script.get_heads())
lap("downgrade")
assert len(up) == len(down)
print("steps", len(up))

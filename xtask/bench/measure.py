"""Runs commands in interleaved rounds and says what each took.

Standard input: {"rounds": N, "commands": [{"name": ..., "argv": [...], "env": {...}, "rounds": M}]}; a
command's own number of rounds may be smaller. Standard output: for each command its wall and CPU times in
milliseconds, one of each a round, and its peak memory in MiB where GNU time is there to tell it.
"""

import json
import os
import shutil
import subprocess
import sys
import time


def once(argv, env):
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
    begun = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, env, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    if status != 0:
        said = subprocess.run(argv, env=env, capture_output=True, text=True)
        sys.exit(f"{' '.join(argv)} failed: {said.stdout}{said.stderr}")
    return wall, (usage.ru_utime + usage.ru_stime) * 1000


def peak(argv, env):
    """The peak memory. A child of this process would start with this process's own, so GNU time forks it."""
    gnu_time = shutil.which("time")
    if not gnu_time:
        return None
    run = subprocess.run([gnu_time, "-f", "%M", *argv], env=env, capture_output=True, text=True)
    return int(run.stderr.strip().splitlines()[-1]) / 1024


task = json.load(sys.stdin)
commands = task["commands"]
for command in commands:
    command["env"] = {**os.environ, **command["env"]}
    command["wall"], command["cpu"] = [], []
    once(command["argv"], command["env"])
for turn in range(task["rounds"]):
    for command in commands:
        if turn < command.get("rounds", task["rounds"]):
            wall, cpu = once(command["argv"], command["env"])
            command["wall"].append(wall)
            command["cpu"].append(cpu)
results = [
    {"name": c["name"], "wall": c["wall"], "cpu": c["cpu"], "peak": peak(c["argv"], c["env"])} for c in commands
]
json.dump(results, sys.stdout)

"""Runs commands in interleaved rounds and says what each took.

Standard input: {"rounds": N, "commands": [{"name": ..., "argv": [...], "env": {...}, "rounds": M, "limit": S}]}; a
command's own number of rounds may be smaller, and one that takes longer than its limit, in seconds, is stopped and not
run again: then it has no times. Standard output: for each command its wall and CPU times in
milliseconds, one of each a round, and its peak memory in MiB where GNU time is there to tell it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time


def once(argv, env, limit=None):
    """Wall and CPU time; None if it was stopped at the limit."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
    begun = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, env, file_actions=quiet)
    timer = threading.Timer(limit, os.kill, (pid, signal.SIGKILL)) if limit else None
    if timer:
        timer.start()
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    if timer:
        timer.cancel()
        if os.WIFSIGNALED(status) and wall >= limit * 1000:
            return None
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
    ended = once(command["argv"], command["env"], command.get("limit"))
    command["left"] = command.get("rounds", task["rounds"]) if ended else 0
for turn in range(task["rounds"]):
    for command in commands:
        if turn < command["left"]:
            wall, cpu = once(command["argv"], command["env"])
            command["wall"].append(wall)
            command["cpu"].append(cpu)


def result(command):
    highest = peak(command["argv"], command["env"]) if command["wall"] else None
    return {"name": command["name"], "wall": command["wall"], "cpu": command["cpu"], "peak": highest}


json.dump([result(command) for command in commands], sys.stdout)

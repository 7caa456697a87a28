"""Runs commands in interleaved rounds and says what each took.

Standard input: {"rounds": N, "commands": [{"name": ..., "argv": [...], "env": {...}, "rounds": M, "limit": S}]}; a
command's own number of rounds may be smaller, and one that takes longer than its limit, in seconds, is stopped and not
run again: then it has no times. Its "before" is a list of commands that are run before each round, and not measured;
one with "cold" has no round that is not counted. Standard output: for each command its wall and CPU times in
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
    """Wall and CPU time, and the peak memory; None if it was stopped at the limit."""
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
    return wall, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def prepare(command):
    for argv in command.get("before", []):
        subprocess.run(argv, env=command["env"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def peak(argv, env):
    """The peak memory. A child of this process starts with this process's own, so GNU time forks what may be small."""
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
    command["left"] = command.get("rounds", task["rounds"])
    if not command.get("cold"):
        prepare(command)
        command["left"] *= once(command["argv"], command["env"], command.get("limit")) is not None
for turn in range(task["rounds"]):
    for command in commands:
        if turn < command["left"]:
            prepare(command)
            wall, cpu, command["peak"] = once(command["argv"], command["env"])
            command["wall"].append(wall)
            command["cpu"].append(cpu)


def result(command):
    highest = command.get("peak")
    if command["wall"] and not command.get("cold"):
        prepare(command)
        highest = peak(command["argv"], command["env"])
    return {"name": command["name"], "wall": command["wall"], "cpu": command["cpu"], "peak": highest}


json.dump([result(command) for command in commands], sys.stdout)

"""Profilers and tracers around compiled calls, and the trace of compilations."""

import cProfile
import json
import os
import pstats
import subprocess
import sys
import threading

import pytest

from cumbia import jit


@jit
def total(n):
    s = 0
    for i in range(n):
        s += i
    return s


@jit
def failing(x):
    return 1 // x


@jit
def calling(function, n):
    s = 0
    for i in range(n):
        s += function(i)
    return s


def square(x):
    return x * x


def exercise():
    with pytest.raises(ZeroDivisionError):
        failing(0)
    return total(10), failing(1), calling(square, 4)


def test_cprofile():
    exercise()
    profile = cProfile.Profile()
    assert profile.runcall(exercise) == (45, 1, 14)
    assert any(name == "exercise" for _, _, name in pstats.Stats(profile).stats)


@pytest.mark.parametrize("hook", [sys.setprofile, sys.settrace])
def test_hooks(hook):
    seen = []

    def watch(frame, event, argument):
        seen.append((event, frame.f_code.co_name))
        return watch

    before = sys.getprofile() if hook is sys.setprofile else sys.gettrace()
    hook(watch)
    try:
        result = exercise()
    finally:
        hook(before)
    assert result == (45, 1, 14)
    assert ("call", "exercise") in seen
    # A first call compiles, which runs Python code that is watched as well.
    hook(watch)
    try:
        assert jit(lambda x: x + 1)(2) == 3
    finally:
        hook(before)


@pytest.mark.parametrize("hook", [sys.setprofile, sys.settrace])
def test_hooks_that_raise(hook):
    class Stop(Exception):
        pass

    def watch(frame, event, argument):
        if frame.f_code.co_name == "exercise" and event != "call":
            raise Stop
        return watch

    before = sys.getprofile() if hook is sys.setprofile else sys.gettrace()
    hook(watch)
    try:
        with pytest.raises(Stop):
            exercise()
    finally:
        hook(before)
    assert exercise() == (45, 1, 14)


def test_hooks_on_other_threads():
    results = []
    threading.setprofile(lambda *_: None)
    threading.settrace(lambda *_: None)
    try:
        threads = [threading.Thread(target=lambda: results.append(exercise())) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    finally:
        threading.setprofile(None)
        threading.settrace(None)
    assert results == [(45, 1, 14)] * 4


TRACED = """
import os, sys
from cumbia import jit
@jit
def double(x):
    return 2 * x
double(1), double(1.5)
if os.fork() == 0:
    sys.exit()
os.wait()
"""


def test_trace_of_compilations(tmp_path):
    program, out = tmp_path / "program.py", tmp_path / "trace.json"
    program.write_text(TRACED)
    environment = {**os.environ, "CUMBIA_TRACE": str(out)}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text())["traceEvents"]
    compiled = [row for row in rows if row.get("cat") == "compiled"]
    assert len(compiled) == 2 and all("double" in row["name"] and row["ph"] == "X" for row in compiled)
    assert all(row["dur"] > 0 and row["ts"] > 0 for row in compiled)
    assert {"name": "compiled"} in [row["args"] for row in rows if row["ph"] == "M"]


MAPPED = """
import os, re
from cumbia import jit
@jit
def double(x):
    return 2 * x
double(1)
path = f"/tmp/perf-{os.getpid()}.map"
try:
    text = open(path).read()
    mode = os.stat(path).st_mode & 0o777
finally:
    os.unlink(path)
assert mode == 0o600, oct(mode)
rows = [re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (cumbia::.+)", line).groups() for line in text.splitlines()]
assert any("double" in name for *_, name in rows), text
maps = [line.split() for line in open("/proc/self/maps")]
code = [tuple(int(end, 16) for end in row[0].split("-")) for row in maps if "x" in row[1]]
for start, size, _ in rows:
    start, size = int(start, 16), int(size, 16)
    assert size > 0 and any(low <= start and start + size <= high for low, high in code)
print("fine")
"""


def test_names_for_perf(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(MAPPED)
    environment = {**os.environ, "CUMBIA_PERF": "1", "CUMBIA_TIER": "fast"}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "fine", done.stderr

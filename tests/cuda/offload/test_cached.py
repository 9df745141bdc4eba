"""Functions with loops for a device in the cache of compiled code: a second process compiles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys, warnings
import numpy as np
import cumbia
from cumbia import jit, prange

@jit
def half(x):
    return x / {divisor}

{more}@jit(target="cuda")
def f(x, out):
    s = 0.0
    for i in prange(x.size):
        out[i] = half(x[i])
        s += x[i]
    t = np.empty_like(x)
    for i in prange(x.size):
        t[i] = out[i]
    for i in prange(x.size):
        out[i] = t[i] + x[9 if x[i] > 50 else i]
    return s + out[1]

{other}
def told(function, *args):
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = function(*args)
    except Exception as error:
        import traceback
        result = [str(error), traceback.extract_tb(error.__traceback__)[-1].lineno]
    of = list(function.offload_report().to_dict()["signatures"].values())
    return [
        result,
        function.stats["found"],
        function.stats["compiles"],
        [[row["line"], row["over"], row["kernel"], row["overwrites"], row["made_there"]] for row in of[0]["loops"]],
        [of[0]["bytes_used"], of[0]["bytes_home"]],
        [[str(one.message), one.lineno] for one in caught],
    ]

x, out = np.arange(8.0), np.zeros(8)
print(json.dumps([told(f, x, out), out.tolist(), told(f, np.full(8, 60.0), out)]))
"""

def run(folder, cache, **parts):
    values = {"divisor": "2", "more": "", "other": "", **parts}
    text = PROGRAM
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    file = folder / "program.py"
    file.write_text(text)
    env = dict(os.environ, CUMBIA_CACHE="1", CUMBIA_CACHE_DIR=str(cache), CUMBIA_CUDA="emulate")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_second_process_compiles_nothing(tmp_path):
    first = run(tmp_path, tmp_path / "cache")
    second = run(tmp_path, tmp_path / "cache")
    assert first[0][1:3] == [0, 1]
    assert second[0][1:3] == [1, 0]
    # Values, places of exceptions, reports and what is copied are the same.
    for one, other in zip((first[0], first[2]), (second[0], second[2])):
        assert one[0] == other[0]
        assert one[3:] == other[3:]
    assert first[1] == second[1]
    assert first[0][0] == 28.0 + 1.5
    assert first[2][0][0].startswith("index 9 is out of bounds")


def test_an_edit_of_a_callee_is_compiled(tmp_path):
    run(tmp_path, tmp_path / "cache")
    edited = run(tmp_path, tmp_path / "cache", divisor="4")
    assert edited[0][1:3] == [0, 1]
    assert edited[1][1] == 1.25
    # Both states are kept.
    assert run(tmp_path, tmp_path / "cache")[0][1:3] == [1, 0]
    assert run(tmp_path, tmp_path / "cache", divisor="4")[0][1:3] == [1, 0]


def test_lines_are_those_of_now(tmp_path):
    first = run(tmp_path, tmp_path / "cache")
    moved = run(tmp_path, tmp_path / "cache", more="# Something\n# new.\n")
    assert moved[0][1:3] == [1, 0]
    assert [row[0] for row in moved[0][3]] == [row[0] + 2 for row in first[0][3]]
    # Of the turn that raises.
    assert moved[2][0] == [first[2][0][0], first[2][0][1] + 2]


def test_what_stays_on_the_processor_is_told_each_time(tmp_path):
    text = PROGRAM[: PROGRAM.index("{more}")] + (
        '@jit(target="cuda")\n'
        "def f(out):\n"
        "    for i in prange(out.size):\n"
        "        out[i] = len(str(i))\n"
    ) + PROGRAM[PROGRAM.index("def told") : PROGRAM.index("x, out =")] + (
        "print(json.dumps(told(f, np.zeros(12))))\n"
    )
    found = []
    for at in range(3):
        # Its reason names a line, so it is compiled where lines have moved.
        lines = "\n" * 3 if at == 2 else ""
        file = tmp_path / "program.py"
        file.write_text(text.replace("{divisor}", "2").replace("@jit\n", lines + "@jit\n", 1))
        env = dict(
            os.environ,
            CUMBIA_CACHE="1",
            CUMBIA_CACHE_DIR=str(tmp_path / "cache"),
            CUMBIA_CUDA="emulate",
        )
        done = subprocess.run([sys.executable, file], capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    first, second, moved = found
    assert (first[1:3], second[1:3], moved[1:3]) == ([0, 1], [1, 0], [0, 1])
    assert first[5] == second[5]
    assert "stays on the processor" in first[5][0][0]
    assert moved[5][0][1] == first[5][0][1] + 3

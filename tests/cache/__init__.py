"""What tests of the cache run in processes of their own.

`python -m tests.cache` does it in large numbers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["PROGRAM", "environment", "finish", "start"]

PROGRAM = '''
"""Five functions, checked against plain Python; prints how many were compiled and found."""
import numpy as np
from cumbia import jit

K = 3.0

def helper(x):
    return x * K

def scalar(a, b):
    return helper(a) + b

def loop(values, n):
    s = 0.0
    for j in range(n):
        for i in range(values.shape[0]):
            s += values[i] * helper(j)
    return s

def whole(a):
    return np.sum(np.where(a > 2, a * 2, -a)) + np.max(a)

def words(n):
    d = {}
    for i in range(n):
        d[str(i % 3)] = d.get(str(i % 3), 0) + i
    return sorted(d.items())

def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

calls = [
    (scalar, (2.0, 1.0)), (loop, (np.arange(9.0), 4)), (whole, (np.arange(7.0),)),
    (words, (10,)), (fibonacci, (12,)),
]
compiles = found = 0
for function, args in calls:
    expected = function(*args)
    if function is fibonacci:
        fibonacci = compiled = jit(function)
    else:
        compiled = jit(function)
    for _ in range(2):
        assert compiled(*args) == expected, (function, compiled(*args), expected)
    compiles += compiled.stats["compiles"]
    found += compiled.stats["found"]
print(compiles, found)
'''


def environment(cache: Path, **settings: str) -> dict[str, str]:
    """Give the variables of a process whose cache is this directory."""
    own = {"CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": str(cache), "CUMBIA_CACHE_LAYERS": ""}
    return {**os.environ, **own, **settings}


def start(script: Path, cache: Path, **settings: str) -> subprocess.Popen:
    """Start a process that runs a script."""
    return subprocess.Popen(
        [sys.executable, str(script)], env=environment(cache, **settings), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen) -> dict[str, int]:
    """Wait for a process that runs `PROGRAM`: how many it compiled and found.

    Raises
    ------
    AssertionError
        Where it failed or said anything else.
    """
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, ""), err
    compiles, found = out.split()
    return {"compiles": int(compiles), "found": int(found)}

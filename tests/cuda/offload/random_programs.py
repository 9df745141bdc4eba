"""Random functions with loops for a device and uses of elements on the host between them.

A program is text; `text` gives the one of a seed. Arrays come as arguments, as views, from
`np.zeros` and `np.empty`; statements stand in branches and loops of the host. What is read has
been written, and no two turns of a loop meet, but where a view happens to overlap.
"""

from __future__ import annotations

import random
import re

__all__ = ["text"]

HEAD = """
import numpy as np
from cumbia import jit, prange

@jit
def get(x, k):
    return x[k]

@jit
def put(x, k, v):
    x[k] = v

@jit(target="cuda")
def total(x):
    s = 0.0
    for i in prange(x.size):
        x[i] += 0.125
    for i in prange(x.size):
        s += x[i]
    return s

@jit(target="cuda")
def f(a, b, flag):
"""

# Loops over arrays x and y, which are two.
LOOPS = [
    "for i in prange(x.size):\n    x[i] = x[i] * 0.5 + i",
    "for i in prange(min(x.size, y.size)):\n    x[i] = y[i] + 1.0",
    "for i in prange(1, min(x.size, y.size) - 1):\n    x[i] = y[i] - 1.0",
    "for i in prange(x.size):\n    if x[i] > 2.0:\n        x[i] = 1.5",
    "for i in prange(x.size):\n    s += x[i]",
    "for i in prange(x.size):\n    x[i] = 3.0 + i",
    "for i in prange(x.size - 1, -1, -1):\n    x[i] = 3.0 - i",
    "for i in prange(x.size):\n    x[i] = 0.0\n    for j in range(3):\n        x[i] += y[j] * 0.25",
    "v = x[1:]\nfor i in prange(v.size):\n    v[i] = v[i] + 1.0",
    "v = x[2:-1]\nfor i in prange(v.size):\n    v[i] = 2.0",
    "try:\n    for i in prange(x.size):\n        x[i] = y[i + 1]\nexcept IndexError:\n    s += 100.0",
    "for i in prange(x.size):\n    q = str(i)\n    x[i] = len(q)",
]
# What the host does.
USES = [
    "s += x[1]",
    "x[2] = 7.0",
    "s += x.sum()",
    "s += np.abs(x).max()",
    "x[1:3] = 4.0",
    "x[:] = x * 0.5",
    "x += 0.5",
    "s += get(x, 2)",
    "put(x, 0, s * 0.01)",
    "for k in range(x.size):\n    s += x[k] * 0.5",
    "for k in range(x.size):\n    x[k] -= 0.25",
    "for e in x:\n    s += e",
    "s += total(x)",
    "x, y = y, x",
    "w = x[1:]\nw[0] = s * 0.125\ns += w[1]",
    "pair = (x, s)\npair[0][1] += 1.0",
    "both = [x, y]\nboth[0][0] = 0.5\ns += both[1][1]",
    "c = x.copy()\nc[0] = 1.0\ns += c[1]",
]
AROUND = ["for step in range(0):", "for step in range(3):", "if s > 20.0:", "if flag:"]


def text(seed: int) -> str:
    """Give the program of a seed: it defines `f(a, b, flag)`."""
    choose = random.Random(seed)
    names, body = ["a", "b"], ["s = 0.0"]
    if choose.random() < 0.6:
        names.append("t")
        body.append("t = np.zeros(a.size)")
    if choose.random() < 0.6:
        names.append("n")
        body += ["n = np.empty_like(b)", "for i in prange(n.size):", "    n[i] = b[i]"]
    if choose.random() < 0.3:
        names.append("h")
        body.append("h = a[2:]")
    body += _block(choose, names, 0) + _block(choose, names, 1)
    body.append(f"return s, {choose.choice(names)}[1]")
    return HEAD + "\n".join("    " + line for line in body) + "\n"


def _statement(choose: random.Random, kinds: list[str], names: list[str]) -> list[str]:
    x, y = choose.sample(names, 2)
    written = choose.choice(kinds)
    named = {"x": x, "y": y}
    return re.sub(r"\b[xy]\b", lambda found: named[found.group()], written).split("\n")


def _block(choose: random.Random, names: list[str], depth: int) -> list[str]:
    lines = []
    for _ in range(choose.randrange(2, 5)):
        kind = choose.random()
        if kind < 0.5:
            lines += _statement(choose, LOOPS, names)
        elif kind < 0.8:
            lines += _statement(choose, USES, names)
        elif depth < 2:
            lines.append(choose.choice(AROUND))
            lines += ["    " + line for line in _block(choose, names, depth + 1)]
    return lines or ["s += 1.0"]

"""What stays behind: of functions that are given up, and of calls that raise.

Growth is taken between two points of the same loop, the first after a warm-up that fills
caches and pools, and from what the system counts for the process, so that leaks of any
allocator are in it.
"""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np

from cumbia import _cumbia, jit
from tests.faults.indices import define

__all__ = ["drops", "raises"]


def _resident() -> int:
    """Bytes of this process that are in memory and belong to no file."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return 1024 * int(line.split()[1])
    raise OSError("no RssAnon in /proc/self/status")


def _cycle(number: int) -> None:
    text = f"def f(a, n):\n    s = {number}\n    for i in range(n):\n        s += a[i] * i\n    return s, a.sum()\n"
    name = f"<dropped {number}>"
    func = jit(define(text, name))
    assert func(np.ones(3), 3) == (number + 3.0, 3.0)
    import linecache

    linecache.cache.pop(name)


def drops(count: int) -> dict:
    """Compile, call and drop functions.

    Parameters
    ----------
    count : int
        How many, after a tenth as many to warm up.

    Returns
    -------
    dict
        ``kept``: bytes that each left behind.
    """
    for number in range(count // 10 + 20):
        _cycle(number)
    gc.collect()
    before = _resident()
    for number in range(count):
        _cycle(number)
    gc.collect()
    return {"cycles": count, "kept": (_resident() - before) / count}


RAISING = (
    ("return a[i]", IndexError),
    ("b = a[1:] * 2.0\n    c = [b, b]\n    return c[i]", IndexError),
    ("b = a + a\n    d = {'x': 1.0}\n    return d['y' * i] + b[0]", KeyError),
    ("s = str(i) * 10\n    return int(s + 'z')", ValueError),
    ("b = np.ones(50)\n    return b.reshape(7, i).sum()", ValueError),
    ("def g(k):\n        b = np.ones(k)\n        return b[k]\n    return g(i)", IndexError),
    ("for k in range(i):\n        b = np.ones(k + 1)\n        if k == 50:\n            raise RuntimeError('stop')\n    return b", RuntimeError),
    ("return (i // (i - i), a.copy())", ZeroDivisionError),
)  # fmt: skip


def raises(count: int) -> dict:
    """Call functions that raise in the middle of their work.

    Parameters
    ----------
    count : int
        How many calls in all.

    Returns
    -------
    dict
        ``allocations``: blocks of compiled code that are alive at the end; ``kept``: bytes
        that each call left behind.
    """
    functions = []
    for number, (body, error) in enumerate(RAISING):
        functions.append((jit(define(f"def f(a, i):\n    {body}\n", f"<raising {number}>")), error))
    a = np.ones(5)

    def once(number: int) -> None:
        func, error = functions[number % len(functions)]
        try:
            func(a, 99)
        except error:
            return
        raise AssertionError(f"{RAISING[number % len(functions)]} raised nothing")

    for number in range(count // 10 + 200):
        once(number)
    # The second tier takes memory when it is loaded.
    for func, _ in functions:
        func.wait()
    gc.collect()
    before = _resident()
    for number in range(count):
        once(number)
    gc.collect()
    return {
        "calls": count,
        "allocations": _cumbia.live_allocations(),
        "kept": (_resident() - before) / count,
    }

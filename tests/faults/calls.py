"""Many threads at one new function, and recursion where the stack is short.

Each thread waits for the others before its first call, so that all of them find nothing
compiled.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cumbia import jit
from tests.faults.indices import define

__all__ = ["recursion", "threads"]


def threads(count: int, at_once: int = 64) -> dict:
    """Let many threads call one new function.

    Parameters
    ----------
    count : int
        How many functions, one after another.
    at_once : int
        How many threads.

    Returns
    -------
    dict
        ``wrong``: results that weren't right; ``compiles``: the most compilations of a
        function, which should be one.
    """
    wrong, most = 0, 0
    with ThreadPoolExecutor(at_once) as pool:
        for number in range(count):
            text = f"def f(a, n):\n    s = {number}.0\n    for i in range(n):\n        s += a[i]\n    return s\n"
            func = jit(define(text, f"<common {number}>"))
            barrier = threading.Barrier(at_once)

            def call(which: int, func=func, barrier=barrier):
                a = np.full(10, float(which))
                barrier.wait()
                return func(a, 10)

            results = list(pool.map(call, range(at_once)))
            wrong += int(sum(result != number + 10.0 * which for which, result in enumerate(results)))
            most = max(most, func.stats["compiles"])
    return {"functions": count, "threads": at_once, "wrong": wrong, "compiles": most}


RECURSIONS = (
    "def f(a, n):\n    return f(a, n + 1) + 1\n",
    "def f(a, n):\n    b = np.zeros(200)\n    b[0] = f(a, n + 1)[0]\n    return b\n",
    "def f(a, n):\n    def g(k):\n        return f(a, k) * 2.0\n    return g(n + 1) + a[0]\n",
)
SIZES = (64 << 10, 256 << 10, 8 << 20)


def recursion(count: int) -> dict:
    """Recurse without end: in the main thread, in threads of little stack, in a pool's.

    Parameters
    ----------
    count : int
        How many times each.

    Returns
    -------
    dict
        ``raised``: calls that ended with RecursionError; ``other``: those that ended
        otherwise, as text.
    """
    functions = [jit(define(text, f"<endless {at}>")) for at, text in enumerate(RECURSIONS)]
    raised, other = 0, []

    def attempt(func) -> None:
        nonlocal raised
        try:
            func(np.ones(3), 0)
        except RecursionError:
            raised += 1
        except BaseException as error:
            other.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
        else:
            other.append("ended")

    before = threading.stack_size()
    try:
        for _ in range(count):
            for func in functions:
                attempt(func)
                for size in SIZES:
                    threading.stack_size(size)
                    thread = threading.Thread(target=attempt, args=(func,))
                    thread.start()
                    thread.join()
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(attempt, [func] * 4))
    finally:
        threading.stack_size(before)
    return {"raised": raised, "other": other, "expected": count * len(functions) * (5 + len(SIZES))}

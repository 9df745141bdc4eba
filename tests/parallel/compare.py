"""One program with every number of threads and some schedule, against Python's own result.

The numbers of threads must agree to the last bit, also where sums of floats are rounded in
another order than Python's. Most programs are compiled by the quick tier, every 100th by the one
that optimizes.
"""

from __future__ import annotations

import random
import warnings

import cumbia
import numpy as np
from cumbia import jit, prange

from tests.parallel.loops import Program

SIZES = [0, 1, 2, 3, 5, 30, 127, 128, 129, 131, 300, 700]
THREADS = (1, 2, 3, 7)


@jit(associative=True)
def mix(a, b):
    """Linear functions in a row: the order of neighbors matters, which are taken first doesn't."""
    return a[0] * b[0] % 1009, (a[1] * b[0] + b[1]) % 1009


@jit(associative=True)
def later(a, b):
    """The last number that isn't divisible by three."""
    return a if b % 3 == 0 else b


def arguments(seed: int) -> tuple:
    """Arguments for a program."""
    rng = np.random.default_rng(seed)
    n = SIZES[seed % len(SIZES)]
    a = rng.integers(-50, 50, n)
    return a, rng.normal(size=n), rng.integers(0, 9, n), n, int(rng.integers(-9, 9))


def outcome(func, args: tuple) -> tuple:
    """Result or exception, and what is left in the array that is written."""
    args = tuple(one.copy() if isinstance(one, np.ndarray) else one for one in args)
    try:
        with np.errstate(all="ignore"):
            result = func(*args)
    except Exception as error:
        return type(error).__name__, str(error), None
    return "ok", result, args[2]


def same(a, b, exact: bool) -> bool:
    """Whether two outcomes agree."""
    if a[0] != b[0]:
        return False
    if a[0] != "ok":
        return a[1] == b[1]
    if not np.array_equal(a[2], b[2]) or len(a[1]) != len(b[1]):
        return False
    for x, y in zip(a[1], b[1], strict=True):
        if isinstance(x, np.ndarray):
            if x.dtype != y.dtype or not np.array_equal(x, y):
                return False
        elif isinstance(x, (float, np.floating)) and not exact:
            if not np.isclose(x, y, rtol=1e-9, atol=1e-9):
                return False
        elif isinstance(x, (float, np.floating)):
            if np.float64(x).tobytes() != np.float64(y).tobytes():
                return False
        elif x != y:
            return False
    return True


def check(seed: int) -> str | None:
    """What is wrong with a program; None if nothing is."""
    return compare(Program(seed), seed)


def compare(program: Program, seed: int) -> str | None:
    """What is wrong with a program of a seed; None if nothing is."""
    plain = {"prange": range, "np": np, "mix": mix.py_func, "later": later.py_func}
    scope = {"prange": prange, "np": np, "mix": mix, "later": later}
    exec(program.text, plain)
    exec(program.text, scope)
    options = random.Random(seed)
    schedule = options.choice(["guided", "static", "dynamic"])
    chunk = options.choice([None, None, 1, 7, 100])
    tier = "best" if seed % 100 == 99 else "fast"
    compiled = jit(
        parallel=True, cache=False, source=program.text, schedule=schedule, chunk=chunk, tier=tier
    )(scope["f"])
    most = cumbia.get_num_threads()
    try:
        # One size for a program, and now and then another.
        for at in {seed, options.choice([seed, seed * 7 + 3])}:
            args = arguments(at)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                wanted = outcome(plain["f"], args)
            first = None
            for threads in THREADS:
                cumbia.set_num_threads(min(threads, most))
                given = outcome(compiled, args)
                if not same(given, wanted, program.exact):
                    return report(program, threads, given, wanted)
                if first is not None and not same(given, first, exact=True):
                    return report(program, threads, given, first)
                first = given
    finally:
        cumbia.set_num_threads(most)
    return None


def report(program: Program, threads: int, given: tuple, wanted: tuple) -> str:
    """The program and both outcomes as text."""
    return f"{program.text}\n{threads} threads: {given}\nwanted: {wanted}"

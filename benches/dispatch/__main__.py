"""The cost of a call: numbers, arrays and a tuple in, keywords, a tuple and arrays out.

The bodies are as small as they can be, so what is measured is the way in and out. Each
is timed beside the undecorated function and Numba, in turns, in one process.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

from benches import engines, report, timing

MEASURED = ("python", "cumbia", "numba")


def no_argument():
    return 1


def one_int(a):
    return a


def three_floats(a, b, c):
    return a


def one_array(a):
    return len(a)


def five_arrays(a, b, c, d, e):
    return len(a)


def tuple_of_three(t):
    return t[0]


def three_keywords(a, b, c):
    return a


def returns_tuple(a, b):
    return a, b


def returns_argument(a):
    return a


def returns_new_array(n):
    return np.empty(n)


ARRAYS = tuple(np.arange(10.0) + k for k in range(5))

CASES = {
    "0 arguments": (no_argument, ()),
    "1 int": (one_int, (7,)),
    "3 floats": (three_floats, (1.5, 2.5, 3.5)),
    "1 array": (one_array, ARRAYS[:1]),
    "5 arrays": (five_arrays, ARRAYS),
    "tuple of 3": (tuple_of_three, ((1, 2.5, 3),)),
    "3 keywords": (three_keywords, (1, 2.5, 3)),
    "returns a tuple": (returns_tuple, (1, 2.5)),
    "returns its array": (returns_argument, ARRAYS[:1]),
    "returns a new array": (returns_new_array, (10,)),
}

SQUARE_ROOT = "math.sqrt"

KEYWORDS = {three_keywords: ("a", "b", "c")}
"""Functions that are called by keyword, with the parameters' names."""


def same(got, expected) -> bool:
    """Whether results are alike; the content of a new array is left open."""
    if isinstance(expected, np.ndarray):
        return type(got) is np.ndarray and (got.shape, got.dtype) == (expected.shape, expected.dtype)
    return type(got) is type(expected) and got == expected


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time all calls in turns."""
    problems: list[str] = []
    missing = {}
    statements = {}
    for engine in MEASURED:
        try:
            decorator = engines.jit(engine)
        except engines.Unavailable as reason:
            missing[engine] = str(reason)
            continue
        for name, (function, values) in CASES.items():
            compiled = decorator(function)
            got = compiled(*values)
            expected = function(*values)
            if not same(got, expected):
                problems.append(f"{name} on {engine} gave {got!r} for {expected!r}")
            names = {"f": compiled, **{f"x{k}": value for k, value in enumerate(values)}}
            given = [f"x{k}" for k in range(len(values))]
            if function in KEYWORDS:
                given = [f"{word}={x}" for word, x in zip(KEYWORDS[function], given, strict=True)]
            statements[f"{engine}: {name}"] = (f"f({', '.join(given)})", names)
    # A function of C's, as a measure of the machine.
    statements[SQUARE_ROOT] = ("f(x0)", {"f": math.sqrt, "x0": 2.0})
    stats = timing.per_call(statements, arguments.repeats)
    rows: list[report.Row] = []
    lines = []
    for name in CASES:
        times = {engine: stats.get(f"{engine}: {name}") for engine in MEASURED}
        least = {engine: value.least if value else None for engine, value in times.items()}
        rows.append(
            {"call": name, **{engine: value.as_dict() for engine, value in times.items() if value}}
        )
        lines.append(
            [
                name,
                *[report.duration(least[engine]) for engine in MEASURED],
                report.ratio(least["cumbia"], least["python"]),
                report.ratio(least["numba"], least["cumbia"]),
            ]
        )
    header = ["call", "plain Python", "cumbia", "numba", "cumbia/Python", "numba/cumbia"]
    print(
        report.table(
            "Seconds per call, least of the repeats, the caller's loop included", header, lines
        )
    )
    root = stats[SQUARE_ROOT]
    rows.append({"call": SQUARE_ROOT, "python": root.as_dict()})
    print(f"{SQUARE_ROOT} of a float: {report.duration(root.least)}")
    for engine, reason in missing.items():
        print(f"{engine}: not measured, {reason}")
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--repeats", type=int, default=25)


if __name__ == "__main__":
    raise SystemExit(report.run_cli("dispatch", __doc__, measure, options))

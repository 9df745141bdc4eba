"""Calls of ufuncs: on numbers, on arrays in several layouts, their reductions, and calls within
array expressions of compiled functions, which are fused.

Each is timed beside Numba's ufunc of the same function and, where NumPy has one that does
the same, beside that, in turns, in one process. Results are compared with NumPy's.
"""

from __future__ import annotations

import argparse
import importlib.util

import numpy as np

from benches import report, timing

MEASURED = ("numpy", "cumbia", "numba")
SIGNATURE = ["float64(float64, float64)"]


def add(x, y):
    return x + y


def horner(x, y):
    return ((x * y + 0.5) * x - y) * x + 2.0


def collatz(x, y):
    steps = 0.0
    while x > 1.0 and steps < y:
        x = x / 2.0 if x % 2.0 == 0.0 else 3.0 * x + 1.0
        steps += 1.0
    return steps


def bent(x):
    return x * x + x if x > 0.5 else x - x * x


def expressions(f) -> dict[str, object]:
    """Functions over two arrays that call the ufunc, by what they compute."""

    def one(a, b):
        return f(a) + b * 2.0

    def nested(a, b):
        return f(f(a) - b)

    def added(a, b):
        return np.sum(f(a) * b)

    return {"f(a) + b * 2": one, "f(f(a) - b)": nested, "np.sum(f(a) * b)": added}


def columns(function):
    """A ufunc's stand-in by NumPy's own operations; None where that would be a loop."""
    return {add: np.add, horner: horner, collatz: None}[function]


def data() -> dict[str, tuple]:
    """Operands by what they are."""
    rng = np.random.default_rng(7)
    x, y = rng.random(1_000_000), rng.random(1_000_000)
    square = rng.random((1000, 1000))
    return {
        "numbers": (1.5, 2.5),
        "4 elements": (x[:4], y[:4]),
        "10^6 elements": (x, y),
        "10^6 and a number": (x, 2.5),
        "every second of 10^6": (x[::2], y[::2]),
        "10^6, transposed": (square, square.T),
        "rows of 3 of 10^5": (rng.random((100_000, 4))[:, :3], rng.random((100_000, 4))[:, :3]),
    }


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time all calls in turns."""
    from cumbia import vectorize

    problems: list[str] = []
    statements = {}
    numba = importlib.util.find_spec("numba")
    for function in (add, horner, collatz):
        made = {"numpy": columns(function), "cumbia": vectorize(SIGNATURE, tier="best")(function)}
        if numba:
            from numba import vectorize as numbas

            made["numba"] = numbas(SIGNATURE)(function)
        for name, operands in data().items():
            if function is collatz:
                operands = tuple(np.floor(np.asarray(one) * 100) for one in operands)
            expected = np.vectorize(function, otypes=[float])(*operands)
            for engine, ufunc in made.items():
                if ufunc is None:
                    continue
                if not np.array_equal(ufunc(*operands), expected):
                    problems.append(f"{function.__name__} of {name} on {engine} differs")
                names = {"f": ufunc, "x": operands[0], "y": operands[1]}
                call = "f(x, y)"
                if np.ndim(operands[0]) and isinstance(ufunc, np.ufunc) or engine == "numba":
                    names["out"] = np.empty(np.shape(expected)) if np.ndim(operands[0]) else None
                    call = "f(x, y, out=out)" if np.ndim(operands[0]) else call
                statements[f"{engine}: {function.__name__} of {name}"] = (call, names)
    integers = np.arange(1_000_000.0)
    for engine, ufunc in (("numpy", np.add), *((e, u) for e, u in _adds(vectorize, numba))):
        if ufunc.reduce(integers) != integers.sum():
            problems.append(f"a reduction on {engine} differs")
        statements[f"{engine}: add.reduce of 10^6"] = ("f.reduce(x)", {"f": ufunc, "x": integers})
    stats = timing.per_call(statements, arguments.repeats)
    calls = list(dict.fromkeys(name.split(": ", 1)[1] for name in statements))
    rows: list[report.Row] = []
    lines = []
    for call in calls:
        times = {engine: stats.get(f"{engine}: {call}") for engine in MEASURED}
        least = {engine: value.least if value else None for engine, value in times.items()}
        rows.append(
            {"call": call, **{engine: value.as_dict() for engine, value in times.items() if value}}
        )
        lines.append(
            [
                call,
                *[report.duration(least[engine]) for engine in MEASURED],
                report.ratio(least["cumbia"], least["numpy"]),
                report.ratio(least["numba"], least["cumbia"]),
            ]
        )
    header = ["call", "numpy", "cumbia", "numba", "cumbia/numpy", "numba/cumbia"]
    print(report.table("Seconds per call, least of the repeats", header, lines))
    rows += within(arguments, problems)
    return rows, problems


def within(arguments: argparse.Namespace, problems: list[str]) -> list[report.Row]:
    """Expressions of compiled functions: fused, with a loop for each operation, and Numba's."""
    import cumbia

    rng = np.random.default_rng(7)
    x, y = rng.random(1_000_000), rng.random(1_000_000)
    mine = cumbia.vectorize(["float64(float64)"], tier="best")(bent)
    kinds = ("prange", "reduction", "numpy", "setitem", "fusion")
    apart = dict.fromkeys(kinds, False)
    statements = {}
    plain = expressions(np.vectorize(bent, otypes=[float]))
    theirs = {}
    if importlib.util.find_spec("numba"):
        import numba

        theirs = expressions(numba.vectorize(["float64(float64)"])(bent))
    for name, function in expressions(mine).items():
        made = {
            "fused": cumbia.jit(tier="best")(function),
            "apart": cumbia.jit(tier="best", parallel=apart)(function),
        }
        if theirs:
            made["numba"] = numba.njit(theirs[name])
        for size in (1000, 1_000_000):
            a, b = x[:size].copy(), y[:size].copy()
            expected = plain[name](a, b)
            for engine, compiled in made.items():
                if not np.allclose(compiled(a, b), expected, rtol=1e-12):
                    problems.append(f"{name} of {size} on {engine} differs")
                statements[f"{engine}: {name} of {size}"] = (
                    "f(a, b)", {"f": compiled, "a": a, "b": b},
                )
            if np.asarray(made["fused"](a, b)).tobytes() != np.asarray(made["apart"](a, b)).tobytes():
                problems.append(f"{name} of {size}: fused and apart differ")
    stats = timing.per_call(statements, arguments.repeats)
    rows: list[report.Row] = []
    lines = []
    for call in dict.fromkeys(name.split(": ", 1)[1] for name in statements):
        times = {engine: stats.get(f"{engine}: {call}") for engine in ("fused", "apart", "numba")}
        least = {engine: value.least if value else None for engine, value in times.items()}
        rows.append(
            {"call": call, **{engine: value.as_dict() for engine, value in times.items() if value}}
        )
        lines.append(
            [
                call,
                *map(report.duration, least.values()),
                report.ratio(least["apart"], least["fused"]),
                report.ratio(least["numba"], least["fused"]),
            ]
        )
    header = ["expression", "fused", "apart", "numba", "apart/fused", "numba/fused"]
    print(report.table("Seconds per call of a compiled function", header, lines))
    return rows


def _adds(vectorize, numba):
    yield "cumbia", vectorize(SIGNATURE, identity=0, tier="best")(add)
    if numba:
        from numba import vectorize as numbas

        yield "numba", numbas(SIGNATURE, identity=0)(add)


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--repeats", type=int, default=7)


if __name__ == "__main__":
    raise SystemExit(report.run_cli("ufuncs", __doc__, measure, options))

"""Functions that C calls: SciPy's integration and filters, and the C library's `qsort`.

Each function is timed as a `cfunc` of cumbia, one of Numba and as a Python function, in turns,
in one process. Results are compared with those of the Python function.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import math

import numpy as np

from benches import report, timing

MEASURED = ("python", "cumbia", "numba")


def integrand(x):
    return math.exp(-x) * math.cos(40.0 * x)


def compare(a, b):
    return int(a[0] > b[0]) - int(a[0] < b[0])


def work(arguments: argparse.Namespace) -> dict[str, tuple]:
    """By name: signature, function, what C does with it (of a ctypes or Python function), and
    what Python does."""
    from scipy import LowLevelCallable, integrate, ndimage

    rng = np.random.default_rng(3)
    image = rng.random((200, 200))
    numbers = rng.random(20_000)
    library = ctypes.CDLL(None)

    def sort(call):
        mine = numbers.copy()
        library.qsort(
            ctypes.c_void_p(mine.ctypes.data), ctypes.c_size_t(len(mine)), ctypes.c_size_t(8), call
        )
        return mine

    def quad(call):
        return integrate.quad(call, 0.0, 30.0, limit=400)

    def low(of):
        return lambda call: of(LowLevelCallable(call))

    def filtered(call):
        return ndimage.generic_filter(image, call, size=5)

    return {
        "quad": ("double(double)", integrand, low(quad), lambda: quad(integrand)),
        "qsort": (
            "intc(CPointer(double), CPointer(double))", compare, sort, lambda: np.sort(numbers)
        ),
        "generic_filter 5 x 5": (
            "intc(CPointer(double), intp, CPointer(double), voidptr)",
            None, low(filtered), lambda: filtered(_mean_of_squares),
        ),
    }


def _mean_of_squares(values):
    total = 0.0
    for value in values:
        total += value * value
    return total / len(values)


def _filter(carray):
    """The filter's function for C, with the `carray` that an engine knows."""

    def spread(values, size, result, data):
        total = 0.0
        for value in carray(values, size):
            total += value * value
        result[0] = total / size
        return 1

    return spread


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time all calls in turns."""
    import cumbia

    engines = {"cumbia": (lambda sig: cumbia.cfunc(sig, tier="best"), cumbia.carray)}
    if importlib.util.find_spec("numba"):
        import numba
        from numba import types

        names = {
            "double(double)": types.double(types.double),
            "intc(CPointer(double), CPointer(double))": types.intc(
                types.CPointer(types.double), types.CPointer(types.double)
            ),
            "intc(CPointer(double), intp, CPointer(double), voidptr)": types.intc(
                types.CPointer(types.double), types.intp, types.CPointer(types.double),
                types.voidptr,
            ),
        }
        engines["numba"] = (lambda sig: numba.cfunc(names[sig]), numba.carray)
    problems: list[str] = []
    runs = {}
    for name, (signature, function, call, plain) in work(arguments).items():
        expected = plain()
        runs[f"python: {name}"] = plain
        for engine, (decorator, carray) in engines.items():
            made = decorator(signature)(function or _filter(carray))
            runs[f"{engine}: {name}"] = lambda call=call, made=made: call(made.ctypes)
            if not np.allclose(runs[f"{engine}: {name}"](), expected, rtol=1e-12, atol=1e-15):
                problems.append(f"{name} on {engine} differs")
    stats = timing.interleaved(runs, budget=arguments.budget)
    rows: list[report.Row] = []
    lines = []
    for name in dict.fromkeys(run.split(": ", 1)[1] for run in runs):
        times = {engine: stats.get(f"{engine}: {name}") for engine in MEASURED}
        least = {engine: value.least if value else None for engine, value in times.items()}
        rows.append(
            {"work": name, **{engine: value.as_dict() for engine, value in times.items() if value}}
        )
        lines.append(
            [
                name,
                *[report.duration(least[engine]) for engine in MEASURED],
                report.ratio(least["python"], least["cumbia"]),
                report.ratio(least["numba"], least["cumbia"]),
            ]
        )
    header = ["work", "python", "cumbia", "numba", "python/cumbia", "numba/cumbia"]
    print(report.table("Seconds, least of the repeats", header, lines))
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("callbacks", __doc__, measure, options))

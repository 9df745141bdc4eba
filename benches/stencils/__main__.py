"""Stencils on arrays of a million elements.

Each kernel is timed as a stencil of cumbia, one of Numba called in a compiled function (its
way that compiles once) and as NumPy's slices, in turns, in one process. Results are compared
with those of the slices.
"""

from __future__ import annotations

import argparse
import importlib.util

import numpy as np

from benches import report, timing

MEASURED = ("numpy", "cumbia", "numba")


def cross(a):
    return 0.25 * (a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0])


def wide(a):
    return a[-2] - 4.0 * a[-1] + 6.0 * a[0] - 4.0 * a[1] + a[2]


def largest(a):
    best = a[-1, -1]
    for i in range(-1, 2):
        for j in range(-1, 2):
            best = max(best, a[i, j])
    return best


def cross_slices(a):
    out = np.zeros_like(a)
    out[1:-1, 1:-1] = 0.25 * (a[1:-1, 2:] + a[2:, 1:-1] + a[1:-1, :-2] + a[:-2, 1:-1])
    return out


def wide_slices(a):
    out = np.zeros_like(a)
    out[2:-2] = a[:-4] - 4.0 * a[1:-3] + 6.0 * a[2:-2] - 4.0 * a[3:-1] + a[4:]
    return out


def largest_slices(a):
    out = np.zeros_like(a)
    windows = np.lib.stride_tricks.sliding_window_view(a, (3, 3))
    out[1:-1, 1:-1] = windows.max((2, 3))
    return out


KERNELS = {
    "cross": (cross, cross_slices, 2, {}),
    "five in a row": (wide, wide_slices, 1, {}),
    "largest of 3 x 3": (largest, largest_slices, 2, {"neighborhood": ((-1, 1), (-1, 1))}),
}


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time all calls in turns."""
    from cumbia import stencil

    rng = np.random.default_rng(7)
    arrays = {1: rng.random(1_000_000), 2: rng.random((1000, 1000))}
    problems: list[str] = []
    runs = {}
    for name, (kernel, slices, axes, options) in KERNELS.items():
        array = arrays[axes]
        engines = {"numpy": slices, "cumbia": stencil(kernel, tier="best", **options)}
        if importlib.util.find_spec("numba"):
            import numba

            theirs = numba.stencil(kernel, **options)
            engines["numba"] = numba.njit(lambda x, theirs=theirs: theirs(x))
        expected = slices(array)
        for engine, call in engines.items():
            # Numba adds in another order where it may.
            if not np.allclose(call(array), expected, rtol=1e-12, atol=1e-12):
                problems.append(f"{name} on {engine} differs")
            runs[f"{engine}: {name}"] = lambda call=call, array=array: call(array)
    stats = timing.interleaved(runs, budget=arguments.budget)
    rows: list[report.Row] = []
    lines = []
    for name in KERNELS:
        times = {engine: stats.get(f"{engine}: {name}") for engine in MEASURED}
        least = {engine: value.least if value else None for engine, value in times.items()}
        rows.append(
            {"kernel": name, **{engine: value.as_dict() for engine, value in times.items() if value}}
        )
        lines.append(
            [
                name,
                *[report.duration(least[engine]) for engine in MEASURED],
                report.ratio(least["numpy"], least["cumbia"]),
                report.ratio(least["numba"], least["cumbia"]),
            ]
        )
    header = ["kernel", "numpy", "cumbia", "numba", "numpy/cumbia", "numba/cumbia"]
    print(report.table("Seconds, least of the repeats", header, lines))
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("stencils", __doc__, measure, options))

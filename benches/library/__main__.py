"""Sorting, searching and sets beside NumPy and Numba, results checked against NumPy.

Numba has some of these without keywords only: what it refuses is named.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benches import engines, report, timing

ENGINES = ("python", "cumbia", "numba")


def sort(a: Any) -> Any:
    """A sorted copy."""
    return np.sort(a)


def argsort(a: Any) -> Any:
    """Positions in order, which are the same for all where no elements are equal."""
    return np.argsort(a)


def unique(a: Any) -> Any:
    """The different elements."""
    return np.unique(a)


def searchsorted(a: Any, v: Any) -> Any:
    """Where elements belong."""
    return np.searchsorted(a, v)


def isin(a: Any, b: Any) -> Any:
    """Which elements are among others."""
    return np.isin(a, b)


def partition(a: Any) -> Any:
    """The element in the middle."""
    return np.partition(a, len(a) // 2)[len(a) // 2]


def sort_columns(a: Any) -> Any:
    """Sorted along the first axis."""
    return np.sort(a, axis=0)


def sort_rows(a: Any) -> Any:
    """Sorted along the last axis."""
    return np.sort(a, axis=1)


def cases(scale: float) -> list[tuple[str, Callable[..., Any], tuple[Any, ...]]]:
    """Names, functions and arguments."""
    rng = np.random.default_rng(20)
    found: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = []
    for n in (1000, max(1000, int(1_000_000 * scale))):
        lines = {
            "float64": rng.standard_normal(n),
            "float32": rng.standard_normal(n).astype("f4"),
            "int64": rng.integers(-(2**62), 2**62, n),
            "int32, 1000 different": rng.integers(0, 1000, n, dtype="i4"),
        }
        for kind, line in lines.items():
            ordered = np.sort(line)
            found += [
                (f"sort {n} {kind}", sort, (line,)),
                (f"unique {n} {kind}", unique, (line,)),
                (f"searchsorted {n} {kind}", searchsorted, (ordered, line)),
                (f"isin {n} {kind}", isin, (line, line[: n // 10])),
                (f"partition {n} {kind}", partition, (line,)),
            ]
            if len(np.unique(line)) == n:
                found.append((f"argsort {n} {kind}", argsort, (line,)))
    side = max(32, int(1000 * scale**0.5))
    matrix = rng.standard_normal((side, side))
    found.append((f"sort columns {side}x{side}", sort_columns, (matrix,)))
    found.append((f"sort rows {side}x{side}", sort_rows, (matrix,)))
    return found


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time every function on every engine, in turns."""
    warnings.simplefilter("ignore")
    problems: list[str] = []
    notes: list[str] = []
    rows: list[report.Row] = []
    lines = []
    for name, function, args in cases(arguments.scale):
        expected = function(*args)
        runs: dict[str, Callable[[], Any]] = {}
        for engine in ENGINES:
            try:
                compiled = engines.jit(engine)(function)
                got = compiled(*args)
            except Exception as error:  # an engine that can't is part of the result
                reason = str(error).strip().splitlines()
                notes.append(f"{name} on {engine}: {reason[0] if reason else type(error).__name__}")
                if engine == "cumbia":
                    problems.append(notes[-1])
                continue
            if not np.array_equal(got, expected):
                problems.append(f"{name} on {engine} gave another result than NumPy")
            runs[engine] = lambda compiled=compiled, args=args: compiled(*args)
        stats = timing.interleaved(runs, arguments.budget, most=200)
        least = {engine: stats[engine].least if engine in stats else None for engine in ENGINES}
        rows.append({"case": name, **{engine: value.as_dict() for engine, value in stats.items()}})
        lines.append(
            [
                name,
                *[report.duration(least[engine]) for engine in ENGINES],
                *[report.ratio(least[peer], least["cumbia"]) for peer in ("python", "numba")],
            ]
        )
    header = ["case", "numpy", "cumbia", "numba", "vs numpy", "vs numba"]
    print(report.table("Seconds per call, least of the repeats; how far ahead", header, lines))
    for note in notes:
        print(f"not measured: {note}")
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--scale", type=float, default=1.0, help="size of the data")
    parser.add_argument("--budget", type=float, default=0.3, help="seconds for each closure")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("library", __doc__, measure, options))

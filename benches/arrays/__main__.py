"""Expressions and functions of whole arrays beside NumPy and Numba.

Each result is checked against NumPy's before anything is timed. "First call" is cumbia's,
with compilation by the first tier, and includes the work itself. What is timed afterwards is
the second tier's code, waited for: how soon it comes on a busy machine is chance, and the
first tier has no vectors.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benches import engines, report, timing
from benches.arrays import cases as programs

ENGINES = ("python", "cumbia", "numba")


def equal(got: Any, want: Any, rtol: float) -> bool:
    """Whether a result is right: the same bits, or values within a tolerance."""
    if rtol:
        return np.shape(got) == np.shape(want) and bool(np.allclose(got, want, rtol, 0))
    return np.array_equal(got, want)


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time every program on every engine, in turns."""
    warnings.simplefilter("ignore")
    problems: list[str] = []
    notes: list[str] = []
    rows: list[report.Row] = []
    lines = []
    for case in programs.cases(arguments.scale):
        runs: dict[str, Callable[[], Any]] = {}
        expected = np.copy(case.function(*case.given()))
        first = None
        for engine in ENGINES:
            try:
                function = engines.jit(engine)(case.function)
                given = case.given()
                start = time.perf_counter()
                got = function(*given)
                elapsed = time.perf_counter() - start
                if engine == "cumbia":
                    function.wait()
            except Exception as error:  # an engine that can't is part of the result
                reason = str(error).strip().splitlines()
                notes.append(
                    f"{case.name} on {engine}: {type(error).__name__}: {reason[0] if reason else ''}"
                )
                if engine == "cumbia":
                    problems.append(notes[-1])
                continue
            if engine == "cumbia":
                first = elapsed
            if not equal(got, expected, case.rtol):
                problems.append(f"{case.name} on {engine} gave another result than NumPy")
            runs[engine] = lambda function=function, args=given: function(*args)
        stats = timing.interleaved(runs, arguments.budget, most=200)
        least = {engine: stats[engine].least if engine in stats else None for engine in ENGINES}
        rows.append(
            {
                "case": case.name,
                "first_call": first,
                **{engine: value.as_dict() for engine, value in stats.items()},
            }
        )
        lines.append(
            [
                case.name,
                report.duration(first),
                *[report.duration(least[engine]) for engine in ENGINES],
                *[
                    report.ratio(least[peer], least["cumbia"])
                    for peer in ENGINES
                    if peer != "cumbia"
                ],
            ]
        )
    header = ["case", "first call", "NumPy", "cumbia", "Numba", "vs NumPy", "vs Numba"]
    print(report.table("Seconds per call, least of the repeats; how far ahead", header, lines))
    for note in notes:
        print(f"not measured: {note}")
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--scale", type=float, default=1.0, help="size of the data")
    parser.add_argument("--budget", type=float, default=0.3, help="seconds for each closure")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("arrays", __doc__, measure, options))

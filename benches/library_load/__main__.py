"""First call of a function that calls one NumPy function: what loading its body costs.

A library function is parsed, typed and compiled when a kernel first reaches it. Each case
is a new one-line function, called once, in a process that has compiled another function
before; the least of the repeats is shown. Results are checked against NumPy, to the last
bits where both sum in the same order.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from benches import engines, report, timing

VECTOR = np.arange(1000.0)
MATRIX = np.arange(1000.0).reshape(20, 50)


def nothing(a):
    return a[0]


def zeros(a):
    return np.zeros(3)


def total(a):
    return np.sum(a)


def total_axis(a):
    return np.sum(a, axis=0)


def spread(a):
    return np.std(a)


def largest(a):
    return np.argmax(a)


CASES = {
    "a[0]": (nothing, VECTOR),
    "np.zeros(3)": (zeros, VECTOR),
    "np.sum(a)": (total, VECTOR),
    "np.sum(a, axis=0)": (total_axis, MATRIX),
    "np.std(a)": (spread, VECTOR),
    "np.argmax(a)": (largest, VECTOR),
}


def first_call(decorator: Any, function: Any, array: np.ndarray) -> tuple[float, Any, Any]:
    """Compile one function anew; return seconds, what it gave, and the dispatcher."""
    compiled = decorator(function)
    seconds, got = timing.once(lambda: compiled(array))
    return seconds, got, compiled


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time the first call of each case on each engine."""
    problems: list[str] = []
    rows: list[report.Row] = []
    lines = []
    for name, (function, array) in CASES.items():
        row: report.Row = {"call": name}
        for engine in ("cumbia", "numba"):
            try:
                decorator = engines.jit(engine)
            except engines.Unavailable as reason:
                print(f"{engine}: not measured, {reason}")
                continue
            try:
                runs = [first_call(decorator, function, array) for _ in range(arguments.repeats[engine])]
            except Exception as refused:
                # A peer that can't compile a case is part of the result.
                if engine == "cumbia":
                    raise
                print(f"{engine} refuses {name}: {type(refused).__name__}")
                continue
            expected = function(array)
            if not all(np.allclose(got, expected, rtol=1e-14) for _, got, _ in runs):
                problems.append(f"{name} on {engine} gave {runs[0][1]!r} for {expected!r}")
            best = min(runs, key=lambda run: run[0])
            row[engine] = best[0]
            if engine == "cumbia":
                row["stages"] = dict(best[2].stats["times"])
        rows.append(row)
        stages = row.get("stages", {})
        lines.append(
            [
                name,
                report.duration(row.get("cumbia")),
                report.duration(stages.get("parse")),
                report.duration(stages.get("codegen")),
                report.duration(row.get("numba")),
                report.ratio(row.get("numba"), row.get("cumbia")),
            ]
        )
    header = ["call", "cumbia", "parse", "codegen", "numba", "numba/cumbia"]
    print(report.table("First call with all compilation", header, lines))
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.set_defaults(repeats={"cumbia": 15, "numba": 2})


if __name__ == "__main__":
    raise SystemExit(report.run_cli("library_load", __doc__, measure, options))

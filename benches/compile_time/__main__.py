"""Compile time per stage for functions of 10, 100 and 1,000 lines.

Linear means that the microseconds per line stay level. A new function is compiled for
each repeat, after one that warms the process up; the least of the repeats is shown.
Stages come from the compiler itself, ``stats["times"]`` of the dispatcher; of a peer only
the whole is shown.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benches import engines, report, timing
from benches.compile_time import generate

LENGTHS = (10, 100, 1000)
TOTAL = "first call"


def stages_of(dispatcher: Any) -> dict[str, float] | None:
    """Return the seconds of each stage of the compilations so far; None of a peer."""
    stats = getattr(dispatcher, "stats", None)
    return dict(stats["times"]) if isinstance(stats, dict) else None


def compile_once(decorator: Callable, name: str, lines: int) -> tuple[dict[str, float], bool]:
    """Compile one new function by calling it; return seconds per stage, and whether it was right."""
    function = generate.function(name, lines)
    expected_x = np.linspace(0.0, 1.0, 16)
    got_x = expected_x.copy()
    expected = function(expected_x, 16)
    compiled = decorator(function)
    elapsed, got = timing.once(lambda: compiled(got_x, 16))
    right = (
        math.isfinite(expected)
        and float(got).hex() == float(expected).hex()
        and expected_x.tobytes() == got_x.tobytes()
    )
    return {**(stages_of(compiled) or {}), TOTAL: elapsed}, right


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Measure all lengths on cumbia, and Numba's whole beside it."""
    rows: list[report.Row] = []
    problems: list[str] = []
    for engine in ("cumbia", "numba"):
        try:
            decorator = engines.jit(engine)
        except engines.Unavailable as reason:
            print(f"{engine}: not measured, {reason}")
            continue
        for lines in LENGTHS:
            repeats = arguments.repeats if engine == "cumbia" else (3 if lines < 1000 else 1)
            collected: dict[str, list[float]] = {}
            for repeat in range(repeats + 1):
                if engine == "numba" and lines == 1000 and repeat == 0:
                    continue
                try:
                    seconds, right = compile_once(decorator, f"f{lines}_{repeat}", lines)
                except Exception as error:
                    problems.append(f"{lines} lines on {engine}: {type(error).__name__}: {error}")
                    break
                if not right:
                    problems.append(f"{lines} lines on {engine} differ from plain Python")
                if repeat or repeats == 1:
                    for stage, value in seconds.items():
                        collected.setdefault(stage, []).append(value)
            rows.append(
                {
                    "engine": engine,
                    "lines": lines,
                    "stages": {
                        stage: timing.summarize(values).as_dict()
                        for stage, values in collected.items()
                    },
                }
            )
    print_rows(rows)
    return rows, problems


def print_rows(rows: list[report.Row]) -> None:
    """Print seconds per stage and per line."""
    for engine in ("cumbia", "numba"):
        mine = [row for row in rows if row["engine"] == engine and row["stages"]]
        if not mine:
            continue
        stages = list(dict.fromkeys(stage for row in mine for stage in row["stages"]))
        lines = []
        for stage in stages:
            least = [
                row["stages"][stage]["least"] if stage in row["stages"] else None for row in mine
            ]
            each = [
                report.duration(value / row["lines"]) if value else "-"
                for value, row in zip(least, mine)
            ]
            lines.append([stage, *[report.duration(value) for value in least], *each])
        header = [
            "stage",
            *[f"{row['lines']} lines" for row in mine],
            *[f"per line of {row['lines']}" for row in mine],
        ]
        print(report.table(f"Compile time of {engine}", header, lines))
        if engine == "cumbia" and stages == [TOTAL]:
            print("this build of cumbia reports no stages: only the whole first call is shown")


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--repeats", type=int, default=7)


if __name__ == "__main__":
    raise SystemExit(report.run_cli("compile_time", __doc__, measure, options))

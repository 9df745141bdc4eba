"""A hundred programs on cumbia, Numba and C: ``python -m benches kernels [WORD ...]``.

Every engine's result is checked on the data that is measured before anything is timed:
against NumPy or plain Python where a program has such a reference, else against plain
Python on a small input and then against the other engines. Times are processor time of the
calling thread, the median of rounds in which all engines take turns. cumbia runs in its
second tier with all checks on.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches import report
from benches.engines import Unavailable
from benches.kernels import compare, peers
from benches.kernels.program import Outputs, Program, near, programs

SHORT = 0.002
"""Seconds that a measured run has at least, by repeating the call."""

CHECK = 1e-9
"""How far any strict engine may be from a reference that has its own order of operations."""


def disagreements(program: Program, engine: str, got: Outputs, exact: Outputs | None) -> list[str]:
    """Compare with the same operations in the same order, or nearly the same."""
    if exact is None:
        return []
    relaxed = engine in peers.RELAXED
    allowed = program.fast_rtol if relaxed else program.rtol
    return compare(exact, got, dict.fromkeys(exact, allowed))


def checked(
    program: Program, engines: list[str], problems: list[str], missing: dict[str, str]
) -> dict[str, peers.Runner]:
    """Run every engine once on small and once on full data; return those that are right."""
    small = program.arguments(program.tiny)
    by_python = program.collect(small, program.function(*small))
    full_reference = program.expected(program.arguments(program.full))
    right: dict[str, peers.Runner] = {}
    first: Outputs | None = None
    for engine in engines:
        try:
            runner = peers.prepare(engine, program)
            args = program.arguments(program.tiny)
            lines = disagreements(
                program, engine, program.collect(args, runner(args)()), by_python
            )
            args = program.arguments(program.full)
            got = program.collect(args, runner(args)())
        except Unavailable as reason:
            missing[engine] = str(reason)
            continue
        except Exception as error:  # an engine that can't is part of the result
            text = f"{program.name} on {engine}: {type(error).__name__}: {error}".splitlines()[0]
            if engine == "cumbia":
                problems.append(text)
            else:
                missing[f"{program.name} on {engine}"] = type(error).__name__
            continue
        lines += disagreements(program, engine, got, first)
        if engine in peers.STRICT and full_reference is not None:
            lines += near(full_reference, got, max(CHECK, 10 * program.rtol))
        if lines:
            problems += [f"{program.name} on {engine}: {line}" for line in lines]
            continue
        if first is None and engine in peers.STRICT:
            first = got
        right[engine] = runner
    return right


def measure_one(run: Callable[[], Any], repeat: int) -> float:
    """Processor seconds of one call of this thread."""
    start = time.thread_time()
    for _ in range(repeat):
        run()
    return (time.thread_time() - start) / repeat


def medians(program: Program, runners: dict[str, peers.Runner], rounds: int) -> dict[str, float]:
    """Time all engines in turns, on the same arrays."""
    args = program.arguments(program.full)
    runs = {engine: runner(args) for engine, runner in runners.items()}
    repeat = {}
    for engine, run in runs.items():
        run()
        repeat[engine] = max(1, min(1000, int(SHORT / max(measure_one(run, 1), 1e-7))))
    seconds: dict[str, list[float]] = {engine: [] for engine in runs}
    for _ in range(rounds):
        for engine, run in runs.items():
            seconds[engine].append(measure_one(run, repeat[engine]))
    return {engine: statistics.median(values) for engine, values in seconds.items()}


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Check and time the chosen programs."""
    warnings.simplefilter("ignore")
    problems: list[str] = []
    missing: dict[str, str] = {}
    rows: list[report.Row] = []
    chosen = programs(arguments.words)
    if not chosen:
        raise SystemExit(f"no program or theme is called {' '.join(arguments.words)}")
    for program in chosen:
        runners = checked(program, arguments.engines, problems, missing)
        operations, moved = program.cost(program.full)
        seconds = medians(program, runners, arguments.rounds)
        rows.append(
            {
                "kernel": program.name,
                "theme": program.theme,
                "size": program.full,
                "operations": operations,
                "bytes": moved,
                "seconds": seconds,
            }
        )
        if arguments.progress:
            print(line_of(rows[-1]), flush=True)
    print_table(rows, arguments.engines)
    for engine, reason in missing.items():
        print(f"{engine}: not measured, {reason}")
    if arguments.roofline:
        from benches.kernels import roofline

        roofline.draw(rows, arguments.roofline)
    return rows, problems


def better(row: report.Row, engines: tuple[str, ...]) -> float | None:
    """The least time among `engines`."""
    return min((row["seconds"][e] for e in engines if e in row["seconds"]), default=None)


COLUMNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("numba", "cumbia", ("numba",)),
    ("numba-fast", "cumbia", ("numba-fast",)),
    ("gcc", "cumbia", ("gcc",)),
    ("clang", "cumbia", ("clang",)),
    ("best C", "cumbia", ("gcc", "clang")),
    ("fast C", "cumbia", ("gcc-fast", "clang-fast")),
    ("fast/fast C", "cumbia-fast", ("gcc-fast", "clang-fast")),
    ("unchecked", "cumbia", ("cumbia-unchecked",)),
)
"""Of each ratio the heading, the engine above the line, and the engines below it."""


def ratios(row: report.Row) -> list[float | None]:
    """The row's ratios, in the order of `COLUMNS`."""
    found: list[float | None] = []
    for _, ours, theirs in COLUMNS:
        above, below = row["seconds"].get(ours), better(row, theirs)
        found.append(above / below if above and below else None)
    return found


def line_of(row: report.Row) -> str:
    """One row while measuring."""
    cells = [report.duration(row["seconds"].get("cumbia"))]
    cells += [f"{name} {report.ratio(r, 1.0)}" for (name, *_), r in zip(COLUMNS, ratios(row)) if r]
    return f"{row['kernel']}: " + ", ".join(cells)


def print_table(rows: list[report.Row], engines: list[str]) -> None:
    """Print times and ratios, and the ratios' geometric means."""
    lines = []
    for row in rows:
        lines.append(
            [
                row["kernel"],
                row["theme"],
                *[report.duration(row["seconds"].get(engine)) for engine in engines],
                *[report.ratio(value, 1.0) for value in ratios(row)],
            ]
        )
    means = []
    for column in zip(*[ratios(row) for row in rows]):
        logarithms = [math.log(value) for value in column if value]
        mean = math.exp(statistics.fmean(logarithms)) if logarithms else None
        means.append(report.ratio(mean, 1.0))
    lines.append(["geometric mean", "", *["" for _ in engines], *means])
    header = ["kernel", "theme", *engines, *[f"/{name}" for name, *_ in COLUMNS]]
    title = "Processor time per call, and cumbia's over the others' (below 1x: cumbia is faster)"
    print(report.table(title, header, lines, 2))


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="parts of names of programs, or themes"
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds in which engines take turns")
    parser.add_argument(
        "--engines", nargs="+", choices=peers.ENGINES, default=list(peers.ENGINES), metavar="ENGINE"
    )
    parser.add_argument("--progress", action="store_true", help="a line for each when it is done")
    parser.add_argument("--roofline", type=Path, metavar="PNG", help="draw a roofline picture")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("kernels", __doc__, measure, options))

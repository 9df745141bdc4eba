"""Lists, dicts, sets and strings beside CPython and Numba.

Numba is measured twice where both mean something: with reflected lists and plain
displays, and with `typed.List` and `typed.Dict`. The arguments' conversion is part of a
call, as it is for a user; typed lists are made before, since a program would keep them.
Results are checked against the undecorated functions.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any

from benches import engines, report, timing
from benches.containers import cases as programs

ENGINES = ("python", "cumbia", "numba", "numba typed")


def prepare(engine: str, case: programs.Case) -> Callable[[], Any] | None:
    """Return a closure that runs a program, or None where an engine has no version of it.

    Raises
    ------
    benches.engines.Unavailable
        When the engine is not installed.
    """
    decorate = engines.jit(engine.split()[0])
    function, args = case.function, list(case.args)
    if engine.startswith("numba"):
        import numba
        import numba.typed

        if case.function is programs.sort_key:
            programs.last_digits = numba.njit(programs.last_digits)  # type: ignore[assignment]
    if engine == "numba typed":
        programs.List, programs.Dict = numba.typed.List, numba.typed.Dict
        programs.int64, programs.unicode_type = numba.int64, numba.types.unicode_type
        if case.function not in programs.TYPED and not case.lists:
            return None
        function = programs.TYPED.get(function, function)
        for k in case.lists:
            args[k] = numba.typed.List(args[k])
    compiled = decorate(function)
    return lambda: compiled(*args)


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time every program on every engine, in turns."""
    warnings.simplefilter("ignore")
    problems: list[str] = []
    notes: list[str] = []
    rows: list[report.Row] = []
    lines = []
    plain_key = programs.last_digits
    for case in programs.cases(arguments.scale):
        runs: dict[str, Callable[[], Any]] = {}
        expected = case.function(*case.args)
        for engine in ENGINES:
            programs.last_digits = plain_key
            try:
                run = prepare(engine, case)
                if run is None:
                    continue
                got = run()
            except Exception as error:  # an engine that can't is part of the result
                reason = str(error).strip().splitlines()
                notes.append(
                    f"{case.name} on {engine}: {type(error).__name__}: {reason[0] if reason else ''}"
                )
                if engine in ("python", "cumbia"):
                    problems.append(notes[-1])
                continue
            if got != expected:
                problems.append(f"{case.name} on {engine} gave {got!r} for {expected!r}")
            runs[engine] = run
        programs.last_digits = plain_key
        stats = timing.interleaved(runs, arguments.budget, most=200)
        least = {engine: stats[engine].least if engine in stats else None for engine in ENGINES}
        rows.append(
            {"case": case.name, **{engine: value.as_dict() for engine, value in stats.items()}}
        )
        lines.append(
            [
                case.name,
                *[report.duration(least[engine]) for engine in ENGINES],
                *[
                    report.ratio(least[peer], least["cumbia"])
                    for peer in ENGINES
                    if peer != "cumbia"
                ],
            ]
        )
    header = ["case", *ENGINES, "vs python", "vs numba", "vs typed"]
    print(report.table("Seconds per call, least of the repeats; how far ahead", header, lines))
    for note in notes:
        print(f"not measured: {note}")
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--scale", type=float, default=1.0, help="size of the data")
    parser.add_argument("--budget", type=float, default=0.5, help="seconds for each closure")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("containers", __doc__, measure, options))

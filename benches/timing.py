"""Repeated timing with robust statistics.

Reports the smallest and the median of the repeats: the smallest is what the work costs,
the median what a busy machine made of it. Nothing is judged by a time.
"""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Stats:
    """Seconds of repeated runs."""

    least: float
    median: float
    repeats: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def summarize(seconds: Sequence[float]) -> Stats:
    """Reduce measured seconds to `Stats`."""
    return Stats(min(seconds), statistics.median(seconds), len(seconds))


def once(run: Callable[[], Any]) -> tuple[float, Any]:
    """Run once; return the seconds it took and its result."""
    start = perf_counter()
    result = run()
    return perf_counter() - start, result


def repeated(run: Callable[[], Any], budget: float = 1.0, least: int = 3, most: int = 50) -> Stats:
    """Run `least` times, then on until `budget` seconds or `most` runs are spent."""
    return interleaved({"": run}, budget, least, most)[""]


def interleaved(
    runs: dict[str, Callable[[], Any]], budget: float = 1.0, least: int = 3, most: int = 50
) -> dict[str, Stats]:
    """Time several closures in turns, so that a disturbance meets all of them.

    `budget` is per closure.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    spent = 0.0
    done = 0
    while done < least or (done < most and spent < budget * len(runs)):
        for name, run in runs.items():
            elapsed, _ = once(run)
            seconds[name].append(elapsed)
            spent += elapsed
        done += 1
    return {name: summarize(values) for name, values in seconds.items()}


def per_call(
    statements: dict[str, tuple[str, dict[str, Any]]], repeats: int = 15
) -> dict[str, Stats]:
    """Time tiny calls written as source, in turns, in seconds per call.

    Parameters
    ----------
    statements
        From a name to a statement and the names it uses.
    repeats
        Rounds over all statements; each round runs a statement for about 10 ms.
    """
    timers = {}
    for name, (statement, names) in statements.items():
        timer = timeit.Timer(statement, globals=names)
        number, elapsed = timer.autorange()
        timers[name] = (timer, max(1, int(number * 0.01 / elapsed)))
    seconds: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(repeats):
        for name, (timer, number) in timers.items():
            seconds[name].append(timer.timeit(number) / number)
    return {name: summarize(values) for name, values in seconds.items()}

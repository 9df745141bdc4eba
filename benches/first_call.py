"""What a user waits for: the import, and the first result of a fresh process.

Every number comes from a new process. The import is measured beyond NumPy's, which is
imported first. A first result includes the decorator, reading the source, inferring
types, compiling and running; the functions are small enough that running is nothing. The
rows "warm" are of processes that find the compiled code on disk, where one before them has
kept it: what both do by their caches.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import tempfile
from time import perf_counter

import numpy as np

from benches import engines, report, timing

MEASURED = ("cumbia", "numba")
CASES = ("scalar", "loop", "library", "scalar, warm", "loop, warm", "library, warm")


def scalar(a, b):
    return (a * a + b * b) / (1.0 + a)


def loop_of_30_lines(values, passes):
    count = len(values)
    total = 0.0
    largest = values[0]
    rising = 0
    for step in range(passes):
        previous = values[0]
        for i in range(1, count - 1):
            left = values[i - 1]
            here = values[i]
            right = values[i + 1]
            mean = (left + here + right) / 3.0
            if here > largest:
                largest = here
            if here > previous:
                rising += 1
            elif here < previous:
                rising -= 1
            deviation = here - mean
            if deviation < 0.0:
                deviation = -deviation
            weight = 1.0 / (1.0 + deviation)
            if step % 2 == 0:
                total += weight * here
            else:
                total -= weight * mean
            previous = here
    if rising > 0:
        total = total / rising
    else:
        total = total - rising
    return total + largest


def ten_library_functions(a, b):
    """Of whole numbers, so that every order of summing gives the same."""
    c = np.abs(a) + np.floor(b)
    total = np.sum(c) + np.max(a) + np.min(b) + np.mean(a + b) + np.median(a)
    return total + np.dot(a, b) + np.argmax(a) + np.argmin(b) + np.cumsum(c)[-1]


def cases():
    """Return each function with its arguments."""
    values = np.cos(np.arange(200.0) * 0.37)
    whole = np.arange(200.0)
    return {
        "scalar": (scalar, (1.5, 2.0)),
        "loop": (loop_of_30_lines, (values, 3)),
        "library": (ten_library_functions, (whole, whole[::-1].copy())),
    }


def child(engine: str, which: str, warm: bool) -> None:
    """Measure in this process and print the times as JSON."""
    start = perf_counter()
    decorator = engines.jit(engine)
    if warm:
        decorator = functools.partial(decorator, cache=True)
    imported = perf_counter() - start
    function, arguments = cases()[which]
    start = perf_counter()
    compiled = decorator(function)
    got = compiled(*arguments)
    first = perf_counter() - start
    start = perf_counter()
    compiled(*arguments)
    second = perf_counter() - start
    expected = function(*arguments)
    right = bool(got == expected) and float(got).hex() == float(expected).hex()
    print(json.dumps({"import": imported, "first": first, "second": second, "right": right}))


def turns(
    repeats: int, kinds: list[tuple[str, str]], folder: str, times: dict, problems: list[str]
) -> None:
    """Start processes in turns; the first of each kind only warms the disk cache."""
    kept = {"CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": f"{folder}/c", "NUMBA_CACHE_DIR": f"{folder}/n"}
    for turn in range(repeats + 1):
        for engine, which in kinds:
            name, _, warm = which.partition(", ")
            done = subprocess.run(
                [sys.executable, "-m", "benches.first_call", "--child", engine, name, warm],
                cwd=engines.ROOT,
                env={**os.environ, **kept} if warm else None,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                if turn == 0:
                    problems.append(f"{which} on {engine} failed:\n{done.stderr.strip()}")
                continue
            measured = json.loads(done.stdout.splitlines()[-1])
            if not measured["right"]:
                problems.append(f"{which} on {engine} differs from plain Python")
            if turn:
                times[engine, which].append(measured)


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Measure all kinds of processes."""
    rows: list[report.Row] = []
    problems: list[str] = []
    missing = {}
    present = []
    for engine in MEASURED:
        try:
            engines.require(engine)
            present.append(engine)
        except engines.Unavailable as reason:
            missing[engine] = str(reason)
    kinds = [(engine, which) for which in CASES for engine in present]
    times: dict[tuple[str, str], list[dict]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as folder:
        turns(arguments.repeats, kinds, folder, times, problems)
    for engine in present:
        row: report.Row = {"engine": engine}
        imports = [
            measured["import"] for which in CASES for measured in times[engine, which]
        ]
        if imports:
            row["import beyond NumPy"] = timing.summarize(imports).as_dict()
        for which in CASES:
            for key in ("first", "second"):
                seconds = [measured[key] for measured in times[engine, which]]
                if seconds:
                    row[f"{which}, {key} call"] = timing.summarize(seconds).as_dict()
        rows.append(row)
    print_rows(rows, present)
    for engine, reason in missing.items():
        print(f"{engine}: not measured, {reason}")
    return rows, problems


def print_rows(rows: list[report.Row], present: list[str]) -> None:
    """Print least and median for each engine, and the ratio of the medians."""
    what = [
        "import beyond NumPy",
        *[f"{which}, {key} call" for which in CASES for key in ("first", "second")],
    ]
    by_engine = {row["engine"]: row for row in rows}
    lines = []
    for name in what:
        line = [name]
        medians = {}
        for engine in present:
            stats = by_engine[engine].get(name)
            medians[engine] = stats["median"] if stats else None
            line += [
                report.duration(stats["least"] if stats else None),
                report.duration(medians[engine]),
            ]
        lines.append([*line, report.ratio(medians.get("numba"), medians.get("cumbia"))])
    header = [
        "",
        *[f"{engine} {kind}" for engine in present for kind in ("least", "median")],
        "numba/cumbia",
    ]
    print(report.table("Fresh processes", header, lines))


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--repeats", type=int, default=9, help="processes of each kind")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], sys.argv[4] == "warm")
    else:
        raise SystemExit(report.run_cli("first_call", __doc__, measure, options))

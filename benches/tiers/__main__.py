"""What changing to the second tier costs, and when it is there.

Three tables. Each measurement is a process of its own, so that LLVM is loaded in it.

1. A function that is called once and runs for about two seconds: from a cold start with
   both tiers, beside the same call where LLVM had compiled it before, and beside the first
   tier alone.
2. How long after the start of the first call LLVM's code is in place, for functions of 30
   and of 1,000 lines that are called again and again.
3. Whether another Python thread keeps running while LLVM compiles: the longest time that
   it stood still then, beside the longest while nothing was compiled.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np

from benches import engines, report
from benches.compile_time import generate
from benches.tiers.programs import PROGRAMS

LENGTHS = (30, 1000)
TIERS = ("best", "auto", "fast")


def long_call(name: str, tier: str) -> dict[str, Any]:
    """Time the measured call of a program; for ``best`` LLVM has compiled it before."""
    import cumbia

    program = PROGRAMS[name]
    function = cumbia.jit(tier=tier)(program.function)
    problems = []
    if tier == "best":
        if repr(function(*program.tiny())) != repr(program.function(*program.tiny())):
            problems.append("differs from plain Python")
    arguments = program.full()
    start = time.perf_counter()
    result = function(*arguments)
    seconds = time.perf_counter() - start
    if program.exact is not None:
        value, allowed = program.exact()
        if not abs(result - value) <= allowed:
            problems.append(f"{result} instead of {value}")
    return {
        "seconds": seconds,
        "result": float(result).hex(),
        "moved": function.stats["moved"],
        "problems": problems,
    }


def ready(lines: int) -> dict[str, Any]:
    """Call a new function until LLVM's code is in place."""
    import cumbia

    plain = generate.function("f", lines)
    function = cumbia.jit(plain)
    x = np.linspace(0.0, 1.0, 1000)
    expected_x = x.copy()
    expected = plain(expected_x, 1000)
    start = time.perf_counter()
    got = function(x, 1000)
    first = time.perf_counter() - start
    problems = []
    if float(got).hex() != float(expected).hex() or x.tobytes() != expected_x.tobytes():
        problems.append("differs from plain Python")
    events: dict[str, float] = {}
    while "optimized" not in events and "declined" not in events:
        if time.perf_counter() - start > 60:
            problems.append("LLVM's code didn't come within a minute")
            break
        function(x, 1000)
        events = {event.kind: event.time - start for event in cumbia.events()}
    return {
        "first": first,
        "queued": events.get("queued"),
        "optimized": events.get("optimized"),
        "problems": problems,
    }


def longest_pause(until: Any) -> float:
    """Look at the clock again and again; the longest time between two looks."""
    last = time.perf_counter()
    longest = 0.0
    while not until():
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
    return longest


def beside(lines: int) -> dict[str, Any]:
    """Have LLVM compile on another thread's behalf while this one looks at the clock."""
    import cumbia

    warm = cumbia.jit(generate.function("warm", 30))
    warm(np.linspace(0.0, 1.0, 16), 16)
    warm.wait()
    function = cumbia.jit(generate.function("f", lines))
    function(np.linspace(0.0, 1.0, 16), 16)
    end = time.perf_counter() + 0.5
    idle = longest_pause(lambda: time.perf_counter() > end)
    waiter = threading.Thread(target=function.wait)
    waiter.start()
    compiling = longest_pause(lambda: not waiter.is_alive())
    return {
        "idle": idle,
        "compiling": compiling,
        "compile": function.stats["best"],
        "problems": [] if function.tier == "best" else ["LLVM's code isn't in place"],
    }


MEASUREMENTS = {"long_call": long_call, "ready": ready, "beside": beside}


def apart(measurement: str, *words: Any) -> dict[str, Any]:
    """Run one of `MEASUREMENTS` in a process of its own.

    Raises
    ------
    RuntimeError
        When it fails, with what it printed.
    """
    command = [sys.executable, "-m", "benches.tiers", "--one", measurement, *map(str, words)]
    done = subprocess.run(command, cwd=engines.ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{measurement} {words}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def collect(repeats: int, measurement: str, *words: Any) -> tuple[dict[str, Any], list[str]]:
    """Repeat a measurement; medians of its numbers, and each problem once."""
    runs = [apart(measurement, *words) for _ in range(repeats)]
    problems = list(dict.fromkeys(problem for run in runs for problem in run.pop("problems")))
    merged = {
        key: statistics.median(run[key] for run in runs)
        if all(isinstance(run[key], (int, float)) for run in runs)
        else runs[0][key]
        for key in runs[0]
    }
    if len({run.get("result") for run in runs}) > 1:
        problems.append("runs differ")
    return merged, [f"{measurement} {words}: {problem}" for problem in problems]


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Take all three tables."""
    rows: list[report.Row] = []
    problems: list[str] = []
    lines = []
    for name in PROGRAMS:
        row: report.Row = {"measurement": "long_call", "name": name}
        for tier in TIERS:
            # Tier 1 alone takes up to a minute and a half, and isn't part of a ratio.
            repeats = 1 if tier == "fast" else arguments.repeats
            row[tier], found = collect(repeats, "long_call", name, tier)
            problems += found
        if len({row[tier]["result"] for tier in TIERS}) > 1:
            problems.append(f"{name}: tiers differ")
        rows.append(row)
        best, auto, fast = (row[tier]["seconds"] for tier in TIERS)
        moved = row["auto"]["moved"]
        lines.append(
            [name, *map(report.duration, (best, auto, fast)), report.ratio(auto, best), f"{moved:g}"]
        )
    header = ["program", "LLVM before", "cold start", "tier 1 alone", "cold/before", "moves"]
    print(report.table("One call from a cold start", header, lines))
    lines = []
    for length in LENGTHS:
        found_row, found = collect(arguments.repeats, "ready", length)
        problems += found
        rows.append({"measurement": "ready", "lines": length, **found_row})
        cells = (found_row[key] for key in ("first", "queued", "optimized"))
        lines.append([f"{length} lines", *map(report.duration, cells)])
    header = ["function", "first call", "LLVM asked for", "LLVM's code in place"]
    print(report.table("After the start of the first call", header, lines))
    lines = []
    for length in LENGTHS:
        found_row, found = collect(arguments.repeats, "beside", length)
        problems += found
        rows.append({"measurement": "beside", "lines": length, **found_row})
        cells = (found_row[key] for key in ("compile", "idle", "compiling"))
        lines.append([f"{length} lines", *map(report.duration, cells)])
    header = ["function", "LLVM's time", "longest pause before", "longest pause meanwhile"]
    print(report.table("Another Python thread while LLVM compiles", header, lines))
    return rows, problems


def one(words: list[str]) -> int:
    """Measure in this process and print JSON."""
    name, *given = words
    arguments = [int(word) if word.isdigit() else word for word in given]
    print(json.dumps(MEASUREMENTS[name](*arguments)))
    return 0


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--repeats", type=int, default=5)


if __name__ == "__main__":
    if "--one" in sys.argv:
        raise SystemExit(one(sys.argv[sys.argv.index("--one") + 1 :]))
    raise SystemExit(report.run_cli("tiers", __doc__, measure, options))

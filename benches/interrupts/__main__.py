"""What it costs that loops can be interrupted: the same code with its polls and without.

The polls are taken out of the IR that a kernel is compiled from, and the rest is compiled as
ever, by each tier. Both run in turns on Python's main thread, where a ticker asks for the
interpreter's signals every 20 ms. Results are compared bit by bit.
"""

from __future__ import annotations

import argparse
import re
from typing import Any

import numpy as np

from benches import report, timing
from cumbia import _cumbia, jit


def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s


def scaled(a, b):
    for i in range(a.shape[0]):
        b[i] = 2.0 * a[i] + b[i]
    return b[0]


def odd(n):
    k = 0
    for i in range(n):
        if i & 3 != 1:
            k ^= i
    return k


def collatz(n):
    most = 0
    for start in range(1, n):
        x = start
        k = 0
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            k += 1
        if k > most:
            most = k
    return most


def product(a, b, c):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c[0, 0]


# Each takes about a millisecond, which a busy machine seldom interrupts.
LARGE = np.random.default_rng(0).random(500_000)
SMALL = LARGE[:20_000].copy()
SQUARE = LARGE[: 100 * 100].reshape(100, 100).copy()

CASES = {
    "sum of 500,000 elements": (total, (LARGE,)),
    "2 a + b, 20,000 elements": (scaled, (SMALL, np.zeros(20_000))),
    "integers, 500,000 turns": (odd, (500_000,)),
    "Collatz below 3,000": (collatz, (3_000,)),
    "product of matrices, 100 x 100": (product, (SQUARE, SQUARE.T.copy(), np.empty((100, 100)))),
}
TIERS = ("fast", "best") if _cumbia._tiers()[1] else ("fast",)


def installed(function: Any, tier: str, ir: str, signature: str, entry: str) -> Any:
    """A dispatcher whose code for a signature is of this IR."""
    dispatcher = jit(tier=tier)(function)
    arguments, result = signature.split(" -> ")
    _cumbia._from_ir(dispatcher, ir, entry, result + arguments)
    return dispatcher


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time all kernels in turns."""
    rows: list[report.Row] = []
    lines, problems = [], []
    for name, (function, values) in CASES.items():
        known = jit(tier="fast")(function)
        known(*values)
        ((signature, ir),) = known.inspect_ir().items()
        entry = re.search(r"func @(entry\.\S+?)\(", ir).group(1)
        without = re.sub(r"^ +poll\b.*\n", "", ir, flags=re.M)
        if without == ir:
            problems.append(f"{name} has no polls")
            continue
        for tier in TIERS:
            runs = {
                "with": installed(function, tier, ir, signature, entry),
                "without": installed(function, tier, without, signature, entry),
            }
            if function is scaled:
                values[1][:] = 0
            results = [run(*values) for run in runs.values()]
            if function is not scaled and results[0] != results[1]:
                problems.append(f"{name} on {tier} gave {results}")
            stats = timing.interleaved(
                {key: lambda run=run: run(*values) for key, run in runs.items()},
                budget=arguments.seconds, least=7, most=5000,
            )  # fmt: skip
            cost = stats["with"].least / stats["without"].least - 1
            rows.append({"loop": name, "tier": tier, "cost": cost,
                         **{key: value.as_dict() for key, value in stats.items()}})  # fmt: skip
            times = [report.duration(stats[key].least) for key in ("with", "without")]
            lines.append([name, tier, *times, f"{100 * cost:+.2f} %"])
    header = ["loop", "tier", "with polls", "without", "cost"]
    print(report.table("Seconds per call, least of the repeats", header, lines, left=2))
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--seconds", type=float, default=2.0, help="for each kernel and tier")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("interrupts", __doc__, measure, options))

"""What the fixed order of reductions costs: blocks put together in their order, beside one part
for each thread, put together as threads come.

A free order is written by hand: a loop over as many turns as there are threads, each with its
part of the elements, and the parts added up behind it; and by `cumbia.atomic`, without parts.
Sums of integers are compared exactly, of floats to 1e-9. `cost` is the time of the fixed order
over that of one part for each thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "2")

import cumbia
import numpy as np
from cumbia import atomic, prange

from benches import report, timing


def sum_fixed(a, threads):
    total = 0.0
    for i in prange(len(a)):
        total += a[i]
    return total


def sum_free(a, threads):
    parts = np.zeros(threads)
    for t in prange(threads):
        s = 0.0
        for i in range(t * len(a) // threads, (t + 1) * len(a) // threads):
            s += a[i]
        parts[t] = s
    return parts.sum()


def sum_atomic(a, threads):
    total = np.zeros(1)
    for i in prange(len(a)):
        atomic.add(total, 0, a[i])
    return total[0]


def work_fixed(a, threads):
    total = 0.0
    for i in prange(len(a)):
        total += np.sin(a[i]) * np.exp(-a[i] * a[i])
    return total


def work_free(a, threads):
    parts = np.zeros(threads)
    for t in prange(threads):
        s = 0.0
        for i in range(t * len(a) // threads, (t + 1) * len(a) // threads):
            s += np.sin(a[i]) * np.exp(-a[i] * a[i])
        parts[t] = s
    return parts.sum()


def work_atomic(a, threads):
    total = np.zeros(1)
    for i in prange(len(a)):
        atomic.add(total, 0, np.sin(a[i]) * np.exp(-a[i] * a[i]))
    return total[0]


def histogram_fixed(k, bins, threads):
    counts = np.zeros(bins, np.int64)
    for i in prange(len(k)):
        counts[k[i]] += 1
    return counts


def histogram_free(k, bins, threads):
    parts = np.zeros((threads, bins), np.int64)
    for t in prange(threads):
        for i in range(t * len(k) // threads, (t + 1) * len(k) // threads):
            parts[t, k[i]] += 1
    return parts.sum(0)


def histogram_atomic(k, bins, threads):
    counts = np.zeros(bins, np.int64)
    for i in prange(len(k)):
        atomic.add(counts, k[i], 1)
    return counts


@cumbia.jit(associative=True)
def linked(f, g):
    return f[0] * g[0], f[1] * g[0] + g[1]


def linked_fixed(a, threads):
    acc = (1.0, 0.0)
    for i in prange(len(a)):
        acc = linked(acc, (0.5, a[i]))
    return acc[1]


def linked_free(a, threads):
    parts = np.zeros((threads, 2))
    for t in prange(threads):
        acc = (1.0, 0.0)
        for i in range(t * len(a) // threads, (t + 1) * len(a) // threads):
            acc = linked(acc, (0.5, a[i]))
        parts[t, 0], parts[t, 1] = acc
    whole = (1.0, 0.0)
    for t in range(threads):
        whole = linked(whole, (parts[t, 0], parts[t, 1]))
    return whole[1]


def cases():
    """Name, fixed, by parts, by atomic operations if there are any, arguments."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=4_000_000)
    few, many = rng.integers(0, 16, 2_000_000), rng.integers(0, 50_000, 2_000_000)
    sums = (sum_fixed, sum_free, sum_atomic)
    counts = (histogram_fixed, histogram_free, histogram_atomic)
    return [
        ("sum of 4,000,000", *sums, (a,)),
        ("sum of 2,000", *sums, (a[:2000],)),
        ("sum of 100", *sums, (a[:100],)),
        ("sum of sin(x) exp(-x²), 1,000,000", work_fixed, work_free, work_atomic, (a[:1_000_000],)),
        ("histogram of 16 bins, 2,000,000", *counts, (few, 16)),
        ("histogram of 50,000 bins, 2,000,000", *counts, (many, 50_000)),
        ("function marked associative, 1,000,000", linked_fixed, linked_free, None, (a[:1_000_000],)),
    ]


def measure(arguments):
    """Print the table; rows, and wrong results."""
    problems, rows, lines = [], [], []
    for name, fixed, free, free_atomic, args in cases():
        ways = {"fixed": fixed, "parts": free, "atomic": free_atomic}
        compiled = {
            way: cumbia.jit(parallel=True, cache=False, tier="best")(func)
            for way, func in ways.items()
            if func is not None
        }
        runs = {}
        wanted = np.asarray(fixed(*args, 1) if len(args[0]) < 5000 else compiled["fixed"](*args, 1))
        for threads in (1, 2):
            for way, func in compiled.items():

                def run(func=func, threads=threads):
                    cumbia.set_num_threads(threads)
                    return func(*args, threads)

                if not np.allclose(run(), wanted, rtol=1e-9, atol=1e-9):
                    problems.append(f"{name}, {way}, {threads} threads: another result")
                if way == "fixed" and np.asarray(run()).tobytes() != np.asarray(
                    compiled["fixed"](*args, 1)
                ).tobytes():
                    problems.append(f"{name}: the fixed order depends on the threads")
                runs[f"{way} {threads}"] = run
        times = {way: stats.least for way, stats in timing.interleaved(runs, arguments.budget).items()}
        rows.append({"reduction": name, "seconds": times})
        shown = []
        for threads in (1, 2):
            ours, other = times[f"fixed {threads}"], times[f"parts {threads}"]
            by_atomic = times.get(f"atomic {threads}")
            shown += [report.duration(ours), report.duration(other), report.ratio(ours, other)]
            shown.append(report.duration(by_atomic) if by_atomic else "")
        lines.append([name, *shown])
    header = ["reduction", "1 thread", "by parts", "cost", "atomic", "2 threads", "by parts", "cost", "atomic"]
    print(report.table("Reductions over prange in the order of blocks", header, lines))
    return rows, problems


def options(parser):
    parser.add_argument("--budget", type=float, default=0.3, help="seconds for each way")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("reduction_order", __doc__, measure, options))

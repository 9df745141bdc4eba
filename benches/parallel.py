"""Loops over `prange` on one and two threads, beside Numba's in the same run.

Six kernels that compute more than they load, and what entering a loop costs. Results are
compared: cumbia's with one and two threads bit for bit, Numba's to 1e-9. On a machine with
other work the least of many runs counts; `ratio` is the time of one thread over that of two.
"""

from __future__ import annotations

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "2")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import cumbia
import numba
import numpy as np
from cumbia import prange

from benches import report, timing


def mandelbrot(out, limit):
    for y in prange(out.shape[0]):
        for x in range(out.shape[1]):
            cr = -2.0 + 3.0 * x / out.shape[1]
            ci = -1.5 + 3.0 * y / out.shape[0]
            zr = 0.0
            zi = 0.0
            n = 0
            while n < limit and zr * zr + zi * zi < 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                n += 1
            out[y, x] = n


def pi_sum(n):
    total = 0.0
    for i in prange(n):
        x = (i + 0.5) / n
        total += 4.0 / (1.0 + x * x)
    return total / n


def distances(points, out):
    for i in prange(points.shape[0]):
        nearest = 1e300
        for j in range(points.shape[0]):
            if i != j:
                d = 0.0
                for k in range(points.shape[1]):
                    t = points[i, k] - points[j, k]
                    d += t * t
                nearest = min(nearest, d)
        out[i] = nearest


def primes(n):
    count = 0
    for i in prange(2, n):
        k = 2
        while k * k <= i and i % k != 0:
            k += 1
        if k * k > i:
            count += 1
    return count


def forces(x, f):
    for i in prange(x.shape[0]):
        s = 0.0
        for j in range(x.shape[0]):
            d = x[i] - x[j]
            s += d / (d * d + 0.01)
        f[i] = s


def products(a, b, c):
    for i in prange(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s


def fill(a):
    for i in prange(a.shape[0]):
        a[i] = 1.0


def empty(a):
    a[0] = 1.0


def cases():
    """Each kernel with arguments, and what to compare behind it."""
    rng = np.random.default_rng(0)
    image = np.zeros((300, 400))
    points, out = rng.normal(size=(1500, 3)), np.zeros(1500)
    x, f = rng.normal(size=3000), np.zeros(3000)
    a, b, c = rng.normal(size=(250, 250)), rng.normal(size=(250, 250)), np.zeros((250, 250))
    return [
        (mandelbrot, (image, 200), image),
        (pi_sum, (5_000_000,), None),
        (distances, (points, out), out),
        (primes, (200_000,), None),
        (forces, (x, f), f),
        (products, (a, b, c), c),
    ]


def for_numba(func):
    """The function with Numba's `prange`."""
    import types

    names = {**func.__globals__, "prange": numba.prange}
    return numba.njit(parallel=True)(types.FunctionType(func.__code__, names, func.__name__))


def of_kernels(budget, problems):
    """Seconds by kernel and way; a line for each wrong result."""
    rows = {}
    for func, args, left in cases():
        ours, theirs = cumbia.jit(parallel=True, cache=False)(func), for_numba(func)

        def run(compiled, module, threads, args=args, left=left):
            module.set_num_threads(threads)
            result = compiled(*args)
            return result if left is None else left.copy()

        run(ours, cumbia, 2)
        ours.wait()
        one, two = run(ours, cumbia, 1), run(ours, cumbia, 2)
        if np.asarray(one).tobytes() != np.asarray(two).tobytes():
            problems.append(f"{func.__name__}: one and two threads differ")
        if not np.allclose(one, run(theirs, numba, 2), rtol=1e-9):
            problems.append(f"{func.__name__}: cumbia and Numba differ")
        times = timing.interleaved(
            {
                f"{name} {threads}": (lambda c=c, m=m, t=threads: run(c, m, t))
                for name, c, m in (("cumbia", ours, cumbia), ("numba", theirs, numba))
                for threads in (1, 2)
            },
            budget,
        )
        rows[func.__name__] = {name: stats.least for name, stats in times.items()}
    return rows


def entering(budget):
    """Microseconds of a call with an empty loop, beyond those of a call without one."""
    a = np.zeros(2)
    loop, none = cumbia.jit(parallel=True, cache=False)(fill), cumbia.jit(cache=False)(empty)
    other = for_numba(fill)
    calls = {"cumbia": loop, "none": none, "numba": other}
    cumbia.set_num_threads(2)
    numba.set_num_threads(2)
    for call in calls.values():
        call(a)
    loop.wait()

    def thousand(call):
        for _ in range(1000):
            call(a)

    runs = {name: (lambda call=call: thousand(call)) for name, call in calls.items()}
    least = {name: stats.least * 1e3 for name, stats in timing.interleaved(runs, budget).items()}
    return {name: least[name] - least["none"] for name in ("cumbia", "numba")}


def measure(arguments):
    """Print the table; rows, and wrong results."""
    problems = []
    times, enter = of_kernels(arguments.budget, problems), entering(arguments.budget)
    lines = []
    for name, row in times.items():
        one, two = row["cumbia 1"], row["cumbia 2"]
        theirs = row["numba 2"]
        shown = [report.duration(one), report.duration(two), report.ratio(one, two)]
        shown += [report.duration(theirs), report.ratio(row["numba 1"], theirs), report.ratio(theirs, two)]
        lines.append([name, *shown])
    header = ["kernel", "1 thread", "2 threads", "1/2", "Numba, 2", "1/2", "numba/cumbia"]
    print(report.table("Loops over prange", header, lines))
    print(f"entering a loop: {enter['cumbia']:.2f} µs, Numba {enter['numba']:.2f} µs")
    rows = [{"kernel": name, "seconds": row} for name, row in times.items()]
    rows.append({"kernel": "entering", "microseconds": enter})
    return rows, problems


def options(parser):
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each way")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("parallel", __doc__, measure, options))

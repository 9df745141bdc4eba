"""Reductions and scans: one value from many, or one for each from those before it."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s


def dot(a, b):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * b[i]
    return s


def integer_total(a):
    s = 0
    for i in range(a.shape[0]):
        s += a[i] & 1023
    return s


def extent(a):
    low = a[0]
    high = a[0]
    for i in range(a.shape[0]):
        if a[i] < low:
            low = a[i]
        if a[i] > high:
            high = a[i]
    return high - low


def count_between(a, low, high):
    count = 0
    for value in a:
        if low <= value < high:
            count += 1
    return count


def largest_at(a):
    best = 0
    for i in range(1, a.shape[0]):
        if a[i] > a[best]:
            best = i
    return best


def prefix_sum(a, out):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
        out[i] = s


def rolling_mean(a, width, out):
    s = 0.0
    for i in range(width):
        s += a[i]
    out[width - 1] = s / width
    for i in range(width, a.shape[0]):
        s += a[i] - a[i - width]
        out[i] = s / width


def drawdown(a):
    peak = a[0]
    worst = 0.0
    for i in range(a.shape[0]):
        peak = max(peak, a[i])
        worst = max(worst, (peak - a[i]) / peak)
    return worst


def moments(a, out):
    mean = 0.0
    spread = 0.0
    for i in range(a.shape[0]):
        delta = a[i] - mean
        mean += delta / (i + 1)
        spread += delta * (a[i] - mean)
    out[0] = mean
    out[1] = spread / a.shape[0]


def _rolling(a, width, out):
    want = np.ones_like(a)
    want[width - 1 :] = np.convolve(a, np.ones(width) / width, "valid")
    return want


def _one(n):
    return 1.0 * n, 8.0 * n


PROGRAMS = (
    Program(total, lambda rng, n: (rng.uniform(0, 1, n),), 300_000, 37, _one, result=float,
            reference=lambda a: float(np.sum(a))),
    Program(dot, lambda rng, n: tuple(rng.uniform(0, 1, (2, n))), 300_000, 37,
            lambda n: (2.0 * n, 16.0 * n), result=float, reference=lambda a, b: float(np.dot(a, b))),
    Program(integer_total, lambda rng, n: (rng.integers(0, 1 << 40, n),), 300_000, 37,
            lambda n: (2.0 * n, 8.0 * n), result=int, reference=lambda a: int(np.sum(a % 1024))),
    Program(extent, lambda rng, n: (rng.normal(size=n),), 300_000, 37,
            lambda n: (2.0 * n, 8.0 * n), result=float, reference=lambda a: float(np.ptp(a))),
    Program(count_between, lambda rng, n: (rng.normal(size=n), -0.3, 1.1), 300_000, 37,
            lambda n: (2.0 * n, 8.0 * n), result=int,
            reference=lambda a, low, high: int(np.sum((a >= low) & (a < high)))),
    Program(largest_at, lambda rng, n: (rng.normal(size=n),), 300_000, 37, _one, result=int,
            reference=lambda a: int(np.argmax(a))),
    Program(prefix_sum, lambda rng, n: (rng.uniform(0, 1, n), np.ones(n)), 300_000, 37,
            lambda n: (1.0 * n, 16.0 * n), ("out",), reference=lambda a, out: np.cumsum(a)),
    Program(rolling_mean, lambda rng, n: (rng.uniform(0, 1, n), 20, np.ones(n)), 200_000, 37,
            lambda n: (3.0 * n, 16.0 * n), ("out",), reference=_rolling),
    Program(drawdown, lambda rng, n: (100 + np.cumsum(rng.normal(size=n)) / n**0.5,), 200_000, 37,
            lambda n: (4.0 * n, 8.0 * n), result=float,
            reference=lambda a: float(np.max(1 - a / np.maximum.accumulate(a))), ),
    Program(moments, lambda rng, n: (rng.normal(size=n), np.ones(2)), 100_000, 37,
            lambda n: (6.0 * n, 8.0 * n), ("out",),
            reference=lambda a, out: np.array([a.mean(), a.var()])),
)

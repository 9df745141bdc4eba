"""Expressions of whole arrays, as one writes them with NumPy."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def array_expression(a, b, c, d, e, out):
    out[:] = a * b + c * d - np.sqrt(e)


def expression_sum(a, b, c):
    return np.sum((a - b) * (a - b) * c)


def clipped(a, low, high, out):
    out[:] = np.where(a < low, low, np.where(a > high, high, a))


def scaled_rows(m, v, out):
    out[:, :] = m * v + 1.0


def standardized_columns(m, out):
    rows = m.shape[0]
    mean = m.sum(axis=0) / rows
    spread = np.sqrt(((m - mean) * (m - mean)).sum(axis=0) / rows)
    out[:, :] = (m - mean) / spread


def five_points(m, out):
    out[1:-1, 1:-1] = 0.25 * (m[:-2, 1:-1] + m[2:, 1:-1] + m[1:-1, :-2] + m[1:-1, 2:])


def single_precision(a, b, out):
    out[:] = a * a * np.float32(0.5) + b * np.float32(2.0) - a * b


def _filled(n):
    return np.ones((n, n))


def _five_points(m, out):
    want = np.ones_like(m)
    inner = 4 * m[1:-1, 1:-1] + (m[:-2, 1:-1] - m[1:-1, 1:-1]) + (m[2:, 1:-1] - m[1:-1, 1:-1])
    inner = inner + (m[1:-1, :-2] - m[1:-1, 1:-1]) + (m[1:-1, 2:] - m[1:-1, 1:-1])
    want[1:-1, 1:-1] = inner / 4
    return want


PROGRAMS = (
    Program(array_expression, lambda rng, n: (*rng.uniform(0, 1, (5, n)), np.ones(n)),
            200_000, 37, lambda n: (5.0 * n, 48.0 * n), ("out",),
            reference=lambda a, b, c, d, e, out: a * b + c * d - e**0.5),
    Program(expression_sum, lambda rng, n: tuple(rng.uniform(0, 1, (3, n))),
            200_000, 37, lambda n: (4.0 * n, 24.0 * n), result=float, rtol=1e-12,
            reference=lambda a, b, c: float(np.dot((a - b) ** 2, c))),
    Program(clipped, lambda rng, n: (rng.normal(size=n), -0.5, 0.8, np.ones(n)),
            300_000, 37, lambda n: (2.0 * n, 16.0 * n), ("out",),
            reference=lambda a, low, high, out: a.clip(low, high)),
    Program(scaled_rows, lambda rng, n: (rng.normal(size=(n, n)), rng.normal(size=n), _filled(n)),
            500, 7, lambda n: (2.0 * n * n, 16.0 * n * n), ("out",),
            reference=lambda m, v, out: m @ np.diag(v) + 1),
    Program(standardized_columns, lambda rng, n: (rng.normal(size=(n, 60)), np.ones((n, 60))),
            3_000, 7, lambda n: (360.0 * n, 960.0 * n), ("out",), rtol=1e-12,
            reference=lambda m, out: (m - m.mean(0)) / m.std(0)),
    Program(five_points, lambda rng, n: (rng.normal(size=(n, n)), _filled(n)),
            500, 7, lambda n: (4.0 * n * n, 16.0 * n * n), ("out",), reference=_five_points),
    Program(single_precision,
            lambda rng, n: (*rng.normal(size=(2, n)).astype(np.float32), np.ones(n, np.float32)),
            400_000, 37, lambda n: (6.0 * n, 12.0 * n), ("out",), fast_rtol=1e-5, reference=None),
)

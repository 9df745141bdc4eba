"""Expressions and functions of whole arrays, and what they are run on.

The functions are what a user would write. Those that write into an argument get one that
every engine leaves in the same state. Nothing here imports an engine.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def expression(a, b, c, d, e):
    return a * b + c * d - np.sqrt(e)


def in_place(a, b, out):
    out[:] = a * b + 1
    return out


def row_broadcast(m, v):
    return m * v + 1


def column_broadcast(m, v):
    return m - v[:, None]


def five_points(m):
    return 0.25 * (m[:-2, 1:-1] + m[2:, 1:-1] + m[1:-1, :-2] + m[1:-1, 2:])


def sum_of_product(a, b):
    return np.sum(a * b)


def sum_columns(m):
    return m.sum(axis=0)


def sum_rows(m):
    return m.sum(axis=1)


def mean_columns(m):
    return m.mean(axis=0)


def mean_rows(m):
    return m.mean(axis=1)


def contracted(m, n):
    return np.einsum("ij,jk->ik", m, n)


def products_of_rows(m, n):
    return np.einsum("ij,ij->i", m, n)


def running_sum(a):
    return np.cumsum(a)


def masked(a):
    return a[a > 0.5]


def masked_store(a, out):
    out[:] = a
    out[out > 0.5] = 0.0
    return out


def picked(a, positions):
    return a[positions]


def picked_rows(m, rows):
    return m[rows]


def chosen(a, b, c):
    return np.where(a > 0.5, b, c)


def exponentials(a):
    return np.exp(a)


def logarithms(a):
    return np.log(a)


def sines(a):
    return np.sin(a)


def hyperbolic_tangents(a):
    return np.tanh(a)


def powers(a, b):
    return a**b


def angles(a, b):
    return np.arctan2(a, b)


def sorted_copy(a):
    return np.sort(a)


def order(a):
    return np.argsort(a)


def bins(a):
    return np.histogram(a, 50)[0]


def middle(a):
    return np.median(a)


def product(m, n):
    return m @ n


def spectrum(a):
    return np.fft.fft(a)


def half_spectrum(a):
    return np.fft.rfft(a)


def plane_spectrum(m):
    return np.fft.fft2(m)


def spectrum_of_columns(m):
    return np.fft.fft(m, axis=0)


def add_bytes(p, q):
    return p + q


@dataclass(frozen=True)
class Case:
    """A program and its arguments."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    #: Relative tolerance; 0 asks for the same bits.
    rtol: float = 0.0

    def given(self) -> tuple[Any, ...]:
        """The arguments of an engine: a random generator of its own for each."""
        copied = np.random.Generator
        return tuple(copy.deepcopy(x) if isinstance(x, copied) else x for x in self.args)


def normals(rng, n):
    return rng.standard_normal(n)


def scaled_normals(rng, n):
    return rng.normal(1.0, 2.0, n)


def uniforms(rng, n):
    return rng.random(n)


def cases(scale: float) -> list[Case]:
    """All programs, on data of a size."""
    n = max(int(1_000_000 * scale), 16)
    side = max(int(n**0.5), 4)
    rng = np.random.default_rng(20)
    a, b, c, d, e = (rng.random(n) for _ in range(5))
    m, v = rng.random((side, side)), rng.random(side)
    positions = rng.integers(0, n, n)
    small = m[:200, :200].copy()
    return [
        Case("a*b + c*d - sqrt(e)", expression, (a, b, c, d, e)),
        Case("the same, 1,000 elements", expression, tuple(x[:1000] for x in (a, b, c, d, e))),
        Case("out[:] = a*b + 1", in_place, (a, b, np.empty(n))),
        Case("matrix * row + 1", row_broadcast, (m, v)),
        Case("matrix - column", column_broadcast, (m, v)),
        Case("five-point stencil", five_points, (m,)),
        Case("sum(a*b)", sum_of_product, (a, b), 1e-12),
        Case("sum(axis=0)", sum_columns, (m,), 1e-12),
        Case("sum(axis=1)", sum_rows, (m,), 1e-12),
        Case("mean(axis=0)", mean_columns, (m,), 1e-12),
        Case("mean(axis=1)", mean_rows, (m,), 1e-12),
        Case("cumsum", running_sum, (a,), 1e-12),
        Case("a[a > 0.5]", masked, (a,)),
        Case("out[out > 0.5] = 0", masked_store, (a, np.empty(n))),
        Case("a[positions]", picked, (a, positions)),
        Case("matrix[rows]", picked_rows, (m, positions[:side] % side)),
        Case("where", chosen, (a, b, c)),
        Case("exp", exponentials, (a,), 1e-14),
        Case("log", logarithms, (a,), 1e-14),
        Case("sin", sines, (a * 20,), 1e-14),
        Case("tanh", hyperbolic_tangents, (a * 4,), 1e-14),
        Case("a**b", powers, (a, b), 1e-14),
        Case("arctan2", angles, (a, b), 1e-14),
        Case("exp, float32", exponentials, (a.astype("f4"),), 1e-6),
        Case("sin, float32", sines, ((a * 20).astype("f4"),), 1e-6),
        Case("sort", sorted_copy, (a,)),
        Case("argsort", order, (a,)),
        Case("histogram", bins, (a,)),
        Case("median", middle, (a,)),
        Case("matrix product, 200 x 200", product, (small, small), 1e-12),
        Case("einsum('ij,jk->ik'), 200 x 200", contracted, (small, small), 1e-12),
        Case("einsum('ij,ij->i')", products_of_rows, (m, m.T.copy()), 1e-12),
        Case("fft, 1,024 elements", spectrum, (a[:1024] + 0j,), 1e-9),
        Case("fft", spectrum, (a[: n & ~63] + 0j,), 1e-9),
        Case("fft, prime length", spectrum, (a[:10007] + 0j,), 1e-9),
        Case("rfft", half_spectrum, (a[: n & ~63],), 1e-9),
        Case("rfft, float32, 4,096 elements", half_spectrum, (a[:4096].astype("f4"),), 1e-2),
        Case("fft2, 512 x 512", plane_spectrum, (m[:512, :512] + 0j,), 1e-9),
        Case("fft(axis=0)", spectrum_of_columns, (m + 0j,), 1e-9),
        Case("random normal", normals, (np.random.default_rng(1), n)),
        Case("random normal, scaled", scaled_normals, (np.random.default_rng(1), n)),
        Case("random uniform", uniforms, (np.random.default_rng(1), n)),
        Case("uint8 + uint8", add_bytes, ((a * 255).astype("u1"), (b * 255).astype("u1"))),
    ]

"""Floating sums are NumPy's bit for bit: pairwise blocks, order of axes, buffers.

The order over several axes without a common stride is that of NumPy 2.3 and later.
"""

import numpy as np
import pytest

from tests.library.differential import agree

INEXACT = ["float32", "float64", "complex64", "complex128"]
LENGTHS = [
    *range(20),
    63,
    64,
    65,
    66,
    127,
    128,
    129,
    130,
    200,
    255,
    256,
    257,
    1000,
    8191,
    8192,
    8193,
    20011,
]


def random(rng, shape, dtype):
    numbers = rng.standard_normal(shape)
    return (numbers + 1j * rng.standard_normal(shape) if dtype.startswith("c") else numbers).astype(
        dtype
    )


@pytest.mark.parametrize("dtype", INEXACT)
def test_lines(dtype):
    rng = np.random.default_rng(1)
    for n in LENGTHS:
        a = random(rng, 2 * n, dtype)
        for line in (a[:n], a[::2], a[n:][::-1]):
            agree("np.sum(a)", line)
            agree("np.mean(a)", line)


@pytest.mark.parametrize("function", ["sum", "mean"])
@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("float64", "float32"),
        ("float32", "float64"),
        ("int64", "float32"),
        ("float32", "complex64"),
    ],
)
def test_casts_go_through_buffers(function, source, wanted):
    rng = np.random.default_rng(2)
    for n in (7, 130, 8192, 8193, 20011):
        a = (random(rng, 2 * n, "float64") * 1000).astype(source)
        agree(f"np.{function}(a, dtype=np.{wanted})", a)
        agree(f"np.{function}(a, dtype=np.{wanted})", a[::-2])
    for shape in [(3, 9000), (9000, 3), (100, 300)]:
        a = (random(rng, shape, "float64") * 1000).astype(source)
        for axis in (None, 0, 1):
            agree(f"np.{function}(a, axis={axis}, dtype=np.{wanted})", a)


def test_negative_zero():
    for n in (0, 1, 7, 8, 200):
        agree("np.sum(a)", np.full(n, -0.0))
        agree("np.sum(a, axis=0)", np.full((n, 2), -0.0))
        agree("np.mean(a)", np.full(n, -0.0))


def any_array(rng):
    """An array of random extents, strides and order of axes."""
    ndim = rng.integers(1, 5)
    shape = [int(n) for n in rng.choice([1, 2, 3, 5, 9, 17, 33, 140, 300, 5000, 9000], ndim)]
    while np.prod(shape) > 60000:
        shape[int(np.argmax(shape))] = 2
    kinds = rng.integers(0, 3, ndim) * (rng.integers(3) > 0)
    a = random(
        rng,
        [2 * n + 1 if kind else n for n, kind in zip(shape, kinds, strict=True)],
        str(rng.choice(INEXACT)),
    )
    picked = {0: slice(None), 1: slice(0, None, 2), 2: slice(None, None, -1)}
    a = a[tuple(picked[int(kind)] for kind in kinds)][tuple(slice(0, n) for n in shape)]
    return a.transpose(rng.permutation(ndim))


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.3.0",
    reason="nditer chooses what it buffers in another way",
)
@pytest.mark.parametrize("seed", range(8))
def test_any_layout_and_axes(seed):
    rng = np.random.default_rng(seed)
    for _ in range(60):
        a = any_array(rng)
        axes = tuple(int(i) for i in range(a.ndim) if rng.integers(2)) or None
        function = rng.choice(["sum", "mean", "var", "nansum"])
        wanted = ""
        if function != "nansum" and rng.integers(2) and a.dtype.kind == "f":
            wanted = f", dtype=np.{rng.choice(INEXACT[:2])}"
        agree(f"np.{function}(a, axis={axes}{wanted})", a)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (3, 1, 4)])
def test_broadcast_views(shape):
    a = np.broadcast_to(
        np.random.default_rng(3).standard_normal(shape), tuple(6 if n == 1 else n for n in shape)
    )
    for axis in (None, 0, 1):
        agree(f"np.sum(a, axis={axis})", a)

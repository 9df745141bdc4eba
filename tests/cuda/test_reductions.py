"""Reductions on devices: their tree, and what they take."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from cumbia import cuda, jit
from cumbia.cuda import _reduction

RNG = np.random.default_rng(21)
SIZES = [1, 2, 3, 5, 31, 33, 127, 128, 129, 1023, 1025, 8191, 8192, 8193, 17000]


@cuda.reduce
def total(a, b):
    return a + b


@cuda.reduce
def largest(a, b):
    return max(a, b)


@cuda.reduce
def product(a, b):
    return a * b


first = cuda.Reduce(lambda a, b: a)
last = cuda.Reduce(lambda a, b: b)


@pytest.mark.parametrize("size", SIZES)
def test_sums(size):
    x = RNG.integers(-99, 99, size)
    assert total(x) == x.sum()
    assert largest(x, init=-100) == x.max()
    assert largest(x) == max(x.max(), 0)


@pytest.mark.parametrize(
    "dtype", "i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16".split()
)
def test_dtypes(dtype):
    x = RNG.integers(0, 9, 3000).astype(dtype)
    made = total(x)
    assert made == x.sum(dtype=dtype) and made.dtype == x.dtype
    if dtype[0] in "iu":
        ones = np.ones(100, dtype)
        ones[7] = 3
        assert product(ones, init=2) == 6


def tree(x):
    """The tree of `_reduction`, in Python."""

    def pairs(values):
        while len(values) > 1:
            # Neighbours; one without stays as it is.
            values = [
                values[i] + values[i + 1] if i + 1 < len(values) else values[i]
                for i in range(0, len(values), 2)
            ]
        return values[0]

    def parts(values, of):
        return [values[i : i + of] for i in range(0, len(values), of)]

    def straight(values):
        return functools.reduce(lambda a, b: a + b, values)

    def warp(values):
        tiles = parts(values, _reduction.TILE)
        return straight([pairs([straight(p) for p in parts(t, _reduction.ITEMS)]) for t in tiles])

    values = list(x)
    while True:
        values = [
            straight([warp(w) for w in parts(block, _reduction.SEGMENT)])
            for block in parts(values, _reduction.BLOCK)
        ]
        if len(values) == 1:
            return values[0]


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
@pytest.mark.parametrize("size", [1, 6, 130, 5000, 20000])
def test_bits(size, dtype):
    x = (RNG.random(size) * 10.0 ** RNG.integers(-5, 5, size)).astype(dtype)
    assert total(x).tobytes() == tree(x).tobytes()


@pytest.mark.parametrize("size", SIZES)
def test_order_is_kept(size):
    x = RNG.random(size)
    assert first.without_init(x) == x[0]
    assert last(x) == x[-1]


def test_views():
    x = RNG.integers(0, 99, 500)
    assert total(x[::-3]) == x[::-3].sum()
    assert total(x, size=7) == x[:7].sum()
    assert total(x, size=0) == 0 and total(x[:0], init=4) == 4
    x.setflags(write=False)
    assert total(x, init=5) == x.sum() + 5


def test_arrays_of_the_device():
    x = RNG.integers(0, 99, 500)
    device = cuda.to_device(x)
    result = cuda.to_device(np.zeros(2, np.int64))
    assert total(device, stream=cuda.stream()) == x.sum()
    assert total(device[1:400:2], res=result) is None
    assert result[0] == x[1:400:2].sum() and result[1] == 0
    assert total(device[:0], res=result[1:], init=8) is None and result[1] == 8
    assert np.array_equal(device.copy_to_host(), x)


def test_functions():
    @jit
    def compiled(a, b):
        return a + b

    @cuda.jit(device=True)
    def of_devices(a, b):
        return a + b

    x = np.arange(100)
    assert cuda.reduce(compiled)(x) == cuda.reduce(of_devices)(x) == x.sum()
    assert total.__name__ == "total"


def test_exceptions():
    def checked(a, b):
        if b == 0:
            raise ValueError("a zero")
        return a * b

    product_of_others = cuda.reduce(checked)
    assert product_of_others(np.array([1, 2, 3]), init=1) == 6
    with pytest.raises(ValueError, match="a zero"):
        product_of_others(np.array([1, 2, 0, 3]), init=1)


def test_refused():
    with pytest.raises(TypeError, match="one axis, not of 2"):
        total(np.zeros((2, 2)))
    with pytest.raises(TypeError, match="one on the device, not ndarray"):
        total(np.zeros(2), res=np.zeros(1))
    with pytest.raises(TypeError, match="elements of int64, not of float64"):
        total(np.zeros(2), res=cuda.to_device(np.zeros(1, np.int64)))
    with pytest.raises(ValueError, match="an element"):
        total(np.zeros(2), res=cuda.device_array(0))

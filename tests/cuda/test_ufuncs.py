"""`vectorize` and `guvectorize` with target="cuda": as the processor's ufuncs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cumbia import cuda, guvectorize, vectorize

RNG = np.random.default_rng(5)


def weighted(a, b):
    return a + 2 * b


def both(a, b):
    return a + b, a * b


SIGNATURES = ["i4(i4,i4)", "f4(f4,f4)", "f8(f8,f8)", "c16(c16,c16)"]
on_device = vectorize(SIGNATURES, target="cuda")(weighted)
on_processor = vectorize(SIGNATURES)(weighted)
lazily = vectorize(weighted, target="cuda")
lazily_here = vectorize(weighted)
pairs = vectorize(target="cuda")(both)


def same(made, wanted):
    assert type(made) is type(wanted)
    assert np.asarray(made).dtype == np.asarray(wanted).dtype
    assert np.array_equal(made, wanted) and np.shape(made) == np.shape(wanted)


OPERANDS = {
    "equal": (RNG.random((3, 4)), RNG.random((3, 4))),
    "rows": (RNG.random((3, 4)), RNG.random(4)),
    "columns": (RNG.random((3, 1)), RNG.random((1, 4))),
    "deep": (RNG.random((2, 1, 3)), RNG.random((5, 1))),
    "views": (RNG.random((6, 8))[::-2, ::2], RNG.random((4, 3)).T),
    "single": (RNG.random(5).astype("f4"), RNG.random(5).astype("f4")),
    "mixed": (RNG.random(5).astype("f4"), np.arange(5, dtype="i8")),
    "small ints": (np.arange(5, dtype="i1"), np.arange(5, dtype="u2")),
    "bools": (np.array([True, False]), np.arange(2, dtype="i4")),
    "complex": (RNG.random(5) + 1j, 2.0),
    "weak int": (np.arange(5, dtype="i4"), 3),
    "weak float": (RNG.random(5).astype("f4"), 3.5),
    "numbers": (1, 2),
    "0-d": (np.array(1.5), np.array(2.5)),
    "empty": (np.zeros((0, 3)), np.zeros(3)),
    "lists": ([1.5, 2.5], [[1], [2]]),
    "one element": (np.array([[3.0]]), RNG.random(4)),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_as_on_the_processor(name):
    a, b = OPERANDS[name]
    same(on_device(a, b), on_processor(a, b))
    if name != "small ints":
        same(lazily(a, b), lazily_here(a, b))
    on_the_device = [cuda.to_device(np.asarray(one)) for one in (a, b)]
    made = on_device(*on_the_device)
    assert isinstance(made, cuda.DeviceNDArray)
    wanted = on_processor(np.asarray(a), np.asarray(b))
    assert made.dtype == wanted.dtype and np.array_equal(made.copy_to_host(), wanted)


def test_several_outputs():
    total, product = pairs(np.arange(4), np.float32(2))
    same(total, np.arange(4) + np.float32(2))
    same(product, np.arange(4) * np.float32(2))


def test_outputs():
    x, y = RNG.random((2, 50))
    out = np.zeros(50)
    assert on_device(x, y, out=out) is out and np.array_equal(out, x + 2 * y)
    assert on_device(y, x, out) is out and np.array_equal(out, y + 2 * x)
    with pytest.raises(TypeError):
        on_device(x, y, out=np.zeros(50, np.int32))
    with pytest.raises(ValueError, match="non-broadcastable output"):
        on_device(x, y, out=np.zeros(1))
    device = cuda.to_device(x)
    wanted = x + 2 * y
    assert on_device(device, y, out=device, stream=cuda.stream()) is device
    assert np.array_equal(device.copy_to_host(), wanted)
    # What is written is read by others: as if it were copied before.
    on_device(device[:-1], device[1:], out=device[1:])
    wanted[1:] = wanted[:-1] + 2 * wanted[1:]
    assert np.array_equal(device.copy_to_host(), wanted)


def test_reductions():
    x = RNG.integers(0, 99, 3000).astype(np.float64)
    plus = vectorize(["f8(f8,f8)"], target="cuda", identity=0)(lambda a, b: a + b)
    assert plus.reduce(x) == x.sum() and plus.reduce(cuda.to_device(x)) == x.sum()
    assert plus.reduce(x[:0]) == 0.0
    with pytest.raises(ValueError, match="no identity"):
        on_device.reduce(x[:0])
    with pytest.raises(NotImplementedError, match="one axis"):
        plus.reduce(np.zeros((2, 2)))


def test_exceptions():
    def checked(a):
        if a < 0:
            raise ValueError("a negative number")
        return a + 1

    above = vectorize(["i8(i8)"], target="cuda")(checked)
    assert np.array_equal(above(np.arange(3)), np.arange(1, 4))
    with pytest.raises(ValueError, match="a negative number"):
        above(np.array([1, -1]))


def test_what_it_says():
    assert (on_device.nin, on_device.nout, on_device.__name__) == (2, 1, "weighted")
    assert on_device.types == on_processor.types and on_device.signature is None
    with pytest.raises(TypeError, match="from 2 to 3 positional arguments but 1"):
        on_device(1)
    with pytest.raises(TypeError):
        on_device(np.array(["a"]), 1)
    with pytest.raises(ValueError, match="no target 'gpu'"):
        vectorize(target="gpu")
    with pytest.raises(ValueError, match="could not be broadcast|shape mismatch"):
        on_device(np.zeros(3), np.zeros(4))


def test_functions_of_math():
    waves = vectorize(["f8(f8)"], target="cuda")(lambda x: math.sin(x) + math.exp(-x))
    x = RNG.random((4, 5))
    # At most 1 ULP each, as the processor's.
    assert np.allclose(waves(x), np.sin(x) + np.exp(-x), rtol=4e-16, atol=0)


# Functions of arrays.


def products(a, b, c):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total


def shifted_sum(x, by, out):
    out[0] = by
    for item in x:
        out[0] += item


MATRICES = (["void(f4[:,:],f4[:,:],f4[:,:])", "void(f8[:,:],f8[:,:],f8[:,:])"], "(m,n),(n,p)->(m,p)")
SUMS = (["void(f8[:],f8,f8[:])"], "(n),()->()")
matmul, matmul_here = (guvectorize(*MATRICES, target=t)(products) for t in ("cuda", "cpu"))
sums, sums_here = (guvectorize(*SUMS, target=t)(shifted_sum) for t in ("cuda", "cpu"))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((2, 3), (3, 4)),
        ((5, 2, 3), (3, 4)),
        ((5, 1, 2, 3), (6, 3, 4)),
        ((0, 2, 3), (3, 4)),
        ((2, 0), (0, 3)),
    ],
)
def test_matrices(a, b):
    a, b = RNG.random(a), RNG.random(b)
    same(matmul(a, b), matmul_here(a, b))
    same(matmul(a.astype("f4"), b.astype("f4")), matmul_here(a.astype("f4"), b.astype("f4")))
    same(matmul(np.moveaxis(a, -1, -2).copy().swapaxes(-1, -2), b), matmul_here(a, b))
    made = matmul(cuda.to_device(a), cuda.to_device((b * 9).astype("i4")))
    assert np.array_equal(made.copy_to_host(), matmul_here(a, (b * 9).astype("i4")))


def test_numbers_among_arrays():
    x = RNG.random((2, 3))
    same(sums(x, [10.0, 20.0]), sums_here(x, [10.0, 20.0]))
    same(sums(x[0], 1), sums_here(x[0], 1))
    out = np.zeros(2)
    assert sums(x, 1.0, out) is out and np.array_equal(out, sums_here(x, 1.0))


def test_mismatches():
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        matmul(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="not have enough dimensions"):
        matmul(np.zeros(3), np.zeros((3, 3)))
    with pytest.raises(TypeError, match="takes signatures and a layout"):
        guvectorize("(n)->(n)", target="cuda")
    with pytest.raises(NotImplementedError, match="may be missing"):
        guvectorize(["void(f8[:],f8[:],f8[:])"], "(n?),(k)->(k)", target="cuda")(lambda a, b, c: None)

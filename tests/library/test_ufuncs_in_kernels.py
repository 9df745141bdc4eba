"""Ufuncs of ``vectorize`` called in compiled code: as NumPy calls them, or refused."""

import gc
import traceback
import weakref

import numpy as np
import pytest
from cumbia import UnsupportedError, guvectorize, jit, vectorize
from cumbia._cumbia import live_allocations

from tests.library.arrays import filled, layouts
from tests.library.test_vectorized_ufuncs import same


@vectorize
def dynamic(x, y):
    return x * 2 + y


@vectorize(["i8(i8,i8)", "f4(f4,f4)", "f8(f8,f8)"])
def explicit(x, y):
    return x * 2 + y


@vectorize(["i8(f8)"])
def cut(x):
    return x * 2


@vectorize
def two(x):
    return x + 1, x > 2


@vectorize
def divided(x, y):
    return int(x) // int(y)


@guvectorize(["(f8[:], f8[:])"], "(n)->()")
def total(x, out):
    out[0] = x.sum()


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "float32", "float64", "complex128"])
def test_arrays(dtype):
    def call(a, b):
        return dynamic(a, b)

    for a in layouts((2, 3), dtype):
        same(jit(call)(a, a[0]), call(a, a[0]))
        same(jit(call)(a[:, :1], filled((3,), "float64")), call(a[:, :1], filled((3,), "float64")))
    same(jit(call)(filled((2, 0), dtype), filled((1, 1), dtype)), call(filled((2, 0), dtype), filled((1, 1), dtype)))
    same(jit(call)(filled((), dtype), filled((), dtype)), call(filled((), dtype), filled((), dtype)))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
def test_loops_of_signatures(dtype):
    def call(a):
        return explicit(a, a), explicit(a, 2), explicit(a, 2.5), explicit(a[0], a[1])

    a = filled((4,), dtype)
    same(jit(call)(a), call(a))


def test_numbers():
    def call(x, y):
        return explicit(x, y), dynamic(x, y)

    for operands in ((1.5, 2.5), (1, 2), (np.float32(1), np.float32(2)), (np.int8(1), np.int8(2))):
        same(jit(call)(*operands), call(*operands))


def test_conversion_of_results():
    def call(x):
        return cut(x)

    same(jit(call)(np.arange(4.0) / 2), call(np.arange(4.0) / 2))
    same(jit(call)(1.25), call(1.25))
    same(jit(call)(3), call(3))


def test_several_results():
    def call(x):
        a, b = two(x)
        return a, b

    same(jit(call)(np.arange(6).reshape(2, 3)), call(np.arange(6).reshape(2, 3)))


def test_within_a_loop():
    @jit
    def call(a):
        found = 0.0
        for item in a:
            found += dynamic(item, 1.0)
        return found

    assert call(np.arange(10.0)) == 100.0


def test_errors():
    def shapes(a):
        return dynamic(a, a[:, :2])

    for function in (shapes, jit(shapes)):
        with pytest.raises(ValueError, match=r"could not be broadcast together with shapes \(2,3\) \(2,2\) $"):
            function(np.ones((2, 3)))

    def division(a):
        return divided(a, a)

    before = live_allocations()
    names = []
    for function in (division, jit(division)):
        with pytest.raises(ZeroDivisionError) as caught:
            function(np.arange(3)[::-1])
        names.append([frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][1:])
    assert names[0] == names[1] == ["division", "divided"]
    assert live_allocations() == before


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda a: dynamic(a, a, where=a), "where="),
        (lambda a: two(a, out=a), "all of its 2 outputs"),
        (lambda a: dynamic(a, a, a, out=a), "and out= as well"),
        (lambda a: dynamic(a, 2.5, out=a.astype(np.int8)), "Cannot cast ufunc 'dynamic' output from"),
        (lambda a: dynamic(a), "takes 2 arguments"),
        (lambda a: dynamic(a, "x"), "takes numbers and arrays"),
        (lambda a: dynamic.reduce(a, dtype=np.float32), "dtype="),
        (lambda a: total(a), "generalized ufunc"),
        (lambda a: total(a, a), "generalized ufunc"),
    ],
)
def test_refused(call, words):
    with pytest.raises(UnsupportedError, match=words):
        jit(call)(np.ones(3))


def test_numbers_that_may_be_pythons_or_numpys():
    def call(a, y):
        return explicit(a, y)

    with pytest.raises(UnsupportedError, match="different loops for numbers of Python and of NumPy"):
        jit(call)(np.ones(3, np.float32), 2.5)
    same(jit(call)(np.ones(3, np.float32), np.float32(2.5)), call(np.ones(3, np.float32), 2.5))


@pytest.mark.parametrize(
    "calls",
    [
        lambda made: lambda a: made(a, a),
        lambda made: lambda a: made.reduce(a),
        lambda made: lambda a: made.accumulate(a),
        lambda made: lambda a: made.outer(a, a),
    ],
)
def test_is_freed(calls):
    made = vectorize(lambda x, y: x + y)
    kernel = jit(calls(made))
    kernel(np.arange(3))
    function = weakref.ref(made.py_func)
    del made, kernel
    gc.collect()
    assert function() is None


@pytest.mark.parametrize("dtype", ["float64", "int16"])
def test_outputs(dtype):
    def keyword(a, b, out):
        return dynamic(a, b, out=out)

    def positional(a, b, out):
        return dynamic(a, b, out)

    def packed(a, b, out):
        return dynamic(a, b, out=(out,))

    for call in (keyword, positional, packed):
        fast = jit(call)
        for a in list(layouts((3, 4), dtype))[:3]:
            for b in (a[0], a[0, 0]):
                outs = [np.zeros((3, 4)), np.zeros((4, 3), "complex64").T, np.zeros((2, 3, 4))[:, ::-1], a.copy()]
                for out in outs:
                    expected = out.copy()
                    call(a, b, expected)
                    assert fast(a, b, out) is out
                    same(out, expected)
        with pytest.raises(ValueError, match="non-broadcastable output operand with shape \\(4,\\) doesn't match"):
            fast(np.ones((3, 4), dtype), np.ones((3, 4), dtype), np.zeros(4))
    assert live_allocations() == 0


def test_outputs_that_overlap():
    def call(a):
        dynamic(a[1:], a[:-1], out=a[:-1])
        dynamic(a[:-1], a[1:], out=a[1:])
        return dynamic(a, a, out=a[::-1])

    first, second = np.arange(10.0), np.arange(10.0)
    same(jit(call)(first), call(second))
    same(first, second)


def test_several_outputs():
    def call(a, p, q):
        return two(a, out=(p, q))

    a = np.arange(5.0)
    first, second = (np.zeros(5), np.zeros(5, bool)), (np.zeros(5), np.zeros(5, bool))
    for result, expected in zip(jit(call)(a, *first), call(a, *second)):
        same(result, expected)
    assert jit(call)(a, *first)[0] is first[0]


def test_an_output_that_is_read_only():
    a, out = np.arange(5.0), np.zeros(5)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        jit(lambda a, out: dynamic(a, a, out=out))(a, out)

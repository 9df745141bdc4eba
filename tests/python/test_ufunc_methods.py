"""Methods of ufuncs of `vectorize`, called by compiled functions: as when Python calls them."""

import numpy as np
import pytest
from cumbia import CompileError, UnsupportedError, jit, vectorize

from tests.python.harness import IDENTITY


@vectorize
def mixed(x, y):
    return x * 2 + y


@vectorize(["int64(int64, int64)", "float64(float64, float64)"], identity=3)
def shifted(x, y):
    return x * 3 - y


@vectorize(["float32(float32, float32)", "float64(float64, float64)"])
def larger(x, y):
    return x if x > y else y


@vectorize
def halved(x):
    return x // 2


@vectorize(["int64(int64, int64)"])
def divided(x, y):
    if y == 0:
        raise ValueError("by nothing")
    return x // y


def reduced(a):
    return mixed.reduce(a), mixed.reduce(a, 0), mixed.reduce(a, axis=-1)


def reduced_kept(a):
    return mixed.reduce(a, axis=0, keepdims=True), mixed.reduce(a, a.ndim - 1 - a.ndim)


def with_identity(a):
    return shifted.reduce(a), shifted.reduce(a, initial=7), shifted.reduce(a, initial=None)


def without_identity(a):
    return mixed.reduce(a, initial=5), mixed.reduce(a)


def accumulated(a):
    return mixed.accumulate(a), mixed.accumulate(a, axis=-1), larger.accumulate(a * 0.5)


def parts(a):
    return mixed.reduceat(a, np.array([0, 2, 1, 1])), mixed.reduceat(a, np.array([1, 0]), axis=-1)


def outer(a):
    return mixed.outer(a, a), mixed.outer(a, 2), mixed.outer(a[0], a)


def at(a):
    b = a.copy()
    mixed.at(b, np.array([0, -1, 0]), 5)
    halved.at(b, np.array([0, 1, 1]))
    mixed.at(b, np.array([1, 0], np.uint8), a[:2])
    return b


def bound(a):
    add = mixed.reduce
    return add(a)


ARRAYS = [
    np.arange(1, 8),
    np.arange(1, 8.0) / 3,
    np.arange(6, dtype=np.float32) - 2.5,
    np.arange(8, dtype=np.int8) * 13,
    np.arange(3, 27)[::3],
    np.arange(12)[::-1],
    np.arange(12).reshape(3, 4),
    np.arange(12.0).reshape(4, 3).T,
    np.arange(60).reshape(3, 4, 5)[:, ::-1, ::2],
    np.arange(5) % 2 == 0,
]
ONE_AXIS = [one for one in ARRAYS if one.ndim == 1 and one.dtype != bool]


def same(got, wanted):
    if isinstance(wanted, tuple):
        assert len(got) == len(wanted)
        for one, other in zip(got, wanted, strict=True):
            same(one, other)
        return
    assert type(got) is type(wanted)
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    assert np.array_equal(got, wanted, equal_nan=got.dtype.kind == "f")


def outcome(func, *args):
    try:
        return func(*args)
    except Exception as error:
        return type(error), str(error)


def check(func, *args):
    wanted = outcome(func, *args)
    got = outcome(jit(cache=False)(func), *args)
    if isinstance(wanted, tuple) and isinstance(wanted[0], type):
        assert got == wanted
    else:
        same(got, wanted)


@pytest.mark.parametrize("a", [one for one in ARRAYS if one.dtype != bool], ids=str)
@pytest.mark.parametrize("func", [reduced, reduced_kept, accumulated, outer])
def test_axes(func, a):
    check(func, a)


@pytest.mark.parametrize("a", ONE_AXIS, ids=str)
@pytest.mark.parametrize("func", [at, parts, bound])
def test_one_axis(func, a):
    check(func, a)


@pytest.mark.parametrize("func", [with_identity, without_identity])
@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_what_a_reduction_begins_with(func, n):
    check(func, np.arange(n))


def test_nothing_to_reduce():
    def whole(a):
        return shifted.reduce(a)

    def rows(a):
        return mixed.reduce(a, axis=0), mixed.accumulate(a)

    check(whole, np.arange(0))
    check(rows, np.zeros((3, 0)))
    check(rows, np.zeros((0, 3)))


def test_positions_out_of_range():
    def wide(a, where):
        mixed.at(a, where, 1)
        return a

    def cut(a, where):
        return mixed.reduceat(a, where)

    for where in ([0, 7], [-8], [2, -7]):
        check(wide, np.arange(7), np.array(where))
        check(cut, np.arange(7), np.array(where))


def test_an_exception_of_the_function_comes_out():
    def each(a):
        return divided.accumulate(a)

    check(each, np.array([3, 0, 2]))
    check(each, np.array([30, 2, 2]))


def refused(func, *args):
    with pytest.raises(CompileError) as caught:
        jit(cache=False)(func)(*args)
    return str(caught.value)


def test_what_is_not_there_is_refused_by_name():
    def into(a, out):
        mixed.reduce(a, out=out)

    def several(a):
        return mixed.reduce(a, axis=(0, 1))

    def of_one(a):
        return halved.reduce(a)

    def unknown(a):
        return mixed.reduced(a)

    def running(a, k):
        return mixed.reduce(a, axis=k)

    assert "doesn't take out=" in refused(into, np.arange(3), np.zeros((), int))
    assert "one axis at a time" in refused(several, np.zeros((2, 2)))
    assert "functions of two operands" in refused(of_one, np.arange(3))
    assert "reduced" in refused(unknown, np.arange(3))
    assert "a constant for axis=" in refused(running, np.arange(3), 0)


@pytest.mark.skipif(IDENTITY, reason="nothing is refused")
@pytest.mark.parametrize("dtype", ["int8", "bool"])
def test_sums_of_another_type_than_elements(dtype):
    """As NumPy sums small integers where a ufunc's name is `add`; its `accumulate` doesn't."""

    @vectorize
    def add(a, b):
        return a + b

    a = np.arange(5).astype(dtype)
    check(lambda a: add.reduce(a), a)
    for func in (lambda a: add.accumulate(a), lambda a: add.reduceat(a, np.array([0, 2]))):
        with pytest.raises(TypeError, match="the resolved dtypes are not compatible"):
            func(a)
        with pytest.raises(UnsupportedError, match="CB0404.: the resolved dtypes are not compatible"):
            jit(cache=False)(func)(a)

"""Calls whose arguments have the types of the last ones: what changes between two of them.

Each row is a function, arguments that its code is compiled and run for, and other arguments;
these alternate, so that both are once the first and once the last of their kind.
"""

import copy
import gc
import pickle
import sys

import numpy as np
import pytest

from cumbia import jit
from tests.python.harness import check


def keep(x):
    return x


def double(x):
    return x + x


def both(x, y):
    return y, x


def second(t):
    return t[1]


def shape_and_last(a):
    return a.shape, a[-1]


def nothing(x):
    return None


class Float(float):
    """Not exactly a float."""


class Pair(tuple):
    """Not exactly a tuple."""


FLOATS = np.arange(12.0)
GRID = FLOATS.reshape(3, 4)


def frozen(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def copied(array):
    """The array with a dtype object of its own, as unpickled arrays have it."""
    found = pickle.loads(pickle.dumps(array))
    assert found.dtype is not array.dtype
    return found


OTHERS = [
    (double, (1.5,), (2,)),
    (double, (1.5,), (True,)),
    (double, (7,), (2**62 - 1,)),
    (double, (7,), (-(2**61),)),
    (double, (7,), (np.int64(7),)),
    (double, (np.float32(0.1),), (np.float32(0.2),)),
    (double, (np.float32(0.1),), (np.float64(0.1),)),
    (double, (np.int8(10),), (np.int8(-3),)),
    (double, (np.uint16(4000),), (4000,)),
    (keep, (None,), (0,)),
    (keep, (True,), (False,)),
    (keep, (True,), (1,)),
    (keep, (np.bool_(True),), (True,)),
    (keep, (2 + 3j,), (2.0,)),
    (keep, (np.datetime64(5, "D"),), (np.datetime64(5, "s"),)),
    (nothing, (1.0,), (None,)),
    (both, (1, 2.5), (2.5, 1)),
    (both, (False, None), (None, -0.0)),
    (second, ((1, 2.5, 3),), ((1, -2.5, 4),)),
    (second, ((1, 2.5, 3),), ((1, 2, 3),)),
    (second, ((1, 2.5, 3),), ((1, 2.5),)),
    (second, ((1, 2.5),), ((1, (2.5, 1)),)),
    (second, ((1, FLOATS),), ((1, GRID),)),
    (second, ((1, FLOATS),), ((1, frozen(FLOATS)),)),
    (shape_and_last, (FLOATS,), (FLOATS[::2],)),
    (shape_and_last, (FLOATS,), (FLOATS[::-1],)),
    (shape_and_last, (FLOATS,), (frozen(FLOATS),)),
    (shape_and_last, (FLOATS,), (copied(FLOATS),)),
    (shape_and_last, (copied(FLOATS),), (copied(FLOATS)[::2],)),
    (shape_and_last, (FLOATS,), (FLOATS.astype(np.float32),)),
    (shape_and_last, (FLOATS,), (GRID,)),
    (shape_and_last, (GRID,), (GRID.T,)),
    (shape_and_last, (GRID.T,), (GRID[:, ::2],)),
    (shape_and_last, (np.ones((2, 3, 4)),), (np.ones((1, 1, 1)),)),
    (keep, (FLOATS,), (np.array(1.5),)),
    (keep, (FLOATS,), (FLOATS[:0],)),
    (keep, (np.array(1.5),), (np.array(2.5),)),
    (keep, (FLOATS.astype("M8[s]"),), (FLOATS.astype("M8[D]"),)),
]


@pytest.mark.parametrize(
    ("function", "first", "other"), OTHERS, ids=lambda value: getattr(value, "__name__", None)
)
def test_other_arguments_than_the_last(function, first, other):
    compiled = jit(function)
    for given in (first, first, other, other, first, other):
        expected = function(*copy.deepcopy(given))
        got = compiled(*given)
        assert type(got) is type(expected)
        assert repr(got) == repr(expected)
        if function is keep and isinstance(expected, np.ndarray):
            assert got is given[0]
    check(function, *first)
    check(function, *other)


REFUSED = [
    (double, (1.5,), (Float(1.5),), TypeError),
    (double, (7,), (2**64,), OverflowError),
    (second, ((1, 2),), (Pair((1, 2)),), TypeError),
    (keep, (FLOATS,), (FLOATS.astype(">f8"),), TypeError),
    (keep, (FLOATS,), (FLOATS.view(np.recarray),), TypeError),
    (keep, (1.5,), (), TypeError),
    (keep, (1.5,), (1.5, 2.5), TypeError),
]


@pytest.mark.parametrize(("function", "first", "other", "error"), REFUSED)
def test_what_is_refused_is_refused_after_what_is_taken(function, first, other, error):
    compiled = jit(function)
    for _ in range(3):
        assert repr(compiled(*first)) == repr(function(*first))
        with pytest.raises(error):
            compiled(*other)


def test_keywords_in_order_and_not():
    def f(a, /, b, c, *, d):
        return a, b, c, d

    compiled = jit(f)
    for _ in range(2):
        assert compiled(1, 2.5, 3, d=True) == (1, 2.5, 3, True)
        assert compiled(1, 2.5, c=3, d=True) == (1, 2.5, 3, True)
        assert compiled(1, b=2.5, c=3, d=True) == (1, 2.5, 3, True)
        assert compiled(1, d=True, c=3, b=2.5) == (1, 2.5, 3, True)
        assert compiled(1, **{"".join(["b"]): 2.5, "".join(["c"]): 3, "d": True}) == (1, 2.5, 3, True)
    for args, keywords in [
        ((1, 2.5, 3, True), {}),
        ((1, 2.5), {"b": 3, "d": True}),
        ((), {"a": 1, "b": 2.5, "c": 3, "d": True}),
        ((1, 2.5), {"c": 3, "e": True}),
        ((1, 2.5, 3), {}),
    ]:
        with pytest.raises(TypeError) as ours:
            compiled(*args, **keywords)
        with pytest.raises(TypeError) as pythons:
            f(*args, **keywords)
        assert str(ours.value) == str(pythons.value)


def test_a_name_that_changes_between_calls():
    scope = {"K": 2}
    text = "def f(x):\n    return x * K\n"
    exec(text, scope)
    compiled = jit(scope["f"], source=text)
    got = []
    for value in (2, 2, 3.5, 3.5, 2):
        scope["K"] = value
        got.append(compiled(1.5))
        got.append(compiled(1.5))
    assert got == [3.0, 3.0, 3.0, 3.0, 5.25, 5.25, 5.25, 5.25, 3.0, 3.0]


def test_an_exception_and_its_place():
    @jit
    def pick(a, i):
        return a[i]

    for _ in range(3):
        assert pick(FLOATS, 3) == 3.0
        with pytest.raises(IndexError) as caught:
            pick(FLOATS, 12)
        frame = caught.traceback[-1]
        assert (frame.name, frame.lineno) == ("pick", pick.py_func.__code__.co_firstlineno + 1)


def test_references_are_as_they_were():
    values = (1234.5, 10**15, 10**14, FLOATS.copy(), (10**16, 2.5), np.float32(1.5))

    @jit
    def take(a, b, c, d, e, f):
        return a, b, c, e[1]

    take(*values)
    before = [sys.getrefcount(value) for value in values]
    for _ in range(100):
        take(*values)
    gc.collect()
    assert [sys.getrefcount(value) for value in values] == before


MANY = {
    "def f({}):\n    return x0, x59\n": [float(i) for i in range(60)],
    "def f({}):\n    return x0[0], x19[1]\n": [np.full(3, float(i)) for i in range(20)],
}


@pytest.mark.parametrize("text", MANY)
def test_more_slots_and_arrays_than_the_quick_way_takes(text):
    values = MANY[text]
    text = text.format(", ".join(f"x{i}" for i in range(len(values))))
    scope = {}
    exec(text, scope)
    compiled = jit(scope["f"], source=text)
    for _ in range(3):
        assert compiled(*values) == scope["f"](*values)


def test_calls_are_counted():
    compiled = jit(double)
    for value in (1, 2, 1.5, 2.5):
        compiled(value)
    assert compiled.stats.calls == 4

"""What loops reduce, over sizes, types and orders: plain Python's values, and one order of sums.

Python's own numbers take the array's type when they are assigned its elements, so a loop without
turns gives another type than Python (docs/semantics.md); there values are compared.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from cumbia import jit, prange
from cumbia.cuda import _launchers
from cumbia.errors import CumbiaPerformanceWarning

from .test_emulated import in_blocks

SIZES = [0, 1, 31, 32, 33, 255, 256, 257]
MANY = 10**5 + 3
MOST_BLOCKS = 1 << 16


@pytest.fixture(autouse=True)
def emulated(monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    _launchers.forget()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CumbiaPerformanceWarning)
        yield
    monkeypatch.undo()
    _launchers.forget()


def add(x):
    s = 0
    for i in prange(x.size):
        s += x[i]
    return s


def subtract(x):
    s = 0.0
    for i in prange(x.size):
        s -= x[i]
    return s


def multiply(x):
    s = 1
    for i in prange(x.size):
        s *= x[i]
    return s


def least(x):
    s = 100
    for i in prange(x.size):
        s = min(s, x[i])
    return s


def most(x):
    s = 0
    for i in prange(x.size):
        s = max(x[i], s)
    return s


def all_bits(x):
    s = 127
    for i in prange(x.size):
        s &= x[i]
    return s


def any_bits(x):
    s = 0
    for i in prange(x.size):
        s |= x[i]
    return s


def odd_bits(x):
    s = 0
    for i in prange(x.size):
        s ^= x[i]
    return s


def all_above(x):
    s = True
    for i in prange(x.size):
        s = s and x[i] >= 0
    return s


def any_above(x):
    s = False
    for i in prange(x.size):
        s = s or x[i] > 5
    return s


def where_most(x):
    best, at = x[0], 0
    for i in prange(x.size):
        if x[i] > best:
            best = x[i]
            at = i
    return best, at


def where_least(x):
    best, at = x[0], 0
    for i in prange(x.size):
        if x[i] < best:
            best = x[i]
            at = i
    return best, at


def several(x):
    s, t, n = 0, 0.0, 0
    for i in prange(x.size):
        s += int(x[i])
        t = max(t, float(x[i]))
        n += 1
    return s, t, n


def into_elements(x):
    found = np.zeros(8, np.int64)
    for i in prange(x.size):
        found[int(x[i])] += 1
        found[7] += i
    return found


def into_an_array(x):
    found = np.zeros(3, np.int64)
    for i in prange(x.size):
        found += int(x[i])
    return found


def by_steps(x):
    s = 0
    for i in prange(x.size - 1, -1, -3):
        s += i
    return s


def two_axes(a):
    s = 0
    for i in prange(a.shape[0]):
        for j in range(a.shape[1]):
            s += int(a[i, j])
    return s


def nested(a):
    s = 0
    for i in prange(a.shape[0]):
        for j in prange(a.shape[1]):
            s += int(a[i, j])
    return s


NUMBERS = [add, multiply, least, most]
OTHERS = [all_above, any_above, where_most, where_least, several, into_elements]
BITS = [all_bits, any_bits, odd_bits]


def elements(size, dtype, seed=0):
    random = np.random.default_rng(size + seed)
    x = random.integers(0, 7, size)
    return x.astype(dtype)


def orders(x):
    """The same elements one behind the other, and backwards with gaps."""
    return x, np.repeat(x, 2)[::-2][::1] if x.size else x


def assert_as_python(function, compiled, x):
    if function in (where_most, where_least) and not x.size:
        with pytest.raises(IndexError, match="index 0 is out of bounds"):
            compiled(x)
        return
    with np.errstate(over="ignore"):
        expected, found = function(x), compiled(x)
    if isinstance(expected, tuple):
        assert found == expected
        assert [type(one) for one in found] == [type(one) for one in expected]
        return
    assert np.array_equal(found, expected)
    if x.size and function in NUMBERS and x.dtype != bool:
        # Sums of small integers are exact in any order.
        assert type(found) is type(expected)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "b1"])
@pytest.mark.parametrize("function", [*NUMBERS, *OTHERS, *BITS], ids=lambda f: f.__name__)
def test_reductions(function, dtype):
    if function in BITS and dtype in ("f8", "f4"):
        pytest.skip("floats have no bits")
    compiled = jit(target="cuda")(function)
    for size in SIZES:
        for x in orders(elements(size, dtype)):
            if function is multiply:
                x = np.minimum(x, x.dtype.type(1)) if size > 33 else x
                if dtype == "f4" and size:
                    x = np.ones_like(x)
            assert_as_python(function, compiled, x)
    (row,) = {
        row["why"]
        for of in compiled.offload_report().to_dict()["signatures"].values()
        for row in of["loops"]
    }
    assert not row


@pytest.mark.parametrize("function", [add, odd_bits, where_most, several, into_elements])
def test_reductions_of_many_turns(function):
    compiled = jit(target="cuda")(function)
    x = elements(MANY, "i8")
    assert_as_python(function, compiled, x)


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("size", [1, 33, 257, MANY])
def test_sums_of_floats_have_one_order(size, dtype):
    x = (np.random.default_rng(size).random(size) - 0.5).astype(dtype)
    zero, whole = x.dtype.type(0), jit(target="cuda")(add)(x)
    assert whole.dtype == x.dtype
    count = min(size, MOST_BLOCKS)
    each, more = divmod(size, count)
    expected, at = zero, 0
    for block in range(count):
        s = x.dtype.type(-0.0)
        for _ in range(each + (block < more)):
            s += x[at]
            at += 1
        expected += s
    assert whole.tobytes() == expected.tobytes()


def test_sums_of_few_turns_are_those_of_threads():
    # As many blocks as on threads, or a turn for each: the same order.
    x = np.random.default_rng(1).random(128) - 0.5
    assert jit(target="cuda")(subtract)(x) == jit(parallel=True)(subtract)(x)
    # With more there are more blocks.
    x = np.random.default_rng(1).random(100_000) - 0.5
    there = -in_blocks(-x, MOST_BLOCKS), -in_blocks(-x, 128)
    assert there[0] != there[1]
    assert jit(target="cuda")(subtract)(x) == in_blocks(-x, MOST_BLOCKS)


@pytest.mark.parametrize("function", [two_axes, nested])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (33, 5), (257, 3)])
def test_loops_within(function, shape):
    a = np.random.default_rng(2).integers(0, 9, shape)
    compiled = jit(target="cuda")(function)
    for one in (a, np.asfortranarray(a), a[::-1, ::-1]):
        assert compiled(one) == function(one)


def test_whole_arrays_are_reduced_on_the_processor():
    compiled = jit(target="cuda")(into_an_array)
    for size in (0, 1, 257):
        assert_as_python(into_an_array, compiled, elements(size, "i8"))
    (of,) = compiled.offload_report().to_dict()["signatures"].values()
    (row,) = of["loops"]
    assert row["why"].startswith("memory for an array isn't allocated in a kernel")


def test_ranges_with_steps():
    compiled = jit(target="cuda")(by_steps)
    for size in (0, 1, 2, 3, 4, 100, 1000):
        assert compiled(np.zeros(size)) == by_steps(np.zeros(size))


def test_nan_and_signed_zeros():
    compiled = jit(target="cuda")(subtract)
    assert np.isnan(compiled(np.array([1.0, np.nan])))
    assert str(jit(target="cuda")(add)(np.array([-0.0, -0.0]))) == "0.0"

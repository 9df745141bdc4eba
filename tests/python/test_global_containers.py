"""Lists, sets and dicts that are globals or closure variables of compiled functions."""

import gc
import sys

import numpy as np
import pytest

from cumbia import CompileError, _cumbia, jit
from tests.python.harness import IDENTITY

NUMBERS = [1, 2, 3]
TABLE = {"a": 1.5, "b": 2.5}
SEEN = {1, 2}
CACHE = {0: 0}
ROWS = [[1], [2, 3]]
EMPTY = []
MIXED = [1, "a"]
ARRAYS = [np.arange(3.0)]


def total():
    s = 0
    for x in NUMBERS:
        s += x
    return s


def test_changes_are_seen():
    compiled = jit(total)
    assert compiled() == 6
    NUMBERS.append(10)
    try:
        assert compiled() == 16
        NUMBERS[0] = -5
        assert compiled() == 10
    finally:
        NUMBERS[:] = [1, 2, 3]
    assert compiled() == 6


def test_another_type_is_compiled_anew():
    compiled = jit(total)
    assert compiled() == 6
    NUMBERS[:] = [0.5, 1.5]
    try:
        result = compiled()
        assert (result, type(result)) == (2.0, float)
    finally:
        NUMBERS[:] = [1, 2, 3]
    assert compiled() == 6


def test_another_object():
    global NUMBERS
    compiled = jit(total)
    assert compiled() == 6
    old = NUMBERS
    NUMBERS = [7]
    try:
        assert compiled() == 7
    finally:
        NUMBERS = old
    assert compiled() == 6


def look_up(key):
    return TABLE[key]


def test_missing_key():
    compiled = jit(look_up)
    assert compiled("b") == 2.5
    with pytest.raises(KeyError, match="'z'"):
        compiled("z")


def fill(n):
    if n in CACHE:
        return CACHE[n]
    value = n * n
    CACHE[n] = value
    SEEN.add(n)
    NUMBERS.append(n)
    return value


def test_changes_by_compiled_code():
    compiled = jit(fill)
    try:
        assert [compiled(3), compiled(3), compiled(4)] == [9, 9, 16]
        assert CACHE == {0: 0, 3: 9, 4: 16}
        assert SEEN == {1, 2, 3, 4}
        assert NUMBERS == [1, 2, 3, 3, 4]
    finally:
        CACHE.clear()
        CACHE[0] = 0
        SEEN.difference_update({3, 4})
        NUMBERS[:] = [1, 2, 3]


def the_object():
    return NUMBERS


def inner_object():
    return ROWS[1]


def same_as(xs):
    xs.append(99)
    return NUMBERS[-1], xs is NUMBERS


def test_identity():
    assert jit(the_object)() is NUMBERS
    assert jit(inner_object)() is ROWS[1]
    try:
        assert jit(same_as)(NUMBERS) == (99, True)
    finally:
        NUMBERS.pop()
    assert jit(same_as)([5]) == (3, False)


def of_closure():
    kept = [1.0, 2.0]
    names = {"x": 1}

    def read(i):
        return kept[i] + names["x"]

    return read, kept


def test_closure_variables():
    read, kept = of_closure()
    compiled = jit(read)
    assert compiled(1) == 3.0
    kept[1] = 10.0
    assert compiled(1) == 11.0


def of_arrays():
    ARRAYS[0][1] += 1.0
    return ARRAYS[0]


def test_arrays_in_a_list():
    result = jit(of_arrays)()
    assert result is ARRAYS[0]
    assert ARRAYS[0].tolist() == [0.0, 2.0, 2.0]


def fails_after():
    NUMBERS.append(4)
    return NUMBERS[10]


def test_exception():
    compiled = jit(fails_after)
    try:
        with pytest.raises(IndexError, match="list index out of range"):
            compiled()
        assert NUMBERS == [1, 2, 3, 4]
    finally:
        NUMBERS[:] = [1, 2, 3]


def by_generator(n):
    for i in range(n):
        NUMBERS.append(i)
        yield len(NUMBERS)


def test_generator():
    g = jit(by_generator)(3)
    try:
        first = next(g)
        NUMBERS.clear()
        NUMBERS.append(8)
        assert (first, list(g)) == (4, [2, 3])
        assert NUMBERS == [8, 1, 2]
    finally:
        NUMBERS[:] = [1, 2, 3]


def read_empty():
    return len(EMPTY)


def read_mixed():
    return len(MIXED)


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
@pytest.mark.parametrize("function", [read_empty, read_mixed])
def test_refusals(function):
    with pytest.raises(CompileError, match="CB0402"):
        jit(function)()


def test_nothing_is_left():
    compiled = jit(total)
    compiled()
    counts = sys.getrefcount(NUMBERS), _cumbia.live_allocations()
    for _ in range(10):
        compiled()
    gc.collect()
    assert (sys.getrefcount(NUMBERS), _cumbia.live_allocations()) == counts

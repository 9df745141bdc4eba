"""Bugs found in containers that cross the boundary, or that change while they are gone over."""

import copy
import threading

import numpy as np
import pytest
from harness import IDENTITY, CompileError, check, jit


def same(func, argument):
    """Results as CPython's, each on its own copy of the argument."""
    assert repr(jit(func)(copy.deepcopy(argument))) == repr(func(copy.deepcopy(argument)))


def into_second(a, b):
    for _ in range(100):
        b[0].append(5)
    return len(a)


def both(a, b):
    for i in range(100):
        b.append("s" * 20)
        a.append(i)
    return len(a)


@pytest.mark.skipif(IDENTITY, reason="about a refusal")
@pytest.mark.parametrize("func", [into_second, both])
def test_one_container_in_places_of_different_types_is_refused(func):
    shared = []
    args = (shared, [shared, [1]]) if func is into_second else (shared, shared)
    with pytest.raises(TypeError, match="the same container is passed in two places"):
        jit(func)(*args)
    assert shared == []


@pytest.mark.parametrize("argument", [[None, []], [(1, None), (2, [])]])
def test_empty_container_that_may_be_none(argument):
    def itself(a):
        return len(a), a

    check(itself, argument)


def test_empty_container_as_keyword():
    @jit
    def keywords(**k):
        return len(k)

    assert keywords(x=[], y={}) == 2


def test_threads_drop_what_is_lent():
    @jit
    def longer(d):
        for k in d:
            d[k] = d[k] + "x"
        d["n"] = "m"
        return len(d)

    shared = {str(i): "v" for i in range(100)}
    longer(shared)

    def work():
        for i in range(150):
            longer(shared)
            shared.pop(str(i % 50), None)
            shared[str(i % 70)] = "q" * (i + 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(type(k) is str and type(v) is str for k, v in shared.items())


def zip_clears(a):
    def changing():
        for i in range(5):
            a.clear()
            a.append("r" * 30)
            yield i

    return [(x, y) for x, y in zip(a, changing())], a


def zip_clears_dict(d):
    def changing():
        for i in range(5):
            d.clear()
            yield i

    out = []
    try:
        for k, y in zip(d, changing()):
            out.append((k, y))
    except RuntimeError:
        out.append(("changed", 0))
    return out, d


def zip_writes(x):
    def changing():
        for i in range(3):
            x[i] = -1.0
            yield i

    return [(a, b) for a, b in zip(x, changing())], x


@pytest.mark.parametrize(
    "func, argument",
    [(zip_clears, ["a" * 20, "b"]), (zip_clears_dict, {"a" * 20: 1, "b": 2}), (zip_writes, np.arange(4.0))],
)
def test_zip_takes_items_before_it_asks_a_generator(func, argument):
    same(func, argument)


def zip_of_untyped(n):
    xs = []
    count = 0
    for _, _ in zip(xs, (i for i in range(n))):
        count += 1
    xs.append("s")
    return xs, count


def test_zip_of_a_list_that_is_typed_later():
    check(zip_of_untyped, 3)


def reversed_and_shrunk(xs):
    seen = []
    for x in reversed(xs):
        seen.append(x)
        xs.pop()
    return seen, xs


def reversed_and_grown(xs):
    seen = []
    for x in reversed(xs):
        xs.insert(0, x + x)
        seen.append(x)
    return seen, xs


@pytest.mark.parametrize("func", [reversed_and_shrunk, reversed_and_grown])
@pytest.mark.parametrize("argument", [[], [1], [1, 2, 3, 4], ["a" * 20, "b" * 20, "c"]])
def test_reversed_list_that_changes(func, argument):
    same(func, argument)


def key_appends(a):
    def key(x):
        a.append(1)
        return x

    try:
        a.sort(key=key)
    except ValueError:
        a.append(77)
    return a


def key_sees_nothing(a):
    a.sort(key=lambda x: len(a))
    return a


def key_raises(a):
    try:
        a.sort(key=lambda x: 1 // x)
    except ZeroDivisionError:
        a.append(5)
    return a


@pytest.mark.parametrize("func", [key_appends, key_sees_nothing, key_raises])
def test_sort_hides_the_list_from_its_key(func):
    same(func, [3, 0, 2])


def late_parameter(n):
    g = (x * n for x in [1, 2])
    n = 100
    return list(g)


def late_in_loop(n):
    for i in range(n):
        if i == 0:
            g = (i + x for x in range(2))
    return list(g)


def late_shared(n):
    def change():
        nonlocal n
        n = 50

    g = (n + x for x in range(2))
    change()
    return list(g)


@pytest.mark.parametrize("func", [late_parameter, late_in_loop, late_shared])
def test_generator_expression_that_reads_what_changes(func):
    check(func, 3)


def bound_before(n):
    k = n * 2
    g = (k + x * n for x in range(2))
    return list(g)


def test_generator_expression_that_reads_what_stays():
    check(bound_before, 3)

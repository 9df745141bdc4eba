"""Memory: what compiled code allocates is freed, and references to arguments come out even.

`live_allocations()` counts the arrays that compiled code made and that still exist;
`sys.getrefcount` tells whether an argument gained or lost a reference. Every function is
called many times in every way out: a result, an exception here, an exception in a callee.
"""

import gc
import resource
import sys
import weakref

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, check, define, jit

case = Cases()

if IDENTITY:

    def live_allocations():
        """The stand-in allocates nothing of its own."""
        return 0
else:
    from cumbia._cumbia import live_allocations


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever a test allocates is gone after it."""
    gc.collect()
    before = live_allocations()
    yield
    gc.collect()
    assert live_allocations() == before


@jit
def made(n):
    a = np.zeros(n)
    if n > 0:
        a[0] = 1.0
    return a


@jit
def failing(a, i):
    b = np.ones(20)
    b[0] = a[i]
    return b


@case((5,), (0,), (-1,))
def new_array(n):
    return made(n)


@case((5,))
def dropped(n):
    made(n)
    a = made(n)
    a = made(n + 1)
    return a.size


@case((5,))
def views_keep_their_base(n):
    a = made(n)
    return a[1:], a[::-1]


@case((5,))
def only_a_view(n):
    return made(n)[2:]


@case((5,))
def only_an_element(n):
    return made(n)[0]


@case((5,))
def the_same_three_times(n):
    a = made(n)
    return a, a, (a, a[1:])


@case((np.arange(4.0),))
def argument_back(a):
    return a


@case((np.arange(4.0),))
def argument_and_views(a):
    b = a[1:]
    return a, b, (b, a.T, a)


@case((np.arange(4.0), 0), (np.arange(4.0), 1))
def argument_or_new(a, k):
    if k:
        b = made(4)
    else:
        b = a
    return b[1:]


@case((6,), (0,))
def replaced_in_a_loop(n):
    a = made(3)
    for i in range(n):
        b = made(i + 1)
        if i % 2:
            a = b
        else:
            b = a
    return a


@case((6,), (0,))
def carried_in_a_loop(n):
    a, b = made(2), made(3)
    for i in range(n):
        a, b = b, a
    return b


@case((6,))
def broken_out_of(n):
    for i in range(n):
        a = made(i + 1)
        if i == 3:
            break
        c = a[:1]
    else:
        return made(1)
    return c


@case((5, 2), (5, 7), (5, -9))
def raises_after_allocating(n, i):
    a = made(n)
    b = made(n)
    return a[i], b


@case((np.arange(3.0), 1), (np.arange(3.0), 5))
def raises_in_a_callee(a, i):
    b = made(4)
    c = failing(a, i)
    return b, c


@case((3,), (8,))
def raises_in_a_loop(n):
    a = made(5)
    for i in range(n):
        b = made(i)
        a = failing(a, i)[:5]
        b[i - 1] = a[0]
    return a


@case((1,), (0,))
def unbound(n):
    if n:
        a = made(3)
    return a


@case((4,), (0,))
def unbound_after_a_loop(n):
    for i in range(n):
        a = made(3)
    return a[1:]


@case((True,), (False,))
def chosen(k):
    a, b = made(2), made(3)
    return a if k else b


@case(((np.arange(3.0), 2),))
def from_a_tuple(t):
    a, n = t
    return t[0], made(n)


@case((np.arange(12.0).reshape(3, 4),))
def rows(a):
    last = a[0]
    for row in a:
        last = row
    return last


@jit
def recursive(n):
    if n == 0:
        return made(1)
    a = recursive(n - 1)
    b = made(n)
    b[0] = a[0]
    return b


@case((5,))
def through_recursion(n):
    return recursive(n)


@jit
def endless(a):
    b = made(3)
    return endless(b)


@case((np.zeros(2),))
def endless_recursion(a):
    return endless(a)


def attempt(func, args):
    try:
        return func(*args)
    except Exception:
        return None


@pytest.mark.parametrize(**case.params())
def test_nothing_leaks(func, call, deviation):
    compiled = func if hasattr(func, "py_func") else jit(func)
    arrays = [a for a in _flat(call) if isinstance(a, np.ndarray)]
    attempt(compiled, call)
    gc.collect()
    counts = [sys.getrefcount(a) for a in arrays]
    live = live_allocations()
    for _ in range(50):
        attempt(compiled, call)
    gc.collect()
    assert live_allocations() == live
    assert [sys.getrefcount(a) for a in arrays] == counts


@pytest.mark.parametrize(**case.params())
def test_results_outlive_everything_else(func, call, deviation):
    compiled = func if hasattr(func, "py_func") else jit(func)
    expected = attempt(compiled, call)
    kept = [attempt(compiled, call) for _ in range(20)]
    scratch = [np.full(2000, np.nan) for _ in range(50)]
    gc.collect()
    for result in kept:
        for one, other in zip(_flat(result), _flat(expected)):
            np.testing.assert_array_equal(one, other)
    assert len(scratch) == 50


def _flat(value):
    if isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def test_a_result_is_an_ordinary_array():
    a = jit(define("def f(n):\n    return np.zeros((n, 3))"))(4)
    assert a.flags.writeable and a.flags.c_contiguous and a.flags.aligned
    a[:] = 5.0
    assert a.sum() == 60.0
    b = a + 1
    del a
    assert b[0, 0] == 6.0
    c = jit(define("def f(n):\n    return np.zeros(n)"))(4)
    c.resize(2, refcheck=False) if c.flags.owndata else None
    assert c[0] == 0.0


def test_a_view_in_the_result_keeps_an_argument_alive():
    a = np.arange(5.0)
    alive = weakref.ref(a)
    view = jit(define("def f(a):\n    return a[1:3]"))(a)
    del a
    gc.collect()
    assert alive() is not None
    assert view.tolist() == [1.0, 2.0]
    del view
    gc.collect()
    assert alive() is None


def test_an_argument_dies_after_the_call():
    a = np.arange(5.0)
    alive = weakref.ref(a)
    compiled = jit(define("def f(a):\n    b = a[1:]\n    return b[0]"))
    compiled(a)
    with pytest.raises(IndexError):
        jit(define("def f(a):\n    b = a[1:]\n    return b[10]"))(a)
    del a
    gc.collect()
    assert alive() is None


def test_small_integers_and_none_keep_their_references():
    compiled = jit(define("def f(x, y=None):\n    return x, y, 1, None, True"))
    before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(1)
    for _ in range(10_000):
        compiled(1)
    after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(1)
    assert all(abs(a - b) < 1000 for a, b in zip(before, after))


def test_a_dispatcher_dies_with_its_last_reference():
    func = define("K = 1\ndef f(x):\n    return x + K")
    compiled = jit(func)
    assert compiled(1) == 2
    alive = weakref.ref(compiled) if hasattr(type(compiled), "__weakref__") else weakref.ref(func)
    del compiled, func
    gc.collect()
    assert alive() is None


def test_recompiling_does_not_leak_code():
    func = define("K = 1\ndef f(x):\n    a = np.zeros(3)\n    return x + K + a[0]")
    compiled = jit(func)
    for value in range(30):
        func.__globals__["K"] = value
        assert compiled(1) == value + 1


# Values that were tested for truth: what is known of them then has no reference of its own.


def asked_and_dead(n):
    x = [n]
    if x:
        if n <= 0:
            raise ValueError("none")
        return n
    return len(x)


def asked_and_raised(n):
    x = [n, n]
    if x:
        raise ValueError
    return x


def asked_in_a_cell(n):
    x = [n]
    if x:
        if n <= 0:
            raise ValueError("none")

    def last():
        return x[-1]

    x = [n, 2 * n]
    return last()


def asked_text(s):
    t = s + "!"
    if t:
        if not s:
            raise KeyError(t)
    return t or s


def asked_in_a_generator(n):
    def items():
        x = [n]
        if x:
            yield len(x)
            yield x[0]

    total = 0
    for item in items():
        total += item
        if item > 5:
            break
    return total


@pytest.mark.parametrize(
    ("func", "calls"),
    [
        (asked_and_dead, [(1,), (0,), (3,)]),
        (asked_and_raised, [(1,), (2,)]),
        (asked_in_a_cell, [(1,), (0,), (4,)]),
        (asked_text, [("a",), ("",), ("é",)]),
        (asked_in_a_generator, [(1,), (9,)]),
    ],
)
def test_tested_values(func, calls):
    for _ in range(50):
        for args in calls:
            check(func, *args)


@pytest.mark.skipif(IDENTITY, reason="measures compiled code")
def test_tested_values_are_released_in_the_loop():
    def tested(count, size):
        total = 0
        for _ in range(count):
            x = [1.5] * size
            if x:
                total += 1
        return total

    func = jit(tested)
    func(2, 10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert func(400, 200_000) == 400
    # In KiB: one list takes 1,600, all of them together 640,000.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000

"""Loops over `prange` that a function marked as associative reduces."""

import math
import operator

import cumbia
import numpy as np
import pytest
from cumbia import CompileError, jit, prange

SIZES = [0, 1, 2, 3, 127, 128, 129, 1000]


@jit(associative=True)
def affine(a, b):
    """Composition of linear functions: associative, and not commutative."""
    return a[0] * b[0] % 1_000_003, (a[1] * b[0] + b[1]) % 1_000_003


@jit(associative=True)
def known(a, b):
    return a if a == a else b


@jit(associative=True)
def merged(a, b):
    """Count, mean and sum of squares of two sets, as Chan, Golub and LeVeque put them together."""
    n = a[0] + b[0]
    d = b[1] - a[1]
    return n, a[1] + d * (b[0] / n), a[2] + b[2] + d * d * (a[0] * b[0] / n)


@jit(associative=True)
def added(a, b):
    return a + b


def unmarked(a, b):
    return a * b % 7


def forward(x):
    acc = (1, 0)
    for i in prange(len(x)):
        acc = affine(acc, (int(x[i]), i))
    return acc


def backward(x):
    acc = (1, 0)
    for i in prange(len(x) - 1, -1, -1):
        acc = affine((int(x[i]), i), acc)
    return acc


def some_turns(x):
    acc = (1, 0)
    for i in prange(len(x)):
        if x[i] % 3 == 0:
            acc = affine(acc, (int(x[i]), i))
            if x[i] % 2 == 0:
                acc = affine(acc, (5, i))
    return acc


def no_turn(x):
    acc = (1, 0)
    for i in prange(len(x)):
        if x[i] < 0:
            acc = affine(acc, (int(x[i]), i))
    return acc


def in_an_inner_loop(x):
    acc = (1, 0)
    for i in prange(len(x)):
        for j in range(x[i] % 4):
            acc = affine(acc, (i, j))
    return acc


def two_at_once(x):
    a, b = (1, 0), (1, 0)
    for i in prange(len(x)):
        a, b = affine(a, (int(x[i]), i)), affine((i, 3), b)
    return a, b


def divisors(x):
    g, h, both = 0, np.int64(0), 2**62 - 1
    for i in prange(len(x)):
        g = math.gcd(g, x[i] * 6)
        h = np.gcd(h, x[i] * 10)
        both = operator.and_(both, int(x[i]))
    return g, h, both


def narrow_elements(x):
    s = np.int64(0)
    for i in prange(len(x)):
        s = added(s, np.int8(x[i] % 100))
    return s


def of_booleans(x):
    n = 0
    for i in prange(len(x)):
        n = added(n, bool(x[i] > 5))
    return n


def single(x):
    r = np.float32(np.nan)
    for i in prange(len(x)):
        r = known(r, np.float32(x[i]) if i % 5 == 3 else np.float32(np.nan))
    return r


def handled(x):
    acc = (1, 0)
    for i in prange(len(x)):
        try:
            acc = affine(acc, (10 // int(x[i] % 2), i))
        except ZeroDivisionError:
            acc = affine(acc, (3, i))
    return acc


EXACT = [
    forward, backward, some_turns, no_turn, in_an_inner_loop, two_at_once, divisors,
    narrow_elements, of_booleans, single, handled,
]  # fmt: skip


@pytest.fixture(autouse=True)
def restored():
    most = cumbia.get_num_threads()
    yield
    cumbia.set_num_threads(most)


def shown(value):
    """A result with its types."""
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    return type(value).__name__, repr(value)


@pytest.mark.parametrize("schedule", ["guided", "dynamic", "static"])
@pytest.mark.parametrize("func", EXACT)
def test_results_are_those_without_threads(func, schedule):
    compiled = jit(parallel=True, cache=False, schedule=schedule)(func)
    most = cumbia.get_num_threads()
    for n in SIZES:
        x = np.random.default_rng(n).integers(0, 1000, n)
        wanted = shown(func(x)) if n else shown(jit(cache=False)(func)(x))
        for threads in {1, 2, 3, most}:
            cumbia.set_num_threads(min(threads, most))
            assert shown(compiled(x)) == wanted, (n, threads)


def test_floats_have_the_same_bits_for_every_number_of_threads():
    @jit(parallel=True, cache=False)
    def moments(x):
        acc = (0.0, 0.0, 0.0)
        for i in prange(len(x)):
            acc = merged(acc, (1.0, x[i], 0.0))
        return acc

    x = np.random.default_rng(1).normal(size=20_000)
    results = set()
    for threads in range(1, cumbia.get_num_threads() + 1):
        cumbia.set_num_threads(threads)
        results.add(moments(x))
    assert len(results) == 1
    (n, mean, squares) = results.pop()
    assert (n, round(mean, 9), round(squares / n, 9)) == (20_000, round(x.mean(), 9), round(x.var(), 9))


def test_it_is_no_identity_that_blocks_begin_with():
    @jit(associative=True)
    def shifted(a, b):
        # The identity is -3.
        return a + b + 3

    @jit(parallel=True, cache=False)
    def total(x):
        acc = 100
        for i in prange(len(x)):
            acc = shifted(acc, int(x[i]))
        return acc

    x = np.arange(1000)
    assert total(x) == 100 + x.sum() + 3 * 1000


def refusal(func, *args):
    with pytest.raises(CompileError) as caught:
        jit(parallel=True, cache=False)(func)(*args)
    return str(caught.value)


def test_a_function_without_the_mark_is_refused_with_a_hint():
    def product(x):
        r = 1
        for i in prange(len(x)):
            r = unmarked(r, x[i])
        return r

    text = refusal(product, np.arange(5))
    assert "CB0252" in text and "function unmarked isn't known to be associative" in text
    assert "@jit(associative=True) above def unmarked" in text


def test_what_turns_bring_has_the_form_of_the_variable():
    def of_numbers(x):
        acc = (1, 0)
        for i in prange(len(x)):
            acc = affine(acc, x[i])
        return acc

    def of_wider(x):
        r = 0.5
        for i in prange(len(x)):
            r = known(r, x[i])
        return r

    for func in (of_numbers, of_wider):
        text = refusal(func, np.arange(5))
        assert "CB0255" in text and "convert what each turn brings" in text


def test_a_variable_without_a_value_is_refused():
    def nothing(x):
        for i in prange(len(x)):
            r = known(r, x[i])  # noqa: F821
        return r

    assert "no value before this loop" in refusal(nothing, np.ones(5))


def test_a_variable_that_turns_read_besides_is_refused():
    def read(x):
        r = 0.0
        for i in prange(len(x)):
            r = known(r, x[i])
            x[i] = r

    assert "CB0252" in refusal(read, np.ones(5))


def test_two_functions_of_one_name_are_not_one_reduction():
    def mixed(x):
        r = 0
        for i in prange(len(x)):
            r = math.gcd(r, x[i])
            r = operator.add(r, x[i])
        return r

    assert "CB02" in refusal(mixed, np.arange(5))


def test_diagnostics_tell_of_it():
    compiled = jit(parallel=True, cache=False)(forward)
    compiled(np.arange(5))
    page = compiled.parallel_diagnostics(format="html", level=4)
    assert "by an associative function" in page


def test_the_option_is_checked():
    with pytest.raises(TypeError, match="associative"):
        jit(associative=1)

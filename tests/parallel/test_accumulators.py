"""Arrays, pairs and choices over the turns of `prange`: as without threads, for every number of them."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import warnings

import cumbia
import numpy as np
import pytest
from cumbia import jit, prange


def same(a, b):
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return np.asarray(a).dtype == np.asarray(b).dtype and np.array_equal(a, b)


def histogram(a, n):
    h = np.zeros(10, np.int64)
    for i in prange(n):
        h[a[i] % 10] += 1
    return h


def conditional(a, n):
    h = np.ones((4, 5), np.uint8)
    for i in prange(n):
        if a[i] > 300:
            continue
        h[a[i] % 4, i % 5] = h[a[i] % 4, i % 5] + 1
        for j in range(a[i] % 3):
            h[j, 0] += 2
    return h


def operators(a, n):
    x = np.zeros(3, np.int64)
    p = np.ones(3, np.int64)
    b = np.full(3, -1)
    c = np.zeros(3, np.int64)
    for i in prange(n):
        x[a[i] % 3] ^= a[i]
        p[a[i] % 3] *= 1 - 2 * (a[i] % 2)
        b[a[i] % 3] &= a[i] | 8
        c[a[i] % 3] |= a[i]
    return x, p, b, c




def of_two_sizes(a, n):
    small = np.zeros(5, np.uint8)
    rows = np.zeros(4, np.int64)
    s = 0
    for i in prange(n):
        small[a[i] % 5] ^= 3
        rows += np.full(4, a[i])
        s += 1
    return small, rows, s


def pairs(a, n):
    s, t = 0, 3
    for i in prange(n):
        s, t = s + a[i], t - 1
    return s, t


def first_smallest(a, n):
    best = 10**9
    at = -1
    for i in prange(n):
        if a[i] < best:
            best = a[i]
            at = i
    return best, at


def last_largest(a, n):
    best = -1
    at = twice = -5
    for i in prange(n):
        if i % 3 != 1 and best <= a[i]:
            best, at = a[i], i
            twice = 2 * i
    return best, at, twice


def floats_with_nans(a, n):
    best = np.inf
    at = -1
    for i in prange(n):
        x = np.nan if a[i] % 5 == 0 else a[i] / 3.0
        if x < best:
            best = x
            at = i
    return best, at


@pytest.mark.parametrize(
    "func",
    [histogram, conditional, operators, of_two_sizes, pairs, first_smallest, last_largest, floats_with_nans],
)
@pytest.mark.parametrize("schedule", ["guided", "static", "dynamic"])
def test_as_without_threads(func, schedule):
    compiled = jit(parallel=True, cache=False, schedule=schedule)(func)
    most = cumbia.get_num_threads()
    rng = np.random.default_rng(1)
    try:
        for n in (0, 1, 8, 129, 3000):
            a = rng.integers(0, 1000, max(n, 8))
            wanted = jit(cache=False)(func)(a, n)
            for threads in (1, 2, 3, 7):
                cumbia.set_num_threads(min(threads, most))
                assert same(compiled(a, n), wanted), (n, threads)
    finally:
        cumbia.set_num_threads(most)


def test_floats_have_the_same_bits_for_all_threads():
    @jit(parallel=True, cache=False)
    def weights(x, n):
        h = np.full(4, -0.0)
        for i in prange(n):
            h[i % 3] += x[i]
        return h

    x = np.random.default_rng(0).normal(size=5000)
    most = cumbia.get_num_threads()
    found = set()
    for threads in (1, 2, 3, 7):
        cumbia.set_num_threads(min(threads, most))
        found.add(weights(x, len(x)).tobytes())
    cumbia.set_num_threads(most)
    assert len(found) == 1
    h = weights(x, len(x))
    assert np.allclose(h[:3], [x[k::3].sum() for k in range(3)])
    assert np.signbit(h[3])


def test_large_arrays_have_few_parts():
    @jit(parallel=True, cache=False)
    def spread(n):
        h = np.zeros(3_000_000, np.int64)
        for i in prange(n):
            h[(i * 7919) % 1000] += i
        return h

    h = spread(500)
    wanted = np.zeros(1000, np.int64)
    np.add.at(wanted, np.arange(500) * 7919 % 1000, np.arange(500))
    assert np.array_equal(h[:1000], wanted) and not h[1000:].any()


def test_elements_of_its_own_are_written_in_place():
    @jit(parallel=True, cache=False)
    def own(h, n):
        for i in prange(n):
            h[i] += 0.1
            h[i] += 0.2

    h = np.zeros(100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own(h, 100)
    assert h[3] == 0.0 + 0.1 + 0.2
    ((_, rows),) = own._parallel_report(None)
    assert not [name for name, _ in rows[0][-1] if name == "reduction"]


def test_an_exception_leaves_the_array_as_it_was():
    @jit(parallel=True, cache=False)
    def fails(h, n):
        for i in prange(n):
            h[(i * i) % 3] += 1
            if i == 50:
                raise ValueError(str(i))

    h = np.zeros(3, np.int64)
    before = cumbia._cumbia.live_allocations()
    with pytest.raises(ValueError, match="50"):
        fails(h, 100)
    assert not h.any()
    assert cumbia._cumbia.live_allocations() == before


def test_an_index_out_of_range():
    @jit(parallel=True, cache=False)
    def out_of_range(h, n):
        for i in prange(n):
            h[(i * i) % 4] += 1

    with pytest.raises(IndexError, match="index 3 is out of bounds|out of bounds"):
        out_of_range(np.zeros(1, np.int64), 10)

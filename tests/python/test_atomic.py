"""`cumbia.atomic`: the same from Python, compiled, on threads, and refused by name."""

import warnings

import numpy as np
import pytest
from cumbia import atomic, jit, prange

INTS = [np.int32, np.int64, np.uint32, np.uint64]
FLOATS = [np.float32, np.float64]


def add(a, i, v):
    return atomic.add(a, i, v)


def sub(a, i, v):
    return atomic.sub(a, i, v)


def largest(a, i, v):
    return atomic.max(a, i, v)


def smallest(a, i, v):
    return atomic.min(a, i, v)


def exch(a, i, v):
    return atomic.exch(a, i, v)


def and_(a, i, v):
    return atomic.and_(a, i, v)


def or_(a, i, v):
    return atomic.or_(a, i, v)


def xor(a, i, v):
    return atomic.xor(a, i, v)


ALL = [add, sub, largest, smallest, exch]
BITS = [and_, or_, xor]


def outcome(func, a, *args):
    """The result or exception, and what is left, to the last bit."""
    a = a.copy()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = func(a, *args)
    except Exception as error:
        return type(error), str(error), a.tobytes()
    return type(result), np.asarray(result).tobytes(), a.tobytes()


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("func", ALL + BITS, ids=lambda f: f.__name__)
def test_integers(func, tier):
    compiled = jit(cache=False, tier=tier)(func)
    for dtype in INTS:
        info = np.iinfo(dtype)
        a = np.array([0, 5, info.max, info.min, 12], dtype=dtype)
        for i in range(-5, 5):
            for v in (dtype(3), dtype(info.max), dtype(info.min), 7, True):
                assert outcome(compiled, a, i, v) == outcome(func, a, i, v), (dtype, i, v)


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("func", ALL, ids=lambda f: f.__name__)
def test_floats(func, tier):
    compiled = jit(cache=False, tier=tier)(func)
    values = [0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 1e30]
    for dtype in FLOATS:
        a = np.array(values, dtype=dtype)
        for i in range(len(values)):
            for v in (*values, *map(dtype, values), 3):
                mine, other = outcome(compiled, a, i, v), outcome(func, a, i, v)
                left, right = (np.frombuffer(one[2], dtype) for one in (mine, other))
                # Which nan an arithmetic operation gives is open.
                both_nan = np.isnan(left) & np.isnan(right)
                assert mine[0] == other[0]
                assert (left[~both_nan].tobytes()) == right[~both_nan].tobytes(), (dtype, i, v)


def swap(a, i, old, v):
    return atomic.cas(a, i, old, v)


def swap_first(a, old, v):
    return atomic.compare_and_swap(a, old, v)


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_compare_and_swap(tier):
    a = np.array([1, 2, 3])
    for args in [(1, 2, 9), (1, 3, 9), (-1, 3, 0), (3, 1, 1)]:
        assert outcome(jit(cache=False, tier=tier)(swap), a, *args) == outcome(swap, a, *args)
    for args in [(1, 9), (2, 9)]:
        mine = outcome(jit(cache=False, tier=tier)(swap_first), a, *args)
        assert mine == outcome(swap_first, a, *args)


def at_two(M, i, j, v):
    return atomic.add(M, (i, j), v)


def test_indices_are_checked_as_any_other():
    M = np.arange(12.0).reshape(3, 4)
    compiled = jit(cache=False)(at_two)
    for view in (M, M.T, M[::-1, ::2]):
        rows, columns = view.shape
        for i, j in [(0, 0), (rows - 1, columns - 1), (-1, -columns)]:
            expected = view[i, j]
            copy = view.copy()
            assert compiled(copy, i, j, 2.0) == expected
            assert copy[i, j] == expected + 2
        for i, j in [(rows, 0), (0, columns), (-rows - 1, 0)]:
            assert outcome(compiled, view, i, j, 1.0) == outcome(at_two, view, i, j, 1.0)


def test_what_can_not_be_changed_atomically():
    compiled = jit(cache=False)(add)
    for dtype in (np.uint8, np.int16, np.complex128, np.bool_):
        with pytest.raises(TypeError, match=f"elements of {np.dtype(dtype).name}"):
            compiled(np.zeros(3, dtype), 0, 1)
        with pytest.raises(TypeError, match=f"elements of {np.dtype(dtype).name}"):
            add(np.zeros(3, dtype), 0, 1)
    with pytest.raises(TypeError, match="elements of float64"):
        jit(cache=False)(xor)(np.zeros(3), 0, 1)
    with pytest.raises(TypeError, match="changes an array"):
        compiled([1, 2], 0, 1)
    with pytest.raises(TypeError, match="an index for each axis"):
        compiled(np.zeros((2, 2)), 0, 1.0)
    fixed = np.zeros(3)
    fixed.flags.writeable = False
    for func in (add, compiled):
        with pytest.raises(ValueError, match="read-only"):
            func(fixed, 0, 1.0)
    unaligned = np.zeros(33, np.uint8)[1:].view(np.float64)
    with pytest.raises(ValueError, match="aligned"):
        compiled(unaligned, 0, 1.0)


def count(p, counts):
    for i in prange(len(p)):
        atomic.add(counts, p[i], 1)


def extremes(a, out):
    for i in prange(len(a)):
        atomic.max(out, 0, a[i])
        atomic.min(out, 1, a[i])
        atomic.add(out, 2, 1.0)


def tickets(n, order):
    taken = np.zeros(1, dtype=np.int64)
    for i in prange(n):
        order[atomic.add(taken, 0, 1)] = i
    return taken[0]


def spin_sum(a, out):
    for i in prange(len(a)):
        seen = out[0]
        while True:
            now = atomic.cas(out, 0, seen, seen + a[i])
            if now == seen:
                break
            seen = now


@pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaParallelSafetyWarning")
@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("schedule", ["guided", "static", "dynamic"])
def test_nothing_is_lost_on_threads(tier, schedule):
    options = {"parallel": True, "cache": False, "tier": tier, "schedule": schedule}
    n = 30_000
    p = np.arange(n) % 7
    for dtype in (np.int64, np.int32, np.float64, np.float32):
        counts = np.zeros(7, dtype=dtype)
        jit(**options)(count)(p, counts)
        assert (counts == np.bincount(p)).all()
    a = np.random.default_rng(0).normal(size=n)
    out = np.zeros(3)
    jit(**options)(extremes)(a, out)
    assert (out == [a.max(), a.min(), n]).all()
    order = np.full(n, -1)
    assert jit(**options)(tickets)(n, order) == n
    assert (np.sort(order) == np.arange(n)).all()
    out = np.zeros(1, dtype=np.int64)
    jit(**options)(spin_sum)(np.arange(n), out)
    assert out[0] == n * (n - 1) // 2


def both(p, counts):
    for i in prange(len(p)):
        atomic.add(counts, p[i], 1)
        counts[0] = 1


def reads_too(p, counts, out):
    for i in prange(len(p)):
        atomic.add(counts, p[i], 1)
        out[i] = counts[p[i]]


def test_races_with_other_accesses_are_seen():
    from cumbia.errors import CumbiaParallelSafetyWarning, RaceError

    p = np.arange(20) % 3
    for func, args in [(both, ()), (reads_too, (np.zeros(20),))]:
        compiled = jit(parallel=True, race="detect", cache=False)(func)
        with pytest.warns(CumbiaParallelSafetyWarning), pytest.raises(RaceError) as caught:
            compiled(p, np.zeros(3), *args)
        assert caught.value.array == "counts"
        assert "atomically changes" in str(caught.value) or func is both

"""Ordinary programs for a device, against plain Python: value, dtype, exception, arguments."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from cumbia import cuda, jit
from cumbia.cuda import _launchers
from cumbia.errors import CumbiaPerformanceWarning, UnsupportedError

from . import programs as p


@pytest.fixture(autouse=True)
def emulated(monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    _launchers.forget()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CumbiaPerformanceWarning)
        yield
    monkeypatch.undo()
    _launchers.forget()


R = np.random.default_rng(7)


def random(*shape):
    return R.random(shape)


def records():
    found = np.zeros(20, [("x", "f8"), ("v", "f8"), ("hits", "i4")]).view(np.recarray)
    found.x, found.v = R.random(20) * 1.2, 1.0
    return found


BOARD = (random(12, 13) > 0.5).astype(np.int64)
MATRIX = np.eye(12) * 20 + random(12, 12)

CASES = [
    (p.stencil, (random(9, 11), 5)),
    (p.mandelbrot, (31, 17, 40)),
    (p.histogram, (random(1000), 10)),
    (p.assign_clusters, (random(200, 3), random(5, 3))),
    (p.jacobi, (MATRIX, random(12), 1e-10, 100)),
    (p.game_of_life, (BOARD, 6)),
    (p.game_of_life, (BOARD.astype(np.int8), 5)),
    (p.bodies, (random(12, 3), random(12, 3), random(12), 0.01, 4)),
    (p.blur, ((random(9, 8, 3) * 255).astype(np.uint8), 2)),
    (p.matrix_product, (random(7, 8), random(8, 9))),
    (p.matrix_product, (random(7, 8).astype("f4"), random(8, 9).astype("f4"))),
    (p.matrix_product, ((random(7, 8) * 9).astype("i8"), (random(8, 9) * 9).astype("i8"))),
    (p.prefix_in_rows, (random(6, 50),)),
    (p.walks, (np.arange(1, 40), 100)),
    (p.texts, (50,)),
    (p.particles, (records(), 0.3)),
    (p.masked, (random(40), random(40) > 0.5)),
    (p.clip_rows, (random(5, 6), 0.2, 0.7)),
    (p.slices, (random(5, 6),)),
    (p.gathers, (random(5), np.array([0, 1, 2, 7, 3]))),
    (p.gathers, (random(5), np.array([0, -1, 2, 4, 3]))),
    (p.divides, (np.array([5, 6, 7]), np.array([2, 0, 1]))),
    (p.divides, (np.array([5, 6, 7]), np.array([2, -4, 1]))),
    (p.asserts, (np.array([1.0, 4.0, -1.0, 9.0]),)),
    (p.raises, (np.arange(10.0),)),
    (p.primes, (500,)),
    (p.normalize, (random(30),)),
    (p.both_tuples, (((2.0, 1.0), 3), random(30))),
    (p.optional, (random(30),)),
    (p.optional, (random(30), random(30))),
    (p.linspace_inside, (30,)),
]
# Their elementary functions, and `**`, are within 1 ULP of C's (docs/cuda.md).
NEAR = [
    (p.pairwise, (random(20, 3),)),
    (p.sobel, (random(10, 12),)),
    (p.black_scholes, (random(50) * 10 + 50, random(50) * 10 + 50, random(50) + 0.1, 0.02, 0.3)),
    (p.dft, (random(32),)),
    (p.dft, (random(32) + 1j * random(32),)),
]


def done(function, args):
    """What a call comes to: a result or an exception, and the arguments after it."""
    given = [one.copy() if isinstance(one, np.ndarray) else one for one in args]
    try:
        with np.errstate(all="ignore"):
            result = function(*given)
    except Exception as error:
        return (type(error), str(error)), None, given
    return None, result, given


def assert_same(found, expected, near=False):
    if isinstance(expected, tuple):
        assert isinstance(found, tuple)
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            assert_same(one, other, near)
        return
    assert type(found) is type(expected)
    one, other = np.asarray(found), np.asarray(expected)
    assert (one.dtype, one.shape) == (other.dtype, other.shape)
    if near:
        assert np.allclose(one, other, rtol=1e-13, atol=1e-13)
    else:
        assert one.tobytes() == other.tobytes()


def named(case):
    return case[0].__name__ if isinstance(case, tuple) else str(case)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_programs(case):
    function, args = case
    raised, expected, there = done(function, args)
    # The second call finds the memory of the device that the first one has left.
    compiled = jit(target="cuda")(function)
    for _ in range(2):
        error, result, given = done(compiled, args)
        assert error == raised
        if raised is None:
            assert_same(result, expected)
            assert_same(tuple(given), tuple(there))


@pytest.mark.parametrize("case", NEAR, ids=named)
def test_programs_with_elementary_functions(case):
    function, args = case
    _, expected, _ = done(function, args)
    raised, result, _ = done(jit(target="cuda")(function), args)
    assert raised is None
    assert_same(result, expected, near=True)


def reasons(compiled):
    (of,) = compiled.offload_report().to_dict()["signatures"].values()
    return [row["why"] for row in of["loops"]]


def test_what_stays_on_the_processor_says_why():
    for function, args, why in (
        (p.texts, (5,), "texts and hashes are not made in a kernel"),
        (p.slices, (random(5, 6),), "memory for an array isn't allocated in a kernel"),
        (p.monte_carlo, (100,), "its turns draw random numbers"),
    ):
        compiled = jit(target="cuda")(function)
        compiled(*args)
        (found,) = reasons(compiled)
        assert found.startswith(why)


def test_what_no_loop_over_prange_takes_is_refused_by_name():
    with pytest.raises(UnsupportedError, match="'prices' is dict"):
        jit(target="cuda")(p.by_dict)(np.array([1, 2]))
    with pytest.raises(UnsupportedError, match="'scaled' is function scaled"):
        jit(target="cuda")(p.nested_function)(random(4))


def test_all_but_those_are_kernels():
    for function, args in CASES:
        if function in (p.texts, p.slices):
            continue
        compiled = jit(target="cuda")(function)
        done(compiled, args)
        assert not any(reasons(compiled)), function.__name__


def test_programs_between_calls_on_resident_arrays():
    board, expected = BOARD.copy(), BOARD.copy()
    compiled = jit(target="cuda")(p.game_of_life)
    with cuda.resident(board):
        for _ in range(3):
            compiled(board, 2)
            p.game_of_life(expected, 2)
    assert_same(board, expected)

"""What loops give when their kernels run on the processor: values, exceptions, what stays there."""

from __future__ import annotations

import math
import traceback
import warnings

import numpy as np
import pytest
from cumbia import cuda, jit, prange
from cumbia.cuda import _launchers, _offload
from cumbia.errors import CumbiaPerformanceWarning

from . import loops


@pytest.fixture(autouse=True)
def emulated(monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    _launchers.forget()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CumbiaPerformanceWarning)
        yield
    monkeypatch.undo()
    _launchers.forget()
    assert not _offload._LOCAL.sessions
    assert not _offload._LOCAL.residents


def anew(function):
    """The same function, not called by another test."""
    return jit(target="cuda")(function.py_func)


def the_loop(function, number=0):
    """The row of a loop in the report of a function with one signature."""
    (of,) = function.offload_report().to_dict()["signatures"].values()
    return of["loops"][number]


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1"])
def test_elements_of_dtypes(dtype):
    x, y = np.arange(700, dtype=dtype), np.ones(700, dtype)
    expected = y.copy()
    with np.errstate(over="ignore"):
        loops.axpy.py_func(2, x, expected)
    loops.axpy(2, x, y)
    assert y.tolist() == expected.tolist()


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257])
def test_turns_and_blocks_of_threads(count):
    x, y = np.arange(float(count)), np.ones(count)
    loops.axpy(2.0, x, y)
    assert (y == 2 * x + 1).all()


def test_strides_and_order():
    base = np.arange(40.0)
    y = np.zeros(40)
    loops.axpy(1.0, base[::-2], y[::2])
    assert (y[::2] == base[::-2]).all()
    assert (y[1::2] == 0).all()
    a = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    out = np.zeros(3)
    loops.rows(a, out)
    assert (out == a.sum(axis=1)).all()
    a, out = np.arange(10.0), np.zeros(10)
    loops.backwards(a, out)
    expected = np.zeros(10)
    loops.backwards.py_func(a, expected)
    assert (out == expected).all()


def in_blocks(x, most):
    """The sum of an array as a loop makes it: blocks of neighbors, then the blocks in order."""
    count = min(x.size, most)
    each, more = divmod(x.size, count)
    sums, at = [], 0
    for block in range(count):
        s = -0.0
        for _ in range(each + (block < more)):
            s += x[at]
            at += 1
        sums.append(s)
    whole = 0.0
    for s in sums:
        whole += s
    return whole


@pytest.mark.parametrize("count", [1, 1000, 65536, 65537, 200_001])
def test_sums_have_one_order(count):
    x = np.random.default_rng(count).random(count) - 0.5
    assert loops.total(x) == in_blocks(x, 1 << 16)


def test_reductions_of_several_kinds():
    x = np.random.default_rng(1).random(3000) - 0.5
    s, p, low, high, n, where = loops.several(x)
    assert math.isclose(s, x.sum(), rel_tol=1e-12)
    assert math.isclose(p, np.prod(1 + x * 1e-6), rel_tol=1e-12)
    assert (low, high, n, where) == (x.min(), x.max(), x.size, x.argmax())
    assert loops.latest(x) == x[-1]


def test_arrays_that_turns_add_to():
    k = np.random.default_rng(2).integers(0, 50, 20_000)
    assert (loops.counts(k, 50) == np.bincount(k, minlength=50)).all()


def test_elementary_functions_and_calls():
    x = np.linspace(0.1, 3, 500)
    out = np.zeros(500)
    loops.waves(x, out)
    assert np.allclose(out, np.sin(x) + np.exp(-x), rtol=1e-15)
    loops.calls(x, out)
    assert (out == x / 2).all()
    loops.pairs((x, 3), out)
    assert (out == 3 * x).all()


def test_an_exception_has_the_place_of_the_turn():
    x, index, out = np.arange(5.0), np.array([0, 1, 7, 9, 2]), np.zeros(5)
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 0 with size 5") as info:
        loops.gather(x, index, out)
    places = traceback.extract_tb(info.tb)[1:]
    assert [(place.name, place.line) for place in places] == [("gather", "out[i] = x[index[i]]")]
    # What other turns wrote is there.
    assert out[:2].tolist() == [0.0, 1.0]
    with pytest.raises(ZeroDivisionError):
        loops.divides(np.ones(3), np.array([1.0, 0.0, 1.0]), np.zeros(3))


def test_handlers_take_exceptions_of_turns():
    x, out = np.arange(5.0), np.zeros(2)
    assert loops.caught(x, np.array([1, 2]), out) == 0
    assert loops.caught(x, np.array([1, 20]), out) == 1


def test_what_is_no_kernel_runs_on_threads_and_says_why():
    x, out = np.arange(100.0), np.zeros(100)
    allocates = anew(loops.allocates)
    allocates(x, out)
    assert (out == 2 * x).all()
    row = the_loop(allocates)
    assert not row["kernel"]
    assert row["on_processor"] == 1
    assert row["why"].startswith("memory for an array isn't allocated in a kernel (line ")
    assert "on the processor: memory for an array" in str(allocates.offload_report())
    loops.draws(out)
    assert "random numbers" in the_loop(loops.draws)["why"]


def test_a_loop_that_stays_is_told():
    @jit(target="cuda")
    def texts(x, out):
        for i in prange(x.size):
            out[i] = len(str(x[i]))

    out = np.zeros(3)
    with pytest.warns(CumbiaPerformanceWarning, match="stays on the processor: "):
        texts(np.array([1, 20, 300]), out)
    assert out.tolist() == [1, 2, 3]


def test_arrays_stay_from_loop_to_loop():
    a = np.random.default_rng(3).random(1000)
    b, expected = np.zeros(1000), a.copy()
    loops.diffuse.py_func(expected, np.zeros(1000), 20)
    diffuse = anew(loops.diffuse)
    diffuse(a, b, 20)
    assert (a == expected).all()
    (of,) = diffuse.offload_report().to_dict()["signatures"].values()
    assert of["arrays_stay"]
    assert [row["launches"] for row in of["loops"]] == [20, 20]
    # Each came once, and went back once.
    assert sum(row["bytes_in"] for row in of["loops"]) == a.nbytes + b.nbytes
    assert of["bytes_home"] == a.nbytes + b.nbytes
    assert sum(row["bytes_out"] for row in of["loops"]) == 0


def test_what_is_only_read_is_not_brought_back():
    x, index, out = np.arange(64.0), np.arange(32), np.zeros(32)
    before = loops.gather.offload_report().to_dict() if loops.gather.signatures else None
    loops.gather(x, index, out)
    (of,) = loops.gather.offload_report().to_dict()["signatures"].values()
    (row,) = of["loops"]
    assert (row["reads"], row["writes"]) == (["x", "index"], ["out"])
    home = of["bytes_home"] - (next(iter(before["signatures"].values()))["bytes_home"] if before else 0)
    assert home == out.nbytes


def test_own_arrays_live_as_long_as_their_copies():
    x = np.arange(100.0)
    assert (loops.own_arrays(x, 7) == x + sum(range(7))).all()
    out = np.zeros(100)
    loops.many_arrays(x, 100, out)
    assert (out == 100 * x + sum(range(100))).all()


def test_elements_that_are_used_between_loops():
    a, expected = np.zeros(10), np.zeros(10)
    between = anew(loops.between)
    assert between(a, 3) == loops.between.py_func(expected, 3)
    assert (a == expected).all()
    (of,) = between.offload_report().to_dict()["signatures"].values()
    assert of["arrays_stay"]
    assert "240 bytes brought back where they are used between loops" in str(between.offload_report())
    assert (of["bytes_used"], of["bytes_home"]) == (3 * a.nbytes, 0)


def test_views_share_their_copy():
    a, expected = np.arange(20.0), np.arange(20.0)
    loops.views.py_func(expected)
    loops.views(a)
    assert (a == expected).all()


def test_resident_arrays_are_brought_once():
    a, b = np.arange(50.0), np.zeros(50)
    expected = a.copy()
    loops.diffuse.py_func(expected, np.zeros(50), 6)

    def copied():
        (of,) = loops.diffuse.offload_report().to_dict()["signatures"].values()
        return sum(row["bytes_in"] for row in of["loops"]), of["bytes_home"]

    loops.diffuse(a.copy(), b.copy(), 1)
    before = copied()
    with cuda.resident(a, b):
        for _ in range(3):
            loops.diffuse(a, b, 2)
        assert copied() == (before[0] + a.nbytes + b.nbytes, before[1])
        # A function that uses elements elsewhere sees them as they are.
        c = a[:10]
        assert loops.between(c, 1) == expected[0] + 1
    expected[:10] += 1
    expected[1] = -1
    assert (a == expected).all()


def test_resident_takes_arrays():
    with pytest.raises(TypeError, match=r"cuda\.resident\(\) takes arrays of the host, not 3"):
        cuda.resident(3)


def test_arrays_on_the_device_stay_there():
    x, y = cuda.to_device(np.arange(30.0)), cuda.to_device(np.ones(30))
    loops.axpy(2.0, x, y)
    loops.axpy(2.0, x, y)
    assert (y.copy_to_host() == 4 * np.arange(30.0) + 1).all()
    mixed = np.zeros(30)
    loops.axpy(1.0, x, mixed)
    assert (mixed == np.arange(30.0)).all()


def test_arrays_on_the_device_are_not_for_the_processor():
    there = cuda.to_device(np.zeros(10))
    with pytest.raises(TypeError, match="uses elements of arrays outside of its loops"):
        loops.between(there, 1)
    with pytest.raises(TypeError, match="stays on the processor: memory for an array"):
        loops.allocates(there, cuda.to_device(np.zeros(10)))
    with pytest.raises(TypeError, match="returns what may be an array"):
        loops.own_arrays(there, 1)
    # A call that doesn't come about leaves nothing behind.
    with pytest.raises(TypeError):
        loops.axpy(2.0, there, object())
    assert loops.between(np.zeros(3), 1) == 1.0


def test_functions_that_call_each_other():
    x, y = np.arange(20.0), np.zeros(20)
    loops.outer(x, y)
    assert (y == 5 * x).all()


def test_a_function_without_loops():
    assert loops.without(3) == 4
    assert "no loop for a device" in str(loops.without.offload_report())


def test_reports_are_data():
    loops.axpy(2.0, np.ones(3), np.ones(3))
    report = loops.axpy.offload_report()
    assert "kernel, a turn for each thread" in str(report)
    assert report.to_json().startswith('{"function": "axpy"')
    with pytest.raises(ValueError, match="has no loop for a device"):
        half = jit(loops.half.py_func)
        half(1.0)
        half.offload_report()
    with pytest.raises(ValueError, match="isn't compiled yet"):
        jit(loops.latest.py_func, target="cuda").offload_report()


def test_only_two_targets():
    with pytest.raises(ValueError, match="option 'target' takes 'cpu' or 'cuda', not 'gpu'"):
        jit(target="gpu")

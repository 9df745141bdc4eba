"""What is copied between host and device for loops: just what is needed, for each way to use arrays.

The device's memory is filled with something before it is used, so that what isn't brought, and
should have been, shows.
"""

from __future__ import annotations

import linecache
import types
import warnings

import numpy as np
import pytest
from cumbia import cuda, jit
from cumbia.cuda import _launchers, _offload
from cumbia.cuda._offload_memory import Spans
from cumbia.errors import CumbiaParallelSafetyWarning, CumbiaPerformanceWarning, RaceError

from . import random_programs, transfers

N = 40
WHOLE = 8 * N


@pytest.fixture(autouse=True)
def emulated(monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    _launchers.forget()
    of = type(_launchers.current())
    before = of.allocate

    def allocate(self, size, kind="device", **options):
        memory = before(self, size, kind, **options)
        np.frombuffer(memory, np.uint8)[:] = 0xA5
        return memory

    monkeypatch.setattr(of, "allocate", allocate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CumbiaPerformanceWarning)
        warnings.simplefilter("ignore", CumbiaParallelSafetyWarning)
        yield
    monkeypatch.undo()
    _launchers.forget()
    assert not _offload._LOCAL.sessions
    assert not _offload._LOCAL.residents


def copied(function, *args):
    """Bytes to the device, back behind loops, back for the function, back at the end of a call.

    The function gives what plain Python gives, in its result and in its arguments.
    """
    fresh = jit(target="cuda")(function.py_func)
    there = [one.copy() if isinstance(one, np.ndarray) else one for one in args]
    expected = fresh.py_func(*there)
    result = fresh(*args)
    assert np.array_equal(result, expected)
    for one, other in zip(args, there):
        assert np.array_equal(one, other)
    (of,) = fresh.offload_report().to_dict()["signatures"].values()
    loops = of["loops"]
    return (
        sum(row["bytes_in"] for row in loops),
        sum(row["bytes_out"] for row in loops),
        of["bytes_used"],
        of["bytes_home"],
    )


def ramp():
    return np.arange(float(N))


def test_read_only():
    # Results of the blocks are brought back for the loop.
    assert copied(transfers.reads, ramp(), ramp()) == (2 * WHOLE, WHOLE, 0, 0)


@pytest.mark.parametrize("function", [transfers.overwrites, transfers.overwrites_backwards])
def test_written_wholly(function):
    assert copied(function, ramp(), np.ones(N)) == (WHOLE, 0, 0, WHOLE)


def test_written_wholly_where_the_array_is_longer_than_the_loop():
    assert copied(transfers.overwrites, ramp(), np.ones(N + 1)) == (2 * WHOLE + 8, 0, 0, WHOLE + 8)


def test_written_wholly_with_gaps():
    base = np.ones(2 * N)
    fresh = jit(target="cuda")(transfers.overwrites.py_func)
    fresh(ramp(), base[::2])
    assert (base[::2] == 2 * ramp()).all()
    assert (base[1::2] == 1).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_written_wholly_and_then_read(order):
    a, out = np.arange(12.0).reshape(3, 4), np.ones((3, 4), order=order)
    assert copied(transfers.overwrites_and_reads, a, out) == (96, 0, 0, 96)


def test_rows_are_written():
    a = np.array([1.0, -1.0, 2.0])
    assert copied(transfers.overwrites_rows, a, np.zeros((3, 5))) == (24, 0, 0, 120)


def test_read_before_it_is_written():
    assert copied(transfers.reads_first, ramp(), np.ones(N)) == (2 * WHOLE, 0, 0, WHOLE)


@pytest.mark.parametrize("function", [transfers.writes_partly, transfers.writes_some])
def test_written_partly(function):
    a = np.random.default_rng(1).random(N)
    assert copied(function, a, np.ones(N)) == (2 * WHOLE, 0, 0, WHOLE)


def test_written_in_loops_within():
    assert copied(transfers.writes_in_a_short_loop, np.ones((4, 5)), 5) == (0, 0, 0, 160)
    assert copied(transfers.writes_in_a_short_loop, np.ones((4, 5)), 3) == (160, 0, 0, 160)
    assert copied(transfers.leaves_early, np.ones((4, 5)), 3) == (160, 0, 0, 160)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_two_buffers_swapped(steps):
    a, b = ramp(), np.ones(N)
    # Both have been written by two steps, one by one.
    assert copied(transfers.swaps, a, b, steps) == (WHOLE, 0, 0, min(steps, 2) * WHOLE)


def test_a_temporary_array_stays_there():
    assert copied(transfers.temporary, ramp(), np.ones(N)) == (WHOLE, 0, 0, WHOLE)


def test_zeros_are_made_there():
    assert copied(transfers.zeros_inside, ramp(), np.ones(N)) == (WHOLE, 0, 0, WHOLE)
    # What the host has written comes with them.
    assert copied(transfers.zeros_that_are_written, ramp(), np.ones(N)) == (2 * WHOLE, 0, 0, WHOLE)


def test_an_array_that_is_given_back():
    assert copied(transfers.empty_given_back, ramp()) == (WHOLE, 0, 0, WHOLE)


def test_a_view_alone_is_copied():
    assert copied(transfers.view_of, ramp()) == (0, 0, 0, WHOLE - 32)


def test_views_of_one_array():
    # The second one lacks the element that the first one hasn't.
    assert copied(transfers.views_that_meet, ramp()) == (8, 0, 0, WHOLE)


def test_arguments_that_overlap():
    fresh = jit(target="cuda")(transfers.reads_first.py_func)
    base = ramp()
    fresh(base[::2], base[1::2])
    assert (base[1::2] == ramp()[1::2] + ramp()[::2]).all()
    assert (base[::2] == ramp()[::2]).all()
    fresh(base, base)
    assert (base[::2] == 2 * ramp()[::2]).all()
    # What is overwritten is read as well.
    a = ramp()
    fresh = jit(target="cuda")(transfers.overwrites.py_func)
    fresh(a, a)
    assert (a == 2 * ramp()).all()


def test_in_a_branch():
    assert copied(transfers.in_a_branch, ramp(), np.ones(N), False) == (0, 0, 0, 0)
    assert copied(transfers.in_a_branch, ramp(), np.ones(N), True) == (WHOLE, 0, 0, WHOLE)


def test_read_by_the_host_between_loops():
    # Read each time, and brought to the device once.
    assert copied(transfers.read_between, ramp(), np.ones(2 * N), 3) == (
        3 * WHOLE,
        0,
        3 * WHOLE,
        2 * WHOLE,
    )


def test_written_by_the_host_between_loops():
    # One element, and all of the array comes again; the other one stays.
    assert copied(transfers.written_between, ramp(), np.ones(N), 3) == (
        4 * WHOLE,
        0,
        3 * WHOLE,
        WHOLE,
    )


def test_a_loop_of_the_host_over_elements():
    assert copied(transfers.a_loop_of_the_host, ramp(), np.ones(N)) == (2 * WHOLE, 0, WHOLE, WHOLE)


def test_a_test_of_convergence():
    a = np.zeros(12)
    a[0] = 1.0
    steps = transfers.until_it_converges.py_func(a.copy(), a.copy(), 50)
    assert 3 < steps < 50
    into, out, used, home = copied(transfers.until_it_converges, a, a.copy(), 50)
    # Each step brings back what it wrote, and nothing is brought twice.
    assert (into, out, used, home) == (2 * a.nbytes, 0, (steps + 1) * a.nbytes, 0)


def test_early_return():
    assert copied(transfers.early_return, ramp(), np.ones(N), 0.0) == (WHOLE, 0, WHOLE, 0)
    assert copied(transfers.early_return, ramp(), np.ones(N), 9.0) == (WHOLE, 0, WHOLE, WHOLE)


def test_functions_that_use_elements():
    assert copied(transfers.used_by_functions, ramp()) == (2 * WHOLE, 0, 2 * WHOLE, 0)


@pytest.mark.parametrize(
    "function", [transfers.whole_expressions, transfers.in_containers, transfers.a_loop_of_the_host]
)
def test_other_ways_to_use_elements(function):
    copied(function, ramp(), np.ones(N))


def test_iteration():
    assert copied(transfers.iterated, ramp()) == (WHOLE, 0, WHOLE, 0)


def test_axes_in_another_order():
    a = np.arange(12.0).reshape(3, 4)
    assert copied(transfers.of_axes, a, np.ones((4, 3))) == (96, 0, 0, 96)


def test_records():
    a = np.zeros(5, [("x", "f8"), ("n", "i4")])
    a = a.view(np.recarray)
    fresh = jit(target="cuda")(transfers.records_between.py_func)
    assert fresh(a, 3) == 3.0
    assert a.x.tolist() == [3.0] * 5


def index_with_a_mistake(at):
    index = np.arange(N)
    index[at] = 1000
    return index


@pytest.mark.parametrize("function", ["raises_late", "raises_and_adds"])
def test_an_exception_leaves_other_elements(function):
    a, out, count = ramp(), np.full(N, 5.0), np.zeros(N)
    fresh = jit(target="cuda")(getattr(transfers, function).py_func)
    rest = (count,) if function == "raises_and_adds" else ()
    with pytest.raises(IndexError, match="index 1000 is out of bounds"):
        fresh(a, index_with_a_mistake(20), out, *rest)
    # Turns before it have written, it hasn't, and those behind it may.
    assert (out[:20] == a[:20]).all()
    assert out[20] == 5.0
    assert all(out[i] in (5.0, a[i]) for i in range(21, N))
    # No turn was run twice for what it adds to.
    assert set(count[:21]) <= {0.0, 1.0}
    if rest:
        assert (count[:21] == 1).all()
    # The next call is as if there had been none.
    fresh(a, np.arange(N), out, *rest)
    assert (out == a).all()


def test_an_exception_where_what_is_overwritten_is_read_by_another_name():
    # A second run would add twice.
    a = ramp()
    fresh = jit(target="cuda")(transfers.raises_and_increments.py_func)
    with pytest.raises(IndexError):
        fresh(a, index_with_a_mistake(20), a)
    assert (a[:20] == ramp()[:20] + 1).all()
    assert a[20] == 20.0
    assert all(a[i] in (i, i + 1.0) for i in range(21, N))


def test_an_exception_that_is_handled():
    out = np.ones(N)
    fresh = jit(target="cuda")(transfers.handled.py_func)
    fresh(ramp(), index_with_a_mistake(3), out)
    assert out[:4].tolist() == [-1.0, 1.0, 2.0, 0.0]
    fresh(ramp(), np.arange(N), out)
    assert (out == ramp()).all()


def test_a_loop_on_the_processor_between():
    assert copied(transfers.processor_between, ramp(), np.ones(N)) == (WHOLE, 0, 0, WHOLE)


def test_resident_arrays_of_functions_that_use_elements():
    a, b = ramp(), np.ones(2 * N)
    expected, other = ramp(), np.ones(2 * N)
    fresh = jit(target="cuda")(transfers.read_between.py_func)
    fresh(ramp(), np.ones(2 * N), 1)
    (before,) = fresh.offload_report().to_dict()["signatures"].values()
    with cuda.resident(a, b):
        for _ in range(3):
            assert fresh(a, b, 2) == fresh.py_func(expected, other, 2)
    assert (a == expected).all()
    assert (b == other).all()
    (after,) = fresh.offload_report().to_dict()["signatures"].values()
    came = [sum(row["bytes_in"] for row in of["loops"]) for of in (before, after)]
    assert came[1] - came[0] == 3 * WHOLE
    assert after["bytes_home"] == before["bytes_home"]


def test_a_generator_may_go_on_in_another_call():
    assert copied(transfers.with_a_generator, ramp()) == (2 * WHOLE, 2 * WHOLE, 0, 0)


def arguments(seed):
    a, b = 0.5 * np.arange(12.0), np.linspace(0, 1, 12)
    return [(a, b), (a[::-1], np.ones(15)), (a[:8].copy(), np.linspace(0, 1, 16)[::2])][seed % 3]


def done(function, args, flag):
    try:
        return function(*args, flag)
    except (IndexError, RaceError) as error:
        return type(error)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed):
    text = random_programs.text(seed)
    name = f"<random program {seed}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    module = types.ModuleType("program")
    exec(compile(text, name, "exec"), module.__dict__)
    for flag in (False, True):
        args, there = arguments(seed), arguments(seed)
        result, expected = done(module.f, args, flag), done(module.f.py_func, there, flag)
        if result is RaceError:
            # A view that overlaps its array.
            return
        assert np.allclose(result, expected, rtol=1e-12) if isinstance(expected, tuple) else (
            result is expected
        )
        for one, other in zip(args, there):
            assert np.allclose(one, other, rtol=1e-12)


def test_spans():
    spans = Spans()
    spans.add(10, 20)
    spans.add(30, 40)
    assert spans.missing(5, 35) == [(5, 10), (20, 30)]
    assert spans.within(15, 32) == [(15, 20), (30, 32)]
    spans.remove(12, 14)
    assert list(spans) == [(10, 12), (14, 20), (30, 40)]
    spans.add(12, 30)
    assert list(spans) == [(10, 40)]
    spans.add(3, 3)
    assert list(spans) == [(10, 40)]
    spans.remove(0, 100)
    assert not spans
    assert spans.missing(1, 2) == [(1, 2)]


def test_random_spans():
    random = np.random.default_rng(5)
    for _ in range(50):
        spans, known = Spans(), np.zeros(60, bool)
        for _ in range(20):
            first, end = sorted(random.integers(0, 60, 2).tolist())
            if random.random() < 0.6:
                spans.add(first, end)
                known[first:end] = True
            else:
                spans.remove(first, end)
                known[first:end] = False
            low, high = sorted(random.integers(0, 60, 2).tolist())
            for parts, wanted in ((spans.within(low, high), known), (spans.missing(low, high), ~known)):
                found = np.zeros(60, bool)
                for one, behind in parts:
                    assert low <= one < behind <= high
                    found[one:behind] = True
                assert (found[low:high] == wanted[low:high]).all()



"""`with` statements: what their managers see, what they keep from the caller, what is refused.

Programs that are compared with CPython are in `tests/corpus/programs/with_statements.py`;
here are tracebacks as a whole, generators that are closed, memory, and refusals.
"""

from __future__ import annotations

import contextlib
import gc
import threading
import traceback

import numpy as np
import pytest

from cumbia import CompileError, _cumbia, jit
from tests.python.harness import IDENTITY, check, refused


class Gate:
    def __init__(self, fails):
        self.fails = fails
        self.log = [0]

    def __enter__(self):
        if self.fails == 1:
            raise ValueError("enter")
        self.log.append(1)
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(2 if kind is None else 3)
        if self.fails == 2:
            raise KeyError("exit")
        return self.fails == 3


def one(gate, x):
    with gate as g:
        g.log.append(10 // x)
    return g.log


def two_lines(gate, other, x):
    with (
        gate as g,
        other as h,
    ):
        g.log.append(7)
        return 10 // x


def in_finally(gate, x):
    try:
        with gate:
            return 10 // x
    finally:
        gate.log.append(99)


def chained(gate, x):
    try:
        return 1 // x
    except ZeroDivisionError as e:
        with gate:
            raise RuntimeError("second") from e


def loop(gate, n):
    for i in range(n):
        with gate:
            if i == 1:
                continue
            if i == 3:
                break
            gate.log.append(100 + i)
    else:
        gate.log.append(-1)
    return gate.log


@pytest.mark.parametrize("fails", range(4))
@pytest.mark.parametrize("x", [0, 3])
def test_ways_out(fails, x):
    check(one, Gate(fails), x)
    check(two_lines, Gate(0), Gate(fails), x)
    check(two_lines, Gate(fails), Gate(0), x)
    check(in_finally, Gate(fails), x)
    check(chained, Gate(fails), x)
    check(loop, Gate(fails), x + 2)


@pytest.mark.parametrize("fails", range(3))
def test_printed_tracebacks(fails):
    def printed(func):
        try:
            func(Gate(0), Gate(fails), 0)
        except Exception as error:
            frames = traceback.format_exception(error)
            return "".join(frames).partition("Traceback")[2].split("\n", 3)[3]
        return None

    if IDENTITY:
        pytest.skip("nothing to compare")
    assert printed(jit(two_lines)) == printed(two_lines)


def guarded_items(gate, n):
    with gate:
        yield from range(n)
    yield -1


def dropped(gate, n):
    total = 0
    for i in guarded_items(gate, n):
        if i == 2:
            break
        total += i
    gate.log.append(50)
    return total, gate.log


def test_a_dropped_generator_leaves():
    check(dropped, Gate(0), 5)
    check(dropped, Gate(0), 2)


def suppressed_items(log, n):
    with contextlib.suppress(ZeroDivisionError), contextlib.nullcontext(log) as same:
        for i in range(n, -1, -1):
            same.append(i)
            yield 10 // i
        yield -1
    yield -2


@pytest.mark.parametrize("taken", range(5))
def test_a_generator_result(taken):
    def run(func):
        log = [0]
        items = func(log, 3)
        got = [next(items) for _ in range(taken)]
        items.close()
        return got, log

    assert run(jit(suppressed_items)) == run(suppressed_items)


def made_many(n):
    failed = 0
    for i in range(n):
        with contextlib.suppress(ZeroDivisionError), contextlib.nullcontext([i, n]) as items:
            with Gate(3) as gate:
                gate.log.append(items[0] // (i % 2))
            failed += gate.log[-1] == 3
    return failed


@pytest.mark.skipif(IDENTITY, reason="about allocations")
def test_no_leaks():
    func = jit(made_many)
    assert func(10) == made_many(10)
    gc.collect()
    before = _cumbia.live_allocations()
    assert func(1000) == 500
    assert _cumbia.live_allocations() == before


def reads_only(a, i):
    total = 0.0
    with contextlib.suppress(IndexError, KeyError):
        total += float(a[i])
        total += 1
    return total


def test_suppress():
    a = np.arange(3.0)
    a.setflags(write=False)
    for i in (0, 2, 3, -3, -4):
        check(reads_only, a, i)


def by_name(manager, x):
    with manager:
        return x


class Half:
    def __enter__(self):
        return 1


def half(x):
    with Half() as y:
        return x + y


def lock(x):
    with LOCK:
        return x


LOCK = threading.Lock()


def not_classes(x):
    with contextlib.suppress(x):
        return x // 0
    return 1


def in_a_list(x):
    return [contextlib.nullcontext(x)]


@contextlib.contextmanager
def by_generator():
    yield 1


def of_a_generator(x):
    with by_generator() as y:
        return x + y


def suppress_by_keyword(x):
    with contextlib.suppress(exceptions=ValueError):
        return x


@pytest.mark.skipif(IDENTITY, reason="about refusals")
@pytest.mark.parametrize(
    ("func", "code"),
    [(half, "CB0211"), (not_classes, "CB0407"), (of_a_generator, "CB0506"),
     (suppress_by_keyword, "CB0410"), (in_a_list, "CB0320"), (lock, "CB0402")],
)  # fmt: skip
def test_refused(func, code):
    refused(func, 2, _code=code)


@pytest.mark.skipif(IDENTITY, reason="about refusals")
def test_what_is_no_manager():
    error = refused(by_name, 1, 2, _code="CB0211", _raises=TypeError)
    assert "with manager:\n" in str(error)
    assert "contextlib.suppress" in str(error)


def errors_raised(a):
    with np.errstate(divide="raise"):
        return 1 / a


def errors_in_a_mode(a, mode):
    with np.errstate(all=mode):
        return 1 / a


def errors_of_no_kind(a):
    with np.errstate(underflow="ignore"):
        return 1 / a


def errors_called(a):
    with np.errstate(call=None, all="call"):
        return 1 / a


def errors_called_back(a):
    with np.errstate(call=print, all="call"):
        return 1 / a


@pytest.mark.parametrize("function", [errors_raised, errors_called])
def test_modes_of_errstate_that_raise(function):
    assert (jit(function)(np.ones(2)) == 1.0).all()
    told = []
    for called in (function, jit(function)):
        with pytest.raises((FloatingPointError, NameError)) as error:
            called(np.array([1.0, 0.0]))
        told.append((type(error.value), str(error.value), error.traceback[-1].lineno))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (errors_in_a_mode, "must be a constant"),
        (errors_of_no_kind, "underflow"),
        (errors_called_back, "call"),
    ],
)
def test_modes_of_errstate_that_are_refused(function, words):
    with pytest.raises(CompileError) as error:
        jit(function)(*(np.ones(2), "ignore")[: function.__code__.co_argcount])
    assert words in str(error.value)

"""Threads: the same dispatchers called, compiled and given up by many at once.

Compiled code runs without the GIL, so these tests overlap for real. What is checked is
results, not speed: no timing decides about success. Interrupts are in `test_bad_input.py`.
"""

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.python.harness import IDENTITY, define, jit

THREADS = 8


def together(count, run):
    """Run `run(number)` in many threads that start at the same moment; their results."""
    barrier = threading.Barrier(count)

    def start(number):
        barrier.wait()
        return run(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(start, n) for n in range(count)]]


@pytest.fixture(autouse=True)
def switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_the_first_call_of_many_threads_at_once():
    for _ in range(10):
        func = jit(define("""
        def f(n):
            s = 0
            for i in range(n):
                s += i * i % 7
            return s
        """))
        expected = sum(i * i % 7 for i in range(1000))
        assert together(THREADS, lambda _: func(1000)) == [expected] * THREADS  # noqa: B023


def test_different_types_at_once():
    func = jit(define("""
    def f(a, x):
        s = x * 0
        for i in range(a.shape[0]):
            s += a[i] * x
        return s
    """))
    dtypes = ["int64", "float64", "float32", "complex128", "int32", "uint8", "int16", "uint32"]

    def run(number):
        a = np.arange(50).astype(dtypes[number])
        x = a.dtype.type(2)
        return [func(a, x) for _ in range(20)]

    for number, results in enumerate(together(len(dtypes), run)):
        a = np.arange(50).astype(dtypes[number])
        total = a.dtype.type(0)
        with np.errstate(over="ignore"):
            for item in a:
                total += item * a.dtype.type(2)
        assert all(type(r) is a.dtype.type and r == total for r in results)


def test_callers_of_one_another_compile_at_once():
    text = """
    @jit
    def even(n):
        if n == 0:
            return True
        return odd(n - 1)

    @jit
    def odd(n):
        if n == 0:
            return False
        return even(n - 1)
    """
    for _ in range(10):
        even = define(text, "even")
        odd = even.__globals__["odd"] if hasattr(even, "__globals__") else even.py_func.__globals__["odd"]
        functions = [even, odd]
        results = together(THREADS, lambda n: functions[n % 2](40 + n))  # noqa: B023
        # even(40), odd(41), even(42), ...: all hold.
        assert results == [True] * THREADS


def test_results_do_not_mix():
    func = jit(define("""
    def f(n, value):
        a = np.zeros(n)
        for i in range(n):
            a[i] = value + i
        b = a[1:]
        return a, b, value
    """))

    def run(number):
        for turn in range(200):
            a, b, value = func(50 + number, number * 1000.0 + turn)
            assert value == number * 1000.0 + turn
            assert a.shape == (50 + number,)
            assert (a == value + np.arange(50 + number)).all()
            assert np.shares_memory(a, b)
        return True

    assert all(together(THREADS, run))


def test_exceptions_stay_with_their_thread():
    func = jit(define("""
    def f(a, i, d):
        b = np.zeros(10)
        b[0] = a[i]
        return b[0] + 1 // d
    """))
    a = np.arange(5.0)

    def run(number):
        seen = set()
        for _ in range(200):
            try:
                func(a, number, number % 3)
                seen.add("returned")
            except IndexError as error:
                assert str(error) == f"index {number} is out of bounds for axis 0 with size 5"
                seen.add("index")
            except ZeroDivisionError:
                seen.add("division")
        return seen

    results = together(THREADS, run)
    for number, seen in enumerate(results):
        expected = "index" if number >= 5 else "division" if number % 3 == 0 else "returned"
        assert seen == {expected}


def test_one_array_written_by_many():
    func = jit(define("""
    def f(a, start, step):
        for i in range(start, a.shape[0], step):
            for k in range(50):
                a[i] += 1.0
    """))
    a = np.zeros(10_000)
    together(THREADS, lambda number: func(a, number, THREADS))
    assert (a == 50.0).all()


@pytest.mark.skipif(IDENTITY, reason="CPython keeps the GIL")
def test_the_gil_is_released():
    """A thread that only runs Python makes progress while compiled code runs."""
    func = jit(define("""
    def f(flag, turns, n):
        # The store may be to the flag's memory, so the flag is read in each turn.
        while flag[0] == 0.0 and turns[0] < n:
            turns[0] += 1.0
        return flag[0]
    """))
    flag, turns = np.zeros(1), np.zeros(1)
    assert func(flag, turns, 10.0) == 0.0

    def answer():
        flag[0] = 1.0

    timer = threading.Timer(0.05, answer)
    timer.start()
    # Kept by the GIL, the answer could only come after the end of the loop.
    result = func(flag, turns, 3e9)
    timer.join()
    assert result == 1.0


def test_a_global_changes_while_others_call():
    func = define("""
    K = 0
    def f(n):
        s = 0
        for i in range(n):
            s += K
        return s
    """)
    compiled = jit(func)
    compiled(1)
    done = threading.Event()

    def change():
        for value in range(20):
            func.__globals__["K"] = value
            compiled(1)
        done.set()

    def run(number):
        if number == 0:
            change()
            return True
        while not done.is_set():
            result = compiled(10)
            assert 0 <= result <= 190
        return True

    assert all(together(4, run))
    assert compiled(10) == 190


def test_dispatchers_come_and_go():
    def run(number):
        for turn in range(10):
            func = jit(define(f"def f(x):\n    a = np.ones(4)\n    return x + {number} * {turn} + a[0]"))
            assert func(1.0) == 2.0 + number * turn
            del func
        return True

    assert all(together(4, run))
    gc.collect()


def test_deep_recursion_in_threads():
    func = define("""
    @jit
    def f(n):
        return f(n + 1) + 1
    """)

    def run(_):
        with pytest.raises(RecursionError):
            func(0)
        return True

    assert all(together(4, run))


def long(lines, **options):
    """A function whose compilation takes long."""
    text = ["def f(x):", "    a = b = c = x"]
    for number in range(lines):
        if number % 8 == 0:
            text.append(f"    for i in range({number + 3}):\n        a, b, c = b * 0.5 + i, c * 0.5 - a * 0.25, a * 0.5 + x")
        else:
            text.append(f"    a = a * 0.25 + b * 0.5 - c * 0.{number}")
    return jit(define("\n".join([*text, "    return a, b, c"])), cache=False, **options)


@pytest.mark.parametrize(("tier", "lines"), [("best", 200), ("fast", 600)])
def test_others_go_on_while_a_long_function_is_compiled(tier, lines):
    """Nobody is made to give the GIL up here, so others run when it is let go."""
    func, turns, done = long(lines, tier=tier), 0, False

    def count():
        nonlocal turns
        while not done:
            turns += 1
            time.sleep(0.0001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        sys.setswitchinterval(1000)
        before = turns
        result = func(1.5)
        after = turns
    finally:
        sys.setswitchinterval(1e-5)
        done = True
        thread.join()
    assert result == func.py_func(1.5)
    assert after - before > 5


FORKING = """
import os, signal, threading, time
from tests.python.test_threads import long
func = long(200, tier="best")
expected = func.py_func(1.5)
found = []
thread = threading.Thread(target=lambda: found.append(func(1.5)))
thread.start()
statuses = []
while not found and len(statuses) < 5:
    time.sleep(0.005)
    child = os.fork()
    if not child:
        signal.alarm(60)
        os._exit(0 if func(1.5) == expected else 1)
    statuses.append(child)
thread.join()
assert found == [expected]
assert statuses
assert [os.waitpid(child, 0)[1] for child in statuses] == [0] * len(statuses)
"""


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_child_compiles_what_another_thread_was_about_to():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

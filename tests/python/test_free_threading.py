"""Free-threaded Python: what runs without the GIL, what asks for it, and many threads at once.

Each program runs in a process of its own, since the GIL, once it was taken, stays. On builds
with the GIL there is nothing to see: the first test shows that nothing is asked for there.
"""

import os
import subprocess
import sys
import sysconfig
import textwrap

import pytest

FREE = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

only_free = pytest.mark.skipif(not FREE, reason="a build of Python with the GIL")

HEAD = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from cumbia import jit

def has_gil():
    return getattr(sys, "_is_gil_enabled", lambda: True)()

class Point:
    def __init__(self, x):
        self.x = x

@jit
def add(a, b):
    return a + b

@jit
def first(values):
    return values[0]

@jit
def total(values):
    result = 0.0
    for value in values:
        result += value
    return result

@jit
def x_of(point):
    return point.x

def in_threads(count, work):
    ready = threading.Barrier(count)
    def one(i):
        ready.wait()
        return work(i)
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
"""


def run(tmp_path, text, gil=None):
    """Run a program; its output and its warnings."""
    path = tmp_path / "program.py"
    path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHON_GIL", "PYTHONWARNINGS")}
    env = {**kept, "CUMBIA_CACHE_DIR": str(tmp_path / "cache")}
    if gil is not None:
        env["PYTHON_GIL"] = gil
    done = subprocess.run(
        [sys.executable, str(path)], env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


CONTAINERS = """
print(first([4, 5]), total([1.5, 2.5]), x_of(Point(3)))
print(has_gil())
"""


def test_containers_are_read_with_the_gil(tmp_path):
    out, told = run(tmp_path, CONTAINERS)
    assert out.split() == ["4", "4.0", "3", "True"]
    assert ("cumbia._needs_gil" in told) == FREE


@only_free
def test_numbers_and_arrays_leave_the_gil_alone(tmp_path):
    out, told = run(
        tmp_path,
        """
        a = np.arange(6.0)
        print(add(1, 2), add(a, a)[5], first((4, 2.5)), first(a), total(a[::2]), add(None is None, 1))
        print(add(np.float32(1), np.float32(2)), add(1 + 2j, 1))
        try:
            first(np.zeros(0))
        except IndexError as error:
            print("IndexError")
        print(has_gil())
        """,
    )
    assert out.split() == "3 10.0 4 0.0 6.0 2 3.0 (2+2j) IndexError False".split()
    assert told == ""


@only_free
@pytest.mark.parametrize(
    "text",
    [
        "first([1])",
        "total({1.0, 2.0})",
        "total({1.0: 2})",
        "x_of(Point(1))",
        "first(bytearray(b'ab'))",
        "first(np.zeros(2, [('a', 'f8')]))",
        "jit(words)('ab')",
        "jit(count)(3)",
        "jit(known)(0)",
    ],
)
def test_what_needs_it_is_refused_where_it_is_forbidden(tmp_path, text):
    out, told = run(
        tmp_path,
        f"""
        KNOWN = [1, 2]
        def words(text):
            return text + text
        def count(n):
            for i in range(n):
                yield i
        def known(i):
            return KNOWN[i]
        for _ in range(2):
            try:
                {text}
            except (RuntimeError, TypeError) as error:
                print("GIL" in str(error) or "KNOWN" in str(error))
        print(add(1, 2), has_gil())
        """,
        gil="0",
    )
    assert out.split() == ["True", "True", "3", "False"], told


@only_free
def test_64_threads_call_a_new_function(tmp_path):
    out, _ = run(
        tmp_path,
        """
        a = np.arange(100.0)
        def work(i):
            return [(add(i, 1), add(i + 0.5, 1), total(a), first((i, 2.5))) for _ in range(200)]
        for i, got in enumerate(in_threads(64, work)):
            assert got == [(i + 1, i + 1.5, 4950.0, i)] * 200
        print(add.stats.calls, add.stats.compiles, total.stats.compiles, has_gil())
        """,
    )
    assert out.split() == [str(64 * 400), "2", "1", "False"]


@only_free
def test_code_is_replaced_while_threads_run_it(tmp_path):
    """A global changes, code is compiled again, and types alternate, all at once."""
    out, _ = run(
        tmp_path,
        """
        K = 1
        @jit
        def scaled(x):
            return x * K
        def work(i):
            global K
            for turn in range(600):
                if i == 0 and turn % 20 == 0:
                    K = 1 + turn % 3
                if i == 1 and turn % 100 == 0:
                    scaled.recompile()
                x = (6, 6.0, np.float32(6), True)[(turn + i) % 4]
                assert scaled(x) / x in (1, 2, 3), (x, scaled(x))
            return True
        print(all(in_threads(8, work)), has_gil())
        """,
    )
    assert out.split() == ["True", "False"]


@only_free
def test_dispatchers_come_and_go_in_threads(tmp_path):
    out, _ = run(
        tmp_path,
        """
        import gc, weakref
        def plain(x, y):
            return x * 2 + y
        gone = []
        def work(i):
            for _ in range(5):
                compiled = jit(plain)
                assert compiled(i, 0.5) == i * 2 + 0.5
                gone.append(weakref.ref(compiled))
            return True
        in_threads(8, work)
        gc.collect()
        print(sum(one() is not None for one in gone), has_gil())
        """,
    )
    assert out.split() == ["0", "False"]


@only_free
def test_loops_on_threads_from_threads(tmp_path):
    out, _ = run(
        tmp_path,
        """
        from cumbia import prange
        @jit(parallel=True)
        def squares(a):
            result = np.empty_like(a)
            for i in prange(len(a)):
                result[i] = a[i] * a[i]
            return result
        a = np.arange(50_000.0)
        def work(i):
            return all(np.array_equal(squares(a), a * a) for _ in range(5))
        print(all(in_threads(8, work)), has_gil())
        """,
    )
    assert out.split() == ["True", "False"]

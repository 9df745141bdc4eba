"""Threads whose floating-point control a library has changed: results stay those of the default.

`docs/decisions/0050-floating-point-control.md` says why. What compiled code gives is compared
with the undecorated function on a thread that nobody changed; the thread gets its own control
back.
"""

import contextlib
import ctypes
import platform
import threading

import numpy as np
import pytest

from cumbia import jit, prange

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
    reason="the layout of glibc's fenv_t on x86-64",
)

TINY = 2.2250738585072014e-308

FLUSH = 0x8040
"""Subnormal results and operands are zeros."""
TO_ZERO = 0x6000
"""Rounding to zero."""
TRAPS = {"divide": 0x0200, "overflow": 0x0400, "invalid": 0x0080, "inexact": 0x1000}
"""Masks of traps, to be taken away."""


def environment():
    """`fegetenv`: 28 bytes of the old unit, then the control and status word."""
    words = (ctypes.c_uint32 * 8)()
    libm = ctypes.CDLL("libm.so.6")
    assert libm.fegetenv(words) == 0
    return libm, words


def control() -> int:
    return environment()[1][7] & 0xFFC0


@contextlib.contextmanager
def floats(set_bits=0, cleared=0):
    """The bits of the control word of this thread changed."""
    libm, words = environment()
    before = words[7]
    words[7] = (before & 0xFFC0 | set_bits) & ~cleared
    assert libm.fesetenv(words) == 0
    try:
        yield words[7] & 0xFFC0
    finally:
        words[7] = before
        libm.fesetenv(words)


def halves(x):
    return x * 0.5, x / 3.0, 1.0 + x * 1e300


def sums(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] / 3.0
    return s


def elementwise(a):
    return np.exp(a) * 0.1 + a / 7.0


def dot(a):
    return a @ a


def items(n):
    for i in range(1, n):
        yield TINY / i


def constant():
    return 2.2250738585072014e-308 / 3.0 + 1e-310


def divided(a):
    return a / (a - a)


ARRAY = np.array([TINY, 0.1, 1.0, -3.7, 1e-310, 700.0])

CASES = [
    (halves, (TINY,)),
    (halves, (0.1,)),
    (sums, (ARRAY,)),
    (elementwise, (ARRAY,)),
    (dot, (np.full(7, 1e-155),)),
    (lambda n: list(items(n)), (4,)),
    (constant, ()),
]


@pytest.mark.parametrize(("function", "args"), CASES)
@pytest.mark.parametrize(
    ("set_bits", "cleared"),
    [(FLUSH, 0), (TO_ZERO, 0), (FLUSH | TO_ZERO, 0), (0, sum(TRAPS.values()))],
    ids=["flush", "to zero", "both", "traps"],
)
def test_results_are_those_of_the_default(function, args, set_bits, cleared):
    compiled = jit(function)
    expected = jit(function)(*args)
    with floats(set_bits, cleared) as word:
        # The first call compiles under this control, too.
        got = [compiled(*args), compiled(*args)]
        after = control()
    assert after == word
    for one in got:
        np.testing.assert_array_equal(one, expected, strict=isinstance(one, np.ndarray))
    if function is not dot:
        np.testing.assert_allclose(expected, function(*args), rtol=1e-15)


def test_flushing_would_show():
    """The cases tell the difference: Python itself flushes there."""
    half = 0.5
    with floats(FLUSH):
        flushed = TINY * half
    assert flushed == 0.0 != TINY * half


def test_generators_and_exceptions():
    @jit
    def failing(x):
        return 1.0 / (x * 0.5)

    items_of = jit(items)
    assert failing(TINY) == 1.0 / (TINY * 0.5)
    with floats(FLUSH) as word:
        # Half of it would be zero.
        got = failing(TINY)
        with pytest.raises(ZeroDivisionError):
            failing(0.0)
        within = control()
        drawn = []
        waiting = items_of(5)
        for item in waiting:
            drawn.append(item)
            assert control() == word
    assert within == word
    assert got == 1.0 / (TINY * 0.5)
    assert drawn == [TINY / i for i in range(1, 5)]


def test_tier_2_and_its_thread():
    """The compiling thread is begun by a thread with another control."""

    @jit
    def folded(n):
        s = 0.0
        for i in range(n):
            s += 2.2250738585072014e-308 / 3.0 + i * 1e-310
        return s

    # Not `sum`, which rounds once since 3.12.
    expected = folded.py_func(1000)
    with floats(FLUSH | TO_ZERO):
        results = [folded(1000)]
        folded.wait(60)
        results.append(folded(1000))
    assert results == [expected] * 2


def test_traps_kill_nobody():
    """What divides by zero without a trace in NumPy doesn't raise SIGFPE."""
    compiled = jit(divided)
    with np.errstate(all="ignore"):
        expected = divided(ARRAY)
        with floats(0, TRAPS["divide"] | TRAPS["invalid"]):
            got = compiled(ARRAY)
        np.testing.assert_array_equal(got, expected)


def test_other_threads_keep_theirs():
    compiled, words = jit(halves), {}

    def work(set_bits):
        with floats(set_bits):
            results = [compiled(TINY) for _ in range(1000)]
            words[set_bits] = control() & 0xE040, results

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (0, FLUSH, TO_ZERO)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    # Compared on this thread: equality and hashes flush as well.
    expected = [halves(TINY)] * 1000
    assert words == {bits: (bits, expected) for bits in (0, FLUSH, TO_ZERO)}


def test_threads_of_a_parallel_loop():
    """Whatever control their starter had, and whatever the caller's has become."""

    @jit(parallel=True)
    def halved(a, out):
        for i in prange(a.shape[0]):
            out[i] = a[i] * 0.5

    a = np.full(100_000, TINY)
    for set_bits in (FLUSH, 0, FLUSH | TO_ZERO):
        out = np.zeros_like(a)
        with floats(set_bits):
            halved(a, out)
        assert (out == TINY / 2).all()

"""Fixed bugs, each with the smallest program that showed it."""

import importlib.util
import signal
import threading
import time

import numpy as np
import pytest
from cumbia import SourceError
from harness import IDENTITY, CompileError, check, jit


def item(a, i):
    return a[i]


def cell(a, i, j):
    return a[i, j]


@pytest.mark.parametrize("i", [2**63, 2**64 - 1, 2**63 - 1, 2, 1])
def test_uint64_index_beyond_the_signed_range(i):
    check(item, np.arange(2.0), np.uint64(i))
    check(cell, np.eye(2), 1, np.uint64(i))
    # NumPy reads all numbers of an index before it looks at an extent.
    check(cell, np.eye(2), 7, np.uint64(i))


def counted(start, stop, step):
    n = 0
    for i in range(start, stop, step):
        n += 1
        if n > 5:
            return n, i
    return n, 0


@pytest.mark.skipif(IDENTITY, reason="about a deviation")
@pytest.mark.parametrize("bounds", [(2**63 + 5, 2**63 + 8, 1), (2**63 + 8, 2**63 + 5, -1), (0, 2**64 - 1, 1)])
def test_ranges_between_uint64_beyond_the_signed_range(bounds):
    # The items would be integers beyond 64 bits.
    start, stop, step = bounds
    with pytest.raises(OverflowError):
        jit(counted)(np.uint64(start), np.uint64(stop), step)
    check(counted, np.uint64(2), np.uint64(2**63 - 1), step)


def new_shape(shape):
    return np.zeros(shape).shape


@pytest.mark.skipif(IDENTITY, reason="about refusals")
@pytest.mark.parametrize("shape", [True, np.True_, (True, 2), (1,) * 65, (1,) * 256, (1,) * 300])
def test_shapes_that_numpy_refuses(shape):
    with pytest.raises((TypeError, ValueError)):
        new_shape(shape)
    with pytest.raises(CompileError) as error:
        jit(new_shape)(shape)
    assert error.value.code == "CB0505"


def test_as_many_dimensions_as_numpy_has():
    check(new_shape, (1,) * 64)


def many_axes(a):
    return a[None, None, ...]


@pytest.mark.skipif(IDENTITY, reason="about refusals")
def test_new_axes_beyond_the_limit_are_refused():
    check(many_axes, np.zeros((1,) * 62))
    with pytest.raises(IndexError, match="would have 65"):
        many_axes(np.zeros((1,) * 63))
    with pytest.raises(CompileError, match="would have 65"):
        jit(many_axes)(np.zeros((1,) * 63))


@jit
def branching(n):
    if n == 0:
        return 1
    return branching(n - 1) + branching(n - 1)


@jit
def even_branching(n):
    if n == 0:
        return 1
    return odd_branching(n - 1) + odd_branching(n - 1)


@jit
def odd_branching(n):
    return even_branching(n - 1) + even_branching(n - 1)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
@pytest.mark.parametrize("recursive", [branching, even_branching])
def test_recursion_without_loops_is_interrupted(recursive):
    class Stop(Exception):
        pass

    def stop(*_):
        raise Stop

    # Compiled beforehand: what follows is to be spent in compiled code.
    recursive(2)
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    started = time.monotonic()
    try:
        with pytest.raises(Stop):
            recursive(60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 5


@jit
def depth(n):
    return 0 if n == 0 else depth(n - 1) + 1


@jit
def endless(n):
    return endless(n + 1) + 1


@pytest.mark.parametrize("size", [128 * 1024, 256 * 1024])
def test_small_thread_stacks_are_usable_and_checked(size):
    # Compiled beforehand: compiling needs more stack than running.
    depth(1)
    with pytest.raises(RecursionError):
        endless(0)
    found = []

    def body():
        found.append(depth(200))
        try:
            endless(0)
        except RecursionError as error:
            found.append(type(error))

    before = threading.stack_size(size)
    try:
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert found == [200, RecursionError]


def test_two_numpy_dtypes_do_not_join():
    # In a common dtype the arithmetic that follows wouldn't wrap as NumPy's does.
    @jit
    def widened(a):
        s = a[0]
        for i in range(len(a)):
            s = s * a[i] + 1.1
        return s

    for n in (1, 2, 3):
        given = np.array([100, 100, 100], np.int8)[:n]
        want, got = widened.py_func(given), widened(given)
        assert want == got and type(want) is type(got)

    @jit
    def kept(a):
        s = 0
        for i in range(len(a)):
            s = s + a[i]
        return s

    with np.errstate(over="ignore"):
        expected = kept.py_func(np.array([100, 100], np.int8))
    got = kept(np.array([100, 100], np.int8))
    assert got == expected and got.dtype == expected.dtype


def test_compiling_in_a_thread_with_a_small_stack():
    @jit
    def nested(x):
        return ((((((((((((((((((((x + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2) + 1) * 2)

    results = []
    before = threading.stack_size(64 * 1024)
    try:
        thread = threading.Thread(target=lambda: results.append(nested(3)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert results == [nested.py_func(3)]


def test_a_chain_too_long_for_pythons_parser(tmp_path):
    module = tmp_path / "chain.py"
    module.write_text("def f(x):\n    return " + " + ".join(["x"] * 1000) + "\n")
    spec = importlib.util.spec_from_file_location("chain", module)
    loaded = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(loaded)
    except RecursionError:
        pytest.skip("this Python can't compile the chain itself")
    try:
        compiled = jit(loaded.f)
    except SourceError as error:
        assert "CB0106" in str(error)
    else:
        assert compiled(1) == 1000


def test_a_step_of_one_that_is_known_late_makes_a_plain_slice():
    def assigned(items, start, stop, step, new):
        items[start:stop:step] = new
        return items

    for start, stop, step in ((0, 2, 1), (2, 1, 1), (1, 9, 1), (0, 4, 2), (3, 0, -1), (None, None, 1)):
        for new in ([], [7], [7, 8], [7, 8, 9]):
            check(assigned, [1, 2, 3, 4], start, stop, step, new)


def test_limits_of_a_dtype_are_results():
    @jit
    def limits(x):
        return np.finfo(x), (np.iinfo(np.int8), 1)

    floats, (integers, _) = limits(np.float32(1))
    assert isinstance(floats, np.finfo) and floats.dtype == np.float32
    assert isinstance(integers, np.iinfo) and integers.max == 127


def test_a_copy_of_what_is_read_only_can_be_written():
    def unfolded(x):
        many = np.swapaxes(np.broadcast_to(x, (2, *x.shape)), 0, 1).ravel()
        many[0] = 9
        return many

    check(unfolded, np.arange(6).reshape(2, 3))
    check(unfolded, np.arange(6.0).reshape(3, 2).T)

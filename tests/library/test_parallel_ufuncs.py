"""``target="parallel"``: the same results as on one thread, whatever their number."""

import os
import subprocess
import sys
import threading
import traceback

import numpy as np
import pytest
from cumbia import get_num_threads, guvectorize, set_num_threads, vectorize
from cumbia._cumbia import live_allocations

SIZES = [0, 1, 100, 4095, 4096, 50_001]


def logistic(x, r):
    for _ in range(5):
        x = r * x * (1 - x)
    return x


@pytest.fixture(params=[1, 2, 3, 7])
def threads(request):
    before = get_num_threads()
    try:
        set_num_threads(request.param)
    except ValueError:
        pytest.skip("so many threads aren't there")
    yield request.param
    set_num_threads(before)


serial = vectorize(["f4(f4, f4)", "f8(f8, f8)"])(logistic)
parallel = vectorize(["f4(f4, f4)", "f8(f8, f8)"], target="parallel")(logistic)
dynamic = vectorize(logistic, target="parallel")


@pytest.mark.parametrize("made", [parallel, dynamic], ids=["signatures", "dynamic"])
@pytest.mark.parametrize("size", SIZES)
def test_equal_to_one_thread(threads, size, made):
    x = np.random.default_rng(size).random(size * 2).astype("float64")
    for a in (x[:size], x[::2], x[::-1], x.astype("float32"), x.reshape(2, size).T):
        for r in (3.7, a[..., ::-1]):
            expected = serial(a, r)
            result = made(a, r)
            assert result.dtype == expected.dtype
            np.testing.assert_array_equal(result, expected)
    out = np.zeros(size)
    made(x[:size], 3.5, out=out, where=x[:size] > 0.5)
    np.testing.assert_array_equal(out, np.where(x[:size] > 0.5, serial(x[:size], 3.5), 0))
    assert live_allocations() == 0


def test_in_place_and_overlapping(threads):
    x = np.random.default_rng(0).random(20_000)
    for a, b in ((slice(None), slice(None)), (slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        first, second = x.copy(), x.copy()
        serial(first[a], 3.6, out=first[b])
        parallel(second[a], 3.6, out=second[b])
        np.testing.assert_array_equal(first, second)


def test_reductions_keep_their_order(threads):
    def minus(x, y):
        return x - y * 0.5

    one = vectorize(["f8(f8, f8)"])(minus)
    many = vectorize(["f8(f8, f8)"], target="parallel")(minus)
    x = np.random.default_rng(1).random((3, 20_000))
    for axis in (0, 1):
        np.testing.assert_array_equal(one.reduce(x, axis=axis), many.reduce(x, axis=axis))
        np.testing.assert_array_equal(one.accumulate(x, axis=axis), many.accumulate(x, axis=axis))
    np.testing.assert_array_equal(one.reduceat(x[0], [0, 9000, 3]), many.reduceat(x[0], [0, 9000, 3]))
    np.testing.assert_array_equal(one.outer(x[0, :100], x[1]), many.outer(x[0, :100], x[1]))
    at, positions = np.zeros(4), np.arange(20_000) % 4
    expected = at.copy()
    many.at(at, positions, x[0])
    one.at(expected, positions, x[0])
    np.testing.assert_array_equal(at, expected)


def test_several_outputs(threads):
    def both(x, y):
        return x // y, x % y

    made = vectorize(["(i8, i8)"], target="parallel")(both)
    a, b = np.arange(30_000) - 15_000, np.arange(30_000) % 7 + 1
    for result, expected in zip(made(a, b), np.divmod(a, b)):
        np.testing.assert_array_equal(result, expected)


def test_the_first_exception_leaves(threads):
    def checked(x):
        if x % 10_000 == 9_999:
            raise ValueError(x)
        return x

    made = vectorize(["i8(i8)"], target="parallel")(checked)
    with pytest.raises(ValueError) as caught:
        made(np.arange(50_000))
    assert caught.value.args == (9_999,)
    assert [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][-1] == "checked"
    assert live_allocations() == 0


def test_generalized(threads):
    @guvectorize(["(f8[:], f8[:])"], "(n)->(n)", target="parallel")
    def running(x, out):
        total = 0.0
        for i in range(len(x)):
            total += x[i]
            out[i] = total

    for shape in ((0, 3), (3, 0), (1, 5000), (2, 3), (5000, 3), (7, 11, 13)):
        x = np.random.default_rng(3).random(shape)
        np.testing.assert_array_equal(running(x), np.cumsum(x, axis=-1))
        np.testing.assert_array_equal(running(x, axis=0), np.cumsum(x, axis=0))


def test_several_callers():
    x = np.random.default_rng(4).random(30_000)
    expected, wrong = serial(x, 3.9), []

    def work():
        for _ in range(20):
            if not np.array_equal(parallel(x, 3.9), expected):
                wrong.append(1)

    callers = [threading.Thread(target=work) for _ in range(4)]
    [one.start() for one in callers]
    [one.join() for one in callers]
    assert not wrong


@pytest.mark.skipif("CUMBIA_NUM_THREADS" in os.environ, reason="these are the other numbers")
def test_more_threads_than_cores():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "CUMBIA_NUM_THREADS": "7"}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0 and "so many threads" not in done.stdout, done.stdout[-3000:]

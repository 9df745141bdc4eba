"""Random numbers in loops over `prange`: a stream for each turn, whatever runs it."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import random

import cumbia
import numpy as np
import pytest
from cumbia import jit, prange


def uniform(n):
    out = np.empty(n)
    for i in prange(n):
        out[i] = np.random.random()
    return out


def mixed(n):
    out = np.empty(n)
    for i in prange(n):
        if i % 3 == 0:
            out[i] = random.random() + random.gauss(0, 1)
        else:
            out[i] = np.random.randint(0, 1000) + np.random.normal()
    return out


def reversed_turns(n):
    out = np.empty(n)
    for i in prange(n - 1, -1, -1):
        out[i] = np.random.exponential()
    return out


@jit(parallel=True)
def called(m):
    s = 0.0
    for _ in prange(m):
        s += np.random.random()
    return s


def nested(n):
    out = np.empty(n)
    for i in prange(n):
        out[i] = called(3) + np.random.random()
    return out


def seeded_within(n):
    out = np.empty(n)
    for i in prange(n):
        if i == 3:
            np.random.seed(7)
        out[i] = np.random.random()
    return out


@pytest.mark.parametrize("func", [uniform, mixed, reversed_turns, nested, seeded_within])
def test_every_number_of_threads_draws_the_same(func):
    most = cumbia.get_num_threads()
    found = set()
    try:
        for schedule in ("guided", "dynamic"):
            compiled = jit(parallel=True, cache=False, schedule=schedule)(func)
            for threads in (1, 2, 3, 7):
                cumbia.set_num_threads(min(threads, most))
                np.random.seed(5)
                random.seed(6)
                drawn = compiled(700)
                # All turns have their own, and the streams go on behind the loop.
                assert len(np.unique(drawn)) == 700
                found.add((drawn.tobytes(), np.random.random(), random.random()))
    finally:
        cumbia.set_num_threads(most)
    assert len(found) == 1


def test_what_is_drawn_is_uniform_and_new_each_time():
    compiled = jit(parallel=True, cache=False)(uniform)
    np.random.seed(1)
    first, second = compiled(100_000), compiled(100_000)
    assert not np.array_equal(first, second)
    # Four standard deviations of the counts of 100 equal bins.
    counts = np.histogram(first, 100, (0, 1))[0]
    assert abs(counts - 1000).max() < 4 * np.sqrt(1000 * 0.99) * 1.25
    # Neighbours have nothing in common: 4 standard deviations of the coefficient.
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 4 / np.sqrt(100_000)


def test_without_threads_the_stream_is_that_of_python():
    np.random.seed(3)
    given = jit(cache=False)(uniform)(20)
    np.random.seed(3)
    assert np.array_equal(given, uniform(20))


def test_only_streams_that_are_drawn_from_move():
    compiled = jit(parallel=True, cache=False)(uniform)
    random.seed(1)
    before = random.getstate()
    compiled(10)
    assert random.getstate() == before


def test_the_stream_goes_on_behind_an_exception():
    @jit(parallel=True, cache=False)
    def fails(n):
        r = 0.0
        try:
            for i in prange(n):
                if np.random.random() > -1.0 and i == 5:
                    raise ValueError("no")
        except ValueError:
            r = np.random.random()
        return r

    np.random.seed(2)
    np.random.randint(0, 2**32, dtype=np.uint32)
    np.random.randint(0, 2**32, dtype=np.uint32)
    wanted = np.random.random()
    np.random.seed(2)
    # The loop has taken two words for its key.
    assert fails(10) == wanted


def test_a_generator_draws_what_numpy_draws_for_every_number_of_threads():
    """It has one stream, and the loop runs in order on one thread."""

    def drawn(rng, n):
        out, total = np.empty(n), 0.0
        for i in prange(n):
            out[i] = rng.random() + rng.integers(0, 9)
            total += rng.normal()
        return out, total

    compiled = jit(parallel=True, cache=False)(drawn)
    most = cumbia.get_num_threads()
    try:
        for n in (0, 1, 500):
            wanted, _ = drawn(np.random.default_rng(7), n)
            totals = set()
            for threads in range(1, most + 1):
                cumbia.set_num_threads(threads)
                rng = np.random.default_rng(7)
                got, total = compiled(rng, n)
                totals.add(float(total))
                assert np.array_equal(got, wanted)
            # The sum alone is rounded in the order of the blocks.
            assert len(totals) == 1
    finally:
        cumbia.set_num_threads(most)
    page = compiled.parallel_diagnostics(format="html", level=4)
    assert "Generator" in page or "generator" in page

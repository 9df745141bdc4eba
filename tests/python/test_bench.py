"""`cumbia.bench`: what it tells, and that it finds results that differ. Nothing is judged by a time."""

import json

import numpy as np
import pytest

from cumbia import bench, jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")


@jit
def doubled(a):
    for i in range(len(a)):
        a[i] *= 2.0
    return a.sum()


def test_parts_of_a_timing():
    found = bench.measure(doubled, np.ones(1000), seconds=0.01, fresh=True)
    assert found.first > 0 and found.compiling > 0 and found.result == 2000.0
    steady = found.steady
    assert 0 < steady.least <= steady.lower <= steady.median <= steady.upper
    assert steady.samples >= bench.LEAST and steady.calls == 1
    facts = json.loads(json.dumps(found.as_dict()))
    assert facts["samples"] == steady.samples and "result" not in facts


def test_what_is_not_compiled_has_no_time_of_compiling():
    found = bench.measure(len, [1, 2], seconds=0.01)
    assert found.compiling is None and found.result == 2 and found.steady.calls > 1


def test_a_second_measurement_compiles_nothing():
    @jit
    def add(a, b):
        return a + b

    assert bench.measure(add, 1, 2, seconds=0.01).compiling > 0
    assert bench.measure(add, 1, 2, seconds=0.01).compiling == 0
    # Other types are compiled anew.
    assert bench.measure(add, 1.0, 2, seconds=0.01).compiling > 0


def test_fresh_arguments_and_the_same_ones():
    @jit
    def raised(a):
        for i in range(len(a)):
            a[i] += 1.0

    a = np.ones(3)
    bench.measure(raised, a, seconds=0.01, fresh=True)
    assert (a == 1).all()
    bench.measure(raised, a, seconds=0.01)
    assert (a > 1).all()


def test_comparing():
    found = bench.compare({"python": doubled.py_func, "cumbia": doubled}, np.arange(100.0), seconds=0.01)
    assert found.timings["python"].compiling is None
    assert found.ratio("python", "python") == 1.0
    lines = str(found).splitlines()
    assert lines[0].split()[:2] == ["first", "call"] and [line.split()[0] for line in lines[1:]] == ["python", "cumbia"]
    assert set(json.loads(json.dumps(found.as_dict()))) == {"python", "cumbia"}


@pytest.mark.parametrize(
    "other",
    [lambda a: float(a.sum() * 2), lambda a: a.sum() * 2 + 1e-12, lambda a: (a.fill(0), a.sum())[1] + 12.0],
    ids=["type", "value", "argument"],
)
def test_results_that_differ(other):
    with pytest.raises(bench.ResultsDiffer, match="^other gives .*, cumbia gives .*to the bit"):
        bench.compare({"cumbia": doubled, "other": other}, np.arange(4.0), seconds=0.01)


def test_same_by_what_one_says():
    two = {"cumbia": doubled, "other": lambda a: a.sum() * 2 + 1e-12}
    bench.compare(two, np.arange(4.0), seconds=0.01, same=np.testing.assert_allclose)
    bench.compare(two, np.arange(4.0), seconds=0.01, same=lambda a, b: abs(a - b) < 1e-9)
    with pytest.raises(bench.ResultsDiffer, match="not the same by"):
        bench.compare(two, np.arange(4.0), seconds=0.01, same=lambda a, b: a == b)
    with pytest.raises(bench.ResultsDiffer, match="Not equal to tolerance"):
        bench.compare({"a": lambda: 1.0, "b": lambda: 2.0}, seconds=0.01, same=np.testing.assert_allclose)


def test_settled_is_done_compiling():
    @jit
    def summed(a):
        s = 0.0
        for x in a:
            s += x
        return s

    a = np.ones(10000)
    assert bench.settled(summed, a) is summed
    before = dict(summed.stats.times)
    summed(a)
    assert summed.stats.times == before
    assert bench.settled(len, "ab") is len


def test_wrong_words():
    with pytest.raises(ValueError, match="more than 0"):
        bench.measure(len, [], seconds=0)
    with pytest.raises(ValueError, match="nothing to compare"):
        bench.compare({})


@pytest.mark.parametrize("error", [ValueError("no"), ZeroDivisionError()])
def test_errors_of_the_function_come_through(error):
    def fails():
        raise error

    with pytest.raises(type(error)):
        bench.measure(fails)


def test_digest_tells_bits_apart():
    same = [(np.nan, -np.nan), ({1: [2.0]}, {1: [2.0]}), ({3, 1}, {1, 3}), (2**80, 2**80), (np.ones(2), np.ones(4)[::2])]
    other = [(0.0, -0.0), (1, 1.0), (1, True), (np.float32(1), np.float64(1)), ([1], (1,)), (None, 0), ("a", b"a"), (np.ones((2, 1)), np.ones((1, 2)))]
    assert all(bench.digest(a) == bench.digest(b) for a, b in same)
    assert all(bench.digest(a) != bench.digest(b) for a, b in other)

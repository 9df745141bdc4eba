"""The functions of `np.random` in compiled code: NumPy's legacy streams, shared with it."""

import random

import numpy as np
import pytest
from cumbia import CompileError, jit

from tests.library.calls import function
from tests.python.harness import define, differences, native, run, undecorated


def state():
    kind, words, *rest = np.random.get_state()
    return kind, words.tolist(), *rest


CHANCES = np.array([0.1, 0.2, 0.3, 0.4])
WRONG_CHANCES = [
    np.array([0.5, 0.5]),
    np.array([0.5, 0.5, 0.5, 0.5]),
    np.array([-0.5, 0.5, 1.0, 0.0]),
    np.array([np.nan, 0.5, 0.5, 0.0]),
    np.array([0.5, 0.5, 0.0, 0.0]),
    np.array([0.5, 0.5, 1e-5, 0.0], np.float32),
    np.full((2, 2), 0.25),
]


def same_stream(expression, *args, seeds=range(4), body=None):
    """Value, exception and the generator's state afterwards, for several seeds."""
    __tracebackhide__ = True
    made = body or function(expression, len(args))
    plain, files = undecorated(made)
    for seed in seeds:
        outcomes, states = [], []
        for kind in (plain, native(made)):
            np.random.seed(seed)
            copies = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
            outcomes.append(run(kind, copies, {}, files=files))
            states.append(state())
        problems = differences(*outcomes)
        assert not problems, (expression, args, seed, problems, *map(str, outcomes))
        assert states[0] == states[1], (expression, args, seed, "the state afterwards")


FLOATS = [
    "np.random.random()",
    "np.random.random(b)",
    "np.random.random_sample((2, b))",
    "np.random.ranf(3)",
    "np.random.sample()",
    "np.random.rand()",
    "np.random.rand(b)",
    "np.random.rand(2, b, 2)",
    "np.random.randn()",
    "np.random.randn(b)",
    "np.random.randn(3, b)",
    "np.random.standard_normal()",
    "np.random.standard_normal(b)",
    "np.random.normal()",
    "np.random.normal(a, 2)",
    "np.random.normal(loc=a, scale=0.5, size=b)",
    "np.random.normal(a, c, (b, 2))",
    "np.random.normal(c, a, (b, 2))",
    "np.random.uniform()",
    "np.random.uniform(a, c)",
    "np.random.uniform(-1, 1, b)",
    "np.random.uniform(low=a, high=5, size=(b, b))",
    "np.random.exponential()",
    "np.random.exponential(c, b)",
    "np.random.standard_exponential(b)",
    "np.random.lognormal(0.0, 0.5, b)",
    "np.random.lognormal()",
]


@pytest.mark.parametrize("text", FLOATS)
def test_floats(text):
    for a, b, c in [(0.5, 7, 2.5), (-3.0, 0, 1e-3), (0.0, 400, -0.0), (1e300, 2, -1e308), (3, 1, float("inf"))]:
        same_stream(text + ", a, b, c", a, b, c)


def test_integers():
    for low, high in [(0, 1), (0, 10), (-5, 300), (0, 2**32), (0, 2**32 - 1), (1, 2**33), (-(2**40), 2**61), (5, 5), (7, 3)]:
        same_stream("np.random.randint(a, b)", low, high)
        same_stream("np.random.randint(a, b, 50)", low, high)
        same_stream("np.random.randint(low=a, high=b, size=(3, 4), dtype=np.int64)", low, high)
    for n in (1, 2, 7, 2**31, 0, -3):
        same_stream("np.random.randint(a)", n)
        same_stream("np.random.randint(a, size=20)", n)
    same_stream("np.random.randint(a), np.random.randint(0, a)", np.int32(9))


def test_items():
    for n in (1, 2, 5, 100):
        same_stream("np.random.shuffle(a)\na", np.arange(n))
        same_stream("np.random.shuffle(a)\na", np.linspace(0, 1, n)[::-1])
        same_stream("np.random.permutation(a)", n)
        same_stream("np.random.permutation(a)", np.arange(n) * 1.5)
        same_stream("np.random.choice(a)", n)
        same_stream("np.random.choice(a, 7)", n)
        same_stream("np.random.choice(a, (2, 3))", n)
        same_stream("np.random.choice(a)", np.arange(n) * 1.5)
        same_stream("np.random.choice(a, 7)", np.arange(n) * 1.5)
        same_stream("np.random.choice(a, 2, replace=False)", n)
        same_stream("np.random.choice(a, 1, replace=False)", np.arange(n) * 1.5)
    same_stream("np.random.shuffle(a)\na", np.zeros(0))
    for n in (4, np.arange(4) * 1.5):
        for size in ("None", "5", "(2, 3)", "0"):
            same_stream(f"np.random.choice(a, {size}, p=b)", n, CHANCES)
        for size in ("None", "3", "4", "(2, 2)", "5", "-1", "0"):
            same_stream(f"np.random.choice(a, {size}, False, b)", n, CHANCES)
            same_stream(f"np.random.choice(a, {size}, False)", n)
    for p in WRONG_CHANCES:
        same_stream("np.random.choice(4, 3, True, a)", p)
        same_stream("np.random.choice(4, 3, False, a)", p)
    same_stream("np.random.choice(4, 3, p=a)", [0.1, 0.2, 0.3, 0.4])
    same_stream("np.random.choice([1, 2, 3], 2)")
    same_stream("np.random.choice(0, 0)")
    same_stream("np.random.choice(a)", 0)
    same_stream("np.random.choice(a)", np.zeros(0))


def test_seeds():
    for seed in (0, 1, 2**32 - 1, 2**32, -1, True, np.int64(5)):
        same_stream("np.random.randn(), np.random.seed(a), np.random.randn(), np.random.randn(), np.random.randn()", seed)


def test_the_kept_variate_goes_in_and_out():
    compiled = native(function("np.random.randn()", 0))
    np.random.seed(7)
    want = [np.random.randn() for _ in range(7)]
    np.random.seed(7)
    assert [compiled() if k in (1, 2, 5) else np.random.randn() for k in range(7)] == want


def test_both_streams_in_one_function():
    f = define(
        """
        def f(n):
            total = 0.0
            for i in range(n):
                total += np.random.rand() - random.random() * np.random.normal()
            return total
        """,
        random=random,
    )
    outcomes = []
    for kind in (f, native(f)):
        np.random.seed(3)
        random.seed(4)
        outcomes.append((kind(1000), np.random.rand(), random.random()))
    assert outcomes[0] == outcomes[1]


def test_names_of_any_kind():
    def by_name(n):
        return draw(n), normal()

    by_name.__globals__.update(draw=np.random.random, normal=np.random.standard_normal)
    same_stream("", 3, body=by_name)


REFUSED = [
    "np.random.randint(0, 5, 3, dtype=np.float64)",
    "np.random.random_integers(5)",
    "np.random.seed(1.5)",
    "np.random.seed()",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(CompileError):
        jit(function(text, 0))()


def test_another_generator_is_an_error():
    compiled = native(function("np.random.rand()", 0))
    before = np.random.get_bit_generator()
    np.random.set_bit_generator(np.random.PCG64(1))
    try:
        with pytest.raises(RuntimeError, match="Mersenne Twister"):
            compiled()
    finally:
        np.random.set_bit_generator(before)
    np.random.seed(1)
    assert compiled() == np.random.RandomState(1).rand()

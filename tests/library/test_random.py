"""The `random` module in compiled code: the streams of CPython, shared with it."""

import random
import signal
import threading
import time

import numpy as np
import pytest
from cumbia import CompileError, jit

from tests.library.calls import MODULES, function
from tests.python.harness import define, differences, native, run, undecorated


def same_stream(expression, *args, seeds=range(5), body=None):
    """Value, exception and the generator's state afterwards, for several seeds."""
    __tracebackhide__ = True
    made = body or function(expression, len(args))
    plain, files = undecorated(made)
    for seed in seeds:
        outcomes, states = [], []
        for kind in (plain, native(made)):
            random.seed(seed)
            copies = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
            outcomes.append(run(kind, copies, {}, files=files))
            states.append(random.getstate())
        problems = differences(*outcomes)
        assert not problems, (expression, args, seed, problems, *map(str, outcomes))
        assert states[0] == states[1], (expression, args, seed, "the state afterwards")


def draws(expression, name="draws"):
    """Many draws of one expression, so that rejections come up."""
    return define(
        f"""
        def {name}(a, b, c, n):
            total = 0.0
            last = {expression}
            for i in range(n):
                last = {expression}
                total += float(last) * (i % 7)
            return total, last
        """,
        **MODULES,
    )


INTEGERS = [
    "random.getrandbits(a)",
    "random.randrange(b)",
    "random.randrange(a, b)",
    "random.randrange(a, b, c)",
    "random.randint(a, b)",
]


@pytest.mark.parametrize("text", INTEGERS)
def test_integers(text):
    body = draws(text)
    for a, b, c in [(1, 10, 3), (5, 6, 1), (0, 2**40, 7), (33, 100, -3), (-(2**40), 2**61, 11), (62, 2**62, 2)]:
        if text != "random.getrandbits(a)" or 0 <= a < 64:
            same_stream(text, a, b, c, 500, body=body)
    for a, b, c in [(5, 5, 1), (9, 2, 3), (-1, 0, 5), (-5, -1, 0), (3, 7, -2), (0, -4, -9), (True, 3, 2)]:
        same_stream(text, a, b, c, 3, body=body)


FLOATS = [
    "random.random()",
    "random.uniform(a, b)",
    "random.triangular()",
    "random.triangular(a, b)",
    "random.triangular(a, b, c)",
    "random.normalvariate()",
    "random.normalvariate(a, b)",
    "random.gauss()",
    "random.gauss(mu=a, sigma=b)",
    "random.lognormvariate(a, b)",
    "random.expovariate(a)",
    "random.vonmisesvariate(a, b)",
    "random.gammavariate(a, b)",
    "random.betavariate(a, b)",
    "random.paretovariate(a)",
    "random.weibullvariate(a, b)",
]


@pytest.mark.parametrize("text", FLOATS)
def test_distributions(text):
    body = draws(text)
    for a, b, c in [(0.5, 2.5, 1.0), (1.0, 1.0, 0.9), (2.5, 0.25, 2.0), (7.5, 30.0, 8.0), (0.01, 1e-7, 0.5), (1, 4, 2)]:
        same_stream(text, a, b, c, 300, body=body)
    # Zero, negative and huge parameters; not infinite ones, for which some never end.
    for a, b, c in [(0.0, 1.0, 0.5), (-1.0, 2.0, 3.0), (1.0, -0.5, 0.0), (800.0, 1.0, 1.0), (1e-3, 1e-3, 0.0)]:
        same_stream(text, a, b, c, 2, body=body)


def test_choice_and_shuffle():
    same_stream("random.choice(a)", (3, 1, 4, 1, 5))
    same_stream("random.choice(a)", (2.5,))
    same_stream("random.choice(a)", np.arange(17))
    same_stream("random.choice(a)", np.zeros(0))
    same_stream("random.choice(a)[1]", np.arange(12.0).reshape(6, 2))
    for n in (0, 1, 2, 5, 100):
        same_stream("random.shuffle(a)\na", np.arange(n))
        same_stream("random.shuffle(a)\na", np.linspace(0, 1, n)[::-1])


MADE = "a = [int(x) for x in a]\n"


def test_lists():
    for n in (1, 2, 5, 30, 100):
        a = np.arange(n) * 3 % 17
        same_stream(MADE + "random.choice(a)", a)
        same_stream(MADE + "random.shuffle(a)\na", a)
        for k in (0, 1, 3, 6, 30, 31, -1):
            same_stream(MADE + "random.sample(a, b)", a, k)
            same_stream(MADE + "random.choices(a, k=b)", a, max(k, 0))
            same_stream(MADE + "random.choices(a, b, k=5)", a, np.linspace(0.5, 2.0, n))
    same_stream(MADE + "random.sample(a, 7)", np.arange(1000))
    same_stream("random.choices(a, cum_weights=b, k=20)", np.arange(3), np.array([1.0, 5.0, 5.5]))
    same_stream("random.choices((1.5, 2.5, 0.5), (3, 1, 1), k=20)")
    for weights in ([0.0, 0.0, 0.0], [1.0, 2.0], [1.0, np.inf, 1.0], [-3.0, 1.0, 1.0]):
        same_stream("random.choices(a, b)", np.arange(3), np.array(weights))


def test_lists_as_arguments():
    """Containers come in by another way than numbers and arrays."""

    def f(items, n):
        random.shuffle(items)
        total = 0.0
        for _ in range(n):
            total += items[0] * random.random() - random.choice(items)
        return total, np.random.rand()

    f.__globals__.update(np=np)
    outcomes = []
    for kind in (f, jit(f)):
        random.seed(9)
        np.random.seed(9)
        items = [3, 1, 4, 1, 5, 9]
        outcomes.append((kind(items, 20), items, random.random(), np.random.rand()))
    assert outcomes[0] == outcomes[1]


def test_seeds_inside():
    for seed in (0, 1, -1, 2**32 - 1, 2**32, -(2**62), 2**63 - 1, True):
        same_stream("random.seed(a), random.random(), random.getrandbits(31)", seed, seeds=[3])
    # A seed forgets the normal variate that was kept.
    same_stream("random.gauss(), random.seed(5), random.gauss(), random.gauss(), random.gauss()", seeds=[1, 2])


def test_the_kept_variate_goes_in_and_out():
    compiled = native(function("random.gauss()", 0))
    random.seed(7)
    want = [random.gauss() for _ in range(6)]
    random.seed(7)
    got = [compiled() if k in (1, 2, 5) else random.gauss() for k in range(6)]
    assert got == want


@jit
def simulate(n):
    inside = 0
    for _ in range(n):
        x = random.random()
        y = random.random()
        if x * x + y * y < 1.0:
            inside += 1
    return 4 * inside / n


def test_a_stream_through_calls_and_modules():
    random.seed(11)
    want = random.random(), simulate.py_func(1000), random.random(), simulate.py_func(3), random.randint(1, 9)
    random.seed(11)
    assert want == (random.random(), simulate(1000), random.random(), simulate(3), random.randint(1, 9))


def test_an_exception_leaves_what_was_drawn():
    def fails(n):
        x = random.random()
        if x < n:
            raise ValueError("stop")
        return x

    for n in (0.0, 1.0):
        same_stream("", n, body=fails)


def test_names_of_any_kind():
    def by_name(n):
        return draw() + spread(0.0, n)

    by_name.__globals__.update(draw=random.random, spread=random.uniform)
    same_stream("", 3.0, body=by_name)


@jit
def endless():
    x = 0.0
    while True:
        x += random.random()
        if x < 0.0:
            return x


def test_signals_reach_a_kernel_that_draws():
    def interrupt():
        time.sleep(0.1)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        endless()
    thread.join()


def test_threads_share_the_stream_and_get_on():
    """What threads draw together is what one draws alone: no number comes twice."""

    @jit
    def collect(out):
        for i in range(len(out)):
            out[i] = random.random()

    total = 2_000_000
    random.seed(13)
    alone = np.empty(total)
    collect(alone)
    random.seed(13)
    pieces = [np.empty(total // 4) for _ in range(4)]
    threads = [threading.Thread(target=collect, args=(piece,)) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(np.sort(np.concatenate(pieces)), np.sort(alone))


def test_what_is_refused():
    generator = random.Random(5)

    def own():
        return generator.random()

    own.__closure__  # noqa: B018  (a closure: the generator is no global)
    with pytest.raises(CompileError):
        jit(own)()
    for text, args in [
        ("random.seed(a)", (1.5,)),
        ("random.randint(a, 5)", (1.0,)),
        ("random.shuffle(a)", (np.zeros((2, 2)),)),
        ("random.Random(a)", (3,)),
        ("random.sample(a, 2)", (np.arange(5),)),
    ]:
        with pytest.raises(CompileError):
            jit(function(text, len(args)))(*args)

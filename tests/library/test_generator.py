"""`numpy.random.Generator` in compiled code: NumPy's values, and its state afterwards."""

import numpy as np
import pytest
from cumbia import CompileError, jit

from tests.library.calls import function
from tests.python.harness import copy_arguments, differences, native, run, undecorated

BIT_GENERATORS = ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"]


def state(rng):
    """The state of a generator, in values that compare."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value.tolist() if isinstance(value, np.ndarray) else value

    return plain(rng.bit_generator.state)


def same_draws(expression, *args, seeds=(0, 1), kinds=("PCG64",), body=None):
    """Value, exception, arguments and the generator's state afterwards."""
    __tracebackhide__ = True
    made = body or function(f"{expression}", len(args) + 1)
    plain, files = undecorated(made)
    for kind in kinds:
        for seed in seeds:
            outcomes, states = [], []
            for call in (plain, native(made)):
                rng = np.random.Generator(getattr(np.random, kind)(seed))
                # A half of a word is left for the next 32 bits.
                rng.integers(5, dtype=np.uint16)
                outcomes.append(run(call, (rng, *copy_arguments(args, {})[0]), {}, files=files))
                states.append(state(rng))
            problems = differences(*outcomes)
            assert not problems, (expression, args, kind, seed, problems, *map(str, outcomes))
            assert states[0] == states[1], (expression, args, kind, seed, "the state afterwards")


# The generator is `a`, numbers are `b` and `c`.
STANDARD = [
    "a.random()",
    "a.random(7)",
    "a.random((2, 3))",
    "a.random(())",
    "a.random(5, dtype=np.float32)",
    "a.random(dtype=np.float32)",
    "a.random(dtype='float32', size=3)",
    "a.standard_normal()",
    "a.standard_normal(500)",
    "a.standard_normal((0, 3))",
    "a.standard_normal(size=300, dtype=np.float32)",
    "a.standard_normal(dtype=np.float32)",
    "a.standard_exponential()",
    "a.standard_exponential(500)",
    "a.standard_exponential(4, np.float32)",
    "a.standard_exponential(method='inv')",
    "a.standard_exponential(3, method='inv')",
    "a.standard_exponential(size=(2, 2), dtype=np.float32, method='inv')",
    "a.standard_exponential(dtype=np.float32, method='inv')",
    "a.standard_cauchy()",
    "a.standard_cauchy((2, 2))",
]


@pytest.mark.parametrize("text", STANDARD)
def test_standard_distributions(text):
    same_draws(text, kinds=BIT_GENERATORS)


ONE = "exponential standard_gamma chisquare standard_t pareto weibull power rayleigh poisson geometric logseries zipf"
TWO = "normal lognormal uniform gamma beta noncentral_chisquare f vonmises laplace gumbel logistic wald negative_binomial"
NUMBERS = [0.5, 3.0, 2.5e-3, 1.0, 0.0, -0.0, -1.5, 60.0, float("nan"), float("inf"), 2, True, 1e30]


@pytest.mark.parametrize("name", ONE.split())
def test_one_parameter(name):
    for x in NUMBERS:
        if x == float("inf") and name in ("zipf", "geometric"):
            continue
        for size in ("", ", 3", ", size=(2, 2)", ", ()", ", -1"):
            same_draws(f"a.{name}(b{size})", x)
    for x in (np.array([0.25, 0.5]), np.array([[0.25], [0.75]]), np.array([]), np.array([0.5, np.nan, -1.0])):
        if name == "zipf":
            x = x + 1.5
        for size in ("", ", (2, 2)", ", 3", ", 1", ", (0,)"):
            same_draws(f"a.{name}(b{size})", x)
    same_draws(f"a.{name}(b)", np.array(2.5 if name == "zipf" else 0.25))
    same_draws(f"a.{name}(b)", np.float32(2.5 if name == "zipf" else 0.25))
    same_draws(f"a.{name}(b)", np.array([2, 3])[::-1])
    same_draws(f"a.{name}(0.5), a.{name}([2, 3]), a.{name}((0.5, 0.25), 2)" if name != "zipf" else "a.zipf([2, 3])")
    same_draws(f"a.{name}(b, 5)", 1.5 if name == "zipf" else 0.3, kinds=BIT_GENERATORS, seeds=(3,))


@pytest.mark.parametrize("name", TWO.split())
def test_two_parameters(name):
    for x in NUMBERS:
        for y in (0.5, 3.0, -0.0, 1.0, float("nan"), -2.0):
            if name == "negative_binomial" and x == float("inf"):
                continue
            same_draws(f"a.{name}(b, c)", x, y, seeds=(0,))
            same_draws(f"a.{name}(b, c, 3)", x, y, seeds=(1,))
    one, two = np.array([0.25, 0.5]), np.array([[0.25], [0.75], [0.5]])
    for x, y in [(one, 0.5), (0.5, one), (one, two), (two, one), (one, one[:0]), (one, np.ones(3)), (-one, one), (one, -one)]:
        for size in ("", ", size=(3, 2)", ", 2", ", 5", ", (0, 2)"):
            same_draws(f"a.{name}(b, c{size})", x, y)
    same_draws(f"a.{name}(b, c, 5)", 0.5, 0.75, kinds=BIT_GENERATORS, seeds=(3,))


def test_defaults():
    for text in ("normal()", "lognormal()", "uniform()", "exponential()", "laplace()", "gumbel()", "logistic()", "rayleigh()", "poisson()"):
        same_draws(f"a.{text}")
    same_draws("a.normal(scale=2.0), a.uniform(high=3, size=2), a.gamma(2.0), a.poisson(size=3)")


def test_three_parameters():
    for values in [(0, 1, 2), (0, 0, 1), (1, 0, 2), (0, 3, 2), (1, 1, 1), (0.0, 1.0, float("nan"))]:
        same_draws("a.triangular(b, c, d)", *values)
        same_draws("a.triangular(b, c, d, (2, 2))", *values)
        same_draws("a.noncentral_f(b, c, d)", *values)
    line = np.array([2.0, 3.0])
    same_draws("a.triangular(b, c, d)", 0, line, 4.0)
    same_draws("a.triangular(b, c, d)", 0, line, line[:, None])
    same_draws("a.triangular(b, c, d)", line, line[::-1], 4.0)
    same_draws("a.triangular(b, c, d)", line, np.ones(3), 4.0)
    same_draws("a.noncentral_f(b, c, d, (3, 2))", line, 2.0, line)


def test_hypergeometric():
    for values in [(10, 5, 7), (0, 0, 0), (100, 200, 150), (3, 4, 8), (-1, 4, 2), (4, -1, 2), (5, 5, -1), (10**9, 1, 1)]:
        same_draws("a.hypergeometric(b, c, d)", *values)
        same_draws("a.hypergeometric(b, c, d, 4)", *values)
    same_draws("a.hypergeometric(b, c, d)", np.array([10, 20]), 5, 7)
    same_draws("a.hypergeometric(b, c, d, (3, 2))", np.array([10, 20]), np.array([[5], [6], [7]]), 7)
    same_draws("a.hypergeometric(b, c, d)", np.array([10, -20]), 500, 7)


def test_binomial():
    for n, p in [(10, 0.5), (0, 0.3), (1000, 0.01), (1000, 0.9), (50, 1.0), (50, 0.0), (-1, 0.5), (5, 1.5), (5, float("nan")), (3.9, 0.5), (10**12, 0.3)]:
        same_draws("a.binomial(b, c)", n, p)
        same_draws("a.binomial(b, c, 5)", n, p)
        same_draws("a.binomial(b, c), a.binomial(b + 1, c), a.binomial(b, c)", n, p)
    same_draws("a.binomial(b, c)", np.array([3, 1000]), 0.4)
    same_draws("a.binomial(b, c)", 20, np.array([0.1, 0.5, 0.9]))
    same_draws("a.binomial(b, c)", 20, np.array([0.1, 1.5, 0.9]))
    same_draws("a.binomial(b, c)", np.array([3, -1]), 0.4)
    same_draws("a.binomial(b, c)", np.array([3, 1]), 1.4)
    same_draws("a.binomial(b, c, (2, 2))", np.array([3, 1000]), np.array([[0.1], [0.5]]))


INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers(dtype):
    info = np.iinfo(dtype) if dtype != "bool" else None
    least, most = (0, 1) if info is None else (int(info.min), int(min(info.max, 2**63 - 1)))
    pairs = [(0, 1), (0, 2), (1, 2), (0, most), (least, most), (least, 0), (3, 100), (5, 5), (7, 3), (0, 0), (least, least), (0, min(most + 1, 2**63 - 1)), (-(2**63), 0), (-1, 5), (0, 300), (0, 2**63 - 1)]
    for low, high in pairs:
        for rest in ("", ", size=9", ", size=(2, 3)", ", size=0", ", endpoint=True", ", size=7, endpoint=True", ", size=()"):
            same_draws(f"a.integers(b, c, dtype='{dtype}'{rest})", low, high, seeds=(0,))
    for high in (1, 2, 100, 0, -1):
        same_draws(f"a.integers(b, dtype='{dtype}')", high)
        same_draws(f"a.integers(b, size=5, dtype='{dtype}')", high)
    low, high = np.array([0, 0, 0]), np.array([[1], [2], [1]])
    for rest in ("", ", size=(3, 3)", ", endpoint=True", ", size=3", ", size=(0, 3)"):
        for x, y in [(low, high), (0, high), (low, 2), (low, 0), (low + 1, 1), (low, high - 1), (low - 1, high), (low, high + 2**40), (low, np.array([1, 2]))]:
            if dtype == "bool" and ("endpoint" in rest):
                continue
            same_draws(f"a.integers(b, c, dtype='{dtype}'{rest})", x, y, seeds=(0,))


def test_integers_of_python():
    same_draws("a.integers(5), a.integers(5, dtype=int), a.integers(2, dtype=bool), a.integers(0, 2.7)")
    same_draws("a.integers(5, size=3, dtype=int), a.integers(2, size=4, dtype=bool)")
    same_draws("a.integers(np.int32(3), np.uint8(200), 50)")
    same_draws("a.integers(0, 1000, 100, np.uint16), a.random(), a.integers(3, dtype=np.uint32)", kinds=BIT_GENERATORS)
    same_draws("a.integers(0, 2**33, 20), a.random(dtype=np.float32), a.random()", kinds=BIT_GENERATORS)


def test_bytes():
    for n in (0, 1, 3, 4, 5, 100, -1, -2, -3, -7, -8, -20):
        same_draws("a.bytes(b)", n)


def test_out():
    same_draws("a.random(out=b)\nb", np.zeros((2, 3)))
    same_draws("a.random(out=b)", np.zeros((2, 3)).T)
    same_draws("a.random((3, 2), out=b)", np.zeros((3, 2)))
    same_draws("a.random(3, out=b)", np.zeros((3, 2)))
    same_draws("a.random((3, 1), out=b)", np.zeros((3, 2)))
    same_draws("a.random(out=b)", np.zeros(8)[::2])
    same_draws("a.random(out=b)", np.zeros((4, 4))[:2, :2])
    same_draws("a.random(out=b[:, :1])", np.zeros((3, 2)))
    same_draws("a.random(out=b[1:])", np.zeros((3, 2)))
    same_draws("a.standard_normal(dtype=np.float32, out=b)", np.zeros(3, np.float32))
    same_draws("a.standard_exponential(out=b)", np.zeros(0))
    same_draws("a.standard_gamma(2.0, out=b)", np.zeros((2, 2)))
    same_draws("a.standard_gamma(2.0, out=b)", np.zeros((2, 2)).T[:, :1])
    same_draws("a.standard_gamma(2.0, out=b)", np.asfortranarray(np.zeros((2, 3))))
    same_draws("a.standard_gamma(3.0, 4, np.float32), a.standard_gamma(1.5, dtype=np.float32)")
    same_draws("a.standard_gamma(b, dtype=np.float32)", np.array([0.5, 2.0]))
    locked = np.zeros(3)
    locked.flags.writeable = False
    made = native(function("a.random(out=b)", 2))
    with pytest.raises(ValueError, match="Supplied output array must be contiguous, writable"):
        made(np.random.default_rng(0), locked)


def test_items():
    for n in (1, 2, 5, 100):
        same_draws("a.shuffle(b)\nb", np.arange(n))
        same_draws("a.shuffle(b)\nb", np.linspace(0, 1, n)[::-1])
        same_draws("a.permutation(b)", n)
        same_draws("a.permutation(b)", np.arange(n) * 1.5)
        same_draws("a.permuted(b)", np.arange(n) * 1.5)
        same_draws("a.choice(b)", n)
        same_draws("a.choice(b, 7), a.choice(b, (2, 3)), a.choice(b, ())", n)
        same_draws("a.choice(b), a.choice(b, 7)", np.arange(n) * 1.5)
        same_draws("a.choice(b, 2, replace=False)", n)
        same_draws("a.choice(b, 2, replace=False, shuffle=False)", n)
        same_draws("a.choice(b, 1, replace=False)", np.arange(n) * 1.5)
        same_draws("a.choice(b, replace=False)", n)
    same_draws("a.permutation(b)", 0)
    same_draws("a.permutation(b)", -3)
    same_draws("a.choice(b)", 0)
    same_draws("a.choice(b, 0)", 0)
    same_draws("a.choice(b, 3)", -1)
    same_draws("a.choice(b)", np.zeros(0))
    same_draws("a.choice(b, -1, replace=False)", 5)
    same_draws("a.choice(b, 6, replace=False)", 5)
    same_draws("a.choice(b, (2, 3), False)", 50)
    for n, k in [(20000, 500), (20000, 300), (20000, 1500), (20000, 20000), (1000, 999), (10**12, 50)]:
        same_draws("a.choice(b, c, replace=False)", n, k)
        same_draws("a.choice(b, c, replace=False, shuffle=False)", n, k)
    same_draws("a.shuffle(b)\nb", [1, 2, 3, 4, 5])
    same_draws("a.shuffle(b)\nb", ["a", "bc", "d"])


def test_items_along_axes():
    a = np.arange(24.0).reshape(4, 6)
    for axis in (0, 1, -1):
        for x in (a, np.asfortranarray(a), a[::-1, ::2], a.T):
            same_draws(f"a.shuffle(b, axis={axis})\nb", x)
            same_draws(f"a.permutation(b, axis={axis})", x)
            same_draws(f"a.permuted(b, axis={axis})", x)
            same_draws(f"a.choice(b, axis={axis}), a.choice(b, 3, axis={axis})", x)
            same_draws(f"a.choice(b, 2, False, axis={axis})", x)
    same_draws("a.permuted(b)", a)
    same_draws("a.permuted(b, out=c)\nc", a, np.zeros((4, 6)))
    same_draws("a.permuted(b, out=c)\nc", a, np.zeros((6, 4)))
    same_draws("a.permuted(b, axis=1, out=b)\nb", a)
    same_draws("a.permuted(b, axis=1)", np.arange(24).reshape(2, 3, 4))
    same_draws("a.shuffle(b, axis=1)\nb", np.arange(24).reshape(2, 3, 4))
    same_draws("a.shuffle(b)\nb", np.zeros((3, 0)))


def test_choice_by_chance():
    p = np.array([0.1, 0.0, 0.3, 0.6])
    same_draws("a.choice(4, p=b), a.choice(4, 20, p=b), a.choice(4, (3, 3), p=b)", p)
    same_draws("a.choice(b * 10, p=b), a.choice(b, 5, p=b)", p)
    same_draws("a.choice(4, 3, False, b)", p)
    same_draws("a.choice(4, 4, False, b)", p)
    same_draws("a.choice(4, 2, p=[0.25, 0.25, 0.25, 0.25])")
    same_draws("a.choice(40, 30, replace=False, p=b)", np.arange(1.0, 41) / np.arange(1.0, 41).sum())
    same_draws("a.choice(4, p=b)", p.astype(np.float32))
    for wrong in (p[:3], p * 2, p - 0.1, p * np.nan, p.reshape(2, 2)):
        same_draws("a.choice(4, 3, p=b)", wrong)


def test_vectors():
    p = np.array([0.2, 0.3, 0.5])
    for text in ("a.multinomial(20, b)", "a.multinomial(20, b, 4)", "a.multinomial(20, b, (2, 3))", "a.multinomial(0, b)", "a.multinomial(-1, b)", "a.multinomial([3, 4], b)", "a.multinomial([3, 4], b, (5, 2))", "a.multinomial([3, 4], b, 3)", "a.multinomial([3, -4], b)", "a.multinomial(20, b * 2)", "a.multinomial(20, b + 0.3)", "a.multinomial(20, b.astype(np.float32))", "a.multinomial(20, [0.5, 0.5])", "a.multinomial(20, b[:0])"):
        same_draws(text, p)
    same_draws("a.multinomial([[10], [20]], b)", np.array([[0.2, 0.8], [0.5, 0.5]]))
    same_draws("a.multinomial(10, b)", np.array([[0.2, 0.8], [0.9, 0.5]]))
    same_draws("a.multinomial(10, b)", np.array([[0.8, 0.8], [1.9, 0.5]]))
    for alpha in (p * 10, p / 10, np.zeros(3), np.array([0.01]), np.zeros(0), -p, np.array([0.05, 0.0, 0.0])):
        same_draws("a.dirichlet(b)", alpha)
        same_draws("a.dirichlet(b, 3), a.dirichlet(b, size=(2, 2))", alpha)
    same_draws("a.dirichlet((1, 2, 3))")
    for method in ("marginals", "count"):
        for k in (0, 4, 30, 31, -1):
            same_draws(f"a.multivariate_hypergeometric(b, c, method='{method}')", np.array([16, 8, 6]), k)
            same_draws(f"a.multivariate_hypergeometric(b, c, 3, '{method}')", np.array([16, 8, 6]), k)
    same_draws("a.multivariate_hypergeometric([3, 4], 2, (2, 2))")
    same_draws("a.multivariate_hypergeometric(b, 2)", np.array([3, -4]))
    same_draws("a.multivariate_hypergeometric(b, 2)", np.array([3.0, 4.0]))
    same_draws("a.multivariate_hypergeometric(b, 0)", np.zeros(0, np.int64))


COVARIANCES = [np.eye(2), np.array([[6.0, -3.0], [-3.0, 3.5]]), np.array([[2, 1], [1, 3]]), np.array([[1.0, 0.2, 0.1], [0.2, 2.0, 0.3], [0.1, 0.3, 3.0]])]


@pytest.mark.parametrize("cov", COVARIANCES)
@pytest.mark.parametrize("method", ["svd", "eigh", "cholesky"])
def test_multivariate_normal(cov, method):
    """By NumPy's own LAPACK; the last digits are those of a product and two roots."""
    mean = np.arange(len(cov)) + 0.5
    for size in ("", ", 4", ", size=(2, 3)", ", size=500"):
        made = function(f"a.multivariate_normal(b, c{size}, method='{method}')", 3)
        rngs = np.random.default_rng(1), np.random.default_rng(1)
        want = made(rngs[0], mean, cov)
        got = native(made)(rngs[1], mean, cov)
        assert got.shape == want.shape and got.dtype == want.dtype
        assert state(rngs[0]) == state(rngs[1])
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


def test_multivariate_normal_of_wrong_arguments():
    for mean, cov in [(np.zeros((2, 2)), np.eye(2)), (np.zeros(2), np.zeros(2)), (np.zeros(2), np.zeros((2, 3))), (np.zeros(3), np.eye(2))]:
        same_draws("a.multivariate_normal(b, c)", mean, cov)
    same_draws("a.multivariate_normal(b, c, method='cholesky', check_valid='x') * 0", np.zeros(2), np.eye(2))
    same_draws("a.multivariate_normal(b, c, check_valid='raise')", np.zeros(2), -np.eye(2))
    same_draws("a.multivariate_normal(b, c, check_valid='raise', method='eigh')", np.zeros(2), -np.eye(2))


def test_seeds():
    for seed in (0, 1, 12345, 2**32, 2**62 + 5, True, np.int64(7), np.uint8(200), np.uint64(2**63 + 9), [1, 2, 3], (2**33, 5), np.arange(9), [0]):
        made = function("np.random.default_rng(a).random(5), np.random.default_rng(seed=a).integers(0, 100, 9)", 1)
        outcomes = [run(call, (seed,), {}) for call in (made, native(made))]
        assert not differences(*outcomes), (seed, *map(str, outcomes))
    made = function("np.random.default_rng(a).random()", 1)
    for seed in (-1, np.int8(-3), np.array([1, -1])):
        outcomes = [run(call, (seed,), {}) for call in (made, native(made))]
        assert not differences(*outcomes), (seed, *map(str, outcomes))
    fresh = native(function("np.random.default_rng().random(), np.random.default_rng(None).random()", 0))
    assert len({*fresh(), *fresh()}) == 4
    rng = np.random.default_rng(3)
    assert native(function("np.random.default_rng(a)", 1))(rng) is rng


def test_a_generator_that_compiled_code_made_is_given_to_python():
    def made(seed, n):
        rng = np.random.default_rng(seed)
        rng.integers(3, dtype=np.int16)
        return rng, rng.random(n)

    for seed in (5, 2**40):
        want, first = made(seed, 3)
        got, second = native(made)(seed, 3)
        assert type(got) is np.random.Generator and state(want) == state(got)
        assert first.tolist() == second.tolist()
        assert want.bit_generator.seed_seq.entropy == got.bit_generator.seed_seq.entropy
        assert want.spawn(1)[0].random() == got.spawn(1)[0].random()


def test_streams_continue_where_compiled_code_stopped():
    def drawn(rng, n):
        total = 0.0
        for i in range(n):
            total += rng.random()
            if total > 40.0:
                raise ValueError("enough")
        return total

    rngs = np.random.default_rng(3), np.random.default_rng(3)
    for n in (10, 0, 3, 500, 7):
        outcomes = [run(call, (rng, n), {}) for call, rng in zip((drawn, native(drawn)), rngs, strict=True)]
        assert not differences(*[outcome._replace(arguments=(), lines=()) for outcome in outcomes])
        assert state(rngs[0]) == state(rngs[1])
        assert rngs[0].integers(9, dtype=np.int8) == rngs[1].integers(9, dtype=np.int8)


def test_generators_in_any_place():
    def inner(rng, n):
        return rng.random(n)

    def many(rngs, twice, once):
        draw = rngs[0].normal
        same = rngs[0] is twice
        return draw(), rngs[1].random(), twice.random(), once.random(), same, isinstance(once, np.random.Generator), helper(once, 2)

    many.__globals__["helper"] = inner

    def run_with(call):
        a, b, c = (np.random.default_rng(seed) for seed in range(3))
        values = call((a, b), a, c)
        return [v.tolist() if isinstance(v, np.ndarray) else v for v in values], state(a), state(b), state(c)

    assert run_with(many) == run_with(native(many))


GLOBAL = np.random.default_rng(77)


def of_a_global(n):
    return GLOBAL.random(n).sum() + GLOBAL.integers(5)


def test_a_generator_that_is_a_global():
    global GLOBAL
    made = []
    for call in (of_a_global, jit(of_a_global)):
        GLOBAL = np.random.default_rng(77)
        made.append([call(3), call(4)])
        GLOBAL = np.random.default_rng(78)
        made[-1] += [call(3), state(GLOBAL)]
    assert made[0] == made[1]


def test_the_lock_is_taken_and_given_back():
    import threading

    compiled = native(function("a.random(b).sum()", 2))
    rng = np.random.default_rng(1)
    compiled(rng, 10)
    held, go = threading.Event(), threading.Event()

    def hold():
        with rng.bit_generator.lock:
            held.set()
            go.wait(10)

    def call():
        done.append(compiled(rng, 10))

    done = []
    holder, caller = threading.Thread(target=hold), threading.Thread(target=call)
    holder.start()
    held.wait(10)
    caller.start()
    caller.join(0.2)
    assert caller.is_alive() and not done
    go.set()
    caller.join(10)
    holder.join(10)
    assert len(done) == 1
    assert rng.bit_generator.lock.acquire(blocking=False)
    rng.bit_generator.lock.release()


def test_threads_share_one_stream():
    import threading

    compiled = native(function("a.random(b)", 2))
    rng = np.random.default_rng(1)
    compiled(rng, 1)
    rng = np.random.default_rng(1)
    got = []
    threads = [threading.Thread(target=lambda: got.extend(compiled(rng, 1000) for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.sort(np.concatenate(got)).tolist() == np.sort(np.random.default_rng(1).random(80000)).tolist()


REFUSED = [
    "a.random(dtype=np.int32)",
    "a.random(2.0)",
    "a.random(True)",
    "a.normal(1j)",
    "a.normal('x')",
    "a.spawn(2)",
    "a.bit_generator",
    "a.random(out=np.zeros(3, np.float32))",
    "a.integers(3, dtype=np.float64)",
    "a.choice('abc')",
    "a.shuffle(3)",
    "a.shuffle((1, 2))",
    "a.permuted(np.zeros((2, 2)), 1)",
    "a.randint(3)",
    "[a]",
    "np.random.default_rng(1.5)",
    "np.random.default_rng('x')",
    "bool(a)",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(CompileError):
        jit(function(text, 1))(np.random.default_rng(0))


def test_python_generators_refuse():
    def items(rng, n):
        for i in range(n):
            yield rng.random()

    with pytest.raises(CompileError, match="argument 'rng' is Generator"):
        list(jit(items)(np.random.default_rng(0), 3))

    def of_a_global(n):
        for i in range(n):
            yield GLOBAL.random()

    with pytest.raises(TypeError, match="numpy.random.Generator"):
        list(jit(of_a_global)(3))

    def total(rng, n):
        return sum(x for x in items(rng, n))

    same_draws("", 4, body=total)

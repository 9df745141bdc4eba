"""Functions of `scipy.special`: dtypes, special values and values beside SciPy's, and refusals.

Errors in units in the last place are the business of `tests/accuracy`. SciPy isn't needed to
build or to run anything else.
"""

import linecache
import math
import warnings

import numpy as np
import pytest

from cumbia import CompileError, jit

scipy = pytest.importorskip("scipy")
special = pytest.importorskip("scipy.special")

ONE = "erf erfc erfcx ndtr log_ndtr expit logit log_expit entr exp2 exp10 expm1 log1p cbrt".split()
GAMMA = "gamma rgamma gammaln loggamma gammasgn".split()
TWO = "xlogy xlog1py rel_entr kl_div".split()
#: Of gamma: poles, next to them, ends of the range, where the sign changes, far out.
EDGES = [-1.0, -2.0, -33.0, -1e17, 4.0, 171.6, 171.7, 172.0, -0.5, -1.5, -170.5, -184.5, -185.5, -200.5, -201.5]
EDGES += [3.0, 5.0, 11.0, 24.0, 6e-309, 1e-20, -1e-20, 1e17, 1e300, -1e300, 2.5e305, 2.6e305, 35.04, 35.05, 2e36, -1e9]
#: SciPy's own errors are larger there.
LOOSE = {"gamma": 4e-14, "rgamma": 4e-14, "erfcx": 1e-11, "erfc": 1e-11, "ndtr": 1e-11, "log_ndtr": 1e-12, "kl_div": 1e-9}


def define(body, parameters):
    text = f"def f({parameters}):\n    {body}\n"
    place = f"<special functions: {body!r} of {parameters}>"
    linecache.cache[place] = (len(text), None, text.splitlines(True), place)
    namespace = {"np": np, "special": special, "erf": special.erf, "scipy": scipy, "math": math}
    exec(compile(text, place, "exec"), namespace)
    return namespace["f"]


def both(body, *arguments):
    """What a body gives, compiled and under CPython; neither warns."""
    function = define(body, ", ".join("ab"[: len(arguments)]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return jit(function)(*arguments), function(*arguments)


def alike(got, want, rtol):
    assert type(got) is type(want)
    assert np.asarray(got).dtype == np.asarray(want).dtype
    assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(got, want, rtol, 1e-300)
    exact = ~np.isfinite(want) | (want == 0)
    same = (got == want) & (np.signbit(got) == np.signbit(want)) | np.isnan(got) & np.isnan(want)
    assert np.all(same | ~exact | (np.abs(got) < 1e-300) & np.isfinite(got)), (got, want)


def tolerance(name, dtype):
    return 1e-6 if dtype == np.float32 else LOOSE.get(name, 1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", [*ONE, *GAMMA])
def test_values_of_one_operand(name, dtype):
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.uniform(-6, 6, 500), rng.uniform(0, 1, 500), rng.uniform(-25, 25, 500)])
    values = np.append(values, [0.0, -0.0, 1.0, 0.5, 0.25, 0.75, 2.0, np.inf, -np.inf, np.nan])
    if name in GAMMA:
        # SciPy's own error is absolute where the logarithm is near 0.
        values = np.append(values[np.abs(special.gammaln(values)) > 0.1], EDGES)
    with np.errstate(over="ignore"):
        values = values.astype(dtype)
    got, want = both(f"return special.{name}(a)", values)
    alike(got, want, tolerance(name, dtype))
    one_by_one = jit(define(f"return special.{name}(a)", "a"))
    assert np.array([one_by_one(x) for x in values]).tobytes() == got.tobytes()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", TWO)
def test_values_of_two_operands(name, dtype):
    rng = np.random.default_rng(5)
    edges = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-30])
    a = np.concatenate([rng.uniform(0, 5, 300), np.repeat(edges, edges.size)]).astype(dtype)
    b = np.concatenate([rng.uniform(0, 5, 300), np.tile(edges, edges.size)]).astype(dtype)
    got, want = both(f"return special.{name}(a, b)", a, b)
    alike(got, want, 1e-4 if name == "kl_div" and dtype == np.float32 else tolerance(name, dtype))


@pytest.mark.parametrize("name", ["erf", "expit", "entr", "gamma", "gammaln", "loggamma", "gammasgn"])
def test_dtypes_of_one_operand(name):
    for dtype in ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"):
        for argument in (np.ones(3, dtype), np.ones(1, dtype)[0]):
            alike(*both(f"return special.{name}(a)", argument), 1e-6)
    for argument in (1, 1.0, True):
        alike(*both(f"return special.{name}(a)", argument), 1e-14)


@pytest.mark.parametrize("name", ["xlogy", "rel_entr"])
def test_dtypes_of_two_operands(name):
    others = [np.ones(2, d) for d in ("?", "i1", "u2", "i4", "f4", "f8")] + [1.0, 1, True]
    for first in others:
        for second in others:
            alike(*both(f"return special.{name}(a, b)", first, second), 1e-6)


def test_they_are_fused_and_take_keywords():
    a = np.linspace(-3, 3, 101)
    alike(*both("return 0.5 * (1 + special.erf(a / np.sqrt(2.0))) - np.exp(-a * a)", a), 1e-12)
    alike(*both("out = np.zeros(101)\n    special.erfc(a, out=out)\n    return out", a), 1e-13)
    alike(*both("return erf(a)", a), 1e-14)
    alike(*both("return scipy.special.erf(a[::-2])", a), 1e-14)
    alike(*both("return special.erf(a.reshape(1, 101).T)", a), 1e-14)
    alike(*both("return special.erf(a)", a[:0]), 1e-14)


def test_zero_and_far_out():
    got, _ = both("return special.erfc(a)", np.array([0.0, -0.0, 26.5, 27.2, 27.3, -7.0]))
    assert list(got[:2]) == [1.0, 1.0] and got[5] == 2.0
    assert got[2] == pytest.approx(math.erfc(26.5), rel=1e-13)
    assert list(got[3:5]) == [math.erfc(27.2), 0.0]


def test_math_keeps_the_bits_of_python():
    for x in (0.1, 0.7, 1.3, 2.9, 5.5):
        assert jit(define("return math.erf(a), math.erfc(a)", "a"))(x) == (math.erf(x), math.erfc(x))


@pytest.mark.parametrize("body", ["special.erf(a)", "special.xlogy(a, a)"])
def test_complex_numbers_are_refused(body):
    with pytest.raises(CompileError, match="scipy.special.(erf|xlogy).* of complex128 is not compiled"):
        jit(define(f"return {body}", "a"))(np.ones(2, complex))


@pytest.mark.parametrize("body", ["special.jv(1.0, a)", "special.zetac(a)", "special.softmax(a)", "special.logsumexp(a)"])
def test_others_are_refused_by_name(body):
    name = body.split("(")[0]
    with pytest.raises(CompileError, match=f"scipy.{name}\\(\\) is not compiled") as refusal:
        jit(define(f"return {body}", "a"))(np.ones(2))
    assert "erfcx, ndtr" in str(refusal.value)


def test_fastmath_takes_them_for_those_of_math():
    a = np.linspace(-5.5, 9.5, 100)
    for name, of_scipy in (("erf", "erf"), ("erfc", "erfc"), ("gamma", "gamma"), ("lgamma", "gammaln")):
        text = f"out = np.empty(100)\n    for i in range(100):\n        out[i] = math.{name}(a[i])\n    return out"
        function = define(text, "a")
        want = jit(define(f"return special.{of_scipy}(a)", "a"))(a)
        got = jit(fastmath={"afn"})(function)(a)
        # `erf` has a cheaper form of its own (0049).
        np.testing.assert_allclose(got, want, 1e-15 if name == "erf" else 0, 0)
        np.testing.assert_allclose(jit(function)(a), want, 1e-13 if "gamma" in name else 1e-15, 0)


def test_fastmath_gives_what_c_gives_where_math_raises():
    function = define("return math.gamma(a), math.lgamma(a)", "a")
    fast = jit(fastmath=True)(function)
    np.testing.assert_array_equal(fast(-3.0), (math.nan, math.inf))
    np.testing.assert_array_equal(fast(-math.inf), (math.nan, math.inf))
    assert fast(0.0) == fast(200.0)[:1] * 2 == (math.inf, math.inf)
    with pytest.raises(ValueError, match="math domain error"):
        jit(function)(-3.0)


def test_gamma_of_whole_numbers_is_exact():
    """As users expect who compute factorials with it; a function of less than 1 ULP gives it."""
    whole = np.arange(1.0, 24.0)
    got, _ = both("return special.gamma(a)", whole)
    assert list(got) == [math.factorial(n) for n in range(23)]
    got, _ = both("return special.gammaln(a)", np.array([1.0, 2.0]))
    assert got.tobytes() == np.zeros(2).tobytes()


def test_gamma_of_subnormal_numbers():
    """The logarithm is finite there, where SciPy's is infinite."""
    tiny = np.array([5e-324, -5e-324, 1e-310, -1e-310])
    got = jit(define("return special.gammaln(a)", "a"))(tiny)
    np.testing.assert_allclose(got, [-math.log(abs(x)) for x in tiny], 1e-15)
    assert list(jit(define("return special.rgamma(a)", "a"))(tiny)) == list(tiny)

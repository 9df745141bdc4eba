"""What a user gives up for speed: `fastmath` and `boundscheck=False`, function by function."""

import copy
import math
import pickle

import numpy as np
import pytest

from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

needs_llvm = pytest.mark.skipif(not _cumbia._tiers()[1], reason="there is no LLVM")


def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s


def nans(a):
    n = 0
    for i in range(a.shape[0]):
        if a[i] != a[i] or np.isnan(a[i]):
            n += 1
    return n


def picked(a, i, j):
    return a[i, j]


def text_of(func, *args):
    func(*args)
    (text,) = func.inspect_ir().values()
    return text


def flags(func, *args):
    lines = [line for line in text_of(func, *args).splitlines() if " fast " in line]
    return {line.split(" fast ")[1].split(" @")[0].strip() for line in lines}


def test_operations_carry_the_flags_that_were_asked_for():
    a = np.ones(3)
    assert flags(jit(total), a) == set()
    assert flags(jit(fastmath=True)(total), a) == {"nsz, arcp, contract, afn, reassoc"}
    assert flags(jit(fastmath={"reassoc"})(total), a) == {"reassoc"}


def test_functions_keep_their_own_flags():
    @jit
    def exact(x, y):
        return x + y

    @jit(fastmath=True)
    def relaxed(x, y):
        return exact(x, y) * y

    lines = [line for line in text_of(relaxed, 1.0, 2.0).splitlines() if "fadd" in line or "fmul" in line]
    assert {("fadd" in line, " fast " in line) for line in lines} == {(True, False), (False, True)}


def test_nested_functions_have_those_of_the_whole():
    @jit(fastmath={"reassoc"})
    def outer(x):
        def inner(y):
            return x + y

        return inner(2.0)

    assert flags(outer, 1.0) == {"reassoc"}


@needs_llvm
def test_a_sum_may_be_reordered_and_stays_near():
    a = np.random.default_rng(0).random(10_001)
    exact, relaxed = jit(tier="best")(total), jit(tier="best", fastmath=True)(total)
    assert exact(a) == total(a)
    assert relaxed(a) != total(a)
    assert relaxed(a) == pytest.approx(total(a), rel=1e-12)
    (loop,) = relaxed.explain().specializations[0].loops
    assert loop.vector_width >= 2


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_nan_stays_nan_unless_asked(tier):
    a = np.array([1.0, math.nan, math.inf, math.nan])
    assert jit(tier=tier, fastmath=True)(nans)(a) == 2
    assert jit(tier=tier, fastmath={"reassoc", "contract"})(nans)(a) == 2


@needs_llvm
def test_nnan_says_that_there_is_none():
    func = jit(tier="best", fastmath={"nnan"})(lambda x: x != x)
    assert func(1.0) is False
    (text,) = func.inspect_llvm().values()
    assert "fcmp" not in text


def test_copies_and_pickles_keep_the_options():
    text = "def f(a):\n    return a + 1.0\n"
    scope = {"__name__": "__main__"}
    exec(text, scope)
    func = jit(fastmath={"reassoc"}, boundscheck=False, source=text)(scope["f"])
    for one in (copy.copy(func), pickle.loads(pickle.dumps(func))):
        assert one.options["fastmath"] == {"reassoc"}
        assert one.options["boundscheck"] is False


def test_without_checks_indices_in_range_are_the_same():
    a = np.arange(12.0).reshape(3, 4)
    func = jit(boundscheck=False)(picked)
    for i in range(-3, 3):
        for j in range(-4, 4):
            assert func(a, i, j) == a[i, j]
    text = text_of(func, a, 0, 0)
    assert " index " not in text and " bound " not in text
    assert " index " in text_of(jit(picked), a, 0, 0)


def test_without_checks_slices_and_lists_are_still_safe():
    func = jit(boundscheck=False)(lambda a, xs, i: (a[i:].sum(), xs[i]))
    a, xs = np.arange(4.0), [1, 2, 3, 4]
    assert func(a, xs, 2) == (5.0, 3)
    assert jit(boundscheck=False)(lambda a, i: a[i:].sum())(a, 100) == 0.0
    with pytest.raises(IndexError):
        func(a, xs, 7)


def test_a_loop_over_a_range_needs_no_select():
    assert "select" not in text_of(jit(boundscheck=False)(total), np.ones(3))


FLOATS = [-745.2, -12.5, -1.0, -0.75, -0.0, 0.0, 1e-300, 0.3, 0.999, 1.0, 2.5, 709.0, 1e22, math.inf, -math.inf, math.nan]


def called(function, fastmath):
    namespace = {"math": math, "jit": jit}
    text = f"def f(x):\n    return math.{function}(x)\n"
    exec(text, namespace)
    return jit(fastmath=fastmath, source=text)(namespace["f"]), namespace["f"]


def units(value, exact):
    """How far they are apart, in units of the last place of the second."""
    if math.isnan(exact) or math.isinf(exact):
        return 0.0 if repr(value) == repr(exact) else math.inf
    return abs(value - exact) / math.ulp(exact)


@pytest.mark.parametrize(
    "function",
    ["sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos"]
    + ["atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
)
def test_functions_of_math_are_approximated_where_that_is_asked_for(function):
    fast, plain = called(function, {"afn"})
    exact, _ = called(function, {"reassoc", "contract"})
    of_numpy = getattr(np, {"acosh": "arccosh", "asinh": "arcsinh", "atanh": "arctanh"}.get(function, function))
    for x in FLOATS:
        value = fast(x)
        assert type(value) is float
        try:
            expected = plain(x)
        except (ValueError, OverflowError) as error:
            with np.errstate(all="ignore"):
                assert repr(abs(value)) == repr(abs(float(of_numpy(x))))
            with pytest.raises(type(error)):
                exact(x)
        else:
            assert units(value, expected) <= 2.0, (function, x)
            assert repr(exact(x)) == repr(expected)


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("function", ["sin", "cos", "exp", "erf"])
def test_cheaper_approximations_are_near_everywhere(function, tier):
    text = f"def f(a, out):\n    for i in range(len(a)):\n        out[i] = math.{function}(a[i])\n"
    namespace = {"math": math}
    exec(text, namespace)
    rng = np.random.default_rng(3)
    turns = np.arange(-10430, 10430, 37) * (math.pi / 2)
    a = np.concatenate([rng.uniform(-10, 10, 2000), rng.uniform(-20000, 20000, 2000), 10.0 ** rng.uniform(-20, 5, 500)])
    a = np.concatenate([a, turns, np.nextafter(turns, 1e9), [0.0, -0.0, 5e-324, 16384.0, -16384.0, 1e22, 1e300]])
    a = np.concatenate([a, rng.uniform(-745, 709, 500), [0.875, np.nextafter(0.875, 0.0), 6.0, -6.5, -708.5, -745.0]])
    a = a[a < 709.7] if function == "exp" else a
    out = np.zeros(len(a))
    jit(fastmath={"afn"}, tier=tier, source=text)(namespace["f"])(a, out)
    # The C library's own error is up to half a unit more.
    exact = getattr(math, function)
    assert max(units(value, exact(x)) for x, value in zip(a.tolist(), out.tolist())) <= 3.0
    assert math.copysign(1.0, out[a.tolist().index(5e-324) - 1]) == (-1.0 if function in ("sin", "erf") else 1.0)


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("operation", ["math.pow(a[i], b[i])", "a[i] ** b[i]"])
def test_cheaper_powers_are_near_everywhere(operation, tier):
    text = f"def f(a, b, out):\n    for i in range(len(a)):\n        out[i] = {operation}\n"
    namespace = {"math": math}
    exec(text, namespace)
    rng = np.random.default_rng(4)
    a = np.concatenate([rng.uniform(0, 10, 2000), rng.uniform(0.5, 2, 4000), rng.uniform(0.99, 1.01, 1000), np.exp(rng.uniform(-700, 700, 1000))])
    b = np.concatenate([rng.uniform(-10, 10, 2000), rng.uniform(-709, 709, 6000) / np.log(a[2000:])])
    # Negative bases, and results at the ends of the range.
    a = np.concatenate([a, -rng.uniform(0, 10, 500), np.full(200, 2.0), np.full(200, 0.7)])
    b = np.concatenate([b, rng.integers(-100, 100, 500), rng.uniform(1000, 1024, 200), rng.uniform(1900, 1989, 200)])
    out = np.zeros(len(a))
    function = jit(fastmath={"afn"}, tier=tier, source=text)(namespace["f"])
    function(a, b, out)
    # The C library's own error is up to half a unit more.
    assert max(units(value, math.pow(x, y)) for x, y, value in zip(a.tolist(), b.tolist(), out.tolist())) <= 3.0
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-310, -1e-310, 5e-324, 1e300, -1e300, math.inf, -math.inf, math.nan]
    a, b = (side.ravel() for side in np.meshgrid(special, special))
    out = np.zeros(len(a))
    function(a, b, out)
    with np.errstate(all="ignore"):
        want = np.power(a, b)
    assert np.allclose(out, want, 1e-15, 0, equal_nan=True)
    assert np.array_equal(np.signbit(out), np.signbit(want)) or np.isnan(want[np.signbit(out) != np.signbit(want)]).all()


def test_approximations_take_what_the_functions_take():
    @jit(fastmath=True)
    def f(x, n, y):
        return math.log(x, n), math.pow(x, n), math.atan2(x, y), x**y, math.sqrt(n), math.exp(np.float32(1.5))

    expected = math.log(7.0, 3), math.pow(7.0, 3), math.atan2(7.0, -2.5), 7.0**-2.5, math.sqrt(3), math.exp(1.5)
    assert all(units(a, b) <= 2.0 for a, b in zip(f(7.0, 3, -2.5), expected))
    with pytest.raises(TypeError):
        jit(fastmath=True)(lambda: math.sin("x"))()


def test_called_functions_keep_the_functions_of_the_c_library():
    @jit
    def exact(x):
        return math.log(x)

    @jit(fastmath=True)
    def outer(x):
        return exact(x)

    assert repr(outer(0.3)) == repr(math.log(0.3))
    with pytest.raises(ValueError, match="math domain error"):
        outer(0.0)

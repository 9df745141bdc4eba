"""`math` in compiled code against CPython's: value, type, bits, exception and text."""

import itertools
import math
import random
import sys

import numpy as np
import pytest

from cumbia import CompileError, jit

from tests.library.calls import check_calls, function

INF, NAN = math.inf, math.nan
EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 3.7, 23.0, 24.0, 100.0, 171.6, 172.0, -170.5, -200.5, 710.0, -1000.0,
    1e-21, -1e-21, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-310, 1e16, 1e300, -1e300, 1.7976931348623157e308,
    INF, -INF, NAN, 1.0000001, -0.9999999, 0.9999999999999999, 4.9, 5.0, -3.0, -4.0,
]  # fmt: skip
OTHERS = [0, 1, -1, 20, 2**53 + 1, -(2**63), 2**63 - 1, True, False, np.float32(0.3), np.float64(0.7), np.int8(3)]

ONE = (
    "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor frexp gamma "
    "isfinite isinf isnan lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh trunc ulp"
).split()
TWO = "atan2 copysign fmod hypot isclose log nextafter pow remainder".split()


def test_nothing_of_the_module_is_left_out():
    """Each public name is tested here, or is a constant."""
    rest = "comb dist factorial fsum gcd isqrt lcm ldexp perm prod".split()
    constants = "e inf nan pi tau".split()
    later = {"sumprod", "fma"} if sys.version_info >= (3, 12) else set()
    names = {name for name in dir(math) if not name.startswith("_")}
    assert names - later == {*ONE, *TWO, *rest, *constants}


@pytest.mark.parametrize("name", ONE)
def test_of_one(name):
    deviation = "big-int" if name in ("ceil", "floor", "trunc") else None
    # Of NumPy's scalars only float64 has `__trunc__`.
    others = [x for x in OTHERS if name != "trunc" or isinstance(x, (int, float))]
    check_calls(f"math.{name}(a)", [(x,) for x in EDGES + others], _deviation=deviation)


@pytest.mark.parametrize("name", ["gamma", "lgamma"])
def test_gamma_on_random_numbers(name):
    numbers = random.Random(3)
    calls = [(numbers.uniform(-30.0, 180.0),) for _ in range(2000)]
    calls += [(numbers.uniform(-5.0, 5.0) * 10.0 ** numbers.randint(-25, 3),) for _ in range(2000)]
    check_calls(f"math.{name}(a)", calls)


@pytest.mark.parametrize("name", TWO)
def test_of_two(name):
    check_calls(f"math.{name}(a, b)", [*itertools.product(EDGES, EDGES), *itertools.product(OTHERS, OTHERS)])


def test_literals_as_arguments():
    for text in ("math.hypot(a, 4.0, 12.0)", "math.gcd(a, 12, 18)", "math.lcm(4, a, 6)", "math.log(a, 10)"):
        check_calls(text, [(3,), (7,)])
    check_calls("math.hypot(3.0, 4.0), math.gcd(12, 18), math.lcm(), math.gcd(), math.hypot()", [()])


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="3.12 changed the last digit of some")
def test_hypot_of_many():
    numbers = random.Random(5)
    for n in (1, 2, 3, 5, 10):
        text = f"math.hypot({', '.join('abcdefghij'[:n])})"
        calls = []
        for _ in range(300):
            scale = numbers.choice([1.0, 1e-300, 1e-310, 1e-320, 1e300])
            calls.append(tuple(scale * numbers.uniform(-1, 1) * numbers.choice([1, 1e-9]) for _ in range(n)))
        calls += [(INF, *[NAN] * (n - 1)), (0.0,) * n, (-0.0,) * n, (NAN,) * n, (1e308,) * n, (5e-324,) * n]
        check_calls(text, calls)


def test_dist():
    numbers = random.Random(6)
    points = [tuple(numbers.uniform(-9, 9) for _ in range(n)) for n in (0, 1, 2, 2, 3, 3, 7, 7)]
    points += [(1, 2), (INF, 2.0), (NAN, -INF), (True, 2.5, 3)]
    pairs = [(p, q) for p in points for q in points]
    check_calls("math.dist(a, b)", pairs)
    arrays = [(np.array(p, float), np.array(q, float)) for p, q in pairs]
    check_calls("math.dist(a, b)", arrays)
    check_calls("math.dist(a, b)", [(np.arange(3), (1.5, 2.5, 9.0)), ((1, 2), np.float32([0.1, 0.2]))])


def test_integers():
    some = [0, 1, -1, 2, 5, -6, 12, 33, 62, 66, 2**40, 2**62, 2**63 - 1, -(2**63) + 1, -(2**63), True, np.int8(-4)]
    for name in ("gcd", "lcm"):
        pairs = list(itertools.product(some, some))
        check_calls(f"math.{name}(a, b)", pairs, _deviation="big-int")
        check_calls(f"math.{name}(a)", [(n,) for n in some], _deviation="big-int")
        check_calls(f"math.{name}(a, b, c, d)", itertools.product(some[:6], repeat=4))
    small = [n for n in some if n < 100]
    for name in ("comb", "perm"):
        check_calls(f"math.{name}(a, b)", itertools.product(small, small), _deviation="big-int")
    check_calls("math.perm(a), math.factorial(a)", [(n,) for n in range(-2, 25)], _deviation="big-int")
    check_calls("math.perm(a, None)", [(5,), (0,)])
    roots = [k * k + d for k in (1, 2, 3, 10**6, 94906267, 2**31, 3037000499) for d in (-1, 0, 1)]
    check_calls("math.isqrt(a)", [(n,) for n in [*roots, 0, -1, 2**63 - 1, True, np.uint8(200)]])
    check_calls("math.ldexp(a, b)", itertools.product(EDGES, [-(2**40), -2000, -1074, -5, 0, 3, 1000, 5000, 2**40]))


def test_isclose():
    numbers = [1.0, 1.0000001, 0.0, -0.0, 1e-10, INF, -INF, NAN, 5]
    calls = [*itertools.product(numbers, numbers, [1e-6, 0.0, 1.0, -1.0, INF])]
    check_calls("math.isclose(a, b, rel_tol=c)", calls)
    check_calls("math.isclose(a, b, abs_tol=c)", calls)
    check_calls("math.isclose(a=a, b=b, rel_tol=c, abs_tol=c)", calls)


SUMS = [
    (),
    (0.1,) * 10,
    (1e100, 1.0, -1e100, 1e-100, 1e50, -1.0, -1e50),
    (2.0**53, -0.5, -(2.0**-54)),
    (2.0**53, 1.0, 2.0**-100),
    (2.0**53 + 10.0, 1.0, 2.0**-100),
    (2.0**53 - 4.0, 0.5, 2.0**-54),
    (1e308, 1e308, -1e308),
    (1e16, 1.0, 1e-16),
    (1e16 - 2.0, 1.0 - 2.0**-53, -(1e16 - 2.0), -(1.0 - 2.0**-53)),
    (-0.0, -0.0),
    (INF, 1.0),
    (INF, -INF),
    (NAN, INF, -INF),
    (NAN, 1.0),
    (1e308,) * 20,
    (5e-324, 5e-324, -5e-324),
    tuple(1.0 / k for k in range(1, 200)),
]


def test_fsum():
    numbers = random.Random(8)
    sums = list(SUMS)
    for _ in range(60):
        part = [numbers.gauss(0, 1) ** 7 * 10.0 ** numbers.randint(-200, 200) for _ in range(numbers.randint(1, 60))]
        part += [-x for x in part[::2]]
        numbers.shuffle(part)
        sums.append(tuple(part))
    check_calls("math.fsum(a)", [(np.array(s, float),) for s in sums])
    check_calls("math.fsum(a)", [(s,) for s in sums if len(s) < 12])
    check_calls("math.fsum(a)", [((1, 2, 3),), ((1, 2.5, True),), (np.arange(5),), (np.float32([0.1, 0.2]),)])


def test_prod():
    calls = [((),), ((2, 3, 7),), ((1.5, 2),), ((0.1, -0.0, INF),), ((True, False),), (np.arange(1, 5),)]
    calls += [(np.linspace(0.1, 3, 20),), (np.array([3, 4], np.int8),)]
    check_calls("math.prod(a)", calls)
    check_calls("math.prod(a, start=b)", [(*c, s) for c in calls[:4] for s in (2, 0.5, True)])
    check_calls("math.prod(a)", [((2**40, 2**40),)], _deviation="big-int")


def test_nextafter_with_steps():
    numbers = [0.0, -0.0, 5e-324, -5e-324, 1e-323, 1.0, -1.0, 1.5, INF, -INF, NAN]
    if sys.version_info >= (3, 12):
        steps = [0, 1, 2, 10**6, 2**52, 2**62, 2**63 - 1, -1]
        check_calls("math.nextafter(a, b, steps=c)", itertools.product(numbers, numbers, steps))
    compiled = jit(function("math.nextafter(a, b, steps=c)", 3))
    for x, y, n in itertools.product(numbers, numbers, range(5)):
        want = x
        for _ in range(n):
            # Zero keeps the sign of the side it is reached from, and is stepped over once.
            want = want if want == y and n > 1 and want != 0 else math.nextafter(want, y)
        got = compiled(x, y, n)
        assert (got == want or (got != got and want != want)), (x, y, n, got, want)
    # 1.0 is 2**62 floats below infinity, and 1023 * 2**52 above zero.
    assert compiled(1.0, INF, 2**62 - 1) == 1.7976931348623157e308
    assert compiled(1.0, INF, 2**62) == compiled(1.0, INF, 2**63 - 1) == INF
    assert compiled(-1.0, 1.0, 2 * 1023 * 2**52 - 1) == math.nextafter(1.0, 0.0)
    assert compiled(-1.0, 1.0, 2 * 1023 * 2**52) == 1.0
    with pytest.raises(ValueError, match="steps must be a non-negative integer"):
        compiled(1.0, 2.0, -1)


def test_constants():
    check_calls("math.pi, math.e, math.tau, math.inf, math.nan", [()])


def test_sumprod():
    """Of 3.12; here the body itself, beside exact arithmetic rounded once."""
    from fractions import Fraction

    from tests.library.emulation import load

    sumprod = load()[0]["math.sumprod"]
    numbers = random.Random(5)
    for size in (1, 2, 3, 10, 100):
        for spread in (0, 10, 60):
            p = [numbers.uniform(-1, 1) * 10.0 ** numbers.randint(-spread, spread) for _ in range(size)]
            q = [numbers.uniform(-1, 1) * 10.0 ** numbers.randint(-spread, spread) for _ in range(size)]
            exact = sum((Fraction(x) * Fraction(y) for x, y in zip(p, q, strict=True)), Fraction())
            assert sumprod(p, q) == float(exact)
    assert sumprod([10**9, 2], [3, 4]) == 3 * 10**9 + 8
    assert sumprod([0.1] * 10, [True] * 10) == 1.0
    assert sumprod([INF, 1.0], [1.0, 2.0]) == INF
    assert math.isnan(sumprod([INF, -INF], [1.0, 1.0]))
    assert sumprod([1e200, 1.0, -1e200], [1.0, 1.0, 1.0]) == 1.0
    assert type(sumprod(np.float32([1, 2]), np.float32([3, 4]))) is np.float32
    with pytest.raises(ValueError, match="^Inputs are not the same length$"):
        sumprod([1], [1, 2])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="of 3.12")
def test_sumprod_of_the_running_python():
    lists = [[1.5, -2.0, 0.1], [1, 2, 3], [True, False, True], [1e16, 1.0, -1e16], [INF, 1.0, NAN]]
    check_calls("math.sumprod(a, b)", [*itertools.product(lists, lists), ([1], [1, 2])])


def test_numpys_integers_are_no_exponents():
    with pytest.raises(CompileError, match="Expected an int as second argument"):
        jit(function("math.ldexp(a, b)", 2))(1.5, np.int32(2))
    check_calls("math.ldexp(a, b)", [(1.5, True), (np.float32(1.5), 2)])

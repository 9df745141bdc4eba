"""`math`: values, domains, texts of errors."""

import math

from tests.corpus import call, program


@program(call(2.0), call(0.0), call(-1.0), call(float("inf")), call(float("nan")), call(9))
def sqrt(x):
    return math.sqrt(x)


@program(call(1.0), call(0.0), call(-1.0), call(1e300), call(8))
def logarithms(x):
    return math.log(x), math.log2(x), math.log10(x), math.log1p(x), math.log(x, 3)


@program(call(0.5), call(710.0), call(-800.0))
def exponentials(x):
    return math.exp(x), math.expm1(x), math.exp2(x)


@program(call(0.5), call(-2.0), call(1e10), call(float("inf")))
def trigonometry(x):
    return math.sin(x), math.cos(x), math.tan(x)


@program(call(0.5), call(-1.0), call(1.5))
def inverse_trigonometry(x):
    return math.atan(x), math.asin(x), math.acos(x)


@program(call(1.0, -1.0), call(-0.0, 0.0), call(0.0, -0.0), call(3, 4))
def two_arguments(a, b):
    return math.atan2(a, b), math.hypot(a, b), math.copysign(a, b), math.fmod(a, 3.0)


@program(call(0.5), call(-3.0))
def hyperbolic(x):
    return math.sinh(x), math.cosh(x), math.tanh(x)


@program(call(2.7), call(-2.7), call(-0.2), call(5), call(1e18))
def to_integers(x):
    return math.floor(x), math.ceil(x), math.trunc(x)


@program(call(float("nan")), call(float("inf")))
def floor_of_special_values(x):
    return math.floor(x)


@program(call(0), call(5), call(20))
def factorial(n):
    return math.factorial(n)


@program(call(-1))
def factorial_of_a_negative(n):
    return math.factorial(n)


@program(call(12, 18), call(0, 5), call(-4, 6), call(0, 0))
def gcd_and_lcm(a, b):
    return math.gcd(a, b), math.lcm(a, b), math.gcd(a, b, 4), math.gcd(), math.lcm(a)


@program(call(10, 3), call(5, 7), call(5, 0))
def combinations(n, k):
    return math.comb(n, k), math.perm(n, k), math.perm(n)


@program(call(17), call(0), call(99980001))
def isqrt(n):
    return math.isqrt(n)


@program(call(-1))
def isqrt_of_a_negative(n):
    return math.isqrt(n)


@program(call([0.1] * 10), call([1e16, 1.0, -1e16]))
def fsum(xs):
    return math.fsum(xs), sum(xs)


@program(call([1, 2, 3]), call((1.5, 2.0)))
def prod(xs):
    return math.prod(xs), math.prod(xs, start=10)


@program(call((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))
def dist(p, q):
    return math.dist(p, q)


@program(call(3.75), call(-0.0), call(1e300), call(0.1))
def parts(x):
    return math.frexp(x), math.modf(x), math.ldexp(x, 2), math.ulp(x), math.nextafter(x, 10.0)


@program(call(1.0), call(float("nan")), call(float("-inf")))
def classification(x):
    return math.isnan(x), math.isinf(x), math.isfinite(x)


@program(call(1.0, 1.0 + 1e-10), call(0.0, 1e-12), call(float("inf"), float("inf")))
def isclose(a, b):
    return math.isclose(a, b), math.isclose(a, b, rel_tol=1e-12), math.isclose(a, b, abs_tol=1e-9)


@program(call(2.0, 3.0), call(0.0, -1.0), call(-8.0, 1 / 3), call(10.0, 400.0))
def power(a, b):
    return math.pow(a, b)


@program(call(180.0))
def angles(x):
    return math.radians(x), math.degrees(x), math.tau / 2 == math.pi


@program(call(0.5), call(-1.5))
def error_functions(x):
    return math.erf(x), math.erfc(x)


@program(call(5.0, 3.0), call(5.0, -3.0), call(7, 2), call(5.0, 0.0))
def remainder(a, b):
    return math.remainder(a, b), math.fmod(a, b)


@program(call(27.0), call(-8.0))
def cbrt_and_fabs(x):
    return math.cbrt(x), math.fabs(x)


@program(call(1.0), call(1e308))
def ldexp_overflows(x):
    return math.ldexp(x, 1000)


@program(call([3.0, 4.0]), call([]), call([-2.5]), call([1.0] * 12), call([float("inf"), float("nan")]))
def starred_hypot(xs):
    return math.hypot(*xs)


@program(call([12, 18, 30]), call([]), call([-4]), call([0, 0]), call([2**62, 2**40]))
def starred_gcd_and_lcm(xs):
    return math.gcd(*xs), math.lcm(*xs[:2])


@program(call(4))
def many_arguments(n):
    return math.gcd(n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22), math.hypot(n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), math.gcd(), math.lcm()


@program(call(4))
def gcd_of_none(n):
    return math.gcd(n, None)

"""Numbers: the same function under CPython and cumbia, over types and special values.

One jitted function per operator or function, called with many types and values. What
differs on purpose is in `allowed`, and only there: integers beyond 64 bits, the last
bits of powers and of NumPy's own elementary functions, and refusals of what is a
TypeError in Python.
"""

import itertools
import math
import operator
import sys
import warnings

import numpy as np
import pytest

from cumbia import CompileError, jit

INF, NAN = math.inf, math.nan
INT64 = range(-(2**63), 2**63)

PYTHON_VALUES = [
    *[False, True],
    *[0, 1, -1, 2, -2, 3, 7, -8, 63, 64, 300, 2**31, -(2**40), 2**53 + 1, 2**62, 2**63 - 1, -(2**63)],
    *[0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.7, 1e-310, 1e16, 2.0**53, 2.0**63, -(2.0**63), 1e300, INF, -INF, NAN],
    *[0j, 1 + 2j, -0.0 - 1.5j, complex(INF, 1.0), complex(0.0, NAN)],
]
NUMPY_VALUES = [
    *map(np.bool, [False, True]),
    *map(np.int8, [0, 1, -1, 3, 100, -128, 127]),
    *map(np.uint8, [0, 1, 3, 200, 255]),
    *map(np.int16, [0, -1, 5, -(2**15)]),
    *map(np.uint16, [0, 7, 2**16 - 1]),
    *map(np.int32, [0, -1, 9, -(2**31)]),
    *map(np.uint32, [0, 11, 2**32 - 1]),
    *map(np.int64, [0, 1, -1, 6, 2**53 + 1, 2**63 - 1, -(2**63)]),
    *map(np.uint64, [0, 1, 5, 2**63, 2**64 - 1]),
    *map(np.float32, [0.0, -0.0, 1.5, -2.0, 1e-40, 3e38, INF, NAN]),
    *map(np.float64, [0.0, -0.0, 1.5, -2.5, 2.0**53, 1e300, INF, -INF, NAN]),
    *map(np.complex64, [0, 1 + 2j, complex(-1.5, INF)]),
    *map(np.complex128, [0, 1 - 2j, complex(NAN, 1.0)]),
]

# Pairs of types that meet: every type with itself and with each Python number, and
# those where promotion does something.
MIXED = [
    ("bool", "int8"), ("bool", "float32"), ("int8", "uint8"), ("uint8", "int8"), ("int8", "int64"),
    ("uint16", "int16"), ("int32", "uint32"), ("int64", "uint64"), ("uint64", "int64"), ("uint8", "uint64"),
    ("int16", "float32"), ("int32", "float32"), ("float32", "float64"), ("float64", "int64"),
    ("uint64", "float64"), ("float32", "complex64"), ("float64", "complex64"), ("complex64", "complex128"),
    ("int64", "complex64"), ("complex128", "float64"),
]


def by_type(values):
    groups = {}
    for value in values:
        groups.setdefault(type(value), []).append(value)
    return groups


PY, NP = by_type(PYTHON_VALUES), by_type(NUMPY_VALUES)


def pairs():
    types = [(a, b) for a in PY for b in PY]
    types += [(a, a) for a in NP]
    types += [(a, b) for a in NP for b in PY] + [(b, a) for a in NP for b in PY]
    types += [(np.dtype(a).type, np.dtype(b).type) for a, b in MIXED]
    everything = PY | NP
    for a, b in types:
        yield from itertools.product(everything[a], everything[b])


def outcome(function, args):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args)
    except Exception as error:
        return error


def fits(value):
    return all(map(fits, value)) if isinstance(value, tuple) else type(value) is not int or value in INT64


def same(actual, expected, ulp=0):
    """Whether two results are the same: type, value, sign of zero, nan."""
    if type(actual) is not type(expected):
        return False
    if isinstance(expected, tuple):
        return len(actual) == len(expected) and all(map(same, actual, expected, itertools.repeat(ulp)))
    if isinstance(expected, (complex, np.complexfloating)):
        if ulp and np.isfinite(expected) and np.isfinite(actual):
            # Of powers, whose error grows with the exponent.
            return abs(actual - expected) <= 128 * ulp * np.spacing(abs(expected))
        return same(actual.real, expected.real, ulp) and same(actual.imag, expected.imag, ulp)
    if isinstance(expected, (float, np.floating)):
        if expected != expected:
            return actual != actual
        if ulp and np.isfinite(expected):
            with np.errstate(all="ignore"):
                near = abs(actual - expected) <= ulp * np.spacing(abs(expected))
            return bool(near) and (actual != 0) == (expected != 0)
        return actual == expected and math.copysign(1, actual) == math.copysign(1, expected)
    return actual == expected


def agree(actual, expected, ulp=0):
    if not isinstance(expected, Exception):
        if fits(expected):
            return not isinstance(actual, Exception) and same(actual, expected, ulp)
        # A deviation: integers have 64 bits.
        return isinstance(actual, OverflowError)
    if isinstance(expected, TypeError):
        return isinstance(actual, (TypeError, CompileError))
    return type(actual) is type(expected) and text(actual) == text(expected)


def text(error):
    shown = str(error)
    # 3.13 and 3.14 word these differently from what cumbia says.
    for newer, older in TEXTS:
        shown = shown.replace(newer, older)
    return shown


TEXTS = [("float modulo by zero", "float modulo")]
if sys.version_info >= (3, 14):
    pytest.skip("texts of exceptions are those of 3.11 to 3.13", allow_module_level=True)


def compare(function, cases, allowed=lambda args, expected, actual: False, ulp=0):
    __tracebackhide__ = True
    jitted = jit(function)
    failures, count = [], 0
    for args in cases:
        expected, actual = outcome(function, args), outcome(jitted, args)
        count += 1
        if not agree(actual, expected, ulp) and not allowed(args, expected, actual):
            shown = repr(actual) if not isinstance(actual, CompileError) else str(actual)
            failures.append(f"{', '.join(map(repr, args))}: {expected!r}, cumbia {shown}")
    assert not failures, f"{len(failures)} of {count} differ:\n" + "\n".join(failures[:40])


def weak(args):
    return not any(isinstance(a, np.generic) for a in args)


# Operators


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def truediv(a, b):
    return a / b


def floordiv(a, b):
    return a // b


def mod(a, b):
    return a % b


def lshift(a, b):
    return a << b


def rshift(a, b):
    return a >> b


def bit_and(a, b):
    return a & b


def bit_or(a, b):
    return a | b


def bit_xor(a, b):
    return a ^ b


def compared(a, b):
    return a == b, a != b


def ordered(a, b):
    return a < b, a <= b, a > b, a >= b


def divided(a, b):
    return divmod(a, b)


@pytest.mark.parametrize(
    "function", [add, sub, mul, truediv, floordiv, mod, bit_and, bit_or, bit_xor, compared, ordered, divided]
)
def test_binary_operators(function):
    compare(function, pairs())


@pytest.mark.parametrize("function", [lshift, rshift])
def test_shifts(function):
    # CPython builds the big integer of a large shift: keep it small.
    small = [(a, b) for a, b in pairs() if not (weak((a, b)) and isinstance(b, (int, float)) and b > 10**4)]
    compare(function, small)


def power(a, b):
    return a**b


def test_powers():
    def allowed(args, expected, actual):
        a, b = args
        if weak(args) and isinstance(actual, ValueError):
            # A negative exponent known at run time only; a complex result.
            return isinstance(b, int) and b < 0 or isinstance(expected, complex)
        if isinstance(expected, (complex, np.complexfloating)):
            # The C library's complex power with infinities and nans.
            return not (np.isfinite(a) and np.isfinite(b)) or not np.isfinite(expected)
        return False

    cases = [(a, b) for a, b in pairs() if not (weak((a, b)) and isinstance(b, int) and abs(b) > 100)]
    compare(power, cases, allowed, ulp=64)


def powers_with_constants(a):
    return a**0, a**1, a**2, a**3, a**2.0


def power_minus_one(a):
    return a**-1


def power_of_two(b):
    return 2**b


def test_powers_with_constants():
    values = PYTHON_VALUES + NUMPY_VALUES
    compare(powers_with_constants, [(a,) for a in values if isinstance(a, (bool, float, np.generic))], ulp=2,
            allowed=lambda args, expected, actual: isinstance(args[0], np.complexfloating))
    compare(powers_with_constants, [(a,) for a in (0, 1, -1, 7, -8, 2**20)], ulp=2)
    compare(power_minus_one, [(a,) for a in values if not isinstance(a, (complex, np.complexfloating))], ulp=1)
    compare(power_of_two, [(n,) for n in range(70)])


def negated(a):
    return -a


def posed(a):
    return +a


def inverted(a):
    return ~a


def absolute(a):
    return abs(a)


def truth(a):
    if a:
        return not a, bool(a), 1 if a else 2
    return not a, bool(a), 3


@pytest.mark.parametrize("function", [negated, posed, inverted, absolute, truth])
def test_unary_operators(function):
    compare(function, [(a,) for a in PYTHON_VALUES + NUMPY_VALUES], ulp=1 if function is absolute else 0)


# Builtins


def to_int(a):
    return int(a)


def to_float(a):
    return float(a)


def to_complex(a):
    return complex(a)


def two_to_complex(a, b):
    return complex(a, b)


def rounded(a):
    return round(a)


@pytest.mark.parametrize("function", [to_int, to_float, to_complex, rounded])
def test_conversions(function):
    extra = [2.5, 3.5, -0.5, 0.49999999999999994, 1e17, 9.3e18, -9.3e18, np.float32(2.5)]
    compare(function, [(a,) for a in PYTHON_VALUES + NUMPY_VALUES + extra])


def test_complex_of_two():
    real = [a for a in PYTHON_VALUES + NUMPY_VALUES if not isinstance(a, (complex, np.complexfloating))]
    compare(two_to_complex, [(a, b) for a, b in zip(real, reversed(real))])


def rounded_to(a, n):
    return round(a, n)


def test_round_to_digits():
    floats = [2.675, 1.005, -2.5, 0.5, 1e22, 123456.789, 5e-324, 1.7976931348623157e308, 0.0, -0.0, INF, NAN]
    ints = [0, 15, 25, -15, 149, 151, 12345, 5 * 10**17, True]
    digits = [-400, -19, -3, -1, 0, 1, 2, 15, 22, 400]
    compare(rounded_to, itertools.product(floats, [n for n in digits]))
    compare(rounded_to, itertools.product(ints, digits[1:]))
    numpy = [np.float64(2.675), np.float32(2.675), np.float64(-12345.678), np.int8(125), np.uint8(255), np.int64(25)]
    compare(rounded_to, itertools.product(numpy, [-3, -1, 0, 1, 2]))


def extrema(a, b):
    return min(a, b), max(a, b)


def extrema3(a, b, c):
    return min(a, b, c), max(a, b, c)


def test_min_and_max():
    def allowed(args, expected, actual):
        a, b = map(type, args)
        if a is b:
            return False
        if {a, b} == {np.int64, np.uint64}:
            return isinstance(actual, CompileError)
        if isinstance(actual, OverflowError):
            # A Python int out of the dtype's range has no common type with it.
            return int in (a, b)
        # The common type instead of the winner's.
        common = np.result_type(*args) if not weak(args) else float if float in (a, b) else int
        with np.errstate(all="ignore"):
            return all(map(same, actual, [np.dtype(common).type(x) if not weak(args) else common(x) for x in expected]))

    real = [args for args in pairs() if not any(map(np.iscomplexobj, args))]
    compare(extrema, real, allowed)
    compare(extrema3, itertools.product([0.0, -0.0, NAN, 1.0], repeat=3))


def pow_mod(a, b, m):
    return pow(a, b, m)


def test_pow_with_modulus():
    compare(pow_mod, itertools.product([3, -5, 10, 0, 2**62], [-2, -1, 0, 5, 2**40], [7, -7, 1, 0, 12, 2**61 - 1]))


def parts(a):
    return a.real, a.imag, a.conjugate()


def item(a):
    return a.item()


def test_parts():
    compare(parts, [(a,) for a in PYTHON_VALUES + NUMPY_VALUES])
    compare(item, [(a,) for a in NUMPY_VALUES])


@pytest.mark.parametrize("dtype", sorted({d.__name__ for d in NP}))
def test_scalar_classes(dtype):
    scope = {"np": np}
    source = f"def construct(a):\n    return np.{dtype}(a)\n"
    exec(source, scope)
    function = scope["construct"]
    jitted = jit(function, source=source)
    failures = []
    for a in PYTHON_VALUES + NUMPY_VALUES:
        if dtype in ("uint32", "uint64") and isinstance(a, float) and abs(a) >= 2.0**63:
            # NumPy names a number beyond 64 bits.
            continue
        expected, actual = outcome(function, (a,)), outcome(jitted, (a,))
        if not agree(actual, expected):
            failures.append(f"{a!r}: {expected!r}, cumbia {actual!r}")
    assert not failures, "\n".join(failures)


# Elements


def stored(array, value):
    array[0] = value
    return array[0]


@pytest.mark.parametrize("dtype", sorted({d.__name__ for d in NP}))
def test_stores(dtype):
    jitted = jit(stored)
    failures = []
    for value in PYTHON_VALUES + NUMPY_VALUES:
        if dtype in ("uint32", "uint64") and isinstance(value, float) and abs(value) >= 2.0**63:
            # NumPy names a number beyond 64 bits.
            continue
        ours, theirs = np.ones(1, dtype), np.ones(1, dtype)
        expected, actual = outcome(stored, (theirs, value)), outcome(jitted, (ours, value))
        if not agree(actual, expected) or not same(ours[0], theirs[0]):
            failures.append(f"{value!r}: {expected!r}, cumbia {actual!r}")
    assert not failures, "\n".join(failures)


# Paths that meet


def looped(x, n):
    for _ in range(n):
        x = x - 1
    return x


def summed(values):
    s = 0.0
    for v in values:
        s += v
    return s


def test_literals_stay_weak():
    assert same(jit(looped)(np.uint64(5), 3), np.uint64(2))
    assert same(jit(looped)(np.float32(5), 3), np.float32(2))
    assert same(jit(looped)(5, 3), 2)
    assert same(jit(summed)(np.ones(3, np.float32)), np.float32(3))
    assert same(jit(summed)(np.ones(3)), np.float64(3))


# The math module

FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 3.7, 23.0, 24.0, 100.0, 171.7, -200.5, 710.0, -1000.0, 1e-310,
    -1e-320, 1e16, 1e300, -1e300, 1e308, INF, -INF, NAN, 1.0000001, -0.9999999,
]  # fmt: skip
OTHERS = [0, 1, -1, 20, 2**53 + 1, True, np.float32(0.3), np.float64(0.7), np.int8(3)]
UNARY_MATH = (
    "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor frexp gamma "
    "isfinite isinf isnan lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh ulp"
).split()
BINARY_MATH = "atan2 copysign fmod hypot isclose log nextafter pow remainder".split()
# 3.12 corrects the last digit of some.
MATH_ULP = {"hypot": 1} if sys.version_info >= (3, 12) else {}


def of_module(module, name, arity):
    """A function that calls `module.name`, with its source for jit."""
    args = ", ".join("abcd"[:arity])
    source = f"def call({args}):\n    return {module}.{name}({args})\n"
    scope = {"math": math, "np": np}
    exec(source, scope)
    return scope["call"], source


def compare_calls(module, name, cases, ulp=0, allowed=lambda args, expected, actual: False):
    __tracebackhide__ = True
    cases = list(cases)
    function, source = of_module(module, name, len(cases[0]))
    jitted = jit(function, source=source)
    failures = []
    for args in cases:
        expected, actual = outcome(function, args), outcome(jitted, args)
        if not agree(actual, expected, ulp) and not allowed(args, expected, actual):
            failures.append(f"{name}{args!r}: {expected!r}, cumbia {actual!r}")
    assert not failures, f"{len(failures)} of {len(cases)} differ:\n" + "\n".join(failures[:30])


@pytest.mark.parametrize("name", UNARY_MATH)
def test_math_of_one(name):
    compare_calls("math", name, [(x,) for x in FLOATS + OTHERS], MATH_ULP.get(name, 0))


def test_trunc():
    compare_calls("math", "trunc", [(x,) for x in [*FLOATS, 1, True, np.float64(2.7)]])


@pytest.mark.parametrize("name", BINARY_MATH)
def test_math_of_two(name):
    cases = [*itertools.product(FLOATS, FLOATS), *itertools.product(OTHERS, OTHERS)]
    compare_calls("math", name, cases, MATH_ULP.get(name, 0))


def test_math_of_integers():
    some = [0, 1, -1, 2, 5, -6, 12, 33, 62, 66, 2**40, 2**63 - 1, -(2**63) + 1, True]
    small = [n for n in some if n < 100]
    for name in ("gcd", "lcm"):
        compare_calls("math", name, itertools.product(some, some))
        compare_calls("math", name, itertools.product(small[:6], small[:6], small[:6]))
        compare_calls("math", name, [(n,) for n in some])
    for name in ("comb", "perm"):
        compare_calls("math", name, itertools.product(small, small))
    roots = [k * k + d for k in (1, 2, 3, 10**6, 94906267, 2**31, 3037000499) for d in (-1, 0, 1)]
    compare_calls("math", "isqrt", [(n,) for n in [*roots, 0, -1, 2**63 - 1]])
    compare_calls("math", "factorial", [(n,) for n in range(-1, 25)])
    compare_calls("math", "perm", [(n,) for n in range(5)])
    compare_calls("math", "ldexp", itertools.product(FLOATS, [-2000, -1074, -5, 0, 3, 1000, 5000]))


def close(a, b, tolerance):
    return math.isclose(a, b, rel_tol=tolerance), math.isclose(a, b, abs_tol=tolerance)


def test_isclose():
    compare(close, itertools.product([1.0, 1.0000001, 0.0, INF, NAN], [1.0, 1.1, 1e-9, INF], [1e-6, 0.0, -1.0]))


# Elementwise functions of NumPy

UNARY_NUMPY = (
    "sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh "
    "arctanh fabs rint deg2rad rad2deg degrees radians floor ceil trunc round abs absolute sign square reciprocal "
    "conjugate conj real imag angle negative positive invert bitwise_count isnan isinf isfinite signbit logical_not"
).split()
BINARY_NUMPY = (
    "arctan2 hypot copysign nextafter heaviside logaddexp logaddexp2 add subtract multiply divide floor_divide "
    "remainder power bitwise_and bitwise_or bitwise_xor left_shift right_shift fmod float_power gcd lcm maximum "
    "minimum fmax fmin logical_and logical_or logical_xor equal not_equal less less_equal greater greater_equal"
).split()
EXACT_NUMPY = set(
    "sqrt fabs rint floor ceil trunc round abs absolute sign square reciprocal conjugate conj real imag negative "
    "positive invert bitwise_count isnan isinf isfinite signbit logical_not copysign nextafter heaviside add subtract "
    "multiply divide floor_divide remainder bitwise_and bitwise_or bitwise_xor left_shift right_shift fmod gcd lcm "
    "maximum minimum fmax fmin logical_and logical_or logical_xor equal not_equal less less_equal greater "
    "greater_equal degrees radians deg2rad rad2deg".split()
)


def refused(args, expected, actual):
    """float16 results, and complex arguments of what has no complex form yet."""
    if not isinstance(actual, CompileError):
        return False
    return isinstance(expected, np.float16) or any(isinstance(a, (complex, np.complexfloating)) for a in args)


@pytest.mark.parametrize("name", UNARY_NUMPY)
def test_ufuncs_of_one(name):
    values = PYTHON_VALUES + NUMPY_VALUES
    complex_magnitude = name in ("abs", "absolute", "angle")
    ulp = 1 if complex_magnitude else 0 if name in EXACT_NUMPY else 8
    # The square root of a complex number is not the C library's: a unit or two.
    for is_complex in (False, True):
        chosen = [(a,) for a in values if isinstance(a, (complex, np.complexfloating)) == is_complex]
        compare_calls("np", name, chosen, 2 / 128 if is_complex and name == "sqrt" else ulp, refused)


@pytest.mark.parametrize("name", BINARY_NUMPY)
def test_ufuncs_of_two(name):
    def allowed(args, expected, actual):
        if refused(args, expected, actual):
            return True
        if name in ("fmax", "fmin") and all(x == y for x, y in itertools.combinations([*args, expected, actual], 2)):
            # Of two zeros NumPy takes the one or the other, by the element's position.
            return type(actual) is type(expected)
        if args == (-INF, 0.5):
            # A square root in NumPy, though only of a whole array with one exponent.
            return name == "power"
        # The C library's complex power with infinities and nans.
        return name in ("power", "float_power") and isinstance(expected, np.complexfloating) and not (
            all(map(np.isfinite, args)) and np.isfinite(expected)
        )

    types = [(a, a) for a in NP] + [(int, int), (float, float), (int, np.int8), (np.float32, float)]
    types += [(np.dtype(a).type, np.dtype(b).type) for a, b in MIXED]
    everything = PY | NP
    cases = [pair for a, b in types for pair in itertools.product(everything[a], everything[b])]
    compare_calls("np", name, cases, 0 if name in EXACT_NUMPY else 64, allowed)


def test_ldexp_of_numpy():
    compare_calls("np", "ldexp", itertools.product([1.5, np.float32(1.5), np.float64(-0.0)], [-3, 0, 5, 2000]))


def test_operators_agree_with_the_module():
    # The functions above are what they are called.
    for function, name in [(add, "add"), (sub, "sub"), (mul, "mul"), (mod, "mod"), (power, "pow")]:
        assert function(5, 3) == getattr(operator, name)(5, 3)


def test_bits_as_another_type():
    def f(x):
        return x.view(np.int32), x.view(np.uint32), x.view(np.float32), x.view()

    for x in (np.float32(-1.5), np.int32(-3), np.uint32(2**31 + 1), np.float32("nan")):
        got, want = jit(f)(x), f(x)
        assert [type(one) for one in got] == [type(one) for one in want]
        assert [one.tobytes() for one in got] == [one.tobytes() for one in want]

    def g(x, y):
        return x.view(np.float64), y.view(np.int64), y.view(np.uint64), x.view(np.complex64)

    given = np.int64(4_607_182_418_800_017_408), np.float64(1.5)
    assert jit(g)(*given) == g(*given) == (1.0, 4_609_434_218_613_702_656, 4_609_434_218_613_702_656, given[0].view(np.complex64))

    def h(x):
        return x.view(np.int8), x.view(np.uint8), x.view(np.bool_)

    assert jit(h)(np.int8(-1))[:2] == (-1, 255) and type(jit(h)(np.int8(1))[2]) is np.bool_

    def wrong(x):
        return x.view(np.int64)

    with pytest.raises(ValueError, match="itemsize"):
        jit(wrong)(np.int32(1))

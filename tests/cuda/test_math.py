"""The functions of `math`, NumPy's and `cuda`'s on numbers, in kernels: as in Python.

Functions that C's library has on processors are within 1 ULP of the true value here; the
tolerance is that of two such results. What is exact is equal.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import _kernels

RNG = np.random.default_rng(3)
SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1.7976931348623157e308]


def kernel_of(expression, *names):
    """A kernel that computes an expression of arrays' elements."""
    items = "; ".join(f"{name} = {name}s[i]" for name in names)
    text = (
        f"def kernel({', '.join(f'{name}s' for name in names)}, out):\n"
        f"    i = cuda.grid(1)\n"
        f"    if i < out.size:\n"
        f"        {items}\n"
        f"        out[i] = {expression}\n"
    )
    scope = {"cuda": cuda, "math": math, "np": np, "cmath": cmath}
    exec(compile(text, "<kernel>", "exec"), scope)
    return _kernels.of_text(scope["kernel"], text)


def computed(expression, out, **arrays):
    """What a kernel gives for each element."""
    kernel = kernel_of(expression, *arrays)
    made = np.zeros(len(next(iter(arrays.values()))), out)
    kernel.forall(made.size)(*arrays.values(), made)
    return made


def expected(expression, out, **arrays):
    """What Python gives, element by element, of Python's numbers."""
    scope = {"math": math, "np": np, "cmath": cmath}
    rows = zip(*(array.tolist() for array in arrays.values()))
    values = [eval(expression, dict(scope, **dict(zip(arrays, row)))) for row in rows]
    return np.array(values, out)


ANY = RNG.normal(0, 3, 60)
POSITIVE = np.exp(RNG.normal(0, 9, 60))
UNIT = RNG.uniform(-1, 1, 60)
ELEMENTARY = {
    "exp": ANY, "exp2": ANY, "expm1": ANY, "log": POSITIVE, "log2": POSITIVE, "log10": POSITIVE,
    "log1p": POSITIVE, "sin": 50 * ANY, "cos": 50 * ANY, "tan": 50 * ANY, "asin": UNIT,
    "acos": UNIT, "atan": ANY, "sinh": ANY, "cosh": ANY, "tanh": ANY, "asinh": ANY,
    "acosh": 1 + POSITIVE, "atanh": UNIT, "cbrt": ANY, "erf": ANY, "erfc": ANY,
    "sqrt": POSITIVE, "degrees": ANY, "radians": ANY, "fabs": ANY,
}
# More than 1 ULP each way, from SciPy's tolerances.
WIDER = {"gamma": np.abs(ANY) + 0.1, "lgamma": np.abs(ANY) + 3}


@pytest.mark.parametrize("name", [*ELEMENTARY, *WIDER])
def test_functions_of_one(name):
    if not hasattr(math, name):
        pytest.skip(f"this Python has no math.{name}")
    x = {**ELEMENTARY, **WIDER}[name]
    made, wanted = (f(f"math.{name}(x)", "f8", x=x) for f in (computed, expected))
    # glibc's cube root is within 4.
    ulps = {"cbrt": 5, **dict.fromkeys(WIDER, 8)}.get(name, 2)
    assert (np.abs(made - wanted) <= ulps * np.spacing(np.abs(wanted))).all()


@pytest.mark.parametrize("name", ["pow", "atan2", "hypot"])
def test_functions_of_two(name):
    x, y = POSITIVE, ANY
    made, wanted = (f(f"math.{name}(x, y)", "f8", x=x, y=y) for f in (computed, expected))
    assert (np.abs(made - wanted) <= 2 * np.spacing(np.abs(wanted))).all()


def pairs():
    few = np.array([*SPECIAL, 1.0, -1.5, 2.0, 3.0, 1e300, -7e-310, 2.5e-308, 0.75])
    x, y = (part.ravel() for part in np.meshgrid(few, few))
    large = RNG.normal(size=300) * 2.0 ** RNG.integers(-1000, 1000, 300)
    small = RNG.normal(size=300) * 2.0 ** RNG.integers(-1070, 1000, 300)
    return np.concatenate([x, large, ANY]), np.concatenate([y, small, np.roll(ANY, 1)])


EXACT = {
    "math.fmod(x, y)": lambda x, y: np.isfinite(x) & (y != 0),
    "math.remainder(x, y)": lambda x, y: np.isfinite(x) & (y != 0),
    "math.nextafter(x, y)": lambda x, y: x == x,
    "math.copysign(x, y)": lambda x, y: x == x,
    "x % y": lambda x, y: y != 0,
    "x // y": lambda x, y: y != 0,
    "max(x, y)": lambda x, y: x == x,
    "min(x, y)": lambda x, y: x == x,
    "x - y": lambda x, y: x == x,
}


@pytest.mark.parametrize("expression", EXACT)
def test_exact_functions_of_two(expression):
    x, y = pairs()
    takes = EXACT[expression](x, y)
    x, y = x[takes], y[takes]
    made, wanted = (f(expression, "f8", x=x, y=y) for f in (computed, expected))
    assert np.array_equal(made, wanted, equal_nan=True)
    is_number = wanted == wanted
    assert np.array_equal(np.signbit(made)[is_number], np.signbit(wanted)[is_number])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", ["fmod", "remainder", "floor_divide", "nextafter", "copysign"])
def test_numpys_functions_of_two(name, dtype):
    with np.errstate(all="ignore"):
        x, y = (part.astype(dtype) for part in pairs())
        made = computed(f"np.{name}(x, y)", dtype, x=x, y=y)
        assert np.array_equal(made, getattr(np, name)(x, y), equal_nan=True)


@pytest.mark.parametrize("name", ["fmod", "remainder", "floor_divide"])
@pytest.mark.parametrize("dtype", ["i4", "i8", "u4"])
def test_divisions_of_integers(name, dtype):
    x, y = (RNG.integers(-50, 50, 100).astype(dtype) for _ in range(2))
    y[y == 0] = 3
    assert np.array_equal(computed(f"np.{name}(x, y)", dtype, x=x, y=y), getattr(np, name)(x, y))


PARTS = {
    "math.frexp(x)[0]": "f8", "math.frexp(x)[1]": "i8", "math.modf(x)[0]": "f8",
    "math.modf(x)[1]": "f8", "math.isnan(x)": "?", "math.isinf(x)": "?", "math.isfinite(x)": "?",
    "math.ulp(x)": "f8",
}


@pytest.mark.parametrize("expression", PARTS)
def test_parts_of_floats(expression):
    x = pairs()[0]
    made, wanted = (f(expression, PARTS[expression], x=x) for f in (computed, expected))
    assert np.array_equal(made, wanted, equal_nan=wanted.dtype.kind == "f")


@pytest.mark.parametrize("expression", ["math.floor(x)", "math.ceil(x)", "math.trunc(x)", "int(x)"])
def test_roundings(expression):
    x = 100 * ANY
    assert np.array_equal(*(f(expression, "i8", x=x) for f in (computed, expected)))


def test_powers_of_two():
    x = np.repeat([1.0, -1.5, 3e-308, 1.999999999999999, 5e-324, math.inf], 9)
    n = np.tile([0, 1, -1, 60, -60, -1021, -1074, -2100, 900], 6)
    takes = (np.abs(x) < 4) & (n < 0) | (np.abs(n) < 2) | ~np.isfinite(x)
    x, n = x[takes], n[takes]
    made, wanted = (f("math.ldexp(x, int(n))", "f8", x=x, n=n) for f in (computed, expected))
    assert np.array_equal(made, wanted)


@pytest.mark.parametrize(
    "expression",
    ["math.gcd(int(m), int(n))", "math.lcm(int(m), int(n))", "math.comb(int(m) % 20, int(n) % 9)",
     "math.isqrt(int(m) * int(n))", "math.factorial(int(m) % 20)", "pow(int(m) % 7, int(n) % 20)"],
)
def test_integers(expression):
    m, n = RNG.integers(1, 1000, (2, 60))
    assert np.array_equal(*(f(expression, "i8", m=m, n=n) for f in (computed, expected)))


def test_quotients_of_integers():
    few = [1, 2, 3, 7, 10, 2**53, 2**53 + 1, 2**60 + 3, 2**62 + 2**9 + 1, 2**63 - 1, -1, -5,
           -(2**53) - 1, -(2**63), 123456789012345678]
    m = np.concatenate([np.repeat(few, len(few)), RNG.integers(-(2**63), 2**63 - 1, 300), [0]])
    n = np.concatenate([np.tile(few, len(few)), RNG.integers(2**40, 2**62, 300), [2**60]])
    assert np.array_equal(*(f("int(m) / int(n)", "f8", m=m, n=n) for f in (computed, expected)))


@pytest.mark.parametrize(
    ("expression", "x", "error"),
    [
        ("math.sqrt(x)", -1.0, ValueError),
        ("math.log(x)", 0.0, ValueError),
        ("math.asin(x)", 2.0, ValueError),
        ("math.exp(x)", 1000.0, OverflowError),
        ("math.fmod(1.0, x)", 0.0, ValueError),
        ("1.0 / float(x)", 0.0, ZeroDivisionError),
        ("1.0 % float(x)", 0.0, ZeroDivisionError),
        ("1 / int(x)", 0.0, ZeroDivisionError),
        ("1 // int(x)", 0.0, ZeroDivisionError),
        ("1 % int(x)", 0.0, ZeroDivisionError),
        ("math.gamma(x)", -1.0, ValueError),
        ("math.floor(x)", math.inf, OverflowError),
    ],
)
def test_errors(expression, x, error):
    with pytest.raises(error):
        computed(expression, "f8", x=np.array([x]))


@pytest.mark.parametrize(
    "name",
    "sin cos tan arcsin arccos arctan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt "
    "arcsinh square reciprocal absolute sign floor ceil rint trunc degrees radians".split(),
)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_numpys_functions_of_one(name, dtype):
    x = (UNIT if name.startswith("arc") else np.abs(ANY) + 0.01).astype(dtype)
    made, wanted = computed(f"np.{name}(x)", dtype, x=x), getattr(np, name)(x)
    assert (np.abs(made - wanted) <= 2 * np.spacing(np.abs(wanted))).all()


def largest_error(made, true):
    """In units of the last place of float32."""
    return (np.abs(made.astype("f8") - true) / np.spacing(np.abs(true).astype("f4"))).max()


@pytest.mark.parametrize("name", ["exp", "log"])
def test_accuracy_in_single_precision(name):
    # All of a large sample, of the whole range where results are normal numbers.
    if name == "exp":
        x = np.concatenate([RNG.uniform(-87, 88.7, 60000), RNG.normal(0, 1e-3, 5000)]).astype("f4")
    else:
        x = np.exp(RNG.uniform(-87, 88, 65000)).astype("f4")
        x[:5000] = 1 + RNG.normal(0, 1e-3, 5000)
    made = computed(f"np.{name}(x)", "f4", x=x)
    assert largest_error(made, getattr(np, name)(x.astype("f8"))) <= 1.0


INTEGERS = {
    "i4": np.array([0, 1, -1, 2, 255, 2**31 - 1, -(2**31), 12345], "i4"),
    "i8": np.array([0, 1, -1, 2**40, 2**63 - 1, -(2**63), 12345], "i8"),
    "u4": np.array([0, 1, 2**32 - 1, 2**31, 12345], "u4"),
    "u8": np.array([0, 1, 2**64 - 1, 2**63, 12345], "u8"),
}


@pytest.mark.parametrize("dtype", INTEGERS)
def test_bits(dtype):
    x = INTEGERS[dtype]
    width = 8 * x.itemsize
    unsigned = [int(v) & ((1 << width) - 1) for v in x]
    texts = [f"{v:0{width}b}" for v in unsigned]
    assert computed("cuda.popc(x)", "i8", x=x).tolist() == [t.count("1") for t in texts]
    assert computed("cuda.clz(x)", "i8", x=x).tolist() == [
        width - len(t.lstrip("0")) for t in texts
    ]
    assert computed("cuda.ffs(x)", "i8", x=x).tolist() == [
        len(t) - len(t.rstrip("0")) + 1 if "1" in t else 0 for t in texts
    ]
    reversed_bits = computed("cuda.brev(x)", dtype, x=x)
    assert [int(v) & ((1 << width) - 1) for v in reversed_bits] == [int(t[::-1], 2) for t in texts]


def test_other_names_of_cuda():
    x, y, z = RNG.random((3, 40))
    # The true sum of a product and a number, rounded once.
    from fractions import Fraction

    fused = [float(Fraction(a) * Fraction(b) + Fraction(c)) for a, b, c in zip(x, y, z)]
    assert computed("cuda.fma(x, y, z)", "f8", x=x, y=y, z=z).tolist() == fused
    assert computed("cuda.selp(x > 0.5, y, z)", "f8", x=x, y=y, z=z).tolist() == np.where(
        x > 0.5, y, z
    ).tolist()
    roots = computed("cuda.cbrt(x)", "f8", x=x)
    # Beside the true root, not another library's: that has errors of its own.
    for root, number in zip(roots, x):
        below, above = (Fraction(np.nextafter(root, towards)) ** 3 for towards in (0.0, 2.0))
        assert below < Fraction(number) < above


@pytest.mark.parametrize(
    "expression",
    ["z * w", "z / w", "z + w.conjugate()", "z.real - w.imag", "-z", "z ** 2", "abs(z)", "z == w",
     "z * 2", "complex(z.real, 1.0)", "cmath.phase(z)"],
)
@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_complex_numbers(expression, dtype):
    z, w = ((RNG.normal(size=40) + 1j * RNG.normal(size=40)).astype(dtype) for _ in range(2))
    made, wanted = (f(expression, "c16", z=z, w=w) for f in (computed, expected))
    assert np.allclose(made, wanted, rtol=1e-14 if dtype == "c16" else 1e-6, atol=1e-7)

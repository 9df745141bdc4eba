"""Each function that docs/cuda.md lists has code on the first and the last architecture.

All architectures are gone through for each operation of the IR, of which these are made
(`tests/runner/tests/devices.rs`): no function may ask for one that a device lacks, and LLVM may
not be given what it can't select.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from cumbia.errors import CumbiaError

from tests.cuda.assembler import ARCHITECTURES
from tests.cuda.test_math import kernel_of

FLOATS = "void(float64[::1], float64[::1], float64[::1])"
SINGLES = "void(float32[::1], float32[::1], float32[::1])"
INTS = "void(int64[::1], int64[::1], int64[::1])"
COMPLEX = "void(complex128[::1], complex128[::1], complex128[::1])"

OF_INTS = {"gcd", "lcm", "comb", "perm", "isqrt", "factorial"}
OF_TWO = {"atan2", "pow", "hypot", "copysign", "fmod", "remainder", "nextafter", "log", "gcd", "lcm", "comb", "perm"}
CALLS = {
    "ldexp": "math.ldexp(x, 3)", "modf": "math.modf(x)[0]", "frexp": "math.frexp(x)[0]",
    "prod": "math.prod((x, y))", "dist": "math.dist((x,), (y,))", "sumprod": "math.sumprod((x, y), (y, x))",
    "isclose": "math.isclose(x, y)", "fma": "math.fma(x, y, 1.0)",
}
# A sum without rounding grows a list of parts.
ALLOCATES = {"fsum"}

MATH = [
    CALLS.get(name, f"math.{name}({'x, y' if name in OF_TWO else 'x'})")
    for name in dir(math)
    if callable(getattr(math, name)) and not name.startswith("_") and name not in ALLOCATES
]
CMATH = [
    {"isclose": "cmath.isclose(x, y)", "polar": "cmath.polar(x)[0]", "rect": "cmath.rect(x.real, y.real)"}.get(
        name, f"cmath.{name}(x)"
    )
    for name in dir(cmath)
    if callable(getattr(cmath, name)) and not name.startswith("_")
]
PYTHON = [
    "round(x, 2)", "round(x)", "pow(x, y)", "divmod(x, y)[0]", "abs(x)", "x ** y", "x // y", "x % y",
    "max(x, y)", "min(x, y)", "int(x)", "cuda.fma(x, y, x)", "cuda.cbrt(x)", "cuda.selp(x > 0, x, y)",
]
BITS = [
    "cuda.popc(x)", "cuda.brev(x)", "cuda.clz(x)", "cuda.ffs(x)", "x.bit_count()", "x << y", "x >> 3",
    "~x", "x ^ y", "pow(int(x), 3, 7)", "int(x) / int(y)", "x // y", "x % y", "x ** 3", "round(x, -1)",
]
# What works on arrays' axes.
OF_AXES = {"matmul", "matvec", "vecmat", "vecdot", "isnat"}
OF_BITS = {
    "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_not", "bitwise_invert", "left_shift",
    "right_shift", "bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm", "bitwise_count",
}
UFUNCS = sorted(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc) and name not in OF_AXES)


def compiles(expression, signature):
    kernel = kernel_of(expression, "x", "y")
    for sm in (ARCHITECTURES[0], ARCHITECTURES[-1]):
        assert f".target sm_{sm}" in kernel.inspect_asm(signature, cc=sm)


@pytest.mark.parametrize("expression", MATH)
def test_math(expression):
    name = expression[len("math.") : expression.index("(")]
    for signature in [INTS] if name in OF_INTS else [FLOATS, SINGLES]:
        if name == "trunc" and signature == SINGLES:
            continue  # As NumPy's float32, which has no `__trunc__`.
        compiles(expression, signature)


@pytest.mark.parametrize("expression", CMATH)
def test_cmath(expression):
    compiles(expression, COMPLEX)


@pytest.mark.parametrize("expression", PYTHON)
def test_pythons(expression):
    compiles(expression, FLOATS)
    compiles(expression, SINGLES)


@pytest.mark.parametrize("expression", BITS)
def test_bits(expression):
    compiles(expression, INTS)


@pytest.mark.parametrize("name", UFUNCS)
def test_ufuncs(name):
    ufunc = getattr(np, name)
    call = "np.ldexp(x, 3)" if name == "ldexp" else f"np.{name}({'x' if ufunc.nin == 1 else 'x, y'})"
    if ufunc.nout > 1:
        call += "[0]"
    for signature in [INTS] if name in OF_BITS else [FLOATS, SINGLES]:
        compiles(call, signature)


def test_what_allocates_is_refused():
    with pytest.raises(CumbiaError, match="CB0706"):
        compiles("math.fsum((x, y))", FLOATS)

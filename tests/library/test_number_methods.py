"""Methods, attributes and hashes of numbers; dtypes by their spellings; finfo and iinfo."""

import itertools
import math
import random

import numpy as np
import pytest
from cumbia import CompileError, jit

from tests.library.calls import check_calls, function

INTS = [0, 1, -1, 2, 255, 256, -(2**31), 2**53 + 1, 2**61 - 1, 2**61, -(2**61) + 1, 2**62, 2**63 - 1, -(2**63), True, False]
FLOATS = [
    0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 2.0**62, -(2.0**62), 2.0**-62, 3.0, 1e300, 5e-324, -2.0**-1074, math.inf, -math.inf,
    math.pi, 2.0**61, 2.0**61 - 1, 1e-5, 123456.789,
]  # fmt: skip
SCALARS = [
    np.bool_(True), np.bool_(False), np.int8(-128), np.int8(5), np.uint8(200), np.int16(-300), np.uint16(65535),
    np.int32(2**31 - 1), np.uint32(2**32 - 1), np.int64(-(2**63)), np.int64(2**61 - 1), np.uint64(2**64 - 1), np.uint64(7),
    np.float32(0.1), np.float32(-2.5), np.float64(0.1), np.float64(-0.0), np.float64(np.inf), np.complex64(1 - 2j),
    np.complex128(0.5 + 3j),
]  # fmt: skip


def test_integers():
    check_calls("a.bit_length(), a.bit_count(), a.conjugate(), a.numerator, a.denominator, a.real, a.imag", [(n,) for n in INTS])
    check_calls("a.as_integer_ratio()", [(n,) for n in INTS])
    check_calls("(5).bit_length(), True.bit_length(), (-7).as_integer_ratio()", [()])


def test_floats():
    check_calls("a.is_integer(), a.conjugate(), a.real, a.imag", [(x,) for x in [*FLOATS, math.nan]])
    check_calls("a.as_integer_ratio()", [(x,) for x in [*FLOATS, math.nan]], _deviation="big-int")
    numbers = random.Random(2)
    check_calls("a.as_integer_ratio()", [(numbers.uniform(0.001, 1e10),) for _ in range(200)])
    check_calls("a.real, a.imag, a.conjugate()", [(z,) for z in (0j, -1.5 + 2j, complex(math.inf, math.nan))])


def test_hashes():
    numbers = random.Random(4)
    some = [numbers.uniform(-1, 1) * 10.0 ** numbers.randint(-300, 300) for _ in range(300)]
    complexes = [complex(x, y) for x in (0.0, -1.0, 2.5, math.inf) for y in (0.0, -1.0, 1e300)]
    check_calls("hash(a)", [(x,) for x in [*INTS, *FLOATS, *some, *complexes, *SCALARS]])
    check_calls("hash(-1), hash(True), hash(0.5)", [()])


def test_attributes_of_numpy_scalars():
    text = "a.dtype, a.shape, a.ndim, a.size, a.itemsize, a.nbytes, a.real, a.imag, a.T, a.strides"
    check_calls(text, [(x,) for x in SCALARS])
    check_calls("a.numerator, a.denominator", [(x,) for x in SCALARS if isinstance(x, np.integer)])


PLAIN = "item() copy() conjugate() conj() sum() prod() mean() any() all() argmax() argmin() min() max() tolist() squeeze()".split()


@pytest.mark.parametrize("method", PLAIN)
def test_methods_of_numpy_scalars(method):
    # A Python int of uint64's upper half doesn't fit.
    wide = method in ("item()", "tolist()")
    check_calls(f"a.{method}", [(x,) for x in SCALARS if not (wide and x.dtype == np.uint64 and x > 2**63)])


def test_methods_of_some_numpy_scalars():
    integers = [x for x in SCALARS if isinstance(x, np.integer)]
    floats = [x for x in SCALARS if isinstance(x, np.floating)]
    check_calls("a.bit_count()", [(x,) for x in integers])
    check_calls("a.is_integer()", [(x,) for x in integers + floats])
    check_calls("a.as_integer_ratio()", [(x,) for x in floats], _deviation="big-int")
    check_calls("a.round(), a.round(1)", [(x,) for x in floats])
    with pytest.raises(CompileError):
        jit(function("a.bit_count()", 1))(np.float64(1.0))
    with pytest.raises(CompileError):
        jit(function("a.sum(axis=0)", 1))(np.float64(1.0))


TARGETS = "np.float32 np.int8 np.uint64 np.bool_ float int bool complex 'f4' 'u1' '<f8' '?' 'complex64'".split()


@pytest.mark.parametrize("target", TARGETS)
def test_astype(target):
    real = [x for x in SCALARS if x.dtype.kind != "c" and np.isfinite(x) and abs(float(x)) < 128 and x >= 0]
    check_calls(f"a.astype({target})", [(x,) for x in real])


SPELLINGS = (
    "? b B h H i I l L q Q p P n N f d F D b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16 bool int float complex uint intp uintp "
    "single double csingle cdouble byte ubyte short ushort intc uintc int_ bool_ long ulong longlong ulonglong int8 int16 "
    "int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 <f8 =f4 |u1 >u1 <i2 |b1 <c16"
).split()


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings_of_dtypes(text):
    # The class of NumPy's own dtype for C's long long differs, though it equals int64.
    if text not in ("q", "Q", "longlong", "ulonglong"):
        check_calls(f"np.dtype({text!r})", [()])
    check_calls(f"np.zeros(2, {text!r}), a.dtype == {text!r}, a.dtype != {text!r}", [(x,) for x in SCALARS[2:6]])


@pytest.mark.parametrize("text", [">f4", "f2", "b8", "<int8", "U", "nonsense", ""])
def test_dtypes_that_are_refused(text):
    with pytest.raises(CompileError):
        jit(function(f"np.dtype({text!r})", 0))()


def test_attributes_of_dtypes():
    names = "name kind char num itemsize str alignment isnative byteorder names shape ndim hasobject fields"
    text = ", ".join(f"np.dtype({{0}}).{name}" for name in names.split())
    for spelled in ("'?'", "np.int8", "np.uint64", "'f4'", "float", "np.complex64", "'c16'"):
        check_calls(text.format(spelled), [()])
    check_calls("a.dtype == np.dtype(float), a.dtype == 'f8', a.dtype.kind == 'f'", [(np.zeros(2),), (np.zeros(2, "f4"),)])
    check_calls("a.dtype == np.float64, np.float32 == a.dtype, a.dtype == np.int64", [(np.zeros(2),), (np.zeros(2, "f4"),)])
    # A dtype equals Python's own class, its scalar class doesn't.
    check_calls("a.dtype == float, a.dtype != float, a.dtype == int", [(np.zeros(2),), (np.zeros(2, "f4"),), (np.zeros(2, int),)])
    for text in ("np.float64 == float",):
        with pytest.raises(CompileError, match="CB0303"):
            jit(function(text, 1))(np.zeros(2))


ALIASES = "int_ intp uint double single float64 intc short byte ubyte ushort uintc csingle cdouble bool_".split()


@pytest.mark.parametrize("name", ALIASES)
def test_aliases_of_scalar_classes(name):
    check_calls(f"np.{name}(3), np.zeros(2, np.{name}), np.{name}(a)", [(1,), (0,), (100,)] if name != "bool_" else [(1,)])


def test_finfo_and_iinfo():
    names = "max min eps epsneg tiny smallest_normal smallest_subnormal resolution bits nmant nexp machep negep iexp maxexp minexp precision dtype"
    for spelled in ("np.float32", "np.float64", "float", "'f4'", "np.complex64", "a", "a.dtype"):
        for name in names.split():
            check_calls(f"np.finfo({spelled}).{name}", [(np.float32(1),), (np.float64(2),)])
    for d in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"):
        check_calls(f"np.iinfo(np.{d}).min, np.iinfo(np.{d}).max, np.iinfo('{d}').bits, np.iinfo(np.{d}).kind", [()])
    check_calls("np.iinfo(int).max, np.iinfo(np.uint64).min, np.iinfo(a.dtype).max", [(np.int16(1),)])
    check_calls("np.iinfo(np.uint64).max", [()])
    for text in ("np.finfo(int)", "np.iinfo(float)", "np.finfo('f2').max"):
        with pytest.raises(CompileError):
            jit(function(text, 0))()


def test_limits_as_operands():
    def clamp(a, b):
        best = np.finfo(np.float64).max
        eps = np.finfo(a.dtype).eps
        for x in a:
            if x < best:
                best = x
        return best, b * eps, np.iinfo(np.int32).max + 1

    from tests.python.harness import check

    for d, b in itertools.product(("f4", "f8"), (1, 2.5)):
        check(clamp, np.array([3, 1, 2], "f8"), b)
        check(clamp, np.array([3, 1, 2], d).astype("f8"), b)

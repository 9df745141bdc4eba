"""Intrinsics of Numba's programs: what they write for numbers, as functions."""

import numpy as np
import pytest

from cumbia import CompileError, jit, types
from cumbia._command import as_numba

intrinsic = as_numba.stands_for("numba.extending", None).intrinsic
cgutils = as_numba.stands_for("numba.core.cgutils", None)


class Kind:
    """One of llvmlite's types, which may not be installed."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


def written(result, code, accepts=types.Number):
    """An intrinsic of one argument, by what it writes; the result's type from the argument's."""

    @intrinsic
    def made(typingctx, x):
        if not isinstance(x, accepts):
            return None
        return result(x)(x), lambda context, builder, signature, args: code(context, builder, *args)

    return made


def given(x):
    return x


count = written(given, lambda context, builder, x: builder.ctpop(x), types.Integer)
leading = written(given, lambda context, builder, x: builder.ctlz(x, cgutils.false_bit), types.Integer)
trailing = written(given, lambda context, builder, x: builder.cttz(x, cgutils.false_bit), types.Integer)


@pytest.mark.parametrize("x", [0, 1, 7, -1, np.uint8(200), np.int8(-128), np.uint16(0), np.int32(40), np.uint64(2**63 + 5)])
def test_bits(x):
    @jit
    def f(x):
        return count(x), leading(x), trailing(x)

    width = 64 if type(x) is int else 8 * x.nbytes
    text = format(int(x) & 2**width - 1, f"0{width}b")
    got = f(x)
    assert got == (text.count("1"), len(text) - len(text.lstrip("0")), len(text) - len(text.rstrip("0")))
    assert all(type(one) is (np.uint64 if type(x) is np.uint64 else int) for one in got)


def test_sums_of_narrow_results():
    @jit
    def f(a):
        total = 0
        for x in a:
            total += count(x)
        return total

    assert f(np.full(100, 255, np.uint8)) == 800


def test_bits_of_other_types():
    to_float = written(
        lambda x: types.float32,
        lambda context, builder, x: builder.bitcast(context.cast(builder, x, types.int64, types.int32), Kind("float")),
        types.Integer,
    )
    to_int = written(lambda x: types.int32, lambda context, builder, x: builder.bitcast(x, Kind("i32")), types.Float)

    @jit
    def f(n, x):
        return to_float(n), to_int(x)

    got = f(1_077_936_128, np.float32(3.0))
    assert got == (3.0, 1_077_936_128) and type(got[0]) is np.float32 and type(got[1]) is int


def test_functions_of_llvm():
    def code(context, builder, x):
        function = cgutils.get_or_insert_function(builder.module, None, "llvm.ctpop.i8")
        return builder.call(function, [x])

    popcount = written(given, code)
    root = written(given, lambda context, builder, x: builder.call(builder.module.declare_intrinsic("llvm.sqrt", [x.type]), [x]))

    @jit
    def f(x, y):
        return popcount(x), root(y)

    assert f(np.uint8(13), 2.25) == (3, 1.5)


def test_arithmetic_and_choices():
    def code(context, builder, x):
        one = context.get_constant(types.int64, 1)
        odd = builder.icmp_signed("==", builder.and_(x, one), one)
        up = builder.add(builder.mul(x, context.get_constant(types.int64, 3)), one)
        return builder.select(odd, up, builder.lshr(x, one))

    step = written(given, code)
    wide = written(lambda x: types.int64, lambda context, builder, x: builder.zext(x, Kind("i64")))
    signed = written(lambda x: types.int64, lambda context, builder, x: builder.sext(x, Kind("i64")))
    less = written(lambda x: types.boolean, lambda context, builder, x: builder.icmp_unsigned("<", x, context.get_constant(types.int8, 3)))
    unordered = written(lambda x: types.boolean, lambda context, builder, x: builder.fcmp_unordered("<", x, context.get_constant(types.float64, 1)))

    @jit
    def f(n, small, x):
        return step(n), step(n + 1), step(-2), wide(small), signed(small), less(small), unordered(x), unordered(x - x)

    assert f(7, np.int8(-1), float("nan")) == (22, 4, 2**63 - 1, 255, -1, False, True, True)
    assert f(7, np.int8(2), 1.5)[-3:] == (True, False, True)


def test_casts_to_numbers_without_a_sign():
    big = written(lambda x: types.uint64, lambda context, builder, x: context.cast(builder, x, types.float64, types.uint64), types.Float)
    small = written(lambda x: types.uint8, lambda context, builder, x: context.cast(builder, x, types.float64, types.uint8), types.Float)

    @jit
    def f(x, y):
        return big(x), small(y)

    assert f(1e19, 200.5) == (10**19, 200)


def test_what_has_no_meaning():
    memory = written(given, lambda context, builder, x: builder.load(x))
    inside = written(given, lambda context, builder, x: context.make_array(x))
    divides = written(given, lambda context, builder, x: builder.sdiv(x, x))
    other = written(lambda x: types.float64, lambda context, builder, x: x)
    truth = written(lambda x: types.boolean, lambda context, builder, x: builder.icmp_signed("<", cgutils.false_bit, cgutils.true_bit))

    for one, what in ((memory, r"builder\.load"), (inside, r"context\.make_array"), (divides, r"builder\.sdiv"), (other, "gives i64 for float64"), (truth, "icmp_signed")):
        @jit
        def f(x):
            return one(x)

        with pytest.raises(CompileError, match=rf"the intrinsic made\(\) .*{what}.*write it in Python"):
            f(1)

    @jit
    def g(x):
        return count(x)

    with pytest.raises(CompileError, match=r"count|made"):
        g(0.5)
    with pytest.raises(NotImplementedError, match="in compiled code only"):
        count(1)
    with pytest.raises(AttributeError, match=r"no numba\.core\.cgutils\.alloca_once"):
        cgutils.alloca_once

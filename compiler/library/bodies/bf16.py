"""Library bodies: `cumbia.cuda.bf16`, functions of `bfloat16` by the names that Numba has.

Operands that aren't `bfloat16` become so first. What rounds in a direction goes by the bits:
those of a size and the next ones are one more.
"""

from device_arguments import real
from device_rounding import to_integer


def bfloat(x):
    return real(x, np.bfloat16)


def single(x):
    return prim.cast(bfloat(x), np.float32)


def saturated(x):
    """Between 0 and 1; 0 for a nan."""
    size = single(x)
    size = prim.select(size > np.float32(0.0), size, np.float32(0.0))
    return bfloat(prim.select(size < np.float32(1.0), size, np.float32(1.0)))


def of_single(x, away):
    """The number next to a float32: toward zero, or away from it."""
    if x != x:
        return bfloat(x)
    bits = prim.bits(x)
    upper = prim.cast(bits >> np.int32(16), np.int16)
    is_cut = (bits & np.int32(0xFFFF)) != np.int32(0)
    return prim.bfloat_of_bits(upper + prim.select(is_cut & away, np.int16(1), np.int16(0)))


def of_integer(x, up, down):
    """The number next to an integer: up, down, or toward zero."""
    if prim.kind(prim.dtype(x)) == "u":
        return of_size(prim.cast(x, np.uint64), np.int16(0), up)
    else:
        n = prim.cast(x, np.int64)
        if n < np.int64(0):
            return of_size(prim.cast(prim.wrap_neg(n), np.uint64), np.int16(-32768), down)
        return of_size(prim.cast(n, np.uint64), np.int16(0), up)


def of_size(size, sign, away):
    beyond = 56 - int(prim.clz(size))
    rest = np.uint64(0)
    if beyond > 0:
        rest = size & ((np.uint64(1) << np.uint64(beyond)) - np.uint64(1))
    bits = prim.bits(prim.cast(size ^ rest, np.bfloat16))
    if away and rest != np.uint64(0):
        bits = bits + np.int16(1)
    return prim.bfloat_of_bits(bits | sign)


def to_narrow(x, dtype, least, most):
    n = to_integer(x, np.int32, False)
    n = prim.select(n < np.int32(least), np.int32(least), n)
    return prim.cast(prim.select(n > np.int32(most), np.int32(most), n), dtype)


@implements("cumbia.cuda.bf16.hneg")
def hneg(a):
    return -bfloat(a)


@implements("cumbia.cuda.bf16.habs")
def habs(a):
    return prim.fabs(bfloat(a))


@implements("cumbia.cuda.bf16.hsin")
def hsin(a):
    return np.sin(bfloat(a))


@implements("cumbia.cuda.bf16.hcos")
def hcos(a):
    return np.cos(bfloat(a))


@implements("cumbia.cuda.bf16.htanh")
def htanh(a):
    return np.tanh(bfloat(a))


@implements("cumbia.cuda.bf16.htanh_approx")
def htanh_approx(a):
    return np.tanh(bfloat(a))


@implements("cumbia.cuda.bf16.hlog")
def hlog(a):
    return np.log(bfloat(a))


@implements("cumbia.cuda.bf16.hlog2")
def hlog2(a):
    return np.log2(bfloat(a))


@implements("cumbia.cuda.bf16.hlog10")
def hlog10(a):
    return np.log10(bfloat(a))


@implements("cumbia.cuda.bf16.hexp")
def hexp(a):
    return np.exp(bfloat(a))


@implements("cumbia.cuda.bf16.hexp2")
def hexp2(a):
    return np.exp2(bfloat(a))


@implements("cumbia.cuda.bf16.hexp10")
def hexp10(a):
    return bfloat(np.power(np.float32(10.0), single(a)))


@implements("cumbia.cuda.bf16.hfloor")
def hfloor(a):
    return np.floor(bfloat(a))


@implements("cumbia.cuda.bf16.hceil")
def hceil(a):
    return np.ceil(bfloat(a))


@implements("cumbia.cuda.bf16.hrint")
def hrint(a):
    return np.rint(bfloat(a))


@implements("cumbia.cuda.bf16.htrunc")
def htrunc(a):
    return np.trunc(bfloat(a))


@implements("cumbia.cuda.bf16.hsqrt")
def hsqrt(a):
    return np.sqrt(bfloat(a))


@implements("cumbia.cuda.bf16.hrsqrt")
def hrsqrt(a):
    return bfloat(np.float32(1.0) / prim.sqrt(single(a)))


@implements("cumbia.cuda.bf16.hrcp")
def hrcp(a):
    return bfloat(1) / bfloat(a)


@implements("cumbia.cuda.bf16.hisnan")
def hisnan(a):
    return bool(prim.isnan(single(a)))


@implements("cumbia.cuda.bf16.hisinf")
def hisinf(a):
    x = single(a)
    sign = prim.select(x < np.float32(0.0), np.int32(-1), np.int32(1))
    return prim.select(prim.isinf(x), sign, np.int32(0))


@implements("cumbia.cuda.bf16.hadd")
def hadd(a, b):
    return bfloat(a) + bfloat(b)


@implements("cumbia.cuda.bf16.hadd_rn")
def hadd_rn(a, b):
    return bfloat(a) + bfloat(b)


@implements("cumbia.cuda.bf16.hadd_sat")
def hadd_sat(a, b):
    return saturated(bfloat(a) + bfloat(b))


@implements("cumbia.cuda.bf16.hsub")
def hsub(a, b):
    return bfloat(a) - bfloat(b)


@implements("cumbia.cuda.bf16.hsub_rn")
def hsub_rn(a, b):
    return bfloat(a) - bfloat(b)


@implements("cumbia.cuda.bf16.hsub_sat")
def hsub_sat(a, b):
    return saturated(bfloat(a) - bfloat(b))


@implements("cumbia.cuda.bf16.hmul")
def hmul(a, b):
    return bfloat(a) * bfloat(b)


@implements("cumbia.cuda.bf16.hmul_rn")
def hmul_rn(a, b):
    return bfloat(a) * bfloat(b)


@implements("cumbia.cuda.bf16.hmul_sat")
def hmul_sat(a, b):
    return saturated(bfloat(a) * bfloat(b))


@implements("cumbia.cuda.bf16.hdiv")
def hdiv(a, b):
    return bfloat(a) / bfloat(b)


@implements("cumbia.cuda.bf16.hfma")
def hfma(a, b, c):
    return prim.fma(bfloat(a), bfloat(b), bfloat(c))


@implements("cumbia.cuda.bf16.hfma_sat")
def hfma_sat(a, b, c):
    return saturated(prim.fma(bfloat(a), bfloat(b), bfloat(c)))


@implements("cumbia.cuda.bf16.hfma_relu")
def hfma_relu(a, b, c):
    r = prim.fma(bfloat(a), bfloat(b), bfloat(c))
    return prim.select(single(r) <= np.float32(0.0), bfloat(0), r)


@implements("cumbia.cuda.bf16.hmax")
def hmax(a, b):
    return np.fmax(bfloat(a), bfloat(b))


@implements("cumbia.cuda.bf16.hmin")
def hmin(a, b):
    return np.fmin(bfloat(a), bfloat(b))


@implements("cumbia.cuda.bf16.hmax_nan")
def hmax_nan(a, b):
    return np.maximum(bfloat(a), bfloat(b))


@implements("cumbia.cuda.bf16.hmin_nan")
def hmin_nan(a, b):
    return np.minimum(bfloat(a), bfloat(b))


@implements("cumbia.cuda.bf16.heq")
def heq(a, b):
    return bool(bfloat(a) == bfloat(b))


@implements("cumbia.cuda.bf16.hge")
def hge(a, b):
    return bool(bfloat(a) >= bfloat(b))


@implements("cumbia.cuda.bf16.hgt")
def hgt(a, b):
    return bool(bfloat(a) > bfloat(b))


@implements("cumbia.cuda.bf16.hle")
def hle(a, b):
    return bool(bfloat(a) <= bfloat(b))


@implements("cumbia.cuda.bf16.hlt")
def hlt(a, b):
    return bool(bfloat(a) < bfloat(b))


# False with a nan, as all of these.
@implements("cumbia.cuda.bf16.hne")
def hne(a, b):
    x = bfloat(a)
    y = bfloat(b)
    return bool((x < y) | (x > y))


# True with a nan, as those that end in `u`.
@implements("cumbia.cuda.bf16.hequ")
def hequ(a, b):
    x = bfloat(a)
    y = bfloat(b)
    return not bool((x < y) | (x > y))


@implements("cumbia.cuda.bf16.hgeu")
def hgeu(a, b):
    return not bool(bfloat(a) < bfloat(b))


@implements("cumbia.cuda.bf16.hgtu")
def hgtu(a, b):
    return not bool(bfloat(a) <= bfloat(b))


@implements("cumbia.cuda.bf16.hleu")
def hleu(a, b):
    return not bool(bfloat(a) > bfloat(b))


@implements("cumbia.cuda.bf16.hltu")
def hltu(a, b):
    return not bool(bfloat(a) >= bfloat(b))


@implements("cumbia.cuda.bf16.hneu")
def hneu(a, b):
    return bool(bfloat(a) != bfloat(b))


@implements("cumbia.cuda.bf16.bfloat16_as_int16")
def bfloat16_as_int16(a):
    return prim.bits(bfloat(a))


@implements("cumbia.cuda.bf16.bfloat16_as_uint16")
def bfloat16_as_uint16(a):
    return prim.cast(prim.bits(bfloat(a)), np.uint16)


@implements("cumbia.cuda.bf16.int16_as_bfloat16")
def int16_as_bfloat16(a):
    return prim.bfloat_of_bits(real(a, np.int16))


@implements("cumbia.cuda.bf16.uint16_as_bfloat16")
def uint16_as_bfloat16(a):
    return prim.bfloat_of_bits(real(a, np.uint16))


@implements("cumbia.cuda.bf16.bfloat16_to_float32")
def bfloat16_to_float32(a):
    return single(a)


@implements("cumbia.cuda.bf16.float32_to_bfloat16")
def float32_to_bfloat16(a):
    return bfloat(real(a, np.float32))


@implements("cumbia.cuda.bf16.float32_to_bfloat16_rn")
def float32_to_bfloat16_rn(a):
    return bfloat(real(a, np.float32))


@implements("cumbia.cuda.bf16.float32_to_bfloat16_rz")
def float32_to_bfloat16_rz(a):
    return of_single(real(a, np.float32), False)


@implements("cumbia.cuda.bf16.float32_to_bfloat16_rd")
def float32_to_bfloat16_rd(a):
    x = real(a, np.float32)
    return of_single(x, x < np.float32(0.0))


@implements("cumbia.cuda.bf16.float32_to_bfloat16_ru")
def float32_to_bfloat16_ru(a):
    x = real(a, np.float32)
    return of_single(x, x > np.float32(0.0))


@implements("cumbia.cuda.bf16.float64_to_bfloat16")
def float64_to_bfloat16(a):
    return bfloat(real(a, np.float64))


@implements("cumbia.cuda.bf16.bfloat16_to_int8_rz")
def bfloat16_to_int8_rz(a):
    return to_narrow(prim.trunc(single(a)), np.int8, -128, 127)


@implements("cumbia.cuda.bf16.bfloat16_to_uint8_rz")
def bfloat16_to_uint8_rz(a):
    return to_narrow(prim.trunc(single(a)), np.uint8, 0, 255)


@implements("cumbia.cuda.bf16.bfloat16_to_int16_rn")
def bfloat16_to_int16_rn(a):
    return to_narrow(prim.rint(single(a)), np.int16, -32768, 32767)


@implements("cumbia.cuda.bf16.bfloat16_to_int16_rz")
def bfloat16_to_int16_rz(a):
    return to_narrow(prim.trunc(single(a)), np.int16, -32768, 32767)


@implements("cumbia.cuda.bf16.bfloat16_to_int16_rd")
def bfloat16_to_int16_rd(a):
    return to_narrow(prim.floor(single(a)), np.int16, -32768, 32767)


@implements("cumbia.cuda.bf16.bfloat16_to_int16_ru")
def bfloat16_to_int16_ru(a):
    return to_narrow(prim.ceil(single(a)), np.int16, -32768, 32767)


@implements("cumbia.cuda.bf16.int16_to_bfloat16_rn")
def int16_to_bfloat16_rn(a):
    return bfloat(real(a, np.int16))


@implements("cumbia.cuda.bf16.int16_to_bfloat16_rz")
def int16_to_bfloat16_rz(a):
    return of_integer(real(a, np.int16), False, False)


@implements("cumbia.cuda.bf16.int16_to_bfloat16_rd")
def int16_to_bfloat16_rd(a):
    return of_integer(real(a, np.int16), False, True)


@implements("cumbia.cuda.bf16.int16_to_bfloat16_ru")
def int16_to_bfloat16_ru(a):
    return of_integer(real(a, np.int16), True, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint16_rn")
def bfloat16_to_uint16_rn(a):
    return to_narrow(prim.rint(single(a)), np.uint16, 0, 65535)


@implements("cumbia.cuda.bf16.bfloat16_to_uint16_rz")
def bfloat16_to_uint16_rz(a):
    return to_narrow(prim.trunc(single(a)), np.uint16, 0, 65535)


@implements("cumbia.cuda.bf16.bfloat16_to_uint16_rd")
def bfloat16_to_uint16_rd(a):
    return to_narrow(prim.floor(single(a)), np.uint16, 0, 65535)


@implements("cumbia.cuda.bf16.bfloat16_to_uint16_ru")
def bfloat16_to_uint16_ru(a):
    return to_narrow(prim.ceil(single(a)), np.uint16, 0, 65535)


@implements("cumbia.cuda.bf16.uint16_to_bfloat16_rn")
def uint16_to_bfloat16_rn(a):
    return bfloat(real(a, np.uint16))


@implements("cumbia.cuda.bf16.uint16_to_bfloat16_rz")
def uint16_to_bfloat16_rz(a):
    return of_integer(real(a, np.uint16), False, False)


@implements("cumbia.cuda.bf16.uint16_to_bfloat16_rd")
def uint16_to_bfloat16_rd(a):
    return of_integer(real(a, np.uint16), False, True)


@implements("cumbia.cuda.bf16.uint16_to_bfloat16_ru")
def uint16_to_bfloat16_ru(a):
    return of_integer(real(a, np.uint16), True, False)


@implements("cumbia.cuda.bf16.bfloat16_to_int32_rn")
def bfloat16_to_int32_rn(a):
    return to_integer(prim.rint(single(a)), np.int32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_int32_rz")
def bfloat16_to_int32_rz(a):
    return to_integer(prim.trunc(single(a)), np.int32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_int32_rd")
def bfloat16_to_int32_rd(a):
    return to_integer(prim.floor(single(a)), np.int32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_int32_ru")
def bfloat16_to_int32_ru(a):
    return to_integer(prim.ceil(single(a)), np.int32, False)


@implements("cumbia.cuda.bf16.int32_to_bfloat16_rn")
def int32_to_bfloat16_rn(a):
    return bfloat(real(a, np.int32))


@implements("cumbia.cuda.bf16.int32_to_bfloat16_rz")
def int32_to_bfloat16_rz(a):
    return of_integer(real(a, np.int32), False, False)


@implements("cumbia.cuda.bf16.int32_to_bfloat16_rd")
def int32_to_bfloat16_rd(a):
    return of_integer(real(a, np.int32), False, True)


@implements("cumbia.cuda.bf16.int32_to_bfloat16_ru")
def int32_to_bfloat16_ru(a):
    return of_integer(real(a, np.int32), True, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint32_rn")
def bfloat16_to_uint32_rn(a):
    return to_integer(prim.rint(single(a)), np.uint32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint32_rz")
def bfloat16_to_uint32_rz(a):
    return to_integer(prim.trunc(single(a)), np.uint32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint32_rd")
def bfloat16_to_uint32_rd(a):
    return to_integer(prim.floor(single(a)), np.uint32, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint32_ru")
def bfloat16_to_uint32_ru(a):
    return to_integer(prim.ceil(single(a)), np.uint32, False)


@implements("cumbia.cuda.bf16.uint32_to_bfloat16_rn")
def uint32_to_bfloat16_rn(a):
    return bfloat(real(a, np.uint32))


@implements("cumbia.cuda.bf16.uint32_to_bfloat16_rz")
def uint32_to_bfloat16_rz(a):
    return of_integer(real(a, np.uint32), False, False)


@implements("cumbia.cuda.bf16.uint32_to_bfloat16_rd")
def uint32_to_bfloat16_rd(a):
    return of_integer(real(a, np.uint32), False, True)


@implements("cumbia.cuda.bf16.uint32_to_bfloat16_ru")
def uint32_to_bfloat16_ru(a):
    return of_integer(real(a, np.uint32), True, False)


@implements("cumbia.cuda.bf16.bfloat16_to_int64_rn")
def bfloat16_to_int64_rn(a):
    return to_integer(prim.rint(single(a)), np.int64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_int64_rz")
def bfloat16_to_int64_rz(a):
    return to_integer(prim.trunc(single(a)), np.int64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_int64_rd")
def bfloat16_to_int64_rd(a):
    return to_integer(prim.floor(single(a)), np.int64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_int64_ru")
def bfloat16_to_int64_ru(a):
    return to_integer(prim.ceil(single(a)), np.int64, True)


@implements("cumbia.cuda.bf16.int64_to_bfloat16_rn")
def int64_to_bfloat16_rn(a):
    return bfloat(real(a, np.int64))


@implements("cumbia.cuda.bf16.int64_to_bfloat16_rz")
def int64_to_bfloat16_rz(a):
    return of_integer(real(a, np.int64), False, False)


@implements("cumbia.cuda.bf16.int64_to_bfloat16_rd")
def int64_to_bfloat16_rd(a):
    return of_integer(real(a, np.int64), False, True)


@implements("cumbia.cuda.bf16.int64_to_bfloat16_ru")
def int64_to_bfloat16_ru(a):
    return of_integer(real(a, np.int64), True, False)


@implements("cumbia.cuda.bf16.bfloat16_to_uint64_rn")
def bfloat16_to_uint64_rn(a):
    return to_integer(prim.rint(single(a)), np.uint64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_uint64_rz")
def bfloat16_to_uint64_rz(a):
    return to_integer(prim.trunc(single(a)), np.uint64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_uint64_rd")
def bfloat16_to_uint64_rd(a):
    return to_integer(prim.floor(single(a)), np.uint64, True)


@implements("cumbia.cuda.bf16.bfloat16_to_uint64_ru")
def bfloat16_to_uint64_ru(a):
    return to_integer(prim.ceil(single(a)), np.uint64, True)


@implements("cumbia.cuda.bf16.uint64_to_bfloat16_rn")
def uint64_to_bfloat16_rn(a):
    return bfloat(real(a, np.uint64))


@implements("cumbia.cuda.bf16.uint64_to_bfloat16_rz")
def uint64_to_bfloat16_rz(a):
    return of_integer(real(a, np.uint64), False, False)


@implements("cumbia.cuda.bf16.uint64_to_bfloat16_rd")
def uint64_to_bfloat16_rd(a):
    return of_integer(real(a, np.uint64), False, True)


@implements("cumbia.cuda.bf16.uint64_to_bfloat16_ru")
def uint64_to_bfloat16_ru(a):
    return of_integer(real(a, np.uint64), True, False)

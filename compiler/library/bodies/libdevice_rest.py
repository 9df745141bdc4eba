"""Library bodies: approximate functions, integers and bits of `cumbia.cuda.libdevice`. Written by `libdevice/generate.py`."""

from cuda import ffs, reversed_32, reversed_64
from device_arguments import real
from device_fast import fast_cos, fast_exp, fast_exp10, fast_log, fast_log10, fast_log2, fast_pow, fast_sin, fast_tan
from device_rounding import by_unsigned, by_unsigned_64, chosen_bytes, lower_mean, saturated, upper_mean


@implements("cumbia.cuda.libdevice.fast_cosf")
def nv_fast_cosf(x):
    x = real(x, np.float32)
    return fast_cos(x)


@implements("cumbia.cuda.libdevice.fast_exp10f")
def nv_fast_exp10f(x):
    x = real(x, np.float32)
    return fast_exp10(x)


@implements("cumbia.cuda.libdevice.fast_expf")
def nv_fast_expf(x):
    x = real(x, np.float32)
    return fast_exp(x)


@implements("cumbia.cuda.libdevice.fast_fdividef")
def nv_fast_fdividef(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.native("div_approx", x, y, x / y)


@implements("cumbia.cuda.libdevice.fast_log10f")
def nv_fast_log10f(x):
    x = real(x, np.float32)
    return fast_log10(x)


@implements("cumbia.cuda.libdevice.fast_log2f")
def nv_fast_log2f(x):
    x = real(x, np.float32)
    return fast_log2(x)


@implements("cumbia.cuda.libdevice.fast_logf")
def nv_fast_logf(x):
    x = real(x, np.float32)
    return fast_log(x)


@implements("cumbia.cuda.libdevice.fast_powf")
def nv_fast_powf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return fast_pow(x, y)


@implements("cumbia.cuda.libdevice.fast_sincosf")
def nv_fast_sincosf(x):
    x = real(x, np.float32)
    return (fast_sin(x), fast_cos(x))


@implements("cumbia.cuda.libdevice.fast_sinf")
def nv_fast_sinf(x):
    x = real(x, np.float32)
    return fast_sin(x)


@implements("cumbia.cuda.libdevice.fast_tanf")
def nv_fast_tanf(x):
    x = real(x, np.float32)
    return fast_tan(x)


@implements("cumbia.cuda.libdevice.dmul_rn")
def nv_dmul_rn(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return x * y


@implements("cumbia.cuda.libdevice.ddiv_rn")
def nv_ddiv_rn(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return x / y


@implements("cumbia.cuda.libdevice.drcp_rn")
def nv_drcp_rn(x):
    x = real(x, np.float64)
    return prim.divide(np.float64(1.0), x)


@implements("cumbia.cuda.libdevice.dsqrt_rn")
def nv_dsqrt_rn(x):
    x = real(x, np.float64)
    return prim.sqrt(x)


@implements("cumbia.cuda.libdevice.fma")
def nv_fma(x, y, z):
    x = real(x, np.float64)
    y = real(y, np.float64)
    z = real(z, np.float64)
    return prim.fma(x, y, z)


@implements("cumbia.cuda.libdevice.fma_rn")
def nv_fma_rn(x, y, z):
    x = real(x, np.float64)
    y = real(y, np.float64)
    z = real(z, np.float64)
    return prim.fma(x, y, z)


@implements("cumbia.cuda.libdevice.fmaf")
def nv_fmaf(x, y, z):
    x = real(x, np.float32)
    y = real(y, np.float32)
    z = real(z, np.float32)
    return prim.fma(x, y, z)


@implements("cumbia.cuda.libdevice.frsqrt_rn")
def nv_frsqrt_rn(x):
    x = real(x, np.float32)
    return prim.cast(prim.divide(1.0, prim.sqrt(prim.cast(x, np.float64))), np.float32)


@implements("cumbia.cuda.libdevice.int2double_rn")
def nv_int2double_rn(x):
    x = real(x, np.int32)
    return prim.cast(x, np.float64)


@implements("cumbia.cuda.libdevice.uint2double_rn")
def nv_uint2double_rn(x):
    x = real(x, np.int32)
    return prim.cast(prim.cast(x, np.uint32), np.float64)


@implements("cumbia.cuda.libdevice.saturatef")
def nv_saturatef(x):
    x = real(x, np.float32)
    return saturated(x)


@implements("cumbia.cuda.libdevice.isfinited")
def nv_isfinited(x):
    x = real(x, np.float64)
    return prim.cast(prim.isfinite(x), np.int32)


@implements("cumbia.cuda.libdevice.isinfd")
def nv_isinfd(x):
    x = real(x, np.float64)
    return prim.cast(prim.isinf(x), np.int32)


@implements("cumbia.cuda.libdevice.isnand")
def nv_isnand(x):
    x = real(x, np.float64)
    return prim.cast(prim.isnan(x), np.int32)


@implements("cumbia.cuda.libdevice.signbitd")
def nv_signbitd(x):
    x = real(x, np.float64)
    return prim.cast(prim.signbit(x), np.int32)


@implements("cumbia.cuda.libdevice.finitef")
def nv_finitef(x):
    x = real(x, np.float32)
    return prim.cast(prim.isfinite(x), np.int32)


@implements("cumbia.cuda.libdevice.isinff")
def nv_isinff(x):
    x = real(x, np.float32)
    return prim.cast(prim.isinf(x), np.int32)


@implements("cumbia.cuda.libdevice.isnanf")
def nv_isnanf(x):
    x = real(x, np.float32)
    return prim.cast(prim.isnan(x), np.int32)


@implements("cumbia.cuda.libdevice.signbitf")
def nv_signbitf(x):
    x = real(x, np.float32)
    return prim.cast(prim.signbit(x), np.int32)


@implements("cumbia.cuda.libdevice.double_as_longlong")
def nv_double_as_longlong(x):
    x = real(x, np.float64)
    return prim.bits(x)


@implements("cumbia.cuda.libdevice.longlong_as_double")
def nv_longlong_as_double(x):
    x = real(x, np.int64)
    return prim.from_bits(x)


@implements("cumbia.cuda.libdevice.float_as_int")
def nv_float_as_int(x):
    x = real(x, np.float32)
    return prim.bits(x)


@implements("cumbia.cuda.libdevice.int_as_float")
def nv_int_as_float(x):
    x = real(x, np.int32)
    return prim.from_bits(x)


@implements("cumbia.cuda.libdevice.double2hiint")
def nv_double2hiint(x):
    x = real(x, np.float64)
    return prim.cast(prim.bits(x) >> np.int64(32), np.int32)


@implements("cumbia.cuda.libdevice.double2loint")
def nv_double2loint(x):
    x = real(x, np.float64)
    return prim.cast(prim.bits(x), np.int32)


@implements("cumbia.cuda.libdevice.hiloint2double")
def nv_hiloint2double(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return prim.from_bits((prim.cast(x, np.int64) << np.int64(32)) | prim.cast(prim.cast(y, np.uint32), np.int64))


@implements("cumbia.cuda.libdevice.half2float")
def nv_half2float(x):
    x = real(x, np.int16)
    return prim.cast(prim.from_bits(x), np.float32)


@implements("cumbia.cuda.libdevice.float2half_rn")
def nv_float2half_rn(x):
    x = real(x, np.float32)
    return prim.bits(prim.cast(x, np.float16))


@implements("cumbia.cuda.libdevice.abs")
def nv_abs(x):
    x = real(x, np.int32)
    return np.absolute(x)


@implements("cumbia.cuda.libdevice.llabs")
def nv_llabs(x):
    x = real(x, np.int64)
    return np.absolute(x)


@implements("cumbia.cuda.libdevice.brev")
def nv_brev(x):
    x = real(x, np.int32)
    return prim.cast(reversed_32(prim.cast(x, np.uint32)), np.int32)


@implements("cumbia.cuda.libdevice.brevll")
def nv_brevll(x):
    x = real(x, np.int64)
    return prim.cast(reversed_64(prim.cast(x, np.uint64)), np.int64)


@implements("cumbia.cuda.libdevice.clz")
def nv_clz(x):
    x = real(x, np.int32)
    return prim.clz(x)


@implements("cumbia.cuda.libdevice.clzll")
def nv_clzll(x):
    x = real(x, np.int64)
    return prim.cast(prim.clz(x), np.int32)


@implements("cumbia.cuda.libdevice.ffs")
def nv_ffs(x):
    x = real(x, np.int32)
    return prim.cast(ffs(x), np.int32)


@implements("cumbia.cuda.libdevice.ffsll")
def nv_ffsll(x):
    x = real(x, np.int64)
    return prim.cast(ffs(x), np.int32)


@implements("cumbia.cuda.libdevice.popc")
def nv_popc(x):
    x = real(x, np.int32)
    return prim.popcount(x)


@implements("cumbia.cuda.libdevice.popcll")
def nv_popcll(x):
    x = real(x, np.int64)
    return prim.cast(prim.popcount(x), np.int32)


@implements("cumbia.cuda.libdevice.hadd")
def nv_hadd(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return (x & y) + ((x ^ y) >> np.int32(1))


@implements("cumbia.cuda.libdevice.rhadd")
def nv_rhadd(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return (x | y) - ((x ^ y) >> np.int32(1))


@implements("cumbia.cuda.libdevice.uhadd")
def nv_uhadd(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return by_unsigned(lower_mean, x, y)


@implements("cumbia.cuda.libdevice.urhadd")
def nv_urhadd(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return by_unsigned(upper_mean, x, y)


@implements("cumbia.cuda.libdevice.max")
def nv_max(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return prim.maximum(x, y)


@implements("cumbia.cuda.libdevice.min")
def nv_min(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return prim.minimum(x, y)


@implements("cumbia.cuda.libdevice.umax")
def nv_umax(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return by_unsigned(prim.maximum, x, y)


@implements("cumbia.cuda.libdevice.umin")
def nv_umin(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return by_unsigned(prim.minimum, x, y)


@implements("cumbia.cuda.libdevice.llmax")
def nv_llmax(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return prim.maximum(x, y)


@implements("cumbia.cuda.libdevice.llmin")
def nv_llmin(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return prim.minimum(x, y)


@implements("cumbia.cuda.libdevice.ullmax")
def nv_ullmax(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return by_unsigned_64(prim.maximum, x, y)


@implements("cumbia.cuda.libdevice.ullmin")
def nv_ullmin(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return by_unsigned_64(prim.minimum, x, y)


@implements("cumbia.cuda.libdevice.mul24")
def nv_mul24(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return ((x << np.int32(8)) >> np.int32(8)) * ((y << np.int32(8)) >> np.int32(8))


@implements("cumbia.cuda.libdevice.umul24")
def nv_umul24(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return (x & np.int32(0xFFFFFF)) * (y & np.int32(0xFFFFFF))


@implements("cumbia.cuda.libdevice.mulhi")
def nv_mulhi(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return prim.smulhi(x, y)


@implements("cumbia.cuda.libdevice.umulhi")
def nv_umulhi(x, y):
    x = real(x, np.int32)
    y = real(y, np.int32)
    return by_unsigned(prim.umulhi, x, y)


@implements("cumbia.cuda.libdevice.mul64hi")
def nv_mul64hi(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return prim.smulhi(x, y)


@implements("cumbia.cuda.libdevice.umul64hi")
def nv_umul64hi(x, y):
    x = real(x, np.int64)
    y = real(y, np.int64)
    return by_unsigned_64(prim.umulhi, x, y)


@implements("cumbia.cuda.libdevice.sad")
def nv_sad(x, y, z):
    x = real(x, np.int32)
    y = real(y, np.int32)
    z = real(z, np.int32)
    return prim.select(x < y, y - x, x - y) + z


@implements("cumbia.cuda.libdevice.usad")
def nv_usad(x, y, z):
    x = real(x, np.int32)
    y = real(y, np.int32)
    z = real(z, np.int32)
    return prim.select(prim.cast(x, np.uint32) < prim.cast(y, np.uint32), y - x, x - y) + z


@implements("cumbia.cuda.libdevice.byte_perm")
def nv_byte_perm(x, y, z):
    x = real(x, np.int32)
    y = real(y, np.int32)
    z = real(z, np.int32)
    return chosen_bytes(x, y, z)

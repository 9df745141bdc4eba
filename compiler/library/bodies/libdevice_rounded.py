"""Library bodies: operations with a rounding of `cumbia.cuda.libdevice`. Written by `libdevice/generate.py`."""

from device_arguments import real
from device_rounding import add_double_rd, add_double_ru, add_double_rz, add_rd, add_ru, add_rz, div_rd, div_ru, div_rz, fma_rd, fma_ru, fma_rz
from device_rounding import mul_rd, mul_ru, mul_rz, narrowed_rd, narrowed_ru, narrowed_rz, rcp_rd, rcp_ru, rcp_rz, sqrt_rd, sqrt_ru, sqrt_rz
from device_rounding import of_int_rd, of_int_ru, of_int_rz, of_unsigned_rd, of_unsigned_ru, of_unsigned_rz, to_integer


@implements("cumbia.cuda.libdevice.fadd_rd")
def nv_fadd_rd(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_rd(x, y)


@implements("cumbia.cuda.libdevice.fadd_ru")
def nv_fadd_ru(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_ru(x, y)


@implements("cumbia.cuda.libdevice.fadd_rz")
def nv_fadd_rz(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_rz(x, y)


@implements("cumbia.cuda.libdevice.fadd_rn")
def nv_fadd_rn(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return x + y


@implements("cumbia.cuda.libdevice.fsub_rd")
def nv_fsub_rd(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_rd(x, -y)


@implements("cumbia.cuda.libdevice.fsub_ru")
def nv_fsub_ru(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_ru(x, -y)


@implements("cumbia.cuda.libdevice.fsub_rz")
def nv_fsub_rz(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return add_rz(x, -y)


@implements("cumbia.cuda.libdevice.fsub_rn")
def nv_fsub_rn(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return x - y


@implements("cumbia.cuda.libdevice.fmul_rd")
def nv_fmul_rd(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return mul_rd(x, y)


@implements("cumbia.cuda.libdevice.fmul_ru")
def nv_fmul_ru(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return mul_ru(x, y)


@implements("cumbia.cuda.libdevice.fmul_rz")
def nv_fmul_rz(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return mul_rz(x, y)


@implements("cumbia.cuda.libdevice.fmul_rn")
def nv_fmul_rn(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return x * y


@implements("cumbia.cuda.libdevice.fdiv_rd")
def nv_fdiv_rd(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return div_rd(x, y)


@implements("cumbia.cuda.libdevice.fdiv_ru")
def nv_fdiv_ru(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return div_ru(x, y)


@implements("cumbia.cuda.libdevice.fdiv_rz")
def nv_fdiv_rz(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return div_rz(x, y)


@implements("cumbia.cuda.libdevice.fdiv_rn")
def nv_fdiv_rn(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return x / y


@implements("cumbia.cuda.libdevice.frcp_rd")
def nv_frcp_rd(x):
    x = real(x, np.float32)
    return rcp_rd(x)


@implements("cumbia.cuda.libdevice.frcp_ru")
def nv_frcp_ru(x):
    x = real(x, np.float32)
    return rcp_ru(x)


@implements("cumbia.cuda.libdevice.frcp_rz")
def nv_frcp_rz(x):
    x = real(x, np.float32)
    return rcp_rz(x)


@implements("cumbia.cuda.libdevice.frcp_rn")
def nv_frcp_rn(x):
    x = real(x, np.float32)
    return prim.divide(np.float32(1.0), x)


@implements("cumbia.cuda.libdevice.fsqrt_rd")
def nv_fsqrt_rd(x):
    x = real(x, np.float32)
    return sqrt_rd(x)


@implements("cumbia.cuda.libdevice.fsqrt_ru")
def nv_fsqrt_ru(x):
    x = real(x, np.float32)
    return sqrt_ru(x)


@implements("cumbia.cuda.libdevice.fsqrt_rz")
def nv_fsqrt_rz(x):
    x = real(x, np.float32)
    return sqrt_rz(x)


@implements("cumbia.cuda.libdevice.fsqrt_rn")
def nv_fsqrt_rn(x):
    x = real(x, np.float32)
    return prim.sqrt(x)


@implements("cumbia.cuda.libdevice.fmaf_rd")
def nv_fmaf_rd(x, y, z):
    x = real(x, np.float32)
    y = real(y, np.float32)
    z = real(z, np.float32)
    return fma_rd(x, y, z)


@implements("cumbia.cuda.libdevice.fmaf_ru")
def nv_fmaf_ru(x, y, z):
    x = real(x, np.float32)
    y = real(y, np.float32)
    z = real(z, np.float32)
    return fma_ru(x, y, z)


@implements("cumbia.cuda.libdevice.fmaf_rz")
def nv_fmaf_rz(x, y, z):
    x = real(x, np.float32)
    y = real(y, np.float32)
    z = real(z, np.float32)
    return fma_rz(x, y, z)


@implements("cumbia.cuda.libdevice.fmaf_rn")
def nv_fmaf_rn(x, y, z):
    x = real(x, np.float32)
    y = real(y, np.float32)
    z = real(z, np.float32)
    return prim.fma(x, y, z)


@implements("cumbia.cuda.libdevice.dadd_rd")
def nv_dadd_rd(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return add_double_rd(x, y)


@implements("cumbia.cuda.libdevice.dadd_ru")
def nv_dadd_ru(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return add_double_ru(x, y)


@implements("cumbia.cuda.libdevice.dadd_rz")
def nv_dadd_rz(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return add_double_rz(x, y)


@implements("cumbia.cuda.libdevice.dadd_rn")
def nv_dadd_rn(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return x + y


@implements("cumbia.cuda.libdevice.double2float_rd")
def nv_double2float_rd(x):
    x = real(x, np.float64)
    return narrowed_rd(x)


@implements("cumbia.cuda.libdevice.double2float_ru")
def nv_double2float_ru(x):
    x = real(x, np.float64)
    return narrowed_ru(x)


@implements("cumbia.cuda.libdevice.double2float_rz")
def nv_double2float_rz(x):
    x = real(x, np.float64)
    return narrowed_rz(x)


@implements("cumbia.cuda.libdevice.double2float_rn")
def nv_double2float_rn(x):
    x = real(x, np.float64)
    return prim.cast(x, np.float32)


@implements("cumbia.cuda.libdevice.int2float_rd")
def nv_int2float_rd(x):
    x = real(x, np.int32)
    return of_int_rd(prim.cast(x, np.int64), np.float32)


@implements("cumbia.cuda.libdevice.int2float_ru")
def nv_int2float_ru(x):
    x = real(x, np.int32)
    return of_int_ru(prim.cast(x, np.int64), np.float32)


@implements("cumbia.cuda.libdevice.int2float_rz")
def nv_int2float_rz(x):
    x = real(x, np.int32)
    return of_int_rz(prim.cast(x, np.int64), np.float32)


@implements("cumbia.cuda.libdevice.int2float_rn")
def nv_int2float_rn(x):
    x = real(x, np.int32)
    return prim.cast(x, np.float32)


@implements("cumbia.cuda.libdevice.uint2float_rd")
def nv_uint2float_rd(x):
    x = real(x, np.int32)
    return of_int_rd(prim.cast(prim.cast(x, np.uint32), np.int64), np.float32)


@implements("cumbia.cuda.libdevice.uint2float_ru")
def nv_uint2float_ru(x):
    x = real(x, np.int32)
    return of_int_ru(prim.cast(prim.cast(x, np.uint32), np.int64), np.float32)


@implements("cumbia.cuda.libdevice.uint2float_rz")
def nv_uint2float_rz(x):
    x = real(x, np.int32)
    return of_int_rz(prim.cast(prim.cast(x, np.uint32), np.int64), np.float32)


@implements("cumbia.cuda.libdevice.uint2float_rn")
def nv_uint2float_rn(x):
    x = real(x, np.int32)
    return prim.cast(prim.cast(x, np.uint32), np.float32)


@implements("cumbia.cuda.libdevice.ll2float_rd")
def nv_ll2float_rd(x):
    x = real(x, np.int64)
    return of_int_rd(x, np.float32)


@implements("cumbia.cuda.libdevice.ll2float_ru")
def nv_ll2float_ru(x):
    x = real(x, np.int64)
    return of_int_ru(x, np.float32)


@implements("cumbia.cuda.libdevice.ll2float_rz")
def nv_ll2float_rz(x):
    x = real(x, np.int64)
    return of_int_rz(x, np.float32)


@implements("cumbia.cuda.libdevice.ll2float_rn")
def nv_ll2float_rn(x):
    x = real(x, np.int64)
    return prim.cast(x, np.float32)


@implements("cumbia.cuda.libdevice.ull2float_rd")
def nv_ull2float_rd(x):
    x = real(x, np.int64)
    return of_unsigned_rd(prim.cast(x, np.uint64), np.float32)


@implements("cumbia.cuda.libdevice.ull2float_ru")
def nv_ull2float_ru(x):
    x = real(x, np.int64)
    return of_unsigned_ru(prim.cast(x, np.uint64), np.float32)


@implements("cumbia.cuda.libdevice.ull2float_rz")
def nv_ull2float_rz(x):
    x = real(x, np.int64)
    return of_unsigned_rz(prim.cast(x, np.uint64), np.float32)


@implements("cumbia.cuda.libdevice.ull2float_rn")
def nv_ull2float_rn(x):
    x = real(x, np.int64)
    return prim.cast(prim.cast(x, np.uint64), np.float32)


@implements("cumbia.cuda.libdevice.ll2double_rd")
def nv_ll2double_rd(x):
    x = real(x, np.int64)
    return of_int_rd(x, np.float64)


@implements("cumbia.cuda.libdevice.ll2double_ru")
def nv_ll2double_ru(x):
    x = real(x, np.int64)
    return of_int_ru(x, np.float64)


@implements("cumbia.cuda.libdevice.ll2double_rz")
def nv_ll2double_rz(x):
    x = real(x, np.int64)
    return of_int_rz(x, np.float64)


@implements("cumbia.cuda.libdevice.ll2double_rn")
def nv_ll2double_rn(x):
    x = real(x, np.int64)
    return prim.cast(x, np.float64)


@implements("cumbia.cuda.libdevice.ull2double_rd")
def nv_ull2double_rd(x):
    x = real(x, np.int64)
    return of_unsigned_rd(prim.cast(x, np.uint64), np.float64)


@implements("cumbia.cuda.libdevice.ull2double_ru")
def nv_ull2double_ru(x):
    x = real(x, np.int64)
    return of_unsigned_ru(prim.cast(x, np.uint64), np.float64)


@implements("cumbia.cuda.libdevice.ull2double_rz")
def nv_ull2double_rz(x):
    x = real(x, np.int64)
    return of_unsigned_rz(prim.cast(x, np.uint64), np.float64)


@implements("cumbia.cuda.libdevice.ull2double_rn")
def nv_ull2double_rn(x):
    x = real(x, np.int64)
    return prim.cast(prim.cast(x, np.uint64), np.float64)


@implements("cumbia.cuda.libdevice.double2int_rd")
def nv_double2int_rd(x):
    x = real(x, np.float64)
    return to_integer(prim.floor(x), np.int32, True)


@implements("cumbia.cuda.libdevice.double2int_ru")
def nv_double2int_ru(x):
    x = real(x, np.float64)
    return to_integer(prim.ceil(x), np.int32, True)


@implements("cumbia.cuda.libdevice.double2int_rz")
def nv_double2int_rz(x):
    x = real(x, np.float64)
    return to_integer(prim.trunc(x), np.int32, True)


@implements("cumbia.cuda.libdevice.double2int_rn")
def nv_double2int_rn(x):
    x = real(x, np.float64)
    return to_integer(prim.rint(x), np.int32, True)


@implements("cumbia.cuda.libdevice.double2uint_rd")
def nv_double2uint_rd(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.floor(x), np.uint32, True), np.int32)


@implements("cumbia.cuda.libdevice.double2uint_ru")
def nv_double2uint_ru(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.ceil(x), np.uint32, True), np.int32)


@implements("cumbia.cuda.libdevice.double2uint_rz")
def nv_double2uint_rz(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.trunc(x), np.uint32, True), np.int32)


@implements("cumbia.cuda.libdevice.double2uint_rn")
def nv_double2uint_rn(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.rint(x), np.uint32, True), np.int32)


@implements("cumbia.cuda.libdevice.double2ll_rd")
def nv_double2ll_rd(x):
    x = real(x, np.float64)
    return to_integer(prim.floor(x), np.int64, True)


@implements("cumbia.cuda.libdevice.double2ll_ru")
def nv_double2ll_ru(x):
    x = real(x, np.float64)
    return to_integer(prim.ceil(x), np.int64, True)


@implements("cumbia.cuda.libdevice.double2ll_rz")
def nv_double2ll_rz(x):
    x = real(x, np.float64)
    return to_integer(prim.trunc(x), np.int64, True)


@implements("cumbia.cuda.libdevice.double2ll_rn")
def nv_double2ll_rn(x):
    x = real(x, np.float64)
    return to_integer(prim.rint(x), np.int64, True)


@implements("cumbia.cuda.libdevice.double2ull_rd")
def nv_double2ull_rd(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.floor(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.double2ull_ru")
def nv_double2ull_ru(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.ceil(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.double2ull_rz")
def nv_double2ull_rz(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.trunc(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.double2ull_rn")
def nv_double2ull_rn(x):
    x = real(x, np.float64)
    return prim.cast(to_integer(prim.rint(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.float2int_rd")
def nv_float2int_rd(x):
    x = real(x, np.float32)
    return to_integer(prim.floor(x), np.int32, False)


@implements("cumbia.cuda.libdevice.float2int_ru")
def nv_float2int_ru(x):
    x = real(x, np.float32)
    return to_integer(prim.ceil(x), np.int32, False)


@implements("cumbia.cuda.libdevice.float2int_rz")
def nv_float2int_rz(x):
    x = real(x, np.float32)
    return to_integer(prim.trunc(x), np.int32, False)


@implements("cumbia.cuda.libdevice.float2int_rn")
def nv_float2int_rn(x):
    x = real(x, np.float32)
    return to_integer(prim.rint(x), np.int32, False)


@implements("cumbia.cuda.libdevice.float2uint_rd")
def nv_float2uint_rd(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.floor(x), np.uint32, False), np.int32)


@implements("cumbia.cuda.libdevice.float2uint_ru")
def nv_float2uint_ru(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.ceil(x), np.uint32, False), np.int32)


@implements("cumbia.cuda.libdevice.float2uint_rz")
def nv_float2uint_rz(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.trunc(x), np.uint32, False), np.int32)


@implements("cumbia.cuda.libdevice.float2uint_rn")
def nv_float2uint_rn(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.rint(x), np.uint32, False), np.int32)


@implements("cumbia.cuda.libdevice.float2ll_rd")
def nv_float2ll_rd(x):
    x = real(x, np.float32)
    return to_integer(prim.floor(x), np.int64, True)


@implements("cumbia.cuda.libdevice.float2ll_ru")
def nv_float2ll_ru(x):
    x = real(x, np.float32)
    return to_integer(prim.ceil(x), np.int64, True)


@implements("cumbia.cuda.libdevice.float2ll_rz")
def nv_float2ll_rz(x):
    x = real(x, np.float32)
    return to_integer(prim.trunc(x), np.int64, True)


@implements("cumbia.cuda.libdevice.float2ll_rn")
def nv_float2ll_rn(x):
    x = real(x, np.float32)
    return to_integer(prim.rint(x), np.int64, True)


@implements("cumbia.cuda.libdevice.float2ull_rd")
def nv_float2ull_rd(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.floor(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.float2ull_ru")
def nv_float2ull_ru(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.ceil(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.float2ull_rz")
def nv_float2ull_rz(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.trunc(x), np.uint64, True), np.int64)


@implements("cumbia.cuda.libdevice.float2ull_rn")
def nv_float2ull_rn(x):
    x = real(x, np.float32)
    return prim.cast(to_integer(prim.rint(x), np.uint64, True), np.int64)

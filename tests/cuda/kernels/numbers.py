"""Half precision, NVIDIA's functions by name, and approximate instructions."""

import math

import numpy as np

from cumbia import cuda
from cumbia.cuda import libdevice
from tests.cuda.kernels import golden

NO_DOUBLE = (".f64",)


@golden(
    "void(float16, float16[::1], float16[::1])",
    has=("mul.rn.f16", "add.rn.f16", "ld.global.nc.b16"),
    lacks=(*NO_DOUBLE, "fma.rn.f16", "cvt.rn", "cvt.f32"),
)
@cuda.jit
def half_axpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


@golden("void(float16[::1], float16[::1], float16[::1])", has=("fma.rn.f16",), lacks=(*NO_DOUBLE, "cvt.rn"))
@cuda.jit
def half_fused(x, y, z):
    i = cuda.grid(1)
    if i < x.size:
        z[i] = cuda.fp16.hfma(x[i], y[i], z[i])


@golden(
    "void(float16[::1], float16[::1], float32[::1])",
    has=("div.rn.f32", "sqrt.rn.f32", "cvt.rn.f16.f32", "cvt.f32.f16"),
    lacks=NO_DOUBLE,
)
@cuda.jit
def half_functions(x, y, z):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = np.sqrt(x[i]) / y[i] + np.exp(-abs(x[i]))
        z[i] = np.float32(x[i]) if x[i] > np.float16(0) else np.float32(y[i])


@golden(
    "void(bfloat16, bfloat16[::1], bfloat16[::1])",
    has=("cvt.rn.bf16.f32", "mul.rn.f32", "add.rn.f32"),
    lacks=(*NO_DOUBLE, "fma.rn"),
)
@cuda.jit
def bfloat_axpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


@golden("void(bfloat16[::1], bfloat16[::1], bfloat16[::1])", has=("fma.rn.bf16",), lacks=(*NO_DOUBLE, "cvt.rn"))
@cuda.jit
def bfloat_fused(x, y, z):
    i = cuda.grid(1)
    if i < x.size:
        z[i] = cuda.bf16.hfma(x[i], y[i], z[i])


@golden("void(float64[::1], int64[::1], bfloat16[::1], float32[::1])", has=("cvt.rn.bf16.f32", "setp"))
@cuda.jit
def bfloat_conversions(x, n, y, z):
    i = cuda.grid(1)
    if i < x.size:
        z[i] = np.sqrt(y[i]) / cuda.bf16.bfloat16(n[i])
        n[i] = cuda.bf16.bfloat16_to_int64_rd(y[i])
        y[i] = x[i]


@golden("void(float64[::1], float16[::1], int32[::1])", has=("cvt.rn.f16.f64",))
@cuda.jit
def half_conversions(x, y, n):
    i = cuda.grid(1)
    if i < x.size:
        n[i] = int(y[i])
        y[i] = x[i]


@golden("void(float16[::1], float16[::1])", has=("st.shared.b16", "ld.shared.b16"), lacks=NO_DOUBLE)
@cuda.jit
def half_reversed(x, y):
    tile = cuda.shared.array(256, np.float16)
    i = cuda.threadIdx.x
    if i < min(256, min(x.size, y.size)):
        tile[i] = x[i]
    cuda.syncthreads()
    if i < min(256, min(x.size, y.size)):
        y[i] = tile[255 - i]


@golden(
    "void(float32[::1], float32[::1])",
    has=("sin.approx.f32", "cos.approx.f32", "ex2.approx", "lg2.approx", "tanh.approx.f32", "sqrt.approx"),
    lacks=NO_DOUBLE,
)
@cuda.jit(fastmath={"afn"})
def approximate(x, y):
    i = cuda.grid(1)
    if i < x.size:
        a = x[i]
        y[i] = np.sin(a) + np.cos(a) * np.exp(a) - np.log(a) + np.tanh(a) * np.log2(a) + np.exp2(np.sqrt(a))


@golden(
    "void(float32[::1], float32[::1])",
    has=("sin.approx.f32", "cos.approx.f32", "ex2.approx", "lg2.approx"),
    lacks=NO_DOUBLE,
)
@cuda.jit(fastmath=True)
def approximate_of_math(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = math.sin(x[i]) * math.cos(y[i]) + x[i] ** y[i]


@golden(
    "void(float32[::1], float32[::1])",
    has=("sin.approx.f32", "ex2.approx", "div.approx.f32"),
    lacks=NO_DOUBLE,
)
@cuda.jit
def fast_by_name(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = libdevice.fast_sinf(x[i]) + libdevice.fast_expf(y[i]) + libdevice.fast_fdividef(x[i], y[i])


@golden(
    "void(float32[::1], float32[::1], float64[::1])",
    has=(
        "sub.rm.f32", "add.rp.f32", "mul.rz.f32", "div.rp.f32", "sqrt.rm.f32", "rcp.rz.f32", "fma.rp.f32",
        "add.rm.f64",
    ),
)
@cuda.jit
def rounded_ways(x, y, z):
    i = cuda.grid(1)
    if i < x.size:
        a, b = x[i], y[i]
        up = libdevice.fadd_ru(a, b) + libdevice.fdiv_ru(a, b) + libdevice.fmaf_ru(a, b, a)
        down = libdevice.fsub_rd(a, b) + libdevice.fsqrt_rd(a)
        y[i] = up + down + libdevice.fmul_rz(a, b) + libdevice.frcp_rz(b)
        z[i] = libdevice.dadd_rd(z[i], np.float64(a))


@golden("void(int32[::1], int64[::1])", has=("brev.b32", "popc.b32", "mul.hi"), lacks=NO_DOUBLE)
@cuda.jit
def bits_by_name(x, y):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = libdevice.brev(x[i]) ^ libdevice.popc(x[i]) ^ libdevice.mulhi(x[i], np.int32(i))
        y[i] = libdevice.mul64hi(y[i], y[i]) + libdevice.clzll(y[i])

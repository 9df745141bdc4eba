"""One element, or a few, for each thread."""

import math

import numpy as np

from cumbia import cuda
from tests.cuda.kernels import golden

NO_DOUBLE = (".f64",)
NO_RAISE = ("cumbia_$_raise", "trap")


@golden("void(float32, float32[::1], float32[::1])", has=("ld.global.nc.b32",), lacks=NO_DOUBLE)
@cuda.jit
def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


@golden("void(float64, float64[::1], float64[::1])", has=("ld.global.nc.b64", "mul.rn.f64"))
@cuda.jit
def daxpy(a, x, y):
    i = cuda.grid(1)
    if i < min(x.size, y.size):
        y[i] = a * x[i] + y[i]


@golden("void(float32[::1])", lacks=NO_RAISE + NO_DOUBLE)
@cuda.jit
def guarded(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= np.float32(2)


@golden("void(float32[::1], float32[::1])", has=("ld.global.nc.b32",))
@cuda.jit
def grid_stride(x, y):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        y[i] = x[i] + np.float32(1)


@golden("void(float32[::1], float32[::1])", has=("ld.global.nc.v4",), lacks=NO_DOUBLE)
@cuda.jit
def four_each(x, y):
    i = 4 * cuda.grid(1)
    if i + 3 < min(x.size, y.size):
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        y[i], y[i + 1], y[i + 2], y[i + 3] = a + a, b + b, c + c, d + d


@golden("void(float32[::1], float32[::1], float32[::1])", lacks=NO_DOUBLE)
@cuda.jit
def strided(x, y, out):
    i = cuda.grid(1)
    if 2 * i + 1 < x.size and i < out.size:
        out[i] = x[2 * i] - x[2 * i + 1]


@golden("void(float32[:], float32[:])")
@cuda.jit
def any_layout(x, y):
    i = cuda.grid(1)
    if i < x.shape[0] and i < y.shape[0]:
        y[i] = x[i]


@golden("void(float32[:, ::1], float32[:, ::1], float32[:, ::1])", has=("ld.global.nc.b32",))
@cuda.jit
def add_2d(a, b, out):
    i, j = cuda.grid(2)
    if i < out.shape[0] and j < out.shape[1]:
        out[i, j] = a[i, j] + b[i, j]


@golden("void(float32[:, :, ::1])")
@cuda.jit
def scale_3d(a):
    i, j, k = cuda.grid(3)
    if i < a.shape[0] and j < a.shape[1] and k < a.shape[2]:
        a[i, j, k] *= np.float32(0.5)


@golden("void(float32[::1, :], float32[::1, :])")
@cuda.jit
def columns(a, out):
    j, i = cuda.grid(2)
    if i < a.shape[0] and j < a.shape[1] and i < out.shape[0] and j < out.shape[1]:
        out[i, j] = a[i, j]


@golden("void(float32[::1], float32[::1], float32[::1], float32[::1], float32[::1], float32, float32)",
        lacks=NO_DOUBLE, has=("ld.global.nc.b32",))
@cuda.jit
def black_scholes(price, strike, years, call, put, rate, volatility):
    i = cuda.grid(1)
    if i < price.size:
        s, x, t = price[i], strike[i], years[i]
        root = np.sqrt(t)
        d1 = (np.log(s / x) + (rate + np.float32(0.5) * volatility * volatility) * t) / (volatility * root)
        d2 = d1 - volatility * root
        c1 = cumulative(d1)
        c2 = cumulative(d2)
        discount = np.exp(-rate * t)
        call[i] = s * c1 - x * discount * c2
        put[i] = x * discount * (np.float32(1) - c2) - s * (np.float32(1) - c1)


@cuda.jit(device=True)
def cumulative(d):
    k = np.float32(1) / (np.float32(1) + np.float32(0.2316419) * abs(d))
    poly = k * (
        np.float32(0.31938153)
        + k * (
            np.float32(-0.356563782)
            + k * (
                np.float32(1.781477937)
                + k * (np.float32(-1.821255978) + k * np.float32(1.330274429))
            )
        )
    )
    tail = np.float32(0.39894228040143267794) * np.exp(np.float32(-0.5) * d * d) * poly
    return np.float32(1) - tail if d > 0 else tail


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def elementary(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        v = x[i]
        out[i] = np.sin(v) + np.cos(v) * np.exp(-v * v) + np.log1p(np.abs(v)) + np.tanh(v)


@golden("void(float32[::1], float32[::1])", lacks=())
@cuda.jit
def elementary_single(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        v = x[i]
        out[i] = np.exp(v) + np.log(v) + np.sqrt(v)


@golden("void(float32[::1], float32[::1], float32[::1])", has=("fma.rn.f32",), lacks=NO_DOUBLE)
@cuda.jit
def fused(a, b, c):
    i = cuda.grid(1)
    if i < c.size:
        c[i] = cuda.fma(a[i], b[i], c[i])


@golden("void(float32[::1], float32[::1], float32[::1])", has=("fma.rn.f32",), lacks=NO_DOUBLE)
@cuda.jit(fastmath={"contract"})
def contracted(a, b, c):
    i = cuda.grid(1)
    if i < c.size:
        c[i] = a[i] * b[i] + c[i]


@golden("void(complex64[::1], complex64[::1])", lacks=NO_DOUBLE)
@cuda.jit
def complex_product(a, b):
    i = cuda.grid(1)
    if i < a.size and i < b.size:
        b[i] = a[i] * b[i]


@golden("void(complex128[::1], float64[::1])")
@cuda.jit
def complex_magnitude(z, out):
    i = cuda.grid(1)
    if i < z.size and i < out.size:
        out[i] = z[i].real ** 2 + z[i].imag ** 2


@golden("void(float32[::1], bool[::1], float32)")
@cuda.jit
def masks(x, out, limit):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = x[i] > limit


@golden("void(bool[::1], int32[::1], int32[::1], int32[::1])")
@cuda.jit
def choose(which, a, b, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = cuda.selp(which[i], a[i], b[i])


@golden("void(int8[::1], int16[::1], int32[::1], int64[::1])")
@cuda.jit
def signed_ints(a, b, c, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a[i] + b[i] + c[i] + out[i]


@golden("void(uint8[::1], uint16[::1], uint32[::1], uint64[::1])")
@cuda.jit
def unsigned_ints(a, b, c, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = np.uint64(a[i]) * np.uint64(b[i]) + np.uint64(c[i])


@golden("void(int32[::1], int32[::1])")
@cuda.jit
def divisions(a, b):
    i = cuda.grid(1)
    if i < a.size and i < b.size:
        b[i] = a[i] // np.int32(7) + a[i] % np.int32(5)


@golden("void(int64[::1], int64[::1])")
@cuda.jit
def bits(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        v = x[i]
        out[i] = cuda.popc(v) + cuda.clz(v) + cuda.ffs(v)


@golden("void(uint32[::1], uint32[::1])")
@cuda.jit
def reversed_bits(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = cuda.brev(x[i])


@golden("void(float32[::1], float32[::1])")
@cuda.jit
def cube_roots(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = cuda.cbrt(x[i])


@golden("void(float64, int64, bool, float32[::1])")
@cuda.jit
def scalars(a, n, flag, out):
    i = cuda.grid(1)
    if i < out.size and i < n:
        out[i] = a if flag else -a


@golden("void(Tuple((float32[::1], float32[::1])), float32[::1])")
@cuda.jit
def pairs(both, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = both[0][i] - both[1][i]


@golden("void(float32[:, ::1], float32[::1], float32)", lacks=NO_DOUBLE)
@cuda.jit
def row_view(a, out, factor):
    i = cuda.grid(1)
    if i < a.shape[0] and i < out.shape[0]:
        row = a[i]
        total = np.float32(0)
        for j in range(row.shape[0]):
            total += row[j] * factor
        out[i] = total


@golden("void(float32[::1])", has=("cumbia_$_raise",))
@cuda.jit
def unguarded(x):
    i = cuda.grid(1)
    x[i] = np.float32(1)


@golden("void(float32[::1])", lacks=NO_RAISE)
@cuda.jit(boundscheck=False)
def unchecked(x):
    i = cuda.grid(1)
    x[i] = np.float32(1)


@golden("void(float32[::1], int64[::1], float32[::1])", has=("cumbia_$_raise",))
@cuda.jit
def gather(x, index, out):
    i = cuda.grid(1)
    if i < index.size and i < out.size:
        out[i] = x[index[i]]


@golden("void(int64[::1])", has=(".maxntid", ".minnctapersm"))
@cuda.jit(launch_bounds=(128, 4))
def bounded(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] += 1


@golden("void(int64[::1])", has=(".maxnreg",))
@cuda.jit(max_registers=32)
def few_registers(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] -= 1


# Functions of float32, of NumPy and of `math`: no double precision.


@golden("void(float32[::1], float32[::1])", lacks=NO_DOUBLE, has=("fma.rn.f32",))
@cuda.jit
def sine_single(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = np.sin(x[i])


@golden("void(float32[::1], float32[::1], float32[::1])", lacks=NO_DOUBLE, has=("fma.rn.f32",))
@cuda.jit
def power_single(x, y, out):
    i = cuda.grid(1)
    if i < x.size and i < y.size and i < out.size:
        out[i] = x[i] ** y[i]


@golden("void(float32[::1], float32[::1])", lacks=NO_DOUBLE, has=("fma.rn.f32",))
@cuda.jit
def math_single(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        v = x[i]
        out[i] = math.erf(v) + math.tanh(v) * math.atan2(v, np.float32(2)) + math.log1p(v * v) + math.sinh(v)


@golden("void(float32[::1], float32[::1])", lacks=NO_DOUBLE, has=("fma.rn.f32",))
@cuda.jit
def inverses_single(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        v = x[i]
        out[i] = np.arcsin(v) + np.arccos(v) + np.arctanh(v) + np.cbrt(v) + np.expm1(v) + np.log2(v)

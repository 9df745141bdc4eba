"""Atomic operations on global and shared memory."""

import numpy as np

from cumbia import cuda, int32
from tests.cuda.kernels import golden


@golden("void(uint8[::1], int32[::1])", has=("atom", ".global"))
@cuda.jit
def histogram_naive(x, counts):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(counts, x[i], 1)


@golden("void(uint8[::1], int32[::1])", has=("atom", ".shared"))
@cuda.jit
def histogram_shared(x, counts):
    own = cuda.shared.array(256, int32)
    t = cuda.threadIdx.x
    if t < 256:
        own[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        cuda.atomic.add(own, x[i], 1)
    cuda.syncthreads()
    if t < 256:
        cuda.atomic.add(counts, t, own[t])


@golden("void(float32[::1], float32[::1])", has=("add.f32",))
@cuda.jit
def sum_single(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, 0, x[i])


@golden("void(float64[::1], float64[::1])", has=("add.f64",))
@cuda.jit
def sum_double(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, 0, x[i])


@golden("void(int64[::1], int64[::1])", has=("max.s64", "min.s64"))
@cuda.jit
def extremes_int(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.max(out, 0, x[i])
        cuda.atomic.min(out, 1, x[i])


@golden("void(float32[::1], float32[::1])", has=("cas.b32",))
@cuda.jit
def extremes_float(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.max(out, 0, x[i])
        cuda.atomic.min(out, 1, x[i])


@golden("void(uint32[::1], uint32[::1])", has=("and.b32", "or.b32", "xor.b32", "exch.b32"))
@cuda.jit
def bitwise(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.and_(out, 0, x[i])
        cuda.atomic.or_(out, 1, x[i])
        cuda.atomic.xor(out, 2, x[i])
        cuda.atomic.exch(out, 3, x[i])


@golden("void(int32[::1], int32[::1])", has=("cas.b32",))
@cuda.jit
def compare_and_swap(x, out):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = cuda.atomic.cas(out, i % 4, x[i], 7)


@golden("void(uint32[::1])", has=("cas.b32",))
@cuda.jit
def tickets(count):
    cuda.atomic.inc(count, 0, 100)
    cuda.atomic.dec(count, 1, 100)
    cuda.atomic.sub(count, 2, np.uint32(1))


@golden("void(float32[:, ::1], float32)", has=("add.f32",))
@cuda.jit
def atomic_2d(out, value):
    i, j = cuda.grid(2)
    if i < out.shape[0] and j < out.shape[1]:
        cuda.atomic.add(out, (i, j), value)

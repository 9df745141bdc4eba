"""The benchmarks' kernels in CUDA C, for CuPy's RawKernel: what a compiler of C makes of them.

Each takes what its twin in `benches` takes, each array followed by its extents. CuPy is imported
by `kernel` alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["SOURCE", "Module", "kernel"]

SOURCE = r"""
typedef long long N;
#define GRID(axis) ((N)blockIdx.axis * blockDim.axis + threadIdx.axis)

extern "C" __global__ void saxpy(float a, const float *x, N n, float *y, N)
{
    N i = GRID(x);
    if (i < n)
        y[i] = a * x[i] + y[i];
}

extern "C" __global__ void block_sums(const float *x, N n, float *out, N)
{
    __shared__ float part[256];
    int t = threadIdx.x;
    float total = 0;
    for (N i = GRID(x); i < n; i += (N)gridDim.x * blockDim.x)
        total += x[i];
    part[t] = total;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (t < half)
            part[t] += part[t + half];
        __syncthreads();
    }
    if (t == 0)
        out[blockIdx.x] = part[0];
}

extern "C" __global__ void stencil(const float *a, N h, N w, float *b, N, N)
{
    N j = GRID(x), i = GRID(y);
    if (0 < i && i < h - 1 && 0 < j && j < w - 1)
        b[i * w + j] = 0.25f * (a[(i - 1) * w + j] + a[(i + 1) * w + j]
                                + a[i * w + j - 1] + a[i * w + j + 1]);
}

extern "C" __global__ void transposed(const float *a, N h, N w, float *b, N bh, N bw)
{
    __shared__ float tile[32][33];
    int tx = threadIdx.x, ty = threadIdx.y;
    N j = (N)blockIdx.x * 32 + tx, i = (N)blockIdx.y * 32 + ty;
    for (int k = 0; k < 32; k += 8)
        if (i + k < h && j < w)
            tile[ty + k][tx] = a[(i + k) * w + j];
    __syncthreads();
    j = (N)blockIdx.y * 32 + tx, i = (N)blockIdx.x * 32 + ty;
    for (int k = 0; k < 32; k += 8)
        if (i + k < bh && j < bw)
            b[(i + k) * bw + j] = tile[tx][ty + k];
}

extern "C" __global__ void product(const float *a, N, N inner, const float *b, N, N bw,
                                   float *c, N, N cw)
{
    __shared__ float left[16][16], right[16][16];
    int tx = threadIdx.x, ty = threadIdx.y;
    N j = GRID(x), i = GRID(y);
    float total = 0;
    for (N step = 0; step < inner / 16; step++) {
        left[ty][tx] = a[i * inner + step * 16 + tx];
        right[ty][tx] = b[(step * 16 + ty) * bw + j];
        __syncthreads();
        for (int k = 0; k < 16; k++)
            total += left[ty][k] * right[k][tx];
        __syncthreads();
    }
    c[i * cw + j] = total;
}

extern "C" __global__ void black_scholes(const float *price, N n, const float *strike, N,
                                         const float *years, N, float *call, N, float *put, N)
{
    N i = GRID(x);
    if (i >= n)
        return;
    float s = price[i], x = strike[i], t = years[i], rate = 0.02f, spread = 0.3f;
    float root = sqrtf(t);
    float d1 = (logf(s / x) + (rate + 0.5f * spread * spread) * t) / (spread * root);
    float d2 = d1 - spread * root, half = 0.70710678f;
    float c1 = 0.5f * erfcf(-d1 * half), c2 = 0.5f * erfcf(-d2 * half);
    float back = x * expf(-rate * t);
    call[i] = s * c1 - back * c2;
    put[i] = back * (1 - c2) - s * (1 - c1);
}

extern "C" __global__ void histogram(const unsigned char *x, N n, int *bins, N)
{
    __shared__ int own[256];
    int t = threadIdx.x;
    own[t] = 0;
    __syncthreads();
    for (N i = GRID(x); i < n; i += (N)gridDim.x * blockDim.x)
        atomicAdd(own + x[i], 1);
    __syncthreads();
    atomicAdd(bins + t, own[t]);
}

extern "C" __global__ void block_scans(const float *x, N n, float *out, N, float *sums, N)
{
    __shared__ float part[256];
    int t = threadIdx.x;
    N i = GRID(x);
    part[t] = i < n ? x[i] : 0;
    __syncthreads();
    for (int step = 1; step < 256; step *= 2) {
        float before = t >= step ? part[t - step] : 0;
        __syncthreads();
        part[t] += before;
        __syncthreads();
    }
    if (i < n)
        out[i] = part[t];
    if (t == 255)
        sums[blockIdx.x] = part[255];
}

extern "C" __global__ void bodies(const float *at, N, N n, float *force, N, N)
{
    __shared__ float tile[3][256];
    int t = threadIdx.x;
    N i = GRID(x);
    float x = at[i], y = at[n + i], z = at[2 * n + i], fx = 0, fy = 0, fz = 0;
    for (N first = 0; first < n; first += 256) {
        for (int axis = 0; axis < 3; axis++)
            tile[axis][t] = at[axis * n + first + t];
        __syncthreads();
        for (int k = 0; k < 256; k++) {
            float dx = tile[0][k] - x, dy = tile[1][k] - y, dz = tile[2][k] - z;
            float inverse = 1 / sqrtf(dx * dx + dy * dy + dz * dz + 0.01f);
            float cube = inverse * inverse * inverse;
            fx += dx * cube;
            fy += dy * cube;
            fz += dz * cube;
        }
        __syncthreads();
    }
    force[i] = fx, force[n + i] = fy, force[2 * n + i] = fz;
}

extern "C" __global__ void launched_only(double *x, N, const double *y, N, const double *z, N)
{
    if (GRID(x) < 0)
        x[0] = y[0] + z[0];
}
"""


class _Event:
    """An event by the names that kernels' libraries have."""

    def __init__(self, event: Any) -> None:
        self.event = event
        self.record, self.synchronize = event.record, event.synchronize

    def elapsed_time(self, other: _Event) -> float:
        import cupy

        return cupy.cuda.get_elapsed_time(self.event, other.event)


class Module:
    """What the benchmarks ask of a library, of CuPy."""

    def to_device(self, array: Any) -> Any:
        import cupy

        return cupy.asarray(array)

    def to_host(self, array: Any) -> Any:
        import cupy

        return cupy.asnumpy(array)

    def synchronize(self) -> None:
        import cupy

        cupy.cuda.runtime.deviceSynchronize()

    def event(self) -> _Event:
        import cupy

        return _Event(cupy.cuda.Event())


class _Kernel:
    """A RawKernel that is launched as others are."""

    def __init__(self, name: str) -> None:
        import cupy

        self.kernel = cupy.RawKernel(SOURCE, name)

    def __getitem__(self, shape: tuple[Any, Any]) -> Any:
        grid, block = (one if isinstance(one, tuple) else (one,) for one in shape)

        def launch(*args: Any) -> None:
            passed: list[Any] = []
            for arg in args:
                passed.append(arg)
                passed += map(np.int64, getattr(arg, "shape", ()))
            self.kernel(grid, block, tuple(passed))

        return launch


def kernel(name: str) -> Any:
    """Give a kernel by its name.

    Raises
    ------
    ImportError
        Where CuPy isn't installed.
    """
    return _Kernel(name)

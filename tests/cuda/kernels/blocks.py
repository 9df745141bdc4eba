"""Threads of a block that work together: shared and local memory, barriers."""

import numpy as np

from cumbia import cuda, float32, float64, int32
from tests.cuda.kernels import golden

TILE = 16
WEIGHTS = np.array([1, 4, 6, 4, 1], dtype=np.float32) / np.float32(16)


@golden("void(float32[:, ::1], float32[:, ::1], float32[:, ::1])",
        has=("ld.shared", "st.shared", "bar.sync", "ld.global.nc.b32"), lacks=(".f64",))
@cuda.jit
def matmul_tiled(a, b, c):
    left = cuda.shared.array((TILE, TILE), dtype=float32)
    right = cuda.shared.array((TILE, TILE), dtype=float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = np.float32(0)
    for step in range((a.shape[1] + TILE - 1) // TILE):
        left[tx, ty] = np.float32(0)
        right[tx, ty] = np.float32(0)
        if x < a.shape[0] and step * TILE + ty < a.shape[1]:
            left[tx, ty] = a[x, step * TILE + ty]
        if step * TILE + tx < b.shape[0] and y < b.shape[1]:
            right[tx, ty] = b[step * TILE + tx, y]
        cuda.syncthreads()
        for k in range(TILE):
            total += left[tx, k] * right[k, ty]
        cuda.syncthreads()
    if x < c.shape[0] and y < c.shape[1]:
        c[x, y] = total


@golden("void(float32[:, ::1], float32[:, ::1], float32[:, ::1])", has=("ld.global.nc.b32",))
@cuda.jit
def matmul_naive(a, b, c):
    i, j = cuda.grid(2)
    if i < c.shape[0] and j < c.shape[1]:
        total = np.float32(0)
        for k in range(a.shape[1]):
            total += a[i, k] * b[k, j]
        c[i, j] = total


@golden("void(float32[:, ::1], float32[:, ::1])", has=("ld.shared", "st.shared", "bar.sync"))
@cuda.jit
def transpose_tiled(a, out):
    tile = cuda.shared.array((32, 33), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x = cuda.blockIdx.x * 32 + tx
    y = cuda.blockIdx.y * 32 + ty
    if y < a.shape[0] and x < a.shape[1]:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    x = cuda.blockIdx.y * 32 + tx
    y = cuda.blockIdx.x * 32 + ty
    if y < out.shape[0] and x < out.shape[1]:
        out[y, x] = tile[tx, ty]


@golden("void(float32[:, ::1], float32[:, ::1])")
@cuda.jit
def transpose_naive(a, out):
    i, j = cuda.grid(2)
    if i < a.shape[0] and j < a.shape[1]:
        out[j, i] = a[i, j]


@golden("void(float32[::1], float32[::1])", has=("ld.shared", "bar.sync"), lacks=(".f64",))
@cuda.jit
def block_sum(x, out):
    partial = cuda.shared.array(256, float32)
    t = cuda.threadIdx.x
    i = cuda.grid(1)
    partial[t] = x[i] if i < x.size else np.float32(0)
    cuda.syncthreads()
    step = 128
    while step > 0:
        if t < step:
            partial[t] += partial[t + step]
        cuda.syncthreads()
        step //= 2
    if t == 0:
        out[cuda.blockIdx.x] = partial[0]


@golden("void(float32[::1], float32[::1])", has=("dynamic_smem_size",))
@cuda.jit
def dynamic_sum(x, out):
    partial = cuda.shared.array(0, float32)
    t = cuda.threadIdx.x
    i = cuda.grid(1)
    partial[t] = x[i] if i < x.size else np.float32(0)
    cuda.syncthreads()
    if t == 0:
        total = np.float32(0)
        for k in range(cuda.blockDim.x):
            total += partial[k]
        out[cuda.blockIdx.x] = total


@golden("void(int32[::1], int32[::1])", has=("bar.sync",))
@cuda.jit
def scan_block(x, out):
    data = cuda.shared.array(512, int32)
    t = cuda.threadIdx.x
    i = cuda.grid(1)
    data[t] = x[i] if i < x.size else np.int32(0)
    cuda.syncthreads()
    step = 1
    while step < cuda.blockDim.x:
        other = data[t - step] if t >= step else np.int32(0)
        cuda.syncthreads()
        data[t] += other
        cuda.syncthreads()
        step *= 2
    if i < out.size:
        out[i] = data[t]


@golden("void(float32[::1], float32[::1])", has=("ld.global.nc.b32",), lacks=(".f64", "ld.const"))
@cuda.jit
def blur_1d(x, out):
    weights = cuda.const.array_like(WEIGHTS)
    i = cuda.grid(1)
    if 2 <= i < x.size - 2 and i < out.size:
        total = np.float32(0)
        for k in range(5):
            total += weights[k] * x[i + k - 2]
        out[i] = total


@golden("void(int64[::1], float32[::1])", has=("ld.const",), lacks=(".f64",))
@cuda.jit
def constant_lookup(x, out):
    weights = cuda.const.array_like(WEIGHTS)
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = weights[x[i]]


@golden("void(float32[:, ::1], float32[:, ::1])", has=("ld.global.nc.b32",), lacks=(".f64",))
@cuda.jit
def stencil_5(a, out):
    i, j = cuda.grid(2)
    if 1 <= i < a.shape[0] - 1 and 1 <= j < a.shape[1] - 1 and i < out.shape[0] and j < out.shape[1]:
        out[i, j] = np.float32(0.25) * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])


@golden("void(float64[:, :, ::1], float64[:, :, ::1])", has=("ld.global.nc.b64",))
@cuda.jit
def stencil_7(a, out):
    i, j, k = cuda.grid(3)
    if (
        1 <= i < a.shape[0] - 1
        and 1 <= j < a.shape[1] - 1
        and 1 <= k < a.shape[2] - 1
        and i < out.shape[0]
        and j < out.shape[1]
        and k < out.shape[2]
    ):
        out[i, j, k] = (
            a[i - 1, j, k] + a[i + 1, j, k] + a[i, j - 1, k] + a[i, j + 1, k]
            + a[i, j, k - 1] + a[i, j, k + 1] - 6.0 * a[i, j, k]
        )


@golden("void(float32[::1], float32[::1])", has=("ld.shared", "bar.sync"))
@cuda.jit
def stencil_shared(x, out):
    tile = cuda.shared.array(258, float32)
    t = cuda.threadIdx.x
    i = cuda.grid(1)
    tile[t + 1] = x[i] if i < x.size else np.float32(0)
    if t == 0:
        tile[0] = x[i - 1] if 1 <= i <= x.size else np.float32(0)
    if t == 255:
        tile[257] = x[i + 1] if i + 1 < x.size else np.float32(0)
    cuda.syncthreads()
    if i < out.size and t < 256:
        out[i] = tile[t] + tile[t + 1] + tile[t + 2]


@golden("void(float32[:, ::1], float32[:, ::1])", has=("sqrt.rn.f32",), lacks=(".f64",))
@cuda.jit
def nbody(position, force):
    near = cuda.shared.array((128, 4), float32)
    i = cuda.grid(1)
    t = cuda.threadIdx.x
    x = y = z = np.float32(0)
    if i < position.shape[0]:
        x, y, z = position[i, 0], position[i, 1], position[i, 2]
    fx = fy = fz = np.float32(0)
    for start in range(0, position.shape[0], 128):
        j = start + t
        for axis in range(4):
            near[t, axis] = position[j, axis] if j < position.shape[0] else np.float32(0)
        cuda.syncthreads()
        for k in range(128):
            dx, dy, dz = near[k, 0] - x, near[k, 1] - y, near[k, 2] - z
            square = dx * dx + dy * dy + dz * dz + np.float32(1e-3)
            inverse = np.float32(1) / (square * np.sqrt(square))
            weight = near[k, 3] * inverse
            fx += weight * dx
            fy += weight * dy
            fz += weight * dz
        cuda.syncthreads()
    if i < force.shape[0]:
        force[i, 0], force[i, 1], force[i, 2] = fx, fy, fz


@golden("void(float64[:, ::1], float64[::1])")
@cuda.jit
def local_sort(a, out):
    row = cuda.local.array(8, float64)
    i = cuda.grid(1)
    if i < a.shape[0] and i < out.shape[0] and a.shape[1] == 8:
        for k in range(8):
            row[k] = a[i, k]
        for p in range(1, 8):
            value = row[p]
            q = p - 1
            while q >= 0 and row[q] > value:
                row[q + 1] = row[q]
                q -= 1
            row[q + 1] = value
        out[i] = (row[3] + row[4]) / 2.0


@golden("void(int32[::1], int64[::1])", has=("bar.red.popc",))
@cuda.jit
def count_block(x, out):
    i = cuda.grid(1)
    positive = i < x.size and x[i] > 0
    count = cuda.syncthreads_count(positive)
    if cuda.threadIdx.x == 0 and cuda.blockIdx.x < out.size:
        out[cuda.blockIdx.x] = count


@golden("void(int32[::1], int64[::1])", has=("bar.red.and", "bar.red.or"))
@cuda.jit
def agree_block(x, out):
    i = cuda.grid(1)
    positive = i < x.size and x[i] > 0
    both = cuda.syncthreads_and(positive) + 2 * cuda.syncthreads_or(positive)
    if cuda.threadIdx.x == 0 and cuda.blockIdx.x < out.size:
        out[cuda.blockIdx.x] = both


@golden("void(float32[::1])", has=("membar.gl", "membar.cta", "membar.sys"))
@cuda.jit
def fences(x):
    i = cuda.grid(1)
    if i + 3 < x.size:
        x[i] = np.float32(1)
        cuda.threadfence_block()
        x[i + 1] = np.float32(2)
        cuda.threadfence()
        x[i + 2] = np.float32(3)
        cuda.threadfence_system()
        x[i + 3] = np.float32(4)

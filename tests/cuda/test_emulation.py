"""Kernels that run on the processor: what they compute, and the faults that are found."""

from __future__ import annotations

import math
import os
import signal
import threading
import time

import numpy as np
import pytest
from cumbia import cuda, float32, float64, int32, int64
from cumbia.errors import RaceError

RNG = np.random.default_rng(8)


@cuda.jit
def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


@pytest.mark.parametrize("size", [0, 1, 31, 256, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_one_element_each(size, dtype):
    x, y = (RNG.integers(-99, 99, size).astype(dtype) for _ in range(2))
    wanted = dtype(3) * x + y
    saxpy[max(1, -(-size // 64)), 64](dtype(3), x, y)
    assert y.dtype == dtype and np.array_equal(y, wanted)


def test_views():
    x, y = RNG.random((2, 100))
    wanted = y.copy()
    wanted[::-2] += 2.0 * x[::2]
    saxpy[1, 64](2.0, x[::2], y[::-2])
    assert np.array_equal(y, wanted)
    frozen = x.copy()
    frozen.setflags(write=False)
    saxpy.forall(100)(1.0, frozen, y)
    assert np.array_equal(y, wanted + frozen)


@cuda.jit
def matrix_product(a, b, c):
    left = cuda.shared.array((8, 8), dtype=float32)
    right = cuda.shared.array((8, 8), dtype=float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = np.float32(0)
    for step in range((a.shape[1] + 7) // 8):
        left[tx, ty] = np.float32(0)
        right[tx, ty] = np.float32(0)
        if x < a.shape[0] and step * 8 + ty < a.shape[1]:
            left[tx, ty] = a[x, step * 8 + ty]
        if step * 8 + tx < b.shape[0] and y < b.shape[1]:
            right[tx, ty] = b[step * 8 + tx, y]
        cuda.syncthreads()
        for k in range(8):
            total += left[tx, k] * right[k, ty]
        cuda.syncthreads()
    if x < c.shape[0] and y < c.shape[1]:
        c[x, y] = total


@pytest.mark.parametrize(("n", "m", "k"), [(8, 8, 8), (17, 9, 20), (1, 30, 3)])
def test_tiles(n, m, k):
    a = RNG.integers(0, 9, (n, k)).astype(np.float32)
    b = RNG.integers(0, 9, (k, m)).astype(np.float32)
    c = np.full((n, m), -1, np.float32)
    matrix_product[(-(-n // 8), -(-m // 8)), (8, 8)](a, b, c)
    assert np.array_equal(c, a @ b)


@cuda.jit
def block_sums(x, out):
    part = cuda.shared.array(0, dtype=float64)
    t = cuda.threadIdx.x
    i = cuda.grid(1)
    part[t] = x[i] if i < x.size else 0.0
    cuda.syncthreads()
    half = cuda.blockDim.x // 2
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        out[cuda.blockIdx.x] = part[0]


def test_memory_of_a_launch():
    x = RNG.integers(0, 100, 300).astype(np.float64)
    out = np.zeros(5)
    block_sums[5, 64, 0, 64 * 8](x, out)
    assert np.array_equal(out, [x[i : i + 64].sum() for i in range(0, 300, 64)])
    with pytest.raises(IndexError):
        block_sums[5, 64, 0, 63 * 8](x, out)
    with pytest.raises(cuda.KernelLaunchError, match="shared memory"):
        block_sums[5, 64, 0, 1 << 20](x, out)


@cuda.jit
def warp_sums(x, out):
    i = cuda.grid(1)
    value = x[i]
    offset = 16
    while offset > 0:
        value += cuda.shfl_down_sync(0xFFFFFFFF, value, offset)
        offset //= 2
    if cuda.laneid == 0:
        out[i // 32] = value


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64])
def test_lanes(dtype):
    x = RNG.integers(0, 1000, 128).astype(dtype)
    out = np.zeros(4, dtype)
    warp_sums[2, 64](x, out)
    assert np.array_equal(out, x.reshape(4, 32).sum(1))


@cuda.jit
def votes(x, out):
    t = cuda.threadIdx.x
    out[0, t] = cuda.ballot_sync(0xFFFFFFFF, x[t] > 3)
    out[1, t] = cuda.all_sync(0xFFFFFFFF, x[t] > 3)
    out[2, t] = cuda.any_sync(0xFFFFFFFF, x[t] > 3)
    out[3, t] = cuda.syncthreads_count(x[t] > 3)
    out[4, t] = cuda.syncthreads_and(x[t] > 3)
    out[5, t] = cuda.syncthreads_or(x[t] > 3)


def test_votes():
    x = RNG.integers(0, 8, 64)
    out = np.zeros((6, 64), np.int64)
    votes[1, 64](x, out)
    for warp in range(2):
        of = x[32 * warp : 32 * warp + 32] > 3
        ballot = sum(1 << i for i in range(32) if of[i])
        assert all(int(v) & 0xFFFFFFFF == ballot for v in out[0, 32 * warp : 32 * warp + 32])
        assert (out[1, 32 * warp] != 0) == of.all() and (out[2, 32 * warp] != 0) == of.any()
    assert (out[3] == (x > 3).sum()).all()
    assert ((out[4] != 0) == (x > 3).all()).all() and ((out[5] != 0) == (x > 3).any()).all()


@cuda.jit
def histogram(x, bins):
    local = cuda.shared.array(16, dtype=int32)
    t = cuda.threadIdx.x
    if t < 16:
        local[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        cuda.atomic.add(local, x[i], 1)
    cuda.syncthreads()
    if t < 16:
        cuda.atomic.add(bins, t, local[t])


def test_atomics():
    x = RNG.integers(0, 16, 1000)
    bins = np.zeros(16, np.int32)
    histogram[3, 64](x, bins)
    assert np.array_equal(bins, np.bincount(x, minlength=16))


@cuda.jit
def extremes(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.max(out, 0, x[i])
        cuda.atomic.min(out, 1, x[i])
        cuda.atomic.add(out, 2, x[i])


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64])
def test_atomic_extremes(dtype):
    x = RNG.integers(-1000, 1000, 200).astype(dtype)
    out = np.zeros(3, dtype)
    extremes[4, 64](x, out)
    assert np.array_equal(out, np.array([max(x.max(), 0), min(x.min(), 0), x.sum()], dtype))


@cuda.jit(device=True)
def squared(x):
    return x * x


@cuda.jit
def norms(z, out):
    i = cuda.grid(1)
    if i < z.size:
        out[i] = math.sqrt(squared(z[i].real) + squared(z[i].imag))


def test_complex_and_device_functions():
    z = RNG.random(50) + 1j * RNG.random(50)
    out = np.zeros(50)
    norms[1, 64](z, out)
    assert np.allclose(out, np.abs(z), rtol=1e-15)


@cuda.jit
def sorted_locally(x, out):
    own = cuda.local.array(8, dtype=int64)
    i = cuda.grid(1)
    for k in range(8):
        own[k] = x[i, k]
    for k in range(1, 8):
        value = own[k]
        at = k - 1
        while at >= 0 and own[at] > value:
            own[at + 1] = own[at]
            at -= 1
        own[at + 1] = value
    cuda.syncthreads()
    for k in range(8):
        out[i, k] = own[k]


def test_local_memory():
    x = RNG.integers(0, 1000, (32, 8))
    out = np.zeros_like(x)
    sorted_locally[2, 16](x, out)
    assert np.array_equal(out, np.sort(x, 1))


@cuda.jit
def places(out):
    x, y, z = cuda.grid(3)
    out[x, y, z] = (
        cuda.threadIdx.x + 10 * cuda.blockIdx.y + 100 * cuda.threadIdx.z + 1000 * cuda.gridDim.x
    )


def test_three_directions():
    out = np.zeros((4, 6, 6), np.int64)
    places[(2, 3, 2), (2, 2, 3)](out)
    x, y, z = np.indices(out.shape)
    assert np.array_equal(out, x % 2 + 10 * (y // 2) + 100 * (z % 3) + 2000)


# What goes wrong.


@cuda.jit
def out_of_range(x, at):
    i = cuda.grid(1)
    x[i + at] = i


def test_an_index_out_of_range():
    x = np.zeros(10)
    with pytest.raises(IndexError, match="index 10 is out of bounds for axis 0 with size 10") as seen:
        out_of_range[2, 8](x, 5)
    assert "thread (5, 0, 0) of block (0, 0, 0)" in seen.value.__notes__[0]
    names = [frame.name for frame in seen.traceback]
    assert names[-1] == "out_of_range"
    assert seen.traceback[-1].lineno + 1 == out_of_range.py_func.__code__.co_firstlineno + 3
    # What ran before stays, and so does the next launch.
    assert x[9] == 4
    x[:] = 0
    out_of_range[1, 10](x, 0)
    assert np.array_equal(x, np.arange(10))


@cuda.jit
def divides(x, by):
    x[cuda.grid(1)] = 7 // by


def test_a_division_by_zero():
    with pytest.raises(ZeroDivisionError):
        divides[1, 2](np.zeros(2, np.int64), 0)


@cuda.jit
def some_wait(x):
    i = cuda.grid(1)
    if i < 3:
        cuda.syncthreads()
    x[i] = i


@cuda.jit
def different_barriers(x):
    if cuda.threadIdx.x < 3:
        cuda.syncthreads()
    else:
        cuda.syncthreads()
    x[cuda.threadIdx.x] = 1


@pytest.mark.parametrize("kernel", [some_wait, different_barriers])
def test_a_barrier_that_not_all_come_to(kernel):
    first = kernel.py_func.__code__.co_firstlineno
    with pytest.raises(cuda.DeviceFault, match=r"waits in syncthreads at line \d+ for") as seen:
        kernel[1, 8](np.zeros(8))
    assert any(f"line {first + n} " in str(seen.value) for n in (2, 3, 4))


@cuda.jit
def shifts(x, out, is_safe):
    tile = cuda.shared.array(64, dtype=float64)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    if is_safe:
        cuda.syncthreads()
    out[t] = tile[63 - t]


@cuda.jit
def sums_in_place(x):
    t = cuda.threadIdx.x
    if t + 1 < x.size:
        x[t] += x[t + 1]


@cuda.jit
def counts(out):
    out[0] += 1


@cuda.jit
def reads_unset(out):
    tile = cuda.shared.array(8, dtype=float64)
    if cuda.threadIdx.x > 0:
        tile[cuda.threadIdx.x] = 1.0
    cuda.syncthreads()
    out[cuda.threadIdx.x] = tile[cuda.threadIdx.x]


def test_races():
    x = RNG.random(64)
    out = np.zeros(64)
    shifts[1, 64](x, out, True)
    assert np.array_equal(out, x[::-1])
    with pytest.raises((RaceError, cuda.DeviceFault)):
        shifts[1, 64](x, out, False)
    with pytest.raises(RaceError, match="global memory at .* nothing orders them"):
        sums_in_place[1, 64](x)
    with pytest.raises(RaceError):
        counts[1, 2](np.zeros(1))
    with pytest.raises(RaceError):
        counts[2, 1](np.zeros(1))
    counts[1, 1](np.zeros(1))
    with pytest.raises(cuda.DeviceFault, match="reads byte 0 of shared memory .* no thread"):
        reads_unset[1, 8](np.zeros(8))


@cuda.jit
def wrong_mask(x):
    t = cuda.threadIdx.x
    x[t] = cuda.shfl_sync(0x0000FFFF, x[t], 0)


@cuda.jit
def absent_lane(x):
    t = cuda.threadIdx.x
    x[t] = cuda.shfl_sync(0xFFFFFFFF, x[t], 31)


def test_masks():
    with pytest.raises(cuda.DeviceFault, match="is not in the mask 0x0000ffff of its shfl_sync"):
        wrong_mask[1, 32](np.zeros(32, np.int32))
    with pytest.raises(cuda.DeviceFault, match="lane 31, which takes no part"):
        absent_lane[1, 16](np.zeros(16, np.int32))


def test_wrong_launches():
    x = np.zeros(4)
    with pytest.raises(cuda.KernelLaunchError):
        counts[1, 2000](x)
    with pytest.raises(cuda.KernelLaunchError):
        counts[0, 1](x)
    with pytest.raises(ValueError):
        counts[1](x)
    with pytest.raises(ValueError):
        counts(x)
    with pytest.raises(TypeError):
        counts[1, 1](object())
    with pytest.raises(TypeError):
        counts[1, 1](x, x)


@cuda.jit
def forever(x):
    while x[0] == 0.0:
        x[1] += 1


def test_an_interrupt():
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    forever[1, 1](np.ones(2))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        forever[1, 1](np.zeros(2))
    assert time.monotonic() - start < 60


# Memory of the device.


def test_arrays_of_the_device():
    host = RNG.random((4, 6))
    device = cuda.to_device(host)
    assert (device.shape, device.dtype, device.ndim, device.size) == ((4, 6), host.dtype, 2, 24)
    assert np.array_equal(device.copy_to_host(), host)
    assert np.array_equal(device.T.copy_to_host(), host.T)
    assert np.array_equal(device[1:3, ::2].copy_to_host(), host[1:3, ::2])
    assert device[2, 3] == host[2, 3] and device[-1, -1] == host[-1, -1]
    assert np.array_equal(device.reshape(6, 4).copy_to_host(), host.reshape(6, 4))
    assert np.array_equal(device.ravel().copy_to_host(), host.ravel())
    with pytest.raises(NotImplementedError):
        device.T.reshape(-1)
    with pytest.raises(IndexError, match="out of bounds"):
        device[4, 0]
    with pytest.raises(ValueError, match="incompatible shape"):
        device.copy_to_device(host[:2])
    with pytest.raises(TypeError, match="incompatible dtype"):
        device.copy_to_device(host.astype(np.float32))
    assert np.array_equal(np.asarray(device), host)
    device[0] = 7
    device[1, 1] = 5
    assert device[0, 5] == 7.0 and device[1, 1] == 5.0 and host[0, 5] != 7
    like = cuda.device_array_like(host.T)
    assert like.is_f_contiguous() and like.shape == (6, 4)
    assert cuda.is_cuda_array(like) and not cuda.is_cuda_array(host)
    parts = [part.copy_to_host() for part in cuda.to_device(np.arange(10)).split(4)]
    assert [len(part) for part in parts] == [4, 4, 2]


def test_launches_with_arrays_of_the_device():
    x, y = RNG.random((2, 100))
    dx, dy = cuda.to_device(x), cuda.to_device(y)
    stream = cuda.stream()
    start, end = cuda.event(), cuda.event()
    start.record(stream)
    saxpy[2, 64, stream](2.0, dx, dy)
    end.record(stream)
    end.synchronize()
    assert cuda.event_elapsed_time(start, end) >= 0
    cuda.synchronize()
    assert np.array_equal(dy.copy_to_host(), 2.0 * x + y)
    before = y.copy()
    saxpy[2, 64](2.0, cuda.In(x), cuda.In(y))
    assert np.array_equal(y, before)
    saxpy[2, 64](2.0, x, cuda.InOut(y))
    assert np.array_equal(y, 2.0 * x + before)

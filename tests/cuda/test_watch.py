"""Launches that are watched: which accesses may go untold, and that no fault hides there."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda, float32, float64, int8, int32
from cumbia.errors import RaceError


@cuda.jit
def shifted(x, out):
    i = cuda.grid(1)
    if i + 1 < x.size:
        out[i] = x[i + 1]


@pytest.mark.parametrize("blocks", [1, 4])
def test_an_array_that_is_only_read_may_be_written_by_another_name(blocks):
    x = np.arange(64.0)
    out = np.zeros(64)
    shifted[blocks, 64 // blocks](x, out)
    assert np.array_equal(out[:-1], x[1:])
    # The same elements: a thread reads what another one writes.
    with pytest.raises(RaceError, match="global memory"):
        shifted[blocks, 64 // blocks](x, x)
    with pytest.raises(RaceError):
        shifted[blocks, 64 // blocks](x[:40], x[20:])
    # Neighbours, and nothing at all.
    both = np.arange(64.0)
    shifted[1, 32](both[:32], both[32:])
    assert np.array_equal(both[32:63], np.arange(1.0, 32.0))
    shifted[1, 32](x[:0], x)
    # Interleaved: in one range, and no element shared.
    both = np.arange(64.0)
    shifted[1, 32](both[::2], both[1::2])
    assert np.array_equal(both[1::2][:-1], np.arange(2.0, 64.0, 2))
    backwards = np.arange(64.0)
    with pytest.raises(RaceError):
        shifted[1, 64](backwards[::-1], backwards)


@cuda.jit(device=True)
def put(out, i, value):
    out[i] = value


@cuda.jit
def written_elsewhere(x, i_of):
    i = cuda.grid(1)
    put(x, i_of[i], x[i] + 1)


def test_an_array_that_a_function_writes():
    x = np.zeros(8)
    written_elsewhere[1, 8](x, np.arange(8))
    assert (x == 1).all()
    with pytest.raises(RaceError):
        written_elsewhere[1, 8](x, np.arange(8)[::-1].copy())


@cuda.jit
def one_of_two(x, y, first, out):
    i = cuda.grid(1)
    chosen = x if first else y
    chosen[i] = 1.0
    out[i] = x[(i + 1) % 8]


def test_an_array_that_is_written_by_a_choice():
    x, y, out = np.zeros((3, 8))
    one_of_two[1, 8](x, y, False, out)
    assert (y == 1).all() and (out == 0).all()
    with pytest.raises(RaceError):
        one_of_two[1, 8](x, y, True, out)


def tile_kernel(dtype):
    @cuda.jit
    def kernel(out, wait, late):
        tile = cuda.shared.array(64, dtype)
        t = cuda.threadIdx.x
        tile[t] = 1
        cuda.syncthreads()
        # All read one element, so that it is quiet.
        total = tile[5]
        if wait:
            cuda.syncthreads()
        if t == late:
            tile[5] = 2
        out[t] = total + tile[t]

    return kernel


KERNELS = {dtype: tile_kernel(dtype) for dtype in (int8, int32, float32, float64)}


@pytest.mark.parametrize("dtype", list(KERNELS), ids=str)
def test_a_write_of_what_many_have_read(dtype):
    out = np.zeros(64)
    for late in (0, 31, 40, 63):
        with pytest.raises(RaceError, match="shared memory"):
            KERNELS[dtype][1, 64](out, False, late)
    KERNELS[dtype][1, 64](out, True, 5)
    assert (np.delete(out, 5) == 2).all() and out[5] == 3


@cuda.jit
def of_the_last_block(out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    if cuda.blockIdx.x == 0:
        tile[t] = 1
    cuda.syncthreads()
    total = np.float32(0)
    for _ in range(3):
        total += tile[5]
    out[t] = total


def test_shared_memory_of_an_earlier_block_is_unset():
    of_the_last_block[1, 64](np.zeros(64))
    with pytest.raises(cuda.DeviceFault, match=r"of block \(1, 0, 0\) reads byte 20 of shared"):
        of_the_last_block[2, 64](np.zeros(64))


PACKED = np.dtype([("tag", "i1"), ("value", "f4")])


@cuda.jit
def packed(out, wait):
    tile = cuda.shared.array(64, PACKED)
    t = cuda.threadIdx.x
    tile[t].tag = t
    tile[t].value = t
    if wait:
        cuda.syncthreads()
    out[t] = tile[63 - t].value + tile[63 - t].tag


def test_elements_at_no_multiple_of_their_size():
    out = np.zeros(64)
    packed[1, 64](out, True)
    assert np.array_equal(out, 2.0 * np.arange(63, -1, -1))
    with pytest.raises((RaceError, cuda.DeviceFault)):
        packed[1, 64](out, False)


@cuda.jit
def bytes_between(out):
    tile = cuda.shared.array(8, int8)
    t = cuda.threadIdx.x
    tile[t] = t
    out[t] = tile[t]


def test_neighbouring_bytes_race_with_nobody():
    out = np.zeros(8, np.int64)
    bytes_between[1, 8](out)
    assert np.array_equal(out, np.arange(8))


@cuda.jit
def product(a, b, c):
    left = cuda.shared.array((8, 8), float32)
    right = cuda.shared.array((8, 8), float32)
    j, i = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = np.float32(0)
    for step in range(a.shape[1] // 8):
        left[ty, tx] = a[i, step * 8 + tx]
        right[ty, tx] = b[step * 8 + ty, j]
        cuda.syncthreads()
        for k in range(8):
            total += left[ty, k] * right[k, tx]
    c[i, j] = total


def test_a_product_without_its_second_barrier():
    a = np.ones((16, 16), np.float32)
    product[(1, 2), (8, 8)](a[:, :8], a[:8, :8], np.zeros((16, 8), np.float32))
    with pytest.raises(RaceError, match="shared memory"):
        product[(2, 2), (8, 8)](a, a, np.zeros_like(a))

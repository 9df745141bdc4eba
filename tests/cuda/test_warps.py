"""What lanes of a warp do together, against the same in Python."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda, int32
from cumbia.cuda import _kernels

RNG = np.random.default_rng(10)
LANES = np.arange(32)
ALL = 0xFFFFFFFF


def exchange(call, dtype="i4", threads=32, **arrays):
    """What each thread gets from an expression of its lane, value and arrays."""
    names = ", ".join(arrays)
    text = (
        f"def kernel({names}{', ' if names else ''}out):\n"
        "    t = cuda.threadIdx.x\n"
        "    lane = cuda.laneid\n"
        f"    out[t] = {call}\n"
    )
    scope = {"cuda": cuda, "ALL": ALL, "np": np}
    exec(compile(text, "<kernel>", "exec"), scope)
    out = np.zeros(threads, dtype)
    _kernels.of_text(scope["kernel"], text)[1, threads](*arrays.values(), out)
    return out


@pytest.mark.parametrize("dtype", ["i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("by", [0, 1, 5, 16, 31])
def test_shuffles(dtype, by):
    x = (RNG.random(64) * 2.0**31).astype(dtype)
    if x.itemsize == 8 and x.dtype.kind != "f":
        x = x * x
    x = x if x.dtype.kind == "f" else x ^ x.dtype.type(1)

    def wanted(source):
        return np.concatenate([x[:32][source], x[32:][source]])

    def made(call):
        return exchange(call, dtype, 64, x=x)

    assert np.array_equal(made(f"cuda.shfl_sync(ALL, x[t], {by})"), wanted(np.full(32, by)))
    up = np.where(LANES >= by, LANES - by, LANES)
    assert np.array_equal(made(f"cuda.shfl_up_sync(ALL, x[t], {by})"), wanted(up))
    down = np.where(LANES + by < 32, LANES + by, LANES)
    assert np.array_equal(made(f"cuda.shfl_down_sync(ALL, x[t], {by})"), wanted(down))
    assert np.array_equal(made(f"cuda.shfl_xor_sync(ALL, x[t], {by})"), wanted(LANES ^ by))


def test_shuffles_from_lanes_of_their_own():
    x = RNG.integers(0, 1000, 32)
    source = RNG.integers(0, 32, 32)
    made = exchange("cuda.shfl_sync(ALL, x[t], source[t])", "i8", x=x, source=source)
    assert np.array_equal(made, x[source])


def bits(lanes):
    return sum(1 << int(lane) for lane in np.flatnonzero(lanes))


@pytest.mark.parametrize("chosen", ["none", "all", "one", "some"])
def test_votes(chosen):
    x = {"none": LANES < 0, "all": LANES >= 0, "one": LANES == 7,
         "some": RNG.integers(0, 2, 32) > 0}[chosen]
    assert (exchange("cuda.ballot_sync(ALL, x[t])", "u4", x=x) == bits(x)).all()
    assert (exchange("cuda.all_sync(ALL, x[t])", "?", x=x) == x.all()).all()
    assert (exchange("cuda.any_sync(ALL, x[t])", "?", x=x) == x.any()).all()
    assert (exchange("cuda.eq_sync(ALL, x[t])", "?", x=x) == (x.all() or not x.any())).all()


@pytest.mark.parametrize("dtype", ["i4", "i8", "f4", "f8", "u8"])
def test_matches(dtype):
    x = RNG.integers(0, 4, 32).astype(dtype)
    if dtype == "i8":
        # Equal in one half.
        x = x << 32 | 7
    same = np.array([bits(x == value) for value in x])
    assert np.array_equal(exchange("cuda.match_any_sync(ALL, x[t])", "u4", x=x), same)
    assert (exchange("cuda.match_all_sync(ALL, x[t])[0]", "u4", x=x) == 0).all()
    assert (exchange("cuda.match_all_sync(ALL, x[0])[0]", "u4", x=x) == ALL).all()
    assert exchange("cuda.match_all_sync(ALL, x[0])[1]", "?", x=x).all()


def test_lanes():
    assert np.array_equal(exchange("lane", "i4", 64), np.tile(LANES, 2))
    assert np.array_equal(exchange("cuda.lanemask_lt()", "u4"), (1 << LANES) - 1)
    assert (exchange("cuda.activemask()", "u4") == ALL).all()
    assert (exchange("cuda.warpsize", "i4") == 32).all()


@cuda.jit
def in_part(x, out):
    t = cuda.threadIdx.x
    if t % 2 == 0:
        out[t] = cuda.shfl_xor_sync(0x55555555, x[t], 2)
    else:
        out[t] = cuda.shfl_xor_sync(0xAAAAAAAA, x[t], 4)


@cuda.jit
def votes_in_part(x, out):
    t = cuda.threadIdx.x
    if t < 16:
        out[t] = cuda.ballot_sync(0x0000FFFF, x[t] > 0)
    elif t < 24:
        out[t] = cuda.any_sync(0x00FF0000, x[t] > 0)


def test_masks_of_some():
    x = RNG.integers(0, 2, 32)
    out = np.zeros(32, np.int64)
    in_part[1, 32](x, out)
    assert np.array_equal(out, x[np.where(LANES % 2 == 0, LANES ^ 2, LANES ^ 4)])
    votes_in_part[1, 32](x, out)
    assert (out[:16] == bits(x[:16] > 0)).all() and (out[16:24] == (x[16:24] > 0).any()).all()


@cuda.jit
def fewer_lanes(x, out):
    t = cuda.threadIdx.x
    mask = (1 << cuda.blockDim.x) - 1
    out[t] = cuda.shfl_down_sync(mask, x[t], 1) if t + 1 < cuda.blockDim.x else x[t] * 0


@cuda.jit
def fewer_in_step(x, out):
    t = cuda.threadIdx.x
    out[t] = cuda.shfl_xor_sync((1 << cuda.blockDim.x) - 1, x[t], 1)


def test_warps_that_are_not_full():
    x = RNG.integers(0, 99, 12)
    out = np.zeros(12, np.int64)
    fewer_in_step[1, 12](x, out)
    assert np.array_equal(out, x[np.arange(12) ^ 1])
    # The last lane isn't there when the others read its value.
    with pytest.raises(cuda.DeviceFault):
        fewer_lanes[1, 12](x, out)


@cuda.jit
def scanned(x, out):
    t = cuda.threadIdx.x
    value = x[t]
    step = 1
    while step < 32:
        other = cuda.shfl_up_sync(0xFFFFFFFF, value, step)
        if cuda.laneid >= step:
            value += other
        step *= 2
    out[t] = value


@pytest.mark.parametrize("dtype", ["i4", "i8", "f8"])
def test_scans(dtype):
    x = RNG.integers(0, 99, 96).astype(dtype)
    out = np.zeros(96, dtype)
    scanned[1, 96](x, out)
    assert np.array_equal(out, np.cumsum(x.reshape(3, 32), axis=1).ravel())


@cuda.jit
def through_shared(x, out):
    held = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    held[t] = x[t]
    cuda.syncwarp()
    first = held[t ^ 1]
    cuda.syncwarp()
    held[t] = first * 2
    cuda.syncwarp()
    out[t] = held[t ^ 3]


def test_lanes_wait_for_each_other():
    x = RNG.integers(0, 99, 64).astype(np.int32)
    out = np.zeros(64, np.int32)
    through_shared[1, 64](x, out)
    t = np.arange(64)
    assert np.array_equal(out, 2 * x[t ^ 3 ^ 1])


@cuda.jit
def block_total(x, out):
    of_warps = cuda.shared.array(32, int32)
    t = cuda.threadIdx.x
    value = x[cuda.grid(1)]
    for step in (16, 8, 4, 2, 1):
        value += cuda.shfl_xor_sync(0xFFFFFFFF, value, step)
    if cuda.laneid == 0:
        of_warps[t // 32] = value
    cuda.syncthreads()
    if t < 32:
        value = of_warps[t] if t < cuda.blockDim.x // 32 else 0
        for step in (16, 8, 4, 2, 1):
            value += cuda.shfl_xor_sync(0xFFFFFFFF, value, step)
        if t == 0:
            out[cuda.blockIdx.x] = value


@pytest.mark.parametrize("threads", [32, 64, 256, 1024])
def test_blocks_of_warps(threads):
    x = RNG.integers(0, 999, 2 * threads).astype(np.int32)
    out = np.zeros(2, np.int32)
    block_total[2, threads](x, out)
    assert np.array_equal(out, x.reshape(2, -1).sum(1))

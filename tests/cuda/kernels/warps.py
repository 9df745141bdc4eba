"""Lanes of a warp: shuffles, votes, matches."""

import numpy as np

from cumbia import cuda, float32
from tests.cuda.kernels import golden

ALL = 0xFFFFFFFF


@golden("void(float32[::1], float32[::1])", has=("shfl.sync.down",), lacks=(".f64",))
@cuda.jit
def warp_sum(x, out):
    i = cuda.grid(1)
    value = x[i] if i < x.size else np.float32(0)
    for distance in (16, 8, 4, 2, 1):
        value += cuda.shfl_down_sync(ALL, value, distance)
    if cuda.laneid == 0 and i // 32 < out.size:
        out[i // 32] = value


@golden("void(float64[::1], float64[::1])", has=("shfl.sync.bfly",))
@cuda.jit
def warp_sum_double(x, out):
    i = cuda.grid(1)
    value = x[i] if i < x.size else 0.0
    offset = 16
    while offset > 0:
        value += cuda.shfl_xor_sync(ALL, value, offset)
        offset >>= 1
    if cuda.laneid == 0 and i // 32 < out.size:
        out[i // 32] = value


@golden("void(float32[::1], float32[::1])", has=("shfl.sync.down", "ld.shared", "bar.sync"))
@cuda.jit
def block_sum_warps(x, out):
    partial = cuda.shared.array(32, float32)
    i = cuda.grid(1)
    value = x[i] if i < x.size else np.float32(0)
    for distance in (16, 8, 4, 2, 1):
        value += cuda.shfl_down_sync(ALL, value, distance)
    warp = cuda.threadIdx.x // 32
    if cuda.laneid == 0:
        partial[warp] = value
    cuda.syncthreads()
    if warp == 0:
        lane = cuda.laneid
        value = partial[lane] if lane < cuda.blockDim.x // 32 else np.float32(0)
        for distance in (16, 8, 4, 2, 1):
            value += cuda.shfl_down_sync(ALL, value, distance)
        if lane == 0:
            out[cuda.blockIdx.x] = value


@golden("void(int32[::1], int32[::1])", has=("shfl.sync.up",))
@cuda.jit
def warp_scan(x, out):
    i = cuda.grid(1)
    value = x[i] if i < x.size else np.int32(0)
    step = 1
    while step < 32:
        other = cuda.shfl_up_sync(ALL, value, step)
        if cuda.laneid >= step:
            value += other
        step *= 2
    if i < out.size:
        out[i] = value


@golden("void(int64[::1], int64[::1])", has=("shfl.sync.idx",))
@cuda.jit
def broadcast(x, out):
    i = cuda.grid(1)
    value = x[i] if i < x.size else 0
    value = cuda.shfl_sync(ALL, value, 0)
    if i < out.size:
        out[i] = value


@golden("void(int32[::1], uint32[::1])", has=("vote.sync.ballot",))
@cuda.jit
def ballots(x, out):
    i = cuda.grid(1)
    bits = cuda.ballot_sync(ALL, i < x.size and x[i] > 0)
    if cuda.laneid == 0 and i // 32 < out.size:
        out[i // 32] = bits


@golden("void(int32[::1], bool[::1])", has=("vote.sync.all", "vote.sync.any", "vote.sync.uni"))
@cuda.jit
def votes(x, out):
    i = cuda.grid(1)
    positive = i < x.size and x[i] > 0
    a, b, c = cuda.all_sync(ALL, positive), cuda.any_sync(ALL, positive), cuda.eq_sync(ALL, positive)
    if i + 2 < out.size:
        out[i], out[i + 1], out[i + 2] = a, b, c


@golden("void(int32[::1], uint32[::1])", has=("match.any.sync", "match.all.sync"))
@cuda.jit
def matches(x, out):
    i = cuda.grid(1)
    value = x[i] if i < x.size else np.int32(0)
    same = cuda.match_any_sync(ALL, value)
    mask, all_same = cuda.match_all_sync(ALL, value)
    if i < out.size:
        out[i] = same & mask if all_same else same


@golden("void(float64[::1], uint32[::1])", has=("match.any.sync",))
@cuda.jit
def matches_double(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = cuda.match_any_sync(cuda.activemask(), x[i])


@golden("void(int32[::1], int32[::1], int32[::1])", has=("activemask", "atom", "shfl.sync.idx"))
@cuda.jit
def compaction(x, out, count):
    i = cuda.grid(1)
    if i < x.size and x[i] > 0:
        mask = cuda.activemask()
        before = cuda.popc(mask & cuda.lanemask_lt())
        start = np.int32(0)
        leader = cuda.ffs(mask) - 1
        if cuda.laneid == leader:
            start = cuda.atomic.add(count, 0, cuda.popc(mask))
        start = cuda.shfl_sync(mask, start, leader)
        out[start + before] = x[i]


@golden("void(float32[::1], float32[::1])", has=("bar.warp.sync",))
@cuda.jit
def warp_exchange(x, out):
    tile = cuda.shared.array(32, float32)
    i = cuda.threadIdx.x
    if i < 32 and i < x.size and i < out.size:
        tile[i] = x[i]
        cuda.syncwarp()
        out[i] = tile[31 - i]

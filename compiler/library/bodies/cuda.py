"""What kernels ask and do together: `cumbia.cuda`.

`prim.grid_query` asks where a thread is (`GRID_QUERIES` of the IR), `prim.device` is an operation
of the IR by its name, on words of 32 bits, `prim.shuffle` exchanges numbers of 32 or 64 bits.
"""

from atomics import atomic_max, atomic_min


@implements("cumbia.cuda.threadIdx.x")
def thread_x():
    return prim.grid_query(0)


@implements("cumbia.cuda.threadIdx.y")
def thread_y():
    return prim.grid_query(1)


@implements("cumbia.cuda.threadIdx.z")
def thread_z():
    return prim.grid_query(2)


@implements("cumbia.cuda.blockIdx.x")
def block_x():
    return prim.grid_query(3)


@implements("cumbia.cuda.blockIdx.y")
def block_y():
    return prim.grid_query(4)


@implements("cumbia.cuda.blockIdx.z")
def block_z():
    return prim.grid_query(5)


@implements("cumbia.cuda.blockDim.x")
def threads_x():
    return prim.grid_query(6)


@implements("cumbia.cuda.blockDim.y")
def threads_y():
    return prim.grid_query(7)


@implements("cumbia.cuda.blockDim.z")
def threads_z():
    return prim.grid_query(8)


@implements("cumbia.cuda.gridDim.x")
def blocks_x():
    return prim.grid_query(9)


@implements("cumbia.cuda.gridDim.y")
def blocks_y():
    return prim.grid_query(10)


@implements("cumbia.cuda.gridDim.z")
def blocks_z():
    return prim.grid_query(11)


@implements("cumbia.cuda.laneid")
def lane():
    return prim.grid_query(12)


@implements("cumbia.cuda.grid")
def grid(ndim):
    if ndim == 1:
        return block_x() * threads_x() + thread_x()
    elif ndim == 2:
        return (block_x() * threads_x() + thread_x(), block_y() * threads_y() + thread_y())
    elif ndim == 3:
        return (
            block_x() * threads_x() + thread_x(),
            block_y() * threads_y() + thread_y(),
            block_z() * threads_z() + thread_z(),
        )
    else:
        prim.error("a grid has 1, 2 or 3 dimensions")


@implements("cumbia.cuda.gridsize")
def gridsize(ndim):
    if ndim == 1:
        return threads_x() * blocks_x()
    elif ndim == 2:
        return (threads_x() * blocks_x(), threads_y() * blocks_y())
    elif ndim == 3:
        return (threads_x() * blocks_x(), threads_y() * blocks_y(), threads_z() * blocks_z())
    else:
        prim.error("a grid has 1, 2 or 3 dimensions")


@implements("cumbia.cuda.syncthreads")
def syncthreads():
    prim.device("barrier")


@implements("cumbia.cuda.syncthreads_count")
def syncthreads_count(predicate):
    return int(prim.device("barrier_count", bool(predicate)))


@implements("cumbia.cuda.syncthreads_and")
def syncthreads_and(predicate):
    return int(prim.device("barrier_and", bool(predicate)))


@implements("cumbia.cuda.syncthreads_or")
def syncthreads_or(predicate):
    return int(prim.device("barrier_or", bool(predicate)))


# The group is what its methods' names begin with: there is one grid, so it has no value.
@implements("cumbia.cuda.cg.this_grid")
def this_grid():
    prim.device("grid_whole")
    return prim.grid_group


@implements("cumbia.cuda.cg.grid_group.sync")
def grid_sync():
    prim.device("grid_barrier")


@implements("cumbia.cuda.syncwarp")
def syncwarp(mask=0xFFFFFFFF):
    prim.device("warp_sync", mask)


@implements("cumbia.cuda.threadfence")
def threadfence():
    prim.device("fence_device")


@implements("cumbia.cuda.threadfence_block")
def threadfence_block():
    prim.device("fence_block")


@implements("cumbia.cuda.threadfence_system")
def threadfence_system():
    prim.device("fence_system")


@implements("cumbia.cuda.shfl_sync")
def shfl_sync(mask, value, src_lane):
    return prim.shuffle("shuffle_index", mask, value, src_lane)


@implements("cumbia.cuda.shfl_up_sync")
def shfl_up_sync(mask, value, delta):
    return prim.shuffle("shuffle_up", mask, value, delta)


@implements("cumbia.cuda.shfl_down_sync")
def shfl_down_sync(mask, value, delta):
    return prim.shuffle("shuffle_down", mask, value, delta)


@implements("cumbia.cuda.shfl_xor_sync")
def shfl_xor_sync(mask, value, lane_mask):
    return prim.shuffle("shuffle_xor", mask, value, lane_mask)


@implements("cumbia.cuda.all_sync")
def all_sync(mask, predicate):
    return int(prim.device("vote_all", mask, bool(predicate))) != 0


@implements("cumbia.cuda.any_sync")
def any_sync(mask, predicate):
    return int(prim.device("vote_any", mask, bool(predicate))) != 0


@implements("cumbia.cuda.eq_sync")
def eq_sync(mask, predicate):
    return int(prim.device("vote_equal", mask, bool(predicate))) != 0


@implements("cumbia.cuda.ballot_sync")
def ballot_sync(mask, predicate):
    return prim.cast(prim.device("vote_ballot", mask, bool(predicate)), np.uint32)


@implements("cumbia.cuda.activemask")
def activemask():
    return prim.cast(prim.device("active_mask"), np.uint32)


@implements("cumbia.cuda.lanemask_lt")
def lanemask_lt():
    return prim.cast((1 << lane()) - 1, np.uint32)


# Lanes with the same number are those that have both halves in common.
@implements("cumbia.cuda.match_any_sync")
def match_any_sync(mask, value):
    words = prim.words(value)
    same = prim.device("match_any", mask, words[0])
    if len(words) == 2:
        same = same & prim.device("match_any", mask, words[1])
    return prim.cast(same, np.uint32)


@implements("cumbia.cuda.match_all_sync")
def match_all_sync(mask, value):
    words = prim.words(value)
    same = prim.device("match_all", mask, words[0])
    if len(words) == 2:
        same = same & prim.device("match_all", mask, words[1])
    return prim.cast(same, np.uint32), int(same) != 0


@implements("builtins.print/device")
def printed(*values, sep=" ", end="\n", file=None, flush=False):
    if file is not None:
        prim.refuse("print() to a file is not compiled", "print() without file= writes to sys.stdout")
    prim.kernel_print(values, " " if sep is None else sep, "\n" if end is None else end)


# Devices rest for anything from 0 to twice as long.
@implements("cumbia.cuda.nanosleep")
def nanosleep(ns):
    if not prim.is_integer(ns):
        prim.error("nanosleep() takes an integer, not {}", ns)


@implements("cumbia.cuda.popc")
def popc(x):
    return int(prim.popcount(x))


@implements("cumbia.cuda.clz")
def clz(x):
    return int(prim.clz(x))


@implements("cumbia.cuda.ffs")
def ffs(x):
    return 0 if x == 0 else int(prim.ctz(x)) + 1


@implements("cumbia.cuda.brev")
def brev(x):
    if isinstance(x, int):
        return from_unsigned(reversed_64(prim.cast(x, np.uint64)))
    elif x.itemsize == 8:
        return prim.cast(reversed_64(prim.cast(x, np.uint64)), prim.dtype(x))
    elif x.itemsize == 4:
        return prim.cast(reversed_32(prim.cast(x, np.uint32)), prim.dtype(x))
    else:
        prim.error("brev() takes an integer of 32 or 64 bits")


def from_unsigned(x):
    return int(prim.cast(x, np.int64))


def reversed_64(x):
    low = prim.cast(reversed_32(prim.cast(x, np.uint32)), np.uint64)
    high = prim.cast(reversed_32(prim.cast(x >> np.uint64(32), np.uint32)), np.uint64)
    return (low << np.uint64(32)) | high


def reversed_32(x):
    x = ((x >> np.uint32(1)) & np.uint32(0x55555555)) | ((x & np.uint32(0x55555555)) << np.uint32(1))
    x = ((x >> np.uint32(2)) & np.uint32(0x33333333)) | ((x & np.uint32(0x33333333)) << np.uint32(2))
    x = ((x >> np.uint32(4)) & np.uint32(0x0F0F0F0F)) | ((x & np.uint32(0x0F0F0F0F)) << np.uint32(4))
    x = ((x >> np.uint32(8)) & np.uint32(0x00FF00FF)) | ((x & np.uint32(0x00FF00FF)) << np.uint32(8))
    return (x >> np.uint32(16)) | (x << np.uint32(16))


@implements("cumbia.cuda.fma")
def fma(a, b, c):
    return prim.fma(a, b, c)


@implements("cumbia.cuda.cbrt")
def cbrt(x):
    return np.cbrt(x)


@implements("cumbia.cuda.selp")
def selp(a, b, c):
    return prim.select(bool(a), b, c)


@implements("cumbia.cuda.atomic.add")
def add(array, index, value):
    return prim.atomic("add", array, index, value)


@implements("cumbia.cuda.atomic.sub")
def sub(array, index, value):
    return prim.atomic("sub", array, index, value)


@implements("cumbia.cuda.atomic.and_")
def and_(array, index, value):
    return prim.atomic("and", array, index, value)


@implements("cumbia.cuda.atomic.or_")
def or_(array, index, value):
    return prim.atomic("or", array, index, value)


@implements("cumbia.cuda.atomic.xor")
def xor(array, index, value):
    return prim.atomic("xor", array, index, value)


@implements("cumbia.cuda.atomic.exch")
def exch(array, index, value):
    return prim.atomic("exch", array, index, value)


@implements("cumbia.cuda.atomic.cas")
def cas(array, index, old, value):
    if prim.kind(prim.dtype(array)) == "f":
        return prim.atomic("cas_bits", array, index, old, value)
    return prim.atomic("cas", array, index, old, value)


@implements("cumbia.cuda.atomic.compare_and_swap")
def compare_and_swap(array, old, value):
    return cas(array, 0, old, value)


# A nan that is there stays, one that comes changes nothing: so the order makes no difference.
@implements("cumbia.cuda.atomic.max")
def maximum(array, index, value):
    if prim.kind(prim.dtype(array)) == "f":
        there = element(array, index)
        if there != there:
            return there
    return atomic_max(array, index, value)


@implements("cumbia.cuda.atomic.min")
def minimum(array, index, value):
    if prim.kind(prim.dtype(array)) == "f":
        there = element(array, index)
        if there != there:
            return there
    return atomic_min(array, index, value)


def element(array, index):
    zero = prim.cast(0, prim.dtype(array))
    return prim.atomic("cas_bits", array, index, zero, zero)


# A number rather than a nan.
@implements("cumbia.cuda.atomic.nanmax")
def nanmax(array, index, value):
    return atomic_max(array, index, value)


@implements("cumbia.cuda.atomic.nanmin")
def nanmin(array, index, value):
    return atomic_min(array, index, value)


# One more, from the limit to 0; nothing is added to what is beyond it.
@implements("cumbia.cuda.atomic.inc")
def inc(array, index, limit):
    zero = prim.cast(0, prim.dtype(array))
    one = prim.cast(1, prim.dtype(array))
    most = prim.cast(limit, prim.dtype(array))
    old = prim.atomic("add", array, index, zero)
    while True:
        new = zero if old >= most else old + one
        now = prim.atomic("cas", array, index, old, new)
        if now == old:
            return old
        old = now


# One less, from 0 and from what is beyond the limit to the limit.
@implements("cumbia.cuda.atomic.dec")
def dec(array, index, limit):
    zero = prim.cast(0, prim.dtype(array))
    one = prim.cast(1, prim.dtype(array))
    most = prim.cast(limit, prim.dtype(array))
    old = prim.atomic("add", array, index, zero)
    while True:
        new = most if old == zero or old > most else old - one
        now = prim.atomic("cas", array, index, old, new)
        if now == old:
            return old
        old = now


# Hints for caches, which emulated kernels have none of.
@implements("cumbia.cuda.ldca")
def load_cached(array, index):
    return prim.hinted("load_cached", array, index)


@implements("cumbia.cuda.ldcg")
def load_shared(array, index):
    return prim.hinted("load_shared", array, index)


@implements("cumbia.cuda.ldcs")
def load_once(array, index):
    return prim.hinted("load_once", array, index)


@implements("cumbia.cuda.ldlu")
def load_last(array, index):
    return prim.hinted("load_last", array, index)


@implements("cumbia.cuda.ldcv")
def load_anew(array, index):
    return prim.hinted("load_anew", array, index)


@implements("cumbia.cuda.stwb")
def store_cached(array, index, value):
    prim.hinted("store_cached", array, index, value)


@implements("cumbia.cuda.stcg")
def store_shared(array, index, value):
    prim.hinted("store_shared", array, index, value)


@implements("cumbia.cuda.stcs")
def store_once(array, index, value):
    prim.hinted("store_once", array, index, value)


@implements("cumbia.cuda.stwt")
def store_through(array, index, value):
    prim.hinted("store_through", array, index, value)

"""Kernels that wait for their whole grid: `cuda.cg.this_grid().sync()`."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from cumbia import CompileError, cuda, float64, jit
from cumbia.cuda import cg
from cumbia.errors import RaceError

from tests.cuda.assembler import ARCHITECTURES, assemble, ptxas

RNG = np.random.default_rng(11)


@cuda.jit
def rows_from_opposite(m):
    column = cuda.grid(1)
    grid = cuda.cg.this_grid()
    for row in range(1, m.shape[0]):
        m[row, column] = m[row - 1, m.shape[1] - column - 1] + 1
        grid.sync()


@pytest.mark.parametrize(("blocks", "threads"), [(1, 1), (1, 8), (6, 5), (16, 32)])
def test_rows_in_order(blocks, threads):
    columns = blocks * threads
    m = np.zeros((20, columns), np.int32)
    m[0] = np.arange(columns)
    rows_from_opposite[blocks, threads](m)
    wanted = np.array([m[0][:: -1 if row % 2 else 1] + row for row in range(20)])
    assert np.array_equal(m, wanted)


@cuda.jit
def rows_without(m):
    column = cuda.grid(1)
    for row in range(1, m.shape[0]):
        m[row, column] = m[row - 1, m.shape[1] - column - 1] + 1
        cuda.syncthreads()


def test_barriers_of_blocks_are_not_enough():
    with pytest.raises(RaceError, match="nothing orders them"):
        rows_without[4, 8](np.zeros((5, 32), np.int32))


@cuda.jit(device=True)
def meet(x, i):
    x[i] += 1
    cg.this_grid().sync()
    return x[x.size - 1 - i]


@cuda.jit(device=True)
def meet_by(group, x, i):
    group.sync()
    x[i] = 0
    group.sync()


@cuda.jit
def in_functions(x, out):
    i = cuda.grid(1)
    out[i] = meet(x, i)
    meet_by(cg.this_grid(), x, i)


def test_in_device_functions():
    x, out = np.arange(12.0), np.zeros(12)
    in_functions[3, 4](x, out)
    assert np.array_equal(out, np.arange(12.0)[::-1] + 1)
    assert not x.any()


@cuda.jit
def total_of_blocks(x, parts, out):
    part = cuda.shared.array(1, float64)
    grid = cg.this_grid()
    if cuda.threadIdx.x == 0:
        part[0] = 0.0
    cuda.syncthreads()
    cuda.atomic.add(part, 0, x[cuda.grid(1)])
    cuda.syncthreads()
    if cuda.threadIdx.x == 0:
        parts[cuda.blockIdx.x] = part[0]
    grid.sync()
    total = 0.0
    for k in range(parts.size):
        total += parts[k]
    # What a block has in shared memory is still its own.
    out[cuda.grid(1)] = part[0] / total


def test_shared_memory_lives_on():
    x = RNG.integers(1, 9, 24).astype(float)
    out = np.zeros(24)
    total_of_blocks[4, 6](x, np.zeros(4), out)
    assert np.array_equal(out, np.repeat(x.reshape(4, 6).sum(1), 6) / x.sum())


@cuda.jit
def three_directions(x):
    i, j, k = cuda.grid(3)
    x[i, j, k] = 1
    cg.this_grid().sync()
    x[i, j, k] += x[x.shape[0] - 1 - i, x.shape[1] - 1 - j, x.shape[2] - 1 - k]
    cg.this_grid().sync()


def test_three_directions():
    x = np.zeros((4, 2, 6), np.int64)
    with pytest.raises(RaceError):
        # Reads what others write behind the same barrier.
        three_directions[(2, 1, 3), (2, 2, 2)](x)


@cuda.jit
def some_blocks(x):
    if cuda.blockIdx.x != 2:
        cg.this_grid().sync()
    x[cuda.grid(1)] = 1


@cuda.jit
def some_threads(x):
    if cuda.threadIdx.x != 2:
        cg.this_grid().sync()
    x[cuda.grid(1)] = 1


@cuda.jit
def other_places(x):
    if cuda.blockIdx.x == 1:
        cg.this_grid().sync()
    else:
        cg.this_grid().sync()
    x[cuda.grid(1)] = 1


@cuda.jit
def block_or_grid(x):
    if cuda.blockIdx.x == 1:
        cuda.syncthreads()
    else:
        cg.this_grid().sync()
    x[cuda.grid(1)] = 1


@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        (some_blocks, r"for thread \(0, 0, 0\) of block \(2, 0, 0\), which has ended"),
        (some_threads, r"for thread \(2, 0, 0\), which has ended"),
        (other_places, r"for thread \(0, 0, 0\) of block \(1, 0, 0\), which waits in the grid's sync"),
        (block_or_grid, r"for thread \(0, 0, 0\) of block \(1, 0, 0\), which has ended"),
    ],
)
def test_who_does_not_come(kernel, said):
    line = kernel.py_func.__code__.co_firstlineno
    with pytest.raises(cuda.DeviceFault, match=rf"waits in the grid's sync at line \d+ {said}") as seen:
        kernel[4, 4](np.zeros(16))
    assert any(f"line {line + n} " in str(seen.value) for n in (3, 5))


@cuda.jit
def raises_between(x):
    cg.this_grid().sync()
    x[cuda.grid(1) + (8 if cuda.blockIdx.x == 1 else 0)] = 1
    cg.this_grid().sync()


def test_exceptions():
    with pytest.raises(IndexError) as caught:
        raises_between[2, 4](np.zeros(8))
    assert "block (1, 0, 0)" in "".join(caught.value.__notes__)


@cuda.jit
def asks_only(x):
    cg.this_grid()
    if cuda.grid(1) == 0:
        x[0] = 1


@cuda.jit
def asks_nothing(x):
    if cuda.grid(1) == 0:
        x[0] = 1


def test_which_kernels_are_cooperative():
    for kernel, wanted in ((asks_only, True), (rows_from_opposite, True), (in_functions, True),
                           (asks_nothing, False)):
        types = "void(float64[::1], float64[::1])" if kernel is in_functions else "void(float64[::1])"
        types = "void(int32[:, ::1])" if kernel is rows_from_opposite else types
        assert kernel.compile(types).cooperative is wanted


def test_how_many_blocks_fit():
    made = rows_from_opposite.compile("void(int32[:, ::1])")
    most = made.max_cooperative_grid_blocks(256)
    assert most == made.max_cooperative_grid_blocks((16, 16))
    assert most == made.max_cooperative_grid_blocks((16, 4, 4))
    # Whole warps, and less with more shared memory.
    assert made.max_cooperative_grid_blocks(225) == most
    of_five_warps = made.max_cooperative_grid_blocks(129)
    assert of_five_warps == made.max_cooperative_grid_blocks(160)
    assert of_five_warps < made.max_cooperative_grid_blocks(128)
    assert made.max_cooperative_grid_blocks(256, 40 << 10) < most
    with pytest.raises(cuda.KernelLaunchError):
        made.max_cooperative_grid_blocks(2000)
    x = np.zeros(1)
    asks_only[most, 256](x)
    with pytest.raises(cuda.KernelLaunchError, match=rf"have {most + 1} blocks at once; of 256 threads it has {most} "):
        asks_only[most + 1, 256](x)
    with pytest.raises(cuda.KernelLaunchError, match="blocks at once"):
        asks_only[(most, 2), (16, 16)](x)
    # Others have no such limit.
    asks_nothing[most + 1, 256](x)


def test_outside_of_kernels():
    for call in (cuda.cg.this_grid, cuda.cg._group.sync):
        with pytest.raises(RuntimeError, match="is for kernels"):
            call()

    @jit
    def function():
        return cuda.cg.this_grid()

    with pytest.raises(CompileError, match=r"cuda\.cg\.this_grid\(\) is for kernels") as caught:
        function()
    assert caught.value.code == "CB0701"


def refused(function):
    with pytest.raises(CompileError) as caught:
        cuda.jit(function).compile("void(float64[::1])")
    return str(caught.value)


def test_misuse():
    def an_argument(x):
        cg.this_grid(1)

    def another_method(x):
        cg.this_grid().wait()

    def a_mask(x):
        cg.this_grid().sync(3)

    def kept(x):
        x[0] = cg.this_grid()

    assert "this_grid" in refused(an_argument)
    with pytest.raises(AttributeError, match="'GridGroup' object has no attribute 'wait'"):
        cuda.jit(another_method)[1, 1](np.zeros(1))
    assert "sync" in refused(a_mask)
    refused(kept)


def test_assembly():
    made = in_functions.compile("void(float64[::1], float64[::1])")
    for sm in ARCHITECTURES:
        ptx = made.code(sm).ptx
        # Arrived with release, waited for with acquire, both for the device.
        assert "release.gpu" in ptx and "ld.acquire.gpu" in ptx
        assert "bar.red.or" in ptx
        # The record's address, and the words'.
        code = made.code(sm)
        assert code.ptx.count(".param .u64 .ptr") == 4
        if ptxas() is not None:
            assemble(code.ptx, sm, code.name)


LITTLE_MEMORY = """
import os, resource
os.environ["CUMBIA_CUDA"] = "emulate"
import subprocess
import sys

import numpy as np
from cumbia import cuda

@cuda.jit
def kernel(x):
    own = cuda.local.array(8192, np.float64)
    for i in range(10):
        own[i] = i
    cuda.cg.this_grid().sync()
    x[cuda.grid(1)] = own[9]

kernel[1, 32](np.zeros(32))
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + (1 << 30)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
x = np.zeros(40 * 1024)
try:
    kernel[40, 1024](x)
except MemoryError as error:
    print(error)
kernel[1, 32](x)
print(x[31])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process is read as Linux has it")
def test_no_memory_for_all_blocks(tmp_path):
    script = tmp_path / "little_memory.py"
    script.write_text(LITTLE_MEMORY)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.splitlines() == [
        "no memory for 40 blocks: those of a grid that waits for all of it are there at once",
        "9.0",
    ], done.stderr

"""What launches tell of how their warps access memory."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda, float32


@cuda.jit
def transpose(x, out):
    tile = cuda.shared.array((32, 32), float32)
    i, j = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    tile[ty, tx] = x[j, i]
    cuda.syncthreads()
    for k in range(2):
        out[j, i] = tile[tx, ty]


@cuda.jit
def padded(x, out):
    tile = cuda.shared.array((32, 33), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    tile[ty, tx] = x[ty, tx]
    cuda.syncthreads()
    out[ty, tx] = tile[tx, ty]


@cuda.jit
def strided(x, out, step):
    i = cuda.grid(1)
    out[i] = x[i * step]


@cuda.jit
def counted(x, out):
    cuda.atomic.add(out, x[cuda.grid(1)], 1)


def found(report, memory, does):
    rows = [one for one in report.lines if (one.memory, one.does) == (memory, does)]
    assert len(rows) == 1, report
    return rows[0]


def test_conflicts_of_banks():
    # Allocated on a sector's border.
    memory = np.zeros(1040, "f4")
    start = -memory.ctypes.data % 32 // 4
    x, out = memory[start : start + 1024].reshape(32, 32), np.zeros((32, 32), "f4")
    x[...] = np.arange(1024).reshape(32, 32)
    report = transpose[1, (32, 32)].access_report(x, out)
    assert np.array_equal(out, x.T)
    first = transpose.py_func.__code__.co_firstlineno
    written, read = found(report, "shared", "writes"), found(report, "shared", "reads")
    assert (written.line, read.line) == (first + 5, first + 8)
    assert (written.warps, written.lanes, written.took, written.worst) == (32, 1024, 32, 1)
    # A column: all in one bank. Twice each.
    assert (read.warps, read.took, read.least, read.worst, read.factor) == (64, 2048, 64, 32, 32)
    assert found(report, "global", "reads").factor == 1
    text = str(report)
    assert "transpose" in text and "out[j, i] = tile[tx, ty]" in text
    # The worst comes first.
    assert text.splitlines()[2].split()[:3] == [str(first + 8), "shared", "32.00"]
    assert padded[1, (32, 32)].access_report(x, out).lines
    assert found(padded[1, (32, 32)].access_report(x, out), "shared", "reads").factor == 1


@pytest.mark.parametrize(
    ("dtype", "step", "sectors"),
    [("f4", 1, 4), ("f4", 2, 8), ("f4", 8, 32), ("f4", 100, 32), ("f4", 0, 1), ("f8", 1, 8),
     ("i1", 1, 1), ("f4", -1, 4)],
)
def test_sectors(dtype, step, sectors):
    # Allocated on a sector's border.
    memory = np.zeros(40000, "u1")
    start = -memory.ctypes.data % 32
    x = memory[start : start + 32000].view(dtype)
    out = np.zeros(64, dtype)
    if step < 0:
        x = x[:64][::-1]
        step = 1
    report = strided[1, 64].access_report(x, out, step)
    read = found(report, "global", "reads")
    assert (read.warps, read.took, read.worst) == (2, 2 * sectors, sectors)
    assert (read.memory, read.size) == ("global", np.dtype(dtype).itemsize)


def test_atomics_and_launches():
    x, out = np.zeros(64, np.int64), np.zeros(4, np.int64)
    report = counted[1, 64].access_report(cuda.to_device(x), cuda.InOut(out))
    assert out[0] == 64
    atomic = found(report, "global", "changes atomically")
    assert (atomic.warps, atomic.lanes, atomic.took) == (2, 64, 2)
    # A fault is one here too.
    with pytest.raises(IndexError):
        strided[1, 64].access_report(np.zeros(5), np.zeros(64), 1)
    assert "AccessReport of counted" in repr(report)

"""Loads and stores with hints for caches: the same values, the checks of subscripts, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import CompileError, cuda, float32
from cumbia.errors import RaceError

from tests.cuda.assembler import ARCHITECTURES, assemble, ptxas

TYPES = (
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32",
    "float64", "complex64", "complex128",
)  # fmt: skip


@cuda.jit
def all_of_them(x, out):
    i = cuda.grid(1)
    cuda.stwb(out, (0, i), cuda.ldca(x, i))
    cuda.stcg(out, (1, i), cuda.ldcg(x, i))
    cuda.stcs(out, (2, i), cuda.ldcs(x, -1 - i))
    cuda.stwt(out, (3, i), cuda.ldlu(x, i))
    cuda.stwt(out, (4, i), cuda.ldcv(x, i))


@pytest.mark.parametrize("dtype", TYPES)
def test_values(dtype):
    x = (np.arange(8) * 37 - 100).astype("int64").astype(dtype)
    if x.dtype.kind == "c":
        x += 1j * np.arange(8)
    out = np.zeros((5, 8), dtype)
    all_of_them[2, 4](x, out)
    assert np.array_equal(out, np.stack([x, x, x[::-1], x, x]))
    with pytest.raises(IndexError):
        all_of_them[3, 4](x, out)


def test_views():
    x, out = np.arange(32.0)[::-2], np.zeros((8, 5)).T
    all_of_them[2, 4](x[:8], out)
    assert np.array_equal(out[0], x[:8])


@cuda.jit
def of_shared_memory(x):
    tile = cuda.shared.array(8, float32)
    t = cuda.threadIdx.x
    cuda.stcg(tile, t, x[t])
    cuda.syncthreads()
    cuda.stcs(x, t, cuda.ldcg(tile, 7 - t))


@cuda.jit
def of_shared_memory_unset(x):
    tile = cuda.shared.array(8, float32)
    x[cuda.threadIdx.x] = cuda.ldcg(tile, 7)


@cuda.jit
def reads_a_neighbour(x):
    t = cuda.threadIdx.x
    cuda.stcg(x, t, cuda.ldcg(x, 7 - t))


def test_they_are_watched():
    x = np.arange(8, dtype=np.float32)
    of_shared_memory[1, 8](x)
    assert np.array_equal(x, np.arange(8)[::-1])
    with pytest.raises(cuda.DeviceFault, match="no thread of its block has written"):
        of_shared_memory_unset[1, 8](x)
    with pytest.raises(RaceError):
        reads_a_neighbour[1, 8](x)


@cuda.jit
def counted(x, out):
    cuda.atomic.add(x, 0, 1)
    out[cuda.grid(1)] = cuda.ldcv(x, 0)


def test_read_anew_while_it_changes():
    x, out = np.zeros(1, np.int32), np.zeros(8, np.int32)
    counted[2, 4](x, out)
    assert x[0] == 8 and out.tolist() == list(range(1, 9))


def test_read_only_arrays():
    x = np.arange(8.0)
    x.setflags(write=False)
    out = np.zeros((5, 8))
    all_of_them[2, 4](x, out)
    assert np.array_equal(out[4], x)

    @cuda.jit
    def writes(x):
        cuda.stcg(x, 0, 1.0)

    with pytest.raises(ValueError, match="read-only"):
        writes[1, 1](x)


def test_outside_of_kernels():
    for function in (cuda.ldca, cuda.ldcg, cuda.ldcs, cuda.ldlu, cuda.ldcv):
        with pytest.raises(RuntimeError, match="is for kernels"):
            function(np.zeros(1), 0)
    for function in (cuda.stwb, cuda.stcg, cuda.stcs, cuda.stwt):
        with pytest.raises(RuntimeError, match="is for kernels"):
            function(np.zeros(1), 0, 1)


def refused(function, signature="void(float32[:, ::1])"):
    with pytest.raises(CompileError) as caught:
        cuda.jit(function).compile(signature)
    return str(caught.value)


def test_misuse():
    def a_number(x):
        cuda.ldcg(3, 0)

    def a_row(x):
        x[0, 0] = cuda.ldcg(x, 0)[1]

    def a_slice(x):
        cuda.stcg(x, slice(0, 2), x[0, 0])

    def a_text(x):
        cuda.stcg(x, (0, 0), "a")

    def too_many(x):
        cuda.ldcg(x, (0, 0, 0))

    assert "elements of arrays are read with a hint" in refused(a_number)
    assert "an index for each axis" in refused(a_row)
    refused(a_slice)
    refused(a_text)
    refused(too_many)
    record = np.dtype([("a", "f4")])

    @cuda.jit
    def of_records(x, out):
        out[0] = cuda.ldcg(x, 0).a

    with pytest.raises(CompileError, match="elements of arrays are read with a hint"):
        of_records[1, 1](np.zeros(2, record), np.zeros(1))


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "float32", "float64"])
def test_assembly(dtype):
    made = all_of_them.compile(f"void({dtype}[::1], {dtype}[:, ::1])")
    for sm in ARCHITECTURES:
        for apart in (False, True):
            code = made.code(sm, apart=apart)
            for hint in ("ca", "cg", "cs", "lu", "cv"):
                assert f"ld.global.{hint}." in code.ptx
            for hint in ("wb", "cg", "cs", "wt"):
                assert f"st.global.{hint}." in code.ptx
            if ptxas() is not None:
                assemble(code.ptx, sm, code.name)

"""The assembly of kernels: as it was, with what is expected of it, and taken by the assembler.

`CUMBIA_BLESS=1` writes `golden/` anew: the assembly for sm_80, and the assembler's figures for
all architectures. Read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import FunctionType

import pytest
from cumbia import cuda

from tests.cuda.assembler import ARCHITECTURES, assemble, ptxas
from tests.cuda.kernels import (  # noqa: F401
    GOLDEN,
    atomics,
    blocks,
    control,
    elementwise,
    grids,
    numbers,
    records,
    reductions,
    warps,
)

FOLDER = Path(__file__).parent / "golden"
BLESS = bool(os.environ.get("CUMBIA_BLESS"))
MARK = "// registers, spill stores, spill loads, stack, shared of sm_"

# Kernels that read a table of constants.
READ_TABLES = {"elementary", "math_waves", "sine_single"}

needs_ptxas = pytest.mark.skipif(ptxas() is None, reason="nvidia-cuda-nvcc isn't installed")


def test_there_are_enough():
    assert len(GOLDEN) >= 60


@pytest.mark.parametrize("name", GOLDEN)
def test_assembly(name):
    row = GOLDEN[name]
    made = row.compiled()
    code = made.code(80, apart=True)
    for text in row.has:
        assert text in code.ptx, text
    for text in row.lacks:
        assert text not in code.ptx, text
    assert ".version 7.0\n.target sm_80" in code.ptx
    for line in code.ptx.splitlines():
        # Nothing is left to be resolved when it is loaded, but memory that a launch gives.
        assert not line.startswith(".extern") or ".shared" in line, line
    path = FOLDER / f"{name}.ptx"
    if BLESS:
        figures = figures_of(path) if ptxas() is None else ""
        if ptxas() is not None:
            for sm in ARCHITECTURES:
                code_of = made.code(sm, apart=True)
                numbers = ", ".join(map(str, assemble(code_of.ptx, sm, code_of.name)))
                figures += f"{MARK}{sm}: {numbers}\n"
        path.write_text(figures + code.ptx)
    kept = path.read_text()
    assert kept[len(figures_of(path)):] == code.ptx, f"{path} differs; CUMBIA_BLESS=1 writes it anew"


def figures_of(path: Path) -> str:
    """The lines of a golden file before the assembly."""
    if not path.exists():
        return ""
    lines = path.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith(MARK))


@needs_ptxas
@pytest.mark.parametrize("name", GOLDEN)
def test_assembles_everywhere(name):
    row = GOLDEN[name]
    made = row.compiled()
    kept = figures_of(FOLDER / f"{name}.ptx").splitlines()
    for sm, line in zip(ARCHITECTURES, kept, strict=True):
        code = made.code(sm, apart=True)
        assert f".target sm_{sm}" in code.ptx
        figures = assemble(code.ptx, sm, code.name)
        assert figures.spill_stores == figures.spill_loads == 0
        assert line == f"{MARK}{sm}: {', '.join(map(str, figures))}"
    # As for arrays that may share elements: the cache for constants is for tables alone.
    code = made.code(75)
    assemble(code.ptx, 75, code.name)
    assert "ld.global.nc" not in code.ptx or name in READ_TABLES


def test_guarded_code_has_no_negative_indices():
    ptx = GOLDEN["guarded"].compiled().code(80, apart=True).ptx
    # One comparison, of the guard, and nothing that adds a length to an index.
    assert ptx.count("setp") == 1
    assert "selp" not in ptx and "shr.s64" not in ptx


@pytest.mark.parametrize("how", ["syncthreads", "syncwarp", "threadfence", "grid"])
@pytest.mark.parametrize("apart", [False, True])
def test_what_others_may_have_changed_is_read_again(how, apart):
    def waits(x, y, out):
        i = cuda.grid(1)
        before = x[i] + y[i]
        WAIT()
        x[i + 1] = 7
        WAIT()
        out[i] = before + x[i] + y[i]

    @cuda.jit(device=True)
    def wait():
        cuda.cg.this_grid().sync()

    waits = FunctionType(
        waits.__code__, {"cuda": cuda, "WAIT": wait if how == "grid" else getattr(cuda, how)}
    )
    waits.__module__ = __name__
    types = "void(float64[::1], float64[::1], float64[::1])"
    made = cuda.jit(waits, boundscheck=False).compile(types)
    for sm in (75, 90):
        ptx = made.code(sm, apart=apart).ptx
        # What nobody writes is read once, if it lies apart.
        reads = [line for line in ptx.splitlines() if line.strip().startswith("ld.global")]
        assert len(reads) == (3 if apart else 4), reads
        assert sum(".nc." in line for line in reads) == int(apart)

"""The assembly of loops' kernels: as it was, and taken by the assembler for all architectures.

`CUMBIA_BLESS=1` writes `golden/` anew, as for kernels.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cumbia import jit

from tests.cuda.assembler import ARCHITECTURES, assemble, ptxas

from . import loops, programs

FOLDER = Path(__file__).parent / "golden"
BLESS = bool(os.environ.get("CUMBIA_BLESS"))
GOLDEN = {
    "axpy": (loops.axpy, "(float64, float64[::1], float64[::1])"),
    "total": (loops.total, "(float64[::1])"),
    "diffuse": (loops.diffuse, "(float64[::1], float64[::1], int64)"),
}


def made(name):
    """The first loop's kernel."""
    function, signature = GOLDEN[name]
    compiled = jit(function.py_func, target="cuda")
    compiled.compile(signature)
    ((_, found),) = compiled._offload_report(None)
    return found.loops[0].specialization


@pytest.mark.parametrize("name", GOLDEN)
def test_assembly(name):
    code = made(name).code(80, apart=True)
    assert ".version 7.0\n.target sm_80" in code.ptx
    assert ".maxntid 256" in code.ptx
    # What is only read is read by way of the cache for it.
    assert "ld.global.nc.b64" in code.ptx
    path = FOLDER / f"{name}.ptx"
    if BLESS:
        path.parent.mkdir(exist_ok=True)
        path.write_text(code.ptx)
    assert path.read_text() == code.ptx, f"{path} differs; CUMBIA_BLESS=1 writes it anew"


@pytest.mark.skipif(ptxas() is None, reason="nvidia-cuda-nvcc isn't installed")
@pytest.mark.parametrize("name", GOLDEN)
def test_assembles_everywhere(name):
    for sm in ARCHITECTURES:
        for apart in (True, False):
            code = made(name).code(sm, apart=apart)
            figures = assemble(code.ptx, sm, code.name)
            assert figures.spill_stores == figures.spill_loads == 0


# Programs of `test_programs` that are all kernels, with signatures of theirs.
PROGRAMS = {
    "stencil": "(float64[:, ::1], int64)",
    "mandelbrot": "(int64, int64, int64)",
    "histogram": "(float64[::1], int64)",
    "assign_clusters": "(float64[:, ::1], float64[:, ::1])",
    "pairwise": "(float64[:, ::1],)",
    "black_scholes": "(float64[::1], float64[::1], float64[::1], float64, float64)",
    "jacobi": "(float64[:, ::1], float64[::1], float64, int64)",
    "game_of_life": "(int8[:, ::1], int64)",
    "bodies": "(float64[:, ::1], float64[:, ::1], float64[::1], float64, int64)",
    "blur": "(uint8[:, :, ::1], int64)",
    "matrix_product": "(float32[:, ::1], float32[:, :])",
    "prefix_in_rows": "(float64[:, ::1],)",
    "walks": "(int64[::1], int64)",
    "dft": "(complex128[::1],)",
    "masked": "(float64[::1], bool[::1])",
    "gathers": "(float64[::1], int64[::1])",
    "divides": "(int64[::1], int64[::1])",
    "sobel": "(float64[:, ::1],)",
}


@pytest.mark.skipif(ptxas() is None, reason="nvidia-cuda-nvcc isn't installed")
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_assemble_everywhere(name):
    compiled = jit(getattr(programs, name), target="cuda")
    compiled.compile(PROGRAMS[name])
    ((_, found),) = compiled._offload_report(None)
    for loop in found.loops:
        assert not loop.why
        for sm in ARCHITECTURES:
            code = loop.specialization.code(sm, apart=True)
            assert assemble(code.ptx, sm, code.name).registers > 0

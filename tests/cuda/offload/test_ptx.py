"""The assembly of loops' kernels: as it was, and taken by the assembler for all architectures.

`CUMBIA_BLESS=1` writes `golden/` anew, as for kernels.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cumbia import jit

from tests.cuda.assembler import ARCHITECTURES, assemble, ptxas

from . import loops

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

"""Places of the source in assembly, code that isn't optimized, and what NVIDIA's programs say."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import _toolkit

from tests.cuda.assembler import ARCHITECTURES, ptxas

SIGNATURE = "void(float32, float32[::1], float32[::1])"

needs_ptxas = pytest.mark.skipif(ptxas() is None, reason="nvidia-cuda-nvcc isn't installed")
needs_nvdisasm = pytest.mark.skipif(
    ptxas() is None or _toolkit.program("nvdisasm") is None,
    reason="nvidia-cuda-nvcc or nvidia-cuda-nvdisasm isn't installed",
)


@cuda.jit(device=True)
def doubled(v):
    return v + v


def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + doubled(y[i])


LAST = saxpy.__code__.co_firstlineno + 3


def lines_of(ptx):
    """`(file, line)` of each directive."""
    files = dict(re.findall(r'\.file\s+(\d+) "(.*)"', ptx))
    return {(files[number], int(line)) for number, line in re.findall(r"\.loc\s+(\d+) (\d+)", ptx)}


def without_lines(ptx):
    drop = (".loc", ".file", "$L__tmp", "$L__func", "//", ".section")
    rows = (line.split("//")[0].strip() for line in ptx.splitlines())
    return [row for row in rows if row and not row.startswith(drop) and row not in ("{", "}")]


def test_lines_are_those_of_the_file():
    plain = cuda.jit(saxpy).inspect_asm(SIGNATURE, cc=80)
    ptx = cuda.jit(saxpy, lineinfo=True).inspect_asm(SIGNATURE, cc=80)
    assert ".loc" not in plain
    found = lines_of(ptx)
    assert (__file__, LAST) in found
    assert (__file__, doubled.py_func.__code__.co_firstlineno + 2) in found
    assert {file for file, _ in found} <= {__file__}
    # Lines change no instruction.
    assert without_lines(ptx) == without_lines(plain)
    assert ".target sm_80\n" in ptx


def test_debug_has_sections_and_calls():
    ptx = cuda.jit(saxpy, debug=True).inspect_asm(SIGNATURE, cc=80)
    assert ".target sm_80, debug" in ptx and ".version 7.5" in ptx
    for section in (".debug_info", ".debug_abbrev"):
        assert section in ptx
    assert (__file__, LAST) in lines_of(ptx)
    # Nothing is optimized, so the device function is still one.
    assert re.search(r"\.func .*doubled", ptx, re.DOTALL)
    optimized = cuda.jit(saxpy, debug=True, opt=True).inspect_asm(SIGNATURE, cc=80)
    assert ".target sm_80, debug" in optimized and len(optimized) < len(ptx)


def test_opt_is_seen():
    ptx = cuda.jit(saxpy, opt=False).inspect_asm(SIGNATURE, cc=80)
    assert len(ptx.splitlines()) > len(cuda.jit(saxpy).inspect_asm(SIGNATURE, cc=80).splitlines())
    assert ".loc" not in ptx and "doubled" in ptx


@needs_ptxas
@pytest.mark.parametrize("options", [{"lineinfo": True}, {"debug": True}, {"opt": False}], ids=str)
def test_assembles(options):
    kernel = cuda.jit(saxpy, **options)
    for sm in ARCHITECTURES:
        code, said = _toolkit.assemble(kernel.inspect_asm(SIGNATURE, cc=sm), sm, kernel._limits, "")
        assert code and "error" not in said


@pytest.mark.parametrize("options", [{"lineinfo": True}, {"debug": True}, {"opt": False}], ids=str)
def test_results_are_the_same(options):
    x = np.arange(100, dtype=np.float32)
    y, wanted = np.ones(100, np.float32), np.ones(100, np.float32)
    cuda.jit(saxpy, **options)[1, 128](np.float32(3), x, y)
    cuda.jit(saxpy)[1, 128](np.float32(3), x, wanted)
    assert np.array_equal(y, wanted)


@needs_nvdisasm
def test_instructions_of_the_device():
    sass = cuda.jit(saxpy).inspect_sass(SIGNATURE, cc=80)
    assert "FFMA" in sass or "FMUL" in sass
    assert "LDG" in sass and "STG" in sass and "## File" not in sass
    sass = cuda.jit(saxpy, lineinfo=True).inspect_sass(SIGNATURE, cc=80)
    assert f'//## File "{__file__}", line {LAST}' in sass


@needs_nvdisasm
def test_the_graph_of_blocks_and_all_signatures():
    kernel = cuda.jit(saxpy)
    assert kernel.inspect_sass() == {}
    assert kernel.inspect_sass_cfg(SIGNATURE).startswith("digraph")
    (types,) = kernel.inspect_sass()
    assert types == tuple(kernel.signatures[0])


@needs_ptxas
def test_what_a_kernel_takes_without_a_device():
    kernel = cuda.jit(saxpy, launch_bounds=128)
    assert 8 <= kernel.get_regs_per_thread(SIGNATURE) <= 40
    assert kernel.get_shared_mem_per_block(SIGNATURE) == 0
    assert kernel.get_local_mem_per_thread(SIGNATURE) == 0
    assert kernel.get_const_mem_size(SIGNATURE) > 0
    assert kernel.get_max_threads_per_block(SIGNATURE) == 128
    (each,) = kernel.get_regs_per_thread().values()
    assert each == kernel.get_regs_per_thread(SIGNATURE)


def test_no_program_is_one_sentence(monkeypatch):
    monkeypatch.setattr(_toolkit, "program", lambda name: None)
    with pytest.raises(cuda.CudaSupportError, match=r"takes NVIDIA's ptxas, which isn't found: install"):
        cuda.jit(saxpy).inspect_sass(SIGNATURE)


def test_what_there_is_not():
    with pytest.raises(cuda.CudaSupportError, match="link-time"):
        cuda.jit(saxpy).inspect_lto_ptx(SIGNATURE)


def test_nothing_to_link():
    # As a default of Numba's.
    assert cuda.jit(saxpy, link=()).inspect_asm(SIGNATURE)

"""NVIDIA's programs for code of devices, where they are installed: assembler and disassembler.

Nothing of cumbia's needs them: the driver assembles what is launched. They tell, without a
device, what a kernel is turned into and what it takes. Looked for in the packages that PyPI has
(`nvidia-cuda-nvcc`, `nvidia-cuda-nvdisasm`), in ``CUDA_HOME``, on the path and in
``/usr/local/cuda``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from cumbia.cuda._errors import CudaSupportError, LinkerError

__all__ = ["Resources", "assemble", "disassemble", "program", "resources"]

# The package on PyPI that has a program.
_PACKAGES = {
    "ptxas": "nvidia-cuda-nvcc", "nvlink": "nvidia-cuda-nvcc", "nvdisasm": "nvidia-cuda-nvdisasm",
}
# What files of other code are called for the linker.
_ENDINGS = {
    "ptx": "ptx", "cubin": "cubin", "fatbin": "fatbin", "object": "o", "archive": "a",
}


class Resources(NamedTuple):
    """What a kernel takes of a device, as the assembler says."""

    registers: int
    shared: int
    local: int
    constants: int


def program(name: str) -> str | None:
    """Give the path of a program of NVIDIA's; None where there is none."""
    folders = []
    for root in map(Path, sys.path):
        wheels = root / "nvidia"
        if wheels.is_dir():
            # `nvidia/cu13/bin`, and `nvidia/cuda_nvcc/bin` before.
            folders += sorted(wheels.glob("*/bin"), reverse=True)
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if os.environ.get(variable):
            folders.append(Path(os.environ[variable]) / "bin")
    for folder in folders:
        found = shutil.which(name, path=os.fspath(folder))
        if found:
            return found
    return shutil.which(name) or shutil.which(name, path="/usr/local/cuda/bin")


def _needed(name: str, what: str) -> str:
    found = program(name)
    if found is None:
        raise CudaSupportError(
            f"{what} takes NVIDIA's {name}, which isn't found: install the package "
            f"{_PACKAGES[name]}, or set CUDA_HOME"
        )
    return found


def _run(command: list[str], kind: type[Exception] = CudaSupportError) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip()
        if "Unresolved extern" in said:
            kind = LinkerError
        raise kind(f"{Path(command[0]).name} failed: {said}")
    return done.stdout + done.stderr


def assemble(
    ptx: str,
    sm: int,
    limits: dict[str, int],
    what: str,
    others: list[tuple[str, str, bytes]] | None = None,
) -> tuple[bytes, str]:
    """Give the code of assembly for an architecture, and what the assembler says of it.

    Parameters
    ----------
    ptx : str
        The assembly.
    sm : int
        The architecture.
    limits : dict of str to int
        As kernels have them: ``line_info``, ``unoptimized`` and ``max_registers`` count here.
    what : str
        Who asks, for the sentence that there is no assembler.
    others : list of tuple, optional
        Other code to link with it: kind, name and bytes.
    """
    command = [_needed("ptxas", what), "-v", f"-arch=sm_{sm}"]
    if limits.get("line_info") == 2:
        command.append("-g")
    elif limits.get("line_info"):
        command.append("-lineinfo")
    if limits.get("unoptimized") and limits.get("line_info") != 2:
        command.append("-O0")
    if limits.get("max_registers"):
        command.append(f"-maxrregcount={limits['max_registers']}")
    with tempfile.TemporaryDirectory() as folder:
        source, code = Path(folder) / "kernel.ptx", Path(folder) / "kernel.cubin"
        source.write_text(ptx, encoding="utf-8")
        if others:
            command.append("-c")
        said = _run([*command, "-o", os.fspath(code), os.fspath(source)])
        if others:
            code = _linked(code, others, Path(folder), [*command, "-o"], sm)
        return code.read_bytes(), said


def _linked(
    code: Path, others: list[tuple[str, str, bytes]], folder: Path, command: list[str], sm: int
) -> Path:
    """Link code with other code."""
    files = [os.fspath(code)]
    for number, (kind, _, data) in enumerate(others):
        other = folder / f"other{number}.{_ENDINGS[kind]}"
        other.write_bytes(data)
        if kind == "ptx":
            made = os.fspath(other.with_suffix(".cubin"))
            _run([*command, made, os.fspath(other)], LinkerError)
            other = Path(made)
        files.append(os.fspath(other))
    whole = folder / "linked.cubin"
    linker = _needed("nvlink", "linking")
    _run([linker, f"-arch=sm_{sm}", "-o", os.fspath(whole), *files], LinkerError)
    return whole


def disassemble(cubin: bytes, *, flow: bool = False) -> str:
    """Give the instructions of code, with lines of the source where it has them.

    Parameters
    ----------
    cubin : bytes
        The code.
    flow : bool
        Whether to give the graph of its blocks, in the language of Graphviz.
    """
    tool = _needed("nvdisasm", "disassembling")
    options = ["-bbcfg", "-poff"] if flow else ["-c", "-gi"]
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "kernel.cubin"
        code.write_bytes(cubin)
        return _run([tool, *options, os.fspath(code)])


def resources(said: str, name: str) -> Resources:
    """Read what the assembler said of a kernel."""
    part = said[said.index(f"Compiling entry function '{name}'") :]

    def number(pattern: str) -> int:
        found = re.search(pattern, part)
        return int(found.group(1)) if found else 0

    return Resources(
        number(r"Used (\d+) registers"),
        number(r"(\d+) bytes smem"),
        number(r"(\d+) bytes stack frame"),
        sum(map(int, re.findall(r"(\d+) bytes cmem", part.split("\n\n")[0]))),
    )

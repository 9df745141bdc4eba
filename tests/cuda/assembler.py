"""NVIDIA's assembler, where it is installed: a development dependency (`nvidia-cuda-nvcc`)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

__all__ = ["ARCHITECTURES", "Figures", "assemble", "ptxas"]

ARCHITECTURES = (75, 80, 90, 100, 120)


class Figures(NamedTuple):
    """What the assembler says of a kernel."""

    registers: int
    spill_stores: int
    spill_loads: int
    stack: int
    shared: int


def ptxas() -> str | None:
    """The path of the assembler; None where there is none."""
    try:
        files = metadata.files("nvidia-cuda-nvcc") or []
    except metadata.PackageNotFoundError:
        return shutil.which("ptxas")
    for file in files:
        if file.name == "ptxas":
            return os.fspath(file.locate())
    return shutil.which("ptxas")


def assemble(ptx: str, sm: int, name: str) -> Figures:
    """Assemble for an architecture; an AssertionError has what the assembler says."""
    tool = ptxas()
    assert tool is not None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernel.ptx"
        source.write_text(ptx)
        done = subprocess.run(
            [tool, "-v", f"-arch=sm_{sm}", "-o", os.devnull, os.fspath(source)],
            capture_output=True, text=True, check=False,
        )
    said = done.stderr + done.stdout
    assert done.returncode == 0, f"sm_{sm}: {said}"
    part = said[said.index(f"Compiling entry function '{name}'"):]

    def number(pattern: str) -> int:
        found = re.search(pattern, part)
        return int(found.group(1)) if found else 0

    return Figures(
        number(r"Used (\d+) registers"),
        number(r"(\d+) bytes spill stores"),
        number(r"(\d+) bytes spill loads"),
        number(r"(\d+) bytes stack frame"),
        number(r"(\d+) bytes smem"),
    )

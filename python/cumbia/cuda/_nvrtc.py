"""NVIDIA's compiler of CUDA C (NVRTC), where it is installed.

Loaded when the first source is compiled, from the package that PyPI has (`nvidia-cuda-nvrtc`),
``CUDA_HOME`` or the system. Nothing of cumbia's own needs it.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import functools
import glob
import os
import sys
import warnings
from typing import Any

from cumbia.cuda._errors import CudaSupportError, NvrtcError

__all__ = ["compile"]


@functools.cache
def _library() -> Any:
    found = next(filter(None, map(_loaded, _places())), None)
    if found is None:
        raise CudaSupportError(
            "CUDA C is compiled by NVIDIA's NVRTC, which isn't found: install the package "
            "nvidia-cuda-nvrtc, set CUDA_HOME, or give assembly (PTXSource)"
        )
    found.nvrtcGetErrorString.restype = ctypes.c_char_p
    return found


def _places() -> list[str]:
    patterns = [
        os.path.join(root, "nvidia", "*", folder, name)
        for root in sys.path
        for folder, name in (("lib", "libnvrtc.so.*"), ("bin", "nvrtc64_*.dll"))
    ]
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if home := os.environ.get(variable):
            patterns += [
                os.path.join(home, "lib64", "libnvrtc.so*"),
                os.path.join(home, "bin", "nvrtc64_*.dll"),
            ]
    found = [place for pattern in patterns for place in sorted(glob.glob(pattern), reverse=True)]
    named = ctypes.util.find_library("nvrtc")
    found = [place for place in found if "builtins" not in place and ".alt." not in place]
    return found + ([named] if named else [])


def _loaded(place: str) -> Any:
    # It looks for its other half by name alone, which finds what is loaded already.
    folder = os.path.dirname(place)
    halves = glob.glob(os.path.join(folder, "*nvrtc-builtins*")) if folder else []
    for half in sorted(one for one in halves if ".alt." not in one):
        with contextlib.suppress(OSError):
            ctypes.CDLL(half)
    try:
        return ctypes.CDLL(place)
    except OSError:
        return None


def compile(source: bytes, name: str, sm: int) -> bytes:
    """Give the assembly of a source for an architecture.

    Parameters
    ----------
    source : bytes
        CUDA C or C++.
    name : str
        What messages call it.
    sm : int
        The architecture: 80 is sm_80.

    Raises
    ------
    NvrtcError
        What the compiler says of the source.
    CudaSupportError
        Where there is no compiler.
    """
    library = _library()
    program = ctypes.c_void_p()

    def check(status: int, doing: str) -> None:
        if status != 0:
            said = library.nvrtcGetErrorString(status).decode()
            raise NvrtcError(f"NVRTC failed {doing} {name!r}: {said}")

    def text(size_of: Any, get: Any) -> bytes:
        size = ctypes.c_size_t()
        check(size_of(program, ctypes.byref(size)), "with")
        buffer = ctypes.create_string_buffer(size.value)
        check(get(program, buffer), "with")
        return buffer.value

    made = library.nvrtcCreateProgram(
        ctypes.byref(program), source, name.encode(), 0, None, None
    )
    check(made, "with")
    try:
        options = [f"--gpu-architecture=compute_{sm}", "-rdc", "true", *_includes()]
        given = (ctypes.c_char_p * len(options))(*map(str.encode, options))
        status = library.nvrtcCompileProgram(program, len(options), given)
        log = text(library.nvrtcGetProgramLogSize, library.nvrtcGetProgramLog).decode().strip()
        if status != 0:
            raise NvrtcError(f"NVRTC Compilation failure whilst compiling {name}:\n\n{log}")
        if log:
            warnings.warn(f"NVRTC log messages whilst compiling {name}:\n\n{log}", stacklevel=2)
        return text(library.nvrtcGetPTXSize, library.nvrtcGetPTX)
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


def _includes() -> list[str]:
    """Where CUDA's headers are, if they are somewhere."""
    folders = [
        folder
        for root in sys.path
        for folder in sorted(glob.glob(os.path.join(root, "nvidia", "*", "include")))
    ]
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if home := os.environ.get(variable):
            folders.append(os.path.join(home, "include"))
    return [f"-I{folder}" for folder in folders if os.path.isdir(folder)]

"""The engines that benchmarks compare: plain Python, cumbia, Numba and C.

An engine turns a kernel and a case into a closure without arguments. An engine that is
not there says why, and benchmarks print that instead of leaving it out. Engines are
imported only when asked for, so that a fresh process pays for one of them alone.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.kernels import Case, Kernel

ROOT = Path(__file__).resolve().parent.parent
C_SOURCES = Path(__file__).resolve().parent / "kernels" / "c"

C_FLAGS = ("-O3", "-march=native")
STRICT_FLAGS = (*C_FLAGS, "-ffp-contract=off")

ENGINES = ("python", "cumbia", "numba", "c", "c-strict")
"""``c`` may fuse multiply and add into one rounding, ``c-strict`` rounds as Python does."""


class Unavailable(RuntimeError):
    """An engine that this machine does not have; the message says why."""


def jit(engine: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Import `engine` and return its decorator, with default options and no disk cache.

    Raises
    ------
    Unavailable
        When the engine cannot be imported.
    """
    if engine == "python":
        return lambda function: function
    try:
        if engine == "cumbia":
            import cumbia

            return cumbia.jit
        if engine == "numba":
            import numba

            return numba.njit
    except ImportError as error:
        raise Unavailable(f"{engine} is not installed ({error})") from error
    raise ValueError(f"engine {engine!r} has no decorator")


def require(engine: str) -> None:
    """Check that `engine` can be had, without importing it.

    Raises
    ------
    Unavailable
        When it cannot.
    """
    if engine in ("cumbia", "numba"):
        if importlib.util.find_spec(engine) is None:
            raise Unavailable(f"{engine} is not installed")
    elif engine in ("c", "c-strict") and compiler() is None:
        raise Unavailable("no C compiler was found")


def compiler() -> str | None:
    """Return the C compiler to use: gcc, or what there is."""
    return shutil.which("gcc") or shutil.which("cc")


def compile_c(kernel: Kernel, flags: tuple[str, ...]) -> ctypes.CDLL:
    """Build a kernel's C peer as a shared library, once per source and flags."""
    assert kernel.c is not None
    command = compiler()
    if command is None:
        raise Unavailable("no C compiler was found")
    source = C_SOURCES / kernel.c.source
    key = hashlib.sha256(source.read_bytes() + repr((command, flags)).encode()).hexdigest()[:16]
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "bench-c"
    library = target / f"{source.stem}-{key}.so"
    if not library.exists():
        target.mkdir(parents=True, exist_ok=True)
        unfinished = library.with_suffix(f".{os.getpid()}")
        subprocess.run(
            [
                command,
                *flags,
                "-std=gnu11",
                "-Wall",
                "-shared",
                "-fPIC",
                "-o",
                unfinished,
                source,
                "-lm",
            ],
            check=True,
        )
        unfinished.replace(library)
    return ctypes.CDLL(str(library))


def prepare(engine: str, kernel: Kernel) -> Callable[[Case], Callable[[], Any]]:
    """Return a function from a case to a closure that runs `kernel` on it.

    Wrapping by a decorator happens here, once; compiling happens in the first run of a
    closure (for C it has happened here).

    Raises
    ------
    Unavailable
        When the engine or the kernel's peer is not there.
    """
    if engine in ("c", "c-strict"):
        if kernel.c is None:
            raise Unavailable(f"{kernel.name} has no C peer")
        library = compile_c(kernel, C_FLAGS if engine == "c" else STRICT_FLAGS)
        bind = kernel.c.bind

        def bound(case: Case) -> Callable[[], Any]:
            run = bind(library, case.args)
            # The default argument keeps the arrays alive that `run` has addresses of.
            return lambda _alive=case: run()

        return bound
    function = jit(engine)(kernel.function)
    return lambda case: lambda: function(*case.args)


def tolerance(engine: str, kernel: Kernel) -> dict[str, float]:
    """Return how far `engine`'s outputs may be from plain Python's; empty means exact."""
    if engine == "c" and kernel.c is not None:
        return kernel.c.tolerance
    return {}


def version(package: str) -> str | None:
    """Return an installed package's version, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None

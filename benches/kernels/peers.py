"""The engines of the kernels benchmark: cumbia, Numba, gcc and clang, each strict and relaxed.

``cumbia-unchecked`` is cumbia with ``boundscheck=False``, to see what the checks cost.

A strict engine rounds every operation as Python does, in Python's order. A relaxed one
(``-ffast-math``, ``fastmath=True``) may reorder, contract and use vector mathematics of a
few units in the last place. An engine that isn't there says why. C is built in two
steps, because linking with ``-ffast-math`` would have the library change how the whole
process treats denormal numbers when it is loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.engines import C_SOURCES, ROOT, Unavailable
from benches.kernels.program import Program

STRICT = ("cumbia", "cumbia-unchecked", "numba", "gcc", "clang")
RELAXED = ("cumbia-fast", "numba-fast", "gcc-fast", "clang-fast")
ENGINES = (*STRICT, *RELAXED)

FLAGS = ("-O3", "-march=native", "-std=gnu11", "-Wall", "-fPIC")
RELAXED_FLAGS = {
    "gcc": ("-ffast-math",),
    "clang": ("-ffast-math", "-fveclib=libmvec"),
}

Runner = Callable[[tuple[Any, ...]], Callable[[], Any]]
"""From the arguments to a closure that runs the program on them."""


def prepare(engine: str, program: Program) -> Runner:
    """Wrap or build `program` for `engine`; a decorator's compiling is left to the first run.

    Raises
    ------
    Unavailable
        When the engine isn't there, or doesn't have the option.
    """
    family, _, kind = engine.partition("-")
    if family in ("gcc", "clang"):
        library = build(family, program, kind == "fast")
        return lambda args: program.call(library, args)
    function = wrap(program.function, decorator(family, kind))
    return lambda args: lambda: function(*args)


def missing(engine: str) -> str | None:
    """Why `engine` isn't there, or None where it is."""
    family, _, kind = engine.partition("-")
    try:
        if family in ("gcc", "clang"):
            command(family)
        else:
            decorator(family, kind)
    except Unavailable as reason:
        return str(reason)
    return None


def decorator(family: str, kind: str) -> Callable[[Any], Any]:
    """The decorator of cumbia (its second tier, waited for) or of Numba.

    `kind` is nothing, ``fast`` or ``unchecked``.
    """
    try:
        if family == "cumbia":
            import cumbia

            options: dict[str, Any] = {
                "fast": {"fastmath": True},
                "unchecked": {"boundscheck": False},
                "": {},
            }[kind]
            try:
                return cumbia.jit(tier="best", **options)
            except ValueError as error:
                raise Unavailable(f"cumbia: {error}") from error
        import numba

        return numba.njit(fastmath=kind == "fast")
    except ImportError as error:
        raise Unavailable(f"{family} is not installed ({error})") from error


def wrap(function: Callable[..., Any], decorate: Callable[[Any], Any]) -> Callable[..., Any]:
    """Decorate a copy of `function` whose calls of itself find the decorated one."""
    namespace = dict(function.__globals__)
    copy = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__
    )
    copy.__qualname__ = function.__qualname__
    copy.__module__ = function.__module__
    namespace[function.__name__] = decorate(copy)
    return namespace[function.__name__]


def command(family: str) -> str:
    """The compiler to call.

    Raises
    ------
    Unavailable
        When there is none.
    """
    found = shutil.which(family)
    if found is None and family == "clang":
        for folder in sorted(Path("/usr/lib").glob("llvm-*/bin/clang"), reverse=True):
            return str(folder)
    if found is None:
        raise Unavailable(f"no {family} was found")
    return found


def build(family: str, program: Program, relaxed: bool) -> ctypes.CDLL:
    """Build a program's C as a shared library, once per source, compiler and flags."""
    compiler = command(family)
    source = C_SOURCES / f"{program.name}.c"
    flags = [*FLAGS, *(RELAXED_FLAGS[family] if relaxed else ("-ffp-contract=off",))]
    key = hashlib.sha256(source.read_bytes() + repr((compiler, flags)).encode()).hexdigest()[:16]
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "bench-c"
    library = target / f"{source.stem}-{key}.so"
    if not library.exists():
        target.mkdir(parents=True, exist_ok=True)
        object_file = library.with_suffix(f".{os.getpid()}.o")
        unfinished = library.with_suffix(f".{os.getpid()}")
        subprocess.run([compiler, *flags, "-c", "-o", object_file, source], check=True)
        subprocess.run(
            [compiler, "-shared", "-o", unfinished, object_file, "-lmvec", "-lm"], check=True
        )
        object_file.unlink()
        unfinished.replace(library)
    return ctypes.CDLL(str(library))

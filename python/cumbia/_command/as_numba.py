"""`import numba` gives cumbia: for scripts that were written for Numba.

What both have under one name is cumbia's. What Numba has and cumbia hasn't is an ImportError or
AttributeError that names what to write instead, where there is something. Only the process that
asks for it is changed, and only if `numba` wasn't imported before.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["install", "stands_for"]

# Which of cumbia's modules stands for which of Numba's.
MODULES = {
    "numba.core": "cumbia.core",
    "numba.core.errors": "cumbia.core.errors",
    "numba.core.types": "cumbia.types",
    "numba.cuda": "cumbia.cuda",
    "numba.cuda.random": "cumbia.cuda.random",
    "numba.errors": "cumbia.errors",
    "numba.extending": "cumbia.extending",
    "numba.types": "cumbia.types",
}

INSTEAD = {
    "numba.typed": "cumbia compiles lists and dicts themselves: write [] and {}",
    "numba.experimental": "cumbia compiles classes as they are: leave @jitclass away",
    "numba.pycc": "compiled code is kept on disk by itself: leave it away",
    "objmode": "there is no object mode: call Python outside of the function",
    "jitclass": "cumbia compiles classes as they are: leave @jitclass away",
    "typed": "cumbia compiles lists and dicts themselves: write [] and {}",
    "literal_unroll": "loops over tuples of several types compile as they are: leave it away",
    "generated_jit": "functions are compiled for the types they get: write one with isinstance()",
}

# Of the Numba whose names these are.
VERSION = "0.61.0"


class _Config:
    """`numba.config`: what is set is kept, and has no effect."""

    def __init__(self) -> None:
        from cumbia import _cumbia

        self.NUMBA_NUM_THREADS = _cumbia._most_threads()
        self.NUMBA_DEFAULT_NUM_THREADS = self.NUMBA_NUM_THREADS
        self.THREADING_LAYER = "default"
        self.DISABLE_JIT = 0
        self.ENABLE_CUDASIM = int(os.environ.get("CUMBIA_CUDA") == "emulate")


class _Finder(MetaPathFinder, Loader):
    """Finds `numba` and what is below it, and nothing else."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "numba" and not name.startswith("numba."):
            return None
        if name != "numba" and name not in MODULES:
            below = name.split(".")[1]
            instead = INSTEAD.get(f"numba.{below}") or INSTEAD.get(below)
            if instead:
                # `from numba import cuda` asks for it, and would keep a ModuleNotFoundError to itself.
                raise ImportError(f"cumbia has no {name} in Numba's place: {instead}", name=name)
            raise ModuleNotFoundError(f"no module {name!r} with cumbia in Numba's place", name=name)
        return ModuleSpec(name, self, is_package=name in ("numba", "numba.core", "numba.cuda"))

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return _numba() if spec.name == "numba" else import_module(MODULES[spec.name])

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: it is there already."""


def install() -> None:
    """Have `import numba` give cumbia from here on.

    Raises
    ------
    RuntimeError
        If Numba itself was imported before.
    """
    there = sys.modules.get("numba")
    if there is not None:
        if getattr(there, "__cumbia__", False):
            return
        raise RuntimeError("numba is imported already: ask for cumbia in its place before that")
    sys.meta_path.insert(0, _Finder())


def stands_for(name: str, otherwise: Any) -> Any:
    """Give what `import` of one of Numba's modules would give, installing nothing.

    Parameters
    ----------
    name : str
        ``numba`` or one below it.
    otherwise : object
        The result for what isn't there.

    Returns
    -------
    object
    """
    if name == "numba":
        return _numba()
    return import_module(MODULES[name]) if name in MODULES else otherwise


def _numba() -> ModuleType:
    import cumbia

    made = ModuleType("numba", "cumbia, by Numba's names.")
    made.__cumbia__ = True  # type: ignore[attr-defined]
    made.__path__ = []
    made.__version__ = f"{VERSION}+cumbia.{cumbia.__version__}"  # type: ignore[attr-defined]
    made.version_info = tuple(int(part) for part in VERSION.split("."))  # type: ignore[attr-defined]
    for name in cumbia.__all__:
        if not name.startswith("_"):
            setattr(made, name, getattr(cumbia, name))
    config = _Config()

    def get(name: str) -> Any:
        if name == "config":
            return config
        if f"numba.{name}" in MODULES:
            return import_module(MODULES[f"numba.{name}"])
        instead = f": {INSTEAD[name]}" if name in INSTEAD else ""
        raise AttributeError(f"cumbia has no {name!r} in Numba's place{instead}", name=name, obj=made)

    made.__getattr__ = get  # type: ignore[method-assign]
    return made

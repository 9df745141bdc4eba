"""cumbia: Python loops at native speed, from the first call.

What users import: ``jit``, ``njit`` and ``vectorize``, the types that signatures are written with, and
the exception classes. Importing the package loads neither the compiler nor NumPy.
"""

from typing import TYPE_CHECKING

from cumbia._decorator import jit, njit
from cumbia._errors import (
    CompileError,
    CumbiaError,
    SourceError,
    TypingError,
    UnsupportedError,
)
from cumbia._events import Event, events
from cumbia._parallel import get_num_threads, get_thread_id, prange, set_num_threads
from cumbia._threadpoolctl import await_threadpoolctl
from cumbia._types_of import reveal_type, typeof
from cumbia.types import *  # noqa: F403
from cumbia.types import __all__ as _type_names

if TYPE_CHECKING:
    from cumbia._cfunc import cfunc
    from cumbia._guvectorize import guvectorize
    from cumbia._pointers import carray, farray
    from cumbia._stencil import stencil
    from cumbia._unrolling import literal_unroll
    from cumbia._vectorize import vectorize

__version__ = "0.1.0"

_LATER = {
    "carray": "_pointers",
    "cfunc": "_cfunc",
    "farray": "_pointers",
    "guvectorize": "_guvectorize",
    "literal_unroll": "_unrolling",
    "stencil": "_stencil",
    "vectorize": "_vectorize",
}


def __getattr__(name: str) -> object:
    """What few programs need is imported when it is asked for."""
    if name in ("Check", "Explanation", "Loop", "SpecializationReport"):
        from cumbia import _explain

        return getattr(_explain, name)
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"cumbia.{_LATER[name]}"), name)
    if name in ("load_ipython_extension", "unload_ipython_extension"):
        from cumbia import _notebook

        return _notebook.load if name.startswith("load") else _notebook.unload
    if name in ("atomic", "bench", "cuda", "errors", "typed"):
        from importlib import import_module

        return import_module(f"cumbia.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


await_threadpoolctl()

__all__ = [
    "CompileError",
    "CumbiaError",
    "Event",
    "SourceError",
    "TypingError",
    "UnsupportedError",
    "__version__",
    "carray",
    "cfunc",
    "events",
    "farray",
    "get_num_threads",
    "get_thread_id",
    "guvectorize",
    "jit",
    "literal_unroll",
    "njit",
    "prange",
    "reveal_type",
    "set_num_threads",
    "stencil",
    "typeof",
    "vectorize",
    *_type_names,
]

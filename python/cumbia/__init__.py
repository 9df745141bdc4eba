"""cumbia: Python loops at native speed, from the first call.

What users import: ``jit`` and ``njit``, the types that signatures are written with, and
the exception classes. Importing the package loads neither the compiler nor NumPy.
"""

from cumbia._decorator import jit, njit
from cumbia._errors import (
    CompileError,
    CumbiaError,
    SourceError,
    TypingError,
    UnsupportedError,
)
from cumbia._types_of import reveal_type, typeof
from cumbia.types import *  # noqa: F403
from cumbia.types import __all__ as _type_names

__version__ = "0.1.0"

__all__ = [
    "CompileError",
    "CumbiaError",
    "SourceError",
    "TypingError",
    "UnsupportedError",
    "__version__",
    "jit",
    "njit",
    "reveal_type",
    "typeof",
    *_type_names,
]

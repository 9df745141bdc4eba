"""All exception and warning classes, by kind; also by the names that Numba has for them.

The classes under Numba's names are cumbia's own, so that handlers and filters of code that
was written for Numba keep working: each stands for what would raise or warn in its place.
"""

from __future__ import annotations

from cumbia._errors import (
    CompileError,
    CumbiaError,
    RaceError,
    SourceError,
    TypingError,
    UndefinedNameError,
    UnsupportedError,
)

__all__ = [
    "CompileError",
    "CompilerError",
    "CumbiaError",
    "CumbiaParallelSafetyWarning",
    "CumbiaPerformanceWarning",
    "CumbiaWarning",
    "InternalError",
    "LoweringError",
    "NumbaDebugInfoWarning",
    "NumbaDeprecationWarning",
    "NumbaError",
    "NumbaExperimentalFeatureWarning",
    "NumbaNotImplementedError",
    "NumbaParallelSafetyWarning",
    "NumbaPedanticWarning",
    "NumbaPendingDeprecationWarning",
    "NumbaPerformanceWarning",
    "NumbaTypeError",
    "NumbaTypeSafetyWarning",
    "NumbaValueError",
    "NumbaWarning",
    "RaceError",
    "RedefinedError",
    "RequireLiteralValue",
    "SourceError",
    "TypingError",
    "UndefinedNameError",
    "UnsupportedBytecodeError",
    "UnsupportedError",
    "UntypedAttributeError",
    "VerificationError",
]


class CumbiaWarning(Warning):
    """Base of every warning class that cumbia defines.

    Warnings *in* compiled code are NumPy's own (``RuntimeWarning``).

    Examples
    --------
    >>> from cumbia.errors import CumbiaPerformanceWarning, CumbiaWarning
    >>> issubclass(CumbiaPerformanceWarning, CumbiaWarning)
    True
    """


class CumbiaPerformanceWarning(CumbiaWarning):
    """Something works, but slower than it could."""


class CumbiaParallelSafetyWarning(CumbiaWarning):
    """Turns of a loop over ``prange`` may touch the same element, of which one writes."""


class NumbaDeprecationWarning(CumbiaWarning, DeprecationWarning):
    """For filters of code written for Numba; nothing here warns so."""


class NumbaPendingDeprecationWarning(CumbiaWarning, PendingDeprecationWarning):
    """For filters of code written for Numba; nothing here warns so."""


# Numba's name for it, and what takes its place.
NumbaError = CumbiaError
NumbaWarning = CumbiaWarning
NumbaPerformanceWarning = CumbiaPerformanceWarning
CompilerError = LoweringError = RedefinedError = VerificationError = CompileError
NumbaTypeError = RequireLiteralValue = UntypedAttributeError = TypingError
NumbaValueError = CompileError
NumbaNotImplementedError = UnsupportedBytecodeError = UnsupportedError
# Bugs of the compiler are RuntimeErrors that name the pass.
InternalError = RuntimeError
NumbaExperimentalFeatureWarning = NumbaPedanticWarning = CumbiaWarning
NumbaParallelSafetyWarning = CumbiaParallelSafetyWarning
NumbaTypeSafetyWarning = NumbaDebugInfoWarning = CumbiaWarning

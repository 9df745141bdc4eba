"""Warnings of NumPy's functions on behalf of compiled code.

Compiled code notes an expression that makes NumPy warn as it would have warned; it is
evaluated here in a frame that is at the user's line. Not here: when that happens
(``python/src/warnings.rs``).
"""

import contextlib
import functools

import numpy as np

_MODES = {1: "ignore", 2: "warn", 3: "raise", 4: "print", 5: "log", 6: "call"}
_KINDS = ("divide", "over", "under", "invalid")


@functools.lru_cache(maxsize=256)
def line_of_code(expression, filename, line):
    """The expression as code of one line of a file."""
    return compile(expression, filename, "eval").replace(co_firstlineno=line)


def issue(expression, filename, line, globals_, modes):
    """Evaluate an expression that warns, as a line of the function with these globals.

    Parameters
    ----------
    expression : str
        One of the library's; it sees NumPy as ``np``.
    filename : str
        The file of the function.
    line : int
        The line that calls NumPy.
    globals_ : dict
        The globals of the function, which have the registry of its warnings.
    modes : int
        What ``np.errstate`` says in the function: three bits for each kind of error.
    """
    code = line_of_code(expression, filename, line)
    names = {"np": np}
    with said(modes):
        eval(code, globals_, names)


def said(modes):
    """A context manager that says what ``np.errstate`` says in a function."""
    kinds = {
        kind: _MODES[modes >> 3 * at & 7] for at, kind in enumerate(_KINDS) if modes >> 3 * at & 7
    }
    return np.errstate(**kinds) if kinds else contextlib.nullcontext()

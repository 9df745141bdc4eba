"""Warnings of NumPy's functions on behalf of compiled code.

Compiled code notes an expression that makes NumPy warn as it would have warned; it is
evaluated here in a frame that is at the user's line. Not here: when that happens
(``python/src/warnings.rs``).
"""

import functools

import numpy as np

_MODES = {1: "ignore", 2: "warn"}
_KINDS = ("divide", "over", "under", "invalid")


@functools.lru_cache(maxsize=256)
def _code(expression, filename, line):
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
        What ``np.errstate`` says in the function: two bits for each kind of error.
    """
    code = _code(expression, filename, line)
    names = {"np": np}
    said = {
        kind: _MODES[modes >> 2 * at & 3] for at, kind in enumerate(_KINDS) if modes >> 2 * at & 3
    }
    if not said:
        eval(code, globals_, names)
        return
    with np.errstate(**said):
        eval(code, globals_, names)

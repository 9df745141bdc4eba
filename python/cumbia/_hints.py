"""Signatures from annotations: ``jit(hints=True)``.

Python's own number types stand for Python numbers, NumPy's scalar classes and cumbia's
types for themselves. The annotation of the result isn't looked at: Python doesn't hold a
function to it.
"""

from __future__ import annotations

import inspect
import sys
from types import FunctionType
from typing import Any, get_args, get_origin

from cumbia import types

__all__ = ["signature"]

_PYTHON = {int: "pyint", float: "pyfloat", bool: "pybool", complex: "pycomplex"}


def signature(func: FunctionType) -> str:
    """The compiler's text of the signature that a function's annotations make.

    Parameters
    ----------
    func : function
        A function all of whose parameters are annotated.

    Returns
    -------
    str
        Argument types in parentheses.

    Raises
    ------
    TypeError
        For a parameter without annotation, or one that names no type of compiled code.

    Examples
    --------
    >>> from cumbia._hints import signature
    >>> def f(n: int, x: float): ...
    >>> signature(f)
    '(pyint, pyfloat)'
    """
    hints = inspect.get_annotations(func, eval_str=True)
    names = inspect.signature(func).parameters
    parts = []
    for name in names:
        if name not in hints:
            raise TypeError(
                f"hints=True: the parameter '{name}' of {func.__qualname__}() has no "
                "annotation; annotate it, or leave hints=True out"
            )
        text = _text(hints[name])
        if text is None:
            raise TypeError(
                f"hints=True: the annotation {hints[name]!r} of the parameter '{name}' of "
                f"{func.__qualname__}() names no type of compiled code; write int, float, "
                "a NumPy scalar class, or a type such as cumbia.float64[:]"
            )
        parts.append(text)
    return f"({', '.join(parts)})"


def _text(hint: Any) -> str | None:
    if hint is None or hint is type(None):
        return "None"
    if isinstance(hint, type) and hint in _PYTHON:
        return _PYTHON[hint]
    if isinstance(hint, types.Type):
        return hint.canonical()
    if get_origin(hint) is tuple:
        items = [_text(item) for item in get_args(hint)]
        return None if None in items else f"tuple({', '.join(items)})"
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(hint, type) and issubclass(hint, numpy.generic):
        try:
            name = numpy.dtype(hint).name
        except TypeError:
            return None
        return name if hasattr(types, name if name != "bool" else "boolean") else None
    return None

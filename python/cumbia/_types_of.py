"""``typeof`` and ``reveal_type``: what types compiled code has."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

__all__ = ["reveal_type", "typeof"]

T = TypeVar("T")


def typeof(value: Any) -> str:
    """The type that compiled code has for a value.

    Parameters
    ----------
    value : object
        Anything that can be an argument of a compiled function.

    Returns
    -------
    str
        The type as messages and signatures spell it.

    Raises
    ------
    TypeError
        For what can't be an argument.

    Examples
    --------
    >>> import cumbia
    >>> cumbia.typeof((1, 2.5))
    'tuple(pyint, pyfloat)'
    """
    from cumbia._cumbia import typeof_

    try:
        return typeof_(value)
    except TypeError:
        from cumbia._exporters import converted

        lent = converted(value)
        if lent is None or isinstance(lent, str):
            raise
    return typeof_(lent)


def reveal_type(value: T) -> T:
    """Tell the type of a value, and give the value back.

    In a compiled function the type is written to ``sys.stderr`` when it is compiled, with
    file and line; in Python when it is called.

    Parameters
    ----------
    value : object
        Any expression.

    Returns
    -------
    object
        The value itself.
    """
    print(f"reveal_type: {typeof(value)}", file=sys.stderr)
    return value


reveal_type.__module__ = "cumbia"
typeof.__module__ = "cumbia"

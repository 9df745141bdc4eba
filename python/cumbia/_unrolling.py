"""`literal_unroll`: what Numba's programs write around tuples of items of several types.

Compiled code goes over such tuples anyway.
"""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")

__all__ = ["literal_unroll"]


def literal_unroll(container: T, /) -> T:
    """Give a tuple that a loop goes over, whose items may be of several types.

    Parameters
    ----------
    container : tuple
        The tuple.

    Returns
    -------
    tuple
        The very tuple: loops over tuples of several types are compiled as they are.

    Examples
    --------
    >>> from cumbia import literal_unroll
    >>> [item for item in literal_unroll((1, 2.5))]
    [1, 2.5]
    """
    return container

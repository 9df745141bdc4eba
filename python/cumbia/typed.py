"""Lists and dicts by the names that Numba's programs make them by: ``typed.List``, ``typed.Dict``.

What these names make are Python's own lists and dicts, in compiled code and outside of it: cumbia
takes those as they are and finds the types of the elements by what is put in. The types that
``empty_list`` and ``empty`` are given are taken and looked at no further, so an element keeps the
type that it has: ``List.empty_list(float32)`` with a Python float in it has a Python float.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Dict", "List"]


class _Instead(type):
    """The class of a name for another class."""

    _of: type = object

    def __instancecheck__(cls, value: Any) -> bool:
        return type(value) is cls._of

    def __subclasscheck__(cls, other: Any) -> bool:
        return other is cls or other is cls._of


class List(metaclass=_Instead):
    """A list.

    Parameters
    ----------
    iterable : iterable, optional
        What is in it.

    Examples
    --------
    >>> from cumbia import float64
    >>> from cumbia.typed import List
    >>> List((1, 2)), List.empty_list(float64)
    ([1, 2], [])
    """

    _of = list

    def __class_getitem__(cls, item: Any) -> Any:
        """``list[item]``, for annotations."""
        return list.__class_getitem__(item)

    def __new__(cls, iterable: Any = (), /, **options: Any) -> list[Any]:  # type: ignore[misc]
        """Make a list; Numba's ``lsttype`` is looked at no further."""
        _known(options, "List", ("lsttype", "meminfo", "allocated"))
        return list(iterable)

    @staticmethod
    def empty_list(item_type: Any, allocated: int = 0) -> list[Any]:
        """Make an empty list.

        Parameters
        ----------
        item_type : Type
            What Numba has in it.
        allocated : int, optional
            No effect.

        Returns
        -------
        list
        """
        return []


class Dict(metaclass=_Instead):
    """A dict.

    Parameters
    ----------
    items : mapping or iterable of pairs, optional
        What is in it.

    Examples
    --------
    >>> from cumbia import types
    >>> from cumbia.typed import Dict
    >>> Dict({1: 2}), Dict.empty(types.int64, types.float64)
    ({1: 2}, {})
    """

    _of = dict

    def __class_getitem__(cls, item: Any) -> Any:
        """``dict[key, value]``, for annotations."""
        return dict.__class_getitem__(item)

    def __new__(cls, items: Any = (), /, **options: Any) -> dict[Any, Any]:  # type: ignore[misc]
        """Make a dict; Numba's ``dcttype`` is looked at no further."""
        _known(options, "Dict", ("dcttype", "meminfo", "n_keys"))
        return dict(items)

    @staticmethod
    def empty(key_type: Any, value_type: Any, n_keys: int = 0) -> dict[Any, Any]:
        """Make an empty dict.

        Parameters
        ----------
        key_type, value_type : Type
            What Numba has in it.
        n_keys : int, optional
            No effect.

        Returns
        -------
        dict
        """
        return {}


def _known(options: dict[str, Any], name: str, known: tuple[str, ...]) -> None:
    for one in options:
        if one not in known:
            raise TypeError(f"{name}() has no parameter {one!r}")

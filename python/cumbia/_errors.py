"""The exceptions that cumbia raises before compiled code runs.

Errors *in* compiled code are Python's own (``IndexError``, ``ZeroDivisionError``, ...)
and have no class here. These classes carry what the compiler found as plain data;
they don't render it: the text they show was rendered by whoever raised them.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "CompileError",
    "CumbiaError",
    "RaceError",
    "SourceError",
    "TypingError",
    "UndefinedNameError",
    "UnsupportedError",
]


class CumbiaError(Exception):
    """Base of every exception class that cumbia defines.

    Examples
    --------
    >>> from cumbia import CumbiaError, SourceError
    >>> issubclass(SourceError, CumbiaError)
    True
    """

    __module__ = "cumbia"


class CompileError(CumbiaError):
    """A function can't be compiled for the arguments at hand.

    Parameters
    ----------
    message : str
        One sentence that says what is wrong.
    diagnostics : list of dict, optional
        What the compiler found, most important first. Each has the keys ``code``
        (such as ``"CB0301"``), ``severity``, ``message``, ``spans``, ``notes`` and ``help``.
        A span has ``filename``, ``line``, ``column``, ``end_line``, ``end_column`` and
        ``label``; lines count from 1, columns are bytes of UTF-8 and count from 0, as in
        `ast`. The first span is the place itself.
    rendered : str, optional
        The diagnostics as text with the source and a caret; shown instead of
        `message` when given.

    Examples
    --------
    >>> from cumbia import CompileError
    >>> error = CompileError("no", [{"code": "CB0301", "message": "no"}], "x = 1\\n^ no")
    >>> error.code
    'CB0301'
    >>> print(error)
    x = 1
    ^ no
    """

    __module__ = "cumbia"

    def __init__(
        self,
        message: str,
        diagnostics: list[dict[str, Any]] | None = None,
        rendered: str | None = None,
    ) -> None:
        super().__init__(message, diagnostics, rendered)
        self.message = message
        self.diagnostics: list[dict[str, Any]] = list(diagnostics or ())
        self.rendered = rendered

    @property
    def code(self) -> str | None:
        """The code of the first diagnostic, or None."""
        return self.diagnostics[0].get("code") if self.diagnostics else None

    def json(self, indent: int | None = None) -> str:
        """All diagnostics as JSON: what is shown is an excerpt of it.

        Parameters
        ----------
        indent : int, optional
            As `json.dumps` takes it.

        Returns
        -------
        str
            A list of objects with the keys that `diagnostics` has.
        """
        import json

        return json.dumps(self.diagnostics, indent=indent)

    def __str__(self) -> str:
        return self.rendered or self.message


class TypingError(CompileError, TypeError):
    """The types in a function don't fit together.

    It is a `TypeError` too, as running the function in Python would mostly give.

    Examples
    --------
    >>> from cumbia import TypingError
    >>> issubclass(TypingError, TypeError)
    True
    """

    __module__ = "cumbia"


class UnsupportedError(CompileError, NotImplementedError):
    """A function uses Python or NumPy that cumbia doesn't compile.

    Examples
    --------
    >>> from cumbia import UnsupportedError
    >>> issubclass(UnsupportedError, NotImplementedError)
    True
    """

    __module__ = "cumbia"


class UndefinedNameError(CompileError, NameError):
    """A function uses a name that is defined nowhere.

    It is a `NameError` too, as running the function in Python would give.

    Examples
    --------
    >>> from cumbia._errors import UndefinedNameError
    >>> issubclass(UndefinedNameError, NameError)
    True
    """

    __module__ = "cumbia"


class SourceError(CumbiaError, OSError):
    """The source of a function can't be had, or isn't what Python runs.

    It is an `OSError` too, as `inspect.getsource` raises one in this place.

    Parameters
    ----------
    message : str
        Why the source isn't there, and what to do about it.
    code : str
        ``CB0101`` no text, ``CB0102`` the text has changed, ``CB0103`` the text
        given is that of another function, ``CB0104`` class-private names,
        ``CB0105`` the code was altered when it was imported, ``CB0106`` too deep for
        Python's parser.

    Examples
    --------
    >>> import cumbia
    >>> scope = {}
    >>> exec(compile("def f(x): return x", "<generated>", "exec"), scope)
    >>> try:
    ...     cumbia.jit(scope["f"])
    ... except cumbia.SourceError as error:
    ...     print(error.code)
    CB0101
    """

    __module__ = "cumbia"

    def __init__(self, message: str, code: str = "CB0101") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.code)

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"


class RaceError(CumbiaError, RuntimeError):
    """Two turns of a loop over ``prange`` access the same element, and one of them writes.

    Raised by functions compiled with ``parallel=True, race="detect"``, at the access of the
    later turn.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    array, index : str, optional
        The element; `index` as it is written in a subscript. Empty where the loop has no name
        for the array.
    first, second : str or int, optional
        The values of the loop's variable in the two turns.
    first_place, second_place : str, optional
        Where each accesses the element: the line, or ``"line 3 of file.py"`` in another file.

    Examples
    --------
    >>> from cumbia.errors import RaceError
    >>> error = RaceError("a race", "a", "1", 1, 2, "3", "3")
    >>> error.array, error.index, error.turns, error.places
    ('a', '1', (1, 2), (3, 3))
    """

    def __init__(
        self,
        message: str,
        array: str = "",
        index: str = "",
        first: str | int | None = None,
        second: str | int | None = None,
        first_place: str = "",
        second_place: str = "",
    ) -> None:
        super().__init__(message)
        self.array = array
        self.index = index
        known = first is not None and second is not None
        self.turns: tuple[int, int] | None = (int(first), int(second)) if known else None
        self.places: tuple[int | str, ...] = tuple(
            int(place) if place.isdecimal() else place for place in (first_place, second_place)
        )

"""What `%cumbia` sets and `%%cumbia` takes: options of `jit`, and those of the notebook.

Words are `name=value`, with a value as Python writes it; a word that is no Python value is a
text. Options of `jit` are checked by its own table.
"""

from __future__ import annotations

import ast
import shlex
from typing import Any

from cumbia import _options

__all__ = ["Settings", "parse"]

# The notebook's own: default, values, what it means.
OWN: dict[str, tuple[Any, tuple, str]] = {
    "errors": ("html", ("html", "text"), "how errors of the compiler are shown"),
    "progress": (True, (True, False), "a line while a report or f.wait() takes more than half a second"),
}

# What has no meaning for all functions of a cell.
NOT_FOR_CELLS = ("source", "hints", "locals")


class Settings:
    """The settings of a session.

    Attributes
    ----------
    options : dict
        Options of `jit` for the functions of `%%cumbia` cells.
    own : dict
        The notebook's own settings.
    """

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.own = {name: row[0] for name, row in OWN.items()}

    def reset(self) -> None:
        """Forget what was set."""
        self.__init__()  # type: ignore[misc]

    def set(self, given: dict[str, Any]) -> None:
        """Set some, all or none of them.

        Parameters
        ----------
        given : dict
            Names and values, checked.
        """
        for name, value in given.items():
            (self.own if name in OWN else self.options)[name] = value


def parse(words: str) -> tuple[set[str], dict[str, Any]]:
    """Read the words behind a magic.

    Parameters
    ----------
    words : str
        The rest of its line.

    Returns
    -------
    flags : set of str
        Words without a value.
    given : dict
        Options and their values, checked by `jit`'s table.

    Raises
    ------
    ValueError, TypeError
        For an option that isn't there, or a value that it doesn't take.

    Examples
    --------
    >>> from cumbia._notebook.settings import parse
    >>> parse("-a tier=best fastmath={'reassoc'}")
    ({'-a'}, {'tier': 'best', 'fastmath': {'reassoc'}})
    """
    flags, given = set(), {}
    for word in _split(words):
        name, equals, value = word.partition("=")
        if not equals:
            flags.add(word)
            continue
        if name in NOT_FOR_CELLS:
            raise ValueError(f"option {name!r} is of one function: write it into its own @jit(...)")
        given[name] = _value(value)
        if name in OWN and given[name] not in OWN[name][1]:
            raise ValueError(f"{name} is one of {', '.join(map(str, OWN[name][1]))}, not {value}")
    checked = {name: value for name, value in given.items() if name not in OWN}
    try:
        _options.resolve(checked)
    except TypeError as error:
        raise TypeError(f"{error}; of the notebook: {', '.join(OWN)}") from None
    return flags, given


def _split(words: str) -> list[str]:
    # `shlex` takes quotes away that a value needs, so only its division is used.
    lexer = shlex.shlex(words, posix=False, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        parts = list(lexer)
    except ValueError as error:
        raise ValueError(f"{words!r}: {error}") from None
    joined: list[str] = []
    for part in parts:
        # A set or dict may have spaces.
        if joined and any(joined[-1].count(a) > joined[-1].count(b) for a, b in ("{}", "[]", "()")):
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text

"""What `cumbia explain` tells of a diagnostic's code.

The texts are those of the compiler's table, which `docs/diagnostics.md` is made from too.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

__all__ = ["Code", "codes", "report", "run"]


class Code(NamedTuple):
    """A kind of mistake.

    Attributes
    ----------
    code : str
        Such as ``"CB0301"``.
    title : str
        What is wrong, in a few words.
    explanation : str
        Why it is refused, and what to do.
    example : str or None
        A program that is refused with it.
    instead : str or None
        What to write in its place.
    """

    code: str
    title: str
    explanation: str
    example: str | None
    instead: str | None


def codes() -> dict[str, Code]:
    """Give all codes, in order.

    Returns
    -------
    dict of str to Code
        By their names.
    """
    from cumbia import _cumbia

    return {row[0]: Code(*row) for row in _cumbia._codes()}


def report(code: Code) -> str:
    """Write all that there is to know of a code as text.

    Parameters
    ----------
    code : Code
        One of `codes`.

    Returns
    -------
    str
        A paragraph, and programs.
    """
    import textwrap

    parts = [f"{code.code}: {code.title}", textwrap.fill(code.explanation, 88)]
    if code.example:
        parts += ["Refused:", textwrap.indent(code.example.rstrip(), "    ")]
    if code.instead:
        parts += ["Instead:", textwrap.indent(code.instead.rstrip(), "    ")]
    return "\n\n".join(parts)


def run(name: str | None) -> int:
    """Print what a code means, or a line for each code.

    Parameters
    ----------
    name : str or None
        The code, in letters of either case.

    Returns
    -------
    int
        The exit status: 0, or 2 where there is no such code.
    """
    every = codes()
    if name is None:
        print("\n".join(f"{one.code}  {one.title}" for one in every.values()))
        return 0
    found = every.get(name.upper())
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name.upper(), every, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        print(f"cumbia: there is no code {name}{hint} (`cumbia explain` lists all)", file=sys.stderr)
        return 2
    print(report(found))
    return 0

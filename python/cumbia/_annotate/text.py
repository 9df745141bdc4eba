"""Annotated lines as plain text: what is told of a line stands below it.

Assumes nothing of the terminal but its width; colours are used where they are asked for.
"""

from __future__ import annotations

import textwrap

from cumbia._annotate.lines import Annotated, Line

__all__ = ["remarks", "text"]

_RESET, _DIM, _HOT, _WARM = "\x1b[0m", "\x1b[2m", "\x1b[31m", "\x1b[33m"


def remarks(line: Line) -> list[str]:
    """Say what became of a line, types left out.

    Parameters
    ----------
    line : Line
        The line.

    Returns
    -------
    list of str
        Phrases, most important first.
    """
    said = []
    if line.loop:
        said.append(line.loop)
        if line.proven:
            said.append(f"checks proven away: {line.proven}")
        if line.hoisted:
            said.append(f"checks made before the loop: {line.hoisted}")
    if line.checks:
        said.append("checks left: " + ", ".join(line.checks))
    if line.allocations:
        said.append("makes objects: " + ", ".join(line.allocations))
    if line.python:
        said.append("calls back to Python: " + ", ".join(line.python))
    others = [name for name in line.calls if name not in (*line.allocations, *line.python)]
    if others:
        said.append("calls: " + ", ".join(others))
    if line.instructions:
        packed = f", {line.packed} of them on vectors" if line.packed else ""
        said.append(f"{line.instructions} instruction{'s' if line.instructions > 1 else ''}{packed}")
    return said


def text(annotated: list[Annotated], width: int = 88, colour: bool = False) -> str:
    """Write annotated functions down.

    Parameters
    ----------
    annotated : list of Annotated
        What `annotate` gave.
    width : int, optional
        Columns; lines of source are never cut.
    colour : bool, optional
        Whether to use escape sequences of terminals.

    Returns
    -------
    str
        The text.
    """
    width = max(30, width)
    parts = []
    for one in annotated:
        head = f"{one.function}: {one.signature}"
        tier = f"tier {one.tier}" + (f", and stays there: {one.why_fast}" if one.why_fast else "")
        parts.append("\n".join([*textwrap.wrap(head, width, subsequent_indent="    "), *textwrap.wrap(tier, width, initial_indent="  ", subsequent_indent="    ")]))
        most = max((line.cost for block in one.blocks for line in block.lines), default=0)
        for at, block in enumerate(one.blocks):
            rows = [f"  {block.function}, called by it:"] if at else []
            for line in block.lines:
                rows += _line(line, most, width, colour)
            parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _line(line: Line, most: float, width: int, colour: bool) -> list[str]:
    heat = ""
    if colour and most and line.cost >= most / 3:
        heat = _HOT
    elif colour and most and line.cost >= most / 30:
        heat = _WARM
    number = f"{line.number:5} "
    rows = [f"{heat}{number}{_RESET if heat else ''}{line.source}"]
    indent = " " * (6 + len(line.source) - len(line.source.lstrip()))
    told = [", ".join(f"{written}: {type_}" for written, type_ in line.types)] if line.types else []
    for phrase in told + remarks(line):
        first, later = f"{indent}# ", f"{indent}#   "
        for row in textwrap.wrap(phrase, max(width, len(indent) + 24), initial_indent=first, subsequent_indent=later, break_long_words=False):
            rows.append(f"{_DIM}{row}{_RESET}" if colour else row)
    return rows

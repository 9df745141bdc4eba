"""What commands write: lines, colours where they are wanted, JSON, files.

Colours are used on a terminal unless ``NO_COLOR`` is set or ``TERM`` is ``dumb``, and anywhere
if ``FORCE_COLOR`` is set. Lines are wrapped at the terminal's width (or ``COLUMNS``), not below 30
columns, and not at all where they go into a file or a pipe.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import textwrap
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, TextIO

__all__ = ["Failure", "Help", "colours", "print_json", "say", "table", "width", "write_file", "wrapped"]

# Examples stand in lines of their own.
Help = RawDescriptionHelpFormatter


class Failure(Exception):
    """A command can't be carried out.

    Parameters
    ----------
    message : str
        What is wrong, for standard error.
    status : int, optional
        The exit status.
    """

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


def say(message: str) -> None:
    """Write a line about what is wrong.

    Parameters
    ----------
    message : str
        The line.
    """
    print(f"cumbia: {message}", file=sys.stderr)


def colours(stream: TextIO | None = None) -> bool:
    """Whether to write escape sequences.

    Parameters
    ----------
    stream : TextIO, optional
        Where to; standard output if left out.

    Returns
    -------
    bool
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The terminal's columns; 88 where there is none.

    Returns
    -------
    int
    """
    return max(30, shutil.get_terminal_size((88, 24)).columns)


def _limit() -> int:
    """Columns of lines: as many as there are where nobody sees them, so that `grep` does."""
    seen = sys.stdout.isatty() or sys.stderr.isatty() or os.environ.get("COLUMNS")
    return width() if seen else 1 << 20


def wrapped(text: str, indent: str = "") -> str:
    """Fill a paragraph to the terminal's width, where there is a terminal.

    Parameters
    ----------
    text, indent : str
        The paragraph, and what its later lines begin with.

    Returns
    -------
    str
    """
    return textwrap.fill(text, _limit(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def table(rows: list[tuple[str, ...]], right: tuple[int, ...] = ()) -> str:
    """Lay out columns; on a narrow terminal each row becomes lines.

    Parameters
    ----------
    rows : list of tuple of str
        The first is the heading.
    right : tuple of int, optional
        Columns that are numbers.

    Returns
    -------
    str
    """
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    if sum(widths) + 2 * len(widths) > _limit() and len(rows[0]) > 2:
        return "\n".join(
            "\n".join([row[0], *(f"  {name}: {cell}" for name, cell in zip(rows[0][1:], row[1:], strict=True) if cell)])
            for row in rows[1:]
        )
    lines = []
    for row in rows:
        cells = [cell.rjust(size) if at in right else cell.ljust(size) for at, (cell, size) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def print_json(value: Any) -> None:
    """Write JSON to standard output.

    Parameters
    ----------
    value : object
        What `json` takes.
    """
    print(json.dumps(value, indent=2))


def write_file(path: str | Path, content: str | bytes) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where to.
    content : str or bytes
        What.

    Raises
    ------
    Failure
        If that isn't possible.
    """
    path = Path(path)
    raw = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise Failure(f"can't write {path}: it is a directory")
        if path.exists() and not path.is_file():
            # A pipe or a device.
            path.write_bytes(raw)
            return
        if path.exists() and not os.access(path, os.W_OK):
            raise Failure(f"can't write {path}: no permission")
        beside.write_bytes(raw)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise Failure(f"can't write {path}: {error.strerror or error}") from None

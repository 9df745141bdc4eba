"""`f.inspect_types()`: the source with types, as text.

The types are asked of the compiler anew (`Dispatcher._annotations`); here they are put beside
the lines that they belong to.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from cumbia import _source

if TYPE_CHECKING:
    from cumbia._cumbia import Dispatcher

_WIDTH = 80


def inspect_types(
    dispatcher: Dispatcher[..., Any],
    file: TextIO | None = None,
    pretty: bool = False,
    style: str = "default",
    *,
    signature: object = None,
) -> None:
    """Print a function's source with the types of its variables and expressions.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.
    file : text file, optional
        Where it goes; standard output if left out.
    pretty : bool, optional
        Numba's interactive form; there is none here.
    style : str, optional
        Numba's colours of that form; has no effect, as without it there.
    signature : optional
        One of `signatures`; all of them if left out.
    """
    if pretty:
        raise NotImplementedError(
            "inspect_types(pretty=True) isn't there: leave it out for the text, or see explain()"
        )
    out = sys.stdout if file is None else file
    for spelled, rows in dispatcher._annotations(signature):
        for line in _lines(dispatcher, spelled, rows):
            print(line, file=out)


def _lines(dispatcher: Dispatcher[..., Any], spelled: str, rows: list) -> list[str]:
    snapshot = dispatcher.py_func.__dict__[_source.SNAPSHOT]
    by_line: dict[int, list] = {}
    for line, column, written, variable, type_ in rows:
        # What is assigned comes after what it is made of.
        by_line.setdefault(line, []).append((variable, column, written, type_))
    lines = [f"{dispatcher.__name__} {spelled}", "-" * _WIDTH]
    for number, source in enumerate(snapshot.text.splitlines(), snapshot.first_line):
        indent = source[: len(source) - len(source.lstrip())]
        for variable, _, written, type_ in sorted(by_line.get(number, ())):
            lines.append(f"{indent}# {written} {'=' if variable else '::'} {type_}".rstrip())
        lines.append(source.rstrip())
    return [*lines, "=" * _WIDTH]

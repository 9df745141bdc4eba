"""`f.parallel_diagnostics()`: which loops run on several threads, what is fused, what is serial and why.

The compiler tells the parts of a function (`Dispatcher._parallel_report`) from what it did with
them; here they are put beside their lines, as text or as HTML. Nothing is found out here.
"""

from __future__ import annotations

import linecache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from cumbia import _source

if TYPE_CHECKING:
    from cumbia._cumbia import Dispatcher

__all__ = ["HtmlText", "Part", "parallel_diagnostics"]

LEVELS = (1, 2, 3, 4)
# The lowest level that tells a fact.
FACTS = {
    "reduction": 2,
    "becomes": 2,
    "fused": 1,
    "operation": 3,
    "schedule": 2,
    "blocks": 2,
    "private": 3,
    "shared": 4,
    "allocations": 3,
}
_WIDTH = 80


class Part(NamedTuple):
    """A loop, an array expression or a call of the library.

    Attributes
    ----------
    line, column : int
        Its place, from 1 and in bytes from 0.
    function : str
        Qualified name of the function.
    filename : str
        Where that is.
    kind : str
        ``loop``, ``expression`` or ``call``.
    text : str
        How it is written.
    parallel : bool
        Whether it runs on several threads.
    why : str
        Why it is serial, or what else decides.
    facts : list of tuple
        Further facts: a name, a text.
    """

    line: int
    column: int
    function: str
    filename: str
    kind: str
    text: str
    parallel: bool
    why: str
    facts: list[tuple[str, str]]

    def is_of(self, level: int) -> bool:
        """Whether a level tells it: serial calls are told from 3 on."""
        return level >= 3 or self.kind != "call" or self.parallel

    def told(self, level: int) -> list[tuple[str, str]]:
        """The facts that a level tells."""
        return [(name, text) for name, text in self.facts if level >= FACTS[name]]


class HtmlText(str):
    """HTML that notebooks show as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def parallel_diagnostics(
    dispatcher: Dispatcher[..., Any],
    signature: object = None,
    level: int = 1,
    *,
    format: str = "text",  # noqa: A002 - the name that it has for users
) -> HtmlText | None:
    """Tell what of a function runs on several threads, and why the rest doesn't.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.
    signature : optional
        One of `signatures`; all of them if left out.
    level : int, optional
        From 1, which lists loops, array expressions and parallel calls, to 4, which tells all.
    format : str, optional
        ``"text"`` prints it, ``"html"`` gives a page of its own as text.

    Returns
    -------
    HtmlText or None
        The HTML, if that is asked for.

    Raises
    ------
    ValueError
        For another level or format, or where nothing has been compiled.
    """
    if isinstance(level, bool) or level not in LEVELS:
        raise ValueError(f"level must be 1, 2, 3 or 4, not {level!r}")
    if format not in ("text", "html"):
        raise ValueError(f"format must be 'text' or 'html', not {format!r}")
    reports = [
        (spelled, [Part(*row) for row in rows])
        for spelled, rows in dispatcher._parallel_report(signature)
    ]
    if not reports:
        raise ValueError(
            f"{dispatcher.__qualname__}() isn't compiled yet: call it first, or compile() a signature"
        )
    if format == "html":
        return HtmlText(_html(dispatcher, reports, level))
    for spelled, parts in reports:
        print("\n".join(_text(dispatcher, spelled, parts, level)))
    return None


def _summary(parts: list[Part]) -> str:
    def count(kind: str, name: str) -> str:
        of = [part for part in parts if part.kind == kind]
        return f"{sum(part.parallel for part in of)} of {len(of)} {name}"

    return (
        f"parallel: {count('loop', 'loops over prange')}, "
        f"{count('expression', 'array expressions')}, {count('call', 'calls of array functions')}"
    )


def _status(part: Part) -> str:
    status = "parallel" if part.parallel else "serial"
    return f"{status}: {part.why}" if part.why else status


def _source_lines(dispatcher: Dispatcher[..., Any]) -> dict[tuple[str, int], str]:
    snapshot = dispatcher.py_func.__dict__[_source.SNAPSHOT]
    lines = enumerate(snapshot.text.splitlines(), snapshot.first_line)
    return {(snapshot.filename, number): line for number, line in lines}


def _line_of(known: dict[tuple[str, int], str], part: Part) -> str:
    place = (part.filename, part.line)
    return (known.get(place) or linecache.getline(*place)).rstrip()


def _text(
    dispatcher: Dispatcher[..., Any], spelled: str, parts: list[Part], level: int
) -> list[str]:
    known = _source_lines(dispatcher)
    lines = [f"{dispatcher.__qualname__} {spelled}", "-" * _WIDTH, _summary(parts)]
    place = None
    for part in parts:
        if not part.is_of(level):
            continue
        if place != (part.function, part.line):
            place = (part.function, part.line)
            lines += ["", f"{part.function}, line {part.line}: {_line_of(known, part).strip()}"]
        lines.append(f"  {part.kind} {part.text}")
        lines.append(f"    {_status(part)}")
        lines += [f"    {name}: {text}" for name, text in part.told(level)]
    return [*lines, "=" * _WIDTH]


_STYLE = """\
.cumbia-parallel { font-family: sans-serif; font-size: 14px; line-height: 1.4; }
.cumbia-parallel pre { margin: 0.8em 0 0.2em; padding: 0.2em 0.5em; background: #8882; }
.cumbia-parallel ul { margin: 0.2em 0 0.2em 1em; padding-left: 1em; }
.cumbia-parallel .yes { border-left: 4px solid #2a8a3a; padding-left: 0.5em; }
.cumbia-parallel .no { border-left: 4px solid #b06a00; padding-left: 0.5em; }
"""


def _html(
    dispatcher: Dispatcher[..., Any], reports: list[tuple[str, list[Part]]], level: int
) -> str:
    known = _source_lines(dispatcher)
    out = [f'<div class="cumbia-parallel"><style>{_STYLE}</style>']
    for spelled, parts in reports:
        out.append(f"<h3>{escape(dispatcher.__qualname__)} <code>{escape(spelled)}</code></h3>")
        out.append(f"<p>{escape(_summary(parts))}</p>")
        place = None
        for part in parts:
            if not part.is_of(level):
                continue
            if place != (part.function, part.line):
                place = (part.function, part.line)
                line = _line_of(known, part).strip()
                out.append(f"<pre>{escape(part.function)}:{part.line}  {escape(line)}</pre>")
            facts = "".join(
                f"<li>{escape(name)}: <code>{escape(text)}</code></li>"
                for name, text in part.told(level)
            )
            out.append(
                f'<div class="{"yes" if part.parallel else "no"}">{part.kind} '
                f"<code>{escape(part.text)}</code><br>{escape(_status(part))}"
                + (f"<ul>{facts}</ul>" if facts else "")
                + "</div>"
            )
    out.append("</div>")
    return "\n".join(out)

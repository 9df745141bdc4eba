"""Errors of the compiler in a notebook: where in which cell, with what is known of the code.

IPython asks an exception's `_render_traceback_` for its text; the extension gives the classes
one. In a notebook it shows HTML and leaves the headline, place and hint as the traceback; in
a terminal, or with `%cumbia errors=text`, all is text. Errors *in* compiled code are Python's
own, and IPython shows them as ever.
"""

from __future__ import annotations

import ast
import linecache
import re
from html import escape
from typing import TYPE_CHECKING, Any

from cumbia import _source
from cumbia._errors import CompileError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["html", "register", "unregister"]

CONTEXT = 2

# What `%%cumbia` became.
_FIRST = re.compile(r"get_ipython\(\)\.run_cell_magic\('cumbia', ('.*'|\".*\"), ' '\)$")


def register(shell: Any) -> None:
    """Have errors shown by this module.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    rich = hasattr(shell, "kernel")

    def render(error: Any) -> list[str]:
        return _render(error, shell, rich)

    for kind in (CompileError, SourceError):
        kind._render_traceback_ = render  # type: ignore[union-attr]


def unregister(shell: Any) -> None:
    """Have errors shown as IPython does.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    for kind in (CompileError, SourceError):
        if "_render_traceback_" in vars(kind):
            del kind._render_traceback_  # type: ignore[union-attr]


def html(error: Any) -> str:
    """Write an error as HTML.

    Parameters
    ----------
    error : CompileError or SourceError
        The error.

    Returns
    -------
    str
        A piece of HTML with its style.
    """
    from cumbia import _codes
    from cumbia._annotate.html import STYLE

    out = [
        f'<div class="cumbia"><style>{STYLE}</style><div class="cb-err">'
        f'<div class="cb-head"><b>{type(error).__name__}</b>'
        f'<span class="cb-tag">{escape(error.code or "")}</span></div>'
    ]
    diagnostics = getattr(error, "diagnostics", None) or [{"message": error.message, "code": error.code}]
    for one in diagnostics:
        out.append(f"<div>{escape(one['message'])}</div>")
        spans = _ordered(one.get("spans", ()))
        for filename in dict.fromkeys(span["filename"] for span in spans):
            here = [span for span in spans if span["filename"] == filename]
            out.append(f"<div>{escape(filename)}, line {here[0]['line']}</div>{_excerpt(here)}")
        out += [f"<div>note: {escape(note)}</div>" for note in one.get("notes", ())]
        if one.get("help"):
            out.append(f"<div><b>help:</b> {escape(one['help'])}</div>")
    code = _codes.codes().get(error.code or "")
    if code is not None:
        out.append(
            f"<details><summary>{escape(code.code)}: {escape(code.title)}</summary>"
            f"<pre>{escape(_codes.report(code))}</pre></details>"
        )
    return "".join([*out, "</div></div>"])


def _render(error: Any, shell: Any, rich: bool) -> list[str]:
    from cumbia._notebook.magics import SETTINGS

    # Notebooks show escape sequences as colours; a terminal says whether it does.
    paint = _plain if str(getattr(shell, "colors", "")).lower() == "nocolor" else _painted
    headline = f"{paint(type(error).__name__, 31)} [{error.code}]"
    if not rich or SETTINGS.own["errors"] == "text":
        return [*_called_from(error, paint), headline, *str(error).splitlines()]
    from IPython.display import display

    # IPython asks more than once.
    if getattr(error, "_displayed_in", None) != shell.execution_count:
        error._displayed_in = shell.execution_count
        display({"text/plain": str(error).strip("\n"), "text/html": html(error)}, raw=True)
    place = _place(error)
    help_ = next((one["help"] for one in getattr(error, "diagnostics", ()) if one.get("help")), None)
    return [
        *_called_from(error, paint),
        f"{headline}: {error.message}",
        *([f"  at {place}"] if place else []),
        *([f"  help: {help_}"] if help_ else []),
    ]


def _painted(text: str, colour: int) -> str:
    return f"\x1b[{colour}m{text}\x1b[39m"


def _plain(text: str, colour: int) -> str:
    return text


def _place(error: Any) -> str | None:
    for one in getattr(error, "diagnostics", ()):
        for span in _ordered(one.get("spans", ())):
            return f"{span['filename']}, line {span['line']}: {_line(span).strip()}"
    return None


def _called_from(error: Any, paint: Callable[[str, int], str]) -> list[str]:
    """The statements of the user's that led to it."""
    rows = []
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not (_source.is_library(filename) or _is_own(filename)):
            text = linecache.getline(filename, trace.tb_lineno).strip()
            if text and not text.startswith("get_ipython()"):
                place = f"{_source.shown_name(filename)}, line {trace.tb_lineno}"
                rows.append(f"{paint(place, 32)}: {text}")
        trace = trace.tb_next
    return rows


def _is_own(filename: str) -> bool:
    from pathlib import Path

    return filename.startswith((str(Path(__file__).parents[1]), "<cumbia"))


def _ordered(spans: Any) -> list[dict]:
    """The user's places first; those of libraries only where there is no other."""
    own = [span for span in spans if not (_is_own(span["filename"]) or _source.is_library(span["filename"]))]
    return own or list(spans)


def _lines(span: dict) -> list[str]:
    from cumbia._annotate.lines import file_of

    lines = linecache.getlines(span["filename"]) or linecache.getlines(file_of(span["filename"]))
    if lines and (match := _FIRST.match(lines[0])):
        # As it was written.
        words = ast.literal_eval(match[1])
        lines = [f"%%cumbia {words}".rstrip() + "\n", *lines[1:]]
    return lines


def _line(span: dict) -> str:
    lines = _lines(span)
    return lines[span["line"] - 1] if 0 < span["line"] <= len(lines) else ""


def _excerpt(spans: list[dict]) -> str:
    """Lines around places of a file, with the places underlined and their labels beside them."""
    lines = _lines(spans[0])
    spans = [span for span in spans if 0 < span["line"] <= len(lines)]
    near = {
        number
        for span in spans
        for number in range(span["line"] - CONTEXT, max(span["line"], span["end_line"]) + CONTEXT + 1)
        if 0 < number <= len(lines)
    }
    rows: list[str] = []
    for number in sorted(near):
        if rows and number - 1 not in near:
            rows.append('<span class="cb-no">   ...</span>')
        text = lines[number - 1].rstrip("\n")
        marks = sorted(mark for span in spans if (mark := _mark(span, number, text)) is not None)
        labels = ", ".join(span["label"] for span in spans if span["line"] == number and span["label"])
        label = f'<span class="cb-label">{escape(labels)}</span>' if labels else ""
        rows.append(f'<span class="cb-no">{number:4} </span>{_marked(text, marks)}{label}')
    return f"<pre>{chr(10).join(rows)}</pre>" if rows else ""


def _mark(span: dict, number: int, text: str) -> tuple[int, int] | None:
    """Which bytes of a line belong to a place."""
    if not span["line"] <= number <= max(span["line"], span["end_line"]):
        return None
    raw = text.encode()
    begin = span["column"] if number == span["line"] else len(raw) - len(raw.lstrip())
    return begin, span["end_column"] if number == span["end_line"] else len(raw)


def _marked(text: str, marks: list[tuple[int, int]]) -> str:
    # Columns are bytes of UTF-8.
    raw, out, at = text.encode(), [], 0
    for begin, end in marks:
        if begin < at:
            continue
        out.append(escape(raw[at:begin].decode(errors="replace")))
        out.append(f'<span class="cb-mark">{escape(raw[begin:end].decode(errors="replace"))}</span>')
        at = max(begin, end)
    return "".join([*out, escape(raw[at:].decode(errors="replace"))])

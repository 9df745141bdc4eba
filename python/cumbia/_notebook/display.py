"""A dispatcher as a notebook shows it: for which types it is compiled, how, and how long it took.

Registered in IPython's formatters by name when a function is first jitted in a shell, so that
it needs no `%load_ext`.
"""

from __future__ import annotations

from html import escape
from typing import Any

from cumbia import _options, _source

__all__ = ["html", "register", "text"]


def register(shell: Any) -> None:
    """Have dispatchers shown by this module.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    formatters = shell.display_formatter.formatters
    formatters["text/html"].for_type_by_name("cumbia._cumbia", "Dispatcher", html)
    formatters["text/plain"].for_type_by_name("cumbia._cumbia", "Dispatcher", _pretty)


def text(dispatcher: Any) -> str:
    """Describe a dispatcher.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.

    Returns
    -------
    str
        Some lines.
    """
    lines = [f"{dispatcher.__qualname__}: {_place(dispatcher)}", f"  {_counts(dispatcher)}"]
    if options := _given(dispatcher):
        lines.append(f"  options: {options}")
    rows = _rows(dispatcher)
    lines += [f"  {signature}\n      tier {tier}, {made}" for signature, tier, made in rows]
    if not rows:
        lines.append("  not compiled yet")
    return "\n".join(lines)


def html(dispatcher: Any) -> str:
    """Describe a dispatcher as HTML.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.

    Returns
    -------
    str
        A piece of HTML with its style.
    """
    from cumbia._annotate.html import STYLE

    head = (
        f'<div class="cb-head"><b>{escape(dispatcher.__qualname__)}</b>'
        f'<span class="cb-tag">{escape(_counts(dispatcher))}</span> '
        f"<span>{escape(_place(dispatcher))}</span></div>"
    )
    if options := _given(dispatcher):
        head += f"<div>options: <code>{escape(options)}</code></div>"
    rows = "".join(
        f"<tr><td><code>{escape(signature)}</code></td><td>{escape(tier)}</td><td class='cb-num'>{escape(made)}</td></tr>"
        for signature, tier, made in _rows(dispatcher)
    )
    table = (
        '<table class="cb-table"><thead><tr><th>compiled for</th><th>tier</th><th class="cb-num">made in</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        if rows
        else "<div>not compiled yet: a call compiles it for the types of its arguments</div>"
    )
    return f'<div class="cumbia"><style>{STYLE}</style>{head}{table}</div>'


def _pretty(dispatcher: Any, printer: Any, cycle: bool) -> None:
    # In a list or a dict a line is enough.
    if cycle or printer.indentation or len(printer.stack) > 1:
        printer.text(repr(dispatcher))
    else:
        printer.text(text(dispatcher))


def _place(dispatcher: Any) -> str:
    code = dispatcher.py_func.__code__
    return f"{_source.shown_name(code.co_filename)}, line {code.co_firstlineno}"


def _counts(dispatcher: Any) -> str:
    stats = dispatcher.stats
    calls = "1 call" if stats.calls == 1 else f"{stats.calls} calls"
    found = f", {stats.found} from the cache" if stats.found else ""
    return f"{calls}, {stats.compiles} compiled{found}"


def _rows(dispatcher: Any) -> list[tuple[str, str, str]]:
    rows = []
    for signature, one in dispatcher.overloads.items():
        took = sum(one["times"].values())
        rows.append((signature, one["tier"], f"{took * 1e3:.1f} ms"))
    return rows


def _given(dispatcher: Any) -> str:
    """Options that aren't the default."""
    default = _options.resolve({})
    told = []
    for name, value in dispatcher.options.items():
        if name in default and value != default[name]:
            shown = sorted(value) if isinstance(value, (set, frozenset)) else value
            told.append(f"{name}={shown!r}")
    return ", ".join(told)

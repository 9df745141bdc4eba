"""The magics `%cumbia` and `%%cumbia`: options, state, and annotated functions.

The body of a `%%cumbia` cell doesn't come here where IPython runs the cell (see `cells`); it
does where a program calls the magic.
"""

from __future__ import annotations

from html import escape
from typing import Any

from cumbia._annotate.html import STYLE
from cumbia._notebook.settings import NOT_FOR_CELLS, OWN, Settings, parse

__all__ = ["SETTINGS", "for_cell", "register", "show_annotated", "unregister"]

SETTINGS = Settings()

_ANNOTATE = {"-a", "--annotate"}

_HELP = """\
%cumbia                       show the state
%cumbia name=value ...        set options for the functions of %%cumbia cells, or of the notebook
%cumbia reset                 forget what was set
%cumbia annotate f g ...      show functions line by line

%%cumbia [-a] [name=value ...]
    Run the cell with each of its functions that has no decorator compiled, as by @jit(name=value).
    -a shows them line by line: types, tier, vectorized or why not, checks left, objects made.
"""


def for_cell(words: str) -> tuple[set[str], dict[str, Any]]:
    """Read what stands behind `%%cumbia`.

    Parameters
    ----------
    words : str
        The rest of the line.

    Returns
    -------
    flags : set of str
        Not empty where the functions are to be shown.
    given : dict
        Options.
    """
    flags, given = parse(words)
    if wrong := flags - _ANNOTATE:
        raise ValueError(f"%%cumbia doesn't know {' '.join(sorted(wrong))}; it takes -a and name=value")
    return flags, given


def register(shell: Any) -> None:
    """Make the magics known.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """

    def cumbia(line: str, cell: str | None = None) -> None:
        from IPython.core.error import UsageError

        # Frames of magics are not the user's.
        __tracebackhide__ = "__ipython_bottom__"
        if cell is not None and cell.strip():
            result = shell.run_cell(f"%%cumbia {line}\n{cell}")
            result.raise_error()
            return
        try:
            if cell is not None:
                for_cell(line)
            else:
                _line(shell, line)
        except (TypeError, ValueError, LookupError) as error:
            raise UsageError(error.args[0] if error.args else str(error)) from None

    cumbia.__doc__ = _HELP
    shell.register_magic_function(cumbia, "line_cell", "cumbia")


def unregister(shell: Any) -> None:
    """Forget the magics.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("cumbia", None)
    SETTINGS.reset()


def show_annotated(dispatchers: list[Any]) -> None:
    """Display functions line by line.

    Parameters
    ----------
    dispatchers : list of Dispatcher
        The functions; those that aren't compiled yet are named.
    """
    from IPython.display import display

    from cumbia._annotate import html, text
    from cumbia._annotate.lines import annotate
    from cumbia._notebook.progress import waiting

    annotated, waits = [], []
    for one in dispatchers:
        if not hasattr(one, "explain"):
            continue
        with waiting(f"annotating {one.__qualname__}"):
            found = annotate(one)
        annotated += found
        # One that others call is shown with them.
        if not found:
            waits.append(one.__qualname__)
    shown = {block.function for one in annotated for block in one.blocks}
    waits = [name for name in waits if name not in shown]
    plain, rich = [], []
    if annotated:
        plain.append(text.text(annotated))
        rich.append(html.fragment(annotated))
    if waits:
        said = f"not compiled yet, so there is nothing to show: {', '.join(waits)}. Call with arguments in the cell, or give signatures."
        plain.append(said)
        rich.append(f"<p>{escape(said)}</p>")
    if not (annotated or waits):
        plain.append("the cell makes no function that cumbia compiles")
        rich.append(f"<p>{plain[0]}</p>")
    display({"text/plain": "\n\n".join(plain), "text/html": "".join(rich)}, raw=True)


def _line(shell: Any, line: str) -> None:
    flags, given = parse(line)
    words = line.split()
    if words and words[0] in ("annotate", "-a", "--annotate"):
        _annotate(shell, words[1:])
        return
    if flags & {"-h", "--help", "help"}:
        print(_HELP, end="")
        return
    if "reset" in flags:
        SETTINGS.reset()
        flags.discard("reset")
    if flags:
        raise ValueError(f"%cumbia doesn't know {' '.join(sorted(flags))}; `%cumbia help` tells what it does")
    SETTINGS.set(given)
    if not line.strip():
        _show_state()


def _annotate(shell: Any, names: list[str]) -> None:
    if not names:
        raise ValueError("name the functions: %cumbia annotate f g")
    found = []
    for name in names:
        value = shell.user_ns.get(name)
        if not hasattr(value, "explain"):
            what = "isn't defined" if value is None else "isn't a function that cumbia compiles"
            raise ValueError(f"{name} {what}")
        found.append(value)
    show_annotated(found)


def state() -> dict[str, Any]:
    """Gather what `%cumbia` shows.

    Returns
    -------
    dict
        Names and texts.
    """
    import cumbia
    from cumbia import _cache, _cumbia

    first, there, second = _cumbia._tiers()
    cache = _cache.report()
    kinds: dict[str, int] = {}
    for event in cumbia.events():
        kinds[event.kind] = kinds.get(event.kind, 0) + 1
    options = ", ".join(f"{name}={value!r}" for name, value in SETTINGS.options.items())
    return {
        "version": cumbia.__version__,
        "tier 1": first,
        "tier 2": second if there else f"none: {second}",
        "threads": str(cumbia.get_num_threads()),
        "cache": f"{cache['state']}, {cache['files']} files, {cache['bytes'] / 1e6:.1f} MB",
        "compiled": f"{kinds.get('compiled', 0)} by tier 1, {kinds.get('optimized', 0)} by tier 2, {kinds.get('found', 0)} from the cache",
        "options of %%cumbia": options or "none",
        **{name: f"{SETTINGS.own[name]} ({row[2]})" for name, row in OWN.items()},
    }


def _show_state() -> None:
    from IPython.display import display

    rows = state()
    plain = "\n".join(f"{name + ':':21} {value}" for name, value in rows.items())
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items())
    rich = f'<div class="cumbia"><style>{STYLE}</style><table class="cb-table"><tbody>{cells}</tbody></table></div>'
    display({"text/plain": plain, "text/html": rich}, raw=True)


_HELP += f"""
Options are those of @jit but {', '.join(NOT_FOR_CELLS)}; of the notebook:
{chr(10).join(f'    {name}={row[0]}: {row[2]}' for name, row in OWN.items())}
"""

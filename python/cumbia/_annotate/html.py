"""Annotated lines as HTML: a piece for notebooks, or a page of its own.

Nothing but HTML and CSS: a click opens a line's IR and assembly by `<details>`, so that it
works in a notebook that is shown without its kernel, in a file, and where scripts are not
allowed. Colours come from the notebook's theme where it has one, else from the browser's.
"""

from __future__ import annotations

import math
from html import escape

from cumbia._annotate.lines import Annotated, Block, Line
from cumbia._annotate.text import remarks

__all__ = ["STYLE", "fragment", "page"]

# Of a loop around others nothing else is expected.
OUTER = "not vectorized: it has loops in it"

# `--jp-*` are JupyterLab's, `--vscode-*` those of VS Code.
STYLE = """\
.cumbia { --cb-fg: var(--jp-content-font-color1, var(--vscode-foreground, CanvasText));
  --cb-dim: color-mix(in srgb, var(--cb-fg) 65%, transparent); --cb-line: rgba(128, 128, 128, .3);
  --cb-heat: 235, 110, 30; --cb-good: #1d7f3c; --cb-bad: #b3420d; --cb-link: #1763b8;
  color: var(--cb-fg); font: 13px/1.45 var(--jp-ui-font-family, system-ui, sans-serif); margin: .3em 0; }
@media (prefers-color-scheme: dark) { .cumbia-page .cumbia { --cb-good: #62c382; --cb-bad: #f0935a; --cb-link: #7ab7ff; } }
[data-jp-theme-light="false"] .cumbia, .vscode-dark .cumbia { --cb-good: #62c382; --cb-bad: #f0935a; --cb-link: #7ab7ff; }
.cumbia code, .cumbia pre, .cumbia .cb-src, .cumbia .cb-no { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 12.5px; }
.cumbia code { background: none !important; padding: 0 !important; color: inherit; }
.cumbia .cb-head { padding: .35em 0; }
.cumbia .cb-head b { font-size: 14px; }
.cumbia .cb-tag { border: 1px solid var(--cb-line); border-radius: 9px; padding: 0 .55em; margin-left: .4em; white-space: nowrap; }
.cumbia .cb-block { border: 1px solid var(--cb-line); border-radius: 4px; overflow-x: auto; }
.cumbia .cb-row, .cumbia .cb-row > summary { display: grid; grid-template-columns: 3.4em minmax(22em, 3fr) minmax(20em, 4fr); column-gap: .8em; }
.cumbia details.cb-row { display: block; }
.cumbia .cb-row > summary { cursor: pointer; list-style: none; }
.cumbia .cb-row > summary::-webkit-details-marker { display: none; }
.cumbia .cb-row > summary:hover, .cumbia .cb-row > summary:focus-visible { background: rgba(128, 128, 128, .18); outline: none; }
.cumbia .cb-no { color: var(--cb-dim); text-align: right; user-select: none; }
.cumbia summary .cb-no::before { content: "\\25b8"; float: left; padding-left: .3em; opacity: .6; }
.cumbia details[open] > summary .cb-no::before { content: "\\25be"; }
.cumbia .cb-src { white-space: pre; }
.cumbia .cb-said { color: var(--cb-dim); padding-right: .5em; }
.cumbia .cb-said .cb-yes { color: var(--cb-good); } .cumbia .cb-said .cb-not { color: var(--cb-bad); }
.cumbia .cb-more { display: flex; gap: 1em; padding: .3em .8em .6em 4.2em; }
.cumbia .cb-more > div { flex: 1; min-width: 0; }
.cumbia .cb-more pre { margin: .2em 0 0; max-height: 22em; overflow: auto; padding: .4em .6em; background: rgba(128, 128, 128, .12); color: inherit; line-height: 1.35;
  white-space: pre !important; word-break: normal !important; overflow-wrap: normal !important; }
.cumbia .cb-types { margin: 0; } .cumbia h4 { margin: .9em 0 .3em; font-size: 13px; font-weight: 600; }
.cumbia table.cb-table { border-collapse: collapse; font-size: 12.5px; margin: .3em 0; }
.cumbia table.cb-table th, .cumbia table.cb-table td { text-align: left !important; padding: .25em .8em; border-bottom: 1px solid var(--cb-line); vertical-align: top; }
.cumbia table.cb-table td.cb-num, .cumbia table.cb-table th.cb-num { text-align: right !important; white-space: nowrap; }
.cumbia .cb-mark { text-decoration: underline wavy var(--cb-bad); text-underline-offset: 3px; }
.cumbia .cb-err { border-left: 4px solid var(--cb-bad); padding: .2em .8em; }
.cumbia .cb-err pre { margin: .3em 0; color: inherit; background: rgba(128, 128, 128, .12); padding: .4em .6em; overflow-x: auto; line-height: 1.5;
  white-space: pre !important; }
.cumbia .cb-label { color: var(--cb-bad); margin-left: 1.5em; font-style: italic; }
.cumbia .cb-err summary { cursor: pointer; color: var(--cb-link); }
"""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 1.5em auto; max-width: 90em; padding: 0 1em; background: Canvas; color: CanvasText; }}
h1 {{ font: 600 20px system-ui, sans-serif; }}
p.about {{ font: 13px system-ui, sans-serif; opacity: .75; }}
{style}</style>
</head>
<body class="cumbia-page">
<h1>{title}</h1>
<p class="about">{about}</p>
{body}
</body>
</html>
"""


def fragment(annotated: list[Annotated]) -> str:
    """Write annotated functions as a piece of HTML, with its style.

    Parameters
    ----------
    annotated : list of Annotated
        What `annotate` gave.

    Returns
    -------
    str
        HTML for a notebook's output.
    """
    return f'<div class="cumbia"><style>{STYLE}</style>{"".join(map(_specialization, annotated))}</div>'


def page(title: str, about: str, annotated: list[Annotated]) -> str:
    """Write annotated functions as a page that needs no other file.

    Parameters
    ----------
    title : str
        Its title.
    about : str
        A line below it.
    annotated : list of Annotated
        What `annotate` gave.

    Returns
    -------
    str
        The page.
    """
    body = f'<div class="cumbia">{"".join(map(_specialization, annotated))}</div>'
    return _PAGE.format(title=escape(title), about=escape(about), style=STYLE, body=body)


def _specialization(one: Annotated) -> str:
    most = max((line.cost for block in one.blocks for line in block.lines), default=0)
    tier = f"tier {one.tier}"
    if one.why_fast:
        tier += f", stays there: {one.why_fast}"
    out = [
        f'<div class="cb-head"><b>{escape(one.function)}</b> <code>{escape(one.signature)}</code>'
        f'<span class="cb-tag">{escape(tier)}</span></div>'
    ]
    for at, block in enumerate(one.blocks):
        if at:
            out.append(f"<h4>{escape(block.function)}, called by it</h4>")
        out.append(_block(block, most))
    return "".join(out)


def _block(block: Block, most: float) -> str:
    indent = min((len(line.source) - len(line.source.lstrip()) for line in block.lines if line.source.strip()), default=0)
    return f'<div class="cb-block">{"".join(_row(line, most, indent) for line in block.lines)}</div>'


def _row(line: Line, most: float, indent: int) -> str:
    heat = 0.0
    if line.cost > 0 and most > 1:
        # Costs are spread over orders of magnitude.
        heat = 0.45 * max(0.0, math.log(line.cost) / math.log(most)) ** 3
    style = f' style="background: rgba(var(--cb-heat), {heat:.2f})"' if heat >= 0.02 else ""
    cells = (
        f'<span class="cb-no">{line.number}</span><span class="cb-src">{escape(line.source[indent:]) or " "}</span>'
        f'<span class="cb-said">{_said(line)}</span>'
    )
    if not (line.ir or line.assembly or line.types):
        return f'<div class="cb-row"{style}>{cells}</div>'
    parts = []
    if line.types:
        types = "\n".join(f"{written}: {type_}" for written, type_ in line.types)
        parts.append(f"<div>types<pre>{escape(types)}</pre></div>")
    if line.ir:
        parts.append(f"<div>IR<pre>{escape(line.ir)}</pre></div>")
    if line.assembly:
        parts.append(f"<div>assembly<pre>{escape(line.assembly)}</pre></div>")
    return f'<details class="cb-row"><summary{style}>{cells}</summary><div class="cb-more">{"".join(parts)}</div></details>'


def _said(line: Line) -> str:
    said = []
    variables = [f"{written}: {type_}" for written, type_ in line.types if written.isidentifier()]
    if variables:
        said.append(f"<code>{escape(', '.join(variables))}</code>")
    for phrase in remarks(line):
        good = phrase.startswith(("vectorized", "checks proven", "checks made before"))
        bad = phrase != OUTER and phrase.startswith(("not vectorized", "checks left", "makes objects", "calls back"))
        text = escape(phrase)
        said.append(f'<span class="{"cb-yes" if good else "cb-not"}">{text}</span>' if good or bad else text)
    return " &middot; ".join(said)

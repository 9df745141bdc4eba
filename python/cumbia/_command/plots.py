"""Drawings of `cumbia bench`: bars of medians on a logarithmic axis, as PNG and as HTML."""

from __future__ import annotations

import io
import math
from html import escape
from typing import Any

from cumbia._command.terminal import Failure

__all__ = ["page", "png"]

COLOURS = {"interpreted": "#8a8f98", "tier 1": "#4c8dd6", "tier 2": "#1c7c54", "numba": "#d9822b"}


def png(title: str, rows: list[dict[str, Any]]) -> bytes:
    """Draw a PNG.

    Parameters
    ----------
    title : str
        What was timed.
    rows : list of dict
        Engines with their quartiles.

    Returns
    -------
    bytes

    Raises
    ------
    Failure
        Without Matplotlib.
    """
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        raise Failure("--png needs Matplotlib: install it, or use --html") from None
    figure, axes = pyplot.subplots(figsize=(7, 0.9 + 0.5 * max(1, len(rows))), dpi=110, layout="constrained")
    for at, one in enumerate(reversed(rows)):
        errors = [[one["median"] - one["lower"]], [one["upper"] - one["median"]]]
        axes.barh(at, one["median"], color=COLOURS.get(one["engine"], "#666"), xerr=errors, capsize=3)
    axes.set_yticks(range(len(rows)), [one["engine"] for one in reversed(rows)])
    if rows:
        axes.set_xscale("log")
    axes.set_xlabel("seconds of a call: median, and the middle half of the samples")
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    pyplot.close(figure)
    return out.getvalue()


def page(title: str, table: list[tuple[str, ...]], rows: list[dict[str, Any]]) -> str:
    """Write a page that needs no other file.

    Parameters
    ----------
    title : str
        What was timed.
    table : list of tuple of str
        The rows that are printed, heading first.
    rows : list of dict
        Engines with their quartiles.

    Returns
    -------
    str
    """
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table[1:])
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 14px system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; background: Canvas; color: CanvasText; }}
table {{ border-collapse: collapse; }} th, td {{ text-align: left; padding: .3em .9em; border-bottom: 1px solid rgba(128, 128, 128, .4); }}
svg text {{ fill: currentColor; font: 12px system-ui, sans-serif; }} svg .grid {{ stroke: rgba(128, 128, 128, .3); }}
</style>
</head>
<body>
<h1>{escape(title)}</h1>
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
<p>Seconds of a call: median, and the middle half of the samples; the axis is logarithmic.</p>
{_svg(rows)}
</body>
</html>
"""


def _svg(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    least = math.floor(math.log10(min(one["lower"] for one in rows)))
    most = math.ceil(math.log10(max(one["upper"] for one in rows)))
    most = max(most, least + 1)
    left, wide, high = 100, 620, 34

    def x(seconds: float) -> float:
        return left + wide * (math.log10(seconds) - least) / (most - least)

    parts = []
    bottom = high * len(rows) + 8
    for power in range(least, most + 1):
        at = x(10.0**power)
        parts.append(f'<line class="grid" x1="{at:.1f}" y1="0" x2="{at:.1f}" y2="{bottom}"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">1e{power}</text>')
    for at, one in enumerate(rows):
        top = at * high + 6
        middle = top + 11
        parts.append(f'<text x="{left - 8}" y="{middle + 4}" text-anchor="end">{escape(one["engine"])}</text>')
        parts.append(f'<rect x="{left}" y="{top}" width="{max(1.0, x(one["median"]) - left):.1f}" height="22" fill="{COLOURS.get(one["engine"], "#666")}"/>')
        parts.append(f'<line x1="{x(one["lower"]):.1f}" x2="{x(one["upper"]):.1f}" y1="{middle}" y2="{middle}" stroke="currentColor" stroke-width="2"/>')
    return f'<svg viewBox="0 0 {left + wide + 30} {bottom + 24}" role="img" width="100%">{"".join(parts)}</svg>'

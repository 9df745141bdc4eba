"""Plots and tables of the committed figures: `{benchmark} NAME` shows `benches/results/NAME.json`.

Each benchmark writes rows of its own form; `READERS` turns them into cases with seconds by
engine, and all else is the same for all. No figure stands in a page: pages are drawn again
whenever the figures are. Drawings lie in `docs/generated`, which isn't committed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).resolve().parent.parent
RESULTS = DOCS.parent / "benches" / "results"

# Cases, and seconds of each by engine.
Cases = dict[str, dict[str, float]]

COLOURS = {"cumbia": "#d6336c", "numba": "#1c7ed6", "python": "#868e96", "numpy": "#e8890c", "c": "#2f9e44"}
OTHERS = ("#7048e8", "#0c8599", "#a0522d", "#5c940d", "#c2255c", "#495057")
MANY = 40


def _by(name: str) -> Callable[[list[Any]], Cases]:
    """Rows that have engines beside the case's name."""

    def read(rows: list[Any]) -> Cases:
        found: Cases = {}
        for row in rows:
            numbers = {**row, **row.get("seconds", {}), **row.get("times", {}), **row.get("seconds_per_element", {})}
            numbers.update({engine: value * 1e-6 for engine, value in row.get("microseconds", {}).items()})
            found[row[name]] = {
                engine: value["least"] if isinstance(value, dict) else value
                for engine, value in numbers.items()
                if isinstance(value, (int, float)) and engine not in NO_ENGINES or isinstance(value, dict) and "least" in value
            }
        return found

    return read


NO_ENGINES = {"first_call", "size", "operations", "bytes", "elements", "cost", "repeats", "n"}


def _first_calls(rows: list[Any]) -> Cases:
    found: Cases = {}
    for row in rows:
        for what, value in row.items():
            if isinstance(value, dict) and "first call" in what:
                found.setdefault(what, {})[row["engine"]] = value["least"]
    return found


def _lines(rows: list[Any]) -> Cases:
    found: Cases = {}
    for row in rows:
        found.setdefault(f"{row['lines']} lines", {})[row["engine"]] = row["stages"]["first call"]["least"]
    return found


def _long_calls(rows: list[Any]) -> Cases:
    return {
        row["name"]: {tier: row[tier]["seconds"] for tier in ("fast", "auto", "best")}
        for row in rows if row["measurement"] == "long_call"
    }  # fmt: skip


def _interrupts(rows: list[Any]) -> Cases:
    return {f"{row['loop']} ({row['tier']})": {one: row[one]["least"] for one in ("without", "with")} for row in rows}


READERS: dict[str, Callable[[list[Any]], Cases]] = {
    "arrays": _by("case"),
    "callbacks": _by("work"),
    "compile_time": _lines,
    "containers": _by("case"),
    "cuda_compile": _by("kernel"),
    "cuda_emulation": _by("kernel"),
    "dispatch": _by("call"),
    "elementary": _by("case"),
    "first_call": _first_calls,
    "interrupts": _interrupts,
    "kernels": _by("kernel"),
    "library_load": _by("call"),
    "parallel": _by("kernel"),
    "reduction_order": _by("reduction"),
    "steady_state": _by("kernel"),
    "stencils": _by("kernel"),
    "tiers": _long_calls,
    "ufuncs": _by("call"),
}


def read(name: str) -> tuple[dict[str, Any], Cases]:
    """The environment and the cases of a benchmark."""
    facts = json.loads((RESULTS / f"{name}.json").read_text())
    cases = READERS[name](facts["rows"])
    if not cases or not all(cases.values()):
        raise ValueError(f"benches/results/{name}.json has rows that READERS doesn't understand")
    return facts["environment"], cases


class Benchmark(SphinxDirective):
    """A plot, and behind a click the figures as a table."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """Draw and write."""
        name = self.arguments[0]
        self.env.note_dependency(str(RESULTS / f"{name}.json"))
        environment, cases = read(name)
        folder = DOCS / "generated"
        folder.mkdir(exist_ok=True)
        text = []
        for theme in ("light", "dark"):
            draw(name, cases, theme == "dark", folder / f"{name}-{theme}.svg")
            text += [f"```{{image}} /generated/{name}-{theme}.svg", f":class: only-{theme}", f":alt: {name}, drawn", "```", ""]
        packages = ", ".join(f"{one} {version}" for one, version in environment["packages"].items() if version)
        text += [
            f"{environment['processor']}, {environment['cores']} cores, {environment['python']}; {packages}.",
            "", "<details><summary>The figures</summary>", "", *_table(cases), "", "</details>", "",
        ]  # fmt: skip
        return self.parse_text_to_nodes("\n".join(text))


def _engines(cases: Cases) -> list[str]:
    return list(dict.fromkeys(engine for row in cases.values() for engine in row))


def _table(cases: Cases) -> list[str]:
    from cumbia.bench import written

    engines = _engines(cases)
    lines = ["| | " + " | ".join(engines) + " |", "|---|" + "---:|" * len(engines)]
    for case, row in cases.items():
        cells = [written(row[one]) if one in row else "" for one in engines]
        label = case.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return lines


def draw(name: str, cases: Cases, dark: bool, path: Path) -> None:
    """Draw the cases into a file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    style = {
        "svg.hashsalt": "cumbia", "svg.fonttype": "path", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False,
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), "#ced4da" if dark else "#343a40"),
    }  # fmt: skip
    with pyplot.rc_context(style):
        many = len(cases) > MANY and all({"cumbia", "numba"} <= row.keys() for row in cases.values())
        figure = _ratios(pyplot, cases) if many else _dots(pyplot, cases)
        figure.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})
        pyplot.close(figure)


def _dots(pyplot: Any, cases: Cases) -> Any:
    """A line for each case, a dot for each engine."""
    engines = _engines(cases)
    figure, axes = pyplot.subplots(figsize=(7.6, 1.0 + 0.26 * len(cases)))
    rows = list(cases)[::-1]
    others = iter(OTHERS * 3)
    for engine in engines:
        places = [(cases[case][engine], i) for i, case in enumerate(rows) if engine in cases[case]]
        main = engine.split()[0].split("-")[0] if engine in COLOURS else engine
        axes.plot(*zip(*places), "o" if engine == "cumbia" else "D", ms=7 if engine == "cumbia" else 5, label=engine,
                  color=COLOURS.get(main) or next(others), ls="none", alpha=0.9)  # fmt: skip
    for i, case in enumerate(rows):
        axes.plot([min(cases[case].values()), max(cases[case].values())], [i, i], color="#868e96", lw=1, alpha=0.5, zorder=0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.xaxis.set_major_formatter(lambda value, _: _time(value))
    axes.xaxis.set_minor_formatter(lambda *_: "")
    axes.grid(axis="x", alpha=0.25)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=6, frameon=False)
    return figure


def _ratios(pyplot: Any, cases: Cases) -> Any:
    """Where there are too many cases for names: their ratios to Numba, in order."""
    ratios = sorted(row["cumbia"] / row["numba"] for row in cases.values())
    figure, axes = pyplot.subplots(figsize=(7.6, 3.6))
    axes.bar(range(len(ratios)), [value - 1 for value in ratios], bottom=1, color=COLOURS["cumbia"], width=0.8)
    axes.axhline(1, color=COLOURS["numba"], lw=1.5)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda *_: "")
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    axes.set_ylabel("time over Numba's")
    axes.set_xlabel(f"{len(ratios)} cases, in order; below the line cumbia is faster; geometric mean {mean:.2f}")
    axes.grid(axis="y", alpha=0.25)
    return figure


def _time(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if value >= size * 0.999:
            return f"{value / size:g} {unit}"
    return f"{value / 1e-12:g} ps"


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.add_directive("benchmark", Benchmark)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

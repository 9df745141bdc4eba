"""Five kernels on real data: plain Python, cumbia and Numba side by side.

Each engine runs in a fresh process, so a first call includes all compilation. Results
are compared exactly (every engine carries out the same operations in the same order)
and against an independent computation with NumPy; a disagreement ends with status 1.
Pictures of results and timings go to ``out/``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benches import engines, kernels, report
from benches.isolated import Measured, measure

JITS = ("cumbia", "numba")


def main() -> int:
    """Run the demo; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benches.demo", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=engines.ROOT / "out", help="folder for pictures"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    arguments = parser.parse_args()
    print(report.environment_line(report.environment()), flush=True)
    missing = {}
    for engine in JITS:
        try:
            engines.require(engine)
        except engines.Unavailable as reason:
            missing[engine] = str(reason)
    rows = []
    problems = []
    full_outputs = {}
    for name in kernels.NAMES:
        print(f"{name} ...", flush=True)
        row, outputs, wrong = run_kernel(kernels.load(name), missing)
        rows.append(row)
        problems += wrong
        if outputs is not None:
            full_outputs[name] = outputs
    print()
    print_table(rows)
    for engine, reason in missing.items():
        print(f"{engine}: not measured, {reason}")
    for problem in problems:
        print(f"FAILED: {problem}")
    if not problems:
        print("All engines agree exactly, and with NumPy's independent results.")
    draw(arguments.out, rows, full_outputs)
    if arguments.json:
        report.write_json(arguments.json, "demo", rows)
    return 1 if problems or "cumbia" in missing else 0


def run_kernel(kernel: kernels.Kernel, missing: dict[str, str]):
    """Measure one kernel on all engines and compare their results.

    Returns
    -------
    tuple
        A row of times, the outputs on the full data (None if there are none), and a
        line for each thing that is wrong.
    """
    cases = {scale: kernel.make_case(scale) for scale in ("full", "reduced")}
    measured: dict[str, Measured] = {}
    problems = []
    for engine in ("python", *JITS):
        if engine in missing:
            continue
        try:
            measured[engine] = measure(
                kernel.name, engine, ["reduced"] if engine == "python" else ["full", "reduced"]
            )
        except RuntimeError as error:
            problems.append(str(error))
    for engine in measured:
        for scale, outputs in measured[engine].outputs.items():
            try:
                kernel.check(cases[scale], outputs)
            except AssertionError as error:
                problems.append(f"{kernel.name} on {engine}, {scale} data: {error}")
            reference = next(other for other in measured if scale in measured[other].outputs)
            for line in kernels.compare(measured[reference].outputs[scale], outputs):
                problems.append(
                    f"{kernel.name} on {engine} against {reference}, {scale} data: {line}"
                )
    row: report.Row = {
        "kernel": kernel.name,
        "title": kernel.title,
        "full": cases["full"].label,
        "reduced": cases["reduced"].label,
        "agree": not problems,
    }
    for engine, result in measured.items():
        row[engine] = {"first": result.first, "later": result.later}
    shown = next((measured[engine].outputs["full"] for engine in JITS if engine in measured), None)
    return row, shown, problems


def later(row: report.Row, engine: str, scale: str) -> float | None:
    """Return the least time of a later call, if it was measured."""
    return row[engine]["later"][scale]["least"] if engine in row else None


def print_table(rows: list[report.Row]) -> None:
    """Print times on the full data, and plain Python's on the reduced data."""
    lines = []
    for row in rows:
        first = {engine: row[engine]["first"] if engine in row else None for engine in JITS}
        lines.append(
            [
                row["title"],
                row["full"],
                report.duration(first["cumbia"]),
                report.duration(later(row, "cumbia", "full")),
                report.duration(first["numba"]),
                report.duration(later(row, "numba", "full")),
                report.ratio(first["numba"], first["cumbia"]),
                report.ratio(later(row, "numba", "full"), later(row, "cumbia", "full")),
            ]
        )
    header = [
        "kernel",
        "data",
        "cumbia 1st",
        "later",
        "numba 1st",
        "later",
        "1st: numba/cumbia",
        "later",
    ]
    print(
        report.table(
            "First call (with all compilation, in a fresh process) and later calls",
            header,
            lines,
            2,
        )
    )
    print()
    lines = [
        [
            row["title"],
            row["reduced"],
            report.duration(later(row, "python", "reduced")),
            report.duration(later(row, "cumbia", "reduced")),
            report.duration(later(row, "numba", "reduced")),
            report.ratio(later(row, "python", "reduced"), later(row, "cumbia", "reduced")),
        ]
        for row in rows
    ]
    header = ["kernel", "part of the data", "plain Python", "cumbia", "numba", "Python/cumbia"]
    print(
        report.table(
            "Beside plain Python, on a part of the data that it can do in seconds", header, lines, 2
        )
    )
    print()


def draw(folder: Path, rows: list[report.Row], full_outputs: dict) -> None:
    """Write the pictures; says so where matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        print("no pictures: matplotlib is not installed")
        return
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, outputs in full_outputs.items():
        kernel = kernels.load(name)
        figure = Figure(figsize=(10, 6), layout="constrained")
        kernel.plot(figure, kernel.make_case("full"), outputs)
        figure.savefig(folder / f"{name}.png", dpi=120)
        written.append(f"{name}.png")
    figure = Figure(figsize=(10, 5), layout="constrained")
    draw_timings(figure, rows)
    figure.savefig(folder / "timings.png", dpi=120)
    written.append("timings.png")
    print(f"pictures in {folder.name}/: {', '.join(written)}")


def draw_timings(figure, rows: list[report.Row]) -> None:
    """Draw first and later calls as bars on a logarithmic scale."""
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1.3, 1)})
    colours = {"python": "tab:gray", "cumbia": "tab:green", "numba": "tab:blue"}

    def bars(axis, series):
        present = [entry for entry in series if any(value for value in entry[1])]
        width = 0.8 / max(len(present), 1)
        for place, (label, values, colour, alpha) in enumerate(present):
            at = [index + (place - (len(present) - 1) / 2) * width for index in range(len(values))]
            drawn = axis.bar(
                at,
                [1e3 * (value or float("nan")) for value in values],
                width * 0.92,
                label=label,
                color=colour,
                alpha=alpha,
            )
            texts = [report.duration(value) if value else "" for value in values]
            axis.bar_label(drawn, texts, fontsize=6, rotation=90, padding=2)
        axis.set_yscale("log")
        low, high = axis.get_ylim()
        axis.set_ylim(low, high * 3)
        axis.set_xticks(
            range(len(rows)), [row["kernel"].replace("_", "\n") for row in rows], fontsize=8
        )
        axis.set_ylabel("milliseconds")
        axis.legend(fontsize=7)

    series = []
    for engine in JITS:
        firsts = [row[engine]["first"] if engine in row else None for row in rows]
        series.append((f"{engine}, first call", firsts, colours[engine], 0.45))
        series.append(
            (
                f"{engine}, later call",
                [later(row, engine, "full") for row in rows],
                colours[engine],
                1.0,
            )
        )
    bars(left, series)
    left.set_title("all data")
    series = [
        (name, [later(row, engine, "reduced") for row in rows], colours[engine], 1.0)
        for engine, name in (("python", "plain Python"), ("cumbia", "cumbia"), ("numba", "numba"))
    ]
    bars(right, series)
    right.set_title("a part of the data, later calls")


if __name__ == "__main__":
    raise SystemExit(main())

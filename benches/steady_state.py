"""Steady state of the demo kernels: cumbia beside Numba and C, in turns, on all data.

C is built twice: ``gcc -O3 -march=native`` as it comes, which on this kind of machine
fuses multiplications and additions and so rounds differently, and the same with
``-ffp-contract=off``, which does the operations that Python does.
"""

from __future__ import annotations

import argparse

from benches import engines, kernels, report, timing

MEASURED = ("cumbia", "numba", "c", "c-strict")


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Measure each kernel; compare all outputs with the first engine that rounds as Python does."""
    rows: list[report.Row] = []
    problems: list[str] = []
    for name in arguments.kernels:
        kernel = kernels.load(name)
        row: report.Row = {"kernel": name, "data": kernel.make_case("full").label, "missing": {}}
        runs = {}
        got = {}
        for engine in MEASURED:
            case = kernel.make_case("full")
            try:
                run = engines.prepare(engine, kernel)(case)
                got[engine] = kernel.outputs(case, run())
            except engines.Unavailable as reason:
                row["missing"][engine] = str(reason)
            except Exception as error:
                problems.append(f"{name} on {engine}: {type(error).__name__}: {error}")
            else:
                runs[engine] = run
        exact = [engine for engine in got if engine != "c"]
        for engine, outputs in got.items():
            if engine == "c":
                continue
            try:
                kernel.check(case, outputs)
            except AssertionError as error:
                problems.append(f"{name} on {engine}: {error}")
        for engine, outputs in got.items():
            if exact and engine != exact[0]:
                for line in kernels.compare(
                    got[exact[0]], outputs, engines.tolerance(engine, kernel)
                ):
                    problems.append(f"{name} on {engine} against {exact[0]}: {line}")
        stats = timing.interleaved(runs, budget=arguments.seconds, least=5, most=200)
        row["times"] = {engine: value.as_dict() for engine, value in stats.items()}
        rows.append(row)
        print(f"{name} done", flush=True)
    print_rows(rows)
    return rows, problems


def print_rows(rows: list[report.Row]) -> None:
    """Print least times, and the ratios that matter."""
    lines = []
    for row in rows:
        least = {engine: row["times"].get(engine, {}).get("least") for engine in MEASURED}
        spread = row["times"].get("cumbia")
        lines.append(
            [
                row["kernel"],
                row["data"],
                *[report.duration(least[engine]) for engine in MEASURED],
                report.ratio(least["cumbia"], least["numba"]),
                report.ratio(least["cumbia"], least["c"]),
                report.ratio(least["cumbia"], least["c-strict"]),
                report.ratio(spread["median"], spread["least"]) if spread else "-",
            ]
        )
    header = [
        "kernel",
        "data",
        *MEASURED,
        "cumbia/numba",
        "cumbia/c",
        "cumbia/c-strict",
        "median/least",
    ]
    print(
        report.table(
            "Steady state, least of repeated calls (below 1x: cumbia is faster)", header, lines, 2
        )
    )
    for engine, reason in {
        key: text for row in rows for key, text in row["missing"].items()
    }.items():
        print(f"{engine}: not measured, {reason}")


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--kernels", nargs="+", choices=kernels.NAMES, default=kernels.NAMES)
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="time for each kernel and engine"
    )


if __name__ == "__main__":
    raise SystemExit(report.run_cli("steady_state", __doc__, measure, options))

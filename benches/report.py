"""Tables for people and JSON for machines, with what they were measured on.

Records processor, versions and load, but no paths and no names of hosts or users.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benches import engines

Row = dict[str, Any]


def duration(seconds: float | None) -> str:
    """Write seconds in the unit that suits them."""
    if seconds is None:
        return "-"
    for limit, factor, unit in ((1e-6, 1e9, "ns"), (1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return (
                f"{seconds * factor:.3g} {unit}"
                if seconds * factor < 100
                else f"{seconds * factor:.0f} {unit}"
            )
    return f"{seconds:.3g} s"


def ratio(numerator: float | None, denominator: float | None) -> str:
    """Write a quotient of two times, or a dash where one is missing."""
    if numerator is None or not denominator:
        return "-"
    value = numerator / denominator
    return f"{value:.0f}x" if value >= 100 else f"{value:.3g}x"


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Lay out a table; the first `left` columns are aligned to the left."""
    cells = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]

    def line(row: Sequence[str]) -> str:
        parts = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        return "  ".join(parts).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([title, rule, line(cells[0]), rule, *[line(row) for row in cells[1:]], rule])


def first_line(command: Sequence[str]) -> str | None:
    """Return the first line a command prints, or None where it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()[0] if done.stdout else None


def environment() -> dict[str, Any]:
    """Describe the machine and the versions of all that took part."""
    processor = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "load": list(os.getloadavg()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {
            name: engines.version(name) for name in ("cumbia", "numpy", "numba", "llvmlite")
        },
        "c": first_line([engines.compiler() or "cc", "--version"]),
        "rust": first_line(["rustc", "--version"]),
    }


def environment_line(machine: dict[str, Any]) -> str:
    """Summarize `environment` in one line."""
    packages = ", ".join(
        f"{name} {number}" for name, number in machine["packages"].items() if number
    )
    hardware = f"{machine['processor']}, {machine['cores']} cores, load {machine['load'][0]:.1f}"
    return f"{hardware}; {machine['python']}, {packages}"


def write_json(path: Path, name: str, rows: Sequence[Row]) -> None:
    """Write rows with their environment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"benchmark": name, "environment": environment(), "rows": list(rows)}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def run_cli(
    name: str,
    description: str,
    measure: Callable[[argparse.Namespace], tuple[list[Row], list[str]]],
    options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> int:
    """Parse the common options, measure, write JSON if asked, report disagreements.

    `measure` prints its tables and returns its rows and a line for each wrong result.

    Returns
    -------
    int
        Exit status: 1 when a result was wrong.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benches.{name}", description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    if options is not None:
        options(parser)
    arguments = parser.parse_args()
    print(environment_line(environment()), flush=True)
    rows, problems = measure(arguments)
    if arguments.json:
        write_json(arguments.json, name, rows)
    for problem in problems:
        print(f"WRONG RESULT: {problem}", file=sys.stderr)
    return 1 if problems else 0

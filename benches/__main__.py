"""Run all benchmarks, each in a process of its own: ``python -m benches``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benches import engines

BENCHMARKS = (
    "first_call",
    "compile_time",
    "library_load",
    "dispatch",
    "steady_state",
    "containers",
    "arrays",
    "library",
)


def main() -> int:
    """Run the chosen benchmarks; return 1 if one of them found a wrong result."""
    parser = argparse.ArgumentParser(prog="python -m benches", description=__doc__)
    parser.add_argument(
        "benchmarks", nargs="*", metavar="BENCHMARK", help=f"some of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FOLDER", help="write each benchmark's numbers to a file there"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.benchmarks) - set(BENCHMARKS)
    if unknown:
        parser.error(
            f"unknown benchmark {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}"
        )
    failed = []
    for name in arguments.benchmarks or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, "-m", f"benches.{name}"]
        if arguments.json:
            command += ["--json", str(arguments.json.resolve() / f"{name}.json")]
        if subprocess.run(command, cwd=engines.ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

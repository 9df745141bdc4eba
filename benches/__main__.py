"""Run all benchmarks, each in a process of its own: ``python -m benches``.

After the name of one benchmark may follow what it takes itself, as in
``python -m benches kernels sorting --rounds 3``.
"""

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
    "kernels",
    "containers",
    "arrays",
    "elementary",
    "library",
    "tiers",
    "ufuncs",
    "interrupts",
    "parallel",
    "reduction_order",
    "stencils",
    "callbacks",
    "cuda_compile",
    "cuda_emulation",
)


def split(given: list[str]) -> tuple[list[str], list[str]]:
    """Divide the command line into what is ours and what the one named benchmark takes."""
    if not given or given[0] not in BENCHMARKS:
        return given, []
    rest = given[1:]
    common = []
    if "--json" in rest:
        at = rest.index("--json")
        common = rest[at : at + 2]
        rest = rest[:at] + rest[at + 2 :]
    if set(rest) <= set(BENCHMARKS):
        return given, []
    return [given[0], *common], rest


def main() -> int:
    """Run the chosen benchmarks; return 1 if one of them found a wrong result."""
    parser = argparse.ArgumentParser(prog="python -m benches", description=__doc__)
    parser.add_argument(
        "benchmarks", nargs="*", metavar="BENCHMARK", help=f"some of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FOLDER", help="write each benchmark's numbers to a file there"
    )
    given, own = split(sys.argv[1:])
    arguments = parser.parse_args(given)
    unknown = set(arguments.benchmarks) - set(BENCHMARKS)
    if unknown:
        parser.error(
            f"unknown benchmark {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}"
        )
    failed = []
    for name in arguments.benchmarks or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, "-m", f"benches.{name}", *own]
        if arguments.json:
            command += ["--json", str(arguments.json.resolve() / f"{name}.json")]
        if subprocess.run(command, cwd=engines.ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

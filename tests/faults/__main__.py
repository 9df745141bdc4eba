"""`python -m tests.faults`: every kind of fault, as often as the promise asks.

Each runs in a process of its own; what it counted and measured is printed as a line, and
the status is 1 where one broke its promise. With kinds and `--count`, these alone.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]


class Kind(NamedTuple):
    """A fault: where its function is, how often the command and the suite run it, what must hold."""

    function: str
    count: int
    few: int
    holds: Callable[[dict[str, Any]], bool]


# Figures that depend on the machine's load (seconds) are printed and not judged; memory is.
KINDS = {
    "indices": Kind("batches.indices", 10_000, 400, lambda r: not r["different"] and not r["crashed"]),
    "drops": Kind("memory.drops", 2_000, 300, lambda r: r["kept"] <= 8192),
    "raises": Kind("memory.raises", 100_000, 4_000, lambda r: r["allocations"] == 0 and r["kept"] <= 64),
    "interrupts": Kind("signals.interrupts", 200, 14, lambda r: not r["missed"]),
    "forks": Kind("processes.forks", 1_000, 20, lambda r: not r["failed"] and not r["stuck"]),
    "threads": Kind("calls.threads", 100, 3, lambda r: not r["wrong"] and r["compiles"] == 1),
    "recursion": Kind("calls.recursion", 5, 1, lambda r: not r["other"] and r["raised"] == r["expected"]),
}


def run(name: str, count: int) -> tuple[bool, dict[str, Any] | str]:
    """Run one kind in a process of its own.

    Parameters
    ----------
    name : str
        Of `KINDS`.
    count : int
        How often.

    Returns
    -------
    tuple of bool and (dict or str)
        Whether its promise held, and what it returned; how the process ended where it
        returned nothing.
    """
    module, function = KINDS[name].function.split(".")
    script = f"import json; from tests.faults.{module} import {function} as run; print(json.dumps(run({count})))"
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return False, f"status {done.returncode}\n{done.stderr[-4000:]}"
    result = json.loads(done.stdout.splitlines()[-1])
    return KINDS[name].holds(result), result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; all if none is given")
    parser.add_argument("--count", type=int, help="how often, instead of what the promise asks")
    options = parser.parse_args()
    unknown = set(options.kinds) - set(KINDS)
    if unknown:
        parser.error(f"no such kinds: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    status = 0
    for name in options.kinds or KINDS:
        holds, result = run(name, options.count or KINDS[name].count)
        print(f"{name:11} {'holds' if holds else 'BROKEN':7} {result}", flush=True)
        status |= not holds
    return status


if __name__ == "__main__":
    sys.exit(main())

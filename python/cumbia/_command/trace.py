"""`cumbia trace`: what was compiled while a script ran, and when, for a trace viewer."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from cumbia._command.run import prepare
from cumbia._command.terminal import Help, print_json, table, write_file

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "trace", help="compilations of a script as a file for Perfetto or Chrome's viewer", formatter_class=Help,
        description="Run a script, and write what was compiled, found on disk and optimized, and when.",
        epilog="examples:\n  cumbia trace simulate.py\n  cumbia trace -o trace.json simulate.py --steps 10\n"
        "  cumbia trace --json simulate.py",
    )  # fmt: skip
    made.add_argument("-o", "--output", metavar="FILE", help="the file; SCRIPT.trace.json if not given")
    made.add_argument("--json", action="store_true", help="print the events as JSON instead of writing the file")
    made.add_argument("--tier", choices=("auto", "fast", "best"), help="as CUMBIA_TIER")
    made.add_argument("--as-numba", action="store_true", help="have `import numba` give cumbia")
    made.add_argument("script", help="the file")
    made.add_argument("arguments", nargs="...", help="what the script gets")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    prepare(options)
    from cumbia._command import scripts
    from cumbia._events import events, trace

    ran = scripts.run(options.script, options.arguments, quiet=options.json)
    every = events()
    if options.json:
        print_json([one._asdict() for one in every])
        return ran.status
    out = Path(options.output or f"{Path(options.script).stem}.trace.json")
    write_file(out, json.dumps(trace()))
    seconds: dict[str, float] = {}
    for one in every:
        seconds[one.kind] = seconds.get(one.kind, 0.0) + one.seconds
    counts = Counter(one.kind for one in every)
    rows = [(kind, str(n), f"{seconds[kind] * 1e3:.1f} ms" if seconds[kind] else "") for kind, n in counts.items()]
    print(table([("event", "count", "in all"), *rows], right=(1, 2)) if rows else "nothing was compiled")
    print(out)
    return ran.status

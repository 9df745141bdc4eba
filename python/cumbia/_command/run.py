"""`cumbia run`: a script or module, with what was compiled told at the end if asked for."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from cumbia._command.terminal import Failure, Help, table

__all__ = ["add", "report", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "run", help="run a script or module; one written for Numba with cumbia in its place", formatter_class=Help,
        description="Run a script as `python script.py` does, or a module as `python -m` does. "
        "With --as-numba, `import numba` gives cumbia.",
        epilog="examples:\n  cumbia run simulate.py --steps 100\n  cumbia run --as-numba numba_script.py\n"
        "  cumbia run --as-numba -m pytest tests\n"
        "  cumbia run --report --tier best simulate.py\n\n"
        "The status is the script's. The report goes to standard error.",
    )  # fmt: skip
    made.add_argument("--as-numba", action="store_true", help="have `import numba` give cumbia")
    made.add_argument("--tier", choices=("auto", "fast", "best"), help="as CUMBIA_TIER")
    made.add_argument("--no-cache", action="store_true", help="neither use nor keep compiled code on disk")
    made.add_argument("--report", action="store_true", help="tell what was compiled when the script ends")
    made.add_argument("--json", action="store_true", help="the report as JSON")
    made.add_argument(
        "-m", dest="module", nargs=argparse.REMAINDER, metavar="module",
        help="a module in a script's place, found as an import finds it; what follows are its arguments",
    )  # fmt: skip
    made.add_argument("script", nargs="?", help="the file")
    made.add_argument("arguments", nargs="...", help="what the script gets")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    prepare(options)
    from cumbia._command import scripts

    if options.module is not None:
        if not options.module:
            raise Failure("-m wants the name of a module")
        ran = scripts.run_module(options.module[0], options.module[1:])
    elif options.script is None:
        raise Failure("a script is wanted, or a module with -m")
    else:
        ran = scripts.run(options.script, options.arguments)
    if options.report or options.json:
        rows = report(ran.functions)
        if options.json:
            print(json.dumps(rows, indent=2), file=sys.stderr)
        elif rows:
            heading = ("function", "signature", "tier", "calls", "compiled in")
            lines = [
                (one["function"], one["signature"], one["tier"], str(one["calls"]), f"{one['seconds'] * 1e3:.1f} ms")
                for one in rows
            ]
            print(table([heading, *lines], right=(3, 4)), file=sys.stderr)
        else:
            print("nothing was compiled", file=sys.stderr)
    return ran.status


def prepare(options: Any) -> None:
    """Set what is read from the environment, before the compiler reads it."""
    if getattr(options, "tier", None):
        os.environ["CUMBIA_TIER"] = options.tier
    if getattr(options, "no_cache", False):
        os.environ["CUMBIA_CACHE"] = "0"
    if getattr(options, "as_numba", False):
        from cumbia._command import as_numba

        as_numba.install()


def report(functions: list[Any]) -> list[dict[str, Any]]:
    """Tell what was compiled.

    Parameters
    ----------
    functions : list of Dispatcher
        The functions.

    Returns
    -------
    list of dict
        One for each specialization.
    """
    return [
        {
            "function": one.__qualname__,
            "file": one.py_func.__code__.co_filename,
            "line": one.py_func.__code__.co_firstlineno,
            "signature": signature,
            "tier": made["tier"],
            "calls": one.stats.calls,
            "from the cache": one.stats.found > 0,
            "seconds": sum(made["times"].values()),
        }
        for one in functions
        # What a ufunc runs elements in is nobody's function.
        if not one.py_func.__code__.co_filename.startswith("<cumbia ")
        for signature, made in one.overloads.items()
    ]

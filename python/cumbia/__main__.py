"""The command line: `cumbia`, or `python -m cumbia`.

`info` tells what this installation is, `explain` what a code of a diagnostic means, `cache`
looks after the compiled code on disk.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words behind the program's name; those of the process if not given.

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="cumbia", description="Python loops at native speed")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    info = commands.add_parser(
        "info", help="versions, processor, tiers, settings and where they come from",
        description="Print what this installation is and what it found.",
        epilog="example: cumbia info --json",
    )  # fmt: skip
    info.add_argument("--json", action="store_true", help="print it as JSON")
    explain = commands.add_parser(
        "explain", help="what a diagnostic's code means, and what to write instead",
        description="Print what a code means, a program that it is for, and what to write instead.",
        epilog="example: cumbia explain CB0301",
    )  # fmt: skip
    explain.add_argument("code", nargs="?", help="such as CB0301; all of them if not given")
    cache = commands.add_parser(
        "cache", help="the compiled code on disk: where, how much; clear, export, import",
        description="Look after the compiled code that is kept on disk.",
        epilog="example: cumbia cache export code.tar",
    )  # fmt: skip
    actions = cache.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser("info", help="where it is and how much there is")
    actions.add_parser("clear", help="remove all of it")
    export = actions.add_parser("export", help="write it into an archive")
    export.add_argument("file", help="the archive")
    take = actions.add_parser("import", help="take what an archive has")
    take.add_argument("file", help="the archive")
    take.add_argument(
        "--to", metavar="DIRECTORY", help="into this directory, for CUMBIA_CACHE_LAYERS"
    )
    options = parser.parse_args(arguments)
    if options.command == "explain":
        from cumbia import _codes

        return _codes.run(options.code)

    if options.command == "cache":
        from cumbia import _cache

        given = getattr(options, "file", None), getattr(options, "to", None)
        return _cache.run(options.action, *given)

    from cumbia import _info

    return _info.run(options.json)


if __name__ == "__main__":
    sys.exit(main())

"""`cumbia explain`."""

from __future__ import annotations

from typing import Any

from cumbia._command.terminal import Help, print_json

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "explain", help="what a diagnostic's code means, and what to write instead", formatter_class=Help,
        description="Print what a code means, a program that it is for, and what to write instead.",
        epilog="examples:\n  cumbia explain\n  cumbia explain CB0301\n  cumbia explain cb0301 --json",
    )  # fmt: skip
    made.add_argument("code", nargs="?", help="such as CB0301; all of them if not given")
    made.add_argument("--json", action="store_true", help="print it as JSON")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    from cumbia import _codes

    if not options.json:
        return _codes.run(options.code)
    every = _codes.codes()
    if options.code is None:
        print_json([one._asdict() for one in every.values()])
        return 0
    found = every.get(options.code.upper())
    if found is None:
        return _codes.run(options.code)
    print_json(found._asdict())
    return 0

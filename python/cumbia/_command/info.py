"""`cumbia info`."""

from __future__ import annotations

from typing import Any

from cumbia._command.terminal import Help

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "info", help="versions, processor, tiers, settings and where they come from", formatter_class=Help,
        description="Print what this installation is and what it found.",
        epilog="examples:\n  cumbia info\n  cumbia info --json",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="print it as JSON")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    from cumbia import _info

    return _info.run(options.json)

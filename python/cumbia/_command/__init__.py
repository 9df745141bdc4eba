"""The command line: `cumbia`, or `python -m cumbia`.

Each command is a module with `add`, which describes its words, and `run`, which carries it out
and gives the exit status. Statuses are 0 where all is well, 1 where a command found something
wrong or a script failed, 2 where it can't be carried out: wrong words, no such file, a script
that can't be parsed, no permission. What a command shows goes to standard output, what is
wrong to standard error, and a traceback is shown only for a mistake of the script's or a bug.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

__all__ = ["main", "parser"]

# In the order of the help.
COMMANDS = ("info", "run", "check", "annotate", "bench", "disasm", "trace", "explain", "cache", "completion")


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands.

    Returns
    -------
    ArgumentParser
        It sets ``command`` and ``run``.
    """
    made = argparse.ArgumentParser(
        prog="cumbia", description="Python loops at native speed",
        epilog="`cumbia COMMAND --help` shows examples. Status: 0 all is well, 1 something was "
        "found or failed, 2 it can't be done.",
    )  # fmt: skip
    made.add_argument("--version", action="store_true", help="print the version")
    commands = made.add_subparsers(dest="command", metavar="command")
    for name in COMMANDS:
        import_module(f"cumbia._command.{name}").add(commands)
    return made


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
    from cumbia._command.terminal import Failure, say

    reader = parser()
    options = reader.parse_args(arguments)
    if options.version:
        from cumbia import __version__

        print(__version__)
        return 0
    if options.command is None:
        reader.print_help(sys.stderr)
        return 2
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except Failure as failure:
        say(failure.args[0])
        return failure.status
    except BrokenPipeError:
        # Whoever reads has had enough; nothing more is written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except KeyboardInterrupt:
        say("interrupted")
        return 128 + 2

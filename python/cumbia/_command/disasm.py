"""`cumbia disasm`: the code that a script's functions become."""

from __future__ import annotations

from typing import Any

from cumbia._command.run import prepare
from cumbia._command.terminal import Failure, Help, print_json, say

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "disasm", help="assembly, LLVM's IR or cumbia's IR of a script's functions", formatter_class=Help,
        description="Run a script, and print what its functions were compiled to.",
        epilog="examples:\n  cumbia disasm -f step simulate.py\n  cumbia disasm --kind ir simulate.py\n"
        "  cumbia disasm --tier best --json simulate.py",
    )  # fmt: skip
    made.add_argument("-f", "--function", metavar="NAME", help="only this function")
    made.add_argument("-s", "--signature", metavar="TYPES", help="only for these types, such as '(float64[:], int64)'")
    made.add_argument("--kind", choices=("asm", "llvm", "ir"), default="asm", help="what to print; asm if not given")
    made.add_argument("--tier", choices=("fast", "best"), help="of which tier; of the one that runs if not given")
    made.add_argument("--json", action="store_true", help="print it as JSON")
    made.add_argument("--as-numba", action="store_true", help="have `import numba` give cumbia")
    made.add_argument("script", help="the file")
    made.add_argument("arguments", nargs="...", help="what the script gets")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    tier, options.tier = options.tier, None
    prepare(options)
    from cumbia._command import scripts

    if options.kind == "llvm" and tier == "fast":
        raise Failure("LLVM's IR is the best tier's: leave --tier fast away")
    ran = scripts.run(options.script, options.arguments, quiet=True)
    found = []
    for one in scripts.chosen(ran, options.script, options.function):
        try:
            texts = _texts(one, options.kind, options.signature, tier)
        except (KeyError, ValueError, TypeError) as error:
            raise Failure(str(error.args[0])) from None
        except RuntimeError as error:
            raise Failure(str(error), 1) from None
        found += [
            {"function": one.__qualname__, "signature": signature, "kind": options.kind, "text": text}
            for signature, text in texts.items()
        ]
    if not found:
        raise Failure(f"{options.script} called no function that cumbia compiles", 1)
    if ran.status:
        say(f"{options.script} ended with status {ran.status}")
    if options.json:
        print_json(found)
    else:
        for one in found:
            print(f"# {one['function']}: {one['signature']}\n{one['text'].rstrip()}\n")
    return 1 if ran.status else 0


def _texts(function: Any, kind: str, signature: str | None, tier: str | None) -> dict[str, str]:
    if kind == "asm":
        made = function.inspect_asm(signature, tier)
    elif kind == "ir":
        made = function.inspect_ir(signature, tier or function.tier or "fast")
    else:
        made = function.inspect_llvm(signature)
    return made if isinstance(made, dict) else {str(signature): made}

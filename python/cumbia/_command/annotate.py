"""`cumbia annotate`: a script's functions line by line, as HTML in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cumbia._command.run import prepare
from cumbia._command.terminal import Failure, Help, colours, print_json, say, width, write_file

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "annotate", help="a script's functions line by line: types, vectors, checks, assembly", formatter_class=Help,
        description="Run a script, and write what became of each line of its compiled functions into one HTML file.",
        epilog="examples:\n  cumbia annotate simulate.py\n  cumbia annotate -o report.html -f step simulate.py --steps 10\n"
        "  cumbia annotate --text simulate.py | less",
    )  # fmt: skip
    made.add_argument("-o", "--output", metavar="FILE", help="the file; SCRIPT.html in this directory if not given")
    made.add_argument("-f", "--function", metavar="NAME", help="only this function")
    made.add_argument("--text", action="store_true", help="print it as text instead")
    made.add_argument("--json", action="store_true", help="print it as JSON instead")
    made.add_argument("--as-numba", action="store_true", help="have `import numba` give cumbia")
    made.add_argument("script", help="the file")
    made.add_argument("arguments", nargs="...", help="what the script gets")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    prepare(options)
    from cumbia._annotate import html, text
    from cumbia._annotate.lines import annotate
    from cumbia._command import scripts

    printed = options.text or options.json
    ran = scripts.run(options.script, options.arguments, quiet=printed)
    if ran.status:
        # What it compiled until then is told all the same.
        say(f"{options.script} ended with status {ran.status}")
    annotated, waits = [], []
    for one in scripts.chosen(ran, options.script, options.function):
        found = annotate(one)
        annotated += found
        if not found:
            waits.append(one.__qualname__)
    shown = {block.function for one in annotated for block in one.blocks}
    for name in waits:
        if name not in shown:
            say(f"{name} was not called, so there is nothing to show of it")
    if not annotated:
        raise Failure(f"{options.script} called no function that cumbia compiles", 1)
    if options.json:
        print_json([_plain(one) for one in annotated])
    elif options.text:
        print(text.text(annotated, width(), colours()))
    else:
        out = Path(options.output or f"{Path(options.script).stem}.html")
        count = f"{len(annotated)} specialization{'s' if len(annotated) > 1 else ''}"
        about = f"{count}. A click on a line opens its types, IR and assembly; the warmer a line, the more it is estimated to cost."
        write_file(out, html.page(Path(options.script).name, about, annotated))
        print(out)
    return 1 if ran.status else 0


def _plain(one: Any) -> dict[str, Any]:
    """As JSON takes it."""
    blocks = [
        {"function": block.function, "file": block.filename, "lines": [line._asdict() for line in block.lines]}
        for block in one.blocks
    ]
    return {"function": one.function, "signature": one.signature, "tier": one.tier, "why_fast": one.why_fast, "blocks": blocks}

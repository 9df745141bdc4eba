"""`cumbia check`: what would not compile, and what would be slow or wrong, without running it."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

from cumbia._command.terminal import Failure, Help, colours, say, wrapped, write_file

__all__ = ["add", "run"]

FORMATS = ("text", "json", "sarif")
_BOLD, _RED, _YELLOW, _RESET = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "check", help="find what won't compile, unstable types, allocations in loops, races", formatter_class=Help,
        description="Compile the decorated functions of files without running the files, and tell what is wrong.",
        epilog="examples:\n  cumbia check kernels.py\n  cumbia check src --format sarif -o cumbia.sarif\n"
        "  cumbia check kernels.py --ignore allocation-in-loop --json\n\n"
        "Status: 0 nothing was found, 1 something was, 2 a file can't be read or parsed.\n"
        "A line that ends with `# cumbia: ignore` is left out.",
    )  # fmt: skip
    made.add_argument("files", nargs="+", metavar="file", help="files, or directories of them")
    made.add_argument("--format", choices=FORMATS, default="text", help="text if not given")
    made.add_argument("--json", action="store_const", const="json", dest="format", help="as --format json")
    made.add_argument("-o", "--output", metavar="FILE", help="write it there instead of printing it")
    made.add_argument("--ignore", action="append", default=[], metavar="KIND", help="leave findings of a code or kind out")
    made.add_argument("--strict", action="store_true", help="functions that can't be checked are findings, too")
    made.add_argument("-v", "--verbose", action="store_true", help="tell which functions weren't checked, and why")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    # What lies where `python -m cumbia` runs is the user's, whatever its name, and isn't run.
    before = sys.path[:]
    sys.path[:] = [one for one in before if one and Path(one).resolve() != Path.cwd()]
    try:
        return _run(options)
    finally:
        sys.path[:] = before


def _run(options: Any) -> int:
    from cumbia._check import findings, module
    from cumbia._command import scripts

    results, failed = [], False
    for path in _files(options.files):
        try:
            text = scripts.read(path)
            with warnings.catch_warnings():
                # Python tells these when the file runs.
                warnings.simplefilter("ignore", SyntaxWarning)
                tree = scripts.parse(path, text)
                parts = module.read(tree, text, path)
        except Failure as failure:
            say(failure.args[0])
            failed = True
            continue
        found, unchecked, checked = findings.check(parts, path, text)
        lines = text.splitlines()
        kept = [
            one for one in found
            if one.kind not in options.ignore and not lines[one.line - 1].rstrip().endswith("# cumbia: ignore")
        ]  # fmt: skip
        results.append((path, kept, unchecked, checked))
    made = {"text": _text, "json": _json, "sarif": _sarif}[options.format](results, options)
    if options.output:
        write_file(options.output, made + "\n")
    elif made:
        print(made)
    if failed:
        return 2
    count = sum(len(found) + (len(unchecked) if options.strict else 0) for _, found, unchecked, _ in results)
    return 1 if count else 0


def _files(given: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in given:
        path = Path(name)
        if path.is_dir():
            inside = [one for one in sorted(path.rglob("*.py")) if not any(part.startswith(".") for part in one.relative_to(path).parts)]
            if not inside:
                raise Failure(f"{name} has no Python files")
            found.update(dict.fromkeys(map(str, inside)))
        else:
            found[name] = None
    return list(found)


def _text(results: list, options: Any) -> str:
    colour = colours() and not options.output
    rows = []
    for path, found, unchecked, _ in results:
        for one in found:
            head = f"{path}:{one.line}:{one.column}: "
            kind = f"{one.severity}[{one.kind}]"
            message = f"{one.message} (in {one.function})"
            row = wrapped(f"{head}{kind} {message}", "    ")
            if colour:
                mark = _RED if one.severity == "error" else _YELLOW
                row = row.replace(kind, f"{mark}{kind}{_RESET}", 1).replace(head.rstrip(), f"{_BOLD}{head.rstrip()}{_RESET}", 1)
            rows.append(row)
            if one.help:
                rows.append(wrapped(f"    help: {one.help}", "        "))
        if options.verbose or options.strict:
            rows += [wrapped(f"{path}:{one.line}:1: {one.function} was not checked: {one.why}", "    ") for one in unchecked]
    checked = sum(one[3] for one in results)
    left = sum(len(one[2]) for one in results)
    count = sum(len(one[1]) for one in results)
    told = f"{_count(checked, 'function')} checked, {_count(count, 'finding')}"
    if left:
        told += f"; {left} not checked" + ("" if options.verbose or options.strict else " (-v tells why)")
    return "\n".join([*rows, told])


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _json(results: list, options: Any) -> str:
    return json.dumps(
        [
            {
                "file": path,
                "checked": checked,
                "findings": [one._asdict() for one in found],
                "not checked": [one._asdict() for one in unchecked],
            }
            for path, found, unchecked, checked in results
        ],
        indent=2,
    )


def _sarif(results: list, options: Any) -> str:
    """SARIF 2.1.0, as services for continuous integration read it."""
    import cumbia
    from cumbia import _codes
    from cumbia._check.findings import KINDS

    titles = {**{code: one.title for code, one in _codes.codes().items()}, **KINDS}
    kinds = sorted({one.kind for _, found, _, _ in results for one in found})
    rules = [{"id": kind, "shortDescription": {"text": titles.get(kind, kind)}} for kind in kinds]
    entries = []
    for path, found, _, _ in results:
        for one in found:
            region = {"startLine": one.line, "startColumn": one.column, "endLine": one.end_line, "endColumn": one.end_column}
            if (one.end_line, one.end_column) <= (one.line, one.column):
                region = {"startLine": one.line, "startColumn": one.column}
            place = {"physicalLocation": {"artifactLocation": {"uri": Path(path).as_posix()}, "region": region}}
            message = one.message + (f"\n{one.help}" if one.help else "")
            entries.append(
                {"ruleId": one.kind, "ruleIndex": kinds.index(one.kind), "level": one.severity, "message": {"text": message}, "locations": [place]}
            )
    tool = {"driver": {"name": "cumbia", "version": cumbia.__version__, "rules": rules}}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": tool, "columnKind": "unicodeCodePoints", "results": entries}],
    }
    return json.dumps(log, indent=2)

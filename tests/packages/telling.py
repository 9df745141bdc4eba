"""What came of it: outcomes with Numba and with cumbia compared, counted and written as a page.

A test counts if it passes with Numba. It is the same if it passes with cumbia too; otherwise the
first exception that says so tells why: refused by a code, a name that cumbia hasn't, or else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.packages.listing import NOTES, PACKAGES, Package

__all__ = ["brief", "kind", "print_package", "write_page", "write_results"]

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent.parent / "docs" / "packages.md"
CODE = re.compile(r"\bCB\d{4}\b")


def brief(file: dict[str, Any]) -> str:
    """One file's outcomes on a line."""
    counts = Counter(one["outcome"] for one in file["tests"].values())
    shown = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    return f"{shown} in {file['seconds']} s" + ("" if file["ended"] == "exit" else f" ({file['ended']})")


def kind(test: dict[str, Any] | None) -> str:
    """Say of a test that doesn't pass why: a code, ``argument``, ``name``, ``crash``, ``time`` or ``other``."""
    if test is None:
        return "not run"
    outcome = test["outcome"]
    if outcome.startswith("signal"):
        return "crash"
    if outcome == "time limit" or "Timeout" in test["text"][:40]:
        return "time"
    texts = [test["text"], *(text for _, text in test.get("chain", []))]
    for text in texts:
        found = CODE.search(text)
        if found:
            return found.group()
    if any("can't be passed to compiled code" in text or "methods may behave differently" in text for text in texts):
        return "argument"
    for text in texts:
        if "in Numba's place" in text or "in numba's place" in text:
            return "name"
    return "other"


def compared(work: Path, package: Package) -> dict[str, tuple[dict[str, Any], str | None]]:
    """Give each test that passes with Numba: how it ended with cumbia, and why if it failed."""
    numba, cumbia = (_load(work, engine, package) for engine in ("numba", "cumbia"))
    found = {}
    for file, ran in numba.items():
        other = cumbia.get(file)
        if other is None:
            continue
        whole = next((one for one in other["tests"].values() if one["outcome"] == "collect"), None)
        for name, test in ran["tests"].items():
            if test["outcome"] != "passed":
                continue
            mine = other["tests"].get(name, whole)
            if mine is None:
                mine = {"outcome": other["ended"], "text": other["ended"]}
            found[name] = mine, None if mine["outcome"] == "passed" else kind(mine)
    return found


def print_package(work: Path, package: Package, why: bool) -> None:
    """Print a package's counts, and each kind of failure with an example."""
    tests = compared(work, package)
    counts = Counter(reason or "same" for _, reason in tests.values())
    print(f"{package.name}: {len(tests)} with Numba; " + ", ".join(f"{k} {n}" for k, n in counts.most_common()))
    if not why:
        return
    grouped: dict[tuple[str, str], list[str]] = {}
    for name, (test, reason) in tests.items():
        if reason:
            texts = [test["text"], *(text for _, text in test.get("chain", []))]
            told = next((t for t in texts if reason in t), test["text"])
            shown = told if reason.startswith("CB") else f"{test.get('error')}: {told}"
            grouped.setdefault((reason, shown[:600]), []).append(name)
    for (reason, text), names in sorted(grouped.items(), key=lambda item: -len(item[1])):
        print(f"--- {len(names)} x {reason}, as {names[0]}\n{text}")


def _load(work: Path, engine: str, package: Package) -> dict[str, Any]:
    path = work / "results" / engine / f"{package.pinned}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write_results(work: Path) -> None:
    """Write the counts of each package that has been run with both."""
    rows = []
    for package in PACKAGES:
        tests = compared(work, package)
        if not tests:
            continue
        reasons = Counter(reason for _, reason in tests.values() if reason)
        numba, cumbia = (_load(work, engine, package) for engine in ("numba", "cumbia"))
        both = [file for file in numba if file in cumbia]
        rows.append({
            "package": package.name,
            "version": package.version,
            "files": len(both),
            "with cumbia": _counted(cumbia[file] for file in both),
            "tests": len(tests),
            "same": len(tests) - sum(reasons.values()),
            "why not": dict(sorted(reasons.items())),
            "seconds": {
                engine: round(sum(ran[file]["seconds"] for file in both))
                for engine, ran in (("numba", numba), ("cumbia", cumbia))
            },
        })
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")


def _counted(files: Iterable[dict[str, Any]]) -> dict[str, int]:
    outcomes = Counter(one["outcome"] for file in files for one in file["tests"].values())
    passed, skipped = outcomes["passed"], outcomes["skipped"]
    return {"passed": passed, "failed": sum(outcomes.values()) - passed - skipped}


def write_page() -> None:
    """Write the page from the committed results."""
    PAGE.write_text(page())


def page() -> str:
    """Give the page's text.

    Returns
    -------
    str
    """
    rows = json.loads(RESULTS.read_text())
    lines = [_HEAD]
    for row in rows:
        alone = f"{row['with cumbia']['passed']} / {row['with cumbia']['failed']}"
        seconds = f"{row['seconds']['numba']} / {row['seconds']['cumbia']}"
        lines.append(
            f"| {row['package']} {row['version']} | {row['tests']} | {row['same']} | {_words(row['why not'])} | {alone} | {seconds} |\n"
        )
    total, same = (sum(row[key] for row in rows) for key in ("tests", "same"))
    lines.append(f"\n{same} of {total} tests are the same.\n\n## What stands in the way\n\nIn the tests above, and in further files that were run with cumbia alone.\n\n")
    lines += [f"- **{row['package']}**: {NOTES[row['package']]}\n" for row in rows]
    lines.append(_END)
    return "".join(lines)


_NAMES = {"name": "a name that cumbia hasn't", "argument": "an argument", "other": "else", "time": "time limit", "crash": "crash", "not run": "not reached"}


def _words(why: dict[str, int]) -> str:
    return ", ".join(f"{_NAMES.get(one, one)}: {count}" for one, count in why.items()) or "-"


_HEAD = """\
# Packages written with Numba

What becomes of published packages when `import numba` gives cumbia: their own tests, run by `cumbia run --as-numba -m pytest`, unchanged.
fast-hdbscan and umap-learn bring none, so theirs are in `tests/packages/own/`.
A test counts if it passes with Numba 0.68.1 here; it is the same if it passes with cumbia as well.
Codes are cumbia's refusals ([what they mean](diagnostics.md)): such a test meets a function that isn't compiled.
"An argument" is one that compiled code doesn't take; "else" is a test that fails in another way.
Files for which Numba wasn't done within the time limit count as far as it came, so there are packages with more tests in the column for cumbia alone.
Of large packages some files of tests are run, which `tests/packages/listing.py` names; they were chosen by their length, and what Numba or cumbia hadn't begun when this was written is left out.

The seconds are those of one run with Numba and one with cumbia on two busy cores, with pytest's and the imports': an order of magnitude.

| package | tests | the same | why not | with cumbia alone: passed / failed | seconds, Numba / cumbia |
| --- | ---: | ---: | --- | ---: | ---: |
"""

_END = """
`python -m tests.packages` makes an environment, fetches the packages and runs them with both; `--why` prints each kind of failure with an example, `--write` this page.
[How to run a program](how-to/use-the-command-line.md#run-a-numba-script) with cumbia in Numba's place says what differs there.
"""

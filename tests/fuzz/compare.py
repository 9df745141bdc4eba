"""One program under CPython and cumbia: agreed, refused, or a finding.

A finding has a category, which says what kind of difference it is without the values,
so that shrinking stays with one bug and a campaign can count. Crashes and endless runs
aren't seen here: `campaign.py` watches for them from outside.
"""

from __future__ import annotations

import itertools
import linecache
import re
from typing import NamedTuple

from tests.fuzz.reference import documented, load
from tests.python.harness import (
    DEVIATIONS,
    IDENTITY,
    CompileError,
    argument_differences,
    copy_arguments,
    differences,
    run,
    shown,
)

__all__ = ["Verdict", "judge"]

_count = itertools.count()


class Verdict(NamedTuple):
    """What came of a program.

    ``outcome`` is ``agreed``, ``refused``, ``invalid`` (CPython itself can't run it) or
    ``differs``; ``category`` the codes of refusals or the kind of difference.
    """

    outcome: str
    category: str
    report: str


def judge(text: str) -> Verdict:
    """Run all calls of a program in both ways."""
    filename = f"<program {next(_count)}>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    try:
        plain = load(text, filename)
        if IDENTITY:
            native = dict(plain)
        else:
            native = {"__name__": "program"}
            exec(compile(text, filename, "exec"), native)
        calls = plain["CALLS"]
    except Exception as error:
        return Verdict("invalid", type(error).__name__, str(error))
    refusals, errors = [], 0
    for number, call in enumerate(calls):
        expected = run(plain["f"], *copy_arguments(call, {}), files={filename})
        if isinstance(expected.error, (TypeError, NameError, SyntaxError)) and not isinstance(
            expected.error, UnboundLocalError
        ):
            # Made by shrinking: a mistake that compiling refuses in its own words.
            return Verdict("invalid", type(expected.error).__name__, str(expected.error))
        got = run(native["f"], *copy_arguments(call, {}), files={filename})
        if isinstance(got.error, CompileError):
            refusals.append(f"{got.error.code} {got.error.message}")
            continue
        errors += expected.error is not None
        problems = compared(expected, got)
        if problems:
            lines = [f"call {number}: f(" + ", ".join(map(shown, call)) + ")", *problems]
            lines += [f"CPython: {expected}", f"cumbia: {got}"]
            return Verdict("differs", category(problems, expected, got), "\n".join(lines))
    if refusals:
        return Verdict("refused", refusals[0], "\n".join(refusals))
    return Verdict("agreed", "raised" if errors else "returned", "")


def compared(expected, got) -> list[str]:
    """What differs, documented deviations aside."""
    if documented(expected.error):
        base = type(expected.error).__mro__[1]
        if not isinstance(got.error, base):
            return [f"{base.__name__} was expected"]
        problems = argument_differences(expected, got)
        return problems + ([] if expected.lines == got.lines else ["the tracebacks name different lines"])
    problems = differences(expected, got)
    if problems and any(DEVIATIONS[n].accepts(expected, got) for n in ("whole-view", "exception-text")):
        problems = argument_differences(expected, got)
    return problems


def category(problems, expected, got) -> str:
    """The kind of a difference: no values, no places."""

    def kind(outcome):
        if outcome.error is None:
            return "returns"
        text = str(outcome.error).splitlines()[0] if isinstance(outcome.error, RuntimeError) else ""
        return f"{type(outcome.error).__name__} {text}".strip()

    first = re.sub(r"0x[0-9a-f]+|[-+]?\d[\d.e+-]*|nan|inf", "#", problems[0])
    first = re.sub(r"\(#.*?\)|\[.*?\]", "()", first)
    first = re.sub(r"(result|afterwards)(\(\))+", r"\1", first)
    internal = re.sub(r"\d+", "#", kind(got))
    return f"{first} | {re.sub(r'[0-9]+', '#', kind(expected))} | {internal}"

"""One program under CPython and cumbia: agreed, refused, or a finding.

A finding has a category, which says what kind of difference it is without the values,
so that shrinking stays with one bug and a campaign can count. Crashes and endless runs
aren't seen here: `campaign.py` watches for them from outside.
"""

from __future__ import annotations

import copy
import itertools
import linecache
import re
from typing import NamedTuple

import numpy as np

from tests.corpus.differences import differences, inlined, values
from tests.corpus.judge import refused
from tests.corpus.outcome import Seen
from tests.fuzz.reference import documented, load
from tests.python.harness import (
    DEVIATIONS,
    IDENTITY,
    copy_arguments,
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
        expected = run(plain["f"], *copied(call), files={filename})
        if isinstance(expected.error, (TypeError, NameError, SyntaxError)) and not unbound(expected):
            # Made by shrinking: a mistake that compiling refuses in its own words.
            return Verdict("invalid", type(expected.error).__name__, str(expected.error))
        got = run(native["f"], *copied(call), files={filename})
        refusal = refused(Seen(got, (), ""))
        if refusal:
            text = getattr(got.error, "message", refusal[1])
            refusals.append(f"{refusal[0]} {text}")
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


def copied(call: tuple) -> tuple[tuple, dict]:
    """Copies of arguments: arrays with their strides, containers deeply."""
    arrays = iter(copy_arguments(tuple(one for one in call if isinstance(one, np.ndarray)), {})[0])
    return tuple(
        next(arrays) if isinstance(one, np.ndarray) else copy.deepcopy(one) for one in call
    ), {}


def unbound(outcome) -> bool:
    """Whether a variable was read that has no value yet, in a comprehension too."""
    error = outcome.error
    free = isinstance(error, NameError) and "free variable" in str(error)
    return free or isinstance(error, UnboundLocalError)


def compared(expected, got) -> list[str]:
    """What differs, documented deviations aside."""
    if documented(expected.error):
        base = type(expected.error).__mro__[1]
        if not isinstance(got.error, base):
            return [f"{base.__name__} was expected"]
        problems = afterwards(expected, got)
        return problems + ([] if inlined(expected.lines) == inlined(got.lines) else ["the tracebacks name different lines"])
    if unbound(expected) and type(expected.error) is NameError:
        # Since Python 3.12 comprehensions read such a variable as their function does.
        return [] if isinstance(got.error, NameError) else ["NameError was expected"]
    problems = differences(Seen(expected, (), ""), Seen(got, (), ""), chains=False, ordered=False)
    if not problems and expected.error is not None and chain(expected.error) != chain(got.error):
        problems = ["the chained exceptions are others"]
    if problems and any(DEVIATIONS[n].accepts(expected, got) for n in ("whole-view", "exception-text")):
        problems = afterwards(expected, got)
    return problems


def afterwards(expected, got) -> list[str]:
    """What differs between the arguments after the calls."""
    return [
        text
        for place, (a, b) in enumerate(zip(expected.arguments, got.arguments))
        for text in values(a, b, f"argument {place} afterwards", False)
    ]


def chain(error: BaseException | None) -> list:
    """The classes of an exception and those it came from; documented ones by their base."""
    found = []
    while error is not None and len(found) < 20:
        kind = type(error).__mro__[1] if documented(error) else type(error)
        found.append((kind.__name__, error.__cause__ is None, error.__suppress_context__))
        error = error.__cause__ or error.__context__
    return found


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

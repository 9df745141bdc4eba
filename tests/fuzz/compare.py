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
import sys
import types
from typing import NamedTuple

import numpy as np

import cumbia  # noqa: F401
from tests.corpus.differences import differences, values
from tests.corpus.judge import refused
from tests.corpus.outcome import Seen
from tests.fuzz.reference import WideInteger, documented, load
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
        return Runs(text, filename).verdict()
    except Failed as failed:
        return Verdict("invalid", type(failed.error).__name__, str(failed.error))
    finally:
        linecache.cache.pop(filename, None)


class Failed(Exception):
    """CPython can't even execute the module."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Runs:
    """A program, compiled and under CPython, with and without the documented deviations.

    Most calls end in the same way compiled and under plain CPython, which needs no
    rewriting of the program: then it is what the user would see. The reference of
    `reference.py` decides the others, and those where plain Python might compute with
    integers of any size for long.
    """

    def __init__(self, text: str, filename: str) -> None:
        self.text, self.filename = text, filename
        self.rewritten: dict | None = None
        try:
            code = compile(text, filename, "exec")
            self.plain = undecorated(code)
            if IDENTITY:
                self.native = self.rewritten = load(text, filename)
            else:
                self.native = {"__name__": "program"}
                exec(code, self.native)
            self.calls = self.plain["CALLS"]
        except Exception as error:
            raise Failed(error) from error
        self.arrays = {
            name: value.copy() for name, value in self.plain.items() if isinstance(value, np.ndarray)
        }
        self.catches = any(name in text for name in CATCHING)

    def run(self, scope: dict, call: tuple):
        """A call; the module's arrays begin as they were, and count as arguments."""
        for name, value in self.arrays.items():
            scope[name][...] = value
        outcome = run(scope["f"], *copied(call), files={self.filename})
        arrays = tuple(scope[name].copy() for name in self.arrays)
        return outcome._replace(arguments=outcome.arguments + arrays)

    def reference(self, call: tuple):
        """What CPython does, by the documented deviations."""
        if self.rewritten is None:
            self.rewritten = load(self.text, self.filename)
        return self.run(self.rewritten, call)

    def as_in_python(self, call: tuple, got) -> bool:
        """Whether plain CPython does the same; False where it isn't asked."""
        if self.catches or isinstance(got.error, (ArithmeticError, ValueError, MemoryError, RecursionError)):
            return False
        expected = self.run(self.plain, call)
        return not (compared(expected, got) or mistaken(expected))

    def as_with_wide_lines(self, call: tuple, expected, got) -> bool:
        """Whether the reference does the same once lines may have wider integers.

        It raised OverflowError on the first of them, where compiled code went on since only
        low bits are asked for there; a later line may raise it all the same.
        """
        wide: set[int] = set()
        while type(expected.error) is WideInteger and expected.error.line not in wide | {None}:
            wide.add(expected.error.line)
            expected = self.run(load(self.text, self.filename, frozenset(wide)), call)
            if not compared(expected, got):
                return True
        return False

    def verdict(self) -> Verdict:
        refusals, errors = [], 0
        for number, call in enumerate(self.calls):
            got = self.run(self.native, call)
            refusal = refused(Seen(got, (), ""))
            if too_wide(call, got):
                # Said before the call began, whatever Python would come to.
                errors += 1
                continue
            if not refusal and self.as_in_python(call, got):
                errors += got.error is not None
                continue
            expected = self.reference(call)
            said = isinstance(got.error, TypeError) and str(got.error) == str(expected.error)
            if mistaken(expected) and not said:
                # Made by shrinking: a mistake that compiling refuses in its own words.
                return Verdict("invalid", type(expected.error).__name__, str(expected.error))
            if refusal:
                text = getattr(got.error, "message", refusal[1])
                refusals.append(f"{refusal[0]} {text}")
                continue
            errors += expected.error is not None
            problems = compared(expected, got)
            if problems and not compared(self.run(self.plain, call), got):
                # Constants, and integers of which low bits are asked for, are Python's.
                continue
            if problems and self.as_with_wide_lines(call, expected, got):
                continue
            if problems:
                lines = [f"call {number}: f(" + ", ".join(map(shown, call)) + ")", *problems]
                lines += [f"CPython: {expected}", f"cumbia: {got}"]
                return Verdict("differs", category(problems, expected, got), "\n".join(lines))
        if refusals:
            return Verdict("refused", refusals[0], "\n".join(refusals))
        return Verdict("agreed", "raised" if errors else "returned", "")


# Handlers that may take the OverflowError of an integer of 64 bits: plain Python would go on
# with the integer, and perhaps make it longer and longer.
CATCHING = ["except OverflowError", "except ArithmeticError", "except Exception"]


def undecorated(code) -> dict:
    """A program's module with a decorator that does nothing."""
    module = types.ModuleType("cumbia")
    module.jit = lambda func: func
    scope = {"__name__": "program"}
    kept = sys.modules["cumbia"]
    sys.modules["cumbia"] = module
    try:
        exec(code, scope)
    finally:
        sys.modules["cumbia"] = kept
    return scope


def mistaken(expected) -> bool:
    """Whether a program fails for what compiling would refuse."""
    return isinstance(expected.error, (TypeError, NameError, SyntaxError)) and not unbound(expected)


def too_wide(call: tuple, got) -> bool:
    """Whether an integer argument that no 64 bits hold was refused for that."""
    wide = any(type(one) is int and not -(2**63) <= one < 2**63 for one in call)
    return wide and isinstance(got.error, OverflowError) and "does not fit in 64 bits" in str(got.error)


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
        return problems + ([] if expected.lines == got.lines else ["the tracebacks name different lines"])
    if unbound(expected) and type(expected.error) is NameError:
        # Since Python 3.12 comprehensions read such a variable as their function does.
        return [] if isinstance(got.error, NameError) else ["NameError was expected"]
    problems = differences(Seen(expected, (), ""), Seen(got, (), ""), chains=False, ordered=False)
    if not problems and expected.error is not None and chain(expected.error) != chain(got.error):
        problems = ["the chained exceptions are others"]
    if problems and any(DEVIATIONS[n].accepts(expected, got) for n in ("whole-view", "exception-text", "float-into-unsigned")):
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
        text = str(outcome.error).partition("\n")[0] if isinstance(outcome.error, RuntimeError) else ""
        return f"{type(outcome.error).__name__} {text}".strip()

    first = re.sub(r"0x[0-9a-f]+|[-+]?\d[\d.e+-]*|nan|inf", "#", problems[0])
    first = re.sub(r"\(#.*?\)|\[.*?\]", "()", first)
    first = re.sub(r"(result|afterwards)(\(\))+", r"\1", first)
    internal = re.sub(r"\d+", "#", kind(got))
    return f"{first} | {re.sub(r'[0-9]+', '#', kind(expected))} | {internal}"

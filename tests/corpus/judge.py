"""What comes of a program: same, refused before it ran, or wrong.

A refusal is a compile error, or the dispatcher's word that an argument of a type can't
be passed, and counts only if nothing ran: no argument changed and nothing was printed.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import NamedTuple

from tests.apart import Apart, Failure
from tests.corpus import programs
from tests.corpus.differences import differences, values
from tests.corpus.outcome import Seen, compiled, plain
from tests.corpus.registry import COMPILER, PROGRAMS, Program, Refused
from tests.python.harness import DEVIATIONS, CompileError

__all__ = ["Verdict", "judge", "judge_apart", "load"]

# What one program may take, its compilation included.
PATIENCE = 30.0
# What a refusal may take on the screen.
MAX_LINES = 12


class Verdict(NamedTuple):
    """`status` is ``same``, ``refused CBxxxx`` or ``wrong``; `report` says why."""

    status: str
    report: str


def load() -> dict[str, Program]:
    """All programs by name, in the order of the files."""
    for module in sorted(info.name for info in pkgutil.iter_modules(programs.__path__)):
        importlib.import_module(f"{programs.__name__}.{module}")
    return PROGRAMS


def judge(name: str) -> Verdict:
    """Run a program in both ways, in this process."""
    program = load()[name]
    refusals = []
    for number, call in enumerate(program.calls):
        expected, got = plain(program, call), compiled(program, call)
        refusal = refused(got)
        if refusal:
            refusals.append(f"call {number}: {refusal[1]}")
            if len(refusal[1].strip().splitlines()) > MAX_LINES and COMPILER != "numba":
                return Verdict("wrong", f"a refusal of so many lines:\n{refusal[1]}")
            changed = [
                text
                for place, (a, b) in enumerate(zip(got.before, got.outcome.arguments))
                if not hasattr(a, "py_func")
                for text in values(a, b, f"argument {place}")
            ]
            if changed or got.printed:
                return Verdict("wrong", f"refused after it ran: {changed} {got.printed!r}\n{refusal[1]}")
            first = refusal[0] if len(refusals) == 1 else first
            continue
        problems = differences(expected, got, strict=COMPILER != "numba")
        deviation = program.deviation and DEVIATIONS[program.deviation]
        if problems and deviation and deviation.accepts(expected.outcome, got.outcome):
            problems = []
        if problems:
            shown = [f"CPython: {expected.outcome}", f"compiled: {got.outcome}"]
            return Verdict("wrong", "\n".join([f"call {number}", *problems, *shown]))
    if refusals:
        return Verdict(f"refused {first}", "\n".join(refusals))
    return Verdict("same", "")


def refused(seen: Seen) -> tuple[str, str] | None:
    """Code and text of a refusal."""
    error = seen.outcome.error
    if COMPILER == "numba":
        return _refused_by_numba(error)
    if isinstance(error, CompileError):
        return error.code, str(error)
    if isinstance(error, Refused):
        return "decorator", str(error)
    if type(error) is TypeError and not seen.outcome.lines:
        if re.match(r"argument '\w+' of [\w.<>]+\(\): |a compiled function can't return", str(error)):
            return "argument", str(error)
    return None


def _refused_by_numba(error: BaseException | None) -> tuple[str, str] | None:
    if isinstance(error, Refused) or type(error).__module__.startswith(("numba", "llvmlite")):
        return "", f"{type(error).__name__}: {error}"[:500]
    if type(error) in (TypeError, NotImplementedError, ValueError) and "cannot" in str(error)[:40]:
        return "", str(error)
    return None


def judge_apart(worker: Apart, name: str) -> Verdict:
    """Run a program in a worker process; a crash is wrong too."""
    answer = worker.ask(name, PATIENCE)
    if isinstance(answer, Failure):
        return Verdict("wrong", f"{answer.kind}\n{answer.report}")
    return Verdict(*answer)

"""One run of a program: value, exception, traceback, printed text, arguments afterwards.

Every run gets fresh arguments and the same state of `random`. Under CPython all helpers
run undecorated, also those that are passed as arguments.
"""

from __future__ import annotations

import contextlib
import copy
import io
import random
from typing import Any, NamedTuple

from tests.corpus.registry import Call, Program, jit
from tests.python import harness

__all__ = ["Seen", "compiled", "plain"]


class Seen(NamedTuple):
    """What a run did; `outcome.arguments` are those after the run, `before` those before."""

    outcome: harness.Outcome
    before: tuple
    printed: str


def plain(program: Program, call: Call) -> Seen:
    """Run a program under CPython."""
    func, files = harness.undecorated(program.func)
    return _run(program, func, call, files, lambda value: harness.undecorated(value)[0])


_compiled: dict[str, Any] = {}


def compiled(program: Program, call: Call) -> Seen:
    """Run a program compiled."""
    if program.name not in _compiled:
        _compiled[program.name] = jit(program.func)
    _, files = harness.undecorated(program.func)
    return _run(program, _compiled[program.name], call, files, lambda value: value)


def _run(program: Program, func: Any, call: Call, files: frozenset, functions) -> Seen:
    if call.make:
        args, before = call.make(), ()
    else:
        memo = _memo((*call.args, *call.kwargs.values()), functions)
        memo_of_before = dict(memo)
        args, kwargs = copy.deepcopy((call.args, call.kwargs), memo)
        # Copies too: copying makes an array contiguous.
        before = tuple(copy.deepcopy([*call.args, *call.kwargs.values()], memo_of_before))
    kwargs = {} if call.make else kwargs
    if program.method:
        bound = func.__get__(args[0], type(args[0]))
        target = lambda *rest, **names: bound(*rest[1:], **names)  # noqa: E731
    else:
        target = func
    if program.after:
        target = _followed(target, program.after)
    random.seed(20)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        outcome = harness.run(target, args, kwargs, files=files)
    return Seen(outcome, before, text.getvalue())


def _followed(func: Any, after: Any) -> Any:
    return lambda *args, **kwargs: after(func(*args, **kwargs))


def _memo(values: Any, functions) -> dict[int, Any]:
    """What copying gives for the compiled functions among the arguments."""
    memo, todo = {}, list(values)
    while todo:
        value = todo.pop()
        if hasattr(value, "py_func"):
            memo[id(value)] = functions(value)
        elif isinstance(value, (tuple, list)):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
    return memo

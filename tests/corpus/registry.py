"""What the files of programs are written with: `program`, `call` and `jit`.

A program is one function with the calls that are made of it. Its helpers are plain
functions (compiling what a compiled function calls is the compiler's business) or carry
`@jit`. Which compiler that is, `COMPILER` says, read once when this module is imported:
`cumbia`, `numba` for a comparison, or `none`, under which CPython is compared with
itself.

Arguments are written as values and copied for each run; what can't be copied deeply
(`memoryview`) is written as `made(lambda: (...))` and made for each run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["COMPILER", "Call", "PROGRAMS", "Program", "Refused", "call", "jit", "made", "program"]

COMPILER = os.environ.get("CUMBIA_CORPUS_COMPILER") or (
    "none" if os.environ.get("CUMBIA_TESTS_IDENTITY") else "cumbia"
)


class Refused(Exception):
    """A decorator wouldn't take a function."""


class Call(NamedTuple):
    """The arguments of one call; `make` makes them where they can't be copied."""

    args: tuple
    kwargs: dict[str, Any]
    make: Callable[[], tuple] | None = None


class Program(NamedTuple):
    """One function and what is done with it.

    ``after`` turns the result into what is compared (a generator into a list, say);
    ``method`` binds the function to the first argument through `__get__`; ``deviation``
    names a row of the harness's deviations that may explain a difference.
    """

    name: str
    func: Callable
    calls: tuple[Call, ...]
    after: Callable[[Any], Any] | None
    method: bool
    deviation: str | None


PROGRAMS: dict[str, Program] = {}


def call(*args: Any, **kwargs: Any) -> Call:
    """The arguments of one call."""
    return Call(args, kwargs)


def made(make: Callable[[], tuple]) -> Call:
    """Arguments that are made anew for each run."""
    return Call((), {}, make)


def program(
    *calls: Call,
    after: Callable[[Any], Any] | None = None,
    method: bool = False,
    deviation: str | None = None,
) -> Callable[[Callable], Callable]:
    """Register a function as a program, and leave it as it is."""
    if not calls:
        raise ValueError("a program has at least one call")

    def register(func: Callable) -> Callable:
        family = func.__module__.rpartition(".")[2]
        name = f"{family}.{func.__name__}"
        if name in PROGRAMS:
            raise ValueError(f"there are two programs {name}")
        PROGRAMS[name] = Program(name, func, calls, after, method, deviation)
        return func

    return register


class Unwilling:
    """A function that the compiler didn't take, which is a refusal when it is called."""

    def __init__(self, func: Callable, error: Exception) -> None:
        self.py_func, self.error = func, error
        self.__name__ = func.__name__

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        raise Refused(str(self.error)) from self.error

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self


def jit(func: Callable) -> Callable:
    """Compile a function with the chosen compiler."""
    if COMPILER == "none":
        return func
    if COMPILER == "numba":
        from numba import njit as compiler
    else:
        from cumbia import jit as compiler
    try:
        return compiler(func)
    except Exception as error:
        return Unwilling(func, error)

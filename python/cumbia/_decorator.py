"""``jit`` and ``njit``: from a Python function to a dispatcher.

A decorator checks what it was given, takes the function's source and hands both to the
native dispatcher, which compiles at the first call or, with signatures, at once. No
compiling happens here, and the native module is loaded only when something is decorated.
"""

from __future__ import annotations

import functools
import os
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, overload

from cumbia import _hints, _options, _signature, _source
from cumbia._events import Stats, trace_at_exit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    from cumbia._cumbia import Dispatcher
    from cumbia.types import Signature, Type

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["jit", "njit"]

# The shell that shows dispatchers, where there is one.
_SHOWING: dict[str, Any] = {}

# Told of each new dispatcher: by notebooks and commands that show what a program compiles.
LISTENERS: list[Callable[[Any], object]] = []

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


@overload
def jit(
    signature_or_function: Callable[P, R], /, **options: Any
) -> Dispatcher[P, R]: ...


@overload
def jit(
    signature_or_function: str
    | Signature
    | tuple[Type, ...]
    | list[str | Signature | tuple[Type, ...]]
    | None = None,
    **options: Any,
) -> Callable[[Callable[P, R]], Dispatcher[P, R]]: ...


def jit(signature_or_function: Any = None, **options: Any) -> Any:
    """Compile a function of numbers and arrays to native code.

    Used as ``@jit``, ``@jit(options)``, ``@jit(signatures, options)`` or
    ``jit(function, options)``. Without signatures the function is compiled for the types
    of its arguments at the first call with such types.

    Parameters
    ----------
    signature_or_function : function, str, Signature, tuple of Type, or list, optional
        The function itself, or one or more signatures (see `cumbia.types`), which are
        compiled at once and are then the only ones accepted.
    **options
        ``cache``, ``tier``, ``source`` and others; an unknown name is refused with the
        list of known ones.

    Returns
    -------
    Dispatcher or decorator
        Something that is called as the function is. A dispatcher given back to ``jit``
        without options or signatures is returned as it is; with them, its function is
        compiled anew under these.

    Raises
    ------
    TypeError
        For something that is no Python function, or an unknown option.
    ValueError
        For an option's value that isn't taken, or a malformed signature.
    SourceError
        When the function's source can't be had.

    Examples
    --------
    >>> from cumbia import jit
    >>> @jit
    ... def total(n):
    ...     s = 0
    ...     for i in range(n):
    ...         s += i
    ...     return s
    >>> total(10)  # doctest: +SKIP
    45
    """
    if signature_or_function is None:
        return _decorator([], options)
    if _signature.is_signature(signature_or_function):
        return _decorator(_signature.parse_all(signature_or_function), options)
    return _dispatcher(signature_or_function, [], options, _options.resolve(options))


njit = jit


class _Executor:
    """What `pandas` asks of an ``engine=``; loaded when it does."""

    @staticmethod
    def map(**given: Any) -> Any:
        from cumbia._pandas import Engine

        return Engine.map(**given)

    @staticmethod
    def apply(**given: Any) -> Any:
        from cumbia._pandas import Engine

        return Engine.apply(**given)


jit.__pandas_udf__ = _Executor  # type: ignore[attr-defined]


def _decorator(signatures: list[Signature], options: dict[str, Any]) -> Callable:
    resolved = _options.resolve(options)

    def decorate(func: Any) -> Any:
        return _dispatcher(func, signatures, options, resolved)

    decorate.__pandas_udf__ = _Executor  # type: ignore[attr-defined]
    return decorate


def _dispatcher(
    func: Any,
    signatures: list[Signature],
    options: dict[str, Any],
    resolved: dict[str, Any],
) -> Any:
    if _is_dispatcher(func):
        if not signatures and not options:
            return func
        func = func.py_func
    _check_function(func)
    if _disabled():
        return _plain(func)
    _traced()
    source = _source.capture(func, source=resolved["source"])
    func.__dict__[_source.SNAPSHOT] = source

    from cumbia._cumbia import Dispatcher

    texts = [one.canonical() for one in signatures]
    if resolved["hints"] and not texts:
        texts = [_hints.signature(func)]
    own = ("source", "hints")
    passed = {name: value for name, value in resolved.items() if name not in own}
    _shown_in_notebooks()
    made = Dispatcher(func, source.as_tuple(), passed, texts)
    for told in LISTENERS:
        told(made)
    return made


def _shown_in_notebooks() -> None:
    """Have IPython, where this is one, show dispatchers."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None and hasattr(shell, "display_formatter") and _SHOWING.get("shell") is not shell:
        from cumbia._notebook import display

        display.register(shell)
        _SHOWING["shell"] = shell


@functools.cache
def _traced() -> None:
    """Once: what `CUMBIA_TRACE` asks for."""
    if path := os.environ.get("CUMBIA_TRACE"):
        trace_at_exit(path)


def _disabled() -> bool:
    return os.environ.get("CUMBIA_DISABLE_JIT", "") not in ("", "0")


def _plain(func: FunctionType) -> FunctionType:
    """The function itself, with what programs ask of a dispatcher.

    It stays a function, so that debuggers and coverage see what they see without `jit`.
    """
    func.__dict__.update(
        py_func=func,
        signatures=[],
        nopython_signatures=[],
        overloads={},
        tier=None,
        stats=Stats(calls=0, compiles=0, found=0, specializations=0, times={}, best=0.0, moved=0),
        compile=_nothing,
        recompile=_nothing,
        disable_compile=_nothing,
        inspect_types=_nothing,
        parallel_diagnostics=_nothing,
        offload_report=_nothing,
        wait=_at_once,
    )
    return func


def _nothing(*_: object, **__: object) -> None:
    """Compiling, where `CUMBIA_DISABLE_JIT` says that nothing is compiled."""


def _at_once(timeout: float | None = None, /) -> bool:
    return True


def _is_dispatcher(value: Any) -> bool:
    return type(value).__module__.startswith("cumbia") and hasattr(value, "py_func")


def _check_function(func: Any) -> None:
    if not isinstance(func, FunctionType):
        raise TypeError(_no_function(func))
    for flag, what, instead in (
        (_COROUTINE, "a coroutine function", "call a jitted function from it"),
        (_ASYNC_GENERATOR, "an asynchronous generator", "call a jitted function from it"),
    ):
        if func.__code__.co_flags & flag:
            raise TypeError(
                f"jit() doesn't compile {what}: {func.__qualname__}(); {instead}"
            )


def _no_function(value: Any) -> str:
    name = getattr(value, "__qualname__", None) or type(value).__name__
    if isinstance(value, type):
        return f"jit() compiles functions, not classes: {name}; decorate its methods instead"
    if isinstance(value, (staticmethod, classmethod, property)):
        kind = type(value).__name__
        return f"jit() goes below @{kind}, next to the function: @{kind} above @jit"
    if hasattr(value, "__func__"):
        return f"jit() compiles functions, not bound methods: {name}; pass its __func__"
    if type(value).__name__ == "builtin_function_or_method" or type(value).__name__ == "ufunc":
        return (
            f"jit() compiles functions written in Python; {name} is compiled already and "
            "can be called from a jitted function if cumbia knows it"
        )
    if type(value).__name__ == "_lru_cache_wrapper":
        return "jit() goes below @lru_cache or @cache, next to the function: @cache above @jit"
    if type(value).__name__ == "partial":
        return "jit() doesn't compile functools.partial objects; jit the function inside"
    return f"jit() takes a Python function or signatures, not {value!r}"

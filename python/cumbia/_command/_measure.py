"""One engine's part of `cumbia bench`, in a process of its own."""

from __future__ import annotations

import json
import sys
from time import perf_counter
from types import ModuleType
from typing import Any

from cumbia.bench import digest, short, steady

__all__ = ["measure"]

# Options that only cumbia has.
_OWN = ("tier", "hints", "source", "race", "schedule", "chunk", "cache")


def measure(asked: dict[str, Any]) -> dict[str, Any]:
    """Time a call.

    Parameters
    ----------
    asked : dict
        What `cumbia bench` passes on.

    Returns
    -------
    dict
        Seconds of the first call, of compiling, and the quartiles of a call; what it gave.
    """
    if asked["engine"] == "numba":
        _numba_for_cumbia()
    elif asked["as_numba"]:
        from cumbia._command import as_numba

        as_numba.install()
    from cumbia._command import scripts
    from cumbia._command.terminal import Failure

    ran = scripts.run(asked["script"], [], name="__bench__", quiet=True)
    if ran.status:
        raise Failure(f"the script ended with status {ran.status}", 1)
    scope = ran.namespace
    exec(compile(asked["setup"], "<setup>", "exec"), scope)
    code = compile(asked["call"], "<call>", "eval")
    names = [name for name in code.co_names if name in scope and not callable(scope[name])]
    start = perf_counter()
    result = eval(code, scope)
    first = perf_counter() - start
    # What the call has changed is a part of what it gives.
    seen = digest([result, *(scope[name] for name in names)])
    compiling = None
    if ran.functions:
        # Where the first call waits for LLVM, that is a part of it.
        compiling = sum(sum(one.stats.times.values()) for one in ran.functions)
    found = steady(lambda: eval(code, scope), asked["time"])
    return {
        "first": first, "compiling": compiling, **vars(found), "digest": seen, "result": short(result),
    }  # fmt: skip


def _numba_for_cumbia() -> None:
    """`import cumbia` gives Numba, as far as both have a name, from here on."""
    import functools

    import numba

    made = ModuleType("cumbia", "Numba, by cumbia's names.")
    for name in dir(numba):
        if not name.startswith("__"):
            setattr(made, name, getattr(numba, name))

    def taking(decorator: Any) -> Any:
        @functools.wraps(decorator)
        def passed(*args: Any, **options: Any) -> Any:
            return decorator(*args, **{name: value for name, value in options.items() if name not in _OWN})

        return passed

    made.jit = made.njit = taking(numba.njit)  # type: ignore[attr-defined]
    made.types = numba.types  # type: ignore[attr-defined]
    import cumbia

    # The parts that this process needs stay what they are.
    made.__path__ = cumbia.__path__
    made.__version__ = cumbia.__version__  # type: ignore[attr-defined]
    import cumbia._command.scripts
    import cumbia._command.terminal
    import cumbia._decorator

    for name, module in list(sys.modules.items()):
        if name.startswith("cumbia.") and name.count(".") == 1:
            setattr(made, name.partition(".")[2], module)
    made.types = numba.types  # type: ignore[attr-defined]
    sys.modules["cumbia"] = made


def main() -> int:
    """Measure, and write what was found; what is wrong is one line."""
    asked = json.loads(sys.argv[1])
    try:
        found = measure(asked)
    except BaseException as error:
        text = str(error).strip().splitlines() or [""]
        print(f"{type(error).__name__}: {text[0]}", file=sys.stderr)
        return 1
    with open(asked["out"], "w", encoding="utf-8") as file:
        json.dump(found, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())

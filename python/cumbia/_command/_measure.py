"""One engine's part of `cumbia bench`, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
from time import perf_counter
from types import ModuleType
from typing import Any

__all__ = ["digest", "measure"]

LEAST = 5
MOST = 2000
# A sample is as many calls as take this long.
SAMPLE = 1e-3

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
    samples = _samples(code, scope, asked["time"])
    lower, median, upper = statistics.quantiles(samples, n=4)
    return {
        "first": first, "compiling": compiling, "lower": lower, "median": median, "upper": upper,
        "least": min(samples), "samples": len(samples), "digest": seen, "result": _short(result),
    }  # fmt: skip


def _samples(code: Any, scope: dict[str, Any], budget: float) -> list[float]:
    count = 1
    begin = perf_counter()
    while True:
        start = perf_counter()
        for _ in range(count):
            eval(code, scope)
        took = perf_counter() - start
        if took >= SAMPLE or perf_counter() - begin > budget:
            break
        count *= 2
    samples = [took / count]
    while len(samples) < LEAST or (len(samples) < MOST and perf_counter() - begin < budget):
        start = perf_counter()
        for _ in range(count):
            eval(code, scope)
        samples.append((perf_counter() - start) / count)
    return samples


def digest(value: Any) -> str:
    """A text that is the same for values that are the same to the bit.

    Parameters
    ----------
    value : object
        Numbers, arrays, texts, and collections of them; others count by their type.

    Returns
    -------
    str

    Examples
    --------
    >>> from cumbia._command._measure import digest
    >>> digest(0.0) == digest(-0.0), digest([1, 2.0]) == digest([1, 2.0])
    (False, True)
    """
    made = hashlib.sha256()
    _feed(value, made)
    return made.hexdigest()


def _feed(value: Any, made: Any) -> None:
    import numpy as np

    if isinstance(value, (np.ndarray, np.generic)) and value.dtype != object:
        # A scalar of NumPy's and Python's number of the same kind are told apart where they differ.
        array = np.asarray(value)
        made.update(f"{array.dtype.str}{array.shape};".encode())
        made.update(_plain(array).tobytes())
    elif type(value) in (float, int, bool, complex):
        array = np.asarray(value)
        made.update(f"{array.dtype.str}{array.shape};".encode() if array.dtype != object else f"{value};".encode())
        if array.dtype != object:
            made.update(_plain(array).tobytes())
    elif isinstance(value, (list, tuple, set, frozenset, dict)):
        made.update(f"{type(value).__name__}{len(value)}(".encode())
        parts = value.items() if isinstance(value, dict) else value
        for one in sorted(parts, key=repr) if isinstance(value, (set, frozenset)) else parts:
            _feed(one, made)
    elif isinstance(value, (str, bytes, type(None))):
        made.update(f"{value!r};".encode())
    else:
        made.update(f"<{type(value).__qualname__}>;".encode())


def _plain(array: Any) -> Any:
    """All nans are one."""
    import numpy as np

    if array.dtype.kind in "fc":
        array = array.copy()
        array[np.isnan(array)] = np.nan
    return array


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else text[:37] + "..."


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

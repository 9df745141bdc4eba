"""Timing compiled functions: first call, compiling and steady state, each for itself.

`measure` times one function, `compare` several with the same arguments, and holds their results
against each other. `settled` is for other tools that time, such as pytest-benchmark: it calls a
function until the last tier is done. `cumbia bench` is made of the same parts, with a process
for each engine.

Assumes that a call may be repeated. Times are those of this process: what an earlier call has
compiled is not compiled again, and then `first` is a call like any other. Nothing is judged by
a time.
"""

from __future__ import annotations

import copy
import hashlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["Comparison", "ResultsDiffer", "Steady", "Timing", "compare", "digest", "measure", "settled", "steady", "written"]

LEAST = 5
MOST = 2000
# A sample is as many calls as take this long: a clock read costs some 50 ns.
SAMPLE = 1e-3


class ResultsDiffer(AssertionError):
    """Two functions that should give the same don't."""


@dataclass(frozen=True)
class Steady:
    """Seconds of one call among many.

    Quartiles and the least are robust: one slow sample of a busy machine moves none of them.

    Attributes
    ----------
    least, lower, median, upper : float
        The fastest sample and the quartiles.
    samples : int
        How many there were; each is the mean of `calls` calls.
    calls : int
        How many calls a sample is.
    """

    least: float
    lower: float
    median: float
    upper: float
    samples: int
    calls: int


@dataclass(frozen=True)
class Timing:
    """What `measure` has found.

    Attributes
    ----------
    first : float
        Seconds of the first call, with all that had to be compiled for it.
    compiling : float or None
        Seconds of compiling, until the last tier was done: also on the background thread, so
        it may be more than `first`. None for what isn't compiled by cumbia.
    steady : Steady
        Of the calls after that.
    result : object
        What the first call gave.
    digest : str
        Of the result and the arguments after the first call; see `digest`.
    """

    first: float
    compiling: float | None
    steady: Steady
    result: Any = field(repr=False)
    digest: str = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for JSON, without the result.

        Returns
        -------
        dict
        """
        return {"first": self.first, "compiling": self.compiling, **vars(self.steady), "digest": self.digest}


@dataclass(frozen=True)
class Comparison:
    """What `compare` has found: a timing for each name. As text it is a table.

    Attributes
    ----------
    timings : dict of str to Timing
        In the order in which they were given.
    """

    timings: dict[str, Timing]

    def ratio(self, name: str, other: str) -> float:
        """How many times faster one is than another, by medians.

        Parameters
        ----------
        name, other : str
            Two of the names.

        Returns
        -------
        float
        """
        return self.timings[other].steady.median / self.timings[name].steady.median

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Give plain data for JSON, without results.

        Returns
        -------
        dict
        """
        return {name: one.as_dict() for name, one in self.timings.items()}

    def __str__(self) -> str:
        base = next(iter(self.timings))
        rows = [("", "first call", "compiling", "median", "middle half", f"over {base}")]
        for name, one in self.timings.items():
            half = f"{written(one.steady.lower)} - {written(one.steady.upper)}"
            compiling = "" if one.compiling is None else written(one.compiling) if one.compiling else "none"
            rows.append((name, written(one.first), compiling, written(one.steady.median), half, f"{self.ratio(name, base):.3g} x"))
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = (
            "  ".join(cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths)))
            for row in rows
        )
        return "\n".join(line.rstrip() for line in lines)


def measure(function: Callable[..., Any], /, *args: Any, seconds: float = 1.0, fresh: bool = False) -> Timing:
    """Time a function: its first call, compiling, and calls from then on.

    Parameters
    ----------
    function : callable
        Of cumbia, of Python or of another compiler.
    *args : object
        Its arguments; for keywords give a lambda.
    seconds : float
        About how long to take samples; at least five are taken.
    fresh : bool
        Give each call a deep copy of the arguments, for functions that change them. The copies
        are not timed; a sample is one call then.

    Returns
    -------
    Timing

    Examples
    --------
    >>> import numpy as np
    >>> from cumbia import bench, jit
    >>> @jit
    ... def total(a):
    ...     s = 0.0
    ...     for x in a:
    ...         s += x
    ...     return s
    >>> found = bench.measure(total, np.ones(1000), seconds=0.01)
    >>> float(found.result), found.steady.lower <= found.steady.median <= found.steady.upper
    (1000.0, True)
    """
    _check(seconds)
    given = copy.deepcopy(args) if fresh else args
    before = _compiled(function)
    start = perf_counter()
    result = function(*given)
    first = perf_counter() - start
    seen = digest([result, *given])
    if before is not None:
        # What runs often is compiled once more in the background; only then is it steady.
        function = settled(function, *args, fresh=fresh)
    after = _compiled(function)
    if fresh:
        found = _one_by_one(function, args, seconds)
    else:
        found = steady(lambda: function(*args), seconds)
    return Timing(first, None if before is None or after is None else after - before, found, result, seen)


def compare(
    functions: Mapping[str, Callable[..., Any]], /, *args: Any, seconds: float = 1.0, fresh: bool = True,
    same: Callable[[Any, Any], object] | None = None,
) -> Comparison:  # fmt: skip
    """Time several functions with the same arguments, and hold their results against each other.

    Parameters
    ----------
    functions : mapping of str to callable
        The first is what the others are compared with.
    *args : object
        Their arguments.
    seconds : float
        About how long to take samples of each.
    fresh : bool
        Give each call a deep copy of the arguments; False where none of the functions changes
        them and a call is short.
    same : callable, optional
        Says whether two results are the same, by what it returns or by an AssertionError, such
        as `numpy.testing.assert_allclose`, which returns None. Without it they have to be the
        same to the bit, with the arguments as the first call left them.

    Returns
    -------
    Comparison

    Raises
    ------
    ResultsDiffer
        When a function gives something else than the first.

    Examples
    --------
    >>> from cumbia import bench, jit
    >>> @jit
    ... def power(n):
    ...     x = 1.0
    ...     for i in range(n):
    ...         x *= 1.01
    ...     return x
    >>> found = bench.compare({"python": power.py_func, "cumbia": power}, 100, seconds=0.01)
    >>> list(found.timings), found.ratio("cumbia", "cumbia")
    (['python', 'cumbia'], 1.0)
    """
    if not functions:
        raise ValueError("there is nothing to compare: `functions` is empty")
    timings: dict[str, Timing] = {}
    for name, function in functions.items():
        timings[name] = found = measure(function, *args, seconds=seconds, fresh=fresh)
        base, reference = next(iter(timings.items()))
        if same is None:
            if found.digest == reference.digest:
                continue
            why = "to the bit, with the arguments after the call"
        else:
            try:
                if same(reference.result, found.result) in (None, True):
                    continue
                why = f"by {getattr(same, '__name__', same)}"
            except AssertionError as error:
                why = str(error).strip()
        raise ResultsDiffer(f"{name} gives {short(found.result)}, {base} gives {short(reference.result)}: not the same {why}")
    return Comparison(timings)


def settled(function: F, /, *args: Any, fresh: bool = False, seconds: float = 0.05) -> F:
    """Call a function until all of its compiling is done, and give it back.

    So ``benchmark(settled(f, a), a)`` of pytest-benchmark times the steady state alone.

    Parameters
    ----------
    function : callable
        A dispatcher; others are called once.
    *args : object
        Its arguments.
    fresh : bool
        Give each call a deep copy of them.
    seconds : float
        How long to call it, so that it gets hot: a function that isn't hot isn't compiled
        twice.

    Returns
    -------
    callable
        The function.
    """
    _check(seconds)
    begin = perf_counter()
    while True:
        function(*(copy.deepcopy(args) if fresh else args))
        if not hasattr(function, "wait") or perf_counter() - begin > seconds:
            break
    if hasattr(function, "wait"):
        function.wait()
    return function


def steady(run: Callable[[], object], seconds: float = 1.0) -> Steady:
    """Time a call without arguments that has run before.

    Parameters
    ----------
    run : callable
        What to time.
    seconds : float
        About how long to take samples.

    Returns
    -------
    Steady
    """
    _check(seconds)
    calls = 1
    begin = perf_counter()
    while True:
        start = perf_counter()
        for _ in range(calls):
            run()
        took = perf_counter() - start
        if took >= SAMPLE or perf_counter() - begin > seconds:
            break
        calls *= 2
    samples = [took / calls]
    while len(samples) < LEAST or (len(samples) < MOST and perf_counter() - begin < seconds):
        start = perf_counter()
        for _ in range(calls):
            run()
        samples.append((perf_counter() - start) / calls)
    return _summary(samples, calls)


def _one_by_one(function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> Steady:
    samples: list[float] = []
    begin = perf_counter()
    while len(samples) < LEAST or (len(samples) < MOST and perf_counter() - begin < seconds):
        given = copy.deepcopy(args)
        start = perf_counter()
        function(*given)
        samples.append(perf_counter() - start)
    return _summary(samples, 1)


def _summary(samples: Sequence[float], calls: int) -> Steady:
    lower, median, upper = statistics.quantiles(samples, n=4)
    return Steady(min(samples), lower, median, upper, len(samples), calls)


def _compiled(function: Any) -> float | None:
    """Seconds of compiling so far, of a dispatcher."""
    stats = getattr(function, "stats", None)
    times = getattr(stats, "times", None)
    return sum(times.values()) if isinstance(times, dict) else None


def _check(seconds: float) -> None:
    if not seconds > 0:
        raise ValueError(f"seconds has to be more than 0, not {seconds!r}")


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
    >>> from cumbia.bench import digest
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


def written(seconds: float) -> str:
    """Write seconds with three digits and a unit.

    Parameters
    ----------
    seconds : float
        A time.

    Returns
    -------
    str

    Examples
    --------
    >>> from cumbia.bench import written
    >>> written(0.0012345), written(2e-8)
    ('1.23 ms', '20 ns')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def short(value: Any) -> str:
    """A value in at most 40 characters, on one line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else text[:37] + "..."

"""A small uniform description of one benchmark program, and what follows from it.

A program is a plain Python function that every engine takes unchanged, a maker of its
arguments, and a C function of the same name in ``c/<name>.c`` with the same semantics.
The C signature follows from the arguments: an array is its address and then its lengths
(``int64_t``), an integer an ``int64_t``, a float a ``double``; nothing is written by hand
for a call. Functions read their inputs and write only the arrays named as outputs, so
that a call can be repeated. This module measures nothing and imports no engine.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

THEMES = (
    "elementary",
    "expressions",
    "reductions",
    "linear",
    "factorizations",
    "stencils",
    "dynamic",
    "sorting",
    "integers",
    "octets",
    "recursion",
    "complexes",
    "sampling",
    "simulation",
    "demos",
)

Outputs = dict[str, np.ndarray]


@dataclass(frozen=True)
class Program:
    """One program.

    Parameters
    ----------
    function
        Plain Python; its name is the program's.
    make
        From a random generator and a size to the positional arguments.
    full, tiny
        The sizes for measuring, and for checking against the function run by Python.
    cost
        From a size to the arithmetic operations and the bytes that must be moved, each
        array once: the coordinates of a roofline. Comparisons and index arithmetic of
        programs without other operations count as operations.
    outputs
        Names of the parameters that are written.
    result
        ``float``, ``int`` or None, what is returned.
    reference
        From the arguments to what is expected, judged by NumPy or plain Python without
        `function`: the result, if there is one, then the outputs.
    rtol
        How far an engine that keeps the order of operations may be, relative to the
        largest value; not 0 where elementary functions are taken from other libraries.
    fast_rtol
        The same for engines that may reorder; for integers the fraction of elements.
    bind
        Only where the C function has another signature than described above.
    """

    function: Callable[..., Any]
    make: Callable[[np.random.Generator, int], tuple[Any, ...]]
    full: int
    tiny: int
    cost: Callable[[int], tuple[float, float]]
    outputs: tuple[str, ...] = ()
    result: type | None = None
    reference: Callable[..., Any] | None = None
    rtol: float = 0.0
    fast_rtol: float = 1e-9
    bind: Callable[[Any, tuple[Any, ...]], Callable[[], Any]] | None = None

    @property
    def name(self) -> str:
        """The function's name, which is also the name in C."""
        return self.function.__name__

    @property
    def theme(self) -> str:
        """The file it is in; the demo's kernels have a file each, outside of the themes."""
        module = self.function.__module__
        return module.rsplit(".", 1)[-1] if ".themes." in module else "demos"

    def arguments(self, size: int) -> tuple[Any, ...]:
        """Make the arguments; equal sizes give equal values."""
        return self.make(np.random.default_rng(size), size)

    def collect(self, args: tuple[Any, ...], result: Any) -> Outputs:
        """Copy what a call has left, by name."""
        got: Outputs = {}
        if self.result is not None:
            got["result"] = np.float64(result) if self.result is float else np.int64(result)
        names = list(inspect.signature(self.function).parameters)
        for name in self.outputs:
            got[name] = args[names.index(name)].copy()
        return got

    def expected(self, args: tuple[Any, ...]) -> Outputs | None:
        """What the reference says of these arguments, or None where there is none."""
        if self.reference is None:
            return None
        values = self.reference(*args)
        names = [*(["result"] if self.result is not None else []), *self.outputs]
        if len(names) == 1:
            values = (values,)
        assert len(values) == len(names)
        return dict(zip(names, values))

    def call(self, library: Any, args: tuple[Any, ...]) -> Callable[[], Any]:
        """Prepare a call of the C function in `library`."""
        if self.bind is not None:
            return self.bind(library, args)
        function = library[self.name]
        function.restype = {float: ctypes.c_double, int: ctypes.c_int64, None: None}[self.result]
        native: list[Any] = []
        for value in args:
            if isinstance(value, np.ndarray):
                assert value.flags.c_contiguous
                native.append(ctypes.c_void_p(value.ctypes.data))
                native += [ctypes.c_int64(length) for length in value.shape]
            elif isinstance(value, float):
                native.append(ctypes.c_double(value))
            else:
                native.append(ctypes.c_int64(value))
        # The default argument keeps the arrays alive that the call has addresses of.
        return lambda _alive=args: function(*native)


def near(expected: Outputs, got: Outputs, rtol: float) -> list[str]:
    """Compare with a reference that has its own order of operations and its own types.

    Returns
    -------
    list of str
        One line per output that is off; empty when all are right.
    """
    problems = []
    for name, want in expected.items():
        want, have = np.asarray(want), np.asarray(got[name])
        if want.shape != have.shape:
            problems.append(f"{name}: shape {have.shape} where {want.shape} was expected")
        elif have.dtype.kind in "iub":
            different = int(np.sum(want != have))
            if different:
                problems.append(f"{name}: {different} of {want.size} values are wrong")
        else:
            scale = float(np.max(np.abs(want), initial=0.0)) or 1.0
            worst = float(np.max(np.abs(want - have), initial=0.0)) / scale
            if not worst <= rtol:
                problems.append(f"{name}: wrong by {worst:.2e}")
    return problems


def programs(words: Iterable[str] = ()) -> list[Program]:
    """All programs, or those whose name or theme contains one of `words`."""
    found = [
        program
        for theme in THEMES
        for program in importlib.import_module(f"benches.kernels.themes.{theme}").PROGRAMS
    ]
    words = tuple(words)
    if words:
        found = [p for p in found if any(word in p.name or word == p.theme for word in words)]
    return found

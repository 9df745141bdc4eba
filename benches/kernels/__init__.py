"""The kernels that the demo and the benchmarks run, one per file.

A kernel module is data for its users: a function in the Python subset that cumbia
compiles, a maker of inputs, the meaning of its outputs, an independent check, and
where it makes sense a C peer and a picture. Kernel functions read their inputs and
write only their output arguments, so that calling one twice gives the same result.
This module defines the record they all fill in; it measures nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

NAMES = ("kuwahara", "kmeans", "nbody", "mandelbrot", "edit_distance")

SCALES = ("full", "reduced", "tiny")
"""``full`` and ``reduced`` are real data; ``tiny`` is synthetic and needs no package."""


@dataclass(frozen=True)
class Case:
    """One input of a kernel.

    Parameters
    ----------
    args
        Positional arguments of the kernel function. Output arrays among them have
        been written once, so that no engine pays for their first page faults.
    work
        Number of innermost steps, to compare the sizes of two cases.
    label
        The size in words, for tables.
    context
        What checks and pictures need beside the arguments.
    """

    args: tuple[Any, ...]
    work: int
    label: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CPeer:
    """The same kernel in C, in ``benches/kernels/c``.

    Parameters
    ----------
    source
        File name in that directory.
    bind
        Takes the loaded library and the kernel's arguments, returns a closure without
        arguments that runs the C function on them.
    tolerance
        Relative tolerance of each output against the other engines, for outputs that
        differ when C is allowed to contract ``a * b + c`` into one rounding.
    """

    source: str
    bind: Callable[[Any, tuple[Any, ...]], Callable[[], Any]]
    tolerance: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Kernel:
    """A kernel with all that is needed to run, check and show it.

    Parameters
    ----------
    name, title
        Identifier, and what the kernel does on which data.
    function
        Plain Python; engines wrap it.
    make_case
        From a scale of `SCALES` to a new `Case`.
    outputs
        From a case and the returned value to named outputs.
    check
        Raises ``AssertionError`` when the outputs are wrong, judged without any of the
        engines.
    plot
        Draws the outputs of a full case into an empty matplotlib figure.
    c
        The C peer, if there is one.
    """

    name: str
    title: str
    function: Callable[..., Any]
    make_case: Callable[[str], Case]
    outputs: Callable[[Case, Any], dict[str, np.ndarray]]
    check: Callable[[Case, dict[str, np.ndarray]], None]
    plot: Callable[[Any, Case, dict[str, np.ndarray]], None] | None = None
    c: CPeer | None = None


def load(name: str) -> Kernel:
    """Import the kernel module `name` and return its record."""
    return importlib.import_module(f"{__name__}.{name}").KERNEL


def compare(
    expected: dict[str, np.ndarray],
    got: dict[str, np.ndarray],
    tolerance: dict[str, float] | None = None,
) -> list[str]:
    """Compare two engines' outputs.

    Equality is exact, NaN included, because every engine carries out the same IEEE
    operations in the same order; `tolerance` names the outputs that may differ and by
    how much relative to the largest expected magnitude. For integer outputs it is
    the fraction of elements that may differ.

    Returns
    -------
    list of str
        One line per disagreement; empty when the outputs agree.
    """
    tolerance = tolerance or {}
    problems = []
    for name, want in expected.items():
        want = np.asarray(want)
        have = np.asarray(got[name])
        if want.shape != have.shape or want.dtype != have.dtype:
            problems.append(
                f"{name}: {have.dtype}{have.shape} where {want.dtype}{want.shape} was expected"
            )
            continue
        allowed = tolerance.get(name, 0.0)
        if np.issubdtype(want.dtype, np.inexact):
            if allowed == 0.0:
                different = int(np.sum(~((want == have) | ((want != want) & (have != have)))))
                if different:
                    problems.append(f"{name}: {different} of {want.size} values differ")
            else:
                scale = float(np.max(np.abs(want), initial=0.0)) or 1.0
                worst = float(np.max(np.abs(want - have), initial=0.0)) / scale
                if not worst <= allowed:
                    problems.append(f"{name}: differs by {worst:.2e}, allowed {allowed:.0e}")
        else:
            different = int(np.sum(want != have))
            if different > allowed * want.size:
                problems.append(f"{name}: {different} of {want.size} values differ")
    return problems

"""The demo's kernels as programs of the benchmark, with their own C and checks.

Sizes are the demo's scales: 0 is tiny, 1 full, 2 reduced. Where the packages with real data
are missing, the full case is left out.
"""

from __future__ import annotations

from benches import kernels
from benches.kernels.data import DataMissing
from benches.kernels.program import Program

SCALE = ("tiny", "full", "reduced")


def _program(name: str, scale: int, outputs: tuple[str, ...], result: type, fast: float) -> Program:
    kernel = kernels.load(name)

    def make(rng, size):
        return kernel.make_case(SCALE[size]).args

    def cost(size):
        case = kernel.make_case(SCALE[size])
        moved = sum(value.nbytes for value in case.args if hasattr(value, "nbytes"))
        return OPERATIONS[name] * case.work, float(moved)

    return Program(
        kernel.function, make, scale, 0, cost, outputs, result, None, 0.0, fast, kernel.c.bind
    )


OPERATIONS = {"kuwahara": 2.0, "kmeans": 0.3, "nbody": 22.0, "mandelbrot": 700.0, "edit_distance": 5.0}
"""Arithmetic operations for each step of a case's `work`, about."""


def _all() -> tuple[Program, ...]:
    try:
        kernels.load("kuwahara").make_case("reduced")
        kernels.load("nbody").make_case("reduced")
    except (DataMissing, ImportError):
        real = 0
    else:
        real = 2
    return (
        _program("kuwahara", real, ("out",), int, 0.0),
        _program("kmeans", real, ("centroids", "labels"), float, 0.02),
        _program("nbody", real, ("track", "final"), float, 1e-6),
        _program("mandelbrot", 2, ("counts",), int, 1.0),
        _program("edit_distance", real, ("table",), int, 0.0),
    )


PROGRAMS = _all()

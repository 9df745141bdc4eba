"""Functions that run for seconds in one call, each with its result in closed form or by NumPy.

They differ in where their time goes: one long loop of integers, one of floats with a
division, a nest whose inner loop is long, a nest whose inner loop has few turns, and a loop
that calls a function. Sizes are chosen for about two seconds in the second tier.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def random_bits(n):
    """Steps of a linear congruential generator, combined by exclusive or."""
    x = 1
    bits = 0
    for _ in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        bits = bits ^ x
    return bits


def leibniz(n):
    """Leibniz' series of pi, in order."""
    total = 0.0
    sign = 1.0
    for k in range(n):
        total += sign / (2.0 * k + 1.0)
        sign = -sign
    return 4.0 * total


def logistic(x, rounds):
    """The logistic map, many steps for each element in place."""
    for i in range(x.shape[0]):
        value = x[i]
        for _ in range(rounds):
            value = 3.75 * value * (1.0 - value)
        x[i] = value
    return x[x.shape[0] - 1]


def relaxation(grid, rounds):
    """Jacobi steps along a ring: long inner loops over an array, entered again and again."""
    n = grid.shape[0]
    other = grid.copy()
    for _ in range(rounds):
        for i in range(1, n - 1):
            other[i] = 0.5 * grid[i] + 0.25 * (grid[i - 1] + grid[i + 1])
        for i in range(1, n - 1):
            grid[i] = other[i]
    return grid[n // 2]


def short_loops(n):
    """Inner loops of three turns, in which no loop lasts long enough to be counted alone."""
    total = 0
    for i in range(n):
        for j in range(3):
            total += (i ^ j) & 7
    return total


@dataclass(frozen=True)
class Long:
    """A function with the arguments of a long call and of a short one.

    Parameters
    ----------
    function
        Plain Python.
    full, tiny
        Make arguments for the measured call, and for one that plain Python can check.
    exact
        The result of the measured call from another source, and how far it may be off.
    """

    function: Callable[..., Any]
    full: Callable[[], tuple[Any, ...]]
    tiny: Callable[[], tuple[Any, ...]]
    exact: Callable[[], tuple[float, float]] | None = None


def bits_of_three(n: int) -> int:
    """What `short_loops` gives: its terms repeat after eight turns when n is a multiple of 8."""
    assert n % 8 == 0
    return n // 8 * sum((i ^ j) & 7 for i in range(8) for j in range(3))


PROGRAMS: dict[str, Long] = {
    "random_bits": Long(random_bits, lambda: (1_400_000_000,), lambda: (1000,)),
    "leibniz": Long(
        leibniz, lambda: (1_500_000_000,), lambda: (1000,), lambda: (math.pi, 1e-8)
    ),
    "logistic": Long(
        logistic,
        lambda: (np.linspace(0.1, 0.9, 60), 96_000_000),
        lambda: (np.linspace(0.1, 0.9, 5), 50),
    ),
    "relaxation": Long(
        relaxation,
        lambda: (np.linspace(0.0, 1.0, 100_000) ** 2, 40_000),
        lambda: (np.linspace(0.0, 1.0, 20) ** 2, 7),
    ),
    "short_loops": Long(
        short_loops,
        lambda: (15_360_000_000,),
        lambda: (1000,),
        lambda: (bits_of_three(15_360_000_000), 0),
    ),
}

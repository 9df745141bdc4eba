"""Functions that need a constant where a call passes one: compiled for it, if not otherwise.

Elsewhere a function is compiled once for all values of a type.
"""

import numpy as np
import pytest

from cumbia import TypingError, jit
from tests.python.harness import check


def item(of, place):
    return of[place]


def test_items_of_tuples():
    def picks(x):
        several = (x, "a", 2.5)
        return item(several, 0), item(several, 1), item(several, -1)

    check(picks, 3)
    check(picks, np.float32(1))


def extent(x, axis):
    return np.moveaxis(x, axis, 0).shape


def deeper(x, axis):
    return extent(x, axis)


def test_through_functions():
    def shapes(x):
        return deeper(x, 1), deeper(x, -1), deeper(x, axis=0)

    check(shapes, np.zeros((2, 3, 4)))


def test_by_defaults_and_keywords():
    def last(of, place=2):
        return of[place]

    def picks(x):
        several = (x, "a", 2.5)
        return last(several), last(several, place=1), last(place=0, of=several)

    check(picks, 3)


def test_what_is_not_constant_is_refused():
    def picks(x, place):
        return item((x, "a", 2.5), place)

    with pytest.raises(TypingError, match="known at run time only"):
        jit(picks)(1, 2)


def test_operands_that_never_fit():
    def wrong(of, place):
        return of[place] + of

    def calls(x):
        return wrong((x, "a"), 1)

    check(calls, 1)


def test_what_fails_for_constants_too_is_refused():
    def wrong(of, place):
        return of[place] @ 1

    def calls(x):
        return wrong((x, "a", {x}), 9)

    with pytest.raises(TypingError, match="called from here"):
        jit(calls)(1)


def test_recursion_ends():
    def down(of, place):
        return of[0] if place == 0 else down(of, place - 1)

    def calls(x):
        return down((x, 2 * x, 3 * x), 2)

    check(calls, 5)

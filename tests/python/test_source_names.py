"""Functions whose locals are called as a module that their file imports.

CPython compiles a method's call on such a name by other instructions (3.11), so that the
text, compiled again without the imports, isn't what runs.
"""

# Imported for their names alone.
import random  # noqa: F401
import time  # noqa: F401

import numpy as np

from cumbia import jit
from tests.python.harness import check


def parameter(time):
    return time.sum()


def loop(xs):
    total = 0
    for time in xs:
        total += time.bit_length()
    return total


def captured(random):
    def inner():
        return random.sum()

    return inner()


def in_a_comprehension(xs):
    return [time.bit_length() for time in xs], (lambda random: random.bit_length())(len(xs))


def test_locals_by_the_names_of_modules():
    check(parameter, np.ones(2))
    check(loop, [1, 2, 300])
    check(captured, np.ones(3))
    check(in_a_comprehension, [1, 2, 300])


def test_decorated():
    @jit
    def first(time):
        return time.sum()

    assert first(np.ones(4)) == 4.0

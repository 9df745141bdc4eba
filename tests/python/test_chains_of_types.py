"""Recursion that would go on with ever new types is refused, however little stack a thread has."""

import functools
import threading

import pytest

from cumbia import TypingError, jit


def grows(x):
    return grows((x,))


def with_a_closure(x):
    def inner(y):
        return with_a_closure((y,))

    return inner(x)


def by_map(x):
    return [by_map((y,)) for y in map(lambda z: z, [x])]


def by_partial(x):
    return functools.partial(by_partial)((x,))


class Box:
    """What methods are called of."""

    def __init__(self, x):
        self.x = x

    def deeper(self):
        return Box((self.x,)).deeper()


def by_methods(x):
    return Box(x).deeper()


def with_a_constant(x, depth=0):
    return with_a_constant((x,), depth + 1)


@pytest.mark.parametrize("size", [1 << 18, 5 << 18, 1 << 21, 9 << 19, 0])
@pytest.mark.parametrize("function", [grows, with_a_closure, by_map, by_partial, by_methods, with_a_constant])
def test_chains_are_refused(function, size):
    raised = []

    def call():
        try:
            jit(function)(1)
        except BaseException as error:
            raised.append(error)

    before = threading.stack_size(size)
    try:
        thread = threading.Thread(target=call)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    (error,) = raised
    assert isinstance(error, TypingError) and "CB0405" in str(error)

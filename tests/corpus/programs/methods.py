"""Methods decorated with the compiler, called through `__get__`."""

import dataclasses
from typing import NamedTuple

import numpy as np

from tests.corpus import call, jit, program


class Vector(NamedTuple):
    x: float
    y: float

    def dot(self, other):
        return self.x * other.x + self.y * other.y


@dataclasses.dataclass(frozen=True)
class Box:
    low: float
    high: float

    def width(self):
        return self.high - self.low

    @property
    def centre(self):
        return (self.low + self.high) / 2


@program(call(Vector(3.0, 4.0), 2.0), method=True)
def method_of_a_namedtuple(self, scale):
    return (self.x * self.x + self.y * self.y) * scale


@program(call(Box(1.0, 4.0), 2.0), method=True)
def method_of_a_dataclass(self, x):
    return self.low <= x <= self.high


@program(call(Vector(1.0, 2.0), Vector(3.0, 4.0)))
def calls_a_method_of_an_argument(a, b):
    return a.dot(b) + b.dot(b)


@program(call(Box(1.0, 4.0)))
def calls_a_method_of_a_dataclass(box):
    return box.width() * 2


@program(call(Box(1.0, 4.0)))
def reads_a_property(box):
    return box.centre


@program(call(2.0))
def constructs_and_calls(x):
    v = Vector(x, 1.0)
    w = Vector(y=x, x=0.5)
    return v.dot(w), Vector.dot(v, v)


@jit
def mean(a):
    return a.sum() / len(a)


@program(call(np.arange(4.0)))
def bound_method_of_an_array(a):
    total = a.sum
    return total() + mean(a)


@program(call([3, 1]))
def bound_method_of_a_list(xs):
    push = xs.append
    push(5)
    push(6)
    return xs


class Counter:
    def __init__(self, start):
        self.value = start

    def step(self, by):
        self.value += by
        return self.value


@program(call(3))
def an_ordinary_class_within(n):
    c = Counter(n)
    c.step(2)
    return c.step(n)

"""Dataclasses as arguments and locals."""

from dataclasses import dataclass, field, replace

import numpy as np

from tests.corpus import call, program


@dataclass(frozen=True)
class Material:
    density: float
    name: str = "steel"


@dataclass(frozen=True)
class Beam:
    length: float
    material: Material
    loads: tuple = (1.0, 2.0)


@dataclass
class State:
    x: float
    v: float
    steps: int = 0


@dataclass
class Log:
    values: list = field(default_factory=list)


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int

    def __post_init__(self):
        if self.major < 0:
            raise ValueError("negative")


@program(call(Material(7.8)), call(Material(1.0, "wood")))
def fields(m):
    return m.density * 2, m.name


@program(call(Beam(3.0, Material(2.0))))
def nested(b):
    s = 0.0
    for load in b.loads:
        s += load
    return b.material.density * b.length + s


@program(call(2.0))
def made_within(x):
    m = Material(x)
    n = Material(name="oak", density=x * 2)
    return m, n.density, m == Material(2.0)


@program(call(State(0.0, 1.0), 10))
def mutable_argument(s, n):
    for _ in range(n):
        s.x += s.v * 0.1
        s.v -= s.x * 0.1
        s.steps += 1
    return s.x


@program(call(1.0))
def mutable_local(x):
    s = State(x, 0.0)
    t = s
    t.x = 5.0
    s.steps += 2
    return s.x, t.steps, s is t


@program(call(Material(1.0)))
def frozen_assignment(m):
    m.density = 2.0
    return m


@program(call(Material(1.0)))
def replaced(m):
    return replace(m, density=3.0)


@program(call(Version(1, 2), Version(1, 10)))
def ordered(a, b):
    return a < b, a == b, max(a, b)


@program(call(1), call(-1))
def post_init(n):
    return Version(n, 0).major


@program(call(Log()))
def list_field(log):
    log.values.append(1.5)
    log.values.append(2.5)
    return len(log.values)


@program(call([State(0.0, 1.0), State(1.0, -1.0)]))
def list_of_them(states):
    for s in states:
        s.x += s.v
    return [s.x for s in states]


@program(call(Material(7.8)))
def text(m):
    return str(m)

"""Dataclasses as arguments and locals."""

from dataclasses import astuple, dataclass, field, replace

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


@dataclass(frozen=True)
class Interval:
    low: float
    high: float = 10.0

    def __post_init__(self):
        if self.low > self.high:
            raise ValueError(f"{self.low} is above {self.high}")

    @property
    def width(self):
        return self.high - self.low

    @property
    def halves(self):
        middle = self.low + self.width / 2
        return Interval(self.low, middle), Interval(middle, self.high)


@program(call(1.0, 2.0), call(3.0, 2.0), call(float("nan"), 1.0))
def checked_when_made(a, b):
    x = Interval(a, b)
    return x, x.width, Interval(a).width


@program(call(Interval(0.0, 8.0)))
def properties(x):
    left, right = x.halves
    return left, right.width, replace(x, high=4.0).width


@program(call(Interval(0.0, 8.0), -1.0), call(Interval(0.0, 8.0), 5.0))
def replaced_and_checked(x, high):
    try:
        return replace(x, high=high), 1
    except ValueError:
        return replace(x, low=high), 2


@program(call(Interval(0.0, 8.0)), call(None))
def assigned_to_none(x):
    x.low = 1.0


@program(call(Material(1.0)))
def assignment_is_caught(m):
    try:
        m.name = "wood"
    except AttributeError:
        return m.name + "!"
    return m.name


@program(call(Material(7.8)), call(Interval(1.0, 2.0)))
def matched(value):
    match value:
        case Material(density, name="steel"):
            return density
        case Interval(low, high=h):
            return low + h


@program(call([State(0.0, 1.0), State(2.0, -1.0)], State(9.0, 9.0)))
def aliases_in_a_list(states, extra):
    first = states[0]
    states[0], states[1] = states[1], states[0]
    states.append(extra)
    first.x = 5.0
    extra.steps += 1
    return states[1].x, states[1] is first, states[-1] is extra


@program(call(State(1.0, 2.0), 0), call(State(1.0, 2.0), 2))
def changed_before_it_raises(s, n):
    s.x = 7.0
    s.steps = 10 // n
    s.v = 0.0
    return s


@program(call(State(1.0, 2.0), 1.5), call(State(1.0, 2.0), True))
def a_field_keeps_its_type(s, steps):
    s.steps = steps
    return s.steps


@program(call(State(1.0, 2.0)))
def compared_and_shown(s):
    t = State(1.0, 2.0)
    return s == t, s is t, s is s, str(s), f"{t!r}"


@dataclass
class Job:
    name: str
    steps: list = field(default_factory=list)
    total: float = field(init=False)

    def __post_init__(self):
        self.total = 0.0
        self.name = self.name.upper()

    def add(self, x):
        self.steps.append(x)
        self.total += x
        return self


@program(call("a"), call(""))
def made_by_a_factory(name):
    a, b = Job(name), Job("b", [1.5])
    a.add(2.5).add(1.0)
    return a, b.steps, b.total, a == b, Job("b") == Job("b")


@program(call(State(1.0, 2.0)), call(Material(2.0)))
def as_a_tuple(value):
    return astuple(value)


@program(call(State(1.0, 2.0, 3)))
def replaced_and_changed(s):
    t = replace(s, v=5.0)
    t.x = 9.0
    return s, t, t is s


@dataclass(frozen=True)
class Cell:
    row: int
    column: int = 0


@dataclass(order=True)
class Task:
    priority: int
    name: str


@program(call(3), call(0))
def frozen_as_keys(n):
    grid = {Cell(i % 2, i): i for i in range(n)}
    return grid, Cell(0, 0) in grid, {Cell(1), Cell(1, 0)}


@program(call({Cell(1): 5}, Cell(1)), call({Cell(1): 5}, Cell(2)))
def frozen_looked_up(grid, cell):
    return grid[cell]


@program(call([Task(2, "b"), Task(1, "z"), Task(2, "a")]))
def ordered_by_fields(tasks):
    return sorted(tasks), max(tasks), Task(0, "") < Task(1, "a")

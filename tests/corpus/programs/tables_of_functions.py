"""Functions in lists, dicts, tuples and fields, and calls of what was found there."""

import functools
import math
import operator
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Callable, NamedTuple

import numpy as np

from tests.corpus import call, jit, program


def up(x):
    return x + 1


@jit
def twice(x):
    return x * 2


def add(a, b):
    return a + b


def mul(a, b):
    return a * b


def items(i):
    return [10, 20][i]


def times(i):
    def inner(x):
        return x * i

    return inner


@program(call(3), call(1.5))
def summed_over_a_list(x):
    total = 0
    for h in [up, twice, lambda v: v + 10]:
        total += h(x)
    return total


@program(call("add", 2, 3), call("sub", 2, 3), call("other", 2, 3))
def dispatch_by_name(name, a, b):
    ops = {"add": add, "mul": mul, "sub": lambda a, b: a - b}
    return ops[name](a, b)


@program(call("add", 2, 3), call("other", 2, 3))
def get_with_none(name, a, b):
    ops = {"add": add, "mul": mul}
    op = ops.get(name)
    if op is None:
        return -1
    return op(a, b)


@program(call("neg", -2), call("other", -2))
def get_with_default(name, x):
    return {"neg": lambda v: -v, "up": up}.get(name, abs)(x)


@program(call(4), call(0))
def closures_with_defaults(n):
    fs = []
    for i in range(n):
        fs.append(lambda x, i=i: x * i)
    return [h(3) for h in fs]


@program(call(3), call(0))
def late_binding(n):
    return [h(3) for h in [lambda x: x + i for i in range(n)]]


@program(call(3))
def late_binding_in_a_loop(n):
    fs = []
    for i in range(n):

        def h(v):
            return v + i

        fs.append(h)
    return [h(1) for h in fs]


@program(call(4))
def of_a_factory(n):
    return [h(2) for h in [times(i) for i in range(n)]]


@program(call(3))
def strings_captured(n):
    out = []
    for i in range(n):
        s = f"v{i}"
        out.append(lambda t, s=s: s + t)
    return [h("!") for h in out], out.pop()("x")


@program(call(np.arange(3.0)))
def arrays_captured(a):
    fs = []
    for i in range(3):
        fs.append(lambda i=i: a[i])
    fs.append(lambda i=0: a.sum())
    return [h() for h in fs]


@program(call(2))
def partials(n):
    fs = [functools.partial(add, i) for i in range(n)]
    fs.append(functools.partial(add, b=5))
    return [h(2) for h in fs]


@program(call(2.5))
def mixed_kinds(x):
    fs = [functools.partial(add, 1), up, functools.partial(pow, 2), abs, float, math.sqrt]
    return [h(x) for h in fs]


@program(call(2, 3), call(2.5, 0.5))
def operators(a, b):
    table = {"+": operator.add, "*": operator.mul, "-": operator.sub}
    return [table[k](a, b) for k in table]


@program(call([1, 5, 2]))
def builtins_of_lists(xs):
    return [h(xs) for h in (len, sum, min, max)], [h(xs) for h in [len, sum, min, max]]


@program(call(np.linspace(0.0, 1.0, 5)))
def ufuncs(a):
    total = 0.0
    for h in [np.sin, np.cos, np.sqrt]:
        total += h(a).sum()
    return total


@program(call(np.array([3.0, 1.0])))
def reductions(a):
    table = {"sum": np.sum, "mean": np.mean, "max": np.max}
    return [table[k](a) for k in table]


@program(call("aB c"))
def bound_methods_of_a_string(s):
    return [m() for m in [s.upper, s.lower, s.title]]


@program(call(4))
def bound_methods_of_lists(n):
    a = [1]
    b = [2]
    push = [a.append, b.append]
    for i in range(n):
        push[i % 2](i)
    return a, b


@program(call(3))
def some_are_none(x):
    return [h(x) if h is not None else x for h in [up, None, twice]]


@program(call(3))
def pairs_with_names(x):
    out = {}
    for name, h in [("up", up), ("twice", twice), ("down", lambda v: v - 1)]:
        out[name] = h(x)
    return out


@program(call(3))
def list_methods(x):
    fs = [up, abs]
    fs.extend([twice, up])
    fs.insert(0, abs)
    last = fs.pop()
    fs.reverse()
    del fs[0]
    fs[0] = twice
    return [h(x) for h in fs], last(x), len(fs[1:3]), [h(x) for h in fs + [up]]


@program(call(3))
def nested_lists(x):
    return [sum([h(x) for h in row]) for row in [[up, twice], [twice]]]


@program(call(3))
def keywords_and_stars(x):
    fs = [add, mul]
    return fs[0](x, b=3), fs[1](*(x, 2)), fs[1](**{"a": x, "b": 4})


@program(call(3))
def unpacked(x):
    a, b = [up, twice]
    first, *rest = [up, twice, up]
    return a(x), b(x), first(x), len(rest)


@program(call(3))
def dict_of_closures(x):
    fs = {i: (lambda v, i=i: v * i) for i in range(4)}
    by_key = sum([fs[k](x) for k in sorted(fs)])
    return by_key, [h(x) for h in fs.values()], [k + h(x) for k, h in fs.items()]


@program(call(2))
def pipeline(x):
    for h in [up, twice, up]:
        x = h(x)
    return x


def compose(*fs):
    def inner(x):
        for h in fs:
            x = h(x)
        return x

    return inner


def compose_list(fs):
    def inner(x):
        for h in fs:
            x = h(x)
        return x

    return inner


@program(call(2), call(2.5))
def composed(x):
    return compose(up, twice, up)(x), compose_list([up, twice, up])(x)


@program(call(0), call(2))
def exception_in_an_element(i):
    fs = [up, items]
    return fs[1](i)


@program(call(3))
def index_out_of_range(i):
    fs = [up, twice]
    return fs[i](1)


@program(call(3))
def iterated_in_many_ways(x):
    fs = [up, twice]
    it = iter(fs)
    return (
        next(it)(x),
        [h(x) for h in reversed(fs)],
        [h(x) + i for i, h in enumerate(fs)],
        [h(v) for h, v in zip(fs, [1, 2])],
        [list(map(h, [1, 2])) for h in fs],
    )


@program(call([3, -1, 2], "neg"), call([3, -1, 2], "abs"))
def sort_key_from_a_dict(xs, how):
    keys = {"neg": lambda v: -v, "abs": abs}
    return sorted(xs, key=keys[how]), max(xs, key=keys[how])


@program(call(3))
def sorted_by_their_results(x):
    fs = [up, twice, lambda v: -v]
    return [h(x) for h in sorted(fs, key=lambda h: h(x))], max(fs, key=lambda h: h(x))(x)


@program(call(7), call(0))
def recursion_through_a_list(n):
    fs = []

    def even(n):
        return True if n == 0 else fs[1](n - 1)

    def odd(n):
        return False if n == 0 else fs[0](n - 1)

    fs.append(even)
    fs.append(odd)
    return fs[0](n)


@program(call(10))
def recursion_through_a_dict(n):
    table = {}
    table["fib"] = lambda k: k if k < 2 else table["fib"](k - 1) + table["fib"](k - 2)
    return table["fib"](n)


@program(call(3))
def typed_by_later_use(n):
    fs = []
    found = None
    for i in range(n):
        if fs:
            found = fs[-1](i)
        fs.append(up)
        fs.append(lambda v, i=i: v - i)
    return found, len(fs)


@program(call(0), call(5))
def never_filled(n):
    fs = []
    total = 0
    for h in fs:
        total += h(n)
    return total, len(fs)


@program(call(0), call(1))
def identity(k):
    h = [up, twice][k]
    return h is up, h is not up, h is abs, h == twice, h != twice, h is None


@program(call(True), call(False))
def identity_of_a_choice(first):
    h = up if first else twice
    g = twice if first else up
    return h is up, h == g, h is g, callable(h), callable(3)


@program(call(1))
def membership(x):
    fs = [up, twice]
    return up in fs, abs in fs, abs not in fs, fs.count(up), fs == [up, twice], x in fs


@program(call(1))
def names(x):
    fs = [up, twice, abs]
    return [h.__name__ for h in fs], up.__name__, math.sin.__name__, (lambda: 0).__name__


@dataclass(frozen=True)
class Step:
    run: Callable
    weight: float


@dataclass
class Counted:
    run: Callable
    calls: int


class Named(NamedTuple):
    name: str
    run: Callable


@program(call(3))
def in_fields(x):
    a = Step(up, 2.0)
    b = Named("twice", twice)
    c = Counted(up, 0)
    c.calls += 1
    return a.run(x) * a.weight, b.run(x), c.run(x), c.calls


@program(call(3))
def lists_of_records(x):
    steps = [Step(up, 2.0), Step(twice, 0.5)]
    named = [Named("up", up), Named("twice", twice), Named("down", lambda v: v - 1)]
    return [s.run(x) * s.weight for s in steps], {n.name: n.run(x) for n in named}


@program(call(4))
def deque_of_callbacks(n):
    waiting = deque()
    for i in range(n):
        waiting.append(lambda i=i: i * i)
    done = []
    while waiting:
        done.append(waiting.popleft()())
    return done


@program(call(3))
def lists_of_callbacks_by_key(x):
    on = defaultdict(list)
    on["a"].append(up)
    on["b"].append(twice)
    on["a"].append(lambda v: v * v)
    return [[h(x) for h in on[k]] for k in ("a", "b", "c")]


@program(call("3 4 + 2 *"), call("1 2 -"), call("1 +"))
def calculator(text):
    ops = {"+": operator.add, "*": operator.mul, "-": lambda a, b: a - b}
    stack = []
    for word in text.split():
        if word in ops:
            b = stack.pop()
            a = stack.pop()
            stack.append(ops[word](a, b))
        else:
            stack.append(int(word))
    return stack


@program(call(3))
def different_results_on_purpose(x):
    fs = [up, str]
    return fs[0](x)


@program(call(3))
def set_of_functions(x):
    return len({up, twice, up})


@program(call(3))
def functions_as_keys(x):
    cost = {up: 1, twice: 2}
    return cost[up] + x


@dataclass
class Point:
    x: float
    y: float

    def norm(self):
        return math.sqrt(self.x**2 + self.y**2)

    def scaled(self, k=2.0, *, by=1.0):
        return self.x * k * by

    def move(self, k):
        self.x += k
        return self.x


@dataclass(frozen=True)
class Runner:
    x: float
    h: Callable

    def run(self, v):
        return self.h(v) + self.x


def applied(f, *args, **kwargs):
    return f(*args, **kwargs)


@program(call(Point(3.0, 4.0), Point(1.0, 0.0)))
def bound_methods_of_objects(p, q):
    norm = p.norm
    table = {"scaled": p.scaled, "move": p.move}
    moved = table["move"](3.0)
    return norm(), [m() for m in [p.norm, q.norm]], moved, p.x, table["scaled"](2.0)


@program(call(Point(3.0, 4.0)))
def bound_methods_as_arguments(p):
    return (
        list(map(p.scaled, [1.0, 2.0])),
        sorted([3.0, -1.0], key=p.scaled),
        applied(p.scaled, 3.0),
        applied(p.scaled, by=4.0),
        applied(p.scaled, *(2.0,), by=0.5),
        functools.partial(p.scaled, by=3.0)(1.0),
    )


@program(call(2.0))
def methods_that_call_fields(x):
    runners = [Runner(x, up), Runner(1.0, twice)]
    return [r.run(3.0) for r in runners], [m(1.0) for m in [runners[0].run, up]]


@program(call(np.arange(3.0)))
def bound_methods_of_arrays(a):
    return [m() for m in [a.sum, a.mean, a.max]]

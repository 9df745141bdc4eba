"""Functions in containers that come from Python: arguments, globals, what is written back.

A function in a list or dict is known by which object it is. What compiled code moves,
adds or gives back must be those very objects, and a container that holds other functions
at the next call has other code.
"""

import functools
import gc
import math
import operator
import subprocess
import sys
import weakref
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from typing import Callable, NamedTuple

import numpy as np
import pytest

from tests.python.harness import IDENTITY, CompileError, check, jit

compiled_only = pytest.mark.skipif(IDENTITY, reason="about compiled code")


def up(x):
    return x + 1


def square(x):
    return x * x


@jit
def twice(x):
    return x * 2


add_one = functools.partial(operator.add, 1)
add_two = functools.partial(operator.add, 2)


@dataclass
class Step:
    run: Callable
    weight: int


@dataclass(frozen=True)
class Frozen:
    run: Callable
    weight: int


class Named(NamedTuple):
    name: str
    run: Callable


def called(fs, x):
    return [h(x) for h in fs]


def optional(fs, x):
    return [h(x) if h is not None else x for h in fs]


def by_key(table, key, x):
    return table[key](x)


def swap(fs):
    fs[0], fs[1] = fs[1], fs[0]
    return fs[0], fs


def take(fs, x):
    h = fs.pop()
    return h(x), len(fs)


def move(table, x):
    h = table.pop("a")
    table["c"] = table["b"]
    return h(x)


def fill(fs):
    fs.append(up)
    fs.append(square)
    fs.append(abs)


def reverse(fs):
    fs.reverse()


def aliased(a, b, x):
    a.append(b[0])
    return [h(x) for h in b]


def field(step, x):
    return step.run(x) + step.weight


def counted(step):
    step.weight += 1
    return step.run(step.weight)


def fields(steps, x):
    return [s.run(x) + s.weight for s in steps]


def named(steps, x):
    return {s.name: s.run(x) for s in steps}


def in_tuples(pairs, x):
    return [h(x) * w for h, w in pairs], pairs[0][0]


def nested(table, x):
    return table["a"]["f"](x) + table["b"]["g"](x)


def asked(fs):
    return up in fs, fs[0] is up, fs[0] == square, fs.count(up)


def twice_the_list(a, b):
    return a is b, a == b


both = [up, square]


@pytest.mark.parametrize(
    ("func", "args"),
    [
        (called, ([up, square], 3)),
        (called, ([up], 3)),
        (called, ([], 3)),
        (called, ([math.sin, math.cos], 0.5)),
        (called, ([np.sin, np.cos], 0.5)),
        (called, ([add_one, add_two, abs], 3)),
        (called, ([lambda v: v, lambda v: -v], 3)),
        (called, ((up, square), 3)),
        (optional, ([up, None, square], 3)),
        (by_key, ({"up": up, "square": square}, "square", 3)),
        (by_key, ({"up": up, "square": square}, "other", 3)),
        (by_key, (OrderedDict(up=up, square=square), "up", 3)),
        (swap, ([up, square],)),
        (swap, ([add_one, add_two],)),
        (swap, ([np.sin, np.cos],)),
        (take, ([up, square], 3)),
        (take, ([up], 3)),
        (move, ({"a": up, "b": square}, 3)),
        (fill, ([],)),
        (reverse, ([up, square, abs],)),
        (reverse, ([up],)),
        (aliased, (both, both, 3)),
        (field, (Step(up, 2), 3)),
        (field, (Frozen(up, 2), 3)),
        (counted, (Step(up, 2),)),
        (fields, ([Step(up, 2), Step(square, 3)], 3)),
        (fields, ([Frozen(up, 2), Frozen(square, 3)], 3)),
        (named, ([Named("a", up), Named("b", square)], 3)),
        (in_tuples, ([(up, 2), (square, 3)], 3)),
        (nested, ({"a": {"f": up}, "b": {"g": square}}, 3)),
        (asked, ([up, square],)),
        (asked, ([square, up],)),
        (twice_the_list, (both, both)),
    ],
)
def test_arguments(func, args):
    check(func, *args)


def test_deque_and_defaultdict():
    def rotated(fs, x):
        fs.rotate(1)
        return [h(x) for h in fs]

    def added(table, x):
        table["z"].append(square)
        return [[h(x) for h in row] for row in table.values()]

    mine, theirs = deque([up, square]), deque([up, square])
    assert jit(rotated)(mine, 3) == rotated(theirs, 3)
    assert mine == theirs
    mine, theirs = defaultdict(list, a=[up, square]), defaultdict(list, a=[up, square])
    assert jit(added)(mine, 3) == added(theirs, 3)
    assert mine == theirs


def test_closures_are_put_into_an_empty_list():
    def put(fs, n):
        for i in range(n):
            fs.append(lambda x, i=i: x + i)

    fs = []
    jit(put)(fs, 3)
    assert [h(10) for h in fs] == [10, 11, 12]


def test_results_are_lists_and_dicts_of_functions():
    def made(n):
        return [up, twice, lambda v: v * n], {"up": up, "own": lambda v: v - n}

    fs, table = jit(made)(3)
    assert fs[0] is up and fs[1] is twice and table["up"] is up
    assert (fs[2](5), table["own"](5)) == (15, 2)


def test_other_functions_in_the_same_list():
    f = jit(called)
    fs = [up, square]
    assert f(fs, 3) == [4, 9]
    fs[0] = twice
    assert f(fs, 3) == [6, 9]
    fs.append(up)
    assert f(fs, 3) == [6, 9, 4]
    assert f(fs[::-1], 3) == [4, 9, 6]


TABLE = {"up": up, "square": square}
STEPS = [up, square]
ROWS = {"a": (up, 2), "b": (twice, 3)}


def test_globals():
    def looked_up(k, x):
        return TABLE[k](x)

    def all_of_them(x):
        return [h(x) for h in STEPS], len(STEPS)

    def rows(k, x):
        h, w = ROWS[k]
        return h(x) * w

    for args in (("up", 3), ("square", 2.5), ("none", 1)):
        check(looked_up, *args)
    check(rows, "b", 3)
    f = jit(all_of_them)
    assert f(3) == ([4, 9], 2)
    STEPS.append(twice)
    try:
        assert f(3) == ([4, 9, 6], 3)
    finally:
        STEPS.pop()
    assert f(3) == ([4, 9], 2)
    before = TABLE["up"]
    g = jit(looked_up)
    assert g("up", 3) == 4
    TABLE["up"] = abs
    try:
        assert g("up", -3) == 3
    finally:
        TABLE["up"] = before


def test_a_global_list_is_changed():
    fs = [up, square]

    def rotate(x):
        fs.append(fs[0])
        del fs[0]
        return fs[0](x)

    assert jit(rotate)(3) == 9
    assert fs == [square, up]


def test_everything_is_released():
    def used():
        f = lambda v: v + 1  # noqa: E731

        def use(fs, x):
            return fs[0](x)

        use_jitted = jit(use)
        assert use_jitted([f, up], 3) == 4
        return weakref.ref(f), weakref.ref(use)

    references = used()
    gc.collect()
    assert all(r() is None for r in references)


@compiled_only
def test_many_lists_of_new_functions():
    f = jit(called)
    for i in range(80):
        assert f([lambda v, i=i: v + i, up], 1) == [1 + i, 2]


@compiled_only
def test_refusals():
    with pytest.raises(TypeError, match="a type object can't be passed"):
        jit(called)([ValueError, KeyError], 3)
    with pytest.raises(TypeError, match="elements of a list have different types"):
        jit(called)([up, 3], 3)
    with pytest.raises(TypeError, match="elements of a dict have different types"):
        jit(lambda d: len(d))({up: 1})
    with pytest.raises(TypeError, match=r"item 0 of the list: a callable \(method\)"):
        jit(called)([Step(up, 1).__eq__], 3)

    def put(fs):
        fs.append(twice)

    with pytest.raises(CompileError) as caught:
        jit(put)([up])
    assert caught.value.code == "CB0322"
    assert "elements of this list are function up, and this one is function twice" in str(
        caught.value
    )


@pytest.mark.parametrize(
    "expression",
    [
        "[up]",
        "{'a': [up, up]}",
        "(up,)",
        "deque([up])",
        "Step(up, 1)",
        "[Named('a', up)]",
        "[Step(up, 1)]",
    ],
)
def test_the_first_function_that_is_seen(expression, tmp_path):
    program = f"""
from collections import deque
from dataclasses import dataclass
from typing import Callable, NamedTuple
from cumbia import jit
def up(x):
    return x + 1
@dataclass
class Step:
    run: Callable
    weight: int
class Named(NamedTuple):
    name: str
    run: Callable
def f(value):
    return value
print(repr(jit(f)({expression})) == repr({expression}))
"""
    path = tmp_path / "program.py"
    path.write_text(program)
    done = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr

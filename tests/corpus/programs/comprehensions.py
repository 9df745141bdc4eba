"""Comprehensions of lists, sets and dicts."""

import numpy as np

from tests.corpus import call, program


@program(call(5), call(0))
def squares(n):
    return [i * i for i in range(n)]


@program(call(10))
def filtered(n):
    return [i for i in range(n) if i % 2 if i % 3]


@program(call(3, 2))
def two_loops(n, m):
    return [(i, j) for i in range(n) for j in range(m) if i != j]


@program(call(3))
def dependent_loops(n):
    return [i * 10 + j for i in range(n) for j in range(i)]


@program(call([[1, 2], [], [3]]))
def flatten(rows):
    return [x for row in rows for x in row]


@program(call(3))
def nested(n):
    return [[i * j for j in range(n)] for i in range(n)]


@program(call(np.array([1.0, -2.0, 3.0])))
def over_an_array(a):
    return [x * 2 for x in a if x > 0]


@program(call("héllo"))
def over_a_string(s):
    return [c.upper() for c in s], [ord(c) for c in s]


@program(call({"a": 1, "b": 2}))
def over_a_dict(d):
    return [k for k in d], [k * v for k, v in d.items()], {v: k for k, v in d.items()}


@program(call(3))
def own_scope(n):
    i = 100
    xs = [i for i in range(n)]
    return i, xs


@program(call(3))
def captures(n):
    k = 10
    return [k * i + n for i in range(n)]


@program(call([1, -1, 2]))
def conditional_item(xs):
    return [x if x > 0 else 0 for x in xs], ["+" if x > 0 else "-" for x in xs]


@program(call([(1, 2.5), (3, 4.5)]))
def unpacking(pairs):
    return [a * b for a, b in pairs], {a: b for a, b in pairs}


@program(call([3, 0, 1]))
def raising(xs):
    return [6 // x for x in xs]


@program(call(6))
def with_a_walrus(n):
    return [y for i in range(n) if (y := i * i) > 5], y


@program(call(4))
def with_enumerate_and_zip(n):
    return [i * x for i, x in enumerate(range(n, 0, -1))], [a + b for a, b in zip(range(n), "x" * n and range(5))]


@program(call([1, 2]))
def list_of_functions(xs):
    return [f(3) for f in [lambda v, x=x: v * x for x in xs]]


@program(call(3))
def into_an_array(n):
    return np.array([i * 0.5 for i in range(n)]), np.array([[i, j] for i in range(2) for j in range(2)])

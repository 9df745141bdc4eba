"""`map` and `filter`."""

import math

import numpy as np

from tests.corpus import call, program


@program(call([1, 2, 3]))
def map_a_lambda(xs):
    return list(map(lambda x: x * 2, xs)), sum(map(lambda x: x + 0.5, xs))


@program(call(["1", "22"]))
def map_a_class(words):
    return list(map(int, words)), list(map(len, words)), list(map(str, (1, 2.5)))


@program(call([1, 2, 3], [10, 20]))
def map_of_two(a, b):
    return list(map(lambda x, y: x * y, a, b)), list(map(pow, a, b))


@program(call([1, -2, 0, 3]))
def filter_a_lambda(xs):
    return list(filter(lambda x: x > 0, xs)), list(filter(None, xs))


@program(call([4.0, 9.0]))
def map_a_library_function(xs):
    s = 0.0
    for r in map(math.sqrt, xs):
        s += r
    return s


@program(call([1, 0]))
def lazily(xs):
    it = map(lambda x: 10 // x, xs)
    return next(it)


@program(call([3, 1, 2]))
def combined(xs):
    return sorted(map(lambda x: -x, filter(lambda x: x != 1, xs))), max(map(abs, xs)), any(map(lambda x: x > 2, xs))


@program(call(np.array([1.0, -1.0])))
def over_arrays(a):
    return list(map(abs, a)), [x for x in filter(lambda v: v > 0, a)]


@program(call("a1b2"))
def over_strings(s):
    return "".join(filter(str.isalpha, s)), list(map(ord, s))


@program(call([1, 2]), after=list)
def returned(xs):
    return map(lambda x: x + 1, xs)

"""`sorted` and `list.sort` with `key` and `reverse`."""

import sys

import numpy as np

from tests.corpus import call, program


@program(call([3, 1, 2]), call((2.5, -1.0)), call("banana"), call({3, 1}), call({"b": 1, "a": 2}), call(np.array([2, 1])))
def of_things(xs):
    return sorted(xs), sorted(xs, reverse=True)


@program(call(["bb", "a", "ccc", "dd"]))
def stable_with_key(words):
    return sorted(words, key=len), sorted(words, key=len, reverse=True)


@program(call([(2, "b"), (1, "z"), (2, "a")]))
def tuples(pairs):
    return sorted(pairs), sorted(pairs, key=lambda p: p[1]), sorted(pairs, key=lambda p: (-p[0], p[1]))


@program(call([5, 3, 9, 1]))
def argsort(xs):
    return sorted(range(len(xs)), key=lambda i: xs[i])


@program(call([5, 3, 9, 1]))
def with_a_named_key(xs):
    def key(x):
        return x % 4

    xs.sort(key=key)
    return xs


@program(call(["é", "z", "a", "Z"]))
def text(words):
    return sorted(words), sorted(words, key=str.lower)


# With nan the order depends on which elements are compared, which changed in 3.13.
WITH_NAN = (call([float("nan"), 1.0, 0.5]),) if sys.version_info < (3, 13) else ()


@program(call([0.0, -0.0, 1.0, -1.0]), *WITH_NAN)
def floats(xs):
    return sorted(xs), sorted(xs, key=abs)


@program(call([3, 1, 2]))
def original_is_unchanged(xs):
    ys = sorted(xs)
    ys.append(0)
    return xs, ys


@program(call([1, 0, 2]))
def key_raises(xs):
    xs.sort(key=lambda x: 1 / x)
    return xs


@program(call([2, 1]))
def sort_returns_none(xs):
    return xs.sort()


@program(call([[3, 1], [2], [2, 0]]))
def lists(xs):
    return sorted(xs), sorted(xs, key=len), sorted(xs, key=sum)


@program(call(100))
def larger(n):
    xs = [(i * 7919) % 1009 for i in range(n)]
    ys = sorted(xs, key=lambda x: (x % 10, x))
    return ys[:10], ys == sorted(ys), sorted(xs)[::10]


@program(call([True, False, True]))
def booleans(xs):
    return sorted(xs), sorted(xs, key=lambda b: not b)

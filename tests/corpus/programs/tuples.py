"""Tuples: literals, indexing, slices, comparison, unpacking, methods."""

import numpy as np

from tests.corpus import call, program


@program(call(1, 2.5))
def build_and_index(a, b):
    t = (a, b, a + b)
    return t[0], t[-1], t, len(t)


@program(call((1, 2, 3, 4)))
def slices(t):
    return t[1:], t[:-1], t[::2], t[::-1], t[10:]


@program(call((1, 2), (3,)))
def concatenate_and_repeat(a, b):
    return a + b, a * 2, 3 * b, () + a, a * 0


@program(call((1, 2), (1, 3)), call((2, 0), (1, 9)), call((1, 2), (1, 2)))
def comparisons(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


@program(call((1,), (1, 0)))
def comparing_different_lengths(a, b):
    return a < b, a == b, b > a


@program(call((3, 1, 3, 2), 3), call((3, 1, 3, 2), 9))
def count_and_in(t, x):
    return t.count(x), x in t, x not in t


@program(call((3, 1, 2), 1), call((3, 1, 2), 7))
def index_of(t, x):
    return t.index(x)


@program(call(5, 3))
def swap(a, b):
    a, b = b, a
    a, b = b + 1, a - 1
    return a, b


@program(call(((1, 2), (3.0, True))))
def nested_unpacking(t):
    (a, b), (c, d) = t
    return a + b, c, d


@program(call((1, 2, 3)), call((1, 2)))
def unpacking_the_wrong_number(t):
    a, b, c = t
    return a + b + c


@program(call((10, 20, 30), 1), call((10, 20, 30), -1), call((10, 20, 30), 5))
def variable_index(t, i):
    return t[i]


@program(call((1, 2.5, 3)))
def loop_over_mixed(t):
    s = 0.0
    for x in t:
        s += x
    return s


@program(call((3, 1, 2)))
def builtins_on_tuples(t):
    return sum(t), min(t), max(t), sorted(t), len(t), tuple(reversed(t))


@program(call(3))
def empty(n):
    t = ()
    return t, len(t), not t, t + (n,)


@program(call(4))
def tuple_of_a_range_and_list(n):
    return tuple(range(n)), tuple([1, n])


@program(call((1, 2)), call(()))
def truth(t):
    return 1 if t else 0


@program(call(np.arange(6.0).reshape(2, 3)))
def shape_as_tuple(a):
    rows, cols = a.shape
    return a.shape, rows * cols, a.shape[::-1], a.shape == (2, 3), a.shape + (1,)


@program(call(3))
def returned_by_a_helper(n):
    def divide(a, b):
        return a // b, a % b

    q, r = divide(17, n)
    return q * n + r, divide(n, 2)


@program(call(((1, "a"), (2, "b"))))
def pairs_with_strings(pairs):
    text = ""
    for n, s in pairs:
        text += s * n
    return text


@program(call((1, 2)), call((2, 1)))
def as_dict_keys(t):
    d = {(1, 2): "x", (2, 1): "y"}
    return d[t]


@program(call(1, 2.0, "s"))
def hash_and_equality(a, b, s):
    t = (a, b, s)
    return hash(t) == hash((a, b, s)), t == (1, 2, "s"), t == (1, 2)


@program(call((1, 2, 3)))
def assignment_to_an_item(t):
    t[0] = 5
    return t


@program(call((1.5, float("nan"))))
def nan_items(t):
    return t[1] == t[1], t[0] in t, max(t), min(t)


@program(call(3), call(-3))
def returned_from_branches(n):
    if n > 0:
        return n, 1.5
    return -n, 2.5

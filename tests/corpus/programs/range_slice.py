"""`range` and `slice` as values."""

import numpy as np

from tests.corpus import call, program


@program(call(0, 10, 3), call(10, 0, -4), call(5, 5, 1))
def attributes(a, b, c):
    r = range(a, b, c)
    return r.start, r.stop, r.step, len(r)


@program(call(3), call(-1), call(9))
def index(i):
    r = range(10, 30, 5)
    return r[i]


@program(call(15), call(16), call(100))
def containment(x):
    r = range(0, 50, 5)
    return x in r, r.count(x)


@program(call(15), call(16))
def index_of(x):
    return range(0, 50, 5).index(x)


@program(call(2))
def slicing(n):
    r = range(10)
    return r[n:], r[::-1], r[1:8:n], list(r[-3:])


@program(call(4))
def result(n):
    return range(n), range(1, n), range(n, 0, -1)


@program(call(3))
def equality(n):
    return range(n) == range(0, n, 1), range(0) == range(1, 1), range(n) != range(n + 1)


@program(call(range(5)), call(range(10, 0, -3)))
def argument(r):
    total = 0
    for i in r:
        total = total * 10 + i
    return total, len(r), sum(r)


@program(call(1), call(0))
def chosen(n):
    r = range(3) if n else range(5, 0, -1)
    return [i for i in r]


@program(call(0))
def zero_step(n):
    return range(1, 10, n)


@program(call(np.arange(10.0)))
def slice_values(a):
    s = slice(2, 8, 2)
    t = slice(None, 3)
    a[t] = 0.0
    return a[s], s.start, s.stop, s.step


@program(call([1, 2, 3, 4]), call("abcd"), call((1, 2, 3, 4)))
def slice_of_sequences(xs):
    s = slice(1, 3)
    return xs[s], xs[slice(None, None, -1)]


@program(call(slice(1, 5, 2)), call(slice(None)))
def slice_argument(s):
    return np.arange(6)[s]


@program(call(5), call(10))
def slice_indices(n):
    return slice(2, 20, 3).indices(n), slice(None, None, -1).indices(n)


@program(call(3))
def reversed_range(n):
    return [i for i in reversed(range(n))], list(reversed(range(0, 10, n)))

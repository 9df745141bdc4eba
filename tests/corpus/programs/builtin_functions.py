"""`any`, `all`, `sum`, `min`, `max` with `key` and `default`, `abs`, `divmod`, `pow`, `round`, conversions."""

import numpy as np

from tests.corpus import call, program


@program(call([0, 1]), call([0, 0]), call((1, 2)), call(np.array([0.0, 2.0])))
def any_and_all(xs):
    return any(xs), all(xs)


@program(call(1))
def any_and_all_of_nothing(n):
    return any([]), all([]), any(()), all(range(0)), n


@program(call([1, 2, 3]), call([1.5, 2.5]), call((1, 2.5)), call(range(5)), call({1, 2}))
def sum_of(xs):
    return sum(xs), sum(xs, 10), sum(xs, start=0.5)


@program(call([[1], [2, 3]]))
def sum_of_lists(xs):
    return sum(xs, [])


@program(call([0.1] * 10))
def sum_of_floats(xs):
    return sum(xs)


@program(call(["a"]))
def sum_of_strings(xs):
    return sum(xs, "")


@program(call([3, 1, 2]), call((2.5, -1.0)), call("hello"), call(np.array([2, 9, 4])), call({5, 3}))
def min_and_max(xs):
    return min(xs), max(xs)


@program(call([3, -4, 2]), call([-1, 1]))
def with_key(xs):
    return min(xs, key=abs), max(xs, key=lambda x: -x), max(xs, key=lambda x: x % 3)


@program(call([5]), call([5, 2]))
def with_default(xs):
    xs.pop()
    return min(xs, default=-1), max(xs, default=100)


@program(call([5]))
def max_of_nothing(xs):
    xs.pop()
    return max(xs)


@program(call(3, 5), call(2.5, -1.5), call("b", "a"))
def of_two(a, b):
    return min(a, b), max(a, b), max(a, b, a)


@program(call("apple", "fig"))
def of_two_with_key(a, b):
    return min(a, b, key=len), max(a, b, key=lambda s: s[-1])


@program(call([1, 1.0, 2]), call([True, 1]))
def first_of_equals(xs):
    return max(xs[:2]), min(xs[:2])


@program(call(float("nan"), 1.0))
def nan_in_min_and_max(a, b):
    return min(a, b), min(b, a), max([a, b]), max([b, a])


@program(call(-3), call(-2.5), call(3 + 4j), call(True))
def absolute(x):
    return abs(x)


@program(call(17, 5), call(-17, 5), call(17.5, -5.0), call(1, 0))
def divmod_of(a, b):
    return divmod(a, b)


@program(call(2, 10), call(2.0, 0.5), call(0, 0), call(3, 4))
def power(a, b):
    return pow(a, b), a**b


@program(call(3, 200, 7), call(2, -1, 7), call(10, 3, 1))
def modular_power(a, b, m):
    return pow(a, b, m)


@program(call(2.5), call(3.5), call(-2.5), call(2.675), call(1e20))
def rounding(x):
    return round(x, 2), round(x, 0), round(x, -1)


@program(call(2.5), call(-3.5), call(7))
def rounding_to_int(x):
    return round(x)


@program(call(1234, -2), call(15, -1), call(25, -1))
def rounding_ints(n, digits):
    return round(n, digits)


@program(call(2.7), call(-2.7), call(True), call(5))
def conversions(x):
    return int(x), float(x), bool(x), complex(x)


@program(call(0.0), call(""), call([]), call((0,)), call("0"))
def truth(x):
    return bool(x), not x


@program(call(3, 4))
def chained_comparison(a, b):
    return 0 < a < b <= 4, a < b > 2 != a, not a == b


@program(call(5))
def len_of_things(n):
    return len("héllo"), len([n]), len((1, 2)), len({n, n}), len({n: 1}), len(range(n)), len(b"ab")


@program(call([1, 2], (1, 2)))
def id_and_is(a, b):
    c = a
    return a is c, a is not b, a is a[:]


@program(call(3.5))
def complex_parts(x):
    z = complex(x, 2)
    return z.real, z.imag, z.conjugate(), abs(z * z), z == complex(x, 2.0)

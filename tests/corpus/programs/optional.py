"""`None` and values that may be `None`: narrowing by `is None`, truth, results."""

import math

import numpy as np

from tests.corpus import call, program


@program(call(3), call(-3))
def result_or_none(n):
    if n > 0:
        return n
    return None


@program(call(3), call(-3))
def falls_off_the_end(n):
    if n > 0:
        return n * 2.0


@program(call(4, None), call(4, 3))
def argument(n, m):
    if m is None:
        m = 10
    return n * m


@program(call(None), call(2.5))
def is_not_none(x):
    if x is not None:
        return x + 1
    return 0.0


@program(call([3, 8, 5], 4), call([3, 1], 4))
def first_larger(xs, limit):
    found = None
    for x in xs:
        if x > limit:
            found = x
            break
    if found is None:
        return -1
    return found


@program(call(np.array([3.0, 9.0, 4.0])), call(np.zeros(0)))
def best_so_far(a):
    best = None
    for x in a:
        if best is None or x > best:
            best = x
    return best


def find(xs, x):
    for i, y in enumerate(xs):
        if y == x:
            return i
    return None


@program(call([4, 5, 6], 5), call([4, 5, 6], 9))
def helper_that_may_find_nothing(xs, x):
    i = find(xs, x)
    if i is None:
        return "no"
    return "at " + str(i)


@program(call(3), call(0), call(None))
def truth(n):
    if n:
        return "yes"
    return "no"


@program(call(None), call(5))
def or_with_a_default(n):
    return n or 7


@program(call(1), call(0))
def conditional_expression(n):
    x = 2.5 if n else None
    return 0.0 if x is None else x


@program(call(1), call(0))
def use_without_check(n):
    x = 5 if n else None
    return x + 1


@program(call(None), call(1))
def comparison_with_equals(n):
    return n == None, n != None  # noqa: E711


@program(call(2), call(0))
def tuple_with_an_optional(n):
    return n, (None if n == 0 else n * 0.5)


@program(call([1, None, 3]))
def list_of_optionals(xs):
    total = 0
    for x in xs:
        if x is not None:
            total += x
    return total, xs[1] is None


@program(call(3))
def list_built_of_optionals(n):
    out = []
    for i in range(n):
        out.append(None if i % 2 else i)
    return out


@program(call(3), call(-1))
def early_return(n):
    def root(x):
        if x < 0:
            return None
        return math.sqrt(x)

    r = root(n)
    return r is None, r


@program(call({"a": 1}, "a"), call({"a": 1}, "b"))
def get_of_a_dict(d, key):
    v = d.get(key)
    if v is None:
        return -1
    return v


@program(call(4))
def variable_that_is_none_first(n):
    previous = None
    jumps = 0
    for i in range(n):
        if previous is not None and i - previous > 0:
            jumps += 1
        previous = i
    return jumps, previous


@program(call(1))
def returns_nothing(n):
    n += 1


@program(call(None), call(np.ones(3)))
def optional_array(out):
    if out is None:
        out = np.zeros(2)
    out[0] = 5.0
    return out


@program(call("x"), call(None))
def optional_string(s):
    return "none" if s is None else s.upper()

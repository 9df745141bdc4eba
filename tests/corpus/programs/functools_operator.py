"""`functools.partial`, `functools.reduce`, `operator.*`."""

import functools
import math
import operator
from functools import partial, reduce

import numpy as np

from tests.corpus import call, program


def line(a, b, x):
    return a * x + b


@program(call(2.0))
def partial_of_a_function(x):
    f = partial(line, 3.0, 1.0)
    return f(x) + f(0.0)


@program(call(2.0))
def partial_with_keywords(x):
    f = functools.partial(line, b=10.0)
    return f(1.0, x=x)


@program(call(3), after=lambda f: f(10))
def partial_returned(n):
    return partial(pow, n)


@program(call([1, 2, 3, 4]), call([7]))
def reduce_a_list(xs):
    return reduce(lambda a, b: a * b, xs)


@program(call([1, 2, 3]), call([5]))
def reduce_with_a_start(xs):
    return reduce(lambda a, b: a + b, xs, 100)


@program(call((3, 9, 2)))
def reduce_a_tuple_with_operator(t):
    return functools.reduce(operator.add, t), reduce(operator.mul, t, 1)


@program(call(np.array([3.0, 1.0, 2.0])))
def reduce_an_array(a):
    return reduce(max, a)


@program(call(1))
def reduce_of_nothing(n):
    xs = [n]
    xs.pop()
    return reduce(operator.add, xs)


@program(call(7, 2), call(-7, 2))
def arithmetic_operators(a, b):
    return (operator.add(a, b), operator.sub(a, b), operator.mul(a, b), operator.truediv(a, b),
            operator.floordiv(a, b), operator.mod(a, b), operator.pow(a, b), operator.neg(a))


@program(call(6, 3))
def bit_operators(a, b):
    return (operator.and_(a, b), operator.or_(a, b), operator.xor(a, b), operator.lshift(a, b),
            operator.rshift(a, b), operator.invert(a), operator.index(a))


@program(call(1, 2), call(2, 2))
def comparisons(a, b):
    return (operator.lt(a, b), operator.le(a, b), operator.eq(a, b), operator.ne(a, b),
            operator.gt(a, b), operator.ge(a, b), operator.not_(a), operator.truth(b))


@program(call([3, 1, 2]))
def item_operators(xs):
    operator.setitem(xs, 0, 9)
    return operator.getitem(xs, 1), operator.contains(xs, 2), xs


@program(call([(2, "b"), (1, "z"), (2, "a")]))
def itemgetter_as_key(xs):
    return sorted(xs, key=operator.itemgetter(0))


@program(call("+", 3, 4), call("*", 3, 4))
def table_of_operators(op, a, b):
    table = {"+": operator.add, "*": operator.mul}
    return table[op](a, b)


@program(call(5, 0))
def division_by_zero(a, b):
    return operator.floordiv(a, b)


@program(call([1.0, 2.0, 4.0]))
def reduce_with_math(xs):
    return reduce(math.hypot, xs, 0.0)

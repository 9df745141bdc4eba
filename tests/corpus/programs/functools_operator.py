"""`functools.partial`, `functools.reduce`, `operator.*`."""

import functools
import math
import operator
from functools import partial, reduce
from typing import NamedTuple

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


class Point(NamedTuple):
    x: int
    y: float


@program(call(7, 2), call(-7, 3), call(True, 1))
def in_place_on_numbers(a, b):
    return (operator.iadd(a, b), operator.isub(a, b), operator.imul(a, b), operator.ifloordiv(a, b), operator.imod(a, b),
            operator.itruediv(a, b), operator.iand(a, b), operator.ior(a, b), operator.ixor(a, b),
            operator.ilshift(a, b), operator.irshift(a, b), operator.ipow(a, b), a)


@program(call([1, 2], [3]), call([], [3]), call([1], []))
def in_place_on_lists(a, b):
    same = operator.iadd(a, b)
    again = operator.iconcat(a, (8, 9))
    twice = operator.imul(b, 2)
    return a, same is a, again is a, twice is b


@program(call(np.array([3.0, 1.0]), np.array([0.5, 2.0])), call(np.array([]), np.array([])),
         call(np.arange(8.0)[::-2], np.ones(4)))
def in_place_on_arrays(a, b):
    operator.iadd(a, b)
    operator.imul(a, 2)
    operator.isub(a, b)
    operator.itruediv(a, 4.0)
    return a


@program(call(np.array([3, 1])))
def in_place_cast(a):
    return operator.itruediv(a, 2)


@program(call({1, 2, 3}, {2, 9}), call(set(), {1}))
def in_place_on_sets(a, b):
    operator.ior(a, b)
    operator.isub(a, {1})
    operator.ixor(a, {5})
    return operator.iand(a, {2, 5}) is a, a


@program(call("ab", "c"), call("", ""))
def in_place_on_text(a, b):
    return operator.iadd(a, b), operator.iconcat(a, b), operator.imul(a, 2), operator.concat(a, b)


@program(call([3, 1, 3], 3), call([], 1), call("banana", "a"), call((1, 1.0, 2), 1), call(np.array([1.0, 2.0]), 2.0))
def count_of(xs, x):
    return operator.countOf(xs, x)


@program(call([3, 1, 2], 2), call([3, 1, 2], 9), call([], 9), call("banana", "n"), call(range(9), 4))
def index_of(xs, x):
    return operator.indexOf(xs, x)


@program(call([3, 1, 2], 1), call([3], 1), call({1: 2, 0: 3}, 1), call({0: 3}, 1))
def delete_item(xs, i):
    operator.delitem(xs, i)
    return xs


@program(call([3, 1, 2, 5]))
def items_by_slices(xs):
    operator.setitem(xs, slice(0, 2), [7])
    operator.delitem(xs, slice(None, 1))
    return xs, operator.getitem(xs, slice(0, 1))


@program(call([1], [1]), call(None, None))
def identity(a, b):
    return operator.is_(a, a), operator.is_not(a, b), operator.is_(a, None), operator.is_not(None, b)


@program(call([1, 2, 3]), call([]), call("ab"), call({1: 2}))
def length_hints(xs):
    return operator.length_hint(xs), operator.length_hint(xs, 9), operator.length_hint(3, 9), operator.length_hint(range(4))


@program(call(1, 2), call(2.5, 0))
def called(a, b):
    return operator.call(line, a, b, 3), operator.call(line, a, x=4, b=b), operator.call(abs, a)


@program(call([5, 6, 7, 8]), call("wxyz"), call((1, 2.0, "s", None)), call(np.arange(4.0)))
def several_items(xs):
    return (operator.itemgetter(2)(xs), operator.itemgetter(1, -1)(xs), operator.itemgetter(0, 1, 2, 3)(xs),
            operator.itemgetter(slice(1, 3))(xs))


@program(call([5]))
def missing_item(xs):
    return operator.itemgetter(3)(xs)


@program(call([Point(2, 0.5), Point(1, 2.5), Point(3, -1.0)]), call([]))
def attrgetter_as_key(points):
    points.sort(key=operator.attrgetter("y"))
    return points, max(points, key=operator.attrgetter("x", "y"), default=None)


@program(call(Point(2, 0.5)))
def attributes(p):
    return operator.attrgetter("x")(p), operator.attrgetter("x", "y.real")(p), list(map(operator.attrgetter("y"), [p, p]))


@program(call([" b", "A ", ""]), call([]))
def methodcaller_on_strings(words):
    strip = operator.methodcaller("strip")
    return [strip(w) for w in words], sorted(words, key=operator.methodcaller("lower")), list(map(operator.methodcaller("split", "A"), words))


@program(call(np.arange(6.0).reshape(2, 3)))
def methodcaller_with_keywords(a):
    return operator.methodcaller("sum", axis=0)(a), operator.methodcaller("mean")(a)


@program(call([3, 1, 2]))
def methodcaller_in_place(xs):
    operator.methodcaller("sort", reverse=True)(xs)
    operator.methodcaller("append", 7)(xs)
    return xs


@program(call([[1], [2, 3], []]), call([]))
def reduce_in_place(rows):
    return reduce(operator.iadd, rows, [])


@program(call([1, 2, 3]), call([]))
def reduce_to_a_namedtuple(xs):
    return reduce(lambda p, x: Point(p.x + x, p.y * x), xs, Point(0, 1.0))


@program(call(3), call(-1))
def partial_of_a_namedtuple(n):
    return partial(lambda p, q: p.x * q, Point(n, 1.0))(4), operator.call(lambda p: p.y, Point(n, 1.0)), min(Point(n, 1.0), Point(2, 3.0))


@program(call(Point(3, 4.0)), call((3, 4.0)))
def starred_namedtuple(p):
    return math.hypot(*p), line(*p, x=1)


@program(call(1, 2))
def concat_of_numbers(a, b):
    return operator.concat(a, b)


def by_length_then_text(a, b):
    if len(a) != len(b):
        return len(a) - len(b)
    return (a > b) - (a < b)


@program(call(["ccc", "a", "bb", "aa"]), call([]), call(["x"]))
def sorted_by_comparison(words):
    key = functools.cmp_to_key(by_length_then_text)
    words.sort(key=key)
    return words, sorted(words, key=key, reverse=True), sorted(words, key=functools.cmp_to_key(lambda a, b: (b > a) - (b < a)))


@program(call([(1, 2.5), (2, 0.5), (3, 2.5)]))
def stable_by_comparison(pairs):
    compare = lambda p, q: -1 if p[1] < q[1] else 1 if p[1] > q[1] else 0
    return sorted(pairs, key=functools.cmp_to_key(compare)), sorted(pairs, key=functools.cmp_to_key(compare), reverse=True)


@program(call([3, 0, 1]))
def comparison_that_raises(xs):
    return sorted(xs, key=functools.cmp_to_key(lambda a, b: 1 // a - 1 // b))


@program(call([3, 1]))
def largest_by_comparison(xs):
    return max(xs, key=functools.cmp_to_key(lambda a, b: a - b))


@program(call(2))
def parts_of_a_partial(n):
    p = partial(line, n, b=4)
    return p.args, p.keywords, p.func(1, 2, 3), p.func is line, p.keywords["b"], len(p.args), p(x=5)


@program(call([{1}, {2, 3}]), call([{1}]))
def reduce_with_unbound_methods(sets):
    return reduce(set.union, sets), list(map(len, sets)), list(map(set.copy, sets))


@program(call([1.5, 2.0]), call([]))
def methods_of_number_classes(xs):
    return list(map(float.is_integer, xs)), [int.bit_length(int(x)) for x in xs], list(map(float.hex, xs))


@program(call([1, 2], 3))
def methods_of_list(xs, x):
    list.append(xs, x)
    list.sort(xs, reverse=True)
    return xs, list.count(xs, x), dict.get({1: 2}, x, 5)


@functools.lru_cache(maxsize=None)
def remembered(n):
    return n


@program(call(3))
def function_with_a_cache(n):
    return remembered(n)


@functools.singledispatch
def by_class(x):
    return 0


@program(call(3))
def function_by_class(n):
    return by_class(n)


@program(call(3))
def cache_made_inside(n):
    return functools.cache(line)(n, n, n)

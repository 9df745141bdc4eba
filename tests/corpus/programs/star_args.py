"""Defaults, keyword-only parameters, `*args`, `**kwargs`, starred calls."""

import numpy as np

from tests.corpus import call, program


def norm(x, y=0.0, *, scale=1.0):
    return (x * x + y * y) * scale


@program(call(3.0), call(3.0, 4.0), call(3.0, scale=2.0), call(3.0, y=1.0, scale=0.5), call(y=1.0, x=2.0))
def defaults_and_keywords(x, y=0.0, *, scale=1.0):
    return (x * x + y * y) * scale


@program(call(3.0))
def calls_with_keywords(a):
    return norm(a), norm(a, 1.0), norm(a, scale=2.0), norm(y=a, x=1.0, scale=3.0)


@program(call(), call(1), call(1, 2.5), call(1, 2, 3, 4))
def star_parameter(*args):
    return len(args), args


@program(call(1, 2, 3), call(1.5))
def loop_over_star(first, *rest):
    total = first
    for x in rest:
        total += x * 2
    return total


@program(call((1.0, 2.0)), call((3.0,)))
def starred_tuple_in_a_call(t):
    return norm(*t)


@program(call((1, 2), 3))
def starred_in_the_middle(t, z):
    def f(a, b, c, d):
        return a * 1000 + b * 100 + c * 10 + d

    return f(9, *t, z), f(*t, *t), f(z, *t, d=7)


def inner_star(*xs, factor=1):
    total = 0
    for x in xs:
        total += x
    return total * factor


@program(call(4))
def star_helper(n):
    return inner_star(), inner_star(n), inner_star(n, 1, 2, factor=10)


@program(call(1, 2, 3))
def pass_star_on(*args):
    return inner_star(*args), inner_star(0, *args, factor=2)


@program(call(a=1, b=2), call(a=3))
def double_star_with_known_names(**options):
    return options["a"] * 10


@program(call(1.0, 2.0))
def dictionary_as_keywords(x, y):
    options = {"y": y, "scale": 10.0}
    return norm(x, **options)


def outer_kwargs(x, **kwargs):
    return norm(x, **kwargs)


@program(call(2.0))
def pass_keywords_on(x):
    return outer_kwargs(x), outer_kwargs(x, y=1.0), outer_kwargs(x, scale=3.0, y=1.0)


@program(call(1, 2), call(1, 2, 3, 4))
def index_and_slice_of_args(*args):
    return args[0], args[-1], args[1:], args[::-1]


@program(call(1, 2, key=5), call(1, key=2))
def args_and_keyword_only(*args, key=0):
    return sum(args) + key * 100


@program(call(5), call(5, 6))
def positional_only(a, b=2, /):
    return a * b


@program(call(np.arange(6.0), 1, 4), call(np.arange(6.0)))
def none_defaults(a, start=None, stop=None):
    if start is None:
        start = 0
    if stop is None:
        stop = len(a)
    s = 0.0
    for i in range(start, stop):
        s += a[i]
    return s


@program(call(3, 1.5), call(3))
def default_is_a_tuple(n, shape=(2, 3)):
    return n, shape


@program(call(1, 2, 3))
def min_and_max_of_args(*args):
    return min(*args), max(args), min(args)


@program(call([1, 2]))
def starred_list_in_a_tuple(xs):
    return (0, *range(3), 9), [*xs, *xs], {*xs, 7}

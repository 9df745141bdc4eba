"""Defaults, keyword-only parameters, `*args`, `**kwargs`, starred calls."""

from typing import NamedTuple

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


def with_defaults(a, b=2, *, c=3.5):
    return a * 100 + b * 10 + c


def forwarded(**kw):
    return with_defaults(**kw)


@program(call(3))
def dict_of_names_in_the_call(x):
    return (
        with_defaults(**{"a": x}),
        with_defaults(1, **{"b": x, "c": 2}),
        with_defaults(**dict(a=x, c=0)),
        with_defaults(**{"a": x}, **dict(b=7)),
    )


@program(call(3), call(0.5))
def dict_of_names_in_a_variable(x):
    d = dict(a=x, b=2)
    e = {"a": x, "c": 1.5}
    return with_defaults(**d), with_defaults(**e, b=1), forwarded(**d)


@program(call(3))
def dict_of_names_that_is_read(x):
    d = {"a": x, "b": 2.5}
    return with_defaults(**d), d["a"], "a" in d, "q" in d, d.get("b"), d.get("q", -1)


@program(call(3))
def dict_of_names_and_types(x):
    d = dict(times=x, text="ab")

    def repeated(text, times):
        return text * times

    return repeated(**d)


@program(call(3), call(1))
def dict_of_names_by_branch(x):
    if x > 2:
        d = dict(a=x, b=1)
    else:
        d = {"a": 0, "b": x}
    return with_defaults(**d)


@program(call(3))
def dict_of_names_in_a_loop(x):
    total = 0
    for i in range(x):
        d: dict = dict(a=i)
        total += with_defaults(**d)
    return total, [with_defaults(**d) for _ in range(2)]


@program(call(3))
def dict_of_names_missing_key(x):
    d = {"a": x}
    return d["z"], with_defaults(**d)


@program(call(3))
def dict_that_is_changed(x):
    d = dict(a=x)
    d["b"] = 3
    return with_defaults(**d)


@program(call(3))
def dict_that_is_used_otherwise(x):
    d = dict(a=x, b=1)
    return with_defaults(**d), sorted(d)


@program(call({"a": 1}))
def dict_argument(d):
    return with_defaults(**d)


@program(call([3, 1, 2]))
def keywords_of_builtins(xs):
    how = dict(reverse=True)
    return sorted(xs, **how), max(xs, **{"key": lambda v: -v}), dict(**{"a": xs[0]})


class Pair(NamedTuple):
    x: float
    y: float = 2.0


@program(call(1.5))
def class_with_a_dict_of_names(v):
    return Pair(**{"x": v}), Pair(*(v, 3.0)), np.zeros(2, **{"dtype": np.int32})


@program(call(3))
def going_over_keywords(n):
    def g(**kw):
        total = 0
        for k in kw:
            total += len(k)
        for k, v in kw.items():
            total += v * len(k)
        for v in kw.values():
            total += v
        return total, list(kw), sorted(kw.keys()), sum(kw.values()), len(kw.items()), "a" in kw.keys(), max(kw)

    return g(a=n, bb=2), g(a=n, bb=n, ccc=1)


@program(call(3))
def going_over_keywords_of_different_types(n):
    def g(**kw):
        texts = []
        for k, v in kw.items():
            texts.append(f"{k}={v}")
        return ", ".join(texts), [*kw]

    return g(a=n, b=2.5, c="x"), g()


@program(call(3))
def keywords_as_dicts(n):
    def g(**kw):
        d = {"z": 1}
        d.update(kw)
        return dict(kw), dict(kw.items()), d, {**kw}, {k: v + 1 for k, v in kw.items()}, tuple(kw.values())

    return g(a=n, b=2)


@program(call(3))
def views_of_keywords_as_values(n):
    def g(**kw):
        return kw.items()

    return g(a=n)


@program(call(3))
def comparing_keywords(n):
    def g(**kw):
        return kw == {"a": 3}

    return g(a=n)

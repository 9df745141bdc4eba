"""Namedtuples: arguments, results, attributes, methods."""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from tests.corpus import call, program

Point = namedtuple("Point", "x y")
Weighted = namedtuple("Weighted", ["point", "weight"], defaults=[1.0])


class Particle(NamedTuple):
    name: str
    mass: float
    position: tuple
    charge: int = 0


@program(call(Point(1, 2.5)))
def attributes(p):
    return p.x + p.y, p[0], p[-1], len(p)


@program(call(1.0, 2.0))
def construction(a, b):
    return Point(a, b), Point(y=a, x=b)


@program(call(2.0))
def defaults(a):
    return Weighted(Point(a, a)), Weighted(Point(a, 0.0), 5.0).weight


@program(call(Point(1, 2)))
def replace(p):
    q = p._replace(y=10)
    return q, p, p._replace(x=0, y=0)


@program(call(Point(3, 4)))
def unpack_and_iterate(p):
    x, y = p
    total = 0
    for v in p:
        total += v
    return x, y, total, sum(p)


@program(call(Point(3, 4)))
def equal_to_a_tuple(p):
    return p == (3, 4), p == Point(3, 4), p < Point(3, 5), p + (5,), tuple(p)


@program(call(Particle("e", 0.5, (1.0, 2.0, 3.0), -1)), call(Particle("n", 1.5, (0.0, 0.0, 1.0))))
def typed_fields(p):
    r2 = 0.0
    for c in p.position:
        r2 += c * c
    return p.mass * r2, p.charge, p.name


@program(call([Point(1.0, 2.0), Point(3.0, -1.0)]))
def list_of_them(ps):
    sx = 0.0
    for p in ps:
        sx += p.x * p.y
    return sx, max(ps).x


@program(call(Point(np.arange(3.0), 2)))
def with_an_array(p):
    p.x[0] = 9.0
    return p.x * p.y


@program(call(Point(1, 2)))
def as_dict(p):
    return p._asdict()


@program(call(Point(1, 2)))
def fields(p):
    return p._fields, p._fields[0], len(p._fields)


@program(call(Weighted(Point(1.0, 2.0), 3.0)))
def nested(w):
    return w.point.x * w.weight, w.point._replace(x=w.weight)


@program(call((5, 6)))
def make(t):
    return Point._make(t), Point(*t)


@program(call(Point(1, 2)))
def assignment_to_a_field(p):
    p.x = 5
    return p


@program(call(Point(1, 2)))
def unknown_field(p):
    return p.z


@program(call(Point(1.5, 2)))
def text(p):
    return str(p), f"{p}", repr(p)


@program(call(3))
def made_in_a_loop(n):
    p = Point(0.0, 1.0)
    for i in range(n):
        p = Point(p.y, p.x + p.y * i)
    return p


@program(call(Point(1, 2)))
def assignment_is_caught(p):
    try:
        p.y = 3
    except AttributeError:
        return p.x
    return p.y


@program(call([1, 2]), call([1]), call([1, 2, 3]), call([]))
def made_of_a_list(xs):
    return Point._make(xs), Point._make(x * 2 for x in xs)


@program(call(np.array([1.5, 2.5])), call("ab"), call(range(2)), call((1, 2)))
def made_of_an_iterable(items):
    return Point._make(items).y, Point._make(reversed([x for x in items]))


@program(call([[1, 2], [3, 4]]), call([]))
def rows_as_namedtuples(rows):
    points = [Point._make(row) for row in rows]
    return points, sum(p.x * p.y for p in points), list(map(Point._make, rows))


@program(call(Point(1, 2.5)), call(Point("a", 2)))
def fields_of_mixed_types_as_a_dict(p):
    d = p._asdict()
    return d, d["x"], len(d), "x" in d, list(d), Point(**d), Point(**p._asdict()) == p


@program(call(Point(1, 2)))
def a_dict_that_changes(p):
    d = p._asdict()
    d["x"] = 7
    d["z"] = 8
    return d, p, dict(zip(p._fields, p))


@program(call(Point(1, 2.5)))
def mixed_dict_that_changes(p):
    d = p._asdict()
    d["x"] = 7
    return d


@program(call((1, 2.5)), call((3, 4)))
def starred_to_a_namedtuple(t):
    return Point(*t), Weighted(*t), Point(*t[:1], y=t[1])


@program(call(Point(1, 2)))
def handed_through(p):
    kept = [p]
    kept.insert(0, p)
    first = next(iter(kept))
    return first.x, kept[0].y, max(kept).x, (p if p.x else Point(0, 0)).y, {1: p}.get(1, Point(5, 5)).x


@program(call(Point(1, 2)), call(Point(0, 3)))
def starred_in_displays(p):
    return (*p, 9), [*p, *p], {*p}, (0, *p)


@program(call(np.arange(12.0).reshape(3, 4), Point(1, 2)), call(np.arange(12.0).reshape(3, 4), Point(-1, 9)))
def as_an_index(a, p):
    a[p] += 0.5
    return a[p], a[p[:1]]


@program(call(Point(1, 2)), call(Point(2.5, -1.0)))
def given_to_the_library(p):
    return (sum(p), max(p), sorted(p), list(zip(p, p)), 1 in p, p.count(1), np.array(p), np.sum(p), hash(p) == hash(tuple(p)),
            list(reversed(p)), p + p, p * 2, min(p, p).x)


@program(call(2))
def kept_as_they_are(n):
    p = Point(n, 1.5)
    return max(p, Point(1, 2.5)), [p for p in [p, p]], next(iter([p])), {n: p}, min([p, Point(0, 0.5)], key=lambda q: q.y).x

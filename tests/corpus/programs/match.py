"""`match`: literals, sequences, captures, guards, classes."""

from typing import NamedTuple

import numpy as np

from tests.corpus import call, program


class Point(NamedTuple):
    x: float
    y: float


class Circle(NamedTuple):
    centre: tuple
    radius: float


@program(call(0), call(1), call(7), call(-1))
def literals(code):
    match code:
        case 0:
            return 10
        case 1:
            return 20
        case -1:
            return -10
    return 0


@program(call(3, 4.0), call(2, 4.0), call(9, -4.0))
def alternatives(op, x):
    match op:
        case 1 | 2 | 3:
            x *= 2.0
        case 4 | 5:
            x -= 1.0
        case _:
            x = -x
    return x


@program(call(5), call(50), call(-3), call(0))
def guards(n):
    match n:
        case k if k < 0:
            return -k
        case 0:
            return 100
        case k if k > 10:
            return k // 10
        case other:
            return other + 1000


@program(call((1, 2)), call((0, 5)), call((3, 0)), call((0, 0)))
def pairs_with_captures(pair):
    match pair:
        case (0, 0):
            return 0
        case (0, y):
            return y * 10
        case (x, 0):
            return x * 100
        case (x, y):
            return x + y


@program(call((1,)), call((1, 2)), call((1, 2, 3)), call(()))
def lengths_of_tuples(t):
    match t:
        case ():
            return 0
        case (a,):
            return a
        case (a, b):
            return a * b
        case (a, b, c):
            return a + b + c


@program(call((1, 2, 3, 4)), call((9, 8)))
def starred_sequence(t):
    match t:
        case (first, *rest, last):
            return first, rest, last


@program(call([1, 2, 3]), call([5]), call([4, 4]))
def list_patterns(xs):
    match xs:
        case [x]:
            return x
        case [a, b]:
            return a * b
        case [a, *rest]:
            return a + sum(rest)
    return -1


@program(call("add", 3, 4), call("sub", 3, 4), call("nop", 3, 4))
def strings_as_commands(op, a, b):
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case _:
            return 0


@program(call(Point(0.0, 2.0)), call(Point(3.0, 0.0)), call(Point(1.0, 1.0)))
def class_of_a_namedtuple(p):
    match p:
        case Point(0.0, y):
            return y
        case Point(x, 0.0):
            return -x
        case Point(x=x, y=y):
            return x * x + y * y


@program(call(Circle((1.0, 2.0), 3.0)), call(Point(1.0, 2.0)))
def class_decides(shape):
    match shape:
        case Circle((x, y), r):
            return x + y + r
        case Point(x, y):
            return x - y


@program(call(((1, 2), 3)), call(((0, 2), 3)))
def nested_with_as(t):
    match t:
        case ((0, b) as inner, c):
            return inner, b + c
        case ((a, b), c) as whole:
            return whole[0], a * b * c


@program(call(None), call(True), call(False))
def singletons(x):
    match x:
        case None:
            return 0
        case True:
            return 1
        case False:
            return 2


@program(call(5), call(2.5), call("s"))
def builtin_classes(x):
    match x:
        case int():
            return "int"
        case float(value):
            return f"float {value}"
        case str():
            return "str"


@program(call(np.array([0, 1, 2, 1, 0, 3])))
def in_a_loop_of_an_interpreter(codes):
    stack = 1
    for code in codes:
        match int(code):
            case 0:
                stack += 1
            case 1:
                stack *= 3
            case 2:
                continue
            case _:
                break
    return stack


@program(call({"kind": "disc", "r": 2.0}), call({"kind": "square", "a": 3.0}))
def mappings(d):
    match d:
        case {"kind": "disc", "r": r}:
            return r * r
        case {"kind": kind, **rest}:
            return kind, rest


@program(call(4), call(11))
def captures_stay_bound_after_a_failed_guard(n):
    match n:
        case k if k > 10:
            pass
        case _:
            pass
    return k


@program(call(3))
def no_case_matches_and_the_name_is_unbound(n):
    match n:
        case 1:
            value = 5
    return value


@program(call(Point(1.0, 2.0)), call(Circle((0.0, 1.0), 2.0)), call((1.0, 2.0)), call(3))
def classes_and_sequences(shape):
    match shape:
        case Point(x=0.0):
            return "on the axis"
        case Point(x, y) if x == y:
            return x
        case Point():
            return "point"
        case Circle(centre=(x, y) as centre, radius=r):
            return centre, x + y, r
        case (x, y):
            return x + y
        case int(n):
            return n


@program(call([Point(0.0, 1.0), Point(2.0, 2.0), Point(5.0, 0.5)]))
def classes_in_a_loop(points):
    total = 0.0
    for p in points:
        match p:
            case Point(0.0, y):
                total += y
            case Point(x, y) if x == y:
                total += 10 * x
            case Point(x, _):
                total -= x
    return total

"""Generators and generator expressions together with nested functions and lambdas."""

import pytest

from tests.python.harness import Cases, check

case = Cases()




@case((3,))
def q1(n):
    k = n * 2

    def gen(m):
        for i in range(m):
            yield (i + k)
    return (sum(gen(n)), list(gen(2)))


@case((4,))
def q2(n):

    def inner(m):
        return sum((i * n for i in range(m)))
    return inner(3)


@case((5,))
def q3(n):
    return (list(map(lambda x: x * n, range(4))), sum(filter(lambda x: x % 2, range(n))))


@case((3,))
def q4(n):
    c = 0

    def inc():
        nonlocal c
        c += 1
        return c
    inc()
    return sum((c * i for i in range(n)))


@case((6,))
def q5(n):
    return (max(range(n), key=lambda x: -x), sorted((i for i in range(n)), key=lambda x: x * 7 % 5))


@case((3,))
def q7(n):

    def g():
        yield from h(n)
        yield 5

    def h(m):
        for i in range(m):
            yield i
    return list(g())


@case((2,))
def q8(n):
    f = lambda x: x + n
    return [y for y in (f(x) for x in range(3))]


@case((1, 2, 3))
def q9(*a):
    return sum((x for x in a))


@case((4,))
def q10(n):

    def rec(m):
        if m > 0:
            yield m
            yield from rec(m - 1)
    return list(rec(n))


@case((4,))
def q11(n):
    total = 0

    def gen():
        nonlocal total
        for i in range(n):
            total += i
            yield total
    s = 0
    for x in gen():
        s = s * 3 + x + total
    return (s, total)


@case(([],))
def without_a_value_yet(p):
    for v in p:
        pass
    made = (v for e in p)
    return list(made)


@case(([1, 2],), ([],))
def read_when_reached(p):
    for v in p:
        pass
    made = (v + e for e in p + p)
    return sum(made), any(v for e in p)


@case((2,), (0,))
def first_read_fails(n):
    if n > 5:
        v = 1
    made = (v for e in range(n))
    return sum(made)


@case((2,), (0,), (9,))
def brought_by_a_function(n):
    if n > 5:
        v = n

    def inner(m):
        return sum(v * e for e in range(m))

    return inner(n)


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)

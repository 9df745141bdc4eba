"""Generators and generator expressions in compiled code."""

import numpy as np
import pytest

from tests.python.harness import Cases, check, jit

case = Cases()

a = np.arange(4.0)
A = np.arange(6.0).reshape(3, 2)



@jit
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


@jit
def pairs(a):
    for i, x in enumerate(a):
        if x > 1:
            yield (i, x)
        yield (-i, x * 2)


@jit
def chain2(n, m):
    yield from count(n)
    yield from range(m)
    yield from (7, 8)
    return 5


@jit
def rows(a):
    t = np.zeros(3)
    for r in a:
        b = np.zeros(3)
        b[0] = r[0] + t[0]
        yield b
        t = b


@jit
def walk(n):
    if n > 0:
        yield n
        yield from walk(n - 1)
        yield (-n)
        yield from walk(n - 2)


@jit
def fails(n):
    for i in range(n):
        if i == 2:
            raise ValueError('two')
        yield i


@jit
def consume(it):
    s = 0
    for x in it:
        s = s * 2 + x
    return s


@case((5,), (0,))
def g1(n):
    s = 0
    for x in count(n):
        s = s * 3 + x
    return s


@case((a,))
def g2(a):
    s = 0.0
    for i, x in pairs(a):
        s = s * 2 + i * x
    return s


@case((3, 2))
def g3(n, m):
    s = 0
    for x in chain2(n, m):
        s = s * 3 + x
    return s


@case((A,))
def g4(a):
    s = 0.0
    for r in rows(a):
        s = s * 3 + r[0]
    return s


@case((A, 1))
def g4b(a, k):
    s = 0.0
    for i, r in enumerate(rows(a)):
        s = s * 3 + r[0]
        if i == k:
            break
    return s


@case((A,))
def g4c(a):
    for r in rows(a):
        return r


@case((6,))
def g5(n):
    s = 0
    for x in walk(n):
        s = (s * 3 + x) % 1000007
    return s


@case((2,), (5,))
def g6(n):
    s = 0
    for x in fails(n):
        s = s * 3 + x
    return s


@case((5,))
def g7(n):
    return consume(count(n)) + consume(walk(n))


@case((6,), (2,))
def g8(n):
    g = count(n)
    s = 0
    for x in g:
        s = s * 2 + x
        if x == 2:
            break
    for x in g:
        s = s * 5 + x
    for x in g:
        s += 1000
    return s


@case((3, 4), (4, 3))
def g9(n, m):
    s = 0
    for x, y in zip(count(n), count(m)):
        s = s * 2 + x * y
    return s


@case((3, 5), (5, 3))
def g10(n, m):
    a = count(n)
    b = count(m)
    for x, y in zip(a, b):
        pass
    s = 0
    for x in a:
        s = s * 10 + x
    for x in b:
        s = s * 7 + x
    return s


@case((5,))
def x1(n):
    return consume((i * i for i in range(n)))


@case((6,))
def x2(n):
    return consume((i * j for i in range(n) if i % 2 for j in range(i) if j != 1))


@case((a, 2.5))
def x3(a, k):
    s = 0.0
    for v in (x * k for x in a):
        s = s * 2 + v
    return s


@case((4,))
def x4(n):
    return consume((consume((i * j for j in range(i))) for i in range(n)))


@case((4, 3))
def x5(n, k):
    return consume((consume((i * j + k for j in range(i))) for i in range(n)))


@case((a,))
def x6(a):
    return consume((x * y for x, y in zip(a, a)))


@case((3,), (5,))
def x7(n):
    return consume((n // (3 - i) for i in range(n)))


@case((3, 3), (3, 4), (4, 3))
def z9(n, m):
    s = 0
    for x, y in zip(count(n), count(m), strict=True):
        s = s * 2 + x * y
    return s


@case((3,))
def nothing(n):
    s = 0
    for x in none(n):
        s += 1
    return s


@jit
def none(n):
    return
    yield 1


@case((3,))
def opt(n):
    c = 0
    for x in yn(n):
        c += 1
    return c


@jit
def yn(n):
    for i in range(n):
        yield


@case((2,))
def boom(n):
    a = np.zeros(n)
    g = big(a)
    s = 0.0
    for x in g:
        s += x
        if s > 2:
            break
    return s


@jit
def big(a):
    b = np.ones(len(a))
    c = np.ones(2)
    for i in range(len(a)):
        d = b
        yield (b[i] + a[i])
        b = c if i > 0 else d
        if i == 1:
            c = np.zeros(2)


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)

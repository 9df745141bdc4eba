"""Iteration: enumerate, zip, reversed, ndindex, flat, tuples of several types."""

import numpy as np
import pytest

from tests.python.harness import Cases, check

case = Cases()

a = np.arange(5.0)
b = np.arange(1.0, 6.0)
f = np.asfortranarray(np.arange(6.0).reshape(2, 3))



@case((a,))
def e1(a):
    s = 0.0
    for i, x in enumerate(a):
        s += i * x
    return s


@case((a, 3), (a, -3))
def e2(a, k):
    s = 0.0
    for i, x in enumerate(a, k):
        s += i * x
    return s


@case((a, 4))
def e3(a, k):
    s = 0.0
    for i, x in enumerate(start=k, iterable=a):
        s += i * x
    return (s, i)


@case((a, b), (a, b[:2]))
def z1(a, b):
    s = 0.0
    for x, y in zip(a, b):
        s += x * y
    return s


@case((a, b), (a, b[:2]), (a[:2], b))
def z2(a, b):
    s = 0.0
    for x, y in zip(a, b, strict=True):
        s += x * y
    return s


@case((a, b, b), (a, b, b[:1]), (a, b[:4], b), (a[:4], b[:4], b))
def z3(a, b, c):
    s = 0.0
    for x, y, z in zip(a, b, c, strict=True):
        s += x * y + z
    return s


@case((a, b))
def z4(a, b):
    s = 0.0
    for i, (x, (j, y)) in enumerate(zip(a, enumerate(b, 5))):
        s += x * y * i + j
    return s


@case((10,), (11,), (0,))
def r1(n):
    s = 0
    for i in reversed(range(3, n, 2)):
        s = s * 3 + i
    return s


@case((a,))
def r2(a):
    s = 0.0
    for x in reversed(a):
        s = s * 2 + x
    return s


@case(((1, 2, 3),), ((),))
def r3(t):
    s = 0
    for i, x in enumerate(reversed(t)):
        s = s * 2 + x + i
    return s


@case((3, 4), (0, 4), (3, 0), (-1, 2))
def n1(n, m):
    s = 0
    for i, j in np.ndindex(n, m):
        s = s * 3 + i * 7 + j
    return s


@case((3, 2))
def n2(n, m):
    s = 0
    for i in np.ndindex((n, m)):
        s = s * 3 + i[0] * 7 + i[1]
    return s


@case(())
def n3():
    s = 0
    for i in np.ndindex(()):
        s += 1
    return s


@case((f,))
def n4(a):
    s = 0.0
    for (i, j), x in np.ndenumerate(a):
        s = s * 2 + i * 3 + j * x
    return s


@case((f,), (f.T[::-1],), (np.array(2.0),))
def n5(a):
    s = 0.0
    for x in a.flat:
        s = s * 2 + x
    return s


@case((3,))
def m1(n):
    s = 0.0
    for x in (1, 2.5, n):
        s += x
    else:
        s += 100
    return s


@case((3,), (2.0,))
def m2(n):
    t = (1, 2.5, n)
    s = 0.0
    for i, x in enumerate(t):
        for y in (2, 3.5):
            if y > n:
                continue
            s += x * y * i
        if x > 1:
            break
    else:
        s += 100
    return (s, x, i)


@case((a,), (a[:1],))
def m3(a):
    s = 0.0
    for x, y in zip(a, (1, 2.5, a)):
        s += x
    return s


@case((a,))
def m4(a):
    c = 0
    for x in (1, a, 2.5, (1, 2)):
        c += 1
    return c


@case((a,), (a[:2],), (a[:1],))
def m5(a):
    c = 0
    for x, k in zip((1, 2.5), a, strict=True):
        c += x * k
    return c


@case((a, f))
def m6(a, b):
    s = 0.0
    for v in reversed((a, b, 1)):
        s = s * 2 + np.sum(v)
    return s


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)

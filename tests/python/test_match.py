"""match, assignment expressions, del, starred targets."""

import numpy as np
import pytest

from tests.python.harness import Cases, check

case = Cases()

PI = 3
a = np.arange(4.0)



@case((0,), (1,), (2,), (-3,), (7,), (101,))
def m1(x):
    match x:
        case 0:
            return 10
        case 1 | 2:
            return 20
        case -3:
            return 30
        case n if n > 100:
            return n
        case _:
            return 40


@case(
    ((),),
    ((5,),),
    ((0, 4),),
    ((3, 4),),
    ((3, 3),),
    ((1, 2, 3),),
    ((1, 2, 3, 4),),
    (5,),
    (2.5,),
)
def m2(t):
    match t:
        case []:
            return 0
        case [a]:
            return a
        case [0, b]:
            return b * 2
        case [a, [b, c]]:
            return a + b * c
        case [a, b] if a == b:
            return a
        case [a, b]:
            return a - b
        case [a, *r, b]:
            return a * 10 + b
        case _:
            return -1


@case(
    (1,),
    (2.5,),
    (True,),
    (None,),
    ((1, 2.5),),
    ((2.5, 1),),
    (np.float64(2.5),),
    (np.int64(3),),
    (np.float32(2),),
    (1j,),
    (a,),
)
def m3(x):
    match x:
        case int():
            return 1
        case float(y):
            return y
        case str():
            return 3
        case [int(a), float() as b]:
            return a + b
        case tuple():
            return 5
        case None:
            return 6
        case _:
            return 7


@case((True,), (False,), (1,), (0,), (1.0,), (None,), (np.bool_(True),))
def m4(x):
    match x:
        case True:
            return 1
        case False:
            return 2
        case 1:
            return 3
        case None:
            return 4
        case 'a' | 'b':
            return 5
    return 6


def m5(s):
    match s:
        case 'go':
            return 1
        case 'stop' | 'halt':
            return 2
        case other:
            return len(other)


@case((0, 5), (5, 0), (1, 2), (2, 1))
def m6(x, y):
    match (x, y):
        case [0, z] | [z, 0]:
            return z
        case [a, b] as t if a < b:
            return t[0]
    return 100


@case((20,), (5,))
def m7(n):
    s = 0
    for i in range(n):
        match i % 4:
            case 0:
                continue
            case 1 if i > 8:
                break
            case k:
                s += k
    return s


@case((a,), ((1, 2),))
def m8(a):
    match a:
        case [x, y]:
            return 1
        case _:
            return 2


@case((0,), (1,), (2,), (3,), (5,))
def m9(n):
    match [i * 2 for i in range(n)]:
        case []:
            return 0
        case [x]:
            return x
        case [x, y]:
            return x + y * 10
        case [x, *r, z]:
            return x + z * 10 + len(r) * 100


@case((2,), (3,))
def m10(n):
    match range(n):
        case [a, b, c]:
            return a + b * 10 + c * 100
        case _:
            return -1


@case((1,), (3,))
def m11(n):
    match n:
        case 1:
            r = 5
        case 2:
            r = 6
    return r

class K:
    A = 3



@case((10,))
def w1(n):
    s = 0
    while (k := (n - s)) > 3:
        s += 1
    return (s, k)


@case((a,), (a[:2],))
def w2(a):
    if (m := len(a)) > 3 and (q := (m * 2)) > 7:
        return q
    return m


@case((3,))
def w3(n):
    return (y := (n * 2)) + y


@case((7,), (0,))
def w4(n):
    if n > 0 and (q := n) > 5:
        pass
    return q


@case((1,))
def d1(n):
    x = n
    del x
    return x


@case((1,), (3,))
def d2(n):
    x = n
    if n > 2:
        del x
    return x


@case((3,))
def d3(n):
    for i in range(n):
        y = i
        del y
    return i


@case((1,), (7,))
def d4(n):
    a = [1, 2, 3, 4]
    del a[1]
    del a[-1], a[n]
    return (len(a), a[0])


@case((1,), (2,))
def d5(n):
    d = {1: 2, 3: 4}
    del d[n]
    return len(d)


@case(((1, 2, 3),), ((1, 2.5),), ((1, 2, 3, 4, 5),))
def s1(t):
    a, *b, c = t
    return (a, c, len(b))


@case(((1, 2, 3),))
def s2(t):
    *b, c = t
    s = 0
    for x in b:
        s = s * 10 + x
    return (s, c)


@case(((1, (2, 3, 4), 5, 6),))
def s3(t):
    a, (b, *c), *d = t
    return (a, b, len(c), len(d))


@case((2,), (1,), (5,))
def s4(n):
    a, *b, c = [i for i in range(n)]
    return (a, c, len(b))


@case((a,))
def s5(x):
    a, *b = x
    return (a, len(b), b[0])


@case((0,), (1,))
def s6(n):
    s = 0
    for a, *b in ((1, 2, 3), (4, 5, 6)):
        s += a * len(b) + b[n]
    return s


@case((3,))
def s7(n):
    a = [0] * 3
    a[0], *a[1:], x = (n, 1, 2, 3)
    return (a[0], a[1], a[2])


@case((1,), (2,))
def an(n):
    x: int
    if n > 1:
        x = 3
    return x


@case((2,))
def yf(n):
    while True:
        n -= 1
        if n < 0:
            break
    else:
        n = 100
    return n


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)

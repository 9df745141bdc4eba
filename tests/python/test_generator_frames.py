"""What generators keep across a yield: strings, containers, arrays, numbers of all kinds.

Also how they are combined, and that nothing is left when they are dropped half way.
"""

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, check, jit

case = Cases()

a = np.arange(4.0)



@jit
def strs(n):
    s = 'a'
    for i in range(n):
        s = s + 'abcdefghij'[i]
        yield s
        if i == 3:
            s = 'b'


@case((6,), (0,))
def k1(n):
    out = []
    for s in strs(n):
        out.append(s)
    return out


@case((5,), (0,))
def k1b(n):
    for s in strs(n):
        if len(s) > n:
            return s
    return ''


@jit
def lists(n):
    l = [n]
    for i in range(n):
        l.append(i)
        m = [i] * 2 if i % 2 else l
        yield m
        m.append(9)


@case((5,))
def k2(n):
    t = 0
    for l in lists(n):
        t = t * 3 + len(l)
    return t


@case((5,))
def k2b(n):
    for i, l in enumerate(lists(n)):
        if i == 2:
            break
    return l


@jit
def slots(a, b, c, d, e):
    x = a + a
    yield 1
    y = b * b
    yield 2
    z = c
    w = d
    q = e
    while z < 100:
        yield int(z)
        z = z * 2 + 1
    if w:
        yield 7
    if y > 3:
        yield int(q.real)
    yield int(x)


@case(
    (np.int8(100), 2.5, np.float32(1.5), True, 2j),
    (np.uint16(3), 1, 3, False, 1.5),
)
def k3(a, b, c, d, e):
    return list(slots(a, b, c, d, e))


@jit
def maybe(n):
    for i in range(n):
        if i > 1:
            v = i
        yield i
    yield v


@case((4,), (1,))
def k4(n):
    return list(maybe(n))


@jit
def mixed(n):
    for x in (1, 2.5, n):
        for y in (3, x):
            yield (x * y * 1.0)
    else:
        yield 0.5


@case((3,))
def k5(n):
    return list(mixed(n))


@case((3,))
def k6(n):
    r = []
    for x in (1, 2.5, n):
        r.append(sum((x * i * 1.0 for i in range(3))))
    return r


@jit
def nested(n):
    for i in range(n):
        for j in range(i):
            if (i + j) % 3 == 0:
                continue
            k = 0
            while True:
                k += 1
                if k > j:
                    break
                if k == 2:
                    continue
                yield (i * 100 + j * 10 + k)
        else:
            yield (-i)


@case((6,))
def k7(n):
    return list(nested(n))


@jit
def deep(n):
    if n == 0:
        yield 1
    else:
        yield from deep(n - 1)


@case((20,), (0,))
def k8(n):
    return list(deep(n))


@jit
def outer(g, n):
    for x in g:
        for y in inner(x, n):
            yield (x * y)


@jit
def inner(x, n):
    for i in range(n):
        if i == x:
            return
        yield (10 // (n - i - 1))


@case((3, 4), (5, 3), (4, 4), (2, 1))
def k9(n, m):
    return list(outer(inner(n, n), m))


@case((3,))
def k10(n):
    l = [1, 2, n]
    r = 0
    for x in (y for y in l):
        r += x
        if x < 4:
            l.append(x + 2)
    return (r, l)


@jit
def arr(a):
    for i in range(len(a)):
        a[i] += 1
        yield a[:i + 1]


@case((a,))
def k11(a):
    s = 0.0
    for v in arr(a):
        s += v.sum()
    return s


@jit
def dicts(n):
    d = {}
    for i in range(n):
        d[i] = 'abcdef'[i] * i
        yield d
    for k, v in d.items():
        yield {k: v}


@case((4,))
def k12(n):
    t = 0
    for d in dicts(n):
        for k in d:
            t += k + len(d[k])
    return t


@jit
def tup(n):
    a = np.zeros(n)
    s = 'x'
    t = (a, s, n)
    for i in range(n):
        yield t
        t = (a + 0 if False else np.ones(n), s + 'y', i)


@case((3,))
def k13(n):
    r = []
    for a, s, i in tup(n):
        r.append(s + 'abcdef'[i] + 'xyzuvw'[int(a.sum())])
    return r


@case((5,))
def k14(n):
    g = strs(n)
    h = g
    r = []
    for x, y in zip(g, h):
        r.append(x + y)
    return r


@jit
def pick(n):
    if n > 2:
        g = strs(n)
    else:
        g = strs(1)
    return g


@case((4,), (1,))
def k15(n):
    return list(pick(n))


@case((3,), (0,))
def k17(n):
    for x in strs(n):
        pass
    else:
        return x


@case((6,))
def k18(n):
    return sum((x for x in range(n) if any((y == x for y in (1, 3, 5)))))


@case((4,))
def k19(n):
    return [list(range(i)) for i in (j for j in range(n))]


@case((5,))
def k20(n):
    c = 0
    while any((i > c for i in range(n))):
        c += 1
    return c


@case(('hello',), ('',))
def k21(s):
    return (max((c for c in s), default='z'), sorted((c * 2 for c in s)))


@jit
def inf():
    i = 0
    while True:
        yield i
        i += 1


@case((7,))
def k22(n):
    s = 0
    for i in inf():
        if i > n:
            break
        if i % 2:
            continue
        s += i
    return s


@case((4,))
def k23(n):
    s = 0
    for i, j, k in zip(inf(), range(n), inf()):
        s = s * 3 + i + j - k
    return s


@case((4,), (9,))
def k24(n):
    for i, (a, b) in enumerate(zip(inf(), strs(n)), 1):
        if i == n:
            return (a, b)
    return (-1, '')


@jit
def raising(l):
    for x in l:
        yield (10 // x)


@case(([1, 2],), ([1, 0, 2],))
def k25(l):
    return sum(raising(l))


@case(([1, 2],), ([1, 0, 2],))
def k26(l):
    return sum((10 // x for x in l))


@jit
def c64(x):
    z = x
    for i in range(3):
        yield z
        z = z * z


@case((1 + 2j,), (np.complex64(1 + 1j),), (np.float32(1.5),))
def k27(x):
    return [v for v in c64(x)]


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)


@pytest.mark.skipif(IDENTITY, reason="counts what compiled code allocates")
def test_nothing_is_left():
    from cumbia._cumbia import live_allocations

    before = live_allocations()
    for _ in range(3):
        for func in (k1, k2, k2b, k12, k13, k14):
            jit(func)(4)
        jit(k1b)(2)
        with pytest.raises(ZeroDivisionError):
            jit(k25)([1, 0, 2])
    assert live_allocations() == before

"""any, all, sum, min, max, map, filter and itertools over iterables."""


import itertools as it
from itertools import chain, islice

import numpy as np
import pytest

from tests.python.harness import Cases, check, jit

case = Cases()

a = np.array([3.0, 1.0, 2.0])



@jit
def key(x):
    return -x


@jit
def half(x):
    return x / 2


@jit
def add(x, y):
    return x * 10 + y


@jit
def odd(x):
    return x % 2 == 1


@jit
def small(x):
    return x < 3


@case((3,), (5,), (0,))
def a1(n):
    return (any((x > 3 for x in range(n))), all((x < 3 for x in range(n))))


@case((a,), (np.arange(3),), (np.zeros(2, np.float32),), (np.zeros(0),))
def a2(a):
    return (any(a), all(a), sum(a), min(a), max(a))


@case((5,), (0,))
def a3(n):
    return (sum((i * i for i in range(n))), sum((i * 0.5 for i in range(n)), 1.0), sum([i for i in range(n)], start=3))


@case(((1, 2, 0),), ((3,),))
def a4(t):
    return (sum(t), min(t), max(t), any(t), all(t))


@case((7,), (1,), (0,))
def a5(n):
    return (min((i % 5 - 2 for i in range(n)), key=key), max((i % 5 for i in range(n)), default=-1), min(3, n, key=key))


@case((3,), (0,))
def a6(n):
    return max([i for i in range(n)])


@case((5,))
def a7(n):
    return sum((half(i) for i in range(n) if i != 3))


@case((4,))
def b1(n):
    s = 0.0
    for x in map(half, range(n)):
        s = s * 2 + x
    return s


@case((4,))
def b2(n):
    return sum(map(add, range(n), range(1, n)))


@case((5,))
def b3(n):
    return (sum(filter(odd, range(n))), sum(filter(None, [0, 1, 2])), sum(it.filterfalse(odd, range(n))))


@case((2,))
def b4(n):
    return [x for x in chain(range(n), (7, 8), [1])]


@case((3,), (0,))
def b5(n):
    return ([x for x in islice(it.count(3, 2), n)], [x for x in islice(range(100), 2, n + 2, 3)])


@case((4,), (0,))
def b6(n):
    return (list(it.accumulate(range(n))), list(it.accumulate(range(n), add)), list(it.accumulate(range(n), initial=5)))


@case((5,))
def b7(n):
    return (list(it.takewhile(small, range(n))), list(it.dropwhile(small, range(n))))


@case((3,))
def b8(n):
    return (list(it.pairwise(range(n))), list(it.product(range(n), (5, 6))), list(it.combinations(range(n), 2)), list(it.permutations(range(n), 2)))


@case((2,), (5,))
def b9(n):
    return list(it.zip_longest(range(n), range(3), fillvalue=-1))


@case((4,))
def b10(n):
    return (list(it.repeat(n, 3)), list(islice(it.cycle([1, 2, 3]), n)), list(it.compress(range(n), [1, 0, 1])))


@case((3,))
def b11(n):
    return (list(chain.from_iterable([[1, 2], [n]])), list(it.combinations_with_replacement(range(n), 2)))


@case((3,), (1,), (0,))
def b12(n):
    g = iter(range(n))
    a = next(g)
    b = next(g, -1)
    return (a, b, list(g))


@case((5,))
def b13(n):
    return (sorted((i * 7 % 5 for i in range(n))), list((i for i in range(n))), len(set((i % 3 for i in range(n)))))


@case((5,))
def b15(n):
    it2 = iter([1, 2, 3, 4, n])
    return [x + y for x, y in zip(it2, it2)]


@case((3,))
def b16(n):
    sum = half
    return sum(n)


@case((3,))
def b17(n):
    return dict(((i, i * i) for i in range(n)))


@case((3,))
def b18(n):
    l = [1, 2]
    l.extend((i for i in range(n)))
    return l


@case((np.arange(6.0).reshape(2, 3),))
def b19(a):
    return max((a[i, j] for i in range(a.shape[0]) for j in range(a.shape[1])))


@case((3,))
def b21(n):
    return (list(map(int, [1.5, 2.5, n])), list(enumerate(range(n))), list(zip(range(n), range(n))), list(reversed([1, 2, n])))


@case(('banana',))
def b22(s):
    return (sum((1 for c in s if c == 'a')), max(s), [c for c in reversed(s)])


@case((3,))
def b23(n):
    return (list(islice(range(n), None)), list(islice(range(n), 1, None)), list(islice(range(n), -1)))


@case((['a', 'bcd', 'ef'],))
def b24(w):
    return (max(w, key=len), min(w, key=len))


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)

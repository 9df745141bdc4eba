"""`any`, `all`, `sum`, `min`, `max` with `key` and `default`, `abs`, `divmod`, `pow`, `round`, conversions."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.corpus import call, made, program


@program(call([0, 1]), call([0, 0]), call((1, 2)), call(np.array([0.0, 2.0])))
def any_and_all(xs):
    return any(xs), all(xs)


@program(call(1))
def any_and_all_of_nothing(n):
    return any([]), all([]), any(()), all(range(0)), n


@program(call([1, 2, 3]), call([1.5, 2.5]), call((1, 2.5)), call(range(5)), call({1, 2}))
def sum_of(xs):
    return sum(xs), sum(xs, 10), sum(xs, start=0.5)


@program(call([[1], [2, 3]]))
def sum_of_lists(xs):
    return sum(xs, [])


@program(call([0.1] * 10))
def sum_of_floats(xs):
    return sum(xs)


@program(call(["a"]))
def sum_of_strings(xs):
    return sum(xs, "")


@program(call([3, 1, 2]), call((2.5, -1.0)), call("hello"), call(np.array([2, 9, 4])), call({5, 3}))
def min_and_max(xs):
    return min(xs), max(xs)


@program(call([3, -4, 2]), call([-1, 1]))
def with_key(xs):
    return min(xs, key=abs), max(xs, key=lambda x: -x), max(xs, key=lambda x: x % 3)


@program(call([5]), call([5, 2]))
def with_default(xs):
    xs.pop()
    return min(xs, default=-1), max(xs, default=100)


@program(call([5]))
def max_of_nothing(xs):
    xs.pop()
    return max(xs)


@program(call(3, 5), call(2.5, -1.5), call("b", "a"))
def of_two(a, b):
    return min(a, b), max(a, b), max(a, b, a)


@program(call("apple", "fig"))
def of_two_with_key(a, b):
    return min(a, b, key=len), max(a, b, key=lambda s: s[-1])


@program(call([1, 1.0, 2]), call([True, 1]))
def first_of_equals(xs):
    return max(xs[:2]), min(xs[:2])


@program(call(float("nan"), 1.0))
def nan_in_min_and_max(a, b):
    return min(a, b), min(b, a), max([a, b]), max([b, a])


@program(call(-3), call(-2.5), call(3 + 4j), call(True))
def absolute(x):
    return abs(x)


@program(call(17, 5), call(-17, 5), call(17.5, -5.0), call(1, 0))
def divmod_of(a, b):
    return divmod(a, b)


@program(call(2, 10), call(2.0, 0.5), call(0, 0), call(3, 4))
def power(a, b):
    return pow(a, b), a**b


@program(call(3, 200, 7), call(2, -1, 7), call(10, 3, 1))
def modular_power(a, b, m):
    return pow(a, b, m)


@program(call(2.5), call(3.5), call(-2.5), call(2.675), call(1e20))
def rounding(x):
    return round(x, 2), round(x, 0), round(x, -1)


@program(call(2.5), call(-3.5), call(7))
def rounding_to_int(x):
    return round(x)


@program(call(1234, -2), call(15, -1), call(25, -1))
def rounding_ints(n, digits):
    return round(n, digits)


@program(call(2.7), call(-2.7), call(True), call(5))
def conversions(x):
    return int(x), float(x), bool(x), complex(x)


@program(call(0.0), call(""), call([]), call((0,)), call("0"))
def truth(x):
    return bool(x), not x


@program(call(3, 4))
def chained_comparison(a, b):
    return 0 < a < b <= 4, a < b > 2 != a, not a == b


@program(call(5))
def len_of_things(n):
    return len("héllo"), len([n]), len((1, 2)), len({n, n}), len({n: 1}), len(range(n)), len(b"ab")


@program(call([1, 2], (1, 2)))
def id_and_is(a, b):
    c = a
    return a is c, a is not b, a is a[:]


@program(call(3.5))
def complex_parts(x):
    z = complex(x, 2)
    return z.real, z.imag, z.conjugate(), abs(z * z), z == complex(x, 2.0)


class Base:
    pass


class Derived(Base):
    pass


class Pair(NamedTuple):
    x: int
    y: float


@dataclass(frozen=True)
class Frozen:
    x: int
    p: Pair


@program(call(3), call(np.int32(3)))
def subclasses(x):
    return (issubclass(bool, int), issubclass(int, (str, float)), issubclass(type(x), int), issubclass(np.float64, float),
            issubclass(np.int8, np.integer), issubclass(Derived, Base), issubclass(Base, Derived), issubclass(Pair, tuple),
            issubclass(Frozen, object), issubclass(str, (int, str)))


@program(call(3))
def subclass_of_a_value(x):
    return issubclass(x, int)


@program(call(1, 2.5), call(-1, 0.0))
def hashes_of_records(x, y):
    return hash(Pair(x, y)) == hash((x, y)), hash(Frozen(x, Pair(x, y))), hash((x, Pair(x, y))), len({Frozen(x, Pair(x, y)), Frozen(x, Pair(x, y))})


@program(call(Frozen(1, Pair(2, 0.5))))
def hash_of_an_argument(f):
    return hash(f), hash(f.p), {f: 1}[Frozen(1, Pair(2, 0.5))]


@program(call(range(5)), call(range(0)), call(range(3, 4)), call(range(9, 0, -2)), call(range(5, 5, 3)))
def hash_of_a_range(r):
    return hash(r), hash(r) == hash(range(r.start, r.stop, r.step))


@program(call(2.555), call(-1.5))
def by_name(x):
    return round(x, ndigits=2), round(number=x), pow(2, exp=3), pow(base=3, exp=2, mod=5), complex(real=x), complex(imag=x), complex(x, imag=1)


@program(call([3, 1, 2]), call([1]))
def until_a_sentinel(xs):
    return list(iter(lambda: xs.pop(), 1)), xs


@program(call([3, -4, 2]), call([3, 3]), call([]), call([5]), call(["b", "ab"]), call(["ab"]))
def starred_min_and_max(xs):
    return max(*xs), min(*xs)


@program(call([1, 2], [3, 4]), call([], []))
def map_over_many(a, b):
    return list(map(lambda w, x, y, z: w * x + y * z, a, b, b, a)), list(map(lambda *t: len(t), a, b, a, b, a))


@program(call([{1, 2}, {2, 3}]), call([{1}]))
def union_of_all(sets):
    return set().union(*sets), sets[0].intersection(*sets), sets[0].difference(*sets[1:])


@program(call(1))
def address(x):
    return id(x)


@program(call("1"))
def evaluated(text):
    return eval(text)


@program(call(b"abc"))
def view_made_inside(b):
    return memoryview(b)[0]


@program(made(lambda: (memoryview(b"abc"),)))
def view_of_a_view(m):
    return memoryview(m)[1], len(memoryview(m))

"""Lists, sets, dicts and strings: displays, items, methods, arguments by reference."""

import numpy as np
import pytest

from cumbia import _cumbia, jit
from tests.python.harness import Cases, check, refused

case = Cases()


@case((0,), (5,))
def squares(n):
    x = []
    for i in range(n):
        x.append(i * i)
    return x


@case(([1, 2, 3],), ([],), ([1.5, 2.0],), ([True, False],))
def total(x):
    s = 0
    for v in x:
        s += v
    return s


@case(([1, 2],), ([],))
def changed_argument(x):
    x[0] = 7
    x.append(5)
    return len(x)


@case(())
def comprehensions():
    n = 10
    return (
        [i for i in range(n) if i % 2],
        {i: i * 2.5 for i in range(3)},
        {i % 3 for i in range(9)},
        [[i * j for j in range(3)] for i in range(3)],
        [(i, j) for i in range(3) for j in range(i)],
    )


@case(
    (["a", "bé", "\U0001f600x"],),
    ({"a": 1},),
    ({1, 2, 3},),
    ([[1], [], [2, 3]],),
    ([(1, 2.5), (3, 4.0)],),
    ("héllo",),
    (b"abc",),
    ([1, None],),
    ([],),
    ({},),
    (set(),),
    ([[], []],),
    ([np.float32(1.5), np.float32(2.5)],),
    ([1 + 2j],),
    ([np.arange(3.0), np.zeros(2)],),
    ({(1, "a"): [1.5]},),
)
def returned(x):
    return x


@case(({1: 2.5}, 1), ({1: 2.5}, 3), ({"a": 1}, "a"), ({"a": 1}, "b"), ({1: 2}, 1.0), ({1: 2}, True))
def looked_up(d, k):
    return d[k], k in d, d.get(k), d.get(k, 5)


@case(([1, 2, 3, 4],), ([2, 2],), ([5, 2],))
def list_methods(x):
    parts = x[1:], x[::-1], x[-1], x.pop(), x.index(2), x.count(2)
    x.sort()
    x.reverse()
    x.insert(1, 99)
    x.extend(x)
    x.remove(99)
    kept = x.copy()
    x.clear()
    return parts, kept, x + kept, kept * 2, 3 in kept, [1] == [1], [1, 2] < [1, 3]


@case((["a", "b", "a"],), ([],))
def counted(words):
    c = {}
    for w in words:
        if w in c:
            c[w] += 1
        else:
            c[w] = 1
    return c


@case(({1: 2, 3: 4},), ({},))
def walked(d):
    s = 0
    for k in d:
        s += d[k]
    for k, v in d.items():
        s += k * v
    for v in d.values():
        s += v
    return s, len(d), list(d), list(d.keys()), sorted(d.values())


@case(({1, 2}, {2, 3}), (set(), {1}), ({1}, {1}))
def set_operators(a, b):
    return a | b, a & b, a - b, a ^ b, a <= b, a.union(b), a.isdisjoint(b), a == b


@case(("abc",), ("é",), ("\U0001f600\ud800z",))
def characters(s):
    n = 0
    for c in s:
        n += ord(c)
    return s[0], s[1:], n, len(s), s == "abc", s < "b", s[::-1]


@case(([[1.0]],), ([[1.0], [2.0]],))
def nested(m):
    m.append([1.5])
    m[0].append(2.5)
    return m


@case(([1, 2, 3],), ([],))
def slices_assigned(x):
    x[1:2] = [7, 8, 9]
    x[:0] = x
    return x


@case(({1: 2},), ({},))
def grows_while_iterated(d):
    for k in d:
        d[k + 1] = 1


@case((5,), (0,))
def constructors(n):
    a = set()
    b = dict()
    c = list()
    for i in range(n):
        a.add(i % 3)
        b[i] = i * 1.5
        c.append(str(i))
    return a, b, c, a is a, b is not b


@case(())
def range_and_slice_objects():
    r = range(2, 20, 3)
    s = slice(1, 5, 2)
    return r.start, r.stop, r.step, 5 in r, 6 in r, r.index(8), r.count(9), "abcdefg"[s], s.start


@case((5, 2.5), (-3, float("inf")))
def fields(x, y):
    return f"{x} and {y:.2f} {x!r:>5} {x:03d}|{'a'}", str(x), repr(y), f"{y}"


@case(([3, 1, 2],), (["b", "a"],), ([(2, "x"), (1, "y")],))
def in_order(x):
    return sorted(x), sorted(x, reverse=True), min(x), max(x)


@case((["bb", "a", "ccc"],), ([],))
def by_key(x):
    return sorted(x, key=len), sorted(x, key=lambda s: -len(s))


@case(([1, 2, 3],), ([[1.0, 2.0], [3.0, 4.0]],), ([[1], [2]],))
def as_array(x):
    return np.array(x)


@case(([1, 2, 3],))
def passed_on(x):
    appended(x, 4)
    return x


def appended(x, v):
    x.append(v)


@case(([1.0],), ([],))
def aliased(x):
    y = x
    y.append(2.5)
    z = [x, y]
    z[0].append(3.5)
    return x, z


@case(())
def popped_from_what_was_never_typed():
    d = {}
    return d.popitem()


@case((0,), (1,))
def never_filled(n):
    d = {}
    x = []
    if n:
        return len(d)
    for k, v in d.items():
        print(k, v)
    return x.pop()


@case((set(), {1}), ({2}, set()))
def compared_with_empty(a, b):
    return a <= b, a.isdisjoint(b), a | b


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_the_same_object_comes_back():
    same = jit(lambda x: x)
    for x in ([1], {1: 2}, {1}, "text", [[1]]):
        assert same(x) is x


def test_one_list_twice():
    @jit
    def f(a, b):
        a.append(1)
        return len(b)

    x = [5]
    assert f(x, x) == 2 and x == [5, 1]


def test_untouched_elements_stay_the_same_objects():
    @jit
    def f(x):
        x[0] = "new"
        return x

    kept = "ab" * 50
    x = ["old", kept]
    f(x)
    assert x == ["new", "ab" * 50] and x[1] is kept


def test_changes_are_seen_after_an_exception():
    @jit
    def f(x, d):
        x.append(1)
        d["a"] = 2
        raise ValueError("stop")

    x, d = [0], {"b": 1}
    with pytest.raises(ValueError):
        f(x, d)
    assert x == [0, 1] and d == {"b": 1, "a": 2}


def test_nothing_leaks():
    @jit
    def f(n):
        out = []
        for i in range(n):
            out.append([str(i), "x" * i])
            out.pop(0)
        d = {str(i): [i] for i in range(n)}
        return len(d)

    assert f(50) == 50
    assert _cumbia.live_allocations() == 0


def kinds_mixed(x):
    a = [1]
    a.append("b")
    return a


def test_refusals():
    refused(kinds_mixed, 1, _code="CB0322")


def test_mixed_elements_are_refused():
    with pytest.raises(TypeError, match="different types"):
        jit(lambda x: x)([1, "a"])


def test_text_of_exceptions():
    def f(x):
        try:
            if x == 0:
                raise ValueError(f"bad {x}")
            v = [1][x]
        except Exception as e:
            return str(e), f"<{e}>", repr(e)
        return None

    for x in range(3):
        check(f, x)

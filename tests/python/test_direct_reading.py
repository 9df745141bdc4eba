"""What the boundary reads of lists, ints, floats and strings, and tables' memory of keys.

Reading goes past the limited API where layouts are known: each value here has a layout of
its own. What is one string in Python may be several objects inside; outside, it is one.
"""

import gc
import sys

import pytest

from cumbia import _cumbia, jit
from tests.python.harness import Cases, check

case = Cases()

INTS = [0, 1, -1, 255, 256, -257, 2**30 - 1, 2**30, -(2**30), 2**31, 2**45, 2**59, -(2**59)]
INTS += [2**60 - 1, 2**60, -(2**60), 2**61, 2**62 + 12345, 2**63 - 1, -(2**63), 3 - 2**63]
TEXTS = ["", "a", "é", "π", "😀", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi"]
TEXTS += ["x" * 15, "x" * 16, "x" * 17, "é" * 9, "π" * 7, "😀" * 5, "a\0b", "\ud800", "z" * 300]


@case((INTS,), ([0.5, -0.0, float("inf"), 5e-324],), ([True, False],), (TEXTS,), ([b"", b"ab"],))
def all_of_it(x):
    return [v for v in x], len(x)


@case((INTS,))
def sums(x):
    t = 0
    for v in x:
        t ^= v
    return t


@case(({k: k for k in INTS},), ({t: i for i, t in enumerate(TEXTS)},), (set(INTS),), (set(TEXTS),))
def keys(d):
    return [k for k in d]


@case((TEXTS,))
def hashed(x):
    d = {}
    for t in x + x:
        d[t] = d.get(t, 0) + 1
    return d


@case(([(1, "a"), (2**62, "é")],), ([(-5, "")],))
def in_tuples(x):
    return x[0], x[-1][1] + "!"


@case(([1, None, 2**40, None],), ([None, "a", "b"],), ([1.5, None],))
def optionals(x):
    return x[::-1], x[0] is None


@pytest.mark.parametrize(**case.params())
def test_case(func, call, deviation):
    check(func, *call, _deviation=deviation)


@pytest.mark.parametrize("items", [[1, 2**63], [2**64, 0], [-(2**63) - 1], [1] * 20 + [2**100]])
def test_integers_beyond_64_bits(items):
    @jit
    def first(x):
        return x[0]

    with pytest.raises(OverflowError):
        first(items)


class Text(str):
    pass


class Number(int):
    pass


@pytest.mark.parametrize("items", [["a", Text("b")], [1, Number(2)], [1, True], [1.5, 2], ["a", 1]])
def test_other_classes_are_refused(items):
    @jit
    def length(x):
        return len(x)

    with pytest.raises(TypeError):
        length(items)


def test_strings_come_back_as_themselves():
    @jit
    def shuffle(x, d, s):
        x.reverse()
        x.append(s)
        x.append(x[0])
        d[s] = x[1]
        return x[2], s, [x[0], s]

    texts = ["".join(["te", "xt", str(i)]) for i in range(2000)]
    s = "".join(["ar", "gument"])
    texts[5] = s
    kept = list(texts)
    x, d = list(texts), {kept[0]: kept[0]}
    got = shuffle(x, d, s)
    expected = [*kept[::-1], s, kept[-1]]
    assert len(x) == len(expected)
    assert all(a is b for a, b in zip(x, expected, strict=True))
    assert got[0] is kept[-3] and got[1] is s and got[2][0] is kept[-1] and got[2][1] is s
    assert [k for k in d] == [kept[0], s] and d[s] is kept[-2]
    assert next(iter(d)) is kept[0] and d[kept[0]] is kept[0]


def test_one_string_many_times():
    @jit
    def change(x):
        x[0] = x[-1]
        x.append(x[1])

    s, t = "".join(["o", "ne"]), "".join(["t", "wo"])
    x = [t] + [s] * 3000
    change(x)
    assert len(x) == 3002 and all(item is s for item in x)


def test_references_are_given_back():
    @jit
    def count(x, y):
        n = 0
        for t in x:
            if t in y:
                n += 1
        return n

    texts = ["".join(["k", str(i)]) for i in range(100)]
    x, y = texts * 3, set(texts[:50])
    count(x, y)
    gc.collect()
    before = [sys.getrefcount(t) for t in texts]
    allocations = _cumbia.live_allocations()
    for _ in range(5):
        assert count(x, y) == 150
    assert [sys.getrefcount(t) for t in texts] == before
    assert _cumbia.live_allocations() == allocations


def memory_of_keys(keys):
    d = {}
    out = []
    for k in keys:
        if k in d:
            d[k] += 1
        else:
            d[k] = 1
        if k in d and d[k] == 2:
            v = d.pop(k)
            out.append(v)
            out.append(d.get(k, -1))
            out.append(int(k in d))
            d[k] = v + 10
        if len(d) > 5:
            at = d[k]
            first = keys[0]
            if first in d:
                del d[first]
            out.append(at + d.get(k, -100))
            d.update({keys[1]: 7, keys[2]: 8, keys[3]: 9, keys[4]: 1, keys[5]: 2, keys[6]: 3})
            out.append(d.get(k, -100))
            d.popitem()
            out.append(d.get(k, -100))
        if len(d) > 9:
            had = k in d
            d.clear()
            out.append(int(had) + int(k in d))
    return out, d


@pytest.mark.parametrize("make", [int, str, lambda i: (i, str(i)), float, lambda i: i % 2 == 0])
def test_tables_remember_keys_only_while_they_hold(make):
    order = [(i * 7919) % 23 % 17 for i in range(400)]
    if make is str:
        # Equal strings that are different objects.
        check(memory_of_keys, ["".join(["key", str(i)]) for i in order])
    else:
        check(memory_of_keys, [make(i) for i in order])


def made_and_dropped(n):
    d = {}
    out = []
    for i in range(n):
        # A new string each time, perhaps at the address of the one before.
        k = "k" + str(i % 3)
        if k in d:
            d[k] += 1
        else:
            d[k] = 1
        out.append(len(d))
    return d, out


def test_strings_that_go():
    check(made_and_dropped, 50)


def pieces(i, s, x):
    wide = f"{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}{i}{s}{x}"
    much = (
        f"{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-"
        f"{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-{i}-{s}-"
    )
    return f"{s}", f"{s}{s}", f"{i}", f"{i}:{s}", f"{s:>5}|", f"{i:5}|{i:+d}", wide, much


@pytest.mark.parametrize("text", ["", "a", "é", "π", "abc", "x" * 40, "π😀"])
@pytest.mark.parametrize("number", [0, 7, -1, 10, 99, 100, -(2**63), 2**63 - 1])
def test_pieces_of_text(number, text):
    check(pieces, number, text, 2.5)


def test_one_piece_is_the_string_itself():
    @jit
    def same(s):
        return f"{s}"

    s = "".join(["some ", "text"])
    assert same(s) is s

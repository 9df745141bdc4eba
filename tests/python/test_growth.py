"""Growth in place: strings that are appended to, lists' fast path, positions of sorts.

A string may only grow where it lies when nobody else has it; each function here keeps an
alias in another way.
"""

import pytest

import cumbia._cumbia as native
from cumbia import jit
from tests.python.harness import check


def plain(n):
    s = ""
    for _ in range(n):
        s += "xy"
    return s


def kept_in_list(n):
    s = "a"
    out = []
    for _ in range(n):
        s += "b"
        out.append(s)
    return out, s


def kept_in_names(n):
    s = str(n)
    s += "x"
    t = s
    s += "y"
    u = s + "z"
    s += "w"
    return s, t, u


def doubled_keys(n):
    s = "a" + str(n)
    d = {}
    for i in range(n):
        d[s] = i
        s += s
    return d, s


def grows_while_iterated(n):
    s = str(n)
    for c in s:
        s += c
    return s


def hashed_before(n):
    s = str(n)
    h = {s: 1}
    s += "1"
    h[s] = 2
    s += "2"
    return h, s in h, s


def wider_units(n):
    s = str(n)
    s += "é"
    s += "€"
    s += "a"
    s += "😀"
    s += "q"
    s += "😁"
    return s


def kept_in_tuple(n):
    s = str(n) + "."
    t = (s, 1)
    s += "k"
    s += "k"
    return t, s


def kept_at_times(n):
    s = ""
    t = ""
    for i in range(n):
        if i % 3 == 0:
            t = s
        s += str(i)
        if i % 5 == 0:
            s = t + "-"
    return s, t


@jit
def helper(s):
    s += "!"
    s += "?"
    return s


def passed_on(n):
    s = str(n) + "ab"
    t = helper(s)
    u = helper(t)
    s += "c"
    return s, t, u, helper(helper(s))


def caught(n):
    s = str(n) + "ab"
    try:
        s += "c"
        s += "d"
        s += str([1][n])
        s += "e"
    except IndexError:
        s += "f"
    return s


def yielded(n):
    def pieces():
        s = "x"
        for i in range(n):
            s += str(i)
            yield s

    return list(pieces())


def lists(n):
    x = [(i, str(i)) for i in range(n)]
    y = [None for i in range(n)]
    z = [i > 2 for i in range(n)]
    w = [[i] for i in range(n)]
    for i in range(n):
        x.append((i, "q"))
        w.append(w[i])
        z.append(True)
        y.append(None)
        w[i].append(9)
    return x, y, z, w


@pytest.mark.parametrize(
    "f",
    [plain, kept_in_list, kept_in_names, doubled_keys, grows_while_iterated, hashed_before,
     wider_units, kept_in_tuple, kept_at_times, passed_on, caught, yielded, lists],
    ids=lambda f: f.__name__,
)  # fmt: skip
@pytest.mark.parametrize("n", [0, 1, 4, 13])
def test_growth(f, n):
    check(f, n)
    assert native.live_allocations() == 0


def of_argument(s):
    s += "x"
    t = s
    s += "y"
    return s, t


@pytest.mark.parametrize("s", ["", "abc", "é€"])
def test_an_argument_stays(s):
    kept = s + "!"
    check(of_argument, kept)
    assert kept == s + "!"


def orders(words):
    by_length = sorted(words, key=len)
    return by_length, sorted(words), sorted(words, key=len, reverse=True)


@pytest.mark.parametrize(
    "words",
    [
        ["abcdefghi", "abcdefgh", "abcdefgha", "b", "a", "", "B", "abcdefgh\0", "a\0", "ÿ"],
        ["é", "z", "€", "a", "ab", "", "😀"],
    ],
)
def test_sorted_strings(words):
    check(orders, words)


def by_rest(values):
    return sorted(values, key=lambda x: x % 3), sorted(values, key=lambda x: -x / 2, reverse=True)


def test_sorts_by_numbers_are_stable():
    check(by_rest, [5, 3, 8, 1, 9, 2, 2, 7, 4, 6, 3])

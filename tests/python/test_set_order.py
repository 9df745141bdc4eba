"""Sets iterate in the same order inside of compiled code, in results, and afterwards."""

import gc
import random

import pytest
from harness import jit


def history(kind, rng, steps):
    """A set with a past: additions, removals, pops."""
    made = set()
    for _ in range(steps):
        i = rng.randrange(-60, 60)
        key = {
            "int": i * rng.choice([1, 8, 1 << 40]),
            "float": i * 0.25,
            "str": "k" * (i % 3) + str(i),
            "bytes": b"%d" % i,
            "tuple": (i, "é" * (i % 2)),
        }[kind]
        if rng.random() < 0.55:
            made.add(key)
        elif rng.random() < 0.8:
            made.discard(key)
        elif made:
            made.pop()
    return made


KINDS = ["int", "float", "str", "bytes", "tuple"]


def in_order(s):
    return [x for x in s]


def same(s):
    return s


def doubled(s):
    return s | s, s & s, s - s


def both(a, b):
    return a | b, a & b, a - b, a ^ b


def change(s, t):
    s |= t
    s.pop()
    for x in t:
        s.discard(x)
        break
    return [x for x in s]


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_and_results(kind):
    rng = random.Random(kind)
    listed, passed, twice = jit(in_order), jit(same), jit(doubled)
    for steps in [1, 5, 9, 20, 60, 300] * 4:
        s = history(kind, rng, steps)
        if not s:
            continue
        assert listed(s) == list(s)
        assert passed(s) is s
        for got, expected in zip(twice(s), doubled(s)):
            assert got == expected
            assert list(got) == list(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_operations(kind):
    rng = random.Random(kind)
    operate = jit(both)
    for _ in range(40):
        a, b = (history(kind, rng, rng.choice([3, 12, 40, 150])) for _ in "ab")
        if not a or not b:
            continue
        for got, expected in zip(operate(a, b), both(a, b)):
            assert list(got) == list(expected)
            # The new set goes on as Python's own does.
            for key in list(expected)[:3]:
                got.discard(key)
                expected.discard(key)
            got |= b
            expected |= b
            assert list(got) == list(expected)
            assert all(key in got for key in expected)
            assert len(got) == len(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_changed_arguments(kind):
    rng = random.Random(kind)
    compiled = jit(change)
    for _ in range(40):
        a, b = (history(kind, rng, rng.choice([3, 12, 40, 150])) for _ in "ab")
        if not a or not b:
            continue
        again, other = a.copy(), b.copy()
        # Copies of copies have no removed entries, so that both start alike.
        a, b = again.copy(), other.copy()
        a2, b2 = again.copy(), other.copy()
        assert compiled(a, b) == change(a2, b2)
        assert list(a) == list(a2)
        assert list(b) == list(b2)
        assert a.pop() == a2.pop()
    gc.collect()


def test_history_of_the_argument():
    """`pop` goes on where the caller's last one ended; removed entries are used again."""

    def take(s):
        first = s.pop()
        s.add(first + 1000)
        second = s.pop()
        return first, second, [x for x in s]

    compiled = jit(take)
    rng = random.Random(5)
    for _ in range(60):
        seed = rng.random()
        a, b = (history("int", random.Random(seed), 120) for _ in "ab")
        if len(a) < 3:
            continue
        assert compiled(a) == take(b)
        assert list(a) == list(b)


def test_displays_and_sets_of_dicts():
    def show(n):
        made = {n, n + 8, n + 16, 3}
        of_list = set([40, 8, 0, 16, 32])
        return [x for x in made], [x for x in of_list], [x for x in {x * 8 for x in range(9)}]

    assert jit(show)(0) == show(0)


def test_none_and_nan():
    def listed(s):
        return [x for x in s]

    s = {None, 1, 2, 40}
    assert jit(listed)(s) == list(s)
    nan = float("nan")
    t = {1.5, nan, 2.5}
    assert sorted(map(repr, jit(listed)(t))) == sorted(map(repr, t))
    assert jit(same)(t) is t


DISPLAYS = [
    "{12, 64, 240, 21, 10, 232}",
    "{184, 3, 34, 160, 248}",
    "{0, 23, 216, 2}",
    "{-32, 5, 20, 29, 32, 304, 7}",
    "{(1, 2), (3, 4), (-1, 8), (7, 7), (2, 1)}",
    "{1.5, -2.25, 1e10, 0.1, 8.0, 16.0}",
    "{n, 64, 240, 21, 10, 232}",
    "{8, 0}",
    "{2 + 6, 0, 16, 3 * 8, 32}",
]


@pytest.mark.parametrize("text", DISPLAYS)
def test_displays(text):
    source = (
        "def shown(n):\n"
        f"    s = {text}\n"
        f"    t = [x for x in {text}]\n"
        f"    for x in {text}:\n"
        "        t.append(x)\n"
        "    s.discard(0)\n"
        "    return [x for x in s], t\n"
    )
    namespace = {}
    exec(compile(source, "<display>", "exec"), namespace)
    compiled = jit(namespace["shown"], source=source)
    assert compiled(24) == namespace["shown"](24)

"""Sets and dicts of ints and strings, whose keys go to the runtime in registers; strings that
a call is lent, where equal short ones are one object; lists that grow while they are used.
"""

import gc

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, check, jit

case = Cases()

if IDENTITY:

    def live_allocations():
        """The stand-in allocates nothing of its own."""
        return 0
else:
    from cumbia._cumbia import live_allocations


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever a test allocates is gone after it."""
    gc.collect()
    before = live_allocations()
    yield
    gc.collect()
    assert live_allocations() == before


INTS = [0, 1, -1, -2, 7, 8, 15, 2**61 - 1, 2**61, -(2**61), 2**62 + 3, -(2**63), 2**63 - 1]
# The hash by which a set marks what was removed, and its neighbours.
INTS += [0x5BD1E9957B93D0A7 + k for k in (-1, 0, 1)]
TEXTS = ["", "a", "b", "ab", "abc", "abcd", "abce", "abcdefgh", "abcdefgi", "x" * 15, "x" * 16]
TEXTS += ["x" * 17, "x" * 100, "é", "éa", "日本", "日本語" * 3, "😀", "😀" * 4, "😀" * 5, "a\0b", "a\0c"]


def fresh(texts):
    """Equal strings that are objects of their own."""
    return ["".join(list(text)) for text in texts]


@case((INTS, INTS[::-1]), ([], INTS), (INTS, []), ([3] * 10, [3]))
def set_of_ints(values, asked):
    found = set()
    for value in values:
        found.add(value)
        found.add(value)
    hits = [value in found for value in asked]
    for value in asked[::2]:
        found.discard(value)
    again = [value in found for value in asked]
    for value in asked:
        found.add(value)
    return found, hits, again, [value for value in found]


@case((TEXTS, fresh(TEXTS)[::-1]), ([], TEXTS), (fresh(TEXTS), []))
def set_of_strings(values, asked):
    found = set()
    for value in values:
        found.add(value)
    hits = [value in found for value in asked]
    for value in asked[::2]:
        found.discard(value)
    return len(found), hits, [value in found for value in asked]


@case((INTS * 3,), ([],), ([5],))
def dict_of_ints(values):
    counts = {}
    for value in values:
        if value in counts:
            counts[value] += 1
        else:
            counts[value] = 1
        counts[value] += counts.get(value, 0)
    for value in values[::3]:
        if value in counts:
            del counts[value]
        if value in counts:
            counts[value] = 0
    for value in values:
        counts[value] = counts.get(value, -1) + counts.setdefault(value, 3)
    return counts


@case((TEXTS + fresh(TEXTS) * 2,), ([],))
def dict_of_strings(values):
    counts = {}
    for value in values:
        if value in counts:
            counts[value] += 1
        else:
            counts[value] = 1
    for value in values[::3]:
        counts.pop(value, 0)
        if value in counts:
            counts[value] = 0
    for value in values:
        counts[value] = counts.get(value, -1) + 10
    return counts


@case(("a bb a ccc bb a " * 20,), ("",))
def made_strings(text):
    counts = {}
    for word in text.split():
        counts[word + "!"] = counts.get(word + "!", 0) + 1
        if word + "!" in counts:
            counts[word + "!"] += 1
    return counts


@case((["a", "b", "a"],))
def values_that_are_counted(keys):
    lists = {}
    for i, key in enumerate(keys):
        lists[key] = [i]
        lists[key].append(i)
        lists[key] = lists[key] + [7]
    pairs = {}
    for i, key in enumerate(keys):
        pairs[i] = (key, i)
        pairs[i] = (key + key, i)
    nothing = {}
    for key in keys:
        nothing[key] = None
    return lists, pairs, nothing, lists["a"], pairs[0]


@case((1,), (2,), (-(2**63),))
def missing_int(key):
    known = {1: 5}
    return known[key]


@case(("a",), ("b",), ("é'\"",))
def missing_text(key):
    known = {"a": 5}
    return known[key]


@case((True,), (False,))
def asked_with_bool(key):
    known = {1: 5, 3: 6}
    one = {1, 3}
    return key in known, key in one, known.get(key, 0)


@case((np.int64(3),), (np.int64(-2),), (np.uint8(1),))
def asked_with_numpy(key):
    known = {1: 5, 3: 6}
    return key in known, known.get(key, 0)


@pytest.mark.parametrize(**case.params())
def test_alike(func, call, deviation):
    check(func, *call, deviation=deviation)


def test_after_each_change_the_key_is_looked_up_anew():
    def run(n):
        d = {}
        seen = []
        for i in range(n):
            key = i % 7
            d[key] = i
            seen.append(d[key])
            if i % 3 == 0:
                del d[key]
            seen.append(d.get(key, -1))
            if i % 11 == 0:
                d.clear()
            seen.append(d.get(key, -2))
            d[key] = -i
            seen.append(d[key])
        return seen, d

    check(run, 200)


def test_equal_strings_come_back_as_they_were():
    def swapped(words):
        words[0], words[1] = words[1], words[0]
        words[2] = words[3]
        return words[0] + words[2], words

    check(swapped, fresh(["same", "same", "a", "b", "c", "d", "e", "f", "g"]))

    @jit
    def echo(words):
        return [word for word in words]

    for count in (3, 8, 9, 2000):
        words = fresh(TEXTS[k % len(TEXTS)] for k in range(count))
        kept = list(words)
        assert echo(words) == words
        assert all(a is b for a, b in zip(words, kept, strict=True))
    # So many different ones that none are remembered.
    words = [f"word {k}" for k in range(5000)] + ["tail"] * 10
    assert echo(words) == words


def test_strings_live_as_long_as_python_needs_them():
    @jit
    def last(words):
        return words[-1]

    for _ in range(50):
        result = last(fresh(["abc"] * 20 + ["xyz"] * 20))
        gc.collect()
        assert result == "xyz"


def test_strings_that_differ_in_width_only():
    def distinct(words):
        found = {}
        for word in words:
            found[word] = len(word)
        return found

    check(distinct, fresh(["a", "é", "aa", "\u0161", "\U00010061", "a\0", "\0a"] * 4))


@pytest.mark.parametrize("n", [0, 1, 5, 1000])
def test_method_of_a_list_that_an_argument_replaces(n):
    def run(n):
        items = [0]
        for i in range(n):
            items.append(len(items))
            items.append(items.pop() + i)
            items.extend(items[:1])
        return items

    check(run, min(n, 12))
    jit(run)(n)


def test_exception_between_a_method_and_its_call():
    def run(n):
        items = [1]
        texts = {"a": [1]}
        for i in range(n):
            items.append(10 // (4 - i))
            texts["a"].append(len(items))
            texts["b" if i > 2 else "a"].append(i)
        return items

    for n in (0, 3, 4, 9):
        check(run, n)

    def caught(n):
        items = [1]
        for i in range(n):
            try:
                items.append(10 // (4 - i))
            except ZeroDivisionError:
                items.append(-1)
        return items

    check(caught, 9)


def test_list_that_its_own_method_argument_drops():
    def run(n):
        total = 0
        for i in range(n):
            items = [i]
            items.append(len([items := [7, 8]][0]) + len(items))
            total += len(items)
        return total

    check(run, 5)


def test_generator_that_appends_between_items():
    def run(n):
        items = []

        def numbers():
            for i in range(n):
                items.append(i)
                yield len(items)

        total = 0
        for x in numbers():
            items.append(x)
            total += x
        return total, items

    check(run, 6)


def test_deque_changed_while_it_is_gone_over():
    import collections

    def once(d, how):
        seen = 0
        for x in d:
            seen += x
            if how == 1:
                d.append(x)
            elif how == 2:
                d.append(x)
                d.popleft()
            elif how == 3:
                d.popleft()
                d.append(x)
            elif how == 4:
                d.rotate(1)
        return seen

    for how in range(5):
        check(once, collections.deque([1, 2, 3]), how)


def test_list_changed_while_it_is_sorted():
    def run(how):
        items = [3, 1, 2]

        def key(x):
            if how == 1:
                items.append(x)
            elif how == 2:
                items.append(x)
                items.append(x)
                del items[:]
            return -x

        try:
            items.sort(key=key)
        except ValueError:
            return "changed", items
        return "sorted", items

    for how in range(2):
        check(run, how)


def test_list_that_grows_in_a_loop_over_it():
    def run(n):
        items = [1]
        total = 0
        for item in items:
            if len(items) < n:
                items.append(item + 1)
                items.append(item * 2)
            total += item
        for i in range(len(items)):
            items[i] = total
            total += items[-1 - i]
        return total % 1000003, items[:5]

    for n in (0, 2, 40):
        check(run, n)


def test_each_change_of_a_list_argument_is_seen():
    def by_item(a):
        a[0] = 9

    def by_append(a):
        a.append(9)

    def by_insert(a):
        a.insert(1, 9)

    def by_pop(a):
        a.pop()

    def by_slice(a):
        a[1:2] = [7, 8]

    def by_steps(a):
        a[::2] = a[1::2] + [5]

    def by_delete(a):
        del a[0]

    def by_clear(a):
        a.clear()

    def by_sort(a):
        a.sort(reverse=True)

    def by_reverse(a):
        a.reverse()

    def by_extend(a):
        a += [1, 2]

    def by_repeat(a):
        a *= 2

    def by_swap(a):
        a[0], a[-1] = a[-1], a[0]

    def by_alias(a):
        b = a
        b.append(len(a))

    def in_a_dict(a):
        d = {"a": a}
        d["a"].append(3)

    def in_a_tuple(a):
        t = (1, a)
        t[1][0] = 4

    def by_closure(a):
        def change(i):
            a[i] = -1

        change(1)

    ways = [by_item, by_append, by_insert, by_pop, by_slice, by_steps, by_delete, by_clear]
    ways += [by_sort, by_reverse, by_extend, by_repeat, by_swap, by_alias, in_a_dict, in_a_tuple]
    for way in [*ways, by_closure]:
        check(way, [1, 2, 3])
        if way is not by_steps:
            check(way, ["x", "y"]) if way in (by_pop, by_delete, by_clear, by_swap) else None


def test_lists_in_lists_and_in_callees():
    @jit
    def change(rows, i):
        rows[i].append(i)

    def inner(rows):
        for i in range(len(rows)):
            change(rows, i)
        return len(rows)

    def only_read(rows, names):
        total = 0
        seen = {}
        for row in rows:
            for x in row:
                total += x
        for name in names:
            seen[name] = seen.get(name, 0) + total
        return total, rows, seen, rows[0] is rows[1]

    check(inner, [[1], [2, 3]])
    shared = [1]
    check(inner, [shared, shared])
    check(only_read, [[1], [2, 3]], ["a", "b", "a"])
    check(only_read, [shared, shared], [])

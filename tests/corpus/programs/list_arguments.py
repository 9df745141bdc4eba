"""Containers as arguments are seen by reference, as Python has it."""

import numpy as np

from tests.corpus import call, made, program


@program(call([1, 2, 3]))
def item_is_changed(xs):
    xs[0] = 100


@program(call([1, 2, 3]))
def grows(xs):
    for i in range(3):
        xs.append(i)
    return len(xs)


@program(call([1.5]))
def emptied_and_refilled(xs):
    xs.clear()
    xs.append(2.5)
    xs.append(3.5)


@program(call([1, 2, 3]))
def changes_before_an_exception_stay(xs):
    xs[0] = 9
    xs.append(4)
    return xs[10]


def _same():
    xs = [1, 2]
    return xs, xs


@program(made(_same))
def the_same_list_twice(a, b):
    a.append(5)
    b[0] = 7
    return a is b, len(b), a


@program(call([3, 1, 2]))
def returned_as_it_is(xs):
    xs.sort()
    return xs


@program(call([1, 2], [3]))
def one_of_two_is_returned(a, b):
    return a if len(a) > len(b) else b


@program(call([[1, 2], [3]]))
def nested_lists(rows):
    rows[0].append(9)
    rows.append([7])
    rows[1] = rows[0]
    return rows[-1]


@program(call([np.zeros(2), np.ones(2)]))
def list_of_arrays(arrays):
    arrays[0][1] = 5.0
    arrays.append(np.full(2, 7.0))
    return arrays[1] + arrays[0]


@program(call({"a": 1}))
def dict_is_changed(d):
    d["b"] = 2
    d["a"] += 10
    del d["a"]
    return len(d)


@program(call({1, 2, 3}))
def set_is_changed(s):
    s.add(10)
    s.discard(1)
    return 2 in s


def fill(xs, n):
    for i in range(n):
        xs.append(i)
    xs[0] = -1


@program(call([5]))
def passed_on_to_a_helper(xs):
    fill(xs, 2)
    fill(xs, 1)
    return sum(xs)


@program(call(([1], [2, 3])))
def lists_in_a_tuple(t):
    t[0].append(4)
    t[1].clear()
    return t


@program(call([(1, "a"), (2, "b")]))
def list_of_tuples(pairs):
    pairs.append((3, "c"))
    pairs[0] = (9, pairs[0][1])
    return pairs[0][0]


@program(call(["a", "b"]))
def list_of_strings(words):
    words.append("é")
    words[0] += "!"
    return words[0]


@program(call([1, 2, 3]))
def rebinding_is_not_seen(xs):
    xs = [9]
    xs.append(1)
    return xs


@program(call([1, 2, 3]))
def augmented_is_seen(xs):
    xs += [4]
    xs *= 2


@program(call({"a": [1]}))
def dict_of_lists(d):
    d["a"].append(2)
    d["b"] = d["a"]
    d["c"] = []
    d["c"].append(5)


@program(call([]))
def empty_argument(xs):
    xs.append(1)
    xs.append(2)
    return len(xs)


@program(call([]))
def empty_argument_only_read(xs):
    total = 0
    for x in xs:
        total += x
    return total, len(xs)


@program(call([1, 2.5]))
def mixed_numbers(xs):
    return xs[0] + xs[1]


@program(call([True, False]))
def booleans(xs):
    xs[1] = True
    return sum(xs), all(xs)


@program(call([1, 2, 3]), call([1.5, 2.5]))
def reused_with_other_types(xs):
    xs[0] *= 2
    return xs[0]


@program(call([2**70, 1]), deviation="big-int")
def large_integer_inside(xs):
    return xs[1]


@program(call([1]))
def contains_itself_afterwards(xs):
    ys = [xs]
    ys[0].append(2)
    return ys

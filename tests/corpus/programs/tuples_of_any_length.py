"""Tuples whose length is known at run time only: of lists, strings, sets, generators."""

import numpy as np

from tests.corpus import call, program


@program(call([3, 1, 2]), call([]), call([5]))
def of_a_list(xs):
    return tuple(xs), len(tuple(xs)), tuple(sorted(xs))


@program(call([1.5, 2.5]), call([]))
def of_floats(xs):
    t = tuple(xs)
    return t, sum(t), t == tuple(xs)


@program(call("hé"), call(""))
def of_a_string(s):
    return tuple(s), tuple(s + "!")[-1]


@program(call(4), call(0), call(1))
def of_a_range_and_generators(n):
    return tuple(range(n)), tuple(i * i for i in range(n)), tuple(map(str, range(n))), tuple(reversed(range(n)))


@program(call({1: 2.5, 3: 4.5}), call({}))
def of_a_dict(d):
    return tuple(d), tuple(d.values()), tuple(d.items())


@program(call(np.array([1.5, 2.5])), call(np.array([3, 4], np.int16)))
def of_an_array(a):
    t = tuple(a)
    return t, t[0], t[-1] + t[0]


@program(call(b"ab"), call(b""))
def of_bytes(b):
    return tuple(b), tuple(bytearray(b))


@program(call([1, 2, 3], 0), call([1, 2, 3], -1), call([1, 2, 3], 3), call([], 0), call([1, 2, 3], -4))
def index(xs, i):
    return tuple(xs)[i]


@program(call([1, 2, 3, 4], 1, 3), call([1, 2, 3, 4], -9, 9), call([], 0, 1))
def slices(xs, a, b):
    t = tuple(xs)
    return t[a:b], t[::-1], t[b:], t[:a], t[:]


@program(call([1, 2], [3]), call([], [3]), call([], []))
def concatenated(xs, ys):
    a, b = tuple(xs), tuple(ys)
    return a + b, a + (7, 8), (7,) + b, a * 2, 3 * b, a * -1


@program(call([1, 2, 3]), call([]))
def grown_in_place(xs):
    t = tuple(xs)
    u = t
    t += (9,)
    t *= 2
    return t, u


@program(call([1, 2], [1, 3]), call([1, 2], [1, 2]), call([2], [1, 9]), call([], [1]), call([], []))
def compared(xs, ys):
    a, b = tuple(xs), tuple(ys)
    return a == b, a != b, a < b, a <= b, a > b, a >= b, max(a, b), min(a, b)


@program(call([1, 2]), call([1, 3]), call([1]), call([]))
def compared_with_one_of_known_length(xs):
    t = tuple(xs)
    return t == (1, 2), (1, 2) == t, t != (1, 2), t < (1, 2), (1, 2) < t, t >= (1,), (1, 2) <= t, t == ()


@program(call([1, 2, 3]), call([]))
def looped_over(xs):
    total = 0
    for k, x in enumerate(tuple(xs)):
        total = total * 10 + x + k
    return total, [x + 1 for x in tuple(xs)], list(tuple(xs)), set(tuple(xs)), list(reversed(tuple(xs)))


@program(call([3, 1, 2]), call([1]))
def given_to_functions(xs):
    t = tuple(xs)
    return max(t), min(t), sum(t), sorted(t), any(t), all(t), list(zip(t, t)), list(map(abs, t))


@program(call([3, 1, 3], 3), call([3, 1, 3], 9))
def asked_for_items(xs, x):
    t = tuple(xs)
    return x in t, x not in t, t.count(x), bool(t)


@program(call([3, 1, 3], 1, 0), call([3, 1, 3], 3, 1), call([3, 1], 9, 0), call([], 1, 0), call([1, 2, 3], 3, -1))
def found(xs, x, start):
    return tuple(xs).index(x, start)


@program(call([[1, 2], [2], [1, 2], []]))
def as_keys(rows):
    counts = {}
    for row in rows:
        key = tuple(row)
        counts[key] = counts.get(key, 0) + 1
    return counts, len({tuple(row) for row in rows}), tuple([1, 2]) in counts


@program(call([[1, 2], [2], [0]]))
def missing_key(rows):
    counts = {tuple(row): len(row) for row in rows}
    return counts[tuple([7, 8, 9])]


@program(call([["b", "a"], ["a"], ["b"]]), call([["b", "a"]]))
def in_lists_that_are_sorted(rows):
    made = [tuple(row) for row in rows]
    made.sort()
    return made, sorted(made, key=len), tuple(made[0]), made.index(tuple(["b", "a"]))


@program(call([1, 2]), call([]), call([5]))
def texts(xs):
    t = tuple(xs)
    return str(t), repr(t), f"{t}", str([t]), str((t, 1)), repr(tuple([str(x) for x in xs]))


@program(call([1, 2]), call([]), call([5]))
def hashes(xs):
    return hash(tuple(xs)), hash(tuple([float(x) for x in xs])), hash((1, 2)) == hash(tuple([1, 2]))


@program(call([1, 2]), call([1]), call([1, 2, 3]), call([]))
def unpacked(xs):
    a, b = tuple(xs)
    return a - b


@program(call([1, 2, 3]), call([1]))
def unpacked_with_a_star(xs):
    first, *rest = tuple(xs)
    return first, rest, [*tuple(xs), 9]


@program(call([1, 2]), call([]))
def nested(xs):
    t = tuple([tuple(xs), tuple(xs + [3])])
    return t, t[1][-1], len(t), hash(t)


@program(call([1, 2]), call([]))
def asked_for_the_class(xs):
    t = tuple(xs)
    return isinstance(t, tuple), isinstance(t, list), type(t) is tuple, isinstance(t, (list, tuple))


@program(call([1, 2]))
def the_same_tuple(xs):
    t = tuple(xs)
    return tuple(t) is t, t is tuple(xs)


@program(call(3), call(0))
def returned_by_a_function(n):
    def digits(k):
        out = []
        while k:
            out.append(k % 2)
            k //= 2
        return tuple(out)

    return digits(n), digits(n * 5)


@program(call(True), call(False))
def one_of_two(flag):
    t = tuple([1, 2]) if flag else tuple([3])
    return t


@program(call([1, 2]))
def item_assignment(xs):
    t = tuple(xs)
    t[0] = 5
    return t


@program(call(["a", "b"]), call([]))
def joined(xs):
    return ",".join(tuple(xs))


@program(call([1, 2]))
def adding_a_list(xs):
    return tuple(xs) + xs


@program(call([1, 2]))
def raised(xs):
    raise ValueError(str(tuple(xs)))


@program(call([1, 2], []))
def put_into_an_argument(xs, out):
    out.append(tuple(xs))
    out.append(tuple(xs[1:]))
    return len(out)


@program(call([1, 2]), call([]))
def held_by_others(xs):
    pair = (tuple(xs), 1)
    kept = [pair]
    made = {"a": tuple(xs)}
    return pair, kept, made, frozenset([tuple(xs)])


@program(call([[1, 0], [0, 1]]))
def board_states(rows):
    seen = set()
    for row in rows + rows:
        state = tuple(row)
        if state in seen:
            continue
        seen.add(state)
    return sorted(seen)


@program(call(3), call(0), call(-1))
def repeated_by_a_variable(n):
    return (1,) * n, n * (0.5, 1.5), ("a", "b") * n, len((1, 2) * n)


@program(
    call((1, 2, 3), 1, 3), call((1, 2, 3), -2, 9), call((1, 2, 3), 2, 0), call((1, 2, 3), 5, -5)
)
def variable_slices(t, i, j):
    return t[i:], t[:j], t[i:j], t[i:j:-1], t[:i] + (9,) + t[i + 1 :]


@program(call((1, 2, 3), 0))
def slice_with_step_zero(t, k):
    return t[::k]


@program(call(np.zeros((2, 3, 4)), 2), call(np.zeros((2, 3, 4)), 0))
def parts_of_a_shape(a, n):
    return a.shape[:n], a.shape[n:] + (1,)


@program(call("abc", ["a", "x"]), call("abc", []), call("abc", ["x", "bc"]), call("", [""]))
def prefixes_and_suffixes(s, parts):
    t = tuple(parts)
    return s.startswith(t), s.endswith(t), s.startswith(t, 1), s.endswith(t, 0, 2)


@program(call([[1, 2], [3, 4]]), call([[1, 2, 3], [4, 5]]), call([[1], []]))
def columns_of_rows(rows):
    turned = [list(c) for c in zip(*rows)]
    return turned, list(zip(*rows)), [sum(c) for c in zip(*rows[::-1])], list(map(max, zip(*rows)))


@program(call(["abc", "déf"], [(1.5, 2.5), (3.5, 4.5)]), call(["abc", ""], [(0.5, 1.0)]))
def columns_of_strings_and_tuples(words, pairs):
    return ["".join(c) for c in zip(*words)], list(zip(*pairs))


@program(call([[1, 2], [3, 4]]))
def columns_of_rows_that_change(rows):
    seen = []
    for c in zip(*rows):
        rows.append([7])
        rows[0].append(c[0])
        seen.append(c)
    return seen

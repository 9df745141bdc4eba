"""`itertools`."""

import itertools
import operator
from itertools import accumulate, chain, count, islice, product, repeat
from typing import NamedTuple

import numpy as np

from tests.corpus import call, program


@program(call(3))
def counting(n):
    out = []
    for i in count(10, n):
        if i > 20:
            break
        out.append(i)
    for i in count():
        if i == n:
            break
        out.append(i)
    return out


@program(call([1, 2], [3]))
def chained(a, b):
    return list(chain(a, b, (9, 8))), sum(chain(a, range(3))), list(chain.from_iterable([a, b]))


@program(call([1, 2], "xy"))
def products(a, b):
    out = []
    for x, c in product(a, b):
        out.append(c * x)
    return out, len(list(product(range(3), repeat=2)))


@program(call([1, 2, 3]))
def permutations(xs):
    return list(itertools.permutations(xs)), list(itertools.permutations(xs, 2))


@program(call([1, 2, 3, 4], "ab"), call([], ""))
def permutations_of_constant_length(xs, s):
    return (
        list(itertools.permutations(xs, 4)),
        list(itertools.permutations(s, 1)),
        list(itertools.permutations(xs, 0)),
        list(itertools.permutations((1, 2, 3))),
        sum(1 for _ in itertools.permutations(range(5), 3)),
    )


@program(call([1, 2, 3, 4, 5]), call([1]), call([]))
def long_combinations(xs):
    return (
        list(itertools.combinations(xs, 5)),
        list(itertools.combinations(xs, 4)),
        list(itertools.combinations(xs, 0)),
        list(itertools.combinations_with_replacement(xs, 4)),
        list(itertools.combinations_with_replacement(xs, 0)),
    )


@program(call([1, 2], "xy"), call([], "a"))
def larger_products(xs, s):
    return (
        list(product()),
        list(product(xs, repeat=4)),
        list(product(xs, s, repeat=2)),
        list(product(xs, s, (1.5, 2.5), range(2))),
        list(product(s, repeat=0)),
    )


@program(call([1, 2]))
def negative_length(xs):
    return list(itertools.combinations(xs, -1))


@program(call([1, 2, 3]))
def combinations(xs):
    return list(itertools.combinations(xs, 2)), list(itertools.combinations_with_replacement(xs, 2))


@program(call([1, 2, 3, 4]))
def accumulated(xs):
    return list(accumulate(xs)), list(accumulate(xs, operator.mul)), list(accumulate(xs, max, initial=2))


@program(call(10))
def sliced(n):
    return list(islice(range(n), 3)), list(islice(range(n), 2, 8, 3)), list(islice(count(5), 2))


@program(call(2.5))
def repeated(x):
    total = 0.0
    for y in repeat(x, 3):
        total += y
    return total, list(repeat("a", 2)), list(map(pow, range(3), repeat(2)))


@program(call([1, 2, 3]))
def cycled(xs):
    return [x for x, _ in zip(itertools.cycle(xs), range(7))]


@program(call([1, 2, 5, 1]))
def take_and_drop(xs):
    return list(itertools.takewhile(lambda x: x < 5, xs)), list(itertools.dropwhile(lambda x: x < 5, xs))


@program(call("aabbb"))
def grouped(s):
    return [(k, len(list(g))) for k, g in itertools.groupby(s)]


@program(call([1, 1, 2, 5, 4, 4, 4]), call([2]))
def grouped_by_key(xs):
    out = []
    for parity, group in itertools.groupby(xs, key=lambda x: x % 2):
        for x in group:
            out.append((parity, x))
            if x == 5:
                break
    return out


@program(call([1, 1, 2, 2, 3]))
def groups_kept_too_long(xs):
    groups = []
    keys = []
    for key, group in itertools.groupby(xs):
        keys.append(key)
        if key == 2:
            groups = list(group)
    return keys, groups


@program(call([1, 2, 3]), call([1]))
def teed(xs):
    a, b = itertools.tee(xs)
    c, d, e = itertools.tee((x * 2 for x in xs), 3)
    first = next(a, 0)
    return first, list(b), list(a), list(e), next(c, -1), list(c), sum(d)


@program(call([1, 2, 3], [4]))
def longest(a, b):
    return list(itertools.zip_longest(a, b, fillvalue=0))


@program(call([1, 2, 3], [4], [5, 6]), call([], [], []), call([], [1], []))
def zip_longest_of_several(a, b, c):
    mixed = list(itertools.zip_longest(a, "xy", (2.5,)))
    return list(itertools.zip_longest(a, b, c, fillvalue=0)), mixed, list(itertools.zip_longest(a))


@program(call([(1, 2), (3, 4)]))
def starmapped(pairs):
    return list(itertools.starmap(lambda a, b: a * b, pairs)), list(itertools.pairwise([1, 2, 3]))


@program(call(5))
def pythagorean(n):
    return [(a, b, c) for a, b, c in itertools.product(range(1, n + 1), repeat=3) if a * a + b * b == c * c and a < b]


@program(call([1, 2, 3]))
def compress_and_filterfalse(xs):
    return list(itertools.compress(xs, [1, 0, 1])), list(itertools.filterfalse(lambda x: x % 2, xs))


class Point(NamedTuple):
    x: int
    y: float


@program(call([1, 2, 3, 4], 2), call([1, 2, 3], 3), call([1, 2], 3), call([1, 2], 0), call([], 0), call([], 2), call([1], -1))
def lengths_known_at_run_time(xs, r):
    return (
        list(itertools.combinations(xs, r)),
        list(itertools.combinations_with_replacement(xs, r)),
        list(itertools.permutations(xs, r)),
        list(itertools.product(xs, repeat=r)),
    )


@program(call([1, 2], 2), call([1, 2], 0), call([3], 1), call([3], -1))
def products_of_two_repeated(xs, r):
    return list(itertools.product(xs, (7, 8), repeat=r))


@program(call("abcd"), call(""), call("x"))
def permutations_of_text(s):
    return ["".join(p) for p in itertools.permutations(s)]


@program(call([3, 1, 2]), call([]))
def subsets(xs):
    return [sum(t) for r in range(len(xs) + 1) for t in itertools.combinations(xs, r)]


@program(call([[1, 2], [3], [4, 5]]), call([[1, 2], []]), call([]))
def of_a_list_of_lists(rows):
    return list(itertools.product(*rows)), list(chain(*rows)), list(itertools.product(*rows, repeat=2))


@program(call([1.5, 2.5], (1, 2)))
def chained_many(xs, t):
    return list(chain()), list(chain(xs)), list(chain([1], t, range(2), {3: 4}, [5], (6,)))


@program(call([(1, 2.0), (3, 4.0)]), call([]), call([(1, 0.5)]))
def columns_of_pairs(pairs):
    a, b = zip(*pairs)
    return a, b, list(a), sum(b)


@program(call([(3, "c"), (1, "a")]))
def sorted_columns(pairs):
    order, names = zip(*sorted(pairs))
    return list(order), list(names)


@program(call([[1, 2, 3], [4, 5, 6]]), call([[1, 2], [3]]), call([[]]), call([]))
def transposed(rows):
    return list(zip(*rows)), [list(column) for column in zip(*rows)], list(itertools.zip_longest(*rows, fillvalue=0))


@program(call([[1, 2], [3, 4]]), call([[1, 2], [3]]), call([[1], [2, 3]]), call([[1, 2], [3, 4], [5]]), call([[1], [3], [5, 6]]))
def transposed_strictly(rows):
    return list(zip(*rows, strict=True))


@program(call(np.arange(6.0).reshape(2, 3)))
def columns_of_an_array(a):
    return list(zip(*a))


@program(call(["ab", "cd"]), call(["abc", "d"]))
def columns_of_strings(words):
    return list(zip(*words)), ["".join(t) for t in zip(*words)]


@program(call([[1, 2], [3, 4]]))
def too_many_columns(rows):
    a, b, c = zip(*rows)
    return a


@program(call([(1, 2.0)]))
def mixed_columns_in_a_loop(pairs):
    return [len(column) for column in zip(*pairs)]


@program(call([1, 2, 3]), call([]))
def accumulated_namedtuples(xs):
    return list(accumulate(xs, lambda p, x: Point(p.x + x, p.y * x), initial=Point(0, 1.0))), list(repeat(Point(1, 2.0), 2))


@program(call([1, 2, 3]), call([]), call([5]))
def starts_for_accumulate(xs):
    return list(accumulate(xs, initial=10)), list(accumulate(xs, operator.mul, initial=2)), list(accumulate(xs, lambda a, b: a - b))


@program(call([Point(1, 2.0)]), call([]))
def default_namedtuples(points):
    return next(iter(points), Point(0, 0.0)), max(points, default=Point(9, 9.0))


@program(call([1, 2, 3], 1.5, 2, 1), call([1, 2, 3], 0, 2.0, 1), call([1, 2, 3], 0, 2, 1.0), call([1, 2, 3], None, None, None),
         call([1, 2, 3], True, np.int64(3), 1), call([1, 2, 3], 0, None, 0), call([1, 2, 3], -1, 2, 1))
def sliced_by_other_types(xs, start, stop, step):
    return list(islice(xs, start, stop, step))


@program(call({1: 2.5, 3: 0.5}), call({}))
def columns_of_items(d):
    keys, values = zip(*d.items())
    return keys, values


@program(call([1.5, 2.5]))
def columns_of_other_iterables(xs):
    a, b = zip(*enumerate(xs))
    c, d = zip(*((i, str(i)) for i in range(3)))
    e, f = zip(*np.array([[1, 2], [3, 4]]), strict=True)
    return a, b, c, d, e, f


@program(call([[1, 2], [3, 4]]), call([[1], [2], [3]]), call([]))
def arrays_of_tuples(rows):
    return np.array(list(zip(*rows))), np.array(list(itertools.product([0.5, 1.5], repeat=len(rows)))), np.array([tuple(row) for row in rows])

"""`itertools`."""

import itertools
import operator
from itertools import accumulate, chain, count, islice, product, repeat

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


@program(call([(1, 2), (3, 4)]))
def starmapped(pairs):
    return list(itertools.starmap(lambda a, b: a * b, pairs)), list(itertools.pairwise([1, 2, 3]))


@program(call(5))
def pythagorean(n):
    return [(a, b, c) for a, b, c in itertools.product(range(1, n + 1), repeat=3) if a * a + b * b == c * c and a < b]


@program(call([1, 2, 3]))
def compress_and_filterfalse(xs):
    return list(itertools.compress(xs, [1, 0, 1])), list(itertools.filterfalse(lambda x: x % 2, xs))

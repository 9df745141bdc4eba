"""`frozenset`: literals, algebra, as keys and elements, arguments and results."""

from tests.corpus import call, program


@program(call([3, 1, 2, 3]), call([]))
def from_a_list(xs):
    s = frozenset(xs)
    return s, len(s), 3 in s, sorted(s), not s


@program(call("hello"))
def of_characters(text):
    return frozenset(text) & frozenset("help"), frozenset()


@program(call([1, 2], [2, 3]))
def algebra(a, b):
    x, y, z = frozenset(a), frozenset(b), set(b)
    return x | y, x & y, x - y, x ^ y, x | z, z | x, z - x, x < y, x <= x | y, z == y, y == z, x != z


@program(call([1, 2], [2, 3]))
def methods(a, b):
    x = frozenset(a)
    return (
        x.union(b),
        x.intersection(b),
        x.difference(b, [1]),
        x.symmetric_difference(b),
        x.isdisjoint(b),
        x.issubset([1, 2, 3]),
        x.issuperset(a),
        x.copy() is x,
        frozenset(x) is x,
    )


@program(call([1, 2, 1]))
def as_key(xs):
    d = {}
    for i in range(len(xs)):
        d[frozenset(xs[: i + 1])] = i
    return d, d[frozenset([2, 1])], frozenset([9]) in d


@program(call([1, 2, 1]))
def as_element(xs):
    s = {frozenset([x, x + 1]) for x in xs}
    s.add(frozenset([1, 2]))
    return s, len(s), frozenset([2, 1]) in s


@program(call(1))
def nested(n):
    inner = frozenset([n, 2])
    outer = frozenset([inner, frozenset([3])])
    return outer, inner in outer, str(inner), repr(frozenset([n])), str([frozenset("a")])


@program(call(frozenset([1, 2, 3])), call(frozenset()))
def argument(s):
    return s, s | {4}, len(s)


@program(call({frozenset([1, 2]): "a"}))
def keys_of_an_argument(d):
    d[frozenset([5])] = "b"
    return d[frozenset([2, 1])]


@program(call(1))
def in_place(n):
    x = frozenset([n])
    y = x
    x |= {2}
    x &= frozenset([2, 3])
    s = {1}
    s |= frozenset([7])
    s.update(frozenset([8]))
    return x, y, s, s.union(frozenset([9])), s.intersection(frozenset([1]))


@program(call([4, 5]))
def iteration(xs):
    total = 0
    for x in frozenset(xs):
        total += x
    return total, [x for x in frozenset(xs)], list(frozenset("a")), max(frozenset(xs))


@program(call([1]))
def key_error(xs):
    d = {frozenset(xs): 1}
    return d[frozenset([2])]

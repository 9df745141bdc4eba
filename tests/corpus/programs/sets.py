"""Sets and frozensets: each method and operator."""

from tests.corpus import call, program


@program(call([3, 1, 3, 2]))
def made_of_a_list(xs):
    s = set(xs)
    return len(s), sorted(s), 3 in s, 9 in s


@program(call(4))
def add_discard_remove(n):
    s = {1, 2}
    s.add(n)
    s.add(1)
    s.discard(2)
    s.discard(99)
    s.remove(1)
    return s


@program(call(5))
def remove_a_missing_one(n):
    s = {1, 2}
    s.remove(n)
    return s


@program(call({7}))
def pop(s):
    x = s.pop()
    return x, len(s)


@program(call(1))
def pop_of_an_empty_set(n):
    s = {n}
    s.clear()
    return s.pop()


@program(call({1, 2, 3}, {2, 3, 4}), call({1}, {2}))
def operators(a, b):
    return a | b, a & b, a - b, a ^ b


@program(call({1, 2, 3}, {2, 3, 4}))
def methods_of_combination(a, b):
    return (a.union(b), a.intersection(b), a.difference(b), a.symmetric_difference(b),
            a.union([9], (8,)), a.intersection([1, 2]))


@program(call({1, 2}, {1, 2, 3}), call({1, 2}, {1, 2}), call({1}, {2}))
def relations(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b, a.issubset(b), a.issuperset(b), a.isdisjoint(b)


@program(call({1, 2, 3}, {2, 9}))
def augmented(a, b):
    a |= b
    c = set(a)
    c &= {1, 2}
    a -= {1}
    b ^= {2, 3}
    return a, b, c


@program(call({1, 2, 3}, [2, 9]))
def update_methods(a, xs):
    b, c, d = a.copy(), a.copy(), a.copy()
    a.update(xs)
    b.intersection_update(xs)
    c.difference_update(xs)
    d.symmetric_difference_update({3, 10})
    return a, b, c, d


@program(call({3, 1, 2}))
def iteration(s):
    total = 0
    for x in s:
        total = total * 10 + x
    return total, min(s), max(s), sum(s), len(s)


@program(call(3))
def comprehension(n):
    return {i * i % 5 for i in range(n * 3)}, {c for c in "hello" if c > "g"} == {"h", "l", "o"}


@program(call([1, 2, 2]))
def frozen(xs):
    f = frozenset(xs)
    return len(f), 2 in f, f | {5}, f == {1, 2}


@program(call("mississippi"))
def of_characters(s):
    return len(set(s)), sorted(set(s)), set("abc") == {"c", "b", "a"}


@program(call([(1, 2), (2, 1), (1, 2)]))
def of_tuples(pairs):
    return len(set(pairs)), (1, 2) in set(pairs)


@program(call({1, 2, 3}))
def changed_while_iterated(s):
    for x in s:
        s.add(x + 100)
    return s


@program(call(1.5), call(2.0))
def floats_and_ints(x):
    s = {1.0, 2.0, 2.5}
    return x in s, 1 in s, len({0.0, -0.0}), len({1.0, 1.0})


@program(call({1, 2}), call(set()))
def truth(s):
    return bool(s), len(s)


@program(call([5, 3, 5, 1, 3]))
def distinct_in_order(xs):
    seen = set()
    out = []
    for x in xs:
        if x not in seen:
            seen.add(x)
            out.append(x)
    return out


@program(call(10))
def growing(n):
    s = set()
    for i in range(n):
        s.add(i * 37 % 101)
    return s, sorted(s)


@program(call(-5))
def order_of_integers(n):
    return list({n, 3, 64, 8, 0, -1}), list({9223372036854775807, 1, n})


@program(call({1, 2}))
def in_membership_tests(s):
    return 1 in {1, 2, 3}, "a" in {"a"}, 5 not in s


@program(call({1}, {1}))
def identity(a, b):
    c = a
    c.add(2)
    return a is c, a == b, a is b


@program(call(3))
def unhashable_items(n):
    return {[n]}

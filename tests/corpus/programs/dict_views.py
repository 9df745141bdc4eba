"""Dicts by keywords, `fromkeys`, membership and set operations of views, sets of dicts."""

from tests.corpus import call, program


@program(call(1))
def from_keywords(n):
    d = dict(a=n, b=2)
    d.update(c=3, a=5)
    d.update({"z": 1}, y=2)
    d.update([("q", 7)])
    d.update()
    return d, dict({"k": 1}, m=2), dict(), dict([("x", 1)], x=3)


@program(call("abca"))
def from_keys(s):
    d = dict.fromkeys(s, 0)
    e = dict.fromkeys(s)
    f = dict.fromkeys([1, 2], [])
    f[1].append(3)
    return d, e, f


@program(call({"a": 1, "b": 2}, "a"), call({"a": 1, "b": 2}, "z"))
def membership(d, k):
    return k in d.keys(), k not in d.keys(), 2 in d.values(), 5 in d.values(), (k, 1) in d.items()


@program(call({1: 2, 3: 4}))
def items_of_other_shapes(d):
    return (1, 2) in d.items(), (1, 3) in d.items(), (1, 2, 3) in d.items(), 5 in d.items(), (1.0, 2.0) in d.items()


@program(call({8: 1, 16: 2, 24: 3, 1: 4}, {16: 0, 1: 0, 99: 0}), call({1: 1}, {}))
def key_sets(d, e):
    a = d.keys() & e.keys(), d.keys() | e.keys(), d.keys() - e.keys(), d.keys() ^ e.keys()
    s = {1, 8, 5, 7, 9}
    b = d.keys() & s, d.keys() | s, d.keys() - s, d.keys() ^ s
    return a, b, [list(x) for x in a], [list(x) for x in b]


@program(call({3: 1}))
def views_follow(d):
    keys, values, items = d.keys(), d.values(), d.items()
    d[4] = 2
    del d[3]
    return list(keys), list(values), list(items), 4 in keys, 3 in keys, 2 in values, len(items)


@program(
    call({16: 1, 8: 2, 1784: 3, 24: 4, 1000: 5}),
    call({480: 1, 2024: 1, 1840: 1, 3112: 1}),
    call({}),
)
def sets_of_dicts(d):
    s = {333, 241}
    s.update(d)
    return list(set(d)), list(frozenset(d)), list(s), list(set(d.keys())), list({k for k in d})


@program(call([3, 1, 2], 0), call([3, 1, 2], 1), call([3, 1, 2], 2), call([3], 1))
def sort_that_changes_its_list(xs, how):
    def key(x):
        if how == 0:
            xs.append(x)
            xs.pop()
        elif how == 1:
            xs.clear()
            xs.reverse()
        else:
            xs.extend([])
        return -x

    try:
        xs.sort(key=key)
    except ValueError as e:
        return str(e), xs
    return xs




@program(call({1, 2}, [2, 5]))
def intersections(s, xs):
    s.intersection_update(xs)
    return s, {1, 2}.intersection(xs, {2}), {2.5}.intersection([2.5, 1.0])


@program(call({2.0, 2.5}, {1, 2}))
def intersection_of_two_kinds(a, b):
    return a.intersection(b)

"""Dicts: literals, each method, views, order."""

import numpy as np

from tests.corpus import call, program


@program(call("a"), call("z"))
def lookup(key):
    d = {"a": 1, "b": 2}
    return d[key]


@program(call(3))
def store_and_overwrite(n):
    d = {1: 10}
    d[n] = 30
    d[1] += 5
    d[n] *= 2
    return d, len(d)


@program(call({"a": 1.5}, "a"), call({"a": 1.5}, "b"))
def get(d, key):
    return d.get(key, 0.0), d.get(key) is None


@program(call({1: "x"}, 1), call({1: "x"}, 2))
def setdefault(d, key):
    v = d.setdefault(key, "new")
    return v, d


@program(call({"a": 1, "b": 2}, "a"), call({"a": 1, "b": 2}, "c"))
def pop(d, key):
    return d.pop(key), d


@program(call({"a": 1}, "a"), call({"a": 1}, "c"))
def pop_with_a_default(d, key):
    return d.pop(key, -1), len(d)


@program(call({"a": 1, "b": 2}))
def popitem(d):
    last = d.popitem()
    return last, d


@program(call(1))
def popitem_of_an_empty_dict(n):
    d = {n: n}
    d.clear()
    return d.popitem()


@program(call({"a": 1}, {"b": 2, "a": 9}))
def update(d, e):
    d.update(e)
    d.update([("x", 5)])
    d.update(y=6)
    return d


@program(call({"a": 1}, {"b": 2, "a": 9}))
def union(d, e):
    f = d | e
    d |= {"q": 0}
    return f, d, {**e, "z": 3, **d}


@program(call({"a": 1, "b": 2}))
def copy_and_clear(d):
    e = d.copy()
    d.clear()
    return d, e, dict(e) == e


@program(call({"a": 1, "b": 2, "c": 3}))
def keys_values_items(d):
    return list(d.keys()), list(d.values()), list(d.items())


@program(call({3: 1.5, 1: 2.5}))
def iteration(d):
    order = []
    total = 0.0
    for k in d:
        order.append(k)
    for v in d.values():
        total += v
    for k, v in d.items():
        total += k * v
    return order, total


@program(call({"b": 1, "a": 2}))
def order_of_insertion(d):
    d["c"] = 3
    del d["b"]
    d["b"] = 4
    return list(d), list(reversed(d)), sorted(d)


@program(call({"a": 1}, "a"), call({"a": 1}, "b"))
def containment(d, key):
    return key in d, key not in d, key in d.keys(), 1 in d.values(), ("a", 1) in d.items()


@program(call({1: 2}, 1), call({1: 2}, 3))
def delete(d, key):
    del d[key]
    return d


@program(call(4))
def comprehension(n):
    return {i: i * i for i in range(n) if i != 2}, {v: k for k, v in {"a": 1, "b": 2}.items()}


@program(call([("a", 1), ("b", 2)]))
def made_of_pairs(pairs):
    return dict(pairs), dict(zip("xy", [1.5, 2.5])), dict(a=1, b=2)


@program(call(["a", "b"]))
def fromkeys(keys):
    return dict.fromkeys(keys, 0), dict.fromkeys(range(2), 1.5)


@program(call({"a": 1}, {"a": 1}), call({"a": 1}, {"a": 2}), call({1: 1, 2: 2}, {2: 2, 1: 1}))
def equality(d, e):
    return d == e, d != e, d is e


@program(call({1: 1, 2: 2}))
def size_changed_while_iterated(d):
    for k in d:
        d[k + 10] = 1
    return d


@program(call({1: 1, 2: 2}))
def values_changed_while_iterated(d):
    for k in d:
        d[k] += 10
    return d


@program(call({1: 1, 2: 2, 3: 3}))
def deleting_over_a_copy(d):
    for k in list(d):
        if k % 2:
            del d[k]
    return d


@program(call(1.0), call(2))
def numeric_keys(x):
    d = {1: "int", 2.5: "float"}
    d[True] = "bool"
    return d.get(x), len(d)


@program(call({"x": 3, "y": 1}))
def extremes(d):
    return max(d), min(d, key=d.get), max(d.items(), key=lambda kv: kv[1]), sum(d.values())


@program(call({"x": 3, "y": 1}))
def sorted_by_value(d):
    return sorted(d.items(), key=lambda kv: kv[1]), sorted(d, key=lambda k: d[k])


@program(call({"a": 1}), call({}))
def truth(d):
    return bool(d), len(d), not d


@program(call(12))
def memoised_fibonacci(n):
    memo = {0: 0, 1: 1}

    def fib(k):
        if k not in memo:
            memo[k] = fib(k - 1) + fib(k - 2)
        return memo[k]

    return fib(n), len(memo)


@program(call(np.array([3, 1, 3, 2, 1, 3])))
def histogram_of_an_array(a):
    counts = {}
    for x in a:
        counts[int(x)] = counts.get(int(x), 0) + 1
    return counts


@program(call(50))
def many_keys(n):
    d = {}
    for i in range(n):
        d[i * 7919 % 1009] = i
    for i in range(0, n, 2):
        del d[i * 7919 % 1009]
    return list(d.items())[:5], len(d)


@program(call({"a": 1}))
def views_follow_changes(d):
    keys = d.keys()
    d["b"] = 2
    return len(keys), "b" in keys, sorted(keys)


@program(call({"a": 1, "b": 2}, {"b": 3}))
def set_operations_on_keys(d, e):
    return d.keys() & e.keys(), d.keys() - e.keys(), d.keys() | e.keys()


@program(call({1: [1]}))
def unhashable_key(d):
    d[[1]] = 2
    return d


@program(call({"a": None}))
def value_is_none(d):
    return d["a"] is None, d.get("b", 5)


@program(call({(0, 1): 2.0, (1, 0): 3.0}, 2))
def sparse_matrix(m, n):
    out = [0.0] * n
    for (i, j), v in m.items():
        out[i] += v * (j + 1)
    return out


@program(call({"a": 1}))
def text(d):
    return str(d), f"{d}", repr({})

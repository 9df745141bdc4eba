"""Containers in containers."""

import numpy as np

from tests.corpus import call, program


@program(call(3))
def matrix_of_lists(n):
    m = [[0] * n for _ in range(n)]
    for i in range(n):
        m[i][i] = i + 1
    return m


@program(call(2))
def shared_rows(n):
    m = [[0] * n] * 3
    m[0][0] = 5
    return m


@program(call([[1, 2], [3, 4]], [[0, 1], [1, 0]]))
def multiply(a, b):
    n = len(a)
    c = [[0 for _ in range(n)] for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i][j] += a[i][k] * b[k][j]
    return c


@program(call([[1, 2, 3], [4, 5, 6]]))
def transpose(m):
    return [[row[i] for row in m] for i in range(len(m[0]))], list(map(list, zip(*m)))


@program(call("the cat the dog a cat"))
def positions(text):
    where = {}
    for i, word in enumerate(text.split()):
        if word not in where:
            where[word] = []
        where[word].append(i)
    return where


@program(call(6))
def graph_search(n):
    edges = {i: [] for i in range(n)}
    for i in range(n - 1):
        edges[i].append(i + 1)
        edges[i + 1].append(i)
    edges[0].append(n - 1)
    seen = {0}
    queue = [(0, 0)]
    order = []
    while queue:
        node, dist = queue.pop(0)
        order.append((node, dist))
        for other in edges[node]:
            if other not in seen:
                seen.add(other)
                queue.append((other, dist + 1))
    return order


@program(call([("a", 1), ("b", 2), ("a", 3)]))
def grouping(pairs):
    groups = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: sum(values) for key, values in groups.items()}


@program(call(3))
def dict_of_dicts(n):
    table = {}
    for i in range(n):
        table[i] = {}
        for j in range(i):
            table[i][j] = i * j
    return table, table[2][1]


@program(call(4))
def list_of_sets(n):
    sets = [set() for _ in range(2)]
    for i in range(n):
        sets[i % 2].add(i)
    return sets, sets[0] | sets[1]


@program(call(2))
def tuples_of_lists(n):
    t = ([1], [2.5], {"k": [n]})
    t[0].append(n)
    t[2]["k"].append(3)
    return t


@program(call([[1, [2]], [3, [4, 5]]]))
def ragged_types(xs):
    return xs[0][1], len(xs)


@program(call(3))
def dict_of_tuples(n):
    d = {}
    for i in range(n):
        d[i, i + 1] = (i * 0.5, str(i))
    total = 0.0
    for (a, b), (x, s) in d.items():
        total += a * b + x + len(s)
    return d, total


@program(call(3))
def dict_of_arrays(n):
    d = {"x": np.zeros(n), "y": np.ones(n)}
    d["x"][0] = 7.0
    for key in d:
        d[key] += 1
    return d["x"] + d["y"]


@program(call(4))
def deep(n):
    x = [[[i * j * k for k in range(2)] for j in range(2)] for i in range(n)]
    x[1][1].append(-1)
    total = 0
    for plane in x:
        for row in plane:
            for v in row:
                total += v
    return total, x[1]


@program(call(["b", "a", "b"]))
def comparing_nested(words):
    pairs = [(w, [i]) for i, w in enumerate(words)]
    return sorted(pairs), max(pairs), pairs[0] < pairs[2], [[1, 2]] == [[1, 2]]

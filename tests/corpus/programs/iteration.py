"""`for` over everything: enumerate, zip, reversed, ndindex, `.flat`, iterators."""

import numpy as np

from tests.corpus import call, program


@program(call([5, 6]), call(np.array([1.5, 2.5])), call("ab"), call((7, 8)))
def enumerated(xs):
    out = []
    for i, x in enumerate(xs):
        out.append((i, x))
    return out


@program(call([5, 6]))
def enumerated_from(xs):
    total = 0
    for i, x in enumerate(xs, 10):
        total += i * x
    for i, x in enumerate(xs, start=-1):
        total += i * x
    return total


@program(call([1, 2, 3], [4, 5]))
def zipped(a, b):
    return [(x, y) for x, y in zip(a, b)], list(zip(a, b, "xyz")), list(zip()), list(zip(a))


@program(call([1, 2], [4, 5]), call([1, 2], [4]), call([1], [4, 5]))
def zipped_strictly(a, b):
    s = 0
    for x, y in zip(a, b, strict=True):
        s += x * y
    return s


@program(call([1, 2, 3]), call("abé"), call((1, 2)))
def reversed_sequences(xs):
    out = []
    for x in reversed(xs):
        out.append(x)
    return out


@program(call((1, 2.5, "a")))
def mixed_tuple(t):
    text = ""
    for x in t:
        text += str(x) + ";"
    return text


@program(call(np.arange(6).reshape(2, 3)))
def ndindex(a):
    s = 0
    for i, j in np.ndindex(a.shape):
        s += a[i, j] * (i + 1)
    for index in np.ndindex(2, 2):
        s += a[index]
    return s


@program(call(np.arange(6.0).reshape(2, 3)))
def ndenumerate(a):
    s = 0.0
    for (i, j), x in np.ndenumerate(a):
        s += x * i - j
    return s


@program(call(np.arange(6).reshape(2, 3)[:, ::-1]))
def flat(a):
    out = []
    for x in a.flat:
        out.append(x)
    a.flat[0] = 100
    return out, a.flat[5], len(a.flat)


@program(call(np.arange(6.0).reshape(3, 2)))
def rows_of_a_matrix(a):
    s = 0.0
    for row in a:
        row[0] = -1.0
        s += row[1]
    for x, y in a:
        s += x * y
    return s


@program(call([(1, (2, 3)), (4, (5, 6))]))
def nested_targets(items):
    s = 0
    for a, (b, c) in items:
        s += a * b + c
    return s


@program(call([[1, 2, 3], [4, 5]]))
def starred_target(rows):
    out = []
    for first, *rest in rows:
        out.append((first, len(rest)))
    return out


@program(call([3, 4]))
def target_is_an_item(xs):
    a = [0, 0]
    for a[1] in xs:
        a[0] += a[1]
    return a


@program(call([3, 1, 4, 1]), call([2]))
def for_else(xs):
    for x in xs:
        if x == 4:
            break
    else:
        return "none"
    return "found"


@program(call([1, 2, 3]))
def loop_variable_stays(xs):
    for i, x in enumerate(xs):
        pass
    return i, x


@program(call([1]))
def loop_variable_of_no_turns(xs):
    xs.pop()
    for x in xs:
        pass
    return x


@program(call([1, 2, 3]))
def iter_and_next(xs):
    it = iter(xs)
    a = next(it)
    rest = [x for x in it]
    return a, rest, next(it, None)


@program(call([1, 2, 3, 4]))
def pairs_of_one_iterator(xs):
    it = iter(xs)
    return [(a, b) for a, b in zip(it, it)]


@program(call({"b": 1, "a": 2}))
def dict_views(d):
    out = []
    for k in d:
        out.append(k)
    for v in d.values():
        out.append(str(v))
    for i, (k, v) in enumerate(d.items()):
        out.append(k * (v + i))
    return out


@program(call(b"ab"), call(range(3, 0, -1)))
def bytes_and_ranges(xs):
    return [x for x in xs]


@program(call([1.5, 2.5], np.array([1, 2])))
def zip_of_lists_and_arrays(xs, a):
    s = 0.0
    for i, (x, y) in enumerate(zip(xs, a)):
        s += x * y + i
    return s


@program(call(3))
def not_iterable(n):
    for x in n:
        pass
    return n

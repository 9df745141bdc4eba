"""Lists: literals, each method, slices, operators."""

import numpy as np

from tests.corpus import call, program


@program(call(3), call(0))
def append(n):
    xs = []
    for i in range(n):
        xs.append(i * i)
    return xs


@program(call(2))
def extend(n):
    xs = [1, n]
    xs.extend([3, 4])
    xs.extend((5, 6))
    xs.extend(range(2))
    xs.extend(xs)
    return xs


@program(call(0), call(2), call(-1), call(100), call(-100))
def insert(i):
    xs = [10, 20, 30]
    xs.insert(i, 99)
    return xs


@program(call(2), call(3))
def remove(x):
    xs = [1, 2, 4, 2]
    xs.remove(x)
    return xs


@program(call(0), call(-1), call(1), call(3), call(-4))
def pop(i):
    xs = [10, 20, 30]
    return xs.pop(i), xs, xs.pop()


@program(call(1))
def pop_of_an_empty_list(n):
    xs = [n]
    xs.pop()
    return xs.pop()


@program(call(4))
def clear(n):
    xs = list(range(n))
    ys = xs
    xs.clear()
    return xs, len(ys)


@program(call(2), call(9))
def index(x):
    xs = [5, 2, 7, 2]
    return xs.index(x), xs.index(x, 2), xs.index(x, -3, 4)


@program(call(2), call(0))
def count(x):
    return [2, 1, 2, 3].count(x), [0.0, -0.0, 1.0].count(x)


@program(call([3, 1, 2]), call([2.5, -1.0, 2.5]), call(["b", "a", "B"]), call([]))
def sort(xs):
    xs.sort()
    return xs


@program(call([3, -1, 2]), call(["bb", "a"]))
def sort_with_key_and_reverse(xs):
    ys = xs.copy()
    xs.sort(reverse=True)
    ys.sort(key=lambda x: x * 2, reverse=True)
    return xs, ys


@program(call([1, 2, 3]), call([1]))
def reverse(xs):
    xs.reverse()
    return xs, xs[::-1]


@program(call([1, 2]))
def copy(xs):
    ys = xs.copy()
    zs = xs[:]
    ys.append(3)
    zs[0] = 9
    return xs, ys, zs


@program(call([1, 2, 3, 4, 5]))
def slices(xs):
    return xs[1:3], xs[:-2], xs[::2], xs[::-1], xs[4:1:-1], xs[10:], xs[-2:]


@program(call([1, 2, 3, 4, 5]))
def slice_assignment(xs):
    xs[1:3] = [20, 30, 40, 50]
    xs[:1] = []
    xs[len(xs):] = [7]
    return xs


@program(call([1, 2, 3, 4, 5]))
def extended_slice_assignment(xs):
    xs[::2] = [10, 30, 50]
    return xs


@program(call([1, 2, 3]))
def extended_slice_of_the_wrong_size(xs):
    xs[::2] = [1, 2, 3]
    return xs


@program(call([1, 2, 3, 4, 5]))
def deleting(xs):
    del xs[0]
    del xs[-1]
    del xs[1:2]
    return xs


@program(call([1, 2, 3, 4, 5, 6]))
def deleting_a_stride(xs):
    del xs[::2]
    return xs


@program(call([1, 2], [3]), call([1.5], []))
def concatenate_and_repeat(a, b):
    c = a + b
    c += a
    return c, a * 2, 2 * b, a * 0


@program(call([1, 2, 3], [1, 2, 4]), call([1], [1, 0]), call([2], [1, 5]), call([1], [1]))
def comparisons(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


@program(call([1, 2, 3], 2), call([1, 2, 3], 2.0), call([1, 2, 3], 5))
def containment(xs, x):
    return x in xs, x not in xs


@program(call([1, 2, 3], 3), call([1, 2, 3], -4))
def index_out_of_range(xs, i):
    return xs[i]


@program(call([1, 2, 3], 1), call([1, 2, 3], 5))
def store(xs, i):
    xs[i] += 10
    xs[-1] *= 2
    return xs


@program(call([4, 5]), call([]))
def truth_and_length(xs):
    return len(xs), bool(xs), (1 if xs else 0), not xs


@program(call([1, 2, 3]))
def changed_while_iterated(xs):
    seen = 0
    for x in xs:
        seen += 1
        if x < 6:
            xs.append(x * 3)
    return seen, xs


@program(call([1, 2, 3, 4, 5]))
def removed_while_iterated(xs):
    for x in xs:
        if x % 2:
            xs.remove(x)
    return xs


@program(call([3.0, 0.5]), call([1.0, 2.0, 3.0, 4.0]))
def shrinks_while_iterated_backwards(xs):
    seen = []
    for x in reversed(xs):
        seen.append(x)
        xs.pop()
    return seen, xs


@program(call(3))
def aliasing(n):
    a = [1, 2]
    b = a
    b.append(n)
    a += [7]
    b = b + [8]
    return a, b, a is b


@program(call([1, 2, 3]), call([9]))
def unpacking(xs):
    first, *rest = xs
    return first, rest


@program(call([1, 2]), call([1, 2, 3]))
def unpacking_the_wrong_number(xs):
    a, b = xs
    return a * b


@program(call("abc"))
def made_of_things(s):
    return list(s), list(range(3)), list((1, 2)), list({3: 1, 4: 2}), [*s, "d"]


@program(call(20))
def sieve(n):
    prime = [True] * (n + 1)
    prime[0] = prime[1] = False
    i = 2
    while i * i <= n:
        if prime[i]:
            for j in range(i * i, n + 1, i):
                prime[j] = False
        i += 1
    return [i for i in range(n + 1) if prime[i]]


@program(call([5.0, 2.0, 8.0, 1.0]))
def insertion_sort(xs):
    for i in range(1, len(xs)):
        x = xs[i]
        j = i - 1
        while j >= 0 and xs[j] > x:
            xs[j + 1] = xs[j]
            j -= 1
        xs[j + 1] = x
    return xs


@program(call([3, 1, 2], [9, 8]))
def merge(a, b):
    a.sort()
    b.sort()
    out = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]


@program(call([1, 2, 3]))
def from_and_to_arrays(xs):
    a = np.array(xs)
    b = np.array([1.0, 2.5])
    return a.sum(), b.tolist(), list(a), np.array([xs, xs]).shape


@program(call(3))
def of_mixed_numbers(n):
    xs = [n, 2.5, True]
    return xs[0] + xs[1], len(xs)


@program(call([0.5, float("nan")]))
def with_nan(xs):
    return xs[1] == xs[1], xs == [0.5, 1.0], xs.count(0.5), max(xs), sorted(xs)


@program(call(4))
def pascal(n):
    row = [1]
    rows = [row]
    for _ in range(n):
        row = [1] + [row[i] + row[i + 1] for i in range(len(row) - 1)] + [1]
        rows.append(row)
    return rows


@program(call(3))
def returned_twice(n):
    xs = [n]
    return xs, xs, [xs]


@program(call([1, 2]))
def repr_and_equality(xs):
    return str(xs), xs == [1, 2], xs == (1, 2), xs != [2, 1]

"""Variables, results and items whose type depends on the path that is taken at run time."""

import numpy as np

from tests.corpus import call, program

INTS = np.array([3, -1, 7, 2])
NARROW = np.array([100, 100, 100], np.int8)


@program(call(INTS, True), call(INTS, False))
def element_or_float(a, c):
    x = a[0]
    if c:
        x = 0.5
    return x


@program(call(INTS, True), call(INTS, False))
def what_follows_is_that_of_the_path(a, c):
    x = a[0] if c else 2.5
    y = x // 2
    return y, x / 2, type(x) is float, x + 1


@program(call(NARROW, INTS, 0), call(NARROW, INTS, 1), call(NARROW, INTS, 2))
def three_dtypes(a, b, k):
    if k == 0:
        x = a[0]
    elif k == 1:
        x = b[0]
    else:
        x = 1.5
    return x + 100


@program(call(INTS), call(np.zeros(0, int)), call(np.ones(2, np.float32)))
def largest_from_minus_infinity(a):
    best = -np.inf
    for x in a:
        if x > best:
            best = x
    return best


@program(call(NARROW), call(NARROW[:1]), call(NARROW[:2]))
def first_turn_widens(a):
    s = a[0]
    for i in range(len(a)):
        s = s * a[i] + 1.1
    return s


@program(call(INTS, 2), call(INTS, 9))
def found_or_not(a, x):
    at = -1.0
    for i in range(len(a)):
        if a[i] == x:
            at = np.int32(i)
            break
    return at


@program(call(INTS, 3), call(INTS, 0))
def while_with_two_changes(a, n):
    x = a[1]
    turns = 0
    while turns < n:
        if turns == 1:
            x = x / 2
        turns += 1
    return x, turns


@program(call(INTS, 0), call(INTS, 9), call(np.ones(3), 1))
def in_a_handler(a, i):
    x = 0.25
    try:
        x = a[i]
    except IndexError:
        pass
    return x


@program(call(INTS, 0), call(INTS, 1))
def loop_after_the_paths(a, k):
    scale = a[0] if k else 0.1
    out = []
    for x in a:
        if x < 0:
            continue
        out.append(float(x * scale))
    total = scale * 0
    for x in a:
        total += x * scale
    return total, len(out), out[0]


@program(call(INTS, 0), call(INTS, 1), call(INTS, 2))
def loop_in_a_loop(a, k):
    s = 0
    for i in range(3):
        w = a[i]
        if i == k:
            w = 0.5
        for j in range(2):
            s = s + w * j
    return s


@program(call(INTS), call(INTS[:1]), call(INTS[:0]), call(NARROW))
def smallest_and_largest_from_infinity(a):
    lo, hi = np.inf, -np.inf
    for x in a:
        if x < lo:
            lo = x
        if x > hi:
            hi = x
    return lo, hi


@program(call(INTS.reshape(2, 2)), call(np.zeros((2, 0), int)), call(np.ones((1, 2), np.float32)))
def largest_in_nested_loops(a):
    best = -np.inf
    for row in a:
        for x in row:
            if x > best:
                best = x
    return best


@program(call(True), call(False))
def tuples_of_two_lengths(c):
    t = (1, 2.5) if c else (1, 2j, np.int8(3))
    s = 0
    for i, x in enumerate(t):
        s += x * i
    else:
        s = -s
    return s, len(t)


@program(call(True), call(False))
def tuples_of_two_lengths_within_each_other(c):
    t = (1, 2.5) if c else (np.int8(100), 2, 3, np.float32(1.5))
    out = []
    for x in t:
        for y in t:
            out.append(complex(x * y))
    return out


@program(call(INTS, True), call(INTS, False))
def list_beside_numbers_of_two_types(a, c):
    x = a[0] if c else 0.5
    return x, [1]


def of_two_types(a, c):
    if c:
        return 0.5
    return a[0]


@program(call(INTS, True), call(INTS, False))
def returns_of_two_types(a, c):
    return of_two_types(a, c)


@program(call(INTS, True), call(INTS, False))
def computes_with_a_result_of_two_types(a, c):
    x = of_two_types(a, c)
    y = of_two_types(a, not c)
    return x * 2, y // 2, x + y


@program(call(INTS))
def calls_in_a_loop(a):
    s = 0
    for i in range(4):
        s += of_two_types(a, i % 2 == 0)
    return s


def pair(a, c):
    if c:
        return a[0], 1
    return 0.5, None


@program(call(INTS, True), call(INTS, False))
def unpacks_pairs_of_two_types(a, c):
    x, n = pair(a, c)
    return x + 1, n is None


@program(call(INTS, True), call(INTS, False))
def pairs_of_two_types(a, c):
    return pair(a, c)


@program(call(INTS, 0), call(INTS, 1), call(INTS, 2), call(INTS, 3))
def none_or_two_types(a, k):
    if k == 0:
        return None
    if k == 1:
        return a[0]
    if k == 2:
        return 0.5
    return True


def of_four_types(a, k):
    if k == 0:
        return a[0]
    if k == 1:
        return 0.5
    if k == 2:
        return NARROW[0]
    return None


@program(call(INTS, 0), call(INTS, 1), call(INTS, 2), call(INTS, 3))
def none_as_the_last_type(a, k):
    x = of_four_types(a, k)
    if x is None:
        return -1
    return x * 3


def added(a, b):
    return a[0] + b


def quotient(a, b):
    return 1.0


@program(*[call(INTS, k, c) for k in range(3) for c in (True, False)])
def one_of_three_functions(a, k, c):
    f = (of_two_types, added, quotient)[k]
    return f(a, c) * 2


@program(call(6), call(1), call(2))
def recursion_of_two_types(n):
    if n == 0:
        return np.int64(1)
    if n == 1:
        return 0.5
    return recursion_of_two_types(n - 2)


@program(call(INTS, True), call(INTS, False))
def with_statement_and_paths(a, c):
    x = a[0]
    with np.errstate(all="ignore"):
        if c:
            x = 0.5
    return x


@program(call(INTS, 0.5, True), call(INTS, 0.5, False))
def captured_by_a_closure(a, x, c):
    y = a[0] if c else x

    def twice(z):
        return y * z

    return twice(2)


@program(call((np.arange(3.0), np.ones((3, 6))[:, 0], np.arange(4.0)[::2]), 1), call((np.zeros(2), np.ones(3)), -1))
def array_of_a_tuple_by_position(arrays, i):
    return arrays[i].sum(), len(arrays[i])


@program(call((np.arange(6.0).reshape(2, 3), np.ones((3, 2)).T), 3))
def arrays_of_a_tuple_in_a_loop(arrays, n):
    s = 0.0
    for k in range(n):
        a = arrays[k % 2]
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                s += a[i, j] * k
    return s


@program(call(0), call(-1), call(1), call(5))
def made_arrays_of_a_tuple(i):
    t = (np.zeros(3), np.ones((3, 6))[:, 0], np.ones(5) * 2)
    a = t[i]
    a[0] += 1.0
    return a, t[0][0]


@program(call((np.arange(4.0), np.zeros(2)), 0), call((np.arange(4.0), np.zeros(2)), 1))
def stores_into_an_array_of_a_tuple(arrays, i):
    arrays[i][1] = 9.0
    return arrays


@program(call((np.int64(3), 0.5, np.float32(2)), 0), call((np.int64(3), 0.5, np.float32(2)), 1), call((np.int64(3), 0.5), -3))
def number_of_a_tuple_by_position(t, i):
    return t[i], t[i] * 2


@program(call(("a", "bc"), 1), call(("a", "bc"), 2))
def text_of_a_tuple_by_position(t, i):
    return t[i] + "!"


@program(call(((1, 2), (3, 4)), 1))
def pair_of_a_tuple_by_position(t, i):
    return t[i]


@program(call(np.float32(2), 3), call(2.5, 3), call(np.int16(1), 2), call(True, 1))
def array_of_the_class_of_a_number(p, n):
    T = type(p)
    a = np.empty(n, T)
    a[:] = T(1)
    return a, np.zeros(2, dtype=T), np.ones(3).astype(T)

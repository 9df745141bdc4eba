"""Self and mutual recursion."""

import numpy as np

from tests.corpus import call, jit, program


@program(call(10), call(0), call(20))
def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


@program(call(15))
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


@program(call(2, 3), call(1, 5))
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


@program(call(10), call(7))
def mutual(n):
    return is_even(n), is_odd(n)


@program(call(48, 36), call(17, 5))
def gcd(a, b):
    return a if b == 0 else gcd(b, a % b)


@jit
def quicksort(a, lo, hi):
    if lo < hi:
        pivot = a[hi]
        i = lo
        for j in range(lo, hi):
            if a[j] < pivot:
                a[i], a[j] = a[j], a[i]
                i += 1
        a[i], a[hi] = a[hi], a[i]
        quicksort(a, lo, i - 1)
        quicksort(a, i + 1, hi)


@program(call(np.array([5.0, 2.0, 9.0, 1.0, 5.5, -3.0])))
def sorts_in_place(a):
    quicksort(a, 0, len(a) - 1)
    return a[0], a[-1]


@program(call(3))
def hanoi_moves(n):
    moves = []

    def move(k, a, b, c):
        if k == 0:
            return
        move(k - 1, a, c, b)
        moves.append((a, b))
        move(k - 1, c, b, a)

    move(n, "A", "B", "C")
    return moves


@program(call(4))
def permutations_by_hand(n):
    result = []

    def extend(prefix, rest):
        if not rest:
            result.append(prefix)
            return
        for i in range(len(rest)):
            extend(prefix + (rest[i],), rest[:i] + rest[i + 1 :])

    extend((), (1, 2, 3))
    return len(result), result[-1], n


@program(call([[1, 2], [3], []]))
def sum_of_nested_lists(xs):
    def total(row, i):
        return 0 if i == len(row) else row[i] + total(row, i + 1)

    return [total(row, 0) for row in xs]


def binary(a, x, lo, hi):
    if lo > hi:
        return -1
    mid = (lo + hi) // 2
    if a[mid] == x:
        return mid
    if a[mid] < x:
        return binary(a, x, mid + 1, hi)
    return binary(a, x, lo, mid - 1)


@program(call(np.arange(0, 100, 3), 33), call(np.arange(0, 100, 3), 34))
def binary_search(a, x):
    return binary(a, x, 0, len(a) - 1)


def depth(n):
    return 1 + depth(n + 1)


@program(call(1))
def endless(n):
    return depth(n)


@program(call(3))
def result_type_from_the_base_case(n):
    def power(x, k):
        if k == 0:
            return 1.0
        return x * power(x, k - 1)

    return power(2, n), power(1.5, n)


@jit
def falls(n, at):
    if n == at:
        return 100 // (n - at)
    if n <= 0:
        return 0
    return falls(n - 1, at) + 1


@program(*(call(n, 2) for n in range(2, 12)), call(5, -1))
def raised_at_a_depth(n, at):
    return falls(n, at)


@jit
def branches(n, bad):
    if n < 2:
        if bad[n] < 0:
            raise ValueError(f"bad {n}")
        return n
    return branches(n - 1, bad) + branches(n - 2, bad)


@program(call(9, [0, 0]), call(7, [0, -1]), call(8, [-1, 0]), call(1, [-1, -1]))
def raised_in_one_of_two_branches(n, bad):
    return branches(n, bad)


@jit
def caught_at(n, level):
    if n == 0:
        raise KeyError(n)
    if n == level:
        try:
            return caught_at(n - 1, level)
        except KeyError:
            return 1000
    return caught_at(n - 1, level) + 1


@program(call(6, 3), call(6, 1), call(6, 6), call(6, 9), call(1, 1))
def caught_at_a_level(n, level):
    return caught_at(n, level)


@jit
def spelled(n, names):
    if n == 0:
        return [""]
    out = []
    for rest in spelled(n - 1, names):
        for name in names:
            out.append(rest + name)
    return out


@program(call(4, ["a", "é"]), call(3, []), call(0, ["x"]))
def texts_on_the_way(n, names):
    return spelled(n, names)


@jit
def filled(row, value, depth):
    if depth == 0:
        row[value] += 1.0
        return
    for step in range(3):
        filled(row, value + step, depth - 1)


@program(call(np.zeros(9), 4), call(np.zeros(6), 4), call(np.zeros(3), 0))
def arrays_changed_before_it_raises(row, depth):
    filled(row, 0, depth)
    return row.sum()


@jit
def swapped(n, a, b):
    if n == 0:
        return a - b
    return swapped(n - 1, b, a * 2)


@program(call(0, 1, 2), call(5, 3, 4), call(6, 3, 4), call(200, 3, 4), deviation="big-int")
def exchanged_arguments(n, a, b):
    return swapped(n, a, b)

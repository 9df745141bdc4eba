"""Walrus, starred, chained, augmented and annotated assignment."""

import numpy as np

from tests.corpus import call, program


@program(call(30), call(3))
def walrus_in_a_condition(n):
    if (half := n // 2) > 10:
        return half
    return -half


@program(call(27))
def walrus_in_a_while(n):
    steps = 0
    while (n := n // 2 if n % 2 == 0 else 3 * n + 1) != 1:
        steps += 1
    return steps


@program(call(3))
def walrus_in_a_call(n):
    return max(y := n * 2, 4) + y, (a := 1, b := a + n), a, b


@program(call([3, 12, 5]))
def walrus_in_any(xs):
    if any((found := x) > 10 for x in xs):
        return found
    return -1


@program(call(0), call(1))
def walrus_bound_on_one_path(n):
    if n or (m := 5) > 10:
        return n
    return m


@program(call((1, 2, 3, 4)), call((1, 2)))
def starred_middle(t):
    a, *b, c = t
    return a, b, c


@program(call([1, 2, 3]), call([1]), call([]))
def starred_last(xs):
    a, *rest = xs
    return a, rest


@program(call("abc"))
def starred_of_a_string(s):
    first, *rest = s
    *init, last = s
    return first, rest, init, last


@program(call(range(5)))
def starred_of_a_range(r):
    a, b, *c = r
    return a, b, c


@program(call(3))
def chained(n):
    a = b = c = n + 1
    xs = ys = [a]
    xs.append(b)
    return a, b, c, ys, xs is ys


@program(call([5, 6]))
def chained_with_items(xs):
    i = xs[i] = 0  # noqa: F821
    xs[1] = y = 7
    return i, xs, y


@program(call(2.0))
def augmented(x):
    x += 1
    x -= 0.5
    x *= 4
    x /= 3
    x //= 1
    x **= 2
    x %= 5
    return x


@program(call(13))
def augmented_bits(n):
    n &= 12
    n |= 3
    n ^= 5
    n <<= 3
    n >>= 1
    return n


@program(call(np.arange(4.0)))
def augmented_items_and_slices(a):
    a[0] += 5
    a[1:3] *= 2
    a += 1
    b = a
    b -= 0.5
    return a


@program(call([1, 2, 3]))
def order_of_evaluation(xs):
    i = 0
    i, xs[i] = 2, 9
    xs[i], i = i, 1
    return xs, i


@program(call(3))
def annotated(n):
    x: float = n * 0.5
    y: int
    y = 2
    z: "list[int]" = [y]
    return x, y, z


@program(call(1))
def annotated_without_value(n):
    y: int
    return y + n


@program(call([1, 2, 3, 4]))
def swapping_items(xs):
    xs[0], xs[-1] = xs[-1], xs[0]
    xs[1:3] = xs[2], xs[1]
    return xs


@program(call(((1, 2), [3, 4])))
def nested(t):
    (a, b), [c, d] = t
    [e, f] = c, d
    return a + b + c + d, e, f


@program(call(3))
def type_changes(n):
    x = n
    x = x * 0.5
    x = str(x)
    x = [x]
    return x

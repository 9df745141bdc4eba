"""`while`, `break`, `continue`, `else`, ranges."""

import numpy as np

from tests.corpus import call, program


@program(call(10), call(1))
def while_else(n):
    i = 2
    while i < n:
        if n % i == 0:
            break
        i += 1
    else:
        return "prime", i
    return "composite", i


@program(call(5))
def break_out_of_two(n):
    found = -1
    for i in range(n):
        for j in range(n):
            if i * j == 6:
                found = i * 10 + j
                break
        else:
            continue
        break
    return found


@program(call(10))
def continue_in_while(n):
    s = 0
    while n > 0:
        n -= 1
        if n % 3:
            continue
        s += n
    return s


@program(call(3), call(-3))
def range_forms(n):
    out = []
    for i in range(n):
        out.append(i)
    for i in range(n, 10, 3):
        out.append(i)
    for i in range(5, n, -2):
        out.append(i)
    return out


@program(call(3))
def assigning_the_loop_variable(n):
    seen = []
    for i in range(n):
        seen.append(i)
        i += 10
        seen.append(i)
    return seen, i


@program(call(4))
def bounds_are_evaluated_once(n):
    count = 0
    for _ in range(n):
        n -= 1
        count += 1
    return count, n


@program(call(6))
def return_from_a_nested_loop(n):
    for i in range(n):
        while True:
            i += 1
            if i % 4 == 0:
                return i
            if i > n:
                break
    return -1


@program(call(0), call(3))
def loop_of_no_turns_with_else(n):
    for i in range(n):
        x = i
    else:
        x = -1
    return x


@program(call(27))
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@program(call(True), call(False))
def while_true(stop):
    n = 0
    while True:
        n += 1
        if stop and n > 2 or n > 5:
            break
    return n


@program(call(np.array([3, 1, 2])))
def bubble_sort(a):
    swapped = True
    while swapped:
        swapped = False
        for i in range(len(a) - 1):
            if a[i] > a[i + 1]:
                a[i], a[i + 1] = a[i + 1], a[i]
                swapped = True
    return a


@program(call(3))
def pass_and_docstring(n):
    """A docstring."""
    for _ in range(n):
        pass
    if n:
        ...
    "a string as a statement"
    return n


@program(call(9223372036854775807))
def range_near_the_limit(n):
    out = []
    for i in range(n - 2, n):
        out.append(i)
    return out

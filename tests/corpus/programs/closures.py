"""Functions that capture variables, escape, are returned and called."""

import numpy as np

from tests.corpus import call, program


@program(call(3, 4))
def captures_a_parameter(a, b):
    def add(x):
        return x + a

    return add(b) + add(1)


@program(call(5), after=lambda f: (f(1), f(2)))
def returned(n):
    def times(x):
        return x * n

    return times


@program(call(3))
def late_binding(n):
    def get():
        return k

    k = 1
    first = get()
    k = 2
    return first, get(), n


@program(call(4))
def nonlocal_counter(n):
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    for _ in range(n):
        step()
    return count, step()


@program(call(10.0), after=lambda f: (f(1.0), f(2.5), f(-0.5)))
def returned_accumulator(start):
    total = start

    def add(x):
        nonlocal total
        total += x
        return total

    return add


@program(call(3), after=lambda pair: (pair[0](), pair[0](), pair[1](), pair[0]()))
def two_functions_share_a_variable(n):
    def up():
        nonlocal n
        n += 1
        return n

    def down():
        nonlocal n
        n -= 10
        return n

    return up, down


@program(call(np.arange(4.0)))
def captures_an_array(a):
    def scale(k):
        for i in range(len(a)):
            a[i] *= k

    scale(2.0)
    scale(0.5)
    scale(3.0)
    return a.sum()


@program(call(2))
def three_levels(n):
    def outer(a):
        def inner(b):
            return a * 10 + b + n

        return inner(a + 1)

    return outer(3) + outer(n)


@program(call(3))
def in_a_loop_sees_the_last_value(n):
    fs = []
    for i in range(n):
        fs.append(lambda: i)
    return [f() for f in fs]


@program(call(3))
def default_freezes_the_value(n):
    fs = []
    for i in range(n):
        fs.append(lambda i=i: i * i)
    return [f() for f in fs]


@program(call(2.0, 3.0))
def composed(a, b):
    def compose(f, g):
        return lambda x: f(g(x))

    add = lambda x: x + a  # noqa: E731
    mul = lambda x: x * b  # noqa: E731
    return compose(add, mul)(1.0), compose(mul, add)(1.0)


@program(call(5))
def recursive_inner_function(n):
    def fib(k):
        return k if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n) + fib(n + 1)


@program(call(1), call(0))
def chosen_by_a_condition(n):
    if n:
        def f(x):
            return x + 100
    else:
        def f(x):
            return x - 100

    return f(5)


@program(call(4))
def free_variable_not_yet_assigned(n):
    def f():
        return later

    if n > 10:
        later = 1
    return f()


@program(call(3, 5))
def kept_in_a_tuple(a, b):
    fs = (lambda x: x + a, lambda x: x * b)
    return fs[0](10), fs[1](10), sum(f(1) for f in fs)


def make(order):
    def poly(x):
        r = 0.0
        for k in range(order, -1, -1):
            r = r * x + k
        return r

    return poly


@program(call(3, 0.5))
def made_by_another_function(order, x):
    p, q = make(order), make(order + 1)
    return p(x) - q(x)


@program(call([1, 2, 3]))
def captures_a_list(xs):
    def push(v):
        xs.append(v)

    push(4)
    push(len(xs))
    return xs


@program(call(0), call(3))
def tested_shared_variable(n):
    x = 1
    if x:
        assert n > 0

    def later():
        return x

    x = n + 1
    return later()

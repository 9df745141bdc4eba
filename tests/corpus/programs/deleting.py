"""`del` of names and items, and variables that are unbound."""

import numpy as np

from tests.corpus import call, program


@program(call(3))
def name(n):
    x = n * 2
    y = x
    del x
    return y


@program(call(3))
def use_after_del(n):
    x = n
    del x
    return x


@program(call(1), call(0))
def del_on_one_path(n):
    x = 5
    if n:
        del x
    return x


@program(call(0), call(1))
def del_of_an_unbound_name(n):
    if n:
        x = 1
    del x
    return n


@program(call(2))
def bound_again(n):
    x = n
    del x
    x = 2.5
    return x


@program(call([1, 2, 3, 4]))
def items_of_a_list(xs):
    del xs[0], xs[-1]
    return xs


@program(call({"a": 1, "b": 2}))
def item_of_a_dict(d):
    del d["a"]
    return d


@program(call([1, 2]))
def item_out_of_range(xs):
    del xs[5]
    return xs


@program(call(3))
def in_a_loop(n):
    total = 0
    for i in range(n):
        t = i * 2
        total += t
        del t
    return total


@program(call(0), call(3))
def unbound_after_a_loop(n):
    for i in range(n):
        last = i * 10
    return last


@program(call(0), call(2))
def unbound_loop_variable(n):
    for i in range(n):
        pass
    return i


@program(call(1), call(-1))
def unbound_after_if(n):
    if n > 0:
        sign = 1
    return sign


@program(call(2), call(0))
def unbound_in_a_while(n):
    while n > 0:
        k = n
        n -= 1
    return k + n


@program(call(3))
def read_before_assignment(n):
    y = x + n  # noqa: F821
    x = 1
    return y + x


@program(call(3), call(0))
def unbound_augmented(n):
    for i in range(n):
        total = 10
    total += 1
    return total


@program(call(1), call(0))
def unbound_array(n):
    if n:
        a = np.zeros(3)
    a[0] = 1.0
    return a


@program(call(1), call(0))
def unbound_list(n):
    if n:
        xs = [1]
    xs.append(2)
    return xs


@program(call(1), call(0))
def unbound_free_variable(n):
    if n:
        k = 5

    def f():
        return k

    return f()

"""`print`."""

import numpy as np

from tests.corpus import call, program


@program(call(3, 2.5), call(-1, 1e100))
def numbers(n, x):
    print(n, x)
    print(n + x, True, None)


@program(call("héllo"))
def text(s):
    print(s, "a", s + "!")
    print()
    print("")


@program(call(1))
def separators(n):
    print(n, n + 1, sep=", ")
    print(n, end="")
    print("x", "y", sep="", end="!\n")


@program(call(3))
def in_a_loop(n):
    for i in range(n):
        print("step", i, "of", n)
    return n


@program(call((1, 2.5)), call((1, ("a", None))))
def tuples(t):
    print(t, len(t))


@program(call([1, 2], {"a": 1.5}))
def containers(xs, d):
    print(xs, d, {n for n in xs})


@program(call(2))
def formatted(n):
    print(f"{n:05.2f}|{n!r:>4}")
    print("%d items" % n)


@program(call(0))
def before_an_exception(n):
    print("before", n)
    return 1 // n


@program(call(np.float32(1.5)), call(np.int64(3)), call(1j))
def scalars(x):
    print(x, x + 1)


@program(call(np.array([1.0, 2.5])), call(np.arange(6).reshape(2, 3)))
def arrays(a):
    print(a)
    print(a.shape, a.sum())


@program(call([1, 2]))
def starred(xs):
    print(*xs, sep="-")


@program(call(2))
def in_a_helper(n):
    def show(x):
        print("x =", x)

    show(n)
    show(n * 0.5)

"""Functions within functions: defaults, nonlocal over levels, names."""

from tests.corpus import call, program


@program(call(3))
def defaults_are_evaluated_once(n):
    k = n

    def f(x, y=k):
        return x + y

    k = 100
    return f(1), f(1, 2), k


@program(call(2))
def nonlocal_through_two_levels(n):
    x = n

    def outer():
        def inner():
            nonlocal x
            x *= 10

        inner()
        return x

    return outer(), x


@program(call(3))
def shadowing(n):
    def f(n):
        n += 1
        return n

    return f(10), n


@program(call(4))
def defined_in_a_loop(n):
    total = 0
    for i in range(n):
        def g(x):
            return x * i

        total += g(10)
    return total


@program(call(7), call(10))
def mutually_recursive(n):
    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)

    return even(n), odd(n)


@program(call(5))
def used_before_its_definition(n):
    if n > 3:
        r = helper(n)  # noqa: F821
    def helper(x):
        return x
    return r


@program(call(2))
def annotated(n: int) -> float:
    def f(x: float, y: "int" = 2) -> float:
        z: float = x * y
        return z

    return f(n + 0.5)


@program(call(3))
def called_with_different_types(n):
    def double(x):
        return x + x

    return double(n), double(1.5), double(True)


@program(call(3))
def generic_over_arrays_and_strings(n):
    def twice(x):
        return x + x

    return twice("ab"), twice((1, 2)), twice(n)


@program(call(6))
def name_and_doc(n):
    def f():
        """Doc."""

    f()
    return n


@program(call(1))
def nonlocal_and_exception(n):
    steps = 0

    def work():
        nonlocal steps
        steps += 1
        raise ValueError("stop")

    try:
        work()
    except ValueError:
        return steps + n

"""`raise` and `assert`, classes of the user, texts and arguments."""

import numpy as np

from tests.corpus import call, program


class Unstable(Exception):
    pass


class Diverged(Unstable):
    """With a constructor of its own."""

    def __init__(self, step, residual):
        super().__init__(f"diverged in step {step}")
        self.step = step
        self.residual = residual


class Parsing(ValueError):
    pass


@program(call(1), call(-1))
def class_of_the_user(x):
    if x < 0:
        raise Unstable("x is negative")
    return x


@program(call(3, 0.5))
def constructor_of_the_user(step, r):
    if r > 0.1:
        raise Diverged(step, r)
    return r


@program(call(1), call(0))
def caught_by_its_base(x):
    try:
        if x:
            raise Diverged(1, 2.0)
        raise Unstable("plain")
    except Diverged:
        return "diverged"
    except Unstable:
        return "unstable"


@program(call(-3))
def subclass_of_a_builtin(n):
    try:
        raise Parsing("bad", n)
    except ValueError as e:
        return len(e.args)


@program(call(7))
def formatted_text(n):
    raise ValueError(f"n={n:03d} of {n / 2}")


@program(call(7))
def class_without_arguments(n):
    raise KeyError


@program(call("mass"))
def key_error_shows_the_repr(name):
    raise KeyError(name)


@program(call(3), call(-3))
def assertion(n):
    assert n > 0
    return n


@program(call(3), call(-3))
def assertion_with_a_message(n):
    assert n > 0, f"n is {n}"
    return n


@program(call(3), call(-3))
def assertion_with_a_number(n):
    assert n > 0, n
    return n


@program(call(np.zeros((2, 3))), call(np.zeros(3)))
def shape_check(a):
    if a.ndim != 2:
        raise ValueError("expected 2 dimensions, got " + str(a.ndim))
    return a.shape[1]


@program(call(5))
def not_implemented(n):
    raise NotImplementedError("later")


@program(call(0), call(1), call(2))
def which_class(n):
    errors = (ValueError, TypeError, RuntimeError)
    raise errors[n]("chosen")


@program(call(2))
def stop_iteration_by_hand(n):
    it = iter((1, 2))
    a = next(it)
    b = next(it)
    c = next(it)
    return a + b + c + n


@program(call(3.0))
def operators_on_wrong_types(x):
    return x + "1"


@program(call(3), call(0), call(-2))
def made_first_and_raised_later(n):
    error = ValueError(f"bad {n}", n)
    if n > 0:
        raise error
    other = KeyError("key") if n else IndexError("index")
    return str(error), repr(error), f"{other}", isinstance(other, LookupError)


@program(call(1), call(0))
def raised_in_a_handler(n):
    kept = TypeError("kept")
    try:
        raise ValueError(n)
    except ValueError as e:
        if n:
            raise kept
        raise RuntimeError("from") from kept


def made(n):
    return ValueError("made", n)


@program(call(5))
def made_elsewhere(n):
    error = made(n)
    try:
        raise error
    except ValueError as e:
        text = str(e)
    try:
        raise error from KeyError(n)
    except ValueError as e:
        return text, repr(e)


@program(call([1, -1, 2, -3]), call([]), call([1]))
def first_and_last_error(xs):
    last = None
    for x in xs:
        if x < 0:
            last = ValueError(x)
    if last is not None:
        raise last
    return len(xs)


@program(call(4))
def made_and_dropped(n):
    for i in range(n):
        error = ValueError(str(i) * 3)
    return n

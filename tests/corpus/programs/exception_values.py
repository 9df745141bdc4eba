"""A caught exception as a value: its class, texts, arguments, notes and what it came from."""

import numpy as np

from tests.corpus import call, jit, program


class Base(Exception):
    pass


class Derived(Base):
    pass


class Coded(Exception):
    def __init__(self, code, where="here"):
        super().__init__(code, where)
        self.code = code

    def __str__(self):
        return f"code {self.code}"


class Marked(ValueError):
    def __str__(self):
        return "marked: " + super().__str__()


def failing(n):
    if n == 0:
        raise ValueError("bad", 1)
    if n == 1:
        raise KeyError("key")
    if n == 2:
        raise KeyError(3)
    if n == 3:
        raise Base
    if n == 4:
        raise Derived("d")
    if n == 5:
        raise Coded(7)
    if n == 6:
        raise Marked("q")
    if n == 7:
        return 1 // (n - 7)
    if n == 8:
        raise ValueError(("a", 1), None, 2j, b"raw")
    if n == 9:
        raise OSError(2, "none such")
    if n == 10:
        raise ValueError("ünïcode " + chr(0xD800) + " {0}")
    if n == 11:
        raise ValueError("")
    return n


CALLS = [call(n) for n in range(13)]


@program(*CALLS)
def name_of_its_class(n):
    try:
        return failing(n), "", ""
    except Exception as e:
        return 0, type(e).__name__, e.__class__.__qualname__


@program(*CALLS)
def its_class_exactly(n):
    try:
        return failing(n)
    except Exception as e:
        if type(e) is ValueError:
            return -1
        if type(e) == Base:
            return -2
        if type(e) in (KeyError, Derived):
            return -3
        cls = e.__class__
        if cls is not ZeroDivisionError and cls != Coded:
            return -4
        return -5


@program(*CALLS)
def its_texts(n):
    try:
        return failing(n), "", ""
    except Exception as e:
        return 0, str(e), repr(e)


@program(*CALLS)
def in_a_message(n):
    try:
        return failing(n), ""
    except Exception as e:
        return 0, f"{type(e).__name__}: {e} or {e!r} of {len(e.args)} {e.args}"


@program(*CALLS)
def printed(n):
    try:
        return failing(n)
    except Exception as e:
        print("failed:", e, repr(e), type(e).__name__, repr(e.args))
        return -1


@program(*CALLS)
def number_of_arguments(n):
    try:
        return failing(n), True
    except Exception as e:
        if not e.args:
            return 0, False
        return len(e.args), True


@program(*CALLS)
def with_notes(n):
    try:
        return failing(n)
    except Exception as e:
        e.add_note(f"while computing {n}")
        e.add_note("ünïcode " + chr(0xD800))
        raise


@program(*CALLS)
def where_it_came_from(n):
    try:
        try:
            failing(n)
        except KeyError as e:
            raise Base("outer") from e
        except ValueError:
            raise Derived("other")
    except Exception as e:
        if e.__cause__ is None:
            if e.__context__ is None:
                return 1
            return 2 if isinstance(e.__context__, Marked) else 3
        return 4 if isinstance(e.__cause__, (KeyError, OSError)) else 5
    return 6


@program(call(2), call(0))
def raised_from_its_cause(n):
    try:
        try:
            raise KeyError(n)
        except KeyError as e:
            raise ValueError("outer") from e
    except ValueError as e:
        cause = e.__cause__
        if cause is not None and n:
            raise cause
        return repr(cause) if cause is not None else ""


@program(call(3))
def tuple_as_an_argument(n):
    raise ValueError(("shape", n, (2.5, None)), n)


@program(call(np.array([0.1, 2.5])))
def numbers_of_numpy_as_arguments(a):
    raise ValueError(a[0], a.astype(np.float32)[1], (a[1], 3))


@program(call(3))
def starred_arguments(n):
    args = ("several", n, 2.5)
    raise ValueError(*args)


@program(call(3, 4.5, "x"), call(1))
def starred_parameters(n, *rest):
    raise Base("first", *rest, n)


@program(call(3), call(0))
def kept_with_a_tuple(n):
    error = KeyError((n, "k"))
    if n:
        raise error
    return repr(error)


@program(call(5))
def the_last_of_many(n):
    last = None
    for i in range(n):
        try:
            failing(i)
        except Exception as e:
            last = e
    if last is not None:
        last.add_note("the last one")
        raise last
    return n


@program(call(1), call(12))
def the_same_exception(n):
    try:
        failing(n)
    except Exception as e:
        kept = e
        return kept is e
    return False


@jit
def described(n):
    try:
        failing(n)
    except (ValueError, KeyError) as e:
        return type(e).__name__ + "/" + str(e)
    return "fine"


@program(*[call(n) for n in (0, 1, 2, 6, 12)])
def in_a_helper(n):
    return described(n)

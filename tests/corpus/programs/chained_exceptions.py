"""`raise from`, `__cause__`, `__context__`, re-raising within handlers."""

from tests.corpus import call, program


@program(call(0), call(2))
def from_a_caught_one(n):
    try:
        return 1 // n
    except ZeroDivisionError as e:
        raise ValueError("no inverse") from e


@program(call(0))
def from_none(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        raise ValueError("no inverse") from None


@program(call(0))
def context_is_kept(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        raise KeyError(n)


@program(call(1))
def three_deep(n):
    try:
        try:
            raise ValueError("first")
        except ValueError:
            raise TypeError("second")
    except TypeError:
        raise RuntimeError("third", n)


@program(call(1))
def raise_in_finally(n):
    try:
        raise ValueError("lost")
    finally:
        if n:
            raise KeyError("kept")


@program(call(3))
def from_a_new_one(n):
    raise ValueError("outer") from IndexError("inner")


def fails(n):
    raise IndexError(f"at {n}")


def translates(n):
    try:
        fails(n)
    except IndexError as e:
        raise ValueError("translated") from e


@program(call(4))
def across_functions(n):
    translates(n)


@program(call(0), call(1))
def reraise_keeps_the_cause(n):
    try:
        try:
            1 // n
        except ZeroDivisionError as e:
            raise ValueError("cause") from e
    except ValueError:
        n += 1
        raise


@program(call(1))
def raise_the_caught_name_again(n):
    try:
        raise ValueError("again", n)
    except ValueError as e:
        raise e


@program(call(0))
def handled_one_leaves_no_context(n):
    try:
        1 // n
    except ZeroDivisionError:
        pass
    raise ValueError("free")

"""Exceptions that are made before they are raised, kept, and given as causes."""

import pytest

from tests.python.harness import check


class Refused(ValueError):
    pass


def raised_later(n):
    error = ValueError(f"bad {n}", n, 2.5)
    n = n * 2
    if n > 0:
        raise error
    return n


def of_the_user(n):
    error = Refused("refused", n)
    try:
        raise error
    except ValueError as e:
        text = str(e)
    if n:
        raise error
    return text


def texts(n):
    a, b, c = ValueError(), KeyError("k"), Refused("x", n)
    return str(a), repr(a), str(b), repr(b), f"{c}", f"{c!r}", isinstance(b, (OSError, LookupError))


def cause_without_a_traceback(n):
    raise ValueError("outer") from IndexError(f"inner {n}")


def cause_made_before(n):
    cause = KeyError(n)
    error = ValueError("outer")
    raise error from cause


def in_a_handler(n):
    kept = TypeError("kept")
    try:
        raise ValueError(n)
    except ValueError:
        raise kept


def raised_twice(n):
    error = ValueError(n)
    try:
        raise error
    except ValueError:
        pass
    raise error


def raised_as_its_own_cause(n):
    error = ValueError(n)
    try:
        raise error
    except ValueError as e:
        raise error from e


def made(n):
    return OverflowError(f"made {n}")


def made_elsewhere(n):
    error = made(n)
    raise error


def chosen(n):
    error = ValueError("v") if n > 0 else KeyError("k")
    raise error


def kept_if_any(n):
    last = None
    for i in range(n):
        if i % 2:
            last = IndexError(i)
    if last is not None:
        raise last
    return n


def dropped(n):
    for i in range(n):
        error = ValueError(f"{i}" * 3, i)
    text = str(error)
    error = None
    return text


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize(
    "function",
    [
        raised_later, of_the_user, texts, cause_without_a_traceback, cause_made_before,
        in_a_handler, raised_twice, raised_as_its_own_cause, made_elsewhere, chosen, kept_if_any,
    ],
)  # fmt: skip
def test_made_before(function, n):
    check(function, n)


def test_none_is_left():
    check(dropped, 5)
    check(dropped, 1)

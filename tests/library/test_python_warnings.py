"""`warnings.warn` in compiled code: class, text, file and line are those of the call."""

import warnings

import pytest
from cumbia import jit

from tests.python.harness import refused


def plainly(n):
    warnings.warn("as it is")
    return n


def of_a_class(n):
    warnings.warn("old", DeprecationWarning)
    warnings.warn("odd", category=RuntimeWarning)
    return n


def made_when_running(n):
    for i in range(n):
        warnings.warn(f"number {i} \u20ac and a quote '\\", FutureWarning)
    return n


def inner(n):
    if n > 2:
        warnings.warn("large " + str(n))
    return n


def through_another(n):
    return inner(n) + inner(n + 1)


def then_raises(n):
    warnings.warn("before")
    return n // (n - n)


def caught(function, n, action):
    """What is issued, and what comes of it."""
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter(action)
        try:
            value = function(n)
        except (Warning, ZeroDivisionError) as error:
            value = type(error), str(error)
    return value, [(w.category, str(w.message), w.filename, w.lineno) for w in issued]


@pytest.mark.parametrize("action", ["always", "default", "ignore", "error", "once"])
@pytest.mark.parametrize("function", [plainly, of_a_class, made_when_running, through_another, then_raises])
def test_as_python_does(function, action):
    outcomes = []
    for kind in (function, jit(function)):
        globals().pop("__warningregistry__", None)
        outcomes.append(caught(kind, 3, action))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] or action in ("ignore", "error")


class Own(UserWarning):
    pass


def levels(n):
    warnings.warn("x", stacklevel=2)
    return n


def own(n):
    warnings.warn("x", Own)
    return n


def filters(n):
    warnings.simplefilter("ignore")
    return n


@pytest.mark.parametrize("function, code", [(levels, "CB0506"), (own, "CB0506"), (filters, "CB0404")])
def test_refused(function, code):
    refused(function, 1, _code=code)

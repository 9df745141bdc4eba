"""Names that mean nothing when the function is compiled.

Python notices where the name is used: what isn't reached doesn't matter, and what is
defined meanwhile is found.
"""

import builtins
import math
import types

import pytest

from cumbia import jit
from tests.python.harness import check, define

MODULE = types.ModuleType("some_module")


def not_reached(n):
    if n > 3:
        return nothing_of_that_name  # noqa: F821
    return n


def called(n):
    total = 0
    for i in range(n):
        total += no_such_function(i, total)  # noqa: F821
    return total


def caught(n):
    try:
        value = nowhere  # noqa: F821
    except NameError as e:
        return str(e)
    return str(value)


def not_caught(n):
    try:
        return str(nowhere)  # noqa: F821
    except ZeroDivisionError:
        return ""


def unknown_class(n):
    try:
        return 10 // n
    except NoSuchError:  # noqa: F821
        return 0


def unknown_among_classes(n):
    try:
        try:
            return 10 // n
        except (KeyError, NoSuchError):  # noqa: F821
            return 0
    except NameError:
        return -1


def raises_unknown(n):
    raise NoSuchError(n)  # noqa: F821


def in_a_generator(n):
    return sum(x + nowhere for x in range(n))  # noqa: F821


def in_a_nested_function(n):
    def inner(k):
        return k + nowhere  # noqa: F821

    return inner(n) if n > 2 else n


def of_a_module(n):
    if n == 1:
        return MODULE.missing + n
    return n


def of_a_known_module(n):
    import_error = builtins.no_such_builtin if n else n
    return import_error


def unbound_free(n):
    def inner():
        return later

    if n:
        inner()
    later = n
    return inner()


@pytest.mark.parametrize("n", [0, 1, 5])
@pytest.mark.parametrize(
    "function",
    [
        not_reached, called, caught, not_caught, unknown_class, unknown_among_classes,
        raises_unknown, in_a_generator, in_a_nested_function, of_a_module, of_a_known_module,
        unbound_free,
    ],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_outcome(function, n):
    check(function, n)


def test_what_is_defined_later_is_found():
    f = define("""
    def f(x):
        return x + later
    """)
    compiled = jit(f)
    for _ in range(2):
        with pytest.raises(NameError, match="^name 'later' is not defined$"):
            compiled(2)
        f.__globals__["later"] = 5
        assert compiled(2) == 7
        f.__globals__["later"] = 1.5
        assert compiled(2) == 3.5
        del f.__globals__["later"]


def test_a_builtin_that_is_added(monkeypatch):
    f = define("""
    def f(x):
        return x + added_to_builtins
    """)
    compiled = jit(f)
    with pytest.raises(NameError):
        compiled(2)
    monkeypatch.setattr(builtins, "added_to_builtins", 40, raising=False)
    assert compiled(2) == 42
    monkeypatch.undo()
    with pytest.raises(NameError):
        compiled(2)


def test_an_attribute_that_is_added(monkeypatch):
    compiled = jit(of_a_module)
    with pytest.raises(AttributeError, match="^module 'some_module' has no attribute 'missing'$"):
        compiled(1)
    monkeypatch.setattr(MODULE, "missing", 7, raising=False)
    assert compiled(1) == 8


def test_what_is_missing_is_the_exceptions_name():
    from tests.python.harness import native

    def unknown(n):
        return n + no_such_name  # noqa: F821

    def unknown_in_module(n):
        return n + math.no_such_attribute

    def raised(n):
        raise NameError("name 'n' is not defined")

    def caught(n):
        try:
            return n + no_such_name  # noqa: F821
        except NameError:
            return -n

    for func, args in [(unknown, (1,)), (unknown_in_module, (1,)), (raised, (1,))]:
        names = []
        for run in (func, native(func)):
            with pytest.raises((NameError, AttributeError)) as error:
                run(*args)
            names.append((type(error.value), str(error.value), error.value.name))
        assert names[0] == names[1]
    assert native(caught)(3) == -3

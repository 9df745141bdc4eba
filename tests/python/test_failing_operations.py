"""Operations that fail for all values of their types.

They raise where they are reached, with CPython's text; where each call comes to them they
are refused. Values of all plain classes go through all operations here, so that the texts
are those of CPython in every combination.
"""

import math

import numpy as np
import pytest

from tests.python.harness import check, refused

VALUES = [None, True, 3, 1.5, 1j, "q", b"a", (1, 2), [1, 2], {1: 2}, {1}, frozenset({1}), range(3)]
NUMPY = [np.float64(1.5), np.int64(2), np.arange(3), np.array(1.0)]


def adds(x, y):
    try:
        z = x + y
    except TypeError as e:
        return str(e)
    return ""


def adds_in_place(x, y):
    try:
        x += y
    except TypeError as e:
        return str(e)
    return ""


def subtracts(x, y):
    try:
        z = x - y
    except TypeError as e:
        return str(e)
    return ""


def times(x, y):
    try:
        z = x * y
    except TypeError as e:
        return str(e)
    return ""


def to_the_power_in_place(x, y):
    try:
        x **= y
    except TypeError as e:
        return str(e)
    return ""


def matrix_product(x, y):
    try:
        z = x @ y
    except TypeError as e:
        return str(e)
    return ""


def less(x, y):
    try:
        z = x < y
    except TypeError as e:
        return str(e)
    return ""


def contains(x, y):
    try:
        z = y in x
    except TypeError as e:
        return str(e)
    return ""


def item(x, y):
    try:
        z = x[y]
    except TypeError as e:
        return str(e)
    except (KeyError, IndexError):
        return "no such item"
    return ""


TWO = [
    adds, adds_in_place, subtracts, times, to_the_power_in_place, matrix_product, less, contains,
    item,
]  # fmt: skip



@pytest.mark.parametrize("right", VALUES, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("left", VALUES, ids=lambda v: type(v).__name__)
def test_two_operands(left, right):
    raised = 0
    for function in TWO:
        expected = function(*map(copied, (left, right)))
        if expected in ("", "no such item"):
            continue
        check(function, left, right)
        raised += 1
    assert raised or type(left) is type(right) or isinstance(left, (bool, int))


def copied(value):
    return type(value)(value) if isinstance(value, (list, dict, set)) else value


def negates(x):
    try:
        y = -x
    except TypeError as e:
        return str(e)
    return ""


def inverts(x):
    try:
        y = ~x
    except TypeError as e:
        return str(e)
    return ""


def goes_over(x):
    count = 0
    try:
        for _ in x:
            count += 1
    except TypeError as e:
        return str(e)
    return str(count)


def attribute(x):
    try:
        y = x.no_such_attribute
    except AttributeError as e:
        return str(e)
    return ""


def stores_an_attribute(x):
    try:
        x.no_such_attribute = 1
    except AttributeError as e:
        return str(e)
    return ""


def called(x):
    try:
        y = x()
    except TypeError as e:
        return str(e)
    return ""


def length(x):
    try:
        y = len(x)
    except TypeError as e:
        return str(e)
    return ""


def root(x):
    try:
        y = math.sqrt(x)
    except TypeError as e:
        return str(e)
    return ""


def magnitude(x):
    try:
        y = abs(x)
    except TypeError as e:
        return str(e)
    return ""


def to_int(x):
    try:
        y = int(x)
    except TypeError as e:
        return str(e)
    except ValueError:
        return "no number"
    return ""


def to_float(x):
    try:
        y = float(x)
    except TypeError as e:
        return str(e)
    except ValueError:
        return "no number"
    return ""


def counted(x):
    n = 0
    try:
        for i in range(x):
            n += 1
    except TypeError as e:
        return str(e)
    return ""


def stores(x):
    try:
        x["a"] = 1
    except TypeError as e:
        return str(e)
    return ""


def three_parts(x):
    try:
        a, b, c = x
    except (TypeError, ValueError) as e:
        return str(e)
    return ""


def by_text(x):
    try:
        y = x["a"]
    except (TypeError, IndexError) as e:
        return str(e)
    return ""


ONE = [
    negates, inverts, goes_over, attribute, stores_an_attribute, called, length, root, magnitude,
    to_int, to_float, counted, stores, three_parts,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("function", ONE, ids=lambda f: f.__name__)
def test_one_operand(function, value):
    if function(copied(value)) in ("", "no number"):
        pytest.skip("nothing is raised")
    check(function, value)


@pytest.mark.parametrize("value", NUMPY, ids=lambda v: f"{type(v).__name__}{np.ndim(v)}")
@pytest.mark.parametrize("function", [goes_over, attribute, called], ids=lambda f: f.__name__)
def test_of_numpy(function, value):
    check(function, value)


def test_items_of_arrays_by_text():
    check(by_text, np.arange(3))
    check(by_text, np.zeros((2, 2)))


def added_if(x, flag):
    if flag:
        return x + "s"
    return x * 2


def added_in_a_loop(xs):
    total = 0
    for x in xs:
        total += x + "s"
    return total


def length_of(x):
    return len(x)


def in_a_called_function(x):
    try:
        return length_of(x)
    except TypeError:
        return -1


def uncaught_in_a_called_function(x):
    return length_of(x) + 1


def other_class_caught(x):
    try:
        return len(x)
    except ValueError:
        return -1


def of_what_may_be_none(s, n):
    t = s if n == 0 else None
    try:
        return str(t + 5)
    except TypeError as e:
        return str(e)


def left_behind(n):
    caught = 0
    for i in range(n):
        try:
            x = [i, i + 1] + i
        except TypeError:
            caught += 1
    return caught


def at_first_none(n):
    x = None
    for i in range(n):
        if i > 2:
            x = x + 1
        else:
            x = i
    return x


def finally_runs(xs):
    try:
        for x in xs:
            x.append(1)
    finally:
        xs[0] = -1
    return len(xs)


def by_class(x):
    if isinstance(x, str):
        return x.upper() + "!"
    if isinstance(x, list):
        return str(len(x))
    return str(x + 1)


def generated(xs):
    def each():
        for x in xs:
            yield x["a"]

    try:
        return str(sum(each()))
    except TypeError as e:
        return str(e)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (added_if, (1, False)),
        (added_if, (1, True)),
        (added_in_a_loop, ([],)),
        (added_in_a_loop, ([1, 2],)),
        (in_a_called_function, (3,)),
        (uncaught_in_a_called_function, (3,)),
        (other_class_caught, (3,)),
        (of_what_may_be_none, ("a", 0)),
        (of_what_may_be_none, ("a", 1)),
        (left_behind, (5,)),
        *((at_first_none, (n,)) for n in range(6)),
        (finally_runs, ([1, 2],)),
        (by_class, ("a",)),
        (by_class, ([1, 2],)),
        (by_class, (2,)),
        (generated, ([1, 2],)),
    ],
)
def test_outcome(function, args):
    check(function, *args)


def always(x):
    y = x * 2
    return y + "s"


def test_what_each_call_comes_to_is_refused():
    error = refused(always, 3, _code="CB0303")
    text = str(error)
    assert "unsupported operand type(s) for +: 'int' and 'str'" in text and "'y' is int" in text
    assert "Python raises TypeError here as well" in text


def of_text(s):
    try:
        return math.sin(s)
    except TypeError as e:
        return str(e)


def test_text_is_no_number_to_math():
    check(of_text, "0.5")


def item_of_number(x, y):
    try:
        z = x[y]
    except IndexError as e:
        return str(e)
    return ""


@pytest.mark.parametrize("at", [0, -1, 1.5, "q", slice(1)], ids=str)
@pytest.mark.parametrize("number", [np.float64(1.5), np.int8(2), np.complex64(1j)], ids=repr)
def test_items_of_numpys_numbers(number, at):
    check(item_of_number, number, at)


def test_a_number_of_an_array_is_no_row():
    def trace(a):
        total = 0.0
        for i in range(len(a)):
            total += a[i][i]
        return total

    check(trace, np.arange(4.0))
    check(trace, np.ones((2, 2)))

"""None and values that may be None: narrowing, results, errors; isinstance, type, is."""

import numbers

import numpy as np
import pytest
from harness import Cases, check, define, native, refused

case = Cases()


@case((3,), (-3,), (0,))
def one_branch_returns(n):
    if n > 0:
        return n


@case((3,), (-3,))
def joined_variable(n):
    x = None
    if n > 0:
        x = n * 0.5
    return x


@case((np.array([1.0, 5.0, 2.0]), 4.0), (np.array([1.0, 2.0]), 9.0))
def search(a, limit):
    best = None
    for v in a:
        if best is None or v > best:
            best = v
    if best is not None and best > limit:
        return best
    return None


@case((5, None), (5, 2))
def argument_default(n, step):
    if step is None:
        step = 3
    return n * step


@case((True, 4), (False, 4))
def is_none_value(p, n):
    x = n if p else None
    return x is None, x is not None, x == None, x != None, None == x  # noqa: E711


@case((True, 4), (True, 0), (False, 4))
def truth(p, n):
    x = n if p else None
    if x:
        y = x + 1
    else:
        y = -1
    return y, not x, bool(x)


@case((True, 4), (True, 0), (False, 4))
def or_default(p, n):
    x = n if p else None
    return x or 10


@case((True, 4), (True, 0), (False, 4))
def and_chain(p, n):
    x = n if p else None
    return x is not None and x > 2


@case((True, 4), (False, 4))
def or_chain(p, n):
    x = n if p else None
    return x is None or x > 5


@case((True, 4), (False, 4))
def conditional(p, n):
    x = n if p else None
    return 0 if x is None else x + 1


@case((True, 4), (False, 4))
def conditional_value(p, n):
    x = n if p else None
    y = x * 2 if x is not None else None
    return y


@case((4,), (0,))
def while_not_none(n):
    x = None
    if n > 1:
        x = n
    count = 0
    while x is not None:
        count += x
        if x > 1:
            x = x - 1
        else:
            x = None
    return count


@case((True, 4), (False, 4))
def early_return(p, n):
    x = n if p else None
    if x is None:
        return -1.5
    return x + 0.5


@case((True, 4), (False, 4))
def early_raise(p, n):
    x = n if p else None
    if x is None:
        raise ValueError("nothing")
    return x + 1


@case((True, 4), (False, 4))
def add_none(p, n):
    x = n if p else None
    return x + 1


@case((True, 4), (False, 4))
def add_none_right(p, n):
    x = n if p else None
    return 2.5 - x


@case((True, True), (True, False), (False, True), (False, False))
def two_nones(p, q):
    x = 1 if p else None
    y = 2.0 if q else None
    return x * y


@case((True,), (False,))
def power_none(p):
    x = 2 if p else None
    return x**2


@case((True,), (False,))
def shift_none(p):
    x = 2 if p else None
    return 1 << x


@case((True,), (False,))
def augmented_none(p):
    x = 2 if p else None
    x += 1
    return x


@case((True,), (False,))
def augmented_power(p):
    x = 2 if p else None
    x **= 3
    return x


@case((np.float64(2.0), True), (np.float64(2.0), False))
def scalar_none(v, p):
    x = v if p else None
    return x + 1


@case((np.int32(2), True), (np.int32(2), False))
def scalar_augmented(v, p):
    x = v if p else None
    x -= 1
    return x


@case((np.float64(2.0), True), (np.float64(2.0), False))
def none_less_scalar(v, p):
    x = 1.0 if p else None
    return x < v


@case((np.float64(2.0), True), (np.float64(2.0), False))
def scalar_less_none(v, p):
    x = 1.0 if p else None
    return v < x


@case((True,), (False,))
def less_none(p):
    x = 2 if p else None
    return x < 3


@case((True,), (False,))
def greater_equal_none(p):
    x = 2 if p else None
    return 3 >= x


@case((True,), (False,))
def negate_none(p):
    x = 2 if p else None
    return -x


@case((True,), (False,))
def invert_none(p):
    x = 2 if p else None
    return ~x


@case((True, (1, 2)), (False, (1, 2)))
def index_none(p, t):
    x = t if p else None
    return x[0]


@case((True, (1, 2)), (False, (1, 2)))
def index_by_none(p, t):
    x = 1 if p else None
    return t[x]


@case((True, np.arange(3)), (False, np.arange(3)))
def array_none(p, a):
    x = a if p else None
    return x[1]


@case((True, np.arange(3)), (False, np.arange(3)))
def store_none(p, a):
    x = a if p else None
    x[1] = 7
    return 0


@case((True, np.arange(3)), (False, np.arange(3)))
def attribute_none(p, a):
    x = a if p else None
    return x.shape


@case((True, (1, 2)), (False, (1, 2)))
def unpack_none(p, t):
    x = t if p else None
    a, b = x
    return a - b


@case((True, (1, 2)), (False, (1, 2)))
def iterate_none(p, t):
    x = t if p else None
    s = 0
    for v in x:
        s += v
    return s


@case((True, (1, 2)), (False, (1, 2)))
def in_none(p, t):
    x = t if p else None
    return 1 in x


@case((True, (1, 2)), (False, (1, 2)))
def len_none(p, t):
    x = t if p else None
    return len(x)


@case((True,), (False,))
def abs_none(p):
    x = -2 if p else None
    return abs(x)


@case((True,), (False,))
def int_none(p):
    x = 2.5 if p else None
    return int(x)


@case((True,), (False,))
def float_none(p):
    x = 2 if p else None
    return float(x)


@case((True,), (False,))
def range_none(p):
    x = 4 if p else None
    s = 0
    for i in range(x):
        s += i
    return s


@case((True, 3), (False, 3))
def equal_value(p, n):
    x = n if p else None
    return x == 3, x != 3, 3 == x, x == n


@case((True, True), (True, False), (False, True), (False, False))
def equal_optionals(p, q):
    x = 3 if p else None
    y = 3.0 if q else None
    return x == y, x != y


@case((np.arange(4.0), True), (np.arange(4.0), False))
def array_result(a, p):
    if p:
        return a
    return None


@case((3, True), (3, False))
def fresh_array_result(n, p):
    x = None
    if p:
        x = np.zeros(n)
    return x


@case((3, True), (3, False))
def fresh_array_used(n, p):
    x = None
    if p:
        x = np.ones(n)
    if x is None:
        return x
    return x[0] + x[1]


@case((3, True), (3, False))
def tuple_with_none(n, p):
    t = (n, None) if p else (n, 2.5)
    return t


@case((3, True), (3, False))
def optional_tuple(n, p):
    t = (n, n * 0.5) if p else None
    if t is not None:
        return t[1]
    return t


@case((3, True), (3, False))
def optional_text(n, p):
    s = "abc" if p else None
    return s, s == "abc", "abd" != s, s is None, not s, s or "q", s == n


@case((3, True), (3, False))
def optional_list(n, p):
    s = [n, 2] if p else None
    if s:
        s.append(3)
    return s, s is None


@case((3, True), (3, False))
def optional_bool(n, p):
    x = n > 2 if p else None
    return x is True, x is False, x is None, x


@case((True,), (False,))
def bool_identity(p):
    return p is True, p is not False, p is False


def half(x):
    if x % 2 == 0:
        return x // 2
    return None


jitted_half = native(half)


@case((8,), (6,), (1,))
def calls(n):
    count = 0
    x = jitted_half(n)
    while x is not None:
        count += 1
        x = jitted_half(x)
        if count > 10:
            return None
    return count


@case((True, 5), (False, 5))
def nested_conditions(p, n):
    x = n if p else None
    y = None if p else n
    if x is not None and y is None:
        return x
    elif y is not None:
        return y * 10
    return 0


@case((True, 5), (False, 5))
def not_none_in_not(p, n):
    x = n if p else None
    if not (x is None):
        return x + 1
    if not x:
        return 0
    return x


@case((3,), (0,))
def break_out(n):
    found = None
    for i in range(5):
        if i == n:
            found = i * i
            break
    else:
        return -1
    return found + 1


@case((2,), (2.0,), (True,), (2j,), (None,), ((1,),), (np.float64(2),), (np.float32(2),),
      (np.int64(2),), (np.uint8(2),), (np.bool_(True),), (np.complex128(1),), (np.zeros(2),))
def instances(x):
    return (
        isinstance(x, int),
        isinstance(x, float),
        isinstance(x, bool),
        isinstance(x, complex),
        isinstance(x, (int, float)),
        isinstance(x, tuple),
        isinstance(x, np.ndarray),
        isinstance(x, np.floating),
        isinstance(x, np.integer),
        isinstance(x, np.float64),
        isinstance(x, (np.generic, str)),
        isinstance(x, np.number),
        isinstance(x, np.bool_),
        isinstance(x, object),
        isinstance(x, (int, (list, np.inexact))),
        isinstance(x, np.unsignedinteger),
    )


@case((2,), (2.0,), (True,), (np.float64(2),), (np.int64(2),), (np.bool_(1),), (1j,), (None,))
def number_classes(x):
    return (
        isinstance(x, numbers.Number),
        isinstance(x, numbers.Real),
        isinstance(x, numbers.Integral),
        isinstance(x, numbers.Complex),
    )


@case((2,), (2.5,), ((1, 2),), (None,))
def pruned(x):
    if isinstance(x, int):
        return x + 1
    elif isinstance(x, float):
        return x * 0.5
    elif isinstance(x, tuple):
        return len(x)
    else:
        return -1


@case((2,), (2.5,), (True,), (np.float64(1),), (None,), (np.zeros(2),), ((),))
def types(x):
    return (
        type(x) is int,
        type(x) == float,
        type(x) != bool,
        type(x) in (int, bool),
        type(x) is np.ndarray,
        type(x) is tuple,
    )


@case((2,), (2.5,))
def type_called(x):
    return type(x)(7)


@case((True,), (False,))
def instance_of_optional(p):
    x = 3 if p else None
    if isinstance(x, int):
        return x + 1
    return -1


@case((True,), (False,))
def instance_of_optional_never(p):
    x = 3 if p else None
    if isinstance(x, float):
        return 1
    return 2


@case((True,), (False,))
def instance_asserted(p):
    x = 3 if p else None
    y = isinstance(x, (int, float)) and x > 2
    return y


@case((2,), (2.5,), ((1,),))
def callables(x):
    return callable(x), callable(len), callable(np.float64)


@case((3, 4),)
def different_kinds(a, b):
    return (a,) == b, (a, b) != "ab", a == "a", None == (a,), (a, b) == None  # noqa: E711


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_assert_narrows():
    func = define(
        """
        def f(p, n):
            x = n if p else None
            assert x is not None
            return x + 1
        """
    )
    check(func, True, 3)
    check(func, False, 3)


def test_walls_between_versions():
    # Each test narrows the version it has tested, no other.
    func = define(
        """
        def f(p, n):
            x = n if p else None
            y = x
            if x is None:
                x = 1
            return x + (0 if y is None else y)
        """
    )
    check(func, True, 3)
    check(func, False, 3)


def test_a_shadowed_isinstance_narrows_nothing():
    func = define(
        """
        @jit
        def isinstance(x, classes):
            return x is None

        @jit
        def f(p, n):
            x = n if p else None
            if isinstance(x, 0):
                return -1
            return x + 1
        """
    )
    check(func, True, 3)
    check(func, False, 3)


def test_refusals():
    def unknown_class(x):
        return isinstance(x, pytest.Item)

    def address(x):
        return id(x)

    def other_identity(x):
        return x is 3.5  # noqa: F632

    def optional_index(a, p):
        i = 1 if p else None
        return a[i]

    refused(unknown_class, 1, _code="CB0402")
    refused(address, 1, _code="CB0303")
    refused(other_identity, 1.0, _code="CB0303")
    refused(optional_index, np.zeros(3), True, _code="CB0501")


def test_a_dtype_and_a_class_are_not_confused():
    def by_dtype(a):
        return a.dtype == float

    def by_class(x):
        return type(x) == float, type(x) is np.float64, type(x) is float

    check(by_class, np.float64(1))
    check(by_class, 1.0)
    check(by_dtype, np.zeros(2))
    check(by_dtype, np.zeros(2, np.float32))

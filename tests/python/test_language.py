"""The language: statements, scalars, calls, names; each function against CPython.

Functions stand as they would in a user's file, with the calls to compare beside them.
Those with `assert` are texts, since pytest rewrites assertions in test modules. Arrays
are in `test_arrays.py`, what is refused in `tests/lang` and `test_bad_input.py`.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.harness import IDENTITY, Cases, check, define, jit, run

case = Cases()

INT_MAX = 2**63 - 1
INT_MIN = -(2**63)
NAN, INF = math.nan, math.inf


# Assignment.


@case((1,), (2.5,), (True,), (None,), (1 + 2j,), ((1, 2.0),), ())
def give_back(x=7):
    return x


@case((1, 2), (1.5, -2.5))
def swap(a, b):
    a, b = b, a
    return a, b


@case((1, 2, 3))
def rotate(a, b, c):
    a, b, c = b, c, a
    return a, b, c


@case((1, 2.5))
def nested_targets(a, b):
    (x, (y, z)), w = (a, (b, a)), b
    return x, y, z, w


@case((1, 2.5))
def bracketed_targets(a, b):
    [x, y] = a, b
    (z,) = (x,)
    return x, y, z


@case((1, 2))
def parallel_uses_old_values(a, b):
    a, b = b + 1, a + b
    a, b = a * b, a - b
    return a, b


@case((3,))
def chained(n):
    a = b = c = n + 1
    a += 1
    return a, b, c


@case((3, 4))
def chained_tuples(p, q):
    a = b, c = p, q
    return a, b, c


@case(((1, 2.0, True),))
def unpack_argument(t):
    a, b, c = t
    return c, b, a


@case((((1, 2), (3.5, (True,))),))
def unpack_nested_argument(t):
    (a, b), (c, (d,)) = t
    return a, b, c, d


@case((2,))
def annotated(n: int) -> int:
    x: int = n
    y: float
    z: "anything at all" = x + 1  # noqa: F722
    return z


@case((2,), (2.5,))
def retyped(x):
    """The same name with another type each time."""
    y = x
    x = x * 0.5
    x = x > 1.0
    x = (x, y)
    return x


@case((1,))
def underscore(x):
    _ = x
    _, y = 1, _
    return y


# Augmented assignment.


@case((7, 3), (7.5, 2.0), (-7, 3), (7, -3), (True, 2))
def augmented(a, b):
    x = a
    x += b
    x -= 1
    x *= b
    y = x
    y //= b
    z = x
    z %= b
    w = x
    w /= b
    return x, y, z, w


@case((0b1100, 2), (-5, 3), (True, 1))
def augmented_bits(a, b):
    x = a
    x <<= b
    y = x
    y >>= 1
    y &= 0xFF
    y |= b
    y ^= a
    return x, y


@case((3,), (1.5,))
def augmented_power(a):
    a **= 3
    return a


@case((5,))
def augmented_subscript_order(n):
    a = np.zeros(3)
    i = 0
    a[i] += n
    a[i + 1] = a[i] * 2
    a[2] -= a[1]
    return a


# Arithmetic of Python numbers.

INTS = [0, 1, -1, 2, -2, 3, 7, -8, 63, 64, 10**9, INT_MAX, INT_MIN]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e300, -1e-300, 5e-324, INF, -INF, NAN]


def add(a, b):
    return a + b


def subtract(a, b):
    return a - b


def multiply(a, b):
    return a * b


def divide(a, b):
    return a / b


def floor_divide(a, b):
    return a // b


def modulo(a, b):
    return a % b


def shift_left(a, b):
    return a << b


def shift_right(a, b):
    return a >> b


def both(a, b):
    return a & b, a | b, a ^ b


def order(a, b):
    return a < b, a <= b, a > b, a >= b, a == b, a != b


def divided(a, b):
    return divmod(a, b)


def smaller(a, b):
    return min(a, b), max(a, b)


ANY = [add, subtract, multiply, divide, floor_divide, modulo, order, divided, smaller]
INTEGER = [shift_left, shift_right, both]


def compare_all(func, first, second, deviation=()):
    __tracebackhide__ = True
    for a in first:
        for b in second:
            check(func, a, b, _deviation=deviation)


@pytest.mark.parametrize("func", ANY + INTEGER, ids=lambda f: f.__name__)
def test_integers(func):
    compare_all(func, INTS, INTS, ("big-int", "exception-text"))


@pytest.mark.parametrize("func", ANY, ids=lambda f: f.__name__)
def test_floats(func):
    compare_all(func, FLOATS, FLOATS, "exception-text")


@pytest.mark.parametrize("func", ANY, ids=lambda f: f.__name__)
def test_integers_with_floats(func):
    deviation = ("mixed-choice", "exception-text")
    compare_all(func, INTS, FLOATS, deviation)
    compare_all(func, FLOATS, INTS, deviation)


@pytest.mark.parametrize("func", ANY + INTEGER, ids=lambda f: f.__name__)
def test_bools(func):
    compare_all(func, [True, False], [True, False], "exception-text")
    compare_all(func, [True, False], [0, 1, -3, 5], ("mixed-choice", "exception-text"))


def constants_shifted(n):
    one = 1 << n
    return one, -1 << n, 5 << n, -6 << n, (1 << n) - 1


def negative_constant_shifted(n):
    return -1 << n


def zero_shifted(n):
    return 0 << n


@pytest.mark.parametrize(
    "func", [constants_shifted, negative_constant_shifted, zero_shifted], ids=lambda f: f.__name__
)
def test_constants_shifted(func):
    for n in [0, 1, 31, 59, 60, 61, 62, 63, 64, 65, 2**62, -1, -64]:
        if func is zero_shifted or n < 2**62:
            check(func, n, _deviation=("big-int", "exception-text"))


COMPLEX = [0j, 1 + 2j, -1.5j, complex(-0.0, 0.0), complex(INF, 1), complex(1, NAN), 1e200 + 1e200j]


def equal(a, b):
    return a == b, a != b


@pytest.mark.parametrize(
    "func", [add, subtract, multiply, divide, equal], ids=lambda f: f.__name__
)
def test_complex_numbers(func):
    compare_all(func, COMPLEX, COMPLEX, "exception-text")
    compare_all(func, COMPLEX, [2, -1, 0], "exception-text")
    compare_all(func, [0.5, -0.0, INF], COMPLEX, "exception-text")


def negative(a):
    return -a


def positive(a):
    return +a


def inverted(a):
    return ~a


def absolute(a):
    return abs(a)


def opposite(a):
    return not a


@pytest.mark.parametrize("value", [*INTS, True, False])
def test_unary_operators_of_integers(value):
    for func in (negative, positive, inverted, absolute, opposite):
        check(func, value, _deviation="big-int")


@pytest.mark.parametrize("value", [*FLOATS, *COMPLEX])
def test_unary_operators_of_floats(value):
    for func in (negative, positive, absolute, opposite):
        check(func, value)


def power(a, b):
    return a**b


@pytest.mark.parametrize("base", [0, 1, -1, 2, -2, 3, 10, 63, -7])
def test_integer_powers(base):
    for exponent in (0, 1, 2, 3, 5, 18, 19, 62, 63, 64, 100):
        check(power, base, exponent, _deviation="big-int")
    for exponent in (-1, -2, -64):
        check(power, base, exponent, _deviation=("negative-exponent", "exception-text"))


@pytest.mark.parametrize("base", FLOATS)
def test_float_powers(base):
    for exponent in [*FLOATS, 2.0, -1.5, 0.5]:
        check(power, base, exponent, _deviation=("complex-power", "exception-text"))
    for exponent in (0, 1, 2, -1, 5):
        check(power, base, exponent, _deviation="exception-text")


@case((2,), (-3,), (0,))
def constant_powers(a):
    return a**0, a**1, a**2, a**3, 2**3, (-2) ** 3, a**2.0


@case((2,), (2.5,), (-4,))
def negative_constant_powers(a):
    return a**-1, a**-2, 2**-1


@case((2.5,), (4.0,))
def float_constant_powers(a):
    return a**0, a**1, a**2, a**3, a**0.5, a**-1, a**2.0


@case((5, 3))
def precedence(a, b):
    return a + b * 2 - -a**2 // b % 4, a << 1 + 1, not a == b, ~a & b | 1 ^ a


@case((7,))
def literals(a):
    return a, 0x1F, 0b11, 0o17, 1_000_000, 1e-3, 1.5e300, 2j, True, None, -0.0, -1


# Comparison and truth.


@case((1, 2, 3), (1, 1, 3), (3, 2, 1), (1.5, 2, 3), (NAN, 1, 2), (1, NAN, 1))
def chained_comparison(a, b, c):
    return a < b < c, a <= b <= c, a == b != c, a < b > c, a < b < c < 10


@jit
def note(trace, at, value):
    trace[0] += 1
    trace[int(trace[0])] = at
    return value


@case(
    *((np.zeros(12), a, b, c) for a in (1, 2) for b in (1, 2) for c in (1, 2)),
)
def chained_comparison_evaluates_once(trace, a, b, c):
    return note(trace, 1, a) < note(trace, 2, b) <= note(trace, 3, c)


@case(*((np.zeros(12), a, b) for a in (0, 3) for b in (0, 4)))
def boolean_operators_evaluate_once(trace, a, b):
    x = note(trace, 1, a) and note(trace, 2, b)
    y = note(trace, 3, a) or note(trace, 4, b)
    z = not note(trace, 5, a)
    return x, y, z


@case(*((np.zeros(12), a, b) for a in (0, 3) for b in (0, 4)))
def conditions_evaluate_once(trace, a, b):
    r = 0
    if note(trace, 1, a) and not note(trace, 2, b) or note(trace, 3, a + b) > 5:
        r = 1
    if not (note(trace, 4, a) or note(trace, 5, b)):
        r += 2
    return r


@case((0, 0), (0, 2), (3, 0), (3, 2), (True, False), (0.0, -0.0), (NAN, 0.0))
def boolean_values(a, b):
    return a and b, a or b, not a, a and b or a, (a or b) and b


@case((0, 1.5), (2, 0.0), (0, 0.0), (3, 1.5), deviation="joined-number")
def mixed_boolean_values(a, b):
    return a and b, a or b


@case((1, 2), (2, 1), (1.5, 1.5))
def conditional_expression(a, b):
    return a if a > b else b, (b if a > b else a) + 1, 1 if a else 2 if b else 3


@case((1, 2.5), (3, 2.5), deviation="mixed-choice")
def mixed_conditional_expression(a, b):
    return a if a > b else b


@case((0,), (1,), (-1,), (0.0,), (NAN,), (0j,), (1j,), (True,), (False,))
def truth(x):
    if x:
        r = 1
    else:
        r = 2
    while not x:
        r += 10
        break
    return r, bool(x), not x, not not x


@case((0,), (1,), (5,), (-5,))
def if_chain(n):
    if n < 0:
        return -1
    elif n == 0:
        r = 10
    elif n == 1:
        r = 11
    else:
        r = 12
        if n > 4:
            r += 100
    return r


@case((None,), (1,), ((),))
def is_none(x):
    if x is None:
        return 1
    if x is not None:
        return 2


@case((1,), (3,), (4,), (2.0,))
def membership(x):
    return x in (1, 2, 3), x not in (1, 2, 3)


@case(((1, 2), (1, 2)), ((1, 2), (1, 3)), ((1, 2), (1,)), ((), ()))
def equal_tuples(a, b):
    return a == b, a != b


@case((INT_MAX, 2.0**63), (2**53 + 1, 2.0**53), (INT_MIN, -(2.0**63)), (3, NAN), (3, INF), (-3, -INF))
def exact_comparison(i, x):
    return i == x, i != x, i < x, i <= x, i > x, i >= x, x < i, x >= i


# Loops.


@case((0,), (1,), (10,), (-3,))
def for_range(n):
    s = 0
    for i in range(n):
        s = s * 3 + i
    return s


@case(
    *(
        (start, stop, step)
        for start in (0, 5, -5)
        for stop in (0, 7, -7)
        for step in (1, 2, 3, -1, -2, 0)
    ),
    (INT_MAX - 3, INT_MAX, 1),
    (INT_MAX - 3, INT_MAX, 2),
    (INT_MIN + 3, INT_MIN, -1),
    (INT_MIN + 3, INT_MIN, -2),
    (INT_MAX, INT_MIN, 1),
    (0, 10, INT_MAX),
    (0, -10, INT_MIN),
    (10, 0, 1),
)
def for_range_of_three(start, stop, step):
    s = 1
    count = 0
    for i in range(start, stop, step):
        s = s * 3 + i % 10
        count += 1
    return s, count


@case((10,))
def for_range_constants(n):
    s = 0
    for i in range(3):
        for j in range(2, 8, 3):
            for k in range(n, -n, -4):
                s = (s * 7 + i * j - k) % 10007
    return s


@case((5,), (0,))
def loop_variable_afterwards(n):
    i = -1
    for i in range(n):
        pass
    return i


@case((5,))
def loop_variable_assigned(n):
    s = 0
    for i in range(n):
        i = i * 10
        s += i
    return s, i


@case((4,))
def bounds_evaluated_once(n):
    s = 0
    for i in range(n):
        n = 100
        s += i
    return s, n


@case((True,), (False,))
def range_of_bool(b):
    s = 0
    for i in range(b):
        s += i + 1
    return s


@case((np.int32(5), np.uint8(2)))
def range_of_numpy_integers(n, k):
    s = 0
    for i in range(k, n):
        s += i
    return s


@case((0, 5), (3, 3), (7, 2))
def length_of_range(a, b):
    r = range(a, b)
    return len(r)


@case((10,), (3,), (0,))
def for_else(n):
    for i in range(n):
        if i == 5:
            r = i
            break
    else:
        r = -1
    return r


@case((10,), (3,), (0,))
def while_else(n):
    i = 0
    while i < n:
        if i == 5:
            break
        i += 1
    else:
        i += 100
    return i


@case((20,))
def continue_in_both(n):
    s = 0
    for i in range(n):
        if i % 3 == 0:
            continue
        s += i
    while n > 0:
        n -= 1
        if n % 4:
            continue
        s += 1000
    return s


@case((0,), (4,), (7,), (12,))
def three_levels(n):
    s = 0
    for i in range(n):
        for j in range(i):
            for k in range(j):
                if (i + j + k) % 5 == 4:
                    break
                if k % 2:
                    continue
                s += 1
            else:
                s += 1000
                if s > 90000:
                    break
                continue
            if j == 5:
                break
        else:
            s += 100
    else:
        s += 10
    return s


@case((0,), (5,), (9,))
def mixed_loops(n):
    s = 0
    i = 0
    while i < n:
        i += 1
        for j in range(i):
            m = j
            while True:
                m += 2
                if m > i:
                    break
                if m == 4:
                    s += 7
                    continue
                s += 1
            else:
                s += 10**6
            if m > 8:
                return s, i * 100 + j * 10 + m
    else:
        s += 1
    return s, i


@case((3,), (10,))
def endless_until_return(n):
    i = 0
    while True:
        i += 1
        if i > n:
            return i


@case((3,), (0,))
def endless_by_one(n):
    while 1:
        if n <= 0:
            break
        n -= 1
    return n


@case((5,))
def else_without_break(n):
    for i in range(n):
        n += 1
    else:
        n *= 2
    return n


@case((4,), (0,))
def return_in_loop(n):
    for i in range(n):
        for j in range(n):
            if i + j == 3:
                return i, j
    return -1, -1


@case((((1, 2, 3)),), ((1.5,),), ((),))
def for_over_tuple(t):
    s = 0.0
    for x in t:
        s += x
    return s


@case((1, 2, 3))
def for_over_display(a, b, c):
    s = 0
    for x in (a, b, c, 10):
        s = s * 2 + x
    return s


@case((((1, 2), (3, 4)),))
def for_over_pairs(t):
    s = 0
    for a, b in t:
        s += a * b
    return s


@case((27,), (97,))
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


# Return.


@case(())
def nothing():
    pass


@case((1,), (-1,))
def bare_return(x):
    if x > 0:
        return
    return None


@case((1,))
def only_docstring(x):
    """Nothing but words."""


@case((1, 2.5))
def nested_results(a, b):
    return (a, (b, (True, None)), ()), a


@case((3,))
def code_after_return(n):
    return n
    n = undefined_name  # noqa: F821
    return n + 1


@case((1,), (0,))
def returns_in_branches(n):
    if n:
        return n, 1.0
    else:
        return 5, 2.0


@case((1,), (0,), (2.5,), deviation="joined-number")
def int_or_float(x):
    if x > 1:
        return x
    return 0


# Exceptions.


@case((1,), (-1,))
def raise_value_error(x):
    if x < 0:
        raise ValueError("must not be negative")
    return x


@case((0,), (1,), (2,), (3,), (4,), (5,), (6,))
def raise_many(x):
    if x == 0:
        raise ValueError
    if x == 1:
        raise TypeError()
    if x == 2:
        raise IndexError("index")
    if x == 3:
        raise KeyError("key")
    if x == 4:
        raise ArithmeticError(x)
    if x == 5:
        raise RuntimeError(x + 0.5)
    raise NotImplementedError("ünïcödé — 'quoted'")


@case((3,), (50,))
def raise_in_loop(n):
    for i in range(n):
        if i * i > 100:
            raise StopIteration("square is large")
    return n


@case((0,), (2,))
def divide_in_the_middle(n):
    a = 10
    b = a // 3
    c = b // n
    return a + b + c


ASSERTING = """
def plain(x):
    assert x > 0
    return x

def with_message(x):
    assert x > 0, "x must be positive"
    return x

def with_number(x):
    assert x > 0, x
    return x

def chained(x):
    assert 0 < x < 10 and x != 5, "out of range"
    return x

def in_loop(x):
    for i in range(10):
        assert i < x
    return x

def after_effect(x):
    y = x + 1
    assert (
        y > 1
    ), "y"
    return y
"""


@pytest.mark.parametrize(
    "name", ["plain", "with_message", "with_number", "chained", "in_loop", "after_effect"]
)
def test_assert(name):
    func = define(ASSERTING, name)
    for value in (-1, 0, 1, 5, 9, 10, 11):
        check(func, value)


# Unbound variables.


@case((1,), (0,))
def maybe_unbound(n):
    if n:
        x = 5
    return x


@case((3,), (0,))
def unbound_after_loop(n):
    for i in range(n):
        last = i
    return last


@case((3,), (0,))
def unbound_loop_variable(n):
    for i in range(n):
        pass
    return i


@case((3,), (0,))
def unbound_in_while(n):
    while n > 0:
        y = n * 0.5
        n -= 1
    return y + 1


@case((1,))
def always_unbound(n):
    return later + n  # noqa: F821
    later = 1


@case((2,), (0,))
def unbound_augmented(n):
    if n > 1:
        total = 0
    total += n
    return total


@case((5,), (0,))
def bound_in_both(n):
    if n > 2:
        x = 1
    else:
        x = 2
    return x


@case((0,), (1,), (2,))
def unbound_by_break(n):
    for i in range(3):
        if i == n:
            break
        x = i
    return x


@case((0,), (1,))
def unbound_array(n):
    if n:
        a = np.zeros(3)
    return a


# Names.

SCALE = 3
RATIO = 0.25
FLAG = True
PAIR = (2, 0.5)
NOTHING = None
NPCONST = np.float32(1.5)


@case((2,), (1.5,))
def global_constants(x):
    return x * SCALE, x * RATIO, FLAG, PAIR[0] * x, PAIR, NOTHING, NPCONST


@case((2.0,))
def module_constants(x):
    return x * math.pi, math.e, math.inf, math.tau, np.pi, np.e, np.inf


def test_a_changed_global_gives_the_new_result():
    f = define("""
    N = 3
    def f(x):
        s = 0
        for i in range(N):
            s += x
        return s
    """)
    compiled = jit(f)
    scope = f.__globals__
    assert compiled(2) == 6
    scope["N"] = 5
    assert compiled(2) == 10
    scope["N"] = 3
    assert compiled(2) == 6
    scope["N"] = True
    assert compiled(2) == 2


def test_a_changed_global_of_another_type():
    f = define("""
    K = 3
    def f(x):
        return x * K
    """)
    compiled = jit(f)
    for value in (3, 2.5, np.float32(2.0), True, 3):
        f.__globals__["K"] = value
        expected, got = f(2), compiled(2)
        assert got == expected and type(got) is type(expected)


def test_a_changed_global_of_a_called_function():
    f = define("""
    K = 3
    @jit
    def g(x):
        return x + K
    def f(x):
        return g(x) * 2
    """)
    compiled = jit(f)
    assert compiled(1) == 8
    f.__globals__["K"] = 10
    assert compiled(1) == 22


def test_a_redefined_function_is_called():
    f = define("""
    @jit
    def g(x):
        return x + 1
    def f(x):
        return g(x)
    """)
    other = define("""
    def g(x):
        return x * 100
    """)
    compiled = jit(f)
    assert compiled(2) == 3
    f.__globals__["g"] = jit(other)
    assert compiled(2) == 200


def test_a_deleted_global_is_missed():
    f = define("""
    K = 3
    def f(x):
        return x * K
    """)
    compiled = jit(f)
    assert compiled(2) == 6
    del f.__globals__["K"]
    with pytest.raises(NameError, match="^name 'K' is not defined$"):
        compiled(2)
    f.__globals__["K"] = 4
    assert compiled(2) == 8


def test_closure_variables():
    make = define("""
    def make(k, pair):
        def f(x):
            return x * k + pair[1]
        return f
    """)
    one, two = make(2, (0, 1.5)), make(3.5, (0, 2))
    for value in (1, 2.0):
        check(one, value)
        check(two, value)


def test_a_changed_closure_variable_gives_the_new_result():
    make = define("""
    def make():
        k = 1
        def f(x):
            return x + k
        def change(value):
            nonlocal k
            k = value
        return f, change
    """)
    f, change = make()
    compiled = jit(f)
    assert compiled(1) == 2
    change(10)
    assert compiled(1) == 11
    change(0.5)
    assert compiled(1) == 1.5


def test_shadowed_builtins_are_the_users():
    f = define("""
    @jit
    def abs(x):
        return x + 1000
    def f(x):
        return abs(x)
    """)
    check(f, -1)


def test_a_builtin_shadowed_later():
    f = define("""
    def f(x):
        return abs(x)
    """)
    compiled = jit(f)
    assert compiled(-1) == 1
    f.__globals__["abs"] = jit(define("def g(x): return x * 7"))
    assert compiled(-1) == -7


def test_aliases_of_modules_and_functions():
    f = define("""
    import math as m
    import numpy
    from math import sqrt as root
    from numpy import float32
    def f(x):
        return m.floor(x), root(x), numpy.sqrt(x), float32(x)
    """)
    for value in (2.25, 16.0):
        check(f, value)


# Calls.


@jit
def plus(a, b=10, *, scale=1):
    return (a + b) * scale


@case((1,), (2.5,))
def calls_with_defaults(x):
    return plus(x), plus(x, 2), plus(x, b=3), plus(b=4, a=x), plus(x, scale=2), plus(x, 1, scale=x)


@case((1,), (1, 2), (1, 2, 3), (1.5, True))
def defaults(a, b=2, c=3.5):
    return a, b, c


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((1,), {}),
        ((1, 2), {}),
        ((1,), {"c": 5}),
        ((), {"a": 1, "b": 2, "c": 3}),
        ((), {"c": 1.5, "a": 2}),
        ((1,), {"b": 2, "c": 3}),
    ],
)
def test_keyword_arguments(args, kwargs):
    check(defaults, *args, **kwargs)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((1, 2, 3, 4), {}),
        ((1,), {"a": 2}),
        ((1,), {"d": 2}),
        ((), {"b": 2}),
    ],
)
def test_calls_that_do_not_bind(args, kwargs):
    check(defaults, *args, **kwargs)


def test_keyword_only_and_positional_only_parameters():
    f = define("""
    def f(a, /, b, *, c, d=4):
        return a, b, c, d
    """)
    for args, kwargs in [
        ((1, 2), {"c": 3}),
        ((1,), {"b": 2, "c": 3, "d": 5.5}),
        ((1, 2, 3), {}),
        ((1, 2), {}),
        ((), {"a": 1, "b": 2, "c": 3}),
    ]:
        check(f, *args, **kwargs)


@case((5,), (0,), (20,))
@jit
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@case((2, 3), (0, 0), (1, 2))
@jit
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@jit
def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


@jit
def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


case((0,), (7,), (10,))(is_even)
case((0,), (7,), (10,))(is_odd)


@case((10, 1.0), (0, 2.5))
@jit
def power_by_squaring(n, x):
    if n == 0:
        return 1.0
    half = power_by_squaring(n // 2, x)
    return half * half * x if n % 2 else half * half


@case((3,), (0,))
@jit
def recursion_without_value(n):
    if n > 0:
        recursion_without_value(n - 1)


@case((4,))
@jit
def recursion_with_tuples(n):
    if n == 0:
        return 0, 1
    a, b = recursion_with_tuples(n - 1)
    return b, a + b


@jit
def endless(n):
    return endless(n + 1) + 1


def test_endless_recursion():
    check(endless, 0)
    check(endless, 0.5)


@jit
def deep(n):
    return 0 if n == 0 else deep(n - 1) + 1


def test_recursion_as_deep_as_python_allows():
    check(deep, 500)


@jit
def helper_that_raises(x):
    if x > 2:
        raise ValueError("too large")
    return 1 // x


@case((1,), (0,), (3,))
def exception_through_a_call(x):
    y = 1
    y += helper_that_raises(x)
    return y


@jit
def level_two(a, i):
    return a[i]


@jit
def level_one(a, i):
    return level_two(a, i) + 1


@case((np.arange(3.0), 1), (np.arange(3.0), 5), (np.arange(3.0), -4))
def exception_through_two_calls(a, i):
    total = 0.0
    for k in range(i, i + 1):
        total += level_one(a, k)
    return total


@jit
def pair(a, b):
    return b, a


@case((1, 2.5))
def calls_with_tuples(a, b):
    x, y = pair(a, b)
    return pair((x, y), x), pair(pair(x, y), 1)[0]


@jit
def fill_in(a, value):
    for i in range(len(a)):
        a[i] = value


@case((np.zeros(3), 2.5))
def call_for_its_effect(a, value):
    fill_in(a, value)
    fill_in(a[1:], value * 2)
    r = fill_in(a[:0], 7)
    return r


@case((3, 4.5))
def same_function_with_other_types(i, x):
    return plus(i, i), plus(x, x), plus(i, x), plus(True, False)


def test_lambdas():
    f = define("f = lambda x, y=2: x * y if x > y else (x, y)[0]\ndef g(): pass", "f")
    for value in (1, 5, 2.5):
        check(f, value)


def test_methods():
    holder = define("""
    class Holder:
        @staticmethod
        def scaled(x, k=2):
            return x * k
    def f(): pass
    """, "Holder")
    check(holder.scaled, 3)


# Builtins of numbers.


@case((1.5,), (-2.5,), (3,), (True,), (0.5,), (2.675,))
def conversions(x):
    return int(x), float(x), bool(x), complex(x), abs(x), round(x)


@case((NAN,), (INF,), (-INF,), (1e300,), (9.3e18,), deviation="big-int")
def int_of_float(x):
    return int(x)


@case((NAN,), (INF,), (0.5,), (1.5,), (2.5,), (-0.5,), (1e16,), (1e300,), deviation="big-int")
def round_of_float(x):
    return round(x)


@case((2.675, 2), (1234.5678, -2), (0.5, 0), (1e22, 3), (-0.0, 1), (NAN, 2), (5e-324, 300))
def round_to_digits(x, n):
    return round(x, n)


@case((1234, -2), (15, -1), (25, -1), (-35, -1), (7, 3))
def round_integers(x, n):
    return round(x, n)


@case((3, 1, 2), (1.5, NAN, 0.5), (NAN, 1.0, 2.0), (0.0, -0.0, 0.0), (True, False, True))
def extrema(a, b, c):
    return min(a, b, c), max(a, b, c), min(b, a), max(b, a)


@case((2, 10, 7), (3, 200, 13), (-2, 5, 7), (2, 5, -7))
def modular_power(a, b, c):
    return pow(a, b, c), pow(a, 3)


@case((4.0,), (2.0,), (0.0,), (-1.0,), (INF,), (NAN,), (1e308,))
def math_sqrt(x):
    return math.sqrt(x)


@case((1.0,), (0.0,), (-1.0,), (INF,))
def math_log(x):
    return math.log(x)


@case((1.0,), (1000.0,), (-1000.0,), (NAN,))
def math_exp(x):
    return math.exp(x)


@case((1.5,), (-1.5,), (2,), (True,))
def math_rounding(x):
    return math.floor(x), math.ceil(x), math.trunc(x)


@case((3, 4), (3.0, -4.5), (0.0, -0.0))
def math_of_two(a, b):
    return math.hypot(a, b), math.copysign(a, b), math.atan2(a, b)


@case((2.25,), (np.float32(2.25),), (4,))
def numpy_sqrt(x):
    return np.sqrt(x)


# NumPy scalars.

SCALARS = [
    np.bool_(True),
    np.int8(-100),
    np.uint8(200),
    np.int16(-30000),
    np.uint16(60000),
    np.int32(2**31 - 1),
    np.uint32(2**32 - 1),
    np.int64(INT_MIN),
    np.uint64(2**64 - 1),
    np.float32(1.5),
    np.float64(-0.1),
    np.complex64(1 - 2j),
    np.complex128(0.5j),
]


def checked_like_numpy(func, *args):
    """As `check`; where NumPy raises TypeError, compiling must be refused as one."""
    __tracebackhide__ = True
    with np.errstate(all="ignore"):
        reference = run(func, args, {})
    if isinstance(reference.error, TypeError):
        got = run(jit(func), args, {})
        assert isinstance(got.error, TypeError), f"{func.__name__}{args}: {got}"
    else:
        check(func, *args)


@pytest.mark.parametrize(
    "func",
    [add, subtract, multiply, divide, floor_divide, modulo, *INTEGER, order, equal],
    ids=lambda f: f.__name__,
)
def test_numpy_scalars_with_each_other(func):
    for a in SCALARS:
        for b in SCALARS:
            checked_like_numpy(func, a, b)


@pytest.mark.parametrize(
    "func",
    [add, subtract, multiply, divide, floor_divide, modulo, *INTEGER, order, equal],
    ids=lambda f: f.__name__,
)
def test_numpy_scalars_with_python_numbers(func):
    for a in SCALARS:
        for b in (True, 0, 3, -1, 300, 2.5, -0.0, 1j):
            checked_like_numpy(func, a, b)
            checked_like_numpy(func, b, a)


@pytest.mark.parametrize("value", SCALARS, ids=lambda v: type(v).__name__)
def test_unary_operators_of_numpy_scalars(value):
    for func in (negative, positive, inverted, absolute, opposite):
        checked_like_numpy(func, value)


@case(*((value,) for value in SCALARS))
def numpy_scalars_given_back(x):
    return x, (x, x)


@case((3,), (2.5,), (True,), (np.int8(5),), (np.float64(7.25),))
def numpy_conversions(x):
    return np.int8(x), np.uint16(x), np.int64(x), np.float32(x), np.float64(x), np.bool_(x), np.complex64(x)


@case((np.int64(7),), (np.float32(0.1),), (np.uint8(255),))
def python_conversions(x):
    return int(x), float(x), bool(x), complex(x), x.item()


@case((np.uint64(5),))
def weak_literals_keep_the_dtype(x):
    z = x
    for i in range(4):
        z = z - 1
    return z, z + 1, z * 2, x // 2


@case((300,), (-1,), (255,))
def uint8_out_of_range(n):
    return np.uint8(1) + n


@case((5, 2), (3, 0), deviation="joined-number")
def joined_in_a_loop(n, k):
    s = 0
    for i in range(n):
        s += i * 0.5 if k else i
    return s


@pytest.mark.parametrize(**case.params())
def test_language(func, call, deviation):
    check(func, *call, _deviation=deviation)


# Drawn inputs.

integers = st.one_of(
    st.sampled_from(INTS),
    st.integers(-100, 100),
    st.integers(INT_MIN, INT_MAX),
)
floats = st.one_of(st.sampled_from(FLOATS), st.floats(), st.floats(-100, 100))
drawn = settings(max_examples=150, deadline=None, derandomize=True)


@drawn
@given(a=integers, b=integers, c=integers)
def test_drawn_integers(a, b, c):
    check(integer_formula, a, b, c, _deviation=("big-int", "exception-text"))


def integer_formula(a, b, c):
    x = a // b + c
    y = (a ^ b) - (c & 0xFFFF)
    z = x % c if c > 0 else y % 7
    return x, y, z, a < b <= c, abs(z), -y


@drawn
@given(a=floats, b=floats, c=floats)
def test_drawn_floats(a, b, c):
    check(float_formula, a, b, c, _deviation=("exception-text",))


def float_formula(a, b, c):
    x = a * b + c
    y = (a - b) * (c - a)
    z = x / y if y != 0 else x
    return x, y, z, a < b <= c, min(a, b, c), max(a, b, c), a // 2.5, b % 0.75, -c


@drawn
@given(a=integers, b=floats)
def test_drawn_mixed_comparisons(a, b):
    check(exact_comparison, a, b)


@drawn
@given(
    start=st.integers(-20, 20),
    stop=st.integers(-20, 20),
    step=st.integers(-5, 5),
)
def test_drawn_ranges(start, stop, step):
    check(for_range_of_three, start, stop, step)


@drawn
@given(x=floats, n=st.integers(-320, 320))
def test_drawn_rounding(x, n):
    check(round_to_digits, x, n)

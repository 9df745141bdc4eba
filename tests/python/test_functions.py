"""Functions: plain ones that are called, closures, functions as values, `*args`.

Each function is compared with what CPython makes of it. Results that are functions are
compared by what they give when called.
"""

import functools
import gc
import math
import operator
import weakref
from functools import partial, reduce

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, check, define, jit, run

case = Cases()
compiled_only = pytest.mark.skipif(IDENTITY, reason="about compiled code")


# Plain functions that are called.


def plain_double(x):
    return 2 * x


def plain_defaults(a, b=3, *, c=0.5):
    return a + b * c


def plain_factorial(n):
    return 1 if n < 2 else n * plain_factorial(n - 1)


def plain_even(n):
    return True if n == 0 else plain_odd(n - 1)


def plain_odd(n):
    return False if n == 0 else plain_even(n - 1)


def plain_raises(x):
    if x > 2:
        raise ValueError("too large")
    return x


plain_lambda = lambda x: x * x + 1  # noqa: E731


@case((3,), (2.5,), (True,))
def calls_plain(x):
    return plain_double(x) + 1


@case((1,), (2.5,))
def calls_plain_with_defaults(x):
    return plain_defaults(x), plain_defaults(x, 1), plain_defaults(x, c=2.0), plain_defaults(b=x, a=1)


@case((10,), (0,))
def calls_plain_recursion(n):
    return plain_factorial(n)


@case((10,), (7,))
def calls_mutual_recursion(n):
    return plain_even(n), plain_odd(n)


@case((1,), (3,))
def calls_plain_that_raises(x):
    return plain_raises(x)


@case((3,))
def calls_plain_lambda(x):
    return plain_lambda(x)


def plain_chain_one(x):
    return plain_chain_two(x) + 1


def plain_chain_two(x):
    return plain_double(x) * 2


@case((3,), (1.5,))
def calls_chain(x):
    return plain_chain_one(x)


@case((np.arange(5.0),))
def calls_plain_with_array(a):
    return plain_sum(a)


def plain_sum(a):
    total = 0.0
    for x in a:
        total += x
    return total


# Nested functions and lambdas.


@case((3,), (2.5,))
def nested(x):
    def inner(y):
        return y * 2

    return inner(x) + inner(1)


@case((3, 4), (2.5, 1))
def captures(x, y):
    def inner(z):
        return x * z + y

    return inner(2), inner(0.5)


@case((3,))
def lambda_called(x):
    f = lambda y: y + x  # noqa: E731
    return f(1) * f(2)


@case((3,))
def lambda_called_at_once(x):
    return (lambda y, z=2: y * z)(x)


@case((5,), (0,), (12,))
def nested_recursion(n):
    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)

    return fact(n)


@case((15,))
def nested_recursion_with_capture(n):
    base = 1

    def fib(k):
        return base if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n)


@case((6,))
def recursive_lambda(n):
    fact = lambda k: 1 if k < 2 else k * fact(k - 1)  # noqa: E731
    return fact(n)


@case((6,))
def recursive_with_default(n):
    def count(k, step=2):
        return 0 if k <= 0 else 1 + count(k - step)

    return count(n), count(n, 1)


@case((10,), (7,))
def nested_mutual_recursion(n):
    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)

    return even(n), odd(n)


@case((3,))
def late_binding(x):
    def inner():
        return x

    x = x + 10
    return inner()


@case((3,))
def late_binding_in_loop(n):
    total = 0
    for i in range(n):
        f = lambda: i  # noqa: E731, B023
        total = total * 10 + f()
    return total


@case((3,))
def late_binding_after_loop(n):
    f = lambda: -1  # noqa: E731
    i = 5

    def g():
        return i

    for i in range(n):
        pass
    return f(), g()


@case((3,))
def nonlocal_counter(n):
    count = 0

    def bump(by):
        nonlocal count
        count += by
        return count

    for i in range(n):
        bump(i + 1)
    return count, bump(100), count


@case((3,))
def nonlocal_float(n):
    total = 0.0

    def add(x):
        nonlocal total
        total = total + x

    for i in range(n):
        add(i * 0.5)
    return total


@case((4,))
def nonlocal_two_levels(n):
    value = 1

    def outer():
        def inner():
            nonlocal value
            value *= 2

        inner()
        inner()

    for _ in range(n):
        outer()
    return value


@case((4,))
def nonlocal_parameter(n):
    def decrease():
        nonlocal n
        n -= 1
        return n

    return decrease(), decrease(), n


@case((np.arange(4.0),))
def nonlocal_array(a):
    best = a

    def replace():
        nonlocal best
        best = np.zeros(3)
        best[1] = 5.0

    replace()
    replace()
    return best


@case((3,), (0,))
def captured_before_assignment(n):
    def f():
        return late

    if n > 0:
        late = n
    return f()


@case((3,), (0,))
def own_shared_variable_unbound(n):
    def f():
        nonlocal late
        late = 5

    if n > 0:
        f()
    return late
    late = 1


@case((2,))
def two_levels(x):
    def one(y):
        def two(z):
            return x * 100 + y * 10 + z

        return two(3)

    return one(4)


@case((2,))
def returned_inside(x):
    def make(k):
        def inner(y):
            return y + k

        return inner

    add, more = make(x), make(10)
    return add(1), more(1), make(3)(4)


@case((2,))
def defaults_at_definition(x):
    k = x

    def f(y, z=k):
        return y * z

    k = 100
    return f(3), f(3, 1), f(y=2, z=5)


@case((2,))
def keyword_only_nested(x):
    def f(a, *, b, c=2):
        return a * b + c

    return f(x, b=3), f(x, c=1, b=4)


@case((2,))
def shadowing(x):
    def f(x):
        x = x + 1
        return x

    return f(10), x


@case((2.0,))
def lambda_in_tuple(x):
    fs = (lambda y: y + x, lambda y: y * x)
    return fs[0](3.0), fs[1](3.0)


@case((5,))
def passes_lambda(x):
    return apply_twice(lambda y: y * 2 + x, x)


def apply_twice(f, x):
    return f(f(x))


@case((5,))
def passes_nested(x):
    def step(y):
        return y - x

    return apply_twice(step, 100)


@case((0.0, 2.0))
def bisection(low, high):
    def root(f, a, b):
        for _ in range(60):
            m = 0.5 * (a + b)
            if f(a) * f(m) <= 0:
                b = m
            else:
                a = m
        return a

    target = 2.0
    return root(lambda x: x * x - target, low, high)


@case((np.arange(6.0),))
def captures_array(a):
    def at(i):
        return a[i] * 2

    def put(i, x):
        a[i] = x

    put(2, at(3))
    return a, at(2)


@case((5,))
def captures_new_array(n):
    work = np.zeros(n)

    def put(i):
        work[i] = i * 1.5

    for i in range(n):
        put(i)
    return work


@case((3,))
def captures_list(n):
    out = []

    def emit(x):
        out.append(x)

    for i in range(n):
        emit(i * i)
    return len(out), out[0], out[n - 1]


@case((2, 3.5))
def captures_tuple(a, b):
    pair = (a, b)
    f = lambda i: pair[0] * i + pair[1]  # noqa: E731
    return f(2)


@case((3,))
def conditional_capture(n):
    if n > 2:
        k = 10

        def f(x):
            return x + k
    else:

        def f(x):
            return x

    return n


@case((3,))
def nested_raises(x):
    def check(y):
        if y > 2:
            raise ValueError("nested")
        return y

    return check(x)


@case((3,))
def nested_divides(x):
    f = lambda y: 1 / (y - 3)  # noqa: E731
    return f(x)


@case((4,))
def comprehension_with_lambda(n):
    f = lambda y: y * n  # noqa: E731
    return len([f(i) for i in range(n)])


@case((4,))
def lambda_with_comprehension(n):
    f = lambda k: len([i * n for i in range(k)])  # noqa: E731
    return f(n)


@case((4,))
def lambda_of_comprehension_variable(n):
    return [(lambda k: k + i)(1) for i in range(n)][-1], [abs(i) for i in range(3)][1]


@case((4,))
def lambda_in_nested_comprehension(n):
    rows = [[(lambda: i * 10 + j)() for j in range(i + 1)] for i in range(n)]
    return rows[n - 1][0], rows[2][1], len(rows)


@case((3,), (1,))
def none_or_function(n):
    f = None
    if n > 2:
        f = lambda x: x + n  # noqa: E731
    if f is None:
        return 0
    return f(1)


@case((3,))
def optional_callback(n):
    def call(x, callback=None):
        if callback is not None:
            return callback(x)
        return x

    return call(n), call(n, plain_double)


@case((True, 3), (False, 3))
def one_of_two(flag, x):
    f = plain_double if flag else plain_lambda
    return f(x), apply_twice(f, x)


@case((0, 2.0), (1, 2.0), (2, 2.0), (-1, 2.0), (7, 2.0))
def chosen_by_position(i, x):
    fs = (math.sin, math.exp, lambda y: y * x)
    return fs[i](x)


@case((0, 3), (1, 3), (2, 3))
def chosen_by_branches(k, x):
    if k == 0:

        def f(y):
            return y + x
    elif k == 1:

        def f(y):
            return y - x
    else:
        f = plain_double
    return f(10)


@case((True, np.arange(3.0)), (False, np.arange(3.0)))
def choice_that_captures_arrays(flag, a):
    b = np.ones(3)
    f = (lambda i: a[i]) if flag else (lambda i: b[i])
    return f(2)


@case((True, np.arange(3.0)), (False, np.arange(3.0)))
def choice_that_gives_arrays(flag, a):
    b = np.ones(3)
    f = (lambda: a) if flag else (lambda: b)
    return f()


@case((3,))
def over_functions(x):
    total = 0.0
    for f in (math.sin, math.cos, plain_double, lambda y: y * 0.5):
        total += f(x)
    return total


@case((3,))
def compared(x):
    f = plain_double
    return f == plain_double, f != plain_lambda, f is plain_double


@case((4,))
def global_in_nested(n):
    def f(x):
        return math.sqrt(x) + plain_double(x)

    return f(n)


@case((4,))
def same_lambda_in_loop(n):
    total = 0
    for k in range(n):
        f = lambda x, k=k: x + k  # noqa: E731
        total += f(1)
    return total


@case((3,))
def loop_inside_nested(n):
    def total(m):
        s = 0
        for i in range(m):
            for j in range(i):
                s += i * j
        return s

    return total(n) + total(n + 2)


@case((3,))
def mixed_loop_inside_nested(n):
    def total(items):
        s = 0.0
        for item in items:
            s += item
        return s

    return total((1, 2.5, n))


@case((True,), (False,))
def is_comparisons(flag):
    f = lambda x: x  # noqa: E731
    g = abs
    return f is None, g is abs, flag


# Functions as values.


@case((4.0,))
def library_as_value(x):
    f = math.sqrt
    g = abs
    return f(x), g(-x), apply_twice(math.sqrt, x), apply_twice(abs, -x)


@case((4,))
def class_as_value(x):
    convert = float
    return convert(x), apply_twice(float, x)


@case((2.0,))
def table_of_functions(x):
    fs = (math.sin, math.cos, plain_double)
    return fs[0](x), fs[1](x), fs[2](x)


@case((3, 4))
def operators(a, b):
    return (
        operator.add(a, b),
        operator.sub(a, b),
        operator.mul(a, b),
        operator.truediv(a, b),
        operator.floordiv(a, b),
        operator.mod(a, b),
        operator.pow(a, b),
        operator.neg(a),
        operator.lt(a, b),
        operator.le(a, b),
        operator.eq(a, b),
        operator.ne(a, b),
        operator.gt(a, b),
        operator.ge(a, b),
        operator.and_(a, b),
        operator.or_(a, b),
        operator.xor(a, b),
        operator.not_(a),
        operator.lshift(a, b),
        operator.rshift(a, b),
        operator.invert(a),
        operator.truth(a),
        operator.abs(-a),
    )


@case((3, 0))
def operator_raises(a, b):
    return operator.floordiv(a, b)


@case((3, 4))
def operator_as_value(a, b):
    return apply_two(operator.add, a, b), apply_two(operator.mul, a, b)


def apply_two(f, a, b):
    return f(a, b)


@case(((1, 2.5, 3),))
def itemgetter(t):
    return operator.itemgetter(1)(t), operator.itemgetter(0, 2)(t)


@case((5,), (1,))
def reduces(n):
    return reduce(operator.add, range(1, n + 1)), reduce(lambda a, b: a * b, range(1, n + 1), 1)


@case((np.arange(1.0, 5.0),))
def reduces_array(a):
    return functools.reduce(lambda x, y: x * y, a), reduce(operator.add, a, 0.5)


@case((0,), (3,))
def reduces_nothing(n):
    return reduce(operator.add, range(n))


@case((3,))
def partials(x):
    double = partial(operator.mul, 2)
    shifted = partial(plain_defaults, b=x)
    return double(x), shifted(1), shifted(1, c=2.0), shifted(1, b=0)


@case((3,))
def partial_of_closure(x):
    def f(a, b, c):
        return a * 100 + b * 10 + c + x

    g = partial(f, 1)
    h = partial(g, 2)
    return g(2, 3), h(3), partial(f, c=9)(1, 2)


global_partial = partial(plain_defaults, 10, c=2.0)


@case((3,))
def partial_as_global(x):
    return global_partial(x), global_partial()


@case((2.5,))
def partial_of_library(x):
    return partial(max, 1.0)(x), partial(pow, 2.0)(x)


# `*args`, `**kwargs`, starred calls and displays.


@case((1, 2.5), (), (1,), (1, 2, 3))
def takes_args(*args):
    return len(args), args


@case((1, 2, 3), (1,))
def first_and_rest(first, *rest):
    total = first
    for x in rest:
        total += x
    return total, rest


@case((3,))
def passes_args(n):
    t = (n, 2.5)
    return takes_two(*t), takes_two(n, *(1,)), takes_args_inner(*t, *t), takes_args_inner(1, *t, 2)


def takes_two(a, b):
    return a, b


def takes_args_inner(*args):
    return args


def takes_everything(a, *args, k=1, **kwargs):
    return a, args, k, kwargs["x"] if "x" in kwargs else 0


@case((3,))
def passes_everything(n):
    return (
        takes_everything(n),
        takes_everything(n, 1, 2),
        takes_everything(n, 1, k=5),
        takes_everything(n, x=7),
        takes_everything(n, x=7, y=2, k=0),
    )


def forwards(*args, **kwargs):
    return plain_defaults(*args, **kwargs)


@case((3,))
def passes_through(n):
    return forwards(n), forwards(n, 2), forwards(n, c=1.5), forwards(a=n, b=1)


@case((3, 4.5))
def starred_display(a, b):
    t = (a, b)
    return (*t, 1), (1, *t), (*t, *t), (*(), a)


def make_logger(f):
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) + 1

    return wrapper


@case((3,))
def decorator_by_hand(n):
    g = make_logger(plain_double)
    return g(n)


wrapped_double = functools.wraps(plain_double)(make_logger(plain_double))


@case((3,))
def wrapped_is_not_looked_through(n):
    return wrapped_double(n)


class TestFromPython:
    """What crosses the boundary."""

    def test_keywords(self):
        @jit
        def f(a, *args, k=2, **kwargs):
            return a, args, k, kwargs.get("z", 5)

        def g(a, *args, k=2, **kwargs):
            return a, args, k, kwargs.get("z", 5)

        for args, kwargs in [
            ((1,), {}),
            ((1, 2, 3.5), {}),
            ((1, 2), {"k": 7}),
            ((1,), {"z": 1.5}),
            ((1,), {"y": 0, "z": 2, "k": 3}),
            ((), {"a": 1}),
        ]:
            assert f(*args, **kwargs) == g(*args, **kwargs)
        for args, kwargs in [((), {}), ((1,), {"a": 2})]:
            with pytest.raises(TypeError) as ours:
                f(*args, **kwargs)
            with pytest.raises(TypeError) as theirs:
                g(*args, **kwargs)
            assert str(ours.value).replace("TestFromPython.test_keywords.<locals>.f", "g") == str(
                theirs.value
            ).replace("TestFromPython.test_keywords.<locals>.g", "g")

    def test_kwargs_dict(self):
        @jit
        def f(**kwargs):
            return kwargs

        assert f(b=1, a=2.5) == {"b": 1, "a": 2.5}
        assert list(f(b=1, a=2.5)) == ["b", "a"]
        assert f() == {}

    @pytest.mark.parametrize(
        "function",
        [
            plain_double,
            plain_lambda,
            math.sqrt,
            abs,
            float,
            np.sqrt,
            np.float32,
            partial(operator.add, 3),
            partial(plain_defaults, c=1.0),
            lambda x: x - 1,
        ],
    )
    def test_as_argument(self, function):
        @jit
        def apply(f, x):
            return f(x)

        def plain(f, x):
            return f(x)

        for x in (4, 2.25):
            ours, theirs = apply(function, x), plain(function, x)
            assert ours == theirs and type(ours) is type(theirs)
            assert apply(function, x) == theirs

    def test_two_argument_functions(self):
        @jit
        def apply(f, g, x):
            return f(x), g(x, 2)

        assert apply(math.sqrt, operator.add, 4.0) == (2.0, 6.0)
        assert apply(plain_double, operator.mul, 4.0) == (8.0, 8.0)
        assert apply(math.sqrt, operator.add, 9.0) == (3.0, 11.0)

    def test_jitted_argument(self):
        @jit
        def cube(x):
            return x**3

        @jit
        def apply(f, x):
            return f(x)

        assert apply(cube, 2) == 8
        assert apply(cube, 2.0) == 8.0

    def test_functions_in_tuple(self):
        @jit
        def both(fs, x):
            return fs[0](x), fs[1](x)

        assert both((math.sqrt, plain_double), 4.0) == (2.0, 8.0)

    def test_argument_comes_back(self):
        @jit
        def same(f):
            return f

        for f in (plain_double, math.sin, abs, np.sin, operator.add):
            assert same(f) is f

    @compiled_only
    def test_many_lambdas(self):
        @jit
        def apply(f, x):
            return f(x)

        for i in range(70):
            assert apply(lambda x, i=i: x + i, 1) == 1 + i
        assert len(apply.signatures) <= 65

    @compiled_only
    def test_argument_is_released(self):
        @jit
        def apply(f, x):
            return f(x)

        f = lambda x: x + 1  # noqa: E731
        assert apply(f, 1) == 2
        gone = weakref.ref(f)
        del f, apply
        gc.collect()
        assert gone() is None

    def test_callable_object(self):
        class Thing:
            def __call__(self, x):
                return x

        @jit
        def apply(f, x):
            return f(x)

        assert apply(Thing(), 1) == 1

    def test_py_func(self):
        class Wrapped:
            def __init__(self, func):
                self.py_func = func

            def __call__(self, x):
                return self.py_func(x)

        wrapped = Wrapped(plain_double)

        @jit
        def f(x):
            return wrapped(x) + 1

        assert f(3) == 7


class TestReturned:
    """Functions as results."""

    def test_adder(self):
        @jit
        def make_adder(n):
            def add(x, k=1):
                """Adds."""
                return x + n * k

            return add

        add = make_adder(3)
        assert add(4) == 7
        assert add(4, 2) == 10
        assert add(x=1, k=0) == 1
        assert add.__name__ == "add"
        assert add.__qualname__.endswith("make_adder.<locals>.add")
        assert add.__doc__ == "Adds."
        assert make_adder(0.5)(1) == 1.5
        assert add(4) == 7

    def test_lambda(self):
        @jit
        def make(a, b):
            return (lambda x: a * x), (lambda x: b + x)

        first, second = make(3, 10)
        assert first(2) == 6 and second(2) == 12

    def test_recursive(self):
        @jit
        def make(base):
            def fact(n):
                return base if n < 2 else n * fact(n - 1)

            return fact

        assert make(1)(5) == 120

    def test_shared_variable(self):
        @jit
        def make(start):
            count = start

            def bump():
                nonlocal count
                count += 1
                return count

            def get():
                return count

            bump()
            return bump, get

        bump, get = make(10)
        assert get() == 11
        assert bump() == 12
        assert get() == 12

    def test_array(self):
        @jit
        def make(a):
            work = np.zeros(3)
            work[0] = 5.0

            def total():
                return work[0] + a[0]

            return total

        a = np.ones(2)
        total = make(a)
        assert total() == 6.0
        a[0] = 3.0
        assert total() == 8.0

    def test_partial(self):
        @jit
        def make(n):
            return partial(plain_defaults, n, c=2.0)

        made = make(3)
        assert isinstance(made, partial)
        assert made() == plain_defaults(3, c=2.0)

    def test_nested_twice(self):
        @jit
        def make(a):
            def one(b):
                def two(c):
                    return a * 100 + b * 10 + c

                return two

            return one

        assert make(1)(2)(3) == 123

    def test_outer_closure(self):
        k = 5

        @jit
        def make(a):
            return lambda x: x + a + k

        assert make(1)(2) == 8


class TestGlobals:
    """Arrays and functions that are globals or closure variables."""

    def test_array_by_reference(self):
        table = np.arange(4.0)

        @jit
        def f(i):
            return table[i]

        @jit
        def put(i, x):
            table[i] = x

        assert f(2) == 2.0
        table[2] = 10.0
        assert f(2) == 10.0
        put(2, 7.0)
        assert table[2] == 7.0 and f(2) == 7.0

    def test_array_is_replaced(self):
        table = np.arange(4.0)

        @jit
        def f(i):
            return table[i], len(table)

        assert f(1) == (1.0, 4)
        table = np.arange(6) * 10
        value, length = f(1)
        assert (value, length) == (10, 6) and isinstance(value, np.int64)

    def test_array_comes_back(self):
        table = np.arange(4.0)

        @jit
        def f():
            return table

        @jit
        def g():
            return table[1:]

        assert f() is table
        assert np.shares_memory(g(), table)

    def test_array_in_loop(self):
        table = np.arange(100.0).reshape(10, 10)
        other = np.ones(10, dtype=np.float32)

        @jit
        def f():
            total = 0.0
            for i in range(table.shape[0]):
                for j in range(table.shape[1]):
                    total += table[i, j] * other[j]
            return total

        assert f() == table.sum()
        table[3, 3] = 0.0
        assert f() == table.sum()

    def test_array_becomes_readonly(self):
        table = np.arange(4.0)

        @jit
        def put(i, x):
            table[i] = x

        put(0, 5.0)
        table.flags.writeable = False
        with pytest.raises(Exception):  # noqa: B017
            put(0, 6.0)
        assert table[0] == 5.0

    def test_array_default(self):
        table = np.arange(4.0)

        def plain(i, a=table):
            return a[i]

        @jit
        def f(i):
            return plain(i)

        assert f(2) == 2.0
        table[2] = 9.0
        assert f(2) == 9.0

    def test_array_in_called_function(self):
        table = np.arange(4.0)

        def look(i):
            return table[i]

        @jit
        def f(n):
            total = 0.0
            for i in range(n):
                total += look(i)
            return total

        assert f(4) == 6.0
        table[:] = 1.0
        assert f(4) == 4.0

    def test_redefined(self):
        def helper(x):
            return x + 1

        @jit
        def f(x):
            return helper(x)

        assert f(1) == 2

        def helper(x):
            return x + 100

        assert f(1) == 101

    def test_code_replaced(self):
        def helper(x):
            return x + 1

        def other(x):
            return x + 50

        @jit
        def f(x):
            return helper(x)

        assert f(1) == 2
        helper.__code__ = other.__code__
        assert f(1) == 51

    def test_defaults_replaced(self):
        def helper(x, y=1, *, z=0):
            return x + y + z

        @jit
        def f(x):
            return helper(x)

        assert f(1) == 2
        helper.__defaults__ = (10,)
        assert f(1) == 11
        helper.__kwdefaults__ = {"z": 100}
        assert f(1) == 111
        helper.__kwdefaults__["z"] = 200
        assert f(1) == 211

    def test_factory(self):
        def make(f, scale, name):
            table = np.arange(3.0) * scale

            @jit
            def inner(i):
                return f(table[i]) + scale, name

            return inner

        one, two = make(plain_double, 2.0, "one"), make(math.sqrt, 3.0, "two")
        assert one(1) == (6.0, "one")
        assert two(1) == (math.sqrt(3.0) + 3.0, "two")
        assert one(2) == (10.0, "one")

    def test_source_is_missing(self):
        scope = {}
        exec("def hidden(x): return x + 1", scope)
        hidden = scope["hidden"]

        @jit
        def f(x):
            return hidden(x)

        if not IDENTITY:
            with pytest.raises(Exception, match="source") as caught:
                f(1)
            assert caught.value.code == "CB0110"
            assert "hidden" in str(caught.value)


class TestMethods:
    """`@jit` in classes."""

    def test_static_and_class_methods(self):
        class Thing:
            @staticmethod
            @jit
            def twice(x):
                return 2 * x

        assert Thing.twice(3) == 6
        assert Thing().twice(3) == 6

    def test_methods(self):
        class Thing:
            @jit
            def method(self, x):
                return x

        assert Thing().method(1) == 1
        assert Thing.method(1, 2) == 2


def test_no_leaks():
    if IDENTITY:
        pytest.skip("about compiled code")
    from cumbia._cumbia import live_allocations

    @jit
    def f(n):
        kept = np.zeros(n)
        total = 0.0

        def step(i):
            nonlocal kept, total
            kept = np.ones(n)
            total += kept[i]

        for i in range(n):
            step(i)
        return total

    assert f(10) == 10.0
    assert live_allocations() == 0


@pytest.mark.parametrize("x", [1, -1, 20])
def test_assertions_in_nested_functions(x):
    func = define(
        """
        def f(x):
            assert x > 0, "small"
            def g(y):
                assert y < 10, "large"
                return y
            return g(x)
        """
    )
    check(func, x)


@pytest.mark.parametrize(**case.params())
def test_cases(func, call, deviation):
    check(func, *call, _deviation=deviation)

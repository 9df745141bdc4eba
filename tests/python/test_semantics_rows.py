"""One test for each row of the table of semantics: where compiled Python goes wrong elsewhere.

Each test is named after its row and says in its first line what cumbia gives. What isn't
the same as under CPython and NumPy is asserted as the table has it, text included. Rows of
arrays as a whole (`float32_array * 2.0`, `x[1:] += x[:-1]`) are here as far as elements
and copies go; array expressions, `prange`, `fastmath`, `overflow="wrap"` and
`np.random.Generator` aren't there yet, and have the test of their refusal.
"""

import itertools
import math
import traceback
import warnings

import numpy as np
import pytest
from harness import IDENTITY, check, define, jit, refused

INT_MIN, INT_MAX = -(2**63), 2**63 - 1


def binary(symbol):
    return define(f"def f(a, b):\n    return a {symbol} b\n")


def overflows(func, *args):
    """Python gives a big integer, cumbia OverflowError at the operation's line."""
    got = check(func, *args, _deviation="big-int")
    if not IDENTITY:
        assert type(got.error) is OverflowError, f"{args} gave {got}"
    return got


# Overflow of Python integers.


@pytest.mark.parametrize(
    ("symbol", "a", "b"),
    [("+", INT_MAX, 1), ("-", INT_MIN, 1), ("*", 2**32, 2**31), ("**", 3, 41), ("**", -2, 65), ("<<", 1, 63), ("<<", 3, 62)],
)
def test_overflow_of_python_integers(symbol, a, b):
    overflows(binary(symbol), a, b)


def test_overflow_of_abs_and_negation():
    overflows(define("def f(a):\n    return abs(a)\n"), INT_MIN)
    overflows(define("def f(a):\n    return -a\n"), INT_MIN)


def test_constants_beyond_64_bits():
    check(define("def f():\n    return 2**70\n"))
    check(define("def f():\n    return 1 << 63, -(2**63) - 1, 2**70 >> 60\n"))


def test_overflow_names_the_line():
    func = jit(define("def f(a):\n    b = a\n    return (\n        b +\n        a)\n"))
    if IDENTITY:
        return
    with pytest.raises(OverflowError) as caught:
        func(INT_MAX)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 4


def test_the_largest_integers_are_exact():
    for symbol, a, b in [("+", INT_MAX, 0), ("-", INT_MIN, 0), ("*", -(2**32), 2**31), ("**", -2, 63), ("<<", -1, 63)]:
        check(binary(symbol), a, b)


def test_no_check_where_overflow_cannot_happen():
    def last(a):
        n = 0
        for i in range(len(a)):
            n = i + 1
        return n

    check(last, np.zeros(7))
    if not IDENTITY:
        compiled = jit(last)
        compiled(np.zeros(7))
        assert "sadd_chk" not in next(iter(compiled.inspect_ir().values()))


def test_overflow_wrap_is_no_option_yet():
    if not IDENTITY:
        with pytest.raises(TypeError, match="overflow"):
            jit(overflow="wrap")


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint8, np.uint64])
def test_numpy_integers_wrap(dtype):
    info = np.iinfo(dtype)
    for symbol, a, b in itertools.product("+-*", [info.min, info.max], [1, info.max]):
        check(binary(symbol), dtype(a), dtype(b))
    check(define("def f(a):\n    return -a, abs(a)\n"), dtype(info.min))


def test_the_smallest_integer_divided_by_minus_one():
    """OverflowError for `//`, which leaves 64 bits; `%` is exact; never a trap."""
    overflows(binary("//"), INT_MIN, -1)
    overflows(define("def f(a, b):\n    return divmod(a, b)\n"), INT_MIN, -1)
    check(binary("%"), INT_MIN, -1)
    for dtype in (np.int8, np.int64):
        low = dtype(np.iinfo(dtype).min)
        check(binary("//"), low, dtype(-1))
        check(binary("%"), low, dtype(-1))


# Shifts.


@pytest.mark.parametrize("count", [-1, -64, 0, 1, 63, 64, 65, 1000])
@pytest.mark.parametrize("value", [0, 1, -1, 5, INT_MAX, INT_MIN])
def test_shifts_of_python_integers(value, count):
    """ValueError for negative counts, OverflowError beyond 64 bits; `>>` fills with the sign."""
    check(binary(">>"), value, count)
    check(binary("<<"), value, count, _deviation="big-int")


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.uint64])
@pytest.mark.parametrize("count", [0, 7, 8, 63, 64, 100])
def test_shifts_of_numpy_integers(dtype, count):
    for value in (1, np.iinfo(dtype).min, np.iinfo(dtype).max):
        check(binary("<<"), dtype(value), dtype(count))
        check(binary(">>"), dtype(value), dtype(count))
    if np.issubdtype(dtype, np.signedinteger):
        check(binary("<<"), dtype(1), dtype(-1))
        check(binary(">>"), dtype(-1), dtype(-1))


# Division.

DIVISIONS = ["/", "//", "%"]


@pytest.mark.parametrize("symbol", DIVISIONS)
@pytest.mark.parametrize(("a", "b"), [(1, 0), (0, 0), (1.0, 0.0), (1, 0.0), (1.0, 0), (True, False), (-1.5, -0.0)])
def test_division_by_zero_of_python_numbers(symbol, a, b):
    """ZeroDivisionError with CPython's text."""
    check(binary(symbol), a, b, _deviation="exception-text")


@pytest.mark.parametrize("symbol", DIVISIONS)
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.uint64, np.float32, np.float64])
def test_division_by_zero_of_numpy_scalars(symbol, dtype):
    """inf, nan and 0; of the RuntimeWarning none, as the deviations say."""
    for value in (1, 0):
        check(binary(symbol), dtype(value), dtype(0))
        element = define(f"def f(a, i):\n    return a[i] {symbol} a[0]\n")
        check(element, np.array([0, value], dtype), 1)
    if not IDENTITY:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            jit(binary(symbol))(dtype(1), dtype(0))


@pytest.mark.parametrize("symbol", ["//", "%"])
def test_floor_rules(symbol):
    func = binary(symbol)
    for a, b in itertools.product([7, -7, 0, 1], [2, -2, 3, -3]):
        check(func, a, b)
        check(func, np.int32(a), np.int32(b))
    numbers = [-0.0, 0.0, 5.5, -5.5, math.inf, -math.inf, math.nan]
    for a, b in itertools.product(numbers, [2.0, -2.0, math.inf, -math.inf, math.nan]):
        check(func, a, b)
        check(func, np.float64(a), np.float64(b))
        check(func, np.float32(a), np.float32(b))


# Powers.


def test_negative_literal_exponent_of_python_integers():
    check(define("def f():\n    return 2**-1\n"))
    check(define("def f(n):\n    return n**-2\n"), 5)


def test_negative_exponent_known_at_run_time():
    """ValueError with the hint to write `2.0**n`."""
    got = check(binary("**"), 2, -1, _deviation="negative-exponent")
    if not IDENTITY:
        assert type(got.error) is ValueError
        assert "float" in str(got.error) or ".0" in str(got.error), got


def test_negative_exponent_of_numpy_integers():
    """ValueError with NumPy's text."""
    for dtype in (np.int8, np.int64):
        check(binary("**"), dtype(2), dtype(-1))
    if not IDENTITY:
        with pytest.raises(ValueError, match="negative integer powers"):
            jit(binary("**"))(np.int64(2), np.int64(-1))


def test_fractional_power_of_a_negative_float():
    """Python floats: ValueError with a hint; NumPy floats: nan."""
    got = check(define("def f(x):\n    return x ** (1/3)\n"), -8.0, _deviation="complex-power")
    if not IDENTITY:
        assert type(got.error) is ValueError
        assert "complex" in str(got.error)
    check(binary("**"), np.float64(-8.0), np.float64(1 / 3))
    check(binary("**"), np.float32(-8.0), np.float32(1 / 3))


def test_zero_to_a_negative_power():
    check(binary("**"), 0.0, -1.0, _deviation="exception-text")
    check(binary("**"), -0.0, -1.0, _deviation="exception-text")
    check(define("def f(x):\n    return x**-1\n"), 0.0, _deviation="exception-text")
    check(binary("**"), np.float64(0.0), np.float64(-1.0))
    check(binary("**"), np.float64(-0.0), np.float64(-1.0))


# Functions of math and conversions.


@pytest.mark.parametrize(
    ("name", "x"),
    [("sqrt", -1.0), ("log", 0.0), ("log", -1.0), ("exp", 1000.0), ("acos", 2.0), ("lgamma", 0.0), ("sinh", 1e4), ("fmod", math.inf)],
)
def test_domain_errors_of_math(name, x):
    """As Python: ValueError and OverflowError."""
    second = ", 1.0" if name == "fmod" else ""
    check(define(f"import math\ndef f(x):\n    return math.{name}(x{second})\n"), x, _deviation="exception-text")


@pytest.mark.parametrize(("name", "x"), [("sqrt", -1.0), ("log", 0.0), ("log", -1.0), ("exp", 1000.0), ("arccos", 2.0)])
def test_domain_errors_of_numpy(name, x):
    """nan and inf."""
    check(define(f"import numpy as np\ndef f(x):\n    return np.{name}(x)\n"), x)


def test_round_is_correctly_rounded():
    func = define("def f(x, n):\n    return round(x, n)\n")
    for x, n in [(2.675, 2), (0.5, 0), (1.5, 0), (2.5, 0), (1e22, -21), (-0.04, 1), (5e-324, 323), (123456.785, 2)]:
        check(func, x, n)
    check(define("def f(x):\n    return round(x)\n"), 2.5)


@pytest.mark.parametrize("x", [1e300, -1e300, math.nan, math.inf, 2.0**63, -(2.0**63), 2.5])
def test_int_of_a_float(x):
    """OverflowError beyond 64 bits, ValueError of nan."""
    check(define("def f(x):\n    return int(x)\n"), x, _deviation="big-int")


def test_int_and_float_compare_exactly():
    for symbol in ("==", "!=", "<", "<=", ">", ">="):
        func = binary(symbol)
        for a, b in [(2**53 + 1, 2.0**53), (INT_MAX, 2.0**63), (INT_MIN, -(2.0**63)), (1, math.nan), (0, -0.0)]:
            check(func, a, b)
            check(func, b, a)


# min and max.


@pytest.mark.parametrize("name", ["min", "max"])
def test_min_and_max_with_nan_and_zeros(name):
    """The first one that wins; `np.minimum` propagates nan."""
    func = define(f"def f(a, b, c):\n    return {name}(a, b), {name}(a, b, c)\n")
    for row in itertools.product([math.nan, -0.0, 0.0, 1.0], repeat=3):
        check(func, *row)
    elementwise = define(f"import numpy as np\ndef f(a, b):\n    return np.{name}imum(a, b)\n")
    for a, b in [(math.nan, 1.0), (1.0, math.nan), (2.0, 1.0)]:
        check(elementwise, a, b)


def test_max_of_mixed_types():
    """Unified: a deviation."""
    for name, args in [("max", (3, 2.0)), ("min", (2, 3.0)), ("max", (True, 0))]:
        func = define(f"def f(a, b):\n    return {name}(a, b)\n")
        got = check(func, *args, _deviation="mixed-choice")
        if not IDENTITY and float in map(type, args):
            assert type(got.value) is float


# bool.


def test_operators_of_bool():
    """`~True` is -2, `np.bool + np.bool` is True, `np.bool - np.bool` a TypeError."""
    check(define("def f(a):\n    return ~a, -a, +a\n"), True)
    check(define("def f(a):\n    return ~a\n"), np.True_)
    for symbol in ("+", "-", "*", "/", "//", "%", "**", "<<", "&", "|", "^"):
        for a, b in itertools.product([False, True], [True, False] if symbol in "+-*&|^<<" else [True]):
            check(binary(symbol), a, b)
    for symbol in ("+", "*", "&", "|", "^"):
        check(binary(symbol), np.True_, np.True_)
    refused(binary("-"), np.True_, np.False_, _code="CB0303", _raises=TypeError)


# Promotion of NumPy's types.


def test_uint64_with_int64_and_int():
    """float64; uint64."""
    check(binary("+"), np.uint64(2**63), np.int64(1))
    check(binary("+"), np.uint64(2**63), 1)
    check(binary("*"), np.uint64(5), 3)


def test_weak_literals_keep_uint64():
    def loop(x, n):
        z = x
        for _ in range(n):
            z = z - 1
        return z

    check(loop, np.uint64(2**63), 4)
    check(loop, np.uint64(1), 3)
    check(loop, np.uint8(1), 3)


def test_small_integers_wrap():
    check(binary("+"), np.uint8(200), np.uint8(100))
    check(define("def f(a):\n    return a[0] + a[1]\n"), np.array([200, 100], np.uint8))


def test_weak_literals_keep_small_types():
    """`float32 * 2.0` is float32, `uint8 + 1` uint8; of elements here."""
    check(binary("*"), np.float32(1.1), 2.0)
    check(binary("+"), np.uint8(255), 1)
    check(define("def f(a):\n    return a[0] * 2.0\n"), np.ones(2, np.float32))
    check(define("def f(a):\n    return a[0] + 1\n"), np.full(2, 255, np.uint8))


def test_integers_out_of_a_dtype():
    """OverflowError, stored or added."""
    check(define("def f(a, n):\n    a[0] = n\n    return a\n"), np.zeros(2, np.uint8), 300)
    check(define("def f(a, n):\n    a[0] = n\n    return a\n"), np.zeros(2, np.uint8), -1)
    check(define("def f(a, n):\n    return a[0] + n\n"), np.zeros(2, np.uint8), 300)


def test_nan_stored_into_integers():
    func = define("def f(a, x):\n    a[0] = x\n    return a\n")
    check(func, np.zeros(2, np.int64), math.nan)
    check(func, np.zeros(2, np.int64), math.inf)
    check(func, np.zeros(2, np.int64), 2.5)


@pytest.mark.parametrize("name", ["sum", "mean", "std", "var"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_are_pairwise(name, dtype):
    """NumPy's order, bit for bit."""
    func = define(f"import numpy as np\ndef f(a):\n    return np.{name}(a)\n")
    rng = np.random.default_rng(5)
    for size in (1, 7, 8, 127, 128, 129, 1000, 12345):
        check(func, (rng.random(size) * 1e3).astype(dtype))


def test_a_loop_keeps_its_order():
    def total(a):
        s = np.float32(0)
        for x in a:
            s += x
        return s

    check(total, np.random.default_rng(6).random(1000).astype(np.float32))


def test_overlapping_slices():
    """As if buffered."""
    for text in ("a[1:] = a[:-1]", "a[:-1] = a[1:]", "a[::-1] = a", "a[2:7] = a[0:5]"):
        check(define(f"def f(a):\n    {text}\n    return a\n"), np.arange(9.0))
    for operator in ("+=", "*=", "-="):
        check(define(f"def f(x):\n    x[1:] {operator} x[:-1]\n    return x\n"), np.arange(5.0))


@pytest.mark.parametrize("index", [3, -4, INT_MAX, INT_MIN])
def test_index_out_of_range(index):
    """IndexError with index, axis and size."""
    check(define("def f(a, i):\n    return a[i]\n"), np.zeros(3), index)
    check(define("def f(a, i):\n    return a[0, i]\n"), np.zeros((2, 3)), index)
    check(define("def f(a, i):\n    a[i] = 1.0\n    return a\n"), np.zeros(3), index)
    check(define("def f(a, i):\n    return a[i]\n"), [1, 2, 3], index)
    check(define("def f(a, i):\n    return a[i]\n"), "abc", index)


def test_a_number_joins_a_numpy_scalar():
    """The NumPy type on both paths, range-checked: a deviation."""

    def total(a):
        s = 0.0
        for v in a:
            s += v
        return s

    check(total, np.ones(3))
    got = check(total, np.ones(0), _deviation="joined-number")
    if not IDENTITY:
        assert type(got.value) is np.float64

    def small(a, start):
        s = start
        for v in a:
            s = s + v
        return s

    if not IDENTITY:
        with pytest.raises(OverflowError):
            jit(small)(np.ones(1, np.uint8), 300)


def test_a_variable_unbound_after_no_turns():
    """UnboundLocalError, and no check where it can't happen."""

    def last(n):
        for i in range(n):
            x = i
        return x

    check(last, 0)
    check(last, 3)

    def always(n):
        x = 0
        for i in range(n):
            x = i
        return x

    check(always, 0)
    if not IDENTITY:
        compiled = jit(always)
        compiled(0)
        assert "UnboundLocalError" not in next(iter(compiled.inspect_ir().values()))


def test_floats_as_indices():
    """A TypeError of Python's: refused when compiled."""
    refused(define("def f():\n    n = 0\n    for i in range(3.0):\n        n += i\n    return n\n"), _code="CB0303", _raises=TypeError)
    refused(define("def f(a):\n    return a[1.0]\n"), np.zeros(3), _code="CB0501", _raises=IndexError)
    refused(define("def f(a):\n    return a[1.0]\n"), [1, 2], _code="CB0503", _raises=TypeError)


def test_globals_are_late_bound():
    """Scalars guarded and compiled anew; arrays by reference."""
    scope = {"np": np, "N": 3, "A": np.arange(3.0)}
    source = "def f(x):\n    return x * N + A[0]\n"
    exec(source, scope)
    func = jit(source=source)(scope["f"]) if not IDENTITY else scope["f"]
    assert func(2) == 6.0
    scope["N"] = 5
    assert func(2) == 10.0
    scope["N"] = 0.5
    assert func(2) == 1.0
    scope["A"][0] = 7.0
    assert func(2) == 8.0
    scope["A"] = np.ones(2)
    assert func(2) == 2.0


def test_closure_variables_are_late_bound():
    factor = 3

    def scaled(x):
        return x * factor

    func = jit(scaled)
    assert func(2) == 6
    factor = 5
    assert func(2) == 10


def test_list_arguments_are_seen_by_the_caller():
    check(define("def f(x, y):\n    x.append(4)\n    y[0] = len(x)\n    return x\n"), [1, 2], [5])
    one = [1, 2]
    func = jit(define("def f(x, y):\n    x.append(4)\n    y[0] = len(x)\n"))
    func(one, one)
    assert one == [3, 2, 4]


def test_order_of_sets_and_dicts():
    """As CPython; RuntimeError when they change while iterated."""
    check(define("def f(s):\n    s.add(17)\n    s.discard(3)\n    return [x for x in s]\n"), {5, 3, 1000, -1})
    check(define("def f(d):\n    d[1] = d.pop(2)\n    return [k for k in d], list(d.values())\n"), {3: 1, 2: 5})
    check(define("def f(d):\n    for k in d:\n        d[k + 10] = 1\n"), {3: 1, 2: 5})
    check(define("def f(s):\n    for k in s:\n        s.add(k + 10)\n"), {3, 1})
    check(define("def f(s):\n    for k in s:\n        s.remove(k)\n"), {3, 1})


@pytest.mark.parametrize("value", [1.5, -0.0, 1e16, 1e-5, math.inf, math.nan, 10**18, True, "x", None, 1 + 2j])
def test_text_of_values(value):
    check(define("def f(x):\n    return str(x), repr(x), f'{x}|{x!r:>12}'\n"), value)


def test_text_of_numpy_scalars():
    for value in (np.float64(1.5), np.float32(0.1), np.int8(-3), np.True_):
        check(define("def f(x):\n    return str(x), f'{x}'\n"), value)


def test_parameters():
    """Keyword-only parameters and defaults work, `async def` is refused by name."""
    func = define("def f(a, b=2, *, c=3):\n    return a + 10 * b + 100 * c\n")
    check(func, 1)
    check(func, 1, c=7)
    check(func, 1, 5, c=7)
    check(define("def f(**names):\n    return names['a'] + names['b']\n"), a=1, b=2)
    if not IDENTITY:
        with pytest.raises(Exception, match="coroutine function"):
            jit(define("async def f(a):\n    return a\n"))(1)


def test_parallel_loops_have_the_options_of_the_table():
    """No option that is taken and ignored."""
    if not IDENTITY:
        with pytest.raises(ValueError, match="sideways"):
            jit(parallel={"sideways": True})
        with pytest.raises(TypeError, match="fastmath"):
            jit(fastmath={"sloppy"})


def test_streams_of_random_numbers_are_those_outside():
    """One global state, as NumPy's."""
    draw = define("import numpy as np\ndef f(n):\n    return np.random.random(), np.random.randint(0, n)\n")
    func = jit(draw)
    found = []
    for one in (draw, func):
        np.random.seed(7)
        found.append([one(100), np.random.random(), one(100), np.random.random()])
    assert found[0] == found[1]
    seed = jit(define("import numpy as np\ndef f(n):\n    np.random.seed(n)\n"))
    seed(11)
    after = np.random.random()
    np.random.seed(11)
    assert after == np.random.random()


def test_generators_of_numpy_stay_in_step():
    f = jit(define("def f(g):\n    return g.random() + g.normal()\n"))
    mine, theirs = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(3):
        assert f(mine) == theirs.random() + theirs.normal()
    assert mine.bit_generator.state == theirs.bit_generator.state


def test_no_contraction_and_no_reassociation():
    """Results don't depend on the processor: `a * b + c` rounds twice."""
    a, b = 1.0 + 2.0**-30, 1.0 - 2.0**-30
    check(define("def f(a, b, c):\n    return a * b + c\n"), a, b, -1.0)
    check(define("def f(a, b, c):\n    return (a + b) + c, a + (b + c)\n"), 1e16, 1.0, 1.0)
    check(define("def f(a):\n    s = 0.0\n    for x in a:\n        s = s + x * x\n    return s\n"), np.random.default_rng(8).random(999))

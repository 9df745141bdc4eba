"""NumPy's warnings of whole-array arithmetic: the same ones, compiled and not.

Compared are category, text, file, line, number and order, under several filters. What
functions warn of beside arithmetic is in `test_warnings.py`.
"""

import itertools
import traceback
import warnings

import numpy as np
import pytest

from cumbia import jit
from tests.library.differential import compiled, names, plain

EDGES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, 1e308, -1e308, 1e-308, 5e-324, np.inf, -np.inf, 800.0, -3.7]
)
FILTERS = ("always", "default", "error", "ignore", "once")


def told(function, arguments, filter_, times=1):
    """The warnings of calls, or the exception that one became and where."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(filter_)
        try:
            for _ in range(times):
                function(*[np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments])
        except (RuntimeWarning, FloatingPointError) as error:
            frames = traceback.extract_tb(error.__traceback__)[1:]
            return type(error), str(error), [(f.filename, f.name, f.lineno) for f in frames]
    return [(w.category, str(w.message), w.filename, w.lineno) for w in caught]


def forget(function):
    """Lets the warnings of a function's lines be shown again."""
    function.__globals__.pop("__warningregistry__", None)


def warned_alike(body, *arguments, filters=("always", "error"), times=1):
    """What a body warns of; asserts that it is the same compiled."""
    parameters = names(arguments)
    said = []
    for filter_ in filters:
        reference = plain(body, parameters)
        forget(reference)
        want = told(reference, arguments, filter_, times)
        forget(reference)
        got = told(compiled(body, parameters), arguments, filter_, times)
        assert got == want, (body, filter_, [getattr(a, "dtype", a) for a in arguments])
        said.append(want)
    return said[0]


def of_dtype(values, dtype):
    with np.errstate(all="ignore"):
        return np.asarray(values).astype(dtype)


def pairs(dtype):
    """All pairs of the edges, each between numbers of which nothing is said."""
    for x, y in itertools.product(EDGES, EDGES):
        yield of_dtype([1.0, x, 1.0], dtype), of_dtype([1.0, y, 1.0], dtype)


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("op", ["+", "-", "*", "/", "//", "%", "**"])
def test_operators(op, dtype):
    told_of = 0
    for a, b in pairs(dtype):
        told_of += bool(warned_alike(f"return a {op} b", a, b, filters=("always",)))
    assert told_of > 0


@pytest.mark.parametrize("op", ["+", "-", "*", "/"])
def test_complex_operators(op):
    for a, b in pairs("f8"):
        x, y = a.astype("c16"), b.astype("c16")
        with np.errstate(all="ignore"):
            x.imag, y.imag = b, a
        warned_alike(f"return a {op} b", x, y, filters=("always",))
    assert warned_alike("return a / b", np.ones(2, "c16"), np.zeros(2, "c16"))
    assert warned_alike("return a / b", np.ones(2, "c8"), np.zeros(2, "c8"))
    warned_alike("return abs(a)", np.array([1.7e308 + 1.7e308j]))
    assert warned_alike("return a ** b", np.zeros(2, "c16"), np.full(2, -1 + 0j))


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize(
    "name",
    [
        "sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan",
        "sinh cosh tanh arcsinh arccosh arctanh deg2rad rad2deg spacing reciprocal square",
    ],
)
def test_functions(name, dtype):
    for one, x in itertools.product(name.split(), EDGES):
        warned_alike(f"return np.{one}(a)", of_dtype([0.5, x, 0.5], dtype), filters=("always",))
    assert not warned_alike("return np.log(a)", of_dtype([np.nan], dtype))


@pytest.mark.parametrize("name", ["arctan2", "hypot", "fmod", "float_power", "nextafter"])
def test_functions_of_two(name):
    for a, b in pairs("f8"):
        warned_alike(f"return np.{name}(a, b)", a, b, filters=("always",))


def test_what_is_told():
    zero, one = np.zeros(2), np.ones(2)
    want = [(RuntimeWarning, "divide by zero encountered in divide")]
    assert [w[:2] for w in warned_alike("return a / b", one, zero)] == want
    both = warned_alike("return a / b", np.array([0.0, 1.0]), zero)
    assert [w[1] for w in both] == [want[0][1], "invalid value encountered in divide"]
    assert warned_alike("return a ** 2", np.array([1e200]))[0][1] == "overflow encountered in square"


def test_scalars_and_shapes():
    square, row, nothing = np.zeros((3, 4)), np.zeros(4), np.empty((0, 4))
    assert warned_alike("return 1.0 / a", row)
    assert warned_alike("return 1 / a", np.zeros(3, "i8"))
    assert warned_alike("return a / 0", row)
    assert warned_alike("return a / b", row, 0.0)
    assert warned_alike("return a / b", row, np.float64(0.0))
    assert warned_alike("return a / b", row, np.float32(0.0))
    assert warned_alike("return a * b", np.full(2, 1e38, "f4"), np.float32(1e38))
    assert warned_alike("return a / b", np.array(1.0), np.array(0.0))
    assert warned_alike("return a / b", np.array(1.0), row)
    assert warned_alike("return a / b", square, row)
    assert warned_alike("return a / b", row, square.T.copy()[:, :1])
    assert warned_alike("return a / b", np.asfortranarray(square), square[::-1])
    assert warned_alike("return a[:, ::-2] / b[::2]", square, row)
    assert warned_alike("return a / b", np.ones(5, "i4"), np.zeros(5, "u1"))
    assert not warned_alike("return a / b", nothing, row)
    assert not warned_alike("return a[:0] / b[:0]", row, row)


def test_larger_expressions():
    a, b = np.array([1.0, 0.0, 2.0]), np.array([0.0, 0.0, 1e-300])
    assert len(warned_alike("return np.where(b != 0, a / b, 0.0)", a, b)) >= 1
    assert warned_alike("return (a / b > 1.0).sum()", a, b)
    assert warned_alike("return np.isnan(a / b)", a, b)
    # Of one operation, as those that are computed together warn where the last one is.
    assert warned_alike("return np.sqrt(a - b) + np.log(b + 1.0) / (a * a + 1.0)", -a, b)
    assert warned_alike("a / b\nreturn 1", a, b)
    assert warned_alike("c = a / b\nreturn a", a, b)
    assert warned_alike("return (np.exp(a) - np.exp(a)) * 0.0", np.array([1.0, 1000.0]))
    assert warned_alike("return (np.exp(a) * b).sum()", np.array([1.0, 1000.0]), np.ones(2))
    assert warned_alike("return np.mean(a / b)", a, b)
    assert warned_alike("return np.sum(a * 1.0)", np.full(3, 1e308))
    assert not warned_alike("return np.where(b > 0, a * b, -a)", a, b)


def test_lines():
    a, b = np.array([1.0, 0.0]), np.zeros(2)
    body = "x = a / b\ny = x - x\nz = y + \\\n    np.sqrt(\n        -x)\nreturn z"
    said = warned_alike(body, a, b, filters=FILTERS)
    assert [w[3] for w in said] == [2, 2, 3, 5]
    for filter_ in FILTERS:
        warned_alike(body, a, b, filters=(filter_,), times=3)
    loop = "for i in range(3):\n    c = a / b\n    d = c - c\nreturn d"
    assert len(warned_alike(loop, a, b)) == 9
    assert len(warned_alike(loop, a, b, filters=("default",))) == 3


def test_roots_of_negative_numbers():
    for exponent in ("0.3", "-0.5", "b"):
        said = warned_alike(f"return a ** {exponent}", np.array([1.0, -2.0]), np.array([2.0, 0.5]))
        assert said[0][1] == "invalid value encountered in power"
    assert warned_alike("return 1.0 + 2.0 * a ** 0.3", np.array([[1.0], [-2.0]]))
    assert not warned_alike("return a ** b", np.array([np.nan, -2.0]), np.array([1.5, 3.0]))


def test_functions_of_whole_arrays():
    big, mixed = np.full((3, 3), 1e308), np.array([np.inf, 1.0, -np.inf])
    assert warned_alike("return np.sum(a)", big)[0][1] == "overflow encountered in reduce"
    assert warned_alike("return a.sum(axis=0)", big)
    assert warned_alike("return np.prod(a)", big)
    assert warned_alike("return np.cumsum(a)", big)[0][1] == "overflow encountered in accumulate"
    assert warned_alike("return a.sum()", mixed)
    assert warned_alike("return a.mean()", mixed)
    assert warned_alike("return np.mean(a, axis=1)", big)
    assert warned_alike("return np.diff(a)", np.array([np.inf, np.inf]))
    assert warned_alike("return a @ a", big)
    assert warned_alike("return np.dot(a, b)", big, big)
    assert warned_alike("return a.astype(np.float32)", np.array([1e300]))
    assert not warned_alike("return a.astype(int)", np.array([1.5, -7.0]))
    assert not warned_alike("return np.sum(a) + a.mean()", np.ones(100))


def test_handlers():
    body = "try:\n    x = a / b\n    y = x - x\nexcept RuntimeWarning:\n    return a\nreturn y"
    warned_alike(body, np.ones(2), np.zeros(2), filters=("always", "error"))
    arguments = np.ones(2), np.zeros(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (compiled(body, "a, b")(*arguments) == 1.0).all()


def test_in_place():
    one, zero = np.ones(3), np.zeros(3)
    big = np.full(3, 1e308)
    assert warned_alike("a /= b", one, zero)
    assert warned_alike("a /= b\nreturn a", np.array([1.0, 0.0]), np.zeros(2))
    assert warned_alike("a *= b", big, big)
    assert warned_alike("a += a", big)
    assert warned_alike("a -= b", big, -big)
    assert warned_alike("a **= 2", big)
    assert warned_alike("a += b * c", one, big, big)
    assert warned_alike("a += b * c", big, big, one)
    assert warned_alike("a -= b / c", one, one, zero)
    assert warned_alike("a[:] = b / c", one, one, zero)
    assert warned_alike("a[1:] = b[1:] / c[1:]", one, one, zero)
    assert warned_alike("a[1:] /= b[:-1]", one, zero)
    assert warned_alike("a[1:] = a[:-1] * b[1:]", big, big)
    assert warned_alike("a /= 0", np.ones(3, "f4"))
    assert not warned_alike("a += b * c", one, one, zero)
    assert not warned_alike("a[1:] = a[:-1] * 2.0", one)


def test_out_and_where():
    one, zero, mask = np.ones(3), np.zeros(3), np.array([True, False, True])
    assert warned_alike("return np.divide(a, b, out=c)", one, zero, one)
    assert warned_alike("return np.divide(a, b, out=a)", one, zero)
    assert warned_alike("return np.log(a, out=b)", zero, one)
    assert warned_alike("return np.divide(a, b, out=c, where=d)", one, zero, one, mask)
    assert not warned_alike("return np.divide(a, b, out=c, where=b != 0)", one, zero, one)
    assert warned_alike("return np.multiply(a, b, out=c)", one, one * 1e300, one.astype("f4"))
    assert warned_alike("return np.sqrt(a, dtype='f4')", -one)


@pytest.mark.parametrize("mode", ["ignore", "warn", "raise", "print"])
@pytest.mark.parametrize("kind", ["divide", "invalid", "over", "under", "all"])
def test_modes_inside(kind, mode, capsys):
    a, b = np.array([1.0, 0.0, 1e308, 1e-308]), np.array([0.0, 0.0, 1e-308, 1e300])
    body = f"with np.errstate({kind}='{mode}'):\n    x = a / b\n    y = x * x\nreturn y - y"
    warned_alike(body, a, b)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) % 4 == 0
    half = len(printed) // 4
    assert printed[:half] == printed[half : 2 * half]


@pytest.mark.parametrize("mode", ["ignore", "warn", "raise"])
@pytest.mark.parametrize("kind", ["divide", "invalid", "over"])
def test_modes_around(kind, mode):
    a, b = np.array([1.0, 0.0, 1e308]), np.array([0.0, 0.0, 1e-308])
    with np.errstate(**{kind: mode}):
        warned_alike("x = a / b\nreturn x - x", a, b)
    before = np.seterr(**{kind: mode})
    try:
        warned_alike("x = a / b\nreturn x - x", a, b)
    finally:
        np.seterr(**before)


def test_calls_and_logs():
    said = []
    a, b = np.ones(2), np.zeros(2)
    with np.errstate(all="call", call=lambda kind, flag: said.append((kind, flag))):
        compiled("return a / b", "a, b")(a, b)
        with_inner = "with np.errstate(divide='call'):\n    return a / b"
        compiled(with_inner, "a, b")(a, b)
    assert said == [("divide by zero", 1)] * 2


def test_caught_floating_point_error():
    body = (
        "with np.errstate(divide='raise'):\n    try:\n        return a / b\n"
        "    except FloatingPointError:\n        return b"
    )
    assert (compiled(body, "a, b")(np.ones(2), np.zeros(2)) == 0.0).all()


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_every_element_counts(tier):
    def one(a, b):
        return np.where(b > 0.5, a / b, 0.0)

    def last(a, b):
        return a / b

    for function in (one, last):
        fast = jit(tier=tier)(function)
        for n in (1, 2, 3, 7, 64, 1001):
            for place in (0, n // 2, n - 1):
                a, b = np.ones(n), np.ones(n)
                assert told(fast, (a, b), "always") == []
                b[place] = 0.0
                want = told(function, (a, b), "always")
                assert want and told(fast, (a, b), "always") == want


def test_functions_of_scipy_beside_operators():
    special = pytest.importorskip("scipy.special")

    def f(a, b):
        return special.erf(a) / b

    a, b = np.array([1.0, 0.0, 2.0]), np.array([0.0, 0.0, 1.0])
    want = told(f, (a, b), "always")
    assert want and told(jit(f), (a, b), "always") == want


INTEGERS = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")


def lowest(dtype):
    return np.iinfo(dtype).min


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize(
    "body",
    [
        "return a // b",
        "return a % b",
        "return np.fmod(a, b)",
        "return np.floor_divide(a, b) + a",
        "return (a + 1) // (b * b)",
        "return np.sum(a // b)",
        "return np.reciprocal(b)",
        "a //= b\nreturn a",
        "a %= b\nreturn a",
        "a //= a[::-1]\nreturn a",
        "out = np.zeros(a.shape)\nout[...] = a // b\nreturn out",
    ],
)
def test_division_of_integers(body, dtype):
    one = np.array([1, 7, 3, 8, 2, 5], dtype)
    for divisors in ([1, 2, 3, 4, 5, 6], [1, 2, 0, 4, 5, 6], [0] * 6):
        told_of = warned_alike(body, one, np.array(divisors, dtype))
    if "a[::-1]" not in body:
        assert told_of
    assert not warned_alike(body, one[:0], one[:0])
    if dtype[0] == "i":
        warned_alike(body, np.array([5, lowest(dtype), 3], dtype), np.array([1, -1, 2], dtype))
        warned_alike(body, np.array([5, lowest(dtype) + 1, 3], dtype), np.array([1, -1, 2], dtype))


def test_division_of_integers_and_numbers():
    a = np.arange(-4, 6)
    for body in ("return a // 0", "return a % b", "return 5 // a", "return a // int(b)", "return a // a[::-1][:, None]"):
        for b in (np.int64(0), 0, np.int64(3)):
            warned_alike(body, a, b)
    assert warned_alike("return a // b", a[::2], np.zeros(1, "i4"))
    assert warned_alike("return a // (a > 0)", a)
    assert not warned_alike("with np.errstate(divide='ignore'):\n    return a // b", a, a)
    assert warned_alike("with np.errstate(divide='raise'):\n    return a // b", a, a)


@pytest.mark.parametrize("source", ["f8", "f4"])
@pytest.mark.parametrize("dtype", INTEGERS)
def test_conversions_to_integers(dtype, source):
    body = f"return a.astype(np.dtype('{dtype}'))"
    for bad in (np.nan, np.inf, -np.inf, 3e9, 5e9, 9.3e18, 2e19, -2e19, 300.0, -1.0):
        a = np.full(21, 1.5, source)
        a[13] = bad
        said = warned_alike(body, a)
        assert said or abs(bad) < 2e19
    assert not warned_alike(body, np.arange(100).astype(source))
    warned_alike(body, np.array(np.nan, source))
    warned_alike(body, np.full((3, 4), np.nan, source).T[::2])
    warned_alike("return np.astype(a * a, np.int32)", np.array([1e20], source))
    assert not warned_alike("return a.astype(np.bool_)", np.array([np.nan], source))

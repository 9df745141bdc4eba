"""Constant integers beyond 64 bits, and ints of which only low bits are asked for.

Each expression is compared with CPython over many ints: where Python's result fits 64 bits,
it is the same; where it doesn't, OverflowError is raised.
"""

import random

import numpy as np
import pytest

from cumbia import CompileError, jit
from tests.python.harness import define

CONSTANTS = [2**63, 2**63 + 5, 2**64 - 1, 2**64, 2**64 + 1, 10**30, 0xAAAAAAAAAAAAAAAA]
CONSTANTS += [-(2**63) - 1, -(2**64), -(2**64) - 1, -(2**64) + 7, -(10**30)]
INTS = [0, 1, -1, 2, 5, -5, 63, 64, 100, 2**62, -(2**62), 2**63 - 1, -(2**63), 1 - 2**63, 123456789012345]
INTS += [random.Random(5).randrange(-(2**63), 2**63) for _ in range(12)]


def fits(value):
    values = value if isinstance(value, tuple) else (value,)
    return all(not isinstance(v, int) or -(2**63) <= v < 2**63 for v in values)


def same_where_it_fits(func):
    compiled = jit(func)
    for x in INTS:
        try:
            expected = func(x)
        except (ValueError, OverflowError):
            continue
        if fits(expected):
            found = compiled(x)
            assert (found, type(found)) == (expected, type(expected)), x
        else:
            with pytest.raises(OverflowError, match="does not fit in 64 bits"):
                compiled(x)


@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize(
    "expression",
    ["x & W", "W & x", "x | W", "x ^ W", "x + W", "W + x", "x - W", "W - x", "x * W", "x // W", "x % W"]
    + [f"x {op} W" for op in ("<", "<=", ">", ">=", "==", "!=")]
    + ["W < x", "W >= x", "W == x"],
)
def test_an_int_and_a_wide_constant(expression, constant):
    same_where_it_fits(define(f"def f(x): return {expression.replace('W', f'({constant})')}"))


@pytest.mark.parametrize("constant", [2**63, 2**64 - 1])
def test_a_wide_constant_shifted(constant):
    compiled = jit(define(f"def f(x): return {constant} >> x"))
    for n in (1, 2, 63, 64, 1000):
        assert compiled(n) == constant >> n
    with pytest.raises(OverflowError):
        compiled(0)
    with pytest.raises(ValueError, match="negative shift count"):
        compiled(-1)


@pytest.mark.parametrize("mask", [0xFFFFFFFF, 2**63 - 1, 2**64 - 1, 255, 0xF0F0F0F0F0F0F0F0])
@pytest.mark.parametrize(
    "expression",
    [
        "(x * 6364136223846793005 + 1442695040888963407) & M",
        "((x << 13) ^ x) & M",
        "(x * x * x - 7 * x) & M",
        "((x ^ (x * 31)) + True) & M",
        "~(x * x) & M",
        "((x * x) | (x << 40)) & M",
        "M & (x + x * x)",
        "(x * 0x9E3779B97F4A7C15) & M",
        "(x * x) % 2**32",
        "(x * x * x + 5) % 2**64",
        "(x * x * x) % 2**63",
        "((x * 5) & M) * 3 & M",
        "(x * x * 2**60) & M",
        "(x ^ (2**70 + 5)) & M",
        "(x - 2**64) & M",
        "(2**66 - x * 3) & M",
        "((x | 0xFFFFFFFFFFFFFFF0) + 3) & M",
        "(x & 2**70) & M",
        "(x ** 2 + x ** 5) & M",
        "-(x * x * x) & M",
        "(7 - x ** 3) % 65536",
    ],
)
def test_low_bits(expression, mask):
    same_where_it_fits(define(f"def f(x): return {expression.replace('M', str(mask))}"))


LOOPS = {
    "a hash that is cut at the end": """
        h = 5381
        for i in range(50):
            h = h * 33 + x * i
        return h & 0xffffffff
    """,
    "two variables that change places": """
        a, b = x, 1
        for i in range(30):
            a, b = b * 31, a + b
        return (a ^ b) & 0xffff
    """,
    "a mask in a condition": """
        a = 1
        for i in range(100):
            a = a * x
            if a & 0xff == 77:
                break
        return a % 1024
    """,
    "paths that meet": """
        t = x * x * x
        if x > 5:
            t = t + 1
        return t & 255
    """,
    "a handler": """
        s = 0
        for i in range(10):
            try:
                s = s * x + i
                if i == 7:
                    raise ValueError
            except ValueError:
                s ^= 5
        return s & 0xfff
    """,
    "a wide factor": """
        h = 0x811c9dc5
        for i in range(20):
            h ^= x & 255
            h *= 16777619 * 2**40 + 3
            h &= 0xffffffffff
        return h
    """,
    "murmur": """
        k = x * 0xcc9e2d51 & 0xffffffff
        k = ((k << 15) | (k >> 17)) & 0xffffffff
        h = 42 ^ (k * 0x1b873593 & 0xffffffff)
        h = ((h << 13) | (h >> 19)) & 0xffffffff
        h = (h * 5 + 0xe6546b64) & 0xffffffff
        h ^= h >> 16
        h = (h * 0x85ebca6b) & 0xffffffff
        h ^= h >> 13
        h = (h * 0xc2b2ae35) & 0xffffffff
        return h ^ (h >> 16)
    """,
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_low_bits_over_paths(body):
    same_where_it_fits(define("def f(x):" + body.replace("\n        ", "\n    ")))


def test_what_is_used_as_a_whole_is_checked():
    def both(x):
        t = x * x
        return t & 255, t

    def returned(x):
        return x * x

    for func in (both, returned):
        with pytest.raises(OverflowError):
            jit(func)(2**40)
    assert jit(both)(20) == (144, 400)


def test_items_beside_other_numbers():
    M = 2**64 - 1

    def floats(x):
        return x * 2**64, 2**64 / x, x < 2**64, x > 10**30, x <= 10**30, x == 10**30, 1 / 2**64, float(2**70)

    def unsigned(u):
        return u & 0xFFFFFFFFFFFFFFFF, u * 0x9E3779B97F4A7C15, u ^ M, u < 2**63, np.uint64(2**64 - 1)

    def arrays(a, b):
        a[0] = 2**64 - 1
        return a & 0xFFFFFFFFFFFFFFF0, a < 2**64 - 1, b * 2**100

    def numbers(n):
        return n / 2**64, (2**64, -(2**70)), abs(-(2**64)), int(2**64) - 2**64 + n, M & n

    for x in (1.5, -2.0, 1e30, 10.0**30, np.nextafter(1e30, 2e30), float("nan"), float("inf")):
        expected = floats(x)
        found = jit(floats)(x)
        assert [*map(repr, found)] == [*map(repr, expected)]
    for u in (np.uint64(0), np.uint64(5), np.uint64(2**64 - 1)):
        with np.errstate(over="ignore"):
            assert [*map(repr, jit(unsigned)(u))] == [*map(repr, unsigned(u))]
    args = np.arange(3, dtype=np.uint64), np.ones(2, np.float32)
    for found, expected in zip(jit(arrays)(args[0].copy(), args[1]), arrays(*args), strict=True):
        assert found.dtype == expected.dtype
        assert (found == expected).all()
    assert jit(numbers)(7) == numbers(7)


def test_shown_captured_and_asked_for_its_class():
    W = 2**64 - 1

    def f(x):
        m = 2**64 - 1
        each = [y & m for y in range(x)]
        return f"{2**64} {W}", str(-(2**70)), isinstance(W, int), each, sum(y & m for y in range(x)), (lambda z: z & m)(x)

    assert jit(f)(5) == f(5)

    def limits(u):
        return np.iinfo(np.uint64).max, np.iinfo(np.uint64).max - u

    assert [*map(repr, jit(limits)(np.uint64(5)))] == [*map(repr, limits(np.uint64(5)))]

    def filled(a):
        a.fill(2**64 - 1)
        a[1] = 2**63
        a ^= 2**64 - 16
        return a

    assert (jit(filled)(np.zeros(3, np.uint64)) == filled(np.zeros(3, np.uint64))).all()


@pytest.mark.parametrize(
    "body",
    ["raise ValueError(2**64)", "return np.zeros(2**64)", "return x[:1] if x == [] else [i for i in x][2**64]"]
    + ["return [2**64]", "return hash(2**64) + x", "return np.int64(x) & 2**64", "return 2**64 % x", "y = {2**64: x}"],
)
def test_what_would_hold_one_is_refused(body):
    with pytest.raises(CompileError) as caught:
        jit(define(f"import numpy as np\ndef f(x):\n    {body}\n"))([3] if "x[" in body else 3)
    assert caught.value.code == "CB0307"
    assert "np.uint64" in str(caught.value)

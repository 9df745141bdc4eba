"""Types that Numba's programs declare for numbers: `locals=` and signatures, with cumbia in Numba's place."""

import pickle

import numpy as np
import pytest

import cumbia
from cumbia import float32, int8, int16, int32, int64, types, uint8, uint16
from cumbia._command import as_numba

njit = as_numba._with_fewer_signatures(cumbia.jit)


def test_variables():
    @njit(locals={"total": float32, "i": uint16, "n": "int64", "rows": float32[:, ::1], "half": types.float16})
    def f(a):
        total = 0
        n = a.shape[0]
        rows = a
        half = 0.5
        for i in range(n):
            total += a[i] * 0.1
        return total, i, n, rows, half

    a = np.arange(5.0)
    total, i, n, rows, half = f(a)
    want = np.float32(0)
    for x in a:
        want = np.float32(want + x * 0.1)
    assert (total, i, n, half) == (want, 4, 5, 0.5) and rows is a
    assert [type(one) for one in (total, i, n, half)] == [np.float32, np.int64, int, float]


def test_bits_are_cut_off():
    @njit(locals={"a": uint8, "b": int8, "c": int32, "d": int64, "e": types.boolean})
    def f(x, y):
        a = x
        b = x
        c = y
        d = y
        e = x
        (a, b), *rest = (a - 1, b), x
        return a, b, c, d, e, rest

    a, b, c, d, e, rest = f(300, -2.75)
    assert (a, b, c, d, e, rest) == (43, 44, -2, -2, True, [300])
    assert [type(one) for one in (a, b, c, d, e)] == [np.int64, np.int64, np.int64, int, bool]
    assert f(np.int64(-1), np.uint32(5))[:4] == (254, -1, 5, 5)


def test_results_and_parameters():
    @njit("i4(i8[:])")
    def draw(state):
        state[0] = (state[0] * 69_069 + 1) & 0xFFFFFFFF
        return state[0]

    @njit(int16(uint8, types.float32))
    def narrow(n, x):
        return n * x

    @njit
    def both(state, n, x):
        return draw(state), narrow(n, x)

    state = np.array([43_500])
    got = both(state, 300, 0.1)
    assert got[0] == np.int64(state[0]).astype(np.int32) < 0 and type(got[0]) is np.int64
    assert got[1] == np.int16(np.uint8(44) * np.float32(0.1)) and type(got[1]) is np.int64
    assert type(draw(state)) is np.int64


def test_parameters_may_be_given_other_numbers():
    @njit("f8(i8)")
    def half(n):
        n = n / 2
        return n

    @njit("f8(f4, i4)")
    def grown(x, n):
        x = float(x)
        for _ in range(n):
            x *= 1.1
        return x

    assert half(3) == 1.5 and njit(lambda x: half(x))(3.9) == 1.5
    assert grown(2.0, 3) == 2.0 * 1.1 * 1.1 * 1.1

    @njit("i8(i8)", locals={"n": uint8})
    def both(n):
        n = n + 1
        return n

    assert both(255) == 0


def test_narrow_integers_are_computed_with_in_64_bits():
    @njit("i8(i4)", locals={"small": uint8})
    def f(n):
        product = 1
        while n > 1:
            product *= n
            n -= 1
        small = 255
        return product + small * small

    assert f(20) == 2_432_902_008_176_640_000 + 65_025

    @njit(locals={"total": int32, "h": "uint32"})
    def g(data):
        total = 0
        h = 2166136261
        for one in data:
            total += one
            h = (h ^ one) * 16777619
        return total, h, total * np.float32(0.5)

    got = g(np.frombuffer(b"hello", np.uint8))
    assert got == (532, 1335831723, 266.0) and type(got[2]) is np.float64


def test_constants_of_64_bits():
    @njit(locals={"h": types.uint64, "low": int64, "x": types.float64})
    def f(data):
        h = 14695981039346656037
        for one in data:
            h ^= one
            h *= 1099511628211
        low = 0xFFFF_FFFF_FFFF_FFFE
        x = 2**64
        return h, low, x

    want = 14695981039346656037
    for one in b"hello":
        want = (want ^ one) * 1099511628211 & 2**64 - 1
    h, low, x = f(np.frombuffer(b"hello", np.uint8))
    assert (h, low, x) == (want, -2, 2.0**64) and type(h) is np.uint64


@pytest.mark.parametrize("declared", ["int8", "uint16", "uint32", "uint64"])
def test_casts_are_those_of_c(declared):
    @njit(locals={"x": declared})
    def f(given):
        x = given
        return x

    bits = np.dtype(declared).itemsize * 8
    for given in (300, -1, 300.75, -1.5, 2**40 + 5, np.float64(-3.5), np.int16(-2), True):
        got = f(given)
        assert type(got) is (np.uint64 if declared == "uint64" else np.int64)
        assert int(got) % 2**bits == int(given) % 2**bits
    assert declared != "uint64" or f(1e19) == 10**19
    with pytest.raises(OverflowError):
        f(1e30)
    with pytest.raises(ValueError, match="NaN"):
        f(float("nan"))
    for given in (1j, np.complex64(1j), np.timedelta64(3, "s"), "a"):
        assert f(given) == given


def test_no_signatures():
    assert njit([])(lambda x: x + 1)(2) == 3


def test_several_signatures():
    @njit(["f4(f4)", "f4(i4)"])
    def f(x):
        return x + 0.1

    @njit
    def g(x, n):
        return f(x), f(n)

    assert [type(one) for one in g(np.float32(1), np.int32(1))] == [np.float32, np.float32]

    @njit(["f4(f4)", "f8(f8)"])
    def h(x):
        return x + 1

    assert type(h(0.5)) is float and type(h(np.float32(0.5))) is np.float32


def test_parallel_loops():
    @njit(parallel=True, locals={"total": float32, "k": int32})
    def f(a):
        total = 0.0
        for i in cumbia.prange(a.shape[0]):
            k = i * 2
            total += a[i] + k
        return total

    a = np.ones(1000, np.float32)
    assert f(a) == 1000 + 999 * 1000 and type(f(a)) is np.float32


def test_what_is_no_number_stays():
    @njit(locals={"x": float32, "t": types.float64})
    def f(x, t):
        x = x
        t = t
        return x, t

    values = np.arange(3)
    assert f(values, (1, 2))[0] is values and f(None, "a") == (None, "a")


def test_only_with_cumbia_in_numbas_place():
    @cumbia.jit(locals={"total": float32})
    def f(x):
        total = x
        return total

    assert type(f(0.1)) is float


def add(x):
    total = x
    return total


def test_kept():
    f = njit(locals={"total": float32})(add)
    again = pickle.loads(pickle.dumps(f))
    assert type(f(0.1)) is np.float32 and type(again(0.1)) is np.float32
    assert njit(f) is f
    with pytest.raises(TypeError, match="'locals'"):
        njit(locals={"total": 3})(add)

"""`cfunc`: compiled functions that C calls, in ctypes and in SciPy's C code.

`qsort` and `pthread_create` are the C library's; SciPy calls by `LowLevelCallable` what its
own Python callbacks are the oracle for. What the functions may not do, and what becomes of an
exception, stands in `docs/native.md`.
"""

import ctypes
import gc
import math
import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import cumbia
from cumbia import carray, cfunc, farray, types
from cumbia._cumbia import live_allocations

DOUBLES = ctypes.POINTER(ctypes.c_double)
C = ctypes.CDLL(None)


@pytest.fixture
def ignored(monkeypatch):
    """What `sys.unraisablehook` gets."""
    seen = []
    monkeypatch.setattr(
        sys, "unraisablehook", lambda u: seen.append((u.exc_type, str(u.exc_value), u.object))
    )
    return seen


def at(array):
    return array.ctypes.data_as(DOUBLES)


NUMBERS = {
    "int8": (ctypes.c_int8, [0, 1, -128, 127]),
    "int16": (ctypes.c_int16, [0, -(2**15), 2**15 - 1]),
    "int32": (ctypes.c_int32, [0, -(2**31), 2**31 - 1]),
    "int64": (ctypes.c_int64, [0, -(2**63), 2**63 - 1]),
    "uint8": (ctypes.c_uint8, [0, 255]),
    "uint16": (ctypes.c_uint16, [0, 2**16 - 1]),
    "uint32": (ctypes.c_uint32, [0, 2**32 - 1]),
    "uint64": (ctypes.c_uint64, [0, 2**63 - 1]),
    "float32": (ctypes.c_float, [0.0, -1.5, math.inf]),
    "float64": (ctypes.c_double, [0.1, -0.0, math.inf]),
    "boolean": (ctypes.c_bool, [False, True]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_pass_through(name):
    ctype, values = NUMBERS[name]
    ty = getattr(types, name)
    same = cfunc(ty(ty))(lambda x: x)
    plain = ctypes.CFUNCTYPE(ctype, ctype)(lambda x: x)
    assert same.ctypes.argtypes == (ctype,)
    for value in values:
        assert repr(same.ctypes(value)) == repr(plain(value))


def test_attributes():
    @cfunc("float64(float64, float64)")
    def add(x, y):
        "Adds."
        return x + y

    assert add.__name__ == "add" and add.__doc__ == "Adds."
    assert add(2, 3) == 5 and type(add(2, 3)) is int  # the Python function itself
    assert add.__wrapped__(2, 3) == 5
    assert "add" in add.native_name and "add" in repr(add)
    assert add.address == ctypes.cast(add.ctypes, ctypes.c_void_p).value
    assert add.ctypes(2, 3) == 5.0
    by_address = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(add.address)
    assert by_address(0.25, 4.0) == 4.25


def test_many_arguments_of_both_kinds():
    names = ", ".join(f"a{i}, b{i}" for i in range(12))
    total = " + ".join(f"{i + 1} * a{i} + b{i} / {i + 2}" for i in range(12))
    space = {}
    text = f"def f({names}):\n    return {total}\n"
    exec(text, space)
    made = cfunc(f"float64({', '.join(['intc, double'] * 12)})", source=text)(space["f"])
    values = [v for i in range(12) for v in (3 * i - 7, i / 4)]
    assert made.ctypes(*values) == space["f"](*values)


def test_narrow_ints_are_python_ints(ignored):
    @cfunc("int8(int8)")
    def square(x):
        return x * x

    assert square.ctypes(11) == 121
    assert square.ctypes(12) == 0
    assert [(kind, text) for kind, text, _ in ignored] == [
        (OverflowError, "Python integer 144 out of bounds for int8")
    ]
    assert ignored[0][2] is square


def test_too_large_unsigned_argument(ignored):
    same = cfunc("uint64(uint64)")(lambda x: x)
    assert same.ctypes(2**63) == 0
    assert [kind for kind, _, _ in ignored] == [OverflowError]


def test_exceptions_give_zero(ignored):
    @cfunc("float64(float64, CPointer(float64))")
    def f(x, p):
        p[0] = 7.0
        a = carray(p, 2)
        return 1 / x + a[int(x)]

    memory = np.zeros(2)
    assert f.ctypes(1.0, at(memory)) == 1.0
    assert f.ctypes(0.0, at(memory)) == 0.0
    assert f.ctypes(2.0, at(memory)) == 0.0
    assert memory[0] == 7.0
    assert [(kind, text) for kind, text, _ in ignored] == [
        (ZeroDivisionError, "float division by zero"),
        (IndexError, "index 2 is out of bounds for axis 0 with size 2"),
    ]


def test_traceback_has_the_users_lines(monkeypatch):
    frames = []

    def hook(unraisable):
        frame = unraisable.exc_traceback
        while frame is not None:
            frames.append(frame.tb_frame.f_code.co_name)
            frame = frame.tb_next

    monkeypatch.setattr(sys, "unraisablehook", hook)

    def inner(x):
        return 1 / x

    @cfunc("float64(float64)")
    def outer(x):
        return inner(x)

    assert outer.ctypes(0.0) == 0.0
    assert frames == ["outer", "inner"]


def test_recursion_ends(ignored):
    @cfunc("int64(int64)")
    def deep(n):
        return down(n)

    assert deep.ctypes(10) == 10
    assert deep.ctypes(10**9) == 0
    assert [kind for kind, _, _ in ignored] == [RecursionError]


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def test_void():
    @cfunc("void(CPointer(float64), intc)")
    def double(p, n):
        for i in range(n):
            p[i] = p[i] * 2

    memory = np.arange(4.0)
    assert double.ctypes(at(memory), 4) is None
    assert memory.tolist() == [0, 2, 4, 6]


def sums(p, n, m, kind):
    a = carray(p, (n, m))
    b = farray(p, (n, m))
    if kind == 0:
        return a[1, 0] * 100 + a[0, m - 1]
    if kind == 1:
        return b[1, 0] * 100 + b[0, m - 1]
    return float(a.sum() - b.sum() + carray(p, n)[n - 1] + farray(p, n)[0])


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_arrays_over_pointers(kind):
    memory = np.arange(6.0) + 1
    made = cfunc("float64(CPointer(double), intp, intp, intp)")(sums)
    assert made.ctypes(at(memory), 2, 3, kind) == sums(at(memory), 2, 3, kind)


def typed(p):
    a = carray(p, 3, dtype=np.float32)
    b = farray(p, (3,), types.float32)
    a[0] = 9
    return b[0] + a[2]


def test_void_pointers():
    made = cfunc("float64(voidptr)")(typed)
    memory = np.arange(3, dtype=np.float32)
    assert made.ctypes(memory.ctypes.data) == 11.0 and memory[0] == 9
    memory[0] = 0
    assert typed(memory.ctypes.data) == 11.0 and memory[0] == 9


def test_wrong_arrays_over_pointers(ignored):
    negative = cfunc("float64(CPointer(double), intp)")(lambda p, n: carray(p, n)[0])
    memory = np.ones(2)
    assert negative.ctypes(at(memory), 2) == 1.0
    assert negative.ctypes(at(memory), -1) == 0.0
    assert [(kind, text) for kind, text, _ in ignored] == [
        (ValueError, "negative dimensions are not allowed")
    ]
    for bad, error in [
        (lambda: carray(at(memory), -1), ValueError),
        (lambda: carray(at(memory), 1, np.int32), TypeError),
        (lambda: carray(ctypes.c_void_p(0), 1), TypeError),
        (lambda: carray(memory, 1), TypeError),
    ]:
        with pytest.raises(error):
            bad()


def test_missing_and_mismatched_dtypes(ignored):
    untyped = cfunc("float64(voidptr)")(lambda p: carray(p, 1)[0])
    assert untyped.ctypes(np.ones(1).ctypes.data) == 0
    other = cfunc("float64(CPointer(double))")(lambda p: carray(p, 1, np.int64)[0])
    assert other.ctypes(at(np.ones(1))) == 0
    assert [kind for kind, _, _ in ignored] == [TypeError, TypeError]


def test_carray_of_something_else():
    @cumbia.jit
    def f(x):
        return carray(x, 3)[0]

    with pytest.raises(cumbia.UnsupportedError, match="array_at.*a pointer that C has passed"):
        f(3)


TABLE = np.arange(4.0)
FACTOR = 3.0


def test_globals_are_those_of_the_compilation():
    global FACTOR
    made = cfunc("float64(float64)")(lambda x: x * FACTOR)
    assert made.ctypes(2.0) == 6.0
    FACTOR = 5.0
    try:
        assert made.ctypes(2.0) == 6.0
        assert made(2.0) == 10.0
    finally:
        FACTOR = 3.0


def test_global_arrays(ignored):
    global TABLE
    made = cfunc("float64(intp)")(lambda i: TABLE[i])
    assert made.ctypes(2) == 2.0
    TABLE[2] = 7.0
    assert made.ctypes(2) == 7.0
    before = TABLE
    TABLE = np.ones(4)
    try:
        assert made.ctypes(2) == 0.0
    finally:
        TABLE = before
        TABLE[2] = 2.0
    assert [kind for kind, _, _ in ignored] == [RuntimeError]


def test_random_streams():
    made = cfunc("float64()")(lambda: np.random.random())
    np.random.seed(3)
    wanted = np.random.random(3).tolist()
    np.random.seed(3)
    assert [made.ctypes() for _ in range(3)] == wanted


def test_allocations_and_calls(ignored):
    @cfunc("float64(CPointer(double), intc)")
    def median(p, n):
        ordered = np.sort(carray(p, n).copy())
        if n > 5:
            raise ValueError(f"too many: {n}")
        return ordered[n // 2]

    memory = np.array([5.0, 1, 9, 3, 2, 8, 7])
    before = cumbia._cumbia.live_allocations()
    assert median.ctypes(at(memory), 5) == 3.0
    assert median.ctypes(at(memory), 7) == 0.0
    assert memory[0] == 5.0
    assert cumbia._cumbia.live_allocations() == before
    assert ignored[0][:2] == (ValueError, "too many: 7")


def test_a_pending_exception_stays(ignored):
    """C may call between setting an exception and returning."""
    made = cfunc("float64(float64)")(lambda x: 1 / x)
    prototype = ctypes.PYFUNCTYPE(ctypes.c_double, ctypes.c_double)
    call = prototype(made.address)
    assert call(0.0) == 0.0
    assert [kind for kind, _, _ in ignored] == [ZeroDivisionError]


@pytest.mark.parametrize("dtype", ["float64", "int32"])
def test_qsort(dtype):
    ty = getattr(types, dtype)

    @cfunc(types.intc(types.CPointer(ty), types.CPointer(ty)))
    def compare(a, b):
        if a[0] < b[0]:
            return -1
        return 1 if a[0] > b[0] else 0

    numbers = (np.random.default_rng(5).random(500) * 1000).astype(dtype)
    wanted = np.sort(numbers)
    C.qsort(
        ctypes.c_void_p(numbers.ctypes.data), ctypes.c_size_t(len(numbers)),
        ctypes.c_size_t(numbers.itemsize), compare.ctypes,
    )
    assert np.array_equal(numbers, wanted)


def test_threads_of_python():
    made = cfunc("float64(CPointer(double), intc)")(
        lambda p, n: sum_of(carray(p, n))
    )
    memory = np.arange(1000.0)
    results = []

    def work():
        for _ in range(200):
            results.append(made.ctypes(at(memory), 1000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert results == [499500.0] * 800


def sum_of(a):
    total = 0.0
    for x in a:
        total += x
    return total


@pytest.mark.parametrize("divisor", [2.0, 0.0])
def test_threads_that_python_does_not_know(divisor, ignored):
    @cfunc("uint64(CPointer(double))")
    def work(p):
        total = 0.0
        for i in range(1000):
            total += i / p[0]
        p[1] = total
        p[2] = np.sort(np.array([3.0, 1.0, total]))[0]
        return 0

    memory = np.array([divisor, -1.0, -1.0])
    thread = ctypes.c_ulong()
    start = ctypes.cast(work.ctypes, ctypes.c_void_p)
    C.pthread_create(ctypes.byref(thread), None, start, ctypes.c_void_p(memory.ctypes.data))
    C.pthread_join(thread, None)
    if divisor:
        assert memory.tolist() == [2.0, 249750.0, 1.0]
        assert not ignored
    else:
        # An element of an array is NumPy's number: no exception.
        assert math.isnan(memory[1]) or math.isinf(memory[1])

    @cfunc("uint64(CPointer(double))")
    def fails(p):
        return int(carray(p, 1)[1])

    start = ctypes.cast(fails.ctypes, ctypes.c_void_p)
    C.pthread_create(ctypes.byref(thread), None, start, ctypes.c_void_p(memory.ctypes.data))
    C.pthread_join(thread, None)
    assert [kind for kind, _, _ in ignored] == [IndexError]


def test_addresses_outlive_the_object():
    address = cfunc("float64(float64)")(lambda x: x + 1).address
    gc.collect()
    assert ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)(1.0) == 2.0


def test_interrupts_come_when_c_has_returned(tmp_path):
    program = """
        import ctypes, os, signal, threading, time
        from cumbia import cfunc

        @cfunc("float64(float64)")
        def forever(x):
            while x > 0:
                x = x + 1
            return x

        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            forever.ctypes(1.0)
            for _ in range(1000):
                pass
            print("came back")
        except KeyboardInterrupt:
            print("interrupted")
    """
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    run = subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout == "interrupted\n", run.stderr


def test_without_compiling(tmp_path):
    program = """
        import ctypes
        from cumbia import cfunc, carray

        @cfunc("float64(CPointer(double), voidptr)")
        def f(p, v):
            return carray(p, 2)[1] + carray(v, 2, "f8")[0]

        a = (ctypes.c_double * 2)(1, 2)
        print(f.ctypes(a, ctypes.cast(a, ctypes.c_void_p)))
    """
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    run = subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "CUMBIA_DISABLE_JIT": "1"},
    )
    assert run.stdout == "3.0\n"


BAD = [
    ("float64[:](float64)", "carray"),
    ("float64(float64[:])", "CPointer"),
    ("complex128(float64)", "complex"),
    ("float64(complex64)", "complex"),
    ("(float64)", "names the result"),
    ("voidptr(float64)", "no pointer"),
    ("CPointer(double)(float64)", "no pointer"),
    ("float64(Tuple((double, double)))", "numbers and pointers"),
    ("float64(float64, float64)", "2 arguments"),
    ("float64()", "0 arguments"),
]


@pytest.mark.parametrize(("signature", "words"), BAD)
def test_bad_signatures(signature, words):
    with pytest.raises(TypeError, match=words):
        cfunc(signature)(lambda x: x)


@pytest.mark.parametrize(
    ("signature", "function"),
    [
        ("intc(float64)", lambda x: x),
        ("float64(float64)", lambda x: None),
        ("float64(float64)", lambda x: x * 1j),
        ("float64(float64)", lambda x: np.ones(3)),
        ("float64(voidptr)", lambda p: p + 1),
    ],
)
def test_results_that_c_cannot_have(signature, function):
    with pytest.raises(cumbia.CompileError):
        cfunc(signature)(function)


def test_wrong_uses():
    with pytest.raises(TypeError, match="signature first"):
        cfunc(lambda x: x)
    with pytest.raises(TypeError, match="one signature"):
        cfunc(["float64(float64)", "float32(float32)"])
    with pytest.raises(TypeError, match="has no option 'speed'"):
        cfunc("float64(float64)", speed=3)
    with pytest.raises(TypeError, match="others"):
        cfunc("float64(float64)")(lambda *x: 1.0)
    with pytest.raises(TypeError, match="signatures of cfunc"):
        cumbia.jit("float64(voidptr)")(lambda x: 1.0)
    with pytest.raises(TypeError, match="signatures of cfunc"):
        cumbia.jit(types.float64(types.CPointer(types.float64)))(lambda x: 1.0)
    with pytest.raises(ValueError, match="one to numbers"):
        cfunc("float64(CPointer(float64[:]))")


# SciPy.

scipy = pytest.importorskip("scipy")


def test_quad():
    from scipy import LowLevelCallable, integrate

    def integrand(x):
        return math.exp(-x) / (1 + x * x)

    made = cfunc("double(double)")(integrand)
    wanted = integrate.quad(integrand, 0, 5)
    assert integrate.quad(LowLevelCallable(made.ctypes), 0, 5) == wanted


def test_quad_of_several_arguments():
    from scipy import LowLevelCallable, integrate

    def of_all(n, xx):
        return xx[0] * xx[1] + math.sin(xx[2]) * n

    made = cfunc(types.double(types.intc, types.CPointer(types.double)))(of_all)

    def plain(x, y, z):
        return x * y + math.sin(z) * 3

    args = ((0, 1),)
    got = integrate.quad(LowLevelCallable(made.ctypes), 0, 1, args=(2.0, 0.5))
    assert got == integrate.quad(plain, 0, 1, args=(2.0, 0.5)), args
    got = integrate.nquad(LowLevelCallable(made.ctypes), [(0, 1), (0, 2), (1, 2)])
    assert got[0] == pytest.approx(integrate.nquad(plain, [(0, 1), (0, 2), (1, 2)])[0], rel=1e-14)


def test_quad_with_user_data():
    from scipy import LowLevelCallable, integrate

    def with_data(n, xx, data):
        a = carray(data, 2, np.float64)
        return a[0] * xx[0] + a[1]

    made = cfunc("double(intc, CPointer(double), voidptr)")(with_data)
    data = np.array([2.0, 3.0])
    call = LowLevelCallable(made.ctypes, data.ctypes.data_as(ctypes.c_void_p))
    assert integrate.quad(call, 0, 1) == integrate.quad(lambda x: 2.0 * x + 3.0, 0, 1)


def test_generic_filter():
    from scipy import LowLevelCallable, ndimage

    @cfunc("intc(CPointer(double), intp, CPointer(double), voidptr)")
    def spread(values, size, result, data):
        low = high = values[0]
        for x in carray(values, size):
            low = min(low, x)
            high = max(high, x)
        result[0] = (high - low) * carray(data, 1, np.float64)[0]
        return 1

    image = np.random.default_rng(1).random((20, 30))
    scale = np.array([2.0])
    call = LowLevelCallable(spread.ctypes, scale.ctypes.data_as(ctypes.c_void_p))
    got = ndimage.generic_filter(image, call, size=3)
    wanted = ndimage.generic_filter(image, lambda v: (v.max() - v.min()) * 2.0, size=3)
    assert np.array_equal(got, wanted)


def test_generic_filter1d():
    from scipy import LowLevelCallable, ndimage

    @cfunc("intc(CPointer(double), intp, CPointer(double), intp, voidptr)")
    def differences(line, length, out, count, data):
        for i in range(count):
            out[i] = line[i + 2] - line[i]
        return 1

    def plain(line, out):
        out[:] = line[2:] - line[:-2]

    image = np.random.default_rng(2).random((5, 12))
    got = ndimage.generic_filter1d(image, LowLevelCallable(differences.ctypes), 3)
    assert np.array_equal(got, ndimage.generic_filter1d(image, plain, 3))


def test_geometric_transform():
    from scipy import LowLevelCallable, ndimage

    @cfunc("intc(CPointer(intp), CPointer(double), intc, intc, voidptr)")
    def shifted(out, inside, rank, rank_in, data):
        shift = carray(data, 1, np.float64)[0]
        for i in range(rank_in):
            inside[i] = out[i] - shift
        return 1

    image = np.arange(12.0).reshape(4, 3)
    shift = np.array([0.5])
    call = LowLevelCallable(shifted.ctypes, shift.ctypes.data_as(ctypes.c_void_p))
    got = ndimage.geometric_transform(image, call)
    wanted = ndimage.geometric_transform(image, lambda at: (at[0] - 0.5, at[1] - 0.5))
    assert np.array_equal(got, wanted)


def test_called_in_compiled_code():
    inner = cfunc("float64(float64)")(lambda x: x * x)

    @cumbia.jit
    def outer(x):
        return inner(x) + 1

    assert outer(3.0) == 10.0


def test_beside_numba():
    numba = pytest.importorskip("numba")
    from scipy import LowLevelCallable, integrate

    def integrand(n, xx):
        return math.exp(-xx[0] / xx[1])

    ours = cfunc("double(intc, CPointer(double))")(integrand)
    theirs = numba.cfunc("double(intc, CPointer(double))")(integrand)
    results = [
        integrate.quad(LowLevelCallable(one.ctypes), 1, 4, args=(2.0,)) for one in (ours, theirs)
    ]
    assert results[0] == pytest.approx(results[1], rel=1e-14)

def test_as_an_argument_of_compiled_code():
    @cfunc("float64(float64)")
    def half(x):
        return x / 2.0

    @cumbia.jit
    def apply(function, x):
        return function(x)

    assert apply(half, 3.0) == apply.py_func(half, 3.0) == 1.5


# What calls by C are made of, on both tiers.
TIERS = pytest.mark.parametrize("tier", ["fast", "best"])


@TIERS
@pytest.mark.parametrize("name", NUMBERS)
def test_results_by_the_convention(tier, name):
    """Narrow integers are read as C's `int` by some callers: with their signs."""
    ctype, values = NUMBERS[name]
    ty = getattr(types, name)
    second = cfunc(ty(ty, ty, types.CPointer(ty)), tier=tier)(lambda a, b, p: p[0])
    call = second.ctypes
    wide = ctypes.CFUNCTYPE(ctypes.c_int, *call.argtypes)(second.address)
    for value in values:
        cell = ctype(value)
        assert repr(call(values[0], values[-1], ctypes.byref(cell))) == repr(ctype(value).value)
        if ctypes.sizeof(ctype) < 4:
            assert wide(values[0], values[-1], ctypes.byref(cell)) == value


@TIERS
def test_an_address_stays_when_the_code_changes(tier, ignored):
    @cfunc("float64(int64)", tier="auto" if tier == "best" else "fast")
    def halves(n):
        total = 0.0
        for i in range(n):
            total += 1.0 / (n - i - 3)
        return total

    call, kernel = halves.ctypes, halves._kept
    values = [call(n) for n in (0, 1, 3, 4, 10)]
    assert kernel.wait(60)
    assert [call(n) for n in (0, 1, 3, 4, 10)] == values
    # 3, 4 and 10 divide by 0, before and after.
    assert values[1] != 0.0 and values[-3:] == [0.0, 0.0, 0.0]
    assert [kind for kind, *_ in ignored] == [ZeroDivisionError] * 6


@TIERS
def test_errors_of_callees_and_what_they_leave(tier, ignored):
    @cfunc("int32(int64)", tier=tier)
    def digits(n):
        text = [str(n)]
        if n > 100:
            raise ValueError("as " + text[0])
        return len(text[0])

    call = digits.ctypes
    before = live_allocations()
    assert [call(n) for n in (5, 50, 500, 50, 5)] == [1, 2, 0, 2, 1]
    assert [(kind, text) for kind, text, _ in ignored] == [(ValueError, "as 500")]
    assert live_allocations() == before


@TIERS
def test_calls_in_calls(tier, ignored):
    """A call by C in the midst of one: each has its own context."""

    @cfunc("float64(float64, int64)", tier=tier)
    def inner(x, n):
        parts = [x] * n
        return parts[n - 1] + 1.0

    call = inner.ctypes

    @cfunc("float64(float64)", tier=tier)
    def outer(x):
        mine = np.full(3, x)
        return mine[0] + call(x, 2) + call(x, 0) + mine[2]

    assert outer.ctypes(2.0) == 2.0 + 3.0 + 0.0 + 2.0
    assert [kind for kind, *_ in ignored] == [IndexError]


@TIERS
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the register is x86-64's")
def test_floats_are_computed_under_the_default(tier):
    """As other calls, whatever the thread has set (decision 0050); it gets its own word back."""
    libm = ctypes.CDLL("libm.so.6")
    toward_zero, nearest = 0xC00, 0

    @cfunc("float64(float64, float64)", tier=tier)
    def divided(x, y):
        return x / y

    call = divided.ctypes
    expected = call(2.0, 3.0)
    assert libm.fesetround(toward_zero) == 0
    try:
        assert [call(2.0, 3.0) for _ in range(3)] == [expected] * 3
        assert libm.fegetround() == toward_zero
    finally:
        libm.fesetround(nearest)
    assert expected == 2.0 / 3.0


@TIERS
def test_a_long_call_is_interrupted(tier, tmp_path):
    """The handler's exception is kept until C has returned."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import signal, time
            from cumbia import cfunc

            @cfunc("int64(int64)", tier={tier!r})
            def counts(n):
                a, i = 1, 0
                while i < n:
                    a = (a * 31 + i) % 1000003
                    i += 1
                return a

            counts.ctypes(10)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            start = time.monotonic()
            try:
                counts.ctypes(10**12)
                time.sleep(5)
            except KeyboardInterrupt:
                print("interrupted", time.monotonic() - start < 60)
            """
        )
    )
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "interrupted True\n", done.stderr

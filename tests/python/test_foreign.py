"""Functions of C that compiled code calls: ctypes, Cython's exported ones, cffi.

The C library's functions, and functions made by `ctypes.CFUNCTYPE` that say what they got.
Undecorated Python, which calls the same objects, is the oracle.
"""

import ctypes
import math
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import cumbia
from cumbia import cfunc, jit, prange
from cumbia.extending import get_cython_function_address

MATH = ctypes.CDLL("libm.so.6")
C = ctypes.CDLL(None)


def declare(function, result, *args):
    function.restype, function.argtypes = result, list(args)
    return function


cos = declare(MATH.cos, ctypes.c_double, ctypes.c_double)
cosf = declare(MATH.cosf, ctypes.c_float, ctypes.c_float)
hypot = declare(MATH.hypot, ctypes.c_double, ctypes.c_double, ctypes.c_double)
ldexp = declare(MATH.ldexp, ctypes.c_double, ctypes.c_double, ctypes.c_int)
absolute = declare(C.abs, ctypes.c_int, ctypes.c_int)
memset = declare(C.memset, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
memcmp = declare(C.memcmp, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


def test_floats():
    def f(x, y):
        return cos(x) + 3 * cosf(x), hypot(x, y=y) if False else hypot(x, y), ldexp(x, 5)

    assert jit(f)(0.7, 2) == f(0.7, 2)


def test_attributes_of_libraries():
    def f(x):
        return MATH.cos(x) + C.abs(-3)

    assert jit(f)(0.25) == f(0.25)


TYPES = {
    ctypes.c_int8: [0, -128, 127, 200, -1],
    ctypes.c_uint8: [0, 255, 256, -1],
    ctypes.c_int16: [-(2**15), 70000],
    ctypes.c_uint16: [2**16 - 1, -1],
    ctypes.c_int32: [-(2**31), 2**31, 5],
    ctypes.c_uint32: [2**32 - 1, -7],
    ctypes.c_int64: [-(2**63), 2**63 - 1],
    ctypes.c_uint64: [2**63 - 1, 17],
    ctypes.c_float: [0.1, -3.5, 1e300, math.inf],
    ctypes.c_double: [0.1, -0.0, math.inf],
    ctypes.c_bool: [True, False, 3, 0],
}


@pytest.mark.parametrize("ctype", TYPES, ids=lambda ctype: ctype.__name__)
def test_numbers(ctype):
    same = ctypes.CFUNCTYPE(ctype, ctype)(lambda x: x)

    def f(x):
        return same(x)

    compiled = jit(f)
    for value in TYPES[ctype]:
        got, wanted = compiled(value), f(value)
        assert repr(got) == repr(wanted), value


def test_order_of_arguments():
    got = []

    @ctypes.CFUNCTYPE(
        ctypes.c_double, ctypes.c_int, ctypes.c_double, ctypes.c_uint8, ctypes.c_float,
        ctypes.c_int64, ctypes.c_double, ctypes.c_bool, ctypes.c_float, ctypes.c_int16,
        ctypes.c_double, ctypes.c_double, ctypes.c_uint32, ctypes.c_float, ctypes.c_double,
    )
    def many(*args):
        got.append(args)
        return sum(args)

    def f(i, x):
        return many(
            i, x, i + 1, x + 1, i - 5, x + 2, i > 2, x + 3, -i, x + 4, x + 5, i + 7, x + 6, x + 7
        )

    assert jit(f)(3, 0.5) == f(3, 0.5)
    assert got[0] == got[1]


def test_nothing_comes_back():
    got = []
    note = ctypes.CFUNCTYPE(None, ctypes.c_int)(got.append)

    def f(x):
        return note(x)

    assert jit(f)(4) is None and got == [4]


def test_memory():
    def f(n):
        a = np.ones(n)
        b = a.copy()
        memset(a.ctypes.data, 0, a.nbytes // 2)
        return a, memcmp(a.ctypes, b.ctypes, 8) != 0, memcmp(a.ctypes.data, a.ctypes, a.nbytes)

    got, wanted = jit(f)(6), f(6)
    assert np.array_equal(got[0], wanted[0]) and got[1:] == wanted[1:]


def test_arguments_arrays():
    def f(a):
        return memset(a.ctypes, 255, 2) == a.ctypes.data, memset(None, 0, 0)

    mine, theirs = np.zeros(4, np.uint8), np.zeros(4, np.uint8)
    assert jit(f)(mine) == f(theirs) == (True, None)
    assert np.array_equal(mine, theirs)


def test_memory_outlives_the_number():
    """An array whose address somebody has isn't freed before the call is over."""
    def f(n):
        p = np.full(n, 7.0).ctypes.data
        q = np.zeros(n)
        return memcmp(p, np.full(n, 7.0).ctypes, 8 * n), q[0]

    before = cumbia._cumbia.live_allocations()
    assert jit(f)(1000) == (0, 0.0)
    assert cumbia._cumbia.live_allocations() == before


def test_what_c_writes_is_read():
    def f(n):
        a = np.zeros(n, np.uint8)
        total = 0
        for i in range(n):
            memset(a.ctypes, i, n)
            total += a[0] + a[n - 1]
        return total

    assert jit(f)(9) == 2 * sum(range(9))


def test_callbacks_into_compiled_code():
    @cfunc("intc(CPointer(double), CPointer(double))")
    def down(a, b):
        return int(a[0] < b[0]) - int(a[0] > b[0])

    sort = declare(
        ctypes.CDLL(None).qsort, None,
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p,
    )
    compare = down.address

    @jit
    def f(a):
        sort(a.ctypes, a.size, a.itemsize, compare)
        return a[0]

    numbers = np.random.default_rng(3).random(50)
    wanted = np.sort(numbers)[::-1]
    assert f(numbers) == wanted[0] and np.array_equal(numbers, wanted)


def test_in_loops_on_several_threads():
    @jit(parallel=True)
    def f(a, out):
        for i in prange(len(a)):
            out[i] = cos(a[i])

    a = np.arange(1000) / 100
    out = np.zeros(1000)
    f(a, out)
    assert out.tolist() == [cos(x) for x in a]


def test_cython():
    pytest.importorskip("scipy")
    import scipy.special

    address = get_cython_function_address("scipy.special.cython_special", "j0")
    j0 = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)

    @jit
    def f(x):
        return j0(x)

    assert f(2.5) == scipy.special.cython_special.j0(2.5)


def test_cython_blas():
    pytest.importorskip("scipy")
    address = get_cython_function_address("scipy.linalg.cython_blas", "ddot")
    p = ctypes.c_void_p
    ddot = ctypes.CFUNCTYPE(ctypes.c_double, p, p, p, p, p)(address)

    @jit
    def f(x, y):
        n = np.array([x.size], np.int32)
        one = np.ones(1, np.int32)
        return ddot(n.ctypes, x.ctypes, one.ctypes, y.ctypes, one.ctypes)

    x, y = np.arange(5.0), np.arange(5.0) + 1
    assert f(x, y) == x @ y


def test_no_such_function_of_cython():
    with pytest.raises(ValueError, match="No function 'nothing'"):
        get_cython_function_address("math", "nothing")
    with pytest.raises(ImportError):
        get_cython_function_address("no_such_module", "f")


def untyped():
    return ctypes.CDLL("libm.so.6").sin


def of_the_gil():
    return declare(ctypes.pythonapi.PyLong_FromLong, ctypes.c_long, ctypes.c_long)


def checked():
    found = declare(ctypes.CDLL("libm.so.6").sin, ctypes.c_double, ctypes.c_double)
    found.errcheck = lambda result, function, args: result
    return found


def of_text():
    return declare(ctypes.CDLL(None).strlen, ctypes.c_size_t, ctypes.c_char_p)


def with_pointer_result():
    return declare(ctypes.CDLL(None).memset, ctypes.POINTER(ctypes.c_int), ctypes.c_int)


def with_many():
    return ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_int] * 7)(lambda *x: 0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (untyped, "sin.. of C: it has no argtypes; set them and restype"),
        (of_the_gil, "needs the GIL"),
        (checked, "errcheck"),
        (of_text, "c_char_p in argtypes"),
        (with_pointer_result, "LP_c_int in restype"),
        (with_many, "7 integers or pointers"),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_refused(make, words):
    function = make()

    @jit
    def f(x):
        return function(x)

    with pytest.raises(cumbia.CompileError, match=words):
        f(1.0)


def test_wrong_arguments():
    with pytest.raises(cumbia.CompileError):
        jit(lambda x: absolute(x))(1.5)
    with pytest.raises(cumbia.CompileError, match="pointer of C"):
        jit(lambda x: memset(x, 0, 1))(1.5)
    with pytest.raises(TypeError):
        jit(lambda x: cos(x, x))(1.5)


def test_addresses_are_not_kept(tmp_path):
    """Another process finds another address."""
    program = """
        import ctypes, sys
        from cumbia import jit
        m = ctypes.CDLL("libm.so.6")
        m.cos.restype, m.cos.argtypes = ctypes.c_double, [ctypes.c_double]
        cos = m.cos

        @jit(cache=True)
        def f(x):
            return cos(x)

        @jit(cache=True)
        def g(x):
            return x + 1

        print(f(0.0), g(1.0), f.stats.found, g.stats.found)
    """
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    env = {**os.environ, "CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": str(tmp_path / "cache")}
    # Code that is interpreted isn't kept.
    env.pop("CUMBIA_INTERPRET", None)
    outputs = [
        subprocess.run(
            [sys.executable, file], capture_output=True, text=True, timeout=60, check=True, env=env
        ).stdout
        for _ in range(2)
    ]
    assert outputs[0] == "1.0 2.0 0 0\n"
    assert outputs[1] == "1.0 2.0 0 1\n"


def test_cffi():
    cffi = pytest.importorskip("cffi")
    ffi = cffi.FFI()
    ffi.cdef("double cos(double); int abs(int); void *memset(void *, int, size_t);")
    ffi.cdef("int printf(const char *, ...);")
    lib = ffi.dlopen(None)
    mathlib = ffi.dlopen("libm.so.6")
    function, by_name = mathlib.cos, lib.abs

    @jit
    def f(x, a):
        return function(x) + by_name(-3) + lib.abs(-4)

    assert f(0.5, np.zeros(2)) == math.cos(0.5) + 7
    variadic = lib.printf

    with pytest.raises(cumbia.CompileError, match="`...`"):
        jit(lambda x: variadic(x))(1)

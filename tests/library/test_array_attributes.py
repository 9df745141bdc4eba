"""Attributes of arrays and other views of their memory, against NumPy."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import DTYPES, FEW_DTYPES, filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree, compiled

SHAPES = [(), (0,), (5,), (2, 3), (1, 3), (3, 1), (2, 0, 3), (2, 3, 4), (1, 2, 1, 3)]


@pytest.mark.parametrize("dtype", FEW_DTYPES + ["complex64"])
def test_parts(dtype):
    for shape in SHAPES:
        for a in layouts(shape, dtype):
            a = np.asarray(a)
            agree("a.real", a)
            agree("a.imag", a)
            agree("a.real.flags.writeable, a.imag.flags.writeable", a)
            agree("a.real.sum(), a.imag.sum()", a)
            if 0 not in shape and 1 not in shape:
                agree("a.real.strides", a)


def test_parts_are_views():
    program = "a.real[1] = 7; a.imag[...] = b; a.real += 1; a.imag[::-1] *= 2; a.real = a.imag; a.imag = 3\nreturn a"
    program = program.replace("; ", "\n")
    for dtype in ("complex64", "complex128"):
        for a in (filled(6, dtype), filled(12, dtype)[::2], filled(6, dtype)[::-1]):
            check_statements(program, a, np.arange(6.0))
    check_statements("a.real = b\nreturn a", filled((2, 3), "float64"), np.arange(3))
    check_statements("a.imag = b\nreturn a", filled((2, 3), "float64"), np.arange(3))
    check_statements("a.real = b\nreturn a", filled((2, 3), "complex128"), np.arange(2))
    check_statements("a.imag[0] = 1\nreturn a", filled(3, "float64"), np.arange(2))
    frozen = filled(3, "complex128")
    frozen.flags.writeable = False
    check_statements("a.real = 1\nreturn a", frozen, 0)


def check_statements(body, *arguments):
    """Statements on copies of the arguments give the same, or the same exception."""
    from tests.library.differential import bits, plain

    outcomes = []
    for make in (plain, compiled):
        given = [kept(a) for a in arguments]
        try:
            outcomes.append(bits(make(body, "a, b")(*given)))
        except CompileError:
            raise
        except Exception as error:
            outcomes.append((type(error), str(error)))
    assert outcomes[0] == outcomes[1], body


def kept(a):
    """A copy with the same strides and flags."""
    if not isinstance(a, np.ndarray):
        return a
    base = a if a.base is None else a.base
    memory = base.copy()
    found = np.ndarray(a.shape, a.dtype, memory, a.ctypes.data - base.ctypes.data, a.strides)
    found.flags.writeable = a.flags.writeable
    return found


@pytest.mark.parametrize("dtype", DTYPES)
def test_views_as_other_dtypes(dtype):
    for shape in SHAPES:
        for a in layouts(shape, dtype):
            a = np.asarray(a)
            for other in ("uint8", "int16", "float32", "int64", "complex128"):
                if dtype != other:
                    check_calls(f"a.view(np.{other})", [(a,)])
                else:
                    agree(f"a.view(np.{other})", a)
            if 0 not in shape and 1 not in shape:
                agree("a.view(a.dtype).strides, a.view().strides", a)


def test_a_view_is_the_same_memory():
    program = "v = a.view(np.uint64)\nv[1] = 5\nv ^= 1\nreturn a"
    for a in (filled(6, "float64"), filled(12, "float64")[::2], filled((2, 6), "float64").T[1]):
        check_statements(program, a, 0)
    check_statements("a.view('u1')[::8] = 0\nreturn a", filled(3, "int64"), 0)
    check_statements("v = a.view(np.complex128)\nreturn v.real, v.imag, (v + v).view(float)", filled(6, "float64"), 0)


def test_bits_of_a_number():
    agree("a.view(np.int64), a.view('u8') >> 52", np.float64(-2.5))
    agree("a.view(np.float32)", np.uint32(0x7F800000))
    agree("a.view(np.float32)", np.float64(1.0))


def test_a_view_that_is_not_aligned():
    memory = np.zeros(17, np.int8)
    with pytest.raises(NotImplementedError, match="aligned"):
        compiled("return a.view(np.int64)", "a")(memory[1:])


def test_flags():
    names = "c_contiguous f_contiguous contiguous forc fnc writeable aligned behaved carray farray writebackifcopy".split()
    attributes = ", ".join(f"a.flags.{name}" for name in names)
    items = ", ".join(f"a.flags[{name!r}]" for name in ("C_CONTIGUOUS", "F", "WRITEABLE", "C", "FNC", "ALIGNED", "CARRAY"))
    for shape in SHAPES:
        for a in layouts(shape, "float64"):
            check_calls(attributes, [(np.asarray(a),)])
            check_calls(items, [(np.asarray(a),)])
    agree("np.isfortran(a), np.isfortran(a.T), a.T.flags.fnc", filled((2, 3), "int8"))


@pytest.mark.parametrize("flag", ["a.flags.owndata", "a.base is None", "a.flags['c_contiguous']", "a.flags['XX']"])
def test_what_is_not_known_is_refused(flag):
    with pytest.raises(CompileError):
        compiled(f"return {flag}", "a")(np.zeros(3))


def test_transposed_matrices():
    for shape in ((2, 3), (4, 2, 3)):
        for a in layouts(shape, "int32"):
            agree("a.mT, a.mT.strides", a)
    agree("a.mT", np.ones((2, 0, 3)))
    check_calls("a.mT", [(filled(3, "int8"),), (np.array(1.0),)])


@pytest.mark.parametrize("dtype", DTYPES)
def test_byteswap(dtype):
    for shape in SHAPES:
        for a in layouts(shape, dtype):
            agree("a.byteswap().view(np.uint8) if a.ndim else a.byteswap().tobytes()", np.asarray(a).copy())
            agree("a.byteswap().byteswap().tobytes()", np.asarray(a))
    check_statements("a.byteswap(True)\nreturn a.byteswap(inplace=True).tobytes(), a.tobytes()", filled(4, dtype), 0)


def test_diagonals():
    for shape in ((3, 3), (2, 4), (4, 2), (2, 3, 4), (0, 3)):
        for a in layouts(shape, "float32"):
            for k in (0, 1, -1, 5):
                agree(f"a.diagonal({k}), np.diagonal(a, {k}).flags.writeable", a)
            agree("a.diagonal(axis1=1, axis2=0)", a)
    check_calls("a.diagonal()", [(filled(3, "int8"),)])
    check_calls("a.diagonal(0, 1, 1)", [(filled((3, 3), "int8"),)])


def test_truth_of_arrays():
    for a in (np.ones(1), np.zeros((1, 1)), np.ones(0), np.ones(2), np.zeros((2, 2)), np.array(2.5), np.array([np.nan]), np.array([0j])):
        check_calls("bool(a)", [(a,)])
        check_calls("not a", [(a,)])
        for body in ("return 1 if a else 2", "if a:\n    return 1\nreturn 2", "while a:\n    return 1\nreturn 2", "return a.size > 5 or not a"):
            check_statements(body, a, 0)


def test_truth_inside_try():
    """What would raise at a branch has no way to a handler: refused; `not` and `bool` have one."""
    program = "try:\n    if {}: return 'yes'\n    return 'no'\nexcept ValueError as error:\n    return str(error)"
    with pytest.raises(CompileError, match="ambiguous"):
        compiled(program.format("a"), "a, b")(np.ones(3), 0)
    for test in ("bool(a)", "a.all()"):
        for a in (np.ones(3), np.ones(1), np.zeros((1, 1)), np.ones(0)):
            check_statements(program.format(test), a, 0)
    check_statements("assert a, 'no'\nreturn 0", np.zeros(1), 0)


def test_membership():
    for a in (np.arange(6).reshape(2, 3), np.array([0.5, np.nan]), np.zeros(0), np.array([True]), np.array([1 + 1j])):
        check_calls("1 in a, 0.5 in a, 7 not in a, np.nan in a, True in a", [(a,)])
    check_calls("b in a", [(np.ones((2, 2)), np.ones(2)), (np.ones((2, 2)), np.ones(3))])


def test_numbers_of_arrays_without_axes():
    for a in (np.array(2.75), np.array(3), np.array(True), np.array(np.float32(1.5))):
        agree("float(a), int(a), complex(a)", a)
    agree("complex(a)", np.array(1 + 2j))


def test_conjugates():
    for dtype in FEW_DTYPES:
        agree("a.conj(), a.conjugate()", filled((2, 3), dtype))


def test_shared_memory():
    program = "return [np.shares_memory(a, x) for x in (a[1:], a[::2], a[1::2], a[::-1], a[:0])], np.may_share_memory(a[::2], a[1::2]), np.shares_memory(a[::2], a[1::2]), np.shares_memory(a, b)"
    for a in (np.arange(6.0), np.arange(12.0).reshape(3, 4), np.arange(12.0)[::-2]):
        check_calls(program.removeprefix("return "), [(a, np.ones(3))])
    check_calls("np.shares_memory(a.real, a.imag), np.may_share_memory(a.real, a.imag), np.shares_memory(a, a.imag)", [(np.ones(3, complex),)])


def test_iterable():
    agree("np.iterable(a), np.iterable(3), np.iterable([1]), np.iterable('x'), np.iterable(None), np.iterable((1, 2))", np.ones(2))
    agree("np.iterable(a)", np.array(1))


def test_memory_of_others():
    check_calls("np.frombuffer(a, np.int16)", [(b"abcd",), (b"abc",), (b"",)])
    check_calls("np.frombuffer(a, dtype='u1', count=2, offset=1), np.frombuffer(a, np.uint8).flags.writeable", [(b"abcd",)])
    check_calls("np.frombuffer(a, np.uint8, 5)", [(b"abcd",)])
    check_calls("np.frombuffer(a, np.uint8, -1, 7)", [(b"abcd",)])
    check_calls("np.frombuffer(a, np.float64, 1, 3)", [(bytes(range(11)),)])
    check_calls("np.frombuffer(a, np.int16, -1, 1)", [(bytes(range(11)),)])
    check_calls("np.frombuffer(a, np.int32)", [(np.arange(3),), (np.arange(12.0).reshape(3, 4),), (np.ones((2, 3)).T,), (np.arange(8)[::2],)])
    check_statements("np.frombuffer(a, np.uint8)[0] = 9\nreturn a", np.arange(3), 0)

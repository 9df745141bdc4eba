"""What NumPy says of dtypes: result_type, issubdtype, isdtype, common_type, min_scalar_type."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import DTYPES, filled
from tests.library.calls import check_calls
from tests.library.differential import agree, compiled


@pytest.mark.parametrize("dtype", DTYPES)
def test_result_type(dtype):
    a = filled(2, dtype)
    for other in ("np.int8", "'u4'", "np.dtype('f4')", "3", "2.5", "1j", "True", "float", "b"):
        agree(f"np.result_type(a, {other}), np.result_type({other}, a, {other})", a, np.float32(1))
    agree("np.result_type(a, 3, 2.5), np.result_type(a, a.dtype, 'i2', 1)", a)
    agree("np.zeros(2, np.result_type(a, np.float32))", a)


def test_result_type_of_python_numbers():
    agree("np.result_type(1), np.result_type(1, 2.5), np.result_type(True), np.result_type(True, 1), np.result_type(1j, 2)")


ABSTRACT = "generic number integer signedinteger unsignedinteger inexact floating complexfloating flexible character".split()


@pytest.mark.parametrize("dtype", DTYPES)
def test_issubdtype(dtype):
    a = filled(2, dtype)
    asked = [f"np.{name}" for name in ABSTRACT] + ["np.int32", "float", "int", "bool", "complex", "'f4'", "np.float64"]
    check_calls(", ".join(f"np.issubdtype(a.dtype, {kind})" for kind in asked), [(a,)])
    check_calls(f"1 if np.issubdtype(np.{np.dtype(dtype).name}, np.integer) else 2", [(a,)])


def test_issubdtype_of_abstract_classes():
    check_calls("np.issubdtype(np.floating, np.inexact), np.issubdtype(np.inexact, np.floating), np.issubdtype('i4', np.signedinteger)", [(1,)])


@pytest.mark.parametrize("dtype", DTYPES)
def test_isdtype(dtype):
    kinds = "bool,signed integer,unsigned integer,integral,real floating,complex floating,numeric".split(",")
    check_calls(", ".join(f"np.isdtype(a.dtype, {kind!r})" for kind in kinds), [(filled(1, dtype),)])
    check_calls("np.isdtype(a.dtype, ('integral', np.float64)), np.isdtype(a.dtype, np.int8)", [(filled(1, dtype),)])


def test_smallest_dtypes():
    agree(", ".join(f"np.min_scalar_type({i}) == '{np.min_scalar_type(i)}'" for i in (0, 255, 256, 65536, 2**32, -1, -128, -129, -32769, -(2**31) - 1, True)))
    agree("np.min_scalar_type(a)", np.ones(2, np.float32))


def test_common_type():
    for x in DTYPES[1:]:
        agree("np.zeros(1, np.common_type(a, b)), np.zeros(1, np.common_type(a))", filled(1, x), filled(1, "float32"))


@pytest.mark.parametrize("call", ["np.isdtype(a.dtype, 'numbers')", "np.issubdtype(a, np.integer)", "np.min_scalar_type(a[0])", "np.common_type(a > 0)", "np.result_type()"])
def test_refused(call):
    with pytest.raises(CompileError):
        compiled(f"return {call}", "a")(np.ones(2))

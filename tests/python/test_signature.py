"""Signatures: every way to write one, the compiler's text for it, and bad ones."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cumbia import types
from cumbia._signature import is_signature, parse, parse_all
from cumbia.types import (
    Array,
    Signature,
    Tuple,
    UniTuple,
    boolean,
    complex128,
    float32,
    float64,
    int64,
    none,
    uint64,
    void,
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("float64(float64[:], int64)", "float64(array(float64, 1, A), pyint)"),
        ("f8(f8[:],i8)", "float64(array(float64, 1, A), pyint)"),
        ("f8(f8[::1])", "float64(array(float64, 1, C))"),
        ("void(f4[:, ::1], f4[::1, :], f4[:, :])",
         "none(array(float32, 2, C), array(float32, 2, F), array(float32, 2, A))"),
        ("none()", "none()"),
        ("()", "()"),
        ("(f8, i8)", "(pyfloat, pyint)"),
        ("(f8,)", "(pyfloat)"),
        ("boolean(b1)", "bool(pybool)"),
        ("bool(bool_[:])", "bool(array(bool, 1, A))"),
        ("complex128(c16, c8)", "complex128(pycomplex, complex64)"),
        ("intp(uintp, intp)", "int64(uint64, pyint)"),
        ("i1(i2, i4, u1, u2, u4, u8, f4)",
         "int8(int16, int32, uint8, uint16, uint32, uint64, float32)"),
        ("Tuple((i8, f4))(Tuple((i8, f8[:])))",
         "tuple(int64, float32)(tuple(pyint, array(float64, 1, A)))"),
        ("f8(Tuple(()))", "float64(tuple())"),
        ("f8(UniTuple(f8, 3))", "float64(tuple(pyfloat, pyfloat, pyfloat))"),
        ("f8(Array(f8, 0, 'C'))", "float64(array(float64, 0, C))"),
        ("f8(Array(f8, 2, 'A', readonly=True))", "float64(array(float64, 2, A, readonly))"),
        ("pyfloat(pyint, pybool, pycomplex)", "pyfloat(pyint, pybool, pycomplex)"),
        ("  double ( double [ : , ::1 ] ,\n size_t )  ",
         "float64(array(float64, 2, C), uint64)"),
    ],
)
def test_strings(text, canonical):
    signature = parse(text)
    assert signature.canonical() == canonical
    assert parse(repr(signature)) == signature


def test_calls_and_strings_mean_the_same():
    assert float64(float64[:], int64) == parse("float64(float64[:], int64)")
    assert void(float32[:, ::1]) == parse("void(f4[:, ::1])")
    assert Tuple((int64,))(UniTuple(boolean, 2)) == parse("Tuple((i8,))(Tuple((b1, b1)))")


def test_lists_tuples_and_repetitions():
    assert parse_all((float64, int64)) == [Signature(None, (float64, int64))]
    assert parse_all(["f8(f8)", float32(float32), (int64,), "f8(f8)"]) == [
        float64(float64),
        float32(float32),
        Signature(None, (int64,)),
    ]
    assert parse_all([]) == []


def test_what_is_a_signature():
    assert is_signature("f8(f8)")
    assert is_signature((float64,))
    assert is_signature([])
    assert is_signature(float64(int64))
    assert not is_signature(len)
    assert not is_signature(lambda: 0)


def test_arguments_are_python_numbers_and_other_widths_numpy_scalars():
    signature = Signature(None, (boolean, int64, float64, complex128, float32, uint64))
    assert signature.canonical() == "(pybool, pyint, pyfloat, pycomplex, float32, uint64)"


def test_types_convert_values():
    import numpy as np

    assert type(float32(1.5)) is np.float32
    assert type(boolean(1)) is np.bool_
    assert int64(7.9) == 7


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("flaot64(i8)", "did you mean 'float64'?", 0),
        ("f8(f9)", "unknown type 'f9'", 3),
        ("f8(object)", "unknown type 'object'", 3),
        ("f8", "argument types in parentheses", 2),
        ("", "expected a type", 0),
        ("f8(f8", "expected ','", 5),
        ("f8(f8))", "ends after its argument types", 6),
        ("f8(,)", "expected a type, got ','", 3),
        ("f8(f8 f8)", "expected ','", 6),
        ("f8(f8[])", "an axis is written", 6),
        ("f8(f8[::2])", "an axis is written", 6),
        ("f8(f8[1:])", "an axis is written", 6),
        ("f8(f8[:, ::1, :])", "last axis", 5),
        ("f8(f8[::1, ::1])", "last axis", 5),
        ("f8(f8[:)", "']'", 7),
        ("f8(none[:])", "no arrays of 'none'", 3),
        ("f8(f8[:][:])", "expected ','", 8),
        ("f8(Tuple(i8, f8))", "Tuple((float64, int64))", 9),
        ("f8(UniTuple(i8, n))", "number of items", 16),
        ("f8(UniTuple(i8, 5000))", "at most 1000", 16),
        ("f8(Array(f8, 99, 'C'))", "at most 64", 13),
        ("f8(Array(f8, 1, 'K'))", "'C', 'F' or 'A'", 16),
        ("f8(i8) -> f8", "has no place", 7),
        ("f8(__import__('os'))", "unknown type '__import__'", 3),
        ("f8(*)", "has no place", 3),
    ],
)
def test_bad_strings_are_marked(text, message, place):
    with pytest.raises(ValueError) as caught:
        parse(text)
    said, shown, caret = str(caught.value).split("\n")
    assert message in said
    assert shown == "    " + text
    assert caret.index("^") == 4 + place


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (lambda: parse_all(float64), "a type, not a signature"),
        (lambda: parse_all([float64]), "a type, not a signature"),
        (lambda: parse_all([3]), "a signature is a string"),
        (lambda: parse_all((float64, "f8")), "argument 2"),
        (lambda: parse_all((float64, int)), "argument 2"),
        (lambda: float64(float64, 3), "argument 2"),
        (lambda: float64[0], "':' and '::1'"),
        (lambda: float64[1:], "':' and '::1'"),
        (lambda: Array(none, 1, "C"), "number type"),
        (lambda: Tuple(float64), "one tuple of types"),
        (lambda: Tuple((1,)), "items are types"),
    ],
)
def test_bad_objects(bad, message):
    with pytest.raises(TypeError) as caught:
        bad()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Array(float64, -1, "C"),
        lambda: Array(float64, 1, "K"),
        lambda: UniTuple(float64, -1),
        lambda: float64[::1, ::1],
    ],
)
def test_bad_values(bad):
    with pytest.raises(ValueError):
        bad()


_scalars = st.sampled_from([one for one in types.NAMED.values() if isinstance(one, types.Scalar)])
_leaves = (
    _scalars
    | st.just(none)
    | st.sampled_from([types.pybool, types.pyint, types.pyfloat, types.pycomplex])
    | st.builds(Array, _scalars, st.integers(0, 6), st.sampled_from("CFA"), st.booleans())
)
_types = st.recursive(
    _leaves, lambda inner: st.builds(Tuple, st.lists(inner, max_size=3)), max_leaves=6
)
_signatures = st.builds(Signature, st.none() | _types, st.lists(_types, max_size=4))


@given(_signatures)
def test_repr_is_read_back(signature):
    assert parse(repr(signature)) == signature
    assert pickle.loads(pickle.dumps(signature)) == signature
    assert hash(parse(repr(signature))) == hash(signature)


@given(st.text(alphabet="f8i4(),:[]1 TupleUniA'=x\n\t", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text)
    except ValueError as error:
        assert "^" in str(error)


def test_deep_nesting_is_refused_cleanly():
    deep = "Tuple((" * 5000
    with pytest.raises(ValueError, match="nested"):
        parse(f"f8({deep}")


def test_names_are_exported():
    import cumbia

    for name in types.__all__:
        assert getattr(cumbia, name) is getattr(types, name)
    for name in ("float64", "int64", "boolean", "void", "f8", "i8", "u1", "intp", "uintp"):
        assert name in cumbia.__all__

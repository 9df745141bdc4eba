"""``guvectorize`` with a layout alone, and dimensions that may be missing or have a fixed size."""

import pickle

import numpy as np
import pytest
from cumbia import guvectorize

DTYPES = ["int8", "uint16", "int64", "float32", "float64", "complex64", "complex128"]


@guvectorize("(n),()->(n)")
def shifted(x, by, out):
    """Adds a number."""
    for i in range(len(x)):
        out[i] = x[i] + by


@guvectorize("(n)->(),()", target="parallel")
def extremes(x, low, high):
    low[0] = high[0] = x[0]
    for item in x:
        low[0] = min(low[0], item)
        high[0] = max(high[0], item)


def test_what_it_is():
    assert (shifted.__name__, shifted.__doc__, shifted.signature) == ("shifted", "Adds a number.", "(n),()->(n)")
    assert (shifted.nin, shifted.nout, shifted.nargs) == (2, 1, 3)
    assert repr(shifted) == "<cumbia generalized ufunc 'shifted'>"
    assert pickle.loads(pickle.dumps(shifted)) is shifted
    assert isinstance(shifted.ufunc("f4", "f4", "f4"), np.ufunc)


@pytest.mark.parametrize("result", ["int64", "float64", "complex128"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_loop_for_each_list_of_dtypes(dtype, result):
    if not np.can_cast(dtype, result, "same_kind"):
        pytest.skip("what doesn't go into the output is refused by NumPy")
    x = np.arange(12).reshape(3, 4).astype(dtype)
    out = np.zeros((3, 4), result)
    assert shifted(x, x[:, 0], out) is out
    np.testing.assert_array_equal(out, x + x[:, :1])
    again = np.zeros((3, 4), result)
    shifted(x.T.copy().T[:, ::-1], 1, out=again)
    np.testing.assert_array_equal(again, x[:, ::-1] + 1)
    assert np.dtype(dtype).char + "l->" + np.dtype(result).char in shifted.types


def test_keywords_are_those_of_numpy():
    x = np.arange(6.0).reshape(2, 3)
    low, high = np.zeros(3), np.zeros(3)
    extremes(x, low, high, axis=0)
    np.testing.assert_array_equal([low, high], [x.min(axis=0), x.max(axis=0)])
    low, high = np.zeros((2, 1)), np.zeros((2, 1))
    extremes(x, out=(low, high), keepdims=True)
    np.testing.assert_array_equal(np.hstack([low, high]), [[0, 2], [3, 5]])
    out = np.zeros((3, 2))
    shifted(x, 1.0, out, axes=[1, (), 0])
    np.testing.assert_array_equal(out, x.T + 1)
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        shifted(x, 1.0, np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: shifted([1.0], 2.0), "only the outputs say of which dtypes"),
        (lambda: shifted([1.0]), "1 are given"),
        (lambda: shifted([1.0], 2.0, out=None), "2 are given"),
        (lambda: shifted([1.0], 2.0, out=(None,)), "only the outputs say"),
        (lambda: shifted([1.0], 2.0, np.zeros(1), out=np.zeros(1)), "takes 2 operands beside out=, not 3"),
        (lambda: shifted(np.array(["a"]), 2.0, np.zeros(1)), "is not compiled for arrays of <U1"),
        (lambda: guvectorize("(n)->(n)")(lambda x: None), r"has 2 arguments, but <lambda>\(\) has 1"),
    ],
)
def test_refused(call, words):
    with pytest.raises(TypeError, match=words):
        call()


def multiplied(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = 0.0
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


product = guvectorize(["(f8[:,:], f8[:,:], f8[:,:])"], "(n?,k),(k,m?)->(n?,m?)")(multiplied)
dynamic_product = guvectorize("(n?,k),(k,m?)->(n?,m?)", target="parallel")(multiplied)


def test_dimensions_that_may_be_missing():
    a, b = np.arange(60.0).reshape(5, 3, 4), np.arange(40.0).reshape(5, 4, 2)
    v = np.arange(4.0)
    for x, y in ((a, b), (a[0], b[0]), (a, v), (v, b), (v, v), (a[:, :, ::-1], v), (a[0].T.copy().T, b)):
        expected = np.matmul(x, y)
        result = product(x, y)
        assert result.shape == expected.shape
        np.testing.assert_array_equal(result, expected)
        out = np.zeros(expected.shape)
        dynamic_product(x, y, out)
        np.testing.assert_array_equal(out, expected)


@guvectorize(["(f8[:], f8[:], f8[:])"], "(3),(3)->(3)")
def cross(a, b, out):
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        out[i] = a[j] * b[k] - a[k] * b[j]


@guvectorize(["(f8[:], f8[:])"], "(n)->(2)")
def ends(x, out):
    out[0], out[1] = x[0], x[-1]


def test_dimensions_of_a_fixed_size():
    a, b = np.arange(12.0).reshape(4, 3), np.ones((4, 3)) * [1, 2, 4]
    np.testing.assert_array_equal(cross(a, b), np.cross(a, b))
    np.testing.assert_array_equal(cross(a, b[0]), np.cross(a, b[0]))
    with pytest.raises(ValueError, match="core dimension"):
        cross(np.ones(4), np.ones(4))
    np.testing.assert_array_equal(ends(a), a[:, [0, 2]])


@guvectorize(["(f8[:], f8[:], f8[:], i8[:])"], "(n),(m)->(n),()")
def several(x, y, out, count):
    count[0] = len(x) * len(y)
    for i in range(len(x)):
        out[i] = x[i] * y.sum()


def test_several_outputs():
    x, y = np.ones((2, 3)), np.arange(4.0)
    out, count = several(x, y)
    np.testing.assert_array_equal(out, np.full((2, 3), 6.0))
    assert count.tolist() == [12, 12]
    given = np.zeros((2, 3))
    first, _ = several(x, y, out=(given, None))
    assert first is given and given.min() == 6

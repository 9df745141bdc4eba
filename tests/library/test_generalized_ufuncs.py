"""Generalized ufuncs of ``cumbia.guvectorize``: layouts, broadcasting, keywords, refusals."""

import os
import subprocess
import sys
import threading
import traceback

import cumbia
import numpy as np
import pytest
from cumbia import boolean, complex128, float32, float64, guvectorize, int64
from cumbia._cumbia import live_allocations

from tests.library.arrays import filled, layouts


@guvectorize(
    ["void(f8[:,:], f8[:,:], f8[:,:])", "(f4[:,:], f4[:,:], f4[:,:])", "(c16[:,:], c16[:,:], c16[:,:])"],
    "(m,n),(n,p)->(m,p)",
)
def product(a, b, out):
    """A product of matrices."""
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = 0
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


def written(a, b, out):
    product.py_func(a, b, out)
    return out


@guvectorize([(float64[:], float64, float64[:])], "(n),()->(n)")
def shifted(x, by, out):
    for i in range(len(x)):
        out[i] = x[i] + by


@guvectorize(["(f8[:], f8[:], i8[:])", "(i8[:], f8[:], i8[:])"], "(n)->(),()")
def sum_and_count(x, total, count):
    total[0] = 0
    for item in x:
        total[0] += item
    count[0] = len(x)


@guvectorize(["(f8[:], i8[:], i8[:], f8[:])"], "(n),(),(k)->(k)")
def counted(x, first, wanted, out):
    # `first` is an array of one element, as its signature says.
    for i in range(len(out)):
        out[i] = x[first[0] + wanted[i]]


def test_what_it_is():
    assert type(product) is np.ufunc
    assert (product.signature, product.nin, product.nout) == ("(m,n),(n,p)->(m,p)", 2, 1)
    assert product.types == ["dd->d", "ff->f", "DD->D"]
    assert (product.__name__, product.__module__) == ("product", __name__)
    assert "A product of matrices." in product.__doc__


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_layouts_and_broadcasting(dtype):
    for a in layouts((2, 3, 4), dtype):
        for b in layouts((4, 5), dtype):
            got = product(a, b)
            expected = np.stack([written(one, b, np.empty((3, 5), dtype)) for one in a])
            assert got.dtype == expected.dtype and got.tobytes() == expected.tobytes()
    a, b = filled((3, 1, 2, 2), dtype), filled((4, 2, 2), dtype)
    assert product(a, b).shape == (3, 4, 2, 2)
    assert np.allclose(product(a, b), a @ b)


def test_numbers_and_arrays_of_one_element():
    x = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(shifted(x, 1.0), x + 1)
    assert np.array_equal(shifted(x, [10.0, 20.0]), x + [[10], [20]])
    total, count = sum_and_count(x)
    assert total.tolist() == [3, 12] and count.tolist() == [3, 3]
    total, count = sum_and_count(np.arange(4))
    assert (total, count) == (6.0, 4) and type(total) is np.float64 and type(count) is np.int64
    assert counted(np.arange(5.0), 1, [0, 2]).tolist() == [1, 3]
    assert counted(np.arange(5.0), [0, 1], [0, 2]).tolist() == [[0, 2], [1, 3]]


def test_nothing():
    assert product(np.ones((0, 2, 3)), np.ones((3, 2))).shape == (0, 2, 2)
    assert product(np.ones((2, 0)), np.ones((0, 3))).tolist() == [[0.0] * 3] * 2
    total, count = sum_and_count(np.ones((2, 0)))
    assert total.tolist() == [0, 0] and count.tolist() == [0, 0]


def test_keywords():
    a = filled((2, 3, 4), "float64")
    total, count = sum_and_count(a, axis=0)
    assert np.allclose(total, a.sum(axis=0)) and (count == 2).all()
    total, _ = sum_and_count(a, axis=1, keepdims=True)
    assert total.shape == (2, 1, 4)
    b = filled((4, 2), "float64")
    moved = product(a, b, axes=[(1, 2), (0, 1), (1, 0)])
    assert moved.shape == (2, 3, 2) and np.allclose(moved, np.einsum("lmn,np->pml", a, b))
    out = np.empty((2, 3, 5))
    assert product(a, filled((4, 5), "float64"), out=out) is out
    assert product(a, filled((4, 5), "float64"), out) is out
    assert product(a, filled((4, 5), "float64"), dtype=np.float32).dtype == np.float32
    assert product(np.ones((2, 2), int), np.ones((2, 2), int)).dtype == np.float64


def test_outputs_in_place_and_overlapping():
    x = np.arange(5.0)
    assert shifted(x, 1.0, out=x) is x and x.tolist() == [1, 2, 3, 4, 5]
    y = np.arange(8.0)
    shifted(y[:-1], 1.0, out=y[1:])
    assert y.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    out = np.zeros((3, 10))[:, ::-2]
    shifted(np.arange(5.0), [1.0, 2.0, 3.0], out=out)
    assert out.tolist() == [[i + k for i in range(5)] for k in (1, 2, 3)]


@guvectorize(["(f8[:], f8[:])", "(i1[:], i1[:])"], "(n)->(n)")
def turned_around(x, out):
    for i in range(len(x)):
        out[i] = x[len(x) - 1 - i]


@guvectorize(["(f8[:], f8[:], f8[:])"], "(n)->(),()")
def ends(x, first, last):
    first[0] = x[-1]
    last[0] = x[0]


def test_outputs_over_what_is_still_to_be_read():
    # NumPy takes the same elements for harmless, which they are position by position only.
    for dtype in ("f8", "i1"):
        x = np.arange(6).astype(dtype)
        assert turned_around(x, out=x) is x
        assert x.tolist() == [5, 4, 3, 2, 1, 0]
        x = np.arange(12).astype(dtype).reshape(3, 4)[:, ::-1]
        turned_around(x, out=x)
        assert x.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
        x = np.arange(7).astype(dtype)
        turned_around(x[:-1], out=x[1:])
        assert x.tolist() == [0, 5, 4, 3, 2, 1, 0]
    for shape in ((3, 3), (1, 3, 3), (2, 3, 3)):
        x = np.arange(float(np.prod(shape))).reshape(shape)
        expected = x @ x
        product(x, x, out=x)
        assert x.tolist() == expected.tolist()
    x = np.arange(6.0).reshape(2, 3)
    ends(x, out=(x[:, 0], x[:, 2]))
    assert x.tolist() == [[2, 1, 0], [5, 4, 3]]
    x = np.zeros((2, 0))
    turned_around(x, out=x)


def test_sizes_that_do_not_agree():
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        product(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="does not have enough dimensions"):
        product(np.ones(3), np.ones((3, 3)))
    with pytest.raises(TypeError):
        product(np.ones((2, 2)), np.array([["a", "b"], ["c", "d"]]))
    with pytest.raises(ValueError, match="read-only"):
        readonly = np.ones(3)
        readonly.flags.writeable = False
        shifted(np.ones(3), 1.0, out=readonly)


def test_sizes_that_are_constants():
    @guvectorize(["(f8[:], f8[:], f8[:])"], "(3),(3)->(3)")
    def cross(a, b, out):
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            out[i] = a[j] * b[k] - a[k] * b[j]

    a, b = filled((4, 3), "float64"), filled((3,), "float64")
    assert np.array_equal(cross(a, b), np.cross(a, b))
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        cross(np.ones(2), np.ones(2))


def test_exceptions():
    @guvectorize(["(i8[:], i8, i8[:])"], "(n),()->()")
    def item(x, at, out):
        out[0] = x[at]

    before = live_allocations()
    assert item([[1, 2], [3, 4]], 1).tolist() == [2, 4]
    with pytest.raises(IndexError) as caught:
        item(np.ones((500, 2), np.int64), np.arange(500))
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.name for frame in frames[1:]] == ["item"]
    assert live_allocations() == before


def test_inputs_are_read_only():
    @guvectorize(["(f8[:], f8[:])"], "(n)->(n)")
    def wrong(x, out):
        x[0] = 1
        out[0] = x[0]

    with pytest.raises(ValueError, match="assignment destination is read-only"):
        wrong(np.ones(3))


def test_threads():
    a, b = filled((50, 3, 4), "float64"), filled((4, 5), "float64")
    expected = product(a, b)
    failed = []

    def work():
        for _ in range(20):
            if not np.array_equal(product(a, b), expected):
                failed.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def passing(x, out):
    out[0] = x[0]


@pytest.mark.parametrize(
    ("signatures", "layout", "error", "words"),
    [
        ([], "(n)->()", TypeError, "the layout .* has 2 arguments, but only\\(\\) has 1"),
        ("(f8[:], f8[:])", "n->n", ValueError, "malformed layout"),
        ("(f8[:], f8[:])", "(n),(n", ValueError, "malformed layout"),
        ("(f8[:], f8[:])", "(n)->(n", ValueError, "malformed layout"),
        ("(f8[:], f8[:])", 5, TypeError, "a layout is a string"),
        ("(f8[:], f8[:])", "(n)->(m)", ValueError, "is none of an input"),
        ("(f8[:], f8[:])", "(n),(n)->(n)", TypeError, "has 3 arguments"),
        ("(f8[:], f8[:], f8[:])", "(n)->(n)", TypeError, "has 3 arguments"),
        ("(f8[:,:], f8[:])", "(n)->(n)", TypeError, "argument 1 .* has 2 axes, the input .* has 1"),
        ("(f8[:], f8)", "(n)->()", TypeError, "an output is an array"),
        ("f8(f8[:], f8[:])", "(n)->(n)", TypeError, "writes into its last arguments"),
        (["(f8, f8[:])", "(f4[:], f4[:])"], "()->()", TypeError, "make two functions"),
    ],
)
def test_refused(signatures, layout, error, words):
    with pytest.raises(error, match=words):
        guvectorize(signatures, layout)(passing if signatures else only)


def only(x):
    x[0] = 1


def test_other_decorators_words():
    with pytest.raises(TypeError, match="takes signatures and a layout"):
        guvectorize(passing, "(n)->(n)")
    with pytest.raises(ValueError, match="no target 'gpu'"):
        guvectorize("(f8[:], f8[:])", "(n)->(n)", target="gpu")
    with pytest.raises(TypeError, match="no_such"):
        guvectorize("(f8[:], f8[:])", "(n)->(n)", no_such=1)


def test_other_types():
    @guvectorize([(boolean[:], int64[:]), (complex128[:], int64[:]), (float32[:], int64[:])], "(n)->()")
    def true_ones(x, out):
        out[0] = 0
        for item in x:
            if item != 0:
                out[0] += 1

    assert true_ones([True, False, True]) == 2
    assert true_ones([1j, 0, 0]) == 1
    assert true_ones(np.array([[1, 0], [0, 0]], np.float32)).tolist() == [1, 0]


def test_without_compiling():
    program = (
        "import numpy as np\nfrom cumbia import guvectorize\n"
        "@guvectorize(['(f8[:], f8, f8[:], f8[:])'], '(n),()->(n),()')\n"
        "def f(x, by, out, last):\n    for i in range(len(x)):\n        out[i] = x[i] + by\n"
        "    last[0] = out[-1]\n"
        "out, last = f(np.arange(6.0).reshape(2, 3), [1, 2])\n"
        "assert out.tolist() == [[1, 2, 3], [5, 6, 7]] and last.tolist() == [3, 7]\n"
    )
    environment = {**os.environ, "CUMBIA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_beside_numba():
    numba = pytest.importorskip("numba")
    signatures = ["void(float64[:,:], float64[:,:], float64[:,:])", "void(float32[:,:], float32[:,:], float32[:,:])"]
    theirs = numba.guvectorize(signatures, "(m,n),(n,p)->(m,p)")(product.py_func)
    for dtype in ("float32", "float64", "int64"):
        a, b = filled((3, 2, 4), dtype), filled((4, 5), dtype)
        got, expected = product(a, b), theirs(a, b)
        assert got.dtype == (expected.dtype if dtype != "float32" else np.float32)
        assert np.allclose(got, expected)


def test_compiled_code_refuses_one_without_signatures_too():
    """Its kernel is another function: of a matrix it would have taken one sum."""

    @cumbia.guvectorize("(n)->()")
    def total(x, y):
        y[0] = x.sum()

    @cumbia.jit
    def named(x, y):
        total(x, y)

    @cumbia.jit
    def given(function, x, y):
        function(x, y)

    x, y = np.ones((3, 4)), np.zeros(3)
    for call in (lambda: named(x, y), lambda: given(total, x, y)):
        with pytest.raises(cumbia.CumbiaError, match="generalized ufunc, which only Python calls"):
            call()
    total(x, y)
    assert (y == 4.0).all() and total.py_func.__name__ == "total"

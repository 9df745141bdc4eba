"""`guvectorize` with layouts that have no outputs: the function stores into its arguments."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import cumbia
from cumbia import float32, float64, from_dtype, guvectorize, int8, int64, vectorize


def gaps(x, y):
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = x[i] - x[i - 1]
    y[len(x)] = 1 - x[-1]


SIGNATURES = [(float32[:], float32[:]), (float64[:], float64[:])]


@pytest.mark.parametrize("target", ["cpu", "parallel"])
@pytest.mark.parametrize("shape", [(), (4,), (0,), (3, 2), (2, 1, 3)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_positions(target, shape, dtype):
    f = guvectorize(SIGNATURES, "(n), (k)", target=target)(gaps)
    x = np.sort(np.random.default_rng(1).random((*shape, 3)).astype(dtype))
    got, want = np.zeros((*shape, 4), dtype), np.zeros((*shape, 4), dtype)
    for place in np.ndindex(*shape):
        gaps(x[place], want[place])
    assert f(x, got) == ()
    np.testing.assert_array_equal(got, want)
    # Views are stored into where they lie.
    wide = np.zeros((*shape, 8), dtype)
    f(x, wide[..., ::2])
    np.testing.assert_array_equal(wide[..., ::2], want)
    assert not wide[..., 1::2].any()
    assert (f.nin, f.nout, f.signature, f.__name__) == (2, 0, "(n),(k)", "gaps")


def test_numbers_and_arrays_of_one_element():
    @guvectorize([(int64, float64[:], float64[:])], "(),(),(n)->")
    def fill(start, total, x):
        for i in range(len(x)):
            x[i] = start + i
            total[0] += x[i]

    totals, x = np.zeros(2), np.zeros((2, 3))
    fill([10, 20], totals, x)
    assert x.tolist() == [[10, 11, 12], [20, 21, 22]] and totals.tolist() == [33, 63]
    # A number has nowhere to keep what is stored.
    for number in (0.0, np.float64(0.0), 0):
        with pytest.raises(ValueError, match="read-only"):
            fill(10, number, x[0])
    # What is spread over the positions can be read.
    fill(5, totals, x)
    assert x.tolist() == [[5, 6, 7]] * 2


def test_what_cannot_be_stored_into():
    f = guvectorize(SIGNATURES, "(n),(k)")(gaps)
    x = np.array([0.25, 0.5])
    fixed = np.zeros(3)
    fixed.flags.writeable = False
    converted = np.zeros(3, np.float32)
    for y in (fixed, converted, [0.0, 0.0, 0.0]):
        with pytest.raises(ValueError, match="read-only"):
            f(x, y)
        assert not np.any(y)
    with pytest.raises(ValueError, match="read-only"):
        f(np.ones((2, 2)), np.zeros(3))
    with pytest.raises(IndexError):
        f(x, np.zeros(2))


def test_wrong_arguments():
    f = guvectorize([(float64[:, :], float64[:])], "(m,n),(n)")(lambda a, b: None)
    with pytest.raises(TypeError, match="takes 2 positional arguments but 1 were given"):
        f(np.ones((2, 2)))
    with pytest.raises(ValueError, match="does not have enough dimensions"):
        f(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="size 4 is different from 3"):
        f(np.ones((2, 3)), np.ones(4))
    with pytest.raises(TypeError, match="not supported for the input types"):
        f(np.ones((2, 3), complex), np.ones(3))
    with pytest.raises(TypeError, match="it with signatures"):
        guvectorize([], "(n),(k)")(gaps)


@guvectorize([(float32[:], float32), (float64[:], float64)], "(n),()")
def fill(x, value):
    for i in range(len(x)):
        x[i] = value


def test_compiled_code_refuses_it():
    """Its function alone is another one: it has no loop over the outer axes."""

    @cumbia.jit
    def named(x):
        fill(x, 5.0)

    @cumbia.jit
    def given(function, x):
        function(x, 5.0)

    @cumbia.jit
    def mapped(x):
        return list(map(fill, [x], [5.0]))

    @cumbia.jit(target="cuda")
    def on_device(x):
        for i in cumbia.prange(len(x)):
            fill(x[i], 5.0)

    x = np.zeros((2, 3))
    for call in (lambda: named(x), lambda: given(fill, x), lambda: mapped(x), lambda: on_device(x)):
        with pytest.raises(cumbia.UnsupportedError, match=r"CB0404.: fill\(\) is a .* which only Python calls"):
            call()
    assert not x.any() and fill.py_func.__name__ == "fill"


def test_numbers_of_python_are_weak():
    single, double = np.zeros((2, 3), np.float32), np.zeros(3)
    for value in (1.5, 2, np.float32(3)):
        fill(single, value)
        assert (single == value).all()
    for value in (1.5, 2, True, np.float32(3), np.float64(0.1)):
        fill(double, value)
        assert (double == value).all()
    with pytest.raises(TypeError, match="not supported for the input types"):
        fill(single, 1j)
    # A number of NumPy's is as strong as an array: the float32 would have to be converted.
    with pytest.raises(ValueError, match="read-only"):
        fill(single, np.float64(1))
    assert (single == 3).all()

    @guvectorize([(int8[:], int8)], "(n),()")
    def count(x, value):
        x[0] = value

    x = np.zeros(1, np.int8)
    count(x, 7)
    assert x[0] == 7
    with pytest.raises(OverflowError):
        count(x, 300)
    with pytest.raises(TypeError, match="not supported for the input types"):
        count(x, 1.0)


def test_the_own_dtypes_are_chosen_first():
    f = guvectorize(SIGNATURES[::-1], "(n),(k)")(gaps)
    y = np.zeros(2, np.float32)
    f(np.array([0.25], np.float32), y)
    assert y.tolist() == [0.25, 0.75]


def test_sizes_in_the_layout():
    @guvectorize([(float64[:], float64[:])], "(3),(2)")
    def first_two(x, y):
        y[:] = x[:2]

    y = np.zeros((2, 2))
    first_two(np.arange(6.0).reshape(2, 3), y)
    assert y.tolist() == [[0, 1], [3, 4]]
    for x, y in ((np.ones(4), np.zeros(2)), (np.ones(3), np.zeros(3))):
        with pytest.raises(ValueError, match=r"signature \(3\),\(2\) \(size . is different from ."):
            first_two(x, y)


@pytest.mark.parametrize(
    "layout, signature, message",
    [
        ("(n?),()", (float64[:], float64), "the dimension 'n\\?' of the layout '\\(n\\?\\),\\(\\)' may be missing"),
        ("(0),()", (float64[:], float64), "'0' .* is no name and no size"),
        ("(n)", (float64[:],), r"the layout \(n\) has 1 arguments, but fill\(\) has 2"),
        ("(n),()", (float64[:],), r"the layout \(n\),\(\) has 2$"),
        ("(n,m),()", (float64[:], float64), r"in the layout \(n,m\),\(\) has 2$"),
        ("(n),()", (from_dtype(np.dtype([("a", "f8")]))[:], float64), r"of fill\(\) is an array of Record.* numbers"),
        ("(n),()", "(float16[:], float16)", r"of fill\(\) has float16: half precision is for kernels"),
    ],
)  # fmt: skip
def test_wrong_layouts_and_signatures(layout, signature, message):
    with pytest.raises((TypeError, ValueError), match=message):
        guvectorize([signature], layout)(fill.py_func)


def test_a_layout_alone():
    with pytest.raises(TypeError, match=r"is given '\(n\),\(\)' alone: a layout without outputs needs signatures"):
        guvectorize("(n),()")(fill.py_func)


def test_half_precision_of_ufuncs():
    for target in ("cpu", "cuda"):
        with pytest.raises(TypeError, match=r"float16\(float16\) of half\(\) has float16: half precision is"):

            @vectorize(["float16(float16)"], target=target)
            def half(x):
                return x

    with pytest.raises(TypeError, match="half precision is for kernels"):
        guvectorize(["(float16[:], float32[:])"], "(n)->(n)")(gaps)


def test_keywords():
    x = np.zeros(2)
    with pytest.raises(TypeError, match=r"^fill\(\) takes no keyword arguments, but 'out' is given"):
        fill(x, 1.0, out=None)
    assert not x.any()


def test_masks_are_not_dropped():
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False])
    with pytest.raises(TypeError, match=r"argument 0 of fill\(\): a masked array, whose mask would be ignored"):
        fill(masked, 3.0)
    assert masked.data.tolist() == [1, 2, 3]


def test_pickles():
    assert pickle.loads(pickle.dumps(fill)) is fill

    @guvectorize([(float64[:], float64)], "(3),()")
    def inner(x, value):
        x[0] = value

    again, x = pickle.loads(pickle.dumps(inner)), np.zeros((2, 3))
    again(x, [1.0, 2.0])
    assert again.signature == "(3),()" and x[:, 0].tolist() == [1, 2]


def test_without_compiling():
    text = (
        "import numpy as np\nfrom cumbia import guvectorize\n"
        "@guvectorize(['(f8[:], f8[:])'], '(n),(n)')\ndef twice(x, y):\n    y[:] = 2 * x\n"
        "y = np.zeros((2, 2))\ntwice([[1, 2], [3, 4]], y)\nprint(y.tolist())"
    )
    import os

    done = subprocess.run(
        [sys.executable, "-c", text], env={**os.environ, "CUMBIA_DISABLE_JIT": "1"}, capture_output=True, text=True
    )
    assert done.stdout == "[[2.0, 4.0], [6.0, 8.0]]\n", done.stderr

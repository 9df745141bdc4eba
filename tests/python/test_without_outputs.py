"""`guvectorize` with layouts that have no outputs: the function stores into its arguments."""

import subprocess
import sys

import numpy as np
import pytest

from cumbia import float32, float64, guvectorize, int64


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
        if y is converted or y is fixed:
            with pytest.raises(ValueError, match="read-only"):
                f(x, y)
            assert not y.any()
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

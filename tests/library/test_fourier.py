"""Fourier transforms, against NumPy."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled
from tests.library.differential import agree, compiled
from tests.library.test_linear_algebra import close, same_error

# Some units in the last place of the largest value; complex64 is rounded once here.
TOLERANCES = [("float64", 1e-14), ("float32", 1e-6), ("complex128", 1e-14), ("complex64", 1e-6), ("int32", 1e-14)]


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
def test_lengths(dtype, tol):
    for n in (1, 2, 3, 4, 5, 7, 8, 12, 15, 64, 97, 360):
        a = filled((n,), dtype)
        close("np.fft.fft(a)", a, tol=tol * 20)
        close("np.fft.ifft(a)", a, tol=tol * 20)
        if n > 1:
            close("np.fft.irfft(a)", a, tol=tol * 20)
        if not dtype.startswith("complex"):
            close("np.fft.rfft(a)", a, tol=tol * 20)


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
def test_axes_and_keywords(dtype, tol):
    a = filled((3, 4, 6), dtype)[:, ::-1]
    for name in ("fft", "ifft", "irfft", *(() if dtype.startswith("complex") else ("rfft",))):
        for arguments in ("axis=0", "5", "8, 1", "norm='ortho'", "norm='forward'", "7, axis=1, norm='backward'"):
            close(f"np.fft.{name}(a, {arguments})", a, tol=tol * 20)
    for name in ("fft2", "ifft2", "fftn", "ifftn"):
        close(f"np.fft.{name}(a)", a, tol=tol * 20)
        close(f"np.fft.{name}(a, axes=(0, 2), norm='ortho')", a, tol=tol * 20)


def test_frequencies_and_shifts():
    for n in (1, 2, 5, 8):
        agree("np.fft.fftfreq(a)", n)
        agree("np.fft.fftfreq(a, 0.1)", n)
        agree("np.fft.rfftfreq(a, d=0.3)", n)
        for shape in ((n,), (3, n)):
            for name in ("fftshift", "ifftshift"):
                agree(f"np.fft.{name}(a)", filled(shape, "float64"))
                agree(f"np.fft.{name}(a, axes=0)", filled(shape, "int32"))


def test_errors():
    same_error("np.fft.fft(a, b)", np.ones(3), 0)
    same_error("np.fft.fft(a)", np.ones(0))
    for expression, words in (
        ("np.fft.fft2(a, s=(2, 2))", "s= of transforms"),
        ("np.fft.fft(a, norm='x')", "Invalid norm value"),
        ("np.fft.rfft(a + 1j)", "did not contain a loop"),
        ("np.fft.fft(a, axis=2)", "out of bounds"),
    ):
        with pytest.raises(CompileError, match=words):
            compiled(f"return {expression}", "a")(np.ones((2, 2)))

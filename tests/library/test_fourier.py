"""Fourier transforms, against NumPy.

Values are computed by another algorithm than NumPy's, so they agree within some units in the
last place of the largest one; dtypes, shapes, errors and texts are the same.
"""

import threading

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, same_effect
from tests.library.test_linear_algebra import close, same_error

# Some units in the last place.
TOLERANCES = [
    ("float64", 2e-15),
    ("float32", 1e-6),
    ("complex128", 2e-15),
    ("complex64", 1e-6),
    ("int32", 2e-15),
    ("bool", 2e-15),
]
COMPLEX = ("fft", "ifft", "irfft", "hfft")
REAL = (*COMPLEX, "rfft", "ihfft")


def one_axis(dtype):
    return COMPLEX if dtype.startswith("complex") else REAL


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 12, 15, 64, 97, 251, 360, 1009, 2187, 4096])
def test_lengths(n, dtype, tol):
    a = filled((n,), dtype)
    for name in one_axis(dtype):
        if n > 1 or name not in ("irfft", "hfft"):
            close(f"np.fft.{name}(a)", a, tol=tol * 5)
        # Cut, filled up, and with both parities.
        for length in (1, n // 2 + 1, n + 3, 2 * n):
            close(f"np.fft.{name}(a, b)", a, length, tol=tol * 5)


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
def test_layouts_axes_and_norms(dtype, tol):
    for name in one_axis(dtype):
        for a in layouts((5, 6), dtype):
            close(f"np.fft.{name}(a)", a, tol=tol * 5)
            close(f"np.fft.{name}(a, axis=0)", a, tol=tol * 5)
        for a in layouts((3, 4, 5), dtype):
            for arguments in ("axis=1", "8, 1", "norm='ortho'", "norm='forward'", "7, 0, 'backward'"):
                close(f"np.fft.{name}(a, {arguments})", a, tol=tol * 5)


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
def test_several_axes(dtype, tol):
    a = filled((3, 4, 6), dtype)[:, ::-1]
    names = ["fft2", "ifft2", "fftn", "ifftn", "irfft2", "irfftn"]
    if not dtype.startswith("complex"):
        names += ["rfft2", "rfftn"]
    for name in names:
        for arguments in (
            "",
            ", axes=(0, 2), norm='ortho'",
            ", axes=(1, 0)",
            ", s=(5, 2), axes=(0, 1)",
            ", (b, -1), (2, -2), 'forward'",
            ", axes=(1, 1)",
            ", axes=(2,)",
        ):
            close(f"np.fft.{name}(a{arguments})", a, 7, tol=tol * 5)
    for name in ("fftn", "ifftn"):
        agree(f"np.fft.{name}(a, axes=())", a)
        agree(f"np.fft.{name}(a)", filled((), dtype))


def test_many_lines():
    """More lines than are worked on at a time, along each axis, and gaps in between."""
    for shape in ((700, 9), (9, 700), (2, 33, 40), (3000, 2)):
        for dtype in ("float64", "complex64"):
            a = filled(shape, dtype)
            for axis in range(len(shape)):
                for name in one_axis(dtype):
                    tol = 1e-5 if dtype == "complex64" else 1e-14
                    close(f"np.fft.{name}(a, axis={axis})", a, tol=tol)
                    close(f"np.fft.{name}(a, axis={axis})", a[:, ::-2], tol=tol)


def test_empty():
    agree("np.fft.fft(a)", np.ones((0, 4)))
    agree("np.fft.fft(a, 2, 0)", np.ones((0, 4)))
    agree("np.fft.rfft(a, 3)", np.ones((2, 0), "f4"))
    agree("np.fft.irfft(a, axis=1)", np.ones((0, 4)))
    agree("np.fft.fftn(a, axes=(1,))", np.ones((0, 4)))


def test_exact_values():
    """Transforms of impulses and of zeros are exact."""
    for dtype in ("float32", "float64", "complex64", "complex128"):
        for n in (1, 2, 8, 12):
            a = np.zeros(n, dtype)
            close("np.fft.fft(a)", a, tol=0)
            a[0] = 3
            close("np.fft.fft(a)", a, tol=0)


def test_out():
    for dtype in ("complex128", "complex64"):
        for body in (
            "np.fft.fft(a, out=b)",
            "np.fft.fft(a, axis=0, out=b)",
            "np.fft.fftn(a, out=b)",
            "np.fft.ifft(a, 4, out=b)",
        ):

            def make(dtype=dtype):
                # Sums of these are exact.
                a = np.zeros((4, 4))
                a[1, 0], a[2, 2] = 2, 4
                b = np.full((4, 4), 9, dtype)
                return (a, b), (a, b)

            # Signs of zeros differ.
            same_effect(f"{body}\nb += 0.0", make)
    a, b = np.arange(4.0), np.zeros(4, complex)
    assert compiled("return np.fft.fft(a, out=b)", "a, b")(a, b) is b
    same_effect("np.fft.fft(a, out=a)\na += 0.0", lambda: (((a := np.array([1j, 0, 2, 0])),), (a,)))
    same_effect("np.fft.ihfft(a, out=b)\nb += 0.0", lambda: ((np.array([4.0, 0, 2, 0]), (b := np.zeros(3, complex))), (b,)))
    same_effect("np.fft.ifft2(a, out=b)", lambda: ((np.ones((2, 2)), (b := np.zeros((2, 2), complex))), (b,)))
    same_error("np.fft.fft(a, out=b)", np.ones(4), np.zeros(5, complex))
    same_error("np.fft.fft(a, out=b)", np.ones(4), np.zeros((4, 4), complex))
    same_error("np.fft.fft(a, 3, out=b)", np.ones(4), np.zeros(4, complex))


def test_frequencies_and_shifts():
    for n in (1, 2, 5, 8, np.int32(6)):
        agree("np.fft.fftfreq(a)", n)
        agree("np.fft.fftfreq(a, 0.1)", n)
        agree("np.fft.fftfreq(a, b)", n, np.float32(0.1))
        agree("np.fft.rfftfreq(a, b)", n, 3)
        agree("np.fft.rfftfreq(a, d=0.3)", n)
        for shape in ((n,), (3, n)):
            for name in ("fftshift", "ifftshift"):
                agree(f"np.fft.{name}(a)", filled(shape, "float64"))
                agree(f"np.fft.{name}(a, axes=0)", filled(shape, "int32"))
                agree(f"np.fft.{name}(a, axes=(0, -1, 0))", filled(shape, "int32"))
    agree("np.fft.fftshift(a, axes=())", np.arange(3))
    same_effect("b = np.fft.fftshift(a, axes=())\nb[0] = 5", lambda: (((a := np.arange(3)),), (a,)))
    for expression in ("np.fft.fftfreq(a)", "np.fft.rfftfreq(a)"):
        for n in (0, -1, -4, 2.0):
            same_error(expression, n) if n in (0, 2.0) or expression == "np.fft.fftfreq(a)" else agree(expression, n)


def test_threads():
    """Plans are a thread's own."""
    function = compiled("return np.fft.fft(a)", "a")
    arrays = [filled((n,), "complex128") for n in range(50, 90)]
    function(arrays[0])
    wrong = []

    def work():
        for a in arrays * 5:
            if not np.allclose(function(a), np.fft.fft(a), rtol=1e-12, atol=1e-12):
                wrong.append(len(a))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_errors():
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        same_error(f"np.fft.{name}(a, b)", np.ones(3), 0)
        same_error(f"np.fft.{name}(a, b)", np.ones(3), -2)
        same_error(f"np.fft.{name}(a)", np.ones(0))
        same_error(f"np.fft.{name}(a, norm='x')", np.ones(3))
        same_error(f"np.fft.{name}(a, norm=b)", np.ones(3), "other")
    same_error("np.fft.irfft(a)", np.ones(1))
    same_error("np.fft.fftn(a, s=(2,), axes=(0, 1))", np.ones((2, 2)))
    same_error("np.fft.irfftn(a, s=(2, 0), axes=(0, 1))", np.ones((2, 2)))
    for expression, words in (
        ("np.fft.fft2(a, s=(2, 2), axes=None)", "s= without axes= is deprecated"),
        ("np.fft.fft2(a, axes=1)", "axes must be a tuple"),
        ("np.fft.rfftn(a, axes=())", "needs an axis"),
        ("np.fft.fft(a, 2.0)", "n must be an integer"),
        ("np.fft.fft(a, norm=1)", "norm must be"),
        ("np.fft.rfft(a + 1j)", "not supported for the input types"),
        ("np.fft.fft(a, axis=2)", "out of bounds"),
        ("np.fft.fft(a, out=a)", "same_kind"),
    ):
        with pytest.raises(CompileError, match=words):
            compiled(f"return {expression}", "a")(np.ones((2, 2)))

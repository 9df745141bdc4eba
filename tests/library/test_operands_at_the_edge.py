"""Arrays without axes or elements, and what is said where shapes don't fit."""

import numpy as np
import pytest

from tests.library.calls import check_calls

POINT = np.array(2.5, np.float32)
COMPLEX = np.array(2.5 + 1.25j)
PLANE = np.arange(6.0).reshape(2, 3)
FORTRAN = np.zeros((3, 4)).T
NOTHING = np.zeros(0)

CASES = [
    ("np.modf(a)", POINT),
    ("np.frexp(a)", POINT),
    ("np.polyval([1, 2], a)", POINT),
    ("np.add.accumulate(a)", POINT),
    ("np.multiply.accumulate(a, axis=-1)", POINT),
    ("np.cumsum(a, axis=0)", POINT),
    ("np.round(a, 1)", COMPLEX),
    ("np.real(a)", COMPLEX),
    ("np.imag(a)", COMPLEX),
    ("np.fft.fftshift(a)", COMPLEX),
    ("np.transpose(a)", np.float64(3)),
    ("np.astype(a, np.float32)", np.float64(3)),
    ("np.apply_over_axes(np.sum, a, (0,))", np.array(3.0)),
    ("np.matvec(a, a)", PLANE[0]),
    ("np.vecmat(a, a)", PLANE),
    ("np.vecmat(a, a)", POINT),
    ("np.linalg.cross(a, a)", PLANE[:, :2]),
    ("np.cross(a, a)", PLANE[:, :1]),
    ("np.dot(a, a)", PLANE),
    ("np.dot(a[0], a)", PLANE),
    ("a.dot(a)", np.ones((2, 3, 4))),
    ("np.inner(a, a[:, :2])", PLANE),
    ("np.fill_diagonal(a, 1)", np.broadcast_to(1.0, (2, 3, 4))),
    ("np.empty_like(a, shape=(2, 3)).strides", FORTRAN),
    ("np.empty_like(a, shape=(2, 3, 2)).strides", FORTRAN),
    ("np.ones_like(a, shape=(2, 3, 2), order='A').strides", FORTRAN),
    ("np.zeros_like(a, shape=3).strides", FORTRAN),
    ("np.corrcoef(a)", np.zeros((0, 3))),
    ("np.corrcoef(a)", np.zeros((0, 3), np.int8)),
    ("np.convolve(a, [1, 2])", NOTHING),
    ("np.convolve([1, 2], a)", NOTHING),
    ("np.nanmax(a)", np.zeros(0, np.int8)),
    ("np.nanmin(a, axis=0)", np.zeros(0, np.int8)),
    ("np.polynomial.legendre.legvander2d(a, a, [1, 2])", NOTHING),
    ("np.polynomial.polynomial.polyvander3d(a, a, a, [1, 2, 1])", np.zeros((0, 3))),
    ("np.quantile(a, 0.3)", np.zeros(0, np.int8)),
    ("np.quantile(a, 0)", np.zeros(0, np.int8)),
    ("np.quantile(a, [0.3])", np.zeros(0, np.int8)),
    ("np.quantile(a, 0.3)", NOTHING),
    ("np.linspace(a, -np.inf, 3)", np.array([np.inf, 1.0, 2.0])),
]


@pytest.mark.parametrize(("expression", "a"), CASES)
def test_like_numpy(expression, a):
    check_calls(expression, [(a,)])


def test_real_and_imaginary_parts_are_views():
    for dtype in (np.complex64, np.complex128, np.float64, np.int32):
        a = np.arange(4).astype(dtype)
        check_calls("np.real(a)[:2].fill(7)\na", [(a,)])
        check_calls("np.real(a)[1:] * 2 + np.imag(a)[1:]", [(a,)])
    check_calls("np.imag(a)[:2].fill(7)\na", [(np.arange(4) * 1j,)])
    check_calls("np.real(a), np.imag(a)", [(2.5,), (3,), (True,), (1j,), (np.float32(2),), (np.complex64(2j),)])
    check_calls("np.real([1, 2]), np.imag([1j, 2]), np.real((1.5, 2))", [()])

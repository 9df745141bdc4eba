"""ravel_multi_index, unravel_index, packbits, unpackbits, trim_zeros, and cleaning of elements."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, nearly
from tests.library.test_sorting import changed


def test_unravel_index():
    positions = [22, np.array([22, 5]), np.array([[1, 41]]), 99, -1, np.array([3, 99])]
    for x in (*positions, np.int8(3), np.array(7)):
        agree("np.unravel_index(a, (7, 6))", x)
        agree("np.unravel_index(a, (7, 6), 'F')", x)
        agree("np.unravel_index(a, (2, 3, 7))", x)
        agree("np.unravel_index(a, 42)", x)
        agree("np.unravel_index(a, b.shape)", x, np.zeros((6, 7)))


def test_ravel_multi_index():
    pairs = [
        (3, 4),
        (np.array([1, 2]), np.array([3, 5])),
        (np.array([1, 9]), -3),
        (np.array([[1], [2]]), np.array([3, 5])),
    ]
    for mode in ("'raise'", "'wrap'", "'clip'", "('wrap', 'clip')"):
        for order in "CF":
            rest = f"(7, 6), mode={mode}, order='{order}'"
            for pair in pairs:
                agree(f"np.ravel_multi_index((a, b), {rest})", *pair)
            agree(f"np.ravel_multi_index(a, {rest})", np.array([[1, 2], [3, 1]]))
    agree("np.ravel_multi_index(a, (7, 6))", np.array([[1, 2], [3, 1], [1, 1]]))
    agree("np.ravel_multi_index(np.nonzero(a), a.shape)", filled((3, 4), "bool"))


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8"])
def test_bits(dtype):
    for a in layouts((3, 11), dtype):
        for axis in (None, 0, 1, -1):
            for order in ("big", "little"):
                agree(f"np.packbits(a, axis={axis}, bitorder='{order}')", a)
                if dtype == "uint8":
                    for count in (None, 5, -3, 100, -500):
                        rest = f"axis={axis}, bitorder='{order}', count={count}"
                        agree(f"np.unpackbits(a, {rest})", a)
    agree("np.packbits(True)")
    agree("np.packbits(a, axis=1)", np.zeros((2, 0), dtype))


def test_trim_zeros():
    for a in (
        np.array([0, 0, 1, 2, 0, 3, 0]),
        np.array([0, 0]),
        np.array([1, 2]),
        np.zeros(0),
        np.array([[0, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]]),
        np.array([0.0, np.nan, 0]),
    ):
        for trim in ("f", "b", "fb", "bf"):
            agree(f"np.trim_zeros(a, '{trim}')", a)
            agree(f"np.trim_zeros(a, '{trim}', axis=0)", a)


def test_cleaning():
    odd = [np.nan, np.inf, -np.inf, 1, -0.0]
    values = [
        np.array(odd),
        np.array(odd, "f4"),
        np.array([[complex(np.nan, np.inf), complex(1, -np.inf)]]),
        np.array([1, 2]),
        np.array([True]),
        np.nan,
        3,
        True,
        2.5,
        np.float32(np.inf),
        complex(np.nan, np.inf),
        np.array(np.nan),
        filled((3, 4), "float64").T,
        np.float64(-np.inf),
    ]
    for x in values:
        agree("np.nan_to_num(a)", x)
        agree("np.nan_to_num(a, nan=1, posinf=2, neginf=3.5)", x)
        agree("np.nan_to_num(a, True, -1)", x)
        agree("np.iscomplexobj(a)", x)
        agree("np.isrealobj(a)", x)
        if np.asarray(x).dtype.kind != "c":
            # The sines of NumPy and of the library may differ in the last bit.
            nearly("np.sinc(a)", x, rtol=1e-6 if np.asarray(x).dtype == np.float32 else 1e-15)
            agree("np.isposinf(a)", x)
            agree("np.isneginf(a)", x)
            agree("np.real_if_close(a)", x)
    changed("np.nan_to_num(a, copy=False)", values[0])
    changed("np.nan_to_num(a, copy=False)", values[2])


def test_unwrap():
    for x in (
        filled((9,), "float64") * 9,
        filled((3, 4), "float64") * 9,
        filled((3, 4), "float32") * 9,
        np.array([1, 5, 11]),
        np.array([0, np.pi, 2 * np.pi, -1.0]),
        np.array([]),
    ):
        for rest in ("", ", axis=0", ", 2.5", ", period=6", ", period=7.5", ", period=3"):
            agree(f"np.unwrap(a{rest})", x)


def test_real_and_complex():
    for x in (
        3,
        2.5,
        1j,
        1 + 0j,
        True,
        np.float32(2),
        np.complex64(2),
        np.array([1, 1j]),
        np.array([1, 2]),
        np.array(1j),
        filled((3, 4), "complex128").T,
        np.array([np.nan]),
    ):
        agree("np.isreal(a)", x)
        agree("np.iscomplex(a)", x)


def test_i0():
    # Another series than NumPy's: both are within a few units in the last place.
    odd = np.array([700.0, 0.0, -0.0, 1e-300, np.inf, np.nan])
    for x in (2, 2.5, np.linspace(-20, 20, 101), odd):
        nearly("np.i0(a)", x, rtol=1e-14)
    nearly("np.i0(a)", np.linspace(0, 50, 9).astype("f4").reshape(3, 3), rtol=1e-6)

"""Points on piecewise linear curves."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import agree

XP, FP = np.array([0, 1, 2.5, 2.5, 4]), np.array([1, 3, 2, 5, -1.0])
PLACES = [2.5, 1, np.float32(3), np.inf, -np.inf, np.nan, np.array(2.2)]


@pytest.mark.parametrize("keywords", ["", ", left=-9, right=7.5", ", period=3", ", period=-360.0", ", period=0"])
def test_places(keywords):
    nan = filled((3, 5), "float64")
    nan[1, 2] = np.nan
    for x in (*PLACES, nan, *layouts((3, 5), "float64"), filled((4,), "int32"), filled((4,), "float32")):
        agree(f"np.interp(a, b, c{keywords})", x, XP, FP)
        agree(f"np.interp(a, b, c{keywords})", x, XP, FP * (1 + 2j))


def test_curves():
    x = filled((50,), "float64") * 3
    agree("np.interp(a, b, c)", x, np.arange(5), np.arange(5) ** 2)
    agree("np.interp(a, b, c)", x, XP, np.array([1, np.inf, 2, np.inf, np.inf]))
    agree("np.interp(a, b, c)", x, XP.astype(np.float32), FP.astype(np.float32))
    for n in (0, 1, 2):
        agree("np.interp(a, b, c)", x, XP[:n], FP[:n])
    agree("np.interp(a, b, c)", x, XP[:3], FP)
    agree("np.interp(a, (0, 1, 2), (5, 7, b))", x, 2.5)
    agree("np.interp(a, b[::2], c[::-2])", x, XP, FP)
    agree("np.interp(a, b, c)", x, np.array([2.0, 1.0, 0.0]), FP[:3])

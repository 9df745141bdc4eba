"""New arrays, copies, ranges."""

import numpy as np
import pytest

from tests.library.arrays import FEW_DTYPES, layouts
from tests.library.differential import agree, same_effect

NUMBERS = [0, 1, 2, 7, 13, -1]

EXPRESSIONS = """
np.zeros(a)
np.zeros((a, 3))
np.zeros((2, a), dtype=np.float32)
np.zeros(a, dtype=np.int8)
np.zeros(a, int)
np.zeros((a, 2), dtype='float32', order='F')
np.zeros(())
np.ones(a)
np.ones((a, a), dtype=bool)
np.ones((2, 3), np.complex64)
np.empty((a, 0))
np.full(a, 7)
np.full((a, 2), 2.5)
np.full(a, True)
np.full(a, 1j)
np.full(a, 3, dtype=np.float32)
np.full(a, 300, dtype=np.uint8)
np.full(a, np.float32(2))
np.full(a, 2.7, dtype=np.int32)
np.full(a, np.int64(300), dtype=np.int8)
np.eye(a)
np.eye(a, 4)
np.eye(a, 4, 1)
np.eye(a, k=-2, dtype=np.int32)
np.identity(a)
np.array(a)
np.array((a, 2))
np.array((a, 2.5, True))
np.array(((1, a), (3, 4)))
np.array((1, a), dtype=np.float32)
np.array(a, dtype=np.float32)
np.asarray(a)
np.atleast_1d(a)
np.atleast_2d(a)
np.arange(a)
np.arange(2, a)
np.arange(a, 0, -2)
np.arange(0, a, 3)
np.arange(a, dtype=np.float32)
np.arange(a, dtype=float)
np.arange(a * 1.0)
np.arange(0.5, a, 0.3)
np.arange(a, 0.0, -0.7)
np.arange(0, a, 0.1, dtype=np.float32)
np.arange(0, 1, 0)
np.arange(0.0, 1, 0.0)
np.arange(0.0, np.nan)
np.arange(0.0, np.inf)
np.arange(1, a, 2, dtype=np.uint8)
np.arange(np.float32(0), np.float32(a), np.float32(0.3))
np.arange(np.uint8(1), np.uint8(abs(a)))
np.arange(1.5, a, dtype=int)
np.arange(0.1, 2000.0, 0.1)
np.linspace(0, 1, a)
np.linspace(0.1, a, 7)
np.linspace(2, 3, a, endpoint=False)
np.linspace(0, 10, a, dtype=np.int64)
np.linspace(-3, 3, 10, dtype=int)
np.linspace(np.float32(0), np.float32(1), a)
np.linspace(np.float32(0), 1.5, a)
np.linspace(-1j, 1, a)
np.linspace(0, 1, 0)
np.linspace(1, 1, a)
np.linspace(0, 1, num=a, dtype=np.float32)
np.linspace(0, 5e-324, a)
np.linspace(0, 1, abs(a) + 2, retstep=True)
np.linspace(0.1, 7.3, 1001)
np.flip(np.arange(a))
np.roll(np.arange(a), 2)
np.repeat(np.arange(a), 3)
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_from_numbers(expression):
    for number in NUMBERS:
        agree(expression, number)


COPIES = """
np.zeros_like(a)
np.ones_like(a)
np.full_like(a, 3)
np.zeros_like(a, dtype=np.int16)
np.full_like(a, 1, dtype=np.float32)
np.ones_like(a, shape=(2, 5))
np.array(a)
np.array(a, dtype=np.float64)
np.asarray(a)
np.asarray(a, dtype=np.float32)
np.copy(a)
a.copy()
a.copy('F')
a.astype(np.float32)
a.astype(np.int64)
a.astype(bool)
a.astype(complex)
a.astype('int16', order='C')
np.ascontiguousarray(a)
np.asfortranarray(a)
""".strip().split("\n")


@pytest.mark.parametrize("expression", COPIES)
def test_copies(expression):
    for dtype in FEW_DTYPES:
        for shape in [(7,), (0, 3), (3, 5), (2, 3, 4)]:
            for a in layouts(shape, dtype):
                agree(expression, a)


@pytest.mark.parametrize(
    "call",
    [
        "np.zeros_like(a)",
        "np.copy(a)",
        "a.copy()",
        "a.astype(np.int8)",
        "np.array(a, order='F')",
        "np.asfortranarray(a)",
    ],
)
def test_order_is_kept_as_numpy_does(call):
    for order in "CF":
        a = np.array(np.arange(6.0).reshape(2, 3), order=order)
        agree(f"{call}.strides", a)


@pytest.mark.parametrize(
    "view",
    [
        "np.asarray(a)",
        "np.array(a)",
        "a.astype(np.float64)",
        "a.astype(np.float64, copy=False)",
        "np.ascontiguousarray(a)",
        "a.copy()",
        "np.copy(a)",
    ],
)
def test_which_share_memory(view):
    for at in (np.s_[:], np.s_[::2], np.s_[:, ::-1], np.s_[1:]):

        def make(at=at):
            base = np.arange(12.0).reshape(3, 4)
            return (base[at],), (base,)

        same_effect(f"b = {view}\nb[0] = 99", make)

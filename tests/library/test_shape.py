"""Other shapes and orders of axes, and joined arrays."""

import numpy as np
import pytest

from tests.library.arrays import FEW_DTYPES, layouts
from tests.library.differential import agree, same_effect

ANY = """
a.ravel()
np.ravel(a)
np.ravel(a, 'F')
a.flatten()
a.flatten('F')
a.reshape(-1)
a.reshape(-1, 1)
np.reshape(a, (1, -1))
np.reshape(a, (-1, 1), order='F')
np.transpose(a)
a.transpose()
np.flip(a)
np.flip(a, 0)
np.flip(a, axis=(0,))
np.roll(a, 2)
np.roll(a, -3, axis=0)
np.shape(a)
np.size(a)
np.ndim(a)
np.size(a, 0)
np.atleast_1d(a)
np.atleast_2d(a)
np.expand_dims(a, 0)
np.expand_dims(a, -1)
np.squeeze(a, axis=0)
np.moveaxis(a, 0, -1)
np.swapaxes(a, 0, -1)
np.concatenate((a, a))
np.concatenate((a, a.astype(np.float32)))
np.concatenate((a, a, a), axis=None)
np.concatenate((a, a), axis=-1)
np.stack((a, a))
np.stack((a, a), axis=-1)
np.vstack((a, a))
np.hstack((a, a))
np.column_stack((a, a))
np.append(a, 3)
np.append(a, a, axis=0)
np.repeat(a, 2)
""".strip().split("\n")

THREE = """
np.transpose(a, (1, 0, 2))
a.transpose(2, 0, 1)
a.transpose((2, 1, 0))
a.reshape(6, 4)
a.reshape(3, 8)
a.reshape(2, 12)
a.reshape(4, 2, 3)
a.reshape(2, -1, 2)
a.reshape((2, 3, 2, 2))
a.reshape(1, 2, 3, 4)
a.reshape(5, 5)
a.reshape(-1, 5)
a.reshape(-1, -1)
np.moveaxis(a, 2, 0)
np.flip(a, axis=(0, 2))
np.roll(a, 1, axis=1)
np.concatenate((a, a), axis=1)
np.stack((a, a), axis=1)
np.concatenate((a, a[:, :1]), axis=1)
np.concatenate((a, a[:, :1]), axis=0)
""".strip().split("\n")


@pytest.mark.parametrize("expression", ANY)
def test_one_and_two_axes(expression):
    for dtype in FEW_DTYPES:
        for shape in [(7,), (0,), (1, 4), (0, 3), (3, 5)]:
            for a in layouts(shape, dtype):
                agree(expression, a)


@pytest.mark.parametrize("expression", THREE)
def test_three_axes(expression):
    for dtype in ("uint8", "float64"):
        for a in layouts((2, 3, 4), dtype):
            agree(expression, a)


def test_broadcast_to():
    for shape in [(4,), (1, 4), (3, 1), (3, 4), (2,)]:
        for a in layouts(shape, "float64"):
            agree("np.broadcast_to(a, (3, 4))", a)
            agree("np.broadcast_to(a, (2, 3, 4))", a)


VIEWS = """
a.reshape(-1)
a.ravel()
a.flatten()
a.reshape(a.size, 1)
a.reshape(2, a.size // 2)
a.reshape(a.shape[0], 1, 2, -1)
a.T
np.transpose(a)
np.swapaxes(a, 0, 1)
np.moveaxis(a, 0, 1)
np.expand_dims(a, 1)
np.squeeze(np.expand_dims(a, 1), axis=1)
np.flip(a)
np.atleast_2d(a)
np.diag(a).copy()
""".strip().split("\n")


@pytest.mark.parametrize("view", VIEWS)
def test_which_share_memory(view):
    for at in (np.s_[:], np.s_[::2], np.s_[:, ::-1], np.s_[:2], np.s_[:, :2], np.s_[:, ::2]):

        def make(at=at):
            base = np.arange(24.0).reshape(4, 6)
            return (base[at],), (base,)

        same_effect(f"b = {view}\nb[0] = 99\nreturn b", make)
        same_effect(
            f"b = {view.replace('a', 'a.T', 1) if view.startswith('a.') else view}\nb[0] = 99", make
        )

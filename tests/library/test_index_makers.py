"""What is subscripted to make arrays: r_, c_, mgrid, ogrid, s_, index_exp."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import FEW_DTYPES, filled
from tests.library.calls import check_calls
from tests.library.differential import agree, compiled


@pytest.mark.parametrize("dtype", FEW_DTYPES)
def test_rows_and_columns(dtype):
    a, b = filled(3, dtype), filled(3, "float32")
    for expression in (
        "np.r_[a, b]", "np.r_[a]", "np.r_[a, 1, 2]", "np.r_[1:5, a, 0:1:3j]", "np.r_[a, 2.5]", "np.r_[0:10:3, a[::-1]]",
        "np.c_[a, b]", "np.c_[a]", "np.c_[a, a, b]", "np.c_[a[:, None], b]",
    ):  # fmt: skip
        agree(expression, a, b)
    agree("np.r_[a, b], np.c_[a, b]", filled((2, 3), dtype), filled((2, 3), "int8"))


def test_ranges():
    for expression in ("np.r_[:4]", "np.r_[3:-2:-1]", "np.r_[0:1:0.25]", "np.r_[-1:1:6j]", "np.r_[1, 2.5, 3]", "np.r_[7]", "np.c_[0:3, 3:6]", "np.r_[True, 1]"):
        agree(expression)


def test_shapes_that_do_not_fit():
    check_calls("np.c_[a, b]", [(np.ones(2), np.ones(3))])
    check_calls("np.r_[a, b]", [(np.ones((2, 2)), np.ones((2, 3)))])
    for refused in ("np.r_['r', a]", "np.c_['1,2', a]"):
        with pytest.raises(CompileError):
            compiled(f"return {refused}", "a")(np.ones(2))


def test_grids():
    for index in ("0:3, 0:4", "0:3", "0:1:5j, 0:4", "1:10:3, -2:2:0.5", "0:1:3j", "-1:1:1j, 0:2", "0:2, 0:0, 0:3", "0.5:3, 0:2", "a:5, 0:a", "0:1:complex(0, a), 0:2"):
        for maker in ("mgrid", "ogrid"):
            if "complex" not in index:
                agree(f"np.{maker}[{index}]", 2)


def test_indices_as_values():
    a = filled((4, 5), "int32")
    agree("a[np.s_[1:3]], a[np.s_[::2, 1:]], a[np.s_[..., -1]], a[np.index_exp[1:3]], a[np.index_exp[2, 1]]", a)
    agree("[a[i] for i in (np.s_[0], np.s_[1])][1]", a)

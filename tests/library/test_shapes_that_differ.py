"""What functions of several arrays say of shapes that don't fit, by NumPy's own words."""

import numpy as np
import pytest

from tests.library.calls import check_calls

LINE, LONGER, ROWS = np.arange(3.0), np.arange(4.0), np.ones((2, 3))
PAIRS = [(LINE, LONGER), (LONGER, LINE), (ROWS, LONGER), (LONGER, ROWS), (LINE, ROWS)]


@pytest.mark.parametrize("expression", [
    "np.broadcast_arrays(a, b)", "np.broadcast_arrays(b, a, 1)", "np.select([a > 0], [b])", "np.select([a > 0, a > 1], [b, b], a)",
    "np.select((a > 0, b > 0), (a, a), 1)", "np.choose(a.astype(np.int64) % 2, (b, b))", "np.clip(a, b, b)", "np.clip(a, 0, b)",
    "np.clip(a, b, None)", "a.clip(b)", "np.clip(a, max=b)", "np.clip(a, 0, 1, b)", "np.ravel_multi_index((a.astype(np.int64), b.astype(np.int64)), (5, 5))",
    "[0 for u, v in np.nditer((a, b))]", "np.trapezoid(a, b)", "np.piecewise(a, [b > 0], [1, 2])", "np.round(a, 1, b)",
    "np.array([a, b])", "np.array((a, b))", "np.asarray([a, b, a])", "np.array([[a], [b]])", "np.array_equiv(a, b)", "np.isclose(a, b)",
])  # fmt: skip
def test_arrays(expression):
    # One dimension more or less is refused where the types tell it.
    kept = [(a, b) for a, b in PAIRS if a.ndim == b.ndim or not any(x in expression for x in ("piecewise", "[[a]", "[a, b", "np.round"))]
    check_calls(expression, kept)


def test_shapes():
    shapes = [((3,), (4,)), ((2, 3), (2,)), ((1, 2), 2), ((1, 3, 4), (2, 3, 3)), (2, (2, 3)), ((1, 2), -2), ((), (4,)), ((1, 2), (3, 1))]
    check_calls("np.broadcast_shapes(a, b)", shapes)
    check_calls("np.broadcast_shapes(a, b, c, d)", [((1, 2), (3, 1), (3, 2), (10, 5)), ((1,), (1,), (1,), (3,))])


def test_lists():
    check_calls("np.array(a)", [([[1, 2], [3]],), ([[[1], [2]], [[1]]],), ([[1.0], []],), ([[], [1.0]],), ([[1, 2], [3, 4]],)])
    one = np.zeros(1)
    check_calls("np.array([a, b])", [(np.zeros(0), one), (LINE, one), (one, LINE), (one, one)])

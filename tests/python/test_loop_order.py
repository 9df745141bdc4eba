"""Nests of loops whose order tier 2 changes, and those that it makes in blocks.

The same bits as plain Python, loop variables included: for arrays of any layout, for those
that lie over each other, for loops that don't turn, and where a turn raises.
"""

import functools

import numpy as np
import pytest

from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY

LLVM = _cumbia._tiers()[1]


def scaled_columns(a, b, out):
    i = j = -1
    for j in range(out.shape[1]):
        for i in range(out.shape[0]):
            out[i, j] = out[i, j] * b[0, j] + a[i, j]
    return i, j


def transposed(a, b, out):
    i = j = -1
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[j, i] = a[i, j]
    return i, j


def column_totals(a, b, out):
    for j in range(a.shape[1]):
        for i in range(a.shape[0]):
            out[0, j] += a[i, j]


def column_sums(a, b, out):
    i = j = -1
    for j in range(a.shape[1]):
        s = 1.5
        for i in range(a.shape[0]):
            s += a[i, j] * b[i, j]
        out[0, j] = s
    return i, j


def column_norms(a, b, out):
    for j in range(a.shape[1]):
        s = out[0, j]
        for i in range(a.shape[0]):
            s = s * 0.5 - a[i, j]
        out[0, j] = s * s + b[0, j]


def product(a, b, out):
    i = j = k = -1
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] = s
    return i, j, k


def product_in_memory(a, b, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.25
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


def product_added(a, b, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] += s


def product_blended(a, b, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            s = out[i, j] * 0.25
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] = 0.5 * out[i, j] + s


def column_sums_added(a, b, out):
    for j in range(a.shape[1]):
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i, j]
        out[0, j] -= s * out[0, j]


def product_from_outside(a, b, out):
    for k in range(a.shape[1]):
        for j in range(out.shape[1]):
            for i in range(out.shape[0]):
                out[i, j] -= a[i, k] * b[k, j]


def down_and_along(a, b, out):
    for j in range(1, out.shape[1]):
        for i in range(1, out.shape[0]):
            out[i, j] = 0.5 * out[i - 1, j] + 0.25 * out[i, j - 1] + a[i, j]


def across(a, b, out):
    for j in range(1, out.shape[1]):
        for i in range(out.shape[0] - 1):
            out[i, j] = 0.5 * out[i + 1, j - 1] + a[i, j]


def to_the_right(a, b, out):
    for j in range(out.shape[1] - 1):
        for i in range(1, out.shape[0]):
            out[i, j] = out[i - 1, j + 1] + b[i, j]


def row_in_the_way(a, b, out):
    for j in range(out.shape[1]):
        for i in range(out.shape[0]):
            out[i, j] = out[2, j] + a[i, j]


def turned_over(a, b, out):
    n = min(out.shape[0], out.shape[1])
    for i in range(n):
        for j in range(n):
            out[j, i] = out[i, j] + 1.0


def diagonals(a, b, out):
    for j in range(out.shape[1]):
        for i in range(out.shape[0] - 1, 0, -1):
            out[i, j] = out[i - 1, j] + a[i, j]


def every_second(a, b, out):
    for j in range(0, out.shape[1], 2):
        for i in range(out.shape[0]):
            out[i, j] = a[i, j] + b[0, j]


NESTS = (
    scaled_columns, transposed, column_totals, column_sums, column_norms, product,
    product_in_memory, product_added, product_blended, column_sums_added,
    product_from_outside, down_and_along, across, to_the_right,
    row_in_the_way, turned_over, diagonals, every_second,
)  # fmt: skip
PRODUCTS = (product, product_in_memory, product_added, product_blended)
OF_ANY_TYPE = (
    scaled_columns, transposed, column_totals, column_sums, product, product_in_memory,
    product_added,
)  # fmt: skip


@functools.cache
def compiled(function):
    return jit(function, tier="best")


def compare(function, make):
    """Calls the function both ways on what `make` gives: arrays, and what to look at behind."""
    (arguments, seen), (plain_arguments, plain_seen) = make(), make()
    given = compiled(function)(*arguments)
    want = function(*plain_arguments)
    assert given == want, (function.__name__, given, want)
    for one, other in zip(seen, plain_seen, strict=True):
        assert one.tobytes() == other.tobytes(), function.__name__


def random(shape, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind in "iu":
        return rng.integers(0, 1 << 7, shape).astype(dtype)
    return (rng.normal(size=shape) * 10.0 ** rng.integers(-8, 8, shape)).astype(dtype)


def arrays(rows, columns, dtype=np.float64):
    return [random((rows, columns), seed, dtype) for seed in range(3)]


@pytest.mark.parametrize("function", NESTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("shape", [(150, 150), (3, 40), (40, 3), (16, 17), (0, 20), (20, 0)])
def test_shapes(function, shape):
    def make():
        a, b, out = arrays(*shape)
        if function is transposed:
            out = random((shape[1], shape[0]), 2)
        if function in PRODUCTS:
            # Few rows, so that plain Python is through soon.
            out = out[:3]
            a, b = random((3, shape[0])), random((shape[0], shape[1]), 1)
        if function is product_from_outside:
            out, a, b = out[:, :20], random((shape[0], 4)), random((4, 20))
        return (a, b, out), (out,)

    if function is not row_in_the_way or shape[0] > 2:
        needs_row = function in (
            column_totals, column_sums, column_sums_added, column_norms, every_second,
        )  # fmt: skip
        if not (needs_row or function is scaled_columns) or shape[0] > 0:
            compare(function, make)


VIEWS = {
    "reversed rows": lambda x: x[::-1],
    "reversed columns": lambda x: x[:, ::-1],
    "every second": lambda x: x[::2, ::2],
    "other order": lambda x: x.T,
    "one row": lambda x: np.broadcast_to(x[1], x.shape),
    "wide": lambda x: x[:, 4:60],
}


@pytest.mark.parametrize("function", NESTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("view", VIEWS)
def test_views(function, view):
    def make():
        a, b, out = arrays(140, 140)
        view_of = VIEWS[view]
        out_view = out if view == "one row" else view_of(out)
        a, b = view_of(a), view_of(b)
        if function in PRODUCTS:
            out_view = out_view[:2]
        if function is product_from_outside:
            a, b = a[:, :2], b[:2]
        if function is transposed:
            return (a, b, out_view.T), (out,)
        return (a, b, out_view), (out,)

    compare(function, make)


OVERLAPS = {
    "the same": lambda x: (x[:-1, :-1], x[:-1, :-1], x[:-1, :-1]),
    "turned over": lambda x: (x, x.T, x.T),
    "a row further": lambda x: (x[:-1], x[1:], x[1:]),
    "a row before": lambda x: (x[1:], x[:-1], x[:-1]),
    "a column further": lambda x: (x[:, :-1], x[:, 1:], x[:, 1:]),
    "a column before": lambda x: (x[:, 1:], x[:, :-1], x[:, :-1]),
    "an element apart": lambda x: (
        x.reshape(-1)[: 140 * 149].reshape(140, 149),
        x.reshape(-1)[1 : 140 * 149 + 1].reshape(140, 149),
        x.reshape(-1)[1 : 140 * 149 + 1].reshape(140, 149),
    ),
    "rows over rows": lambda x: 3 * (
        np.lib.stride_tricks.as_strided(x, (140, 140), (40, 8), writeable=True),
    ),
    "one element": lambda x: 3 * (
        np.lib.stride_tricks.as_strided(x, (140, 140), (0, 8), writeable=True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("function", NESTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("overlap", OVERLAPS)
def test_arrays_over_each_other(function, overlap):
    def make():
        x = np.random.default_rng(3).normal(size=(150, 150))
        a, b, out = (view[:140, :140] for view in OVERLAPS[overlap](x))
        if function in PRODUCTS:
            a, out = a[:2], out[:2]
        if function is product_from_outside:
            a, b = a[:, :2], b[:2]
        return (a, b, out), (x,)

    with np.errstate(over="ignore", invalid="ignore"):
        compare(function, make)


@pytest.mark.parametrize("function", OF_ANY_TYPE, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int32, np.uint8])
def test_other_types(function, dtype):
    def make():
        a, b, out = arrays(140, 136, dtype)
        if function is transposed:
            out = random((136, 140), 2, dtype)
        if function in PRODUCTS:
            a, b, out = a[:2], random((136, 136), 1, dtype), out[:2]
        return (a, b, out), (out,)

    with np.errstate(over="ignore"):
        compare(function, make)


def test_larger_than_a_cache():
    """Blocks, and what is left of them."""

    def make():
        out = np.ones((2, 700))
        return (random((2, 230)), random((230, 700), 1), out), (out,)

    for function in PRODUCTS:
        compare(function, make)

    def make_transposed():
        out = np.ones((751, 735))
        return (random((735, 751)), None, out), (out,)

    compare(transposed, make_transposed)


def swapped_rows_of_wrong_length(a, b, out):
    for j in range(out.shape[1]):
        for i in range(out.shape[0]):
            out[i, j] = a[i, j] + b[0, j]


@pytest.mark.parametrize("shape", [(150, 149), (149, 150), (7, 150)])
def test_exceptions_leave_what_was_stored(shape):
    outcomes = []
    for function in (swapped_rows_of_wrong_length, compiled(swapped_rows_of_wrong_length)):
        out = np.zeros((150, 150))
        a = random(shape)
        with pytest.raises(IndexError) as raised:
            function(a, random((1, 150)), out)
        outcomes.append((str(raised.value), out.tobytes()))
    assert outcomes[0] == outcomes[1]


def integer_totals(a, out):
    for j in range(a.shape[1]):
        for i in range(a.shape[0]):
            out[j] += a[i, j] * a[i, j]


def python_integers(a, out):
    for j in range(a.shape[1]):
        s = 0
        for i in range(a.shape[0]):
            s += int(a[i, j])
        out[j] = s


def test_integers_wrap_or_raise_as_ever():
    a = np.full((200, 150), 1 << 62)
    a[150, 17] = 5
    for function in (integer_totals, python_integers):
        outcomes = []
        for f in (function, compiled(function)):
            out = np.zeros(150, np.int64)
            with np.errstate(over="ignore"):
                try:
                    outcome = repr(f(a, out))
                except OverflowError as error:
                    outcome = type(error).__name__
            outcomes.append((outcome, out.tobytes()))
        if function is integer_totals:
            assert outcomes[0] == outcomes[1]
        else:
            assert outcomes[1][0] == outcomes[0][0] == "OverflowError"


def test_order_of_sums_is_kept():
    rows, columns = 400, 60
    a = random((rows, columns), 7)
    a[::3] *= 1e18
    out = np.zeros((1, columns))
    want = np.zeros(columns)
    for i in range(rows):
        want += a[i]
    compiled(column_totals)(a, a, out)
    assert out[0].tobytes() == want.tobytes()


@pytest.mark.skipif(IDENTITY or not LLVM, reason="without tier 2 nothing moves")
@pytest.mark.parametrize(
    ("function", "moved", "blocks"),
    [
        (scaled_columns, (0, 1), False),
        (transposed, (0, 1), True),
        (product, (1, 2), True),
        (across, None, False),
        (to_the_right, None, False),
        (turned_over, None, False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_reports_say_what_moved(function, moved, blocks):
    """`moved` has which `for` statement of the function moved into which."""
    made = jit(function)
    made.compile("(float64[:,::1], float64[:,::1], float64[:,::1])")
    (report,) = made.explain().specializations
    loops = sorted(report.loops, key=lambda loop: loop.line)
    assert [loop.text.startswith("for ") for loop in loops] == [True] * len(loops)
    assert any(loop.in_blocks for loop in loops) == blocks, made.explain()
    if moved is None:
        assert [loop.moved_into for loop in loops] == [()] * len(loops), made.explain()
        return
    outer, inner = (loops[at] for at in moved)
    assert inner.line in outer.moved_into, made.explain()
    assert "moved into the loop of line " in str(made.explain())

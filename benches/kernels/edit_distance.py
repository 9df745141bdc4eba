"""Edit distance between two versions of a licence, word by word.

The words are numbered outside the kernel; the kernel fills the whole table so that
the way through it can be drawn. Integers only: every engine agrees exactly.
"""

from __future__ import annotations

import ctypes

import numpy as np

from benches.kernels import Case, CPeer, Kernel, data


def edit_distance(old, new, table):
    rows = len(old)
    columns = len(new)
    for j in range(columns + 1):
        table[0, j] = j
    for i in range(1, rows + 1):
        table[i, 0] = i
        word = old[i - 1]
        for j in range(1, columns + 1):
            best = table[i - 1, j - 1]
            if word != new[j - 1]:
                best += 1
            other = table[i - 1, j] + 1
            if other < best:
                best = other
            other = table[i, j - 1] + 1
            if other < best:
                best = other
            table[i, j] = best
    return table[rows, columns]


def make_case(scale: str) -> Case:
    """Take both texts whole, their beginnings, or random numbers."""
    if scale == "tiny":
        rng = np.random.default_rng(3)
        old = rng.integers(0, 5, 17)
        new = rng.integers(0, 5, 23)
    else:
        first, second = data.licence_words("gpl2"), data.licence_words("gpl3")
        if scale == "reduced":
            first, second = first[:500], second[:1000]
        number: dict[str, int] = {}
        old = np.array([number.setdefault(word, len(number)) for word in first], dtype=np.int64)
        new = np.array([number.setdefault(word, len(number)) for word in second], dtype=np.int64)
    table = np.ones((len(old) + 1, len(new) + 1), dtype=np.int32)
    return Case((old, new, table), len(old) * len(new), f"{len(old)} against {len(new)} words")


def outputs(case: Case, result) -> dict[str, np.ndarray]:
    """Name the distance and the table."""
    return {"distance": np.int64(result), "table": case.args[2].copy()}


def check(case: Case, got: dict[str, np.ndarray]) -> None:
    """Fill the table row by row with NumPy: insertions are a running minimum."""
    old, new, _ = case.args
    index = np.arange(len(new) + 1)
    row = index
    for i, word in enumerate(old, 1):
        best = np.empty_like(row)
        best[0] = i
        best[1:] = np.minimum(row[:-1] + (new != word), row[1:] + 1)
        row = np.minimum.accumulate(best - index) + index
        assert np.array_equal(got["table"][i], row), f"row {i} of the table differs from NumPy's"
    assert int(got["distance"]) == row[-1]


def alignment(table: np.ndarray) -> np.ndarray:
    """Return the cells of one cheapest way through the table, from its end to its start."""
    i, j = table.shape[0] - 1, table.shape[1] - 1
    path = [(i, j)]
    while i or j:
        here = table[i, j]
        if (
            i
            and j
            and table[i - 1, j - 1] in (here, here - 1)
            and table[i - 1, j - 1] <= min(table[i - 1, j], table[i, j - 1])
        ):
            i, j = i - 1, j - 1
        elif i and table[i - 1, j] + 1 == here:
            i -= 1
        elif j and table[i, j - 1] + 1 == here:
            j -= 1
        else:
            i, j = i - 1, j - 1
        path.append((i, j))
    return np.array(path)


def plot(figure, case: Case, got: dict[str, np.ndarray]) -> None:
    """Show how far each cell is above the unavoidable, and the cheapest way."""
    table = got["table"]
    old, new, _ = case.args
    rows = np.arange(table.shape[0])[:, None]
    columns = np.arange(table.shape[1])[None, :]
    excess = (table - np.abs(rows - columns))[::4, ::4]
    axis = figure.subplots()
    picture = axis.imshow(excess, cmap="magma", aspect="auto", extent=(0, len(new), len(old), 0))
    path = alignment(table)
    axis.plot(path[:, 1], path[:, 0], color="cyan", lw=1.2, label="cheapest way")
    axis.set(
        xlabel="word of GPL version 3",
        ylabel="word of GPL version 2",
        title=f"edit distance {int(got['distance'])} words",
    )
    axis.legend(loc="lower left")
    figure.colorbar(picture, ax=axis, label="distance beyond the difference in length")


def bind(library, args):
    """Prepare a call of the C function."""
    old, new, table = args
    function = library.edit_distance
    function.restype = ctypes.c_int64
    call = (
        ctypes.c_int64(len(old)),
        ctypes.c_int64(len(new)),
        ctypes.c_void_p(old.ctypes.data),
        ctypes.c_void_p(new.ctypes.data),
        ctypes.c_void_p(table.ctypes.data),
    )
    return lambda: function(*call)


KERNEL = Kernel(
    name="edit_distance",
    title="edit distance of two licence texts",
    function=edit_distance,
    make_case=make_case,
    outputs=outputs,
    check=check,
    plot=plot,
    c=CPeer("edit_distance.c", bind),
)

"""Escape counts of the Mandelbrot set in the seahorse valley.

Real arithmetic only, in one order, so that counts agree to the last point. C with
contraction rounds differently, and near the boundary a last digit decides a count.
"""

from __future__ import annotations

import ctypes

import numpy as np

from benches.kernels import Case, CPeer, Kernel


def mandelbrot(left, top, step, limit, counts):
    height, width = counts.shape
    inside = 0
    for row in range(height):
        ci = top - row * step
        for column in range(width):
            cr = left + column * step
            zr = 0.0
            zi = 0.0
            count = 0
            while count < limit:
                rr = zr * zr
                ii = zi * zi
                if rr + ii > 4.0:
                    break
                zi = 2.0 * zr * zi + ci
                zr = rr - ii + cr
                count += 1
            else:
                inside += 1
            counts[row, column] = count
    return inside


def make_case(scale: str) -> Case:
    """Take 720 by 480 points, a third of them each way, or a few."""
    width, height, limit = {
        "full": (720, 480, 300),
        "reduced": (240, 160, 300),
        "tiny": (12, 8, 50),
    }[scale]
    span = 0.012
    step = span / width
    args = (
        -0.7465 - span / 2,
        0.1020 + step * height / 2,
        step,
        limit,
        np.ones((height, width), dtype=np.int32),
    )
    return Case(args, width * height, f"{width} x {height} points, at most {limit} steps")


def outputs(case: Case, result) -> dict[str, np.ndarray]:
    """Name the counts and the number of points that stayed."""
    return {"counts": case.args[4].copy(), "inside": np.int64(result)}


def check(case: Case, got: dict[str, np.ndarray]) -> None:
    """Iterate all points at once with NumPy."""
    left, top, step, limit, counts = case.args
    height, width = counts.shape
    cr = np.broadcast_to(left + np.arange(width) * step, (height, width)).ravel()
    ci = np.repeat(top - np.arange(height) * step, width)
    expected = np.full(height * width, limit, dtype=np.int32)
    alive = np.arange(height * width)
    zr = np.zeros(alive.size)
    zi = np.zeros(alive.size)
    for count in range(limit):
        rr, ii = zr * zr, zi * zi
        gone = rr + ii > 4.0
        expected[alive[gone]] = count
        stay = ~gone
        alive, rr, ii, zr, zi = alive[stay], rr[stay], ii[stay], zr[stay], zi[stay]
        zi = 2.0 * zr * zi + ci[alive]
        zr = rr - ii + cr[alive]
    assert np.array_equal(got["counts"], expected.reshape(height, width)), (
        "counts differ from NumPy's"
    )
    assert int(got["inside"]) == int(np.sum(expected == limit))


def plot(figure, case: Case, got: dict[str, np.ndarray]) -> None:
    """Show the counts on a logarithmic colour scale."""
    left, top, step, limit, _ = case.args
    counts = got["counts"]
    height, width = counts.shape
    picture = np.where(counts == limit, np.nan, np.log(counts + 1.0))
    axis = figure.subplots()
    axis.set_facecolor("black")
    axis.imshow(
        picture,
        cmap="twilight_shifted",
        extent=(left, left + width * step, top - height * step, top),
    )
    axis.set(
        title=f"Mandelbrot set, {width} x {height} points",
        xlabel="real part",
        ylabel="imaginary part",
    )
    axis.ticklabel_format(useOffset=False)


def bind(library, args):
    """Prepare a call of the C function."""
    left, top, step, limit, counts = args
    function = library.mandelbrot
    function.restype = ctypes.c_int64
    call = (
        ctypes.c_double(left),
        ctypes.c_double(top),
        ctypes.c_double(step),
        ctypes.c_int64(limit),
        ctypes.c_int64(counts.shape[0]),
        ctypes.c_int64(counts.shape[1]),
        ctypes.c_void_p(counts.ctypes.data),
    )
    return lambda: function(*call)


KERNEL = Kernel(
    name="mandelbrot",
    title="Mandelbrot picture",
    function=mandelbrot,
    make_case=make_case,
    outputs=outputs,
    check=check,
    plot=plot,
    c=CPeer("mandelbrot.c", bind, {"counts": 0.02, "inside": 1.0}),
)

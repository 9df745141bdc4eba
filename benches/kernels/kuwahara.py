"""Edge-preserving smoothing of a photograph (Kuwahara filter).

Each pixel becomes the mean colour of that one of its four neighbouring squares whose
brightness varies least. All arithmetic is on integers, so every engine must agree to
the bit. The border is copied.
"""

from __future__ import annotations

import ctypes

import numpy as np

from benches.kernels import Case, CPeer, Kernel, data


def kuwahara(image, brightness, radius, out):
    height, width, channels = image.shape
    side = radius + 1
    count = side * side
    best = 0
    for y in range(height):
        for x in range(width):
            if y < radius or x < radius or y >= height - radius or x >= width - radius:
                for channel in range(channels):
                    out[y, x, channel] = image[y, x, channel]
                continue
            best = -1
            best_y = y
            best_x = x
            for quadrant in range(4):
                top = y - radius if quadrant < 2 else y
                left = x - radius if quadrant % 2 == 0 else x
                total = 0
                squares = 0
                for i in range(top, top + side):
                    for j in range(left, left + side):
                        value = int(brightness[i, j])
                        total += value
                        squares += value * value
                spread = count * squares - total * total
                if best < 0 or spread < best:
                    best = spread
                    best_y = top
                    best_x = left
            for channel in range(channels):
                total = 0
                for i in range(best_y, best_y + side):
                    for j in range(best_x, best_x + side):
                        total += int(image[i, j, channel])
                out[y, x, channel] = total // count
    return best


def make_case(scale: str) -> Case:
    """Take the whole photograph, a corner of it with buildings, or noise."""
    radius = 3
    if scale == "tiny":
        image = np.random.default_rng(1).integers(0, 256, (12, 15, 3), dtype=np.uint8)
        radius = 2
    else:
        image = data.photograph()
        if scale == "reduced":
            image = np.ascontiguousarray(image[220:300, 200:320])
    weights = np.array([299, 587, 114])
    brightness = ((image @ weights) // 1000).astype(np.uint8)
    out = np.ones_like(image)
    height, width, _ = image.shape
    work = (height - 2 * radius) * (width - 2 * radius) * 7 * (radius + 1) ** 2
    label = f"{width} x {height} pixels, radius {radius}"
    return Case((image, brightness, radius, out), work, label)


def outputs(case: Case, result) -> dict[str, np.ndarray]:
    """Name the filtered picture and the spread at the last pixel."""
    return {"image": case.args[3].copy(), "last": np.int64(result)}


def check(case: Case, got: dict[str, np.ndarray]) -> None:
    """Filter again with NumPy's sliding windows."""
    image, brightness, radius, _ = case.args
    side = radius + 1
    windows = np.lib.stride_tricks.sliding_window_view
    light = windows(brightness.astype(np.int64), (side, side))
    spread = side * side * (light**2).sum((2, 3)) - light.sum((2, 3)) ** 2
    mean = windows(image.astype(np.int64), (side, side), (0, 1)).sum((3, 4)) // (side * side)
    rows = image.shape[0] - 2 * radius
    columns = image.shape[1] - 2 * radius
    offsets = [(0, 0), (0, radius), (radius, 0), (radius, radius)]
    spreads = np.stack([spread[y : y + rows, x : x + columns] for y, x in offsets])
    means = np.stack([mean[y : y + rows, x : x + columns] for y, x in offsets])
    choice = spreads.argmin(0)
    inner = np.take_along_axis(means, choice[None, :, :, None], 0)[0]
    expected = image.copy()
    expected[radius:-radius, radius:-radius] = inner
    assert np.array_equal(got["image"], expected), "filtered picture differs from NumPy's"


def plot(figure, case: Case, got: dict[str, np.ndarray]) -> None:
    """Show the photograph and the filtered picture side by side, with a detail each."""
    axes = figure.subplots(2, 2, gridspec_kw={"height_ratios": (2, 1.2)})
    for column, (title, picture) in enumerate(
        [("photograph", case.args[0]), ("Kuwahara filter", got["image"])]
    ):
        axes[0, column].imshow(picture)
        axes[0, column].set_title(title)
        axes[1, column].imshow(picture[230:320, 210:370], interpolation="nearest")
        axes[1, column].set_title("detail")
    for axis in axes.flat:
        axis.set_axis_off()


def bind(library, args):
    """Prepare a call of the C function."""
    image, brightness, radius, out = args
    function = library.kuwahara
    function.restype = ctypes.c_int64
    call = (
        ctypes.c_int64(image.shape[0]),
        ctypes.c_int64(image.shape[1]),
        ctypes.c_int64(image.shape[2]),
        ctypes.c_void_p(image.ctypes.data),
        ctypes.c_void_p(brightness.ctypes.data),
        ctypes.c_int64(radius),
        ctypes.c_void_p(out.ctypes.data),
    )
    return lambda: function(*call)


KERNEL = Kernel(
    name="kuwahara",
    title="image filter on a photograph",
    function=kuwahara,
    make_case=make_case,
    outputs=outputs,
    check=check,
    plot=plot,
    c=CPeer("kuwahara.c", bind),
)

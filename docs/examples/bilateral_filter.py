"""Smoothing a photograph and keeping its edges

The bilateral filter takes for each pixel a mean of its neighbours, in which those count more
that are near and look alike. The photograph comes with scikit-learn; noise is added, and the
filter brings it closer to the original again. A few slices of NumPy are the peer.
"""

from __future__ import annotations

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from cumbia import jit

Image = NDArray[np.float64]


@jit
def bilateral(image: Image, radius: int, alike: float) -> Image:
    height, width = image.shape
    result = np.empty_like(image)
    for y in range(height):
        for x in range(width):
            total = weights = 0.0
            for dy in range(-radius, radius + 1):
                for dx in range(-radius, radius + 1):
                    if 0 <= y + dy < height and 0 <= x + dx < width:
                        value = image[y + dy, x + dx]
                        difference = (value - image[y, x]) / alike
                        # A bell without exp, so that all engines agree to the bit.
                        likeness = 1.0 + difference * difference
                        weight = 1.0 / (likeness * likeness * (1.0 + dx * dx + dy * dy))
                        total += weight * value
                        weights += weight
            result[y, x] = total / weights
    return result


def with_numpy(image: Image, radius: int, alike: float) -> Image:
    padded = np.pad(image, radius, constant_values=np.nan)
    total = np.zeros_like(image)
    weights = np.zeros_like(image)
    height, width = image.shape
    for dy in range(2 * radius + 1):
        for dx in range(2 * radius + 1):
            value = padded[dy : dy + height, dx : dx + width]
            difference = (value - image) / alike
            weight = 1.0 / ((1.0 + difference * difference) ** 2 * (1.0 + (dx - radius) ** 2 + (dy - radius) ** 2))
            there = ~np.isnan(value)
            total[there] += (weight * value)[there]
            weights[there] += weight[there]
    return total / weights


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    photo = load_sample_image("flower.jpg").mean(axis=2)[::2, ::2]
    noisy = photo + np.random.default_rng(3).normal(0.0, 18.0, photo.shape)
    side = 16 if frame.small else 100
    frame.compare(bilateral, noisy[:side, :side].copy(), 4, 40.0, peers={"NumPy": with_numpy}, close=np.testing.assert_allclose)
    smooth = bilateral(noisy, 4, 40.0)
    before, after = (np.sqrt(np.mean((one - photo) ** 2)) for one in (noisy, smooth))
    print(f"distance from the original: {before:.1f} with noise, {after:.1f} filtered")
    assert after < 0.6 * before
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.1))
    for one, picture, title in zip(axes, (noisy, smooth), ("with noise", "filtered")):
        one.imshow(picture[30:190, 60:300], cmap="gray", vmin=0, vmax=255)
        one.set_title(title)
        one.axis("off")
    frame.save(figure)


if __name__ == "__main__":
    main()

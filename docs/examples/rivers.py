"""Where water flows

Heights of a landscape in Tennessee (Matplotlib's sample data, from the National Elevation Dataset). Hollows are filled
from the edges inwards, with a heap of the lowest places; each place drains to its lowest neighbour, and how many
places drain through each shows the rivers.
"""

from __future__ import annotations

import heapq
from pathlib import Path

import matplotlib
import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from matplotlib.colors import LightSource
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from cumbia import jit


@jit
def flow(heights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Through how many places the water of each flows on; each counts itself."""
    height, width = heights.shape
    drains = np.full((height, width), -1)
    order = np.empty(height * width, np.int64)
    seen = np.zeros((height, width), np.bool_)
    edge = [(heights[0, 0], 0)]
    seen[0, 0] = True
    for y in range(height):
        for x in range(width):
            if (y in (0, height - 1) or x in (0, width - 1)) and not seen[y, x]:
                heapq.heappush(edge, (heights[y, x], y * width + x))
                seen[y, x] = True
    done = 0
    while edge:
        level, at = heapq.heappop(edge)
        order[done] = at
        done += 1
        y, x = divmod(at, width)
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                ny, nx = y + dy, x + dx
                if 0 <= ny < height and 0 <= nx < width and not seen[ny, nx]:
                    seen[ny, nx] = True
                    drains[ny, nx] = at
                    heapq.heappush(edge, (max(level, heights[ny, nx]), ny * width + nx))
    through = np.ones((height, width), np.int64)
    for k in range(done - 1, -1, -1):
        y, x = divmod(order[k], width)
        if drains[y, x] >= 0:
            ty, tx = divmod(drains[y, x], width)
            through[ty, tx] += through[y, x]
    return through


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    with np.load(Path(matplotlib.get_data_path()) / "sample_data" / "jacksboro_fault_dem.npz") as data:
        heights = data["elevation"].astype(float)
    side = 12 if frame.small else 150
    frame.compare(flow, heights[:side, :side].copy())
    if frame.small:
        heights = heights[:60, :60].copy()
    through = flow(heights)
    edge = np.concatenate([through[0], through[-1], through[1:-1, 0], through[1:-1, -1]])
    # Nothing is lost: what leaves over the edge is all there is.
    assert through.min() == 1 and edge.sum() == heights.size
    print(f"{heights.size} places; the largest river leaves with the water of {edge.max()}")
    figure, axes = plt.subplots(figsize=(6.5, 5.5))
    axes.imshow(LightSource(315, 45).hillshade(heights, vert_exag=0.1), cmap="gray", alpha=0.7)
    rivers = np.ma.masked_less(maximum_filter(np.log10(through), 2), 2.2)
    axes.imshow(rivers, cmap="cool_r", vmin=2.0, interpolation="none")
    axes.axis("off")
    frame.save(figure)


if __name__ == "__main__":
    main()

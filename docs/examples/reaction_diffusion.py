"""Patterns out of two substances

Gray and Scott's reaction: one substance feeds the other, both spread. From a few drops grow spots and
stripes. The peer is NumPy's way, by `np.roll` and whole arrays.
"""

from __future__ import annotations

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from cumbia import jit

Field = NDArray[np.float64]


@jit
def react(u: Field, v: Field, feed: float, kill: float, steps: int) -> Field:
    """Change both fields, and give the second."""
    height, width = u.shape
    new_u, new_v = np.empty_like(u), np.empty_like(v)
    for _ in range(steps):
        for y in range(height):
            above, below = y - 1, (y + 1) % height
            for x in range(width):
                left, right = x - 1, (x + 1) % width
                a, b = u[y, x], v[y, x]
                spread_a = u[above, x] + u[below, x] + u[y, left] + u[y, right] - 4.0 * a
                spread_b = v[above, x] + v[below, x] + v[y, left] + v[y, right] - 4.0 * b
                reaction = a * b * b
                new_u[y, x] = a + 0.16 * spread_a - reaction + feed * (1.0 - a)
                new_v[y, x] = b + 0.08 * spread_b + reaction - (feed + kill) * b
        u[:], v[:] = new_u, new_v
    return v


def with_numpy(u: Field, v: Field, feed: float, kill: float, steps: int) -> Field:
    for _ in range(steps):
        spread_u, spread_v = (
            np.roll(one, 1, 0) + np.roll(one, -1, 0) + np.roll(one, 1, 1) + np.roll(one, -1, 1) - 4.0 * one for one in (u, v)
        )
        reaction = u * v * v
        u, v = u + 0.16 * spread_u - reaction + feed * (1.0 - u), v + 0.08 * spread_v + reaction - (feed + kill) * v
    return v


def drops(side: int) -> tuple[Field, Field]:
    rng = np.random.default_rng(5)
    u, v = np.ones((side, side)), np.zeros((side, side))
    for y, x in rng.integers(0, side - 6, (12, 2)):
        u[y : y + 6, x : x + 6], v[y : y + 6, x : x + 6] = 0.5, 0.25
    return u, v


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    frame.compare(react, *drops(16 if frame.small else 64), 0.035, 0.065, 5 if frame.small else 20, peers={"NumPy": with_numpy}, close=np.testing.assert_allclose)
    figure, axes = plt.subplots(1, 3, figsize=(9, 3.2))
    for one, (feed, kill) in zip(axes, ((0.035, 0.065), (0.029, 0.057), (0.060, 0.062))):
        u, v = drops(60 if frame.small else 160)
        react(u, v, feed, kill, 300 if frame.small else 6000)
        assert np.isfinite(v).all() and (u >= 0).all() and v.max() > 0.1
        one.imshow(v, cmap="viridis")
        one.set_title(f"feed {feed}, kill {kill}", fontsize=9)
        one.axis("off")
    frame.save(figure)


if __name__ == "__main__":
    main()

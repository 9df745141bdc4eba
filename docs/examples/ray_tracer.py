"""A picture by rays

Spheres that mirror one another on a chequered floor: from each pixel a ray goes into the scene, and on from what it
meets. Spheres are dataclasses in a list. Bands of the picture are rendered by Python's threads: compiled code runs
without the GIL.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from cumbia import get_num_threads, jit

Picture = NDArray[np.float64]


@dataclass
class Sphere:
    x: float
    y: float
    z: float
    radius: float
    red: float
    green: float
    blue: float
    mirror: float


@jit
def nearest(spheres: list[Sphere], ox: float, oy: float, oz: float, dx: float, dy: float, dz: float) -> tuple[int, float]:
    """Which sphere a ray meets first, and how far away; -1 for none."""
    which, least = -1, 1e30
    for i in range(len(spheres)):
        one = spheres[i]
        px, py, pz = ox - one.x, oy - one.y, oz - one.z
        b = px * dx + py * dy + pz * dz
        inside = b * b - (px * px + py * py + pz * pz - one.radius * one.radius)
        if inside > 0.0:
            root = math.sqrt(inside)
            away = -b - root if -b - root > 1e-6 else -b + root
            if 1e-6 < away < least:
                which, least = i, away
    return which, least


@jit
def colour(spheres: list[Sphere], ox: float, oy: float, oz: float, dx: float, dy: float, dz: float) -> tuple[float, float, float]:
    red = green = blue = 0.0
    left = 1.0
    for _ in range(5):
        which, away = nearest(spheres, ox, oy, oz, dx, dy, dz)
        floor = -oy / dy if dy < 0.0 else 1e30
        if which < 0 and floor > 60.0:
            sky = 0.5 + 0.5 * dy
            return red + left * (0.9 - 0.5 * sky), green + left * (0.9 - 0.3 * sky), blue + left
        if floor < away:
            away = floor
            ox, oy, oz = ox + away * dx, 0.0, oz + away * dz
            nx, ny, nz = 0.0, 1.0, 0.0
            light = 0.85 if (math.floor(ox) + math.floor(oz)) % 2 == 0 else 0.25
            r, g, b, mirror = light, light, light, 0.15
        else:
            one = spheres[which]
            ox, oy, oz = ox + away * dx, oy + away * dy, oz + away * dz
            nx, ny, nz = (ox - one.x) / one.radius, (oy - one.y) / one.radius, (oz - one.z) / one.radius
            r, g, b, mirror = one.red, one.green, one.blue, one.mirror
        # A light far away, at the upper left, unless something stands before it.
        shade = max(-0.4 * nx + 0.8 * ny - 0.447 * nz, 0.0)
        if nearest(spheres, ox + 1e-6 * nx, oy + 1e-6 * ny, oz + 1e-6 * nz, -0.4, 0.8, -0.447)[0] >= 0:
            shade = 0.0
        part = left * (1.0 - mirror) * (0.2 + 0.8 * shade)
        red, green, blue = red + part * r, green + part * g, blue + part * b
        left *= mirror
        back = 2.0 * (dx * nx + dy * ny + dz * nz)
        dx, dy, dz = dx - back * nx, dy - back * ny, dz - back * nz
        ox, oy, oz = ox + 1e-6 * nx, oy + 1e-6 * ny, oz + 1e-6 * nz
    return red, green, blue


@jit
def render(spheres: list[Sphere], picture: Picture, first: int, last: int) -> None:
    """Fill in some rows."""
    height, width, _ = picture.shape
    for row in range(first, last):
        for column in range(width):
            dx = (column - width / 2) / height
            dy = (height / 2 - row) / height - 0.12
            size = math.sqrt(dx * dx + dy * dy + 1.0)
            picture[row, column] = colour(spheres, 0.0, 1.6, -4.5, dx / size, dy / size, 1.0 / size)


def in_bands(spheres: list[Sphere], picture: Picture) -> None:
    bands = np.linspace(0, len(picture), 8 * get_num_threads() + 1).astype(int).tolist()
    with ThreadPoolExecutor(get_num_threads()) as pool:
        list(pool.map(lambda band: render(spheres, picture, *band), zip(bands, bands[1:])))


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    spheres = [
        Sphere(0.0, 1.0, 0.5, 1.0, 0.9, 0.2, 0.2, 0.4),
        Sphere(-2.0, 0.8, 1.2, 0.8, 0.2, 0.7, 0.3, 0.3),
        Sphere(1.9, 0.7, 0.2, 0.7, 0.2, 0.4, 0.9, 0.3),
        Sphere(0.8, 0.35, -1.1, 0.35, 0.95, 0.8, 0.2, 0.2),
        Sphere(-0.9, 0.3, -1.2, 0.3, 0.9, 0.9, 0.9, 0.8),
    ]
    height = 16 if frame.small else 80
    frame.compare(render, spheres, np.zeros((height, height * 3 // 2, 3)), 0, height)
    picture = np.zeros((40, 60, 3) if frame.small else (480, 720, 3))
    in_bands(spheres, picture)
    alone = np.zeros_like(picture)
    render(spheres, alone, 0, len(alone))
    assert (picture == alone).all() and 0.0 < picture.min() and picture.max() < 1.5
    figure, axes = plt.subplots(figsize=(6.5, 4.4))
    axes.imshow(np.minimum(picture, 1.0))
    axes.axis("off")
    frame.save(figure)


if __name__ == "__main__":
    main()

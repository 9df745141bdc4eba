"""The outer planets for 330 years

Sun, Jupiter, Saturn, Uranus and Neptune as points, by a symplectic integrator. Positions,
velocities and masses are those that the n-body program of the Computer Language Benchmarks Game
publishes, after NASA's Jet Propulsion Laboratory; so is the energy after 1,000 steps, -0.169087605.
"""

from __future__ import annotations

import math

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from cumbia import jit

Rows = NDArray[np.float64]

NAMES = ("Sun", "Jupiter", "Saturn", "Uranus", "Neptune")
SUN = 4 * math.pi**2
YEAR = 365.24
# Astronomical units.
POSITIONS = np.array([
    [0.0, 0.0, 0.0],
    [4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01],
    [8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01],
    [1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01],
    [1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01],
])  # fmt: skip
# The same, in a day; years below.
VELOCITIES = YEAR * np.array([
    [0.0, 0.0, 0.0],
    [1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05],
    [-2.76742510726411402e-03, 4.99852801234917238e-03, 2.30417297573763929e-05],
    [2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05],
    [2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05],
])  # fmt: skip
MASSES = SUN * np.array([1.0, 9.54791938424326609e-04, 2.85885980666130812e-04, 4.36624404335156298e-05, 5.15138902046611451e-05])


@jit
def energy(x: Rows, v: Rows, masses: Rows) -> float:
    total = 0.0
    for i in range(len(masses)):
        total += 0.5 * masses[i] * (v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2)
        for j in range(i + 1, len(masses)):
            dx, dy, dz = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1], x[i, 2] - x[j, 2]
            total -= masses[i] * masses[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


@jit
def advance(x: Rows, v: Rows, masses: Rows, dt: float, steps: int, every: int) -> Rows:
    """Change positions and velocities, and give positions at every so many steps."""
    track = np.empty((steps // every, len(masses), 3))
    for step in range(steps):
        for i in range(len(masses)):
            for j in range(i + 1, len(masses)):
                dx, dy, dz = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1], x[i, 2] - x[j, 2]
                square = dx * dx + dy * dy + dz * dz
                pull = dt / (square * math.sqrt(square))
                for k, d in enumerate((dx, dy, dz)):
                    v[i, k] -= d * masses[j] * pull
                    v[j, k] += d * masses[i] * pull
        for i in range(len(masses)):
            for k in range(3):
                x[i, k] += dt * v[i, k]
        if step % every == 0:
            track[step // every] = x
    return track


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    start = VELOCITIES.copy()
    start[0] = -(MASSES[:, None] * start).sum(axis=0) / SUN  # the whole rests
    x, v = POSITIONS.copy(), start.copy()
    before = energy(x, v, MASSES)
    advance(x, v, MASSES, 0.01, 1000, 10)
    after = energy(x, v, MASSES)
    print(f"energy {before:.9f}, after 1,000 steps {after:.9f}")
    assert f"{before:.9f} {after:.9f}" == "-0.169075164 -0.169087605"
    frame.compare(advance, POSITIONS.copy(), start.copy(), MASSES, 0.01, 100 if frame.small else 5000, 10)
    track = advance(POSITIONS.copy(), start.copy(), MASSES, 0.01, 3_300 if frame.small else 33_000, 10)
    figure, axes = plt.subplots(figsize=(5, 5))
    for i, name in enumerate(NAMES):
        axes.plot(track[:, i, 0], track[:, i, 1], "o" if i == 0 else "-", label=name, lw=0.8, ms=4, color="orange" if i == 0 else None)
    axes.set_aspect("equal")
    axes.set_xlabel("astronomical units")
    axes.legend(loc="upper right", fontsize=8)
    frame.save(figure)


if __name__ == "__main__":
    main()

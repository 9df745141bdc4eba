"""Brain waves without noise, by wavelets

A recording of an electroencephalogram (four channels, from Matplotlib's sample data) is taken apart by
Daubechies' wavelets of four coefficients; what is small is left out, and the rest put together again. The peer does
the same by products with matrices. Taken apart and put together without leaving anything out it is what it was.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from cumbia import jit

Line = NDArray[np.float64]

ROOT = math.sqrt(3.0)
LOW = np.array([1 + ROOT, 3 + ROOT, 3 - ROOT, 1 - ROOT]) / (4 * math.sqrt(2.0))
HIGH = np.array([LOW[3], -LOW[2], LOW[1], -LOW[0]])


@jit
def apart(signal: Line, levels: int) -> Line:
    result = signal.copy()
    n = len(signal)
    for _ in range(levels):
        half = n // 2
        part = result[:n].copy()
        for i in range(half):
            smooth = detail = 0.0
            for k in range(4):
                value = part[(2 * i + k) % n]
                smooth += LOW[k] * value
                detail += HIGH[k] * value
            result[i] = smooth
            result[half + i] = detail
        n = half
    return result


@jit
def together(parts: Line, levels: int) -> Line:
    result = parts.copy()
    n = len(parts) >> levels
    for _ in range(levels):
        whole = np.zeros(2 * n)
        for i in range(n):
            for k in range(4):
                whole[(2 * i + k) % (2 * n)] += LOW[k] * result[i] + HIGH[k] * result[n + i]
        n *= 2
        result[:n] = whole
    return result


@jit
def cleaned(channels: Line, levels: int, strength: float) -> Line:
    """Each channel with its small details left out and the others made smaller."""
    result = np.empty_like(channels)
    for c in range(len(channels)):
        parts = apart(channels[c], levels)
        n = len(parts)
        finest = np.sort(np.abs(parts[n // 2 :]))
        limit = strength * finest[len(finest) // 2] / 0.6745 * math.sqrt(2 * math.log(n))
        for i in range(n >> levels, n):
            size = abs(parts[i]) - limit
            parts[i] = math.copysign(size, parts[i]) if size > 0 else 0.0
        result[c] = together(parts, levels)
    return result


def matrix(n: int, levels: int) -> Line:
    """The transform as a matrix, made of one of each level."""
    whole = np.eye(n)
    size = n
    for _ in range(levels):
        step = np.eye(n)
        step[:size, :size] = 0.0
        for i in range(size // 2):
            for k in range(4):
                step[i, (2 * i + k) % size] += LOW[k]
                step[size // 2 + i, (2 * i + k) % size] += HIGH[k]
        whole = step @ whole
        size //= 2
    return whole


def with_matrices(channels: Line, levels: int, strength: float) -> Any:
    n = channels.shape[1]
    transform = matrix(n, levels)
    parts = channels @ transform.T
    middle = np.sort(np.abs(parts[:, n // 2 :]), axis=1)[:, n // 4]
    limit = (strength * middle / 0.6745 * math.sqrt(2 * math.log(n)))[:, None]
    details = parts[:, n >> levels :]
    parts[:, n >> levels :] = np.sign(details) * np.maximum(np.abs(details) - limit, 0.0)
    return parts @ transform


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    recording = np.fromfile(Path(matplotlib.get_data_path()) / "sample_data" / "eeg.dat").reshape(-1, 4).T
    channels = np.ascontiguousarray(recording[:, : 64 if frame.small else 768])
    for one in channels:
        np.testing.assert_allclose(together(apart(one, 5), 5), one, atol=1e-9 * np.abs(one).max())
    result = frame.compare(
        cleaned, channels, 5, 1.0, peers={"matrices": with_matrices}, close=lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    )
    assert np.abs(np.diff(result)).sum() < np.abs(np.diff(channels)).sum()
    seconds = np.arange(channels.shape[1]) * 10.0 / 800
    figure, axes = plt.subplots(4, 1, figsize=(8, 5), sharex=True)
    for one, before, after in zip(axes, channels, result):
        one.plot(seconds, before, color="silver", lw=1)
        one.plot(seconds, after, lw=1)
        one.set_yticks([])
    axes[-1].set_xlabel("seconds")
    frame.save(figure)


if __name__ == "__main__":
    main()

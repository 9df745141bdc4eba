"""The roofline picture: each program against what the machine can do at most.

Across goes the arithmetic intensity, operations for each byte that must be moved at least
once; up goes the speed. The roof is the bandwidth of a triad in C (McCalpin's STREAM),
once on arrays that stay in the second-level cache and once on arrays far larger than it,
and the most operations a second that a chain of independent fused multiply-adds reaches
(Williams, Waterman and Patterson, "Roofline", CACM 2009). Scalar peak is one addition at a
time, which is where strict sums end. Operations and bytes are counted by hand in the
programs; caches make some faster than the memory's line.
"""

from __future__ import annotations

import ctypes
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benches.engines import C_SOURCES, ROOT
from benches.kernels.peers import FLAGS, command

FAR = 10**5.4
"""Operations for each byte beyond which programs stand at the edge."""

FAR_OFF = (9.0, 16.0, 24.0, 34.0, 46.0, 60.0)
"""Distances, in pixels, at which a point's name is tried."""


@dataclass(frozen=True)
class Machine:
    """What was measured: bytes a second, and operations a second."""

    memory: float
    cache: float
    peak: float
    chain: float


def library() -> Any:
    """Build the measuring loops; relaxed, since they are the machine's and not Python's."""
    target = ROOT / "target" / "bench-c"
    target.mkdir(parents=True, exist_ok=True)
    built = target / "machine.so"
    source = C_SOURCES / "machine" / "machine.c"
    subprocess.run([command("gcc"), *FLAGS, "-shared", "-o", built, source], check=True)
    return ctypes.CDLL(str(built))


def fastest(run: Any, least: int = 5, budget: float = 0.3) -> float:
    """The least processor time of one run."""
    best = float("inf")
    end = time.perf_counter() + budget
    while least > 0 or time.perf_counter() < end:
        start = time.thread_time()
        run()
        best = min(best, time.thread_time() - start)
        least -= 1
    return best


def machine() -> Machine:
    """Measure this machine, on one core."""
    code = library()

    def bandwidth(bytes_each: int, repeat: int) -> float:
        count = bytes_each // 8
        arrays = [np.ones(count) for _ in range(3)]
        call = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        seconds = fastest(
            lambda: code.triad(ctypes.c_int64(count), ctypes.c_int64(repeat), *call)
        )
        return 24.0 * count * repeat / seconds

    code.multiply_adds.restype = ctypes.c_double
    code.additions.restype = ctypes.c_double
    rounds = 100_000
    each = int(code.multiply_adds_each())
    wide = fastest(lambda: code.multiply_adds(ctypes.c_int64(rounds)))
    chain = fastest(lambda: code.additions(ctypes.c_int64(rounds)))
    return Machine(
        memory=bandwidth(64 << 20, 1),
        cache=bandwidth(256 << 10, 200),
        peak=2.0 * each * rounds / wide,
        chain=rounds / chain,
    )


def draw(rows: list[dict[str, Any]], target: Path) -> None:
    """Write the picture of measured rows to `target`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    limits = machine()
    figure, axis = pyplot.subplots(figsize=(15, 10))
    themes = sorted({row["theme"] for row in rows})
    colours = dict(zip(themes, pyplot.get_cmap("tab20")(np.linspace(0, 1, len(themes)))))
    points = []
    for row in rows:
        seconds = row["seconds"].get("cumbia")
        if not seconds:
            continue
        across = min(row["operations"] / row["bytes"], FAR)
        speed = row["operations"] / 1e9
        colour = colours[row["theme"]]
        axis.plot(across, speed / seconds, "o", color=colour, ms=6, mec="white", mew=0.5)
        others = [row["seconds"][e] for e in ("gcc", "clang") if e in row["seconds"]]
        if others:
            axis.plot([across, across], [speed / seconds, speed / min(others)], lw=1.2,
                      color=colour)
        points.append((row["kernel"].replace("_", " "), across, speed / seconds))
    left, right = (scale * end(p[1] for p in points) for scale, end in ((0.4, min), (3.0, max)))
    intensity = np.logspace(np.log10(left), np.log10(right), 400)
    for roof, speed, style in (
        ("memory", limits.memory, "-"),
        ("second-level cache", limits.cache, "--"),
    ):
        axis.plot(intensity, np.minimum(intensity * speed, limits.peak) / 1e9, "k" + style, lw=1,
                  label=f"triad, {roof}: {speed / 1e9:.0f} GB/s")
    axis.axhline(limits.chain / 1e9, color="grey", ls=":",
                 label=f"additions one after the other: {limits.chain / 1e9:.2f} G/s")
    for theme in themes:
        axis.plot([], [], "o", color=colours[theme], label=theme)
    axis.set(
        xscale="log", yscale="log", xlim=(left, right), xlabel="operations for each byte moved",
        ylim=(0.5 * min(p[2] for p in points), 2.0 * max(limits.peak / 1e9, *(p[2] for p in points))),
        ylabel="operations a second, in 10⁹",
        title=f"cumbia, second tier; lines lead to the better strict C "
              f"(peak {limits.peak / 1e9:.0f} G/s)",
    )
    for one in (axis.xaxis, axis.yaxis):
        one.set_major_formatter("{x:,g}")
    axis.legend(fontsize=8, loc="lower right", ncols=2)
    axis.grid(alpha=0.2)
    figure.tight_layout()
    name_points(figure, axis, points)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=110)
    print(f"memory {limits.memory / 1e9:.1f} GB/s, cache {limits.cache / 1e9:.1f} GB/s, "
          f"peak {limits.peak / 1e9:.1f} G/s, chain {limits.chain / 1e9:.2f} G/s; {target.name}")


def name_points(figure: Any, axis: Any, points: list[tuple[str, float, float]]) -> None:
    """Write each point's name where it covers the least, with a line to points further off."""
    from matplotlib.transforms import Bbox

    figure.canvas.draw()
    at = axis.transData.transform([(x, y) for _, x, y in points])
    taken = [Bbox.from_extents(x - 5, y - 5, x + 5, y + 5) for x, y in at]
    taken.append(axis.get_legend().get_window_extent())
    frame = axis.get_window_extent()
    turns = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    steps = [(0.0, 0.0), *((far * np.cos(t), far * np.sin(t)) for far in FAR_OFF for t in turns)]
    for (name, x, y), (across, up) in zip(points, at):
        label = axis.annotate(name, (x, y), fontsize=6.5, xytext=(5, 3),
                              textcoords="offset pixels", va="center")
        here = label.get_window_extent()

        def cost(step: tuple[float, float], here: Any = here) -> float:
            box = here.translated(*step)
            covered = sum(
                max(0.0, min(box.x1, other.x1) - max(box.x0, other.x0))
                * max(0.0, min(box.y1, other.y1) - max(box.y0, other.y0))
                for other in taken
            )
            inside = frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0
            return covered + 0.3 * float(np.hypot(*step)) + (0.0 if inside else 1e4)

        right, above = min(steps, key=cost)
        label.set_position((5 + right, 3 + above))
        box = here.translated(right, above)
        taken.append(box)
        if right or above:
            near = (np.clip(across, box.x0, box.x1), np.clip(up, box.y0, box.y1))
            ends = axis.transData.inverted().transform([(across, up), near])
            axis.plot(*ends.T, color="grey", lw=0.4, zorder=0)

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
    figure, axis = pyplot.subplots(figsize=(13, 8))
    intensity = np.logspace(-2.5, 5.5, 200)
    for roof, speed, style in (
        ("memory", limits.memory, "-"),
        ("second-level cache", limits.cache, "--"),
    ):
        axis.plot(intensity, np.minimum(intensity * speed, limits.peak) / 1e9, "k" + style, lw=1,
                  label=f"triad, {roof}: {speed / 1e9:.0f} GB/s")
    axis.axhline(limits.chain / 1e9, color="grey", ls=":",
                 label=f"additions one after the other: {limits.chain / 1e9:.2f} G/s")
    themes = sorted({row["theme"] for row in rows})
    colours = dict(zip(themes, pyplot.get_cmap("tab20")(np.linspace(0, 1, len(themes)))))
    for row in rows:
        seconds = row["seconds"].get("cumbia")
        if not seconds:
            continue
        across = min(row["operations"] / row["bytes"], 10**5.4)
        speed = row["operations"] / 1e9
        axis.plot(across, speed / seconds, "o", color=colours[row["theme"]], ms=6)
        others = [row["seconds"][e] for e in ("gcc", "clang") if e in row["seconds"]]
        if others:
            axis.plot([across, across], [speed / seconds, speed / min(others)], lw=0.8,
                      color=colours[row["theme"]])
        axis.annotate(row["kernel"].replace("_", " "), (across, speed / seconds), fontsize=6,
                      xytext=(3, 2), textcoords="offset points")
    for theme in themes:
        axis.plot([], [], "o", color=colours[theme], label=theme)
    axis.set(
        xscale="log", yscale="log", xlabel="operations for each byte moved",
        ylabel="operations a second, in 10⁹",
        title=f"cumbia, second tier; lines lead to the better strict C "
              f"(peak {limits.peak / 1e9:.0f} G/s)",
    )
    axis.legend(fontsize=7, loc="lower right", ncols=2)
    axis.grid(alpha=0.2)
    figure.tight_layout()
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=140)
    print(f"memory {limits.memory / 1e9:.1f} GB/s, cache {limits.cache / 1e9:.1f} GB/s, "
          f"peak {limits.peak / 1e9:.1f} G/s, chain {limits.chain / 1e9:.2f} G/s; {target.name}")

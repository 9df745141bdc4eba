"""Kernels on the processor: launches of ``CUMBIA_CUDA=emulate``, with and without looking for races.

Best times of a launch; the first one, which compiles, isn't counted. Results are compared with
NumPy's before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np

from benches import report, timing

REPEATS = 5
SIZE = 512
ELEMENTS = 1 << 22

ONE = "from benches import cuda_emulation; cuda_emulation.child()"


def cases() -> dict[str, tuple[Callable[[], None], Callable[[], bool]]]:
    """What is launched, and whether its result is right, by name."""
    from cumbia import cuda
    from tests.gpu import benches

    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, 9, (SIZE, SIZE)).astype(np.float32) for _ in range(2))
    c = np.zeros_like(a)
    x, y = (rng.random(ELEMENTS).astype(np.float32) for _ in range(2))
    sums = np.zeros(ELEMENTS // 1024, np.float32)
    bytes_, bins = rng.integers(0, 256, ELEMENTS).astype(np.uint8), np.zeros(256, np.int32)
    turned = np.zeros((2048, 2048), np.float32)
    product, saxpy, block_sums, histogram, transposed = (
        cuda.jit(getattr(benches, name))
        for name in ("product", "saxpy", "block_sums", "histogram", "transposed")
    )
    tiles = SIZE // 16

    def counted() -> None:
        bins[:] = 0
        histogram[256, 256](bytes_, bins)

    def added() -> None:
        y[:] = x
        saxpy[ELEMENTS // 256, 256](np.float32(2), x, y)

    return {
        f"tiled product, {SIZE}³": (
            lambda: product[(tiles, tiles), (16, 16)](a, b, c),
            lambda: np.array_equal(c, a @ b),
        ),
        "saxpy, 4 Mi": (added, lambda: np.array_equal(y, np.float32(2) * x + x)),
        "sums of blocks, 4 Mi": (
            lambda: block_sums[len(sums), 256](x, sums),
            lambda: bool(np.isclose(sums.sum(dtype=float), x.sum(dtype=float), rtol=1e-6)),
        ),
        "histogram, 4 Mi": (counted, lambda: np.array_equal(bins, np.bincount(bytes_, minlength=256))),
        "transposed, 4 Mi": (
            lambda: transposed[(64, 64), (32, 8)](x.reshape(2048, 2048), turned),
            lambda: np.array_equal(turned, x.reshape(2048, 2048).T),
        ),
    }


def child() -> None:
    """Measure all in this process, and print seconds or nothing for a wrong result, by name."""
    made = {}
    for name, (launch, is_right) in cases().items():
        launch()
        seconds = min(timing.once(launch)[0] for _ in range(REPEATS))
        made[name] = seconds if is_right() else None
    print(json.dumps(made))


def measured(is_watched: bool) -> dict[str, float | None]:
    """The seconds, by a new process."""
    settings = {"CUMBIA_CUDA": "emulate", "CUMBIA_CUDA_CHECK": str(int(is_watched)),
                "NUMBA_CUDA_WARN_ON_IMPLICIT_COPY": "0"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ONE], check=True, stdout=subprocess.PIPE, text=True,
        env=dict(os.environ) | settings,
    )
    return json.loads(done.stdout)


def measure(_: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Measure all kernels."""
    watched, plain = measured(True), measured(False)
    rows: list[report.Row] = []
    problems = [
        f"{name}: a wrong result" for name in watched if None in (watched[name], plain[name])
    ]
    for name in watched:
        rows.append({"kernel": name, "seconds": {"watched": watched[name], "plain": plain[name]}})
    body = [
        [row["kernel"], *(report.duration(row["seconds"][way]) for way in ("watched", "plain"))]
        for row in rows
    ]
    print(report.table("Launches on the processor", ["kernel", "watched", "plain"], body))
    return rows, problems


if __name__ == "__main__":
    sys.exit(report.run_cli("cuda_emulation", __doc__, measure))

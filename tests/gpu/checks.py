"""Kernels on the device, each compared with the emulation's results, and exceptions of threads.

Every kernel of `cases` and of `numbers` runs by the driver and by the emulation, in a process of
its own, on the same arguments. Integers and floats are to be the same bits, but for those of a
nan; an exception is to be the same, at the same line.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.cuda import test_constants as constants
from tests.cuda import test_emulation as kernels
from tests.cuda import test_grids as grids
from tests.cuda import test_linked as linked
from tests.gpu import numbers

__all__ = ["cases", "installed", "run"]


def cases() -> dict[str, tuple[Any, Any, tuple[Any, ...]]]:
    """Kernels with the shapes of their launches and arguments, by name."""
    rng = np.random.default_rng(11)
    found: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {}
    for dtype in (np.float32, np.float64, np.int32, np.int64):
        for size in (1, 255, 100_000):
            x, y = (rng.integers(-99, 99, size).astype(dtype) for _ in range(2))
            found[f"saxpy {dtype.__name__} {size}"] = (
                kernels.saxpy, (-(-size // 128), 128), (dtype(3), x, y)
            )
    x, y = rng.random((2, 1000))
    found["saxpy of views"] = (kernels.saxpy, (8, 64), (2.0, x[::2], y[::-2]))
    a, b = (rng.integers(0, 9, shape).astype(np.float32) for shape in ((70, 50), (50, 60)))
    c = np.zeros((70, 60), np.float32)
    found["tiled product"] = (kernels.matrix_product, ((9, 8), (8, 8)), (a, b, c))
    x = rng.integers(0, 100, 640).astype(np.float64)
    found["block sums"] = (kernels.block_sums, (10, 64, 0, 512), (x, np.zeros(10)))
    for dtype in (np.int32, np.int64, np.float32, np.float64):
        x = rng.integers(0, 1000, 256).astype(dtype)
        found[f"warp sums {dtype.__name__}"] = (kernels.warp_sums, (4, 64), (x, np.zeros(8, dtype)))
        x = rng.integers(-1000, 1000, 500).astype(dtype)
        found[f"extremes {dtype.__name__}"] = (kernels.extremes, (8, 64), (x, np.zeros(3, dtype)))
    x = rng.integers(0, 8, 64)
    found["votes"] = (kernels.votes, (1, 64), (x, np.zeros((6, 64), np.int64)))
    x = rng.integers(0, 16, 10_000)
    found["histogram"] = (kernels.histogram, (20, 64), (x, np.zeros(16, np.int32)))
    z = rng.random(500) + 1j * rng.random(500)
    found["norms"] = (kernels.norms, (8, 64), (z, np.zeros(500)))
    x = rng.integers(0, 1000, (64, 8))
    found["sorted locally"] = (kernels.sorted_locally, (4, 16), (x, np.zeros_like(x)))
    found["places"] = (
        kernels.places, ((2, 3, 2), (2, 2, 3)), (np.zeros((4, 6, 6), np.int64),)
    )
    found["rows of a whole grid"] = (
        grids.rows_from_opposite, (32, 64), (np.zeros((100, 2048), np.int32),)
    )
    x = rng.integers(1, 9, 24 * 64).astype(np.float64)
    found["shares of a whole grid"] = (
        grids.total_of_blocks, (24, 64), (x, np.zeros(24), np.zeros_like(x))
    )
    # Those who wait leave.
    found["an exception between barriers"] = (grids.raises_between, (2, 1), (np.zeros(8),))
    # One thread alone raises, so that which one it is isn't chance.
    found["an index out of range"] = (kernels.out_of_range, (1, 1), (np.zeros(10), 10))
    x = rng.integers(-1000, 1000, 100).astype(np.int32)
    found["other code, by Numba's convention"] = (linked.twices, (4, 32), (x, np.zeros_like(x)))
    x = rng.random(100, np.float32)
    found["other code, by C's convention"] = (linked.squares, (4, 32), (x, np.zeros_like(x)))
    found["constant records"] = (constants.third, (1, 2), (np.zeros(2, np.uint32),))
    return found


def results(chosen: dict[str, tuple[Any, Any, tuple[Any, ...]]]) -> dict[str, Any]:
    """What each case leaves in its arguments and gives, or raises."""
    import warnings

    from cumbia import cuda

    warnings.simplefilter("ignore")
    found: dict[str, Any] = {}
    for name, (kernel, shape, args) in chosen.items():
        given = None
        try:
            given = kernel(*args) if shape is None else kernel[shape](*args)
            cuda.synchronize()
            raised = None
        except Exception as error:
            last = error.__traceback__
            while last.tb_next is not None:
                last = last.tb_next
            raised = (type(error).__name__, str(error), last.tb_lineno, getattr(error, "__notes__", []))
        arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
        found[name] = (arrays if given is None else [*arrays, np.array(given)], raised)
    return found


def alike(got: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether arrays have the same bits; which nan it is isn't asked."""
    if (got.shape, got.dtype) != (wanted.shape, wanted.dtype):
        return False
    if got.dtype.kind in "fc":
        kind = np.dtype(f"f{got.dtype.alignment}")
        got, wanted = (np.ascontiguousarray(one).reshape(-1).view(kind) for one in (got, wanted))
        nans = np.isnan(got) & np.isnan(wanted)
        got, wanted = (np.where(nans, kind.type(0), one) for one in (got, wanted))
    return got.tobytes() == wanted.tobytes()


def in_a_process(launcher: str) -> dict[str, Any]:
    """The results by a launcher, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results"
        done = subprocess.run(
            [sys.executable, "-m", "tests.gpu.checks", os.fspath(out)],
            env=dict(os.environ, CUMBIA_CUDA=launcher), capture_output=True, text=True, check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{launcher}: {done.stderr[-4000:]}")
        # Written by the process that was just started.
        return pickle.loads(out.read_bytes())


def run() -> list[dict[str, Any]]:
    """Compare the driver's results with the emulation's."""
    device, emulated = in_a_process("driver"), in_a_process("emulate")
    rows = []
    for name, (wanted, raised) in emulated.items():
        got, got_raised = device[name]
        problem = None
        if got_raised != raised:
            problem = f"{got_raised} in place of {raised}"
        elif len(got) != len(wanted) or not all(map(alike, got, wanted)):
            problem = f"other elements than the emulation's{places(got, wanted)}"
        rows.append({"name": name, "problem": problem})
        print(f"  {name}: {problem or 'the same'}", flush=True)
    rows.append(cupy_arrays())
    print(f"  {rows[-1]['name']}: {rows[-1]['problem'] or rows[-1].get('skipped') or 'the same'}")
    return rows


def places(got: list[np.ndarray], wanted: list[np.ndarray]) -> str:
    """Which rows of what was written differ, and in how many elements."""
    if not got or got[-1].ndim != 2 or got[-1].shape != wanted[-1].shape:
        return ""
    counts = []
    for at, (one, other) in enumerate(zip(got[-1], wanted[-1])):
        differ = sum(not alike(a, b) for a, b in zip(one.reshape(-1, 1), other.reshape(-1, 1)))
        counts += [f"row {at} in {differ}"] if differ else []
    return f": {', '.join(counts)}"


def cupy_arrays() -> dict[str, Any]:
    """CuPy's arrays for our kernels, beside its own RawKernel on the same arrays."""
    row: dict[str, Any] = {"name": "cupy arrays", "problem": None}
    try:
        import cupy
    except ImportError:
        return row | {"skipped": "cupy isn't installed"}
    from cumbia import cuda

    from tests.gpu import benches, raw

    try:
        host = np.arange(1000, dtype=np.float32)
        x, ours, theirs = cupy.asarray(host), cupy.ones(1000, "f"), cupy.ones(1000, "f")
        cuda.jit(benches.saxpy)[4, 256](np.float32(2), x, ours)
        cuda.synchronize()
        raw.kernel("saxpy")[4, 256](np.float32(2), x, theirs)
        cupy.cuda.runtime.deviceSynchronize()
        back = cupy.asarray(cuda.to_device(host))
        if not (cupy.asnumpy(ours) == 2 * host + 1).all():
            row["problem"] = "a kernel on CuPy's arrays has other elements"
        elif not (cupy.asnumpy(theirs) == cupy.asnumpy(ours)).all():
            row["problem"] = "RawKernel has other elements"
        elif not (cupy.asnumpy(back) == host).all():
            row["problem"] = "CuPy sees other elements of our array"
    except Exception as error:
        row["problem"] = f"{type(error).__name__}: {error}"
    return row


def installed() -> None:
    """Let the stand-in for the driver run kernels of this process, if it is the driver."""
    path = os.environ.get("CUMBIA_CUDA_DRIVER", "")
    if path.endswith(("standin.so", "standin.dylib")):
        from tests.cuda.driver import standin

        standin.install(path)


if __name__ == "__main__":
    installed()
    if len(sys.argv) > 1:
        made = results(cases() | numbers.cases())
        Path(sys.argv[1]).write_bytes(pickle.dumps(made))
    else:
        results(cases())

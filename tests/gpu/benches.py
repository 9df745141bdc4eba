"""Benchmarks of kernels on a device: times by events, results checked before.

Each row has the median of some runs, the bytes that have to move or the operations, and what
a copy of the same memory reaches in the same run. Where they are installed, numba-cuda compiles
the same functions and CuPy the same in CUDA C (`raw`), for further figures. Launch latency is the time of the call on the host.
"""

from __future__ import annotations

import math
import statistics
import time
from typing import Any

import numpy as np
from cumbia import cuda, float32, int32

from tests.gpu import raw

__all__ = ["run"]

RUNS = 30


def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


def block_sums(x, out):
    part = cuda.shared.array(256, float32)
    t = cuda.threadIdx.x
    total = np.float32(0)
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        total += x[i]
    part[t] = total
    cuda.syncthreads()
    half = 128
    while half > 0:
        if t < half:
            part[t] += part[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        out[cuda.blockIdx.x] = part[0]


def stencil(a, b):
    j, i = cuda.grid(2)
    if 0 < i and i < a.shape[0] - 1 and 0 < j and j < a.shape[1] - 1:
        b[i, j] = np.float32(0.25) * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])


def transposed(a, b):
    tile = cuda.shared.array((32, 33), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.blockIdx.x * 32 + tx, cuda.blockIdx.y * 32 + ty
    for k in range(0, 32, 8):
        if i + k < a.shape[0] and j < a.shape[1]:
            tile[ty + k, tx] = a[i + k, j]
    cuda.syncthreads()
    j, i = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    for k in range(0, 32, 8):
        if i + k < b.shape[0] and j < b.shape[1]:
            b[i + k, j] = tile[tx, ty + k]


def product(a, b, c):
    left = cuda.shared.array((16, 16), float32)
    right = cuda.shared.array((16, 16), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = np.float32(0)
    for step in range(a.shape[1] // 16):
        left[ty, tx] = a[i, step * 16 + tx]
        right[ty, tx] = b[step * 16 + ty, j]
        cuda.syncthreads()
        for k in range(16):
            total += left[ty, k] * right[k, tx]
        cuda.syncthreads()
    c[i, j] = total


def black_scholes(price, strike, years, call, put):
    i = cuda.grid(1)
    if i < price.size:
        s, x, t = price[i], strike[i], years[i]
        rate, spread = np.float32(0.02), np.float32(0.3)
        root = math.sqrt(t)
        d1 = (math.log(s / x) + (rate + np.float32(0.5) * spread * spread) * t) / (spread * root)
        d2 = d1 - spread * root
        half = np.float32(0.70710678)
        c1 = np.float32(0.5) * math.erfc(-d1 * half)
        c2 = np.float32(0.5) * math.erfc(-d2 * half)
        back = x * math.exp(-rate * t)
        call[i] = s * c1 - back * c2
        put[i] = back * (np.float32(1) - c2) - s * (np.float32(1) - c1)


def histogram(x, bins):
    own = cuda.shared.array(256, int32)
    t = cuda.threadIdx.x
    own[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        cuda.atomic.add(own, x[i], 1)
    cuda.syncthreads()
    cuda.atomic.add(bins, t, own[t])


def block_scans(x, out, sums):
    part = cuda.shared.array(256, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    part[t] = x[i] if i < x.size else np.float32(0)
    cuda.syncthreads()
    step = 1
    while step < 256:
        before = part[t - step] if t >= step else np.float32(0)
        cuda.syncthreads()
        part[t] += before
        cuda.syncthreads()
        step *= 2
    if i < x.size:
        out[i] = part[t]
    if t == 255:
        sums[cuda.blockIdx.x] = part[255]


def bodies(at, force):
    tile = cuda.shared.array((3, 256), float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    x, y, z = at[0, i], at[1, i], at[2, i]
    fx, fy, fz = np.float32(0), np.float32(0), np.float32(0)
    for first in range(0, at.shape[1], 256):
        for axis in range(3):
            tile[axis, t] = at[axis, first + t]
        cuda.syncthreads()
        for k in range(256):
            dx, dy, dz = tile[0, k] - x, tile[1, k] - y, tile[2, k] - z
            r2 = dx * dx + dy * dy + dz * dz + np.float32(0.01)
            inverse = np.float32(1) / math.sqrt(r2)
            cube = inverse * inverse * inverse
            fx += dx * cube
            fy += dy * cube
            fz += dz * cube
        cuda.syncthreads()
    force[0, i], force[1, i], force[2, i] = fx, fy, fz


def launched_only(x, y, z):
    if cuda.grid(1) < 0:
        x[0] = y[0] + z[0]


def cases(scale: float, rng: Any) -> list[tuple[Any, Any, list[Any], dict[str, float], Any]]:
    """Functions, shapes of launches, arguments, what has to be done, and checks of results."""
    n = max(1024, int((1 << 26) * scale) // 1024 * 1024)
    side = max(64, int(8192 * math.sqrt(scale)) // 64 * 64)
    edge = max(64, int(2048 * scale ** (1 / 3)) // 64 * 64)
    x, y = rng.random((2, n), np.float32)
    a = rng.random((side, side), np.float32)
    b = np.zeros_like(a)
    p, q = rng.random((2, edge, edge), np.float32)
    some = max(256, n // 16 // 256 * 256)
    s, k, t = (rng.random((3, some), np.float32) * 30 + 5).astype(np.float32)
    count = max(256, int(16384 * math.sqrt(scale)) // 256 * 256)
    at = rng.random((3, count), np.float32)
    codes = rng.integers(0, 256, n).astype(np.uint8)

    def inner(a: Any) -> Any:
        out = np.zeros_like(a)
        out[1:-1, 1:-1] = 0.25 * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])
        return out

    def pull(args: Any) -> bool:
        i = count // 2
        d = at.astype(np.float64) - at[:, i : i + 1]
        wanted = (d / (np.sum(d * d, 0) + 0.01) ** 1.5).sum(1)
        return np.allclose(args[1][:, i], wanted, rtol=1e-3, atol=1e-2 * np.abs(wanted).max())

    grid2 = (side // 32, side // 32)
    tiles = -(-n // 256)
    return [
        (saxpy, (tiles, 256), [np.float32(2), x, y], {"bytes": 12.0 * n},
         lambda r: np.allclose(r[2], 2 * x + y)),
        (block_sums, (1024, 256), [x, np.zeros(1024, np.float32)], {"bytes": 4.0 * n},
         lambda r: np.isclose(r[1].sum(dtype=np.float64), x.sum(dtype=np.float64), rtol=1e-5)),
        (stencil, (grid2, (32, 32)), [a, b], {"bytes": 8.0 * side * side},
         lambda r: np.allclose(r[1], inner(a), rtol=1e-5)),
        (transposed, (grid2, (32, 8)), [a, b.copy()], {"bytes": 8.0 * side * side},
         lambda r: np.array_equal(r[1], a.T)),
        (product, ((edge // 16, edge // 16), (16, 16)), [p, q, np.zeros_like(p)],
         {"operations": 2.0 * edge**3},
         lambda r: np.allclose(r[2][:9], p[:9].astype(np.float64) @ q, rtol=1e-4)),
        (black_scholes, (-(-some // 256), 256),
         [s, k, t, np.zeros_like(s), np.zeros_like(s)], {"bytes": 20.0 * some},
         lambda r: np.allclose(r[3] - r[4], s - k * np.exp(-0.02 * t), atol=1e-3)),
        (histogram, (1024, 256), [codes, np.zeros(256, np.int32)], {"bytes": 1.0 * n},
         lambda r: np.array_equal(r[1], np.bincount(codes, minlength=256))),
        (block_scans, (tiles, 256), [x, np.zeros_like(x), np.zeros(tiles, np.float32)],
         {"bytes": 8.0 * n},
         lambda r: np.allclose(r[1][:256], np.cumsum(x[:256], dtype=np.float64), rtol=1e-5)),
        (bodies, (count // 256, 256), [at, np.zeros_like(at)],
         {"operations": 20.0 * count * count}, pull),
    ]


def run(scale: float) -> list[dict[str, Any]]:
    """Run all; sizes are multiplied by `scale`."""
    rng = np.random.default_rng()
    copies = bandwidth(int((1 << 28) * scale))
    print(f"  copies on the device: {copies / 1e9:.1f} GB/s read and written")
    rows: list[dict[str, Any]] = [{"name": "copy", "bytes_per_s": copies}]
    for function, shape, args, work, check in cases(scale, rng):
        row: dict[str, Any] = {"name": function.__name__, **work}
        for library, compiled in compilers(function):
            row[library] = measured(compiled, shape, args, check, library)
        mine = row["cumbia"]
        row["problem"] = mine.get("problem") or row["cumbia, unchecked"].get("problem")
        if "bytes" in work and mine.get("seconds"):
            row["of_a_copy"] = work["bytes"] / mine["seconds"] / copies
        if mine.get("seconds") and row["cumbia, unchecked"].get("seconds"):
            row["checks_cost"] = mine["seconds"] / row["cumbia, unchecked"]["seconds"] - 1
        rows.append(row)
        print("  " + ", ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
    rows.append(latency())
    print(f"  {rows[-1]}")
    return rows


def bandwidth(size: int) -> float:
    """Bytes per second, read and written, of copies on the device."""
    size = max(size, 1 << 16)
    a, b = cuda.device_array(size, np.uint8), cuda.device_array(size, np.uint8)
    times = timed(lambda: b.copy_to_device(a), cuda)
    return 2 * size / statistics.median(times)


def compilers(function: Any) -> Any:
    """The libraries that compile it."""
    yield "cumbia", (cuda, cuda.jit(function))
    # What looking at indices costs.
    yield "cumbia, unchecked", (cuda, cuda.jit(boundscheck=False)(function))
    try:
        from numba import cuda as other
        from numba import float32 as other_float32
        from numba import int32 as other_int32
    except ImportError:
        pass
    else:
        from types import FunctionType

        names = dict(function.__globals__, cuda=other, float32=other_float32, int32=other_int32)
        same = FunctionType(function.__code__, names, function.__name__)
        yield "numba-cuda", (other, other.jit(same))
    try:
        yield "cupy", (raw.Module(), raw.kernel(function.__name__))
    except ImportError:
        return


def measured(compiled: Any, shape: Any, args: list[Any], check: Any, library: str) -> dict[str, Any]:
    """Check a kernel's results, and take its times."""
    module, kernel = compiled
    try:
        there = [module.to_device(a) if isinstance(a, np.ndarray) else a for a in args]
        start = time.perf_counter()
        kernel[shape](*there)
        module.synchronize()
        first = time.perf_counter() - start
        back = [to_host(module, t) if isinstance(a, np.ndarray) else a for t, a in zip(there, args)]
        if not check(back):
            return {"problem": f"{library}: wrong results"}
        launch = kernel[shape]
        times = timed(lambda: launch(*there), module)
        return {"seconds": statistics.median(times), "fastest": min(times), "first": first}
    except Exception as error:
        return {"problem": f"{library}: {type(error).__name__}: {error}"}


def to_host(module: Any, array: Any) -> Any:
    """An array's elements on the host."""
    return module.to_host(array) if isinstance(module, raw.Module) else array.copy_to_host()


def timed(work: Any, module: Any) -> list[float]:
    """Seconds of each of some runs on the device."""
    work()
    module.synchronize()
    times = []
    for _ in range(RUNS):
        start, end = module.event(), module.event()
        start.record()
        work()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end) / 1000)
    return times


def latency() -> dict[str, Any]:
    """Microseconds of a launch on the host, with three arrays."""
    row: dict[str, Any] = {"name": "launch of three arrays, microseconds", "problem": None}
    for library, (module, kernel) in compilers(launched_only):
        try:
            x, y, z = (module.to_device(np.zeros(4)) for _ in range(3))
            row[library] = per_call(lambda: kernel[1, 32](x, y, z), module)
            if library == "cumbia":
                row["cumbia, bound"] = per_call(kernel[1, 32].bind(x, y, z), module)
        except Exception as error:
            row[library] = f"{type(error).__name__}: {error}"
            if library.startswith("cumbia"):
                row["problem"] = f"{library}: {row[library]}"
    return row


def per_call(call: Any, module: Any) -> float:
    """Microseconds of a call, the median of some rounds."""
    rounds = []
    for _ in range(20):
        module.synchronize()
        start = time.perf_counter()
        for _ in range(200):
            call()
        rounds.append((time.perf_counter() - start) / 200 * 1e6)
    module.synchronize()
    return statistics.median(rounds)

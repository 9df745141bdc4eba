"""Functions of numbers for `checks`: many in a kernel, over random bits and over ordinary numbers.

The device computes all of them by the same operations as the emulation, so the bits are to be the
same, whatever the argument. What nan there is isn't asked.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cuda.offload import loops

__all__ = ["cases"]

SIZE = 4096
GROUP = 12

OF_NUMPY = """
exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh sqrt cbrt
square reciprocal floor ceil trunc rint absolute sign deg2rad rad2deg spacing
""".split()
OF_TWO = """
add subtract multiply divide floor_divide remainder fmod power arctan2 hypot copysign nextafter maximum minimum
fmax fmin logaddexp
""".split()
OF_MATH = """
exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh atanh erf erfc gamma lgamma sqrt cbrt
""".split()
OF_LIBDEVICE = """
erfcx normcdf exp10 rsqrt rcbrt sinpi cospi round rint nearbyint logb tgamma lgamma
""".split()
DIRECTED = [f"libdevice.{name}_{way}(x, y)" for name in ("fadd", "fsub", "fmul", "fdiv") for way in ("rn", "rd", "ru", "rz")]
OF_INTEGERS = """
x // y|x % y|x ** 3|x << 5|x >> 3|~x|x ^ y|cuda.popc(x)|cuda.clz(x)|cuda.ffs(x)|cuda.brev(x)|abs(x)|x.bit_count()|max(x, y)
""".strip().split("|")
OF_HALVES = """
x + y|x - y|x * y|x / y|np.sqrt(x)|np.exp(x)|np.log(x)|np.sin(x)|np.tanh(x)|x // y|x % y|np.maximum(x, y)|np.float32(x)
""".strip().split("|")


def written(name: str, expressions: list[str], first: str = "", before: str = "") -> Any:
    """A kernel that writes what expressions of `x` and `y` give into rows."""
    from cumbia import cuda
    from cumbia.cuda import _kernels

    lines = ["def kernel(xs, ys, out):", "    i = cuda.grid(1)", "    if i < xs.size:"]
    lines += [f"        x = {first}(xs[i])" if first else "        x = xs[i]"]
    lines += [f"        y = {first}(ys[i])" if first else "        y = ys[i]"]
    lines += [f"        out[{at}, i] = {before}({one})" for at, one in enumerate(expressions)]
    text = "\n".join(lines) + "\n"
    scope = {"cuda": cuda, "np": np, "math": math, "libdevice": cuda.libdevice, "bf16": cuda.bf16}
    exec(compile(text, f"<{name}>", "exec"), scope)
    return _kernels.of_text(scope["kernel"], text)


def groups(
    name: str, expressions: list[str], x: np.ndarray, y: np.ndarray, out: Any, **how: str
) -> dict[str, tuple[Any, Any, tuple[Any, ...]]]:
    """Some kernels for many expressions; their names say which rows are which."""
    found = {}
    for at in range(0, len(expressions), GROUP):
        few = expressions[at : at + GROUP]
        full = f"{name}: {', '.join(few)}"
        rows = np.zeros((len(few), x.size), out)
        found[full] = (written(full, few, **how), (-(-x.size // 128), 128), (x, y, rows))
    return found


def cases() -> dict[str, tuple[Any, Any, tuple[Any, ...]]]:
    """Kernels with the shapes of their launches and arguments, by name; other calls have no shape."""
    from cumbia import cuda

    rng = np.random.default_rng(29)
    found: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {}
    for dtype, bits in ((np.float32, np.uint32), (np.float64, np.uint64)):
        any_x, any_y = (rng.integers(0, np.iinfo(bits).max, SIZE, bits).view(dtype) for _ in range(2))
        x, y = (rng.uniform(0.01, 0.99, SIZE).astype(dtype) for _ in range(2))
        name, end = dtype.__name__, "f" * (dtype is np.float32)
        numpys = [f"np.{one}(x)" for one in OF_NUMPY] + [f"np.{one}(x, y)" for one in OF_TWO]
        found |= groups(f"{name}, any bits", numpys, any_x, any_y, dtype)
        found |= groups(f"{name}, near one", numpys, 3 * x, 3 * y, dtype)
        maths = [f"math.{one}(x)" for one in OF_MATH]
        maths += ["math.acosh(1 + x)", "math.pow(x, y)", "math.fmod(x, y)", "math.remainder(x, y)", "math.ldexp(x, 3)"]
        found |= groups(f"math, {name}", maths, x, y, dtype)
        others = [f"libdevice.{one}{end}(x)" for one in OF_LIBDEVICE]
        found |= groups(f"libdevice, {name}", others, 8 * x - 4, y, dtype)
    single, other = (rng.normal(size=SIZE).astype(np.float32) for _ in range(2))
    found |= groups("directions", DIRECTED, single, other, np.float32)
    found["fused"] = (
        written("fused", ["cuda.fma(x, y, x)", "libdevice.fmaf_ru(x, y, y)"]), (SIZE // 128, 128),
        (single, other, np.zeros((2, SIZE), np.float32)),
    )
    n, m = rng.integers(-(2**62), 2**62, SIZE), rng.integers(1, 2**20, SIZE)
    found |= groups("int64", OF_INTEGERS, n, m, np.int64)
    small = n.astype(np.int32), m.astype(np.int32)
    found |= groups("int32", OF_INTEGERS, *small, np.int64)
    bits = [rng.permutation(np.arange(65536, dtype=np.uint16))[:SIZE] for _ in range(2)]
    halves = [one.view(np.float16) for one in bits]
    found |= groups("float16", [*OF_HALVES, "cuda.fp16.hfma(x, y, x)"], *halves, np.float32, before="np.float32")
    bfloats = [*OF_HALVES, "bf16.hfma(x, y, x)", "bf16.hadd_sat(x, y)"]
    how = {"first": "bf16.uint16_as_bfloat16", "before": "np.float32"}
    found |= groups("bfloat16", bfloats, *bits, np.float32, **how)
    wide = rng.integers(0, 2**64 - 1, SIZE, np.uint64)
    rounded = ["np.float16(x)", "bf16.bfloat16(x)", "bf16.bfloat16(y)", "bf16.int64_to_bfloat16_rd(y)"]
    found |= groups("rounded", rounded, wide.view(np.float64), n, np.float32, before="np.float32")
    found["random numbers"] = (drawn(), (4, 64), (cuda.random.create_xoroshiro128p_states(256, 5), np.zeros((256, 4))))
    # Loops of ordinary functions, and a reduction.
    x = rng.random(100_000) - 0.5
    found["a loop's elements"] = (loops.axpy, None, (2.0, x, np.ones_like(x)))
    found["a loop's sum"] = (loops.total, None, (x,))
    found["several sums of a loop"] = (loops.several, None, (x,))
    found["loops after each other"] = (loops.diffuse, None, (x[:5000].copy(), np.zeros(5000), 5))
    found["a reduction"] = (cuda.reduce(lambda a, b: a + b), None, (x,))
    return found


def drawn() -> Any:
    """A kernel that draws all kinds of random numbers."""
    from cumbia import cuda
    from cumbia.cuda import random

    @cuda.jit
    def draws(states, out):
        i = cuda.grid(1)
        out[i, 0] = random.xoroshiro128p_uniform_float32(states, i)
        out[i, 1] = random.xoroshiro128p_uniform_float64(states, i)
        out[i, 2] = random.xoroshiro128p_normal_float32(states, i)
        out[i, 3] = random.xoroshiro128p_normal_float64(states, i)

    return draws

"""What `cuda.reduce` launches."""

import numpy as np

from cumbia import jit
from cumbia.cuda import _reduction
from tests.cuda.kernels import golden


@jit
def plus(a, b):
    return a + b


@jit
def larger(a, b):
    return max(a, b)


reduce_single, reduce_begun = _reduction._made(plus, np.dtype(np.float32))
reduce_double, _ = _reduction._made(plus, np.dtype(np.float64))
reduce_largest, _ = _reduction._made(larger, np.dtype(np.int32))
# Exchanged by shared memory.
reduce_small, _ = _reduction._made(larger, np.dtype(np.int16))
reduce_complex, _ = _reduction._made(plus, np.dtype(np.complex64))

for name, kernel, item, words in (
    ("reduce_single", reduce_single, "float32", ("shfl.sync.down",)),
    ("reduce_double", reduce_double, "float64", ("shfl.sync.down",)),
    ("reduce_largest", reduce_largest, "int32", ("shfl.sync.down",)),
    ("reduce_small", reduce_small, "int16", ("bar.warp.sync",)),
    ("reduce_complex", reduce_complex, "complex64", ("bar.warp.sync",)),
):
    golden(f"void({item}[::1], {item}[::1])", named=name, has=words)(kernel)
golden("void(float32[::1], float32, float32[::1])", named="reduce_begun")(reduce_begun)

"""Kernels that wait for their whole grid, vectors of numbers, and hints for caches."""

import numpy as np

from cumbia import cuda, float32
from cumbia.cuda import cg
from tests.cuda.kernels import golden


@golden(
    "void(float32[:, ::1], int64)",
    has=("release.gpu", "ld.acquire.gpu", "bar.sync", "bar.red.or"),
)
@cuda.jit
def relax_rows(x, steps):
    i = cuda.grid(1)
    grid = cg.this_grid()
    for step in range(1, steps):
        if step < x.shape[0] and 0 < i < x.shape[1] - 1:
            x[step, i] = np.float32(0.5) * (x[step - 1, i - 1] + x[step - 1, i + 1])
        grid.sync()


@golden("void(float32[::1])", has=(".param .u64 .ptr",))
@cuda.jit
def whole_grid(x):
    cg.this_grid()
    x[cuda.blockIdx.x] = 1


@cuda.jit(device=True)
def cross(a, b):
    return cuda.float32x3(
        a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x
    )


@golden("void(float32[:, ::1], float32[:, ::1])", lacks=(".local", "cvt.f64", ".f64"))
@cuda.jit
def cross_products(x, out):
    i = cuda.grid(1)
    if i < x.shape[0] and i < out.shape[0] and x.shape[1] == 3 and out.shape[1] == 4:
        a = cuda.float3(x[i, 0], x[i, 1], x[i, 2])
        b = cuda.float3(cuda.float2(a.z, a.x), float32(1))
        c = cuda.float4(cross(a, b), 0)
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = c.x, c.y, c.z, c.w


LOADS = ("ld.global.ca.", "ld.global.cg.", "ld.global.cs.", "ld.global.lu.", "ld.global.cv.")
STORES = ("st.global.wb.", "st.global.cg.", "st.global.cs.", "st.global.wt.")


def hinted(x, out):
    i = cuda.grid(1)
    if i < x.size and out.shape[0] == 5 and i < out.shape[1]:
        cuda.stwb(out, (0, i), cuda.ldca(x, i))
        cuda.stcg(out, (1, i), cuda.ldcg(x, i))
        cuda.stcs(out, (2, i), cuda.ldcs(x, i))
        cuda.stwt(out, (3, i), cuda.ldlu(x, i))
        cuda.stwt(out, (4, i), cuda.ldcv(x, i))


for _type in ("int8", "uint16", "int32", "uint64", "float32", "float64", "complex64", "boolean"):
    golden(
        f"void({_type}[::1], {_type}[:, ::1])", has=LOADS + STORES, named=f"hinted_{_type}"
    )(cuda.jit(hinted))


@golden(
    "void(float32[::1])", has=("ld.cg.f32", "st.cg.f32", "st.global.cs.f32"),
)
@cuda.jit
def hinted_shared(x):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    cuda.stcg(tile, t, x[t])
    cuda.syncthreads()
    cuda.stcs(x, t, cuda.ldcg(tile, 63 - t))

"""Vectors of numbers in kernels: `cuda.float32x4` and its like."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from cumbia import CompileError, cuda, jit
from cumbia.cuda import _vectors

KINDS = (
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_parts(kind):
    one, two, three, four = (getattr(cuda, f"{kind}x{n}") for n in (1, 2, 3, 4))
    dtype = np.dtype(kind).type

    @cuda.jit
    def kernel(out):
        a = one(dtype(1))
        b = two(dtype(2), dtype(3))
        c = three(dtype(4), dtype(5), dtype(6))
        d = four(dtype(7), dtype(8), dtype(9), dtype(10))
        out[0], out[1], out[2] = a.x, b.x, b.y
        out[3], out[4], out[5] = c.x, c.y, c.z
        out[6], out[7], out[8], out[9] = d.x, d.y, d.z, d.w

    out = np.zeros(10, kind)
    kernel[1, 1](out)
    assert out.tolist() == list(range(1, 11))
    assert kernel.signatures


# All ways to make four of parts.
WAYS = [
    way for count in range(1, 5) for way in itertools.product((1, 2, 3, 4), repeat=count)
    if sum(way) == 4
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "".join(map(str, way)))
@pytest.mark.parametrize("is_plain", [True, False])
def test_made_of_others(way, is_plain):
    at, rows = 0, []
    for size in way:
        inside = ", ".join(f"x[{k}]" for k in range(at, at + size))
        rows.append(inside if size == 1 and is_plain else f"cuda.float{size}({inside})")
        at += size
    text = f"def kernel(x, out):\n    v = cuda.float4({', '.join(rows)})\n"
    text += "".join(f"    out[{i}] = v.{part}\n" for i, part in enumerate("xyzw"))
    import linecache

    file = f"<vector {way} {is_plain}>"
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    scope = {"cuda": cuda}
    exec(compile(text, file, "exec"), scope)
    x, out = np.arange(4, dtype=np.float32) + 1, np.zeros(4, np.float32)
    cuda.jit(scope["kernel"])[1, 1](x, out)
    assert np.array_equal(out, x)


@cuda.jit(device=True)
def swapped(v):
    return cuda.double2(v.y, v.x)


@cuda.jit
def around(x, out):
    i = cuda.grid(1)
    v = cuda.double2(x[i, 0], x[i, 1])
    for _ in range(i):
        v = swapped(v)
    pair = (v, cuda.int2(i, -i))
    best = pair[0] if v.x > v.y else cuda.float64x2(v.x, v.x)
    out[i] = best.x * 100 + best.y * 10 + pair[1].y


def test_variables_tuples_and_functions():
    x, out = np.arange(8.0).reshape(4, 2), np.zeros(4)
    around[1, 4](x, out)
    wanted = []
    for i, (a, b) in enumerate(x):
        a, b = (b, a) if i % 2 else (a, b)
        wanted.append(a * 100 + (b if a > b else a) * 10 - i)
    assert out.tolist() == wanted


@cuda.jit
def over_a_tuple(out):
    j = 0
    for v in (cuda.char2(1, 2), cuda.char2(3, 4)):
        out[j] = v.x
        out[j + 1] = v.y
        j += 2


def test_loops_over_tuples():
    out = np.zeros(4)
    over_a_tuple[1, 1](out)
    assert out.tolist() == [1, 2, 3, 4]


@cuda.jit
def converted(x, out):
    v = cuda.float32x2(x[0], True)
    w = cuda.int16x2(x[1], np.uint8(7))
    out[0], out[1], out[2], out[3] = v.x, v.y, w.x, w.y


def test_numbers_are_converted():
    out = np.zeros(4)
    converted[1, 1](np.array([0.1, 3.75]), out)
    assert out.tolist() == [np.float32(0.1), 1, 3, 7]


def test_names():
    assert cuda.float4 is cuda.float32x4 and cuda.double2 is cuda.float64x2
    assert cuda.uchar3 is cuda.uint8x3 and cuda.longlong1 is cuda.int64x1
    assert cuda.float32x4.aliases == ("float4",)
    assert cuda.int64x2.aliases == ("long2", "longlong2")
    for name in _vectors.__all__:
        assert hasattr(cuda, name)
    assert len(_vectors.__all__) == 40 + 12 * 4


def test_outside_of_kernels():
    with pytest.raises(RuntimeError, match=r"cuda\.float32x2\(\) is for kernels"):
        cuda.float2(1, 2)

    @jit
    def function():
        return cuda.float2(1.0, 2.0).x

    with pytest.raises(CompileError, match="is for kernels") as caught:
        function()
    assert caught.value.code == "CB0701"


def refused(function):
    with pytest.raises(CompileError) as caught:
        cuda.jit(function).compile("void(float32[::1])")
    return str(caught.value)


def test_misuse():
    def too_few(x):
        x[0] = cuda.float4(x[0], x[1]).x

    def too_many(x):
        x[0] = cuda.float2(cuda.float2(x[0], x[1]), x[0]).x

    def another_kind(x):
        x[0] = cuda.float2(cuda.int2(1, 2)).x

    def a_complex_number(x):
        x[0] = cuda.float2(1j, x[0]).x

    def an_array(x):
        x[0] = cuda.float1(x).x

    def no_such_part(x):
        x[0] = cuda.float2(x[0], x[1]).z

    def as_a_dtype(x):
        x[0] = cuda.shared.array(4, cuda.float2)[0].x

    def a_sum(x):
        x[0] = (cuda.float2(x[0], x[1]) + cuda.float2(x[0], x[1])).x

    def an_item(x):
        x[0] = cuda.float2(x[0], x[1])[0]

    for function in (too_few, too_many):
        assert "made of as many numbers as it has" in refused(function)
    for function in (another_kind, a_complex_number, an_array):
        assert "made of real numbers and of vectors of its own kind" in refused(function)
    assert "z" in refused(no_such_part)
    assert "cuda.shared.array() takes a dtype" in refused(as_a_dtype)
    refused(a_sum)
    refused(an_item)


def test_parts_cannot_be_assigned():
    def assigns(x):
        v = cuda.float2(x[0], x[1])
        v.x = x[1]

    with pytest.raises((CompileError, AttributeError)):
        cuda.jit(assigns)[1, 1](np.zeros(2, np.float32))

"""Constants of structured dtypes, dates and members of enums in kernels."""

from __future__ import annotations

import enum

import numpy as np
import pytest
from cumbia import CompileError, cuda

PACKED = np.array(
    [(1, 2.5, 3), (4, 5.5, 6)], [("a", np.uint8), ("b", np.float64), ("c", np.int16)]
)
ALIGNED = np.array(
    [(1, 2, 3, 0xDEADBEEF, 8), (4, 5, 6, 0xBEEFDEAD, 10)],
    np.dtype([("a", np.uint8), ("b", np.uint8), ("x", np.uint8), ("y", np.uint32), ("z", np.uint8)],
             align=True),
)
NESTED = np.array(
    [(1, [[1, 2], [3, 4]], (7.5, 8)), (2, [[5, 6], [7, 8]], (9.5, 10))],
    [("n", np.int32), ("m", np.float32, (2, 2)), ("in", [("p", np.float64), ("q", np.int64)])],
)
GRID = np.zeros((2, 3), [("v", np.int32)])
GRID["v"] = np.arange(6).reshape(2, 3)
NONE = np.array([], [("x", np.float64), ("y", np.int64)])


@cuda.jit
def third(out):
    out[cuda.grid(1)] = cuda.const.array_like(ALIGNED)[cuda.grid(1)].y


class Color(enum.Enum):
    red = "r"
    green = "g"


class Status(enum.IntEnum):
    fine = 200
    missing = 404


class TestRecords:
    """`cuda.const.array_like` of structured arrays."""

    def test_packed(self):
        @cuda.jit
        def kernel(out):
            i = cuda.grid(1)
            c = cuda.const.array_like(PACKED)
            out[i] = c[i].a + c[i]["b"] + c["c"][i]

        out = np.zeros(2)
        kernel[1, 2](out)
        assert out.tolist() == [6.5, 15.5]

    def test_aligned(self):
        @cuda.jit
        def kernel(a, y, z):
            i = cuda.grid(1)
            c = cuda.const.array_like(ALIGNED)
            a[i], y[i], z[i] = c[i].a, c[i].y, c[i].z

        a, y, z = np.zeros(2), np.zeros(2, np.uint32), np.zeros(2)
        kernel[1, 2](a, y, z)
        assert (a.tolist(), y.tolist(), z.tolist()) == ([1, 4], [0xDEADBEEF, 0xBEEFDEAD], [8, 10])

    def test_nested(self):
        @cuda.jit
        def kernel(out):
            i = cuda.grid(1)
            c = cuda.const.array_like(NESTED)
            out[i] = c[i].n + c[i].m[1, 0] + c[i]["in"]["p"] + c[i]["in"].q

        out = np.zeros(2)
        kernel[1, 2](out)
        assert out.tolist() == [1 + 3 + 7.5 + 8, 2 + 7 + 9.5 + 10]

    def test_axes_and_none(self):
        @cuda.jit
        def kernel(out):
            i, j = cuda.grid(2)
            c = cuda.const.array_like(GRID)
            out[i, j] = c[i, j].v + len(cuda.const.array_like(NONE))

        out = np.zeros((2, 3))
        kernel[1, (2, 3)](out)
        assert out.tolist() == [[0, 1, 2], [3, 4, 5]]

    def test_part_of_the_code(self):
        @cuda.jit
        def kernel(out):
            i = cuda.grid(1)
            out[i] = cuda.const.array_like(ALIGNED)[i].y

        assert ".const" in kernel.inspect_asm("void(uint32[::1])", cc=80)

    def test_kept_as_it_was_and_not_written(self):
        def writes(out):
            c = cuda.const.array_like(PACKED)
            c[0].a = 3
            out[0] = 1

        with pytest.raises((CompileError, ValueError), match="read-only|readonly|can't be"):
            cuda.jit(writes)[1, 1](np.zeros(1))

    def test_elsewhere(self):
        def kernel(out):
            out[0] = PACKED[0].a

        with pytest.raises(CompileError, match="is the host's") as seen:
            cuda.jit(kernel).compile("void(float64[::1])")
        assert seen.value.code == "CB0702"


class TestNestedArrays:
    """Fields that are arrays, in arguments."""

    DTYPE = np.dtype([("n", np.int32), ("m", np.float32, (3,)), ("big", np.int16, (20, 20))])

    def test_written_whole(self):
        @cuda.jit
        def kernel(to, of, big):
            i = cuda.grid(1)
            to[i].m = of
            to[i].big = big
            to[i]["n"] = i

        to, of = np.zeros(2, self.DTYPE), np.arange(3, dtype=np.float32)
        big = np.arange(400, dtype=np.int16).reshape(20, 20)
        kernel[1, 2](to, of, big)
        assert to["m"].tolist() == [[0, 1, 2]] * 2
        assert (to["big"] == big).all()
        assert to["n"].tolist() == [0, 1]

    def test_records_copied(self):
        @cuda.jit
        def kernel(to, of):
            i = cuda.grid(1)
            to[i] = of[1 - i]

        of = np.zeros(2, self.DTYPE)
        of["n"], of["big"][1] = [1, 2], 3
        to = np.zeros(2, self.DTYPE)
        kernel[1, 2](to, of)
        assert (to == of[::-1]).all()


class TestDates:
    """Dates and differences as arguments and elements."""

    def test_arguments(self):
        @cuda.jit
        def kernel(dates, target, delta, same, earlier):
            i = cuda.grid(1)
            same[i] = dates[i] == target
            earlier[i] = dates[i] - delta

        dates = np.arange("2005-02", "2005-03", dtype="datetime64[D]")
        same, earlier = np.zeros(dates.size, np.bool_), np.zeros_like(dates)
        kernel[1, dates.size](dates, dates[5], np.timedelta64(3, "D"), same, earlier)
        assert same.nonzero()[0].tolist() == [5]
        assert (earlier == dates - np.timedelta64(3, "D")).all()

    def test_no_date(self):
        @cuda.jit
        def kernel(date, out):
            out[0] = np.isnat(date)
            out[1] = date == date

        out = np.ones(2, np.bool_)
        kernel[1, 1](np.datetime64("NaT", "s"), out)
        assert out.tolist() == [True, False]

    def test_compiled_without_a_device(self):
        @cuda.jit
        def kernel(date, out):
            out[0] = date

        only = kernel.specialize(np.datetime64(3, "s"), np.zeros(1, "datetime64[s]"))
        (ptx,) = only.inspect_asm(cc=80).values()
        assert ".param .u64" in ptx or ".param .b64" in ptx


class TestEnums:
    """Members as arguments, and in kernels."""

    @pytest.mark.parametrize(
        ("a", "b"),
        [(Color.red, Color.red), (Color.red, Color.green), (Status.fine, Status.missing),
         (Status.fine, Status.fine)],
    )
    def test_arguments(self, a, b):
        @cuda.jit
        def kernel(a, b, out):
            out[0] = a == b
            out[1] = a is not b

        out = np.zeros(2, np.bool_)
        kernel[1, 1](a, b, out)
        assert out.tolist() == [a == b, a is not b]

    def test_values(self):
        @cuda.jit
        def kernel(status, out):
            out[0] = status.value
            out[1] = status + 1
            out[2] = Status["missing"].value if status == Status.fine else 0

        out = np.zeros(3)
        kernel[1, 1](Status.fine, out)
        assert out.tolist() == [200, 201, 404]

    def test_in_a_tuple(self):
        @cuda.jit
        def kernel(both, out):
            out[0] = both[0] == Color.green
            out[1] = both[1]

        out = np.zeros(2)
        kernel[1, 1]((Color.green, 7), out)
        assert out.tolist() == [1, 7]

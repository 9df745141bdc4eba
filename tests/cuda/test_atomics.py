"""Atomic operations: each on all its dtypes, with many threads at few places."""

from __future__ import annotations

import functools
import operator

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import _kernels

RNG = np.random.default_rng(9)
INTEGERS = ["i4", "i8", "u4", "u8"]
FLOATS = ["f4", "f8"]


def kernel_of(name, shared):
    """Every thread changes one of a few places."""
    if shared:
        text = (
            "def kernel(x, places, out):\n"
            "    held = cuda.shared.array(4, kind)\n"
            "    t = cuda.threadIdx.x\n"
            "    i = cuda.grid(1)\n"
            "    if t < 4:\n"
            "        held[t] = out[t] if cuda.blockIdx.x == 0 else zero\n"
            "    cuda.syncthreads()\n"
            f"    cuda.atomic.{name}(held, places[i], x[i])\n"
            "    cuda.syncthreads()\n"
            "    if t < 4:\n"
            "        out[t] = held[t]\n"
        )
    else:
        text = (
            "def kernel(x, places, out):\n"
            "    i = cuda.grid(1)\n"
            "    if i < x.size:\n"
            f"        cuda.atomic.{name}(out, places[i], x[i])\n"
        )
    return text


def run(name, x, places, start, shared):
    text = kernel_of(name, shared)
    kind = x.dtype.type
    scope = {"cuda": cuda, "kind": kind, "zero": kind(0)}
    exec(compile(text, "<kernel>", "exec"), scope)
    out = start.copy()
    blocks = 1 if shared else 3
    threads = 96 if shared else 32
    _kernels.of_text(scope["kernel"], text)[blocks, threads](x, places, out)
    return out


def wrapped(function, dtype):
    """A function of Python's numbers on those of a dtype."""

    def on(a, b):
        with np.errstate(over="ignore"):
            return function(a, b).astype(dtype)

    return on


def counted_up(old, limit):
    return np.where(old >= limit, 0, old + old.dtype.type(1))


def counted_down(old, limit):
    return np.where((old == 0) | (old > limit), limit, old - old.dtype.type(1))


OPERATIONS = {
    "add": (operator.add, INTEGERS + FLOATS),
    "sub": (operator.sub, INTEGERS + FLOATS),
    "and_": (operator.and_, INTEGERS),
    "or_": (operator.or_, INTEGERS),
    "xor": (operator.xor, INTEGERS),
    "max": (np.maximum, INTEGERS + FLOATS),
    "min": (np.minimum, INTEGERS + FLOATS),
    "nanmax": (np.fmax, INTEGERS + FLOATS),
    "nanmin": (np.fmin, INTEGERS + FLOATS),
    "exch": (lambda a, b: b, INTEGERS + FLOATS),
    "inc": (counted_up, ["u4", "u8"]),
    "dec": (counted_down, ["u4", "u8"]),
}


@pytest.mark.parametrize("shared", [False, True], ids=["global", "shared"])
@pytest.mark.parametrize(
    ("name", "dtype"), [(name, dtype) for name, (_, dtypes) in OPERATIONS.items() for dtype in dtypes]
)
def test_in_contention(name, dtype, shared):
    x = RNG.integers(0, 50, 96).astype(dtype)
    if dtype[0] in "if":
        x -= 20
    places = RNG.integers(0, 4, 96)
    start = RNG.integers(0, 20, 4).astype(dtype)
    function = wrapped(OPERATIONS[name][0], dtype)
    # Numbers are small enough that every order gives the same sums; for the others the
    # emulation's order is that of the threads.
    wanted = [
        functools.reduce(function, x[places == place], start[place]) for place in range(4)
    ]
    assert np.array_equal(run(name, x, places, start, shared), np.array(wanted, dtype))


@pytest.mark.parametrize("name", ["add", "sub", "max", "min", "exch", "and_", "xor"])
def test_old_values(name):
    scope = {"cuda": cuda}
    text = (
        "def kernel(out, old):\n"
        "    i = cuda.grid(1)\n"
        f"    old[i] = cuda.atomic.{name}(out, 0, i)\n"
    )
    exec(compile(text, "<kernel>", "exec"), scope)
    out, old = np.array([5]), np.zeros(8, np.int64)
    _kernels.of_text(scope["kernel"], text)[2, 4](out, old)
    value = np.array([5])
    for i in range(8):
        assert old[i] == value[0]
        value = wrapped(OPERATIONS[name][0], "i8")(value, np.array([i]))
    assert out[0] == value[0]


@cuda.jit
def lock_free_maximum(x, out):
    i = cuda.grid(1)
    seen = cuda.atomic.add(out, 0, x[i] - x[i])
    while seen < x[i]:
        found = cuda.atomic.cas(out, 0, seen, x[i])
        if found == seen:
            break
        seen = found


@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_compare_and_swap(dtype):
    x = RNG.integers(1, 10000, 64).astype(dtype)
    out = np.zeros(1, dtype)
    lock_free_maximum[2, 32](x, out)
    assert out[0] == x.max()


@cuda.jit
def first_come(out, winners):
    i = cuda.grid(1)
    if cuda.atomic.compare_and_swap(out, -1, i) == -1:
        cuda.atomic.add(winners, 0, 1)


def test_one_wins():
    out, winners = np.array([-1]), np.array([0])
    first_come[3, 8](out, winners)
    assert winners[0] == 1 and 0 <= out[0] < 24


@cuda.jit
def of_axes(x, out):
    i, j = cuda.grid(2)
    cuda.atomic.add(out, (i % 2, j % 3), x[i, j])
    cuda.atomic.max(out, (1, -1), -5.0)


def test_places_in_two_axes():
    x = RNG.integers(0, 9, (4, 6)).astype(float)
    out = np.zeros((2, 3))
    of_axes[(2, 2), (2, 3)](x, out)
    wanted = np.zeros((2, 3))
    np.add.at(wanted, (np.arange(4)[:, None] % 2, np.arange(6)[None] % 3), x)
    assert np.array_equal(out, wanted)
    flipped = np.zeros((3, 4))[::-1, ::2].T
    of_axes[(2, 2), (2, 3)](x, flipped)
    assert np.array_equal(flipped, wanted)


@cuda.jit
def out_of_range(out):
    cuda.atomic.add(out, cuda.grid(1), 1)


def test_places_are_checked():
    out = np.zeros(3, np.int64)
    with pytest.raises(IndexError, match="index 3 is out of bounds for axis 0 with size 3"):
        out_of_range[1, 4](out)
    assert out.tolist() == [1, 1, 1]


def test_extremes_of_nan():
    x = np.array([np.nan, 2.0, np.nan, 1.0])
    for name, wanted in (("max", 2.0), ("nanmax", 2.0), ("min", 0.0), ("nanmin", 0.0)):
        made = run(name, np.resize(x, 96), np.zeros(96, np.int64), np.zeros(4), False)
        assert made[0] == wanted
        # What is there stays with max and min.
        made = run(name, np.resize(x, 96), np.zeros(96, np.int64), np.full(4, np.nan), False)
        assert np.isnan(made[0]) if name in ("max", "min") else made[0] in (2.0, 1.0)


@cuda.jit
def wraps(out):
    cuda.atomic.add(out, 0, 2)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_sums_wrap(dtype):
    out = np.array([np.iinfo(dtype).max], dtype)
    wraps[1, 1](out)
    assert out[0] == np.iinfo(dtype).min + 1


@cuda.jit
def of_fields(x):
    cuda.atomic.add(x["count"], 0, 1)


def test_of_a_field():
    x = np.zeros(2, [("mass", "f4"), ("count", "i4")])
    of_fields[2, 16](x)
    assert x["count"].tolist() == [32, 0]


@cuda.jit
def tickets(out, order):
    order[cuda.atomic.inc(out, 0, np.uint32(1000))] = cuda.grid(1)


def test_tickets():
    out, order = np.zeros(1, np.uint32), np.zeros(64, np.int64)
    tickets[2, 32](out, order)
    assert out[0] == 64 and sorted(order) == list(range(64))

"""Arrays that share memory, in tier 2, which has code of its own for those that don't.

Each kernel runs on views of one buffer at every distance that matters, and on arrays apart;
the buffer has to be what plain Python leaves. The kernels are ones where a compiler that
takes the arrays for apart gives something else.
"""

import itertools

import numpy as np
import pytest

from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY

pytestmark = [
    pytest.mark.skipif(IDENTITY, reason="nothing is compiled"),
    pytest.mark.skipif(not _cumbia._tiers()[1], reason="there is no LLVM"),
]


def copied(a, b):
    for i in range(b.shape[0]):
        b[i] = a[i] + 1.0


def scaled(a, b):
    for i in range(b.shape[0]):
        b[i] = a[0] * 2.0 + b[i]


def summed(a, b):
    for i in range(b.shape[0]):
        for j in range(a.shape[0]):
            b[i] += a[j]


def stepped(a, b):
    for i in range(1, b.shape[0]):
        b[i] = b[i - 1] + a[i] * 0.5


def swapped(a, b):
    for i in range(b.shape[0]):
        a[i], b[i] = b[i] + 1.0, a[i]


def backwards(a, b):
    for i in range(b.shape[0] - 1, -1, -1):
        b[i] = a[i] - b[i]


def views(a, b):
    front, back = a[: a.shape[0] // 2], b[1::2]
    for i in range(min(front.shape[0], back.shape[0])):
        back[i] = front[i] + b[i]
    for i in range(back.shape[0]):
        b[i] += back[i]


def chosen(a, b):
    row = a if a[0] > 3.0 else b
    for i in range(b.shape[0]):
        row[i] = a[i] + b[b.shape[0] - 1 - i]


KERNELS = [copied, scaled, summed, stepped, swapped, backwards, views, chosen]
LENGTH = 23


def same(function, compiled, take):
    """Whether both leave the same buffer; `take` makes the arguments of it."""
    expected, got = np.linspace(1, 7, 80), np.linspace(1, 7, 80)
    function(*take(expected))
    compiled(*take(got))
    assert np.array_equal(expected, got), (function.__name__, np.flatnonzero(expected != got))


@pytest.mark.parametrize("function", KERNELS, ids=lambda f: f.__name__)
def test_views_of_one_buffer(function):
    compiled = jit(tier="best")(function)
    for at in [*range(12), LENGTH - 1, LENGTH, LENGTH + 1]:
        for first, second in [(0, at), (at, 0)]:
            same(
                function,
                compiled,
                lambda x, i=first, j=second: (x[i : i + LENGTH], x[j : j + LENGTH]),
            )
    same(function, compiled, lambda x: (np.linspace(0, 1, LENGTH), x[:LENGTH]))


@pytest.mark.parametrize("function", KERNELS, ids=lambda f: f.__name__)
def test_views_with_steps(function):
    compiled = jit(tier="best")(function)
    for (i, step), (j, other) in itertools.product(
        [(0, 1), (2, 2), (40, -1), (39, -2)], [(0, 2), (1, 3), (45, -1), (50, 1)]
    ):
        def cut(x, at, by):
            return x[at::by][:15]

        same(
            function,
            compiled,
            lambda x, i=i, s=step, j=j, t=other: (cut(x, i, s), cut(x, j, t)),
        )


def product(a, b, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


def test_two_axes():
    compiled = jit(tier="best")(product)
    for at, by in itertools.product([0, 1, 4, 20, 35, 36, 40], repeat=2):
        for turned in (False, True):
            def take(x, at=at, by=by, turned=turned):
                whole = np.resize(x, 120)
                parts = [whole[k : k + 36].reshape(6, 6) for k in (at, by, 30)]
                return [part.T if turned else part for part in parts]

            expected, got = (take(np.linspace(0, 1, 80)) for _ in range(2))
            product(*expected)
            compiled(*got)
            assert np.array_equal(expected[2], got[2]), (at, by, turned)


def test_of_another_type():
    def low_bytes(a, b):
        for i in range(b.shape[0]):
            b[i] = a[i // 8] % 251

    compiled = jit(tier="best")(low_bytes)
    for at in range(0, 40, 3):
        expected, got = np.arange(20) * 1234567891, np.arange(20) * 1234567891
        for f, x in [(low_bytes, expected), (compiled, got)]:
            f(x, x.view(np.uint8)[at : at + 100])
        assert np.array_equal(expected, got), at


def test_empty_and_repeated():
    compiled = jit(tier="best")(summed)
    empty, one = np.zeros(0), np.ones(5)
    compiled(empty, one)
    compiled(one, empty)
    assert one.tolist() == [1.0] * 5
    compiled(np.broadcast_to(np.float64(2.0), (4,)), one)
    assert one.tolist() == [9.0] * 5


def test_there_is_a_version():
    compiled = jit(tier="best")(copied)
    compiled(np.ones(3), np.ones(3))
    (text,) = compiled.inspect_llvm().values()
    assert "!alias.scope" in text
    (text,) = compiled.inspect_ir().values()
    assert "arrays(1:1:8, 5:1:8)" in text


def filled(a, b):
    for i in range(1, b.shape[0]):
        b[i] = max(b[i - 1] * 0.5 + a[i], 1.0)


def filled_down(a, b):
    for i in range(b.shape[0] - 2, -1, -1):
        b[i] = b[i + 1] * 0.5 - a[i]


def filled_row(table, b):
    for i in range(1, table.shape[0]):
        for j in range(1, table.shape[1]):
            if b[j] > 2.0:
                table[i, j] = table[i, j - 1] + b[j]
            table[i, j] = max(table[i - 1, j], table[i, j - 1]) * 0.75


def filled_sometimes(a, b):
    last = 0.0
    for i in range(1, b.shape[0]):
        if a[i] > 3.0:
            last = b[i - 1]
        b[i] = last + 1.0


@pytest.mark.parametrize(
    "function", [filled, filled_down, filled_sometimes], ids=lambda f: f.__name__
)
def test_what_a_turn_reads_back(function):
    compiled = jit(tier="best")(function)
    for at, step in [(0, 1), (1, 1), (3, 1), (0, 2), (40, -1), (50, -2)]:
        same(function, compiled, lambda x, at=at, step=step: (x[:20], x[at::step][:20]))
    for length in range(4):
        same(function, compiled, lambda x, n=length: (np.ones(n), x[:n]))
    # One element that is all elements.
    one = np.lib.stride_tricks.as_strided
    same(function, compiled, lambda x: (x[20:28], one(x, (8,), (0,))))


def test_what_a_row_reads_back():
    compiled = jit(tier="best")(filled_row)
    for turned in (False, True):
        def take(x, turned=turned):
            table = x[:70].reshape(7, 10)
            return (table.T, x[3:10]) if turned else (table, x[3:13])

        same(filled_row, compiled, take)

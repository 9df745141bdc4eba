"""`print` in kernels: what is printed, in what order, and what can't be."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda
from cumbia.errors import CumbiaError


@cuda.jit
def places():
    i = cuda.grid(1)
    print("thread", cuda.threadIdx.x, "of block", cuda.blockIdx.x, i)


def test_threads_print_in_their_order(capsys):
    places[2, 3]()
    wanted = [f"thread {i % 3} of block {i // 3} {i}\n" for i in range(6)]
    assert capsys.readouterr().out == "".join(wanted)


@cuda.jit
def one(x):
    print(x[0])


@pytest.mark.parametrize(
    ("dtype", "value", "text"),
    [
        ("i1", -128, "-128"), ("i2", -5, "-5"), ("i4", -(2**31), "-2147483648"),
        ("i8", -(2**63), "-9223372036854775808"), ("u1", 255, "255"), ("u2", 65535, "65535"),
        ("u4", 2**32 - 1, "4294967295"), ("u8", 2**64 - 1, "18446744073709551615"),
        ("f4", 0.1, "0.100000"), ("f8", -2.5, "-2.500000"), ("f8", 1e-9, "0.000000"),
        ("f8", 1e22, "10000000000000000000000.000000"), ("f8", float("nan"), "nan"),
        ("f4", float("-inf"), "-inf"), ("f8", -0.0, "-0.000000"), ("?", True, "True"),
        ("?", False, "False"),
    ],
)
def test_numbers(capsys, dtype, value, text):
    one[1, 1](np.array([value], dtype))
    assert capsys.readouterr().out == text + "\n"


@cuda.jit
def texts(n, x, yes):
    print()
    print("100% of %d", n, x, yes, None, True, 7, 0.5, sep=", ", end=".\n")
    print("grüße €", end="")
    print("", n, sep="")


def test_texts_separators_and_ends(capsys):
    texts[1, 1](3, 2.5, False)
    assert capsys.readouterr().out == (
        "\n100% of %d, 3, 2.500000, False, None, True, 7, 0.500000.\ngrüße €3\n"
    )


@cuda.jit(device=True)
def shown(x):
    print("in a function:", x)
    return x


@cuda.jit
def waits(x):
    t = cuda.threadIdx.x
    print("before", t)
    cuda.syncthreads()
    x[t] = shown(x[t])
    print("after", t)


def test_functions_and_barriers(capsys):
    waits[1, 2](np.array([1.5, 2.5]))
    assert capsys.readouterr().out.splitlines() == [
        "before 0", "before 1", "in a function: 1.500000", "after 0",
        "in a function: 2.500000", "after 1",
    ]


@cuda.jit
def fails(x):
    i = cuda.grid(1)
    print("thread", i)
    x[i] = 1


def test_what_was_printed_before_a_fault(capsys):
    with pytest.raises(IndexError):
        fails[1, 4](np.zeros(2))
    assert capsys.readouterr().out == "thread 0\nthread 1\nthread 2\n"


@cuda.jit
def prints_complex(z):
    print(z[0])


@cuda.jit
def prints_an_array(x):
    print(x)


@cuda.jit
def prints_a_tuple(x):
    print((1, 2))


@cuda.jit
def prints_elsewhere(x):
    print(1, end=chr(65))


@cuda.jit
def prints_much(x):
    print(x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0],
          x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0],
          x[0], x[0], x[0], x[0], x[0])


@pytest.mark.parametrize(
    ("kernel", "dtype", "match"),
    [
        (prints_complex, "c16", "a kernel doesn't print"),
        (prints_an_array, "f8", "a kernel doesn't print"),
        (prints_a_tuple, "f8", "a kernel doesn't print"),
        (prints_elsewhere, "f8", "is a text that stands there"),
        (prints_much, "f8", "at most 32 numbers, not 33"),
    ],
)
def test_what_is_not_printed(kernel, dtype, match):
    with pytest.raises(CumbiaError, match=match):
        kernel[1, 1](np.zeros(3, dtype))


def test_assembly_calls_vprintf():
    ptx, _ = cuda.compile_ptx(one, "void(float32[::1])", cc=(8, 0))
    assert "vprintf" in ptx and "%f" not in ptx

"""The benchmarks for devices, as far as they go without one: results, and the twins in CUDA C."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import _nvrtc

from tests.gpu import benches, checks, raw

CASES = benches.cases(1e-6, np.random.default_rng(4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
def test_results(case):
    function, shape, args, _, check = case
    args = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
    cuda.jit(function)[shape](*args)
    assert check(args)


def test_each_has_a_twin():
    entries = re.findall(r'extern "C" __global__ void (\w+)\((.*?)\)\n{', raw.SOURCE, re.DOTALL)
    twins = {name: parameters.count(",") + 1 for name, parameters in entries}
    ours = {benches.launched_only.__name__: 3 * 2}
    for function, _, args, _, _ in CASES:
        ours[function.__name__] = sum(1 + np.ndim(arg) for arg in args)
    assert twins == ours


def test_twins_are_cuda_c():
    try:
        made = _nvrtc.compile(raw.SOURCE.encode(), "raw.cu", 80).decode()
    except cuda.CudaSupportError as error:
        pytest.skip(str(error))
    assert len(re.findall(r"\.visible \.entry", made)) == len(CASES) + 1


def test_what_counts_as_the_same_bits():
    x = np.array([1.0, -0.0, np.nan, np.inf])
    other = x.copy()
    other.view(np.uint64)[2] ^= 1 << 63
    assert checks.alike(x, other) and checks.alike(x + 1j * x, other + 1j * x)
    for at, wrong in ((0, np.nextafter(1.0, 2.0)), (1, 0.0), (2, 1.0), (3, -np.inf)):
        other = x.copy()
        other[at] = wrong
        assert not checks.alike(x, other) and not checks.alike(x + 1j * x, x + 1j * other)
        rows = np.zeros((2, 4)), np.stack([np.zeros(4), np.zeros(4)])
        rows[1][1, at] = 1
        assert checks.places([rows[0]], [rows[1]]) == ": row 1 in 1"
    assert not checks.alike(x, x.astype(np.float32)) and not checks.alike(x, x[:3])

"""The benchmarks for devices, as far as they go without one: results, and the twins in CUDA C."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import _nvrtc

from tests.gpu import benches, raw

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

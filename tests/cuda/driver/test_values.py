"""Arguments that are neither numbers nor arrays of numbers, as the driver's launches pack them."""

from __future__ import annotations

import numpy as np
from cumbia import cuda

from tests.cuda.test_constants import ALIGNED, third


def test_dates(standin):
    @cuda.jit
    def kernel(dates, delta):
        i = cuda.grid(1)
        if i < dates.size:
            dates[i] += delta

    dates = np.arange("2005-02", "2005-03", dtype="datetime64[D]")
    there = cuda.to_device(dates)
    kernel[1, 32](there, np.timedelta64(2, "D"))
    assert (there.copy_to_host() == dates + np.timedelta64(2, "D")).all()
    assert (there.view(np.int64).copy_to_host() == (dates + np.timedelta64(2, "D")).view(np.int64)).all()


def test_constant_records(standin):
    out = cuda.device_array(2, np.uint32)
    third[1, 2](out)
    assert out.copy_to_host().tolist() == ALIGNED["y"].tolist()

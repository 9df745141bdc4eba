"""``xarray.apply_ufunc`` over compiled functions and ufuncs, alone and in parts by Dask."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cumbia import guvectorize, jit, vectorize


@vectorize(["float64(float64, float64)"])
def clipped(x, low):
    return x if x > low else low


@guvectorize(["(float64[:], float64[:])"], "(n)->(n)")
def running(x, out):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
        out[i] = total


@guvectorize(["(float64[:], float64[:], float64[:])"], "(n),(n)->()")
def weighted(x, w, out):
    out[0] = 0.0
    for i in range(len(x)):
        out[0] += x[i] * w[i]


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    return xr.DataArray(
        rng.normal(size=(6, 4, 5)), dims=("time", "y", "x"),
        coords={"time": pd.date_range("2024-01-01", periods=6), "x": np.arange(5)}, name="t", attrs={"units": "K"},
    )  # fmt: skip


def test_ufuncs_take_labelled_arrays(data):
    # By `__array_ufunc__`.
    result = clipped(data, 0.25)
    assert isinstance(result, xr.DataArray) and result.dims == data.dims
    np.testing.assert_array_equal(result.values, np.maximum(data.values, 0.25))
    frame = pd.DataFrame(data.values[0])
    pd.testing.assert_frame_equal(clipped(frame, 0.25), np.maximum(frame, 0.25))


@pytest.mark.parametrize("chunks", [None, {"y": 2}])
def test_elementwise(data, chunks):
    data = data if chunks is None else data.chunk(chunks)
    low = xr.DataArray(np.linspace(-1, 1, 4), dims="y")
    made = xr.apply_ufunc(clipped, data, low, dask="parallelized", output_dtypes=[float])
    np.testing.assert_array_equal(made.values, np.maximum(data, low).transpose(*made.dims).values)


@pytest.mark.parametrize("chunks", [None, {"x": 2}])
def test_core_dimensions(data, chunks):
    data = data if chunks is None else data.chunk(chunks)
    made = xr.apply_ufunc(
        running, data, input_core_dims=[["time"]], output_core_dims=[["time"]], dask="parallelized",
        output_dtypes=[float], keep_attrs=True,
    )  # fmt: skip
    assert made.attrs == {"units": "K"}
    np.testing.assert_allclose(made.transpose(*data.dims).values, np.cumsum(data.values, axis=0))
    weights = xr.DataArray(np.arange(6.0), dims="time")
    reduced = xr.apply_ufunc(
        weighted, data, weights, input_core_dims=[["time"], ["time"]], dask="parallelized", output_dtypes=[float]
    )
    np.testing.assert_allclose(reduced.values, np.einsum("tyx,t->yx", data.values, weights.values))


@pytest.mark.parametrize("chunks", [None, {"y": 2}])
def test_functions_of_one_slice(data, chunks):
    def slope(y, t):
        mean_y, mean_t, above, below = y.mean(), t.mean(), 0.0, 0.0
        for i in range(len(y)):
            above += (t[i] - mean_t) * (y[i] - mean_y)
            below += (t[i] - mean_t) ** 2
        return above / below

    data = data if chunks is None else data.chunk(chunks)
    t = xr.DataArray(np.arange(6.0), dims="time")
    given = {
        "input_core_dims": [["time"], ["time"]], "vectorize": True, "dask": "parallelized", "output_dtypes": [float],
    }  # fmt: skip
    fast = xr.apply_ufunc(jit(slope), data, t, **given)
    np.testing.assert_allclose(fast.values, xr.apply_ufunc(slope, data, t, **given).values, rtol=1e-14)


def test_kernels_over_blocks_of_dask(data):
    import dask.array

    @jit
    def smoothed(a):
        out = a.copy()
        for i in range(1, len(a) - 1):
            out[i] = (a[i - 1] + a[i] + a[i + 1]) / 3
        return out

    whole = np.random.default_rng(3).normal(size=1000)
    parts = dask.array.from_array(whole, chunks=100)
    made = parts.map_overlap(smoothed, depth=1, boundary="none").compute(scheduler="threads")
    np.testing.assert_array_equal(made, smoothed.py_func(whole))
    np.testing.assert_array_equal(clipped(parts, 0.0).compute(), np.maximum(whole, 0))


def test_a_labelled_array_isnt_an_argument(data):
    with pytest.raises(TypeError, match=r"DataArray can't be passed to compiled code; pass x.to_numpy\(\)"):
        jit(lambda a: a)(data)

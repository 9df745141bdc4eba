"""Comparing whole arrays: isclose, allclose, array_equal, array_equiv."""

from axes import product
from broadcasting import compatible, joint, spread_to
from copying import as_array


def inexact(y):
    """An operand as floats or complex numbers, by `result_type(y, 1.0)`."""
    if prim.is_weak(y):
        if prim.kind(prim.dtype(y)) == "c":
            return y
        else:
            return float(y)
    elif prim.kind(prim.dtype(y)) == "f" or prim.kind(prim.dtype(y)) == "c":
        return y
    elif prim.is_array(y):
        return y.astype(np.float64)
    else:
        return prim.cast(y, np.float64)


def operand(x):
    if prim.is_array(x) or prim.is_number(x):
        return x
    else:
        return as_array(x)


def value_of(x):
    """A number where there are no axes."""
    if prim.is_array(x):
        if x.ndim == 0:
            return x[()]
        else:
            return x
    else:
        return x


def nan_in(x):
    if prim.is_time(x):
        return np.isnat(x)
    elif prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        return np.isnan(x)
    else:
        return False


@implements("numpy.isclose")
def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    x = value_of(operand(a))
    y = inexact(value_of(operand(b)))
    return close(x, y, value_of(operand(rtol)), value_of(operand(atol)), equal_nan)


def close(x, y, rtol, atol, equal_nan):
    if not prim.is_literal(equal_nan):
        return (np.less_equal(np.abs(x - y), atol + rtol * np.abs(y)) & np.isfinite(y)) | (x == y) | (np.bool_(equal_nan) & (nan_in(x) & nan_in(y)))
    elif equal_nan:
        return (np.less_equal(np.abs(x - y), atol + rtol * np.abs(y)) & np.isfinite(y)) | (x == y) | (np.isnan(x) & np.isnan(y))
    else:
        return (np.less_equal(np.abs(x - y), atol + rtol * np.abs(y)) & np.isfinite(y)) | (x == y)


@implements("numpy.allclose")
def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def equal_elements(x, y, equal_nan):
    """Whether two arrays of the same shape have equal elements."""
    if x.ndim == 0:
        return bool(same(x[()], y[()], equal_nan))
    elif x.ndim == 1:
        for i in range(len(x)):
            if not same(x[i], y[i], equal_nan):
                return False
        return True
    elif prim.layout(x) == "C" and prim.layout(y) == "C":
        return equal_elements(prim.view_c(x, x.size), prim.view_c(y, x.size), equal_nan)
    else:
        for i in range(len(x)):
            if not equal_elements(x[i], y[i], equal_nan):
                return False
        return True


def same(x, y, equal_nan):
    return x == y or (equal_nan and nan_in(x) and nan_in(y))


@implements("numpy.array_equal")
def array_equal(a1, a2, equal_nan=False):
    x = as_array(a1)
    y = as_array(a2)
    if x.ndim != y.ndim:
        return False
    else:
        return x.shape == y.shape and equal_elements(x, y, bool(equal_nan))


@implements("numpy.array_equiv")
def array_equiv(a1, a2):
    x = as_array(a1)
    y = as_array(a2)
    if not compatible(x.shape, y.shape):
        return False
    shape = joint(x.shape, y.shape)
    if product(shape) == 0:
        return True
    return equal_elements(spread_to(x, shape), spread_to(y, shape), False)

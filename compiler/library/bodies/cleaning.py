"""Elementwise functions of whole expressions: nan_to_num, sinc, unwrap, isposinf and its like.

`real_if_close` of complex numbers is refused: the result's type would depend on values.
"""

from axes import normalize
from copying import as_array
from extrema import highest, lowest


def operand(x):
    """Numbers and arrays as they are; an array without axes as a number."""
    if prim.is_number(x):
        return x
    else:
        return value_of(as_array(x))


def value_of(a):
    if a.ndim == 0:
        return a[()]
    else:
        return a


def is_inexact(x):
    return prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c"


def bound_or(x, default, dtype):
    if x is None:
        return default
    else:
        return prim.cast(x, dtype)


def largest(dtype):
    """The largest finite float."""
    return prim.cast(3.4028234663852886e38 if dtype.itemsize == 4 else 1.7976931348623157e308, dtype)


def clean_number(x, nan, high, low):
    if np.isnan(x):
        return nan
    elif np.isinf(x):
        return high if x > 0 else low
    else:
        return x


def clean(x, nan, high, low):
    if prim.kind(prim.dtype(x)) == "c":
        z = prim.cast(complex(clean_number(x.real, nan, high, low), clean_number(x.imag, nan, high, low)), prim.dtype(x))
        return z
    else:
        return clean_number(x, nan, high, low)


def clean_array(a, nan, high, low):
    if a.ndim == 1:
        for i in range(len(a)):
            a[i] = clean(a[i], nan, high, low)
    elif prim.layout(a) == "C":
        clean_array(prim.view_c(a, a.size), nan, high, low)
    else:
        for i in range(len(a)):
            clean_array(a[i], nan, high, low)


def part_dtype(x):
    """The dtype of a number's parts."""
    if prim.kind(prim.dtype(x)) == "c":
        return prim.dtype(np.float32) if prim.dtype(x).itemsize == 8 else prim.dtype(np.float64)
    else:
        return prim.dtype(x)


def simple(x):
    """Refuses a replacement that isn't a number."""
    if x is not None and not prim.is_number(x):
        prim.error("np.nan_to_num replaces by numbers, not by {}", x)


@implements("numpy.nan_to_num")
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    simple(nan)
    simple(posinf)
    simple(neginf)
    if prim.is_array(x):
        if not is_inexact(x):
            return number_or_copy(x, copy)
        else:
            dtype = part_dtype(x)
            high = bound_or(posinf, largest(dtype), dtype)
            low = bound_or(neginf, -largest(dtype), dtype)
            if x.ndim == 0:
                return clean(x[()], prim.cast(nan, dtype), high, low)
            else:
                out = number_or_copy(x, copy)
                if prim.readonly(out):
                    raise ValueError("assignment destination is read-only")
                else:
                    clean_array(out, prim.cast(nan, dtype), high, low)
                    return out
    elif prim.is_number(x):
        one = as_array(x)
        if is_inexact(x):
            dtype = part_dtype(x)
            return clean(one[()], prim.cast(nan, dtype), bound_or(posinf, largest(dtype), dtype), bound_or(neginf, -largest(dtype), dtype))
        else:
            return one[()]
    else:
        return nan_to_num(as_array(x), copy, nan, posinf, neginf)


def number_or_copy(x, copy):
    if not prim.is_literal(copy):
        prim.error("copy must be a constant")
    elif x.ndim == 0:
        return x[()]
    elif copy:
        return x.copy("K")
    else:
        return x


def small(x):
    """What stands for zero in `sinc`."""
    if prim.kind(prim.dtype(x)) == "f":
        return prim.cast(1.1920928955078125e-07 if prim.dtype(x).itemsize == 4 else 2.220446049250313e-16, prim.dtype(x))
    else:
        return 1e-20


def real_if_real(x):
    if prim.kind(prim.dtype(x)) == "c":
        prim.error("the result of np.real_if_close of {} would depend on values: take .real", x)
    else:
        return x


@implements("numpy.real_if_close")
def real_if_close(a, tol=100):
    return real_if_real(as_array(a))


@implements("numpy.sinc")
def sinc(x):
    y = np.pi * numpy_number(operand(x))
    z = np.where(y != 0, y, small(y))
    return np.sin(z) / z


def numpy_number(x):
    if prim.is_weak(x):
        return as_array(x)[()]
    else:
        return x


@implements("numpy.isposinf")
def isposinf(x, out=None):
    if out is not None:
        prim.error("out= is not supported")
    elif prim.kind(prim.dtype(as_array(x))) == "c":
        prim.error("This operation is not supported for {} because it would be ambiguous.", x)
    else:
        return np.isinf(operand(x)) & ~np.signbit(as_signed(operand(x)))


@implements("numpy.isneginf")
def isneginf(x, out=None):
    if out is not None:
        prim.error("out= is not supported")
    elif prim.kind(prim.dtype(as_array(x))) == "c":
        prim.error("This operation is not supported for {} because it would be ambiguous.", x)
    else:
        return np.isinf(operand(x)) & np.signbit(as_signed(operand(x)))


def as_signed(x):
    """Floats stay; other numbers have no sign bit that matters."""
    if prim.kind(prim.dtype(x)) == "f":
        return x
    elif prim.is_array(x):
        return x.astype(np.float64)
    else:
        return float(x)


@implements("numpy.iscomplexobj")
def iscomplexobj(x):
    return prim.kind(prim.dtype(as_array(x))) == "c"


@implements("numpy.isrealobj")
def isrealobj(x):
    return prim.kind(prim.dtype(as_array(x))) != "c"


def wrap_line(out, p, period, high, low, ambiguous, limit):
    """One line: each step is brought into half a period to both sides."""
    if len(out) > 0:
        out[0] = prim.cast(p[0], prim.dtype(out))
        total = prim.cast(0, prim.dtype(out))
        for i in range(1, len(p)):
            dd = p[i] - p[i - 1]
            turned = np.mod(dd - low, period) + low
            if ambiguous and turned == low and dd > 0:
                turned = prim.cast(high, prim.dtype(turned))
            correction = turned - dd
            if abs(dd) < limit:
                correction = prim.cast(0, prim.dtype(correction))
            total = total + prim.cast(correction, prim.dtype(out))
            out[i] = prim.cast(p[i] + total, prim.dtype(out))


def wrap_along(out, p, axis, period, high, low, ambiguous, limit):
    if p.ndim == 1:
        wrap_line(out, p, period, high, low, ambiguous, limit)
    elif axis > 0:
        for i in range(len(p)):
            wrap_along(out[i], p[i], axis - 1, period, high, low, ambiguous, limit)
    else:
        for k in range(p.shape[1]):
            wrap_along(out[:, k], p[:, k], 0, period, high, low, ambiguous, limit)


@implements("numpy.unwrap")
def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586):
    a = as_array(p)
    dtype = prim.dtype(prim.promote(prim.cast(0, prim.dtype(a)), period))
    at = normalize(axis, a.ndim)
    out = prim.empty(a.shape, dtype)
    limit = period / 2 if discont is None else discont
    if prim.kind(dtype) == "c" or prim.kind(prim.dtype(a)) == "b":
        prim.error("np.unwrap takes integers and floats, not {}", p)
    elif prim.kind(dtype) == "f":
        wrap_along(out, a, at, period, period / 2, -(period / 2), True, limit)
    else:
        wrap_along(out, a, at, period, period // 2, -(period // 2), period % 2 == 0, limit)
    return out

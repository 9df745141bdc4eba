"""Rounding to decimals: `np.round` with `decimals=` or `out=`.

NumPy's steps: times a power of ten, to the nearest integer, and back; each of them rounds.
"""

from copying import as_array


def power_of_ten(n):
    """As NumPy has it: exact up to 22, then by repeated products."""
    if n < 9:
        return float(prim.lookup((1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8), n))
    scale = 1e9
    for i in range(n - 9):
        scale *= 10.0
    return float(scale)


@implements("numpy.round", "numpy.around", "ndarray.round")
def round_decimals(a, decimals=0, out=None):
    """Numbers rounded to so many decimals, half to even."""
    if not prim.is_integer(decimals):
        prim.error("the decimals must be an integer, not {}", decimals)
    elif out is not None:
        return rounded_into(as_array(a), int(decimals), out)
    elif prim.is_array(a):
        return rounded(a, decimals)
    elif prim.is_number(a):
        return rounded(prim.to_numpy(a), decimals)
    else:
        return rounded(as_array(a), decimals)


def rounded(x, decimals):
    if prim.kind(prim.dtype(x)) == "b":
        prim.error("np.round() of {} is not compiled", x)
    elif prim.is_literal(decimals) and decimals == 0:
        if prim.kind(prim.dtype(x)) in ("i", "u"):
            return +x
        else:
            return np.round(x)
    elif prim.kind(prim.dtype(x)) == "c":
        if not prim.is_array(x):
            return prim.cast(prim.complex(rounded(x.real, decimals), rounded(x.imag, decimals)), prim.dtype(x))
        elif x.ndim == 0:
            # A number comes of it.
            line = rounded(prim.view_c(x, 1), decimals)
            return line[0]
        else:
            result = np.empty_like(x)
            result.real = rounded(x.real, decimals)
            result.imag = rounded(x.imag, decimals)
            return result
    elif prim.kind(prim.dtype(x)) in ("i", "u"):
        return rounded_integers(x, int(decimals))
    else:
        n = int(decimals)
        scale = power_of_ten(abs(n))
        if n >= 0:
            return np.rint(x * scale) / scale
        return np.rint(x / scale) * scale


def rounded_integers(x, n):
    scale = power_of_ten(abs(n))
    if n >= 0:
        return +x
    return cast_all(np.rint(x / scale) * scale, prim.dtype(x))


def cast_all(x, dtype):
    return x.astype(dtype)


def rounded_into(x, n, out):
    if prim.dtype(x) != prim.dtype(out) or prim.kind(prim.dtype(x)) != "f":
        prim.error("out= of np.round() is compiled for floats, and an array of the same dtype; not {}", out)
    else:
        if not (x.shape == out.shape):
            raise ValueError("invalid output shape")
        scale = power_of_ten(abs(n))
        if n >= 0:
            np.divide(np.rint(x * scale), scale, out=out)
        else:
            np.multiply(np.rint(x / scale), scale, out=out)
        return out

"""Sliding products of two lines: convolve, correlate.

Each result is added up from the first factor to the last, four results at once. NumPy
calls BLAS for long factors: floats may differ in their last bits.
"""

from arrays import of_length
from copying import as_array
from products import in_dtype, plus, times


def a_line(x):
    """An argument as a line."""
    a = as_array(x)
    if a.ndim == 0:
        return prim.view_c(a.copy(), 1)
    elif a.ndim > 1:
        prim.error("object too deep for desired array: {}", x)
    else:
        return a


def check_mode(mode):
    """Refuses what isn't a mode."""
    if not prim.is_text(mode):
        prim.error("mode must be a string here, not {}", mode)
    elif not prim.is_literal(mode):
        if mode != "full" and mode != "same" and mode != "valid":
            if mode[:1].lower() in ("v", "s", "f"):
                raise ValueError("Use one of 'valid', 'same', or 'full' for convolve/correlate mode")
            raise ValueError("mode must be one of 'valid', 'same', or 'full' (got '" + mode + "')")
    elif mode != "full" and mode != "same" and mode != "valid":
        prim.error("mode must be one of 'valid', 'same', or 'full', not {}", mode)


def slide(out, a, v, left):
    """``out[i] = sum(a[i + j - left] * v[j])`` over the elements that there are; `v` isn't longer."""
    n = len(a)
    m = len(v)
    i = 0
    while i < len(out):
        begin = max(left - i, 0)
        if begin == 0 and i + 3 < len(out) and i + 3 - left + m <= n:
            four_at(out[i:i + 4], a[i - left:i - left + m + 3], v)
            i += 4
        else:
            end = min(m, n + left - i)
            out[i] = product_at(a, v, i - left, begin, end, prim.dtype(out))
            i += 1


def product_at(a, v, at, begin, end, dtype):
    """One result."""
    total = prim.cast(0, dtype)
    for j in range(begin, end):
        total = plus(total, times(a[at + j], v[j]))
    return total


def four_at(out, a, v):
    """Four neighbouring results."""
    m = len(v)
    dtype = prim.dtype(out)
    r0 = prim.cast(0, dtype)
    r1 = prim.cast(0, dtype)
    r2 = prim.cast(0, dtype)
    r3 = prim.cast(0, dtype)
    a0 = of_length(a, m)
    a1 = of_length(a[1:], m)
    a2 = of_length(a[2:], m)
    a3 = of_length(a[3:], m)
    for j in range(m):
        x = v[j]
        r0 = plus(r0, times(a0[j], x))
        r1 = plus(r1, times(a1[j], x))
        r2 = plus(r2, times(a2[j], x))
        r3 = plus(r3, times(a3[j], x))
    out[0] = r0
    out[1] = r1
    out[2] = r2
    out[3] = r3


def slid(a, v, mode):
    """The results of a mode; `v` isn't longer than `a`."""
    n = len(a)
    m = len(v)
    if mode == "valid":
        size = n - m + 1
        left = 0
    elif mode == "same":
        size = n
        left = m // 2
    else:
        size = n + m - 1
        left = m - 1
    out = prim.empty(size, prim.dtype(a))
    slide(out, a, v, left)
    return out


def packed(a, dtype):
    """A line in C order and in a dtype."""
    if prim.layout(a) == "C":
        return in_dtype(a, dtype)
    else:
        return a.astype(dtype, "C")


@implements("numpy.convolve")
def convolve(a, v, mode="full"):
    """The discrete convolution of two lines."""
    check_mode(mode)
    x = a_line(a)
    y = a_line(v)
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    if len(x) == 0:
        raise ValueError("a cannot be empty")
    if len(y) == 0:
        raise ValueError("v cannot be empty")
    if len(y) > len(x):
        return slid(packed(y, dtype), packed(x[::-1], dtype), mode)
    else:
        return slid(packed(x, dtype), packed(y[::-1], dtype), mode)


@implements("numpy.correlate")
def correlate(a, v, mode="valid"):
    """The cross-correlation of two lines."""
    check_mode(mode)
    x = a_line(a)
    y = a_line(v)
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    if len(x) == 0:
        raise ValueError("first array argument cannot be empty")
    if len(y) == 0:
        raise ValueError("second array argument cannot be empty")
    if len(y) > len(x):
        # The results of exchanged arguments are in reverse, and conjugated.
        turned = slid(packed(y, dtype), conjugated(packed(x, dtype)), mode)
        return conjugated(packed(turned[::-1], dtype))
    else:
        return slid(packed(x, dtype), conjugated(packed(y, dtype)), mode)


def conjugated(a):
    """The array, or its complex conjugate."""
    if prim.kind(prim.dtype(a)) == "c":
        return np.conjugate(a)
    else:
        return a

"""Library bodies: functions of scipy.special that are few operations on elementary ones.

Dtypes are SciPy's: most compute in float32 only where all operands have that dtype; `entr`,
`rel_entr` and `kl_div` wherever float32 holds all operands. Values can differ from SciPy's in
the last digits; what is infinite or not a number is the same. None of them warns. Not here:
error functions (`error_functions.py`), and gamma functions (`gamma_functions.py`).
"""

from error_functions import of_dtype, wide
from exponentials import np_exp, np_exp2, np_expm1
from logarithms import log1p_wide, np_arctanh, np_log, np_log1p
from powers import np_cbrt, power


def own(a):
    """An operand in the dtype of the result, of functions of one."""
    return of_dtype(wide(a), a)


def in_common(y, a, b):
    """A result of two operands: in float32 where both have that dtype."""
    if prim.dtype(a) == np.float32 and prim.dtype(b) == np.float32:
        return prim.cast(y, np.float32)
    else:
        return y


def is_small(a):
    """Whether float32 holds all values of an operand's dtype."""
    if prim.is_weak(a):
        # Of Python's numbers only bool is one.
        return prim.dtype(a) == np.bool_
    else:
        return prim.dtype(a) == np.float32 or (prim.kind(prim.dtype(a)) != "f" and prim.dtype(a).itemsize <= 2)


def is_narrow(a, b):
    """Whether float32 is what two operands have in common."""
    if prim.is_weak(a) and prim.is_weak(b):
        return is_small(a) and is_small(b)
    elif prim.is_weak(a):
        return is_small(b) and gives_way(a, b)
    elif prim.is_weak(b):
        return is_small(a) and gives_way(b, a)
    else:
        return is_small(a) and is_small(b)


def gives_way(weak, other):
    """Whether a Python number takes float32 beside another operand: an int beside small integers too."""
    kind = prim.kind(prim.dtype(weak))
    if prim.dtype(other) == np.float32 or kind == "b":
        return True
    else:
        return kind == "i" and prim.kind(prim.dtype(other)) != "b"


def exp2(a):
    return np_exp2(own(a))


def exp10(a):
    return of_dtype(power(prim.cast(10.0, np.float64), wide(a)), a)


def expm1(a):
    return np_expm1(own(a))


def log1p(a):
    return np_log1p(own(a))


def cbrt(a):
    return np_cbrt(own(a))


def expit(a):
    """`1 / (1 + exp(-x))`, without overflow."""
    x = wide(a)
    e = np_exp(-prim.fabs(x))
    return of_dtype(prim.divide(prim.select(x < 0.0, e, prim.cast(1.0, np.float64)), 1.0 + e), a)


def log_expit(a):
    """The logarithm of `expit`."""
    x = wide(a)
    return of_dtype(prim.select(x < 0.0, x, prim.copysign(0.0, -1.0)) - log1p_wide(np_exp(-prim.fabs(x))), a)


def logit(a):
    """`log(x / (1 - x))`; near 1/2 as an inverse hyperbolic tangent, which is exact there."""
    x = wide(a)
    middle = np_arctanh(2.0 * x - 1.0) * 2.0
    return of_dtype(prim.select(prim.fabs(x - 0.5) < 0.25, middle, np_log(prim.divide(x, 1.0 - x))), a)


def zero_or(x, y, value):
    """A product with x; 0 where x is, and y isn't nan."""
    return prim.select((x == 0.0) & (y == y), prim.cast(0.0, np.float64), value)


def xlogy(a, b):
    x = wide(a)
    y = wide(b)
    return in_common(zero_or(x, y, x * np_log(y)), a, b)


def xlog1py(a, b):
    x = wide(a)
    y = wide(b)
    return in_common(zero_or(x, y, x * log1p_wide(y)), a, b)


def entr(a):
    x = wide(a)
    y = prim.select(x > 0.0, -x * np_log(x), prim.select(x < 0.0, prim.cast(-np.inf, np.float64), x))
    y = prim.select(x == 0.0, prim.cast(0.0, np.float64), y)
    if is_small(a):
        return prim.cast(y, np.float32)
    else:
        return y


def log_of_ratio(x, y):
    """`log(x / y)` of positive numbers: near 1 by the difference, and where the quotient isn't normal by two."""
    q = prim.divide(x, y)
    near = (q > 0.5) & (q < 2.0)
    fine = (q > 1e-290) & (q < 1e290)
    far = np_log(x) - np_log(y)
    return prim.select(near, log1p_wide(prim.divide(x - y, y)), prim.select(fine, np_log(q), far))


def as_wanted(y, a, b):
    if is_narrow(a, b):
        return prim.cast(y, np.float32)
    else:
        return y


def rel_entr(a, b):
    x = wide(a)
    y = wide(b)
    result = prim.select((x > 0.0) & (y > 0.0), x * log_of_ratio(x, y), prim.cast(np.inf, np.float64))
    result = prim.select((x == 0.0) & (y >= 0.0), prim.cast(0.0, np.float64), result)
    return as_wanted(prim.select((x == x) & (y == y), result, x + y), a, b)


def kl_div(a, b):
    x = wide(a)
    y = wide(b)
    result = prim.select((x > 0.0) & (y > 0.0), x * log_of_ratio(x, y) - x + y, prim.cast(np.inf, np.float64))
    result = prim.select((x == 0.0) & (y >= 0.0), y, result)
    return as_wanted(prim.select((x == x) & (y == y), result, x + y), a, b)

"""Library bodies: functions of `float32` by the approximate instructions of devices.

They stand for NumPy's and `math`'s functions where a kernel's `fastmath` has `afn`, and for the
`fast_` functions of `cumbia.cuda.libdevice`. Emulated kernels, and devices that lack the
instruction, have the precise function. `math` gives a nan or an infinity where Python raises, as
on processors.
"""

from device_single import both_single, kept


def fast_sin(x):
    return prim.native("sin_approx", x, prim.sin(x))


def fast_cos(x):
    return prim.native("cos_approx", x, prim.cos(x))


def fast_tan(x):
    r = prim.native("sin_approx", x, x)
    return prim.native("div_approx", r, prim.native("cos_approx", x, x), prim.tan(x))


def fast_tanh(x):
    return prim.native("tanh_approx", x, prim.tanh(x))


def fast_exp(x):
    return prim.native("exp2_approx", x * np.float32(1.4426950408889634), prim.exp(x))


def fast_exp2(x):
    return prim.native("exp2_approx", x, prim.exp2(x))


def fast_exp10(x):
    return prim.native("exp2_approx", x * np.float32(3.321928094887362), prim.pow(np.float32(10.0), x))


def fast_log2(x):
    return prim.native("log2_approx", x, prim.log2(x))


# What stands for the last instruction elsewhere is the whole function.
def fast_log(x):
    return prim.native("mul_rn", prim.native("log2_approx", x, x), np.float32(0.6931471805599453), prim.log(x))


def fast_log10(x):
    return prim.native("mul_rn", prim.native("log2_approx", x, x), np.float32(0.3010299956639812), prim.log10(x))


def fast_pow(x, y):
    """Of magnitudes, so that whole powers of negative numbers have their sign."""
    r = prim.native("exp2_approx", y * prim.native("log2_approx", prim.fabs(x), x), prim.pow(prim.fabs(x), y))
    half = np.float32(0.5) * y
    odd = (prim.trunc(y) == y) & (prim.trunc(half) != half)
    r = prim.select(prim.signbit(x) & odd, -r, r)
    undefined = (x < np.float32(0.0)) & (prim.trunc(y) != y) & prim.isfinite(x)
    r = prim.select(undefined, np.float32(np.nan), r)
    return prim.select((y == np.float32(0.0)) | (x == np.float32(1.0)), np.float32(1.0), r)


def by(fast, precise, x):
    a = prim.promote_float(x)
    if prim.dtype(a) == np.float32:
        return fast(a)
    else:
        return precise(x)


@implements("trigonometry.np_sin/native")
def np_sin(x):
    return by(fast_sin, np.sin, x)


@implements("trigonometry.np_cos/native")
def np_cos(x):
    return by(fast_cos, np.cos, x)


@implements("trigonometry.np_tan/native")
def np_tan(x):
    return by(fast_tan, np.tan, x)


@implements("exponentials.np_tanh/native")
def np_tanh(x):
    return by(fast_tanh, np.tanh, x)


@implements("exponentials.np_exp/native")
def np_exp(x):
    return by(fast_exp, np.exp, x)


@implements("exponentials.np_exp2/native")
def np_exp2(x):
    return by(fast_exp2, np.exp2, x)


@implements("logarithms.np_log/native")
def np_log(x):
    return by(fast_log, np.log, x)


@implements("logarithms.np_log2/native")
def np_log2(x):
    return by(fast_log2, np.log2, x)


@implements("logarithms.np_log10/native")
def np_log10(x):
    return by(fast_log10, np.log10, x)


@implements("powers.np_power/native")
def np_power(x, y):
    a = prim.promote(x, y)
    if prim.dtype(a) == np.float32:
        return fast_pow(a, prim.promote(y, x))
    else:
        return np.power(x, y)


def is_single(x):
    return prim.dtype(kept(x)) == np.float32


@implements("math.sin/native")
def sin(x, /):
    return fast_sin(x) if is_single(x) else math.sin(x)


@implements("math.cos/native")
def cos(x, /):
    return fast_cos(x) if is_single(x) else math.cos(x)


@implements("math.tan/native")
def tan(x, /):
    return fast_tan(x) if is_single(x) else math.tan(x)


@implements("math.tanh/native")
def tanh(x, /):
    return fast_tanh(x) if is_single(x) else math.tanh(x)


@implements("math.exp/native")
def exp(x, /):
    return fast_exp(x) if is_single(x) else math.exp(x)


@implements("math.exp2/native")
def exp2(x, /):
    return fast_exp2(x) if is_single(x) else math.exp2(x)


@implements("math.log2/native")
def log2(x, /):
    return fast_log2(x) if is_single(x) else math.log2(x)


@implements("math.log10/native")
def log10(x, /):
    return fast_log10(x) if is_single(x) else math.log10(x)


@implements("math.log/native")
def log(x, base=None, /):
    if base is None and is_single(x):
        return fast_log(x)
    return math.log(x) if base is None else math.log(x, base)


@implements("math.pow/native")
def pow(x, y, /):
    if both_single(x, y):
        return fast_pow(prim.cast(x, np.float32), prim.cast(y, np.float32))
    return math.pow(x, y)

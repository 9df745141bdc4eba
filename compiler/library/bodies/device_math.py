"""Library bodies: elementary functions of `float32` in kernels, without double precision.

On a processor these are computed in `float64` and rounded once, which most devices do at a
thirtieth of the speed. Within 1 ULP (1.1 ULP where the result is subnormal); a kernel that is
emulated gives the same bits. Everything is one way without branches.
"""

from exponentials import np_exp
from logarithms import np_log


@implements("exponentials.np_exp/device")
def exp(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return exp_single(x)
    else:
        return np_exp(a)


def exp_single(a):
    x = prim.select(a > np.float32(89.0), np.float32(89.0), a)
    x = prim.select(x < np.float32(-104.0), np.float32(-104.0), x)
    # 1.5 * 2**23: the sum's last bits are the whole number.
    shifted = prim.fma(x, np.float32(1.4426950408889634), np.float32(12582912.0))
    n = shifted - np.float32(12582912.0)
    # The first product is exact; what the second one's sum loses is added to small terms.
    whole = prim.fma(n, np.float32(-0.693145751953125), x)
    r = prim.fma(n, np.float32(-1.428606765330187e-06), whole)
    lost = prim.fma(n, np.float32(-1.428606765330187e-06), whole - r)
    p = prim.fma(np.float32(0.0013951703440397978), r, np.float32(0.008369590155780315))
    p = prim.fma(p, r, np.float32(0.0416661873459816))
    p = prim.fma(p, r, np.float32(0.16666513681411743))
    p = prim.fma(p, r, np.float32(0.5))
    y = np.float32(1.0) + (r + prim.fma(r * r, p, lost))
    # In two steps, since neither 2**128 nor 2**-150 is a number.
    whole = prim.wrap_sub(prim.bits(shifted), np.int32(0x4B400000))
    half = whole >> np.int32(1)
    return y * power_of_two(half) * power_of_two(prim.wrap_sub(whole, half))


def power_of_two(n):
    return prim.from_bits(prim.wrap_add(n, np.int32(127)) << np.int32(23))


@implements("logarithms.np_log/device")
def log(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return log_single(x)
    else:
        return np_log(a)


def log_single(a):
    # Subnormal numbers have their exponent in the mantissa.
    small = a < np.float32(1.1754943508222875e-38)
    x = prim.select(small, a * np.float32(8388608.0), a)
    bits = prim.bits(x)
    e = prim.wrap_sub(bits, np.int32(0x3F3504F3)) >> np.int32(23)
    m = prim.from_bits(prim.wrap_sub(bits, e << np.int32(23)))
    n = np.float32(e) - prim.select(small, np.float32(23.0), np.float32(0.0))
    f = m - np.float32(1.0)
    p = prim.fma(np.float32(0.06913567334413528), f, np.float32(-0.11789250373840332))
    p = prim.fma(p, f, np.float32(0.11873426288366318))
    p = prim.fma(p, f, np.float32(-0.12384461611509323))
    p = prim.fma(p, f, np.float32(0.14218616485595703))
    p = prim.fma(p, f, np.float32(-0.16669243574142456))
    p = prim.fma(p, f, np.float32(0.20002228021621704))
    p = prim.fma(p, f, np.float32(-0.24999986588954926))
    p = prim.fma(p, f, np.float32(0.3333331048488617))
    z = f * f
    q = prim.fma(n, np.float32(-2.12194440e-4), f * z * p)
    q = prim.fma(np.float32(-0.5), z, q)
    y = prim.fma(n, np.float32(0.693359375), f + q)
    infinity = prim.cast(np.inf, np.float32)
    y = prim.select(a < infinity, y, a)
    y = prim.select(a > np.float32(0.0), y, prim.select(a == np.float32(0.0), -infinity, prim.cast(np.nan, np.float32)))
    return prim.select(a != a, a, y)

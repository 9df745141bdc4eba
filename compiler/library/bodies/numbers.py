"""Library bodies: operators and builtins of numbers that need a decision or a loop.

`py_*` follow CPython's numbers and give Python numbers; `np_*` follow NumPy's
scalars: they bring both operands to the dtype that NumPy computes in
(`prim.promote`) and raise nothing, but for integer powers. The front end chooses by
the operands' types (`numeric/rules.rs`); nothing here is called by name from user
code. Texts of exceptions are CPython's of 3.11 to 3.13 (`numeric/text.rs`).
"""


# Integers


def py_int_power(a, b):
    base = int(a)
    n = int(b)
    if n < 0:
        raise ValueError("an int to a negative power that is known at run time only: write the base as a float, 2.0 ** n")
    result = 1
    # The square is taken only when a higher bit follows, so that it is a factor of
    # the result and overflows only if the result does.
    while n > 1:
        if n & 1:
            result = result * base
        base = base * base
        n = n >> 1
    if n == 1:
        result = result * base
    return result


def np_int_power(a, b):
    base = prim.promote_int(a, b)
    n = prim.promote_int(b, a)
    if n < 0:
        raise ValueError("Integers to negative integer powers are not allowed.")
    result = prim.cast(1, prim.dtype(base))
    while n > 1:
        if n & 1:
            result = result * base
        base = base * base
        n = n >> 1
    if n == 1:
        result = result * base
    return result


def py_pow_mod(a, b, m):
    base = int(a)
    n = int(b)
    modulus = int(m)
    if modulus == 0:
        raise ValueError("pow() 3rd argument cannot be 0")
    if n < 0:
        base = inverse(base, modulus)
        n = -n
    return prim.pow_mod(base, n, modulus)


def inverse(a, modulus):
    # Extended Euclid on the remainders; all values stay below the modulus.
    m = abs(modulus)
    r0 = m
    r1 = a % m
    t0 = 0
    t1 = 1
    while r1 != 0:
        q = r0 // r1
        r = r0 - q * r1
        r0 = r1
        r1 = r
        t = t0 - q * t1
        t0 = t1
        t1 = t
    if r0 != 1:
        raise ValueError("base is not invertible for the given modulus")
    return t0 % m


def np_gcd(a, b):
    x = prim.promote(a, b)
    y = prim.promote(b, a)
    while y != 0:
        r = prim.c_remainder(x, y)
        x = y
        y = r
    return abs(x)


def np_lcm(a, b):
    x = prim.promote(a, b)
    y = prim.promote(b, a)
    g = np_gcd(x, y)
    return abs(prim.c_quotient(x, g)) * abs(y)


def py_int_round(a, digits):
    x = int(a)
    n = int(digits)
    if n >= 0:
        return x
    if n < -19:
        return 0
    if n == -19:
        if x > 5000000000000000000 or x < -5000000000000000000:
            raise OverflowError("integer result too large: it does not fit in 64 bits")
        return 0
    unit = py_int_power(10, -n)
    q = x // unit
    r = x % unit
    half = unit // 2
    if r > half or (r == half and q & 1):
        q = q + 1
    return q * unit


def np_int_round(a, digits):
    n = int(digits)
    if n >= 0:
        return a
    scale = prim.pow(10.0, float(-n))
    return prim.cast(prim.rint(a / scale) * scale, prim.dtype(a))


# Floats


def py_float_round(a, digits):
    x = float(a)
    r = prim.round_decimal(x, int(digits))
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("rounded value too large to represent")
    return r


def np_float_round(a, digits):
    n = int(digits)
    if n == 0:
        return prim.rint(a)
    if n > 0:
        scale = prim.pow(10.0, float(n))
        return prim.rint(a * scale) / scale
    scale = prim.pow(10.0, float(-n))
    return prim.rint(a / scale) * scale


# Floor division of floats: the remainder is exact (C's fmod) and gets the divisor's
# sign; the quotient is rounded from the exact multiple. As in CPython's
# `Objects/floatobject.c` and NumPy's `npymath`.


def is_power_of_two(y):
    # From 1 on, so that quotients don't overflow.
    if prim.dtype(y) == np.float32:
        return y >= 1.0 and y <= 1152921504606846976.0 and prim.bits(y) & 8388607 == 0
    else:
        return y >= 1.0 and y <= 1152921504606846976.0 and prim.bits(y) & 4503599627370495 == 0


def float_remainder(x, y):
    if is_power_of_two(y):
        # Without a remainder's instruction: all but the last sum, which those below round as
        # well, is exact. The least of numbers may vanish in the quotient; the divisor is what
        # their sum with it is rounded to.
        r = prim.fma(prim.floor(prim.divide(x, y)), -y, x)
        if r < 0.0:
            return y
        return r
    m = prim.fmod(x, y)
    if m != 0.0:
        if (y < 0.0) != (m < 0.0):
            m = m + y
    else:
        m = prim.copysign(m, y)
    return m


def float_divmod(x, y):
    m = prim.fmod(x, y)
    q = prim.divide(x - m, y)
    if m != 0.0:
        if (y < 0.0) != (m < 0.0):
            m = m + y
            q = q - 1.0
    else:
        m = prim.copysign(m, y)
    if q != 0.0:
        f = prim.floor(q)
        if q - f > 0.5:
            f = f + 1.0
    else:
        f = prim.copysign(q, prim.divide(x, y))
    return f, m


def py_float_floor_divide(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        raise ZeroDivisionError("float floor division by zero")
    q, m = float_divmod(x, y)
    return q


def py_float_modulo(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        raise ZeroDivisionError("float modulo")
    return float_remainder(x, y)


def py_float_divmod(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        raise ZeroDivisionError("float divmod()")
    return float_divmod(x, y)


@implements("numbers.py_float_floor_divide/quiet")
def quiet_float_floor_divide(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        return prim.divide(x, y)
    q, m = float_divmod(x, y)
    return q


@implements("numbers.py_float_modulo/quiet")
def quiet_float_modulo(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        return prim.fmod(x, y)
    return float_remainder(x, y)


@implements("numbers.py_float_divmod/quiet")
def quiet_float_divmod(a, b):
    x = float(a)
    y = float(b)
    if y == 0.0:
        return prim.divide(x, y), prim.fmod(x, y)
    return float_divmod(x, y)


@implements("numbers.py_complex_divide/quiet")
def quiet_complex_divide(a, b):
    x = complex(a)
    y = complex(b)
    if prim.real(y) == 0.0 and prim.imag(y) == 0.0:
        return complex(np_complex_quotient(prim.to_numpy(x), prim.to_numpy(y)))
    return py_complex_divide(x, y)


def np_float_floor_divide(a, b):
    x = prim.promote(a, b)
    y = prim.promote(b, a)
    if y == 0.0:
        return x / y
    q, m = float_divmod(x, y)
    return q


def np_float_modulo(a, b):
    x = prim.promote(a, b)
    y = prim.promote(b, a)
    if y == 0.0:
        return prim.fmod(x, y)
    return float_remainder(x, y)


def np_float_divmod(a, b):
    x = prim.promote(a, b)
    y = prim.promote(b, a)
    if y == 0.0:
        return x / y, prim.fmod(x, y)
    return float_divmod(x, y)


def py_float_power(a, b):
    x = float(a)
    y = float(b)
    if x <= 0.0 and prim.isfinite(y):
        if x == 0.0 and y < 0.0:
            raise ZeroDivisionError("0.0 cannot be raised to a negative power")
        if x < 0.0 and prim.isfinite(x) and prim.floor(y) != y:
            raise ValueError("a negative float to a fractional power is complex in Python: write complex(x) ** y")
    r = prim.pow(x, y)
    if prim.rarely(prim.isinf(r)):
        if prim.isfinite(x) and prim.isfinite(y):
            raise OverflowError("(34, 'Numerical result out of range')")
    return r


def np_radians(a):
    x = prim.promote_float(a)
    factor = prim.cast(3.141592653589793, prim.dtype(x)) / 180.0
    return x * factor


def np_degrees(a):
    x = prim.promote_float(a)
    factor = 180.0 / prim.cast(3.141592653589793, prim.dtype(x))
    return x * factor


def np_heaviside(a, b):
    x = prim.promote_float(a, b)
    if x != x:
        return x
    if x == 0.0:
        return prim.promote_float(b, a)
    if x < 0.0:
        return prim.cast(0.0, prim.dtype(x))
    return prim.cast(1.0, prim.dtype(x))


def np_logaddexp(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if x == y:
        # Also for equal infinities, whose difference is nan.
        return x + 0.6931471805599453
    d = x - y
    if d > 0.0:
        return x + prim.log1p(prim.exp(-d))
    if d <= 0.0:
        return y + prim.log1p(prim.exp(d))
    return d


def np_logaddexp2(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if x == y:
        return x + 1.0
    d = x - y
    if d > 0.0:
        return x + prim.log1p(prim.exp2(-d)) * 1.4426950408889634
    if d <= 0.0:
        return y + prim.log1p(prim.exp2(d)) * 1.4426950408889634
    return d


def np_ldexp(a, b):
    return prim.ldexp(prim.promote_float(a), b)


# Complex numbers


def py_complex_abs(a):
    r = prim.hypot(prim.real(a), prim.imag(a))
    if prim.isinf(r) and prim.isfinite(prim.real(a)) and prim.isfinite(prim.imag(a)):
        raise OverflowError("absolute value too large")
    return r


def py_complex_divide(a, b):
    # Smith's method, scaled by the larger part of the divisor (R. L. Smith,
    # "Algorithm 116", CACM 1962), with divisions where NumPy has a reciprocal.
    x = complex(a)
    y = complex(b)
    ar = prim.real(x)
    ai = prim.imag(x)
    br = prim.real(y)
    bi = prim.imag(y)
    if prim.fabs(br) >= prim.fabs(bi):
        if br == 0.0:
            raise ZeroDivisionError("complex division by zero")
        ratio = prim.divide(bi, br)
        scale = br + bi * ratio
        return prim.complex(prim.divide(ar + ai * ratio, scale), prim.divide(ai - ar * ratio, scale))
    if prim.fabs(bi) >= prim.fabs(br):
        ratio = prim.divide(br, bi)
        scale = br * ratio + bi
        return prim.complex(prim.divide(ar * ratio + ai, scale), prim.divide(ai * ratio - ar, scale))
    # A part of the divisor is nan.
    return prim.complex(np.nan, np.nan)


def np_complex_quotient(x, y):
    ar = prim.real(x)
    ai = prim.imag(x)
    br = prim.real(y)
    bi = prim.imag(y)
    if prim.fabs(br) >= prim.fabs(bi):
        if br == 0.0 and bi == 0.0:
            return prim.complex(ar / prim.fabs(br), ai / prim.fabs(br))
        ratio = bi / br
        scale = 1.0 / (br + bi * ratio)
        return prim.complex((ar + ai * ratio) * scale, (ai - ar * ratio) * scale)
    ratio = br / bi
    scale = 1.0 / (bi + br * ratio)
    return prim.complex((ar * ratio + ai) * scale, (ai * ratio - ar) * scale)


def np_complex_divide(a, b):
    return np_complex_quotient(prim.promote(a, b), prim.promote(b, a))


def np_complex_reciprocal(a):
    x = prim.to_numpy(a)
    re = prim.real(x)
    im = prim.imag(x)
    if prim.fabs(im) <= prim.fabs(re):
        ratio = im / re
        scale = re + im * ratio
        return prim.complex(1.0 / scale, -ratio / scale)
    ratio = re / im
    scale = re * ratio + im
    return prim.complex(ratio / scale, -1.0 / scale)


def complex_int_power(x, one, n):
    # From the lowest bit, as both CPython and NumPy do: the order decides the bits.
    result = one
    p = x
    while n > 0:
        if n & 1:
            result = result * p
        n = n >> 1
        if n > 0:
            p = p * p
    return result


def polar_power(x, y):
    re = prim.real(x)
    im = prim.imag(x)
    yr = prim.real(y)
    yi = prim.imag(y)
    size = prim.hypot(re, im)
    length = prim.pow(size, yr)
    angle = prim.atan2(im, re)
    phase = angle * yr
    if yi != 0.0:
        length = length * prim.exp(-angle * yi)
        phase = phase + yi * prim.log(size)
    return prim.complex(length * prim.cos(phase), length * prim.sin(phase)), phase


def py_complex_power(a, b):
    x = complex(a)
    y = complex(b)
    yr = prim.real(y)
    yi = prim.imag(y)
    if yr == 0.0 and yi == 0.0:
        return complex(1.0, 0.0)
    if prim.real(x) == 0.0 and prim.imag(x) == 0.0 and (yi != 0.0 or yr < 0.0):
        raise ZeroDivisionError("0.0 to a negative or complex power")
    if yi == 0.0 and yr == prim.floor(yr) and prim.fabs(yr) <= 100.0:
        n = prim.int_of_float(yr)
        one = complex(1.0, 0.0)
        if n > 0:
            r = complex_int_power(x, one, n)
        else:
            r = py_complex_divide(one, complex_int_power(x, one, -n))
    elif prim.real(x) == 0.0 and prim.imag(x) == 0.0:
        return complex(0.0, 0.0)
    else:
        r, phase = polar_power(x, y)
        if prim.isinf(phase):
            # The C library's complaint about the sine of infinity.
            raise ZeroDivisionError("0.0 to a negative or complex power")
    if prim.isinf(prim.real(r)) or prim.isinf(prim.imag(r)):
        raise OverflowError("complex exponentiation")
    return r


def np_complex_pow(x, y):
    yr = prim.real(y)
    yi = prim.imag(y)
    zero = prim.real(x) == 0.0 and prim.imag(x) == 0.0
    one = prim.cast(1.0, prim.dtype(x))
    if yr == 0.0 and yi == 0.0:
        return one
    if zero:
        if yr > 0.0:
            return prim.cast(0.0, prim.dtype(x))
        lost = prim.real(x) / prim.imag(x)
        return prim.cast(prim.complex(lost, lost), prim.dtype(x))
    if yi == 0.0 and yr == prim.floor(yr) and prim.fabs(yr) < 100.0:
        n = prim.int_of_float(yr)
        if n > 0:
            return complex_int_power(x, one, n)
        return np_complex_quotient(one, complex_int_power(x, one, -n))
    r, phase = polar_power(x, y)
    return r


def np_complex_power(a, b):
    return np_complex_pow(prim.promote(a, b), prim.promote(b, a))


def np_complex_float_power(a, b):
    d = prim.dtype("complex128")
    return np_complex_pow(prim.cast(a, d), prim.cast(b, d))


def np_spacing(a):
    """The distance to the next number away from zero; of zero the smallest number."""
    x = prim.promote_float(a, a)
    if x == 0:
        return prim.nextafter(prim.cast(0, prim.dtype(x)), prim.cast(1, prim.dtype(x)))
    elif prim.isinf(x):
        return prim.cast(np.nan, prim.dtype(x))
    else:
        return prim.nextafter(x, prim.copysign(prim.cast(np.inf, prim.dtype(x)), x)) - x


# Calls with names: what they are without.


@implements("builtins.round/named")
def round_named(number, ndigits=None):
    if ndigits is None:
        return round(number)
    else:
        return round(number, ndigits)


@implements("builtins.pow/named")
def pow_named(base, exp, mod=None):
    if mod is None:
        return pow(base, exp)
    else:
        return pow(base, exp, mod)


@implements("builtins.complex/named")
def complex_named(real=0, imag=0):
    return complex(real, imag)

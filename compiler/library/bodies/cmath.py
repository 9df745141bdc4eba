"""Library bodies: the `cmath` module.

CPython's algorithms (`Modules/cmathmodule.c` refers to W. Kahan, "Branch Cuts for
Complex Elementary Functions", 1987), so that results agree bit for bit: arguments near
overflow and underflow are scaled, and a table has the values where a part is infinite or
nan (`prim.cmath_special`, `runtime/core/src/complex.rs`; the numbers below are positions
in it). Errors are CPython's: ValueError at poles and where the result is invalid,
OverflowError where a finite argument gives an infinite part.

Arguments become Python complex numbers, also NumPy's.
"""


def finite(z):
    return prim.isfinite(prim.real(z)) and prim.isfinite(prim.imag(z))


def special(which, x, y):
    return prim.complex(prim.cmath_special(2 * which, x, y), prim.cmath_special(2 * which + 1, x, y))


def invalid():
    raise ValueError("math domain error")


def in_range(re, im):
    if prim.isinf(re) or prim.isinf(im):
        raise OverflowError("math range error")
    return prim.complex(re, im)


def turned(z):
    """`z * 1j`, and `unturned` the way back, without the signs that products lose."""
    return prim.complex(-prim.imag(z), prim.real(z))


def unturned(z):
    return prim.complex(prim.imag(z), -prim.real(z))


def is_large(x, y):
    # A quarter of the largest float.
    return prim.fabs(x) > 4.4942328371557893e307 or prim.fabs(y) > 4.4942328371557893e307


def log_large(x, y):
    return prim.log(prim.hypot(x / 2.0, y / 2.0)) + 1.3862943611198906


# Powers and logarithms


def root(z):
    """The square root, not in a pole's way: what `sqrt` and the inverses use."""
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        return special(8, x, y)
    if x == 0.0 and y == 0.0:
        return prim.complex(0.0, y)
    ax = prim.fabs(x)
    ay = prim.fabs(y)
    if ax < 2.2250738585072014e-308 and ay < 2.2250738585072014e-308:
        ax = prim.ldexp(ax, 53)
        s = prim.ldexp(prim.sqrt(ax + prim.hypot(ax, prim.ldexp(ay, 53))), -27)
    else:
        ax = ax / 8.0
        s = 2.0 * prim.sqrt(ax + prim.hypot(ax, ay / 8.0))
    d = prim.divide(ay, 2.0 * s)
    if x >= 0.0:
        return prim.complex(s, prim.copysign(d, y))
    return prim.complex(d, prim.copysign(s, y))


@implements("cmath.sqrt")
def sqrt(z, /):
    return root(complex(z))


def growth(which, z):
    """`exp` at arguments that aren't finite, and its kin by their numbers."""
    return special(which, prim.real(z), prim.imag(z))


@implements("cmath.exp")
def exp(z, /):
    z = complex(z)
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            size = prim.select(x > 0.0, np.inf, 0.0)
            return prim.complex(prim.copysign(size, prim.cos(y)), prim.copysign(size, prim.sin(y)))
        if prim.isinf(y) and (prim.isfinite(x) or x > 0.0):
            invalid()
        return special(5, x, y)
    if x > 708.3964185322641:
        size = prim.exp(x - 1.0)
        return in_range(size * prim.cos(y) * 2.718281828459045, size * prim.sin(y) * 2.718281828459045)
    size = prim.exp(x)
    return in_range(size * prim.cos(y), size * prim.sin(y))


def logarithm(z):
    """The logarithm; minus infinity at zero."""
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        return special(6, x, y)
    ax = prim.fabs(x)
    ay = prim.fabs(y)
    if is_large(ax, ay):
        size = prim.log(prim.hypot(ax / 2.0, ay / 2.0)) + 0.6931471805599453
    elif ax < 2.2250738585072014e-308 and ay < 2.2250738585072014e-308:
        if ax == 0.0 and ay == 0.0:
            return prim.complex(-np.inf, prim.atan2(y, x))
        size = prim.log(prim.hypot(prim.ldexp(ax, 53), prim.ldexp(ay, 53))) - 53.0 * 0.6931471805599453
    else:
        h = prim.hypot(ax, ay)
        if 0.71 <= h and h <= 1.73:
            high = prim.select(ax > ay, ax, ay)
            low = prim.select(ax > ay, ay, ax)
            size = prim.log1p((high - 1.0) * (high + 1.0) + low * low) / 2.0
        else:
            size = prim.log(h)
    return prim.complex(size, prim.atan2(y, x))


def quotient(a, b):
    # As the division of complex numbers, but by zero a domain error.
    if prim.real(b) == 0.0 and prim.imag(b) == 0.0:
        invalid()
    return a / b


@implements("cmath.log")
def log(z, base=None, /):
    if base is None:
        return nonzero_log(complex(z))
    # CPython forgets an error of the first logarithm when it takes the second.
    return quotient(logarithm(complex(z)), nonzero_log(complex(base)))


def nonzero_log(z):
    if prim.real(z) == 0.0 and prim.imag(z) == 0.0:
        invalid()
    return logarithm(z)


@implements("cmath.log10")
def log10(z, /):
    r = nonzero_log(complex(z))
    return prim.complex(prim.real(r) / 2.302585092994046, prim.imag(r) / 2.302585092994046)


# Hyperbolic functions, and the trigonometric ones through them


def infinite_along(x, y, re, im):
    """Infinity in the direction of an angle, times signs."""
    return prim.complex(re * prim.copysign(np.inf, prim.cos(y)), im * prim.copysign(np.inf, prim.sin(y)))


def hyperbolic_cosine(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            return infinite_along(x, y, 1.0, prim.copysign(1.0, x))
        if prim.isinf(y) and x == x:
            invalid()
        return special(4, x, y)
    if prim.fabs(x) > 708.3964185322641:
        u = x - prim.copysign(1.0, x)
        return in_range(
            prim.cos(y) * prim.cosh(u) * 2.718281828459045, prim.sin(y) * prim.sinh(u) * 2.718281828459045
        )
    return in_range(prim.cos(y) * prim.cosh(x), prim.sin(y) * prim.sinh(x))


@implements("cmath.cosh")
def cosh(z, /):
    return hyperbolic_cosine(complex(z))


@implements("cmath.cos")
def cos(z, /):
    return hyperbolic_cosine(turned(complex(z)))


def hyperbolic_sine(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            return infinite_along(x, y, prim.copysign(1.0, x), 1.0)
        if prim.isinf(y) and x == x:
            invalid()
        return special(7, x, y)
    if prim.fabs(x) > 708.3964185322641:
        u = x - prim.copysign(1.0, x)
        return in_range(
            prim.cos(y) * prim.sinh(u) * 2.718281828459045, prim.sin(y) * prim.cosh(u) * 2.718281828459045
        )
    return in_range(prim.cos(y) * prim.sinh(x), prim.sin(y) * prim.cosh(x))


@implements("cmath.sinh")
def sinh(z, /):
    return hyperbolic_sine(complex(z))


@implements("cmath.sin")
def sin(z, /):
    return unturned(hyperbolic_sine(turned(complex(z))))


def hyperbolic_tangent(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            zero = prim.copysign(0.0, 2.0 * prim.sin(y) * prim.cos(y))
            return prim.complex(prim.copysign(1.0, x), zero)
        if prim.isinf(y) and prim.isfinite(x):
            invalid()
        return special(9, x, y)
    if prim.fabs(x) > 708.3964185322641:
        return prim.complex(
            prim.copysign(1.0, x), 4.0 * prim.sin(y) * prim.cos(y) * prim.exp(-2.0 * prim.fabs(x))
        )
    tx = prim.tanh(x)
    ty = prim.tan(y)
    cx = prim.divide(1.0, prim.cosh(x))
    product = tx * ty
    scale = 1.0 + product * product
    return prim.complex(tx * (1.0 + ty * ty) / scale, ((ty / scale) * cx) * cx)


@implements("cmath.tanh")
def tanh(z, /):
    return hyperbolic_tangent(complex(z))


@implements("cmath.tan")
def tan(z, /):
    return unturned(hyperbolic_tangent(turned(complex(z))))


# Their inverses


@implements("cmath.acos")
def acos(z, /):
    z = complex(z)
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        return special(0, x, y)
    if is_large(x, y):
        size = log_large(x, y)
        if x < 0.0:
            return prim.complex(prim.atan2(prim.fabs(y), x), -prim.copysign(size, y))
        return prim.complex(prim.atan2(prim.fabs(y), x), prim.copysign(size, -y))
    a = root(prim.complex(1.0 - x, -y))
    b = root(prim.complex(1.0 + x, y))
    return prim.complex(
        2.0 * prim.atan2(prim.real(a), prim.real(b)),
        prim.asinh(prim.real(b) * prim.imag(a) - prim.imag(b) * prim.real(a)),
    )


@implements("cmath.acosh")
def acosh(z, /):
    z = complex(z)
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        return special(1, x, y)
    if is_large(x, y):
        return prim.complex(log_large(x, y), prim.atan2(y, x))
    a = root(prim.complex(x - 1.0, y))
    b = root(prim.complex(x + 1.0, y))
    return prim.complex(
        prim.asinh(prim.real(a) * prim.real(b) + prim.imag(a) * prim.imag(b)),
        2.0 * prim.atan2(prim.imag(a), prim.real(b)),
    )


def inverse_sine(z):
    """The inverse hyperbolic sine."""
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        return special(2, x, y)
    if is_large(x, y):
        size = log_large(x, y)
        if y >= 0.0:
            return prim.complex(prim.copysign(size, x), prim.atan2(y, prim.fabs(x)))
        return prim.complex(-prim.copysign(size, -x), prim.atan2(y, prim.fabs(x)))
    a = root(prim.complex(1.0 + y, -x))
    b = root(prim.complex(1.0 - y, x))
    return prim.complex(
        prim.asinh(prim.real(a) * prim.imag(b) - prim.real(b) * prim.imag(a)),
        prim.atan2(y, prim.real(a) * prim.real(b) - prim.imag(a) * prim.imag(b)),
    )


@implements("cmath.asinh")
def asinh(z, /):
    return inverse_sine(complex(z))


@implements("cmath.asin")
def asin(z, /):
    return unturned(inverse_sine(turned(complex(z))))


def inverse_tangent(z):
    """The inverse hyperbolic tangent, by its symmetry from the right half plane."""
    if not finite(z):
        return special(3, prim.real(z), prim.imag(z))
    if prim.signbit(prim.real(z)):
        r = right_tangent(-prim.real(z), -prim.imag(z))
        return prim.complex(-prim.real(r), -prim.imag(r))
    return right_tangent(prim.real(z), prim.imag(z))


def right_tangent(x, y):
    ay = prim.fabs(y)
    if x > 6.703903964971298e153 or ay > 6.703903964971298e153:
        h = prim.hypot(x / 2.0, y / 2.0)
        return prim.complex(
            prim.divide(prim.divide(x / 4.0, h), h), -prim.copysign(1.5707963267948966, -y)
        )
    if x == 1.0 and ay < 1.4916681462400413e-154:
        if ay == 0.0:
            invalid()
        re = -prim.log(prim.divide(prim.sqrt(ay), prim.sqrt(prim.hypot(ay, 2.0))))
        return prim.complex(re, prim.copysign(prim.atan2(2.0, -ay) / 2.0, y))
    re = prim.log1p(prim.divide(4.0 * x, (1.0 - x) * (1.0 - x) + ay * ay)) / 4.0
    return prim.complex(re, -prim.atan2(-2.0 * y, (1.0 - x) * (1.0 + x) - ay * ay) / 2.0)


@implements("cmath.atanh")
def atanh(z, /):
    return inverse_tangent(complex(z))


@implements("cmath.atan")
def atan(z, /):
    return unturned(inverse_tangent(turned(complex(z))))


# Polar coordinates


@implements("cmath.phase")
def phase(z, /):
    z = complex(z)
    r = prim.atan2(prim.imag(z), prim.real(z))
    if r == 0.0 and prim.imag(z) != 0.0 and prim.isfinite(prim.real(z)):
        # The C library reports that the angle underflows.
        raise OverflowError("math range error")
    return r


@implements("cmath.polar")
def polar(z, /):
    z = complex(z)
    x = prim.real(z)
    y = prim.imag(z)
    r = prim.hypot(x, y)
    if prim.isinf(r) and finite(z):
        raise OverflowError("math range error")
    return r, prim.atan2(y, x)


@implements("cmath.rect")
def rect(r, phi, /):
    r = float(r)
    phi = float(phi)
    if not (prim.isfinite(r) and prim.isfinite(phi)):
        if prim.isinf(r) and prim.isfinite(phi) and phi != 0.0:
            sign = prim.copysign(1.0, r)
            return infinite_along(r, phi, sign, sign)
        if r != 0.0 and r == r and prim.isinf(phi):
            invalid()
        return special(10, r, phi)
    if phi == 0.0:
        return prim.complex(r, r * phi)
    return prim.complex(r * prim.cos(phi), r * prim.sin(phi))


# Questions


@implements("cmath.isfinite")
def isfinite(z, /):
    return finite(complex(z))


@implements("cmath.isinf")
def isinf(z, /):
    return prim.isinf(complex(z))


@implements("cmath.isnan")
def isnan(z, /):
    return prim.isnan(complex(z))


@implements("cmath.isclose")
def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    x = complex(a)
    y = complex(b)
    relative = float(rel_tol)
    absolute = float(abs_tol)
    if relative < 0.0 or absolute < 0.0:
        raise ValueError("tolerances must be non-negative")
    if x == y:
        return True
    if prim.isinf(x) or prim.isinf(y):
        return False
    d = size(x - y)
    return d <= relative * size(y) or d <= relative * size(x) or d <= absolute


def size(z):
    return prim.hypot(prim.real(z), prim.imag(z))

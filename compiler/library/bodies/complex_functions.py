"""NumPy's elementary functions of complex numbers: C's, which raise nothing.

`cmath.py` has those of Python; where a part is infinite or nan its table tells (C's Annex G).
What overflows is infinite. Single precision is computed in double and rounded. Not here:
`exp2`, `expm1`, `log1p` and the inverse functions.
"""

from cmath import finite, infinite_along, logarithm, root, special, turned, unturned


def double(z):
    return complex(z)


def like(w, z):
    """A result in the precision of the operand."""
    return prim.cast(w, prim.dtype(prim.to_numpy(z)))


def exponential(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            size = prim.select(x > 0.0, np.inf, 0.0)
            return prim.complex(prim.copysign(size, prim.cos(y)), prim.copysign(size, prim.sin(y)))
        if prim.isinf(y) and prim.isinf(x) and x > 0.0:
            return prim.complex(np.inf, np.nan)
        return special(5, x, y)
    return grown(x, prim.cos(y), prim.sin(y))


def grown(x, c, s):
    """A finite power of e times the parts of a number."""
    # In steps, so that a product with a small factor is finite where it can be.
    if x > 709.0:
        x = x - 709.0
        c = c * 8.218407461554972e307
        s = s * 8.218407461554972e307
        if x > 709.0:
            x = x - 709.0
            c = c * 8.218407461554972e307
            s = s * 8.218407461554972e307
            if x > 709.0:
                return prim.complex(c * 1.7976931348623157e308, s * 1.7976931348623157e308)
    size = prim.exp(x)
    return prim.complex(size * c, size * s)


def hyperbolic_cosine(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            return infinite_along(x, y, 1.0, prim.copysign(1.0, x))
        if prim.isinf(y) and x == 0.0:
            return prim.complex(np.nan, 0.0)
        if prim.isinf(y) and prim.isinf(x):
            return prim.complex(np.inf, np.nan)
        return special(4, x, y)
    if prim.fabs(x) > 708.3964185322641:
        return grown(prim.fabs(x), 0.5 * prim.cos(y), prim.copysign(0.5, x) * prim.sin(y))
    return prim.complex(prim.cos(y) * prim.cosh(x), prim.sin(y) * prim.sinh(x))


def hyperbolic_sine(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            return infinite_along(x, y, prim.copysign(1.0, x), 1.0)
        if prim.isinf(y) and x == 0.0:
            return prim.complex(x, np.nan)
        if prim.isinf(y) and prim.isinf(x):
            return prim.complex(np.inf, np.nan)
        return special(7, x, y)
    if prim.fabs(x) > 708.3964185322641:
        return grown(prim.fabs(x), prim.copysign(0.5, x) * prim.cos(y), 0.5 * prim.sin(y))
    return prim.complex(prim.cos(y) * prim.sinh(x), prim.sin(y) * prim.cosh(x))


def hyperbolic_tangent(z):
    x = prim.real(z)
    y = prim.imag(z)
    if not finite(z):
        if prim.isinf(x) and prim.isfinite(y) and y != 0.0:
            zero = prim.copysign(0.0, 2.0 * prim.sin(y) * prim.cos(y))
            return prim.complex(prim.copysign(1.0, x), zero)
        if x == 0.0:
            return prim.complex(x, np.nan)
        return special(9, x, y)
    if prim.fabs(x) > 350.0:
        return prim.complex(prim.copysign(1.0, x), 4.0 * prim.sin(y) * prim.cos(y) * prim.exp(-2.0 * prim.fabs(x)))
    tx = prim.tanh(x)
    ty = prim.tan(y)
    cx = prim.divide(1.0, prim.cosh(x))
    product = tx * ty
    scale = 1.0 + product * product
    return prim.complex(prim.divide(tx * (1.0 + ty * ty), scale), prim.divide(ty, scale) * cx * cx)


def np_exp(z):
    return like(exponential(double(z)), z)


def np_log(z):
    return like(logarithm(double(z)), z)


def scaled(w, factor):
    return prim.complex(prim.real(w) * factor, prim.imag(w) * factor)


def np_log10(z):
    return like(scaled(logarithm(double(z)), 0.4342944819032518), z)


def np_log2(z):
    return like(scaled(logarithm(double(z)), 1.4426950408889634), z)


def np_sqrt(z):
    return like(root(double(z)), z)


def np_sinh(z):
    return like(hyperbolic_sine(double(z)), z)


def np_cosh(z):
    return like(hyperbolic_cosine(double(z)), z)


def np_tanh(z):
    return like(hyperbolic_tangent(double(z)), z)


def np_sin(z):
    return like(unturned(hyperbolic_sine(turned(double(z)))), z)


def np_cos(z):
    return like(hyperbolic_cosine(turned(double(z))), z)


def np_tan(z):
    return like(unturned(hyperbolic_tangent(turned(double(z)))), z)

"""Library bodies: the `math` module.

Arguments become Python floats as in CPython; results are Python numbers. Domain and
range errors are checked before the C function where a comparison decides, else by its
result. Texts are CPython's of 3.11 to 3.13: 3.14 says more ("expected a nonnegative
input, got -1.0"). Integers have 64 bits: what needs more raises OverflowError.

Not here: what takes iterables (`fsum`, `prod`, `sumprod`, `dist`), `nextafter` with
`steps=`, and more than four arguments to `hypot`, `gcd` and `lcm`.
"""


# Powers and logarithms


@implements("math.sqrt")
def sqrt(x, /):
    x = float(x)
    if x < 0.0:
        raise ValueError("math domain error")
    return prim.sqrt(x)


@implements("math.cbrt")
def cbrt(x, /):
    return prim.cbrt(float(x))


@implements("math.exp")
def exp(x, /):
    x = float(x)
    r = prim.exp(x)
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.exp2")
def exp2(x, /):
    x = float(x)
    r = prim.exp2(x)
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.expm1")
def expm1(x, /):
    x = float(x)
    r = prim.expm1(x)
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


def natural_log(x):
    if x <= 0.0:
        raise ValueError("math domain error")
    return prim.log(x)


@implements("math.log")
def log(x, base=None, /):
    if base is None:
        return natural_log(float(x))
    numerator = natural_log(float(x))
    return numerator / natural_log(float(base))


@implements("math.log2")
def log2(x, /):
    x = float(x)
    if x <= 0.0:
        raise ValueError("math domain error")
    return prim.log2(x)


@implements("math.log10")
def log10(x, /):
    x = float(x)
    if x <= 0.0:
        raise ValueError("math domain error")
    return prim.log10(x)


@implements("math.log1p")
def log1p(x, /):
    x = float(x)
    if x <= -1.0:
        raise ValueError("math domain error")
    return prim.log1p(x)


@implements("math.pow")
def pow(x, y, /):
    x = float(x)
    y = float(y)
    r = prim.pow(x, y)
    if not prim.isfinite(r) and prim.isfinite(x) and prim.isfinite(y):
        if r != r or x == 0.0:
            raise ValueError("math domain error")
        raise OverflowError("math range error")
    return r


# Trigonometric and hyperbolic functions


@implements("math.sin")
def sin(x, /):
    x = float(x)
    if prim.isinf(x):
        raise ValueError("math domain error")
    return prim.sin(x)


@implements("math.cos")
def cos(x, /):
    x = float(x)
    if prim.isinf(x):
        raise ValueError("math domain error")
    return prim.cos(x)


@implements("math.tan")
def tan(x, /):
    x = float(x)
    if prim.isinf(x):
        raise ValueError("math domain error")
    return prim.tan(x)


@implements("math.asin")
def asin(x, /):
    x = float(x)
    if x > 1.0 or x < -1.0:
        raise ValueError("math domain error")
    return prim.asin(x)


@implements("math.acos")
def acos(x, /):
    x = float(x)
    if x > 1.0 or x < -1.0:
        raise ValueError("math domain error")
    return prim.acos(x)


@implements("math.atan")
def atan(x, /):
    return prim.atan(float(x))


@implements("math.atan2")
def atan2(y, x, /):
    return prim.atan2(float(y), float(x))


@implements("math.sinh")
def sinh(x, /):
    x = float(x)
    r = prim.sinh(x)
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.cosh")
def cosh(x, /):
    x = float(x)
    r = prim.cosh(x)
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.tanh")
def tanh(x, /):
    return prim.tanh(float(x))


@implements("math.asinh")
def asinh(x, /):
    return prim.asinh(float(x))


@implements("math.acosh")
def acosh(x, /):
    x = float(x)
    if x < 1.0:
        raise ValueError("math domain error")
    return prim.acosh(x)


@implements("math.atanh")
def atanh(x, /):
    x = float(x)
    if x >= 1.0 or x <= -1.0:
        raise ValueError("math domain error")
    return prim.atanh(x)


@implements("math.degrees")
def degrees(x, /):
    return float(x) * (180.0 / 3.141592653589793)


@implements("math.radians")
def radians(x, /):
    return float(x) * (3.141592653589793 / 180.0)


@implements("math.hypot")
def hypot(x=0.0, y=0.0, z=0.0, w=0.0, /):
    r = prim.hypot(float(x), float(y))
    if not (prim.is_literal(z) and prim.is_literal(w)):
        r = prim.hypot(prim.hypot(r, float(z)), float(w))
    return r


# Special functions


@implements("math.erf")
def erf(x, /):
    return prim.erf(float(x))


@implements("math.erfc")
def erfc(x, /):
    return prim.erfc(float(x))


@implements("math.gamma")
def gamma(x, /):
    x = float(x)
    if not prim.isfinite(x):
        if x < 0.0:
            raise ValueError("math domain error")
        return x
    if x == prim.floor(x):
        if x <= 0.0:
            raise ValueError("math domain error")
        if x <= 23.0:
            # Exact: a product of at most 22 small integers.
            r = 1.0
            k = 2.0
            while k < x:
                r = r * k
                k = k + 1.0
            return r
    r = prim.tgamma(x)
    if prim.isinf(r):
        raise OverflowError("math range error")
    return r


@implements("math.lgamma")
def lgamma(x, /):
    x = float(x)
    if not prim.isfinite(x):
        return prim.fabs(x)
    if x == prim.floor(x) and x <= 2.0:
        if x <= 0.0:
            raise ValueError("math domain error")
        return 0.0
    r = prim.lgamma(x)
    if prim.isinf(r):
        raise OverflowError("math range error")
    return r


# Rounding and parts of floats


@implements("math.floor")
def floor(x, /):
    if prim.is_integer(x) and prim.is_weak(x):
        return int(x)
    return int(prim.floor(float(x)))


@implements("math.ceil")
def ceil(x, /):
    if prim.is_integer(x) and prim.is_weak(x):
        return int(x)
    return int(prim.ceil(float(x)))


@implements("math.trunc")
def trunc(x, /):
    return int(x)


@implements("math.fabs")
def fabs(x, /):
    return prim.fabs(float(x))


@implements("math.copysign")
def copysign(x, y, /):
    return prim.copysign(float(x), float(y))


@implements("math.fmod")
def fmod(x, y, /):
    x = float(x)
    y = float(y)
    r = prim.fmod(x, y)
    if r != r and x == x and y == y:
        raise ValueError("math domain error")
    return r


@implements("math.remainder")
def remainder(x, y, /):
    x = float(x)
    y = float(y)
    r = prim.remainder(x, y)
    if r != r and x == x and y == y:
        raise ValueError("math domain error")
    return r


@implements("math.modf")
def modf(x, /):
    x = float(x)
    if prim.isinf(x):
        return prim.copysign(0.0, x), x
    whole = prim.trunc(x)
    return prim.copysign(x - whole, x), whole


@implements("math.frexp")
def frexp(x, /):
    x = float(x)
    return prim.frexp_mantissa(x), prim.frexp_exponent(x)


@implements("math.ldexp")
def ldexp(x, i, /):
    if not prim.is_integer(i):
        prim.error("Expected an int as second argument to ldexp, not {}", i)
    x = float(x)
    r = prim.ldexp(x, int(i))
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.nextafter")
def nextafter(x, y, /):
    return prim.nextafter(float(x), float(y))


@implements("math.ulp")
def ulp(x, /):
    x = prim.fabs(float(x))
    if not prim.isfinite(x):
        return x
    above = prim.nextafter(x, np.inf)
    if prim.isinf(above):
        return x - prim.nextafter(x, 0.0)
    return above - x


@implements("math.fma")
def fma(x, y, z, /):
    x = float(x)
    y = float(y)
    z = float(z)
    r = prim.fma(x, y, z)
    if not prim.isfinite(r):
        if r != r:
            if x == x and y == y and z == z:
                raise ValueError("invalid operation in fma")
        elif prim.isfinite(x) and prim.isfinite(y) and prim.isfinite(z):
            raise OverflowError("overflow in fma")
    return r


# Questions


@implements("math.isnan")
def isnan(x, /):
    return prim.isnan(float(x))


@implements("math.isinf")
def isinf(x, /):
    return prim.isinf(float(x))


@implements("math.isfinite")
def isfinite(x, /):
    return prim.isfinite(float(x))


@implements("math.isclose")
def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    x = float(a)
    y = float(b)
    relative = float(rel_tol)
    absolute = float(abs_tol)
    if relative < 0.0 or absolute < 0.0:
        raise ValueError("tolerances must be non-negative")
    if x == y:
        return True
    if prim.isinf(x) or prim.isinf(y):
        return False
    d = prim.fabs(y - x)
    return d <= prim.fabs(relative * y) or d <= prim.fabs(relative * x) or d <= absolute


# Integers


@implements("math.gcd")
def gcd(a=0, b=0, c=0, d=0, /):
    if not (prim.is_integer(a) and prim.is_integer(b) and prim.is_integer(c) and prim.is_integer(d)):
        prim.error("math.gcd() takes integers")
    r = gcd2(int(a), int(b))
    if not (prim.is_literal(c) and prim.is_literal(d)):
        r = gcd2(gcd2(r, int(c)), int(d))
    return abs(r)


def gcd2(x, y):
    # Signs are those of C's remainder: the caller takes the magnitude at the end.
    while y != 0:
        r = prim.c_remainder(x, y)
        x = y
        y = r
    return x


@implements("math.lcm")
def lcm(a=1, b=1, c=1, d=1, /):
    if not (prim.is_integer(a) and prim.is_integer(b) and prim.is_integer(c) and prim.is_integer(d)):
        prim.error("math.lcm() takes integers")
    r = lcm2(int(a), int(b))
    if not (prim.is_literal(c) and prim.is_literal(d)):
        r = lcm2(lcm2(r, int(c)), int(d))
    return r


def lcm2(x, y):
    g = gcd2(x, y)
    if g == 0:
        return 0
    return abs(x // g * y)


@implements("math.isqrt")
def isqrt(n, /):
    if not prim.is_integer(n):
        prim.error("{} can't be interpreted as an integer", n)
    n = int(n)
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    # The rounded root is off by one at most; 3037000499 is the largest root.
    r = prim.int_of_float(prim.sqrt(float(n)))
    if r > 3037000499:
        r = 3037000499
    if r * r > n:
        r = r - 1
    if r < 3037000499 and (r + 1) * (r + 1) <= n:
        r = r + 1
    return r


@implements("math.factorial")
def factorial(n, /):
    if not prim.is_integer(n):
        prim.error("{} can't be interpreted as an integer", n)
    n = int(n)
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    if n > 20:
        raise OverflowError("integer result too large: it does not fit in 64 bits")
    r = 1
    for k in range(2, n + 1):
        r = r * k
    return r


@implements("math.comb")
def comb(n, k, /):
    if not (prim.is_integer(n) and prim.is_integer(k)):
        prim.error("math.comb() takes integers")
    n = int(n)
    k = int(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    if k > n - k:
        k = n - k
    r = 1
    for i in range(k):
        # `r * (n - i)` is a multiple of `i + 1`: divided first, so that only a
        # result that is too large overflows.
        g = gcd2(r, i + 1)
        r = r // g * ((n - i) // ((i + 1) // g))
    return r


@implements("math.perm")
def perm(n, k=None, /):
    if k is None:
        return factorial(n)
    if not (prim.is_integer(n) and prim.is_integer(k)):
        prim.error("math.perm() takes integers")
    n = int(n)
    k = int(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    r = 1
    for i in range(k):
        r = r * (n - i)
    return r

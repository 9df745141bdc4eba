"""Library bodies: the `math` module.

Arguments become Python floats as in CPython; results are Python numbers. Domain and
range errors are checked before the C function where a comparison decides, else by its
result. Texts are CPython's of 3.11 to 3.13: 3.14 says more ("expected a nonnegative
input, got -1.0"). Integers have 64 bits: what needs more raises OverflowError.

What takes iterables (`fsum`, `prod`, `dist`) takes what has a length and items: tuples,
arrays, lists. `sumprod` of 3.12 is in `sumprod.py`.
"""


# The shapes that most functions have


def in_range(f, x):
    """`f(x)`, where an infinite result of a finite number is a range error."""
    x = float(x)
    r = f(x)
    if prim.rarely(prim.isinf(r)):
        if prim.isfinite(x):
            raise OverflowError("math range error")
    return r


def of_finite(f, x):
    """`f(x)`, where infinity is a domain error."""
    x = float(x)
    if prim.isinf(x):
        raise ValueError("math domain error")
    return f(x)


def of_positive(f, x):
    """`f(x)` of a positive number."""
    x = float(x)
    if x <= 0.0:
        raise ValueError("math domain error")
    return f(x)


def of_unit(f, x):
    """`f(x)` of a number between -1 and 1."""
    x = float(x)
    if x > 1.0 or x < -1.0:
        raise ValueError("math domain error")
    return f(x)


def remaindered(f, x, y):
    """`f(x, y)`, where a nan that neither of them is is a domain error."""
    x = float(x)
    y = float(y)
    r = f(x, y)
    if prim.rarely(r != r):
        if x == x and y == y:
            raise ValueError("math domain error")
    return r


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
    return in_range(prim.exp, x)


@implements("math.exp2")
def exp2(x, /):
    return in_range(prim.exp2, x)


@implements("math.expm1")
def expm1(x, /):
    return in_range(prim.expm1, x)


@implements("math.log")
def log(x, base=None, /):
    if base is None:
        return of_positive(prim.log, x)
    numerator = of_positive(prim.log, x)
    return numerator / of_positive(prim.log, base)


@implements("math.log2")
def log2(x, /):
    return of_positive(prim.log2, x)


@implements("math.log10")
def log10(x, /):
    return of_positive(prim.log10, x)


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
    if prim.rarely(not prim.isfinite(r)):
        if prim.isfinite(x) and prim.isfinite(y):
            if r != r or x == 0.0:
                raise ValueError("math domain error")
            raise OverflowError("math range error")
    return r


# Trigonometric and hyperbolic functions


@implements("math.sin")
def sin(x, /):
    return of_finite(prim.sin, x)


@implements("math.cos")
def cos(x, /):
    return of_finite(prim.cos, x)


@implements("math.tan")
def tan(x, /):
    return of_finite(prim.tan, x)


@implements("math.asin")
def asin(x, /):
    return of_unit(prim.asin, x)


@implements("math.acos")
def acos(x, /):
    return of_unit(prim.acos, x)


@implements("math.atan")
def atan(x, /):
    return prim.atan(float(x))


@implements("math.atan2")
def atan2(y, x, /):
    return prim.atan2(float(y), float(x))


@implements("math.sinh")
def sinh(x, /):
    return in_range(prim.sinh, x)


@implements("math.cosh")
def cosh(x, /):
    return in_range(prim.cosh, x)


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
def hypot(*coordinates):
    return norm(coordinates)


@implements("math.hypot/*")
def hypot_of_items(coordinates, /):
    items = [float(x) for x in coordinates]
    v = prim.empty(len(items), prim.dtype("float64"))
    for k in range(len(items)):
        v[k] = items[k]
    return norm(v)


@implements("math.dist")
def dist(p, q, /):
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    n = len(p)
    if prim.is_tuple(p) and prim.is_tuple(q):
        return norm(differences(p, q))
    v = prim.empty(n, prim.dtype("float64"))
    for k in range(n):
        v[k] = float(p[k]) - float(q[k])
    return norm(v)


def differences(p, q):
    if len(p) == 0:
        return ()
    return (float(p[0]) - float(q[0]),) + differences(p[1:], q[1:])


def largest(items, start):
    """The largest magnitude, and whether a nan is among them."""
    if prim.is_tuple(items):
        if len(items) == 0:
            return start, False
        x = prim.fabs(float(items[0]))
        top, nan = largest(items[1:], start)
        return prim.select(x > top, x, top), nan or x != x
    nan = False
    for k in range(len(items)):
        x = prim.fabs(float(items[k]))
        nan = nan or x != x
        start = prim.select(x > start, x, start)
    return start, nan


def norm(items):
    # The Euclidean norm as CPython 3.11 has it: scaled by a power of two, squared and
    # summed in twice the precision, and the root corrected once.
    if len(items) == 0:
        return 0.0
    top, nan = largest(items, 0.0)
    if prim.isinf(top):
        return top
    if nan:
        return np.nan
    if len(items) == 1 or top == 0.0:
        return top
    e = prim.frexp_exponent(top)
    if e < -1023:
        state = scaled_down(items, top, (1.0, 0.0))
        return top * prim.sqrt(state[0] - 1.0 + state[1])
    scale = prim.ldexp(1.0, -e)
    total, a, b, c = squares(items, scale, (1.0, 0.0, 0.0, 0.0))
    r = prim.sqrt(total - 1.0 + (a + b + c))
    total, a, b, c = square(r, -1.0, (total, a, b, c))
    x = total - 1.0 + (a + b + c)
    return prim.divide(r + prim.divide(x, 2.0 * r), scale)


def square(x, sign, state):
    """The state with `sign * x * x` added: a sum and what it lost in three places."""
    total, a, b, c = state
    t = x * 134217729.0
    hi = t - (t - x)
    lo = x - hi
    y = sign * hi * hi
    old = total
    total = total + y
    a = a + ((old - total) + y)
    y = sign * 2.0 * hi * lo
    old = total
    total = total + y
    b = b + ((old - total) + y)
    c = c + sign * lo * lo
    return total, a, b, c


def squares(items, scale, state):
    if prim.is_tuple(items):
        if len(items) == 0:
            return state
        x = prim.fabs(float(items[0])) * scale
        return squares(items[1:], scale, square(x, 1.0, state))
    for k in range(len(items)):
        state = square(prim.fabs(float(items[k])) * scale, 1.0, state)
    return state


def tiny_square(x, top, state):
    x = prim.divide(prim.fabs(float(x)), top)
    y = x * x
    total = state[0] + y
    return total, state[1] + ((state[0] - total) + y)


def scaled_down(items, top, state):
    if prim.is_tuple(items):
        if len(items) == 0:
            return state
        return scaled_down(items[1:], top, tiny_square(items[0], top, state))
    for k in range(len(items)):
        state = tiny_square(items[k], top, state)
    return state


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
    if x <= 0.0 and x == prim.floor(x):
        # The poles, and minus infinity.
        raise ValueError("math domain error")
    return in_range(prim.tgamma, x)


@implements("math.lgamma")
def lgamma(x, /):
    x = float(x)
    if x <= 0.0 and x == prim.floor(x) and prim.isfinite(x):
        raise ValueError("math domain error")
    return in_range(prim.lgamma, x)


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
    if not prim.is_weak(x) and prim.kind(prim.dtype(x)) != "f":
        prim.error("type {} doesn't define __trunc__ method", x)
    if not prim.is_weak(x) and prim.dtype(x) == prim.dtype("float32"):
        prim.error("type {} doesn't define __trunc__ method", x)
    return int(x)


@implements("math.fabs")
def fabs(x, /):
    return prim.fabs(float(x))


@implements("math.copysign")
def copysign(x, y, /):
    return prim.copysign(float(x), float(y))


@implements("math.fmod")
def fmod(x, y, /):
    return remaindered(prim.fmod, x, y)


@implements("math.remainder")
def remainder(x, y, /):
    return remaindered(prim.remainder, x, y)


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
    # NumPy's integers are none of Python's.
    if not prim.is_integer(i) or not prim.is_weak(i):
        prim.error("Expected an int as second argument to ldexp, not {}", i)
    x = float(x)
    r = prim.ldexp(x, int(i))
    if prim.isinf(r) and prim.isfinite(x):
        raise OverflowError("math range error")
    return r


@implements("math.nextafter")
def nextafter(x, y, /, *, steps=None):
    x = float(x)
    y = float(y)
    if steps is None:
        return prim.nextafter(x, y)
    if not prim.is_integer(steps):
        prim.error("{} can't be interpreted as an integer", steps)
    n = int(steps)
    if n < 0:
        raise ValueError("steps must be a non-negative integer")
    return prim.from_bits(many_after(prim.bits(x), prim.bits(y), n, x, y))


def many_after(a, b, n, x, y):
    # Bits of floats as integers, which count the floats of one sign.
    if n == 0 or x != x:
        return a
    if y != y:
        return b
    sign = 9223372036854775807
    if (a < 0) == (b < 0):
        if a < b:
            if b - a <= n:
                return b
            return a + n
        if a - b <= n:
            return b
        return a - n
    # Through zero, which counts once and keeps the sign of the side it is reached from.
    down = a & sign
    up = b & sign
    if n >= down and n - down >= up:
        return b
    if n <= down:
        return a - n
    n = n - down
    if b < 0:
        return prim.wrap_add(n, -9223372036854775807 - 1)
    return n


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


def as_integers(items):
    """The items as ints; what isn't one is refused."""
    if len(items) == 0:
        return ()
    x = items[0]
    if not prim.is_integer(x):
        prim.error("{} object cannot be interpreted as an integer", x)
    return (int(x),) + as_integers(items[1:])


@implements("math.gcd")
def gcd(*integers):
    return abs(gcd_of(as_integers(integers), 0))


@implements("math.gcd/*")
def gcd_of_items(integers, /):
    r = 0
    for x in integers:
        r = gcd2(r, as_integers((x,))[0])
    return abs(r)


def gcd_of(items, r):
    if len(items) == 0:
        return r
    return gcd_of(items[1:], gcd2(r, items[0]))


def gcd2(x, y):
    # Signs are those of C's remainder: the caller takes the magnitude at the end.
    while y != 0:
        r = prim.c_remainder(x, y)
        x = y
        y = r
    return x


@implements("math.lcm")
def lcm(*integers):
    return lcm_of(as_integers(integers), 1)


@implements("math.lcm/*")
def lcm_of_items(integers, /):
    r = 1
    for x in integers:
        r = lcm2(r, as_integers((x,))[0])
    return r


def lcm_of(items, r):
    if len(items) == 0:
        return r
    return lcm_of(items[1:], lcm2(r, items[0]))


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


# Sums and products of items


@implements("math.fsum")
def fsum(seq, /):
    # Shewchuk's algorithm ("Adaptive Precision Floating-Point Arithmetic", 1997): the
    # exact sum as numbers of increasing magnitude whose bits don't overlap. There are
    # no more of them than bits between the smallest and the largest float.
    n = len(seq)
    if prim.is_tuple(seq) and n == 0:
        return 0.0
    parts = prim.empty(min(n + 1, 2200), prim.dtype("float64"))
    count = 0
    special = 0.0
    infinities = 0.0
    for i in range(n):
        given_x = item_float(seq, i)
        x = given_x
        kept = 0
        for j in range(count):
            y = float(parts[j])
            big = prim.select(prim.fabs(x) < prim.fabs(y), y, x)
            small = prim.select(prim.fabs(x) < prim.fabs(y), x, y)
            hi = big + small
            lo = small - (hi - big)
            if lo != 0.0:
                parts[kept] = lo
                kept = kept + 1
            x = hi
        count = kept
        if x != 0.0:
            if prim.isfinite(x):
                parts[count] = x
                count = count + 1
            else:
                if prim.isfinite(given_x):
                    raise OverflowError("intermediate overflow in fsum")
                if prim.isinf(given_x):
                    infinities = infinities + given_x
                special = special + given_x
                count = 0
    if special != 0.0:
        if infinities != infinities:
            raise ValueError("-inf + inf in fsum")
        return special
    return rounded(parts, count)


def item_float(seq, i):
    return float(seq[i])


def rounded(parts, n):
    # From the largest down until a rest stays; that rest decides, with the sign of what
    # is below it, how a tie is rounded.
    if n == 0:
        return 0.0
    n = n - 1
    hi = float(parts[n])
    lo = 0.0
    while n > 0 and lo == 0.0:
        x = hi
        n = n - 1
        y = float(parts[n])
        hi = x + y
        lo = y - (hi - x)
    if n > 0:
        below = float(parts[n - 1])
        if (lo < 0.0 and below < 0.0) or (lo > 0.0 and below > 0.0):
            y = lo * 2.0
            x = hi + y
            if y == x - hi:
                hi = x
    return hi


@implements("math.prod")
def prod(iterable, /, *, start=1):
    if prim.is_tuple(iterable):
        return product(iterable, start)
    r = start
    for k in range(len(iterable)):
        r = r * iterable[k]
    return r


def product(items, r):
    if len(items) == 0:
        return r
    return product(items[1:], r * items[0])

"""Library bodies: the distributions of NumPy's global `RandomState` beyond the usual ones.

As in `numpy_random.py`, by the frozen methods, with the bits of NumPy's streams: each draw
takes the same words of the generator and computes by the same operations in the same order.

Sources of the methods: G. Marsaglia and W. W. Tsang, A simple method for generating gamma
variables (2000); M. D. Joehnk (1964) for beta; J. R. Michael, W. R. Schucany and R. W. Haas
(1976) for the inverse Gaussian; W. Hoermann, The transformed rejection method for generating
Poisson random variables (1993); V. Kachitvichyanukul and B. W. Schmeiser, Binomial random
variate generation (1988); L. Devroye, Non-uniform random variate generation (1986) for Zipf's;
A. W. Kemp (1981) for the logarithmic series.

Vectors and angles are in `legacy_vectors.py`.
"""

from discrete import check_mean
from generators import above_one, given_int, not_negative, positive, probability, probability_above_zero
from generators import probability_below_one
from legacy_draws import floats, ints, number
from numpy_random import polar


def gauss():
    return polar(0.0, 0.0, 0.0)


def waiting_time():
    return -prim.log(1.0 - prim.np_random())


# The gamma family


def gamma_1(shape):
    """A gamma variate of scale 1."""
    if shape == 1.0:
        return waiting_time()
    if shape == 0.0:
        return 0.0
    if shape < 1.0:
        return small_gamma(shape)
    return large_gamma(shape)


def small_gamma(shape):
    while True:
        u = prim.np_random()
        v = waiting_time()
        if u <= 1.0 - shape:
            x = prim.pow(u, prim.divide(1.0, shape))
            if x <= v:
                return x
        else:
            y = -prim.log(prim.divide(1.0 - u, shape))
            x = prim.pow(1.0 - shape + shape * y, prim.divide(1.0, shape))
            if x <= v + y:
                return x


def large_gamma(shape):
    d = shape - 1.0 / 3.0
    c = prim.divide(1.0, prim.sqrt(9.0 * d))
    while True:
        x = gauss()
        v = 1.0 + c * x
        while v <= 0.0:
            x = gauss()
            v = 1.0 + c * x
        v = v * v * v
        u = prim.np_random()
        if u < 1.0 - 0.0331 * (x * x) * (x * x):
            return d * v
        if prim.log(u) < 0.5 * x * x + d * (1.0 - v + prim.log(v)):
            return d * v


def scaled_gamma(shape, scale, c):
    return scale * gamma_1(shape)


def only_gamma(shape, b, c):
    return gamma_1(shape)


def chi_square(df):
    return 2.0 * gamma_1(df / 2.0)


def one_chi_square(df, b, c):
    return chi_square(df)


def one_f(dfnum, dfden, c):
    above = chi_square(dfnum) * dfden
    return prim.divide(above, chi_square(dfden) * dfnum)


def one_t(df, b, c):
    above = gauss()
    below = gamma_1(df / 2.0)
    return prim.divide(prim.sqrt(df / 2.0) * above, prim.sqrt(below))


def noncentral(df, nonc):
    if nonc == 0.0:
        return chi_square(df)
    if 1.0 < df:
        square = chi_square(df - 1.0)
        n = gauss() + prim.sqrt(nonc)
        return square + n * n
    i = poisson_number(nonc / 2.0)
    out = chi_square(df + float(2 * i))
    return nonc if nonc != nonc else out


def one_noncentral(df, nonc, c):
    return noncentral(df, nonc)


def one_noncentral_f(dfnum, dfden, nonc):
    t = noncentral(dfnum, nonc) * dfden
    return prim.divide(t, chi_square(dfden) * dfnum)


def one_beta(a, b, c):
    if a <= 1.0 and b <= 1.0:
        return johnk(a, b)
    x = gamma_1(a)
    y = gamma_1(b)
    return prim.divide(x, x + y)


def johnk(a, b):
    while True:
        u = prim.np_random()
        v = prim.np_random()
        x = prim.pow(u, prim.divide(1.0, a))
        y = prim.pow(v, prim.divide(1.0, b))
        if x + y <= 1.0:
            if x + y > 0.0:
                return prim.divide(x, x + y)
            p = prim.divide(prim.log(u), a)
            q = prim.divide(prim.log(v), b)
            most = p if p > q else q
            p -= most
            q -= most
            return prim.exp(p - prim.log(prim.exp(p) + prim.exp(q)))


@implements("numpy.random.gamma")
def gamma(shape, scale=1.0, size=None):
    a = number(shape)
    b = number(scale)
    not_negative(a, "shape")
    not_negative(b, "scale")
    return floats(size, scaled_gamma, a, b, 0.0)


@implements("numpy.random.standard_gamma")
def standard_gamma(shape, size=None):
    a = number(shape)
    not_negative(a, "shape")
    return floats(size, only_gamma, a, 0.0, 0.0)


@implements("numpy.random.chisquare")
def chisquare(df, size=None):
    a = number(df)
    positive(a, "df")
    return floats(size, one_chi_square, a, 0.0, 0.0)


@implements("numpy.random.f")
def f(dfnum, dfden, size=None):
    a = number(dfnum)
    b = number(dfden)
    positive(a, "dfnum")
    positive(b, "dfden")
    return floats(size, one_f, a, b, 0.0)


@implements("numpy.random.standard_t")
def standard_t(df, size=None):
    a = number(df)
    positive(a, "df")
    return floats(size, one_t, a, 0.0, 0.0)


@implements("numpy.random.noncentral_chisquare")
def noncentral_chisquare(df, nonc, size=None):
    a = number(df)
    b = number(nonc)
    positive(a, "df")
    not_negative(b, "nonc")
    return floats(size, one_noncentral, a, b, 0.0)


@implements("numpy.random.noncentral_f")
def noncentral_f(dfnum, dfden, nonc, size=None):
    a = number(dfnum)
    b = number(dfden)
    c = number(nonc)
    positive(a, "dfnum")
    positive(b, "dfden")
    not_negative(c, "nonc")
    return floats(size, one_noncentral_f, a, b, c)


@implements("numpy.random.beta")
def beta(a, b, size=None):
    x = number(a)
    y = number(b)
    positive(x, "a")
    positive(y, "b")
    return floats(size, one_beta, x, y, 0.0)


# By inversion and the like


def one_pareto(a, b, c):
    return prim.exp(prim.divide(waiting_time(), a)) - 1.0


def one_weibull(a, b, c):
    if a == 0.0:
        return 0.0
    return prim.pow(waiting_time(), prim.divide(1.0, a))


def one_power(a, b, c):
    return prim.pow(1.0 - prim.exp(-waiting_time()), prim.divide(1.0, a))


def one_rayleigh(mode, b, c):
    return mode * prim.sqrt(-2.0 * prim.log1p(-prim.np_random()))


def one_cauchy(a, b, c):
    above = gauss()
    return prim.divide(above, gauss())


def one_laplace(loc, scale, c):
    u = prim.np_random()
    while u == 0.0:
        u = prim.np_random()
    if u >= 0.5:
        return loc - scale * prim.log(2.0 - u - u)
    return loc + scale * prim.log(u + u)


def one_gumbel(loc, scale, c):
    u = 1.0 - prim.np_random()
    while u >= 1.0:
        u = 1.0 - prim.np_random()
    return loc - scale * prim.log(-prim.log(u))


def one_logistic(loc, scale, c):
    u = prim.np_random()
    while u == 0.0:
        u = prim.np_random()
    return loc + scale * prim.log(prim.divide(u, 1.0 - u))


def one_triangular(left, mode, right):
    width = right - left
    rise = mode - left
    u = prim.np_random()
    if u <= prim.divide(rise, width):
        return left + prim.sqrt(u * (rise * width))
    return right - prim.sqrt((1.0 - u) * ((right - mode) * width))


def one_wald(mean, scale, c):
    half = prim.divide(mean, 2.0 * scale)
    y = gauss()
    y = mean * y * y
    x = mean + half * (y - prim.sqrt(4.0 * scale * y + y * y))
    u = prim.np_random()
    if u <= prim.divide(mean, mean + x):
        return x
    return prim.divide(mean * mean, x)


@implements("numpy.random.pareto")
def pareto(a, size=None):
    x = number(a)
    positive(x, "a")
    return floats(size, one_pareto, x, 0.0, 0.0)


@implements("numpy.random.weibull")
def weibull(a, size=None):
    x = number(a)
    not_negative(x, "a")
    return floats(size, one_weibull, x, 0.0, 0.0)


@implements("numpy.random.power")
def power(a, size=None):
    x = number(a)
    positive(x, "a")
    return floats(size, one_power, x, 0.0, 0.0)


@implements("numpy.random.rayleigh")
def rayleigh(scale=1.0, size=None):
    x = number(scale)
    not_negative(x, "scale")
    return floats(size, one_rayleigh, x, 0.0, 0.0)


@implements("numpy.random.standard_cauchy")
def standard_cauchy(size=None):
    return floats(size, one_cauchy, 0.0, 0.0, 0.0)


@implements("numpy.random.laplace")
def laplace(loc=0.0, scale=1.0, size=None):
    a = number(loc)
    b = number(scale)
    not_negative(b, "scale")
    return floats(size, one_laplace, a, b, 0.0)


@implements("numpy.random.gumbel")
def gumbel(loc=0.0, scale=1.0, size=None):
    a = number(loc)
    b = number(scale)
    not_negative(b, "scale")
    return floats(size, one_gumbel, a, b, 0.0)


@implements("numpy.random.logistic")
def logistic(loc=0.0, scale=1.0, size=None):
    a = number(loc)
    b = number(scale)
    not_negative(b, "scale")
    return floats(size, one_logistic, a, b, 0.0)


@implements("numpy.random.triangular")
def triangular(left, mode, right, size=None):
    a = number(left)
    b = number(mode)
    c = number(right)
    if np.any(a > b):
        raise ValueError("left > mode")
    if np.any(b > c):
        raise ValueError("mode > right")
    if np.any(a == c):
        raise ValueError("left == right")
    return floats(size, one_triangular, a, b, c)


@implements("numpy.random.wald")
def wald(mean, scale, size=None):
    a = number(mean)
    b = number(scale)
    positive(a, "mean")
    positive(b, "scale")
    return floats(size, one_wald, a, b, 0.0)


# Counts


def floored(x):
    """The whole part of a number; what C converts one to that has none."""
    return int(prim.cast(np.floor(x), np.int64))


def log_gamma(x):
    """The logarithm of the gamma function, by Stirling's series from 7 on."""
    if x == 1.0 or x == 2.0:
        return 0.0
    n = int(7.0 - x) if x <= 7.0 else 0
    y = x + float(n)
    t = prim.divide(1.0, y * y)
    series = -1.39243221690590
    for k in range(8, -1, -1):
        series = series * t + prim.lookup(
            (
                8.333333333333333e-02, -2.777777777777778e-03, 7.936507936507937e-04, -5.952380952380952e-04,
                8.417508417508418e-04, -1.917526917526918e-03, 6.410256410256410e-03, -2.955065359477124e-02,
                1.796443723688307e-01,
            ),
            k,
        )
    out = prim.divide(series, y) + 0.5 * prim.log(6.283185307179586) + (y - 0.5) * prim.log(y) - y
    for k in range(n):
        out -= prim.log(y - 1.0)
        y -= 1.0
    return out


def poisson_number(lam):
    if lam >= 10.0:
        return large_poisson(lam)
    if lam == 0.0:
        return 0
    limit = prim.exp(-lam)
    count = 0
    product = prim.np_random()
    while product > limit:
        count += 1
        product *= prim.np_random()
    return count


def large_poisson(lam):
    b = 0.931 + 2.53 * prim.sqrt(lam)
    a = -0.059 + 0.02483 * b
    alpha = 1.1239 + prim.divide(1.1328, b - 3.4)
    accepted = 0.9277 - prim.divide(3.6224, b - 2.0)
    while True:
        u = prim.np_random() - 0.5
        v = prim.np_random()
        us = 0.5 - abs(u)
        k = floored((prim.divide(2.0 * a, us) + b) * u + lam + 0.43)
        if us >= 0.07 and v <= accepted:
            return k
        if k >= 0 and (us >= 0.013 or v <= us):
            left = prim.log(v) + prim.log(alpha) - prim.log(prim.divide(a, us * us) + b)
            if left <= -lam + k * prim.log(lam) - log_gamma(float(k + 1)):
                return k


def one_poisson(lam, b, c):
    return poisson_number(lam)


def one_negative_binomial(n, p, c):
    return poisson_number(prim.divide(1.0 - p, p) * gamma_1(n))


def one_geometric(p, b, c):
    if p < 0.333333333333333333333333:
        return floored(np.ceil(prim.divide(prim.log1p(-prim.np_random()), prim.log(1.0 - p))))
    count = 1
    total = p
    product = p
    u = prim.np_random()
    while u > total:
        product *= 1.0 - p
        total += product
        count += 1
    return count


def one_logseries(p, b, c):
    r = prim.log1p(-p)
    while True:
        v = prim.np_random()
        if v >= p:
            return 1
        q = -prim.expm1(r * prim.np_random())
        if v <= q * q:
            if v != 0.0:
                k = floored(1.0 + prim.divide(prim.log(v), prim.log(q)))
                if k >= 1:
                    return k
        elif v >= q:
            return 1
        else:
            return 2


def one_zipf(a, b, c):
    m = a - 1.0
    power = prim.pow(2.0, m)
    while True:
        u = 1.0 - prim.np_random()
        v = prim.np_random()
        x = np.floor(prim.pow(u, prim.divide(-1.0, m)))
        if 1.0 <= x and x <= 9223372036854775807.0:
            t = prim.pow(1.0 + prim.divide(1.0, x), m)
            if prim.divide(v * x * (t - 1.0), power - 1.0) <= prim.divide(t, power):
                return int(x)


def inverted_binomial(n, p):
    q = 1.0 - p
    first = prim.exp(n * prim.log(q))
    mean = n * p
    bound = int(min(float(n), mean + 10.0 * prim.sqrt(mean * q + 1.0)))
    count = 0
    here = first
    u = prim.np_random()
    while u > here:
        count += 1
        if count > bound:
            count = 0
            here = first
            u = prim.np_random()
        else:
            u -= here
            here = prim.divide(float(n - count + 1) * p * here, float(count) * q)
    return count


def stirling(x):
    """The correction of Stirling's formula."""
    s = x * x
    inner = 462.0 - prim.divide(132.0 - prim.divide(99.0 - prim.divide(140.0, s), s), s)
    return prim.divide(prim.divide(13680.0 - prim.divide(inner, s), x), 166320.0)


def ratio_is_below(v, y, m, n, r, q):
    """Whether `v` is at most the ratio of the probabilities of `y` and the mode, near it."""
    s = prim.divide(r, q)
    a = s * float(n + 1)
    ratio = 1.0
    for i in range(m + 1, y + 1):
        ratio *= prim.divide(a, float(i)) - s
    for i in range(y + 1, m + 1):
        ratio = prim.divide(ratio, prim.divide(a, float(i)) - s)
    return v <= ratio


def log_ratio_is_below(v, y, m, n, r, q, xm, nrq):
    """The same by logarithms, farther away."""
    k = float(abs(y - m))
    rho = prim.divide(k, nrq) * (prim.divide(k * (k / 3.0 + 0.625) + 0.16666666666666666, nrq) + 0.5)
    t = prim.divide(-k * k, 2.0 * nrq)
    log = prim.log(v)
    if log < t - rho:
        return True
    if log > t + rho:
        return False
    x1 = float(y + 1)
    f1 = float(m + 1)
    z = float(n + 1 - m)
    w = float(n - y + 1)
    return log <= (
        xm * prim.log(prim.divide(f1, x1))
        + (float(n - m) + 0.5) * prim.log(prim.divide(z, w))
        + float(y - m) * prim.log(prim.divide(w * r, x1 * q))
        + stirling(f1)
        + stirling(z)
        + stirling(x1)
        + stirling(w)
    )


def rejected_binomial(n, p):
    """The triangle, parallelogram and exponential tails that cover the probabilities."""
    r = p
    q = 1.0 - r
    fm = n * r + r
    m = floored(fm)
    p1 = np.floor(2.195 * prim.sqrt(n * r * q) - 4.6 * q) + 0.5
    xm = m + 0.5
    xl = xm - p1
    xr = xm + p1
    c = 0.134 + prim.divide(20.5, 15.3 + m)
    a = prim.divide(fm - xl, fm - xl * r)
    left = a * (1.0 + a / 2.0)
    a = prim.divide(xr - fm, xr * q)
    right = a * (1.0 + a / 2.0)
    p2 = p1 * (1.0 + 2.0 * c)
    p3 = p2 + prim.divide(c, left)
    p4 = p3 + prim.divide(c, right)
    nrq = n * r * q
    while True:
        u = prim.np_random() * p4
        v = prim.np_random()
        if u <= p1:
            return floored(xm - p1 * v + u)
        y = -1
        if u <= p2:
            x = xl + prim.divide(u - p1, c)
            v = v * c + 1.0 - prim.divide(abs(m - x + 0.5), p1)
            if v <= 1.0:
                y = floored(x)
        elif v != 0.0:
            if u <= p3:
                y = floored(xl + prim.divide(prim.log(v), left))
                v = v * (u - p2) * left
            else:
                y = floored(xr - prim.divide(prim.log(v), right))
                v = v * (u - p3) * right
                if y > n:
                    y = -1
        if y >= 0:
            k = abs(y - m)
            if k > 20 and k < nrq / 2.0 - 1.0:
                if log_ratio_is_below(v, y, m, n, r, q, xm, nrq):
                    return y
            elif ratio_is_below(v, y, m, n, r, q):
                return y


def binomial_half(n, p):
    if p * n <= 30.0:
        return inverted_binomial(n, p)
    return rejected_binomial(n, p)


def one_binomial(n, p, c):
    if p <= 0.5:
        return binomial_half(n, p)
    return n - binomial_half(n, 1.0 - p)


@implements("numpy.random.poisson")
def poisson(lam=1.0, size=None):
    a = number(lam)
    check_mean(a)
    return ints(size, one_poisson, a, 0.0, 0.0)


@implements("numpy.random.negative_binomial")
def negative_binomial(n, p, size=None):
    a = number(n)
    b = number(p)
    positive(a, "n")
    probability(b, "p")
    return ints(size, one_negative_binomial, a, b, 0.0)


@implements("numpy.random.geometric")
def geometric(p, size=None):
    a = number(p)
    probability_above_zero(a, "p")
    return ints(size, one_geometric, a, 0.0, 0.0)


@implements("numpy.random.logseries")
def logseries(p, size=None):
    a = number(p)
    probability_below_one(a, "p")
    return ints(size, one_logseries, a, 0.0, 0.0)


@implements("numpy.random.zipf")
def zipf(a, size=None):
    x = number(a)
    above_one(x, "a")
    return ints(size, one_zipf, x, 0.0, 0.0)


@implements("numpy.random.binomial")
def binomial(n, p, size=None):
    a = given_int(n)
    b = number(p)
    probability(b, "p")
    if np.any(a < 0):
        raise ValueError("n < 0")
    # The order of the parameters tells which one an error names.
    return ints(size, one_binomial_of, b, a, 0.0)


def one_binomial_of(p, n, c):
    return one_binomial(n, p, c)


@implements("numpy.random.hypergeometric")
def hypergeometric(ngood, nbad, nsample, size=None):
    a = given_int(ngood)
    b = given_int(nbad)
    c = given_int(nsample)
    if np.any(a + b < c):
        raise ValueError("ngood + nbad < nsample")
    if np.any(c < 1):
        if prim.is_array(a) or prim.is_array(b) or prim.is_array(c):
            raise ValueError("nsample < 1 or nsample contains NaNs")
        raise ValueError("nsample < 1 or nsample is NaN")
    not_negative_ints(a, "ngood")
    not_negative_ints(b, "nbad")
    return ints(size, one_hypergeometric, a, b, c)


def not_negative_ints(x, name):
    if np.any(x < 0):
        prim.guard(False, "ValueError", name + " < 0")


def one_hypergeometric(good, bad, sample):
    """How many of a sample are good: one by one, or for more than ten by rejection from a
    table mountain (E. Stadlober, The ratio of uniforms approach for generating discrete
    random variates, 1990)."""
    if sample > 10:
        return good_by_rejection(good, bad, sample)
    few = float(min(good, bad))
    others = float(good + bad - sample)
    left = few
    k = sample
    while left > 0.0 and k > 0:
        left -= np.floor(prim.np_random() + prim.divide(left, others + float(k)))
        k -= 1
    found = int(few - left)
    return sample - found if good > bad else found


def good_by_rejection(good, bad, sample):
    few = min(good, bad)
    many = max(good, bad)
    total = good + bad
    m = min(sample, total - sample)
    part = prim.divide(float(few), float(total))
    centre = float(m) * part + 0.5
    spread = prim.sqrt(
        prim.divide(float(total - m) * float(sample) * part * (1.0 - part), float(total - 1)) + 0.5
    )
    width = 1.7155277699214135 * spread + 0.8989161620588988
    mode = floored(prim.divide(float(m + 1) * float(few + 1), float(total + 2)))
    at_mode = log_ways(mode, few, many, m)
    end = min(float(min(m, few)) + 1.0, np.floor(centre + 16.0 * spread))
    while True:
        x = prim.np_random()
        y = prim.np_random()
        w = centre + prim.divide(width * (y - 0.5), x)
        if not w < 0.0 and not w >= end:
            z = floored(w)
            t = at_mode - log_ways(z, few, many, m)
            if x * (4.0 - x) - 3.0 <= t:
                break
            if not x * (x - t) >= 1.0 and 2.0 * prim.log(x) <= t:
                break
    if good > bad:
        z = m - z
    if m < sample:
        z = good - z
    return z


def log_ways(z, few, many, m):
    return log_gamma(float(z + 1)) + log_gamma(float(few - z + 1)) + log_gamma(float(m - z + 1)) + log_gamma(float(many - m + z + 1))

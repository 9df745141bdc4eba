"""Library bodies: the continuous distributions of `numpy.random.Generator`."""

from generators import check_out, draw, filled, given, not_negative, positive


@implements("Generator.random")
def random(rng, size=None, dtype=None, out=None):
    return filled(prim.rng_fill_unit, prim.rng_unit, prim.rng_unit_32, rng, size, dtype, out, "random")


@implements("Generator.standard_normal")
def standard_normal(rng, size=None, dtype=None, out=None):
    return filled(
        prim.rng_fill_normal, prim.rng_normal_1, prim.rng_normal_32, rng, size, dtype, out, "standard_normal"
    )


@implements("Generator.standard_exponential")
def standard_exponential(rng, size=None, dtype=None, method="zig", out=None):
    if not prim.is_literal(method):
        prim.error("method= must be written as 'zig' or 'inv'")
    if method == "zig":
        return filled(
            prim.rng_fill_exponential,
            prim.rng_exponential_1,
            prim.rng_exponential_32,
            rng,
            size,
            dtype,
            out,
            "standard_exponential",
        )
    else:
        # Whatever isn't 'zig' is by inversion.
        return filled(
            prim.rng_fill_exponential_inv, inverted, inverted_32, rng, size, dtype, out, "standard_exponential"
        )


def inverted(rng):
    one = prim.empty(1, prim.dtype("float64"))
    prim.rng_fill_exponential_inv(rng, 8, one, 1)
    return float(one[0])


def inverted_32(rng):
    one = prim.empty(1, prim.dtype("float32"))
    prim.rng_fill_exponential_inv(rng, 4, one, 1)
    return float(one[0])


def real(f, rng, size, count, a, b, c):
    return draw(f, rng, size, count, prim.dtype("float64"), a, b, c)


@implements("Generator.standard_cauchy")
def standard_cauchy(rng, size=None):
    return real(prim.rng_standard_cauchy, rng, size, 0, 0.0, 0.0, 0.0)


@implements("Generator.normal")
def normal(rng, loc=0.0, scale=1.0, size=None):
    a = given(loc)
    b = given(scale)
    not_negative(b, "scale")
    if size is None or prim.is_array(a) or prim.is_array(b):
        return real(prim.rng_normal, rng, size, 2, a, b, 0.0)
    out = prim.empty(size, prim.dtype("float64"))
    prim.rng_fill_normal(rng, 8, out, out.size)
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = a + b * line[i]
    return out


@implements("Generator.lognormal")
def lognormal(rng, mean=0.0, sigma=1.0, size=None):
    a = given(mean)
    b = given(sigma)
    not_negative(b, "sigma")
    return real(prim.rng_lognormal, rng, size, 2, a, b, 0.0)


@implements("Generator.uniform")
def uniform(rng, low=0.0, high=1.0, size=None):
    a = given(low)
    b = given(high)
    width = b - a
    if prim.is_array(width):
        if not np.all(np.isfinite(width)):
            raise OverflowError("Range exceeds valid bounds")
    elif not prim.isfinite(width):
        raise OverflowError("high - low range exceeds valid bounds")
    not_negative(width, "high - low")
    return real(prim.rng_uniform, rng, size, 2, a, width, 0.0)


@implements("Generator.exponential")
def exponential(rng, scale=1.0, size=None):
    a = given(scale)
    not_negative(a, "scale")
    return real(prim.rng_exponential, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.standard_gamma")
def standard_gamma(rng, shape, size=None, dtype=None, out=None):
    if dtype is None:
        return standard_gamma(rng, shape, size, prim.dtype("float64"), out)
    a = given(shape)
    if prim.dtype_given(dtype) == prim.dtype("float64"):
        return gammas(prim.rng_gamma_1, rng, a, size, prim.dtype("float64"), out)
    elif prim.dtype_given(dtype) == prim.dtype("float32"):
        return gammas(prim.rng_gamma_32, rng, a, size, prim.dtype("float32"), out)
    else:
        prim.error("Unsupported dtype {} for standard_gamma", dtype)


def gammas(f, rng, a, size, dtype, out):
    if out is None:
        not_negative(a, "shape")
        return draw(f, rng, size, 1, dtype, a, 0.0, 0.0)
    check_out(out, dtype, size, "C")
    not_negative(a, "shape")
    if prim.is_array(a):
        prim.error("standard_gamma() of an array with out= is not compiled")
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = f(rng, a)
    return out


@implements("Generator.gamma")
def gamma(rng, shape, scale=1.0, size=None):
    a = given(shape)
    b = given(scale)
    not_negative(a, "shape")
    not_negative(b, "scale")
    return real(prim.rng_gamma, rng, size, 2, a, b, 0.0)


@implements("Generator.beta")
def beta(rng, a, b, size=None):
    x = given(a)
    y = given(b)
    positive(x, "a")
    positive(y, "b")
    return real(prim.rng_beta, rng, size, 2, x, y, 0.0)


@implements("Generator.chisquare")
def chisquare(rng, df, size=None):
    a = given(df)
    positive(a, "df")
    return real(prim.rng_chisquare, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.noncentral_chisquare")
def noncentral_chisquare(rng, df, nonc, size=None):
    a = given(df)
    b = given(nonc)
    positive(a, "df")
    not_negative(b, "nonc")
    return real(prim.rng_noncentral_chisquare, rng, size, 2, a, b, 0.0)


@implements("Generator.f")
def f(rng, dfnum, dfden, size=None):
    a = given(dfnum)
    b = given(dfden)
    positive(a, "dfnum")
    positive(b, "dfden")
    return real(prim.rng_f, rng, size, 2, a, b, 0.0)


@implements("Generator.noncentral_f")
def noncentral_f(rng, dfnum, dfden, nonc, size=None):
    a = given(dfnum)
    b = given(dfden)
    c = given(nonc)
    positive(a, "dfnum")
    positive(b, "dfden")
    not_negative(c, "nonc")
    return real(prim.rng_noncentral_f, rng, size, 3, a, b, c)


@implements("Generator.standard_t")
def standard_t(rng, df, size=None):
    a = given(df)
    positive(a, "df")
    return real(prim.rng_standard_t, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.vonmises")
def vonmises(rng, mu, kappa, size=None):
    a = given(mu)
    b = given(kappa)
    not_negative(b, "kappa")
    return real(prim.rng_vonmises, rng, size, 2, a, b, 0.0)


@implements("Generator.pareto")
def pareto(rng, a, size=None):
    x = given(a)
    positive(x, "a")
    return real(prim.rng_pareto, rng, size, 1, x, 0.0, 0.0)


@implements("Generator.weibull")
def weibull(rng, a, size=None):
    x = given(a)
    not_negative(x, "a")
    return real(prim.rng_weibull, rng, size, 1, x, 0.0, 0.0)


@implements("Generator.power")
def power(rng, a, size=None):
    x = given(a)
    positive(x, "a")
    return real(prim.rng_power, rng, size, 1, x, 0.0, 0.0)


@implements("Generator.laplace")
def laplace(rng, loc=0.0, scale=1.0, size=None):
    a = given(loc)
    b = given(scale)
    not_negative(b, "scale")
    return real(prim.rng_laplace, rng, size, 2, a, b, 0.0)


@implements("Generator.gumbel")
def gumbel(rng, loc=0.0, scale=1.0, size=None):
    a = given(loc)
    b = given(scale)
    not_negative(b, "scale")
    return real(prim.rng_gumbel, rng, size, 2, a, b, 0.0)


@implements("Generator.logistic")
def logistic(rng, loc=0.0, scale=1.0, size=None):
    a = given(loc)
    b = given(scale)
    not_negative(b, "scale")
    return real(prim.rng_logistic, rng, size, 2, a, b, 0.0)


@implements("Generator.rayleigh")
def rayleigh(rng, scale=1.0, size=None):
    a = given(scale)
    not_negative(a, "scale")
    return real(prim.rng_rayleigh, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.wald")
def wald(rng, mean, scale, size=None):
    a = given(mean)
    b = given(scale)
    positive(a, "mean")
    positive(b, "scale")
    return real(prim.rng_wald, rng, size, 2, a, b, 0.0)


@implements("Generator.triangular")
def triangular(rng, left, mode, right, size=None):
    a = given(left)
    b = given(mode)
    c = given(right)
    if np.any(a > b):
        raise ValueError("left > mode")
    if np.any(b > c):
        raise ValueError("mode > right")
    if np.any(a == c):
        raise ValueError("left == right")
    return real(prim.rng_triangular, rng, size, 3, a, b, c)

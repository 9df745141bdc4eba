"""Library bodies: `cumbia.cuda.fp16`, functions of `float16` by the names that CUDA C has.

Operands that aren't `float16` become so first.
"""

from device_arguments import real


def half(x):
    return real(x, np.float16)


def single(x):
    return prim.cast(half(x), np.float32)


@implements("cumbia.cuda.fp16.hneg")
def hneg(a):
    return -half(a)


@implements("cumbia.cuda.fp16.habs")
def habs(a):
    return prim.fabs(half(a))


@implements("cumbia.cuda.fp16.hsin")
def hsin(a):
    return np.sin(half(a))


@implements("cumbia.cuda.fp16.hcos")
def hcos(a):
    return np.cos(half(a))


@implements("cumbia.cuda.fp16.hlog")
def hlog(a):
    return np.log(half(a))


@implements("cumbia.cuda.fp16.hlog2")
def hlog2(a):
    return np.log2(half(a))


@implements("cumbia.cuda.fp16.hlog10")
def hlog10(a):
    return np.log10(half(a))


@implements("cumbia.cuda.fp16.hexp")
def hexp(a):
    return np.exp(half(a))


@implements("cumbia.cuda.fp16.hexp2")
def hexp2(a):
    return np.exp2(half(a))


@implements("cumbia.cuda.fp16.hexp10")
def hexp10(a):
    return half(np.power(np.float32(10.0), single(a)))


@implements("cumbia.cuda.fp16.hfloor")
def hfloor(a):
    return np.floor(half(a))


@implements("cumbia.cuda.fp16.hceil")
def hceil(a):
    return np.ceil(half(a))


@implements("cumbia.cuda.fp16.hsqrt")
def hsqrt(a):
    return np.sqrt(half(a))


@implements("cumbia.cuda.fp16.hrsqrt")
def hrsqrt(a):
    return half(np.float32(1.0) / prim.sqrt(single(a)))


@implements("cumbia.cuda.fp16.hrcp")
def hrcp(a):
    return half(1) / half(a)


@implements("cumbia.cuda.fp16.hrint")
def hrint(a):
    return np.rint(half(a))


@implements("cumbia.cuda.fp16.htrunc")
def htrunc(a):
    return np.trunc(half(a))


@implements("cumbia.cuda.fp16.hadd")
def hadd(a, b):
    return half(a) + half(b)


@implements("cumbia.cuda.fp16.hsub")
def hsub(a, b):
    return half(a) - half(b)


@implements("cumbia.cuda.fp16.hmul")
def hmul(a, b):
    return half(a) * half(b)


@implements("cumbia.cuda.fp16.hdiv")
def hdiv(a, b):
    return half(a) / half(b)


@implements("cumbia.cuda.fp16.hmax")
def hmax(a, b):
    return np.fmax(half(a), half(b))


@implements("cumbia.cuda.fp16.hmin")
def hmin(a, b):
    return np.fmin(half(a), half(b))


@implements("cumbia.cuda.fp16.heq")
def heq(a, b):
    return bool(half(a) == half(b))


@implements("cumbia.cuda.fp16.hge")
def hge(a, b):
    return bool(half(a) >= half(b))


@implements("cumbia.cuda.fp16.hgt")
def hgt(a, b):
    return bool(half(a) > half(b))


@implements("cumbia.cuda.fp16.hle")
def hle(a, b):
    return bool(half(a) <= half(b))


@implements("cumbia.cuda.fp16.hlt")
def hlt(a, b):
    return bool(half(a) < half(b))


# False with a nan, as all of these.
@implements("cumbia.cuda.fp16.hne")
def hne(a, b):
    a = half(a)
    b = half(b)
    return bool((a < b) | (a > b))


@implements("cumbia.cuda.fp16.hfma")
def hfma(a, b, c):
    return prim.fma(half(a), half(b), half(c))

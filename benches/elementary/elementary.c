/* Loops over the C library's elementary functions, for benches/elementary: with -ffast-math
   a compiler takes the vector forms of libmvec where there are some. */
#include <math.h>
#include <stdint.h>

#define ONE(name, function, type)                                                            \
    void name(const type *restrict a, const type *restrict b, type *restrict out, int64_t n) \
    {                                                                                        \
        for (int64_t i = 0; i < n; i++)                                                      \
            out[i] = function(a[i]);                                                         \
    }
#define TWO(name, function, type)                                                            \
    void name(const type *restrict a, const type *restrict b, type *restrict out, int64_t n) \
    {                                                                                        \
        for (int64_t i = 0; i < n; i++)                                                      \
            out[i] = function(a[i], b[i]);                                                   \
    }
#define BOTH(kind, name, function)             \
    kind(name##_float64, function, double)     \
    kind(name##_float32, function##f, float)

BOTH(ONE, exp, exp)
BOTH(ONE, exp2, exp2)
BOTH(ONE, expm1, expm1)
BOTH(ONE, log, log)
BOTH(ONE, log2, log2)
BOTH(ONE, log10, log10)
BOTH(ONE, log1p, log1p)
BOTH(ONE, sin, sin)
BOTH(ONE, cos, cos)
BOTH(ONE, tan, tan)
BOTH(ONE, arcsin, asin)
BOTH(ONE, arccos, acos)
BOTH(ONE, arctan, atan)
BOTH(ONE, sinh, sinh)
BOTH(ONE, cosh, cosh)
BOTH(ONE, tanh, tanh)
BOTH(ONE, arcsinh, asinh)
BOTH(ONE, arccosh, acosh)
BOTH(ONE, arctanh, atanh)
BOTH(ONE, cbrt, cbrt)
BOTH(TWO, hypot, hypot)
BOTH(TWO, arctan2, atan2)
BOTH(TWO, power, pow)
BOTH(ONE, erf, erf)
BOTH(ONE, erfc, erfc)
BOTH(ONE, gamma, tgamma)
BOTH(ONE, gammaln, lgamma)

"""Library bodies: functions in both precisions of `cumbia.cuda.libdevice`. Written by `libdevice/generate.py`."""

from device_arguments import real
from device_rounding import away, cosine_of_pi, exponent, of_special, parts, positive_difference, sine_of_pi, to_integer, whole_exponent
from error_functions import erfcx, ndtr


@implements("cumbia.cuda.libdevice.acos")
def nv_acos(x):
    x = real(x, np.float64)
    return prim.acos(x)


@implements("cumbia.cuda.libdevice.acosf")
def nv_acosf(x):
    x = real(x, np.float32)
    return prim.acos(x)


@implements("cumbia.cuda.libdevice.acosh")
def nv_acosh(x):
    x = real(x, np.float64)
    return prim.acosh(x)


@implements("cumbia.cuda.libdevice.acoshf")
def nv_acoshf(x):
    x = real(x, np.float32)
    return prim.acosh(x)


@implements("cumbia.cuda.libdevice.asin")
def nv_asin(x):
    x = real(x, np.float64)
    return prim.asin(x)


@implements("cumbia.cuda.libdevice.asinf")
def nv_asinf(x):
    x = real(x, np.float32)
    return prim.asin(x)


@implements("cumbia.cuda.libdevice.asinh")
def nv_asinh(x):
    x = real(x, np.float64)
    return prim.asinh(x)


@implements("cumbia.cuda.libdevice.asinhf")
def nv_asinhf(x):
    x = real(x, np.float32)
    return prim.asinh(x)


@implements("cumbia.cuda.libdevice.atan")
def nv_atan(x):
    x = real(x, np.float64)
    return prim.atan(x)


@implements("cumbia.cuda.libdevice.atanf")
def nv_atanf(x):
    x = real(x, np.float32)
    return prim.atan(x)


@implements("cumbia.cuda.libdevice.atanh")
def nv_atanh(x):
    x = real(x, np.float64)
    return prim.atanh(x)


@implements("cumbia.cuda.libdevice.atanhf")
def nv_atanhf(x):
    x = real(x, np.float32)
    return prim.atanh(x)


@implements("cumbia.cuda.libdevice.cbrt")
def nv_cbrt(x):
    x = real(x, np.float64)
    return prim.cbrt(x)


@implements("cumbia.cuda.libdevice.cbrtf")
def nv_cbrtf(x):
    x = real(x, np.float32)
    return prim.cbrt(x)


@implements("cumbia.cuda.libdevice.ceil")
def nv_ceil(x):
    x = real(x, np.float64)
    return prim.ceil(x)


@implements("cumbia.cuda.libdevice.ceilf")
def nv_ceilf(x):
    x = real(x, np.float32)
    return prim.ceil(x)


@implements("cumbia.cuda.libdevice.cos")
def nv_cos(x):
    x = real(x, np.float64)
    return prim.cos(x)


@implements("cumbia.cuda.libdevice.cosf")
def nv_cosf(x):
    x = real(x, np.float32)
    return prim.cos(x)


@implements("cumbia.cuda.libdevice.cosh")
def nv_cosh(x):
    x = real(x, np.float64)
    return prim.cosh(x)


@implements("cumbia.cuda.libdevice.coshf")
def nv_coshf(x):
    x = real(x, np.float32)
    return prim.cosh(x)


@implements("cumbia.cuda.libdevice.cospi")
def nv_cospi(x):
    x = real(x, np.float64)
    return cosine_of_pi(x)


@implements("cumbia.cuda.libdevice.cospif")
def nv_cospif(x):
    x = real(x, np.float32)
    return cosine_of_pi(x)


@implements("cumbia.cuda.libdevice.erf")
def nv_erf(x):
    x = real(x, np.float64)
    return prim.erf(x)


@implements("cumbia.cuda.libdevice.erff")
def nv_erff(x):
    x = real(x, np.float32)
    return prim.erf(x)


@implements("cumbia.cuda.libdevice.erfc")
def nv_erfc(x):
    x = real(x, np.float64)
    return prim.erfc(x)


@implements("cumbia.cuda.libdevice.erfcf")
def nv_erfcf(x):
    x = real(x, np.float32)
    return prim.erfc(x)


@implements("cumbia.cuda.libdevice.erfcx")
def nv_erfcx(x):
    x = real(x, np.float64)
    return of_special(erfcx, x)


@implements("cumbia.cuda.libdevice.erfcxf")
def nv_erfcxf(x):
    x = real(x, np.float32)
    return of_special(erfcx, x)


@implements("cumbia.cuda.libdevice.exp")
def nv_exp(x):
    x = real(x, np.float64)
    return prim.exp(x)


@implements("cumbia.cuda.libdevice.expf")
def nv_expf(x):
    x = real(x, np.float32)
    return prim.exp(x)


@implements("cumbia.cuda.libdevice.exp10")
def nv_exp10(x):
    x = real(x, np.float64)
    return prim.pow(prim.cast(10, prim.dtype(x)), x)


@implements("cumbia.cuda.libdevice.exp10f")
def nv_exp10f(x):
    x = real(x, np.float32)
    return prim.pow(prim.cast(10, prim.dtype(x)), x)


@implements("cumbia.cuda.libdevice.exp2")
def nv_exp2(x):
    x = real(x, np.float64)
    return prim.exp2(x)


@implements("cumbia.cuda.libdevice.exp2f")
def nv_exp2f(x):
    x = real(x, np.float32)
    return prim.exp2(x)


@implements("cumbia.cuda.libdevice.expm1")
def nv_expm1(x):
    x = real(x, np.float64)
    return prim.expm1(x)


@implements("cumbia.cuda.libdevice.expm1f")
def nv_expm1f(x):
    x = real(x, np.float32)
    return prim.expm1(x)


@implements("cumbia.cuda.libdevice.fabs")
def nv_fabs(x):
    x = real(x, np.float64)
    return prim.fabs(x)


@implements("cumbia.cuda.libdevice.fabsf")
def nv_fabsf(x):
    x = real(x, np.float32)
    return prim.fabs(x)


@implements("cumbia.cuda.libdevice.floor")
def nv_floor(x):
    x = real(x, np.float64)
    return prim.floor(x)


@implements("cumbia.cuda.libdevice.floorf")
def nv_floorf(x):
    x = real(x, np.float32)
    return prim.floor(x)


@implements("cumbia.cuda.libdevice.lgamma")
def nv_lgamma(x):
    x = real(x, np.float64)
    return prim.lgamma(x)


@implements("cumbia.cuda.libdevice.lgammaf")
def nv_lgammaf(x):
    x = real(x, np.float32)
    return prim.lgamma(x)


@implements("cumbia.cuda.libdevice.log")
def nv_log(x):
    x = real(x, np.float64)
    return prim.log(x)


@implements("cumbia.cuda.libdevice.logf")
def nv_logf(x):
    x = real(x, np.float32)
    return prim.log(x)


@implements("cumbia.cuda.libdevice.log10")
def nv_log10(x):
    x = real(x, np.float64)
    return prim.log10(x)


@implements("cumbia.cuda.libdevice.log10f")
def nv_log10f(x):
    x = real(x, np.float32)
    return prim.log10(x)


@implements("cumbia.cuda.libdevice.log1p")
def nv_log1p(x):
    x = real(x, np.float64)
    return prim.log1p(x)


@implements("cumbia.cuda.libdevice.log1pf")
def nv_log1pf(x):
    x = real(x, np.float32)
    return prim.log1p(x)


@implements("cumbia.cuda.libdevice.log2")
def nv_log2(x):
    x = real(x, np.float64)
    return prim.log2(x)


@implements("cumbia.cuda.libdevice.log2f")
def nv_log2f(x):
    x = real(x, np.float32)
    return prim.log2(x)


@implements("cumbia.cuda.libdevice.logb")
def nv_logb(x):
    x = real(x, np.float64)
    return exponent(x)


@implements("cumbia.cuda.libdevice.logbf")
def nv_logbf(x):
    x = real(x, np.float32)
    return exponent(x)


@implements("cumbia.cuda.libdevice.nearbyint")
def nv_nearbyint(x):
    x = real(x, np.float64)
    return prim.rint(x)


@implements("cumbia.cuda.libdevice.nearbyintf")
def nv_nearbyintf(x):
    x = real(x, np.float32)
    return prim.rint(x)


@implements("cumbia.cuda.libdevice.normcdf")
def nv_normcdf(x):
    x = real(x, np.float64)
    return of_special(ndtr, x)


@implements("cumbia.cuda.libdevice.normcdff")
def nv_normcdff(x):
    x = real(x, np.float32)
    return of_special(ndtr, x)


@implements("cumbia.cuda.libdevice.rcbrt")
def nv_rcbrt(x):
    x = real(x, np.float64)
    return prim.divide(prim.cast(1, prim.dtype(x)), prim.cbrt(x))


@implements("cumbia.cuda.libdevice.rcbrtf")
def nv_rcbrtf(x):
    x = real(x, np.float32)
    return prim.divide(prim.cast(1, prim.dtype(x)), prim.cbrt(x))


@implements("cumbia.cuda.libdevice.rint")
def nv_rint(x):
    x = real(x, np.float64)
    return prim.rint(x)


@implements("cumbia.cuda.libdevice.rintf")
def nv_rintf(x):
    x = real(x, np.float32)
    return prim.rint(x)


@implements("cumbia.cuda.libdevice.round")
def nv_round(x):
    x = real(x, np.float64)
    return away(x)


@implements("cumbia.cuda.libdevice.roundf")
def nv_roundf(x):
    x = real(x, np.float32)
    return away(x)


@implements("cumbia.cuda.libdevice.rsqrt")
def nv_rsqrt(x):
    x = real(x, np.float64)
    return prim.divide(prim.cast(1, prim.dtype(x)), prim.sqrt(x))


@implements("cumbia.cuda.libdevice.rsqrtf")
def nv_rsqrtf(x):
    x = real(x, np.float32)
    return prim.divide(prim.cast(1, prim.dtype(x)), prim.sqrt(x))


@implements("cumbia.cuda.libdevice.sin")
def nv_sin(x):
    x = real(x, np.float64)
    return prim.sin(x)


@implements("cumbia.cuda.libdevice.sinf")
def nv_sinf(x):
    x = real(x, np.float32)
    return prim.sin(x)


@implements("cumbia.cuda.libdevice.sinh")
def nv_sinh(x):
    x = real(x, np.float64)
    return prim.sinh(x)


@implements("cumbia.cuda.libdevice.sinhf")
def nv_sinhf(x):
    x = real(x, np.float32)
    return prim.sinh(x)


@implements("cumbia.cuda.libdevice.sinpi")
def nv_sinpi(x):
    x = real(x, np.float64)
    return sine_of_pi(x)


@implements("cumbia.cuda.libdevice.sinpif")
def nv_sinpif(x):
    x = real(x, np.float32)
    return sine_of_pi(x)


@implements("cumbia.cuda.libdevice.sqrt")
def nv_sqrt(x):
    x = real(x, np.float64)
    return prim.sqrt(x)


@implements("cumbia.cuda.libdevice.sqrtf")
def nv_sqrtf(x):
    x = real(x, np.float32)
    return prim.sqrt(x)


@implements("cumbia.cuda.libdevice.tan")
def nv_tan(x):
    x = real(x, np.float64)
    return prim.tan(x)


@implements("cumbia.cuda.libdevice.tanf")
def nv_tanf(x):
    x = real(x, np.float32)
    return prim.tan(x)


@implements("cumbia.cuda.libdevice.tanh")
def nv_tanh(x):
    x = real(x, np.float64)
    return prim.tanh(x)


@implements("cumbia.cuda.libdevice.tanhf")
def nv_tanhf(x):
    x = real(x, np.float32)
    return prim.tanh(x)


@implements("cumbia.cuda.libdevice.tgamma")
def nv_tgamma(x):
    x = real(x, np.float64)
    return prim.tgamma(x)


@implements("cumbia.cuda.libdevice.tgammaf")
def nv_tgammaf(x):
    x = real(x, np.float32)
    return prim.tgamma(x)


@implements("cumbia.cuda.libdevice.trunc")
def nv_trunc(x):
    x = real(x, np.float64)
    return prim.trunc(x)


@implements("cumbia.cuda.libdevice.truncf")
def nv_truncf(x):
    x = real(x, np.float32)
    return prim.trunc(x)


@implements("cumbia.cuda.libdevice.frexp")
def nv_frexp(x):
    x = real(x, np.float64)
    return (prim.frexp_mantissa(x), prim.cast(prim.frexp_exponent(x), np.int32))


@implements("cumbia.cuda.libdevice.frexpf")
def nv_frexpf(x):
    x = real(x, np.float32)
    return (prim.frexp_mantissa(x), prim.cast(prim.frexp_exponent(x), np.int32))


@implements("cumbia.cuda.libdevice.ilogb")
def nv_ilogb(x):
    x = real(x, np.float64)
    return whole_exponent(x)


@implements("cumbia.cuda.libdevice.ilogbf")
def nv_ilogbf(x):
    x = real(x, np.float32)
    return whole_exponent(x)


@implements("cumbia.cuda.libdevice.llrint")
def nv_llrint(x):
    x = real(x, np.float64)
    return to_integer(prim.rint(x), np.int64, True)


@implements("cumbia.cuda.libdevice.llrintf")
def nv_llrintf(x):
    x = real(x, np.float32)
    return to_integer(prim.rint(x), np.int64, True)


@implements("cumbia.cuda.libdevice.llround")
def nv_llround(x):
    x = real(x, np.float64)
    return to_integer(away(x), np.int64, True)


@implements("cumbia.cuda.libdevice.llroundf")
def nv_llroundf(x):
    x = real(x, np.float32)
    return to_integer(away(x), np.int64, True)


@implements("cumbia.cuda.libdevice.modf")
def nv_modf(x):
    x = real(x, np.float64)
    return parts(x)


@implements("cumbia.cuda.libdevice.modff")
def nv_modff(x):
    x = real(x, np.float32)
    return parts(x)


@implements("cumbia.cuda.libdevice.sincos")
def nv_sincos(x):
    x = real(x, np.float64)
    return (prim.sin(x), prim.cos(x))


@implements("cumbia.cuda.libdevice.sincosf")
def nv_sincosf(x):
    x = real(x, np.float32)
    return (prim.sin(x), prim.cos(x))


@implements("cumbia.cuda.libdevice.sincospi")
def nv_sincospi(x):
    x = real(x, np.float64)
    return (sine_of_pi(x), cosine_of_pi(x))


@implements("cumbia.cuda.libdevice.sincospif")
def nv_sincospif(x):
    x = real(x, np.float32)
    return (sine_of_pi(x), cosine_of_pi(x))


@implements("cumbia.cuda.libdevice.atan2")
def nv_atan2(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.atan2(x, y)


@implements("cumbia.cuda.libdevice.atan2f")
def nv_atan2f(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.atan2(x, y)


@implements("cumbia.cuda.libdevice.copysign")
def nv_copysign(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.copysign(x, y)


@implements("cumbia.cuda.libdevice.copysignf")
def nv_copysignf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.copysign(x, y)


@implements("cumbia.cuda.libdevice.fdim")
def nv_fdim(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return positive_difference(x, y)


@implements("cumbia.cuda.libdevice.fdimf")
def nv_fdimf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return positive_difference(x, y)


@implements("cumbia.cuda.libdevice.fmax")
def nv_fmax(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.fmax(x, y)


@implements("cumbia.cuda.libdevice.fmaxf")
def nv_fmaxf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.fmax(x, y)


@implements("cumbia.cuda.libdevice.fmin")
def nv_fmin(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.fmin(x, y)


@implements("cumbia.cuda.libdevice.fminf")
def nv_fminf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.fmin(x, y)


@implements("cumbia.cuda.libdevice.fmod")
def nv_fmod(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.fmod(x, y)


@implements("cumbia.cuda.libdevice.fmodf")
def nv_fmodf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.fmod(x, y)


@implements("cumbia.cuda.libdevice.hypot")
def nv_hypot(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.hypot(x, y)


@implements("cumbia.cuda.libdevice.hypotf")
def nv_hypotf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.hypot(x, y)


@implements("cumbia.cuda.libdevice.nextafter")
def nv_nextafter(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return np.nextafter(x, y)


@implements("cumbia.cuda.libdevice.nextafterf")
def nv_nextafterf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return np.nextafter(x, y)


@implements("cumbia.cuda.libdevice.pow")
def nv_pow(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.pow(x, y)


@implements("cumbia.cuda.libdevice.powf")
def nv_powf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.pow(x, y)


@implements("cumbia.cuda.libdevice.remainder")
def nv_remainder(x, y):
    x = real(x, np.float64)
    y = real(y, np.float64)
    return prim.remainder(x, y)


@implements("cumbia.cuda.libdevice.remainderf")
def nv_remainderf(x, y):
    x = real(x, np.float32)
    y = real(y, np.float32)
    return prim.remainder(x, y)


@implements("cumbia.cuda.libdevice.ldexp")
def nv_ldexp(x, y):
    x = real(x, np.float64)
    y = real(y, np.int32)
    return prim.ldexp(x, int(y))


@implements("cumbia.cuda.libdevice.ldexpf")
def nv_ldexpf(x, y):
    x = real(x, np.float32)
    y = real(y, np.int32)
    return prim.ldexp(x, int(y))


@implements("cumbia.cuda.libdevice.powi")
def nv_powi(x, y):
    x = real(x, np.float64)
    y = real(y, np.int32)
    return prim.pow(x, prim.cast(y, prim.dtype(x)))


@implements("cumbia.cuda.libdevice.powif")
def nv_powif(x, y):
    x = real(x, np.float32)
    y = real(y, np.int32)
    return prim.pow(x, prim.cast(y, prim.dtype(x)))


@implements("cumbia.cuda.libdevice.scalbn")
def nv_scalbn(x, y):
    x = real(x, np.float64)
    y = real(y, np.int32)
    return prim.ldexp(x, int(y))


@implements("cumbia.cuda.libdevice.scalbnf")
def nv_scalbnf(x, y):
    x = real(x, np.float32)
    y = real(y, np.int32)
    return prim.ldexp(x, int(y))

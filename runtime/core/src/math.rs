//! Elementary functions: those of the platform's C library, which CPython's
//! `math` calls too, so that both give the same bits.
//!
//! Three of CPython's are its own instead: `gamma` and `lgamma` are in `special.rs`,
//! `hypot` is a body of the library (the row here is the C library's, which complex
//! magnitudes and NumPy use). `examples/against_python.rs` compares all of them.

pub(crate) use crate::fmod::{fmod_f32, fmod_f64};
use std::sync::OnceLock;

/// The C library's functions themselves, under the names of the helper table: compiled code
/// calls them without a step between.
macro_rules! c_functions {
    ($( $name:ident $symbol:ident ($($param:ident),*) $ty:ty; )*) => {
        // Not all of these are in the `libc` crate: declared here.
        // SAFETY: they have these signatures, and are defined for all numbers.
        unsafe extern "C" {
            $(
                #[link_name = stringify!($symbol)]
                pub(crate) safe fn $name($($param: $ty),*) -> $ty;
            )*
        }
    };
}

c_functions! {
    sin_f64 sin (x) f64;
    cos_f64 cos (x) f64;
    tan_f64 tan (x) f64;
    asin_f64 asin (x) f64;
    acos_f64 acos (x) f64;
    atan_f64 atan (x) f64;
    atan2_f64 atan2 (y, x) f64;
    sinh_f64 sinh (x) f64;
    cosh_f64 cosh (x) f64;
    tanh_f64 tanh (x) f64;
    asinh_f64 asinh (x) f64;
    acosh_f64 acosh (x) f64;
    atanh_f64 atanh (x) f64;
    exp_f64 exp (x) f64;
    exp2_f64 exp2 (x) f64;
    expm1_f64 expm1 (x) f64;
    log_f64 log (x) f64;
    log2_f64 log2 (x) f64;
    log10_f64 log10 (x) f64;
    log1p_f64 log1p (x) f64;
    erf_f64 erf (x) f64;
    erfc_f64 erfc (x) f64;
    hypot_f64 hypot (x, y) f64;
    pow_f64 pow (x, y) f64;
    remainder_f64 remainder (x, y) f64;
    nextafter_f64 nextafter (x, y) f64;
    sin_f32 sinf (x) f32;
    cos_f32 cosf (x) f32;
    tan_f32 tanf (x) f32;
    asin_f32 asinf (x) f32;
    acos_f32 acosf (x) f32;
    atan_f32 atanf (x) f32;
    atan2_f32 atan2f (y, x) f32;
    sinh_f32 sinhf (x) f32;
    cosh_f32 coshf (x) f32;
    tanh_f32 tanhf (x) f32;
    asinh_f32 asinhf (x) f32;
    acosh_f32 acoshf (x) f32;
    atanh_f32 atanhf (x) f32;
    exp_f32 expf (x) f32;
    exp2_f32 exp2f (x) f32;
    expm1_f32 expm1f (x) f32;
    log_f32 logf (x) f32;
    log2_f32 log2f (x) f32;
    log10_f32 log10f (x) f32;
    log1p_f32 log1pf (x) f32;
    hypot_f32 hypotf (x, y) f32;
    pow_f32 powf (x, y) f32;
    nextafter_f32 nextafterf (x, y) f32;
}

/// A function of the C library looked up at run time, where linking by name would
/// give Rust's own of that name (`compiler_builtins` has a `cbrt` whose last digit
/// differs).
fn platform_function(name: &std::ffi::CStr) -> *mut libc::c_void {
    // SAFETY: both names are C strings; loading the C library's math part, which
    // this process already uses, runs no new code.
    unsafe {
        let library = libc::dlopen(c"libm.so.6".as_ptr(), libc::RTLD_LAZY);
        libc::dlsym(if library.is_null() { libc::RTLD_DEFAULT } else { library }, name.as_ptr())
    }
}

pub(crate) extern "C" fn cbrt_f64(x: f64) -> f64 {
    static FUNCTION: OnceLock<Option<extern "C" fn(f64) -> f64>> = OnceLock::new();
    let function = FUNCTION.get_or_init(|| {
        // SAFETY: null or the C library's `cbrt`, which has this signature; null
        // is `None`.
        unsafe { std::mem::transmute(platform_function(c"cbrt")) }
    });
    function.map_or_else(|| x.cbrt(), |f| f(x))
}

pub(crate) extern "C" fn cbrt_f32(x: f32) -> f32 {
    static FUNCTION: OnceLock<Option<extern "C" fn(f32) -> f32>> = OnceLock::new();
    let function = FUNCTION.get_or_init(|| {
        // SAFETY: null or the C library's `cbrtf`, which has this signature; null
        // is `None`.
        unsafe { std::mem::transmute(platform_function(c"cbrtf")) }
    });
    function.map_or_else(|| x.cbrt(), |f| f(x))
}

/// Splits into mantissa (0.5 <= |m| < 1, or `x` itself for 0, inf and nan) and exponent.
fn frexp(x: f64) -> (f64, i64) {
    unsafe extern "C" {
        fn frexp(x: f64, exponent: *mut i32) -> f64;
    }
    let mut exponent = 0;
    // SAFETY: `exponent` is a valid place; the function is defined for all numbers.
    let mantissa = unsafe { frexp(x, &mut exponent) };
    // C leaves the exponent of inf and nan open; Python says 0.
    if x.is_finite() { (mantissa, i64::from(exponent)) } else { (x, 0) }
}

pub(crate) extern "C" fn frexp_mantissa_f64(x: f64) -> f64 {
    frexp(x).0
}

pub(crate) extern "C" fn frexp_exponent_f64(x: f64) -> i64 {
    frexp(x).1
}

/// `x * 2**n` rounded once; beyond the range inf or 0. (Python raises
/// OverflowError for inf: the library's body checks.)
pub(crate) extern "C" fn ldexp_f64(x: f64, n: i64) -> f64 {
    unsafe extern "C" {
        fn ldexp(x: f64, n: i32) -> f64;
    }
    // Any exponent beyond this gives 0 or inf for every finite number.
    let n = n.clamp(-10_000, 10_000) as i32;
    // SAFETY: a C library function of numbers alone, defined for all.
    unsafe { ldexp(x, n) }
}

pub(crate) extern "C" fn round_decimal_f64(x: f64, digits: i64) -> f64 {
    crate::decimal::round_decimal(x, digits)
}

/// `x / y` as CPython's true division of ints: the exact quotient rounded once.
pub(crate) extern "C" fn int_true_divide(x: i64, y: i64) -> f64 {
    if y == 0 {
        return f64::NAN;
    }
    let (a, b) = (u128::from(x.unsigned_abs()), u128::from(y.unsigned_abs()));
    // At least 56 bits of quotient; the remainder makes the last one sticky, which
    // is below the place where the conversion rounds.
    let shift = (57 + i64::from(a.leading_zeros()) - i64::from(b.leading_zeros())).clamp(0, 121);
    let scaled = a << shift;
    let quotient = (scaled / b) | u128::from(scaled % b != 0);
    let size = quotient as f64 * 2f64.powi(-(shift as i32));
    if (x < 0) != (y < 0) { -size } else { size }
}

/// `pow(x, n, m)` with the sign of `m`, as CPython's.
pub(crate) extern "C" fn pow_mod(x: i64, n: i64, m: i64) -> i64 {
    if n < 0 || m == 0 {
        return 0;
    }
    let modulus = i128::from(m);
    let mut base = i128::from(x).rem_euclid(modulus.abs());
    let mut result = 1 % modulus.abs();
    let mut n = n;
    while n > 0 {
        if n & 1 == 1 {
            result = result * base % modulus.abs();
        }
        base = base * base % modulus.abs();
        n >>= 1;
    }
    if result != 0 && m < 0 {
        result += modulus;
    }
    result as i64
}

#[cfg(test)]
mod tests {
    use super::{int_true_divide, pow_mod};

    #[test]
    fn integer_quotients_round_once() {
        // Values of CPython.
        let cases: &[(i64, i64, f64)] = &[
            (1, 3, 1.0 / 3.0),
            (0, -5, -0.0),
            (-7, 2, -3.5),
            (i64::MAX, 1, 9.223372036854776e18),
            (i64::MAX, i64::MAX, 1.0),
            (i64::MIN, -1, 9.223372036854776e18),
            (i64::MIN, i64::MAX, -1.0),
            (9007199254740993, 1, 9007199254740992.0),
            (9007199254740995, 1, 9007199254740996.0),
            (9007199254740993, 9007199254740992, 1.0),
            (1, i64::MIN, -1.0842021724855044e-19),
            (4611686018427387905, 3, 1.5372286728091292e18),
            (i64::MAX, 4611686018427387905, 2.0),
        ];
        for &(x, y, expected) in cases {
            assert_eq!(int_true_divide(x, y).to_bits(), expected.to_bits(), "{x} / {y}");
        }
        assert!(int_true_divide(1, 0).is_nan());
    }

    #[test]
    fn powers_modulo_have_the_sign_of_the_modulus() {
        assert_eq!(pow_mod(2, 5, 7), 4);
        assert_eq!(pow_mod(-2, 5, 7), 3);
        assert_eq!(pow_mod(2, 5, -7), -3);
        assert_eq!(pow_mod(5, 0, 1), 0);
        assert_eq!(pow_mod(5, 0, -3), -2);
        assert_eq!(pow_mod(i64::MIN, 3, i64::MAX), i64::MAX - 1);
        assert_eq!(pow_mod(3, i64::MAX, i64::MIN), -6148914691236517205);
    }
}

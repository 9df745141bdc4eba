//! The gamma function and its logarithm as CPython's `math` computes them, so that
//! the bits agree: Lanczos' approximation in the rational form of J. G. Pugh's thesis
//! ("An Analysis of the Lanczos Gamma Approximation", 2004) with 13 terms and the
//! coefficients that Boost publishes, and the reflection formula for negative numbers.
//!
//! Poles and overflow give what IEEE arithmetic gives; the library's bodies turn them
//! into exceptions.

/// Lanczos' g, exact in binary.
#[allow(clippy::excessive_precision)]
const G: f64 = 6.024680040776729583740234375;

/// Coefficients of the numerator, by ascending power.
#[allow(clippy::excessive_precision)]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];

/// Coefficients of the denominator `x (x + 1) ... (x + 11)`, by ascending power.
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// The logarithm of pi, rounded.
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;

fn lanczos_sum(x: f64) -> f64 {
    let (mut n, mut d) = (0.0, 0.0);
    if x < 5.0 {
        for i in (0..NUMERATOR.len()).rev() {
            n = n * x + NUMERATOR[i];
            d = d * x + DENOMINATOR[i];
        }
    } else {
        // In powers of 1/x, where those of x would overflow.
        for i in 0..NUMERATOR.len() {
            n = n / x + NUMERATOR[i];
            d = d / x + DENOMINATOR[i];
        }
    }
    n / d
}

/// `sin(pi x)`, reduced before the multiplication.
fn sin_pi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = crate::math::fmod_f64(x.abs(), 2.0);
    let sin = crate::math::sin_f64;
    let cos = crate::math::cos_f64;
    let r = match (2.0 * y + 0.5).floor() as i32 {
        0 => sin(PI * y),
        1 => cos(PI * (y - 0.5)),
        2 => sin(PI * (1.0 - y)),
        3 => -cos(PI * (y - 1.5)),
        _ => sin(PI * (y - 2.0)),
    };
    1f64.copysign(x) * r
}

/// The gamma function.
pub(crate) extern "C" fn tgamma_f64(x: f64) -> f64 {
    use crate::math::{exp_f64, pow_f64};
    if !x.is_finite() {
        return if x == f64::NEG_INFINITY { f64::NAN } else { x };
    }
    if x == x.floor() && x <= 0.0 {
        return if x == 0.0 { 1.0 / x } else { f64::NAN };
    }
    if x == x.floor() && x <= 23.0 {
        // A product of at most 22 small integers, exact.
        return (2..x as i64).fold(1.0, |r, k| r * k as f64);
    }
    let size = x.abs();
    if size < 1e-20 {
        return 1.0 / x;
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let g_minus_half = G - 0.5;
    let y = size + g_minus_half;
    // What the sum lost in rounding, put back to first order.
    let lost =
        if size > g_minus_half { (y - size) - g_minus_half } else { (y - g_minus_half) - size };
    let z = lost * G / y;
    let mut r;
    if x < 0.0 {
        r = -std::f64::consts::PI / sin_pi(size) / size * exp_f64(y) / lanczos_sum(size);
        r -= z * r;
        if size < 140.0 {
            r /= pow_f64(y, size - 0.5);
        } else {
            let root = pow_f64(y, size / 2.0 - 0.25);
            r /= root;
            r /= root;
        }
    } else {
        r = lanczos_sum(size) / exp_f64(y);
        r += z * r;
        if size < 140.0 {
            r *= pow_f64(y, size - 0.5);
        } else {
            let root = pow_f64(y, size / 2.0 - 0.25);
            r *= root;
            r *= root;
        }
    }
    r
}

/// The logarithm of the magnitude of the gamma function.
pub(crate) extern "C" fn lgamma_f64(x: f64) -> f64 {
    use crate::math::log_f64;
    if !x.is_finite() {
        return x.abs();
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { f64::INFINITY } else { 0.0 };
    }
    let size = x.abs();
    if size < 1e-20 {
        return -log_f64(size);
    }
    let mut r = log_f64(lanczos_sum(size)) - G;
    r += (size - 0.5) * (log_f64(size + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - log_f64(sin_pi(size).abs()) - log_f64(size) - r;
    }
    r
}

#[cfg(test)]
mod tests {
    use super::{lgamma_f64, tgamma_f64};

    #[test]
    fn values_of_cpython() {
        let cases: &[(f64, f64)] = &[
            (0.5, 1.7724538509055159),
            (-0.5, -3.544907701811032),
            (1.5, 0.886226925452758),
            (23.0, 1.1240007277776077e21),
            (24.0, 2.585201673888497e22),
            (-2.5, -0.9453087204829417),
        ];
        for &(x, expected) in cases {
            assert_eq!(tgamma_f64(x).to_bits(), expected.to_bits(), "gamma({x})");
        }
        assert!(tgamma_f64(172.0).is_infinite() && tgamma_f64(-3.0).is_nan());
        assert_eq!(lgamma_f64(2.0).to_bits(), 0);
        assert_eq!(lgamma_f64(100.0), 359.1342053695754);
        assert!(lgamma_f64(-1.0).is_infinite() && lgamma_f64(f64::NEG_INFINITY).is_infinite());
    }
}

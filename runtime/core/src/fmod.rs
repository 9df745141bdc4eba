//! The exact remainder of floats, C's `fmod`.
//!
//! Linked by its name, `fmod` is Rust's own (`compiler_builtins`), which takes some 30 to 180 ns
//! for quotients of few bits; here eleven bits of the quotient are one division of integers.
//! The result is exact, so there is one for each pair of operands, and it is the C library's.

/// Bits of a double's fraction.
const FRACTION: u32 = 52;
const SIGN: u64 = 1 << 63;
/// As many bits as a significand leaves free in a word.
const STEP: u64 = 64 - FRACTION as u64 - 1;
/// Quotients of more bits than this are left to Rust's.
const MOST: u64 = 8 * STEP;
/// What is added to a significand's exponent, as an integer's.
const BIAS: i64 = 1023 + FRACTION as i64;

/// The helper `fmod_f64`.
pub(crate) extern "C" fn fmod_f64(x: f64, y: f64) -> f64 {
    let (a, b) = (x.to_bits() & !SIGN, y.to_bits() & !SIGN);
    let (high, low) = (a >> FRACTION, b >> FRACTION);
    let normal = |exponent: u64| exponent.wrapping_sub(1) < 0x7FE;
    if !normal(high) || !normal(low) {
        return x % y;
    }
    if a < b {
        return x;
    }
    let mut shift = high - low;
    if shift > MOST {
        return x % y;
    }
    let significand = |bits: u64| bits & ((1 << FRACTION) - 1) | 1 << FRACTION;
    let divisor = significand(b);
    let mut left = significand(a) % divisor;
    while shift > 0 && left != 0 {
        let step = shift.min(STEP);
        left = (left << step) % divisor;
        shift -= step;
    }
    // Below the divisor, so both factors and their product are doubles.
    let exponent = low as i64 - BIAS;
    let unit = match exponent + 1023 {
        biased @ 1.. => (biased as u64) << FRACTION,
        _ => 1 << (exponent + BIAS - 1),
    };
    (left as f64 * f64::from_bits(unit)).copysign(x)
}

/// The helper `fmod_f32`: the remainder of two singles is a single.
pub(crate) extern "C" fn fmod_f32(x: f32, y: f32) -> f32 {
    fmod_f64(x.into(), y.into()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(x: f64, y: f64) {
        let (found, expected) = (fmod_f64(x, y), x % y);
        let equal = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(equal, "fmod({x:e}, {y:e}) is {found:e}, not {expected:e}");
        let (x, y) = (x as f32, y as f32);
        let (found, expected) = (fmod_f32(x, y), x % y);
        let equal = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(equal, "fmodf({x:e}, {y:e}) is {found:e}, not {expected:e}");
    }

    #[test]
    fn at_the_edges() {
        let edges = [
            0.0,
            5e-324,
            1e-310,
            f64::MIN_POSITIVE,
            f64::MIN_POSITIVE * 1.5,
            f64::MIN_POSITIVE * 7.25,
            1e-300,
            0.1,
            1.0,
            1.0 + f64::EPSILON,
            2.0,
            3.0,
            10.0,
            9007199254740991.0,
            1e300,
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
        ];
        for x in edges {
            for y in edges {
                for (x, y) in [(x, y), (-x, y), (x, -y), (-x, -y)] {
                    same(x, y);
                }
            }
        }
    }

    #[test]
    fn at_random() {
        let mut state = 88172645463325252u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..100_000 {
            let (x, y) = (f64::from_bits(next()), f64::from_bits(next()));
            same(x, y);
            // Near each other, and small whole numbers.
            same(x, x * (next() % 1000) as f64 / 64.0);
            same((next() % 100_000) as f64, (next() % 100) as f64);
        }
    }
}

//! IEEE binary16 numbers by their bits: what the operations on them mean.
//!
//! The IR has no type for them, only an `i16` of their bits. Nothing is computed in the format:
//! numbers become floats of more precision, which is exact, and results are rounded once. A nan
//! keeps its sign and becomes a quiet one.

use crate::types::Type;

/// The number, exactly.
pub fn to_single(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (bits >> 10 & 31, u32::from(bits & 0x3ff));
    let magnitude = match exponent {
        31 => 0x7f80_0000 | fraction << 13,
        0 => (fraction as f32 * 2f32.powi(-24)).to_bits(),
        _ => (u32::from(exponent) + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

/// The bits of the nearest number, ties to even.
pub fn from_double(x: f64) -> u16 {
    let sign = (x.to_bits() >> 48) as u16 & 0x8000;
    let size = x.abs();
    let magnitude = if x.is_nan() {
        0x7e00
    } else if size >= 65520.0 {
        0x7c00
    } else if size < 2f64.powi(-14) {
        // In units of the smallest number; the product is exact where it matters.
        (size * 2f64.powi(24)).round_ties_even() as u16
    } else {
        let exponent = (size.to_bits() >> 52) as i32 - 1023;
        let units = (size * 2f64.powi(10 - exponent)).round_ties_even() as u16;
        // 1024 to 2048 of them: the last one carries into the exponent.
        (((exponent + 14) as u16) << 10) + units
    };
    sign | magnitude
}

/// The bits nearest to a float of a type.
pub fn from_float(ty: Type, bits: u64) -> u16 {
    from_double(match ty {
        Type::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    })
}

/// `a * b + c`, rounded once.
///
/// By way of `f64`: the product is exact. So is the sum, unless it has more than 53 bits; then
/// `c` is above 2^5, the product below 2^-26, and what the sum loses can't decide the rounding.
pub fn fma(a: u16, b: u16, c: u16) -> u16 {
    let [a, b, c] = [a, b, c].map(|x| f64::from(to_single(x)));
    from_double(a * b + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        for bits in 0..=u16::MAX {
            let x = to_single(bits);
            let expected = if x.is_nan() { bits & 0x8000 | 0x7e00 } else { bits };
            assert_eq!(from_double(x.into()), expected, "{bits:#06x}");
        }
    }

    #[test]
    fn between_two_numbers_the_even_one_is_next() {
        for bits in 0..0x7bffu16 {
            let (low, high) = (f64::from(to_single(bits)), f64::from(to_single(bits + 1)));
            let middle = (low + high) / 2.0;
            assert_eq!(from_double(middle), bits + (bits & 1));
            assert_eq!(from_double(middle.next_down()), bits);
            assert_eq!(from_double(-middle.next_up()), 0x8000 | (bits + 1));
        }
        assert_eq!(from_double(65519.999), 0x7bff);
        assert_eq!(from_double(65520.0), 0x7c00);
        assert_eq!(from_double(1e300), 0x7c00);
        assert_eq!(from_double(-1e-300), 0x8000);
    }
}

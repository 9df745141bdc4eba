//! bfloat16 numbers by their bits: what the operations on them mean.
//!
//! Such a number is the upper half of an `f32`. As for binary16 (`half`), the IR has no type for
//! them, results of more precision are rounded once, and a nan keeps its sign and becomes a quiet
//! one.

use crate::types::Type;

/// The number, exactly.
pub fn to_single(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The bits of the nearest number, ties to even.
pub fn from_double(x: f64) -> u16 {
    near(x, 0.0)
}

/// The bits of the number nearest to `x + rest`, ties to even, where `rest` is less than half of
/// what the last bit of `x` counts.
fn near(x: f64, rest: f64) -> u16 {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    let (size, rest) = if sign == 0 { (x, rest) } else { (-x, -rest) };
    if size.is_nan() {
        return sign | 0x7fc0;
    }
    // The largest pattern whose number isn't above the sum: sizes are in the order of their bits.
    let (mut low, mut above) = (0u16, 0x7f80u16);
    while above - low > 1 {
        let middle = low + (above - low) / 2;
        let number = f64::from(to_single(middle));
        if number < size || number == size && rest >= 0.0 { low = middle } else { above = middle }
    }
    // The number behind the largest one, which stands for infinity, is 2^128.
    let number = |bits| if bits == 0x7f80 { 2f64.powi(128) } else { f64::from(to_single(bits)) };
    // Exact: both have eight bits and exponents that differ by one at most.
    let half = (number(low) + number(above)) / 2.0;
    let up = size > half || size == half && (rest > 0.0 || rest == 0.0 && low & 1 == 1);
    sign | if up { above } else { low }
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
/// The product is exact in `f64`, and so is what its sum with `c` loses.
pub fn fma(a: u16, b: u16, c: u16) -> u16 {
    let [a, b, c] = [a, b, c].map(|x| f64::from(to_single(x)));
    let product = a * b;
    let sum = product + c;
    let of_c = sum - product;
    let lost = (product - (sum - of_c)) + (c - of_c);
    near(sum, if lost.is_finite() { lost } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        for bits in 0..=u16::MAX {
            let x = to_single(bits);
            let expected = if x.is_nan() { bits & 0x8000 | 0x7fc0 } else { bits };
            assert_eq!(from_double(x.into()), expected, "{bits:#06x}");
        }
    }

    #[test]
    fn between_two_numbers_the_even_one_is_next() {
        for bits in 0..0x7f7fu16 {
            let (low, high) = (f64::from(to_single(bits)), f64::from(to_single(bits + 1)));
            let middle = (low + high) / 2.0;
            assert_eq!(from_double(middle), bits + (bits & 1));
            assert_eq!(from_double(middle.next_down()), bits);
            assert_eq!(from_double(-middle.next_up()), 0x8000 | (bits + 1));
        }
        let largest = f64::from(to_single(0x7f7f));
        assert_eq!(from_double((largest + 2f64.powi(128)) / 2.0), 0x7f80);
        assert_eq!(from_double(((largest + 2f64.powi(128)) / 2.0).next_down()), 0x7f7f);
        assert_eq!(from_double(-f64::INFINITY), 0xff80);
        assert_eq!(from_double(-1e-300), 0x8000);
    }

    #[test]
    fn what_a_sum_loses_decides_between_two_numbers() {
        // 257 * 2^-8 lies in the middle of 1 and 1 + 2^-7, and both products of 8 bits give it.
        let (a, b) = (0x3f80, 0x3f80);
        assert_eq!(fma(a, b, 0x3b80), 0x3f80, "1 + 2^-8, a tie");
        // 1.0078125 * 1.0078125 = 1.01568603515625; with -2^-14 a tie between 0x3f82 and 0x3f83.
        let (a, tiny) = (0x3f81, 0x0080);
        assert_eq!(fma(a, a, 0), 0x3f82);
        // 3 * 43 = 129, 129 * 2 + 1 = 259 = 258 + 1: between 258 and 260 lies 259.
        let (three, other) = (0x4040, 0x42ac);
        assert_eq!(to_single(other), 86.0);
        assert_eq!(fma(three, other, 0x3f80), 0x4382, "259, a tie: the even one is 260");
        let product = (0x40e0, 0x4214);
        assert_eq!((to_single(product.0), to_single(product.1)), (7.0, 37.0));
        assert_eq!(fma(product.0, product.1, 0), 0x4382, "259 as a product");
        assert_eq!(fma(product.0, product.1, tiny), 0x4382);
        assert_eq!(fma(product.0, product.1, tiny | 0x8000), 0x4381, "just below: 258");
        assert_eq!(fma(product.0 | 0x8000, product.1, tiny), 0xc381);
    }
}

//! Floating constants as text, exactly.
//!
//! A number is the shortest decimal that reads back as the same bits. The plain
//! quiet nan is `nan`; every other nan is `nan:0x` and its bits.

use crate::types::Type;

const QUIET_F32: u64 = 0x7fc0_0000;
const QUIET_F64: u64 = 0x7ff8_0000_0000_0000;

/// The text of a float of type `ty` with these bits.
pub fn float_text(ty: Type, bits: u64) -> String {
    match ty {
        Type::F32 => {
            let x = f32::from_bits(bits as u32);
            if x.is_nan() { nan_text(bits & 0xffff_ffff, QUIET_F32, 8) } else { format!("{x:?}") }
        }
        _ => {
            let x = f64::from_bits(bits);
            if x.is_nan() { nan_text(bits, QUIET_F64, 16) } else { format!("{x:?}") }
        }
    }
}

fn nan_text(bits: u64, quiet: u64, digits: usize) -> String {
    if bits == quiet { "nan".into() } else { format!("nan:0x{bits:0digits$x}") }
}

/// The bits of a float's text; `None` if it isn't one or its nan isn't of `ty`.
pub fn parse_float(ty: Type, text: &str) -> Option<u64> {
    if text == "nan" {
        return Some(if ty == Type::F32 { QUIET_F32 } else { QUIET_F64 });
    }
    if let Some(hex) = text.strip_prefix("nan:0x") {
        let bits = u64::from_str_radix(hex, 16).ok()?;
        let is_nan = match ty {
            Type::F32 => bits <= u64::from(u32::MAX) && f32::from_bits(bits as u32).is_nan(),
            _ => f64::from_bits(bits).is_nan(),
        };
        return is_nan.then_some(bits);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits != "inf" && !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // A number beyond the range would silently become infinite.
    match ty {
        Type::F32 => {
            let x = text.parse::<f32>().ok().filter(|x| x.is_finite() || digits == "inf")?;
            Some(u64::from(x.to_bits()))
        }
        _ => {
            let x = text.parse::<f64>().ok().filter(|x| x.is_finite() || digits == "inf")?;
            Some(x.to_bits())
        }
    }
}

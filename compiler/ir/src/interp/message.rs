//! Messages of exceptions with their arguments filled in.

use crate::raise::{Piece, message_pieces};
use crate::types::Type;

/// The message with its arguments in their places. A broken template is shown as it
/// is; the verifier refuses it.
pub fn format_message(template: &str, args: &[(Type, u64)]) -> String {
    let Ok(pieces) = message_pieces(template) else {
        return template.to_owned();
    };
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out += &text,
            Piece::Arg(index) => match args.get(index) {
                Some(&(ty, bits)) => out += &argument_text(ty, bits),
                None => out += &format!("{{{index}}}"),
            },
        }
    }
    out
}

fn argument_text(ty: Type, bits: u64) -> String {
    match ty {
        Type::Bool => if bits & 1 != 0 { "True" } else { "False" }.to_owned(),
        Type::F32 => {
            let x = f32::from_bits(bits as u32);
            repr(f64::from(x), format!("{x:e}"))
        }
        Type::F64 => float_repr(f64::from_bits(bits)),
        Type::Ptr => format!("{bits:#x}"),
        _ => format!("{}", super::canonical(ty, bits) as i64),
    }
}

/// The float as Python's `repr` shows it: the shortest digits that read back as the
/// same number, with an exponent below -4 and from 16 on.
pub fn float_repr(x: f64) -> String {
    repr(x, format!("{x:e}"))
}

fn repr(x: f64, scientific: String) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.into();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    if !(-4..16).contains(&exponent) {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{exponent_sign}{:02}", exponent.abs());
    }
    if exponent < 0 {
        let zeros = "0".repeat(-exponent as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}.0", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

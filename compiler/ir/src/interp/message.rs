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
            let reads_back = |text: &str| text.parse() == Ok(x);
            repr(f64::from(x), &nearest(format!("{x:e}"), |n| format!("{x:.n$e}"), reads_back))
        }
        Type::F64 => float_repr(f64::from_bits(bits)),
        Type::Ptr => format!("{bits:#x}"),
        _ => format!("{}", super::canonical(ty, bits) as i64),
    }
}

/// The float as Python's `repr` shows it: the shortest digits that read back as the
/// same number, with an exponent below -4 and from 16 on.
pub fn float_repr(x: f64) -> String {
    repr(x, &nearest(format!("{x:e}"), |n| format!("{x:.n$e}"), |text| text.parse() == Ok(x)))
}

/// Of the shortest texts that read back, the nearest, and of two equally near ones
/// the even one: that is the number rounded to as many digits. `format!` takes the
/// upper one.
fn nearest(
    text: String,
    rounded: impl Fn(usize) -> String,
    reads_back: impl Fn(&str) -> bool,
) -> String {
    let (mantissa, _) = text.split_once('e').unwrap_or((&text, ""));
    let even = rounded(mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len()));
    if reads_back(&even) { even } else { text }
}

fn repr(x: f64, scientific: &str) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.into();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As CPython prints them.
    #[test]
    fn python_repr() {
        let rows = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123456.789e3, "123456789.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
            (0.1, "0.1"),
            (22805012944940.812, "22805012944940.812"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (x, text) in rows {
            assert_eq!(float_repr(x), text);
        }
    }

    #[test]
    fn templates() {
        let args = [(Type::I8, 0xff), (Type::Bool, 1), (Type::F32, u64::from(0.1f32.to_bits()))];
        for (template, text) in [
            ("", ""),
            ("{0} {1} {2}", "-1 True 0.1"),
            ("{{{0}}}", "{-1}"),
            ("{1}{1}", "TrueTrue"),
            ("{", "{"),
        ] {
            assert_eq!(format_message(template, &args), text);
        }
    }
}

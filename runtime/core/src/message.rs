//! Texts of exceptions that compiled code raised.

use cumbia_abi::{ARGUMENT_ESCAPE, ARGUMENT_MARK, AbiType, Site, SiteKind};

/// One argument of an exception.
#[derive(Clone, PartialEq, Debug)]
pub enum RaiseArgument {
    /// A text.
    Text(String),
    /// A message argument itself, as a slot.
    Slot(AbiType, u64),
}

/// The arguments of the exception of a raising site; none for a call site.
pub fn raise_arguments(site: &Site, args: &[u64]) -> Vec<RaiseArgument> {
    let SiteKind::Raise { message, args: types, .. } = &site.kind else {
        return Vec::new();
    };
    let one = |piece: &str| {
        let number = piece.strip_prefix('{').and_then(|p| p.strip_suffix('}')?.parse().ok());
        match number.and_then(|n: usize| Some((*types.get(n)?, *args.get(n)?))) {
            Some((ty, slot)) => RaiseArgument::Slot(ty, slot),
            None => RaiseArgument::Text(fill(piece, types, args)),
        }
    };
    match message.strip_prefix(ARGUMENT_MARK) {
        Some(list) => list.split(ARGUMENT_MARK).map(|piece| one(&unescaped(piece))).collect(),
        None if message.is_empty() => Vec::new(),
        None => vec![one(message)],
    }
}

/// An argument of a list without its escapes.
fn unescaped(piece: &str) -> String {
    let mark = piece.replace(&format!("{ARGUMENT_ESCAPE}1"), &ARGUMENT_MARK.to_string());
    mark.replace(&format!("{ARGUMENT_ESCAPE}2"), &ARGUMENT_ESCAPE.to_string())
}

/// The message of a raising site with its arguments filled in; `None` for an
/// exception without arguments, and for a call site.
pub fn format_raise(site: &Site, args: &[u64]) -> Option<String> {
    let texts: Vec<String> = raise_arguments(site, args)
        .into_iter()
        .map(|argument| match argument {
            RaiseArgument::Text(text) => text,
            RaiseArgument::Slot(ty, slot) => argument_text(ty, slot),
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// A text with its arguments filled in.
fn fill(message: &str, types: &[AbiType], args: &[u64]) -> String {
    let mut text = String::with_capacity(message.len() + 16);
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        // `{3}`: an argument; everything else at a brace stands for itself, and
        // doubled braces for one.
        let argument =
            tail.strip_prefix('{').and_then(|t| t.split_once('}')).and_then(|(number, after)| {
                let index: usize = number.parse().ok()?;
                Some((*types.get(index)?, *args.get(index)?, after))
            });
        match argument {
            Some((ty, slot, after)) => {
                text.push_str(&argument_text(ty, slot));
                rest = after;
            }
            None => {
                text.push_str(&tail[..1]);
                let doubled = tail.starts_with("{{") || tail.starts_with("}}");
                rest = &tail[if doubled { 2 } else { 1 }..];
            }
        }
    }
    text.push_str(rest);
    text
}

fn argument_text(ty: AbiType, slot: u64) -> String {
    match ty {
        AbiType::Bool => if slot & 1 == 1 { "True" } else { "False" }.to_owned(),
        AbiType::I64 => (slot as i64).to_string(),
        AbiType::F32 => python_float32_repr(f32::from_bits(slot as u32)),
        AbiType::F64 => python_float_repr(f64::from_bits(slot)),
        AbiType::Ptr => format!("{slot:#x}"),
    }
}

/// Python's `repr` of a float.
pub fn python_float_repr(x: f64) -> String {
    match special(x) {
        Some(text) => text.to_owned(),
        None => place_point(&shortest(format!("{x:e}"), |digits| format!("{x:.digits$e}")), None),
    }
}

/// The shortest digits of a binary32, in the form of Python's `repr`.
pub fn python_float32_repr(x: f32) -> String {
    match special(f64::from(x)) {
        Some(text) => text.to_owned(),
        None => place_point(&shortest(format!("{x:e}"), |digits| format!("{x:.digits$e}")), None),
    }
}

/// Where two shortest texts are equally near, Rust takes the upper one and Python
/// the even one: which is the number rounded to that many digits, ties to even.
/// `rounded` gives that for a number of digits after the point.
pub(crate) fn shortest(text: String, rounded: impl Fn(usize) -> String) -> String {
    let mantissa = text.split_once('e').map_or("", |(mantissa, _)| mantissa);
    let digits = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let even = rounded(digits);
    let same = |a: &str, b: &str| a.parse::<f64>().ok() == b.parse::<f64>().ok();
    if even != text && same(&even, &text) { even } else { text }
}

pub(crate) fn special(x: f64) -> Option<&'static str> {
    if x.is_nan() {
        Some("nan")
    } else if x.is_infinite() {
        Some(if x > 0.0 { "inf" } else { "-inf" })
    } else {
        None
    }
}

/// From `d.ddde±x` with the shortest digits to Python's form: an exponent below
/// -4 or from 16 on, a point always otherwise; `plain` decides in their place.
pub(crate) fn place_point(scientific: &str, plain: Option<bool>) -> String {
    let (mantissa, exponent) = scientific.split_once('e').expect("scientific form");
    let exponent: i32 = exponent.parse().expect("an exponent");
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    if !plain.unwrap_or((-4..16).contains(&exponent)) {
        let (exponent_sign, exponent) = (if exponent < 0 { '-' } else { '+' }, exponent.abs());
        return format!("{sign}{mantissa}e{exponent_sign}{exponent:02}");
    }
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let integer = exponent as usize + 1;
    if digits.len() <= integer {
        let zeros = "0".repeat(integer - digits.len());
        format!("{sign}{digits}{zeros}.0")
    } else {
        format!("{sign}{}.{}", &digits[..integer], &digits[integer..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as CPython prints it.
    #[test]
    fn float_repr() {
        let rows: &[(f64, &str)] = &[
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (9999999999999998.0, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (-2.5e100, "-2.5e+100"),
            (123.456, "123.456"),
            (-1931064996749525.2, "-1931064996749525.2"),
            (5e-324, "5e-324"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for &(x, expected) in rows {
            assert_eq!(python_float_repr(x), expected);
        }
        assert_eq!(python_float32_repr(0.1), "0.1");
    }

    #[test]
    fn placeholders() {
        let site = |message: &str, args: &[AbiType]| Site {
            function: "f".into(),
            line: 1,
            col: 0,
            end_line: 0,
            end_col: 0,
            kind: SiteKind::Raise {
                class: "ValueError".into(),
                message: message.into(),
                args: args.to_vec(),
            },
        };
        let all = [AbiType::I64, AbiType::F64, AbiType::Bool];
        let text = format_raise(
            &site("{0} of {1} is {2} {{x}} {7} }", &all),
            &[-3i64 as u64, 1.5f64.to_bits(), 1],
        );
        assert_eq!(text.as_deref(), Some("-3 of 1.5 is True {x} {7} }"));
        assert_eq!(format_raise(&site("", &[]), &[]), None);
        let list = site("\u{1}a {{}} {0}\u{1}\u{1}{0}", &all);
        let expected = [
            RaiseArgument::Text("a {} 7".into()),
            RaiseArgument::Text(String::new()),
            RaiseArgument::Slot(AbiType::I64, 7),
        ];
        assert_eq!(raise_arguments(&list, &[7, 0, 0]), expected);
        assert_eq!(raise_arguments(&site("\u{1}", &[]), &[]), [RaiseArgument::Text("".into())]);
    }
}

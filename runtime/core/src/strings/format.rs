//! `format()` of numbers and strings by Python's format specifications.
//!
//! What isn't handled here (locale, `z`, `#`, character codes, mistakes, and whatever a
//! later Python adds) gives `None`: the host's own `format` answers then, with the same
//! text or Python's exception.

use super::text::Text;
use crate::message::python_float_repr;

/// Precisions beyond this are the host's.
const MOST_PRECISION: usize = 500;
/// Widths beyond this are the host's.
const MOST_WIDTH: usize = 1 << 20;

/// `[[fill]align][sign][0][width][grouping][.precision][type]`
struct Spec {
    fill: u32,
    /// `<`, `>`, `^`, `=`, or 0.
    align: u8,
    /// `+`, space, `-`, or 0.
    sign: u8,
    width: usize,
    /// `,`, `_`, or 0.
    grouping: u8,
    precision: Option<usize>,
    /// Letter of the type, or 0.
    kind: u8,
}

fn is_align(point: u32) -> bool {
    matches!(u8::try_from(point), Ok(b'<' | b'>' | b'^' | b'='))
}

fn parse(text: Text<'_>, numeric: bool) -> Option<Spec> {
    let points = text.wide();
    let mut at = 0;
    let peek = |at: usize| points.get(at).map_or(0, |&p| u8::try_from(p).unwrap_or(0xff));
    let mut spec =
        Spec { fill: 0x20, align: 0, sign: 0, width: 0, grouping: 0, precision: None, kind: 0 };
    let mut filled = false;
    if points.len() >= 2 && is_align(points[1]) {
        (spec.fill, spec.align) = (points[0], peek(1));
        filled = true;
        at = 2;
    } else if points.first().is_some_and(|&p| is_align(p)) {
        spec.align = peek(0);
        at = 1;
    }
    if matches!(peek(at), b'+' | b'-' | b' ') {
        spec.sign = peek(at);
        at += 1;
    }
    if !filled && peek(at) == b'0' {
        spec.fill = b'0'.into();
        if spec.align == 0 && numeric {
            spec.align = b'=';
        }
        at += 1;
    }
    let number = |at: &mut usize| -> Option<usize> {
        let mut value: usize = 0;
        let from = *at;
        while peek(*at).is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add((peek(*at) - b'0').into())?;
            *at += 1;
        }
        (*at > from).then_some(value)
    };
    if peek(at).is_ascii_digit() {
        spec.width = number(&mut at).filter(|&width| width <= MOST_WIDTH)?;
    }
    if matches!(peek(at), b',' | b'_') {
        spec.grouping = peek(at);
        at += 1;
    }
    if peek(at) == b'.' {
        at += 1;
        spec.precision = Some(number(&mut at).filter(|&p| p <= MOST_PRECISION)?);
    }
    if at < points.len() {
        spec.kind = peek(at);
        at += 1;
    }
    (at == points.len() && spec.kind < 0x80).then_some(spec)
}

/// The parts of a formatted number: sign and digits before and after the grouped ones.
struct Parts {
    negative: bool,
    /// Digits of the integer part.
    digits: String,
    /// What follows them.
    rest: String,
    /// Digits of a group.
    group: usize,
}

/// Sign, groups and padding. `None` for a fill that isn't ASCII.
fn assemble(spec: &Spec, parts: Parts) -> Option<Vec<u8>> {
    let fill = u8::try_from(spec.fill).ok().filter(u8::is_ascii)?;
    let sign: &[u8] = match spec.sign {
        _ if parts.negative => b"-",
        b'+' => b"+",
        b' ' => b" ",
        _ => b"",
    };
    let mut body = Vec::with_capacity(spec.width.max(parts.digits.len() + parts.rest.len() + 8));
    if spec.grouping == 0 {
        body.extend_from_slice(parts.digits.as_bytes());
    } else {
        // Zeros that pad are grouped with the digits.
        let least = match (fill, spec.align) {
            (b'0', b'=') => spec.width.saturating_sub(sign.len() + parts.rest.len()),
            _ => 0,
        };
        let grouped = |digits: usize| digits + digits.saturating_sub(1) / parts.group;
        let mut count = parts.digits.len();
        while grouped(count) < least {
            count += 1;
        }
        let zeros = count - parts.digits.len();
        let all = std::iter::repeat_n(b'0', zeros).chain(parts.digits.bytes());
        for (at, digit) in all.enumerate() {
            if at > 0 && (count - at).is_multiple_of(parts.group) {
                body.push(spec.grouping);
            }
            body.push(digit);
        }
    }
    body.extend_from_slice(parts.rest.as_bytes());
    let missing = spec.width.saturating_sub(sign.len() + body.len());
    let (before, between, after) = match spec.align {
        b'<' => (0, 0, missing),
        b'^' => (missing / 2, 0, missing - missing / 2),
        b'=' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    let mut out = Vec::with_capacity(sign.len() + body.len() + missing);
    out.resize(before, fill);
    out.extend_from_slice(sign);
    out.resize(out.len() + between, fill);
    out.extend_from_slice(&body);
    out.resize(out.len() + after, fill);
    Some(out)
}

/// `format(value, spec)` of an integer.
pub fn int(value: i64, spec: Text<'_>) -> Option<Vec<u8>> {
    if spec.is_empty() {
        return Some(value.to_string().into_bytes());
    }
    let spec = parse(spec, true)?;
    if matches!(spec.kind, b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%') {
        return float_by(value as f64, &spec);
    }
    if spec.precision.is_some() {
        return None;
    }
    let size = value.unsigned_abs();
    let (digits, group) = match spec.kind {
        0 | b'd' => (size.to_string(), 3),
        _ if spec.grouping == b',' => return None,
        b'b' => (format!("{size:b}"), 4),
        b'o' => (format!("{size:o}"), 4),
        b'x' => (format!("{size:x}"), 4),
        b'X' => (format!("{size:X}"), 4),
        _ => return None,
    };
    assemble(&spec, Parts { negative: value < 0, digits, rest: String::new(), group })
}

/// `format(value, spec)` of a float.
pub fn float(value: f64, spec: Text<'_>) -> Option<Vec<u8>> {
    if spec.is_empty() {
        return Some(python_float_repr(value).into_bytes());
    }
    float_by(value, &parse(spec, true)?)
}

fn float_by(value: f64, spec: &Spec) -> Option<Vec<u8>> {
    if !value.is_finite() && (spec.grouping != 0 || spec.fill == b'0'.into()) {
        return None;
    }
    let size = if spec.kind == b'%' { value.abs() * 100.0 } else { value.abs() };
    // A finite number may have become infinite.
    if value.is_finite() != size.is_finite() {
        return None;
    }
    let precision = spec.precision.unwrap_or(6);
    let mut text = if !size.is_finite() {
        if size.is_nan() { "nan" } else { "inf" }.to_owned()
    } else {
        match spec.kind {
            0 if spec.precision.is_none() => python_float_repr(size),
            0 => general(size, precision.max(1), true),
            b'e' | b'E' => exponent(&format!("{size:.precision$e}")),
            b'f' | b'F' | b'%' => format!("{size:.precision$}"),
            b'g' | b'G' => general(size, precision.max(1), false),
            _ => return None,
        }
    };
    match spec.kind {
        b'E' | b'F' | b'G' => text.make_ascii_uppercase(),
        b'%' => text.push('%'),
        0 | b'e' | b'f' | b'g' => {}
        _ => return None,
    }
    let split = text.bytes().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let rest = text.split_off(split);
    // Python shows no sign of a nan.
    let negative = value.is_sign_negative() && !value.is_nan();
    assemble(spec, Parts { negative, digits: text, rest, group: 3 })
}

/// Rust's `1.5e-7` with Python's exponent of a sign and two digits or more.
fn exponent(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').expect("scientific form");
    let exponent: i32 = exponent.parse().expect("an exponent");
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// `%.{precision}g` without trailing zeros; with `dot_zero` an exponent is taken one digit
/// earlier, and an integer ends in `.0`: a float's own format with a precision.
fn general(size: f64, precision: usize, dot_zero: bool) -> String {
    let digits = precision - 1;
    let scientific = format!("{size:.digits$e}");
    let (mantissa, power) = scientific.split_once('e').expect("scientific form");
    let point = power.parse::<i64>().expect("an exponent") + 1;
    let most = precision as i64 - i64::from(dot_zero);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if point <= -4 || point > most {
        return exponent(&format!("{}e{power}", trimmed(mantissa)));
    }
    let decimals = (precision as i64 - point).max(0) as usize;
    let mut text = trimmed(&format!("{size:.decimals$}"));
    if dot_zero && !text.contains('.') {
        text.push_str(".0");
    }
    text
}

/// `format(text, spec)` of a string: fill, its number before and after, and how much of
/// the string is shown.
pub fn str(length: usize, spec: Text<'_>) -> Option<(u32, usize, usize, usize)> {
    let spec = parse(spec, false)?;
    if spec.sign != 0 || spec.grouping != 0 || spec.align == b'=' || !matches!(spec.kind, 0 | b's')
    {
        return None;
    }
    let shown = spec.precision.unwrap_or(length).min(length);
    let missing = spec.width.saturating_sub(shown);
    let before = match spec.align {
        b'>' => missing,
        b'^' => missing / 2,
        _ => 0,
    };
    Some((spec.fill, before, missing - before, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as CPython formats it.
    #[test]
    fn numbers() {
        let text = |out: Option<Vec<u8>>| out.map(|out| String::from_utf8(out).unwrap());
        for (value, spec, expected) in [
            (1234567, ",", "1,234,567"),
            (1234, "010,", "00,001,234"),
            (1234, "08,", "0,001,234"),
            (-5, "05", "-0005"),
            (255, "_b", "1111_1111"),
            (255, "+X", "+FF"),
            (5, "*^6", "**5***"),
            (5, "<05", "50000"),
            (-7, "=6", "-    7"),
            (3, ".2f", "3.00"),
            (1, "%", "100.000000%"),
            (i64::MIN, "x", "-8000000000000000"),
        ] {
            assert_eq!(
                text(int(value, Text::One(spec.as_bytes()))).as_deref(),
                Some(expected),
                "{spec}"
            );
        }
        for (value, spec, expected) in [
            (2.5, ".0f", "2"),
            (0.125, ".2f", "0.12"),
            (-0.0001, ".2f", "-0.00"),
            (1234567.891, ",.2f", "1,234,567.89"),
            (1234.5, "012,.1f", "00,001,234.5"),
            (1e-7, "g", "1e-07"),
            (123456789.0, "g", "1.23457e+08"),
            (100000.0, "g", "100000"),
            (0.5, "e", "5.000000e-01"),
            (1e22, "", "1e+22"),
            (1e16, "25", "                    1e+16"),
            (12.0, ".2", "1.2e+01"),
            (12.0, ".3", "12.0"),
            (0.0, ".3", "0.0"),
            (0.25, ".1%", "25.0%"),
            (f64::NAN, ">6.2f", "   nan"),
            (f64::NEG_INFINITY, "F", "-INF"),
            (1.5, "+08.2f", "+0001.50"),
        ] {
            assert_eq!(
                text(float(value, Text::One(spec.as_bytes()))).as_deref(),
                Some(expected),
                "{spec}"
            );
        }
        for spec in ["#x", "c", "n", "s", ".2d", ",x", "5,,", "z", "ab"] {
            assert_eq!(int(65, Text::One(spec.as_bytes())), None, "{spec}");
        }
        assert_eq!(str(3, Text::One(b"*^8.2")), Some(('*' as u32, 3, 3, 2)));
        assert_eq!(str(3, Text::One(b"=5")), None);
    }
}

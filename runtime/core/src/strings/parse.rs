//! Numbers from text, by the rules of CPython's `int`, `float` and `complex`.
//!
//! Texts are ASCII here: digits and whitespace of other scripts are the host's.

use super::text::is_space;

/// Why a text isn't an integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadInt {
    /// It isn't one in this base.
    Invalid,
    /// It has more than 64 bits.
    Large,
}

fn trimmed(text: &[u8]) -> &[u8] {
    let (start, end) = super::split::strip_space(super::Text::One(text), true, true);
    &text[start..end]
}

/// `int(text, base)` of a base that Python allows: 0 or 2 to 36.
pub fn int(text: &[u8], base: u32) -> Result<i64, BadInt> {
    let text = trimmed(text);
    let (negative, mut digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let prefix = |letter: u8| match digits {
        [b'0', l, ..] => l.eq_ignore_ascii_case(&letter),
        _ => false,
    };
    let mut base = base;
    let mut zeros_only = false;
    if base == 0 {
        base = match () {
            () if prefix(b'x') => 16,
            () if prefix(b'o') => 8,
            () if prefix(b'b') => 2,
            () => {
                // A decimal literal mustn't begin with 0, unless it is 0.
                zeros_only = digits.first() == Some(&b'0');
                10
            }
        };
    }
    if (base == 16 && prefix(b'x')) || (base == 8 && prefix(b'o')) || (base == 2 && prefix(b'b')) {
        digits = &digits[2..];
        // One underscore may follow the prefix.
        if let Some((b'_', rest)) = digits.split_first() {
            digits = rest;
        }
    }
    let mut value: i64 = 0;
    let mut large = false;
    let mut after_digit = false;
    for &c in digits {
        if c == b'_' {
            if !after_digit {
                return Err(BadInt::Invalid);
            }
            after_digit = false;
            continue;
        }
        let digit = (c as char).to_digit(36).filter(|&d| d < base).ok_or(BadInt::Invalid)?;
        if zeros_only && digit != 0 {
            return Err(BadInt::Invalid);
        }
        after_digit = true;
        // Downwards, so that the smallest integer fits.
        let next = value.checked_mul(base.into()).and_then(|v| v.checked_sub(digit.into()));
        large |= next.is_none();
        value = next.unwrap_or(0);
    }
    if !after_digit {
        return Err(BadInt::Invalid);
    }
    if large {
        return Err(BadInt::Large);
    }
    if negative { Ok(value) } else { value.checked_neg().ok_or(BadInt::Large) }
}

/// `float(text)`.
pub fn float(text: &[u8]) -> Option<f64> {
    let text = without_underscores(trimmed(text))?;
    let (value, rest) = number(&text)?;
    rest.is_empty().then_some(value)
}

/// Whether underscores stand between digits only: CPython has a text of its own for that.
pub fn underscores_fit(text: &[u8]) -> bool {
    without_underscores(text).is_some()
}

/// The text without the underscores between digits; `None` when one is elsewhere.
fn without_underscores(text: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if !text.contains(&b'_') {
        return Some(text.into());
    }
    let mut kept = Vec::with_capacity(text.len());
    for (at, &c) in text.iter().enumerate() {
        if c != b'_' {
            kept.push(c);
            continue;
        }
        let digit =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
        if !digit(at.checked_sub(1)) || !digit(Some(at + 1)) {
            return None;
        }
    }
    Some(kept.into())
}

/// The number that a text begins with, and the rest.
fn number(text: &[u8]) -> Option<(f64, &[u8])> {
    let signed = matches!(text.first(), Some(b'+' | b'-'));
    let body = &text[usize::from(signed)..];
    let word =
        |word: &[u8]| body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word);
    let negative = text.first() == Some(&b'-');
    for (name, value) in [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        if word(name.as_bytes()) {
            return Some((if negative { -value } else { value }, &body[name.len()..]));
        }
    }
    let digits = |from: usize| body[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    let mut fraction = 0;
    if body.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(body.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(body.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let value: f64 = std::str::from_utf8(&body[..end]).ok()?.parse().ok()?;
    Some((if negative { -value } else { value }, &body[end..]))
}

/// `complex(text)`: real and imaginary part.
pub fn complex(text: &[u8]) -> Option<(f64, f64)> {
    let text = trimmed(&text[..]);
    let text = match text {
        [b'(', inner @ .., b')'] => trimmed(inner),
        [b'(', ..] | [.., b')'] => return None,
        _ => text,
    };
    let text = without_underscores(text)?;
    let is_j = |rest: &[u8]| matches!(rest, [b'j' | b'J']);
    match number(&text) {
        Some((real, [])) => Some((real, 0.0)),
        Some((imaginary, rest)) if is_j(rest) => Some((0.0, imaginary)),
        Some((real, rest)) => {
            let sign = match rest.first() {
                Some(b'+') => 1.0,
                Some(b'-') => -1.0,
                _ => return None,
            };
            match number(rest) {
                Some((imaginary, rest)) if is_j(rest) => Some((real, imaginary)),
                None if is_j(&rest[1..]) => Some((real, sign)),
                _ => None,
            }
        }
        None => match &text[..] {
            [b'j' | b'J'] => Some((0.0, 1.0)),
            [b'+', b'j' | b'J'] => Some((0.0, 1.0)),
            [b'-', b'j' | b'J'] => Some((0.0, -1.0)),
            _ => None,
        },
    }
}

/// Whether a text is ASCII but for whitespace at its ends: then `trim` is the rest.
pub fn ascii_inside(text: super::Text<'_>) -> Option<&[u8]> {
    let (start, end) = super::split::strip_by(text, true, true, is_space);
    text.part(start, end).ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as CPython 3.11 answers.
    #[test]
    fn integers() {
        let good: &[(&str, u32, i64)] = &[
            ("12", 10, 12),
            (" -1_000\n", 10, -1000),
            ("+0", 10, 0),
            ("007", 10, 7),
            ("0x1F", 16, 31),
            ("0x_1F", 0, 31),
            ("-0b101", 0, -5),
            ("00_0", 0, 0),
            ("zz", 36, 1295),
            ("b1", 16, 0xb1),
            ("-9223372036854775808", 10, i64::MIN),
        ];
        for &(text, base, value) in good {
            assert_eq!(int(text.as_bytes(), base), Ok(value), "{text}");
        }
        for (text, base) in [
            ("", 10),
            ("-", 10),
            ("1__0", 10),
            ("_1", 10),
            ("1_", 10),
            ("0x", 16),
            ("012", 0),
            ("1 2", 10),
            ("8", 8),
            ("- 1", 10),
            ("0x1", 10),
            ("0__1", 0),
        ] {
            assert_eq!(int(text.as_bytes(), base), Err(BadInt::Invalid), "{text}");
        }
        assert_eq!(int(b"9223372036854775808", 10), Err(BadInt::Large));
        assert_eq!(int(b"99999999999999999999x", 10), Err(BadInt::Invalid));
    }

    #[test]
    fn floats() {
        for (text, value) in [
            ("1", 1.0),
            (" 1_0.5e-1_0 ", 10.5e-10),
            (".5", 0.5),
            ("5.", 5.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("+inf", f64::INFINITY),
            ("1e400", f64::INFINITY),
            ("-0", -0.0),
        ] {
            assert_eq!(float(text.as_bytes()).map(f64::to_bits), Some(value.to_bits()), "{text}");
        }
        assert!(float(b"-nan").is_some_and(|x| x.is_nan() && x.is_sign_negative()));
        for text in
            ["", ".", "1e", "e5", "1_", "_1", "1__0", "1._5", "0x1", "infin", "1 2", "--1", "1f"]
        {
            assert_eq!(float(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn complex_numbers() {
        for (text, re, im) in [
            ("1+2j", 1.0, 2.0),
            (" ( -1e3-J ) ", -1000.0, -1.0),
            ("j", 0.0, 1.0),
            ("-j", 0.0, -1.0),
            ("2.5j", 0.0, 2.5),
            ("3", 3.0, 0.0),
            ("inf-infj", f64::INFINITY, f64::NEG_INFINITY),
        ] {
            assert_eq!(complex(text.as_bytes()), Some((re, im)), "{text}");
        }
        for text in ["", "1+2", "1 + 2j", "(1", "1)", "1+2j3", "jj", "()", "+", "1++j", "2jj"] {
            assert_eq!(complex(text.as_bytes()), None, "{text}");
        }
    }
}

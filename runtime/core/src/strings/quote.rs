//! `repr` and `ascii` of text and bytes.

use super::text::Text;
use std::fmt::Write;

/// The quotes that Python puts around.
fn quote_for(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

/// Whether a code point is printable, as far as that can't change: all of Latin-1.
fn latin1_printable(point: u32) -> bool {
    (0x20..0x7f).contains(&point) || (point > 0xa0 && point <= 0xff && point != 0xad)
}

/// `repr(text)`, or `ascii(text)` with `only_ascii`. `printable` answers for code points
/// beyond Latin-1. The code points of the result.
pub fn repr(text: Text<'_>, only_ascii: bool, printable: impl Fn(u32) -> bool) -> Vec<u32> {
    let has = |quote: char| text.points().any(|point| point == quote as u32);
    let quote = quote_for(has('\''), has('"')) as u32;
    let mut out: Vec<u32> = Vec::with_capacity(text.len() + 2);
    out.push(quote);
    for point in text.points() {
        let escape = match point {
            0x5c => "\\\\".to_owned(),
            0x27 if quote == 0x27 => "\\'".to_owned(),
            0x0a => "\\n".to_owned(),
            0x0d => "\\r".to_owned(),
            0x09 => "\\t".to_owned(),
            0x20..0x7f => {
                out.push(point);
                continue;
            }
            _ => {
                let shown = !only_ascii
                    && if point <= 0xff { latin1_printable(point) } else { printable(point) };
                match point {
                    _ if shown => {
                        out.push(point);
                        continue;
                    }
                    0..=0xff => format!("\\x{point:02x}"),
                    0x100..=0xffff => format!("\\u{point:04x}"),
                    _ => format!("\\U{point:08x}"),
                }
            }
        };
        out.extend(escape.chars().map(|c| c as u32));
    }
    out.push(quote);
    out
}

/// `repr(bytes)`.
pub fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\'' if quote == '\'' => out.push_str("\\'"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x20..0x7f => out.push(byte as char),
            _ => write!(out, "\\x{byte:02x}").expect("a String grows"),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, only_ascii: bool) -> String {
        let wide: Vec<u32> = text.chars().map(|c| c as u32).collect();
        let out = repr(Text::Four(&wide), only_ascii, |p| p != 0x200b);
        Text::Four(&out).lossy()
    }

    #[test]
    fn as_python_quotes() {
        for (text, expected) in [
            ("", "''"),
            ("it's", "\"it's\""),
            ("\"it's\"", "'\"it\\'s\"'"),
            ("a\\\n\t\r\0\x7f", "'a\\\\\\n\\t\\r\\x00\\x7f'"),
            ("é\u{a0}\u{ad}ā\u{200b}😀", "'é\\xa0\\xadā\\u200b😀'"),
        ] {
            assert_eq!(shown(text, false), expected);
        }
        assert_eq!(shown("éā😀", true), "'\\xe9\\u0101\\U0001f600'");
        assert_eq!(bytes_repr(b"a'\"\x00\xff\\"), "b'a\\'\"\\x00\\xff\\\\'");
    }
}

//! Templates of `str.format` and `%` taken apart, for the bodies in `templates.py`.
//!
//! The template is a constant, so its pieces are constants of a tuple's type, and the body
//! recurses over them. A piece is a string, or a tuple:
//!
//! - of `format`: the argument's number or name; steps `(True, attribute)` or
//!   `(False, index)`; the conversion's letter or nothing; the specification, a string or
//!   pieces again.
//! - of `%`: the letter; the mapping's key or False; the piece's text, in parts between
//!   which values of `*` stand; the specification that means the same to `format`, or "-"
//!   where there is none.
//!
//! What is malformed is refused, where Python raises when it comes there.

use crate::numeric::NumericError;
use crate::types::{Lit, Ty};

fn text(s: impl AsRef<str>) -> Ty {
    Ty::Lit(Lit::Str(s.as_ref().into()))
}

fn truth(b: bool) -> Ty {
    Ty::Lit(Lit::Bool(b))
}

fn refused(message: impl Into<String>) -> NumericError {
    NumericError { code: "CB0303", message: message.into(), help: None }
}

/// The result type of a primitive of templates; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    let pieces = match name {
        "prim.format_fields" => format_fields,
        "prim.percent_fields" => percent_fields,
        _ => return None,
    };
    Some(match args {
        [Ty::Lit(Lit::Str(template))] => pieces(template),
        _ => Err(NumericError {
            code: "CB0303",
            message: "a template that isn't known when compiling is not compiled".into(),
            help: Some("write the text where it is used, or an f-string".into()),
        }),
    })
}

fn format_fields(template: &str) -> Result<Ty, NumericError> {
    let points: Vec<char> = template.chars().collect();
    Ok(Ty::tuple(Format { count: 0, named: false }.pieces(&points, 2)?))
}

/// What fields without a number have had so far.
struct Format {
    count: i64,
    named: bool,
}

impl Format {
    fn pieces(&mut self, all: &[char], depth: u32) -> Result<Vec<Ty>, NumericError> {
        if depth == 0 {
            return Err(refused("Max string recursion exceeded"));
        }
        let (mut out, mut literal, mut at) = (Vec::new(), String::new(), 0);
        while at < all.len() {
            let c = all[at];
            if !matches!(c, '{' | '}') {
                literal.push(c);
                at += 1;
                continue;
            }
            if all.get(at + 1) == Some(&c) {
                literal.push(c);
                at += 2;
                continue;
            }
            if c == '}' || at + 1 == all.len() {
                return Err(refused(format!("Single '{c}' encountered in format string")));
            }
            if !literal.is_empty() {
                out.push(text(std::mem::take(&mut literal)));
            }
            let end = end_of_field(all, at + 1)?;
            out.push(self.field(&all[at + 1..end], depth)?);
            at = end + 1;
        }
        if !literal.is_empty() {
            out.push(text(literal));
        }
        Ok(out)
    }

    fn field(&mut self, all: &[char], depth: u32) -> Result<Ty, NumericError> {
        let mut bracket = false;
        let mut end = all.len();
        for (at, c) in all.iter().enumerate() {
            match c {
                '[' => bracket = true,
                ']' => bracket = false,
                '{' if !bracket => return Err(refused("unexpected '{' in field name")),
                ':' | '!' if !bracket => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let name: String = all[..end].iter().collect();
        let mut rest = &all[end..];
        let mut conversion = String::new();
        if let ['!', letter, behind @ ..] = rest {
            if !matches!(letter, 'r' | 's' | 'a') {
                return Err(refused(format!("Unknown conversion specifier {letter}")));
            }
            if !matches!(behind, [] | [':', ..]) {
                return Err(refused("expected ':' after conversion specifier"));
            }
            conversion.push(*letter);
            rest = behind;
        } else if rest.first() == Some(&'!') {
            return Err(refused("end of string while looking for conversion specifier"));
        }
        let (key, path) = self.name(&name)?;
        let spec: &[char] = rest.get(1..).unwrap_or_default();
        let spec = match spec.iter().any(|c| matches!(c, '{' | '}')) {
            true => Ty::tuple(self.pieces(spec, depth - 1)?),
            false => text(spec.iter().collect::<String>()),
        };
        Ok(Ty::tuple([key, path, text(conversion), spec]))
    }

    fn name(&mut self, name: &str) -> Result<(Ty, Ty), NumericError> {
        let first = name.find(['.', '[']).unwrap_or(name.len());
        let (head, mut rest) = name.split_at(first);
        let number = !head.is_empty() && head.bytes().all(|c| c.is_ascii_digit());
        let key = if head.is_empty() {
            self.count += 1;
            Ty::Lit(Lit::Int(self.count - 1))
        } else if number {
            self.named = true;
            let number =
                head.parse().map_err(|_| refused("Too many decimal digits in format string"))?;
            Ty::Lit(Lit::Int(number))
        } else {
            text(head)
        };
        if self.named && self.count > 0 {
            return Err(refused(
                "cannot switch between manual field specification and automatic field numbering",
            ));
        }
        let mut path = Vec::new();
        while !rest.is_empty() {
            let behind = &rest[1..];
            let step;
            if rest.starts_with('.') {
                let end = behind.find(['.', '[']).unwrap_or(behind.len());
                (step, rest) = behind.split_at(end);
                path.push(Ty::tuple([truth(true), text(step)]));
            } else if rest.starts_with('[') {
                let end =
                    behind.find(']').ok_or_else(|| refused("Missing ']' in format string"))?;
                step = &behind[..end];
                rest = &behind[end + 1..];
                let index = match step.bytes().all(|c| c.is_ascii_digit()) {
                    true => Ty::Lit(Lit::Int(
                        step.parse().map_err(|_| refused("Empty attribute in format string"))?,
                    )),
                    false => text(step),
                };
                path.push(Ty::tuple([truth(false), index]));
            } else {
                return Err(refused("Only '.' or '[' may follow ']' in format field specifier"));
            }
            if step.is_empty() {
                return Err(refused("Empty attribute in format string"));
            }
        }
        Ok((key, Ty::tuple(path)))
    }
}

/// The `}` that ends a field.
fn end_of_field(all: &[char], start: usize) -> Result<usize, NumericError> {
    let (mut depth, mut bracket) = (1, false);
    for (at, c) in all.iter().enumerate().skip(start) {
        match c {
            // Inside of the brackets of the field's name nothing counts.
            '[' if depth == 1 => bracket = true,
            ']' => bracket = false,
            ':' | '!' if !bracket => bracket = false,
            '{' if !bracket => depth += 1,
            '}' if !bracket => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => {}
        }
    }
    Err(refused("expected '}' before end of string"))
}

fn percent_fields(template: &str) -> Result<Ty, NumericError> {
    let all: Vec<char> = template.chars().collect();
    let (mut out, mut literal, mut at) = (Vec::new(), String::new(), 0);
    let (mut keyed, mut plain) = (false, false);
    while at < all.len() {
        if all[at] != '%' {
            literal.push(all[at]);
            at += 1;
            continue;
        }
        at += 1;
        let mut key = truth(false);
        if all.get(at) == Some(&'(') {
            let mut depth = 1;
            let start = at + 1;
            at = start;
            while depth > 0 {
                match all.get(at) {
                    Some('(') => depth += 1,
                    Some(')') => depth -= 1,
                    None => return Err(refused("incomplete format key")),
                    _ => {}
                }
                at += 1;
            }
            key = text(all[start..at - 1].iter().collect::<String>());
        }
        let mut parts = vec!["%".to_string()];
        let mut flags = false;
        let mut precision = false;
        let mut digits = String::new();
        let letter = loop {
            let Some(&c) = all.get(at) else { return Err(refused("incomplete format")) };
            at += 1;
            match c {
                '-' | '+' | ' ' | '#' => flags = true,
                '0' if digits.is_empty() => flags = true,
                '0'..='9' | '.' => {
                    precision |= c == '.';
                    digits.push(c);
                }
                '*' => {
                    if precision {
                        return Err(refused("a precision of '*' is not compiled"));
                    }
                    parts.push(String::new());
                    continue;
                }
                'h' | 'l' | 'L' => continue,
                c => break c,
            }
            parts.last_mut().expect("there is one").push(c);
        };
        if letter == '%' {
            literal.push('%');
            if parts != ["%"] || key != truth(false) {
                return Err(refused("this use of '%' in a format is not compiled"));
            }
            continue;
        }
        let kind = match letter {
            'd' | 'i' | 'u' => 'd',
            's' | 'r' | 'a' | 'c' | 'x' | 'X' | 'o' => letter,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => 'f',
            _ => {
                return Err(refused(format!(
                    "unsupported format character '{letter}' (0x{:x}) at index {}",
                    letter as u32,
                    at - 1
                )));
            }
        };
        // `repr` and `ascii` are made before, and filled in as strings.
        let shown = if matches!(letter, 'r' | 'a') { 's' } else { letter };
        parts.last_mut().expect("there is one").push(shown);
        (keyed, plain) = (keyed | (key != truth(false)), plain | (key == truth(false)));
        if keyed && (plain || parts.len() > 1) {
            return Err(refused("a format with keys and without is not compiled"));
        }
        let simple = !flags && parts.len() == 1 && !digits.ends_with('.');
        let spec = match kind {
            'd' if simple && !precision => format!("{digits}d"),
            'f' if simple => format!("{digits}{letter}"),
            's' | 'r' | 'a' if simple && digits.is_empty() => String::new(),
            _ => "-".into(),
        };
        if !literal.is_empty() {
            out.push(text(std::mem::take(&mut literal)));
        }
        let parts = Ty::tuple(parts.iter().map(text));
        out.push(Ty::tuple([text(kind.to_string()), key, parts, text(spec)]));
    }
    if !literal.is_empty() {
        out.push(text(literal));
    }
    Ok(Ty::tuple(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: Result<Ty, NumericError>) -> String {
        match pieces {
            Ok(ty) => ty.to_string().replace("Literal", "").replace("tuple", ""),
            Err(e) => e.message,
        }
    }

    #[test]
    fn formats() {
        assert_eq!(shown(format_fields("a{{}}")), r#"(["a{}"])"#);
        assert_eq!(
            shown(format_fields("{}{:>{}}")),
            r#"(([0], (), [""], [""]), ([1], (), [""], ([">"], ([2], (), [""], [""]))))"#
        );
        assert_eq!(
            shown(format_fields("{a[}:!].b!r:x}")),
            r#"((["a"], (([False], ["}:!"]), ([True], ["b"])), ["r"], ["x"]))"#
        );
        assert_eq!(shown(format_fields("{")), "Single '{' encountered in format string");
        assert_eq!(shown(format_fields("}")), "Single '}' encountered in format string");
        assert_eq!(shown(format_fields("{0}{")), "Single '{' encountered in format string");
        assert_eq!(shown(format_fields("{a")), "expected '}' before end of string");
        assert!(shown(format_fields("{0}{}")).starts_with("cannot switch"));
    }

    #[test]
    fn percents() {
        assert_eq!(shown(percent_fields("100%%")), r#"(["100%"])"#);
        assert_eq!(
            shown(percent_fields("%5.2f|%-*d")),
            r#"((["f"], [False], (["%5.2f"]), ["5.2f"]), ["|"], (["d"], [False], (["%-"], ["d"]), ["-"]))"#
        );
        assert_eq!(shown(percent_fields("%(k)r")), r#"((["r"], ["k"], (["%s"]), [""]))"#);
        assert_eq!(shown(percent_fields("%")), "incomplete format");
    }
}

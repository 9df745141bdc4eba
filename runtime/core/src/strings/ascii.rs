//! Case and character classes of ASCII text, as Python's. Other text is asked of the
//! host, which knows the running Python's Unicode version.

/// A mapping of case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Case {
    Upper,
    Lower,
    Title,
    Capitalize,
    Swap,
}

/// The text in another case.
pub fn change(text: &[u8], case: Case) -> Vec<u8> {
    match case {
        Case::Upper => text.to_ascii_uppercase(),
        Case::Lower => text.to_ascii_lowercase(),
        Case::Capitalize => {
            let mut changed = text.to_ascii_lowercase();
            if let Some(first) = changed.first_mut() {
                first.make_ascii_uppercase();
            }
            changed
        }
        Case::Swap => text
            .iter()
            .map(|c| {
                if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
            })
            .collect(),
        Case::Title => {
            let mut inside = false;
            let mut changed = Vec::with_capacity(text.len());
            for c in text {
                changed.push(if inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() });
                inside = c.is_ascii_alphabetic();
            }
            changed
        }
    }
}

/// A class of texts: what the `is*` methods ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Class {
    Alnum,
    Alpha,
    Digit,
    Identifier,
    Lower,
    Printable,
    Title,
    Upper,
}

/// Whether a text is of a class. `isdecimal` and `isnumeric` are [`Class::Digit`] here.
pub fn is(text: &[u8], class: Class) -> bool {
    let all = |test: fn(&u8) -> bool| !text.is_empty() && text.iter().all(test);
    match class {
        Class::Alnum => all(u8::is_ascii_alphanumeric),
        Class::Alpha => all(u8::is_ascii_alphabetic),
        Class::Digit => all(u8::is_ascii_digit),
        Class::Identifier => {
            all(|c| c.is_ascii_alphanumeric() || *c == b'_') && !text[0].is_ascii_digit()
        }
        Class::Lower => {
            text.iter().any(u8::is_ascii_lowercase) && !text.iter().any(u8::is_ascii_uppercase)
        }
        Class::Upper => {
            text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase)
        }
        Class::Printable => text.iter().all(|c| (b' '..0x7f).contains(c)),
        Class::Title => {
            let (mut cased, mut inside) = (false, false);
            for c in text {
                if (c.is_ascii_uppercase() && inside) || (c.is_ascii_lowercase() && !inside) {
                    return false;
                }
                inside = c.is_ascii_alphabetic();
                cased |= inside;
            }
            cased
        }
    }
}

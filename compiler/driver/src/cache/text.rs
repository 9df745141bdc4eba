//! A function's text without what changes nothing: comments and empty lines.
//!
//! Two texts with the same canonical form compile to the same code but for the lines that
//! it stands on, which [`Canonical::lines`] has. A form is only made where a few rules find
//! every comment with certainty; a text with an unusual character is its own form, and so is
//! one with a formatted string whose end depends on the version of Python (`fields`).

/// The form of a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Canonical {
    /// The lines that are left, without comments.
    pub text: String,
    /// Where they are in the text, from 0.
    pub lines: Vec<u32>,
}

impl Canonical {
    /// Of a text.
    pub fn of(text: &str) -> Canonical {
        stripped(text).unwrap_or_else(|| Canonical {
            text: text.to_owned(),
            lines: (0..text.lines().count() as u32).collect(),
        })
    }

    /// Where a line of the text is among those that are left.
    pub fn kept(&self, line: u32) -> Option<usize> {
        self.lines.binary_search(&line).ok()
    }
}

/// Where the scan is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Code,
    Comment,
    /// A string: its quote, and whether there are three.
    String(u8, bool),
}

fn stripped(text: &str) -> Option<Canonical> {
    let bytes = text.as_bytes();
    let mut state = In::Code;
    let mut form = Canonical::default();
    // Of the line at hand: what is left of it, whether a string goes on in it, whether a
    // comment was taken away.
    let (mut line, mut inside, mut number) = (Vec::new(), false, 0);
    let mut at = 0;
    let mut end_line = |line: &mut Vec<u8>, inside: bool, goes_on: bool, number: &mut u32| {
        let blank = line.iter().all(|b| matches!(b, b' ' | b'\t'));
        if inside || goes_on || !blank {
            // What a string holds stays as it is.
            while !goes_on && line.last().is_some_and(|b| matches!(b, b' ' | b'\t')) {
                line.pop();
            }
            form.text.push_str(std::str::from_utf8(line).ok()?);
            form.text.push('\n');
            form.lines.push(*number);
        }
        line.clear();
        *number += 1;
        Some(())
    };
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match (state, byte) {
            (_, b'\r' | b'\x0c' | b'\0') => return None,
            (In::String(_, false), b'\n') => return None,
            (_, b'\n') => {
                let goes_on = matches!(state, In::String(..));
                end_line(&mut line, inside, goes_on, &mut number)?;
                inside = goes_on;
                if !goes_on {
                    state = In::Code;
                }
            }
            (In::Comment, _) => {}
            (In::Code, b'#') => state = In::Comment,
            // The next line belongs to this one.
            (In::Code, b'\\') if bytes.get(at) == Some(&b'\n') => {
                at += 1;
                line.push(byte);
                end_line(&mut line, inside, true, &mut number)?;
                inside = true;
            }
            (In::Code, b'\\') => return None,
            (In::Code, quote @ (b'"' | b'\'')) => {
                let word = line.iter().rev().take_while(|b| b.is_ascii_alphanumeric());
                let prefix: Vec<u8> = word.map(u8::to_ascii_lowercase).collect();
                let three = bytes[at..].starts_with(&[quote, quote]);
                if prefix.contains(&b't') {
                    return None;
                }
                if prefix.contains(&b'f') {
                    fields(&bytes[at + if three { 2 } else { 0 }..], quote, three)?;
                }
                line.push(quote);
                if three {
                    line.extend([quote, quote]);
                    at += 2;
                }
                state = In::String(quote, three);
            }
            (In::String(..), b'\\') => {
                line.push(byte);
                // Whatever follows belongs to the string, and so does the next line.
                let next = *bytes.get(at)?;
                at += 1;
                if next == b'\n' {
                    end_line(&mut line, inside, true, &mut number)?;
                    inside = true;
                } else {
                    line.push(next);
                }
            }
            (In::String(quote, three), _) => {
                line.push(byte);
                if byte == quote && !three {
                    state = In::Code;
                } else if byte == quote && bytes[at..].starts_with(&[quote, quote]) {
                    line.extend([quote, quote]);
                    at += 2;
                    state = In::Code;
                }
            }
            (In::Code, _) => line.push(byte),
        }
    }
    if matches!(state, In::String(..)) {
        return None;
    }
    if !line.is_empty() || inside {
        end_line(&mut line, inside, false, &mut number)?;
    }
    Some(form)
}

/// Whether a formatted string ends at the same quote for every version of Python; `text` begins
/// behind its opening quotes. From 3.12 on a field in braces may hold the string's own quotes,
/// backslashes and comments. A string in a field that is quoted otherwise is passed over.
fn fields(text: &[u8], quote: u8, three: bool) -> Option<()> {
    let (mut depth, mut at) = (0_u32, 0);
    while let Some(&byte) = text.get(at) {
        at += 1;
        let doubled = text.get(at) == Some(&byte);
        match byte {
            b'\\' if depth > 0 => return None,
            b'\\' => at += 1,
            b'{' | b'}' if depth == 0 && doubled => at += 1,
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            b'\n' if !three => return None,
            b'#' if three && depth > 0 => return None,
            b'"' | b'\'' if byte != quote && depth > 0 => {
                let length = text[at..].iter().position(|&b| b == byte)?;
                let within = &text[at..at + length];
                if within.iter().any(|b| [quote, b'\\', b'\n'].contains(b)) {
                    return None;
                }
                at += length + 1;
            }
            _ if byte == quote => {
                let closes = !three || text[at..].starts_with(&[quote, quote]);
                if closes || depth > 0 {
                    return (depth == 0).then_some(());
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> (String, Vec<u32>) {
        let form = Canonical::of(text);
        (form.text, form.lines)
    }

    #[test]
    fn comments_and_empty_lines_go() {
        let text = "def f(a):  # adds\n\n    # one\n    return a + 1   \n";
        assert_eq!(form(text), ("def f(a):\n    return a + 1\n".to_owned(), vec![0, 3]));
        assert_eq!(form("lambda x: x"), ("lambda x: x\n".to_owned(), vec![0]));
        assert_eq!(form(""), (String::new(), vec![]));
    }

    #[test]
    fn strings_stay() {
        for text in [
            "x = '# no comment'\n",
            "x = \"\"\"one\n\n  # two  \n\"\"\"\n",
            "x = 'a\\'# b'\n",
            "x = r'\\'\n y = '#'\n",
            "x = '''a'b''c#'''\n",
            "x = ''\ny = '#'\n",
            "x = b'#' + u\"#\"\n",
        ] {
            assert_eq!(form(text).0, text);
        }
    }

    #[test]
    fn what_is_unusual_is_its_own_form() {
        for text in [
            "x = t'{a}'  # b\n",
            // What ends elsewhere, depending on the version.
            "x = f'{a['#']}'  # b\n",
            "x = f'{d[\"}\"]['#']}'  # b\n",
            "x = f'{\"\\n#\"}'  # b\n",
            "x = f'''{a  # '\n}'''  # b\n",
            "x = f'{a'  # b\n",
            "x = f'}'  # b\n",
            "x = 1 + \\ \n  2  # b\n",
            "x = '\n# b\n",
            "x = 1\r\n# b\n",
            "x = '''# b\n",
        ] {
            assert_eq!(form(text).0, text);
            assert_eq!(form(text).1.len(), text.lines().count());
        }
    }

    #[test]
    fn formatted_strings_and_continued_lines() {
        for (text, expected, lines) in [
            ("x = f'{a}#'  # b\n", "x = f'{a}#'\n", vec![0]),
            ("x = rF\"{a['#']:#x} {{#\" # b\n", "x = rF\"{a['#']:#x} {{#\"\n", vec![0]),
            ("# a\nx = f'''{a}\n\n# '''# b\n", "x = f'''{a}\n\n# '''\n", vec![1, 2, 3]),
            ("x = f'{a:{b}}' 'c'  # b\n", "x = f'{a:{b}}' 'c'\n", vec![0]),
            ("x = 1 + \\\n  2  # b\n\n\ny\n", "x = 1 + \\\n  2\ny\n", vec![0, 1, 4]),
            // The empty line ends what goes on.
            ("x = 1 \\\n\n# b\ny\n", "x = 1 \\\n\ny\n", vec![0, 1, 3]),
            ("x = 'a\\\n # b\\\n'  # c\n", "x = 'a\\\n # b\\\n'\n", vec![0, 1, 2]),
        ] {
            assert_eq!(form(text), (expected.to_owned(), lines), "{text:?}");
        }
    }

    #[test]
    fn every_change_of_code_changes_the_form() {
        let text = "def f(a):\n    # note\n    b = '#x' + f\"{a:#x}#\"\n    \
                    return a, b, \\\n\"\"\"\n #\"\"\"\n";
        let base = Canonical::of(text).text;
        for at in 0..text.len() {
            let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
            let in_comment = text[line..].starts_with("    # note");
            let changed = format!("{}Z{}", &text[..at], &text[at..]);
            let same = Canonical::of(&changed).text == base;
            assert!(!same || in_comment, "{changed:?}");
        }
    }
}

//! Splitting and stripping: ranges of a text, no copies.

use super::search::places;
use super::text::{Text, Unit, is_line_break, is_space, with_units};

/// Start and end of a part.
pub type Range = (usize, usize);

/// `str.split(None, limit)`.
pub fn split_space(text: Text<'_>, limit: usize) -> Vec<Range> {
    with_units!(text, units => split_units(units, limit))
}

fn space<T: Unit>(unit: &T) -> bool {
    is_space((*unit).into())
}

fn split_units<T: Unit>(units: &[T], limit: usize) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        at += units[at..].iter().take_while(|c| space(*c)).count();
        if at == units.len() {
            return parts;
        }
        if parts.len() == limit {
            // What is left, without whitespace at its end.
            let tail = units[at..].iter().rev().take_while(|c| space(*c)).count();
            parts.push((at, units.len() - tail));
            return parts;
        }
        let end = at + units[at..].iter().take_while(|c| !space(*c)).count();
        parts.push((at, end));
        at = end;
    }
}

/// `str.rsplit(None, limit)`, in the order of the text.
pub fn rsplit_space(text: Text<'_>, limit: usize) -> Vec<Range> {
    with_units!(text, units => {
        let mut parts = Vec::new();
        let mut end = units.len();
        loop {
            end -= units[..end].iter().rev().take_while(|c| space(*c)).count();
            if end == 0 {
                break;
            }
            if parts.len() == limit {
                parts.push((0, end));
                break;
            }
            let start = end - units[..end].iter().rev().take_while(|c| !space(*c)).count();
            parts.push((start, end));
            end = start;
        }
        parts.reverse();
        parts
    })
}

/// `str.split(separator, limit)` of a separator that isn't empty.
pub fn split(text: Text<'_>, separator: Text<'_>, limit: usize) -> Vec<Range> {
    let places = places(text, separator, limit);
    let mut parts = Vec::with_capacity(places.len() + 1);
    let mut from = 0;
    for at in places {
        parts.push((from, at));
        from = at + separator.len();
    }
    parts.push((from, text.len()));
    parts
}

/// `str.rsplit(separator, limit)` of a separator that isn't empty.
pub fn rsplit(text: Text<'_>, separator: Text<'_>, limit: usize) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut end = text.len();
    while parts.len() < limit
        && let Some(at) = super::search::rfind(text.part(0, end), separator)
    {
        parts.push((at + separator.len(), end));
        end = at;
    }
    parts.push((0, end));
    parts.reverse();
    parts
}

/// `str.splitlines`.
pub fn lines(text: Text<'_>, keep_ends: bool) -> Vec<Range> {
    with_units!(text, units => {
        let mut parts = Vec::new();
        let mut start = 0;
        while start < units.len() {
            let end = units[start..]
                .iter()
                .position(|&c| is_line_break(c.into()))
                .map_or(units.len(), |n| start + n);
            let unit = |at: usize| -> u32 { units.get(at).map_or(0, |&c| c.into()) };
            let next = match (unit(end), unit(end + 1)) {
                _ if end == units.len() => end,
                (0x0d, 0x0a) => end + 2,
                _ => end + 1,
            };
            parts.push((start, if keep_ends { next } else { end }));
            start = next;
        }
        parts
    })
}

/// What is left between what `strips` takes away at the sides.
pub fn strip_by(text: Text<'_>, left: bool, right: bool, strips: impl Fn(u32) -> bool) -> Range {
    with_units!(text, units => {
        let mut start = 0;
        let mut end = units.len();
        while left && start < end && strips(units[start].into()) {
            start += 1;
        }
        while right && end > start && strips(units[end - 1].into()) {
            end -= 1;
        }
        (start, end)
    })
}

/// `str.strip()` and its kin.
pub fn strip_space(text: Text<'_>, left: bool, right: bool) -> Range {
    strip_by(text, left, right, is_space)
}

/// `str.strip(chars)` and its kin.
pub fn strip_chars(text: Text<'_>, chars: Text<'_>, left: bool, right: bool) -> Range {
    let mut low = [false; 128];
    for point in chars.points().filter(|&p| p < 128) {
        low[point as usize] = true;
    }
    strip_by(text, left, right, |point| match low.get(point as usize) {
        Some(&there) => there,
        None => chars.points().any(|c| c == point),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, parts: Vec<Range>) -> Vec<&str> {
        parts.into_iter().map(|(a, b)| &text[a..b]).collect()
    }

    #[test]
    fn at_whitespace() {
        let text = "  a  bc d ";
        let all = Text::One(text.as_bytes());
        assert_eq!(shown(text, split_space(all, usize::MAX)), ["a", "bc", "d"]);
        assert_eq!(shown(text, split_space(all, 1)), ["a", "bc d"]);
        assert_eq!(shown(text, split_space(all, 0)), ["a  bc d"]);
        assert_eq!(shown(text, rsplit_space(all, 1)), ["  a  bc", "d"]);
        assert!(split_space(Text::One(b" \t"), 3).is_empty());
    }

    #[test]
    fn at_separators_and_lines() {
        let text = "a,b,,c";
        let all = Text::One(text.as_bytes());
        assert_eq!(shown(text, split(all, Text::One(b","), usize::MAX)), ["a", "b", "", "c"]);
        assert_eq!(shown(text, split(all, Text::One(b","), 1)), ["a", "b,,c"]);
        assert_eq!(shown(text, rsplit(all, Text::One(b","), 1)), ["a,b,", "c"]);
        let text = "a\r\n\nb\rc\x0b";
        let all = Text::One(text.as_bytes());
        assert_eq!(shown(text, lines(all, false)), ["a", "", "b", "c"]);
        assert_eq!(shown(text, lines(all, true)), ["a\r\n", "\n", "b\r", "c\x0b"]);
    }
}

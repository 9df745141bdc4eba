//! Helpers of the methods of `str` (and those that `bytes` has in common).
//!
//! Every pointer argument is a live object of the kind that the helper's row says, in the
//! running call's context or immortal: compiled code holds a reference to it. A start and
//! an end are as in Python's methods: negative ones count from the end, and what is out
//! of range is cut.

use super::ascii::{self, Case, Class};
use super::helpers::of;
use super::object::{self, Made, concatenated, made, text};
use super::split::{self, Range};
use super::text::Text;
use super::{quote, search};
use crate::host::{HostArg, ask_bool, ask_bytes, ask_str};
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass};
use std::iter::once;
use std::ptr;

/// The range that a start and an end mean; `None` when the start is behind the end, where
/// not even an empty text is found.
fn range(length: usize, start: i64, end: i64) -> Option<Range> {
    let length = length as i64;
    let from_end = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at };
    let end = from_end(end).min(length);
    let start = from_end(start);
    (start <= end).then_some((start as usize, end as usize))
}

/// A limit of splits or replacements: negative means none.
fn limit(n: i64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

macro_rules! searching {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty, $missing:expr, |$start:ident, $hay:ident, $needle:ident| $found:expr;)*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(
            _context: *mut Context,
            s: *mut u8,
            needle: *mut u8,
            start: i64,
            end: i64,
        ) -> $ty {
            // SAFETY: see the module's comment.
            let (all, $needle) = unsafe { (text(s), text(needle)) };
            match range(all.len(), start, end) {
                None => $missing,
                Some(($start, end)) => {
                    let $hay = all.part($start, end);
                    $found
                }
            }
        }
    )* };
}
searching! {
    /// `s.find(needle, start, end)`.
    str_find -> i64, -1, |start, hay, needle| {
        search::find(hay, needle).map_or(-1, |at| (start + at) as i64)
    };
    /// `s.rfind(needle, start, end)`.
    str_rfind -> i64, -1, |start, hay, needle| {
        search::rfind(hay, needle).map_or(-1, |at| (start + at) as i64)
    };
    /// `s.count(needle, start, end)`.
    str_count -> i64, 0, |_start, hay, needle| {
        if needle.is_empty() { hay.len() as i64 + 1 } else { search::count(hay, needle) as i64 }
    };
    /// `s.startswith(needle, start, end)`.
    str_startswith -> u8, 0, |_start, hay, needle| {
        u8::from(hay.len() >= needle.len() && hay.part(0, needle.len()) == needle)
    };
    /// `s.endswith(needle, start, end)`.
    str_endswith -> u8, 0, |_start, hay, needle| {
        let tail = hay.len().checked_sub(needle.len());
        u8::from(tail.is_some_and(|tail| hay.part(tail, hay.len()) == needle))
    };
}

/// `s.replace(old, new, count)`.
pub(crate) extern "C" fn str_replace(
    context: *mut Context,
    s: *mut u8,
    old: *mut u8,
    new: *mut u8,
    count: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (all, old, new) = (text(s), text(old), text(new));
        let places = if old.is_empty() {
            (0..=all.len()).take(limit(count)).collect()
        } else {
            search::places(all, old, limit(count))
        };
        if places.is_empty() {
            return object::shared(s);
        }
        let context = of(context);
        if let (Text::One(units), Text::One([from]), Text::One([to])) = (all, old, new)
            && places.len() > 8
        {
            // One byte by another, often: the places needn't be walked as pieces.
            let last = places[places.len() - 1];
            let mut changed = units.to_vec();
            for unit in &mut changed[..=last] {
                if unit == from {
                    *unit = *to;
                }
            }
            return concatenated(context, made(s), || once(Text::One(&changed)));
        }
        concatenated(context, made(s), || {
            let mut from = 0;
            let between = places.iter().flat_map(move |&at| {
                let before = all.part(from, at);
                from = at + old.len();
                [before, new]
            });
            let behind = places[places.len() - 1] + old.len();
            between.chain(once(all.part(behind, all.len())))
        })
    }
}

fn empty_separator(context: &mut Context) -> *mut u8 {
    raise(context, ExceptionClass::ValueError, "empty separator");
    ptr::null_mut()
}

macro_rules! splitting {
    ($($(#[$doc:meta])* $name:ident $split:path;)*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(
            context: *mut Context,
            s: *mut u8,
            separator: *mut u8,
            most: i64,
        ) -> *mut u8 {
            // SAFETY: see the module's comment.
            unsafe {
                let (all, separator, context) = (text(s), text(separator), of(context));
                if separator.is_empty() {
                    return empty_separator(context);
                }
                object::parts(context, s, &$split(all, separator, limit(most)))
            }
        }
    )* };
}
splitting! {
    /// `s.split(separator, most)`.
    str_split split::split;
    /// `s.rsplit(separator, most)`.
    str_rsplit split::rsplit;
}

/// `s.split(None, most)`.
pub(crate) extern "C" fn str_split_space(context: *mut Context, s: *mut u8, most: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), s, &split::split_space(text(s), limit(most))) }
}

/// `s.rsplit(None, most)`.
pub(crate) extern "C" fn str_rsplit_space(context: *mut Context, s: *mut u8, most: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), s, &split::rsplit_space(text(s), limit(most))) }
}

/// `s.splitlines(keep_ends)`.
pub(crate) extern "C" fn str_splitlines(
    context: *mut Context,
    s: *mut u8,
    keep_ends: u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), s, &split::lines(text(s), keep_ends != 0)) }
}

/// `separator.join(items)` of a list of strings (or bytes, as the separator is).
pub(crate) extern "C" fn str_join(
    context: *mut Context,
    separator: *mut u8,
    list: *mut u8,
) -> *mut u8 {
    // SAFETY: see the module's comment; the list holds what it is given for.
    unsafe {
        let between = text(separator);
        let items = object::items(list);
        let mut two = items.clone().take(2);
        if let (Some(only), None) = (two.next(), two.next()) {
            return object::shared(only);
        }
        concatenated(of(context), made(separator), || {
            items.clone().enumerate().flat_map(move |(at, item)| {
                let before = between.part(0, if at == 0 { 0 } else { between.len() });
                [before, text(item)]
            })
        })
    }
}

/// `separator.join(s)` of a string's characters.
pub(crate) extern "C" fn str_join_characters(
    context: *mut Context,
    separator: *mut u8,
    s: *mut u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (between, all) = (text(separator), text(s));
        concatenated(of(context), Made::Str, || {
            (0..all.len()).flat_map(move |at| {
                let before = between.part(0, if at == 0 { 0 } else { between.len() });
                [before, all.part(at, at + 1)]
            })
        })
    }
}

/// `s.strip()`: at the left for bit 0 of `sides`, at the right for bit 1.
pub(crate) extern "C" fn str_strip_space(context: *mut Context, s: *mut u8, sides: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (start, end) = split::strip_space(text(s), sides & 1 != 0, sides & 2 != 0);
        object::part(of(context), s, start, end)
    }
}

/// `s.strip(characters)`, sides as above.
pub(crate) extern "C" fn str_strip(
    context: *mut Context,
    s: *mut u8,
    characters: *mut u8,
    sides: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (start, end) =
            split::strip_chars(text(s), text(characters), sides & 1 != 0, sides & 2 != 0);
        object::part(of(context), s, start, end)
    }
}

/// A method of the host that gives a string.
fn of_host(context: &mut Context, name: &str, args: &[HostArg<'_>]) -> *mut u8 {
    match ask_str(context, name, args) {
        Some(points) => object::string(context, Text::Four(&points)),
        None => ptr::null_mut(),
    }
}

macro_rules! casing {
    ($($(#[$doc:meta])* $name:ident $case:ident $method:literal;)*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(context: *mut Context, s: *mut u8) -> *mut u8 {
            // SAFETY: see the module's comment.
            unsafe {
                match text(s).ascii() {
                    Some(all) => object::ascii_string(of(context), ascii::change(all, Case::$case)),
                    None => of_host(of(context), $method, &[HostArg::Str(text(s))]),
                }
            }
        }
    )* };
}
casing! {
    /// `s.upper()`.
    str_upper Upper "str.upper";
    /// `s.lower()`.
    str_lower Lower "str.lower";
    /// `s.title()`.
    str_title Title "str.title";
    /// `s.capitalize()`.
    str_capitalize Capitalize "str.capitalize";
    /// `s.swapcase()`.
    str_swapcase Swap "str.swapcase";
    /// `s.casefold()`.
    str_casefold Lower "str.casefold";
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $class:ident $method:literal;)*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(context: *mut Context, s: *mut u8) -> u8 {
            // SAFETY: see the module's comment.
            unsafe {
                u8::from(match text(s).ascii() {
                    Some(all) => ascii::is(all, Class::$class),
                    None => ask_bool(of(context), $method, &[HostArg::Str(text(s))]).unwrap_or(false),
                })
            }
        }
    )* };
}
classes! {
    /// `s.isalnum()`.
    str_isalnum Alnum "str.isalnum";
    /// `s.isalpha()`.
    str_isalpha Alpha "str.isalpha";
    /// `s.isdecimal()`.
    str_isdecimal Digit "str.isdecimal";
    /// `s.isdigit()`.
    str_isdigit Digit "str.isdigit";
    /// `s.isidentifier()`.
    str_isidentifier Identifier "str.isidentifier";
    /// `s.islower()`.
    str_islower Lower "str.islower";
    /// `s.isnumeric()`.
    str_isnumeric Digit "str.isnumeric";
    /// `s.isprintable()`.
    str_isprintable Printable "str.isprintable";
    /// `s.istitle()`.
    str_istitle Title "str.istitle";
    /// `s.isupper()`.
    str_isupper Upper "str.isupper";
}

/// `s.isspace()`.
pub(crate) extern "C" fn str_isspace(_context: *mut Context, s: *mut u8) -> u8 {
    // SAFETY: see the module's comment.
    let all = unsafe { text(s) };
    u8::from(!all.is_empty() && all.points().all(super::text::is_space))
}

/// `s.isascii()`.
pub(crate) extern "C" fn str_isascii(_context: *mut Context, s: *mut u8) -> u8 {
    // SAFETY: see the module's comment.
    u8::from(unsafe { text(s).ascii().is_some() })
}

/// `text` between so many fill characters.
fn padded(
    context: &mut Context,
    fill: Text<'_>,
    before: usize,
    text: Text<'_>,
    after: usize,
) -> *mut u8 {
    concatenated(context, Made::Str, || {
        std::iter::repeat_n(fill, before).chain(once(text)).chain(std::iter::repeat_n(fill, after))
    })
}

/// `s.ljust`, `s.rjust` and `s.center` (`how` 0, 1, 2).
pub(crate) extern "C" fn str_justify(
    context: *mut Context,
    s: *mut u8,
    width: i64,
    fill: *mut u8,
    how: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (all, fill, context) = (text(s), text(fill), of(context));
        if fill.len() != 1 {
            let message = "The fill character must be exactly one character long";
            raise(context, ExceptionClass::TypeError, message);
            return ptr::null_mut();
        }
        let missing = (width.max(0) as usize).saturating_sub(all.len());
        if missing == 0 {
            return object::shared(s);
        }
        let before = match how {
            0 => 0,
            1 => missing,
            // An odd place goes to the left where the width is odd, too.
            _ => missing / 2 + (missing & width as usize & 1),
        };
        padded(context, fill, before, all, missing - before)
    }
}

/// `s.zfill(width)`.
pub(crate) extern "C" fn str_zfill(context: *mut Context, s: *mut u8, width: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let all = text(s);
        let missing = (width.max(0) as usize).saturating_sub(all.len());
        if missing == 0 {
            return object::shared(s);
        }
        let signed = !all.is_empty() && matches!(all.at(0), 0x2b | 0x2d);
        let (sign, digits) = (all.part(0, signed.into()), all.part(signed.into(), all.len()));
        let zeros = std::iter::repeat_n(Text::One(b"0"), missing);
        concatenated(of(context), Made::Str, || once(sign).chain(zeros.clone()).chain(once(digits)))
    }
}

/// `s.expandtabs(size)`.
pub(crate) extern "C" fn str_expandtabs(context: *mut Context, s: *mut u8, size: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let all = text(s);
        if search::find(all, Text::One(b"\t")).is_none() {
            return object::shared(s);
        }
        let mut column = 0;
        let mut out = Vec::with_capacity(all.len() + 16);
        for point in all.points() {
            match point {
                0x09 => {
                    let spaces = if size > 0 { size - column % size } else { 0 };
                    column += spaces;
                    out.resize(out.len() + spaces as usize, 0x20);
                }
                _ => {
                    column = if matches!(point, 0x0a | 0x0d) { 0 } else { column + 1 };
                    out.push(point);
                }
            }
        }
        object::string(of(context), Text::Four(&out))
    }
}

/// A codec that is handled here: its highest code point, or none for UTF-8.
fn codec(name: Text<'_>) -> Option<Option<u32>> {
    let name: String = name.ascii()?.iter().map(|&c| (c as char).to_ascii_lowercase()).collect();
    match name.replace('_', "-").as_str() {
        "utf-8" | "utf8" => Some(None),
        "ascii" | "us-ascii" => Some(Some(0x7f)),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => Some(Some(0xff)),
        _ => None,
    }
}

/// `s.encode(encoding, errors)`.
pub(crate) extern "C" fn str_encode(
    context: *mut Context,
    s: *mut u8,
    encoding: *mut u8,
    errors: *mut u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (all, encoding, errors, context) = (text(s), text(encoding), text(errors), of(context));
        match (codec(encoding), all) {
            (Some(_), _) if all.ascii().is_some() => {
                return object::bytes(context, all.ascii().unwrap_or_default());
            }
            (Some(Some(0xff)), Text::One(units)) => return object::bytes(context, units),
            (Some(None), _) => {
                let encoded: Option<String> = all.points().map(char::from_u32).collect();
                // A lone surrogate is the host's to refuse.
                if let Some(encoded) = encoded {
                    return object::bytes(context, encoded.as_bytes());
                }
            }
            _ => {}
        }
        let args = [HostArg::Str(all), HostArg::Str(encoding), HostArg::Str(errors)];
        match ask_bytes(context, "str.encode", &args) {
            Some(encoded) => object::bytes(context, &encoded),
            None => ptr::null_mut(),
        }
    }
}

/// `b.decode(encoding, errors)`.
pub(crate) extern "C" fn bytes_decode(
    context: *mut Context,
    b: *mut u8,
    encoding: *mut u8,
    errors: *mut u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (all, encoding, errors, context) = (text(b), text(encoding), text(errors), of(context));
        let Text::One(units) = all else { unreachable!("bytes have units of one byte") };
        match codec(encoding) {
            Some(_) if units.is_ascii() => return object::ascii_string(context, units),
            Some(Some(0xff)) => return object::string(context, all),
            Some(None) => {
                if let Ok(decoded) = std::str::from_utf8(units) {
                    return object::rust_string(context, decoded);
                }
            }
            _ => {}
        }
        let args = [HostArg::Bytes(units), HostArg::Str(encoding), HostArg::Str(errors)];
        of_host(context, "bytes.decode", &args)
    }
}

/// `repr(s)` of a string.
pub(crate) extern "C" fn str_repr(context: *mut Context, s: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let all = text(s);
        // Beyond Latin-1 the host says what is printable.
        if !matches!(all, Text::One(_)) {
            return of_host(of(context), "builtins.repr", &[HostArg::Str(all)]);
        }
        let points = quote::repr(all, false, |_| false);
        object::string(of(context), Text::Four(&points))
    }
}

/// `ascii(s)` of a string.
pub(crate) extern "C" fn str_ascii(context: *mut Context, s: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let points = quote::repr(text(s), true, |_| false);
        object::string(of(context), Text::Four(&points))
    }
}

/// `repr(b)` of bytes.
pub(crate) extern "C" fn bytes_repr(context: *mut Context, b: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        match text(b) {
            Text::One(units) => object::ascii_string(of(context), quote::bytes_repr(units)),
            _ => unreachable!("bytes have units of one byte"),
        }
    }
}

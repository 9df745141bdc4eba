//! Helpers of the methods of `bytes` where they aren't those of `str`: whitespace, lines,
//! case and classes are ASCII's alone. The others are `methods.rs`, under both names.
//!
//! Every pointer argument is a live object of the kind that the helper's row says, in the
//! running call's context or immortal: compiled code holds a reference to it. Objects of
//! bytes don't change.

use super::ascii::{self, Case, Class};
use super::helpers::of;
use super::object::{self, Made, concatenated, text};
use super::split::{self, Range};
use super::text::Text;
use crate::host::{HostArg, ask_bytes};
use crate::objects::bytes_bytes;
use crate::raise::{raise, raise_memory};
use cumbia_abi::{Context, ExceptionClass, ListObject};
use std::iter::{once, repeat_n};
use std::ptr;

fn units<'a>(object: *mut u8) -> &'a [u8] {
    // SAFETY: see the module's comment.
    unsafe { bytes_bytes(object.cast()) }
}

/// A limit of splits: negative means none.
fn limit(n: i64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn is_space(unit: u8) -> bool {
    matches!(unit, b' ' | 0x09..=0x0d)
}

/// Parts between runs of whitespace, from the left.
fn split_space(all: &[u8], most: usize) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        at += all[at..].iter().take_while(|c| is_space(**c)).count();
        if at == all.len() {
            return parts;
        }
        if parts.len() == most {
            parts.push((at, all.len()));
            return parts;
        }
        let end = at + all[at..].iter().take_while(|c| !is_space(**c)).count();
        parts.push((at, end));
        at = end;
    }
}

/// The same from the right, in the order of the bytes.
fn rsplit_space(all: &[u8], most: usize) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut end = all.len();
    loop {
        end -= all[..end].iter().rev().take_while(|c| is_space(**c)).count();
        if end == 0 {
            break;
        }
        if parts.len() == most {
            parts.push((0, end));
            break;
        }
        let start = end - all[..end].iter().rev().take_while(|c| !is_space(**c)).count();
        parts.push((start, end));
        end = start;
    }
    parts.reverse();
    parts
}

fn lines(all: &[u8], keep_ends: bool) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < all.len() {
        let end = all[start..].iter().position(|c| matches!(c, b'\n' | b'\r'));
        let end = end.map_or(all.len(), |n| start + n);
        let next = match all[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [] => end,
            _ => end + 1,
        };
        parts.push((start, if keep_ends { next } else { end }));
        start = next;
    }
    parts
}

/// `b.split(None, most)`.
pub(crate) extern "C" fn bytes_split_space(
    context: *mut Context,
    b: *mut u8,
    most: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), b, &split_space(units(b), limit(most))) }
}

/// `b.rsplit(None, most)`.
pub(crate) extern "C" fn bytes_rsplit_space(
    context: *mut Context,
    b: *mut u8,
    most: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), b, &rsplit_space(units(b), limit(most))) }
}

/// `b.splitlines(keep_ends)`.
pub(crate) extern "C" fn bytes_splitlines(
    context: *mut Context,
    b: *mut u8,
    keep_ends: u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { object::parts(of(context), b, &lines(units(b), keep_ends != 0)) }
}

/// `b.strip()`: at the left for bit 0 of `sides`, at the right for bit 1.
pub(crate) extern "C" fn bytes_strip_space(
    context: *mut Context,
    b: *mut u8,
    sides: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let space = |point| u8::try_from(point).is_ok_and(is_space);
        let (start, end) = split::strip_by(text(b), sides & 1 != 0, sides & 2 != 0, space);
        object::part(of(context), b, start, end)
    }
}

/// `b.upper()` and its kin, by number: upper, lower, title, capitalize, swapcase.
pub(crate) extern "C" fn bytes_case(context: *mut Context, b: *mut u8, which: i64) -> *mut u8 {
    const CASES: [Case; 5] = [Case::Upper, Case::Lower, Case::Title, Case::Capitalize, Case::Swap];
    // SAFETY: see the module's comment.
    object::bytes(unsafe { of(context) }, &ascii::change(units(b), CASES[which as usize]))
}

/// `b.isalnum()` and its kin, by number: alnum, alpha, digit, lower, upper, title, space.
pub(crate) extern "C" fn bytes_is(_context: *mut Context, b: *mut u8, which: i64) -> u8 {
    const CLASSES: [Class; 6] =
        [Class::Alnum, Class::Alpha, Class::Digit, Class::Lower, Class::Upper, Class::Title];
    let all = units(b);
    u8::from(match CLASSES.get(which as usize) {
        Some(&class) => ascii::is(all, class),
        None => !all.is_empty() && all.iter().copied().all(is_space),
    })
}

/// `b.ljust`, `b.rjust` and `b.center` (`how` 0, 1, 2); the body has looked at the fill.
pub(crate) extern "C" fn bytes_justify(
    context: *mut Context,
    b: *mut u8,
    width: i64,
    fill: *mut u8,
    how: i64,
) -> *mut u8 {
    let missing = (width.max(0) as usize).saturating_sub(units(b).len());
    // SAFETY: see the module's comment.
    let context = unsafe { of(context) };
    if missing == 0 {
        return object::bytes(context, units(b));
    }
    let before = match how {
        0 => 0,
        1 => missing,
        // An odd place goes to the left where the width is odd, too.
        _ => missing / 2 + (missing & width as usize & 1),
    };
    let (fill, all) = (Text::One(&units(fill)[..1]), Text::One(units(b)));
    concatenated(context, Made::Bytes, || {
        repeat_n(fill, before).chain(once(all)).chain(repeat_n(fill, missing - before))
    })
}

/// `b.zfill(width)`.
pub(crate) extern "C" fn bytes_zfill(context: *mut Context, b: *mut u8, width: i64) -> *mut u8 {
    let all = units(b);
    let missing = (width.max(0) as usize).saturating_sub(all.len());
    let (sign, digits) = all.split_at(usize::from(matches!(all.first(), Some(b'+' | b'-'))));
    let zeros = repeat_n(Text::One(b"0"), missing);
    // SAFETY: see the module's comment.
    concatenated(unsafe { of(context) }, Made::Bytes, || {
        once(Text::One(sign)).chain(zeros.clone()).chain(once(Text::One(digits)))
    })
}

/// `b.expandtabs(size)`.
pub(crate) extern "C" fn bytes_expandtabs(context: *mut Context, b: *mut u8, size: i64) -> *mut u8 {
    let mut column = 0;
    let mut out = Vec::with_capacity(units(b).len() + 16);
    for &unit in units(b) {
        if unit == b'\t' {
            let spaces = if size > 0 { size - column % size } else { 0 };
            column += spaces;
            out.resize(out.len() + spaces as usize, b' ');
        } else {
            column = if matches!(unit, b'\n' | b'\r') { 0 } else { column + 1 };
            out.push(unit);
        }
    }
    // SAFETY: see the module's comment.
    object::bytes(unsafe { of(context) }, &out)
}

/// `b.translate(table, delete)`; the body has seen that the table has 256 bytes.
pub(crate) extern "C" fn bytes_translate(
    context: *mut Context,
    b: *mut u8,
    table: *mut u8,
    delete: *mut u8,
) -> *mut u8 {
    let mut gone = [false; 256];
    units(delete).iter().for_each(|&unit| gone[usize::from(unit)] = true);
    let table = units(table);
    let kept = units(b).iter().filter(|&&unit| !gone[usize::from(unit)]);
    let out: Vec<u8> = kept.map(|&unit| table[usize::from(unit)]).collect();
    // SAFETY: see the module's comment.
    object::bytes(unsafe { of(context) }, &out)
}

/// `bytes.maketrans(from, to)`, of equal lengths.
pub(crate) extern "C" fn bytes_maketrans(
    context: *mut Context,
    from: *mut u8,
    to: *mut u8,
) -> *mut u8 {
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in units(from).iter().zip(units(to)) {
        table[usize::from(from)] = to;
    }
    // SAFETY: see the module's comment.
    object::bytes(unsafe { of(context) }, &table)
}

/// `bytes(count)`.
pub(crate) extern "C" fn bytes_zeros(context: *mut Context, count: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    let context = unsafe { of(context) };
    let Ok(count) = usize::try_from(count) else {
        raise(context, ExceptionClass::ValueError, "negative count");
        return ptr::null_mut();
    };
    let object = object::blank(context, Made::Bytes, count, 1);
    if !object.is_null() {
        // SAFETY: a fresh object of bytes.
        unsafe { object::units_mut::<u8>(object) }.fill(0);
    }
    object.cast()
}

/// The bytes of an array that a body made or checked: address and size.
pub(crate) extern "C" fn bytes_of_memory(
    context: *mut Context,
    at: *mut u8,
    count: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment; so many bytes lie there.
    unsafe {
        let from = match count {
            0 => &[],
            n => std::slice::from_raw_parts(at, n as usize),
        };
        object::bytes(of(context), from)
    }
}

/// `bytes(list)`.
pub(crate) extern "C" fn bytes_of_list(context: *mut Context, list: *mut u8) -> *mut u8 {
    let list: *const ListObject = list.cast();
    // SAFETY: a live list of ints; an empty one may have no slots yet.
    let (context, items): (_, &[i64]) = unsafe {
        let items = match (*list).length as usize {
            0 => &[],
            length => std::slice::from_raw_parts((*list).owner.data.cast(), length),
        };
        (of(context), items)
    };
    let out: Result<Vec<u8>, _> = items.iter().map(|&item| u8::try_from(item)).collect();
    match out {
        Ok(out) => object::bytes(context, &out),
        Err(_) => {
            raise(context, ExceptionClass::ValueError, "bytes must be in range(0, 256)");
            ptr::null_mut()
        }
    }
}

/// `b.hex(separator, group)`; no separator is an empty one.
pub(crate) extern "C" fn bytes_hex_grouped(
    context: *mut Context,
    b: *mut u8,
    separator: *mut u8,
    group: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, between) = unsafe { (of(context), text(separator)) };
    let mut fails = |message: &str| {
        raise(&mut *context, ExceptionClass::ValueError, message);
        ptr::null_mut()
    };
    if between.len() != 1 {
        return fails("sep must be length 1.");
    }
    let Ok(between @ 0..=0x7f) = u8::try_from(between.at(0)) else {
        return fails("sep must be ASCII.");
    };
    let all = units(b);
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(all.len() * 3);
    for (at, unit) in all.iter().enumerate() {
        // Groups are counted from the right, for negative sizes from the left.
        let inside = if group < 0 { at } else { all.len() - at };
        if at > 0 && size > 0 && inside % size == 0 {
            out.push(between);
        }
        out.extend([unit >> 4, unit & 15].map(|d| b"0123456789abcdef"[usize::from(d)]));
    }
    object::ascii_string(context, out)
}

/// `bytes.fromhex(s)`. Mistakes are the host's to tell: the texts changed between versions.
pub(crate) extern "C" fn bytes_from_hex(context: *mut Context, s: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, all) = unsafe { (of(context), text(s)) };
    let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    let read = |all: &[u8]| {
        let (mut out, mut at) = (Vec::with_capacity(all.len() / 2), 0);
        while at < all.len() {
            if is_space(all[at]) {
                at += 1;
                continue;
            }
            out.push(digit(all[at])? << 4 | digit(*all.get(at + 1)?)?);
            at += 2;
        }
        Some(out)
    };
    match all.ascii().and_then(read) {
        Some(out) => object::bytes(context, &out),
        None => match ask_bytes(context, "builtins.bytes.fromhex", &[HostArg::Str(all)]) {
            Some(out) => object::bytes(context, &out),
            None => ptr::null_mut(),
        },
    }
}

/// Whether a byte order is little; `None` after raising for one that is neither.
fn is_little(context: &mut Context, order: Text<'_>) -> Option<bool> {
    match order.ascii() {
        Some(b"little") => Some(true),
        Some(b"big") => Some(false),
        _ => {
            let message = "byteorder must be either 'little' or 'big'";
            raise(context, ExceptionClass::ValueError, message);
            None
        }
    }
}

/// `n.to_bytes(length, order, signed=signed)`.
pub(crate) extern "C" fn int_to_bytes(
    context: *mut Context,
    n: i64,
    length: i64,
    order: *mut u8,
    signed: u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, order) = unsafe { (of(context), text(order)) };
    let Some(little) = is_little(context, order) else { return ptr::null_mut() };
    let fails = |context: &mut Context, class, message: &str| {
        raise(context, class, message);
        ptr::null_mut()
    };
    let Ok(length) = usize::try_from(length) else {
        let message = "length argument must be non-negative";
        return fails(context, ExceptionClass::ValueError, message);
    };
    if n < 0 && signed == 0 {
        let message = "can't convert negative int to unsigned";
        return fails(context, ExceptionClass::OverflowError, message);
    }
    let fill = if n < 0 { 0xff } else { 0 };
    let bytes = n.to_le_bytes();
    let kept = &bytes[..length.min(8)];
    let cut = bytes[kept.len()..].iter().any(|&byte| byte != fill);
    let sign_lost = signed != 0
        && n != 0
        // CPython lets -1 be no bytes.
        && !(n == -1 && length == 0)
        && kept.last().is_none_or(|top| (top & 0x80 != 0) != (n < 0))
        && length <= 8;
    if cut || sign_lost {
        return fails(context, ExceptionClass::OverflowError, "int too big to convert");
    }
    if length > isize::MAX as usize / 4 {
        raise_memory(context);
        return ptr::null_mut();
    }
    let mut out = vec![fill; length];
    out[..kept.len()].copy_from_slice(kept);
    if !little {
        out.reverse();
    }
    object::bytes(context, &out)
}

/// `int.from_bytes(b, order, signed=signed)`.
pub(crate) extern "C" fn int_from_bytes(
    context: *mut Context,
    b: *mut u8,
    order: *mut u8,
    signed: u8,
) -> i64 {
    // SAFETY: see the module's comment.
    let (context, order) = unsafe { (of(context), text(order)) };
    let Some(little) = is_little(context, order) else { return 0 };
    let mut all = units(b).to_vec();
    if !little {
        all.reverse();
    }
    let negative = signed != 0 && all.last().is_some_and(|top| top & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let mut bytes = [fill; 8];
    let kept = all.len().min(8);
    bytes[..kept].copy_from_slice(&all[..kept]);
    let value = i64::from_le_bytes(bytes);
    if all[kept..].iter().any(|&byte| byte != fill) || (value < 0) != negative {
        let message = "Python int too large to convert to C long";
        raise(context, ExceptionClass::OverflowError, message);
        return 0;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_is_ascii() {
        let all = b" a\xa0b\x1cc \t\x85d\n";
        assert_eq!(split_space(all, usize::MAX), [(1, 6), (8, 10)]);
        assert_eq!(rsplit_space(all, 1), [(0, 6), (8, 10)]);
        assert_eq!(split_space(b"  ", 3), []);
        assert_eq!(lines(b"a\r\n\x0bb\rc", false), [(0, 1), (3, 5), (6, 7)]);
        assert_eq!(lines(b"a\r\n\x0bb\rc", true), [(0, 3), (3, 6), (6, 7)]);
    }
}

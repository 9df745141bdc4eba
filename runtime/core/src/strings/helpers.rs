//! Helpers of what operators and subscripts do with strings and bytes.
//!
//! Every pointer argument is a live object of the kind that the helper's row says, in the
//! running call's context or immortal: compiled code holds a reference to it. Bytes and
//! strings lie alike, so one helper serves both where the comment says so.

use super::object::{self, concatenated, made, text};
use super::search;
use super::text::{Text, compare};
use crate::memory::new_object;
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass, ObjectKind, SCRATCH_SLOTS, StrObject};
use std::cmp::Ordering;
use std::ptr;

/// The context of a helper.
///
/// # Safety
///
/// `context` is that of the running call; compiled code holds no reference to it.
pub(super) unsafe fn of<'a>(context: *mut Context) -> &'a mut Context {
    // SAFETY: by the contract.
    unsafe { &mut *context }
}

/// `a + b`, of strings or bytes.
pub(crate) extern "C" fn str_concat(context: *mut Context, a: *mut u8, b: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (left, right) = (text(a), text(b));
        if right.is_empty() {
            return object::shared(a);
        }
        if left.is_empty() {
            return object::shared(b);
        }
        concatenated(of(context), made(a), || [left, right].into_iter())
    }
}

/// The strings in the first `count` scratch slots, one behind the other: an f-string's.
pub(crate) extern "C" fn str_pieces(context: *mut Context, count: i64) -> *mut u8 {
    // SAFETY: see the module's comment; compiled code has just written the slots.
    unsafe {
        let slots: *const u64 = (*context).scratch.as_ptr().cast();
        let mut pieces = [ptr::null_mut(); SCRATCH_SLOTS];
        let pieces = &mut pieces[..count as usize];
        let (mut size, mut narrow) = (0usize, true);
        for (i, piece) in pieces.iter_mut().enumerate() {
            let string: *mut StrObject = ptr::with_exposed_provenance_mut(*slots.add(i) as usize);
            *piece = string;
            size = size.saturating_add((*string).length as usize);
            narrow &= (*string).unit == 1;
        }
        let context = of(context);
        match pieces {
            [only] => return object::shared(only.cast()),
            _ if narrow && size > 1 => {}
            _ => {
                return concatenated(context, object::Made::Str, || {
                    pieces.iter().map(|&piece| text(piece.cast()))
                });
            }
        }
        let made = object::blank(context, object::Made::Str, size, 1);
        if !made.is_null() {
            let mut units: *mut u8 = made.add(1).cast();
            for &mut piece in pieces {
                let length = (*piece).length as usize;
                object::copy_short(piece.add(1).cast(), units, length);
                units = units.add(length);
            }
        }
        made.cast()
    }
}

/// `a + b` of strings where the caller gives up its reference to `a` next: if that is the
/// last one, `a` itself grows where it has room, or a copy with room to grow is made. So
/// a loop that appends copies each character a bounded number of times.
pub(crate) extern "C" fn str_append(context: *mut Context, a: *mut u8, b: *mut u8) -> *mut u8 {
    let (left, right): (*mut StrObject, *const StrObject) = (a.cast(), b.cast());
    // SAFETY: see the module's comment. With one reference nobody else knows the string;
    // what is written is behind its units and inside of its block, also where `b` is `a`.
    unsafe {
        let alone = (*left).owner.refcount == 1;
        if !alone || (*left).unit != (*right).unit || (*left).length == 0 || (*right).length == 0 {
            return str_concat(context, a, b);
        }
        let unit = (*left).unit as usize;
        let (used, more) = ((*left).length as usize * unit, (*right).length as usize * unit);
        let length = (*left).length + (*right).length;
        let from: *const u8 = right.add(1).cast();
        if (*left).owner.size - used >= more {
            ptr::copy_nonoverlapping(from, left.add(1).cast::<u8>().add(used), more);
            (*left).length = length;
            (*left).hash = -1;
            return object::shared(a);
        }
        let room = (used + more + (used + more) / 4).next_multiple_of(16);
        let size = size_of::<StrObject>() + room;
        let Some(made) = new_object(of(context), ObjectKind::Str, size, room) else {
            return str_concat(context, a, b);
        };
        let made: *mut StrObject = made.cast();
        (*made).length = length;
        (*made).unit = unit as i64;
        (*made).hash = -1;
        let units: *mut u8 = made.add(1).cast();
        ptr::copy_nonoverlapping(left.add(1).cast(), units, used);
        ptr::copy_nonoverlapping(from, units.add(used), more);
        made.cast()
    }
}

/// `a * n`, of strings or bytes.
pub(crate) extern "C" fn str_repeat(context: *mut Context, a: *mut u8, n: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let all = text(a);
        let times = usize::try_from(n).unwrap_or(0);
        if times == 1 || all.is_empty() {
            return object::shared(a);
        }
        if all.len().saturating_mul(times) > isize::MAX as usize / 4 {
            crate::raise::raise_memory(of(context));
            return std::ptr::null_mut();
        }
        concatenated(of(context), made(a), || std::iter::repeat_n(all, times))
    }
}

/// `a[start::step]` of `count` units, which are there; of strings or bytes.
pub(crate) extern "C" fn str_slice(
    context: *mut Context,
    a: *mut u8,
    start: i64,
    step: i64,
    count: i64,
) -> *mut u8 {
    // SAFETY: see the module's comment; compiled code has brought the slice into range.
    unsafe {
        let context = of(context);
        if count <= 0 {
            return concatenated(context, made(a), std::iter::empty::<Text<'_>>);
        }
        if step == 1 {
            return object::part(context, a, start as usize, (start + count) as usize);
        }
        let all = text(a);
        let place = |i: i64| (start + i * step) as usize;
        match all {
            Text::One(units) => {
                let taken: Vec<u8> = (0..count).map(|i| units[place(i)]).collect();
                concatenated(context, made(a), || std::iter::once(Text::One(&taken)))
            }
            _ => {
                let taken: Vec<u32> = (0..count).map(|i| all.at(place(i))).collect();
                object::string(context, Text::Four(&taken))
            }
        }
    }
}

/// `s[i]`, of strings; `i` is in range.
pub(crate) extern "C" fn str_item(context: *mut Context, s: *mut u8, i: i64) -> *mut u8 {
    // SAFETY: see the module's comment; compiled code has checked the index.
    unsafe { object::character(of(context), text(s).at(i as usize)) }
}

/// The order of two strings, or of two bytes: -1, 0 or 1.
pub(crate) extern "C" fn str_compare(_context: *mut Context, a: *mut u8, b: *mut u8) -> i64 {
    // SAFETY: see the module's comment.
    match unsafe { compare(text(a), text(b)) } {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// `a == b`, of strings or of bytes.
pub(crate) extern "C" fn str_equal(_context: *mut Context, a: *mut u8, b: *mut u8) -> u8 {
    // SAFETY: see the module's comment.
    u8::from(a == b || unsafe { text(a) == text(b) })
}

/// `needle in hay`, of strings or of bytes.
pub(crate) extern "C" fn str_contains(_context: *mut Context, hay: *mut u8, needle: *mut u8) -> u8 {
    // SAFETY: see the module's comment.
    u8::from(unsafe { search::find(text(hay), text(needle)).is_some() })
}

/// `ord(s)`, of a string or bytes.
pub(crate) extern "C" fn str_ord(context: *mut Context, s: *mut u8) -> i64 {
    // SAFETY: see the module's comment.
    unsafe {
        let all = text(s);
        if all.len() == 1 {
            return all.at(0).into();
        }
        let message =
            format!("ord() expected a character, but string of length {} found", all.len());
        raise(of(context), ExceptionClass::TypeError, message);
    }
    0
}

/// `chr(point)`.
pub(crate) extern "C" fn str_chr(context: *mut Context, point: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    let context = unsafe { of(context) };
    match u32::try_from(point) {
        Ok(point) if point < 0x11_0000 => object::character(context, point),
        _ => {
            raise(context, ExceptionClass::ValueError, "chr() arg not in range(0x110000)");
            std::ptr::null_mut()
        }
    }
}

//! Making string and bytes objects.
//!
//! Every function gives one new reference, or null with the context's status set when
//! memory is out. Characters of Latin-1 and the empty string are immortal statics.

use super::text::{Text, Unit, with_units};
use crate::memory::{new_object, resize_data};
use crate::raise::raise_memory;
use cumbia_abi::{Context, IMMORTAL, Layout, ListObject, ObjectKind, Owner, StrObject, class};
use std::cell::UnsafeCell;
use std::ptr;

/// An object that lies in static memory, with room for one unit.
#[repr(C)]
struct Static {
    object: StrObject,
    unit: [u8; 8],
}

#[repr(transparent)]
struct Statics([UnsafeCell<Static>; 257]);
// SAFETY: compiled code counts references to these without atomics, and any thread may
// store the hash; all store the same one, and a count that is off by lost updates stays
// near 2^60.
unsafe impl Sync for Statics {}

const fn immortal(length: i64, unit: u8) -> UnsafeCell<Static> {
    UnsafeCell::new(Static {
        object: StrObject {
            owner: Owner {
                refcount: IMMORTAL,
                data: ptr::null_mut(),
                size: length as usize,
                previous: ptr::null_mut(),
                next: ptr::null_mut(),
                object: ptr::null_mut(),
                kind: ObjectKind::Str,
                class: 0,
            },
            length,
            unit: 1,
            hash: -1,
        },
        unit: [unit, 0, 0, 0, 0, 0, 0, 0],
    })
}

/// The characters of Latin-1, and the empty string behind them.
static CHARACTERS: Statics = {
    let mut all = [const { immortal(0, 0) }; 257];
    let mut point = 0;
    while point < 256 {
        all[point] = immortal(1, point as u8);
        point += 1;
    }
    Statics(all)
};

/// Address and bytes of the static strings: for hosts that check accesses.
pub fn static_strings() -> (*const u8, usize) {
    ((&raw const CHARACTERS).cast(), size_of::<Statics>())
}

/// The units of a string or bytes object.
///
/// # Safety
///
/// A live object, which stays as it is while the text is used: strings don't change.
#[inline]
pub unsafe fn text<'a>(object: *const u8) -> Text<'a> {
    let object: *const StrObject = object.cast();
    // SAFETY: by the contract; the units follow the struct in the same block. Bytes have
    // the same layout, with units of one byte.
    unsafe {
        let (units, length) = (object.add(1), (*object).length as usize);
        match (*object).unit {
            1 => Text::One(std::slice::from_raw_parts(units.cast(), length)),
            2 => Text::Two(std::slice::from_raw_parts(units.cast(), length)),
            _ => Text::Four(std::slice::from_raw_parts(units.cast(), length)),
        }
    }
}

/// Which object is made of units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// A string.
    Str,
    /// Bytes; all units are one byte.
    Bytes,
}

/// What an object is.
///
/// # Safety
///
/// A live string or bytes object.
pub unsafe fn made(object: *const u8) -> Made {
    // SAFETY: by the contract.
    match unsafe { (*object.cast::<Owner>()).kind } {
        ObjectKind::Bytes => Made::Bytes,
        _ => Made::Str,
    }
}

/// An object with uninitialized units.
#[inline]
pub fn blank(context: &mut Context, made: Made, length: usize, unit: usize) -> *mut StrObject {
    let kind = match made {
        Made::Str => ObjectKind::Str,
        Made::Bytes => ObjectKind::Bytes,
    };
    let bytes = length.checked_mul(unit).filter(|&b| b <= isize::MAX as usize / 2);
    let object =
        bytes.and_then(|bytes| new_object(context, kind, size_of::<StrObject>() + bytes, bytes));
    let Some(object) = object else {
        raise_memory(context);
        return ptr::null_mut();
    };
    let object: *mut StrObject = object.cast();
    // SAFETY: a fresh object of this size.
    unsafe {
        (*object).length = length as i64;
        (*object).unit = unit as i64;
        (*object).hash = -1;
    }
    object
}

/// The units of a fresh object, to be written.
///
/// # Safety
///
/// An object of [`blank`] with units of this size, to which nothing else refers. The
/// caller writes before it reads.
pub unsafe fn units_mut<'a, T: Unit>(object: *mut StrObject) -> &'a mut [T] {
    // SAFETY: by the contract; integers of any bits are valid.
    unsafe { std::slice::from_raw_parts_mut(object.add(1).cast(), (*object).length as usize) }
}

/// Writes a text behind what is already written.
fn write<T: Unit>(to: &mut [T], at: &mut usize, text: Text<'_>) {
    let to = &mut to[*at..*at + text.len()];
    *at += text.len();
    with_units!(text, units => copy(to, units));
}

#[inline]
fn copy<T: Unit, S: Unit>(to: &mut [T], from: &[S]) {
    if T::SIZE == S::SIZE {
        // SAFETY: slices of equal length of integers of the same size; one is fresh.
        unsafe { ptr::copy_nonoverlapping(from.as_ptr().cast::<T>(), to.as_mut_ptr(), to.len()) };
    } else {
        for (to, &from) in to.iter_mut().zip(from) {
            *to = T::of(from.into());
        }
    }
}

/// Texts one behind the other. `pieces` is called twice and gives the same both times.
pub fn concatenated<'a, I: Iterator<Item = Text<'a>>>(
    context: &mut Context,
    made: Made,
    pieces: impl Fn() -> I,
) -> *mut u8 {
    let (mut length, mut unit) = (0usize, 1);
    for piece in pieces() {
        length = length.saturating_add(piece.len());
        unit = unit.max(piece.narrowest());
    }
    if made == Made::Str && length <= 1 {
        return match pieces().find(|piece| !piece.is_empty()) {
            Some(piece) => character(context, piece.at(0)),
            None => empty(),
        };
    }
    let object = blank(context, made, length, unit);
    if object.is_null() {
        return ptr::null_mut();
    }
    let mut at = 0;
    // SAFETY: a fresh object with units of this size.
    unsafe {
        match unit {
            1 => pieces().for_each(|piece| write(units_mut::<u8>(object), &mut at, piece)),
            2 => pieces().for_each(|piece| write(units_mut::<u16>(object), &mut at, piece)),
            _ => pieces().for_each(|piece| write(units_mut::<u32>(object), &mut at, piece)),
        }
    }
    object.cast()
}

/// Copies bytes of which there are few most of the time: two words that overlap then.
///
/// # Safety
///
/// Two ranges of `size` bytes that don't overlap.
#[inline]
pub unsafe fn copy_short(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: by the contract; words lie inside of the ranges.
    unsafe {
        match size {
            8..=16 => {
                let last = size - 8;
                let (a, b) = (from.cast::<u64>(), from.add(last).cast::<u64>());
                let (a, b) = (a.read_unaligned(), b.read_unaligned());
                to.cast::<u64>().write_unaligned(a);
                to.add(last).cast::<u64>().write_unaligned(b);
            }
            4..8 => {
                let last = size - 4;
                let (a, b) = (from.cast::<u32>(), from.add(last).cast::<u32>());
                let (a, b) = (a.read_unaligned(), b.read_unaligned());
                to.cast::<u32>().write_unaligned(a);
                to.add(last).cast::<u32>().write_unaligned(b);
            }
            1..4 => {
                let (a, b, c) = (*from, *from.add(size / 2), *from.add(size - 1));
                *to = a;
                *to.add(size / 2) = b;
                *to.add(size - 1) = c;
            }
            _ => to.copy_from_nonoverlapping(from, size),
        }
    }
}

/// An object of units of one byte: what nearly all are.
#[inline]
pub fn narrow(context: &mut Context, made: Made, units: &[u8]) -> *mut u8 {
    if made == Made::Str && units.len() <= 1 {
        return match units.first() {
            Some(&unit) => CHARACTERS.0[usize::from(unit)].get().cast(),
            None => empty(),
        };
    }
    let object = blank(context, made, units.len(), 1);
    if !object.is_null() {
        // SAFETY: a fresh object with units of this size.
        unsafe { copy_short(units.as_ptr(), object.add(1).cast(), units.len()) };
    }
    object.cast()
}

/// A string of a text.
pub fn string(context: &mut Context, text: Text<'_>) -> *mut u8 {
    if let Text::One(units) = text {
        return narrow(context, Made::Str, units);
    }
    concatenated(context, Made::Str, || std::iter::once(text))
}

/// A string of ASCII bytes.
pub fn ascii_string(context: &mut Context, text: impl AsRef<[u8]>) -> *mut u8 {
    debug_assert!(text.as_ref().is_ascii());
    string(context, Text::One(text.as_ref()))
}

/// A string of any text of Rust's.
pub fn rust_string(context: &mut Context, text: &str) -> *mut u8 {
    if text.is_ascii() {
        return ascii_string(context, text);
    }
    let points: Vec<u32> = text.chars().map(|c| c as u32).collect();
    string(context, Text::Four(&points))
}

/// Bytes.
pub fn bytes(context: &mut Context, bytes: &[u8]) -> *mut u8 {
    narrow(context, Made::Bytes, bytes)
}

/// The empty string.
pub fn empty() -> *mut u8 {
    CHARACTERS.0[256].get().cast()
}

/// A string of one code point.
#[inline]
pub fn character(context: &mut Context, point: u32) -> *mut u8 {
    if let Some(object) = CHARACTERS.0[..256].get(point as usize) {
        return object.get().cast();
    }
    let unit = if point <= 0xffff { 2 } else { 4 };
    let object = blank(context, Made::Str, 1, unit);
    if !object.is_null() {
        // SAFETY: a fresh object with one unit of this size.
        unsafe {
            if unit == 2 {
                units_mut::<u16>(object)[0] = point as u16;
            } else {
                units_mut::<u32>(object)[0] = point;
            }
        }
    }
    object.cast()
}

/// One more reference to an object: for results that are an argument.
///
/// # Safety
///
/// A live object.
pub unsafe fn shared(object: *mut u8) -> *mut u8 {
    // SAFETY: by the contract.
    unsafe { (*object.cast::<Owner>()).refcount += 1 };
    object
}

/// A part of an object: itself when it is all of it.
///
/// # Safety
///
/// A live string or bytes object, and a range of it.
pub unsafe fn part(context: &mut Context, object: *mut u8, start: usize, end: usize) -> *mut u8 {
    // SAFETY: by the contract.
    unsafe {
        let all = text(object);
        if start == 0 && end == all.len() {
            return shared(object);
        }
        match all {
            Text::One(units) => narrow(context, made(object), &units[start..end]),
            _ => string(context, all.part(start, end)),
        }
    }
}

/// The layout `s` or `y`, with its code.
#[repr(C)]
struct CodedLayout {
    layout: Layout,
    code: [u8; 4],
}
static STR_LAYOUT: CodedLayout = CodedLayout {
    layout: Layout { slots: 1, class: class::STR, code_len: 1, counted: 1 },
    code: [b's', 0, 0, 0],
};
static BYTES_LAYOUT: CodedLayout = CodedLayout {
    layout: Layout { slots: 1, class: class::BYTES, code_len: 1, counted: 1 },
    code: [b'y', 0, 0, 0],
};

/// A list of what `make` gives `count` times.
fn list(
    context: &mut Context,
    made: Made,
    count: usize,
    mut make: impl FnMut(&mut Context, usize) -> *mut u8,
) -> *mut u8 {
    let list = new_object(context, ObjectKind::List, size_of::<ListObject>(), 0);
    let Some(list) = list else {
        raise_memory(context);
        return ptr::null_mut();
    };
    let list: *mut ListObject = list.cast();
    let layout = match made {
        Made::Str => &raw const STR_LAYOUT,
        Made::Bytes => &raw const BYTES_LAYOUT,
    };
    // SAFETY: a fresh object of this size; then its own block of slots. The length counts
    // the strings that are there, also if one fails.
    unsafe {
        (*list).length = 0;
        (*list).layout = layout.cast();
        (*list).changes = 0;
        (*list).front = 0;
        (*list).limit = -1;
        if count > 0 && !resize_data(&raw mut (*list).owner, count * 8) {
            raise_memory(context);
            return ptr::null_mut();
        }
        let slots: *mut u64 = (*list).owner.data.cast();
        for i in 0..count {
            let item = make(context, i);
            if item.is_null() {
                return ptr::null_mut();
            }
            slots.add(i).write(item.expose_provenance() as u64);
            (*list).length += 1;
        }
    }
    list.cast()
}

/// A list of strings or bytes: ranges of an object.
///
/// # Safety
///
/// A live string or bytes object, and ranges of it.
pub unsafe fn parts(
    context: &mut Context,
    object: *mut u8,
    ranges: &[super::split::Range],
) -> *mut u8 {
    // SAFETY: by the contract.
    unsafe {
        list(context, made(object), ranges.len(), |context, i| {
            part(context, object, ranges[i].0, ranges[i].1)
        })
    }
}

/// A list of strings.
pub fn string_list<'a>(context: &mut Context, texts: impl Iterator<Item = Text<'a>>) -> *mut u8 {
    let texts: Vec<Text<'_>> = texts.collect();
    list(context, Made::Str, texts.len(), |context, i| string(context, texts[i]))
}

/// The strings of a list.
///
/// # Safety
///
/// A live list of strings or bytes.
pub unsafe fn items<'a>(list: *const u8) -> impl Iterator<Item = *mut u8> + Clone + 'a {
    let list: *const ListObject = list.cast();
    // SAFETY: by the contract; an empty list may have no slots yet.
    let slots: &[u64] = unsafe {
        match (*list).length as usize {
            0 => &[],
            length => std::slice::from_raw_parts((*list).owner.data.cast(), length),
        }
    };
    slots.iter().map(|&slot| ptr::with_exposed_provenance_mut(slot as usize))
}

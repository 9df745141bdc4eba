//! Reading strings and bytes: units, equality, order, hash.
//!
//! What makes strings is elsewhere (`crate::strings`), but for those of the boundary.

use super::hash::hash_bytes;
use crate::memory::new_object;
use cumbia_abi::{BytesObject, Context, ObjectKind, Owner, StrObject};
use std::cmp::Ordering;

/// The units' bytes of a string.
///
/// # Safety
///
/// A live string; it isn't changed while the slice is used.
pub unsafe fn str_bytes<'a>(s: *const StrObject) -> &'a [u8] {
    // SAFETY: by the contract; the units follow the struct in the same block.
    unsafe { std::slice::from_raw_parts(s.add(1).cast(), ((*s).length * (*s).unit) as usize) }
}

/// The bytes of a bytes object.
///
/// # Safety
///
/// As [`str_bytes`].
pub unsafe fn bytes_bytes<'a>(b: *const BytesObject) -> &'a [u8] {
    // SAFETY: by the contract; the bytes follow the struct in the same block.
    unsafe { std::slice::from_raw_parts(b.add(1).cast(), (*b).length as usize) }
}

/// Whether two strings are equal. Their units are the narrowest that fit, so equal
/// strings have equal bytes.
///
/// # Safety
///
/// Live strings.
#[inline]
pub unsafe fn str_equal(a: *const StrObject, b: *const StrObject) -> bool {
    // SAFETY: by the contract.
    unsafe {
        std::ptr::eq(a, b)
            || ((*a).length == (*b).length
                && (*a).unit == (*b).unit
                && bytes_equal(str_bytes(a), str_bytes(b)))
    }
}

/// Whether two slices of equal lengths have equal bytes; most are short.
#[inline]
fn bytes_equal(a: &[u8], b: &[u8]) -> bool {
    // Two words that may overlap.
    let ends = |bytes: &[u8]| -> Option<[u64; 2]> {
        let wide = |word: Option<&[u8; 4]>| word.map(|&w| u64::from(u32::from_le_bytes(w)));
        match bytes.len() {
            8..=16 => Some([
                u64::from_le_bytes(*bytes.first_chunk()?),
                u64::from_le_bytes(*bytes.last_chunk()?),
            ]),
            4..8 => Some([wide(bytes.first_chunk())?, wide(bytes.last_chunk())?]),
            _ => None,
        }
    };
    match (ends(a), ends(b)) {
        (Some(x), Some(y)) => x == y,
        _ => a == b,
    }
}

/// Code points of a string.
struct Points<'a> {
    bytes: &'a [u8],
    unit: usize,
}

impl Iterator for Points<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let (unit, rest) = self.bytes.split_at_checked(self.unit)?;
        if unit.is_empty() {
            return None;
        }
        self.bytes = rest;
        let mut wide = [0; 4];
        wide[..unit.len()].copy_from_slice(unit);
        Some(u32::from_le_bytes(wide))
    }
}

/// The code points of a string.
///
/// # Safety
///
/// As [`str_bytes`].
pub unsafe fn str_points<'a>(s: *const StrObject) -> impl Iterator<Item = u32> + 'a {
    // SAFETY: by the contract.
    unsafe { Points { bytes: str_bytes(s), unit: (*s).unit as usize } }
}

/// Order by code points.
///
/// # Safety
///
/// Live strings.
pub unsafe fn str_order(a: *const StrObject, b: *const StrObject) -> Ordering {
    // SAFETY: by the contract.
    unsafe {
        if (*a).unit == 1 && (*b).unit == 1 {
            str_bytes(a).cmp(str_bytes(b))
        } else {
            str_points(a).cmp(str_points(b))
        }
    }
}

/// Python's hash of a string, kept in it.
///
/// # Safety
///
/// A live string of this call, or a constant one: two threads may then store the same
/// number.
#[inline]
pub unsafe fn str_hash(s: *mut StrObject) -> i64 {
    // SAFETY: by the contract.
    unsafe {
        if (*s).hash == -1 {
            (*s).hash = hash_bytes(str_bytes(s));
        }
        (*s).hash
    }
}

/// Python's hash of bytes, kept in them.
///
/// # Safety
///
/// As [`str_hash`].
pub unsafe fn bytes_hash(b: *mut BytesObject) -> i64 {
    // SAFETY: by the contract.
    unsafe {
        if (*b).hash == -1 {
            (*b).hash = hash_bytes(bytes_bytes(b));
        }
        (*b).hash
    }
}

/// A new immortal string object that stands for an object of the caller's: these units,
/// its hash or -1. Null without memory. For the boundary, which knows that the unit is the
/// narrowest that fits.
///
/// # Safety
///
/// `first` has `length * unit` bytes.
pub unsafe fn lend_string(
    context: &mut Context,
    object: *mut u8,
    first: *const u8,
    [length, unit]: [usize; 2],
    hash: i64,
) -> *mut Owner {
    let size = length * unit;
    let Some(owner) = new_object(context, ObjectKind::Str, size_of::<StrObject>() + size, size)
    else {
        return std::ptr::null_mut();
    };
    let string: *mut StrObject = owner.cast();
    // SAFETY: a new object with room for the units behind the struct.
    unsafe {
        (*owner).object = object;
        (*owner).refcount = cumbia_abi::IMMORTAL;
        (*string).length = length as i64;
        (*string).unit = unit as i64;
        (*string).hash = hash;
        crate::strings::copy_short(first, string.add(1).cast(), size);
    }
    owner
}

/// A new string (or bytes) object of these units, `unit` bytes each; `None` without memory.
/// For the boundary, which knows that the unit is the narrowest that fits.
pub fn new_units(
    context: &mut Context,
    kind: ObjectKind,
    units: &[u8],
    unit: usize,
) -> Option<*mut Owner> {
    debug_assert!(matches!(kind, ObjectKind::Str | ObjectKind::Bytes));
    let bytes = size_of::<StrObject>() + units.len();
    let object = new_object(context, kind, bytes, units.len())?;
    let string: *mut StrObject = object.cast();
    // SAFETY: a new object with room for the units behind the struct.
    unsafe {
        (*string).length = (units.len() / unit) as i64;
        (*string).unit = unit as i64;
        (*string).hash = -1;
        string.add(1).cast::<u8>().copy_from_nonoverlapping(units.as_ptr(), units.len());
    }
    Some(object)
}

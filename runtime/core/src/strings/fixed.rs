//! Texts of a fixed length, as NumPy's arrays have them: zeroes behind a text don't count, and
//! what doesn't fit is cut off.
//!
//! Compiled code gives addresses of so many bytes, or of four times so many; they may be
//! aligned in any way. Strings and bytes are live objects.

use super::helpers::of;
use super::object::{self, text};
use super::text::{Text, with_units};
use cumbia_abi::Context;

/// The bytes at an address, without zeroes at their end.
pub(crate) extern "C" fn text_of_bytes(context: *mut Context, at: *mut u8, count: i64) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let bytes = std::slice::from_raw_parts(at, count as usize);
        let length = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
        object::bytes(of(context), &bytes[..length])
    }
}

/// The code points at an address, without zeroes at their end.
pub(crate) extern "C" fn text_of_points(context: *mut Context, at: *mut u8, count: i64) -> *mut u8 {
    let point = |i: usize| {
        // SAFETY: see the module's comment.
        unsafe { at.cast::<u32>().add(i).read_unaligned() }
    };
    let length = (0..count as usize).rev().find(|&i| point(i) != 0).map_or(0, |last| last + 1);
    let points = (0..length).map(point);
    // SAFETY: see the module's comment.
    let context = unsafe { of(context) };
    if points.clone().all(|p| p < 128) {
        let mut short = [0u8; 64];
        if length <= short.len() {
            points.zip(&mut short).for_each(|(p, unit)| *unit = p as u8);
            return object::string(context, Text::One(&short[..length]));
        }
        let bytes: Vec<u8> = points.map(|p| p as u8).collect();
        return object::string(context, Text::One(&bytes));
    }
    let points: Vec<u32> = points.collect();
    object::string(context, Text::Four(&points))
}

/// Bytes as a text of `count` of them.
pub(crate) extern "C" fn bytes_into(
    _context: *mut Context,
    from: *mut u8,
    to: *mut u8,
    count: i64,
) {
    // SAFETY: see the module's comment; objects don't lie in arrays.
    unsafe {
        let from = crate::objects::bytes_bytes(from.cast());
        let to = std::slice::from_raw_parts_mut(to, count as usize);
        let length = from.len().min(to.len());
        to[..length].copy_from_slice(&from[..length]);
        to[length..].fill(0);
    }
}

/// A string as a text of `count` code points.
pub(crate) extern "C" fn points_into(
    _context: *mut Context,
    from: *mut u8,
    to: *mut u8,
    count: i64,
) {
    // SAFETY: see the module's comment.
    unsafe {
        let to = to.cast::<u32>();
        let mut at = 0;
        with_units!(text(from), units => for &unit in units.iter().take(count as usize) {
            to.add(at).write_unaligned(unit.into());
            at += 1;
        });
        for i in at..count as usize {
            to.add(i).write_unaligned(0);
        }
    }
}

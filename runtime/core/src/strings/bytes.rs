//! Helpers of bytes that differ from those of strings, by more than the kind of object.
//!
//! Every pointer argument is a live bytes object that compiled code holds a reference to.

use super::helpers::{of, str_concat, str_repeat, str_slice};
use super::object;
use crate::objects::bytes_bytes;
use cumbia_abi::Context;

fn units<'a>(object: *mut u8) -> &'a [u8] {
    // SAFETY: see the module's comment; bytes don't change.
    unsafe { bytes_bytes(object.cast()) }
}

/// `a == b`.
pub(crate) extern "C" fn bytes_equal(_context: *mut Context, a: *mut u8, b: *mut u8) -> u8 {
    u8::from(units(a) == units(b))
}

/// The order: -1, 0 or 1.
pub(crate) extern "C" fn bytes_compare(_context: *mut Context, a: *mut u8, b: *mut u8) -> i64 {
    units(a).cmp(units(b)) as i64
}

/// `a + b`.
pub(crate) extern "C" fn bytes_concat(context: *mut Context, a: *mut u8, b: *mut u8) -> *mut u8 {
    if units(a).is_empty() && units(b).is_empty() {
        // SAFETY: see the module's comment.
        return unsafe { object::shared(a) };
    }
    str_concat(context, a, b)
}

/// `a * n`.
pub(crate) extern "C" fn bytes_repeat(context: *mut Context, a: *mut u8, n: i64) -> *mut u8 {
    if n <= 0 {
        // SAFETY: see the module's comment.
        return object::bytes(unsafe { of(context) }, b"");
    }
    str_repeat(context, a, n)
}

/// `a[start::step]` of `count` bytes, which are there.
pub(crate) extern "C" fn bytes_slice(
    context: *mut Context,
    a: *mut u8,
    start: i64,
    step: i64,
    count: i64,
) -> *mut u8 {
    if count <= 0 {
        // SAFETY: see the module's comment.
        return object::bytes(unsafe { of(context) }, b"");
    }
    str_slice(context, a, start, step, count)
}

/// `byte in a`; bytes have 0 to 255.
pub(crate) extern "C" fn bytes_has(_context: *mut Context, a: *mut u8, byte: i64) -> u8 {
    u8::from(u8::try_from(byte).is_ok_and(|byte| units(a).contains(&byte)))
}

/// `a.hex()`.
pub(crate) extern "C" fn bytes_hex(context: *mut Context, a: *mut u8) -> *mut u8 {
    let digits: Vec<u8> = units(a)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| b"0123456789abcdef"[usize::from(digit)])
        .collect();
    // SAFETY: see the module's comment.
    object::ascii_string(unsafe { of(context) }, digits)
}

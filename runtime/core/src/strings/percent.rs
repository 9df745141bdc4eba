//! Helpers of what Python's own methods say best: `%` formatting of one value,
//! `float.hex` and its inverse; and `hash` as a program sees it.
//!
//! The front end takes a format apart (`texts.py`); each piece that is more than a plain
//! text comes here with its value and is asked of the host, exceptions included. Pointer
//! arguments are live strings that compiled code holds a reference to, or layouts.

use super::helpers::of;
use super::object::{self, text};
use super::text::Text;
use crate::host::{HostArg, ask_float, ask_str};
use crate::objects::{hash_is_python, value_hash};
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass, Layout};
use std::ptr;

fn asked(context: *mut Context, name: &str, args: &[HostArg<'_>]) -> *mut u8 {
    // SAFETY: see the module's comment.
    let context = unsafe { of(context) };
    match ask_str(context, name, args) {
        Some(points) => object::string(context, Text::Four(&points)),
        None => ptr::null_mut(),
    }
}

macro_rules! formatting {
    ($($(#[$doc:meta])* $name:ident ($ty:ty) |$value:ident| $arg:expr;)*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(
            context: *mut Context,
            piece: *mut u8,
            $value: $ty,
        ) -> *mut u8 {
            // SAFETY: see the module's comment.
            let piece = unsafe { text(piece) };
            asked(context, "str.__mod__", &[HostArg::Str(piece), $arg])
        }
    )* };
}
formatting! {
    /// `piece % value` of an int.
    percent_int (i64) |value| HostArg::Int(value);
    /// `piece % value` of a float.
    percent_float (f64) |value| HostArg::Float(value);
    /// `piece % value` of a string.
    percent_str (*mut u8) |value| {
        // SAFETY: see the module's comment.
        HostArg::Str(unsafe { text(value) })
    };
}

/// `x.hex()` of a float.
pub(crate) extern "C" fn float_hex(context: *mut Context, x: f64) -> *mut u8 {
    asked(context, "float.hex", &[HostArg::Float(x)])
}

/// `float.fromhex(s)`.
pub(crate) extern "C" fn float_from_hex(context: *mut Context, s: *mut u8) -> f64 {
    // SAFETY: see the module's comment.
    let (context, s) = unsafe { (of(context), text(s)) };
    ask_float(context, "builtins.float.fromhex", &[HostArg::Str(s)]).unwrap_or(0.0)
}

/// `hash(value)`, of the value in the scratch slots. Where the process's hashes of strings
/// couldn't be found, a program must not see ours.
pub(crate) extern "C" fn hash_of(context: *mut Context, layout: *mut u8) -> i64 {
    // SAFETY: the compiler's layout, with its code behind it.
    let code = unsafe { Layout::code(layout.cast_const().cast()) };
    if code.iter().any(|c| matches!(c, b's' | b'y')) && !hash_is_python() {
        let message = "hash() of strings isn't known in this Python";
        // SAFETY: see the module's comment.
        raise(unsafe { of(context) }, ExceptionClass::RuntimeError, message);
        return 0;
    }
    // SAFETY: `scratch` gives the context's own slots.
    let slots = crate::objects::scratch(context);
    value_hash(context, layout, slots)
}

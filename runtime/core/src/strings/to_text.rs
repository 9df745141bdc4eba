//! Helpers: text of numbers, and `format()`.
//!
//! Pointer arguments are live strings that compiled code holds a reference to.

use super::helpers::of;
use super::object::{self, ascii_string, concatenated, text};
use super::text::Text;
use super::{format, numbers};
use crate::host::{HostArg, ask, ask_str};
use cumbia_abi::Context;
use std::iter::{once, repeat_n};
use std::ptr;

/// `str` of a Python integer: what loops write most.
pub(crate) extern "C" fn str_of_int(context: *mut Context, value: i64) -> *mut u8 {
    // SAFETY: the running call's context, to which compiled code holds no reference.
    let context = unsafe { of(context) };
    let mut digits = [0u8; 20];
    let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
    while rest >= 10 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    at -= 1;
    digits[at] = b'0' + rest as u8;
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    ascii_string(context, &digits[at..])
}

/// Python's own `format`, for what isn't handled here.
fn by_host(context: &mut Context, value: HostArg<'_>, spec: Text<'_>) -> *mut u8 {
    match ask_str(context, "builtins.format", &[value, HostArg::Str(spec)]) {
        Some(points) => object::string(context, Text::Four(&points)),
        None => ptr::null_mut(),
    }
}

/// `format(value, spec)` of a Python integer, or a signed one of NumPy's.
pub(crate) extern "C" fn format_int(context: *mut Context, value: i64, spec: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, spec) = unsafe { (of(context), text(spec)) };
    if spec.is_empty() {
        return str_of_int(context, value);
    }
    match format::int(value, spec) {
        Some(out) => ascii_string(context, out),
        None => by_host(context, HostArg::Int(value), spec),
    }
}

/// `format(value, spec)` of a NumPy `uint64`, in the bits of `value`.
pub(crate) extern "C" fn format_uint(context: *mut Context, value: i64, spec: *mut u8) -> *mut u8 {
    if value >= 0 {
        return format_int(context, value, spec);
    }
    // SAFETY: see the module's comment.
    let (context, spec) = unsafe { (of(context), text(spec)) };
    by_host(context, HostArg::Unsigned(value as u64), spec)
}

/// `format(value, spec)` of a Python bool.
pub(crate) extern "C" fn format_bool(context: *mut Context, value: u8, spec: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    let all = unsafe { text(spec) };
    if all.is_empty() {
        // SAFETY: as above.
        let context = unsafe { of(context) };
        return ascii_string(context, if value & 1 == 1 { "True" } else { "False" });
    }
    // SAFETY: as above.
    let context = unsafe { of(context) };
    match format::int((value & 1).into(), all) {
        Some(out) => ascii_string(context, out),
        None => by_host(context, HostArg::Bool(value & 1 == 1), all),
    }
}

/// `format(value, spec)` of a float, Python's or NumPy's `float64`.
pub(crate) extern "C" fn format_float(context: *mut Context, value: f64, spec: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, spec) = unsafe { (of(context), text(spec)) };
    match format::float(value, spec) {
        Some(out) => ascii_string(context, out),
        None => by_host(context, HostArg::Float(value), spec),
    }
}

/// `format(re + im * 1j, spec)`.
pub(crate) extern "C" fn format_complex(
    context: *mut Context,
    re: f64,
    im: f64,
    spec: *mut u8,
) -> *mut u8 {
    // SAFETY: see the module's comment.
    let (context, spec) = unsafe { (of(context), text(spec)) };
    if spec.is_empty() {
        return ascii_string(context, numbers::complex(re, im));
    }
    by_host(context, HostArg::Complex(re, im), spec)
}

/// `format(s, spec)` of a string.
pub(crate) extern "C" fn format_str(context: *mut Context, s: *mut u8, spec: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe {
        let (all, spec, context) = (text(s), text(spec), of(context));
        if spec.is_empty() {
            return object::shared(s);
        }
        match format::str(all.len(), spec) {
            Some((fill, before, after, shown)) => {
                let wide = [fill];
                let fill = Text::Four(&wide);
                concatenated(context, object::Made::Str, || {
                    repeat_n(fill, before)
                        .chain(once(all.part(0, shown)))
                        .chain(repeat_n(fill, after))
                })
            }
            None => by_host(context, HostArg::Str(all), spec),
        }
    }
}

/// `print(s, end="")`: what `print` has put together goes to `sys.stdout`.
pub(crate) extern "C" fn print_text(context: *mut Context, s: *mut u8) {
    // SAFETY: see the module's comment.
    unsafe {
        ask(of(context), "builtins.print", &[HostArg::Str(text(s))]);
    }
}

//! Helpers: numbers from text, as `int`, `float` and `complex` make them.
//!
//! Pointer arguments are live strings that compiled code holds a reference to. Texts with
//! digits of other scripts are the host's.

use super::helpers::of;
use super::object::text;
use super::parse::{self, BadInt, ascii_inside};
use super::quote;
use super::text::Text;
use crate::host::{HostArg, ask_complex, ask_float, ask_int, ask_str};
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass};

/// `repr` of a text for a message.
fn quoted(context: &mut Context, text: Text<'_>) -> String {
    match text {
        Text::One(_) => Text::Four(&quote::repr(text, false, |_| false)).lossy(),
        _ => match ask_str(context, "builtins.repr", &[HostArg::Str(text)]) {
            Some(points) => Text::Four(&points).lossy(),
            None => String::new(),
        },
    }
}

/// `int(s, base)`.
pub(crate) extern "C" fn int_of_str(context: *mut Context, s: *mut u8, base: i64) -> i64 {
    // SAFETY: see the module's comment.
    let (context, all) = unsafe { (of(context), text(s)) };
    let known = u32::try_from(base).ok().filter(|base| matches!(base, 0 | 2..=36));
    let Some(known) = known else {
        raise(context, ExceptionClass::ValueError, "int() base must be >= 2 and <= 36, or 0");
        return 0;
    };
    let Some(inside) = ascii_inside(all) else {
        return ask_int(context, "builtins.int", &[HostArg::Str(all), HostArg::Int(base)])
            .unwrap_or(0);
    };
    match parse::int(inside, known) {
        Ok(value) => return value,
        Err(BadInt::Large) => {
            let message = "Python int too large to convert to C long";
            raise(context, ExceptionClass::OverflowError, message);
        }
        Err(BadInt::Invalid) => {
            // CPython shows so many characters of the text's `repr`.
            let shown: String = quoted(context, all).chars().take(200).collect();
            let message = format!("invalid literal for int() with base {base}: {shown}");
            raise(context, ExceptionClass::ValueError, message);
        }
    }
    0
}

/// `float(s)`.
pub(crate) extern "C" fn float_of_str(context: *mut Context, s: *mut u8) -> f64 {
    // SAFETY: see the module's comment.
    let (context, all) = unsafe { (of(context), text(s)) };
    let Some(inside) = ascii_inside(all) else {
        return ask_float(context, "builtins.float", &[HostArg::Str(all)]).unwrap_or(0.0);
    };
    match parse::float(inside) {
        Some(value) => value,
        None => {
            let shown = quoted(context, all);
            let message = format!("could not convert string to float: {shown}");
            raise(context, ExceptionClass::ValueError, message);
            0.0
        }
    }
}

fn complex_of(context: *mut Context, s: *mut u8) -> (f64, f64) {
    // SAFETY: see the module's comment.
    let (context, all) = unsafe { (of(context), text(s)) };
    let Some(inside) = ascii_inside(all) else {
        return ask_complex(context, "builtins.complex", &[HostArg::Str(all)]).unwrap_or_default();
    };
    parse::complex(inside).unwrap_or_else(|| {
        let message = if parse::underscores_fit(inside) {
            "complex() arg is a malformed string".to_owned()
        } else {
            format!("could not convert string to complex: {}", quoted(context, all))
        };
        raise(context, ExceptionClass::ValueError, message);
        (0.0, 0.0)
    })
}

/// The real part of `complex(s)`.
pub(crate) extern "C" fn complex_of_str_real(context: *mut Context, s: *mut u8) -> f64 {
    complex_of(context, s).0
}

/// The imaginary part of `complex(s)`.
pub(crate) extern "C" fn complex_of_str_imag(context: *mut Context, s: *mut u8) -> f64 {
    complex_of(context, s).1
}

//! What only Python itself can answer: one function that the boundary installs.
//!
//! The Unicode database (case, character classes, printability), codecs, and format
//! specifications beyond the common ones are asked of the running Python, so that
//! answers are those of its version. The boundary's hook takes the GIL around the call.
//! Without a hook (tools, tests of the interpreter) such a call raises RuntimeError.

use crate::raise::{raise, raise_bare, raise_memory};
use crate::strings::Text;
use cumbia_abi::{Context, ExceptionClass, STATUS_PYTHON};
use std::sync::OnceLock;

/// An argument of a host function.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum HostArg<'a> {
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Complex(f64, f64),
    Str(Text<'a>),
    Bytes(&'a [u8]),
}

/// What a host function gives. Strings are code points.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum HostValue {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Complex(f64, f64),
    Str(Vec<u32>),
    Bytes(Vec<u8>),
}

/// Why a host function gave nothing.
#[derive(Clone, Debug)]
pub enum HostError {
    /// An exception that the runtime knows, with its message.
    Known(ExceptionClass, Option<String>),
    /// Another one; it is set in Python.
    Python,
    /// No memory.
    Memory,
}

/// Calls a Python function by name. `str.upper` is a method of the first argument,
/// `builtins.format` a function. Called without the GIL on the kernel's thread.
pub type HostHook = fn(&mut Context, &str, &[HostArg<'_>]) -> Result<HostValue, HostError>;

static HOOK: OnceLock<HostHook> = OnceLock::new();

/// Installs the process's hook; the first one stays. Gives whether it is `hook`.
pub fn set_host_hook(hook: HostHook) -> bool {
    std::ptr::fn_addr_eq(*HOOK.get_or_init(|| hook), hook)
}

/// Asks the host; `None` with the context's status set when it raised.
#[cold]
pub(crate) fn ask(context: &mut Context, name: &str, args: &[HostArg<'_>]) -> Option<HostValue> {
    let Some(hook) = HOOK.get() else {
        raise(context, ExceptionClass::RuntimeError, format!("{name} needs Python"));
        return None;
    };
    match hook(context, name, args) {
        Ok(value) => return Some(value),
        Err(HostError::Known(class, Some(message))) => raise(context, class, message),
        Err(HostError::Known(class, None)) => raise_bare(context, class),
        Err(HostError::Python) => context.status = STATUS_PYTHON,
        Err(HostError::Memory) => raise_memory(context),
    }
    None
}

/// Raises an exception that the host has given, as the runtime's own.
pub fn raise_known(context: &mut Context, class: ExceptionClass, message: Option<String>) {
    match message {
        Some(message) => raise(context, class, message),
        None => raise_bare(context, class),
    }
}

/// An answer of an unexpected type: a bug of the boundary, reported as such.
#[cold]
fn unexpected(context: &mut Context, name: &str) {
    raise(context, ExceptionClass::RuntimeError, format!("{name} gave an unexpected type"));
}

macro_rules! asking {
    ($($(#[$doc:meta])* $name:ident $variant:ident -> $ty:ty;)*) => { $(
        $(#[$doc])*
        #[cold]
        pub(crate) fn $name(context: &mut Context, name: &str, args: &[HostArg<'_>]) -> Option<$ty> {
            match ask(context, name, args)? {
                HostValue::$variant(value) => Some(value),
                _ => {
                    unexpected(context, name);
                    None
                }
            }
        }
    )* };
}
asking! {
    /// As [`ask`] where a bool comes.
    ask_bool Bool -> bool;
    /// As [`ask`] where an integer comes.
    ask_int Int -> i64;
    /// As [`ask`] where a float comes.
    ask_float Float -> f64;
    /// As [`ask`] where a string comes.
    ask_str Str -> Vec<u32>;
    /// As [`ask`] where bytes come.
    ask_bytes Bytes -> Vec<u8>;
}

/// As [`ask`] where a complex number comes.
#[cold]
pub(crate) fn ask_complex(
    context: &mut Context,
    name: &str,
    args: &[HostArg<'_>],
) -> Option<(f64, f64)> {
    match ask(context, name, args)? {
        HostValue::Complex(re, im) => Some((re, im)),
        _ => {
            unexpected(context, name);
            None
        }
    }
}

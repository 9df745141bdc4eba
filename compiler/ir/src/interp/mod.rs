//! Reference interpreter: what a module means.
//!
//! It is the oracle that backends and passes are compared with, so it is plain
//! before it is fast, and shares no arithmetic with the optimizer. It runs verified
//! modules ([`crate::verify_module`]); memory, runtime functions and signals belong
//! to a [`Host`]. Where the IR leaves something open or forbids it, it says so: a
//! guarded operation whose precondition doesn't hold ends the run with
//! [`Stop::Bug`], since whoever made the IR had to establish it.
//!
//! Bits are exact but for one thing: which nan an arithmetic operation gives, its
//! sign and payload, is left open by the IR, and whoever compares results treats
//! all nans alike.

mod atomic;
mod float;
mod host;
mod integer;
mod machine;
mod message;

pub use host::{Host, HostError, NoHost, Place};
pub use machine::{Interpreter, Limits};
pub use message::{float_repr, format_message};

use crate::function::Loc;
use crate::types::Type;
use std::fmt;

/// A Python exception on its way out of the function that was called.
#[derive(Clone, PartialEq, Debug)]
pub struct Exception {
    /// The exception class.
    pub class: String,
    /// The message, arguments filled in.
    pub message: String,
    /// The message's arguments.
    pub args: Vec<(Type, u64)>,
    /// The function where it started.
    pub function: String,
    /// The place where it started.
    pub loc: Loc,
    /// The calls it passed, innermost first: calling function and place.
    pub calls: Vec<(String, Loc)>,
    /// What compiled code gives for it. Where the host keeps exceptions, nothing else
    /// of this counts.
    pub status: i32,
}

/// Why a run ended without results.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    /// An exception left the function.
    Raised(Box<Exception>),
    /// The limits were reached.
    Exhausted,
    /// The IR does what it may not: a bug of whoever made it.
    Bug {
        /// Where.
        function: String,
        /// The instruction's text.
        inst: String,
        /// What.
        message: String,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Raised(exception) => {
                let Exception { class, message, function, loc, .. } = &**exception;
                write!(f, "{class}: {message} (in @{function} at {loc})")
            }
            Stop::Exhausted => f.write_str("out of fuel or stack"),
            Stop::Bug { function, inst, message } => {
                write!(f, "bug in @{function}, `{inst}`: {message}")
            }
        }
    }
}

impl std::error::Error for Stop {}

/// A value's bits in the form in which the interpreter keeps them: integers
/// sign-extended, `bool` 0 or 1, an `f32` in the low half, above it zeros.
pub fn canonical(ty: Type, bits: u64) -> u64 {
    match ty {
        Type::Bool => bits & 1,
        Type::I8 => bits as i8 as u64,
        Type::I16 => bits as i16 as u64,
        Type::I32 => bits as i32 as u64,
        Type::F32 => bits & 0xffff_ffff,
        Type::I64 | Type::F64 | Type::Ptr => bits,
    }
}

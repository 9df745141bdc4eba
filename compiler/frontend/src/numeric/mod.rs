//! Numbers: typing and lowering of operators, comparisons, conversions and numeric
//! builtins over Python and NumPy scalars.
//!
//! Pure with respect to the rest of the front end: typing takes types and gives a
//! [`Rule`], lowering takes typed values and a context. Both follow
//! the same classification (`kind.rs`): an operation of Python numbers alone follows
//! Python (64-bit integers, checked), one with a NumPy scalar in it follows NumPy 2
//! (`promotion.rs`). What needs a loop or a decision tree is a library body
//! (`library/bodies/numbers.py`); the rest is a few IR operations, without branches
//! where NumPy has none.
//!
//! Not here: arrays, tuples, anything but one number at a time; NumPy's floating
//! point warnings; integers beyond 64 bits.

mod arithmetic_float;
mod arithmetic_int;
mod builtins;
mod cast;
mod compare;
mod complex;
mod convert;
mod fold;
mod half;
mod kind;
mod lower;
mod primitives;
mod promotion;
mod rounding;
mod rules;
mod store;
mod text;
mod ufunc;
pub(crate) mod wide;

use crate::types::Ty;

pub use builtins::{builtin_rule, lower_builtin};
pub use cast::cast;
pub use compare::{compare_rule, lower_compare, lower_truth, truth_rule};
pub use convert::{convert, materialize};
pub use fold::{fold_binary, fold_compare, fold_unary};
pub use lower::{lower_binary, lower_unary, wrapping_binary};
pub use primitives::is_half;
pub use promotion::{join, result_type, same_kind, scalar_dtype, with_weak};
pub use rules::{binary_rule, symbol, unary_rule};
pub use store::{store_convert, store_rule};

/// How an operation on numbers is done.
#[derive(Clone, PartialEq, Debug)]
pub enum Rule {
    /// Lowered here, with this result type.
    Direct(Ty),
    /// By calling a library body (qualified name) with the same operands.
    Body(&'static str),
}

/// Why numbers don't go together: code, message, help. The caller adds the place.
#[derive(Clone, PartialEq, Debug)]
pub struct NumericError {
    /// Diagnostic code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl NumericError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> NumericError {
        NumericError { code, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> NumericError {
        self.help = Some(help.into());
        self
    }
}

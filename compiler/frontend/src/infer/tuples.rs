//! Where a tuple of a known length becomes one of any length, and the words where none does.
//!
//! A repetition by a variable and a slice with variable bounds have a length that is known at
//! run time only: a tuple of any length (decision 0012), if the items have one type. In a
//! variable, a list or among keys the two kinds don't meet.

use super::Sweep;
use super::expressions::Typed;
use crate::hir::{HBlock, HValue};
use crate::types::{Collection, Ty};
use cumbia_diagnostics::{Diagnostic, Span};

/// What to write for a starred value of unknown length.
pub(super) const STARRED_ITEM: &str = "a tuple of a known length can be starred; [*x, y] is a list, and tuple([*x, y]) a tuple of any length";

/// The same among arguments.
pub(super) const STARRED_ARGUMENT: &str = "a tuple of a known length can be starred; pass the value itself (max(x) in place of max(*x)), or name the items";

/// What to write for tuples of different lengths that meet.
pub(super) const MEETING: &str = "the length of a tuple is part of its type: use a list, or make each of them a tuple of any length, as tuple([1, 2]) is";

/// Whether a type is a tuple's, of whatever length.
pub(super) fn is_tuple(ty: &Ty) -> bool {
    matches!(ty, Ty::Tuple(_) | Ty::Collection(Collection::Tuple, _))
}

/// Whether a number of repetitions is known at run time only.
pub(super) fn is_variable_count(ty: &Ty) -> bool {
    super::index::is_index_int(ty) && ty.as_int().is_none()
}

impl Sweep<'_, '_, '_> {
    /// A tuple by a body that makes one of any length.
    pub(super) fn of_any_length(
        &mut self,
        block: HBlock,
        at: usize,
        body: &str,
        operands: [HValue; 2],
        span: Span,
    ) -> Typed {
        let Some(Ty::Tuple(items)) = self.ty(operands[0]) else { return Ok(None) };
        let first = items.first().map(Ty::widen);
        if first.is_none() || items.iter().any(|item| Some(item.widen()) != first) {
            let what = if body == "collections.repeated" { "a repetition" } else { "a slice" };
            let ty = Ty::Tuple(items);
            let text = format!(
                "{what} of {ty:#} whose length isn't known when compiling: its items have not one type"
            );
            let error = Diagnostic::error("CB0502", span, text);
            return Err(Box::new(error.help(
                "constant bounds and numbers are fine; a tuple of a variable length has items of one type",
            )));
        }
        self.call_body(block, at, body, &operands, span)
    }
}

//! Where a tuple of a known length becomes one of any length, and the words where none does.
//!
//! A repetition by a variable and a slice with variable bounds have a length that is known at
//! run time only: a tuple of any length (decision 0012), if the items have one type. In a
//! variable, a list or among keys the two kinds don't meet.

use super::Sweep;
use super::expressions::Typed;
use crate::hir::{HBlock, HValue, HirInst, Op};
use crate::types::{Callable, Collection, Ty};
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

/// Whether two tuples can't be one for their lengths, or because that of one isn't known.
pub(super) fn differ_in_length(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Tuple(a), Ty::Tuple(b)) => a.len() != b.len(),
        _ => is_tuple(a) && is_tuple(b),
    }
}

/// Whether the items of a tuple go into one of any length.
fn has_one_type(items: &[Ty]) -> bool {
    let first = items.first().map(Ty::widen);
    first.is_some() && items.iter().all(|item| Some(item.widen()) == first)
}

fn is_sequence(ty: &Ty) -> bool {
    matches!(ty, Ty::List(..) | Ty::Collection(Collection::Tuple, _))
}

/// Whether a number of repetitions is known at run time only.
pub(super) fn is_variable_count(ty: &Ty) -> bool {
    super::index::is_index_int(ty) && ty.as_int().is_none()
}

impl Sweep<'_, '_, '_> {
    /// `zip(*rows)` of a list of lists, or of tuples of any length.
    pub(super) fn zip_of_rows(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let Op::Call(callee, args) = &inst.op else { return None };
        let [only] = args.as_slice() else { return None };
        let zip = |ty: &Ty| matches!(ty, Ty::Callable(Callable::Library(name)) if &**name == "builtins.zip");
        if !only.starred || only.name.is_some() || !self.ty(*callee).as_ref().is_some_and(zip) {
            return None;
        }
        let listed = |ty: &Ty| match ty.storage() {
            Ty::List(item, _) if is_sequence(ty) => Some(item.clone()),
            _ => None,
        };
        let rows = listed(&self.ty(only.value)?)?;
        let items = match &*rows {
            Ty::Str => true,
            Ty::Tuple(items) => has_one_type(items),
            other => listed(other).is_some(),
        };
        if !items {
            return None;
        }
        Some(self.call_body(block, at, "iterators.zip_of_rows", &[only.value], inst.span))
    }

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
        if !has_one_type(&items) {
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

//! `a.flat[i]`, `a.flat[i] = x` and `len(a.flat)`: the elements of an array as one line in C order.
//!
//! `a.flat` itself is no object here (`lazy.rs`); bodies of `flat_elements.py` get the array
//! it was asked of.

use super::binding::{Given, Hidden};
use super::expressions::Typed;
use super::{ArgFrom, FunctionKey, Sweep};
use crate::hir::{HBlock, HValue};
use crate::types::{Lazy, Ty};
use cumbia_diagnostics::Span;

impl Sweep<'_, '_, '_> {
    /// The length, an item, or the assignment of `operands[1]` to it; `None` for other values.
    pub(super) fn flat_item(
        &mut self,
        block: HBlock,
        at: usize,
        flat: HValue,
        operands: &[HValue],
        span: Span,
    ) -> Option<Typed> {
        let Ty::Lazy(Lazy::Flat, of) = self.ty(flat)? else { return None };
        let array = of[0].clone();
        let mut given =
            vec![Given { name: None, from: ArgFrom::Part(flat, 0, array.clone()), ty: array }];
        for &operand in operands {
            let ty = self.ty(operand)?;
            given.push(Given { name: None, from: ArgFrom::Value(operand), ty });
        }
        let name = match operands {
            [] => "flat_elements.length",
            [_] => "flat_elements.get",
            _ => "flat_elements.put",
        };
        let body = super::calls::find_body(name);
        let key = FunctionKey::Body(body.file, body.name);
        let hidden = Hidden::default();
        Some(self.call_given(block, at, key, None, given, hidden, span, Some(name)))
    }
}

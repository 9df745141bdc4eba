//! `for` loops: iterators are their sequences, positions are raw counters from 0.

use super::function::Lowering;
use super::memory::{self, ArrayParts};
use super::{Fx, TypedValue};
use crate::hir::HValue;
use crate::lower::index::exact_index;
use crate::types::{Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Value};

/// `range(...)`: start, stop, step and the number of items.
///
/// The number is computed once; with it, `start + position * step` never wraps for
/// positions below it. A distance from start to stop beyond 64 bits raises OverflowError.
pub fn range(fx: &mut Fx, args: &[TypedValue], ty: &Ty) -> TypedValue {
    let zero = fx.int(0);
    let values: Vec<Value> = args.iter().map(|a| exact_index(fx, a)).collect();
    let (start, stop) = if values.len() == 1 { (zero, values[0]) } else { (values[0], values[1]) };
    let one = fx.int(1);
    let step = values.get(2).copied().unwrap_or(one);
    let constant = match args.get(2).map(|a| &a.ty) {
        None => Some(1),
        Some(Ty::Lit(Lit::Int(i))) => Some(*i),
        Some(Ty::Lit(Lit::Bool(b))) => Some(*b as i64),
        Some(_) => None,
    };
    let from_zero = values.len() == 1 || matches!(&args[0].ty, Ty::Lit(Lit::Int(0)));
    // How far it is from `low` up to `high`, 0 if that isn't up.
    let up = |fx: &mut Fx, low: Value, high: Value| {
        let end = fx.b().binary(Opcode::Smax, high, low);
        fx.b().binary(Opcode::SsubChk, end, low)
    };
    // Number of steps of `size` in a distance.
    let steps = |fx: &mut Fx, distance: Value, size: Value| {
        let some = fx.b().icmp(IntCond::Sgt, distance, zero);
        let before = fx.b().binary(Opcode::Isub, distance, one);
        let whole = fx.b().binary(Opcode::Udiv, before, size);
        let n = fx.b().binary(Opcode::Iadd, whole, one);
        fx.b().select(some, n, zero)
    };
    let count = match constant {
        Some(1) if from_zero => fx.b().binary(Opcode::Smax, stop, zero),
        Some(1) => up(fx, start, stop),
        Some(-1) => up(fx, stop, start),
        Some(n) if n > 0 => {
            let distance = up(fx, start, stop);
            steps(fx, distance, step)
        }
        Some(n) => {
            let distance = up(fx, stop, start);
            let size = fx.int(n.wrapping_neg());
            steps(fx, distance, size)
        }
        None => {
            let some = fx.b().icmp(IntCond::Ne, step, zero);
            fx.b().guard(some, "ValueError", "range() arg 3 must not be zero", &[]);
            let forward = fx.b().icmp(IntCond::Sgt, step, zero);
            let low = fx.b().select(forward, start, stop);
            let high = fx.b().select(forward, stop, start);
            let distance = up(fx, low, high);
            let back = fx.b().unary(Opcode::Ineg, step);
            let size = fx.b().select(forward, step, back);
            steps(fx, distance, size)
        }
    };
    TypedValue { ty: ty.clone(), parts: vec![start, stop, step, count] }
}

impl Lowering<'_, '_> {
    /// Number of items.
    pub(super) fn iteration_length(&mut self, sequence: &TypedValue) -> Value {
        match &sequence.ty {
            Ty::Range(_) => sequence.parts[3],
            Ty::Array(_) => ArrayParts::of(sequence).shape[0],
            Ty::Tuple(items) => self.fx.int(items.len() as i64),
            _ => super::containers::length(&mut self.fx, sequence),
        }
    }

    fn sequence(&self, iter: HValue) -> TypedValue {
        let iter = self.value(iter);
        let Ty::Iter(of) = &iter.ty else { panic!("{} is no iterator", iter.ty) };
        TypedValue { ty: (**of).clone(), parts: iter.parts }
    }

    pub(super) fn iter_more(&mut self, iter: HValue, position: HValue) -> TypedValue {
        let sequence = self.sequence(iter);
        let position = self.value(position).value();
        let length = self.iteration_length(&sequence);
        TypedValue::scalar(Ty::Bool, self.fx.b().icmp(IntCond::Slt, position, length))
    }

    pub(super) fn iter_item(&mut self, iter: HValue, position: HValue) -> TypedValue {
        let sequence = self.sequence(iter);
        let position = self.value(position).value();
        match &sequence.ty {
            Ty::Range(step) => {
                let (start, by) = (sequence.parts[0], sequence.parts[2]);
                let offset = if **step == Ty::Lit(Lit::Int(1)) {
                    position
                } else {
                    self.fx.b().binary(Opcode::Imul, position, by)
                };
                TypedValue::scalar(Ty::Int, self.fx.b().binary(Opcode::Iadd, start, offset))
            }
            Ty::Array(_) => self.leading(&sequence, position),
            Ty::Tuple(types) => {
                let types = types.clone();
                self.tuple_at(&types, &sequence, position)
            }
            other => panic!("iteration over {other}"),
        }
    }

    /// `array[position]` for a position known to be inside.
    pub(super) fn leading(&mut self, array: &TypedValue, position: Value) -> TypedValue {
        let parts = ArrayParts::of(array);
        let data = parts.advance(&mut self.fx, parts.data, position, 0);
        match crate::infer::index::leading_item(&parts.ty) {
            Ty::Array(ty) => ArrayParts {
                ty,
                owner: parts.owner,
                data,
                shape: parts.shape[1..].to_vec(),
                strides: parts.strides[1..].to_vec(),
            }
            .value(),
            _ => memory::load(&mut self.fx, parts.ty.dtype, data),
        }
    }
}

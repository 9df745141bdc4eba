//! Subscripts: elements, views, and stores through them.

use super::convert::{convert, split};
use super::function::Lowering;
use super::memory::{self, ArrayParts};
use super::{Fx, TypedValue};
use crate::hir::{HBlock, HValue};
use crate::infer::Action;
use crate::infer::index::{IndexPlan, IndexStep, plan, tuple_position, tuple_slice};
use crate::numeric;
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Type, Value};

/// An integer index as `i64`. A `uint64` beyond the signed range stays out of
/// every array's range.
pub fn index_value(fx: &mut Fx, value: &TypedValue) -> Value {
    match &value.ty {
        Ty::Lit(Lit::Int(i)) => fx.int(*i),
        Ty::Lit(Lit::Bool(b)) => fx.int(*b as i64),
        Ty::Bool | Ty::Num(DType::Bool) => {
            let flag = value.value();
            fx.b().convert(Opcode::Zext, Type::I64, flag)
        }
        Ty::Num(DType::U64) => {
            let top = fx.int(i64::MAX);
            fx.b().binary(Opcode::Umin, value.value(), top)
        }
        Ty::Num(d) if d.itemsize() < 8 => {
            let op = if d.is_signed() { Opcode::Sext } else { Opcode::Zext };
            fx.b().convert(op, Type::I64, value.value())
        }
        _ => value.value(),
    }
}

/// An integer whose exact value counts, as `i64`: one that picks an element, a bound of
/// a range. A `uint64` beyond the signed range raises.
pub fn exact_index(fx: &mut Fx, value: &TypedValue) -> Value {
    if value.ty != Ty::Num(DType::U64) {
        return index_value(fx, value);
    }
    let (position, zero) = (value.value(), fx.int(0));
    let fits = fx.b().icmp(IntCond::Sge, position, zero);
    fx.b().guard(fits, "OverflowError", "Python int too large to convert to C long", &[]);
    position
}

/// Start, extent and step of `slice` over a dimension, as `slice.indices` has it.
pub(super) struct SliceBounds {
    pub start: Value,
    pub extent: Value,
    /// `None` for a step of 1.
    pub step: Option<Value>,
}

pub(super) fn slice_bounds(fx: &mut Fx, slice: &TypedValue, length: Value) -> SliceBounds {
    let Ty::Slice(types) = &slice.ty else { panic!("{} is not a slice", slice.ty) };
    let parts = split(&types[..], &slice.parts);
    let step_const = match &parts[2].ty {
        Ty::None => Some(1),
        Ty::Lit(Lit::Int(i)) => Some(*i),
        _ => None,
    };
    let zero = fx.int(0);
    let one = fx.int(1);
    // Bounds for a step that goes up, and for one that goes down.
    let up = |fx: &mut Fx, part: &TypedValue, default: Value| match part.ty {
        Ty::None => default,
        _ => {
            let i = index_value(fx, part);
            let negative = fx.b().icmp(IntCond::Slt, i, zero);
            let wrapped = fx.b().binary(Opcode::Iadd, i, length);
            let i = fx.b().select(negative, wrapped, i);
            let low = fx.b().binary(Opcode::Smax, i, zero);
            fx.b().binary(Opcode::Smin, low, length)
        }
    };
    let minus = fx.int(-1);
    let last = fx.b().binary(Opcode::Iadd, length, minus);
    let down = |fx: &mut Fx, part: &TypedValue, default: Value| match part.ty {
        Ty::None => default,
        _ => {
            let i = index_value(fx, part);
            let negative = fx.b().icmp(IntCond::Slt, i, zero);
            let wrapped = fx.b().binary(Opcode::Iadd, i, length);
            let i = fx.b().select(negative, wrapped, i);
            let low = fx.b().binary(Opcode::Smax, i, minus);
            fx.b().binary(Opcode::Smin, low, last)
        }
    };
    // Number of steps of size `step` > 0 in `distance`.
    let count = |fx: &mut Fx, distance: Value, step: Value| {
        let positive = fx.b().icmp(IntCond::Sgt, distance, zero);
        let before = fx.b().binary(Opcode::Isub, distance, one);
        let whole = fx.b().binary(Opcode::Udiv, before, step);
        let n = fx.b().binary(Opcode::Iadd, whole, one);
        fx.b().select(positive, n, zero)
    };
    match step_const {
        Some(1) => {
            let start = up(fx, &parts[0], zero);
            let stop = up(fx, &parts[1], length);
            let distance = fx.b().binary(Opcode::Isub, stop, start);
            let extent = fx.b().binary(Opcode::Smax, distance, zero);
            SliceBounds { start, extent, step: None }
        }
        Some(n) if n > 0 => {
            let start = up(fx, &parts[0], zero);
            let stop = up(fx, &parts[1], length);
            let distance = fx.b().binary(Opcode::Isub, stop, start);
            let step = fx.int(n);
            let extent = count(fx, distance, step);
            SliceBounds { start, extent, step: Some(step) }
        }
        Some(n) => {
            let start = down(fx, &parts[0], last);
            let stop = down(fx, &parts[1], minus);
            let distance = fx.b().binary(Opcode::Isub, start, stop);
            let size = fx.int(n.wrapping_neg());
            let extent = count(fx, distance, size);
            let step = fx.int(n);
            SliceBounds { start, extent, step: Some(step) }
        }
        None => {
            let step = index_value(fx, &parts[2]);
            let some = fx.b().icmp(IntCond::Ne, step, zero);
            fx.b().guard(some, "ValueError", "slice step cannot be zero", &[]);
            let forward = fx.b().icmp(IntCond::Sgt, step, zero);
            let (start_up, stop_up) = (up(fx, &parts[0], zero), up(fx, &parts[1], length));
            let (start_down, stop_down) = (down(fx, &parts[0], last), down(fx, &parts[1], minus));
            let start = fx.b().select(forward, start_up, start_down);
            let rise = fx.b().binary(Opcode::Isub, stop_up, start_up);
            let fall = fx.b().binary(Opcode::Isub, start_down, stop_down);
            let distance = fx.b().select(forward, rise, fall);
            let back = fx.b().unary(Opcode::Ineg, step);
            // As unsigned the negated minimum is right, too.
            let size = fx.b().select(forward, step, back);
            let extent = count(fx, distance, size);
            SliceBounds { start, extent, step: Some(step) }
        }
    }
}

/// A position on an axis: at least 0 and below the extent, unless the function's user does
/// without the check; a negative one counts from the end all the same.
fn checked(fx: &mut Fx, position: Value, extent: Value, axis: u32) -> Value {
    if !fx.relaxed.unchecked {
        return fx.b().index(position, extent, axis);
    }
    let zero = fx.int(0);
    let negative = fx.b().icmp(IntCond::Slt, position, zero);
    let from_end = fx.b().binary(Opcode::Iadd, position, extent);
    fx.b().select(negative, from_end, position)
}

/// Address and remaining dimensions of `array[index]`.
pub fn view(fx: &mut Fx, array: &ArrayParts, plan: &IndexPlan, index: &TypedValue) -> ArrayParts {
    let elements = match &index.ty {
        Ty::Tuple(types) => split(types, &index.parts),
        _ => vec![index.clone()],
    };
    let mut data = array.data;
    let mut shape = Vec::new();
    let mut strides = Vec::new();
    let mut axis = 0;
    // All numbers are read before any is held against an extent.
    let mut positions = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            IndexStep::Int(i) => Some(exact_index(fx, &elements[*i])),
            _ => None,
        })
        .collect::<Vec<_>>()
        .into_iter();
    for step in &plan.steps {
        match step {
            IndexStep::Int(_) => {
                let position = positions.next().expect("one per integer");
                let position = checked(fx, position, array.shape[axis], axis as u32);
                data = array.advance(fx, data, position, axis);
                axis += 1;
            }
            IndexStep::Slice(i) => {
                let bounds = slice_bounds(fx, &elements[*i], array.shape[axis]);
                data = array.advance(fx, data, bounds.start, axis);
                shape.push(bounds.extent);
                let stride = array.stride(fx, axis);
                strides.push(match bounds.step {
                    None => stride,
                    Some(step) => fx.b().binary(Opcode::Imul, stride, step),
                });
                axis += 1;
            }
            IndexStep::Full => {
                shape.push(array.shape[axis]);
                strides.push(array.stride(fx, axis));
                axis += 1;
            }
            IndexStep::NewAxis => {
                shape.push(fx.int(1));
                strides.push(fx.int(0));
            }
        }
    }
    let ty = match &plan.result {
        Ty::Array(ty) => *ty,
        _ => array.ty,
    };
    ArrayParts { ty, owner: array.owner, data, shape, strides }
}

impl Lowering<'_, '_> {
    pub(super) fn item(&mut self, value: HValue, index: HValue) -> TypedValue {
        let (value, index) = (self.value(value), self.value(index));
        match (&value.ty, &index.ty) {
            (Ty::Array(a), _) => {
                let plan = plan(a, &index.ty).unwrap_or_else(|(m, _)| panic!("{m}"));
                let found = view(&mut self.fx, &ArrayParts::of(&value), &plan, &index);
                match &plan.result {
                    Ty::Num(dtype) => memory::load(&mut self.fx, *dtype, found.data),
                    _ => found.value(),
                }
            }
            (Ty::Tuple(types), Ty::Lit(Lit::Int(i))) => {
                let position = tuple_position(types.len(), *i).expect("checked by inference");
                split(types, &value.parts).swap_remove(position)
            }
            (Ty::Range(_), _) => {
                let length = value.parts[3];
                let i = index_value(&mut self.fx, &index);
                let zero = self.fx.int(0);
                let negative = self.fx.b().icmp(IntCond::Slt, i, zero);
                let wrapped = self.fx.b().binary(Opcode::Iadd, i, length);
                let i = self.fx.b().select(negative, wrapped, i);
                let inside = self.fx.b().icmp(IntCond::Ult, i, length);
                let message = "range object index out of range";
                self.fx.b().guard(inside, "IndexError", message, &[]);
                self.iter_item(&value, &TypedValue::scalar(Ty::Pos, i))
            }
            (Ty::Tuple(types), Ty::Slice(bounds)) => {
                let items = split(types, &value.parts);
                let picked = tuple_slice(types.len(), bounds).expect("checked by inference");
                let ty = Ty::tuple(picked.iter().map(|&i| types[i].clone()));
                TypedValue {
                    ty,
                    parts: picked.iter().flat_map(|&i| items[i].parts.clone()).collect(),
                }
            }
            (Ty::Tuple(types), _) => {
                let types = types.clone();
                let i = index_value(&mut self.fx, &index);
                let length = self.fx.int(types.len() as i64);
                let zero = self.fx.int(0);
                let negative = self.fx.b().icmp(IntCond::Slt, i, zero);
                let wrapped = self.fx.b().binary(Opcode::Iadd, i, length);
                let i = self.fx.b().select(negative, wrapped, i);
                let inside = self.fx.b().icmp(IntCond::Ult, i, length);
                self.fx.b().guard(inside, "IndexError", "tuple index out of range", &[]);
                let ty = crate::infer::any_item(&types).expect("inference has found it");
                self.tuple_at(&types, &value, i, ty)
            }
            _ => self.container_item(&value, &index),
        }
    }

    /// The item of a tuple at a position known to be inside.
    pub(super) fn tuple_at(
        &mut self,
        types: &[Ty],
        value: &TypedValue,
        position: Value,
        ty: Ty,
    ) -> TypedValue {
        let items = split(types, &value.parts);
        let mut result: Option<TypedValue> = None;
        for (i, item) in items.iter().enumerate() {
            let item = convert(&mut self.fx, item, &ty);
            result = Some(match result {
                None => item,
                Some(before) => {
                    let i = self.fx.int(i as i64);
                    let here = self.fx.b().icmp(IntCond::Eq, position, i);
                    let parts = item
                        .parts
                        .iter()
                        .zip(&before.parts)
                        .map(|(&a, &b)| self.fx.b().select(here, a, b))
                        .collect();
                    TypedValue { ty: ty.clone(), parts }
                }
            });
        }
        result.expect("a tuple that isn't empty")
    }

    pub(super) fn set_item(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        index: HValue,
        item: HValue,
    ) -> Option<()> {
        if let Action::Call(spec, from) = self.spec.actions[block.0 as usize][at].clone()
            && !from.is_empty()
        {
            let args = self.arguments(&from);
            self.call_spec(spec, &args)?;
            return Some(());
        }
        let (value, index, item) = (self.value(value), self.value(index), self.value(item));
        let Ty::Array(array) = &value.ty else {
            self.set_container_item(&value, &index, &item);
            return Some(());
        };
        let plan = plan(array, &index.ty).unwrap_or_else(|(m, _)| panic!("{m}"));
        if array.readonly {
            let never = self.fx.bool(false);
            self.fx.b().guard(never, "ValueError", "assignment destination is read-only", &[]);
        }
        let found = view(&mut self.fx, &ArrayParts::of(&value), &plan, &index);
        match &plan.result {
            Ty::Num(dtype) => {
                let stored = numeric::store_convert(&mut self.fx, &item, *dtype)
                    .unwrap_or_else(|e| panic!("inference let a store pass: {}", e.message));
                memory::store(&mut self.fx, *dtype, &stored, found.data);
            }
            _ => match self.spec.actions[block.0 as usize][at].clone() {
                Action::Call(spec, _) => {
                    self.call_spec(spec, &[found.value(), item]);
                }
                other => panic!("assignment to a view with {other:?}"),
            },
        }
        Some(())
    }
}

//! `for` loops: the code of what `infer/iteration.rs` describes. Iterators are their
//! iterables.

use super::convert::split;
use super::function::Lowering;
use super::memory::{self, ArrayParts};
use super::ownership;
use super::{Fx, TypedValue};
use crate::hir::{CallArg, HValue};
use crate::infer::SpecId;
use crate::infer::iteration as types;
use crate::lower::index::exact_index;
use crate::types::{Collection, Lazy, Lit, Ty};
use cumbia_abi::object_offsets;
use cumbia_ir::{FuncId, IntCond, Opcode, Region, Target, Type, Value};
use std::sync::Arc;

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
            Ty::Records(_) => sequence.parts[2],
            Ty::Tuple(items) => self.fx.int(items.len() as i64),
            Ty::Row(row) => self.fx.int(row.dtype.fields.len() as i64),
            Ty::Lit(Lit::Str(text)) => self.fx.int(text.chars().count() as i64),
            Ty::Lazy(view, _) if view.is_view() => {
                let dict = self.component(sequence, 0);
                super::containers::length(&mut self.fx, &dict)
            }
            _ => super::containers::length(&mut self.fx, sequence),
        }
    }

    /// What an iterator iterates over.
    pub(super) fn iterated(&self, iter: HValue) -> TypedValue {
        let iter = self.value(iter);
        let Ty::Iter(of) = &iter.ty else { panic!("{} is no iterator", iter.ty) };
        TypedValue { ty: (**of).clone(), parts: iter.parts }
    }

    /// A component of a lazy iterator, and what comes after the components.
    fn component(&self, lazy: &TypedValue, index: usize) -> TypedValue {
        let Ty::Lazy(_, of) = &lazy.ty else { panic!("{} is not lazy", lazy.ty) };
        split(of, &lazy.parts).swap_remove(index)
    }

    /// The position before the first item, of a known type.
    pub(super) fn start(&mut self, of: &TypedValue, ty: &Ty) -> TypedValue {
        match (&of.ty, ty) {
            (Ty::Collection(kind, _), Ty::Tuple(_)) => match kind {
                Collection::Deque => {
                    let zero = self.fx.int(0);
                    let changes = self.changes(of);
                    return TypedValue { ty: ty.clone(), parts: vec![zero, changes] };
                }
                Collection::OrderedDict => {
                    let zero = self.fx.int(0);
                    let changes = self.changes(of);
                    let first = self.fx.helper("table_next", &[of.value(), zero]);
                    let first = first.expect("a position");
                    return TypedValue { ty: ty.clone(), parts: vec![first, changes, first] };
                }
                _ => {
                    let storage = storage(of);
                    return self.start(&storage, ty);
                }
            },
            (Ty::Set(..) | Ty::Dict(..), Ty::Tuple(_)) => {
                let zero = self.fx.int(0);
                let length = super::containers::length(&mut self.fx, of);
                return TypedValue { ty: ty.clone(), parts: vec![zero, length, zero] };
            }
            (Ty::Lazy(view, _), Ty::Tuple(_)) if view.is_view() => {
                let dict = self.component(of, 0);
                return self.start(&dict, ty);
            }
            (Ty::Lazy(Lazy::Enumerate, _), Ty::Tuple(parts)) => {
                let counter = self.start(&TypedValue::unit(Ty::tuple([])), &parts[0]);
                let inner = self.component(of, 0);
                let inner = self.start(&inner, &parts[1]);
                return together(vec![counter, inner]);
            }
            (Ty::Lazy(Lazy::Zip(_), _), Ty::Tuple(parts)) => {
                let starts = (0..parts.len())
                    .map(|i| {
                        let component = self.component(of, i);
                        self.start(&component, &parts[i])
                    })
                    .collect();
                return together(starts);
            }
            _ => {}
        }
        let parts = ty.part_types().into_iter().map(|t| super::convert::zero(&mut self.fx, t));
        TypedValue { ty: ty.clone(), parts: parts.collect() }
    }

    /// How often a collection has changed.
    fn changes(&mut self, of: &TypedValue) -> Value {
        let Ty::List(..) = of.ty.storage() else {
            let offset = object_offsets::TABLE_CHANGES;
            return self.fx.b().load(Type::I64, of.value(), offset, Region::Object);
        };
        let offset = object_offsets::LIST_CHANGES;
        let changes = self.fx.b().load(Type::I64, of.value(), offset, Region::Object);
        let length = super::containers::length(&mut self.fx, of);
        self.fx.b().binary(Opcode::Iadd, changes, length)
    }

    fn check_unchanged(&mut self, of: &TypedValue, before: Value, text: &str) {
        let now = self.changes(of);
        let same = self.fx.b().icmp(IntCond::Eq, now, before);
        self.fx.b().guard(same, "RuntimeError", text, &[]);
    }

    /// A counter's value; a constant in an unrolled loop.
    fn counter(&mut self, position: &TypedValue) -> Value {
        match position.ty {
            Ty::Lit(Lit::Int(i)) => self.fx.int(i),
            _ => position.parts[0],
        }
    }

    /// The parts of a position that is a tuple.
    fn positions(position: &TypedValue) -> Vec<TypedValue> {
        match &position.ty {
            Ty::Tuple(types) => split(types, &position.parts),
            other => panic!("a position {other}"),
        }
    }

    /// Where a reversed iteration is: its position from the end that was one at the start.
    fn place_from_end(&mut self, of: &TypedValue, position: &TypedValue) -> Value {
        let (counter, one) = (self.counter(position), self.fx.int(1));
        let length = of.parts[of.parts.len() - 1];
        let last = self.fx.b().binary(Opcode::Isub, length, one);
        self.fx.b().binary(Opcode::Isub, last, counter)
    }

    /// Whether there is an item from a position on, and at what: `next_type`.
    pub(super) fn next(
        &mut self,
        of: &TypedValue,
        position: &TypedValue,
    ) -> (TypedValue, TypedValue) {
        let (more, _) = types::next_type(&of.ty, &position.ty);
        match (&of.ty, &position.ty) {
            (Ty::Lazy(Lazy::Zip(strict), components), _) if !components.is_empty() => {
                self.next_of_zip(of, position, *strict)
            }
            _ if matches!(more, Ty::Lit(_)) => (TypedValue::unit(more), position.clone()),
            (Ty::Lazy(Lazy::Enumerate, _), Ty::Tuple(_)) => {
                let mut parts = Self::positions(position);
                let (more, at) = self.next(&self.component(of, 0), &parts[1]);
                parts[1] = at;
                (more, together(parts))
            }
            (Ty::Generator(spec, item), _) => self.resume_generator(*spec, item, of),
            // From the length at the start down, as long as that is inside of the list.
            (Ty::Lazy(Lazy::Reversed, of_), _) if matches!(of_[0], Ty::List(..)) => {
                let from_end = self.place_from_end(of, position);
                let list = self.component(of, 0);
                let length = super::containers::length(&mut self.fx, &list);
                let more = self.fx.b().icmp(IntCond::Ult, from_end, length);
                (TypedValue::scalar(Ty::Bool, more), position.clone())
            }
            (Ty::Lazy(Lazy::Enumerate | Lazy::Reversed, _), _) => {
                let (more, _) = self.next(&self.component(of, 0), position);
                (more, position.clone())
            }
            (Ty::Collection(Collection::Deque, _), _) => {
                let (counter, changes) = (position.parts[0], position.parts[1]);
                self.check_unchanged(of, changes, "deque mutated during iteration");
                let length = super::containers::length(&mut self.fx, of);
                let more = self.fx.b().icmp(IntCond::Slt, counter, length);
                (TypedValue::scalar(Ty::Bool, more), position.clone())
            }
            (Ty::Collection(Collection::OrderedDict, _), _) => {
                let (place, changes) = (position.parts[0], position.parts[1]);
                let zero = self.fx.int(0);
                let more = self.fx.b().icmp(IntCond::Sge, place, zero);
                let (look, after) = (self.fx.new_block(), self.fx.new_block());
                let following = self.fx.func.add_param(after, Type::I64);
                self.fx.b().br(more, Target::new(look), Target::with(after, &[place]));
                self.fx.switch_to(look);
                self.check_unchanged(of, changes, "OrderedDict mutated during iteration");
                let one = self.fx.int(1);
                let behind = self.fx.b().binary(Opcode::Iadd, place, one);
                let next = self.fx.helper("table_next", &[of.value(), behind]);
                self.fx.b().jump(Target::with(after, &[next.expect("a position")]));
                self.fx.switch_to(after);
                let parts = vec![place, changes, following];
                let at = TypedValue { ty: position.ty.clone(), parts };
                (TypedValue::scalar(Ty::Bool, more), at)
            }
            (Ty::Collection(..), _) => {
                let storage = storage(of);
                self.next(&storage, position)
            }
            (Ty::Set(..) | Ty::Dict(..), _) => {
                let (place, length, seen) =
                    (position.parts[0], position.parts[1], position.parts[2]);
                let args = [of.value(), place, length, seen];
                let found = self.fx.helper("table_step", &args).expect("a position");
                let zero = self.fx.int(0);
                let more = self.fx.b().icmp(IntCond::Sge, found, zero);
                let at = TypedValue { ty: position.ty.clone(), parts: vec![found, length, seen] };
                (TypedValue::scalar(Ty::Bool, more), at)
            }
            (Ty::Lazy(Lazy::Keys | Lazy::Values | Lazy::Items, _), _) => {
                let dict = self.component(of, 0);
                self.next(&dict, position)
            }
            (Ty::Lazy(Lazy::NdIndex | Lazy::NdEnumerate | Lazy::Flat, _), _) => {
                let count = of.parts[of.parts.len() - 1];
                let more = self.fx.b().icmp(IntCond::Slt, position.parts[0], count);
                (TypedValue::scalar(Ty::Bool, more), position.clone())
            }
            _ => {
                let counter = self.counter(position);
                let length = self.iteration_length(of);
                let more = self.fx.b().icmp(IntCond::Slt, counter, length);
                (TypedValue::scalar(Ty::Bool, more), position.clone())
            }
        }
    }

    /// A zip asks one iterable after the other, and none after one that has ended.
    fn next_of_zip(
        &mut self,
        of: &TypedValue,
        position: &TypedValue,
        strict: bool,
    ) -> (TypedValue, TypedValue) {
        let Ty::Lazy(_, components) = &of.ty else { panic!("{} is no zip", of.ty) };
        let shared = types::is_counted_through(&of.ty);
        let mut found = Vec::new();
        let mut ends = Vec::new();
        for i in 0..components.len() {
            let at =
                if shared { position.clone() } else { Self::positions(position).swap_remove(i) };
            let component = self.component(of, i);
            let early = types::is_taken_early(components, i);
            let (more, at) = match ends.last() {
                _ if early => self.next_taken(&component, &at),
                Some(_) if !strict && types::has_state(&component.ty) => {
                    let before = ends.clone();
                    self.next_unless_ended(&before, &component, &at)
                }
                _ => self.next(&component, &at),
            };
            found.push(at);
            ends.push(self.truth(&more));
        }
        let mut all = ends[0];
        for (i, &more) in ends.iter().enumerate().skip(1) {
            if strict {
                self.zip_lengths(i, all, more);
            }
            all = self.fx.b().binary(Opcode::Band, all, more);
        }
        let at = if shared { position.clone() } else { together(found) };
        let more = match types::next_type(&of.ty, &position.ty).0 {
            constant @ Ty::Lit(_) => TypedValue::unit(constant),
            ty => TypedValue::scalar(ty, all),
        };
        (more, at)
    }

    /// `next`, and the item as well, with references of its own (`types::is_taken_early`).
    fn next_taken(&mut self, of: &TypedValue, position: &TypedValue) -> (TypedValue, TypedValue) {
        let (more, at) = self.next(of, position);
        let Some(item_ty) = types::item_type(&of.ty, &at.ty) else { return (more, at) };
        let ty = Ty::MaybeUnbound(item_ty.into());
        let there = self.truth(&more);
        let (take, skip, join) = (self.fx.new_block(), self.fx.new_block(), self.fx.new_block());
        let parts: Vec<Value> =
            ty.part_types().into_iter().map(|ty| self.fx.func.add_param(join, ty)).collect();
        self.fx.b().br(there, Target::new(take), Target::new(skip));
        self.fx.switch_to(take);
        let item = self.iter_item(of, &at);
        if !ownership::items_are_owned(&of.ty) {
            self.retain(&item);
        }
        let mut args = vec![self.fx.bool(true)];
        args.extend(item.parts);
        self.fx.b().jump(Target::with(join, &args));
        self.fx.switch_to(skip);
        let zeros: Vec<Value> =
            ty.part_types().into_iter().map(|ty| super::convert::zero(&mut self.fx, ty)).collect();
        self.fx.b().jump(Target::with(join, &zeros));
        self.fx.switch_to(join);
        (more, together(vec![at, TypedValue { ty, parts }]))
    }

    /// `next`, but nothing is asked where one of the iterables before has ended.
    fn next_unless_ended(
        &mut self,
        before: &[Value],
        of: &TypedValue,
        position: &TypedValue,
    ) -> (TypedValue, TypedValue) {
        let mut all = before[0];
        for &more in &before[1..] {
            all = self.fx.b().binary(Opcode::Band, all, more);
        }
        let (_, at) = types::next_type(&of.ty, &position.ty);
        let (ask, skip, join) = (self.fx.new_block(), self.fx.new_block(), self.fx.new_block());
        self.fx.b().br(all, Target::new(ask), Target::new(skip));
        let more = self.fx.func.add_param(join, Type::Bool);
        let parts: Vec<Value> =
            at.part_types().into_iter().map(|ty| self.fx.func.add_param(join, ty)).collect();
        self.fx.switch_to(ask);
        let (found, there) = self.next(of, position);
        let mut args = vec![self.truth(&found)];
        args.extend(there.parts);
        self.fx.b().jump(Target::with(join, &args));
        self.fx.switch_to(skip);
        let mut args = vec![self.fx.bool(false)];
        for ty in at.part_types() {
            args.push(super::convert::zero(&mut self.fx, ty));
        }
        self.fx.b().jump(Target::with(join, &args));
        self.fx.switch_to(join);
        (TypedValue::scalar(Ty::Bool, more), TypedValue { ty: at, parts })
    }

    /// The next item of a generator.
    fn resume_generator(
        &mut self,
        spec: u32,
        item: &Arc<Ty>,
        of: &TypedValue,
    ) -> (TypedValue, TypedValue) {
        let function = self.targets.get(self.engine, self.fx.module, SpecId(spec));
        let mut results = vec![Type::Bool];
        item.parts(&mut results);
        let parts = match self.targets.cleanups.may_stop(spec) {
            false => self.fx.b().call(function, &of.parts, &results),
            true => self.call_that_may_stop(function, &of.parts, &results),
        };
        let more = TypedValue::scalar(Ty::Bool, parts[0]);
        (more, TypedValue { ty: Ty::MaybeUnbound(item.clone()), parts })
    }

    /// Goes on with a generator that StopIteration may leave.
    fn call_that_may_stop(
        &mut self,
        function: FuncId,
        args: &[Value],
        results: &[Type],
    ) -> Vec<Value> {
        let (parts, status) = self.fx.b().try_call(function, args, results);
        let none = self.fx.b().iconst(Type::I32, 0);
        let raised = self.fx.b().icmp(IntCond::Ne, status, none);
        let (leaves, after) = (self.fx.new_cold_block(), self.fx.new_block());
        self.fx.b().br(raised, Target::new(leaves), Target::new(after));
        self.fx.switch_to(leaves);
        let wide = self.fx.b().convert(Opcode::Sext, Type::I64, status);
        let wide = self.fx.helper("exc_leaves_generator", &[wide]).expect("it has a result");
        let status = self.fx.b().convert(Opcode::Trunc, Type::I32, wide);
        self.fx.b().note_call();
        self.fx.b().rethrow(status);
        self.fx.switch_to(after);
        parts
    }

    /// Raises ValueError as a strict zip does when the iterable `i` (from 1) goes on
    /// other than those before it.
    fn zip_lengths(&mut self, i: usize, before: Value, here: Value) {
        let others = if i == 1 { " 1".to_string() } else { format!("s 1-{i}") };
        let argument = i + 1;
        let missing = self.fx.b().unary(Opcode::Bnot, before);
        let fine = self.fx.b().binary(Opcode::Bor, missing, here);
        let message = format!("zip() argument {argument} is shorter than argument{others}");
        self.fx.b().guard(fine, "ValueError", &message, &[]);
        let ended = self.fx.b().unary(Opcode::Bnot, here);
        let fine = self.fx.b().binary(Opcode::Bor, before, ended);
        let message = format!("zip() argument {argument} is longer than argument{others}");
        self.fx.b().guard(fine, "ValueError", &message, &[]);
    }

    /// The position after an item: `after_type`.
    pub(super) fn after(&mut self, of: &TypedValue, at: &TypedValue) -> TypedValue {
        let ty = types::after_type(&of.ty, &at.ty);
        match (&of.ty, &at.ty) {
            _ if matches!(ty, Ty::Lit(_)) => TypedValue::unit(ty),
            (Ty::Generator(..), _) => TypedValue::unit(Ty::None),
            (_, Ty::Pos) => {
                let (position, one) = (at.value(), self.fx.int(1));
                TypedValue::scalar(Ty::Pos, self.fx.b().binary(Opcode::Iadd, position, one))
            }
            (Ty::Lazy(Lazy::Enumerate, _), _) => {
                let parts = Self::positions(at);
                let empty = TypedValue::unit(Ty::tuple([]));
                let counter = self.after(&empty, &parts[0]);
                let inner = self.after(&self.component(of, 0), &parts[1]);
                together(vec![counter, inner])
            }
            (Ty::Lazy(Lazy::Zip(_), components), _) => {
                let parts = Self::positions(at);
                let each = (0..components.len())
                    .map(|i| {
                        let at = match types::taken(components, i, &parts[i].ty) {
                            Some(_) => Self::positions(&parts[i]).swap_remove(0),
                            None => parts[i].clone(),
                        };
                        self.after(&self.component(of, i), &at)
                    })
                    .collect();
                together(each)
            }
            (Ty::Lazy(Lazy::Keys | Lazy::Values | Lazy::Items, _), _)
                if matches!(self.component(of, 0).ty, Ty::Collection(..)) =>
            {
                let dict = self.component(of, 0);
                self.after(&dict, at)
            }
            (Ty::Collection(Collection::Deque, _), _) => {
                let one = self.fx.int(1);
                let next = self.fx.b().binary(Opcode::Iadd, at.parts[0], one);
                TypedValue { ty: at.ty.clone(), parts: vec![next, at.parts[1]] }
            }
            (Ty::Collection(Collection::OrderedDict, _), _) => {
                let parts = vec![at.parts[2], at.parts[1], at.parts[2]];
                TypedValue { ty: at.ty.clone(), parts }
            }
            (Ty::Collection(..), _) => {
                let storage = storage(of);
                self.after(&storage, at)
            }
            (Ty::Set(..) | Ty::Dict(..), _)
            | (Ty::Lazy(Lazy::Keys | Lazy::Values | Lazy::Items, _), _) => {
                let one = self.fx.int(1);
                let place = self.fx.b().binary(Opcode::Iadd, at.parts[0], one);
                let seen = self.fx.b().binary(Opcode::Iadd, at.parts[2], one);
                TypedValue { ty: at.ty.clone(), parts: vec![place, at.parts[1], seen] }
            }
            (Ty::Lazy(..), _) => self.after_indices(of, at),
            _ => panic!("no position after {} in {}", at.ty, of.ty),
        }
    }

    /// One step of `np.ndindex`: the last index runs fastest.
    fn after_indices(&mut self, of: &TypedValue, at: &TypedValue) -> TypedValue {
        let extents = self.extents(of);
        let (zero, one) = (self.fx.int(0), self.fx.int(1));
        let mut parts = at.parts.clone();
        parts[0] = self.fx.b().binary(Opcode::Iadd, parts[0], one);
        let mut carry = self.fx.bool(true);
        for axis in (0..extents.len()).rev() {
            let next = self.fx.b().binary(Opcode::Iadd, parts[axis + 1], one);
            let wraps = self.fx.b().icmp(IntCond::Sge, next, extents[axis]);
            let wrapped = self.fx.b().select(wraps, zero, next);
            parts[axis + 1] = self.fx.b().select(carry, wrapped, parts[axis + 1]);
            carry = self.fx.b().binary(Opcode::Band, carry, wraps);
        }
        TypedValue { ty: at.ty.clone(), parts }
    }

    /// Extents of what `np.ndindex`, `np.ndenumerate` and `a.flat` go over.
    fn extents(&self, of: &TypedValue) -> Vec<Value> {
        let component = self.component(of, 0);
        match component.ty {
            Ty::Array(_) => ArrayParts::of(&component).shape,
            _ => component.parts,
        }
    }

    /// The item that was found: `item_type`. References in it are as `ownership.rs` says
    /// for the iterable; of several iterables side by side, each item has its own.
    pub(super) fn iter_item(&mut self, of: &TypedValue, at: &TypedValue) -> TypedValue {
        match &of.ty {
            Ty::List(..) | Ty::Str | Ty::Bytes | Ty::Buffer(_) | Ty::Lit(Lit::Str(_)) => {
                let position = self.counter(at);
                let of = super::strings::value(&mut self.fx, of);
                self.container_item_at(&of, position)
            }
            Ty::Set(..) | Ty::Dict(..) | Ty::Collection(..) => {
                self.container_item_at(of, at.parts[0])
            }
            Ty::Lazy(view @ (Lazy::Keys | Lazy::Values | Lazy::Items), _) => {
                let dict = self.component(of, 0);
                let key =
                    (*view != Lazy::Values).then(|| self.container_item_at(&dict, at.parts[0]));
                let value = (*view != Lazy::Keys).then(|| self.dict_value_at(&dict, at.parts[0]));
                match (key, value) {
                    (Some(key), Some(value)) => together(vec![key, value]),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => panic!("an item of nothing"),
                }
            }
            Ty::Range(step) => {
                let (start, by) = (of.parts[0], of.parts[2]);
                let position = self.counter(at);
                let offset = if **step == Ty::Lit(Lit::Int(1)) {
                    position
                } else {
                    self.fx.b().binary(Opcode::Imul, position, by)
                };
                TypedValue::scalar(Ty::Int, self.fx.b().binary(Opcode::Iadd, start, offset))
            }
            Ty::Array(_) => {
                let position = self.counter(at);
                self.leading(of, position)
            }
            Ty::Records(ty) => {
                let (ty, position) = (ty.clone(), self.counter(at));
                self.leading_record(&ty, of, position)
            }
            Ty::Row(ty) => {
                let Ty::Lit(Lit::Int(at)) = at.ty else { panic!("a field at {}", at.ty) };
                let ty = ty.clone();
                self.field_of_row(&ty, of, at as usize)
            }
            Ty::Tuple(types) => match at.ty {
                Ty::Lit(Lit::Int(i)) => split(types, &of.parts).swap_remove(i as usize),
                _ => {
                    let ty = crate::infer::tuple_item(types).expect("items of one type");
                    self.tuple_at(types, of, at.value(), ty)
                }
            },
            Ty::Lazy(Lazy::Enumerate, _) => {
                let (counter, inner) = match at.ty {
                    Ty::Tuple(_) => {
                        let mut parts = Self::positions(at);
                        let inner = parts.swap_remove(1);
                        (parts.swap_remove(0), inner)
                    }
                    _ => (at.clone(), at.clone()),
                };
                let (start, count) = (of.parts[of.parts.len() - 1], self.counter(&counter));
                let number = self.fx.b().binary(Opcode::SaddChk, start, count);
                let item = self.component_item(of, 0, &inner);
                together(vec![TypedValue::scalar(Ty::Int, number), item])
            }
            Ty::Lazy(Lazy::Zip(_), components) => {
                let shared = types::is_counted_through(&of.ty);
                let items = (0..components.len())
                    .map(|i| {
                        let at =
                            if shared { at.clone() } else { Self::positions(at).swap_remove(i) };
                        match types::taken(components, i, &at.ty) {
                            Some(_) => self.taken_item(of, &at),
                            None => self.component_item(of, i, &at),
                        }
                    })
                    .collect();
                together(items)
            }
            Ty::Lazy(Lazy::Reversed, components) => {
                let at = match (&at.ty, &components[0]) {
                    (Ty::Lit(Lit::Int(i)), Ty::Tuple(items)) => {
                        TypedValue::unit(Ty::Lit(Lit::Int(items.len() as i64 - 1 - i)))
                    }
                    _ => TypedValue::scalar(Ty::Pos, self.place_from_end(of, at)),
                };
                self.component_item(of, 0, &at)
            }
            Ty::Lazy(lazy @ (Lazy::NdIndex | Lazy::NdEnumerate | Lazy::Flat), _) => {
                let indices = at.parts[1..].to_vec();
                let ty = Ty::tuple(std::iter::repeat_n(Ty::Int, indices.len()));
                let index = TypedValue { ty, parts: indices };
                if *lazy == Lazy::NdIndex {
                    return index;
                }
                let array = ArrayParts::of(&self.component(of, 0));
                let mut address = array.data;
                for (axis, &i) in index.parts.iter().enumerate() {
                    address = array.advance(&mut self.fx, address, i, axis);
                }
                let element = memory::load(&mut self.fx, array.ty.dtype, address);
                if *lazy == Lazy::Flat { element } else { together(vec![index, element]) }
            }
            Ty::Generator(_, item) => {
                TypedValue { ty: (**item).clone(), parts: at.parts[1..].to_vec() }
            }
            other => panic!("iteration over {other}"),
        }
    }

    /// An item of one of several iterables: with references of its own where items of
    /// another one have some.
    fn component_item(&mut self, of: &TypedValue, index: usize, at: &TypedValue) -> TypedValue {
        let component = self.component(of, index);
        let item = self.iter_item(&component, at);
        if ownership::items_are_owned(&of.ty) && !ownership::items_are_owned(&component.ty) {
            self.retain(&item);
        }
        item
    }

    /// An item that was taken when it was found.
    fn taken_item(&mut self, of: &TypedValue, at: &TypedValue) -> TypedValue {
        let taken = Self::positions(at).swap_remove(1);
        let Ty::MaybeUnbound(ty) = &taken.ty else { panic!("{} is no item", taken.ty) };
        let item = TypedValue { ty: (**ty).clone(), parts: taken.parts[1..].to_vec() };
        if ownership::items_are_owned(&of.ty) {
            self.retain(&item);
        }
        item
    }

    /// A call that makes a lazy iterator.
    pub(super) fn lazy(&mut self, args: &[CallArg], out: &Ty) -> TypedValue {
        let Ty::Lazy(lazy, _) = out else { panic!("{out} is not lazy") };
        let values: Vec<TypedValue> = args
            .iter()
            .filter(|a| a.name.as_deref() != Some("strict"))
            .map(|a| self.value(a.value))
            .collect();
        let mut parts: Vec<Value> = values.iter().flat_map(|v| v.parts.clone()).collect();
        match lazy {
            Lazy::Zip(_) | Lazy::Keys | Lazy::Values | Lazy::Items => {}
            Lazy::Class | Lazy::Args | Lazy::Traceback | Lazy::Manager(_) => {}
            Lazy::Enumerate => {
                // By keyword the two may come in any order.
                let start_first = args[0].name.as_deref() == Some("start");
                let (of, start) = match values.as_slice() {
                    [start, of] if start_first => (of, Some(start)),
                    [of, rest @ ..] => (of, rest.first()),
                    [] => panic!("enumerate of nothing"),
                };
                parts = of.parts.clone();
                let start = match start {
                    Some(start) => exact_index(&mut self.fx, start),
                    None => self.fx.int(0),
                };
                parts.push(start);
            }
            Lazy::Reversed => {
                let length = self.iteration_length(&values[0]);
                parts.push(length);
            }
            Lazy::NdIndex => {
                let extents: Vec<TypedValue> = match values.as_slice() {
                    [one] if matches!(one.ty, Ty::Tuple(_)) => Self::positions(one),
                    many => many.to_vec(),
                };
                parts = extents.iter().map(|e| exact_index(&mut self.fx, e)).collect();
                let zero = self.fx.int(0);
                for &extent in &parts {
                    let fine = self.fx.b().icmp(IntCond::Sge, extent, zero);
                    self.fx.b().guard(
                        fine,
                        "ValueError",
                        "negative dimensions are not allowed",
                        &[],
                    );
                }
                let mut count = self.fx.int(1);
                for &extent in &parts {
                    count = self.fx.b().binary(Opcode::SmulChk, count, extent);
                }
                parts.push(count);
            }
            Lazy::NdEnumerate | Lazy::Flat => {
                let size = ArrayParts::of(&values[0]).size(&mut self.fx);
                parts.push(size);
            }
        }
        TypedValue { ty: out.clone(), parts }
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

/// Several values as one tuple.
fn together(values: Vec<TypedValue>) -> TypedValue {
    TypedValue {
        ty: Ty::tuple(values.iter().map(|v| v.ty.clone())),
        parts: values.into_iter().flat_map(|v| v.parts).collect(),
    }
}

/// What a collection is made of.
fn storage(of: &TypedValue) -> TypedValue {
    TypedValue { ty: of.ty.storage().clone(), parts: of.parts.clone() }
}

//! Arrays that a loop overwrites wholly before it reads them: what they held need not be brought
//! to a device.
//!
//! Seen from the body's HIR: an assignment of elements whose index is made of the variables of
//! loops that run to their end, once each, in each turn; and no other use of the array, but for
//! reads of the element that the turn has just assigned. What remains, whether the loops go over
//! all of the array, is a question to the extents, which whoever launches the kernel answers
//! ([`Axis`]).

use super::graph::{Graph, Loop, Made, made};
use super::touches::{ABOUT, LOOKS, holds};
use crate::hir::{Const, HValue, HirInst, Op, ParallelOp, Terminator};
use crate::infer::Specialization;
use crate::lower::on_device::COUNTS;
use crate::types::{Callable, Lit, Ty};
use serde::{Deserialize, Serialize};

/// A number that is known when the kernel is launched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Bound {
    /// It is in the text.
    Known(i64),
    /// A slot among what the kernel takes.
    Slot(usize),
}

/// Which indices along an axis are assigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Axis {
    /// Those that the loop itself goes over.
    Turns,
    /// All of them.
    All,
    /// Those from 0 up to a bound.
    UpTo(Bound),
}

/// An array that is overwritten wholly if, for each axis, such indices are all that there are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Overwritten {
    /// The slot of its address among what the kernel takes.
    pub slot: usize,
    /// By axis.
    pub axes: Vec<Axis>,
}

struct Body<'s> {
    spec: &'s Specialization,
    graph: Graph,
    loops: Vec<Loop>,
    made: Vec<Option<Made<'s>>>,
}

/// The arrays that a loop's body overwrites.
pub(crate) fn overwritten(spec: &Specialization) -> Vec<Overwritten> {
    let graph = Graph::new(spec);
    let loops = graph.loops();
    let body = Body { spec, graph, loops, made: made(spec) };
    let params = &spec.hir.blocks[0].params;
    let mut found = Vec::new();
    for (at, (&param, ty)) in params.iter().zip(&spec.args).enumerate().skip(3) {
        if let Ty::Array(array) = ty
            && let Some(axes) = body.axes(param, array.ndim as usize)
        {
            found.push(Overwritten { slot: slot_of(spec, at) + 1, axes });
        }
    }
    found
}

/// The first slot of a parameter of an outlined function among what its kernel takes.
pub(super) fn slot_of(spec: &Specialization, param: usize) -> usize {
    let parts: usize = spec.args[2..param].iter().map(|ty| ty.part_types().len()).sum();
    COUNTS + parts
}

impl<'s> Body<'s> {
    /// The value that another one stands for.
    fn same(&self, value: HValue) -> HValue {
        match self.inst(value).map(|inst| &inst.op) {
            Some(Op::Refine(of, _) | Op::CheckBound(of, _) | Op::CheckFree(of, _)) => {
                self.same(*of)
            }
            _ => value,
        }
    }

    fn inst(&self, value: HValue) -> Option<&'s HirInst> {
        match self.made[value.0 as usize] {
            Some(Made::Inst(_, inst, _)) => Some(inst),
            _ => None,
        }
    }

    fn ty(&self, value: HValue) -> Option<&Ty> {
        self.spec.types[value.0 as usize].as_ref()
    }

    /// The instructions that control may come to, with their places.
    fn insts(&self) -> impl Iterator<Item = (usize, usize, &'s HirInst)> {
        let blocks = self.spec.hir.blocks.iter().zip(&self.spec.reachable).enumerate();
        let blocks = blocks.filter(|(_, (_, reachable))| **reachable);
        blocks.flat_map(|(at, (block, _))| {
            block.insts.iter().enumerate().map(move |(i, inst)| (at, i, inst))
        })
    }

    /// What is assigned along each axis, if the array is used for nothing else.
    fn axes(&self, array: HValue, ndim: usize) -> Option<Vec<Axis>> {
        let is_it = |value: HValue| self.same(value) == array;
        let mut assigned: Vec<(usize, usize, HValue)> = Vec::new();
        let mut read: Vec<(usize, usize, HValue)> = Vec::new();
        for (block, at, inst) in self.insts() {
            let mut count = 0;
            inst.op.clone().for_each_operand_mut(|v| count += usize::from(is_it(*v)));
            if count == 0 {
                continue;
            }
            match &inst.op {
                Op::Refine(..) | Op::CheckBound(..) | Op::CheckFree(..) => {}
                Op::Attr(_, name) if ABOUT.contains(&&**name) && &**name != "T" => {}
                Op::SetItem(of, index, _) if count == 1 && is_it(*of) => {
                    assigned.push((block, at, *index));
                }
                Op::Item(of, index)
                    if count == 1 && is_it(*of) && !holds(self.spec, inst.results[0]) =>
                {
                    read.push((block, at, *index));
                }
                Op::Call(callee, _) => match self.ty(*callee) {
                    Some(Ty::Callable(Callable::Library(name))) if LOOKS.contains(&&**name) => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
        for (block, &reachable) in self.spec.hir.blocks.iter().zip(&self.spec.reachable) {
            let mut goes_on = false;
            block.terminator.clone().for_each_operand_mut(|v| goes_on |= is_it(*v));
            let by_handler = block.handler.iter().flat_map(|edge| &edge.args).any(|v| is_it(*v));
            if reachable && (goes_on || by_handler) {
                return None;
            }
        }
        assigned.iter().find_map(|&(block, at, index)| {
            let is_after = |&(then, behind, other): &(usize, usize, HValue)| {
                let later = match then == block {
                    true => behind > at,
                    false => self.graph.dominates(block, then),
                };
                later && self.indices(other) == self.indices(index)
            };
            let axes = self.covered(block, index, ndim)?;
            read.iter().all(is_after).then_some(axes)
        })
    }

    /// The parts of an index.
    fn indices(&self, index: HValue) -> Vec<HValue> {
        let index = self.same(index);
        match self.inst(index).map(|inst| &inst.op) {
            Some(Op::Tuple(items)) => items.iter().map(|&item| self.same(item)).collect(),
            _ => vec![index],
        }
    }

    /// What an assignment in a block covers, if each turn comes to it.
    fn covered(&self, block: usize, index: HValue, ndim: usize) -> Option<Vec<Axis>> {
        let indices = self.indices(index);
        if indices.len() > ndim {
            return None;
        }
        let mut axes = vec![Axis::All; ndim];
        let mut used = Vec::new();
        for (axis, index) in axes.iter_mut().zip(indices) {
            if let Some(Op::Slice([None, None, None])) = self.inst(index).map(|inst| &inst.op) {
                continue;
            }
            let (header, of) = self.counted(index)?;
            if used.contains(&header) {
                return None;
            }
            used.push(header);
            *axis = of;
        }
        let mut around: Vec<&Loop> = self.loops.iter().filter(|of| of.inside[block]).collect();
        around.sort_by_key(|of| of.inside.iter().filter(|&&is| is).count());
        let is_used = |of: &&Loop| used.contains(&of.header) && self.graph.runs_to_its_end(of);
        if around.len() != used.len() || !around.iter().all(is_used) || !axes.contains(&Axis::Turns)
        {
            return None;
        }
        let mut inner = block;
        for of in around {
            if !self.graph.dominates(inner, of.latch) {
                return None;
            }
            inner = of.header;
        }
        // Nothing comes back before the loops begin.
        let ends =
            |block: &&crate::hir::HirBlock| matches!(block.terminator, Terminator::Return(_));
        let ends = self.spec.hir.blocks.iter().enumerate().filter(|(_, block)| ends(block));
        let mut ends = ends.filter(|&(at, _)| self.spec.reachable[at]);
        ends.all(|(at, _)| self.graph.dominates(inner, at)).then_some(axes)
    }

    /// The loop whose variable a value is, by its header, and what it goes over.
    fn counted(&self, value: HValue) -> Option<(usize, Axis)> {
        let Op::IterItem(iter, _) = self.inst(value)?.op else { return None };
        let next = |inst: &HirInst| matches!(inst.op, Op::IterNext(of, _) if of == iter);
        let (header, ..) = self.insts().find(|(_, _, inst)| next(inst))?;
        self.loops.iter().find(|of| of.header == header)?;
        let Op::Iter(over, _) = self.inst(iter)?.op else { return None };
        match &self.inst(self.same(over))?.op {
            Op::Parallel(ParallelOp::Span(_), _) => Some((header, Axis::Turns)),
            Op::Call(callee, args) => {
                let is_range = match self.ty(*callee)? {
                    Ty::Callable(Callable::Library(name)) => name.ends_with("range"),
                    _ => false,
                };
                if !is_range || args.iter().any(|arg| arg.name.is_some() || arg.starred) {
                    return None;
                }
                let values: Vec<HValue> = args.iter().map(|arg| arg.value).collect();
                let (first, stop, step) = match values[..] {
                    [stop] => (0, stop, 1),
                    [first, stop] => (self.known(first)?, stop, 1),
                    [first, stop, step] => (self.known(first)?, stop, self.known(step)?),
                    _ => return None,
                };
                (first == 0 && step == 1).then_some(())?;
                Some((header, Axis::UpTo(self.bound(stop)?)))
            }
            _ => None,
        }
    }

    /// A number of the text.
    fn known(&self, value: HValue) -> Option<i64> {
        match (self.ty(value), self.inst(self.same(value)).map(|inst| &inst.op)) {
            (Some(Ty::Lit(Lit::Int(number))), _) => Some(*number),
            (_, Some(Op::Const(Const::Int(number)))) => Some(*number),
            _ => None,
        }
    }

    /// A number that is known at the launch.
    fn bound(&self, value: HValue) -> Option<Bound> {
        if let Some(number) = self.known(value) {
            return Some(Bound::Known(number));
        }
        let value = self.same(value);
        if let Some((at, Ty::Int)) = self.param(value) {
            return Some(Bound::Slot(slot_of(self.spec, at)));
        }
        let (array, axis) = match self.made[value.0 as usize]? {
            Made::Inst(_, inst, which) => match &inst.op {
                Op::Item(shape, axis) => (self.shape_of(*shape)?, self.known(*axis)?),
                Op::Unpack(shape) => (self.shape_of(*shape)?, which as i64),
                Op::Attr(array, name) if &**name == "size" => (*array, 0),
                Op::Call(callee, args) => match (self.ty(*callee)?, &args[..]) {
                    (Ty::Callable(Callable::Library(name)), [arg]) if &**name == "builtins.len" => {
                        (arg.value, 0)
                    }
                    _ => return None,
                },
                _ => return None,
            },
            Made::Param(..) => return None,
        };
        let Some((at, Ty::Array(ty))) = self.param(self.same(array)) else { return None };
        let ndim = i64::from(ty.ndim);
        let by_size = matches!(self.inst(value)?.op, Op::Attr(..));
        let axis = if axis < 0 { axis + ndim } else { axis };
        if !(0..ndim).contains(&axis) || (by_size && ndim != 1) {
            return None;
        }
        Some(Bound::Slot(slot_of(self.spec, at) + 2 + axis as usize))
    }

    /// The array whose shape a value is.
    fn shape_of(&self, value: HValue) -> Option<HValue> {
        match &self.inst(self.same(value))?.op {
            Op::Attr(array, name) if &**name == "shape" => Some(*array),
            _ => None,
        }
    }

    /// The parameter that a value is.
    fn param(&self, value: HValue) -> Option<(usize, &'s Ty)> {
        match self.made[value.0 as usize]? {
            Made::Param(0, at) => Some((at, self.spec.args.get(at)?)),
            _ => None,
        }
    }
}

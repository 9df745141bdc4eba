//! Arrays that the host has made without elements, or with zeros, and never writes: a device has
//! them without a copy.
//!
//! Seen from the HIR of the function around a loop: what the variable may be, and all that is
//! done with that. What the function only reads is fine. Whatever else may write (a loop that
//! runs on the processor after all) is for whoever copies to know.

use super::graph::{Made, brought, made};
use super::touches::{ABOUT, LOOKS, READS, holds, inst_touches, is_view, writes};
use crate::hir::{HValue, Op};
use crate::infer::{Action, Engine, Specialization};
use crate::types::{Callable, Ty};

/// What an array's elements are that nobody has written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fresh {
    /// Anything.
    Undefined,
    /// Zeros.
    Zeros,
}

/// What is known of a variable that a loop takes.
pub(super) fn fresh(engine: &Engine<'_>, spec: &Specialization, value: HValue) -> Option<Fresh> {
    if spec.hir.generator || !matches!(spec.types[value.0 as usize], Some(Ty::Array(_))) {
        return None;
    }
    let made = made(spec);
    // All values that may be the same memory.
    let mut group = vec![value];
    let mut found = Fresh::Undefined;
    let mut next = 0;
    while let Some(&value) = group.get(next) {
        next += 1;
        let mut add = |value: HValue| {
            if !group.contains(&value) {
                group.push(value);
            }
        };
        match made[value.0 as usize]? {
            // An argument, or what a handler is given.
            Made::Param(0, _) => return None,
            Made::Param(block, at) => brought(spec, block, at).into_iter().for_each(&mut add),
            Made::Inst(_, inst, _) => match &inst.op {
                Op::Unbound => continue,
                Op::Refine(of, _) | Op::CheckBound(of, _) => add(*of),
                Op::Item(of, _) if is_view(spec, inst) => add(*of),
                Op::Attr(of, name) if &**name == "T" => add(*of),
                Op::Call(callee, _) => match spec.types[callee.0 as usize].as_ref()? {
                    Ty::Callable(Callable::Library(name)) => match &**name {
                        "numpy.empty" | "numpy.empty_like" => {}
                        "numpy.zeros" | "numpy.zeros_like" => found = Fresh::Zeros,
                        _ => return None,
                    },
                    _ => return None,
                },
                _ => return None,
            },
        }
        // What else has its memory.
        for (block, &reachable) in spec.hir.blocks.iter().zip(&spec.reachable) {
            if !reachable {
                continue;
            }
            for edge in block.edges() {
                let params = &spec.hir.blocks[edge.block.0 as usize].params;
                let same = params.iter().zip(&edge.args).filter(|(_, arg)| **arg == value);
                same.for_each(|(param, _)| add(*param));
            }
            for inst in &block.insts {
                let is_same = match &inst.op {
                    Op::Refine(of, _) | Op::CheckBound(of, _) => *of == value,
                    Op::Item(of, _) => *of == value && is_view(spec, inst),
                    Op::Attr(of, name) => *of == value && &**name == "T",
                    _ => false,
                };
                if is_same {
                    inst.results.iter().copied().for_each(&mut add);
                }
            }
        }
    }
    let blocks = spec.hir.blocks.iter().zip(&spec.actions).zip(&spec.reachable);
    for ((block, actions), _) in blocks.filter(|(_, reachable)| **reachable) {
        for (inst, action) in block.insts.iter().zip(actions) {
            let mut takes = false;
            inst.op.clone().for_each_operand_mut(|v| takes |= group.contains(v));
            if takes && !is_harmless(engine, spec, inst, action) {
                return None;
            }
        }
    }
    Some(found)
}

/// Whether an instruction with such an array writes nothing, and gives it to nobody who might.
fn is_harmless(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &crate::hir::HirInst,
    action: &Action,
) -> bool {
    match &inst.op {
        Op::Refine(..) | Op::CheckBound(..) | Op::Parallel(..) | Op::Keep(_) => true,
        // Of a loop that runs on a device, or tells that it doesn't.
        Op::Closure(index, ..) => {
            let nested = &spec.hir.nested[*index as usize];
            nested.inner.as_ref().is_some_and(|inner| inner.outlined)
        }
        // A method that reads is called at once, or by another name and still reads.
        Op::Attr(_, name) => ABOUT.contains(&&**name) || READS.contains(&&**name),
        Op::Item(..) if is_view(spec, inst) => true,
        Op::Call(callee, _) => match spec.types[callee.0 as usize].as_ref() {
            Some(Ty::Callable(Callable::Library(name))) if LOOKS.contains(&&**name) => true,
            _ => reads(engine, spec, inst, action),
        },
        _ => reads(engine, spec, inst, action),
    }
}

/// Whether an instruction only reads, and its result is no part of the array.
fn reads(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &crate::hir::HirInst,
    action: &Action,
) -> bool {
    let by_itself = !matches!(inst.op, Op::Tuple(_) | Op::Iter(..) | Op::Unpack(_));
    let makes = matches!(inst.op, Op::Fused(_) | Op::Call(..));
    by_itself
        && inst_touches(engine, spec, inst, action)
        && !writes(engine, spec, inst, action)
        && (makes || !inst.results.iter().any(|&result| holds(spec, result)))
}

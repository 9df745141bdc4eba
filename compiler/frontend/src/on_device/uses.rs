//! Where a function's code has to tell that it is about to touch elements on the host: what a loop
//! on a device has written, or taken from there, is settled then (`device_use` of the runtime).
//!
//! A telling stands before the outermost loop around the instruction in which nothing runs on a
//! device, so that loops of the host over elements are as fast as ever. Whether there is anything
//! to settle is for the runtime to know; here is only asked what the text may touch.

use super::graph::{Graph, Loop, Made, made};
use super::touches::{holds, inst_touches, is_seen_elsewhere, writes};
use crate::hir::{HValue, Op, ParallelOp};
use crate::infer::{Action, Engine, SpecId, Specialization};
use crate::parallel_report::callees;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Memory that is about to be touched: all that a value leads to, and whether it may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Use {
    pub value: HValue,
    pub writes: bool,
}

/// Uses by the block and the position of the instruction that they come before; the position
/// behind the last one is that of the block's end.
pub(crate) type Uses = FxHashMap<(usize, usize), Vec<Use>>;

/// The specializations that come to a loop for a device.
pub(crate) fn reaching(engine: &Engine<'_>) -> BTreeSet<SpecId> {
    let all = || (0..engine.specializations.len()).map(|at| SpecId(at as u32));
    let mut found: BTreeSet<SpecId> = all()
        .filter(|&id| {
            engine.spec(id).actions.iter().enumerate().any(|(block, actions)| {
                let insts = &engine.spec(id).hir.blocks[block].insts;
                actions.iter().zip(insts).any(|(_, inst)| {
                matches!(&inst.op, Op::Parallel(ParallelOp::Run(how), _) if how.is_for_device())
            })
            })
        })
        .collect();
    if found.is_empty() {
        return found;
    }
    loop {
        let before = found.len();
        for id in all() {
            let mut called = Vec::new();
            let actions = engine.spec(id).actions.iter().flatten();
            actions.for_each(|action| callees(action, &mut called));
            if called.iter().any(|to| found.contains(to)) {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The uses of one function.
pub(crate) fn uses(engine: &Engine<'_>, id: SpecId, reaching: &BTreeSet<SpecId>) -> Uses {
    let spec = engine.spec(id);
    let mut uses = Uses::default();
    if is_seen_elsewhere(engine, spec) || spec.hir.generator {
        return uses;
    }
    let graph = Graph::new(spec);
    let mut around = graph.loops();
    around.retain(|of| !runs_there(spec, of, reaching));
    // The outermost first.
    around.sort_by_key(|of| std::cmp::Reverse(of.inside.iter().filter(|&&is| is).count()));
    let made = made(spec);
    for (block, data) in spec.hir.blocks.iter().enumerate() {
        if !spec.reachable[block] {
            continue;
        }
        // What was told in this block, since something ran on a device.
        let mut told: Vec<Use> = Vec::new();
        for (at, (inst, action)) in data.insts.iter().zip(&spec.actions[block]).enumerate() {
            if comes_to_one(&inst.op, action, reaching) {
                told.clear();
            }
            if !inst_touches(engine, spec, inst, action) {
                continue;
            }
            let writes = writes(engine, spec, inst, action);
            let mut operands: Vec<HValue> = Vec::new();
            inst.op.clone().for_each_operand_mut(|v| operands.push(*v));
            for value in operands.into_iter().filter(|&v| holds(spec, v)) {
                let one = Use { value, writes };
                let known = |have: &Use| have.value == value && (have.writes || !writes);
                if told.iter().any(known) {
                    continue;
                }
                told.push(one);
                let is_outside = |of: &&Loop| {
                    let at = match made[value.0 as usize] {
                        Some(Made::Inst(at, ..) | Made::Param(at, _)) => at,
                        None => return false,
                    };
                    of.inside[block] && !of.inside[at]
                };
                let place = match around.iter().find(is_outside) {
                    Some(of) => (of.before, spec.hir.blocks[of.before].insts.len()),
                    None => (block, at),
                };
                let there = uses.entry(place).or_default();
                if !there.iter().any(known) {
                    there.push(one);
                }
            }
        }
    }
    uses
}

/// Whether something in a loop may run on a device.
fn runs_there(spec: &Specialization, of: &Loop, reaching: &BTreeSet<SpecId>) -> bool {
    spec.hir.blocks.iter().zip(&spec.actions).zip(&of.inside).any(|((block, actions), inside)| {
        let mut insts = block.insts.iter().zip(actions);
        *inside && insts.any(|(inst, action)| comes_to_one(&inst.op, action, reaching))
    })
}

/// Whether an instruction comes to a loop for a device.
fn comes_to_one(op: &Op, action: &Action, reaching: &BTreeSet<SpecId>) -> bool {
    let mut called = Vec::new();
    callees(action, &mut called);
    let is_one = matches!(op, Op::Parallel(ParallelOp::Run(how), _) if how.is_for_device());
    is_one || called.iter().any(|to| reaching.contains(to))
}

//! Paths told apart in the HIR: copies of what follows a place where they meet.
//!
//! A block where paths bring values that have no common type is made several, one for the
//! edges that go together, each with a copy of all blocks that it dominates ([`split`]). What
//! it doesn't dominate has its values by parameters already, so nothing else changes. A value
//! of several types becomes one path for each ([`spread`]).
//!
//! In between loops may have several latches, and polls may stand elsewhere; [`close`] makes
//! them canonical again. Which blocks, and why, is `infer/paths.rs`'s to say: types are
//! unknown here.

use crate::build::finish;
use crate::hir::{Edge, HBlock, HValue, HirBlock, HirFunction, HirInst, Op, Terminator, ValueInfo};
use crate::hir_verify::{Graph, verify_hir};
use rustc_hash::FxHashMap;

/// An edge: the block that it leaves, and which of its edges it is, in the order of
/// [`HirBlock::edges`].
pub type EdgeAt = (usize, usize);

/// How many instructions a function has.
pub fn size(hir: &HirFunction) -> usize {
    hir.blocks.iter().map(|block| block.insts.len() + 1).sum()
}

/// The first of several blocks where types conflict whose edges all have the types that they
/// will have: a loop's header waits for what is in the loop, which the edges back come from.
pub fn settled(hir: &HirFunction, conflicts: &[HBlock]) -> Option<HBlock> {
    let graph = Graph::new(hir).ok()?;
    let mut conflicts: Vec<usize> = conflicts.iter().map(|at| at.0 as usize).collect();
    conflicts.sort_unstable();
    conflicts.dedup();
    let waits = |&at: &usize| {
        let turns = graph.turns(at);
        conflicts.iter().any(|&other| other != at && turns.contains(&other))
    };
    let found = conflicts.iter().copied().find(|at| !waits(at));
    found.or(conflicts.first().copied()).map(|at| HBlock(at as u32))
}

/// The function with as many copies of a block, and of all that it dominates, as there are
/// groups of edges to it. Edges that are in no group go with the first one. `None` where that
/// would make more than `most` instructions.
pub fn split(
    hir: &HirFunction,
    at: HBlock,
    groups: &[Vec<EdgeAt>],
    most: usize,
) -> Option<HirFunction> {
    let graph = Graph::new(hir).ok()?;
    let region: Vec<usize> =
        (0..hir.blocks.len()).filter(|&b| graph.dominates(at.0 as usize, b)).collect();
    let copied: usize = region.iter().map(|&b| hir.blocks[b].insts.len() + 1).sum();
    if size(hir) + copied * (groups.len() - 1) > most {
        return None;
    }
    let mut blocks = hir.blocks.clone();
    let mut values = hir.values.clone();
    for group in &groups[1..] {
        let first = blocks.len();
        let place: FxHashMap<HBlock, HBlock> = region
            .iter()
            .enumerate()
            .map(|(i, &b)| (HBlock(b as u32), HBlock((first + i) as u32)))
            .collect();
        let mut renamed: FxHashMap<HValue, HValue> = FxHashMap::default();
        for &b in &region {
            let block = &hir.blocks[b];
            for &value in block.params.iter().chain(block.insts.iter().flat_map(|i| &i.results)) {
                renamed.insert(value, HValue(values.len() as u32));
                values.push(hir.values[value.0 as usize].clone());
            }
        }
        for &b in &region {
            let mut block = hir.blocks[b].clone();
            rename(&mut block, |v| {
                if let Some(&new) = renamed.get(v) {
                    *v = new;
                }
            });
            for edge in edges_mut(&mut block) {
                if let Some(&new) = place.get(&edge.block) {
                    edge.block = new;
                }
            }
            blocks.push(block);
        }
        for &(from, number) in group {
            edges_mut(&mut blocks[from])[number].block = place[&at];
        }
    }
    Some(finished(hir, blocks, values))
}

/// The function with a path for each of the types that an instruction's only result may be of.
/// Where the paths meet again each brings the value as what it is.
pub fn spread(hir: &HirFunction, at: HBlock, inst: usize, types: u32) -> HirFunction {
    let mut blocks = hir.blocks.clone();
    let mut values = hir.values.clone();
    let mut value = |of: HValue, name: bool| {
        let known = &hir.values[of.0 as usize];
        values.push(ValueInfo { name: known.name.clone().filter(|_| name), span: known.span });
        HValue((values.len() - 1) as u32)
    };
    let block = &mut blocks[at.0 as usize];
    let span = block.insts[inst].span;
    let result = block.insts[inst].results[0];
    let several = value(result, false);
    block.insts[inst].results[0] = several;
    let rest = HirBlock {
        params: vec![result],
        insts: block.insts.split_off(inst + 1),
        terminator: std::mem::replace(&mut block.terminator, Terminator::Unreachable),
        terminator_span: block.terminator_span,
        loop_header: false,
        handler: block.handler.clone(),
    };
    block.terminator_span = span;
    let goes_on = HBlock(blocks.len() as u32);
    blocks.push(rest);
    let made = |op: Op, result: HValue| HirInst { op, results: vec![result], span };
    let empty = |insts: Vec<HirInst>, terminator: Terminator| HirBlock {
        params: Vec::new(),
        insts,
        terminator,
        terminator_span: span,
        loop_header: false,
        handler: None,
    };
    let mut asks = at.0 as usize;
    for index in 0..types {
        let one = value(result, true);
        let go = Terminator::Jump(Edge { block: goes_on, args: vec![one] });
        if index + 1 == types {
            blocks[asks].insts.push(made(Op::AsOf(several, index), one));
            blocks[asks].terminator = go;
            break;
        }
        let is_it = value(result, false);
        let then = HBlock(blocks.len() as u32);
        let otherwise = HBlock(then.0 + 1);
        blocks.push(empty(vec![made(Op::AsOf(several, index), one)], go));
        blocks.push(empty(Vec::new(), Terminator::Unreachable));
        blocks[asks].insts.push(made(Op::IsOf(several, index), is_it));
        blocks[asks].terminator = Terminator::Branch {
            cond: is_it,
            then: Edge { block: then, args: Vec::new() },
            otherwise: Edge { block: otherwise, args: Vec::new() },
        };
        asks = otherwise.0 as usize;
    }
    finished(hir, blocks, values)
}

/// How many types the paths of a value of several are for; 0 where there are none.
pub fn types_told_apart(hir: &HirFunction, value: HValue) -> usize {
    let insts = hir.blocks.iter().flat_map(|block| &block.insts);
    insts.filter(|inst| matches!(inst.op, Op::AsOf(of, _) if of == value)).count()
}

/// The function with canonical loops; `None` where a loop has two entries, or what ends its
/// turns leads to different handlers.
pub fn close(hir: &HirFunction) -> Option<HirFunction> {
    let graph = Graph::new(hir).ok()?;
    let mut blocks = hir.blocks.clone();
    let mut values = hir.values.clone();
    let poll = blocks.iter().flat_map(|b| &b.insts).find(|inst| inst.op == Op::Poll).cloned();
    blocks.iter_mut().for_each(|block| block.insts.retain(|inst| inst.op != Op::Poll));
    for header in 0..hir.blocks.len() {
        let mut preds = graph.preds[header].clone();
        preds.dedup();
        let (latches, outside): (Vec<usize>, Vec<usize>) =
            preds.into_iter().partition(|&p| graph.dominates(header, p));
        blocks[header].loop_header = !latches.is_empty();
        if latches.is_empty() {
            continue;
        }
        let polls_at = hir.blocks[latches[0]].insts.iter().find(|inst| inst.op == Op::Poll);
        let poll = polls_at.or(poll.as_ref())?.clone();
        match latches[..] {
            [latch] if only_jumps(&blocks[latch]) => blocks[latch].insts.insert(0, poll),
            _ => {
                let latch = joined(&mut blocks, &mut values, header, &latches)?;
                blocks[latch].insts.push(poll);
            }
        }
        if !matches!(outside[..], [before] if only_jumps(&blocks[before])) {
            let handlers: Vec<_> = outside.iter().map(|&b| (b, blocks[b].handler.take())).collect();
            let before = joined(&mut blocks, &mut values, header, &outside);
            for (b, handler) in handlers {
                blocks[b].handler = handler;
            }
            before?;
        }
    }
    let closed = finished(hir, blocks, values);
    verify_hir(&closed).is_ok().then_some(closed)
}

fn only_jumps(block: &HirBlock) -> bool {
    matches!(block.terminator, Terminator::Jump(_))
}

/// A new block that all edges of some blocks to `target` go through.
fn joined(
    blocks: &mut Vec<HirBlock>,
    values: &mut Vec<ValueInfo>,
    target: usize,
    from: &[usize],
) -> Option<usize> {
    let at = HBlock(target as u32);
    let fresh = |of: HValue, values: &mut Vec<ValueInfo>| {
        values.push(values[of.0 as usize].clone());
        HValue((values.len() - 1) as u32)
    };
    let params: Vec<HValue> =
        blocks[target].params.clone().iter().map(|&p| fresh(p, values)).collect();
    // What ends a turn may be interrupted, and that leads where it led before.
    let handler = blocks[from[0]].handler.clone();
    let mut caught = Vec::new();
    for &b in from {
        match (&handler, &blocks[b].handler) {
            (None, None) => {}
            (Some(one), Some(other)) if one.block == other.block => {}
            _ => return None,
        }
    }
    if let Some(edge) = &handler {
        caught = edge.args.iter().map(|&arg| fresh(arg, values)).collect();
    }
    let new = HBlock(blocks.len() as u32);
    for &b in from {
        let extra = blocks[b].handler.as_ref().map(|edge| edge.args.clone()).unwrap_or_default();
        for edge in normal_edges_mut(&mut blocks[b].terminator) {
            if edge.block == at {
                edge.block = new;
                edge.args.extend(&extra);
            }
        }
    }
    let block = HirBlock {
        params: params.iter().chain(&caught).copied().collect(),
        insts: Vec::new(),
        terminator: Terminator::Jump(Edge { block: at, args: params }),
        terminator_span: blocks[from[0]].terminator_span,
        loop_header: false,
        handler: handler.map(|edge| Edge { block: edge.block, args: caught }),
    };
    blocks.push(block);
    Some(new.0 as usize)
}

fn finished(hir: &HirFunction, blocks: Vec<HirBlock>, values: Vec<ValueInfo>) -> HirFunction {
    let (blocks, values) = finish(blocks, values);
    HirFunction { blocks, values, ..hir.clone() }
}

fn normal_edges_mut(terminator: &mut Terminator) -> Vec<&mut Edge> {
    match terminator {
        Terminator::Jump(edge) => vec![edge],
        Terminator::Branch { then, otherwise, .. } => vec![then, otherwise],
        _ => Vec::new(),
    }
}

/// In the order of [`HirBlock::edges`].
fn edges_mut(block: &mut HirBlock) -> Vec<&mut Edge> {
    let mut edges = normal_edges_mut(&mut block.terminator);
    edges.extend(&mut block.handler);
    edges
}

fn rename(block: &mut HirBlock, mut f: impl FnMut(&mut HValue)) {
    block.params.iter_mut().for_each(&mut f);
    for inst in &mut block.insts {
        inst.results.iter_mut().for_each(&mut f);
        inst.op.for_each_operand_mut(&mut f);
    }
    block.terminator.for_each_operand_mut(&mut f);
    block.handler.iter_mut().flat_map(|edge| &mut edge.args).for_each(f);
}

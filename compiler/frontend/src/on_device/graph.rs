//! Blocks of a function of the HIR, as far as control may come: what comes before what, and loops.
//!
//! Assumes canonical loops: one latch, and a preheader that only jumps to the header. Edges to
//! handlers are edges. Functions are small here, so a question is a walk.

use crate::hir::{HBlock, HValue, HirInst};
use crate::infer::Specialization;

/// The blocks of a function that control reaches.
pub(super) struct Graph {
    followed: Vec<Vec<usize>>,
    preceded: Vec<Vec<usize>>,
}

/// A loop.
pub(super) struct Loop {
    pub header: usize,
    /// The block that jumps back.
    pub latch: usize,
    /// The block before the header.
    pub before: usize,
    /// For each block whether it is part of it.
    pub inside: Vec<bool>,
}

/// Where a value is made.
#[derive(Clone, Copy)]
pub(super) enum Made<'s> {
    /// An instruction, its block, and which of its results.
    Inst(usize, &'s HirInst, usize),
    /// A parameter of a block.
    Param(usize, usize),
}

impl Graph {
    pub(super) fn new(spec: &Specialization) -> Graph {
        let count = spec.hir.blocks.len();
        let (mut followed, mut preceded) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (at, block) in spec.hir.blocks.iter().enumerate() {
            if !spec.reachable[at] {
                continue;
            }
            for edge in block.edges() {
                let to = edge.block.0 as usize;
                if spec.reachable[to] {
                    followed[at].push(to);
                    preceded[to].push(at);
                }
            }
        }
        Graph { followed, preceded }
    }

    /// Whether each way to a block leads through another one, or is that.
    pub(super) fn dominates(&self, first: usize, then: usize) -> bool {
        first == then || !reached(&self.followed, 0, Some(first))[then]
    }

    /// The loops.
    pub(super) fn loops(&self) -> Vec<Loop> {
        let mut found = Vec::new();
        for header in 0..self.preceded.len() {
            let (back, into): (Vec<usize>, Vec<usize>) =
                self.preceded[header].iter().partition(|&&from| self.dominates(header, from));
            if let ([latch], [before]) = (&back[..], &into[..]) {
                let mut inside = reached(&self.preceded, *latch, Some(header));
                inside[header] = true;
                inside[*latch] = true;
                found.push(Loop { header, latch: *latch, before: *before, inside });
            }
        }
        found
    }

    /// Whether a loop is left by its header alone.
    pub(super) fn runs_to_its_end(&self, of: &Loop) -> bool {
        let stays = |&(block, followed): &(usize, &Vec<usize>)| {
            block == of.header || !of.inside[block] || followed.iter().all(|&to| of.inside[to])
        };
        self.followed.iter().enumerate().all(|row| stays(&row))
    }
}

/// The blocks that edges lead to from one of them, by ways that leave another one out.
fn reached(edges: &[Vec<usize>], from: usize, without: Option<usize>) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    let mut work = vec![from];
    while let Some(block) = work.pop() {
        if Some(block) == without || std::mem::replace(&mut seen[block], true) {
            continue;
        }
        work.extend(&edges[block]);
    }
    seen
}

/// Where each value is made.
pub(super) fn made(spec: &Specialization) -> Vec<Option<Made<'_>>> {
    let mut all = vec![None; spec.hir.values.len()];
    for (block, data) in spec.hir.blocks.iter().enumerate() {
        for (at, param) in data.params.iter().enumerate() {
            all[param.0 as usize] = Some(Made::Param(block, at));
        }
        for inst in &data.insts {
            for (which, result) in inst.results.iter().enumerate() {
                all[result.0 as usize] = Some(Made::Inst(block, inst, which));
            }
        }
    }
    all
}

/// What edges of reachable blocks bring to a block's parameter.
pub(super) fn brought(spec: &Specialization, block: usize, param: usize) -> Vec<HValue> {
    let to = HBlock(block as u32);
    let blocks = spec.hir.blocks.iter().zip(&spec.reachable).filter(|(_, reachable)| **reachable);
    let edges = blocks.flat_map(|(block, _)| block.edges());
    edges.filter(|edge| edge.block == to).map(|edge| edge.args[param]).collect()
}

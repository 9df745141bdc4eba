//! The rules of HIR, checked: a violation is a bug of `build/`.
//!
//! - Blocks: the first is the entry and nothing jumps to it; every block is reached;
//!   none ends in `Unreachable`; edges carry one argument for each parameter.
//! - Values: each is made once, by a parameter or an instruction, and its number is
//!   that of the printed order; each use is dominated by the definition; `SetItem`
//!   and `Poll` have no result, `Unpack` any number, `IterNext` two, others one.
//! - Parameters: those of the entry are the function's; others receive at least two
//!   different values (beside themselves).
//! - Loops: a block is a loop header exactly if it dominates a predecessor, its
//!   latch. It has one latch, which jumps to it as its only successor (but for a
//!   handler, here and below) and holds the
//!   loop's one poll as its first instruction, and one preheader, whose only
//!   successor it is. There are no other cycles.
//! - Unbound: `Unbound` stands in the entry only.
//! - Handlers: a block that begins with `Catch` is reached by handler edges alone, whose
//!   arguments are defined before the block that they leave begins.

use crate::hir::{HirFunction, HirInst, Op, ParallelOp, Terminator};
use rustc_hash::FxHashSet;

/// Checks a function.
///
/// # Errors
///
/// The first violation, in words.
pub fn verify_hir(function: &HirFunction) -> Result<(), String> {
    let graph = Graph::new(function)?;
    verify_values(function, &graph)?;
    verify_params(function, &graph)?;
    verify_loops(function, &graph)
}

/// Who follows whom, and who dominates whom.
pub(crate) struct Graph {
    /// Blocks before each, once for each edge.
    pub(crate) preds: Vec<Vec<usize>>,
    succs: Vec<Vec<usize>>,
    /// Immediate dominators; the entry is its own.
    idom: Vec<usize>,
    /// Depth in the dominator tree.
    depth: Vec<usize>,
}

macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

impl Graph {
    /// The graph of a function whose blocks are in reverse postorder.
    pub(crate) fn new(function: &HirFunction) -> Result<Graph, String> {
        let count = function.blocks.len();
        ensure!(count > 0, "there is no block");
        let mut preds = vec![Vec::new(); count];
        let mut succs = vec![Vec::new(); count];
        for (i, block) in function.blocks.iter().enumerate() {
            ensure!(block.terminator != Terminator::Unreachable, "b{i} has no end");
            for edge in block.edges() {
                let to = edge.block.0 as usize;
                ensure!(to < count && to != 0, "b{i} goes to b{to}");
                let params = function.blocks[to].params.len();
                ensure!(
                    edge.args.len() == params,
                    "b{i} gives {} of {params} arguments to b{to}",
                    edge.args.len()
                );
                preds[to].push(i);
                succs[i].push(to);
                ensure!(
                    !is_handler(function, to) || block.handler.as_ref() == Some(edge),
                    "b{i} goes to the handler b{to}"
                );
            }
        }
        let mut graph =
            Graph { preds, succs, idom: vec![usize::MAX; count], depth: vec![0; count] };
        graph.find_dominators();
        for i in 0..count {
            ensure!(graph.idom[i] != usize::MAX, "b{i} is not reached");
        }
        Ok(graph)
    }

    /// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". Blocks are
    /// in reverse postorder already; where they weren't, some rounds more are needed.
    fn find_dominators(&mut self) {
        self.idom[0] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for i in 1..self.preds.len() {
                let mut new = usize::MAX;
                for &p in &self.preds[i] {
                    if self.idom[p] == usize::MAX {
                        continue;
                    }
                    new = if new == usize::MAX { p } else { self.common(p, new) };
                }
                if new != self.idom[i] {
                    self.idom[i] = new;
                    changed = true;
                }
            }
        }
        for i in 1..self.depth.len() {
            if self.idom[i] < i {
                self.depth[i] = self.depth[self.idom[i]] + 1;
            }
        }
    }

    fn common(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            if a > b {
                a = self.idom[a];
            } else {
                b = self.idom[b];
            }
        }
        a
    }

    /// The blocks that a loop with this header repeats, without the header; none if it is no
    /// header.
    pub(crate) fn turns(&self, header: usize) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let latches = self.preds[header].iter().copied().filter(|&p| self.dominates(header, p));
        let mut open: Vec<usize> = latches.collect();
        while let Some(block) = open.pop() {
            if block != header && found.insert(block) {
                open.extend(&self.preds[block]);
            }
        }
        found
    }

    /// Whether all ways to `b` lead through `a`.
    pub(crate) fn dominates(&self, a: usize, mut b: usize) -> bool {
        while self.depth[b] > self.depth[a] {
            b = self.idom[b];
        }
        a == b
    }
}

/// Whether exceptions lead to a block: it begins with `Catch`.
fn is_handler(function: &HirFunction, block: usize) -> bool {
    function.blocks[block].insts.first().is_some_and(|inst| inst.op == Op::Catch)
}

fn result_count_is_right(inst: &HirInst) -> bool {
    match inst.op {
        Op::Yield(_, ref at) => inst.results.len() == 1 + usize::from(at.delegates),
        Op::Delegate(..) | Op::DelegateThrow(_) | Op::Keep(_) => inst.results.is_empty(),
        Op::CheckItems(..) | Op::DelItem(..) => inst.results.is_empty(),
        Op::SetItem(..) | Op::SetAttr(..) | Op::Insert(..) | Op::Extend(..) => {
            inst.results.is_empty()
        }
        Op::CellSet(..) | Op::Poll | Op::EndCatch(_) => inst.results.is_empty(),
        Op::Parallel(ParallelOp::End | ParallelOp::Turn | ParallelOp::Draws, _) => {
            inst.results.is_empty()
        }
        Op::Parallel(ParallelOp::Block, _) => true,
        Op::Parallel(ParallelOp::Run(_), _) | Op::IterNext(..) => inst.results.len() == 2,
        Op::Unpack(_) => true,
        _ => inst.results.len() == 1,
    }
}

fn verify_values(function: &HirFunction, graph: &Graph) -> Result<(), String> {
    // Block and position (parameters are at 0) of each definition.
    let mut defs: Vec<(usize, usize)> = Vec::new();
    for (i, block) in function.blocks.iter().enumerate() {
        let results = block
            .insts
            .iter()
            .enumerate()
            .flat_map(|(k, inst)| inst.results.iter().map(move |v| (k + 1, v)));
        for (position, value) in block.params.iter().map(|v| (0, v)).chain(results) {
            ensure!(
                value.0 as usize == defs.len(),
                "{value} is made where v{} should be",
                defs.len()
            );
            defs.push((i, position));
        }
    }
    ensure!(
        defs.len() == function.values.len(),
        "{} values are made, {} known",
        defs.len(),
        function.values.len()
    );
    for (i, block) in function.blocks.iter().enumerate() {
        let mut error = None;
        let mut check = |value: u32, position: usize| match defs.get(value as usize) {
            Some(&(at, k)) if at == i && k < position => {}
            Some(&(at, _)) if at != i && graph.dominates(at, i) => {}
            _ => error = Some(format!("v{value} is used in b{i} but not defined there")),
        };
        for (k, inst) in block.insts.iter().enumerate() {
            ensure!(result_count_is_right(inst), "wrong number of results in b{i}: {}", inst.op);
            ensure!(inst.op != Op::Unbound || i == 0, "unbound outside of the entry, in b{i}");
            inst.op.clone().for_each_operand_mut(|v| check(v.0, k + 1));
        }
        block.terminator.clone().for_each_operand_mut(|v| check(v.0, usize::MAX));
        // What a handler gets is there before the first instruction.
        block.handler.iter().flat_map(|edge| &edge.args).for_each(|v| check(v.0, 1));
        if let Some(error) = error {
            return Err(error);
        }
    }
    Ok(())
}

fn verify_params(function: &HirFunction, graph: &Graph) -> Result<(), String> {
    let entry = &function.blocks[0];
    ensure!(
        entry.params.len() == function.entry_params(),
        "the entry's parameters are not the function's"
    );
    for (to, block) in function.blocks.iter().enumerate().skip(1) {
        for (index, &param) in block.params.iter().enumerate() {
            let mut received = Vec::new();
            for &from in &graph.preds[to] {
                for edge in function.blocks[from].edges() {
                    if edge.block.0 as usize == to && edge.args[index] != param {
                        received.push(edge.args[index]);
                    }
                }
            }
            received.sort();
            received.dedup();
            ensure!(received.len() > 1, "{param} of b{to} always has one value");
        }
    }
    Ok(())
}

fn verify_loops(function: &HirFunction, graph: &Graph) -> Result<(), String> {
    for (i, block) in function.blocks.iter().enumerate() {
        let (latches, others): (Vec<usize>, Vec<usize>) =
            graph.preds[i].iter().partition(|&&p| graph.dominates(i, p));
        let polls = block.insts.iter().filter(|inst| inst.op == Op::Poll).count();
        let is_latch = graph.succs[i].iter().any(|&s| graph.dominates(s, i));
        ensure!(polls == usize::from(is_latch), "b{i} holds {polls} polls");
        ensure!(
            block.loop_header != latches.is_empty(),
            "b{i} is marked wrongly: its latches are {latches:?}"
        );
        // In a reducible graph in reverse postorder, only latches come after.
        ensure!(others.iter().all(|&p| p < i), "a cycle enters b{i} other than through its header");
        if block.loop_header {
            let &[latch] = latches.as_slice() else {
                return Err(format!("b{i} has the latches {latches:?}"));
            };
            let &[preheader] = others.as_slice() else {
                return Err(format!("b{i} has the preheaders {others:?}"));
            };
            let ends =
                |i: usize| graph.succs[i].len() - usize::from(function.blocks[i].handler.is_some());
            ensure!(ends(latch) == 1, "the latch b{latch} doesn't only go to its header");
            ensure!(
                ends(preheader) == 1,
                "the preheader b{preheader} doesn't only go to its header"
            );
            let first = function.blocks[latch].insts.first();
            ensure!(
                first.is_some_and(|inst| inst.op == Op::Poll),
                "the latch b{latch} doesn't begin with a poll"
            );
        }
    }
    Ok(())
}

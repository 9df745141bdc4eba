//! Minima and maxima of several integers take last what a turn waits for.
//!
//! ```text
//!   block2:                            block2:
//!     v5 = isub.i64 v4, v1               v5 = isub.i64 v4, v1
//!     v6 = smax.i64 v5, v3       =>      v6 = smax.i64 v3, v2
//!     v7 = smax.i64 v6, v2               v7 = smax.i64 v5, v6
//!     jump block1(v7)                    jump block1(v7)
//! ```
//!
//! Where `v4` is what the last turn computed (`v7`), a turn takes as long as the way from the
//! one to the other: here one comparison less. Tables of dynamic programming are such loops.
//! Integers may be taken in any order.
//!
//! Only in innermost loops, and only two operations at a time, again and again. Not floats,
//! whose minima in Python have an order (nan, zeros); not sums, which LLVM sorts by itself.

use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, Loop, LoopForest};
use cumbia_ir::{Block, Function, Inst, Module, Opcode, Value, ValueDef};

/// How often a loop is gone through at most.
const ROUNDS: usize = 8;

/// The `latest_last` pass.
pub struct LatestLast;

impl Pass for LatestLast {
    fn name(&self) -> &'static str {
        "latest_last"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let insts = |&block: &Block| func.block(block).insts.clone();
        if func.layout.iter().flat_map(insts).filter(|&i| is_extreme(func.inst(i).op)).count() < 2 {
            return false;
        }
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        for (id, this) in forest.loops.iter().enumerate() {
            let innermost = forest.loops.iter().all(|other| other.parent != Some(id));
            let Some(latch) = this.latch().filter(|_| innermost) else { continue };
            let mut blocks = this.blocks.clone();
            blocks.sort_by_key(|&block| cfg.rpo_number(block));
            for _ in 0..ROUNDS {
                let Some(ready) = Ready::find(func, &cfg, this, latch, &blocks) else { break };
                if !rotate(func, &blocks, &ready) {
                    break;
                }
                changed = true;
            }
        }
        changed
    }
}

fn is_extreme(op: Opcode) -> bool {
    matches!(op, Opcode::Smax | Opcode::Smin | Opcode::Umax | Opcode::Umin)
}

/// When values of a turn are there.
struct Ready {
    /// How many operations of the turn each value waits for behind what the last turn computed;
    /// none for those that don't depend on it.
    after: Vec<Option<u32>>,
    /// How often each value is used in the function.
    uses: Vec<u32>,
}

impl Ready {
    /// `blocks` are the loop's, each behind those that lead to it within a turn. Nothing if the
    /// loop carries nothing that its turns wait for.
    fn find(
        func: &Function,
        cfg: &Cfg,
        this: &Loop,
        latch: Block,
        blocks: &[Block],
    ) -> Option<Ready> {
        let params = &func.block(this.header).params;
        let back = func.inst(func.terminator(latch)?);
        let edge = back.targets.iter().find(|target| target.block == this.header)?;
        // Counters are there long before; so is what doesn't wait for any other of these.
        let mut carried: Vec<bool> = params
            .iter()
            .zip(&edge.args)
            .map(|(&param, &next)| !is_counter(func, param, next))
            .collect();
        loop {
            let after = depths(func, cfg, this.header, blocks, &carried);
            let waits = |next: Value| after[next.index()].is_some();
            let still: Vec<bool> =
                carried.iter().zip(&edge.args).map(|(&was, &next)| was && waits(next)).collect();
            if !still.contains(&true) {
                return None;
            }
            if still == carried {
                return Some(Ready { after, uses: uses(func) });
            }
            carried = still;
        }
    }
}

fn is_counter(func: &Function, param: Value, next: Value) -> bool {
    let Some(data) = func.def_inst(next).map(|inst| func.inst(inst)) else { return next == param };
    data.op == Opcode::Iadd
        && (0..2).any(|at| data.args[at] == param && func.int_const(data.args[1 - at]).is_some())
}

fn depths(
    func: &Function,
    cfg: &Cfg,
    header: Block,
    blocks: &[Block],
    carried: &[bool],
) -> Vec<Option<u32>> {
    let mut after: Vec<Option<u32>> = vec![None; func.num_values()];
    for &block in blocks {
        for (at, &param) in func.block(block).params.iter().enumerate() {
            after[param.index()] = if block == header {
                carried[at].then_some(0)
            } else {
                let brought = |&pred: &Block| {
                    let targets = func.terminator(pred).map(|inst| &func.inst(inst).targets);
                    let here = targets.into_iter().flatten().filter(|to| to.block == block);
                    here.filter_map(|to| after[to.args[at].index()]).max()
                };
                cfg.preds(block).iter().filter_map(brought).max()
            };
        }
        for &inst in &func.block(block).insts {
            let data = func.inst(inst);
            let last = data.args.iter().filter_map(|arg| after[arg.index()]).max();
            for result in &data.results {
                after[result.index()] = last.map(|last| last + 1);
            }
        }
    }
    after
}

fn uses(func: &Function) -> Vec<u32> {
    let mut uses = vec![0; func.num_values()];
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            func.for_each_use(inst, |value| uses[value.index()] += 1);
        }
    }
    uses
}

/// Changes the order of one pair of operations.
fn rotate(func: &mut Function, blocks: &[Block], ready: &Ready) -> bool {
    for &block in blocks {
        for place in 0..func.block(block).insts.len() {
            let root = func.block(block).insts[place];
            let Some((inner, late, early, other)) = pair(func, blocks, root, ready) else {
                continue;
            };
            let joined = func.result(inner);
            func.inst_mut(root).args[0] = late;
            func.inst_mut(root).args[1] = joined;
            func.inst_mut(inner).args[0] = early;
            func.inst_mut(inner).args[1] = other;
            // To where both of its new operands are: right before its only use.
            for &from in blocks {
                func.block_mut(from).insts.retain(|&inst| inst != inner);
            }
            let insts = &mut func.block_mut(block).insts;
            let at = insts.iter().position(|&inst| inst == root).expect("the root is in its block");
            insts.insert(at, inner);
            return true;
        }
    }
    false
}

/// An operation in `root`'s operands that takes what is there last too early: the operation,
/// that value, its other operand, and the root's other operand.
fn pair(
    func: &Function,
    blocks: &[Block],
    root: Inst,
    ready: &Ready,
) -> Option<(Inst, Value, Value, Value)> {
    let data = func.inst(root);
    if !is_extreme(data.op) {
        return None;
    }
    (0..2).find_map(|at| {
        let (joined, other) = (data.args[at], data.args[1 - at]);
        let ValueDef::Result(inner, _) = func.value_def(joined) else { return None };
        let below = func.inst(inner);
        let inside = || blocks.iter().any(|&block| func.block(block).insts.contains(&inner));
        if below.op != data.op
            || below.ty != data.ty
            || ready.uses[joined.index()] != 1
            || !inside()
        {
            return None;
        }
        let after = |value: Value| ready.after[value.index()];
        let (a, b) = (below.args[0], below.args[1]);
        let (late, early) = if after(a) >= after(b) { (a, b) } else { (b, a) };
        (after(late) > after(other) && after(late) > after(early))
            .then_some((inner, late, early, other))
    })
}

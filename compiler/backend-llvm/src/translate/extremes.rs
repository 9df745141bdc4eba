//! Branches of loops that mostly keep what they have.
//!
//! Which of two values a loop takes along is chosen by a conditional move as a rule: the
//! processor guesses the way of data wrong often, and then a branch costs twenty moves. But
//! what is chosen is waited for. Where the next turn loads from the place that was chosen,
//! in order to choose again, a turn takes as long as a load, a comparison and a move, one
//! after the other:
//!
//! ```text
//!   best = 0
//!   for i in range(1, n):
//!       if a[i] > a[best]:    # waits for `best`
//!           best = i
//! ```
//!
//! Here one way changes nothing, and a running extreme changes ever more rarely: of random
//! numbers the logarithm of their count of times. So such a branch is said to be rare, and
//! stays a branch, which waits for nothing. A search that halves an interval changes
//! something on either way, and isn't meant.
//!
//! Only speed depends on this.

use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Function, InstData, Opcode, Target, Value, ValueDef};

/// How many operations are looked through from a condition to what it depends on.
const DEEPEST: usize = 12;

/// Of each block: which of its branch's two ways changes something, where the other one
/// keeps what the condition depends on.
pub(super) fn rare_ways(func: &Function) -> Vec<Option<usize>> {
    let mut found = vec![None; func.num_blocks()];
    let branches = |&block: &Block| {
        func.terminator(block).is_some_and(|inst| func.inst(inst).op == Opcode::Br)
    };
    if !func.layout.iter().any(branches) {
        return found;
    }
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    for id in forest.innermost_first() {
        let this = &forest.loops[id];
        for &block in this.blocks.iter().filter(|&&block| forest.loop_of(block) == Some(id)) {
            let Some(inst) = func.terminator(block) else { continue };
            found[block.index()] = rare_way(func, &cfg, func.inst(inst), this.header);
        }
    }
    found
}

fn rare_way(func: &Function, cfg: &Cfg, branch: &InstData, header: Block) -> Option<usize> {
    if branch.op != Opcode::Br {
        return None;
    }
    let direct = [&branch.targets[0], &branch.targets[1]];
    let beyond = direct.map(|target| behind_arm(func, cfg, target));
    let ends = match (beyond[0], beyond[1]) {
        _ if direct[0].block == direct[1].block => direct,
        (Some(a), Some(b)) if a.block == b.block => [a, b],
        (Some(a), _) if a.block == direct[1].block => [a, direct[1]],
        (_, Some(b)) if b.block == direct[0].block => [direct[0], b],
        _ => return None,
    };
    let kept = |v: Value| matches!(func.value_def(v), ValueDef::Param(of, _) if of == header);
    let chosen: Vec<[Value; 2]> = ends[0]
        .args
        .iter()
        .zip(&ends[1].args)
        .filter(|(a, b)| a != b)
        .map(|(&a, &b)| [a, b])
        .collect();
    let keeps = |way: usize| chosen.iter().all(|values| kept(values[way]));
    let way = match (keeps(0), keeps(1)) {
        (true, false) => 0,
        (false, true) => 1,
        _ => return None,
    };
    let waited_for = |values: &[Value; 2]| {
        let mut steps = DEEPEST;
        loads_by(func, branch.args[0], values[way], false, &mut steps)
    };
    chosen.iter().any(waited_for).then_some(1 - way)
}

/// Where a block that is entered from one place alone goes at once.
fn behind_arm<'f>(func: &'f Function, cfg: &Cfg, target: &Target) -> Option<&'f Target> {
    let jump = func.inst(func.terminator(target.block)?);
    (cfg.preds(target.block).len() == 1 && jump.op == Opcode::Jump).then(|| &jump.targets[0])
}

/// Whether a value is computed from something loaded from a place that depends on `from`.
fn loads_by(func: &Function, value: Value, from: Value, loaded: bool, steps: &mut usize) -> bool {
    if value == from {
        return loaded;
    }
    let Some(inst) = func.def_inst(value) else { return false };
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    let data = func.inst(inst);
    let loaded = loaded || data.op == Opcode::Load;
    data.args.iter().any(|&arg| loads_by(func, arg, from, loaded, steps))
}

//! Copies of functions that call themselves, so that several levels of a recursion are one
//! frame.
//!
//! LLVM inlines no function into itself. Written as a ring, in which the function calls its
//! first copy, that one the second, and the last one the function again, the copies are
//! inlined as others are, with what a level costs besides its work: a frame, a status to
//! test, a result in memory.
//!
//! ```text
//! define @f(n)                define @f(n)      { ... call @f.copy1(...) ... }
//!   { ... call @f(...) ... }  =>  define @f.copy1(n) alwaysinline { ... call @f.copy2(...) ... }
//!                             define @f.copy2(n) alwaysinline { ... call @f(...) ... }
//! ```
//!
//! Half of the calls or more end at once, in the base case. So the last copy calls a front,
//! which is inlined too: it computes the base case, and calls the function for all others.
//!
//! Sites are written as in the function itself, so a traceback has a frame for each level.
//! Only the function looks whether there is stack left: a frame has few small bodies, for
//! which the reserve below the limit is enough. Nor do copies poll, unless there are loops. Functions that call each other in a ring
//! of their own stay as they are.

use cumbia_backend::is_entry;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Effects, Function, Imm, InstData, Module, Opcode};

/// Most instructions that a function and its copies have when all are inlined.
const MOST_INSTRUCTIONS: usize = 600;

/// Most copies of one function. `benches/kernels`, over gcc, of 1, 2, 3 and 4 copies where
/// so many are allowed: Fibonacci 1.38, 1.03, 0.91, 0.76; Ackermann 1.61, 1.4, 1.21, 1.19.
const MOST_COPIES: usize = 4;

/// Most copies of a function with loops, which lie in one another when they are inlined. A
/// branch that has a place of its own for each level is guessed better, but values that live
/// around the loops have no registers any more. Over gcc, of 0, 1, 2, 3, 4 and 6 copies:
/// queens 3.6, 3.4, 3.1, 2.6, 1.9, 1.5; partitions 2.2, 2.0, 2.1, 2.1, 2.3, 2.7.
const MOST_WITH_LOOPS: usize = 4;

/// Of each function of a module, how many copies it gets.
pub(super) fn copies(module: &Module) -> Vec<usize> {
    module.functions.iter().enumerate().map(|(index, f)| copies_of(index, f)).collect()
}

fn copies_of(index: usize, function: &Function) -> usize {
    let insts = || function.layout.iter().flat_map(|&block| &function.block(block).insts);
    let to_itself = |data: &InstData| {
        matches!(data.op, Opcode::Call | Opcode::TryCall)
            && matches!(data.imm, Imm::Func(callee) if callee.index() == index)
    };
    let calls = insts().filter(|&&inst| to_itself(function.inst(inst))).count();
    if calls == 0 || is_entry(function) {
        return 0;
    }
    let most = if has_loops(function) { MOST_WITH_LOOPS } else { MOST_COPIES };
    let size = insts().count();
    let (mut all, mut level) = (size, size);
    for copies in 0..most {
        level = level.saturating_mul(calls);
        all = all.saturating_add(level);
        if all > MOST_INSTRUCTIONS {
            return copies;
        }
    }
    most
}

/// Of each function with copies: which of the two ways from its entry is the base case, where
/// that only computes. Then the last copy calls a front, which is inlined: it computes the
/// base case without a frame, and calls the function for all others.
pub(super) fn fronts(module: &Module, copies: &[usize]) -> Vec<Option<usize>> {
    let front = |(function, &copies)| (copies > 0).then(|| base_case(function)).flatten();
    module.functions.iter().zip(copies).map(front).collect()
}

/// Most operations of a base case, and of the way there.
const MOST_IN_BASE: usize = 8;

fn base_case(function: &Function) -> Option<usize> {
    let cfg = Cfg::new(function);
    let entry = function.entry();
    let branch = function.inst(function.terminator(entry)?);
    let short = |block: Block| {
        let insts = &function.block(block).insts;
        let before = |op| block == entry && matches!(op, Opcode::StackCheck | Opcode::Poll);
        insts.len() <= MOST_IN_BASE
            && insts.iter().all(|&inst| match function.inst(inst).op {
                Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => block != entry,
                op => op.effects() == Effects::Pure || op.is_terminator() || before(op),
            })
    };
    if branch.op != Opcode::Br || !cfg.preds(entry).is_empty() || !short(entry) {
        return None;
    }
    let returns = |block: Block| {
        let last = function.terminator(block).map(|inst| function.inst(inst).op);
        last == Some(Opcode::Return) && cfg.preds(block).len() == 1 && short(block)
    };
    let ways = [0, 1].map(|way| returns(branch.targets[way].block));
    match ways {
        [true, false] => Some(0),
        [false, true] => Some(1),
        _ => None,
    }
}

pub(super) fn has_loops(function: &Function) -> bool {
    let cfg = Cfg::new(function);
    let dominators = DominatorTree::new(function, &cfg);
    LoopForest::new(function, &cfg, &dominators).innermost_first().next().is_some()
}

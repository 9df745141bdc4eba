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
//! Sites are written as in the function itself, so a traceback has a frame for each level.
//! Only the function looks whether there is stack left: a frame has few small bodies, for
//! which the reserve below the limit is enough. Functions that call each other in a ring
//! of their own stay as they are.

use cumbia_backend::is_entry;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Function, Imm, InstData, Module, Opcode};

/// Most instructions that a function and its copies have when all are inlined.
const MOST_INSTRUCTIONS: usize = 400;

/// Most copies of one function. `benches/kernels`, over Numba, of 0, 1, 2, 3 and 7 copies:
/// Fibonacci 0.99, 0.72, 0.58, 0.52, 0.50; Ackermann 0.99, 0.57, 0.43, 0.44, 0.44.
const MOST_COPIES: usize = 3;

/// Most copies of a function with loops, which lie in one another when they are inlined:
/// partitions 0.81, 0.76, 0.86, 0.96, 1.19; queens 1.78, 1.02, 0.96, 1.34, 1.00.
const MOST_WITH_LOOPS: usize = 1;

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

pub(super) fn has_loops(function: &Function) -> bool {
    let cfg = Cfg::new(function);
    let dominators = DominatorTree::new(function, &cfg);
    LoopForest::new(function, &cfg, &dominators).innermost_first().next().is_some()
}

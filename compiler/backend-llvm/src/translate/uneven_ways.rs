//! Loops with a branch of which one way alone stores.
//!
//! ```text
//!   block2:
//!     br v31, block3, block4
//!   block3:                          a store that the other way hasn't: the branch stays one
//!     store.f64 v39, v34 !data
//!     jump block5
//!   block4:
//!     jump block5
//! ```
//!
//! LLVM makes up to eight turns of a loop one, to spare the test between them. Where a turn
//! branches anyway nothing is gained by it (no kernel became quicker or slower by more than a
//! percent), while the code is several times as long: a function of 1,000 lines with a hundred
//! such loops took a third longer to compile. So LLVM is told to leave the turns as they are.
//!
//! Not such: branches whose ways store alike, of which one store of a choice becomes (the tables
//! of an edit distance are a fifth quicker with several turns in one), and those that only
//! choose a value.

use super::wishes::Loops;
use cumbia_ir::analysis::Loop;
use cumbia_ir::{Opcode, Target};

/// Whether a loop is such a one.
pub(super) fn is_in(loops: &Loops<'_>, this: &Loop) -> bool {
    let func = loops.func;
    // What follows the branch on both ways isn't one of them.
    let stores = |way: &Target| match loops.cfg.preds(way.block) {
        [_] => {
            let insts = &func.block(way.block).insts;
            insts.iter().filter(|&&inst| func.inst(inst).op == Opcode::Store).count()
        }
        _ => 0,
    };
    this.blocks.iter().filter_map(|&block| func.terminator(block)).any(|end| {
        let ways = &func.inst(end).targets;
        let stays = |way: &Target| this.blocks.contains(&way.block) && !func.block(way.block).cold;
        func.inst(end).op == Opcode::Br
            && ways.iter().all(stays)
            && stores(&ways[0]) != stores(&ways[1])
    })
}

#[cfg(test)]
mod tests {
    use crate::translate::wishes::tests::asks_for_something;

    /// A loop through elements in which one way stores, and the other does what is given.
    fn leaves_turns(other: &str) -> bool {
        let text = format!(
            "func @f(ptr, i64, i64) -> () {{\n\
             block0(v0: ptr, v1: i64, v2: i64):\n    v3 = iconst.i64 1\n    \
             jump block1(v3)\n\
             block1(v4: i64):\n    v5 = icmp.i64.slt v4, v1\n    br v5, block2, block6\n\
             block2:\n    v6 = load.i64 v0 !data\n    v7 = icmp.i64.slt v6, v2\n    \
             br v7, block3, block4\n\
             block3:\n    store.i64 v4, v0 !data\n    jump block5\n\
             block4:\n    {other}\n    jump block5\n\
             block5:\n    v8 = iadd.i64 v4, v3\n    jump block1(v8)\n\
             block6:\n    return\n}}\n"
        );
        asks_for_something(&text)
    }

    #[test]
    fn turns_are_left_where_one_way_stores() {
        assert!(leaves_turns("v9 = imul.i64 v4, v4"));
        assert!(!leaves_turns("store.i64 v1, v0 !data"));
    }
}

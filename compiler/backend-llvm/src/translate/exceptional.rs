//! Blocks that rarely run: those marked cold, and those from which every way leads to an
//! exception or to such blocks.
//!
//! ```text
//!     v3 = fcmp.f64.le v1, v2
//!     br v3, block4, block5             block4 is rare: LLVM keeps it out of the loop's
//! block4:                               way, and computes nothing for it beforehand
//!     raise ValueError "math domain error"
//! ```
//!
//! LLVM's own guess is one of two for such a branch: a raise is some stores and a return.
//! Loops that only a raise leaves aren't rare themselves.

use cumbia_ir::analysis::Cfg;
use cumbia_ir::{Block, Function, Opcode};

/// Whether each block rarely runs.
pub(super) fn rare_blocks(func: &Function) -> Vec<bool> {
    let mut rare: Vec<bool> =
        (0..func.num_blocks()).map(|b| func.block(Block::new(b)).cold).collect();
    let raises = func.layout.iter().any(|&block| {
        func.terminator(block).is_some_and(|inst| func.inst(inst).op == Opcode::Raise)
    });
    if !raises {
        return rare;
    }
    let cfg = Cfg::new(func);
    for &block in cfg.rpo().iter().rev() {
        let Some(inst) = func.terminator(block) else { continue };
        let data = func.inst(inst);
        rare[block.index()] |= match data.op {
            Opcode::Raise | Opcode::Rethrow => true,
            Opcode::Jump | Opcode::Br => {
                data.targets.iter().all(|target| rare[target.block.index()])
            }
            _ => false,
        };
    }
    rare
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    #[test]
    fn ways_to_an_exception_are_rare() {
        let text = "func @f(i64, i64) -> (i64) {\n\
            block0(v0: i64, v1: i64):\n    v2 = icmp.i64.slt v0, v1\n    br v2, block1, block2\n\
            block1:\n    v3 = icmp.i64.slt v0, v0\n    br v3, block3, block4\n\
            block2:\n    v4 = icmp.i64.slt v1, v1\n    br v4, block5, block5\n\
            block3:\n    raise ValueError \"a\"\n\
            block4:\n    raise OverflowError \"b\"\n\
            block5:\n    return v0\n}\n";
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        let marked = |name: &str| {
            let branch = text.lines().find(|line| line.contains(&format!("br i1 %{name},")));
            branch.expect("the branch").contains("!prof !1")
        };
        // Into the blocks that raise, and between two of them.
        assert!(marked("v2") && !marked("v3"));
    }
}

//! Floats that a branching loop carries, which LLVM would carry as one vector.
//!
//! ```text
//!   block1(v1: f64, v2: f64):             a complex number from turn to turn
//!     ...
//!     br v20, block2, block3
//!   block2:
//!     ...
//!     jump block4(v30, v31)
//!   block3:
//!     ...
//!     jump block4(v40, v41)
//!   block4(v50: f64, v51: f64):
//!     jump block1(v50, v51)
//! ```
//!
//! LLVM computes pairs of floats side by side where that saves instructions. Here each turn
//! waits for the turn before, so what counts is how long one value takes, and parts of a pair
//! that meet (the real part of a product is of both) are brought together by shuffles, of two
//! cycles each, through all the ways that part and meet again: Newton's method for complex roots
//! took a sixth longer. No loop can ask to be spared that, so the function does, if it has no
//! other innermost loops (and no other function has loops, as what is inlined takes the wish
//! along). `noimplicitfloat` is meant for kernels of operating systems; to LLVM's passes it says
//! that they are to make no vectors, and operations on floats stay what they are.
//!
//! Not such: loops that load or store, as pairs from memory are pairs already; and those without
//! a branch inside (a polynomial of complex numbers is twice as fast with pairs).

use super::wishes::Loops;
use cumbia_ir::analysis::Loop;
use cumbia_ir::{Opcode, Target, Type};

/// Whether an innermost loop is such a one.
pub(super) fn is_in(loops: &Loops<'_>, this: &Loop) -> bool {
    let func = loops.func;
    let params = &func.block(this.header).params;
    let floats = params.iter().filter(|&&param| func.value_type(param) == Type::F64).count();
    let insts = || this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    let is_kept = |op: Opcode| !matches!(op, Opcode::Load | Opcode::Store | Opcode::Call);
    let stays = |way: &Target| this.blocks.contains(&way.block) && !func.block(way.block).cold;
    let branches = this.blocks.iter().filter_map(|&block| func.terminator(block)).any(|end| {
        let data = func.inst(end);
        data.op == Opcode::Br
            && data.targets[0].block != data.targets[1].block
            && data.targets.iter().all(stays)
    });
    floats >= 2 && branches && insts().all(|&inst| is_kept(func.inst(inst).op))
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// A loop that carries two floats through a branch, with something done in one way, and
    /// followed by something.
    fn is_spared_pairs(way: &str, rest: &str) -> bool {
        let text = format!(
            "func @f(ptr, i64, f64) -> () {{\n\
             block0(v0: ptr, v1: i64, v2: f64):\n    v3 = iconst.i64 1\n    \
             jump block1(v3, v2, v2)\n\
             block1(v4: i64, v5: f64, v6: f64):\n    v7 = icmp.i64.slt v4, v1\n    \
             br v7, block2, block6(v5)\n\
             block2:\n    v8 = fcmp.f64.lt v5, v6\n    br v8, block3, block4\n\
             block3:\n    v9 = fdiv.f64 v5, v6\n    {way}\n    jump block5(v9, v5)\n\
             block4:\n    v10 = fdiv.f64 v6, v5\n    jump block5(v6, v10)\n\
             block5(v11: f64, v12: f64):\n    v13 = iadd.i64 v4, v3\n    \
             jump block1(v13, v11, v12)\n\
             block6(v14: f64):\n    store.f64 v14, v0 !data\n    {rest}\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        text.contains("noimplicitfloat")
    }

    #[test]
    fn pairs_are_spared_where_all_loops_are_of_floats_that_branch() {
        assert!(is_spared_pairs("", "return"));
        assert!(!is_spared_pairs("store.f64 v9, v0 !data", "return"));
        let another = "jump block7(v3)\nblock7(v15: i64):\n    v16 = icmp.i64.slt v15, v1\n    \
                       br v16, block8, block9\nblock8:\n    store.i64 v15, v0 !data\n    \
                       v17 = iadd.i64 v15, v3\n    jump block7(v17)\nblock9:\n    return";
        assert!(!is_spared_pairs("", another));
    }
}

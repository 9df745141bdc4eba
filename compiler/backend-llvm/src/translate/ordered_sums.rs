//! Loops whose sums keep LLVM from gaining by vectors, which it doesn't see.
//!
//! ```text
//!   block1(v1: i64, v2: f64, v3: f64):    each turn waits for the additions of the turn before,
//!     ...                                 some four cycles for each, and all else is done in
//!     v20 = fadd.f64 v2, v18              the meantime
//!     v21 = fadd.f64 v3, v19
//! ```
//!
//! The additions of a sum in order are made one by one with vectors too. What vectors speed up
//! is the rest, which costs nothing here if it is little; and elements that don't lie side by
//! side (a complex array's real parts) are brought together and taken apart again by shuffles,
//! of which the processor does one in a cycle. Then they cost time: a product of complex
//! arrays took a quarter longer. Without them LLVM still computes pairs side by side.
//!
//! Of what lies side by side vectors take no longer, and what is done in the meantime is the less
//! (the distances of k-means lose a third without them). But a vector that is loaded behind stores
//! of single elements waits until these have reached the cache: a filter's function, whose caller
//! in C has just gathered 25 elements, took three times as long. So it is functions for C that do
//! without, if there is little to be done.
//!
//! Not such: divisions, roots and calls, which vectors do make faster; sums that may be
//! reordered.

use cumbia_ir::analysis::Loop;
use cumbia_ir::{Block, Function, InstData, Opcode, Type, Value};

/// Instructions that a processor does while it waits for one addition.
const MEANWHILE: usize = 24;
/// The same for elements that lie side by side, in functions for C.
const MEANWHILE_IN_ROWS: usize = 16;
/// Additions to one sum in a turn that are looked for.
const LONGEST: usize = 8;

/// Whether an innermost loop with one latch is such a one, in a function for a caller in C or
/// one that it calls, or in another one.
pub(super) fn waits_for_sums(func: &Function, this: &Loop, latch: Block, for_c: bool) -> bool {
    let insts =
        || this.blocks.iter().flat_map(|&block| &func.block(block).insts).map(|&i| func.inst(i));
    if !insts().any(is_addition) {
        return false;
    }
    let slow = |data: &InstData| {
        let divides = matches!(data.op, Opcode::Fdiv | Opcode::Fsqrt);
        divides || matches!(data.op, Opcode::Call | Opcode::ExternCall)
    };
    if insts().any(slow) {
        return false;
    }
    let meanwhile = match insts().any(|data| is_apart(func, data)) {
        true => MEANWHILE,
        false if for_c => MEANWHILE_IN_ROWS,
        false => return false,
    };
    let Some(back) = func.terminator(latch) else { return false };
    let Some(edge) = func.inst(back).targets.iter().find(|to| to.block == this.header) else {
        return false;
    };
    let params = &func.block(this.header).params;
    let chains = params.iter().zip(&edge.args);
    let longest = chains.filter_map(|(&sum, &next)| additions(func, next, sum, LONGEST)).max();
    longest.is_some_and(|additions| insts().count() <= meanwhile * additions)
}

/// How many additions lead from a sum to what it becomes, if nothing else does.
fn additions(func: &Function, at: Value, sum: Value, most: usize) -> Option<usize> {
    if at == sum {
        return Some(0);
    }
    let data = func.inst(func.def_inst(at)?);
    if most == 0 || !is_addition(data) {
        return None;
    }
    let before = |&arg: &Value| additions(func, arg, sum, most - 1);
    data.args.iter().find_map(before).map(|count| count + 1)
}

fn is_addition(data: &InstData) -> bool {
    matches!(data.op, Opcode::Fadd | Opcode::Fsub) && data.fast.is_none()
}

/// Whether this loads elements that are further from each other than their size.
fn is_apart(func: &Function, data: &InstData) -> bool {
    if data.op != Opcode::Load {
        return false;
    }
    let size = match data.ty {
        Some(Type::F64) => 8,
        Some(Type::F32) => 4,
        _ => return false,
    };
    let operation = |value: Value| func.def_inst(value).map(|inst| func.inst(inst));
    let Some(address) = operation(data.args[0]).filter(|data| data.op == Opcode::PtrAdd) else {
        return false;
    };
    operation(address.args[1]).is_some_and(|offset| match offset.op {
        Opcode::Imul => {
            offset.args.iter().any(|&by| func.int_const(by).is_some_and(|by| by > size))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// A sum of what `stride` bytes lie between; `made` computes a term of it.
    fn asks_for_no_vectors(stride: u8, made: &str, sum: &str) -> bool {
        let text = format!(
            "func @f(ptr, i64) -> (f64) {{\n\
             block0(v0: ptr, v1: i64):\n    v2 = iconst.i64 0\n    v3 = iconst.i64 1\n    \
             v4 = iconst.i64 {stride}\n    v5 = fconst.f64 0.0\n    jump block1(v2, v5)\n\
             block1(v6: i64, v7: f64):\n    v8 = icmp.i64.slt v6, v1\n    br v8, block2, block3\n\
             block2:\n    v9 = imul.i64 v6, v4\n    v10 = ptr_add v0, v9\n    \
             v11 = load.f64 v10 !data\n    v12 = {made} v11, v11\n    v13 = {sum}\n    \
             v14 = iadd.i64 v6, v3\n    jump block1(v14, v13)\n\
             block3:\n    return v7\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        text.lines().any(|line| line.contains("br label") && line.contains("!llvm.loop"))
    }

    #[test]
    fn elements_apart_are_added_one_by_one() {
        assert!(asks_for_no_vectors(16, "fmul.f64", "fadd.f64 v7, v12"));
        assert!(!asks_for_no_vectors(8, "fmul.f64", "fadd.f64 v7, v12"));
        assert!(!asks_for_no_vectors(16, "fdiv.f64", "fadd.f64 v7, v12"));
        assert!(!asks_for_no_vectors(16, "fmul.f64", "fadd.f64 v7, v12 fast reassoc"));
        assert!(!asks_for_no_vectors(16, "fadd.f64", "fmul.f64 v7, v12"));
    }
}

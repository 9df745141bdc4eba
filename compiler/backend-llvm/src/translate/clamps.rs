//! Bounds of minima and maxima that are to stay where they are.
//!
//! ```text
//!     v6 = smax.i64 v3, v2               v2 is a constant, v5 what the last turn computed
//!     v7 = smax.i64 v5, v6
//! ```
//!
//! LLVM takes constants last, whatever a turn waits for, and so makes the way from turn to turn
//! longer that the IR's pass `latest_last` made short. In loops such a constant is therefore a
//! value that LLVM doesn't know, made at the function's beginning: of no instruction, in a
//! register.

use super::function::FunctionCx;
use super::module::llvm_type;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Function, Opcode, Value};
use std::collections::BTreeMap;

/// Of results of operations: which operand is hidden from LLVM, and its name.
pub(super) type Clamps = BTreeMap<Value, (usize, String)>;

/// Makes the hidden values, in the current block.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>) -> Clamps {
    let mut names: BTreeMap<Value, String> = BTreeMap::new();
    let mut clamps = Clamps::new();
    for (result, at) in find(fx.func) {
        let inst = fx.func.def_inst(result).expect("an operation's result");
        let bound = fx.func.inst(inst).args[at];
        let hidden = names.entry(bound).or_insert_with(|| {
            let (ty, constant) = (llvm_type(fx.type_of(bound)), fx.value(bound));
            fx.temporary(&format!("call {ty} asm \"\", \"=r,0\"({ty} {constant})"))
        });
        clamps.insert(result, (at, hidden.clone()));
    }
    clamps
}

/// Operations in loops of a value and a constant, with one use, by an operation of their kind.
fn find(func: &Function) -> Vec<(Value, usize)> {
    let extreme =
        |op: Opcode| matches!(op, Opcode::Smax | Opcode::Smin | Opcode::Umax | Opcode::Umin);
    let insts = |&block: &Block| func.block(block).insts.clone();
    let mut found = Vec::new();
    if func.layout.iter().flat_map(insts).filter(|&i| extreme(func.inst(i).op)).count() < 2 {
        return found;
    }
    let mut uses = vec![0; func.num_values()];
    for inst in func.layout.iter().flat_map(insts) {
        func.for_each_use(inst, |value| uses[value.index()] += 1);
    }
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    for block in func.layout.iter().filter(|&&block| forest.loop_of(block).is_some()) {
        for inst in insts(block) {
            let root = func.inst(inst);
            if !extreme(root.op) || root.args.iter().any(|&arg| func.int_const(arg).is_some()) {
                continue;
            }
            for &arg in &root.args {
                let Some(inner) = func.def_inst(arg).map(|inst| func.inst(inst)) else { continue };
                let same = inner.op == root.op && inner.ty == root.ty && uses[arg.index()] == 1;
                let bound =
                    (0..inner.args.len()).find(|&i| func.int_const(inner.args[i]).is_some());
                if let (true, Some(at)) = (same, bound) {
                    found.push((arg, at));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    #[test]
    fn constants_in_loops_are_hidden() {
        let body = |bound: &str| {
            format!(
                "func @f(i64, i64) -> (i64) {{\n\
                 block0(v0: i64, v1: i64):\n    v2 = iconst.i64 0\n    v3 = iconst.i64 1\n    \
                 jump block1(v2, v0)\n\
                 block1(v4: i64, v5: i64):\n    v6 = icmp.i64.slt v4, v1\n    \
                 br v6, block2, block3\n\
                 block2:\n    v7 = isub.i64 v5, v3\n    v8 = smax.i64 v4, {bound}\n    \
                 v9 = smax.i64 v7, v8\n    v10 = iadd.i64 v4, v3\n    poll\n    \
                 jump block1(v10, v9)\n\
                 block3:\n    return v5\n}}\n"
            )
        };
        let translated = |bound: &str| {
            let module = cumbia_ir::parse_module(&body(bound)).expect("the text is IR");
            translate(&module, Choices::default()).expect("it translates").text
        };
        assert!(translated("v2").contains("call i64 asm \"\", \"=r,0\"(i64 0)"));
        assert!(!translated("v0").contains(" asm \"\""));
    }
}

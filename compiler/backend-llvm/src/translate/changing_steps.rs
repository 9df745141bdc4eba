//! Loops through elements whose distance changes from run to run of the loop.
//!
//! ```text
//!   for i in range(2, n):                  the multiples of i in a sieve: between two
//!       for j in range(i * i, n, i):       elements lie i of them
//!           composite[j] = 1
//! ```
//!
//! LLVM makes eight turns of such a loop one. Then the places of seven elements beside the
//! first are distances that go up with the outer loop, for each of which it keeps a counter
//! there, in memory since registers don't suffice; a sieve, most of whose runs are short or
//! empty, took twice as long. The loop itself gains nothing: each turn goes to another line of
//! the cache. So LLVM is told to leave its turns as they are.
//!
//! Not such: distances that are the same in all runs, as strides of arrays are.

use super::wishes::Loops;
use cumbia_ir::analysis::{Loop, LoopId};
use cumbia_ir::{Function, InstData, Opcode, Type, Value};
use std::collections::HashSet;

/// Whether an innermost loop is such a one.
pub(super) fn is_in(loops: &Loops<'_>, id: LoopId) -> bool {
    let this = &loops.forest.loops[id];
    let Some(mut around) = this.parent else { return false };
    while let Some(parent) = loops.forest.loops[around].parent {
        around = parent;
    }
    has_changing_step(loops.func, this, &loops.forest.loops[around])
}

/// Whether something that changes in the loop is multiplied by what changes around it only.
fn has_changing_step(func: &Function, this: &Loop, around: &Loop) -> bool {
    let insts = || this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    let multiplies = |data: &InstData| data.op == Opcode::Imul && data.ty == Some(Type::I64);
    if !insts().any(|&inst| multiplies(func.inst(inst))) {
        return false;
    }
    let (inner, outer) = (made_in(func, this), made_in(func, around));
    let changes = |varying: Value, step: Value| {
        inner.contains(&varying) && !inner.contains(&step) && outer.contains(&step)
    };
    insts().map(|&inst| func.inst(inst)).any(|data| {
        multiplies(data)
            && (changes(data.args[0], data.args[1]) || changes(data.args[1], data.args[0]))
    })
}

/// The values that a loop's blocks make.
fn made_in(func: &Function, this: &Loop) -> HashSet<Value> {
    let values = this.blocks.iter().flat_map(|&block| {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        data.params.iter().chain(results).copied()
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use crate::translate::wishes::tests::asks_for_something;

    /// A loop in a loop of `v4`, whose elements are `step` apart.
    fn leaves_turns(step: &str) -> bool {
        let text = format!(
            "func @f(ptr, i64) -> () {{\n\
             block0(v0: ptr, v1: i64):\n    v2 = iconst.i64 1\n    v3 = iconst.i8 1\n    \
             jump block1(v2)\n\
             block1(v4: i64):\n    v5 = icmp.i64.slt v4, v1\n    br v5, block2(v2), block4\n\
             block2(v6: i64):\n    v7 = icmp.i64.slt v6, v1\n    br v7, block3, block5\n\
             block3:\n    v8 = imul.i64 v6, {step}\n    v9 = ptr_add v0, v8\n    \
             store.i8 v3, v9 !data\n    v10 = iadd.i64 v6, v2\n    jump block2(v10)\n\
             block5:\n    v11 = iadd.i64 v4, v2\n    jump block1(v11)\n\
             block4:\n    return\n}}\n"
        );
        asks_for_something(&text)
    }

    #[test]
    fn turns_are_left_where_the_step_is_another_in_each_run() {
        assert!(leaves_turns("v4"));
        assert!(!leaves_turns("v1"));
        assert!(!leaves_turns("v6"));
    }
}

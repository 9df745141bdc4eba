//! Which of the values that an entry reads from its slots are lengths of arrays.
//!
//! A length isn't negative. LLVM can't know, and needs it to make one comparison of the two
//! that an index takes (`0 <= i` and `i < n`). Functions' parameters say which they are (the
//! IR's `arrays`); an entry hands them what it has loaded.

use cumbia_ir::{Function, Imm, Module, Opcode, Value};

/// The loaded values that are handed on as lengths, in order.
pub(super) fn loaded(module: &Module, func: &Function) -> Vec<Value> {
    let mut found = Vec::new();
    for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
        let data = func.inst(inst);
        let (Opcode::Call, Imm::Func(callee)) = (data.op, &data.imm) else { continue };
        for array in &module.function(*callee).arrays {
            let first = array.data as usize + 1;
            let lengths = data.args.iter().skip(first).take(array.axes as usize);
            found.extend(lengths.copied().filter(|&length| {
                func.def_inst(length).is_some_and(|load| func.inst(load).op == Opcode::Load)
            }));
        }
    }
    found.sort_unstable();
    found
}

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

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    #[test]
    fn entries_say_that_lengths_are_not_negative() {
        let text = "func @f(ptr, i64, i64) -> (i64) arrays(0:1:8) {\n\
                    block0(v0: ptr, v1: i64, v2: i64):\n    return v1\n}\n\
                    func @entry.f(ptr, ptr) -> () {\nblock0(v0: ptr, v1: ptr):\n\
                    v2 = load.ptr v0 !slots\n    v3 = load.i64 v0+8 !slots\n\
                    v4 = load.i64 v0+16 !slots\n    v5 = call @f(v2, v3, v4)\n\
                    store.i64 v5, v1 !slots\n    return\n}\n";
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        let marked: Vec<&str> = text.lines().filter(|line| line.contains("!range")).collect();
        // The length, and neither the address nor the distance behind it.
        assert_eq!(marked.len(), 1, "{text}");
        assert!(marked[0].contains("load i64") && text.contains("= !{i64 0, i64 -92"));
    }
}

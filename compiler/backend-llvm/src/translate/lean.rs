//! Functions that only compute: no context, no status.
//!
//! A pure function whose callees are of this kind, and which calls no runtime function (its
//! address comes from the context). LLVM is told that a call touches no memory.

use cumbia_backend::is_entry;
use cumbia_ir::{Function, Imm, Module};

/// Of each function of a module, whether it is one.
pub(super) fn functions(module: &Module) -> Vec<bool> {
    let mut lean: Vec<bool> =
        module.functions.iter().map(|f| f.pure && is_inner(f) && !calls_runtime(f)).collect();
    // Callees mostly come later; few rounds settle it.
    loop {
        let before = lean.clone();
        for (index, function) in module.functions.iter().enumerate().rev() {
            lean[index] &= callees(function).all(|callee| lean[callee]);
        }
        if before == lean {
            return lean;
        }
    }
}

fn is_inner(function: &Function) -> bool {
    !is_entry(function) && function.for_c.is_none()
}

fn immediates(function: &Function) -> impl Iterator<Item = &Imm> {
    let insts = function.layout.iter().flat_map(|&block| &function.block(block).insts);
    insts.map(|&inst| &function.inst(inst).imm)
}

fn calls_runtime(function: &Function) -> bool {
    immediates(function).any(|imm| matches!(imm, Imm::Extern(_)))
}

fn callees(function: &Function) -> impl Iterator<Item = usize> {
    immediates(function).filter_map(|imm| match imm {
        Imm::Func(callee) => Some(callee.index()),
        _ => None,
    })
}

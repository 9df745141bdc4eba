//! Calls of functions of other code, which the linker brings: `declare float @mul(ptr, float)`.
//!
//! LLVM knows nothing of what such a function does: it may write to any memory whose address it
//! can have, and threads may meet in it.

use crate::translate::function::FunctionCx;
use crate::translate::module::llvm_type;
use cumbia_abi::Linked;
use cumbia_ir::InstData;

/// Writes a call, or the answer whether the code is emulated.
pub(in crate::translate) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData, callee: usize) {
    let decl = &fx.shared.module.externs[callee];
    let Some(linked) = Linked::of(&decl.name) else {
        return fx.define(data, "and i1 false, false");
    };
    let values: Vec<(&str, String)> =
        data.args.iter().map(|&arg| (llvm_type(fx.type_of(arg)), fx.value(arg))).collect();
    let args: Vec<(&str, &str)> = values.iter().map(|(ty, value)| (*ty, value.as_str())).collect();
    let result = decl.result.map_or("void", llvm_type);
    let call = fx.intrinsic(linked.symbol, result, &args) + " convergent nounwind";
    match decl.result {
        Some(_) => fx.define(data, &call),
        None => fx.line(&call),
    }
}

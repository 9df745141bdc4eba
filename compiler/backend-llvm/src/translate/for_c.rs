//! Functions for callers in C: the context in the frame, and the control of floats.
//!
//! LLVM mustn't know that the context is memory of the frame: fields that never change during
//! a call are marked so, which isn't true of the frame before the copy. An empty piece of
//! assembly that may read the copy gives its address. LLVM removes all of it where the callee
//! is inlined and uses no context.
//!
//! Operations on floats don't depend on the control register for LLVM. What goes into the call
//! and comes out of it passes through empty pieces of assembly, so that nothing is computed
//! before the register is set, or after it was put back.

use super::function::FunctionCx;
use super::metadata::SECOND_IS_COLD;
use super::module::{data_symbol, llvm_type};
use cumbia_abi::{C_CONTEXT_SIZE, Context};
use cumbia_ir::{DataId, InstData, Type};

/// Writes what the function begins with.
pub(super) fn write_context(fx: &mut FunctionCx<'_, '_>, data: DataId) {
    let size = size_of::<Context>();
    // No part of the copy lies across two lines or pages: what is read right behind it would
    // wait for that.
    fx.line(&format!("%frame = alloca [{size} x i8], align 32"));
    fx.line("%result = alloca i64, align 8");
    fx.line("%word = alloca i32, align 4");
    let filled = data_symbol(data.index());
    let copy = fx.intrinsic(
        "llvm.memcpy.p0.p0.i64",
        "void",
        &[
            ("ptr", "%frame"),
            ("ptr", &filled),
            ("i64", &C_CONTEXT_SIZE.to_string()),
            ("i1", "false"),
        ],
    );
    fx.line(&copy);
    fx.line(
        "%context = call ptr asm \"\", \"=r,0,~{memory}\"(ptr %frame) \
         nounwind willreturn memory(argmem: read)",
    );
}

/// The context that the boundary has filled: for runtime functions that look at none. One in
/// the frame would be made for them alone.
pub(super) fn filled_context(fx: &FunctionCx<'_, '_>) -> String {
    match fx.func.for_c {
        Some(data) => data_symbol(data.index()),
        None => "%context".to_owned(),
    }
}

/// A float that isn't known from here on.
pub(super) fn fenced(fx: &mut FunctionCx<'_, '_>, ty: Type, value: &str) -> String {
    if fx.func.for_c.is_none() || !ty.is_float() {
        return value.to_owned();
    }
    let (ty, class) = (llvm_type(ty), if cfg!(target_arch = "x86_64") { 'x' } else { 'w' });
    fx.temporary(&format!("call {ty} asm sideeffect \"\", \"={class},0\"({ty} {value})"))
}

/// `c_floats`: the register is read here, and the runtime asked where it isn't the default.
pub(super) fn write_floats(fx: &mut FunctionCx<'_, '_>, data: &InstData, ask: &str) {
    if !cfg!(target_arch = "x86_64") {
        return fx.define(data, ask);
    }
    let read = fx.intrinsic("llvm.x86.sse.stmxcsr", "void", &[("ptr", "%word")]);
    fx.line(&read);
    let word = fx.temporary("load i32, ptr %word");
    // All but the sticky flags; all traps masked, and nothing else (`float_control.rs`).
    let control = fx.temporary(&format!("and i32 {word}, {}", 0xffc0));
    let is_default = fx.temporary(&format!("icmp eq i32 {control}, {}", 0x1f80));
    let (ask_for_it, next) = (fx.new_block(), fx.new_block());
    let found = fx.add_param(next, "i64");
    fx.flows(next, &["0".to_owned()]);
    fx.branch(&is_default, next, ask_for_it, SECOND_IS_COLD);
    fx.switch_to(ask_for_it);
    let asked = fx.temporary(ask);
    fx.jump(next, &[asked]);
    fx.switch_to(next);
    fx.define(data, &format!("bitcast i64 {found} to i64"));
}

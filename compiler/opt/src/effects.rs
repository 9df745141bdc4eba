//! What one instruction may do beside computing its results.
//!
//! The opcode table's effects, narrowed by what the table can't say: an extern
//! call's declaration, the region of an access, and that `poll` and `stack_check`
//! leave memory as it is. Nothing here looks at more than one instruction: a `call` may
//! do anything unless its callee is marked `pure`.

use cumbia_ir::{Effects, ExternEffects, Function, Imm, Inst, Module, Opcode, Region, Shape};

/// Whether an unused instruction may be deleted.
///
/// A read may (it has no effect that anybody sees); an operation that can raise
/// may not, since the exception is part of the function's meaning.
pub fn is_removable(func: &Function, module: &Module, inst: Inst) -> bool {
    let data = func.inst(inst);
    match data.op.effects() {
        Effects::Pure | Effects::Guarded | Effects::Read => true,
        Effects::All => is_pure_call(func, module, inst),
        Effects::Write | Effects::Raise | Effects::Terminator => false,
    }
}

/// Whether equal instructions (operation, operands, immediate) give equal results
/// wherever both run, so that a dominating one stands for the other.
pub fn is_shareable(func: &Function, module: &Module, inst: Inst) -> bool {
    match func.inst(inst).op.effects() {
        Effects::Pure | Effects::Guarded | Effects::Raise => true,
        Effects::All => is_pure_call(func, module, inst),
        _ => false,
    }
}

/// Whether the instruction may run at any place where its operands exist, even one
/// where the original program would not have run it.
///
/// Besides the pure operations these are the guarded ones whose constant operands
/// alone establish the precondition: a divisor that is neither 0 nor -1, a shift
/// amount below the width.
pub fn is_speculatable(func: &Function, module: &Module, inst: Inst) -> bool {
    let data = func.inst(inst);
    match data.op.effects() {
        Effects::Pure => true,
        Effects::All => is_pure_call(func, module, inst),
        Effects::Guarded => {
            let Some(&last) = data.args.last() else { return false };
            let Some(constant) = func.int_const(last) else { return false };
            match data.op {
                Opcode::Sdiv | Opcode::Srem | Opcode::Sfloordiv | Opcode::Sfloormod => {
                    constant != 0 && constant != -1
                }
                Opcode::Udiv | Opcode::Urem => constant != 0,
                Opcode::Ishl | Opcode::Sshr | Opcode::Ushr => {
                    let bits = data.ty.map_or(0, |ty| ty.bits());
                    (0..i64::from(bits)).contains(&constant)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether memory of `region` may hold something else after the instruction.
///
/// Constants are never written. Releasing an owner may free its elements, but no
/// later access can then refer to them, so it counts as a write of owners only.
pub fn clobbers(func: &Function, module: &Module, inst: Inst, region: Region) -> bool {
    if region == Region::Const {
        return false;
    }
    let data = func.inst(inst);
    match data.op {
        op if op.is_of_kernels() => region == Region::Data && op.effects() == Effects::All,
        Opcode::Store => matches!(data.imm, Imm::Mem { region: r, .. } if r == region),
        Opcode::Retain | Opcode::Release => region == Region::Owner,
        Opcode::Poll | Opcode::OsrPoll | Opcode::TryPoll | Opcode::StackCheck => false,
        Opcode::TryCall | Opcode::TryExternCall => true,
        op if matches!(op.shape(), Shape::Atomic | Shape::AtomicSwap) => region == Region::Data,
        Opcode::Call | Opcode::ExternCall => !is_pure_call(func, module, inst),
        _ => false,
    }
}

/// Whether the instruction does something that must not be overtaken by an
/// exception: a write, a call, a poll, or an exception of its own.
pub fn is_barrier(func: &Function, module: &Module, inst: Inst) -> bool {
    match func.inst(inst).op.effects() {
        Effects::Pure | Effects::Guarded | Effects::Read => false,
        Effects::All => !is_pure_call(func, module, inst),
        Effects::Write | Effects::Raise | Effects::Terminator => true,
    }
}

/// Whether the instruction is a call of a runtime function declared pure, or of a function
/// marked so.
pub fn is_pure_call(func: &Function, module: &Module, inst: Inst) -> bool {
    let data = func.inst(inst);
    match data.imm {
        Imm::Extern(id) => module.externs[id.index()].effects == ExternEffects::Pure,
        Imm::Func(id) => data.op == Opcode::Call && module.function(id).pure,
        _ => false,
    }
}

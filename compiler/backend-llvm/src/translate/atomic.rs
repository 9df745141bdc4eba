//! Atomic operations on elements of arrays, ordered as all threads see them.

use super::function::FunctionCx;
use super::module::llvm_type;
use cumbia_ir::{Imm, InstData, Opcode};

/// Writes one atomic operation. Without marks of what it may touch: it is rare.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Mem { offset, .. } = data.imm else { return Err("no memory immediate".into()) };
    let of = data.ty.ok_or("no type")?;
    let (ty, align) = (llvm_type(of), of.bytes());
    let base = fx.arg(data, data.args.len() - 1);
    let address = fx.offset(&base, i64::from(offset));
    let value = fx.arg(data, 0);
    // On a device no order is promised but by fences, and all that take part are its threads.
    let (order, both_orders) = match fx.shared.device {
        Some(_) => ("syncscope(\"device\") monotonic", "syncscope(\"device\") monotonic monotonic"),
        None => ("seq_cst", "seq_cst seq_cst"),
    };
    let op = match data.op {
        Opcode::AtomicCas => {
            let new = fx.arg(data, 1);
            let both = fx.temporary(&format!(
                "cmpxchg ptr {address}, {ty} {value}, {ty} {new} {both_orders}, align {align}"
            ));
            fx.define(data, &format!("extractvalue {{ {ty}, i1 }} {both}, 0"));
            return Ok(());
        }
        Opcode::AtomicAdd if of.is_float() => "fadd",
        Opcode::AtomicAdd => "add",
        Opcode::AtomicAnd => "and",
        Opcode::AtomicOr => "or",
        Opcode::AtomicXor => "xor",
        Opcode::AtomicExch => "xchg",
        Opcode::AtomicSmin => "min",
        Opcode::AtomicSmax => "max",
        Opcode::AtomicUmin => "umin",
        Opcode::AtomicUmax => "umax",
        op => return Err(format!("{} is not an atomic operation", op.name())),
    };
    fx.define(data, &format!("atomicrmw {op} ptr {address}, {ty} {value} {order}, align {align}"));
    Ok(())
}

//! Atomic operations on elements of arrays: the processor's, which Cranelift orders as all
//! threads see them. There is none that adds floats: the sum takes the old one's place, again
//! and again until nobody has come between.

use crate::function::FunctionCx;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, MemFlagsData, Value, types};
use cumbia_ir::{Imm, InstData, Opcode, Type};

/// Lowers one atomic operation.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Mem { offset, .. } = data.imm else { return Err("no memory immediate".into()) };
    let ty = data.ty.ok_or("no type")?;
    let address = fx.arg(data, data.args.len() - 1);
    let address = match offset {
        0 => address,
        offset => fx.b.ins().iadd_imm_s(address, i64::from(offset)),
    };
    let value = fx.arg(data, 0);
    let flags = MemFlagsData::trusted();
    let op = match data.op {
        Opcode::AtomicCas => {
            let new = fx.arg(data, 1);
            let old = fx.b.ins().atomic_cas(flags, address, value, new);
            fx.define(data, old);
            return Ok(());
        }
        Opcode::AtomicAdd if ty.is_float() => {
            let old = add_floats(fx, ty, address, value);
            fx.define(data, old);
            return Ok(());
        }
        Opcode::AtomicAdd => AtomicRmwOp::Add,
        Opcode::AtomicAnd => AtomicRmwOp::And,
        Opcode::AtomicOr => AtomicRmwOp::Or,
        Opcode::AtomicXor => AtomicRmwOp::Xor,
        Opcode::AtomicExch => AtomicRmwOp::Xchg,
        Opcode::AtomicSmin => AtomicRmwOp::Smin,
        Opcode::AtomicSmax => AtomicRmwOp::Smax,
        Opcode::AtomicUmin => AtomicRmwOp::Umin,
        Opcode::AtomicUmax => AtomicRmwOp::Umax,
        op => return Err(format!("{} is not an atomic operation", op.name())),
    };
    let ty = crate::signature::clif_type(ty);
    let old = fx.b.ins().atomic_rmw(ty, flags, op, address, value);
    fx.define(data, old);
    Ok(())
}

fn add_floats(fx: &mut FunctionCx<'_, '_>, ty: Type, address: Value, value: Value) -> Value {
    let (float, bits) = match ty {
        Type::F32 => (types::F32, types::I32),
        _ => (types::F64, types::I64),
    };
    let (again, done) = (fx.b.create_block(), fx.b.create_block());
    let known = fx.b.append_block_param(again, bits);
    let first = fx.b.ins().atomic_load(bits, MemFlagsData::trusted(), address);
    fx.b.ins().jump(again, &[first.into()]);
    fx.b.switch_to_block(again);
    let old = fx.b.ins().bitcast(float, MemFlagsData::new(), known);
    let sum = fx.b.ins().fadd(old, value);
    let new = fx.b.ins().bitcast(bits, MemFlagsData::new(), sum);
    let now = fx.b.ins().atomic_cas(MemFlagsData::trusted(), address, known, new);
    let same = fx.b.ins().icmp(IntCC::Equal, now, known);
    fx.b.ins().brif(same, done, &[], again, &[now.into()]);
    fx.b.switch_to_block(done);
    old
}

//! Constants, integer and floating arithmetic, comparisons, `select`.
//!
//! Preconditions of guarded operations (a divisor that isn't 0, a shift amount
//! below the width) hold by the IR's contract and are not checked again.

use crate::function::FunctionCx;
use crate::signature::clif_type;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use cumbia_ir::{FloatCond, Imm, InstData, IntCond, Opcode, Type};

/// Lowers one instruction with a single result.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let ty = data.ty.ok_or("no controlling type")?;
    let value = match data.op {
        Opcode::Iconst => match data.imm {
            Imm::Int(value) => iconst(fx, ty, value),
            _ => return Err("iconst without an integer".into()),
        },
        Opcode::Fconst => match (ty, &data.imm) {
            (Type::F32, &Imm::Float(bits)) => fx.b.ins().f32const(Ieee32::with_bits(bits as u32)),
            (_, &Imm::Float(bits)) => fx.b.ins().f64const(Ieee64::with_bits(bits)),
            _ => return Err("fconst without bits".into()),
        },
        Opcode::Icmp => match data.imm {
            Imm::IntCond(cond) => {
                let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
                fx.b.ins().icmp(int_condition(cond), a, b)
            }
            _ => return Err("icmp without a condition".into()),
        },
        Opcode::Fcmp => match data.imm {
            Imm::FloatCond(cond) => {
                let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
                fx.b.ins().fcmp(float_condition(cond), a, b)
            }
            _ => return Err("fcmp without a condition".into()),
        },
        Opcode::Select | Opcode::Fma => {
            let (a, b, c) = (fx.arg(data, 0), fx.arg(data, 1), fx.arg(data, 2));
            match data.op {
                // Cranelift branches to select floats; integers it moves.
                Opcode::Select if matches!(ty, Type::F64 | Type::F32) => {
                    let bits = if ty == Type::F64 { types::I64 } else { types::I32 };
                    let (b, c) = (as_type(fx, bits, b), as_type(fx, bits, c));
                    let chosen = fx.b.ins().select(a, b, c);
                    let float = if ty == Type::F64 { types::F64 } else { types::F32 };
                    as_type(fx, float, chosen)
                }
                Opcode::Select => fx.b.ins().select(a, b, c),
                _ => fx.b.ins().fma(a, b, c),
            }
        }
        _ if data.args.len() == 1 => unary(fx, data.op, ty, fx.arg(data, 0))?,
        _ => binary(fx, data.op, ty, fx.arg(data, 0), fx.arg(data, 1))?,
    };
    fx.define(data, value);
    Ok(())
}

/// The same bits as a value of another type.
fn as_type(fx: &mut FunctionCx<'_, '_>, ty: ir::Type, value: ir::Value) -> ir::Value {
    fx.b.ins().bitcast(ty, MemFlagsData::new(), value)
}

/// An integer constant; Cranelift wants the bits beyond the width zero.
fn iconst(fx: &mut FunctionCx<'_, '_>, ty: Type, value: i64) -> ir::Value {
    let bits = ty.bytes() * 8;
    let value = if bits == 64 { value } else { value & ((1 << bits) - 1) };
    fx.b.ins().iconst(clif_type(ty), value)
}

fn unary(
    fx: &mut FunctionCx<'_, '_>,
    op: Opcode,
    ty: Type,
    a: ir::Value,
) -> Result<ir::Value, String> {
    let narrow = matches!(ty, Type::I8 | Type::I16);
    let clif = clif_type(ty);
    Ok(match op {
        Opcode::Ineg => fx.b.ins().ineg(a),
        Opcode::Bnot if ty == Type::Bool => fx.b.ins().bxor_imm_u(a, 1),
        Opcode::Bnot => fx.b.ins().bnot(a),
        Opcode::Clz if narrow => {
            let wide = fx.b.ins().uextend(types::I32, a);
            let zeros = fx.b.ins().clz(wide);
            let zeros = fx.b.ins().iadd_imm_s(zeros, i64::from(ty.bits()) - 32);
            fx.b.ins().ireduce(clif, zeros)
        }
        Opcode::Clz => fx.b.ins().clz(a),
        Opcode::Ctz if narrow => {
            // A bit just beyond the width stops the count there.
            let wide = fx.b.ins().uextend(types::I32, a);
            let wide = fx.b.ins().bor_imm_u(wide, 1 << ty.bits());
            let zeros = fx.b.ins().ctz(wide);
            fx.b.ins().ireduce(clif, zeros)
        }
        Opcode::Ctz => fx.b.ins().ctz(a),
        Opcode::Popcnt if narrow => {
            let wide = fx.b.ins().uextend(types::I32, a);
            let ones = fx.b.ins().popcnt(wide);
            fx.b.ins().ireduce(clif, ones)
        }
        Opcode::Popcnt => fx.b.ins().popcnt(a),
        Opcode::Fneg => fx.b.ins().fneg(a),
        Opcode::Fabs => fx.b.ins().fabs(a),
        Opcode::Fsqrt => fx.b.ins().sqrt(a),
        Opcode::Ffloor => fx.b.ins().floor(a),
        Opcode::Fceil => fx.b.ins().ceil(a),
        Opcode::Ftrunc => fx.b.ins().trunc(a),
        Opcode::Fnearest => fx.b.ins().nearest(a),
        op => return Err(format!("{} is not a unary operation", op.name())),
    })
}

fn binary(
    fx: &mut FunctionCx<'_, '_>,
    op: Opcode,
    ty: Type,
    a: ir::Value,
    b: ir::Value,
) -> Result<ir::Value, String> {
    Ok(match op {
        Opcode::Iadd => fx.b.ins().iadd(a, b),
        Opcode::Isub => fx.b.ins().isub(a, b),
        Opcode::Imul => fx.b.ins().imul(a, b),
        Opcode::Sdiv => fx.b.ins().sdiv(a, b),
        Opcode::Udiv => fx.b.ins().udiv(a, b),
        Opcode::Srem => fx.b.ins().srem(a, b),
        Opcode::Urem => fx.b.ins().urem(a, b),
        Opcode::Sfloordiv | Opcode::Sfloormod => floor_division(fx, op, a, b),
        Opcode::Smin => fx.b.ins().smin(a, b),
        Opcode::Smax => fx.b.ins().smax(a, b),
        Opcode::Umin => fx.b.ins().umin(a, b),
        Opcode::Umax => fx.b.ins().umax(a, b),
        Opcode::Band => fx.b.ins().band(a, b),
        Opcode::Bor => fx.b.ins().bor(a, b),
        Opcode::Bxor => fx.b.ins().bxor(a, b),
        Opcode::Ishl => fx.b.ins().ishl(a, b),
        Opcode::Sshr => fx.b.ins().sshr(a, b),
        Opcode::Ushr => fx.b.ins().ushr(a, b),
        Opcode::Smulhi if ty == Type::I64 => fx.b.ins().smulhi(a, b),
        Opcode::Umulhi if ty == Type::I64 => fx.b.ins().umulhi(a, b),
        Opcode::Smulhi => {
            let (a, b) = (fx.b.ins().sextend(types::I64, a), fx.b.ins().sextend(types::I64, b));
            high_half(fx, ty, a, b)
        }
        Opcode::Umulhi => {
            let (a, b) = (fx.b.ins().uextend(types::I64, a), fx.b.ins().uextend(types::I64, b));
            high_half(fx, ty, a, b)
        }
        Opcode::Fadd => fx.b.ins().fadd(a, b),
        Opcode::Fsub => fx.b.ins().fsub(a, b),
        Opcode::Fmul => fx.b.ins().fmul(a, b),
        Opcode::Fdiv => fx.b.ins().fdiv(a, b),
        Opcode::Fcopysign => fx.b.ins().fcopysign(a, b),
        op => return Err(format!("{} is not a binary operation", op.name())),
    })
}

/// The upper half of a product whose factors were extended to 64 bits.
fn high_half(fx: &mut FunctionCx<'_, '_>, ty: Type, a: ir::Value, b: ir::Value) -> ir::Value {
    let product = fx.b.ins().imul(a, b);
    let high = fx.b.ins().ushr_imm_u(product, i64::from(ty.bits()));
    fx.b.ins().ireduce(clif_type(ty), high)
}

/// Python's `//` and `%` from the truncating division: one step down where the
/// remainder isn't 0 and its sign differs from the divisor's.
fn floor_division(
    fx: &mut FunctionCx<'_, '_>,
    op: Opcode,
    a: ir::Value,
    b: ir::Value,
) -> ir::Value {
    let quotient = fx.b.ins().sdiv(a, b);
    let product = fx.b.ins().imul(quotient, b);
    let remainder = fx.b.ins().isub(a, product);
    let signs = fx.b.ins().bxor(remainder, b);
    let signs_differ = fx.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
    let inexact = fx.b.ins().icmp_imm_s(IntCC::NotEqual, remainder, 0);
    let adjust = fx.b.ins().band(signs_differ, inexact);
    let (plain, adjusted) = match op {
        Opcode::Sfloordiv => (quotient, fx.b.ins().iadd_imm_s(quotient, -1)),
        _ => (remainder, fx.b.ins().iadd(remainder, b)),
    };
    fx.b.ins().select(adjust, adjusted, plain)
}

fn int_condition(cond: IntCond) -> IntCC {
    match cond {
        IntCond::Eq => IntCC::Equal,
        IntCond::Ne => IntCC::NotEqual,
        IntCond::Slt => IntCC::SignedLessThan,
        IntCond::Sle => IntCC::SignedLessThanOrEqual,
        IntCond::Sgt => IntCC::SignedGreaterThan,
        IntCond::Sge => IntCC::SignedGreaterThanOrEqual,
        IntCond::Ult => IntCC::UnsignedLessThan,
        IntCond::Ule => IntCC::UnsignedLessThanOrEqual,
        IntCond::Ugt => IntCC::UnsignedGreaterThan,
        IntCond::Uge => IntCC::UnsignedGreaterThanOrEqual,
    }
}

/// Cranelift's conditions of the same names are ordered, but `NotEqual`, which
/// holds with a nan: as in Python.
fn float_condition(cond: FloatCond) -> FloatCC {
    match cond {
        FloatCond::Eq => FloatCC::Equal,
        FloatCond::Ne => FloatCC::NotEqual,
        FloatCond::Lt => FloatCC::LessThan,
        FloatCond::Le => FloatCC::LessThanOrEqual,
        FloatCond::Gt => FloatCC::GreaterThan,
        FloatCond::Ge => FloatCC::GreaterThanOrEqual,
    }
}

//! Rules for floating arithmetic.
//!
//! Few, since few identities are exact: `x + 0.0` isn't `x` (it turns -0.0 into 0.0),
//! `x * 0.0` isn't 0.0, `x - x` isn't 0.0, and nothing is reassociated.

use super::{Operand, Rewrite, constant, operands_of};
use crate::fold::{Const, to_f64};
use cumbia_ir::{Function, InstData, Opcode, Type, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    match *data.args.as_slice() {
        [a] => signs(func, data, a),
        [a, b] => {
            if data.op.is_commutative() && bits(func, a).is_some() && bits(func, b).is_none() {
                return Rewrite::op(data.op, data.ty, &[b.into(), a.into()]);
            }
            by_constant(data, a, bits(func, b)?)
        }
        _ => None,
    }
}

fn bits(func: &Function, value: Value) -> Option<u64> {
    match constant(func, value)? {
        Const::Float(bits) => Some(bits),
        Const::Int(_) => None,
    }
}

/// Operations on the sign bit alone, which are exact for every bit pattern.
fn signs(func: &Function, data: &InstData, a: Value) -> Option<Rewrite> {
    match data.op {
        Opcode::Fneg => match operands_of(func, a, Opcode::Fneg) {
            Some(&[x]) => Some(Rewrite::Value(x)),
            _ => None,
        },
        Opcode::Fabs => {
            if operands_of(func, a, Opcode::Fabs).is_some() {
                return Some(Rewrite::Value(a));
            }
            match operands_of(func, a, Opcode::Fneg) {
                Some(&[x]) => Rewrite::op(Opcode::Fabs, data.ty, &[x.into()]),
                _ => None,
            }
        }
        _ => None,
    }
}

fn by_constant(data: &InstData, x: Value, c: u64) -> Option<Rewrite> {
    let ty = data.ty?;
    let value = to_f64(ty, c);
    let negative_zero = value == 0.0 && value.is_sign_negative();
    let positive_zero = value == 0.0 && value.is_sign_positive();
    match data.op {
        // Only these two zeros leave -0.0 and 0.0 as they are.
        Opcode::Fadd if negative_zero => Some(Rewrite::Value(x)),
        Opcode::Fsub if positive_zero => Some(Rewrite::Value(x)),
        Opcode::Fmul | Opcode::Fdiv if value == 1.0 => Some(Rewrite::Value(x)),
        Opcode::Fdiv => {
            // A reciprocal that is exact gives the same real number before rounding.
            let reciprocal = exact_reciprocal(ty, c)?;
            Some(Rewrite::Op {
                op: Opcode::Fmul,
                ty: data.ty,
                args: [Operand::Value(x), Operand::Const(reciprocal as i64)].into_iter().collect(),
                imm: cumbia_ir::Imm::None,
            })
        }
        _ => None,
    }
}

/// The bits of `1 / c` when `c` is a power of two and both are normal numbers.
fn exact_reciprocal(ty: Type, c: u64) -> Option<u64> {
    let (mantissa, max_exponent) = match ty {
        Type::F32 => (23, 0xff),
        _ => (52, 0x7ff),
    };
    let exponent = (c >> mantissa) & max_exponent;
    let bias = max_exponent >> 1;
    let inverse = (2 * bias).checked_sub(exponent)?;
    let is_power = c & ((1 << mantissa) - 1) == 0;
    let normal =
        exponent != 0 && exponent != max_exponent && inverse != 0 && inverse != max_exponent;
    let sign = c & (1 << (ty.bits() - 1));
    (is_power && normal).then_some(sign | (inverse << mantissa))
}

//! Rules for comparisons.

use super::{Operand, Rewrite, constant, operands_of};
use crate::analysis::float_floor;
use crate::fold::{self, Const};
use cumbia_ir::{FloatCond, Function, Imm, InstData, IntCond, Opcode, Type, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    let &[a, b] = data.args.as_slice() else { return None };
    match data.imm {
        Imm::IntCond(cond) => ints(func, data, cond, a, b),
        Imm::FloatCond(cond) => floats(func, cond, a, b),
        _ => None,
    }
}

/// `bnot` of a comparison: the inverse one. Of floating comparisons only `eq` and
/// `ne` have one, since the others are all false with a nan.
pub(super) fn negated(func: &Function, value: Value) -> Option<Rewrite> {
    let data = func.inst(func.def_inst(value)?);
    let args = || data.args.iter().map(|&v| Operand::Value(v)).collect();
    let imm = match (data.op, &data.imm) {
        (Opcode::Icmp, &Imm::IntCond(cond)) => Imm::IntCond(cond.inverse()),
        (Opcode::Fcmp, Imm::FloatCond(FloatCond::Eq)) => Imm::FloatCond(FloatCond::Ne),
        (Opcode::Fcmp, Imm::FloatCond(FloatCond::Ne)) => Imm::FloatCond(FloatCond::Eq),
        _ => return None,
    };
    Some(Rewrite::Op { op: data.op, ty: data.ty, args: args(), imm })
}

fn ints(func: &Function, data: &InstData, cond: IntCond, a: Value, b: Value) -> Option<Rewrite> {
    use IntCond::*;
    if a == b {
        return Rewrite::int(i64::from(matches!(cond, Eq | Sle | Sge | Ule | Uge)));
    }
    if func.int_const(a).is_some() && func.int_const(b).is_none() {
        return Rewrite::with_imm(
            Opcode::Icmp,
            data.ty,
            &[b.into(), a.into()],
            Imm::IntCond(cond.swapped()),
        );
    }
    let c = func.int_const(b)?;
    let ty = data.ty?;
    if ty == Type::Bool {
        return truth(data, cond, a, c);
    }
    let (min, max) = fold::signed_range(ty);
    let always = match (cond, c) {
        (Slt, c) if c == min => Some(false),
        (Sge, c) if c == min => Some(true),
        (Sgt, c) if c == max => Some(false),
        (Sle, c) if c == max => Some(true),
        (Ult, 0) | (Ugt, -1) => Some(false),
        (Uge, 0) | (Ule, -1) => Some(true),
        _ => None,
    };
    if let Some(always) = always {
        return Rewrite::int(i64::from(always));
    }
    if matches!(cond, Eq | Ne) {
        // (x + d) == c is x == c - d, since wrapping addition loses nothing.
        if let Some(&[x, d]) = operands_of(func, a, Opcode::Iadd)
            && let Some(d) = func.int_const(d)
        {
            let c = fold::wrap(ty, c.wrapping_sub(d));
            return Rewrite::with_imm(
                Opcode::Icmp,
                data.ty,
                &[x.into(), Operand::Const(c)],
                Imm::IntCond(cond),
            );
        }
        // A widened truth value against zero.
        if let Some(&[x]) = operands_of(func, a, Opcode::Zext)
            && c == 0
            && func.value_type(x) == Type::Bool
        {
            return match cond {
                Ne => Some(Rewrite::Value(x)),
                _ => Rewrite::op(Opcode::Bnot, Some(Type::Bool), &[x.into()]),
            };
        }
    }
    None
}

/// A truth value against a constant one.
fn truth(data: &InstData, cond: IntCond, a: Value, c: i64) -> Option<Rewrite> {
    match (cond, c) {
        (IntCond::Ne, 0) | (IntCond::Eq, 1) => Some(Rewrite::Value(a)),
        (IntCond::Eq, 0) | (IntCond::Ne, 1) => Rewrite::op(Opcode::Bnot, data.ty, &[a.into()]),
        _ => None,
    }
}

/// With a nan constant the answer is known without the other operand.
fn floats(func: &Function, cond: FloatCond, a: Value, b: Value) -> Option<Rewrite> {
    let is_nan = |v: Value| match constant(func, v) {
        Some(Const::Float(bits)) => fold::to_f64(func.value_type(v), bits).is_nan(),
        _ => false,
    };
    if is_nan(a) || is_nan(b) {
        return Rewrite::int(i64::from(cond == FloatCond::Ne));
    }
    let Some(Const::Float(bits)) = constant(func, b) else { return None };
    let limit = fold::to_f64(func.value_type(b), bits);
    let floor = float_floor(func, a)?;
    // What a nan gives too: not equal, and not less.
    match cond {
        FloatCond::Ne if floor > limit => Rewrite::int(1),
        FloatCond::Eq | FloatCond::Le if floor > limit => Rewrite::int(0),
        FloatCond::Lt if floor >= limit => Rewrite::int(0),
        _ => None,
    }
}

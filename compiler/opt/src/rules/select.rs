//! Rules for `select`.

use super::{Rewrite, operands_of};
use cumbia_ir::{Function, Imm, InstData, IntCond, Opcode, Type, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    let &[cond, a, b] = data.args.as_slice() else { return None };
    if a == b {
        return Some(Rewrite::Value(a));
    }
    match func.int_const(cond) {
        Some(0) => return Some(Rewrite::Value(b)),
        Some(_) => return Some(Rewrite::Value(a)),
        None => {}
    }
    if let Some(&[not]) = operands_of(func, cond, Opcode::Bnot) {
        return Rewrite::op(Opcode::Select, data.ty, &[not.into(), b.into(), a.into()]);
    }
    let ty = data.ty?;
    if ty == Type::Bool {
        match (func.int_const(a), func.int_const(b)) {
            (Some(1), Some(0)) => return Some(Rewrite::Value(cond)),
            (Some(0), Some(1)) => return Rewrite::op(Opcode::Bnot, data.ty, &[cond.into()]),
            // Both operands are plain truth values, so evaluating both is free.
            (Some(1), None) => return Rewrite::op(Opcode::Bor, data.ty, &[cond.into(), b.into()]),
            (None, Some(0)) => return Rewrite::op(Opcode::Band, data.ty, &[cond.into(), a.into()]),
            _ => {}
        }
    }
    if ty.is_int() { min_max(func, data, cond, a, b) } else { None }
}

/// `a < b ? a : b` and its kin. At equality both arms are the same value, so strict
/// and non-strict conditions agree.
fn min_max(func: &Function, data: &InstData, cond: Value, a: Value, b: Value) -> Option<Rewrite> {
    let compare = func.inst(func.def_inst(cond)?);
    let (Opcode::Icmp, &Imm::IntCond(mut cond)) = (compare.op, &compare.imm) else { return None };
    match (compare.args[0], compare.args[1]) {
        (x, y) if (x, y) == (a, b) => {}
        (x, y) if (x, y) == (b, a) => cond = cond.swapped(),
        _ => return None,
    }
    let op = match cond {
        IntCond::Slt | IntCond::Sle => Opcode::Smin,
        IntCond::Sgt | IntCond::Sge => Opcode::Smax,
        IntCond::Ult | IntCond::Ule => Opcode::Umin,
        IntCond::Ugt | IntCond::Uge => Opcode::Umax,
        IntCond::Eq | IntCond::Ne => return None,
    };
    Rewrite::op(op, data.ty, &[a.into(), b.into()])
}

//! Rules for integer arithmetic, bits, and the checked operations.
//!
//! Everything holds in wrapping arithmetic of any width. Products by powers of two
//! stay products: range analysis reads them, and backends make shifts of them.

use super::{Operand, Rewrite, operands_of};
use crate::fold::{signed_range, wrap};
use cumbia_ir::{Function, InstData, Opcode, Type, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    match *data.args.as_slice() {
        [a] => unary(func, data.op, a),
        [a, b] => {
            if data.op.is_commutative()
                && func.int_const(a).is_some()
                && func.int_const(b).is_none()
            {
                return Rewrite::op(data.op, data.ty, &[b.into(), a.into()]);
            }
            match func.int_const(b) {
                Some(c) => by_constant(func, data, a, c).or_else(|| same_operands(data, a, b)),
                None => same_operands(data, a, b).or_else(|| sums(func, data, a, b)),
            }
        }
        _ => None,
    }
}

fn unary(func: &Function, op: Opcode, a: Value) -> Option<Rewrite> {
    match op {
        Opcode::Bnot => {
            if let Some(&[x]) = operands_of(func, a, Opcode::Bnot) {
                return Some(Rewrite::Value(x));
            }
            super::compare::negated(func, a)
        }
        Opcode::Ineg => match operands_of(func, a, Opcode::Ineg) {
            Some(&[x]) => Some(Rewrite::Value(x)),
            _ => None,
        },
        _ => None,
    }
}

/// `x op c`.
fn by_constant(func: &Function, data: &InstData, x: Value, c: i64) -> Option<Rewrite> {
    use Opcode::*;
    let ty = data.ty.unwrap_or(Type::I64);
    let (min, max) = signed_range(ty);
    let ones = if ty == Type::Bool { 1 } else { -1 };
    let keep = Some(Rewrite::Value(x));
    // `(y op c1) op c` for the associative operations.
    let inner = operands_of(func, x, data.op).and_then(|args| match *args {
        [y, d] => Some((y, func.int_const(d)?)),
        _ => None,
    });
    let join = |y: Value, c: i64| Rewrite::op(data.op, data.ty, &[y.into(), Operand::Const(c)]);
    match (data.op, c) {
        (Iadd | Isub | SaddChk | SsubChk | Bor | Bxor | Ishl | Sshr | Ushr, 0) => keep,
        (Imul | SmulChk | Sdiv | Udiv | Sfloordiv, 1) => keep,
        (Imul | SmulChk | Band, 0) => Rewrite::int(0),
        (Srem | Urem | Sfloormod, 1) => Rewrite::int(0),
        (Band, c) if c == ones => keep,
        (Bor, c) if c == ones => Rewrite::int(ones),
        (Bxor, c) if c == ones => Rewrite::op(Bnot, data.ty, &[x.into()]),
        // Wrapping `-MIN` is `MIN` and `x - MIN` is `x + MIN`, so this needs no exception.
        (Isub, c) => {
            Rewrite::op(Iadd, data.ty, &[x.into(), Operand::Const(wrap(ty, c.wrapping_neg()))])
        }
        (Iadd, c) => {
            let (y, d) = inner?;
            join(y, wrap(ty, c.wrapping_add(d)))
        }
        (Imul, c) => {
            let (y, d) = inner?;
            join(y, wrap(ty, c.wrapping_mul(d)))
        }
        (Smin, c) if c == max => keep,
        (Smax, c) if c == min => keep,
        (Smin, c) if c == min => Rewrite::int(min),
        (Smax, c) if c == max => Rewrite::int(max),
        (Smin, c) => inner.and_then(|(y, d)| join(y, c.min(d))),
        (Smax, c) => inner.and_then(|(y, d)| join(y, c.max(d))),
        (Band, c) => inner.and_then(|(y, d)| join(y, c & d)),
        (Bor, c) => inner.and_then(|(y, d)| join(y, c | d)),
        (Bxor, c) => inner.and_then(|(y, d)| join(y, c ^ d)),
        // A floor by a power of two is an arithmetic shift, also below zero, and the
        // remainder with the divisor's sign is the low bits.
        (Sfloordiv, c) if power_of_two(c) => {
            Rewrite::op(Sshr, data.ty, &[x.into(), Operand::Const(i64::from(c.trailing_zeros()))])
        }
        (Sfloormod, c) if power_of_two(c) => {
            Rewrite::op(Band, data.ty, &[x.into(), Operand::Const(c - 1)])
        }
        (Udiv, c) if power_of_two(c) => {
            Rewrite::op(Ushr, data.ty, &[x.into(), Operand::Const(i64::from(c.trailing_zeros()))])
        }
        (Urem, c) if power_of_two(c) => {
            Rewrite::op(Band, data.ty, &[x.into(), Operand::Const(c - 1)])
        }
        _ => None,
    }
}

fn power_of_two(c: i64) -> bool {
    c > 0 && c & (c - 1) == 0
}

/// `x op x`.
fn same_operands(data: &InstData, a: Value, b: Value) -> Option<Rewrite> {
    use Opcode::*;
    if a != b {
        return None;
    }
    match data.op {
        Isub | SsubChk | Bxor => Rewrite::int(0),
        Smin | Smax | Umin | Umax | Band | Bor => Some(Rewrite::Value(a)),
        _ => None,
    }
}

/// Sums and differences that cancel: wrapping addition is a group.
fn sums(func: &Function, data: &InstData, a: Value, b: Value) -> Option<Rewrite> {
    let sub = |v: Value| match operands_of(func, v, Opcode::Isub) {
        Some(&[x, y]) => Some((x, y)),
        _ => None,
    };
    let add = |v: Value| match operands_of(func, v, Opcode::Iadd) {
        Some(&[x, y]) => Some((x, y)),
        _ => None,
    };
    let neg = |v: Value| match operands_of(func, v, Opcode::Ineg) {
        Some(&[x]) => Some(x),
        _ => None,
    };
    match data.op {
        Opcode::Iadd => {
            // (x - b) + b, a + (x - a)
            if let Some((x, _)) = sub(a).filter(|&(_, y)| y == b) {
                return Some(Rewrite::Value(x));
            }
            if let Some((x, _)) = sub(b).filter(|&(_, y)| y == a) {
                return Some(Rewrite::Value(x));
            }
            if let Some(x) = neg(b) {
                return Rewrite::op(Opcode::Isub, data.ty, &[a.into(), x.into()]);
            }
            None
        }
        Opcode::Isub => {
            // (b + x) - b, (x + b) - b
            if let Some((x, y)) = add(a) {
                if y == b {
                    return Some(Rewrite::Value(x));
                }
                if x == b {
                    return Some(Rewrite::Value(y));
                }
            }
            // a - (a - x)
            if let Some((_, x)) = sub(b).filter(|&(y, _)| y == a) {
                return Some(Rewrite::Value(x));
            }
            if func.int_const(a) == Some(0) {
                return Rewrite::op(Opcode::Ineg, data.ty, &[b.into()]);
            }
            if let Some(x) = neg(b) {
                return Rewrite::op(Opcode::Iadd, data.ty, &[a.into(), x.into()]);
            }
            None
        }
        _ => None,
    }
}

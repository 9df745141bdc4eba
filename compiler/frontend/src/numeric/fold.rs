//! Operators on compile-time constants.
//!
//! Folded is only what is exact, raises nothing and gives no nan; all else is left
//! to run time, where it raises in its place. This prunes branches on constants; the
//! mid-end has a folder of its own for IR values.

use crate::hir::{BinaryOp, CompareOp, UnaryOp};
use crate::types::{Lit, Ty};
use std::cmp::Ordering;

/// A constant number.
#[derive(Clone, Copy)]
enum Const {
    Bool(bool),
    Int(i64),
    Float(f64),
}

impl Const {
    fn of(ty: &Ty) -> Option<Const> {
        match ty {
            Ty::Lit(Lit::Bool(b)) => Some(Const::Bool(*b)),
            Ty::Lit(Lit::Int(i)) => Some(Const::Int(*i)),
            Ty::Lit(Lit::Float(bits)) => Some(Const::Float(f64::from_bits(*bits))),
            _ => None,
        }
    }

    /// The integer, also of a bool.
    fn int(self) -> Option<i64> {
        match self {
            Const::Bool(b) => Some(b as i64),
            Const::Int(i) => Some(i),
            Const::Float(_) => None,
        }
    }

    /// The float, also of an integer that is one exactly.
    fn float(self) -> Option<f64> {
        match self {
            Const::Float(x) => Some(x),
            other => other.int().filter(|i| i.unsigned_abs() <= 1 << 53).map(|i| i as f64),
        }
    }
}

fn float(x: f64) -> Option<Lit> {
    x.is_finite().then(|| Lit::Float(x.to_bits()))
}

/// `a op b` of two constants.
pub fn fold_binary(op: BinaryOp, a: &Ty, b: &Ty) -> Option<Lit> {
    use BinaryOp::*;
    let (ca, cb) = (Const::of(a)?, Const::of(b)?);
    if let (Const::Bool(x), Const::Bool(y)) = (ca, cb) {
        match op {
            And => return Some(Lit::Bool(x & y)),
            Or => return Some(Lit::Bool(x | y)),
            Xor => return Some(Lit::Bool(x ^ y)),
            _ => {}
        }
    }
    if let (Some(x), Some(y)) = (ca.int(), cb.int()) {
        let floor = |x: i64, y: i64| {
            let (q, r) = (x.checked_div(y)?, x.checked_rem(y)?);
            let adjust = r != 0 && (r < 0) != (y < 0);
            Some((q - adjust as i64, r + if adjust { y } else { 0 }))
        };
        let result = match op {
            Add => x.checked_add(y),
            Sub => x.checked_sub(y),
            Mul => x.checked_mul(y),
            FloorDiv => floor(x, y).map(|(q, _)| q),
            Mod => floor(x, y).map(|(_, r)| r),
            Pow => x.checked_pow(u32::try_from(y).ok()?),
            LShift => {
                let shift = u32::try_from(y).ok().filter(|&s| s < 63)?;
                x.checked_mul(1 << shift)
            }
            RShift => Some(x >> u32::try_from(y).ok()?.min(63)),
            And => Some(x & y),
            Or => Some(x | y),
            Xor => Some(x ^ y),
            TrueDiv => {
                let (x, y) = (ca.float()?, cb.float()?);
                return if y == 0.0 { None } else { float(x / y) };
            }
            MatMul => None,
        };
        return result.map(Lit::Int);
    }
    let (x, y) = (ca.float()?, cb.float()?);
    match op {
        Add => float(x + y),
        Sub => float(x - y),
        Mul => float(x * y),
        TrueDiv if y != 0.0 => float(x / y),
        _ => None,
    }
}

/// A unary operator on a constant.
pub fn fold_unary(op: UnaryOp, a: &Ty) -> Option<Lit> {
    let c = Const::of(a)?;
    match (op, c) {
        (UnaryOp::Neg, Const::Float(x)) => Some(Lit::Float((-x).to_bits())),
        (UnaryOp::Pos, Const::Float(x)) => Some(Lit::Float(x.to_bits())),
        (UnaryOp::Neg, c) => c.int()?.checked_neg().map(Lit::Int),
        (UnaryOp::Pos, c) => c.int().map(Lit::Int),
        (UnaryOp::Invert, c) => c.int().map(|i| Lit::Int(!i)),
    }
}

/// Exact order of an integer and a float; `None` with a nan.
fn order(x: i64, y: f64) -> Option<Ordering> {
    let rounded = x as f64;
    match rounded.partial_cmp(&y)? {
        // `y` is an integer here, and 2**63 at most.
        Ordering::Equal if y == 9_223_372_036_854_775_808.0 => Some(Ordering::Less),
        Ordering::Equal => Some(x.cmp(&(y as i64))),
        other => Some(other),
    }
}

/// A comparison of two constants; strings are compared for equality only.
pub fn fold_compare(op: CompareOp, a: &Ty, b: &Ty) -> Option<bool> {
    if let (Ty::Lit(Lit::Str(x)), Ty::Lit(Lit::Str(y))) = (a, b) {
        return match op {
            CompareOp::Eq => Some(x == y),
            CompareOp::Ne => Some(x != y),
            _ => None,
        };
    }
    let (ca, cb) = (Const::of(a)?, Const::of(b)?);
    let ordering = match (ca, cb) {
        (Const::Float(x), Const::Float(y)) => x.partial_cmp(&y),
        (Const::Float(x), y) => order(y.int()?, x).map(Ordering::reverse),
        (x, Const::Float(y)) => order(x.int()?, y),
        (x, y) => Some(x.int()?.cmp(&y.int()?)),
    };
    match op {
        CompareOp::Eq => Some(ordering == Some(Ordering::Equal)),
        CompareOp::Ne => Some(ordering != Some(Ordering::Equal)),
        CompareOp::Lt => Some(ordering == Some(Ordering::Less)),
        CompareOp::Le => Some(matches!(ordering, Some(Ordering::Less | Ordering::Equal))),
        CompareOp::Gt => Some(ordering == Some(Ordering::Greater)),
        CompareOp::Ge => Some(matches!(ordering, Some(Ordering::Greater | Ordering::Equal))),
        _ => None,
    }
}

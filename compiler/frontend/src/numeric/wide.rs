//! Arithmetic of integer constants of any size, as far as Python's operators give integers.

use crate::hir::{BinaryOp, CompareOp};
use crate::types::{Lit, Ty};
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::sync::Arc;

/// Longer results aren't computed.
const MAX_BITS: u64 = 4096;

/// The integer that a constant's type stands for, of any size.
pub fn value(ty: &Ty) -> Option<BigInt> {
    match ty {
        Ty::Lit(Lit::Bool(b)) => Some(BigInt::from(*b as i64)),
        Ty::Lit(Lit::Int(i)) => Some(BigInt::from(*i)),
        Ty::Lit(Lit::Wide(i)) => Some((**i).clone()),
        _ => None,
    }
}

/// The constant of an integer.
pub fn literal(value: BigInt) -> Lit {
    match i64::try_from(&value) {
        Ok(i) => Lit::Int(i),
        Err(_) => Lit::Wide(Arc::new(value)),
    }
}

/// The nearest float; `None` if there is none.
pub fn float(value: &BigInt) -> Option<f64> {
    value.to_string().parse().ok().filter(|x: &f64| x.is_finite())
}

/// The float that is just an integer.
pub fn exact_float(value: &BigInt) -> Option<f64> {
    let significant = value.bits().saturating_sub(value.trailing_zeros().unwrap_or(0));
    float(value).filter(|_| significant <= 53)
}

/// The low 64 bits, the upper one as a sign.
pub fn low_bits(value: &BigInt) -> i64 {
    let low = value & BigInt::from(u64::MAX);
    u64::try_from(&low).expect("64 bits are left") as i64
}

/// `a op b`; `None` where it raises, is no integer, or too long.
pub fn binary(op: BinaryOp, a: &BigInt, b: &BigInt) -> Option<BigInt> {
    let small = |n: &BigInt| u32::try_from(n).ok().filter(|&n| u64::from(n) <= MAX_BITS);
    // Towards minus infinity, and with the sign of the divisor.
    let floor = || {
        let quotient = a.checked_div(b)?;
        let rest = a - &quotient * b;
        let adjust = rest.sign() != num_bigint::Sign::NoSign && rest.sign() != b.sign();
        Some(if adjust { (quotient - 1, rest + b) } else { (quotient, rest) })
    };
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul if a.bits() + b.bits() <= MAX_BITS => a * b,
        BinaryOp::FloorDiv => floor()?.0,
        BinaryOp::Mod => floor()?.1,
        BinaryOp::Pow => {
            let n = small(b)?;
            if a.bits() * u64::from(n) > MAX_BITS {
                return None;
            }
            a.pow(n)
        }
        BinaryOp::LShift => a << small(b).filter(|&n| a.bits() + u64::from(n) <= MAX_BITS)?,
        BinaryOp::RShift => a >> small(b)?,
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Mul | BinaryOp::TrueDiv | BinaryOp::MatMul => return None,
    };
    (result.bits() <= MAX_BITS).then_some(result)
}

/// `x op y` for integers in an order.
pub fn ordered(op: CompareOp, order: Ordering) -> Option<bool> {
    Some(match op {
        CompareOp::Eq => order == Ordering::Equal,
        CompareOp::Ne => order != Ordering::Equal,
        CompareOp::Lt => order == Ordering::Less,
        CompareOp::Le => order != Ordering::Greater,
        CompareOp::Gt => order == Ordering::Greater,
        CompareOp::Ge => order != Ordering::Less,
        _ => return None,
    })
}

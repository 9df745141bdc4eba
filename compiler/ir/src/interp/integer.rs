//! Integer operations, computed in 128 bits and cut to the type.

use crate::opcode::{IntCond, Opcode};
use crate::types::Type;

/// Why there is no result.
pub(super) enum IntError {
    /// The checked operation overflows.
    Overflow,
    /// A precondition doesn't hold.
    Precondition(&'static str),
}

fn signed(bits: u64) -> i128 {
    i128::from(bits as i64)
}

fn unsigned(ty: Type, bits: u64) -> u128 {
    u128::from(bits) & ((1 << ty.bits()) - 1)
}

fn cut(ty: Type, value: i128) -> u64 {
    super::canonical(ty, value as u64)
}

fn min(ty: Type) -> i128 {
    -(1 << (ty.bits() - 1))
}

/// `op.ty a, b`, operands and result in canonical form.
pub(super) fn binary(op: Opcode, ty: Type, a: u64, b: u64) -> Result<u64, IntError> {
    use Opcode::*;
    let (x, y) = (signed(a), signed(b));
    let (ux, uy) = (unsigned(ty, a), unsigned(ty, b));
    match op {
        Sdiv | Srem | Sfloordiv | Sfloormod => {
            if y == 0 {
                return Err(IntError::Precondition("division by zero"));
            }
            if y == -1 && x == min(ty) {
                return Err(IntError::Precondition("the minimum divided by -1"));
            }
        }
        Udiv | Urem if uy == 0 => return Err(IntError::Precondition("division by zero")),
        Ishl | Sshr | Ushr if uy >= u128::from(ty.bits()) => {
            return Err(IntError::Precondition("a shift by the width or more"));
        }
        _ => {}
    }
    let exact = match op {
        Iadd | SaddChk => x + y,
        Isub | SsubChk => x - y,
        Imul | SmulChk => x * y,
        Sdiv => x / y,
        Srem => x % y,
        Sfloordiv => floor_div(x, y),
        Sfloormod => x - floor_div(x, y) * y,
        Udiv => (ux / uy) as i128,
        Urem => (ux % uy) as i128,
        Smin => x.min(y),
        Smax => x.max(y),
        Umin => ux.min(uy) as i128,
        Umax => ux.max(uy) as i128,
        Band => x & y,
        Bor => x | y,
        Bxor => x ^ y,
        Ishl => x << uy,
        Sshr => x >> uy,
        Ushr => (ux >> uy) as i128,
        Smulhi => (x * y) >> ty.bits(),
        Umulhi => ((ux * uy) >> ty.bits()) as i128,
        _ => return Err(IntError::Precondition("not an integer operation")),
    };
    let checked = matches!(op, SaddChk | SsubChk | SmulChk);
    if checked && !(min(ty)..-min(ty)).contains(&exact) {
        return Err(IntError::Overflow);
    }
    Ok(cut(ty, exact))
}

fn floor_div(x: i128, y: i128) -> i128 {
    let quotient = x / y;
    let remainder = x % y;
    quotient - i128::from(remainder != 0 && (remainder < 0) != (y < 0))
}

/// `op.ty a`; `None` if it is no integer operation.
pub(super) fn unary(op: Opcode, ty: Type, a: u64) -> Option<u64> {
    let bits = unsigned(ty, a);
    let width = i128::from(ty.bits());
    Some(cut(
        ty,
        match op {
            Opcode::Ineg => -signed(a),
            Opcode::Bnot => !signed(a),
            Opcode::Clz => width - (128 - i128::from(bits.leading_zeros())),
            Opcode::Ctz => width.min(i128::from(bits.trailing_zeros())),
            Opcode::Popcnt => i128::from(bits.count_ones()),
            _ => return None,
        },
    ))
}

pub(super) fn compare(cond: IntCond, ty: Type, a: u64, b: u64) -> bool {
    let (x, y) = (signed(a), signed(b));
    let (ux, uy) = (unsigned(ty, a), unsigned(ty, b));
    match cond {
        IntCond::Eq => ux == uy,
        IntCond::Ne => ux != uy,
        IntCond::Slt => x < y,
        IntCond::Sle => x <= y,
        IntCond::Sgt => x > y,
        IntCond::Sge => x >= y,
        IntCond::Ult => ux < uy,
        IntCond::Ule => ux <= uy,
        IntCond::Ugt => ux > uy,
        IntCond::Uge => ux >= uy,
    }
}

/// Widens or cuts an integer of type `from` to `to`.
pub(super) fn resize(op: Opcode, from: Type, to: Type, a: u64) -> u64 {
    match op {
        Opcode::Zext => cut(to, unsigned(from, a) as i128),
        _ => cut(to, signed(a)),
    }
}

/// The unsigned number in the low bits.
pub(super) fn zero_extended(ty: Type, a: u64) -> u64 {
    unsigned(ty, a) as u64
}

//! Floating operations in their own format, and conversions to and from integers.

use super::integer::zero_extended;
use crate::opcode::{FloatCond, Opcode};
use crate::types::Type;

/// The operations of one float type.
macro_rules! operations {
    ($module:ident, $float:ty, $bits:ty) => {
        mod $module {
            use crate::opcode::{FloatCond, Opcode};

            const SIGN: $bits = 1 << (<$bits>::BITS - 1);

            pub fn apply(op: Opcode, args: &[u64]) -> Option<u64> {
                let raw = |i: usize| args[i] as $bits;
                let x = |i: usize| <$float>::from_bits(raw(i));
                let bits = match op {
                    Opcode::Fneg => raw(0) ^ SIGN,
                    Opcode::Fabs => raw(0) & !SIGN,
                    Opcode::Fcopysign => (raw(0) & !SIGN) | (raw(1) & SIGN),
                    _ => {
                        let result: $float = match op {
                            Opcode::Fadd => x(0) + x(1),
                            Opcode::Fsub => x(0) - x(1),
                            Opcode::Fmul => x(0) * x(1),
                            Opcode::Fdiv => x(0) / x(1),
                            Opcode::Fsqrt => x(0).sqrt(),
                            Opcode::Ffloor => x(0).floor(),
                            Opcode::Fceil => x(0).ceil(),
                            Opcode::Ftrunc => x(0).trunc(),
                            Opcode::Fnearest => x(0).round_ties_even(),
                            Opcode::Fma => x(0).mul_add(x(1), x(2)),
                            _ => return None,
                        };
                        result.to_bits()
                    }
                };
                Some(u64::from(bits))
            }

            pub fn compare(cond: FloatCond, a: u64, b: u64) -> bool {
                let (a, b) = (<$float>::from_bits(a as $bits), <$float>::from_bits(b as $bits));
                match cond {
                    FloatCond::Eq => a == b,
                    FloatCond::Ne => a != b,
                    FloatCond::Lt => a < b,
                    FloatCond::Le => a <= b,
                    FloatCond::Gt => a > b,
                    FloatCond::Ge => a >= b,
                }
            }
        }
    };
}

operations!(single, f32, u32);
operations!(double, f64, u64);

/// `op.ty args`; `None` if it is no floating operation.
pub(super) fn apply(op: Opcode, ty: Type, args: &[u64]) -> Option<u64> {
    match ty {
        Type::F32 => single::apply(op, args),
        Type::F64 => double::apply(op, args),
        _ => None,
    }
}

pub(super) fn compare(cond: FloatCond, ty: Type, a: u64, b: u64) -> bool {
    if ty == Type::F32 { single::compare(cond, a, b) } else { double::compare(cond, a, b) }
}

/// An integer of type `from` as a float of type `to`.
pub(super) fn from_int(op: Opcode, from: Type, to: Type, a: u64) -> u64 {
    let unsigned = zero_extended(from, a);
    match (op, to) {
        (Opcode::UintToF, Type::F32) => u64::from((unsigned as f32).to_bits()),
        (Opcode::UintToF, _) => (unsigned as f64).to_bits(),
        (_, Type::F32) => u64::from((a as i64 as f32).to_bits()),
        (_, _) => (a as i64 as f64).to_bits(),
    }
}

/// A float of type `from` as an integer of type `to`; `None` if it is out of range.
pub(super) fn to_int(op: Opcode, from: Type, to: Type, a: u64) -> Option<u64> {
    // Exact for both float types, and so are the limits, which are powers of two.
    let x = value(from, a).trunc();
    let power = |n: u32| (1u128 << n) as f64;
    if op == Opcode::FToUint {
        return (0.0 <= x && x < power(to.bits())).then(|| super::canonical(to, x as u64));
    }
    let limit = power(to.bits() - 1);
    (-limit <= x && x < limit).then(|| super::canonical(to, x as i64 as u64))
}

/// Between the float types.
pub(super) fn resize(from: Type, to: Type, a: u64) -> u64 {
    match to {
        Type::F32 => u64::from((value(from, a) as f32).to_bits()),
        _ => value(from, a).to_bits(),
    }
}

fn value(ty: Type, bits: u64) -> f64 {
    match ty {
        Type::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

//! `float16` and `bfloat16`, which kernels have: their bits are an `i16`.
//!
//! An operation extends its operands to `float32`, computes there and rounds the result once.
//! For sums, products, quotients and square roots that is the correctly rounded result: `float32`
//! has more than twice the bits, and two more, so rounding twice is rounding once (decisions
//! 0086 and 0092). Other functions are NumPy's, which does the same. What needs a body is in
//! `halves.py`, as the form `/half` of its name.

use crate::lower::Fx;
use crate::types::DType;
use cumbia_ir::{IntCond, Opcode, Type, Value};

/// The same number as a `float32`.
pub fn extended(fx: &mut Fx<'_>, d: DType, bits: Value) -> Value {
    if d == DType::F16 {
        return fx.b().convert(Opcode::FOfHalf, Type::F32, bits);
    }
    let word = fx.b().convert(Opcode::Zext, Type::I32, bits);
    let sixteen = fx.b().iconst(Type::I32, 16);
    let word = fx.b().binary(Opcode::Ishl, word, sixteen);
    fx.b().convert(Opcode::Bitcast, Type::F32, word)
}

/// The number next to a `float32` or `float64`.
pub fn rounded(fx: &mut Fx<'_>, d: DType, x: Value) -> Value {
    let op = if d == DType::F16 { Opcode::FToHalf } else { Opcode::FToBfloat };
    fx.b().convert(op, Type::I16, x)
}

/// A float that rounds to the `bfloat16` next to an integer, of `from`.
///
/// Where the float has too few bits, the integer is cut to as many, and the last one set if
/// something was lost: a sum that is rounded to odd can be rounded once more.
pub fn of_integer(fx: &mut Fx<'_>, v: Value, from: DType) -> Value {
    let op = if from.is_signed() { Opcode::SintToF } else { Opcode::UintToF };
    // Of an integer of this many bits, so many are more than the float has.
    let (v, ty, float, bits, more) = match from.ir_type() {
        Type::Bool => {
            let v = fx.b().convert(Opcode::Zext, Type::I32, v);
            return fx.b().convert(Opcode::UintToF, Type::F32, v);
        }
        Type::I64 => (v, Type::I64, Type::F64, 53, 11),
        Type::I32 => (v, Type::I32, Type::F32, 24, 8),
        _ => return fx.b().convert(op, Type::F32, v),
    };
    let [least, span, lost, zero, last] =
        [1 << bits, 1 << (bits + 1), (1 << more) - 1, 0, 1 << more].map(|n| fx.b().iconst(ty, n));
    let shifted = if from.is_signed() { fx.b().binary(Opcode::Iadd, v, least) } else { v };
    let most = if from.is_signed() { span } else { least };
    let is_large = fx.b().icmp(IntCond::Uge, shifted, most);
    let low = fx.b().binary(Opcode::Band, v, lost);
    let cut = fx.b().binary(Opcode::Bxor, v, low);
    let odd = fx.b().binary(Opcode::Bor, cut, last);
    let is_exact = fx.b().icmp(IntCond::Eq, low, zero);
    let cut = fx.b().select(is_exact, cut, odd);
    let v = fx.b().select(is_large, cut, v);
    fx.b().convert(op, float, v)
}

/// The sign flipped, also of a nan.
pub fn negative(fx: &mut Fx<'_>, bits: Value) -> Value {
    let sign = fx.b().iconst(Type::I16, i64::from(i16::MIN));
    fx.b().binary(Opcode::Bxor, bits, sign)
}

/// The sign cleared.
pub fn absolute(fx: &mut Fx<'_>, bits: Value) -> Value {
    let size = fx.b().iconst(Type::I16, i64::from(i16::MAX));
    fx.b().binary(Opcode::Band, bits, size)
}

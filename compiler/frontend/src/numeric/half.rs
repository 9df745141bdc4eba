//! `float16`, which kernels have: its bits are an `i16`.
//!
//! An operation extends its operands to `float32`, computes there and rounds the result once.
//! For sums, products, quotients and square roots that is the correctly rounded result: `float32`
//! has more than twice the bits, and two more, so rounding twice is rounding once (decision
//! 0086). Other functions are NumPy's, which does the same. What needs a body is in `halves.py`,
//! as the form `/half` of its name.

use crate::lower::Fx;
use cumbia_ir::{Opcode, Type, Value};

/// The same number as a `float32`.
pub fn extended(fx: &mut Fx<'_>, bits: Value) -> Value {
    fx.b().convert(Opcode::FOfHalf, Type::F32, bits)
}

/// The number next to a `float32` or `float64`.
pub fn rounded(fx: &mut Fx<'_>, x: Value) -> Value {
    fx.b().convert(Opcode::FToHalf, Type::I16, x)
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

//! Floats: Python's operators with their exceptions, and NumPy's without.
//!
//! `//`, `%` and general `**` of Python floats are library bodies. Powers with the
//! constant exponents -1, 0, 1 and 2 are computed here, correctly rounded; the C
//! library's `pow` differs from that in the last bit for one value in a thousand.

use super::cast::float_const;
use super::convert::check;
use super::text;
use crate::hir::BinaryOp;
use crate::lower::Fx;
use crate::types::DType;
use cumbia_ir::{FloatCond, Opcode, Value};

fn simple(op: BinaryOp) -> Option<Opcode> {
    match op {
        BinaryOp::Add => Some(Opcode::Fadd),
        BinaryOp::Sub => Some(Opcode::Fsub),
        BinaryOp::Mul => Some(Opcode::Fmul),
        BinaryOp::TrueDiv => Some(Opcode::Fdiv),
        _ => None,
    }
}

/// An operator of two Python floats.
pub fn python(fx: &mut Fx<'_>, op: BinaryOp, x: Value, y: Value) -> Value {
    if op == BinaryOp::TrueDiv && !fx.relaxed.quiet_division {
        let zero = fx.b().f64const(0.0);
        let nonzero = fx.b().fcmp(FloatCond::Ne, y, zero);
        check(fx, nonzero, text::FLOAT_TRUEDIV_ZERO);
    }
    let op = simple(op).expect("the others are bodies");
    fx.b().binary(op, x, y)
}

/// `x ** n` of a Python float for a constant from -1 to 2.
pub fn python_power(fx: &mut Fx<'_>, x: Value, n: i64) -> Value {
    match n {
        -1 => {
            let zero = fx.b().f64const(0.0);
            let nonzero = fx.b().fcmp(FloatCond::Ne, x, zero);
            check(fx, nonzero, text::POW_ZERO);
        }
        2 => {}
        _ => return power_const(fx, DType::F64, x, n).expect("a small exponent"),
    }
    let result = power_const(fx, DType::F64, x, n).expect("a small exponent");
    check_overflow(fx, x, result);
    result
}

/// Raises when a finite operand gave an infinite result.
fn check_overflow(fx: &mut Fx<'_>, x: Value, result: Value) {
    let infinity = fx.b().f64const(f64::INFINITY);
    let size = fx.b().unary(Opcode::Fabs, result);
    // True of nan as well.
    let finite = fx.b().fcmp(FloatCond::Ne, size, infinity);
    let input = fx.b().unary(Opcode::Fabs, x);
    let was_infinite = fx.b().fcmp(FloatCond::Eq, input, infinity);
    let fine = fx.b().binary(Opcode::Bor, finite, was_infinite);
    check(fx, fine, text::FLOAT_OVERFLOW);
}

/// `x ** n` for a constant from -1 to 2, rounded once.
fn power_const(fx: &mut Fx<'_>, d: DType, x: Value, n: i64) -> Option<Value> {
    Some(match n {
        0 => float_const(fx, d, 1.0),
        1 => x,
        2 => fx.b().binary(Opcode::Fmul, x, x),
        -1 => {
            let one = float_const(fx, d, 1.0);
            fx.b().binary(Opcode::Fdiv, one, x)
        }
        _ => return None,
    })
}

/// An operator of two NumPy floats of one dtype.
pub fn numpy(
    fx: &mut Fx<'_>,
    op: BinaryOp,
    d: DType,
    x: Value,
    y: Value,
    exponent: Option<i64>,
) -> Value {
    if let Some(op) = simple(op) {
        return fx.b().binary(op, x, y);
    }
    debug_assert_eq!(op, BinaryOp::Pow, "the others are bodies");
    exponent.and_then(|n| power_const(fx, d, x, n)).expect("other exponents are a body's")
}

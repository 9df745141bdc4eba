//! Complex numbers: sums and products. Quotients and powers are library bodies.
//!
//! Both CPython (up to 3.13) and NumPy use the schoolbook product without recovery
//! of infinities; neither contracts.

use crate::hir::BinaryOp;
use crate::lower::Fx;
use cumbia_ir::{Opcode, Value};

/// `+`, `-` or `*` of two complex numbers of one precision.
pub fn binary(fx: &mut Fx<'_>, op: BinaryOp, x: &[Value], y: &[Value]) -> Vec<Value> {
    match op {
        BinaryOp::Add | BinaryOp::Sub => {
            let op = if op == BinaryOp::Add { Opcode::Fadd } else { Opcode::Fsub };
            vec![fx.b().binary(op, x[0], y[0]), fx.b().binary(op, x[1], y[1])]
        }
        BinaryOp::Mul => {
            let mut product = |i: usize, j: usize| fx.b().binary(Opcode::Fmul, x[i], y[j]);
            let (rr, ii, ri, ir) = (product(0, 0), product(1, 1), product(0, 1), product(1, 0));
            vec![fx.b().binary(Opcode::Fsub, rr, ii), fx.b().binary(Opcode::Fadd, ri, ir)]
        }
        _ => unreachable!("{op:?} of complex numbers is a library body or refused"),
    }
}

/// The magnitude, as C's `hypot`.
pub fn magnitude(fx: &mut Fx<'_>, parts: &[Value]) -> Value {
    let single = fx.func.value_type(parts[0]) == cumbia_ir::Type::F32;
    fx.helper(if single { "hypot_f32" } else { "hypot_f64" }, parts).expect("a result")
}

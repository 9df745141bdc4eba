//! Lowering of operators: to Python's arithmetic or to NumPy's, by the operands.

use super::kind::{Kind, Py, operands};
use super::rules::{loop_types, small_exponent};
use super::{arithmetic_float, arithmetic_int, complex, convert, half};
use crate::hir::{BinaryOp, UnaryOp};
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_ir::{Opcode, Value};

/// Lowers `a op b` with the result type that [`super::binary_rule`] gave.
pub fn lower_binary(
    fx: &mut Fx<'_>,
    op: BinaryOp,
    a: &TypedValue,
    b: &TypedValue,
    out: &Ty,
) -> TypedValue {
    if let Ty::Lit(_) = out {
        return TypedValue::unit(out.clone());
    }
    let exponent = small_exponent(&b.ty);
    let (ka, kb) = operands(&a.ty, &b.ty).expect("numbers");
    let parts = if let (Kind::Py(pa), Kind::Py(pb)) = (ka, kb) {
        python_binary(fx, op, a, b, pa, pb, exponent, out)
    } else {
        let (input, _) = loop_types(op, ka, kb).expect("typing accepted the operands");
        let x = operand(fx, a, input);
        let y = operand(fx, b, input);
        let exponent = exponent.filter(|_| op == BinaryOp::Pow);
        numpy_binary(fx, op, input, &x, &y, exponent)
    };
    TypedValue { ty: out.clone(), parts }
}

/// An operand in the dtype an operation computes in.
fn operand(fx: &mut Fx<'_>, a: &TypedValue, d: DType) -> Vec<Value> {
    convert::to_dtype(fx, a, d)
}

fn python_binary(
    fx: &mut Fx<'_>,
    op: BinaryOp,
    a: &TypedValue,
    b: &TypedValue,
    pa: Py,
    pb: Py,
    exponent: Option<i64>,
    out: &Ty,
) -> Vec<Value> {
    let top = match out {
        Ty::Bool => Py::Bool,
        _ => pa.max(pb).max(Py::Int),
    };
    let x = convert(fx, a, &top.ty());
    let y = convert(fx, b, &top.ty());
    match top {
        Py::Bool => {
            let op = arithmetic_int::bitwise(op).expect("a bitwise operator");
            vec![fx.b().binary(op, x.value(), y.value())]
        }
        Py::Int => match (op, exponent) {
            (BinaryOp::Pow, Some(-1)) => {
                let x = convert(fx, &x, &Ty::Float);
                vec![arithmetic_float::python_power(fx, x.value(), -1)]
            }
            (BinaryOp::Pow, Some(n)) => vec![arithmetic_int::power_const(fx, x.value(), n, true)],
            _ => vec![arithmetic_int::python(fx, op, x.value(), y.value())],
        },
        Py::Float => match (op, exponent) {
            (BinaryOp::Pow, Some(n)) => vec![arithmetic_float::python_power(fx, x.value(), n)],
            _ => vec![arithmetic_float::python(fx, op, x.value(), y.value())],
        },
        Py::Complex => complex::binary(fx, op, &x.parts, &y.parts),
    }
}

/// `op` on operands of one dtype, as the ufunc's loop does it.
pub fn numpy_binary(
    fx: &mut Fx<'_>,
    op: BinaryOp,
    d: DType,
    x: &[Value],
    y: &[Value],
    exponent: Option<i64>,
) -> Vec<Value> {
    match d {
        DType::Bool => vec![arithmetic_int::numpy_bool(fx, op, x[0], y[0])],
        DType::F16 | DType::BF16 => {
            let [x, y] = [x[0], y[0]].map(|v| half::extended(fx, d, v));
            let r = arithmetic_float::numpy(fx, op, DType::F32, x, y, exponent);
            vec![half::rounded(fx, d, r)]
        }
        DType::F32 | DType::F64 => vec![arithmetic_float::numpy(fx, op, d, x[0], y[0], exponent)],
        DType::C64 | DType::C128 => complex::binary(fx, op, x, y),
        _ => match exponent {
            Some(n) => vec![arithmetic_int::power_const(fx, x[0], n, false)],
            None => vec![arithmetic_int::numpy(fx, op, d, x[0], y[0])],
        },
    }
}

/// Lowers a unary operator with the result type that [`super::unary_rule`] gave.
pub fn lower_unary(fx: &mut Fx<'_>, op: UnaryOp, a: &TypedValue, out: &Ty) -> TypedValue {
    if let Ty::Lit(_) = out {
        return TypedValue::unit(out.clone());
    }
    let x = convert(fx, a, out);
    let parts = match op {
        UnaryOp::Pos => x.parts.clone(),
        UnaryOp::Invert => vec![fx.b().unary(Opcode::Bnot, x.value())],
        UnaryOp::Neg => match out {
            Ty::Int => {
                let zero = fx.int(0);
                vec![fx.b().binary(Opcode::SsubChk, zero, x.value())]
            }
            Ty::Num(d) if d.is_half() => vec![half::negative(fx, x.value())],
            Ty::Num(d) if d.is_int() => vec![fx.b().unary(Opcode::Ineg, x.value())],
            _ => x.parts.iter().map(|&p| fx.b().unary(Opcode::Fneg, p)).collect(),
        },
    };
    TypedValue { ty: out.clone(), parts }
}

/// The low 64 bits of `a op b` of two Python ints, for the operators whose low bits follow
/// from those of the operands.
pub fn wrapping_binary(fx: &mut Fx<'_>, op: BinaryOp, a: &TypedValue, b: &TypedValue) -> Value {
    let x = convert(fx, a, &Ty::Int).value();
    let y = convert(fx, b, &Ty::Int).value();
    let op = match op {
        BinaryOp::Pow => {
            let exponent = small_exponent(&b.ty).expect("a constant exponent");
            return arithmetic_int::power_const(fx, x, exponent, false);
        }
        BinaryOp::Add => Opcode::Iadd,
        BinaryOp::Sub => Opcode::Isub,
        BinaryOp::Mul => Opcode::Imul,
        BinaryOp::LShift => Opcode::Ishl,
        BinaryOp::And => Opcode::Band,
        BinaryOp::Or => Opcode::Bor,
        BinaryOp::Xor => Opcode::Bxor,
        other => unreachable!("{other:?} doesn't wrap"),
    };
    fx.b().binary(op, x, y)
}

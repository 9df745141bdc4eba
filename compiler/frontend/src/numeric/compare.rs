//! Comparisons and truth.
//!
//! Integers compare by value whatever their types, also with a Python int that the
//! dtype can't hold. A Python int and a Python float compare exactly; with a NumPy
//! float in it, the comparison is one of floats, as in NumPy.

use super::cast::cast_parts;
use super::kind::{Kind, Py, operands};
use super::promotion::common;
use super::{NumericError, Rule, convert, fold, half, materialize};
use crate::hir::CompareOp;
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{FloatCond, IntCond, Opcode, Type, Value};

fn is_equality(op: CompareOp) -> bool {
    matches!(op, CompareOp::Eq | CompareOp::Ne)
}

/// Typing of `==` to `>=` between numbers.
///
/// # Errors
///
/// Ordering of Python complex numbers, and other comparisons than these six.
pub fn compare_rule(op: CompareOp, a: &Ty, b: &Ty) -> Result<Rule, NumericError> {
    if let Some(truth) = fold::fold_compare(op, a, b) {
        return Ok(Rule::Direct(Ty::Lit(Lit::Bool(truth))));
    }
    let Some((ka, kb)) = operands(a, b) else {
        return Err(super::rules::not_numbers(a, b));
    };
    if matches!(op, CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn) {
        return Err(NumericError::new("CB0303", "numbers have no identity to compare")
            .help("compare with =="));
    }
    let python = ka.is_weak() && kb.is_weak();
    let complex = ka.dtype().is_complex() || kb.dtype().is_complex();
    if python && complex && !is_equality(op) {
        if let (Kind::Py(Py::Complex), Ty::Num(DType::F64)) = (ka, b) {
            return Ok(Rule::Direct(Ty::Num(DType::Bool)));
        }
        let symbol = match op {
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            _ => ">=",
        };
        return Err(NumericError::new(
            "CB0303",
            format!(
                "'{symbol}' not supported between instances of '{}' and '{}'",
                ka.name(),
                kb.name()
            ),
        )
        .help("complex numbers have no order: compare abs(z) or z.real"));
    }
    Ok(Rule::Direct(if python { Ty::Bool } else { Ty::Num(DType::Bool) }))
}

/// Lowers a comparison with the result type that [`compare_rule`] gave.
pub fn lower_compare(
    fx: &mut Fx<'_>,
    op: CompareOp,
    a: &TypedValue,
    b: &TypedValue,
    out: &Ty,
) -> TypedValue {
    if let Ty::Lit(_) = out {
        return TypedValue::unit(out.clone());
    }
    let (ka, kb) = operands(&a.ty, &b.ty).expect("numbers");
    let (a, b) = (materialize(fx, a), materialize(fx, b));
    // A NumPy scalar that isn't complex itself leaves a complex operand to the ufunc.
    let by_scalar = |k: Kind| matches!(k, Kind::Np(d) if d.is_complex());
    let inexact = if by_scalar(ka) || by_scalar(kb) { compare_inexact } else { compare_ordered };
    let value = compare(fx, op, &a, ka, &b, kb, inexact);
    TypedValue::scalar(out.clone(), value)
}

/// As [`lower_compare`], by the rule of `np.less` and its like, which differs for
/// complex numbers with a nan.
pub fn lower_ufunc_compare(
    fx: &mut Fx<'_>,
    op: CompareOp,
    a: &TypedValue,
    b: &TypedValue,
    out: &Ty,
) -> TypedValue {
    let (Some(ka), Some(kb)) = (Kind::of(&a.ty), Kind::of(&b.ty)) else { unreachable!("numbers") };
    // Python numbers compare as NumPy ones of their own dtypes; integers exactly.
    let as_numpy = |k: Kind| Kind::Np(k.dtype());
    let (na, nb) =
        if ka.is_weak() && kb.is_weak() { (as_numpy(ka), as_numpy(kb)) } else { (ka, kb) };
    let (a, b) = (materialize(fx, a), materialize(fx, b));
    let value = compare(fx, op, &a, na, &b, nb, compare_ordered);
    TypedValue::scalar(out.clone(), value)
}

/// Compares the parts of two numbers of one inexact dtype.
type CompareParts = fn(&mut Fx<'_>, CompareOp, &[Value], &[Value]) -> Value;

fn compare(
    fx: &mut Fx<'_>,
    op: CompareOp,
    a: &TypedValue,
    ka: Kind,
    b: &TypedValue,
    kb: Kind,
    inexact: CompareParts,
) -> Value {
    let (da, db) = (ka.dtype(), kb.dtype());
    if !is_inexact(da) && !is_inexact(db) {
        return compare_ints(fx, op, a.value(), da, b.value(), db);
    }
    match (ka, kb) {
        (Kind::Py(Py::Bool | Py::Int), Kind::Py(Py::Float)) => {
            let x = convert(fx, a, &Ty::Int).value();
            compare_int_float(fx, op, x, b.value())
        }
        (Kind::Py(Py::Float), Kind::Py(Py::Bool | Py::Int)) => {
            let y = convert(fx, b, &Ty::Int).value();
            compare_int_float(fx, op.swapped(), y, a.value())
        }
        (Kind::Py(Py::Bool | Py::Int), Kind::Py(Py::Complex)) => int_complex(fx, op, a, b),
        (Kind::Py(Py::Complex), Kind::Py(Py::Bool | Py::Int)) => int_complex(fx, op, b, a),
        _ => {
            let d = common(ka, kb);
            let mut x = cast_operand(fx, a, d);
            let mut y = cast_operand(fx, b, d);
            if d.is_half() {
                (x[0], y[0]) = (half::extended(fx, d, x[0]), half::extended(fx, d, y[0]));
            }
            inexact(fx, op, &x, &y)
        }
    }
}

/// An operand in an inexact dtype; a Python int goes through a double, as in NumPy.
fn cast_operand(fx: &mut Fx<'_>, a: &TypedValue, d: DType) -> Vec<Value> {
    convert(fx, a, &Ty::Num(d)).parts
}

fn is_inexact(d: DType) -> bool {
    d.is_float() || d.is_complex()
}

/// The condition of an integer comparison.
pub fn int_cond(op: CompareOp, signed: bool) -> IntCond {
    match (op, signed) {
        (CompareOp::Eq, _) => IntCond::Eq,
        (CompareOp::Ne, _) => IntCond::Ne,
        (CompareOp::Lt, true) => IntCond::Slt,
        (CompareOp::Le, true) => IntCond::Sle,
        (CompareOp::Gt, true) => IntCond::Sgt,
        (CompareOp::Ge, true) => IntCond::Sge,
        (CompareOp::Lt, false) => IntCond::Ult,
        (CompareOp::Le, false) => IntCond::Ule,
        (CompareOp::Gt, false) => IntCond::Ugt,
        (CompareOp::Ge, false) => IntCond::Uge,
        _ => unreachable!("typing refuses it"),
    }
}

/// The condition of a float comparison.
pub fn float_cond(op: CompareOp) -> FloatCond {
    match op {
        CompareOp::Eq => FloatCond::Eq,
        CompareOp::Ne => FloatCond::Ne,
        CompareOp::Lt => FloatCond::Lt,
        CompareOp::Le => FloatCond::Le,
        CompareOp::Gt => FloatCond::Gt,
        CompareOp::Ge => FloatCond::Ge,
        _ => unreachable!("typing refuses it"),
    }
}

/// Integers and bools of any two dtypes, by value.
pub fn compare_ints(
    fx: &mut Fx<'_>,
    op: CompareOp,
    x: Value,
    dx: DType,
    y: Value,
    dy: DType,
) -> Value {
    if dx == dy {
        // Bools order as unsigned.
        return fx.b().icmp(int_cond(op, dx.is_signed()), x, y);
    }
    let wide = |fx: &mut Fx<'_>, v: Value, d: DType| {
        let to = if d == DType::U64 { DType::U64 } else { DType::I64 };
        cast_parts(fx, &[v], d, to)[0]
    };
    let (x, y) = (wide(fx, x, dx), wide(fx, y, dy));
    if dx != DType::U64 && dy != DType::U64 {
        return fx.b().icmp(int_cond(op, true), x, y);
    }
    // One of them is uint64: a negative other one is below it.
    let (other, other_signed) =
        if dx == DType::U64 { (y, dy.is_signed()) } else { (x, dx.is_signed()) };
    let unsigned = fx.b().icmp(int_cond(op, false), x, y);
    if !other_signed {
        return unsigned;
    }
    let zero = fx.int(0);
    let negative = fx.b().icmp(IntCond::Slt, other, zero);
    let when_negative = match op {
        CompareOp::Eq => false,
        CompareOp::Ne => true,
        CompareOp::Lt | CompareOp::Le => dy == DType::U64,
        _ => dx == DType::U64,
    };
    let when_negative = fx.bool(when_negative);
    fx.b().select(negative, when_negative, unsigned)
}

/// An `i64` and an `f64`, exactly.
///
/// Rounding is monotonic: where the rounded integer differs from the float, it
/// decides. Where they are equal the float is an integer, and integers are compared.
fn compare_int_float(fx: &mut Fx<'_>, op: CompareOp, x: Value, y: Value) -> Value {
    let rounded = fx.b().convert(Opcode::SintToF, Type::F64, x);
    let by_float = fx.b().fcmp(float_cond(op), rounded, y);
    if fx.func.int_const(x).is_some_and(|i| i.unsigned_abs() <= 1 << 53) {
        return by_float;
    }
    let limit = fx.b().f64const(9_223_372_036_854_775_808.0);
    let equal = fx.b().fcmp(FloatCond::Eq, rounded, y);
    let in_range = fx.b().fcmp(FloatCond::Lt, y, limit);
    let usable = fx.b().binary(Opcode::Band, equal, in_range);
    let zero = fx.b().f64const(0.0);
    let safe = fx.b().select(usable, y, zero);
    let as_int = fx.b().convert(Opcode::FToSint, Type::I64, safe);
    let by_int = fx.b().icmp(int_cond(op, true), x, as_int);
    // Equal after rounding but out of range: the float is 2**63, above any integer.
    let above = fx.bool(matches!(op, CompareOp::Ne | CompareOp::Lt | CompareOp::Le));
    let when_equal = fx.b().select(in_range, by_int, above);
    fx.b().select(equal, when_equal, by_float)
}

/// A Python int and a Python complex, for equality.
fn int_complex(fx: &mut Fx<'_>, op: CompareOp, i: &TypedValue, z: &TypedValue) -> Value {
    let i = convert(fx, i, &Ty::Int).value();
    let real = compare_int_float(fx, op, i, z.parts[0]);
    let zero = fx.b().f64const(0.0);
    let imag = fx.b().fcmp(float_cond(op), z.parts[1], zero);
    fx.b().binary(if op == CompareOp::Eq { Opcode::Band } else { Opcode::Bor }, real, imag)
}

/// Floats, or complex numbers as NumPy's scalars compare: by the imaginary parts if
/// the real ones are equal, else by the real ones.
pub fn compare_inexact(fx: &mut Fx<'_>, op: CompareOp, x: &[Value], y: &[Value]) -> Value {
    let real = fx.b().fcmp(float_cond(op), x[0], y[0]);
    if x.len() == 1 {
        return real;
    }
    let imag = fx.b().fcmp(float_cond(op), x[1], y[1]);
    match op {
        CompareOp::Eq => fx.b().binary(Opcode::Band, real, imag),
        CompareOp::Ne => fx.b().binary(Opcode::Bor, real, imag),
        _ => {
            let tie = fx.b().fcmp(FloatCond::Eq, x[0], y[0]);
            fx.b().select(tie, imag, real)
        }
    }
}

/// As [`compare_inexact`] in NumPy's loops: complex numbers with different real parts
/// are unordered if an imaginary part is nan.
pub fn compare_ordered(fx: &mut Fx<'_>, op: CompareOp, x: &[Value], y: &[Value]) -> Value {
    let result = compare_inexact(fx, op, x, y);
    if x.len() == 1 || is_equality(op) {
        return result;
    }
    let x_known = fx.b().fcmp(FloatCond::Eq, x[1], x[1]);
    let y_known = fx.b().fcmp(FloatCond::Eq, y[1], y[1]);
    let known = fx.b().binary(Opcode::Band, x_known, y_known);
    fx.b().binary(Opcode::Band, result, known)
}

/// Whether a number may be tested by `if`, `while` and `not`: any may.
///
/// # Errors
///
/// For what isn't a number.
pub fn truth_rule(a: &Ty) -> Result<(), NumericError> {
    match Kind::of(a) {
        Some(_) => Ok(()),
        None => Err(NumericError::new("CB0303", format!("{a} is not a number"))),
    }
}

/// The truth of a number, a `bool`.
pub fn lower_truth(fx: &mut Fx<'_>, a: &TypedValue) -> Value {
    let a = materialize(fx, a);
    let d = Kind::of(&a.ty).expect("a number").dtype();
    cast_parts(fx, &a.parts, d, DType::Bool)[0]
}

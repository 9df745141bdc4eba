//! Implicit conversions: where paths meet, where arguments are passed, and of
//! operands to the type that an operation computes in.
//!
//! A Python int that takes a NumPy integer type is checked as NumPy checks it. A
//! NumPy scalar never becomes a Python number implicitly except where a caller asks
//! (an index, a library body): then its value is kept or OverflowError raised.

use super::cast::{cast_parts, float_const};
use super::kind::{Kind, Py};
use super::text;
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Type, Value};

/// A constant as a value at run time; other values are themselves.
pub fn materialize(fx: &mut Fx<'_>, a: &TypedValue) -> TypedValue {
    let value = match &a.ty {
        Ty::Lit(Lit::Bool(b)) => fx.bool(*b),
        Ty::Lit(Lit::Int(i)) => fx.int(*i),
        Ty::Lit(Lit::Float(bits)) => fx.b().f64const(f64::from_bits(*bits)),
        _ => return a.clone(),
    };
    TypedValue::scalar(a.ty.widen(), value)
}

/// Raises `class: message` unless the condition holds.
pub fn check(fx: &mut Fx<'_>, condition: Value, raise: text::Raise) {
    fx.b().guard(condition, raise.0, raise.1, &[]);
}

/// Bounds of an integer dtype that fits `int64`.
pub fn bounds(d: DType) -> (i64, i64) {
    let bits = 8 * d.itemsize();
    if d.is_signed() {
        (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits))
    } else {
        (0, if bits == 64 { i64::MAX } else { (1 << bits) - 1 })
    }
}

/// Checks that a Python int (`i64`) fits an integer dtype and cuts it down.
pub fn checked_narrow(fx: &mut Fx<'_>, v: Value, d: DType) -> Value {
    if d != DType::I64 {
        let (low, high) = bounds(d);
        let known = fx.func.int_const(v).is_some_and(|i| (low..=high).contains(&i));
        if !known {
            let fits = in_bounds(fx, v, d);
            let message = format!("Python integer {{0}} out of bounds for {}", d.name());
            fx.b().guard(fits, "OverflowError", &message, &[v]);
        }
    }
    match d.ir_type() {
        Type::I64 => v,
        narrow => fx.b().convert(Opcode::Trunc, narrow, v),
    }
}

/// Whether an `i64` is within an integer dtype other than `int64`: one comparison.
fn in_bounds(fx: &mut Fx<'_>, v: Value, d: DType) -> Value {
    let (low, high) = bounds(d);
    if d == DType::U64 {
        let zero = fx.int(0);
        return fx.b().icmp(IntCond::Sge, v, zero);
    }
    let shifted = if low == 0 {
        v
    } else {
        let low = fx.int(low);
        fx.b().binary(Opcode::Isub, v, low)
    };
    let span = fx.int(high - low);
    fx.b().icmp(IntCond::Ule, shifted, span)
}

/// A Python number as a NumPy one. An int is checked against an integer dtype.
fn weak_to_num(fx: &mut Fx<'_>, a: &TypedValue, from: Py, d: DType) -> Vec<Value> {
    match from {
        Py::Int if d.is_int() => vec![checked_narrow(fx, a.value(), d)],
        // NumPy goes through a C double.
        Py::Int if d == DType::BF16 => cast_parts(fx, &a.parts, DType::I64, d),
        Py::Int if matches!(d, DType::F16 | DType::F32 | DType::C64) => {
            let double = cast_parts(fx, &a.parts, DType::I64, DType::F64);
            cast_parts(fx, &double, DType::F64, d)
        }
        _ => cast_parts(fx, &a.parts, from.dtype(), d),
    }
}

/// Converts a number to another numeric type.
///
/// # Panics
///
/// When either type isn't a number: typing has refused that.
pub fn convert(fx: &mut Fx<'_>, a: &TypedValue, to: &Ty) -> TypedValue {
    if a.ty == *to {
        return a.clone();
    }
    if let Ty::Lit(_) = to {
        return TypedValue::unit(to.clone());
    }
    let a = materialize(fx, a);
    let (Some(from), Some(target)) = (Kind::of(&a.ty), Kind::of(to)) else {
        panic!("{} can't be converted to {to}", a.ty);
    };
    let parts = match (from, target) {
        (Kind::Py(p), Kind::Np(d)) => weak_to_num(fx, &a, p, d),
        (Kind::Np(DType::U64), Kind::Py(Py::Int)) => {
            let zero = fx.int(0);
            let fits = fx.b().icmp(IntCond::Sge, a.value(), zero);
            check(fx, fits, text::INT_OVERFLOW);
            a.parts.clone()
        }
        (from, to) => cast_parts(fx, &a.parts, from.dtype(), to.dtype()),
    };
    TypedValue { ty: to.clone(), parts }
}

/// [`convert`] to a dtype, giving the parts.
pub fn to_dtype(fx: &mut Fx<'_>, a: &TypedValue, d: DType) -> Vec<Value> {
    convert(fx, a, &Ty::Num(d)).parts
}

/// The zero of a real dtype.
pub fn zero_of(fx: &mut Fx<'_>, d: DType) -> Value {
    match d {
        d if d.is_float() => float_const(fx, d, 0.0),
        _ => fx.b().iconst(d.ir_type(), 0),
    }
}

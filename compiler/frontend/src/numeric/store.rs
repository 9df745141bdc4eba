//! `array[i] = number`, with the checks that NumPy makes for one element.
//!
//! NumPy sets an element of a signed integer array through Python's `int()`, also
//! from a NumPy scalar, and so checks it; an unsigned array takes a NumPy scalar by a
//! C cast. Into floats, complex and bool everything is cast. A Python complex doesn't
//! go into a real array; a NumPy complex loses its imaginary part.

use super::cast::{cast_parts, float_const};
use super::convert::{check, checked_narrow};
use super::kind::{Kind, Py};
use super::{NumericError, cast, convert, materialize, text};
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_ir::{FloatCond, IntCond, Opcode, Type, Value};

/// Whether a number may be stored into an array of a dtype.
///
/// # Errors
///
/// A Python complex into a real array.
pub fn store_rule(a: &Ty, dtype: DType) -> Result<(), NumericError> {
    if dtype.is_time() || a.as_time().is_some() {
        return store_time(a, dtype);
    }
    match Kind::of(a) {
        None => Err(NumericError::new("CB0303", format!("{a} is not a number"))),
        Some(Kind::Py(Py::Complex)) if dtype.is_int() || dtype.is_float() => {
            Err(NumericError::new(
                "CB0303",
                format!("a complex number can't be stored into an array of {}", dtype.name()),
            )
            .help("store its .real or its abs()"))
        }
        Some(_) => Ok(()),
    }
}

/// Dates and differences go into arrays of just their own dtype.
fn store_time(a: &Ty, dtype: DType) -> Result<(), NumericError> {
    if *a == Ty::Num(dtype) {
        return Ok(());
    }
    let message = format!("{a:#} can't be stored into an array of {}", dtype.name());
    Err(NumericError::new("CB0504", message)
        .help(format!("convert it to {} with x.astype(...)", dtype.name())))
}

/// Converts a number to be stored as an element.
///
/// # Errors
///
/// As [`store_rule`].
pub fn store_convert(
    fx: &mut Fx<'_>,
    a: &TypedValue,
    dtype: DType,
) -> Result<TypedValue, NumericError> {
    store_rule(&a.ty, dtype)?;
    if dtype.is_time() {
        return Ok(a.clone());
    }
    let a = materialize(fx, a);
    let kind = Kind::of(&a.ty).expect("store_rule accepted it");
    let ty = Ty::Num(dtype);
    if !dtype.is_int() {
        // A Python int becomes a float through a double; nothing is checked.
        return Ok(match kind {
            Kind::Py(_) => convert(fx, &a, &ty),
            Kind::Np(_) => cast(fx, &a, dtype),
        });
    }
    let value = match kind {
        Kind::Np(_) if dtype.is_unsigned() => return Ok(cast(fx, &a, dtype)),
        Kind::Np(d) if d.is_int() && fits(d, dtype) => return Ok(cast(fx, &a, dtype)),
        Kind::Py(Py::Bool) | Kind::Np(DType::Bool) => return Ok(cast(fx, &a, dtype)),
        Kind::Py(Py::Int) => checked_narrow(fx, a.value(), dtype),
        Kind::Np(DType::U64) => {
            let zero = fx.int(0);
            let small = fx.b().icmp(IntCond::Sge, a.value(), zero);
            check(fx, small, text::C_LONG);
            checked_narrow(fx, a.value(), dtype)
        }
        Kind::Np(d) if d.is_int() => {
            let wide = cast_parts(fx, &a.parts, d, DType::I64)[0];
            checked_narrow(fx, wide, dtype)
        }
        Kind::Py(p) => float_element(fx, &a, p.dtype(), dtype),
        Kind::Np(d) => float_element(fx, &a, d, dtype),
    };
    Ok(TypedValue::scalar(ty, value))
}

/// Whether every value of one integer dtype is one of the other.
fn fits(from: DType, to: DType) -> bool {
    super::result_type(from, to) == to
}

/// A float (or the real part of a complex) as an integer element, by way of `int()`.
fn float_element(fx: &mut Fx<'_>, a: &TypedValue, from: DType, to: DType) -> Value {
    let real = match from {
        DType::C64 => DType::F32,
        DType::C128 => DType::F64,
        d => d,
    };
    let x = cast_parts(fx, &a.parts[..1], real, DType::F64)[0];
    if to == DType::U64 {
        // `int(x)` may be beyond int64 here; the result is then not negative.
        check_finite(fx, x);
        let limit = fx.b().f64const(18_446_744_073_709_551_616.0);
        let below = fx.b().fcmp(FloatCond::Lt, x, limit);
        check(fx, below, text::C_LONG);
        let minus_one = fx.b().f64const(-1.0);
        let above = fx.b().fcmp(FloatCond::Gt, x, minus_one);
        let shown = cast::f64_to_i64(fx, x);
        fx.b().guard(
            above,
            "OverflowError",
            "Python integer {0} out of bounds for uint64",
            &[shown],
        );
        return cast_parts(fx, &[x], DType::F64, DType::U64)[0];
    }
    let i = checked_int(fx, x, text::C_LONG);
    checked_narrow(fx, i, to)
}

fn check_finite(fx: &mut Fx<'_>, x: Value) {
    let known = fx.b().fcmp(FloatCond::Eq, x, x);
    check(fx, known, text::NAN_TO_INT);
    let size = fx.b().unary(Opcode::Fabs, x);
    let infinity = float_const(fx, DType::F64, f64::INFINITY);
    let finite = fx.b().fcmp(FloatCond::Ne, size, infinity);
    check(fx, finite, text::INF_TO_INT);
}

/// `int(x)` of an `f64`, with CPython's exceptions for nan and infinities and
/// `too_large` for what needs more than 64 bits.
///
/// One comparison on the way of a good value: the checks that tell the reasons apart
/// are in a cold block.
pub fn checked_int(fx: &mut Fx<'_>, x: Value, too_large: text::Raise) -> Value {
    let low = fx.b().f64const(-9_223_372_036_854_775_808.0);
    let high = fx.b().f64const(9_223_372_036_854_775_808.0);
    let above = fx.b().fcmp(FloatCond::Ge, x, low);
    let below = fx.b().fcmp(FloatCond::Lt, x, high);
    let good = fx.b().binary(Opcode::Band, above, below);
    let done = fx.new_block();
    let bad = fx.new_cold_block();
    fx.b().br(good, cumbia_ir::Target::new(done), cumbia_ir::Target::new(bad));
    fx.switch_to(bad);
    check_finite(fx, x);
    fx.b().raise(too_large.0, too_large.1, &[]);
    fx.switch_to(done);
    fx.b().convert(Opcode::FToSint, Type::I64, x)
}

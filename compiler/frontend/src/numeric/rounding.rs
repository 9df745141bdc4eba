//! `round(x)` and `round(x, n)`.
//!
//! To nearest, ties to even. With digits, a Python float is rounded by its decimal
//! digits as CPython does it (a body over a runtime function), a NumPy float by
//! scaling as NumPy does it.

use super::cast::cast_parts;
use super::kind::{Kind, Py};
use super::{NumericError, Rule, convert, materialize, store, text};
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_ir::Opcode;

/// Typing of `round` with one or two numbers.
pub fn rule(kinds: &[Kind]) -> Result<Rule, NumericError> {
    let x = kinds[0];
    match x {
        Kind::Py(Py::Complex) | Kind::Np(DType::Bool | DType::C64 | DType::C128) => {
            return Err(NumericError::new(
                "CB0303",
                format!("type {} doesn't define __round__ method", x.name()),
            )
            .help("this is a TypeError in Python as well"));
        }
        _ => {}
    }
    let Some(digits) = kinds.get(1) else {
        return Ok(Rule::Direct(Ty::Int));
    };
    if !matches!(digits, Kind::Py(Py::Bool | Py::Int))
        && !matches!(digits, Kind::Np(d) if d.is_int())
    {
        return Err(NumericError::new(
            "CB0303",
            format!("'{}' object cannot be interpreted as an integer", digits.name()),
        )
        .help("the number of digits is an integer"));
    }
    Ok(Rule::Body(match x {
        Kind::Py(Py::Float) => "numbers.py_float_round",
        Kind::Py(_) => "numbers.py_int_round",
        Kind::Np(d) if d.is_float() => "numbers.np_float_round",
        Kind::Np(_) => "numbers.np_int_round",
    }))
}

/// `round(x)`, an int.
pub fn lower(fx: &mut Fx<'_>, x: &TypedValue, out: &Ty) -> TypedValue {
    let x = materialize(fx, x);
    let d = Kind::of(&x.ty).expect("a number").dtype();
    if !d.is_float() {
        return convert(fx, &x, out);
    }
    let wide = cast_parts(fx, &x.parts, d, DType::F64)[0];
    let rounded = fx.b().unary(Opcode::Fnearest, wide);
    TypedValue::scalar(out.clone(), store::checked_int(fx, rounded, text::INT_OVERFLOW))
}

//! Typing of operators.
//!
//! [`loop_types`] is the one place that knows which dtypes a NumPy operator computes
//! in and gives; lowering asks it again instead of keeping a plan.

use super::kind::{Kind, Py, operands};
use super::promotion::common;
use super::{NumericError, Rule, fold};
use crate::hir::{BinaryOp, UnaryOp};
use crate::types::{DType, Lit, Ty};

/// The operator as it is written.
pub fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::TrueDiv => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::MatMul => "@",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::And => "&",
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
    }
}

fn unsupported(op: BinaryOp, a: Kind, b: Kind) -> NumericError {
    let message = format!(
        "unsupported operand type(s) for {}: '{}' and '{}'",
        symbol(op),
        a.name(),
        b.name()
    );
    let error = NumericError::new("CB0303", message);
    match op {
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::LShift | BinaryOp::RShift if matches!((a.dtype(), b.dtype()), (DType::U64, d) | (d, DType::U64) if d.is_signed()) => {
            error.help(
                "uint64 and a signed integer have no common integer type: convert one of them",
            )
        }
        _ => error.help("these operands are a TypeError in Python as well"),
    }
}

/// Types of a NumPy operator: what both operands are converted to, and the result.
pub fn loop_types(op: BinaryOp, a: Kind, b: Kind) -> Result<(DType, DType), NumericError> {
    use BinaryOp::*;
    let refused = || Err(unsupported(op, a, b));
    let d = common(a, b);
    let same = Ok((d, d));
    let small = if d == DType::Bool { DType::I8 } else { d };
    match op {
        Add | Mul => same,
        Sub if d == DType::Bool => Err(NumericError::new(
            "CB0303",
            "numpy boolean subtract, the `-` operator, is not supported",
        )
        .help("use the bitwise_xor, the `^` operator, or the logical_xor function instead")),
        Sub => same,
        TrueDiv if d.is_int() || d == DType::Bool => Ok((DType::F64, DType::F64)),
        TrueDiv => same,
        FloorDiv | Mod if d.is_complex() => refused(),
        FloorDiv | Mod | Pow => Ok((small, small)),
        LShift | RShift if small.is_int() => Ok((small, small)),
        And | Or | Xor if d.is_int() || d == DType::Bool => same,
        LShift | RShift | And | Or | Xor | MatMul => refused(),
    }
}

fn python_rule(op: BinaryOp, a: Py, b: Py, b_lit: Option<i64>) -> Result<Rule, NumericError> {
    use BinaryOp::*;
    let refused = || Err(unsupported(op, Kind::Py(a), Kind::Py(b)));
    let top = a.max(b).max(Py::Int);
    let direct = |p: Py| Ok(Rule::Direct(p.ty()));
    match op {
        Add | Sub | Mul => direct(top),
        TrueDiv if top == Py::Complex => Ok(Rule::Body("numbers.py_complex_divide")),
        TrueDiv => direct(Py::Float),
        FloorDiv | Mod if top == Py::Complex => refused(),
        FloorDiv if top == Py::Float => Ok(Rule::Body("numbers.py_float_floor_divide")),
        Mod if top == Py::Float => Ok(Rule::Body("numbers.py_float_modulo")),
        FloorDiv | Mod => direct(Py::Int),
        Pow if top == Py::Complex => Ok(Rule::Body("numbers.py_complex_power")),
        Pow if top == Py::Float => match b_lit {
            Some(-1..=2) => direct(Py::Float),
            _ => Ok(Rule::Body("numbers.py_float_power")),
        },
        Pow => match b_lit {
            Some(0..=64) => direct(Py::Int),
            Some(-1) => direct(Py::Float),
            Some(n) if n < 0 => Ok(Rule::Body("numbers.py_float_power")),
            _ => Ok(Rule::Body("numbers.py_int_power")),
        },
        And | Or | Xor if a.max(b) == Py::Bool => direct(Py::Bool),
        LShift | RShift | And | Or | Xor if top == Py::Int => direct(Py::Int),
        LShift | RShift | And | Or | Xor | MatMul => refused(),
    }
}

/// How `a op b` of two numbers is done.
///
/// # Errors
///
/// Operands that are a TypeError in Python.
pub fn binary_rule(op: BinaryOp, a: &Ty, b: &Ty) -> Result<Rule, NumericError> {
    if let Some(lit) = fold::fold_binary(op, a, b) {
        return Ok(Rule::Direct(Ty::Lit(lit)));
    }
    let Some((ka, kb)) = operands(a, b) else {
        return Err(not_numbers(a, b));
    };
    if let (Kind::Py(pa), Kind::Py(pb)) = (ka, kb) {
        return python_rule(op, pa, pb, small_exponent(b));
    }
    let (_, result) = loop_types(op, ka, kb)?;
    Ok(match op {
        BinaryOp::FloorDiv if result.is_float() => Rule::Body("numbers.np_float_floor_divide"),
        BinaryOp::Mod if result.is_float() => Rule::Body("numbers.np_float_modulo"),
        BinaryOp::Pow if result.is_complex() => Rule::Body("numbers.np_complex_power"),
        BinaryOp::Pow if result.is_int() => match b.as_int() {
            Some(0..=64) => Rule::Direct(Ty::Num(result)),
            _ => Rule::Body("numbers.np_int_power"),
        },
        BinaryOp::Pow if result.is_float() => match small_exponent(b) {
            Some(-1..=2) => Rule::Direct(Ty::Num(result)),
            _ => Rule::Body("powers.np_power"),
        },
        BinaryOp::TrueDiv if result.is_complex() => Rule::Body("numbers.np_complex_divide"),
        _ => Rule::Direct(Ty::Num(result)),
    })
}

/// The integer value of a constant exponent; `2.0` counts as 2, `True` as 1.
pub fn small_exponent(ty: &Ty) -> Option<i64> {
    match ty {
        Ty::Lit(Lit::Int(n)) => Some(*n),
        Ty::Lit(Lit::Bool(b)) => Some(*b as i64),
        Ty::Lit(Lit::Float(bits)) => {
            let x = f64::from_bits(*bits);
            (x.fract() == 0.0 && x.abs() < 1e6).then_some(x as i64)
        }
        _ => None,
    }
}

/// Typing of a unary operator.
///
/// # Errors
///
/// Operands that are a TypeError in Python.
pub fn unary_rule(op: UnaryOp, a: &Ty) -> Result<Rule, NumericError> {
    if let Some(lit) = fold::fold_unary(op, a) {
        return Ok(Rule::Direct(Ty::Lit(lit)));
    }
    let Some(kind) = Kind::of(a) else {
        return Err(NumericError::new("CB0303", format!("{a} is not a number")));
    };
    let refused = |what: &str| {
        Err(NumericError::new(
            "CB0303",
            format!("bad operand type for unary {what}: '{}'", kind.name()),
        )
        .help("this operand is a TypeError in Python as well"))
    };
    Ok(Rule::Direct(match (op, kind) {
        (UnaryOp::Invert, Kind::Py(p)) if p > Py::Int => return refused("~"),
        (_, Kind::Py(p)) => p.max(Py::Int).ty(),
        (UnaryOp::Neg, Kind::Np(DType::Bool)) => {
            return Err(NumericError::new(
                "CB0303",
                "The numpy boolean negative, the `-` operator, is not supported",
            )
            .help("use the `~` operator or the logical_not function instead"));
        }
        (UnaryOp::Pos, Kind::Np(DType::Bool)) => return refused("+"),
        (UnaryOp::Invert, Kind::Np(d)) if !d.is_int() && d != DType::Bool => return refused("~"),
        (_, Kind::Np(d)) => Ty::Num(d),
    }))
}

/// The error for operands that aren't numbers at all.
pub fn not_numbers(a: &Ty, b: &Ty) -> NumericError {
    let ty = if a.is_number() { b } else { a };
    NumericError::new("CB0303", format!("{ty} is not a number"))
}

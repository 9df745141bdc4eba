//! Elementwise NumPy functions on numbers: the table of `cumbia_library` applied to
//! types and values.
//!
//! An operand that is a Python number counts as weak, as in a call of the ufunc; the
//! result is always a NumPy scalar. Only positional operands: keywords are bodies'.

use super::kind::{Kind, Py};
use super::promotion::common;
use super::rules::loop_types;
use super::{NumericError, Rule, cast, compare, convert, lower, primitives};
use crate::hir::{BinaryOp, CompareOp, UnaryOp};
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_library::{How, Loop, Ufunc};

/// The binary operator that is written so.
pub fn binary_op(symbol: &str) -> BinaryOp {
    match symbol {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::TrueDiv,
        "//" => BinaryOp::FloorDiv,
        "%" => BinaryOp::Mod,
        "**" => BinaryOp::Pow,
        "<<" => BinaryOp::LShift,
        ">>" => BinaryOp::RShift,
        "&" => BinaryOp::And,
        "|" => BinaryOp::Or,
        "^" => BinaryOp::Xor,
        other => panic!("the ufunc table has an unknown operator {other}"),
    }
}

fn compare_op(symbol: &str) -> CompareOp {
    match symbol {
        "==" => CompareOp::Eq,
        "!=" => CompareOp::Ne,
        "<" => CompareOp::Lt,
        "<=" => CompareOp::Le,
        ">" => CompareOp::Gt,
        ">=" => CompareOp::Ge,
        other => panic!("the ufunc table has an unknown comparison {other}"),
    }
}

fn unary_op(symbol: &str) -> UnaryOp {
    match symbol {
        "-" => UnaryOp::Neg,
        "+" => UnaryOp::Pos,
        _ => UnaryOp::Invert,
    }
}

/// The dtype of a float function's loop for a common dtype; the error names what
/// NumPy would compute in.
pub fn float_loop(d: DType, name: &str) -> Result<DType, NumericError> {
    match d {
        d if d.is_float() => Ok(d),
        DType::I16 | DType::U16 => Ok(DType::F32),
        DType::Bool | DType::I8 | DType::U8 => Err(NumericError::new(
            "CB0309",
            format!("np.{name}() of {} gives float16, which is not supported", d.name()),
        )
        .help("convert the operand first, for example with np.float32(...)")),
        d if d.is_complex() => Err(NumericError::new(
            "CB0309",
            format!("np.{name}() of {} is not compiled yet", d.name()),
        )),
        _ => Ok(DType::F64),
    }
}

/// The float loop of several operands. Integers choose by the widest, not by their
/// common type: `int16` and `uint16` compute in `float32`.
pub fn float_common(args: &[Kind], name: &str) -> Result<DType, NumericError> {
    let exact = |d: DType| d.is_int() || d == DType::Bool;
    let d = match args {
        [a, b] => match (exact(a.dtype()) && exact(b.dtype()), *a, *b) {
            (true, Kind::Np(x), Kind::Np(y)) => {
                if x.itemsize() >= y.itemsize() {
                    x
                } else {
                    y
                }
            }
            _ => common(*a, *b),
        },
        _ => args[0].dtype(),
    };
    float_loop(d, name)
}

/// What an elementwise function computes in and gives.
fn types(u: &Ufunc, args: &[Kind]) -> Result<(DType, DType), NumericError> {
    let d =
        args.iter().copied().reduce(|a, b| Kind::Np(common(a, b))).map_or(DType::F64, Kind::dtype);
    // The first step above is by weakness; the order matters only with two operands.
    let d = if let [a, b] = args { common(*a, *b) } else { d };
    let refused = |what: &str| {
        Err(NumericError::new("CB0309", format!("{}() is not supported for {what}", u.shown()))
            .help("NumPy raises TypeError here"))
    };
    let complex = d.is_complex();
    let is_bool = d == DType::Bool;
    Ok(match u.types {
        Loop::Float if complex && complex_body(u.name).is_some() => (d, d),
        Loop::Float => {
            let d = float_common(args, u.name)?;
            (d, d)
        }
        Loop::Special | Loop::Narrow if complex || d.is_half() => {
            return Err(NumericError::new(
                "CB0309",
                format!("{}() of {} is not compiled yet", u.shown(), d.name()),
            )
            .help("real operands are compiled"));
        }
        Loop::Special | Loop::Narrow => (d, d),
        Loop::Real | Loop::Rounded if complex => return refused(d.name()),
        Loop::Rounded if is_bool => return refused("bool"),
        Loop::Signed if is_bool => return refused("bool"),
        Loop::Signed if complex && u.name == "sign" => {
            return Err(NumericError::new(
                "CB0309",
                "np.sign() of complex numbers is not compiled yet",
            ));
        }
        Loop::Real | Loop::Rounded | Loop::Any | Loop::Signed => (d, d),
        Loop::Arithmetic if complex && u.name == "fmod" => return refused(d.name()),
        Loop::Arithmetic => {
            let d = if is_bool { DType::I8 } else { d };
            (d, d)
        }
        Loop::Magnitude => (d, real_part(d)),
        Loop::RealPredicate if complex => return refused(d.name()),
        Loop::Predicate | Loop::RealPredicate => (d, DType::Bool),
        Loop::Bits if d.is_int() || is_bool => (d, d),
        Loop::Integer if d.is_int() => (d, d),
        Loop::Count if d.is_int() => (d, DType::U8),
        Loop::Count if is_bool => (DType::I8, DType::U8),
        Loop::Bits | Loop::Integer | Loop::Count => return refused(d.name()),
        Loop::Double => {
            let d = if complex { DType::C128 } else { DType::F64 };
            (d, d)
        }
        Loop::Angle => match d {
            DType::C64 | DType::C128 => (d, real_part(d)),
            DType::F16 | DType::BF16 | DType::F32 => (d, d),
            DType::I16 | DType::U16 => (DType::F32, DType::F32),
            _ if is_bool || !d.is_int() || d.itemsize() > 2 => (DType::F64, DType::F64),
            _ => return Err(float_loop(d, u.name).expect_err("8-bit integers are refused")),
        },
        Loop::Operator => match u.how {
            How::Operator(symbol) => loop_types(binary_op(symbol), args[0], args[1])?,
            _ => (d, DType::Bool),
        },
    })
}

/// The body for complex numbers of an elementary function that has one.
fn complex_body(name: &str) -> Option<&'static str> {
    Some(match name {
        "exp" => "complex_functions.np_exp",
        "log" => "complex_functions.np_log",
        "log10" => "complex_functions.np_log10",
        "log2" => "complex_functions.np_log2",
        "sqrt" => "complex_functions.np_sqrt",
        "sin" => "complex_functions.np_sin",
        "cos" => "complex_functions.np_cos",
        "tan" => "complex_functions.np_tan",
        "sinh" => "complex_functions.np_sinh",
        "cosh" => "complex_functions.np_cosh",
        "tanh" => "complex_functions.np_tanh",
        _ => return None,
    })
}

/// `float32` for `complex64`, `float64` for `complex128`; others are themselves.
pub fn real_part(d: DType) -> DType {
    match d {
        DType::C64 => DType::F32,
        DType::C128 => DType::F64,
        d => d,
    }
}

/// Typing of an elementwise function on numbers.
pub fn rule(u: &Ufunc, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    let kinds: Vec<Kind> = args.iter().map(Kind::of).collect::<Option<_>>()?;
    if kinds.len() != u.arity {
        return None;
    }
    let kinds = if u.name == "ldexp" {
        let exponent = kinds[1].dtype();
        // NumPy computes `np.ldexp(1, np.int8(1))` in float16 and has no loop for uint64.
        let fine = (exponent.is_int() || exponent == DType::Bool) && exponent != DType::U64;
        let half =
            matches!(kinds[..], [Kind::Py(Py::Bool | Py::Int), Kind::Np(d)] if d != DType::Bool);
        if !fine || half {
            return Some(Err(NumericError::new(
                "CB0309",
                "np.ldexp() of these types is not supported",
            )
            .help("the first operand is a float, the second an integer other than uint64")));
        }
        vec![kinds[0]]
    } else {
        kinds
    };
    Some(types(u, &kinds).map(|(input, output)| match u.how {
        _ if input.is_complex() && complex_body(u.name).is_some() => {
            Rule::Body(complex_body(u.name).expect("just seen"))
        }
        How::Body(body) => Rule::Body(body),
        How::Operator("//") if input.is_float() => Rule::Body("numbers.np_float_floor_divide"),
        How::Operator("%") if input.is_float() => Rule::Body("numbers.np_float_modulo"),
        How::Operator("/") if input.is_complex() => Rule::Body("numbers.np_complex_divide"),
        How::Operator("**") if input.is_complex() => Rule::Body("numbers.np_complex_power"),
        How::Operator("**") if input.is_float() => Rule::Body("powers.np_power"),
        How::Operator("**") if input.is_int() => Rule::Body("numbers.np_int_power"),
        How::Prim("power") if input.is_complex() => Rule::Body("numbers.np_complex_float_power"),
        How::Prim("power") => Rule::Body("powers.np_float_power"),
        How::Prim("reciprocal") if input.is_complex() => {
            Rule::Body("numbers.np_complex_reciprocal")
        }
        _ => Rule::Direct(Ty::Num(output)),
    }))
}

/// Lowering of an elementwise function that [`rule`] found direct.
pub fn lower_ufunc(fx: &mut Fx<'_>, u: &Ufunc, args: &[TypedValue], out: &Ty) -> TypedValue {
    let kinds: Vec<Kind> = args.iter().map(|a| Kind::of(&a.ty).expect("a number")).collect();
    let (input, _) = types(u, &kinds).expect("typing accepted the operands");
    match u.how {
        How::Compare(symbol) => {
            compare::lower_ufunc_compare(fx, compare_op(symbol), &args[0], &args[1], out)
        }
        How::Prim(name) if matches!(u.types, Loop::Predicate | Loop::RealPredicate) => {
            primitives::lower_prim(fx, &format!("prim.{name}"), args, out)
        }
        how => {
            let operands: Vec<TypedValue> = args.iter().map(|a| operand(fx, a, input)).collect();
            match how {
                How::Prim(name) => {
                    primitives::lower_prim(fx, &format!("prim.{name}"), &operands, out)
                }
                How::Operator(symbol) => {
                    let op = binary_op(symbol);
                    let parts = lower::numpy_binary(
                        fx,
                        op,
                        input,
                        &operands[0].parts,
                        &operands[1].parts,
                        None,
                    );
                    TypedValue { ty: out.clone(), parts }
                }
                How::Unary(symbol) => lower::lower_unary(fx, unary_op(symbol), &operands[0], out),
                How::Compare(_) | How::Body(_) => unreachable!("handled before"),
            }
        }
    }
}

/// An operand in the loop's dtype: Python ints are checked against integer dtypes.
fn operand(fx: &mut Fx<'_>, a: &TypedValue, d: DType) -> TypedValue {
    match Kind::of(&a.ty) {
        Some(Kind::Py(Py::Bool | Py::Int | Py::Float | Py::Complex)) => convert(fx, a, &Ty::Num(d)),
        _ => cast(fx, a, d),
    }
}

//! Builtin functions of numbers: `int`, `float`, `bool`, `complex`, `abs`, `round`,
//! `min`, `max`, `divmod`, `pow`, NumPy's scalar classes and methods of numbers; and
//! the way to ufuncs (`ufunc.rs`) and primitives (`primitives.rs`).
//!
//! `min` and `max` take two or more numbers and give their common type (CPython gives
//! the winner's: a listed deviation). Strings are never converted.

use super::cast::cast_parts;
use super::convert::check;
use super::kind::{Kind, Py};
use super::promotion::choice;
use super::{NumericError, Rule, binary_rule, cast, compare, complex, convert, fold, materialize};
use super::{arithmetic_int, lower, primitives, rounding, store, text, ufunc};
use crate::hir::{BinaryOp, CompareOp};
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Value};

fn refused(message: String) -> NumericError {
    NumericError::new("CB0303", message).help("this is a TypeError in Python as well")
}

/// Typing of a function of numbers by its qualified name; `None` if it isn't one or
/// an argument is no number.
pub fn builtin_rule(name: &str, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    if name.starts_with("prim.") {
        return primitives::rule(name, args);
    }
    if let Some(method) = name.strip_prefix("number.") {
        return method_rule(method, args);
    }
    if let Some(function) = name.strip_prefix("builtins.") {
        return python_rule(function, args);
    }
    if let Some(dtype) = constructed(name) {
        return constructor_rule(dtype, args);
    }
    let u = cumbia_library::ufunc(name)?;
    ufunc::rule(u, args)
}

/// The dtype that a qualified name makes a scalar of. NumPy's own name of `float16` is what
/// processors refuse.
fn constructed(name: &str) -> Option<DType> {
    match name {
        "cumbia.float16" => Some(DType::F16),
        "cumbia.bfloat16" => Some(DType::BF16),
        name => name.strip_prefix("numpy.").and_then(scalar_class),
    }
}

/// The dtype of a scalar class's name in `numpy`.
fn scalar_class(name: &str) -> Option<DType> {
    DType::from_name(name).or(match name {
        "bool_" => Some(DType::Bool),
        "byte" => Some(DType::I8),
        "ubyte" => Some(DType::U8),
        "short" => Some(DType::I16),
        "ushort" => Some(DType::U16),
        "intc" => Some(DType::I32),
        "uintc" => Some(DType::U32),
        "int_" | "intp" | "long" | "longlong" => Some(DType::I64),
        "uint" | "uintp" | "ulong" | "ulonglong" => Some(DType::U64),
        "single" => Some(DType::F32),
        "double" => Some(DType::F64),
        "csingle" => Some(DType::C64),
        "cdouble" => Some(DType::C128),
        _ => None,
    })
}

fn constructor_rule(dtype: DType, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    let ty = Ty::Num(dtype);
    match args {
        [] => Some(Ok(Rule::Direct(ty))),
        [a] => {
            let kind = Kind::of(a)?;
            Some(match kind {
                Kind::Py(_) => store::store_rule(a, dtype).map(|()| Rule::Direct(ty)),
                Kind::Np(_) => Ok(Rule::Direct(ty)),
            })
        }
        [a, b] if dtype.is_complex() && Kind::of(a).is_some() && Kind::of(b).is_some() => {
            Some(Err(NumericError::new(
                "CB0303",
                format!("numpy.{}() takes one argument here", dtype.name()),
            )
            .help("write it as complex(re, im) first")))
        }
        _ => None,
    }
}

fn method_rule(name: &str, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    let [a] = args else { return None };
    Kind::of(a)?;
    match name {
        "conjugate" | "conj" => primitives::rule("prim.conjugate", args),
        "item" if matches!(a, Ty::Num(_)) => primitives::rule("prim.to_python", args),
        _ => None,
    }
}

fn python_rule(name: &str, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    let direct = |ty: Ty| Some(Ok(Rule::Direct(ty)));
    let kinds: Vec<Kind> = match (name, args) {
        // `round(x, None)`
        ("round", [x, Ty::None]) => vec![Kind::of(x)?],
        _ => args.iter().map(Kind::of).collect::<Option<_>>()?,
    };
    let name_of = |i: usize| kinds[i].name();
    match (name, kinds.as_slice()) {
        ("bool", []) => direct(Ty::Lit(Lit::Bool(false))),
        ("int", []) => direct(Ty::Lit(Lit::Int(0))),
        ("float", []) => direct(Ty::Lit(Lit::Float(0))),
        ("complex", []) => direct(Ty::Complex),
        ("bool", [_]) => direct(literal_truth(&args[0]).map_or(Ty::Bool, |b| Ty::Lit(Lit::Bool(b)))),
        ("int", [k]) => match (k, &args[0]) {
            (_, Ty::Lit(Lit::Int(i))) => direct(Ty::Lit(Lit::Int(*i))),
            (_, Ty::Lit(Lit::Bool(b))) => direct(Ty::Lit(Lit::Int(*b as i64))),
            (Kind::Py(Py::Complex), _) => Some(Err(refused(
                "int() argument must be a string, a bytes-like object or a real number, not 'complex'".into(),
            ))),
            _ => direct(Ty::Int),
        },
        ("float", [Kind::Py(Py::Complex)]) => {
            Some(Err(refused("float() argument must be a string or a real number, not 'complex'".into())))
        }
        ("float", [_]) => match &args[0] {
            lit @ Ty::Lit(Lit::Float(_)) => direct(lit.clone()),
            _ => direct(Ty::Float),
        },
        ("complex", [_]) => direct(Ty::Complex),
        ("complex", [a, b]) if !a.dtype().is_complex() && !b.dtype().is_complex() => direct(Ty::Complex),
        ("complex", [_, _]) => Some(Err(NumericError::new(
            "CB0303",
            "complex() of two arguments takes real ones here",
        )
        .help("write a + 1j*b"))),
        ("abs", [k]) => direct(match *k {
            Kind::Py(Py::Complex) => return Some(Ok(Rule::Body("numbers.py_complex_abs"))),
            Kind::Py(p) => p.max(Py::Int).ty(),
            Kind::Np(d) => Ty::Num(ufunc::real_part(d)),
        }),
        ("round", [_] | [_, _]) => Some(rounding::rule(&kinds)),
        ("min" | "max", [_, _, ..]) => Some(extremum_rule(name, args, &kinds)),
        ("divmod", [a, b]) => Some(divmod_rule(&args[0], &args[1], *a, *b)),
        ("pow", [_, _]) => Some(binary_rule(BinaryOp::Pow, &args[0], &args[1])),
        ("pow", [a, b, c]) => {
            let integer = |k: &Kind| matches!(k, Kind::Py(Py::Int | Py::Bool));
            if integer(a) && integer(b) && integer(c) {
                return Some(Ok(Rule::Body("numbers.py_pow_mod")));
            }
            Some(Err(refused("pow() 3rd argument not allowed unless all arguments are integers".into())))
        }
        ("min" | "max", [_]) => Some(Err(refused(format!("'{}' object is not iterable", name_of(0))))),
        _ => None,
    }
}

fn literal_truth(ty: &Ty) -> Option<bool> {
    match ty {
        Ty::Lit(Lit::Bool(b)) => Some(*b),
        Ty::Lit(Lit::Int(i)) => Some(*i != 0),
        Ty::Lit(Lit::Float(bits)) => Some(f64::from_bits(*bits) != 0.0),
        _ => None,
    }
}

fn extremum_rule(name: &str, args: &[Ty], kinds: &[Kind]) -> Result<Rule, NumericError> {
    if kinds.contains(&Kind::Py(Py::Complex)) {
        let message = "'<' not supported between instances of 'complex' and 'complex'";
        return Err(refused(message.into()));
    }
    if let Some(lit) = extremum_lit(name, args) {
        return Ok(Rule::Direct(Ty::Lit(lit)));
    }
    let mut ty = args[0].widen();
    for arg in &args[1..] {
        ty = choice(&ty, &arg.widen()).ok_or_else(|| {
            NumericError::new("CB0303", format!("{name}() of {ty} and {arg} has no common type"))
                .help("convert one of them")
        })?;
    }
    Ok(Rule::Direct(ty))
}

/// The winner of constants of one kind.
fn extremum_lit(name: &str, args: &[Ty]) -> Option<Lit> {
    let op = if name == "max" { CompareOp::Gt } else { CompareOp::Lt };
    let mut best = &args[0];
    for arg in &args[1..] {
        if Kind::of(best) != Kind::of(arg) {
            return None;
        }
        if fold::fold_compare(op, arg, best)? {
            best = arg;
        }
    }
    match best {
        Ty::Lit(lit) => Some(lit.clone()),
        _ => None,
    }
}

fn divmod_rule(a: &Ty, b: &Ty, ka: Kind, kb: Kind) -> Result<Rule, NumericError> {
    let pair = |ty: Ty| Rule::Direct(Ty::tuple([ty.clone(), ty]));
    Ok(match binary_rule(BinaryOp::FloorDiv, a, b)? {
        Rule::Body("numbers.py_float_floor_divide") => Rule::Body("numbers.py_float_divmod"),
        Rule::Body(_) => Rule::Body("numbers.np_float_divmod"),
        Rule::Direct(_) if ka.is_weak() && kb.is_weak() => pair(Ty::Int),
        Rule::Direct(ty) => pair(ty),
    })
}

/// Lowers a function of numbers with the result type that [`builtin_rule`] gave.
pub fn lower_builtin(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    if let Ty::Lit(_) = out {
        return TypedValue::unit(out.clone());
    }
    if name.starts_with("prim.") {
        return primitives::lower_prim(fx, name, args, out);
    }
    match name {
        "number.conjugate" | "number.conj" => {
            return primitives::lower_prim(fx, "prim.conjugate", args, out);
        }
        "number.item" => return primitives::lower_prim(fx, "prim.to_python", args, out),
        _ => {}
    }
    if let Some(function) = name.strip_prefix("builtins.") {
        return lower_python(fx, function, args, out);
    }
    if let Some(dtype) = constructed(name) {
        return match args {
            [] => cast(fx, &TypedValue::unit(Ty::Lit(Lit::Bool(false))), dtype),
            [a] => construct(fx, a, dtype),
            _ => unreachable!("typing refuses it"),
        };
    }
    let u =
        cumbia_library::ufunc(name).unwrap_or_else(|| panic!("{name} is not a numeric builtin"));
    ufunc::lower_ufunc(fx, u, args, out)
}

/// `np.int8(x)`: a Python number is checked as when it is stored into an array, a
/// NumPy one is cast.
fn construct(fx: &mut Fx<'_>, a: &TypedValue, dtype: DType) -> TypedValue {
    match Kind::of(&a.ty) {
        Some(Kind::Np(_)) => cast(fx, a, dtype),
        _ => store::store_convert(fx, a, dtype).expect("typing accepted it"),
    }
}

fn lower_python(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    let scalar = |v: Value| TypedValue::scalar(out.clone(), v);
    match name {
        "bool" => {
            let truth = super::lower_truth(fx, &args[0]);
            scalar(truth)
        }
        "int" => {
            let value = to_int(fx, &args[0]);
            scalar(value)
        }
        "float" => {
            let a = materialize(fx, &args[0]);
            let d = Kind::of(&a.ty).expect("a number").dtype();
            TypedValue {
                ty: out.clone(),
                parts: cast_parts(fx, &a.parts, d, DType::F64)[..1].to_vec(),
            }
        }
        "complex" => {
            let zero = TypedValue::unit(Ty::Lit(Lit::Float(0)));
            let re = args.first().unwrap_or(&zero).clone();
            if args.len() < 2 && Kind::of(&re.ty).is_some_and(|k| k.dtype().is_complex()) {
                return convert(fx, &re, out);
            }
            let im = args.get(1).unwrap_or(&zero).clone();
            let parts =
                vec![convert(fx, &re, &Ty::Float).value(), convert(fx, &im, &Ty::Float).value()];
            TypedValue { ty: out.clone(), parts }
        }
        "abs" => {
            let a = materialize(fx, &args[0]);
            let value = absolute(fx, &a);
            scalar(value)
        }
        "round" => rounding::lower(fx, &args[0], out),
        "min" | "max" => extremum(fx, name == "max", args, out),
        "divmod" => divmod(fx, &args[0], &args[1], out),
        "pow" => lower::lower_binary(fx, BinaryOp::Pow, &args[0], &args[1], out),
        _ => panic!("builtins.{name} has a type but no lowering"),
    }
}

/// `int(x)`: checked where the value may not fit or is not a number.
pub fn to_int(fx: &mut Fx<'_>, a: &TypedValue) -> Value {
    let a = materialize(fx, a);
    let d = Kind::of(&a.ty).expect("a number").dtype();
    if d.is_float() || d.is_complex() {
        let part = ufunc::real_part(d);
        let x = cast_parts(fx, &a.parts[..1], part, DType::F64)[0];
        return store::checked_int(fx, x, text::INT_OVERFLOW);
    }
    convert(fx, &a, &Ty::Int).value()
}

fn absolute(fx: &mut Fx<'_>, a: &TypedValue) -> Value {
    match Kind::of(&a.ty).expect("a number") {
        Kind::Py(Py::Bool) => convert(fx, a, &Ty::Int).value(),
        Kind::Py(Py::Int) => {
            let zero = fx.int(0);
            let negated = fx.b().binary(Opcode::Isub, zero, a.value());
            let size = fx.b().binary(Opcode::Smax, a.value(), negated);
            let fits = fx.b().icmp(IntCond::Sge, size, zero);
            check(fx, fits, text::INT_OVERFLOW);
            size
        }
        Kind::Py(Py::Complex) => complex::magnitude(fx, &a.parts),
        kind => primitives::absolute(fx, &a.parts, kind.dtype()),
    }
}

/// The first of the best: a later one wins only if it compares better, so a nan in
/// front stays and `max(0.0, -0.0)` is `0.0`.
fn extremum(fx: &mut Fx<'_>, maximum: bool, args: &[TypedValue], out: &Ty) -> TypedValue {
    let op = if maximum { CompareOp::Gt } else { CompareOp::Lt };
    let mut best = materialize(fx, &args[0]);
    for arg in &args[1..] {
        let arg = materialize(fx, arg);
        let better = compare::lower_compare(fx, op, &arg, &best, &Ty::Bool).value();
        let ty = choice(&best.ty, &arg.ty).expect("typing found a common type");
        let (x, y) = (convert(fx, &arg, &ty), convert(fx, &best, &ty));
        let parts =
            x.parts.iter().zip(&y.parts).map(|(&p, &q)| fx.b().select(better, p, q)).collect();
        best = TypedValue { ty, parts };
    }
    convert(fx, &best, out)
}

fn divmod(fx: &mut Fx<'_>, a: &TypedValue, b: &TypedValue, out: &Ty) -> TypedValue {
    let Ty::Tuple(items) = out else { unreachable!("divmod gives a tuple") };
    let (x, y) = (convert(fx, a, &items[0]).value(), convert(fx, b, &items[0]).value());
    let parts = match &items[0] {
        Ty::Num(d) => vec![
            arithmetic_int::divide(fx, false, *d, x, y, true),
            arithmetic_int::divide(fx, true, *d, x, y, true),
        ],
        _ if fx.relaxed.quiet_division => {
            let quotient = arithmetic_int::python(fx, BinaryOp::FloorDiv, x, y);
            vec![quotient, arithmetic_int::python(fx, BinaryOp::Mod, x, y)]
        }
        // The quotient's checks cover the remainder.
        _ => {
            let quotient = arithmetic_int::python(fx, BinaryOp::FloorDiv, x, y);
            vec![quotient, fx.b().binary(Opcode::Sfloormod, x, y)]
        }
    };
    TypedValue { ty: out.clone(), parts }
}

//! The scalar primitives of `prim`: what library bodies are written in.
//!
//! One row of [`rule`] and one of [`lower_prim`] each. They raise nothing and check
//! nothing (bodies do), but none has undefined results. A result is weak or NumPy as
//! its operands are: `prim.sqrt` of a Python float is a Python float, of a `float32`
//! a `float32`. Primitives on arrays and types are in `infer/structural.rs`.

use super::cast::{cast_parts, f64_to_i64, float_const};
use super::kind::{Kind, Py};
use super::promotion::common;
use super::ufunc::{float_common, real_part};
use super::{
    NumericError, Rule, arithmetic_int, cast, compare, complex, convert, half, join, materialize,
};
use crate::hir::CompareOp;
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_abi::{AbiType, HELPERS, helper_index};
use cumbia_ir::{FloatCond, IntCond, Opcode, Type, Value};

/// `(T) -> T` of floats by one operation.
fn float_op(name: &str) -> Option<Opcode> {
    Some(match name {
        "sqrt" => Opcode::Fsqrt,
        "floor" => Opcode::Ffloor,
        "ceil" => Opcode::Fceil,
        "trunc" => Opcode::Ftrunc,
        "rint" | "round_even" => Opcode::Fnearest,
        "fabs" => Opcode::Fabs,
        _ => return None,
    })
}

/// Functions of the runtime, by the stem of their rows' names.
fn helper_arity(name: &str) -> Option<usize> {
    Some(match name {
        "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh"
        | "acosh" | "atanh" | "exp" | "exp2" | "expm1" | "log" | "log2" | "log10" | "log1p"
        | "cbrt" | "erf" | "erfc" | "tgamma" | "lgamma" | "frexp_mantissa" => 1,
        "atan2" | "hypot" | "pow" | "power" | "fmod" | "remainder" | "nextafter" => 2,
        _ => return None,
    })
}

/// The float type that operands share: weak if all are.
fn float_ty(kinds: &[Kind]) -> Option<Ty> {
    let mut weak = Py::Float;
    let mut dtype: Option<DType> = None;
    for kind in kinds {
        match *kind {
            Kind::Py(p) => weak = weak.max(p),
            Kind::Np(d) if d.is_float() => {
                dtype = Some(dtype.map_or(d, |x| super::result_type(x, d)))
            }
            Kind::Np(_) => return None,
        }
    }
    match (weak, dtype) {
        (Py::Complex, _) => None,
        (_, Some(d)) => Some(Ty::Num(d)),
        (_, None) => Some(Ty::Float),
    }
}

fn map_kind(kind: Kind, weak: Py, dtype: DType) -> Ty {
    match kind {
        Kind::Py(_) => weak.ty(),
        Kind::Np(_) => Ty::Num(dtype),
    }
}

/// Typing of a numeric primitive; `None` if the name or the operands are others.
pub fn rule(name: &str, args: &[Ty]) -> Option<Result<Rule, NumericError>> {
    let name = name.strip_prefix("prim.")?;
    if name == "promote_float" {
        let kinds: Vec<Kind> = args.iter().map(Kind::of).collect::<Option<_>>()?;
        return Some(float_common(&kinds, "function").map(|d| Rule::Direct(Ty::Num(d))));
    }
    result(name, args).or_else(|| runtime_result(name, args)).map(|ty| Ok(Rule::Direct(ty)))
}

/// The result of a runtime function of numbers, which is a primitive by its own name:
/// any row of the helper table that no rule above knows.
fn runtime_result(name: &str, args: &[Ty]) -> Option<Ty> {
    let row = HELPERS.iter().find(|h| h.name == name)?;
    let number = |t: AbiType| match t {
        AbiType::Bool => Some(Ty::Bool),
        AbiType::I64 => Some(Ty::Int),
        AbiType::F64 => Some(Ty::Float),
        AbiType::F32 | AbiType::Ptr => None,
    };
    if row.params.len() != args.len() {
        return None;
    }
    for (&param, arg) in row.params.iter().zip(args) {
        let (to, from) = (number(param)?, Kind::of(arg)?);
        if !from.is_weak() || join(&to, &arg.widen()) != Some(to) {
            return None;
        }
    }
    match row.result {
        None => Some(Ty::None),
        Some(result) => number(result),
    }
}

fn lower_runtime(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    let row = HELPERS.iter().find(|h| h.name == name).expect("typing found the row");
    let mut values = Vec::with_capacity(args.len());
    for (&param, arg) in row.params.iter().zip(args) {
        let to = match param {
            AbiType::Bool => Ty::Bool,
            AbiType::I64 => Ty::Int,
            _ => Ty::Float,
        };
        values.push(convert(fx, arg, &to).value());
    }
    match fx.helper(name, &values) {
        Some(value) => TypedValue::scalar(out.clone(), value),
        None => TypedValue::unit(Ty::None),
    }
}

fn result(name: &str, args: &[Ty]) -> Option<Ty> {
    if let ("cast", [a, Ty::DType(d)]) = (name, args) {
        if d.is_time() {
            return (*a == Ty::Num(*d)).then(|| a.clone());
        }
        return Kind::of(a).map(|_| Ty::Num(*d));
    }
    let kinds: Vec<Kind> = args.iter().map(Kind::of).collect::<Option<_>>()?;
    let k = *kinds.first()?;
    let d = k.dtype();
    if float_op(name).is_some() && kinds.len() == 1 {
        return float_ty(&kinds);
    }
    if helper_arity(name) == Some(kinds.len()) {
        return float_ty(&kinds);
    }
    let integer = |k: Kind| k.dtype().is_int() || k.dtype() == DType::Bool;
    Some(match (name, kinds.as_slice()) {
        ("copysign" | "divide", [_, _]) | ("fma", [_, _, _]) => return float_ty(&kinds),
        ("maximum" | "minimum" | "fmax" | "fmin", [_, _]) => {
            join(&args[0].widen(), &args[1].widen())?
        }
        ("ldexp", [x, n]) if integer(*n) => return float_ty(&[*x]),
        ("frexp_exponent", [_]) => float_ty(&kinds).map(|_| Ty::Int)?,
        ("round_decimal", [x, n]) if integer(*n) => {
            return float_ty(&[*x]).filter(|t| *t == Ty::Float);
        }
        ("signbit", [_]) if !d.is_complex() => Ty::Bool,
        ("isnan" | "isinf" | "isfinite" | "logical_not", [_]) => Ty::Bool,
        // The condition itself, expected to be false: what an `if` of it runs is cold.
        ("rarely", [_]) if d == DType::Bool => Ty::Bool,
        ("logical_and" | "logical_or" | "logical_xor", [_, _]) => Ty::Bool,
        ("to_python", [k]) => match k {
            Kind::Py(_) => args[0].clone(),
            Kind::Np(d) => python_of(*d),
        },
        ("to_numpy", [_]) => Ty::Num(d),
        // The first operand in the dtype that both have in common.
        ("promote", [a, b]) => Ty::Num(common(*a, *b)),
        // The same for powers, which bools make `int8`.
        ("promote_int", [a, b]) => match common(*a, *b) {
            DType::Bool => Ty::Num(DType::I8),
            d => Ty::Num(d),
        },
        ("pow_mod", [Kind::Py(_), Kind::Py(_), Kind::Py(_)])
            if kinds.iter().all(|&k| integer(k)) =>
        {
            Ty::Int
        }
        ("wrap_add" | "wrap_sub" | "wrap_mul" | "umulhi" | "smulhi", [a, b])
            if integer(*a) && a.is_weak() == b.is_weak() && (a.is_weak() || a == b) =>
        {
            map_kind(*a, Py::Int, d)
        }
        ("wrap_neg", [a]) if d.is_int() => map_kind(*a, Py::Int, d),
        // C's remainder, and quotient toward zero; by zero 0.
        ("c_remainder" | "c_quotient", [a, b]) if integer(*a) && integer(*b) => {
            join(&args[0].widen(), &args[1].widen())
                .map(|t| if t == Ty::Bool { Ty::Int } else { t })?
        }
        ("popcount" | "clz" | "ctz", [a]) if d.is_int() => map_kind(*a, Py::Int, d),
        ("shift_right_logical", [a, b]) if *a == Kind::Py(Py::Int) && integer(*b) => Ty::Int,
        // Toward zero; the minimum where it doesn't fit.
        ("int_of_float", [_]) => float_ty(&kinds).map(|_| Ty::Int)?,
        ("bits", [_]) => match float_ty(&kinds)? {
            Ty::Num(d) if d.is_half() => Ty::Num(DType::I16),
            Ty::Num(DType::F32) => Ty::Num(DType::I32),
            Ty::Num(_) => Ty::Num(DType::I64),
            _ => Ty::Int,
        },
        ("bfloat_of_bits", [Kind::Np(DType::I16 | DType::U16)]) => Ty::Num(DType::BF16),
        ("from_bits", [a]) => match a {
            Kind::Np(DType::I16 | DType::U16) => Ty::Num(DType::F16),
            Kind::Np(DType::I32 | DType::U32) => Ty::Num(DType::F32),
            Kind::Np(DType::I64 | DType::U64) => Ty::Num(DType::F64),
            Kind::Py(Py::Int) => Ty::Float,
            _ => return None,
        },
        ("real" | "imag", [k]) => match k {
            Kind::Py(Py::Complex) => Ty::Float,
            Kind::Py(p) => (*p).max(Py::Int).ty(),
            Kind::Np(d) => Ty::Num(real_part(*d)),
        },
        ("conjugate", [k]) => match k {
            Kind::Py(p) => (*p).max(Py::Int).ty(),
            Kind::Np(d) => Ty::Num(*d),
        },
        ("complex", [_, _]) => match float_ty(&kinds)? {
            Ty::Num(DType::F32) => Ty::Num(DType::C64),
            Ty::Num(_) => Ty::Num(DType::C128),
            _ => Ty::Complex,
        },
        ("select", [c, _, _]) if c.dtype() == DType::Bool => {
            let t = join(&args[1], &args[2])?;
            t.widen()
        }
        _ => return None,
    })
}

/// The Python number that `item()` gives for a dtype.
pub fn python_of(d: DType) -> Ty {
    match d {
        DType::Bool => Ty::Bool,
        d if d.is_int() => Ty::Int,
        d if d.is_float() => Ty::Float,
        _ => Ty::Complex,
    }
}

/// Lowering of a primitive. The result type is the caller's: the table of ufuncs
/// gives a NumPy bool where a primitive alone gives a Python one.
pub fn lower_prim(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    let name = name.strip_prefix("prim.").expect("a primitive");
    if let Ty::Lit(_) = out {
        return TypedValue::unit(out.clone());
    }
    if name == "cast" {
        let Ty::DType(d) = args[1].ty else { panic!("prim.cast takes a dtype") };
        return cast(fx, &args[0], d);
    }
    let args: Vec<TypedValue> = args.iter().map(|a| materialize(fx, a)).collect();
    let types: Vec<Ty> = args.iter().map(|a| a.ty.clone()).collect();
    if helper_index(name).is_some() && result(name, &types).is_none() {
        return lower_runtime(fx, name, &args, out);
    }
    if types.iter().any(is_half) && !keeps_half(name) {
        return by_single(fx, name, &args, out);
    }
    let parts = lower_parts(fx, name, &args, out);
    TypedValue { ty: out.clone(), parts }
}

/// Whether a type is `float16` or `bfloat16`.
pub fn is_half(ty: &Ty) -> bool {
    matches!(ty, Ty::Num(d) if d.is_half())
}

/// Primitives that have a meaning of their own for `float16` and `bfloat16`, or none for their
/// value.
fn keeps_half(name: &str) -> bool {
    matches!(
        name,
        "bits"
            | "from_bits"
            | "bfloat_of_bits"
            | "fma"
            | "select"
            | "real"
            | "imag"
            | "conjugate"
            | "to_python"
            | "to_numpy"
            | "promote"
            | "promote_int"
            | "promote_float"
            | "rarely"
            | "logical_not"
            | "logical_and"
            | "logical_or"
            | "logical_xor"
            | "native"
    )
}

/// A primitive of `float16` or `bfloat16` numbers: that of `float32`, rounded (`half.rs`).
fn by_single(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    let half = match out {
        Ty::Num(d) if d.is_half() => Some(*d),
        _ => None,
    };
    let single = half.map_or_else(|| out.clone(), |_| Ty::Num(DType::F32));
    let args: Vec<TypedValue> = args
        .iter()
        .map(|a| {
            // A number of Python's becomes a half before it is computed with.
            let weak = name != "ldexp" && Kind::of(&a.ty).is_some_and(Kind::is_weak);
            let a = if half.is_some() && weak { convert(fx, a, out) } else { a.clone() };
            if is_half(&a.ty) { cast(fx, &a, DType::F32) } else { a }
        })
        .collect();
    let parts = lower_parts(fx, name, &args, &single);
    let made = TypedValue { ty: single, parts };
    half.map_or_else(|| made.clone(), |half| cast(fx, &made, half))
}

fn lower_parts(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> Vec<Value> {
    let a = &args[0];
    let k = Kind::of(&a.ty).expect("a number");
    let d = k.dtype();
    let out_d = Kind::of(out).expect("a number").dtype();
    let same = |fx: &mut Fx<'_>, i: usize| convert(fx, &args[i], out).parts;
    if let Some(op) = float_op(name) {
        if !out_d.is_float() {
            // Rounding an integer changes nothing.
            return same(fx, 0);
        }
        let x = same(fx, 0)[0];
        return vec![fx.b().unary(op, x)];
    }
    if let Some(arity) = helper_arity(name) {
        let operands: Vec<Value> = (0..arity).map(|i| same(fx, i)[0]).collect();
        let stem = if name == "power" { "pow" } else { name };
        return vec![call(fx, stem, &operands, out_d)];
    }
    match name {
        // `divide` is Python's quotient without its check.
        "copysign" | "divide" => {
            let (x, y) = (same(fx, 0)[0], same(fx, 1)[0]);
            let op = if name == "divide" { Opcode::Fdiv } else { Opcode::Fcopysign };
            vec![fx.b().binary(op, x, y)]
        }
        "fma" => {
            let (x, y, z) = (same(fx, 0)[0], same(fx, 1)[0], same(fx, 2)[0]);
            vec![match out_d {
                DType::F16 => fx.b().half_fma(x, y, z),
                DType::BF16 => fx.b().bfloat_fma(x, y, z),
                _ => fx.b().fma(x, y, z),
            }]
        }
        "maximum" | "minimum" | "fmax" | "fmin" => extremum(fx, name, args, out),
        "ldexp" => {
            let x = same(fx, 0)[0];
            let n = convert(fx, &args[1], &Ty::Int).value();
            let x64 = cast_parts(fx, &[x], out_d, DType::F64)[0];
            let r = fx.helper("ldexp_f64", &[x64, n]).expect("a result");
            cast_parts(fx, &[r], DType::F64, out_d)
        }
        "frexp_exponent" => {
            let x = cast_parts(fx, &a.parts, d, DType::F64)[0];
            vec![fx.helper("frexp_exponent_f64", &[x]).expect("a result")]
        }
        "round_decimal" => {
            let x = convert(fx, a, &Ty::Float).value();
            let n = convert(fx, &args[1], &Ty::Int).value();
            vec![fx.helper("round_decimal_f64", &[x, n]).expect("a result")]
        }
        "signbit" | "isnan" | "isinf" | "isfinite" => vec![predicate(fx, name, a, d)],
        "rarely" => {
            let t = super::lower_truth(fx, a);
            fx.rare.push(t);
            vec![t]
        }
        "logical_not" => {
            let t = super::lower_truth(fx, a);
            vec![fx.b().unary(Opcode::Bnot, t)]
        }
        "logical_and" | "logical_or" | "logical_xor" => {
            let (x, y) = (super::lower_truth(fx, a), super::lower_truth(fx, &args[1]));
            let op = match name {
                "logical_and" => Opcode::Band,
                "logical_or" => Opcode::Bor,
                _ => Opcode::Bxor,
            };
            vec![fx.b().binary(op, x, y)]
        }
        "to_python" | "to_numpy" | "promote" | "promote_int" | "promote_float" => same(fx, 0),
        // Exponent not negative, modulus not 0: else 0.
        "pow_mod" => {
            let (x, n, m) = (same(fx, 0)[0], same(fx, 1)[0], same(fx, 2)[0]);
            vec![fx.helper("pow_mod", &[x, n, m]).expect("a result")]
        }
        "wrap_add" | "wrap_sub" | "wrap_mul" | "umulhi" | "smulhi" => {
            let (x, y) = (same(fx, 0)[0], same(fx, 1)[0]);
            let op = match name {
                "wrap_add" => Opcode::Iadd,
                "wrap_sub" => Opcode::Isub,
                "wrap_mul" => Opcode::Imul,
                "umulhi" => Opcode::Umulhi,
                _ => Opcode::Smulhi,
            };
            vec![fx.b().binary(op, x, y)]
        }
        "wrap_neg" => vec![fx.b().unary(Opcode::Ineg, a.value())],
        "c_remainder" | "c_quotient" => {
            let (x, y) = (same(fx, 0)[0], same(fx, 1)[0]);
            if out_d.is_float() {
                return vec![call(fx, "fmod", &[x, y], out_d)];
            }
            vec![arithmetic_int::divide(fx, name == "c_remainder", out_d, x, y, false)]
        }
        "popcount" => vec![fx.b().unary(Opcode::Popcnt, a.value())],
        "clz" => vec![fx.b().unary(Opcode::Clz, a.value())],
        "ctz" => vec![fx.b().unary(Opcode::Ctz, a.value())],
        "bitwise_count" => {
            let magnitude = if d.is_signed() { absolute_int(fx, a.value(), d) } else { a.value() };
            let count = fx.b().unary(Opcode::Popcnt, magnitude);
            cast_parts(fx, &[count], d, DType::U8)
        }
        "shift_right_logical" => {
            let n = convert(fx, &args[1], &Ty::Int).value();
            vec![arithmetic_int::numpy(fx, crate::hir::BinaryOp::RShift, DType::U64, a.value(), n)]
        }
        "int_of_float" => {
            let x = cast_parts(fx, &a.parts, d, DType::F64)[0];
            vec![f64_to_i64(fx, x)]
        }
        "bits" => {
            let x = match k {
                Kind::Py(_) => convert(fx, a, &Ty::Float).value(),
                Kind::Np(_) => a.value(),
            };
            vec![same_bits(fx, out_d.ir_type(), x)]
        }
        "from_bits" | "bfloat_of_bits" => vec![same_bits(fx, out_d.ir_type(), a.value())],
        "real" => {
            let re = [a.parts[0]];
            cast_parts(fx, &re, real_part(d), out_d)
        }
        "imag" if d.is_complex() => vec![a.parts[1]],
        "imag" => vec![super::convert::zero_of(fx, out_d)],
        "conjugate" if d.is_complex() => {
            let im = fx.b().unary(Opcode::Fneg, a.parts[1]);
            vec![a.parts[0], im]
        }
        "conjugate" => same(fx, 0),
        "complex" => {
            let part = match out {
                Ty::Complex => Ty::Float,
                _ => Ty::Num(real_part(out_d)),
            };
            vec![convert(fx, a, &part).value(), convert(fx, &args[1], &part).value()]
        }
        "select" => {
            let c = super::lower_truth(fx, a);
            let (x, y) = (same(fx, 1), same(fx, 2));
            x.iter().zip(&y).map(|(&p, &q)| fx.b().select(c, p, q)).collect()
        }
        "absolute" => vec![absolute(fx, &a.parts, d)],
        "sign" => vec![sign(fx, a.value(), d)],
        "square" => {
            super::lower::numpy_binary(fx, crate::hir::BinaryOp::Mul, d, &a.parts, &a.parts, None)
        }
        "reciprocal" => {
            let x = cast_parts(fx, &a.parts, d, if d.is_float() { d } else { DType::F64 });
            let wide = if d.is_float() { d } else { DType::F64 };
            let one = float_const(fx, wide, 1.0);
            let r = fx.b().binary(Opcode::Fdiv, one, x[0]);
            cast_parts(fx, &[r], wide, d)
        }
        "angle" => {
            let (re, im) = if d.is_complex() {
                (a.parts[0], a.parts[1])
            } else {
                (a.value(), float_const(fx, d, 0.0))
            };
            vec![call(fx, "atan2", &[im, re], real_part(d))]
        }
        _ => panic!("prim.{name} has a type but no lowering"),
    }
}

/// The same bits in another type; those of a `float16` or `bfloat16` are an `i16`.
fn same_bits(fx: &mut Fx<'_>, ty: Type, x: Value) -> Value {
    match ty {
        Type::I16 => x,
        _ => fx.b().convert(Opcode::Bitcast, ty, x),
    }
}

/// A runtime function by its stem, in single precision where the table has it.
fn call(fx: &mut Fx<'_>, stem: &str, args: &[Value], d: DType) -> Value {
    let single = format!("{stem}_f32");
    if d == DType::F32 && helper_index(&single).is_some() {
        return fx.helper(&single, args).expect("a result");
    }
    let wide: Vec<Value> = args.iter().map(|&v| cast_parts(fx, &[v], d, DType::F64)[0]).collect();
    let r = fx.helper(&format!("{stem}_f64"), &wide).expect("a result");
    cast_parts(fx, &[r], DType::F64, d)[0]
}

fn predicate(fx: &mut Fx<'_>, name: &str, a: &TypedValue, d: DType) -> Value {
    if d.is_complex() {
        let part = real_part(d);
        let each: Vec<Value> =
            a.parts.iter().map(|&p| float_predicate(fx, name, p, part)).collect();
        let op = if name == "isfinite" { Opcode::Band } else { Opcode::Bor };
        return fx.b().binary(op, each[0], each[1]);
    }
    if d.is_float() {
        return float_predicate(fx, name, a.value(), d);
    }
    match name {
        "signbit" if d.is_signed() => {
            let zero = fx.b().iconst(d.ir_type(), 0);
            fx.b().icmp(IntCond::Slt, a.value(), zero)
        }
        _ => fx.bool(name == "isfinite"),
    }
}

fn float_predicate(fx: &mut Fx<'_>, name: &str, x: Value, d: DType) -> Value {
    match name {
        "isnan" => fx.b().fcmp(FloatCond::Ne, x, x),
        "signbit" => {
            let ty = if d == DType::F32 { Type::I32 } else { Type::I64 };
            let bits = fx.b().convert(Opcode::Bitcast, ty, x);
            let zero = fx.b().iconst(ty, 0);
            fx.b().icmp(IntCond::Slt, bits, zero)
        }
        _ => {
            let size = fx.b().unary(Opcode::Fabs, x);
            let infinity = float_const(fx, d, f64::INFINITY);
            let cond = if name == "isinf" { FloatCond::Eq } else { FloatCond::Lt };
            fx.b().fcmp(cond, size, infinity)
        }
    }
}

/// `np.maximum` and its like. Floats as NumPy's loops on x86-64, where of equal
/// operands (zeros of different signs) `maximum` and `minimum` take the second and
/// `fmax` and `fmin` the first.
fn extremum(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> Vec<Value> {
    let (x, y) = (convert(fx, &args[0], out), convert(fx, &args[1], out));
    let d = Kind::of(out).expect("a number").dtype();
    let maximum = matches!(name, "maximum" | "fmax");
    if !d.is_float() && !d.is_complex() {
        let op = if maximum { CompareOp::Ge } else { CompareOp::Le };
        let first = compare::compare_ints(fx, op, x.value(), d, y.value(), d);
        return vec![fx.b().select(first, x.value(), y.value())];
    }
    let propagate = matches!(name, "maximum" | "minimum");
    let op = match (maximum, propagate && !d.is_complex()) {
        (true, true) => CompareOp::Gt,
        (true, false) => CompareOp::Ge,
        (false, true) => CompareOp::Lt,
        (false, false) => CompareOp::Le,
    };
    let better = compare::compare_ordered(fx, op, &x.parts, &y.parts);
    let nan = predicate(fx, "isnan", if propagate { &x } else { &y }, d);
    let first = fx.b().binary(Opcode::Bor, better, nan);
    x.parts.iter().zip(&y.parts).map(|(&p, &q)| fx.b().select(first, p, q)).collect()
}

/// The magnitude as NumPy's: the minimum of an integer dtype stays itself.
pub fn absolute(fx: &mut Fx<'_>, parts: &[Value], d: DType) -> Value {
    match d {
        DType::C64 | DType::C128 => complex::magnitude(fx, parts),
        DType::F16 | DType::BF16 => half::absolute(fx, parts[0]),
        DType::F32 | DType::F64 => fx.b().unary(Opcode::Fabs, parts[0]),
        d if d.is_signed() => absolute_int(fx, parts[0], d),
        _ => parts[0],
    }
}

fn absolute_int(fx: &mut Fx<'_>, x: Value, d: DType) -> Value {
    debug_assert!(d.is_signed());
    let negated = fx.b().unary(Opcode::Ineg, x);
    fx.b().binary(Opcode::Smax, x, negated)
}

fn sign(fx: &mut Fx<'_>, x: Value, d: DType) -> Value {
    if d.is_float() {
        let (zero, one) = (float_const(fx, d, 0.0), float_const(fx, d, 1.0));
        let minus_one = float_const(fx, d, -1.0);
        let positive = fx.b().fcmp(FloatCond::Gt, x, zero);
        let negative = fx.b().fcmp(FloatCond::Lt, x, zero);
        let nan = fx.b().fcmp(FloatCond::Ne, x, x);
        let rest = fx.b().select(nan, x, zero);
        let rest = fx.b().select(negative, minus_one, rest);
        return fx.b().select(positive, one, rest);
    }
    let one = fx.b().iconst(d.ir_type(), 1);
    if d.is_unsigned() {
        return fx.b().binary(Opcode::Umin, x, one);
    }
    let minus_one = fx.b().iconst(d.ir_type(), -1);
    let capped = fx.b().binary(Opcode::Smin, x, one);
    fx.b().binary(Opcode::Smax, capped, minus_one)
}

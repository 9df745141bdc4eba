//! Casts: the C conversions of NumPy's `astype`, made total.
//!
//! Nothing raises and nothing is undefined: a float out of an integer's range gives
//! what the scalar conversion instructions of x86-64 give, as NumPy does there (the
//! minimum for 32 and 64 bits, its low bits for the narrow types). NumPy's own bulk
//! loops differ from its scalars for `uint32` out of range; the scalar's result is
//! taken. No branches.

use super::half;
use super::kind::Kind;
use crate::lower::{Fx, TypedValue};
use crate::types::{DType, Ty};
use cumbia_ir::{FloatCond, IntCond, Opcode, Type, Value};

/// Converts any number to a dtype as `astype` does.
pub fn cast(fx: &mut Fx<'_>, a: &TypedValue, to: DType) -> TypedValue {
    if a.ty == Ty::Num(to) {
        return a.clone();
    }
    let a = super::materialize(fx, a);
    let from = Kind::of(&a.ty).expect("a number").dtype();
    let parts = cast_parts(fx, &a.parts, from, to);
    TypedValue { ty: Ty::Num(to), parts }
}

/// [`cast`] on the parts of a value.
pub fn cast_parts(fx: &mut Fx<'_>, parts: &[Value], from: DType, to: DType) -> Vec<Value> {
    if from == to {
        return parts.to_vec();
    }
    let part = |d: DType| match d {
        DType::C64 => DType::F32,
        DType::C128 => DType::F64,
        d => d,
    };
    if to == DType::Bool && from.is_complex() {
        let (re, im) = (nonzero(fx, parts[0], part(from)), nonzero(fx, parts[1], part(from)));
        return vec![fx.b().binary(Opcode::Bor, re, im)];
    }
    let re = cast_real(fx, parts[0], part(from), part(to));
    if !to.is_complex() {
        return vec![re];
    }
    let im = if from.is_complex() {
        cast_real(fx, parts[1], part(from), part(to))
    } else {
        float_const(fx, part(to), 0.0)
    };
    vec![re, im]
}

/// A constant of a float dtype.
pub fn float_const(fx: &mut Fx<'_>, d: DType, x: f64) -> Value {
    match d {
        DType::F16 => {
            let bits = cumbia_ir::half::from_double(x);
            fx.b().iconst(Type::I16, i64::from(bits as i16))
        }
        DType::BF16 => {
            let bits = cumbia_ir::bfloat::from_double(x);
            fx.b().iconst(Type::I16, i64::from(bits as i16))
        }
        DType::F32 => fx.b().f32const(x as f32),
        _ => fx.b().f64const(x),
    }
}

/// Whether a real value isn't zero; nan isn't.
pub fn nonzero(fx: &mut Fx<'_>, v: Value, d: DType) -> Value {
    match d {
        DType::Bool => v,
        DType::F16 | DType::BF16 => {
            let size = half::absolute(fx, v);
            let zero = fx.b().iconst(Type::I16, 0);
            fx.b().icmp(IntCond::Ne, size, zero)
        }
        DType::F32 | DType::F64 => {
            let zero = float_const(fx, d, 0.0);
            fx.b().fcmp(FloatCond::Ne, v, zero)
        }
        _ => {
            let zero = fx.b().iconst(d.ir_type(), 0);
            fx.b().icmp(IntCond::Ne, v, zero)
        }
    }
}

fn cast_real(fx: &mut Fx<'_>, v: Value, from: DType, to: DType) -> Value {
    if from == to {
        return v;
    }
    if to == DType::Bool {
        return nonzero(fx, v, from);
    }
    if from.is_half() {
        let single = half::extended(fx, from, v);
        return cast_real(fx, single, DType::F32, to);
    }
    if to.is_half() {
        // Integers as NumPy, by way of a `float32`: those that it rounds are infinite.
        let float = match (from.is_float(), to) {
            (true, _) => v,
            (_, DType::F16) => cast_real(fx, v, from, DType::F32),
            _ => half::of_integer(fx, v, from),
        };
        return half::rounded(fx, to, float);
    }
    let to_ir = to.ir_type();
    match (from.is_float(), to.is_float()) {
        (true, true) if to == DType::F64 => fx.b().convert(Opcode::Fpromote, to_ir, v),
        (true, true) => fx.b().convert(Opcode::Fdemote, to_ir, v),
        (false, true) => {
            // A bool has no conversion of its own.
            let (v, from) =
                if from == DType::Bool { (widen_bool(fx, v), DType::I64) } else { (v, from) };
            let op = if from.is_signed() { Opcode::SintToF } else { Opcode::UintToF };
            fx.b().convert(op, to_ir, v)
        }
        (true, false) => float_to_int(fx, v, from, to),
        (false, false) => int_to_int(fx, v, from, to_ir),
    }
}

fn widen_bool(fx: &mut Fx<'_>, v: Value) -> Value {
    fx.b().convert(Opcode::Zext, Type::I64, v)
}

/// Bool or integer to an integer type: extended by the source's signedness, or cut.
fn int_to_int(fx: &mut Fx<'_>, v: Value, from: DType, to: Type) -> Value {
    let bits = from.ir_type().bits();
    if bits == to.bits() {
        v
    } else if bits > to.bits() {
        fx.b().convert(Opcode::Trunc, to, v)
    } else if from.is_signed() {
        fx.b().convert(Opcode::Sext, to, v)
    } else {
        fx.b().convert(Opcode::Zext, to, v)
    }
}

fn float_to_int(fx: &mut Fx<'_>, v: Value, from: DType, to: DType) -> Value {
    let v = if from == DType::F32 { fx.b().convert(Opcode::Fpromote, Type::F64, v) } else { v };
    match to {
        DType::I64 => f64_to_i64(fx, v),
        DType::U64 => {
            let limit = fx.b().f64const(9_223_372_036_854_775_808.0);
            let high = fx.b().fcmp(FloatCond::Ge, v, limit);
            let lowered = fx.b().binary(Opcode::Fsub, v, limit);
            let x = fx.b().select(high, lowered, v);
            let i = f64_to_i64(fx, x);
            let top = fx.int(i64::MIN);
            let flipped = fx.b().binary(Opcode::Bxor, i, top);
            fx.b().select(high, flipped, i)
        }
        DType::U32 => {
            let wide = f64_to_i64(fx, v);
            fx.b().convert(Opcode::Trunc, Type::I32, wide)
        }
        _ => {
            let wide = f64_to_i32(fx, v);
            if to == DType::I32 { wide } else { fx.b().convert(Opcode::Trunc, to.ir_type(), wide) }
        }
    }
}

/// Toward zero; the minimum when it doesn't fit or is nan.
pub fn f64_to_i64(fx: &mut Fx<'_>, v: Value) -> Value {
    clamped(
        fx,
        v,
        Type::I64,
        i64::MIN,
        -9_223_372_036_854_775_808.0,
        FloatCond::Ge,
        9_223_372_036_854_775_808.0,
    )
}

fn f64_to_i32(fx: &mut Fx<'_>, v: Value) -> Value {
    clamped(fx, v, Type::I32, i32::MIN as i64, -2_147_483_649.0, FloatCond::Gt, 2_147_483_648.0)
}

fn clamped(
    fx: &mut Fx<'_>,
    v: Value,
    ty: Type,
    minimum: i64,
    low: f64,
    at_low: FloatCond,
    high: f64,
) -> Value {
    let low = fx.b().f64const(low);
    let high = fx.b().f64const(high);
    let above = fx.b().fcmp(at_low, v, low);
    let below = fx.b().fcmp(FloatCond::Lt, v, high);
    let fits = fx.b().binary(Opcode::Band, above, below);
    let zero = fx.b().f64const(0.0);
    let safe = fx.b().select(fits, v, zero);
    let i = fx.b().convert(Opcode::FToSint, ty, safe);
    let minimum = fx.b().iconst(ty, minimum);
    fx.b().select(fits, i, minimum)
}

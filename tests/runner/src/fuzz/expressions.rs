//! Random operations on values at hand, their preconditions established.

use super::rng::Rng;
use cumbia_ir::{Builder, FloatCond, IntCond, Opcode, Shape, Type, TypeSet, Value};

/// Types of random values; addresses come from parameters only.
pub(super) const TYPES: [Type; 7] =
    [Type::Bool, Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64];

/// The values that dominate the place of generation.
#[derive(Clone, Default)]
pub(super) struct Pool(Vec<Value>);

impl Pool {
    pub fn add(&mut self, value: Value) {
        self.0.push(value);
    }
}

/// A value of a type: one at hand, recent ones more often, or a new constant.
pub(super) fn value(rng: &mut Rng, b: &mut Builder<'_>, pool: &Pool, ty: Type) -> Value {
    let fitting: Vec<Value> =
        pool.0.iter().copied().filter(|&v| b.func.value_type(v) == ty).collect();
    if fitting.is_empty() || rng.one_in(10) {
        return constant(rng, b, ty);
    }
    let recent = fitting.len().saturating_sub(4);
    let from = if rng.one_in(3) { 0 } else { recent };
    fitting[from + rng.below(fitting.len() - from)]
}

/// A constant, often from the edges of the type.
pub(super) fn constant(rng: &mut Rng, b: &mut Builder<'_>, ty: Type) -> Value {
    match ty {
        Type::F64 => b.f64const(f64::from_bits(scalar(rng, ty))),
        Type::F32 => b.f32const(f32::from_bits(scalar(rng, ty) as u32)),
        _ => b.iconst(ty, scalar(rng, ty) as i64),
    }
}

/// Bits of a scalar in canonical form.
pub(super) fn scalar(rng: &mut Rng, ty: Type) -> u64 {
    const DOUBLES: [f64; 14] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.5,
        -3.5,
        1e300,
        -1e-300,
        5e-324,
        4503599627370497.5,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let bits = match ty {
        Type::Bool => rng.bits() & 1,
        Type::F64 => match rng.below(4) {
            0 => (rng.bits() as i64 as f64 * 1e-12).to_bits(),
            _ => rng.pick(&DOUBLES).to_bits(),
        },
        Type::F32 => match rng.below(4) {
            0 => u64::from((rng.bits() as i32 as f32 * 1e-4).to_bits()),
            _ => u64::from((rng.pick(&DOUBLES) as f32).to_bits()),
        },
        _ => {
            let sign = 1u64 << (ty.bits() - 1);
            match rng.below(6) {
                0 => sign,
                1 => sign - 1,
                2 => rng.bits(),
                3 => (rng.below(8) as u64).wrapping_neg(),
                _ => rng.below(10) as u64,
            }
        }
    };
    cumbia_ir::interp::canonical(ty, bits)
}

/// A random pure or checked operation; adds its result to the pool.
pub(super) fn operation(rng: &mut Rng, b: &mut Builder<'_>, pool: &mut Pool) {
    let op = loop {
        let op = rng.pick(Opcode::ALL);
        let usable = !op.is_of_kernels()
            && !op.is_of_devices()
            && matches!(
                op.shape(),
                Shape::Unary
                    | Shape::Binary
                    | Shape::Ternary
                    | Shape::IntCompare
                    | Shape::FloatCompare
                    | Shape::Convert
                    | Shape::Select
            );
        // Overflow ends most runs early when it is frequent.
        let checked = matches!(op, Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk);
        if usable && (!checked || rng.one_in(4)) {
            break op;
        }
    };
    let result = match op.shape() {
        Shape::Convert => match conversion(rng, b, pool, op) {
            Some(result) => result,
            None => return,
        },
        Shape::Select => {
            let ty = rng.pick(&TYPES);
            let cond = value(rng, b, pool, Type::Bool);
            let (x, y) = (value(rng, b, pool, ty), value(rng, b, pool, ty));
            b.select(cond, x, y)
        }
        shape => {
            let ty = type_in(rng, op.types());
            let x = value(rng, b, pool, ty);
            match shape {
                Shape::Unary => b.unary(op, x),
                Shape::IntCompare => {
                    let y = value(rng, b, pool, ty);
                    b.icmp(rng.pick(IntCond::ALL), x, y)
                }
                Shape::FloatCompare => {
                    let y = value(rng, b, pool, ty);
                    b.fcmp(rng.pick(FloatCond::ALL), x, y)
                }
                Shape::Ternary => {
                    let (y, z) = (value(rng, b, pool, ty), value(rng, b, pool, ty));
                    b.fma(x, y, z)
                }
                _ => {
                    let y = second_operand(rng, b, pool, op, ty);
                    b.binary(op, x, y)
                }
            }
        }
    };
    pool.add(result);
}

fn type_in(rng: &mut Rng, set: TypeSet) -> Type {
    loop {
        let ty = rng.pick(&TYPES);
        if set.contains(ty) {
            return ty;
        }
    }
}

/// An operand with which the operation's precondition holds.
fn second_operand(rng: &mut Rng, b: &mut Builder<'_>, pool: &Pool, op: Opcode, ty: Type) -> Value {
    use Opcode::*;
    let y = value(rng, b, pool, ty);
    match op {
        Ishl | Sshr | Ushr => {
            let mask = b.iconst(ty, i64::from(ty.bits()) - 1);
            b.binary(Band, y, mask)
        }
        Sdiv | Udiv | Srem | Urem | Sfloordiv | Sfloormod => match rng.below(3) {
            0 => b.iconst(ty, [1, 2, 3, 7, 8, -2, -3, -8][rng.below(8)]),
            // Odd and positive.
            1 => {
                let mask = b.iconst(ty, 0x76);
                let one = b.iconst(ty, 1);
                let even = b.binary(Band, y, mask);
                b.binary(Bor, even, one)
            }
            // Odd, of either sign, but not -1.
            _ => {
                let one = b.iconst(ty, 1);
                let minus_one = b.iconst(ty, -1);
                let three = b.iconst(ty, 3);
                let odd = b.binary(Bor, y, one);
                let bad = b.icmp(IntCond::Eq, odd, minus_one);
                b.select(bad, three, odd)
            }
        },
        Fcopysign => number(b, y),
        _ => y,
    }
}

/// `x`, or 1 instead of a nan: which nan an operation gave isn't to be seen.
fn number(b: &mut Builder<'_>, x: Value) -> Value {
    let one = match b.func.value_type(x) {
        Type::F32 => b.f32const(1.0),
        _ => b.f64const(1.0),
    };
    let ordered = b.fcmp(FloatCond::Eq, x, x);
    b.select(ordered, x, one)
}

fn conversion(rng: &mut Rng, b: &mut Builder<'_>, pool: &Pool, op: Opcode) -> Option<Value> {
    let (from, to) = (rng.pick(&TYPES), rng.pick(&TYPES));
    let fits = match op {
        Opcode::Sext => from.is_int() && to.is_int() && from.bits() < to.bits(),
        Opcode::Zext => !from.is_float() && to.is_int() && from.bits() < to.bits(),
        Opcode::Trunc => from.is_int() && to.is_int() && from.bits() > to.bits(),
        Opcode::SintToF | Opcode::UintToF => from.is_int() && to.is_float(),
        Opcode::FToSint | Opcode::FToUint => from.is_float() && to.is_int(),
        Opcode::Fpromote => (from, to) == (Type::F32, Type::F64),
        Opcode::Fdemote => (from, to) == (Type::F64, Type::F32),
        Opcode::Bitcast => {
            from.bits() == to.bits() && from.is_int() != to.is_int() && to.bits() >= 32
        }
        _ => false,
    };
    if !fits {
        return None;
    }
    let mut x = value(rng, b, pool, from);
    if op == Opcode::Bitcast && from.is_float() {
        x = number(b, x);
    }
    if matches!(op, Opcode::FToSint | Opcode::FToUint) {
        x = in_range(b, x, op, to);
    }
    Some(b.convert(op, to, x))
}

/// `x`, or 0 where the integer type doesn't hold it.
fn in_range(b: &mut Builder<'_>, x: Value, op: Opcode, to: Type) -> Value {
    let float = |b: &mut Builder<'_>, v: f64| match b.func.value_type(x) {
        Type::F32 => b.f32const(v as f32),
        _ => b.f64const(v),
    };
    let unsigned = op == Opcode::FToUint;
    let limit = 2f64.powi(to.bits() as i32 - i32::from(!unsigned));
    let (low, high) = (float(b, if unsigned { 0.0 } else { -limit }), float(b, limit));
    let above = b.fcmp(FloatCond::Ge, x, low);
    let below = b.fcmp(FloatCond::Lt, x, high);
    let inside = b.binary(Opcode::Band, above, below);
    let zero = float(b, 0.0);
    b.select(inside, x, zero)
}

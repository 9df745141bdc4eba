//! The value of one operation on constants.
//!
//! Bit-exact against the opcode table: integers wrap in their width, floating
//! operations round once in their own format. Not evaluated, so that the operation
//! stays and happens at run time: what would raise, what violates a guarded
//! operation's precondition, and every arithmetic result that is a nan (its sign and
//! payload are the machine's business).

use cumbia_ir::{FloatCond, Imm, InstData, IntCond, Opcode, Type};

/// A constant: an integer, truth value or address, or the bits of a float.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Const {
    /// Sign-extended from its type; a `bool` is 0 or 1.
    Int(i64),
    /// Floating bits; those of an `f32` in the low half.
    Float(u64),
}

impl Const {
    /// The integer, if it is one.
    pub fn int(self) -> Option<i64> {
        match self {
            Const::Int(i) => Some(i),
            Const::Float(_) => None,
        }
    }

    fn bits(self) -> u64 {
        match self {
            Const::Int(i) => i as u64,
            Const::Float(bits) => bits,
        }
    }
}

/// The result of `data` when its operands, of type `operand_ty`, are `args`; for an
/// operation with one result.
pub fn evaluate(data: &InstData, operand_ty: Type, args: &[Const]) -> Option<Const> {
    match *args {
        [a, b] if data.op == Opcode::Icmp => {
            let &Imm::IntCond(cond) = &data.imm else { return None };
            let holds = compare_ints(cond, operand_ty, a.int()?, b.int()?);
            Some(Const::Int(i64::from(holds)))
        }
        [Const::Float(a), Const::Float(b)] if data.op == Opcode::Fcmp => {
            let &Imm::FloatCond(cond) = &data.imm else { return None };
            let holds = compare_floats(cond, to_f64(operand_ty, a), to_f64(operand_ty, b));
            Some(Const::Int(i64::from(holds)))
        }
        [a, b, c] if data.op == Opcode::Select => Some(if a.int()? != 0 { b } else { c }),
        [Const::Int(a), Const::Int(b)] => {
            int_binary(data.op, data.ty.unwrap_or(Type::I64), a, b).map(Const::Int)
        }
        [Const::Float(a), Const::Float(b)] => {
            float_binary(data.op, data.ty?, a, b).map(Const::Float)
        }
        [Const::Float(a), Const::Float(b), Const::Float(c)] if data.op == Opcode::Fma => {
            fma(data.ty?, a, b, c).map(Const::Float)
        }
        [a] => unary(data.op, operand_ty, data.ty?, a),
        _ => None,
    }
}

/// `value` cut to the type's width and sign-extended; `bool` to 0 or 1.
pub fn wrap(ty: Type, value: i64) -> i64 {
    match ty {
        Type::Bool => value & 1,
        Type::I8 => i64::from(value as i8),
        Type::I16 => i64::from(value as i16),
        Type::I32 => i64::from(value as i32),
        _ => value,
    }
}

/// The value's bits read as an unsigned number of the type's width.
pub fn unsigned(ty: Type, value: i64) -> u64 {
    match ty.bits() {
        64 => value as u64,
        bits => value as u64 & ((1 << bits) - 1),
    }
}

/// The smallest and the largest signed value of an integer type (0 and 1 of `bool`).
pub fn signed_range(ty: Type) -> (i64, i64) {
    match ty {
        Type::Bool => (0, 1),
        Type::I8 => (i64::from(i8::MIN), i64::from(i8::MAX)),
        Type::I16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Type::I32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

/// Whether the comparison holds.
pub fn compare_ints(cond: IntCond, ty: Type, a: i64, b: i64) -> bool {
    let (ua, ub) = (unsigned(ty, a), unsigned(ty, b));
    match cond {
        IntCond::Eq => a == b,
        IntCond::Ne => a != b,
        IntCond::Slt => a < b,
        IntCond::Sle => a <= b,
        IntCond::Sgt => a > b,
        IntCond::Sge => a >= b,
        IntCond::Ult => ua < ub,
        IntCond::Ule => ua <= ub,
        IntCond::Ugt => ua > ub,
        IntCond::Uge => ua >= ub,
    }
}

fn compare_floats(cond: FloatCond, a: f64, b: f64) -> bool {
    match cond {
        FloatCond::Eq => a == b,
        FloatCond::Ne => a != b,
        FloatCond::Lt => a < b,
        FloatCond::Le => a <= b,
        FloatCond::Gt => a > b,
        FloatCond::Ge => a >= b,
    }
}

/// The float's value; widening an `f32` loses nothing.
pub fn to_f64(ty: Type, bits: u64) -> f64 {
    match ty {
        Type::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

fn int_binary(op: Opcode, ty: Type, a: i64, b: i64) -> Option<i64> {
    let (min, max) = signed_range(ty);
    let bits = ty.bits();
    let fits = |v: Option<i64>| v.filter(|v| (min..=max).contains(v));
    let shift = || u32::try_from(b).ok().filter(|&s| s < bits);
    let divides = b != 0 && !(a == min && b == -1);
    let (ua, ub) = (unsigned(ty, a), unsigned(ty, b));
    let result = match op {
        Opcode::Iadd => a.wrapping_add(b),
        Opcode::Isub => a.wrapping_sub(b),
        Opcode::Imul => a.wrapping_mul(b),
        Opcode::SaddChk => fits(a.checked_add(b))?,
        Opcode::SsubChk => fits(a.checked_sub(b))?,
        Opcode::SmulChk => fits(a.checked_mul(b))?,
        Opcode::Sdiv if divides => a / b,
        Opcode::Srem if divides => a % b,
        Opcode::Sfloordiv if divides => floor_div(a, b),
        Opcode::Sfloormod if divides => a.wrapping_sub(floor_div(a, b).wrapping_mul(b)),
        Opcode::Udiv if b != 0 => (ua / ub) as i64,
        Opcode::Urem if b != 0 => (ua % ub) as i64,
        Opcode::Smin => a.min(b),
        Opcode::Smax => a.max(b),
        Opcode::Umin => {
            if ua < ub {
                a
            } else {
                b
            }
        }
        Opcode::Umax => {
            if ua > ub {
                a
            } else {
                b
            }
        }
        Opcode::Band => a & b,
        Opcode::Bor => a | b,
        Opcode::Bxor => a ^ b,
        Opcode::Ishl => a << shift()?,
        Opcode::Sshr => a >> shift()?,
        Opcode::Ushr => (ua >> shift()?) as i64,
        Opcode::Smulhi => ((i128::from(a) * i128::from(b)) >> bits) as i64,
        Opcode::Umulhi => ((u128::from(ua) * u128::from(ub)) >> bits) as i64,
        // An index in range; an index out of range raises and stays.
        Opcode::Index | Opcode::Bound if (0..b).contains(&a) => a,
        Opcode::Index if a < 0 && a.checked_add(b).is_some_and(|r| r >= 0) => a + b,
        _ => return None,
    };
    Some(wrap(ty, result))
}

fn floor_div(a: i64, b: i64) -> i64 {
    let quotient = a.wrapping_div(b);
    if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

fn float_binary(op: Opcode, ty: Type, a: u64, b: u64) -> Option<u64> {
    if op == Opcode::Fcopysign {
        let sign = 1u64 << (ty.bits() - 1);
        return Some((a & !sign) | (b & sign));
    }
    macro_rules! compute {
        ($a:expr, $b:expr) => {
            match op {
                Opcode::Fadd => $a + $b,
                Opcode::Fsub => $a - $b,
                Opcode::Fmul => $a * $b,
                Opcode::Fdiv => $a / $b,
                _ => return None,
            }
        };
    }
    match ty {
        Type::F32 => number32(compute!(f32::from_bits(a as u32), f32::from_bits(b as u32))),
        _ => number64(compute!(f64::from_bits(a), f64::from_bits(b))),
    }
}

fn fma(ty: Type, a: u64, b: u64, c: u64) -> Option<u64> {
    match ty {
        Type::F32 => {
            let [a, b, c] = [a, b, c].map(|x| f32::from_bits(x as u32));
            number32(a.mul_add(b, c))
        }
        _ => {
            let [a, b, c] = [a, b, c].map(f64::from_bits);
            number64(a.mul_add(b, c))
        }
    }
}

fn number32(x: f32) -> Option<u64> {
    (!x.is_nan()).then(|| u64::from(x.to_bits()))
}

fn number64(x: f64) -> Option<u64> {
    (!x.is_nan()).then(|| x.to_bits())
}

fn unary(op: Opcode, from: Type, to: Type, arg: Const) -> Option<Const> {
    match arg {
        Const::Int(a) => int_unary(op, from, to, a),
        Const::Float(bits) => float_unary(op, from, to, bits),
    }
}

fn int_unary(op: Opcode, from: Type, to: Type, a: i64) -> Option<Const> {
    let bits = from.bits();
    let result = match op {
        Opcode::Ineg => a.wrapping_neg(),
        Opcode::Bnot => !a,
        Opcode::Clz => i64::from(unsigned(from, a).leading_zeros() - (64 - bits)),
        Opcode::Ctz => i64::from(unsigned(from, a).trailing_zeros().min(bits)),
        Opcode::Popcnt => i64::from(unsigned(from, a).count_ones()),
        Opcode::Sext => a,
        Opcode::Zext => unsigned(from, a) as i64,
        Opcode::Trunc => a,
        Opcode::SintToF if to == Type::F32 => {
            return Some(Const::Float(u64::from((a as f32).to_bits())));
        }
        Opcode::SintToF => return Some(Const::Float((a as f64).to_bits())),
        Opcode::UintToF => {
            let a = unsigned(from, a);
            return Some(Const::Float(match to {
                Type::F32 => u64::from((a as f32).to_bits()),
                _ => (a as f64).to_bits(),
            }));
        }
        Opcode::Bitcast => return Some(cast_bits(to, Const::Int(a))),
        _ => return None,
    };
    Some(Const::Int(wrap(to, result)))
}

fn float_unary(op: Opcode, from: Type, to: Type, bits: u64) -> Option<Const> {
    let sign = 1u64 << (from.bits() - 1);
    let x = to_f64(from, bits);
    // Rounding to an integer and widening commute, so `f32` goes through `f64`.
    let rounded = |r: f64| match from {
        Type::F32 => number32(r as f32),
        _ => number64(r),
    };
    let result = match op {
        Opcode::Fneg => bits ^ sign,
        Opcode::Fabs => bits & !sign,
        Opcode::Fsqrt if from == Type::F32 => number32(f32::from_bits(bits as u32).sqrt())?,
        Opcode::Fsqrt => number64(x.sqrt())?,
        Opcode::Ffloor => rounded(x.floor())?,
        Opcode::Fceil => rounded(x.ceil())?,
        Opcode::Ftrunc => rounded(x.trunc())?,
        Opcode::Fnearest => rounded(x.round_ties_even())?,
        Opcode::Fpromote => number64(x)?,
        Opcode::Fdemote => number32(x as f32)?,
        Opcode::FToSint => {
            let t = x.trunc();
            // Both limits are exact powers of two in f64.
            let limit = 2f64.powi(to.bits() as i32 - 1);
            return (-limit <= t && t < limit).then_some(Const::Int(t as i64));
        }
        Opcode::FToUint => {
            let t = x.trunc();
            let limit = 2f64.powi(to.bits() as i32);
            return (0.0 <= t && t < limit).then(|| Const::Int(wrap(to, t as u64 as i64)));
        }
        Opcode::Bitcast => return Some(cast_bits(to, Const::Float(bits))),
        _ => return None,
    };
    Some(Const::Float(result))
}

fn cast_bits(to: Type, value: Const) -> Const {
    match to {
        Type::F32 => Const::Float(value.bits() & 0xffff_ffff),
        Type::F64 => Const::Float(value.bits()),
        _ => Const::Int(wrap(to, value.bits() as i64)),
    }
}

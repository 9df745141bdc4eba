//! Integers: Python's checked 64 bits, and NumPy's wrapping widths.
//!
//! Python's operators raise where CPython does and OverflowError where the result
//! needs more than 64 bits. NumPy's never raise: a zero divisor gives 0, the minimum
//! over -1 wraps, a shift by the width or more gives 0 or the sign. Those are
//! selects on safe operands, not branches.

use super::convert::{bounds, check};
use super::text;
use crate::hir::BinaryOp;
use crate::lower::Fx;
use crate::types::DType;
use cumbia_ir::{IntCond, Opcode, Target, Type, Value};

/// The operation of `&`, `|` and `^`.
pub fn bitwise(op: BinaryOp) -> Option<Opcode> {
    match op {
        BinaryOp::And => Some(Opcode::Band),
        BinaryOp::Or => Some(Opcode::Bor),
        BinaryOp::Xor => Some(Opcode::Bxor),
        _ => None,
    }
}

/// An operator of two Python ints. `/` gives a float; `**` is a library body.
pub fn python(fx: &mut Fx<'_>, op: BinaryOp, x: Value, y: Value) -> Value {
    match op {
        BinaryOp::Add => fx.b().binary(Opcode::SaddChk, x, y),
        BinaryOp::Sub => fx.b().binary(Opcode::SsubChk, x, y),
        BinaryOp::Mul => fx.b().binary(Opcode::SmulChk, x, y),
        BinaryOp::TrueDiv => true_divide(fx, x, y),
        BinaryOp::FloorDiv | BinaryOp::Mod if fx.relaxed.quiet_division => {
            let remainder = op == BinaryOp::Mod;
            if !remainder {
                check_quotient(fx, x, y);
            }
            divide(fx, remainder, DType::I64, x, y, true)
        }
        BinaryOp::FloorDiv => {
            check_divisor(fx, x, y, text::INT_FLOORDIV_ZERO, true);
            fx.b().binary(Opcode::Sfloordiv, x, y)
        }
        BinaryOp::Mod => {
            check_divisor(fx, x, y, text::INT_MOD_ZERO, false);
            // `MIN % -1` is 0 in Python, but the operation excludes it.
            if fx.func.int_const(y).is_some_and(|c| c != -1) {
                return fx.b().binary(Opcode::Sfloormod, x, y);
            }
            let minus_one = fx.int(-1);
            let trivial = fx.b().icmp(IntCond::Eq, y, minus_one);
            let one = fx.int(1);
            let safe = fx.b().select(trivial, one, y);
            fx.b().binary(Opcode::Sfloormod, x, safe)
        }
        BinaryOp::LShift => shift_left(fx, x, y),
        BinaryOp::RShift => {
            check_shift(fx, y);
            let last = fx.int(63);
            let amount = fx.b().binary(Opcode::Umin, y, last);
            fx.b().binary(Opcode::Sshr, x, amount)
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
            let op = bitwise(op).expect("bitwise");
            fx.b().binary(op, x, y)
        }
        BinaryOp::Pow | BinaryOp::MatMul => unreachable!("not lowered here"),
    }
}

/// Raises for a zero divisor and, if asked, for the minimum over -1.
fn check_divisor(fx: &mut Fx<'_>, x: Value, y: Value, raise: text::Raise, overflow: bool) {
    let known = fx.func.int_const(y);
    if known.is_none_or(|c| c == 0) {
        let zero = fx.int(0);
        let nonzero = fx.b().icmp(IntCond::Ne, y, zero);
        check(fx, nonzero, raise);
    }
    if overflow {
        check_quotient(fx, x, y);
    }
}

/// Raises for the minimum over -1.
fn check_quotient(fx: &mut Fx<'_>, x: Value, y: Value) {
    if fx.func.int_const(y).is_none_or(|c| c == -1) {
        let (minimum, minus_one) = (fx.int(i64::MIN), fx.int(-1));
        let x_fine = fx.b().icmp(IntCond::Ne, x, minimum);
        let y_fine = fx.b().icmp(IntCond::Ne, y, minus_one);
        let fine = fx.b().binary(Opcode::Bor, x_fine, y_fine);
        check(fx, fine, text::INT_OVERFLOW);
    }
}

fn check_shift(fx: &mut Fx<'_>, amount: Value) {
    if fx.func.int_const(amount).is_none_or(|c| c < 0) {
        let zero = fx.int(0);
        let fine = fx.b().icmp(IntCond::Sge, amount, zero);
        check(fx, fine, text::NEGATIVE_SHIFT);
    }
}

/// `x << y`: shifting back must give `x` again. Zero may be shifted by anything, and another
/// constant by as much as it has bits above it.
fn shift_left(fx: &mut Fx<'_>, x: Value, y: Value) -> Value {
    check_shift(fx, y);
    if let Some(constant) = fx.func.int_const(x).filter(|&c| c != 0) {
        let room = constant.leading_zeros().max(constant.leading_ones()) - 1;
        let most = fx.int(room.into());
        let fits = fx.b().icmp(IntCond::Sle, y, most);
        check(fx, fits, text::INT_OVERFLOW);
        return fx.b().binary(Opcode::Ishl, x, y);
    }
    let last = fx.int(63);
    let amount = fx.b().binary(Opcode::Umin, y, last);
    let shifted = fx.b().binary(Opcode::Ishl, x, amount);
    let back = fx.b().binary(Opcode::Sshr, shifted, amount);
    let mut fits = fx.b().icmp(IntCond::Eq, back, x);
    if fx.func.int_const(y).is_none_or(|c| c > 63) {
        let small = fx.b().icmp(IntCond::Sle, y, last);
        let zero = fx.int(0);
        let trivial = fx.b().icmp(IntCond::Eq, x, zero);
        let any = fx.b().binary(Opcode::Bor, small, trivial);
        fits = fx.b().binary(Opcode::Band, fits, any);
    }
    check(fx, fits, text::INT_OVERFLOW);
    shifted
}

/// `x / y`, rounded once as CPython's. Operands of at most 53 bits are exact as
/// doubles; others go to the runtime, in a cold block.
fn true_divide(fx: &mut Fx<'_>, x: Value, y: Value) -> Value {
    let known_divisor = fx.func.int_const(y);
    let quiet = fx.relaxed.quiet_division;
    if !quiet && known_divisor.is_none_or(|c| c == 0) {
        let zero = fx.int(0);
        let nonzero = fx.b().icmp(IntCond::Ne, y, zero);
        check(fx, nonzero, text::INT_TRUEDIV_ZERO);
    }
    let small = |fx: &mut Fx<'_>, v: Value| {
        let bias = fx.int(1 << 53);
        let shifted = fx.b().binary(Opcode::Iadd, v, bias);
        let span = fx.int(1 << 54);
        fx.b().icmp(IntCond::Ule, shifted, span)
    };
    let known =
        |fx: &Fx<'_>, v: Value| fx.func.int_const(v).is_some_and(|c| c.unsigned_abs() <= 1 << 53);
    let (x_known, y_known) = (known(fx, x), known(fx, y));
    let exact = match (x_known, y_known) {
        (true, true) => None,
        (true, false) => Some(small(fx, y)),
        (false, true) => Some(small(fx, x)),
        (false, false) => {
            let (a, b) = (small(fx, x), small(fx, y));
            Some(fx.b().binary(Opcode::Band, a, b))
        }
    };
    let divide = |fx: &mut Fx<'_>| {
        let a = fx.b().convert(Opcode::SintToF, Type::F64, x);
        let b = fx.b().convert(Opcode::SintToF, Type::F64, y);
        fx.b().binary(Opcode::Fdiv, a, b)
    };
    let Some(mut exact) = exact else {
        return divide(fx);
    };
    if quiet && known_divisor.is_none_or(|c| c == 0) {
        // Only the dividend's sign matters.
        let zero = fx.int(0);
        let by_zero = fx.b().icmp(IntCond::Eq, y, zero);
        exact = fx.b().binary(Opcode::Bor, exact, by_zero);
    }
    let (fast, done) = (fx.new_block(), fx.new_block());
    let slow = fx.new_cold_block();
    let result = fx.func.add_param(done, Type::F64);
    fx.b().br(exact, Target::new(fast), Target::new(slow));
    fx.switch_to(fast);
    let quotient = divide(fx);
    fx.b().jump(Target::with(done, &[quotient]));
    fx.switch_to(slow);
    let quotient = fx.helper("int_true_divide", &[x, y]).expect("a result");
    fx.b().jump(Target::with(done, &[quotient]));
    fx.switch_to(done);
    result
}

/// `x ** n` for a small constant exponent, by squaring from the top bit: no
/// intermediate is larger than the result, so a checked one never raises wrongly.
pub fn power_const(fx: &mut Fx<'_>, x: Value, n: i64, checked: bool) -> Value {
    let ty = fx.func.value_type(x);
    if n == 0 {
        return fx.b().iconst(ty, 1);
    }
    let op = if checked { Opcode::SmulChk } else { Opcode::Imul };
    let mut result = x;
    for bit in (0..n.ilog2()).rev() {
        result = fx.b().binary(op, result, result);
        if n >> bit & 1 == 1 {
            result = fx.b().binary(op, result, x);
        }
    }
    result
}

/// An operator of two NumPy bools that gives a bool.
pub fn numpy_bool(fx: &mut Fx<'_>, op: BinaryOp, x: Value, y: Value) -> Value {
    let op = match op {
        BinaryOp::Add | BinaryOp::Or => Opcode::Bor,
        BinaryOp::Mul | BinaryOp::And => Opcode::Band,
        BinaryOp::Xor => Opcode::Bxor,
        _ => unreachable!("typing refuses it or widens the operands"),
    };
    fx.b().binary(op, x, y)
}

/// An operator of two NumPy integers of one dtype.
pub fn numpy(fx: &mut Fx<'_>, op: BinaryOp, d: DType, x: Value, y: Value) -> Value {
    let signed = d.is_signed();
    match op {
        BinaryOp::Add => fx.b().binary(Opcode::Iadd, x, y),
        BinaryOp::Sub => fx.b().binary(Opcode::Isub, x, y),
        BinaryOp::Mul => fx.b().binary(Opcode::Imul, x, y),
        BinaryOp::FloorDiv | BinaryOp::Mod => divide(fx, op == BinaryOp::Mod, d, x, y, true),
        BinaryOp::LShift | BinaryOp::RShift => {
            let ty = d.ir_type();
            let width = ty.bits() as i64;
            let opcode = match (op, signed) {
                (BinaryOp::LShift, _) => Opcode::Ishl,
                (_, true) => Opcode::Sshr,
                (_, false) => Opcode::Ushr,
            };
            if fx.func.int_const(y).is_some_and(|c| (0..width).contains(&c)) {
                return fx.b().binary(opcode, x, y);
            }
            let last = fx.b().iconst(ty, width - 1);
            let amount = fx.b().binary(Opcode::Umin, y, last);
            let shifted = fx.b().binary(opcode, x, amount);
            if opcode == Opcode::Sshr {
                return shifted;
            }
            let fits = fx.b().icmp(IntCond::Ule, y, last);
            let zero = fx.b().iconst(ty, 0);
            fx.b().select(fits, shifted, zero)
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
            let op = bitwise(op).expect("bitwise");
            fx.b().binary(op, x, y)
        }
        BinaryOp::TrueDiv | BinaryOp::Pow | BinaryOp::MatMul => unreachable!("not an integer loop"),
    }
}

/// NumPy's quotient or remainder: of the floor division or the C one. A zero
/// divisor gives 0; the minimum over -1 gives the minimum, its remainder 0.
pub fn divide(
    fx: &mut Fx<'_>,
    remainder: bool,
    d: DType,
    x: Value,
    y: Value,
    floor: bool,
) -> Value {
    let ty = d.ir_type();
    let op = match (remainder, d.is_signed(), floor) {
        (false, true, true) => Opcode::Sfloordiv,
        (true, true, true) => Opcode::Sfloormod,
        (false, true, false) => Opcode::Sdiv,
        (true, true, false) => Opcode::Srem,
        (false, false, _) => Opcode::Udiv,
        (true, false, _) => Opcode::Urem,
    };
    if fx.func.int_const(y).is_some_and(|c| c != 0 && c != -1) {
        return fx.b().binary(op, x, y);
    }
    let (zero, one) = (fx.b().iconst(ty, 0), fx.b().iconst(ty, 1));
    let by_zero = fx.b().icmp(IntCond::Eq, y, zero);
    // Dividing by 1 instead gives what is wanted of the minimum over -1.
    let mut bad = by_zero;
    if d.is_signed() {
        let minus_one = fx.b().iconst(ty, -1);
        let y_bad = fx.b().icmp(IntCond::Eq, y, minus_one);
        let minimum = fx.b().iconst(ty, bounds(d).0);
        let x_bad = fx.b().icmp(IntCond::Eq, x, minimum);
        let both = fx.b().binary(Opcode::Band, x_bad, y_bad);
        bad = fx.b().binary(Opcode::Bor, by_zero, both);
    }
    let safe = fx.b().select(bad, one, y);
    let result = fx.b().binary(op, x, safe);
    if remainder {
        // The remainder by 1 is 0 already.
        return result;
    }
    fx.b().select(by_zero, zero, result)
}

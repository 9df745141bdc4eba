//! What an operation makes of the intervals of its operands.
//!
//! One function for all analyses with intervals; they differ in what they know of an operand
//! at its place, which is theirs to say. Bits of floats and addresses aren't looked at.

use super::interval::Interval;
use crate::fold::unsigned;
use cumbia_ir::{Function, GRID_RANGES, Inst, Opcode, Type, Value};

/// Whether values of the type have intervals.
pub fn is_range_type(ty: Type) -> bool {
    ty.is_int() || ty == Type::Bool
}

/// The interval of an operation's only result, of type `ty`, and whether the operation gives
/// the mathematical result. `arg` gives an operand's interval by its position; a checked
/// operation is taken to have succeeded.
pub fn transfer(
    func: &Function,
    inst: Inst,
    ty: Type,
    arg: impl Fn(usize) -> Interval,
) -> (Interval, bool) {
    use Opcode::*;
    let data = func.inst(inst);
    let full = Interval::full(ty);
    let wrapping = |sum: Interval| (sum.wrapped(ty), full.contains(sum));
    let checked = |sum: Interval| {
        let meet = sum.meet(full);
        (if meet.is_empty() { full } else { meet }, true)
    };
    let constant = |i: usize| func.int_const(data.args[i]);
    let inexact = |interval: Interval| (interval, false);
    match data.op {
        Iconst => match data.imm {
            cumbia_ir::Imm::Int(c) => (Interval::single(c), true),
            _ => inexact(full),
        },
        GridQuery => match data.imm {
            cumbia_ir::Imm::Int(what) => {
                let range = usize::try_from(what).ok().and_then(|what| GRID_RANGES.get(what));
                inexact(
                    range.map_or(full, |&(least, most)| Interval::new(least.into(), most.into())),
                )
            }
            _ => inexact(full),
        },
        Iadd => wrapping(arg(0).plus(arg(1))),
        Isub => wrapping(arg(0).minus(arg(1))),
        Imul => wrapping(arg(0).times(arg(1))),
        Ineg => wrapping(Interval::single(0).minus(arg(0))),
        SaddChk => checked(arg(0).plus(arg(1))),
        SsubChk => checked(arg(0).minus(arg(1))),
        SmulChk => checked(arg(0).times(arg(1))),
        Smin => {
            let (a, b) = (arg(0), arg(1));
            inexact(Interval::new(a.lo.min(b.lo), a.hi.min(b.hi)))
        }
        // A magnitude, where it can be written.
        Smax if negates(func, data.args[0], data.args[1]) && arg(0).lo > full.lo => {
            let a = arg(0);
            let least = if a.lo > 0 { a.lo } else { (-a.hi).max(0) };
            inexact(Interval::new(least, a.hi.max(-a.lo)))
        }
        Smax => {
            let (a, b) = (arg(0), arg(1));
            inexact(Interval::new(a.lo.max(b.lo), a.hi.max(b.hi)))
        }
        Select => inexact(arg(1).join(arg(2))),
        Sfloordiv => match constant(1) {
            Some(c) if c > 0 => inexact(arg(0).floor_div(c)),
            _ => inexact(full),
        },
        // Toward zero and down are the same above zero.
        Sdiv => match constant(1) {
            Some(c) if c > 0 && arg(0).lo >= 0 => inexact(arg(0).floor_div(c)),
            _ => inexact(full),
        },
        Sshr => match constant(1) {
            Some(s) if (0..63).contains(&s) => inexact(arg(0).floor_div(1 << s)),
            _ => inexact(full),
        },
        Ushr => match constant(1) {
            Some(s) if (0..63).contains(&s) && arg(0).lo >= 0 => inexact(arg(0).floor_div(1 << s)),
            Some(s) if s > 0 => {
                inexact(Interval::new(0, (1 << (i64::from(ty.bits()) - s).max(0)) - 1))
            }
            _ => inexact(full),
        },
        Ishl => match constant(1) {
            Some(s) if (0..40).contains(&s) => wrapping(arg(0).times(Interval::single(1 << s))),
            _ => match arg(1) {
                // Times one of the powers of two.
                Interval { lo, hi } if 0 <= lo && lo <= hi && hi < 63 => {
                    wrapping(arg(0).times(Interval::new(1 << lo, 1 << hi)))
                }
                _ => inexact(full),
            },
        },
        Sfloormod => inexact(remainder(arg(1)).unwrap_or(full)),
        Srem => match (remainder(arg(1)), arg(0).lo >= 0) {
            (Some(r), true) => inexact(r.meet(Interval::new(0, arg(0).hi))),
            (Some(r), false) => inexact(Interval::new(-r.hi, r.hi)),
            (None, _) => inexact(full),
        },
        // Both not negative: no bit above the smaller one's.
        Band => {
            let (a, b) = (arg(0), arg(1));
            match (a.lo >= 0, b.lo >= 0) {
                (true, true) => inexact(Interval::new(0, a.hi.min(b.hi))),
                (true, false) => inexact(Interval::new(0, a.hi)),
                (false, true) => inexact(Interval::new(0, b.hi)),
                (false, false) => inexact(full),
            }
        }
        // Both not negative: no bit above the larger one's highest.
        Bor | Bxor => {
            let (a, b) = (arg(0), arg(1));
            match a.lo >= 0 && b.lo >= 0 {
                true => inexact(Interval::new(0, all_ones(a.hi.max(b.hi)))),
                false => inexact(full),
            }
        }
        Bnot if ty.is_int() => (Interval::single(-1).minus(arg(0)), true),
        Umin => {
            let (a, b) = (arg(0), arg(1));
            match (a.lo >= 0, b.lo >= 0) {
                (true, true) => inexact(Interval::new(a.lo.min(b.lo), a.hi.min(b.hi))),
                (true, false) => inexact(Interval::new(0, a.hi)),
                (false, true) => inexact(Interval::new(0, b.hi)),
                (false, false) => inexact(full),
            }
        }
        Udiv => match constant(1) {
            Some(c) if c > 0 && arg(0).lo >= 0 => inexact(arg(0).floor_div(c)),
            _ => inexact(full),
        },
        Urem => match (remainder(arg(1)), arg(0).lo >= 0) {
            (Some(r), true) => inexact(r.meet(Interval::new(0, arg(0).hi))),
            (Some(r), false) => inexact(r),
            (None, _) => inexact(full),
        },
        Clz | Ctz | Popcnt => {
            inexact(Interval::new(0, func.value_type(data.args[0]).bits().into()))
        }
        Sext if func.value_type(data.args[0]) != Type::Bool => (arg(0), true),
        Zext => {
            let from = func.value_type(data.args[0]);
            let a = match from {
                Type::Bool => Interval::full(Type::Bool),
                _ => arg(0),
            };
            match a.lo >= 0 {
                true => (a, from != Type::Bool),
                false => inexact(Interval::new(0, unsigned(from, -1).into())),
            }
        }
        Trunc => wrapping(arg(0)),
        Index => {
            // Behind the check the result is from 0 to below the length.
            let n = arg(1);
            let exact = arg(0).lo >= 0;
            let top = Interval::new(0, (n.hi - 1).max(0));
            let met = if exact { top.meet(arg(0)) } else { top };
            (if met.is_empty() { top } else { met }, exact)
        }
        Bound => {
            let top = Interval::new(0, (arg(1).hi - 1).max(0));
            let met = top.meet(arg(0));
            (if met.is_empty() { top } else { met }, true)
        }
        _ => inexact(full),
    }
}

/// Whether the second value is the first one's negation.
fn negates(func: &Function, value: Value, other: Value) -> bool {
    let inst = func.def_inst(other).map(|inst| func.inst(inst));
    inst.is_some_and(|data| data.op == Opcode::Ineg && data.args[0] == value)
}

/// Remainders of a divisor that is positive: from 0 to below it.
fn remainder(divisor: Interval) -> Option<Interval> {
    (divisor.lo >= 1).then(|| Interval::new(0, divisor.hi - 1))
}

/// The least number of ones in a row that isn't below a number.
fn all_ones(number: i128) -> i128 {
    match number {
        ..=0 => 0,
        _ => i128::MAX >> (number.leading_zeros() - 1),
    }
}

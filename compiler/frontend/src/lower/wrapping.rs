//! Python ints of which only low bits are asked for.
//!
//! `(x * a + c) & 0xFFFFFFFF` is the same whether the sum has 64 bits or all of its bits:
//! the low bits of sums, products and shifts follow from those of the operands. Where each
//! use of a result is such an operation, a mask, or a remainder by a power of two, the
//! result may wrap, also on its way around a loop: nothing is raised that Python doesn't raise. A mask of 64 bits raises
//! itself where its result has the upper one (`wide_integers.py`).

use super::TypedValue;
use super::function::Lowering;
use super::ownership::for_each_operand;
use crate::hir::{BinaryOp, HValue, HirInst, Op, Terminator, UnaryOp};
use crate::infer::{Action, Specialization};
use crate::numeric::{self, wide::low_bits};
use crate::types::{Lit, Ty};
use cumbia_ir::Opcode;
use num_bigint::{BigInt, Sign};
use rustc_hash::FxHashSet;

/// What an instruction asks of its operands.
enum Asks {
    /// The low bits of one, the other one is a constant; and whether it may wrap itself.
    Low(HValue, bool),
    /// Those that its result is asked for, and whether it may wrap itself.
    AsResult(Vec<HValue>, bool),
}

/// Results of checked operations that may wrap.
pub(super) fn wrapping(spec: &Specialization) -> FxHashSet<HValue> {
    let mut wraps = FxHashSet::default();
    let insts = || {
        let reachable = spec.hir.blocks.iter().enumerate().filter(|(b, _)| spec.reachable[*b]);
        reachable.flat_map(|(b, block)| block.insts.iter().zip(&spec.actions[b]))
    };
    let is_mask = |(inst, action): (&HirInst, &Action)| {
        matches!(asks(spec, inst, action), Some(Asks::Low(..)))
    };
    if !insts().any(is_mask) {
        return wraps;
    }
    // All bits of these are asked for.
    let mut whole: Vec<HValue> = Vec::new();
    // Operands that are asked what the result is asked.
    let mut follows: Vec<Vec<HValue>> = vec![Vec::new(); spec.hir.values.len()];
    let mut used: FxHashSet<HValue> = FxHashSet::default();
    for (inst, action) in insts() {
        match asks(spec, inst, action) {
            Some(Asks::Low(value, itself)) => {
                used.insert(value);
                if itself {
                    wraps.insert(inst.results[0]);
                }
            }
            Some(Asks::AsResult(operands, itself)) => {
                let result = inst.results[0];
                if itself {
                    wraps.insert(result);
                }
                used.extend(operands.iter().copied());
                follows[result.0 as usize] = operands;
            }
            None => for_each_operand(&inst.op, |v| whole.push(v)),
        }
    }
    for block in &spec.hir.blocks {
        for edge in block.edges() {
            let params = &spec.hir.blocks[edge.block.0 as usize].params;
            for (&param, &arg) in params.iter().zip(&edge.args) {
                used.insert(arg);
                match spec.types[param.0 as usize] {
                    Some(Ty::Int) => follows[param.0 as usize].push(arg),
                    _ => whole.push(arg),
                }
            }
        }
        match &block.terminator {
            Terminator::Branch { cond, .. } => whole.push(*cond),
            Terminator::Return(value) | Terminator::Reraise(value) => whole.push(*value),
            Terminator::Raise { class, args, cause } => {
                whole.push(*class);
                whole.extend(args.iter().chain(cause).copied());
            }
            Terminator::Jump(_) | Terminator::Unreachable => {}
        }
    }
    // What nobody uses is left as it is.
    whole.extend(wraps.iter().filter(|v| !used.contains(v)).copied());
    while let Some(value) = whole.pop() {
        wraps.remove(&value);
        whole.append(&mut follows[value.0 as usize]);
    }
    wraps
}

fn asks(spec: &Specialization, inst: &HirInst, action: &Action) -> Option<Asks> {
    let ty = |v: HValue| spec.types[v.0 as usize].as_ref();
    let int =
        |v: HValue| matches!(ty(v), Some(Ty::Int | Ty::Bool | Ty::Lit(Lit::Int(_) | Lit::Bool(_))));
    match &inst.op {
        Op::Binary(op, a, b, _) => {
            let masked = match op {
                BinaryOp::And if is_mask(ty(*b)) => Some(*a),
                BinaryOp::And if is_mask(ty(*a)) => Some(*b),
                BinaryOp::Mod if is_power_of_two(ty(*b)) => Some(*a),
                _ => None,
            };
            if let Some(value) = masked.filter(|&v| ty(v) == Some(&Ty::Int)) {
                let itself = *op == BinaryOp::And && *action != Action::Plain;
                return Some(Asks::Low(value, itself));
            }
            // With a constant beyond 64 bits it is a call that raises.
            let wide = is_wide(ty(*a)) || is_wide(ty(*b));
            if (*action != Action::Plain) != wide
                || !(int(*a) || is_wide(ty(*a)))
                || !(int(*b) || is_wide(ty(*b)))
                || ty(inst.results[0]) != Some(&Ty::Int)
            {
                return None;
            }
            match op {
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => {
                    Some(Asks::AsResult(vec![*a, *b], true))
                }
                // A variable distance may raise.
                BinaryOp::LShift if matches!(ty(*b), Some(Ty::Lit(Lit::Int(0..=63)))) => {
                    Some(Asks::AsResult(vec![*a], true))
                }
                BinaryOp::Pow if matches!(ty(*b), Some(Ty::Lit(Lit::Int(0..=64)))) => {
                    Some(Asks::AsResult(vec![*a], true))
                }
                BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                    Some(Asks::AsResult(vec![*a, *b], wide))
                }
                _ => None,
            }
        }
        Op::Unary(op, a) if *action == Action::Plain && ty(*a) == Some(&Ty::Int) => {
            Some(Asks::AsResult(vec![*a], *op == UnaryOp::Neg))
        }
        _ => None,
    }
}

fn is_wide(ty: Option<&Ty>) -> bool {
    matches!(ty, Some(Ty::Lit(Lit::Wide(_))))
}

/// A constant without bits beyond the 64th.
fn is_mask(ty: Option<&Ty>) -> bool {
    match ty {
        Some(Ty::Lit(Lit::Int(mask))) => *mask >= 0,
        Some(Ty::Lit(Lit::Wide(mask))) => u64::try_from(&**mask).is_ok(),
        _ => false,
    }
}

/// One of `2**0` to `2**64`.
fn is_power_of_two(ty: Option<&Ty>) -> bool {
    match ty {
        Some(Ty::Lit(Lit::Int(n))) => *n > 0 && n.count_ones() == 1,
        Some(Ty::Lit(Lit::Wide(n))) => {
            n.sign() == Sign::Plus
                && **n <= BigInt::from(1u128 << 64)
                && n.magnitude().count_ones() == 1
        }
        _ => false,
    }
}

impl Lowering<'_, '_> {
    /// The result of an operator that may wrap; `None` for another instruction.
    pub(super) fn wrapped(&mut self, inst: &HirInst) -> Option<TypedValue> {
        if !inst.results.first().is_some_and(|result| self.wrapping.contains(result)) {
            return None;
        }
        let (op, a, b) = match &inst.op {
            Op::Binary(op, a, b, _) => (op, a, b),
            Op::Unary(_, a) => {
                let value = self.value(*a).value();
                return Some(TypedValue::scalar(Ty::Int, self.fx.b().unary(Opcode::Ineg, value)));
            }
            _ => return None,
        };
        let low = |value: TypedValue| match &value.ty {
            Ty::Lit(Lit::Wide(wide)) => TypedValue::unit(Ty::Lit(Lit::Int(low_bits(wide)))),
            _ => value,
        };
        let (a, b) = (low(self.value(*a)), low(self.value(*b)));
        let value = numeric::wrapping_binary(&mut self.fx, *op, &a, &b);
        Some(TypedValue::scalar(Ty::Int, value))
    }
}

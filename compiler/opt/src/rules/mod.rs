//! Peephole rules by family: what one instruction may be rewritten to.
//!
//! A rule looks at an instruction and the instructions that define its operands and
//! proposes something equal and cheaper. It changes nothing itself; the `simplify`
//! pass applies the proposal and asks again until no rule answers.
//!
//! Rules about rules:
//! - equal for all operand values, bit for bit, in wrapping arithmetic of the
//!   operation's width; a raising operation may be rewritten only to something that
//!   raises the same for the same operands, or never when it never does;
//! - never more instructions than before, never a costlier one;
//! - a canonical form, once reached, is left alone (no two rules undo each other):
//!   constants stand on the right, subtraction of a constant is addition,
//!   comparisons aren't negated by `bnot`;
//! - floating rules hold for -0.0, infinities and nans alike. The only freedom taken
//!   is that a *signalling* nan may pass through where the hardware would quiet it.

mod compare;
mod conversion;
mod float;
mod integer;
mod memory;
mod select;

use crate::fold::{self, Const};
use cumbia_ir::{Function, Imm, Inst, Opcode, Type, Value};
use smallvec::SmallVec;

/// An operand of a proposed instruction.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// An existing value.
    Value(Value),
    /// A constant of the instruction's controlling type (`i64` where it has none), to be
    /// made; of a floating type its bits.
    Const(i64),
    /// The result of another operation, to be made: operation, controlling type,
    /// operands. Without a controlling type the result is an address.
    New(Opcode, Option<Type>, Box<[Operand]>),
}

impl From<Value> for Operand {
    fn from(value: Value) -> Operand {
        Operand::Value(value)
    }
}

/// What an instruction is to become.
#[derive(Clone, PartialEq, Debug)]
pub enum Rewrite {
    /// Its result is this value.
    Value(Value),
    /// Its result is this constant.
    Const(Const),
    /// Another operation takes its place, with results of the same types.
    Op {
        /// The operation.
        op: Opcode,
        /// Its controlling type.
        ty: Option<Type>,
        /// Its operands.
        args: SmallVec<[Operand; 3]>,
        /// Its immediate.
        imm: Imm,
    },
    /// It goes away; it has no result.
    Nothing,
}

impl Rewrite {
    fn op(op: Opcode, ty: Option<Type>, args: &[Operand]) -> Option<Rewrite> {
        Rewrite::with_imm(op, ty, args, Imm::None)
    }

    fn with_imm(op: Opcode, ty: Option<Type>, args: &[Operand], imm: Imm) -> Option<Rewrite> {
        Some(Rewrite::Op { op, ty, args: args.iter().cloned().collect(), imm })
    }

    fn int(value: i64) -> Option<Rewrite> {
        Some(Rewrite::Const(Const::Int(value)))
    }
}

/// The first rewrite that a rule proposes for the instruction.
pub fn rewrite(func: &Function, inst: Inst) -> Option<Rewrite> {
    let data = func.inst(inst);
    if matches!(data.op, Opcode::Iconst | Opcode::Fconst) || data.op.is_terminator() {
        return None;
    }
    if let Some(constant) = fold_constants(func, inst) {
        return Some(Rewrite::Const(constant));
    }
    use Opcode::*;
    match data.op {
        Icmp | Fcmp => compare::rewrite(func, data),
        Select => select::rewrite(func, data),
        Sext | Zext | Trunc | SintToF | UintToF | Fpromote | Fdemote | Bitcast | FToSint
        | FToUint => conversion::rewrite(func, data),
        Fadd | Fsub | Fmul | Fdiv | Fneg | Fabs | Fcopysign => float::rewrite(func, data),
        PtrAdd | Load | Store => memory::rewrite(func, data),
        Guard => (func.int_const(data.args[0]) == Some(1)).then_some(Rewrite::Nothing),
        _ => integer::rewrite(func, data),
    }
}

/// The constant a value is, if a constant instruction defines it.
pub fn constant(func: &Function, value: Value) -> Option<Const> {
    let data = func.inst(func.def_inst(value)?);
    match (data.op, &data.imm) {
        (Opcode::Iconst, &Imm::Int(i)) => Some(Const::Int(i)),
        (Opcode::Fconst, &Imm::Float(bits)) => Some(Const::Float(bits)),
        _ => None,
    }
}

fn fold_constants(func: &Function, inst: Inst) -> Option<Const> {
    let data = func.inst(inst);
    if data.results.len() != 1 || data.args.is_empty() || data.args.len() > 3 {
        return None;
    }
    let args: Option<SmallVec<[Const; 3]>> = data.args.iter().map(|&a| constant(func, a)).collect();
    fold::evaluate(data, func.value_type(data.args[0]), &args?)
}

/// Operands of the instruction that defines `value`, if it is a `op`.
fn operands_of(func: &Function, value: Value, op: Opcode) -> Option<&[Value]> {
    let data = func.inst(func.def_inst(value)?);
    (data.op == op).then_some(&data.args[..])
}

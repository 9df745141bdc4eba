//! Rules for conversions.
//!
//! `fdemote(fpromote x)` stays: it quiets a signalling nan, and it is rare.

use super::Rewrite;
use cumbia_ir::{Function, InstData, Opcode, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    let &[a] = data.args.as_slice() else { return None };
    let to = data.ty?;
    let from = func.value_type(a);
    if from == to {
        return Some(Rewrite::Value(a));
    }
    let inner = func.inst(func.def_inst(a)?);
    let source = |x: Value| func.value_type(x);
    let convert = |op: Opcode, x: Value| Rewrite::op(op, data.ty, &[x.into()]);
    match (data.op, inner.op) {
        (Opcode::Sext, Opcode::Sext) => convert(Opcode::Sext, inner.args[0]),
        // The zero-extended value isn't negative, so both extensions agree.
        (Opcode::Zext | Opcode::Sext, Opcode::Zext) => convert(Opcode::Zext, inner.args[0]),
        (Opcode::Trunc, Opcode::Trunc) => convert(Opcode::Trunc, inner.args[0]),
        (Opcode::Trunc, Opcode::Sext | Opcode::Zext) => {
            let x = inner.args[0];
            match source(x).bits().cmp(&to.bits()) {
                std::cmp::Ordering::Equal if source(x) == to => Some(Rewrite::Value(x)),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Less => convert(inner.op, x),
                std::cmp::Ordering::Greater => convert(Opcode::Trunc, x),
            }
        }
        (Opcode::Bitcast, Opcode::Bitcast) => {
            let x = inner.args[0];
            if source(x) == to { Some(Rewrite::Value(x)) } else { convert(Opcode::Bitcast, x) }
        }
        // A sign-extended integer has the same value in the wider type.
        (Opcode::SintToF, Opcode::Sext) => convert(Opcode::SintToF, inner.args[0]),
        _ => None,
    }
}

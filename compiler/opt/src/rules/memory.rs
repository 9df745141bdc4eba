//! Rules for addresses.

use super::{Operand, Rewrite, operands_of};
use cumbia_ir::{Function, Imm, InstData, Opcode, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Opcode::PtrAdd => {
            let (base, bytes) = (data.args[0], func.int_const(data.args[1])?);
            if bytes == 0 {
                return Some(Rewrite::Value(base));
            }
            let (inner, more) = constant_offset(func, base)?;
            let sum = bytes.wrapping_add(more);
            Rewrite::op(Opcode::PtrAdd, None, &[inner.into(), Operand::Const(sum)])
        }
        Opcode::Load | Opcode::Store => {
            // The address moves into the immediate when the sum still fits in it.
            let address = *data.args.last()?;
            let (base, bytes) = constant_offset(func, address)?;
            let &Imm::Mem { offset, region } = &data.imm else { return None };
            let offset = i32::try_from(bytes.checked_add(i64::from(offset))?).ok()?;
            let imm = Imm::Mem { offset, region };
            let mut args: Vec<Operand> = data.args.iter().map(|&v| v.into()).collect();
            *args.last_mut()? = base.into();
            Rewrite::with_imm(data.op, data.ty, &args, imm)
        }
        _ => None,
    }
}

fn constant_offset(func: &Function, address: Value) -> Option<(Value, i64)> {
    match *operands_of(func, address, Opcode::PtrAdd)? {
        [base, bytes] => Some((base, func.int_const(bytes)?)),
        _ => None,
    }
}

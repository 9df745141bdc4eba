//! Rules for addresses.

use super::{Operand, Rewrite, operands_of};
use cumbia_ir::{Function, Imm, InstData, Opcode, Type, Value};

pub(super) fn rewrite(func: &Function, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Opcode::PtrAdd => {
            let (base, bytes) = match func.int_const(data.args[1]) {
                Some(bytes) => (data.args[0], bytes),
                None => return constant_last(func, data.args[0], data.args[1]),
            };
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

/// `p + (x + c) * size` as `(p + x * size) + c * size`, and likewise without the product:
/// neighbouring elements then share an address and differ in the access's immediate.
/// Exact in wrapping arithmetic; it takes the place of the sum, so it costs nothing more.
fn constant_last(func: &Function, base: Value, bytes: Value) -> Option<Rewrite> {
    let sum = |v: Value| match *operands_of(func, v, Opcode::Iadd)? {
        [x, c] => Some((x, func.int_const(c)?)),
        _ => None,
    };
    let (offset, constant) = match (sum(bytes), operands_of(func, bytes, Opcode::Imul)) {
        (Some((x, c)), _) => (Operand::Value(x), c),
        (None, Some(&[factor, size])) => {
            let (x, c) = sum(factor)?;
            let size = func.int_const(size)?;
            let product = [Operand::Value(x), Operand::Const(size)];
            (Operand::New(Opcode::Imul, Some(Type::I64), Box::new(product)), c.checked_mul(size)?)
        }
        _ => return None,
    };
    i32::try_from(constant).ok()?;
    let address = Operand::New(Opcode::PtrAdd, None, Box::new([base.into(), offset]));
    Rewrite::op(Opcode::PtrAdd, None, &[address, Operand::Const(constant)])
}

fn constant_offset(func: &Function, address: Value) -> Option<(Value, i64)> {
    match *operands_of(func, address, Opcode::PtrAdd)? {
        [base, bytes] => Some((base, func.int_const(bytes)?)),
        _ => None,
    }
}

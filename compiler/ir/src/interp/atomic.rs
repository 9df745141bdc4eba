//! What atomic operations leave in memory. The interpreter's host is one thread's.

use crate::opcode::Opcode;
use crate::types::Type;

/// The new bits of what had the bits `old`, in canonical form.
pub(super) fn changed(op: Opcode, ty: Type, old: u64, value: u64, second: u64) -> u64 {
    let signed = |bits: u64| if ty == Type::I32 { i64::from(bits as i32) } else { bits as i64 };
    let unsigned = |bits: u64| if ty == Type::I32 { u64::from(bits as u32) } else { bits };
    match op {
        Opcode::AtomicAdd => match ty {
            Type::F32 => {
                u64::from((f32::from_bits(old as u32) + f32::from_bits(value as u32)).to_bits())
            }
            Type::F64 => (f64::from_bits(old) + f64::from_bits(value)).to_bits(),
            _ => old.wrapping_add(value),
        },
        Opcode::AtomicAnd => old & value,
        Opcode::AtomicOr => old | value,
        Opcode::AtomicXor => old ^ value,
        Opcode::AtomicSmin => signed(old).min(signed(value)) as u64,
        Opcode::AtomicSmax => signed(old).max(signed(value)) as u64,
        Opcode::AtomicUmin => unsigned(old).min(unsigned(value)),
        Opcode::AtomicUmax => unsigned(old).max(unsigned(value)),
        Opcode::AtomicCas if unsigned(old) == unsigned(value) => second,
        Opcode::AtomicCas => old,
        _ => value,
    }
}

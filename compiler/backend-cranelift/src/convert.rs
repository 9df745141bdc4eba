//! Conversions between types.

use crate::function::FunctionCx;
use crate::signature::clif_type;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use cumbia_ir::{InstData, Opcode, Type};

/// Lowers one conversion.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let to = data.ty.ok_or("no controlling type")?;
    let from = fx.func.value_type(data.args[0]);
    let a = fx.arg(data, 0);
    let clif = clif_type(to);
    let value = match data.op {
        Opcode::Sext if to.bytes() > from.bytes() => fx.b.ins().sextend(clif, a),
        Opcode::Zext if to.bytes() > from.bytes() => fx.b.ins().uextend(clif, a),
        Opcode::Trunc if to.bytes() < from.bytes() => fx.b.ins().ireduce(clif, a),
        // `bool` and `i8` are one Cranelift type.
        Opcode::Sext | Opcode::Zext | Opcode::Trunc if to.bytes() == from.bytes() => a,
        Opcode::SintToF => {
            let wide = if from.bytes() < 4 { fx.b.ins().sextend(types::I32, a) } else { a };
            fx.b.ins().fcvt_from_sint(clif, wide)
        }
        Opcode::UintToF => {
            // Below 64 bits the value is a non-negative signed one.
            match from.bytes() {
                8 => fx.b.ins().fcvt_from_uint(clif, a),
                4 => {
                    let wide = fx.b.ins().uextend(types::I64, a);
                    fx.b.ins().fcvt_from_sint(clif, wide)
                }
                _ => {
                    let wide = fx.b.ins().uextend(types::I32, a);
                    fx.b.ins().fcvt_from_sint(clif, wide)
                }
            }
        }
        Opcode::FToSint => {
            // The value is in range: the saturating form gives the same, and can't trap.
            let wide = if to == Type::I64 { types::I64 } else { types::I32 };
            let value = fx.b.ins().fcvt_to_sint_sat(wide, a);
            narrow(fx, wide, to, value)
        }
        Opcode::FToUint => {
            let value = match to {
                Type::I64 => fx.b.ins().fcvt_to_uint_sat(types::I64, a),
                _ => fx.b.ins().fcvt_to_sint_sat(types::I64, a),
            };
            narrow(fx, types::I64, to, value)
        }
        Opcode::Fpromote => fx.b.ins().fpromote(clif, a),
        Opcode::Fdemote => fx.b.ins().fdemote(clif, a),
        Opcode::Bitcast if clif_type(from) == clif => a,
        Opcode::Bitcast if to.bytes() == from.bytes() => {
            fx.b.ins().bitcast(clif, MemFlagsData::new(), a)
        }
        op => return Err(format!("{} from {from} to {to}", op.name())),
    };
    fx.define(data, value);
    Ok(())
}

fn narrow(fx: &mut FunctionCx<'_, '_>, from: ir::Type, to: Type, value: ir::Value) -> ir::Value {
    if clif_type(to) == from { value } else { fx.b.ins().ireduce(clif_type(to), value) }
}
